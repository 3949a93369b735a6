#include "ui/model/case-pictures.h"

#include "ui/model/case-picture.h"

/* 60 MB of pictures, and as many wishes as the rows that a grid makes beyond its edges, a few times over. */
enum { MAX_KEPT = 800, MAX_WAITING = 2048 };

/* What the thread shares with the object, which dies on the main thread only. */
typedef struct {
  gatomicrefcount ref_count;
  GMutex          mutex;
  GCond           wake;
  GMainContext   *context;
  GQueue          waiting;  /* of indices + 1: the newest burst first, each in the order it was asked in */
  guint           n_burst;  /* of @waiting, at its head: what was asked for since the main loop was last idle */
  char           *folder;   /* (nullable): of a study whose data set is to be opened */
  guint           generation;
  gboolean        quit;
  DubRun         *run;
  DubCasePictures *owner;   /* main thread only; NULL once disposed */
} Shared;

struct _DubCasePictures {
  GObject     parent_instance;
  DubSession *session; /* not owned: it has this */
  Shared     *shared;
  GThread    *thread;  /* (nullable): begins with the first study */
  DubDataset *dataset;
  char       *failure;
  char       *key;     /* what is open: path and hash of the data */
  gboolean    opening; /* the thread has been asked, and has not answered */
  guint       burst_source;
  GHashTable *kept;    /* index + 1 → GList link of order */
  GQueue      order;   /* of Kept, the one used last first */
};

typedef struct {
  guint   index;
  GBytes *bytes; /* NULL = cannot be read */
} Kept;

G_DEFINE_FINAL_TYPE (DubCasePictures, dub_case_pictures, G_TYPE_OBJECT)

enum { MADE, OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- the thread --- */

static void
shared_unref (Shared *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear (&self->waiting);
  g_free (self->folder);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_main_context_unref (self->context);
  dub_run_unref (self->run);
  g_free (self);
}

/* On its way to the main loop. */
typedef struct {
  Shared     *shared;
  guint       generation;
  guint       index;
  GBytes     *bytes;
  DubDataset *dataset;
  char       *failure;
  gboolean    opened;
} Delivery;

static gboolean deliver_cb (gpointer data);

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_clear_pointer (&delivery->bytes, g_bytes_unref);
  g_clear_pointer (&delivery->dataset, dub_dataset_unref);
  g_free (delivery->failure);
  shared_unref (delivery->shared);
  g_free (delivery);
}

static void
send (Shared         *shared,
      const Delivery *what)
{
  Delivery *delivery = g_new (Delivery, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  *delivery = *what;
  delivery->shared = shared;
  g_atomic_ref_count_inc (&shared->ref_count);
  /* Invoking would run here, on this thread, whenever nobody holds the context for a moment. */
  g_source_set_callback (source, deliver_cb, delivery, delivery_free);
  /* Before the next frame, not after it: where drawing is slow the window is never idle. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_attach (source, shared->context);
}

static DubDataset *
open_dataset (const char *folder,
              DubRun     *run,
              char      **failure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubStudy) study = dub_study_load (folder, &error);
  DubDataset *dataset = NULL;

  if (study != NULL && study->data != NULL && study->data->path != NULL && dub_study_data_open (study->data, run, &error))
    dataset = dub_dataset_ref (study->data->dataset);
  *failure = error != NULL ? g_strdup (error->message) : NULL;

  return dataset;
}

static gpointer
work_thread (gpointer data)
{
  Shared *shared = data;
  g_autoptr (DubDataset) dataset = NULL;

  g_mutex_lock (&shared->mutex);
  while (!shared->quit) {
    if (shared->folder != NULL) {
      g_autofree char *folder = g_steal_pointer (&shared->folder);
      Delivery told = { .generation = shared->generation, .opened = TRUE };

      dub_run_reset (shared->run);
      g_mutex_unlock (&shared->mutex);
      g_clear_pointer (&dataset, dub_dataset_unref);
      dataset = open_dataset (folder, shared->run, &told.failure);
      told.dataset = dataset != NULL ? dub_dataset_ref (dataset) : NULL;
      send (shared, &told);
      g_mutex_lock (&shared->mutex);
    } else if (dataset != NULL && !g_queue_is_empty (&shared->waiting)) {
      Delivery told = { .generation = shared->generation, .index = GPOINTER_TO_UINT (g_queue_pop_head (&shared->waiting)) - 1 };

      shared->n_burst -= shared->n_burst > 0;
      g_mutex_unlock (&shared->mutex);
      if (told.index < dataset->n_cases)
        told.bytes = dub_case_picture (dataset, told.index, DUB_CASE_PICTURE_SIDE, NULL);
      send (shared, &told);
      g_mutex_lock (&shared->mutex);
    } else {
      g_cond_wait (&shared->wake, &shared->mutex);
    }
  }
  g_mutex_unlock (&shared->mutex);
  g_clear_pointer (&dataset, dub_dataset_unref);
  shared_unref (shared);

  return NULL;
}

/* --- what is kept --- */

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_clear_pointer (&kept->bytes, g_bytes_unref);
  g_free (kept);
}

static void
forget_pictures (DubCasePictures *self)
{
  g_hash_table_remove_all (self->kept);
  g_queue_clear_full (&self->order, kept_free);
}

static void
keep (DubCasePictures *self,
      guint            index,
      GBytes          *bytes)
{
  Kept *kept;

  if (g_hash_table_contains (self->kept, GUINT_TO_POINTER (index + 1)))
    return;
  kept = g_new0 (Kept, 1);
  kept->index = index;
  kept->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  g_queue_push_head (&self->order, kept);
  g_hash_table_insert (self->kept, GUINT_TO_POINTER (index + 1), g_queue_peek_head_link (&self->order));
  while (self->order.length > MAX_KEPT) {
    Kept *oldest = g_queue_pop_tail (&self->order);

    g_hash_table_remove (self->kept, GUINT_TO_POINTER (oldest->index + 1));
    kept_free (oldest);
  }
}

static gboolean
deliver_cb (gpointer data)
{
  Delivery *delivery = data;
  DubCasePictures *self = delivery->shared->owner;

  if (self == NULL || delivery->generation != delivery->shared->generation)
    return G_SOURCE_REMOVE;
  g_object_ref (self);
  if (delivery->opened) {
    g_clear_pointer (&self->dataset, dub_dataset_unref);
    g_free (self->failure);
    self->opening = FALSE;
    self->dataset = g_steal_pointer (&delivery->dataset);
    self->failure = g_steal_pointer (&delivery->failure);
    g_signal_emit (self, signals[OPENED], 0);
  } else {
    keep (self, delivery->index, delivery->bytes);
    if (delivery->bytes != NULL)
      g_signal_emit (self, signals[MADE], 0, delivery->index);
  }
  g_object_unref (self);

  return G_SOURCE_REMOVE;
}

static gboolean
burst_ends_cb (gpointer data)
{
  DubCasePictures *self = data;

  self->burst_source = 0;
  g_mutex_lock (&self->shared->mutex);
  self->shared->n_burst = 0;
  g_mutex_unlock (&self->shared->mutex);

  return G_SOURCE_REMOVE;
}

/* A grid asks at once for all the cells it makes, from its top, and far beyond its lower edge: were the very last one made
 * first, those that are seen would come at the end. */
static void
ask (DubCasePictures *self,
     gpointer         key)
{
  Shared *shared = self->shared;

  g_mutex_lock (&shared->mutex);

  int place = g_queue_index (&shared->waiting, key);

  if (place < 0 || (guint) place >= shared->n_burst) {
    if (place >= 0)
      g_queue_pop_nth (&shared->waiting, (guint) place);
    g_queue_push_nth (&shared->waiting, key, (int) shared->n_burst);
    shared->n_burst++;
  }
  while (shared->waiting.length > MAX_WAITING)
    g_queue_pop_tail (&shared->waiting);
  shared->n_burst = MIN (shared->n_burst, shared->waiting.length);
  g_cond_signal (&shared->wake);
  g_mutex_unlock (&shared->mutex);
  if (self->burst_source == 0)
    self->burst_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, burst_ends_cb, self, NULL);
}

GBytes *
dub_case_pictures_get (DubCasePictures *self,
                       size_t           index)
{
  g_return_val_if_fail (DUB_IS_CASE_PICTURES (self), NULL);

  gpointer key = GUINT_TO_POINTER ((guint) index + 1);
  GList *link = g_hash_table_lookup (self->kept, key);

  if (link != NULL) {
    const Kept *kept = link->data;

    g_queue_unlink (&self->order, link);
    g_queue_push_head_link (&self->order, link);
    return kept->bytes != NULL ? g_bytes_ref (kept->bytes) : NULL;
  }

  ask (self, key);

  return NULL;
}

DubDataset *
dub_case_pictures_get_dataset (DubCasePictures *self)
{
  g_return_val_if_fail (DUB_IS_CASE_PICTURES (self), NULL);

  return self->dataset;
}

const char *
dub_case_pictures_get_failure (DubCasePictures *self)
{
  g_return_val_if_fail (DUB_IS_CASE_PICTURES (self), NULL);

  return self->failure;
}

/* --- following the session --- */

static void
study_changed_cb (DubCasePictures *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  gboolean has_data = study != NULL && study->folder != NULL && study->data != NULL && study->data->path != NULL;
  g_autofree char *key = has_data ? g_strdup_printf ("%s %s %s", study->folder, study->data->hash, study->data->path) : NULL;

  /* Beginning anew while it is still being opened would forget what was asked for meanwhile. */
  if (g_strcmp0 (key, self->key) == 0 && (self->dataset != NULL || self->opening || key == NULL))
    return;
  g_free (self->key);
  self->key = g_steal_pointer (&key);
  forget_pictures (self);
  g_clear_pointer (&self->dataset, dub_dataset_unref);
  g_clear_pointer (&self->failure, g_free);

  g_mutex_lock (&self->shared->mutex);
  self->shared->generation++;
  g_queue_clear (&self->shared->waiting);
  self->shared->n_burst = 0;
  self->opening = has_data;
  g_free (self->shared->folder);
  self->shared->folder = has_data ? g_strdup (study->folder) : NULL;
  dub_run_cancel (self->shared->run);
  g_cond_signal (&self->shared->wake);
  g_mutex_unlock (&self->shared->mutex);
  if (self->thread == NULL && has_data) {
    g_atomic_ref_count_inc (&self->shared->ref_count);
    self->thread = g_thread_new ("case-pictures", work_thread, self->shared);
  }
}

/* --- the object --- */

static void
dub_case_pictures_dispose (GObject *object)
{
  DubCasePictures *self = DUB_CASE_PICTURES (object);

  if (self->shared != NULL) {
    g_mutex_lock (&self->shared->mutex);
    self->shared->quit = TRUE;
    self->shared->owner = NULL;
    dub_run_cancel (self->shared->run);
    g_cond_signal (&self->shared->wake);
    g_mutex_unlock (&self->shared->mutex);
    g_clear_pointer (&self->thread, g_thread_join);
    g_clear_pointer (&self->shared, shared_unref);
  }
  g_clear_handle_id (&self->burst_source, g_source_remove);
  forget_pictures (self);
  g_clear_pointer (&self->dataset, dub_dataset_unref);
  g_clear_pointer (&self->failure, g_free);
  g_clear_pointer (&self->key, g_free);

  G_OBJECT_CLASS (dub_case_pictures_parent_class)->dispose (object);
}

static void
dub_case_pictures_finalize (GObject *object)
{
  g_hash_table_unref (DUB_CASE_PICTURES (object)->kept);

  G_OBJECT_CLASS (dub_case_pictures_parent_class)->finalize (object);
}

static void
dub_case_pictures_class_init (DubCasePicturesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dub_case_pictures_dispose;
  object_class->finalize = dub_case_pictures_finalize;
  signals[MADE] = g_signal_new ("made", DUB_TYPE_CASE_PICTURES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[OPENED] = g_signal_new ("opened", DUB_TYPE_CASE_PICTURES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_case_pictures_init (DubCasePictures *self)
{
  self->kept = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->order);
  self->shared = g_new0 (Shared, 1);
  g_atomic_ref_count_init (&self->shared->ref_count);
  g_mutex_init (&self->shared->mutex);
  g_cond_init (&self->shared->wake);
  self->shared->context = g_main_context_ref_thread_default ();
  self->shared->run = dub_run_new (1);
  self->shared->owner = self;
}

DubCasePictures *
dub_case_pictures_of_session (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubCasePictures *self = g_object_get_data (G_OBJECT (session), "dub-case-pictures");

  if (self != NULL)
    return self;
  self = g_object_new (DUB_TYPE_CASE_PICTURES, NULL);
  self->session = session;
  g_object_set_data_full (G_OBJECT (session), "dub-case-pictures", self, g_object_unref);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return self;
}
