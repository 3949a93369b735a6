#include "ui/model/case-detail.h"

#include "ui/model/case-pictures.h"
#include "ui/model/results.h"

/* Kept heatmaps: this many, and this many numbers in all. */
enum { MAX_HEATS = 64, MAX_HEAT_NUMBERS = 16 * 1024 * 1024 };

struct _DubCaseDetail {
  GObject              parent_instance;
  DubSession          *session;   /* not owned: the widget that has this has it */
  DubResults          *results;   /* of the session */
  DubCasePictures     *pictures;  /* of the session */
  DubComputeSlot      *looking;
  DubComputeSlot      *asking;    /* the networks */
  DubCaseLooker       *looker;    /* (nullable): made with the first case */
  DubCaseNetworks     *networks;  /* (nullable): likewise */
  int                  index;
  gboolean             heat_wanted;
  const DubHeatChoice *choice;
  DubCaseLook         *look;
  DubCaseViews        *views;
  const DubCaseHeat   *heat;      /* one of @heats */
  GPtrArray           *heats;     /* of DubCaseHeat *, the newest last */
  char                *score;     /* that heats of a score are of */
  char                *failure[3]; /* by bit of DubDetailChange */
  guint                busy;      /* DubDetailChange */
};

G_DEFINE_FINAL_TYPE (DubCaseDetail, dub_case_detail, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void ask (DubCaseDetail *self);

static void
changed (DubCaseDetail *self,
         guint          what)
{
  g_signal_emit (self, signals[CHANGED], 0, what);
}

static int
bit_of (DubDetailChange what)
{
  return what == DUB_DETAIL_LOOK ? 0 : what == DUB_DETAIL_HEAT ? 1 : 2;
}

/* Ends the work on @what; a cancelled one is not told. */
static void
settle (DubCaseDetail   *self,
        DubDetailChange  what,
        const GError    *error)
{
  char **failure = &self->failure[bit_of (what)];

  self->busy &= ~(guint) what;
  g_clear_pointer (failure, g_free);
  if (error != NULL && !g_error_matches (error, DUB_ERROR, DUB_ERROR_CANCELLED))
    *failure = g_strdup (error->message);
  changed (self, what);
}

/* --- what other threads are given --- */

typedef struct {
  DubCaseLooker       *looker;
  DubCaseNetworks     *networks;
  guint                index;
  const DubHeatChoice *choice; /* (nullable): views are asked for */
  char                *score;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->looker, dub_case_looker_unref);
  g_clear_pointer (&order->networks, dub_case_networks_unref);
  g_free (order->score);
  g_free (order);
}

static gpointer
look_thread (DubRun    *run,
             gpointer   data,
             GError   **error)
{
  const Order *order = data;

  return dub_case_looker_look (order->looker, order->index, run, error);
}

static gpointer
views_thread (DubRun    *run,
              gpointer   data,
              GError   **error)
{
  const Order *order = data;

  return dub_case_networks_views (order->networks, order->index, run, error);
}

static gpointer
heat_thread (DubRun    *run,
             gpointer   data,
             GError   **error)
{
  const Order *order = data;

  return dub_case_networks_heat (order->networks, order->index, order->choice, order->score, run, error);
}

/* --- looking --- */

static void
looked_cb (gpointer     *result,
           const GError *error,
           gpointer      user_data)
{
  DubCaseDetail *self = user_data;

  g_clear_pointer (&self->look, dub_case_look_free);
  self->look = g_steal_pointer (result);
  settle (self, DUB_DETAIL_LOOK, error);
}

static void
look (DubCaseDetail *self)
{
  DubDataset *dataset = dub_case_pictures_get_dataset (self->pictures);
  Order *order;

  if (self->index < 0 || dataset == NULL || (size_t) self->index >= dataset->n_cases)
    return;
  if (self->looker == NULL)
    self->looker = dub_case_looker_new (dataset, dub_results_get_read (self->results));
  order = g_new0 (Order, 1);
  order->looker = dub_case_looker_ref (self->looker);
  order->index = (guint) self->index;
  self->busy |= DUB_DETAIL_LOOK;
  dub_compute_slot_submit (self->looking, look_thread, order, order_free, (GDestroyNotify) dub_case_look_free, looked_cb, self);
}

/* --- asking the networks --- */

static void
viewed_cb (gpointer     *result,
           const GError *error,
           gpointer      user_data)
{
  DubCaseDetail *self = user_data;

  g_clear_pointer (&self->views, dub_case_views_free);
  self->views = g_steal_pointer (result);
  settle (self, DUB_DETAIL_VIEWS, error);
  ask (self);
}

/* The oldest go; the newest, which is shown, stays. */
static void
trim_heats (DubCaseDetail *self)
{
  size_t n = 0;

  for (guint i = 0; i < self->heats->len; i++)
    n += dub_tensor_n_elements (((const DubCaseHeat *) g_ptr_array_index (self->heats, i))->heat->map);
  while (self->heats->len > 1 && (self->heats->len > MAX_HEATS || n > MAX_HEAT_NUMBERS)) {
    n -= dub_tensor_n_elements (((const DubCaseHeat *) g_ptr_array_index (self->heats, 0))->heat->map);
    g_ptr_array_remove_index (self->heats, 0);
  }
}

static void
heated_cb (gpointer     *result,
           const GError *error,
           gpointer      user_data)
{
  DubCaseDetail *self = user_data;

  if (*result != NULL) {
    self->heat = g_steal_pointer (result);
    g_ptr_array_add (self->heats, (gpointer) self->heat);
    trim_heats (self);
  }
  settle (self, DUB_DETAIL_HEAT, error);
}

static gboolean
fits (DubCaseDetail     *self,
      const DubCaseHeat *heat)
{
  if (heat->index != (guint) self->index || heat->choice != self->choice)
    return FALSE;
  if (heat->choice->of != DUB_HEATMAP_OF_SCORE)
    return TRUE;

  return g_strcmp0 (self->score, dub_results_get_score_id (self->results)) == 0;
}

/* Asks for what is lacking: views first, as they are cheap. */
static void
ask (DubCaseDetail *self)
{
  DubDataset *dataset = dub_case_pictures_get_dataset (self->pictures);
  DubStudy *study = dub_session_get_study (self->session);
  gboolean views = self->views == NULL && self->failure[bit_of (DUB_DETAIL_VIEWS)] == NULL;
  gboolean heat = self->heat_wanted && self->heat == NULL && self->failure[bit_of (DUB_DETAIL_HEAT)] == NULL;
  Order *order;

  if (self->index < 0 || dataset == NULL || study == NULL || study->folder == NULL || (!views && !heat)
      || dub_results_get_family (self->results) == NULL || (size_t) self->index >= dataset->n_cases)
    return;
  if (self->networks == NULL)
    self->networks = dub_case_networks_new (study->folder, dub_results_get_family (self->results), dataset);
  order = g_new0 (Order, 1);
  order->networks = dub_case_networks_ref (self->networks);
  order->index = (guint) self->index;
  if (views) {
    self->busy |= DUB_DETAIL_VIEWS;
    dub_compute_slot_submit (self->asking, views_thread, order, order_free, (GDestroyNotify) dub_case_views_free, viewed_cb, self);
  } else {
    order->choice = self->choice;
    order->score = g_strdup (dub_results_get_score_id (self->results));
    self->busy |= DUB_DETAIL_HEAT;
    dub_compute_slot_submit (self->asking, heat_thread, order, order_free, (GDestroyNotify) dub_case_heat_free, heated_cb, self);
  }
}

/* Another kind, another score, another case: the heatmap that is kept, or none. */
static void
find_heat (DubCaseDetail *self)
{
  const char *score = dub_results_get_score_id (self->results);

  self->heat = NULL;
  /* Of kinds that look at a score only those of the present one are kept. */
  if (g_strcmp0 (self->score, score) != 0) {
    for (guint i = self->heats->len; i-- > 0;)
      if (((const DubCaseHeat *) g_ptr_array_index (self->heats, i))->choice->of == DUB_HEATMAP_OF_SCORE)
        g_ptr_array_remove_index (self->heats, i);
    g_free (self->score);
    self->score = g_strdup (score);
  }
  for (guint i = 0; i < self->heats->len && self->heat == NULL; i++)
    if (fits (self, g_ptr_array_index (self->heats, i)))
      self->heat = g_ptr_array_index (self->heats, i);
  g_clear_pointer (&self->failure[bit_of (DUB_DETAIL_HEAT)], g_free);
}

static void
forget_case (DubCaseDetail *self)
{
  dub_compute_slot_cancel (self->looking);
  dub_compute_slot_cancel (self->asking);
  self->busy = 0;
  self->heat = NULL;
  g_clear_pointer (&self->look, dub_case_look_free);
  g_clear_pointer (&self->views, dub_case_views_free);
  for (int i = 0; i < 3; i++)
    g_clear_pointer (&self->failure[i], g_free);
}

static void
start (DubCaseDetail *self)
{
  forget_case (self);
  find_heat (self);
  look (self);
  ask (self);
  changed (self, DUB_DETAIL_LOOK | DUB_DETAIL_HEAT | DUB_DETAIL_VIEWS);
}

/* --- following --- */

/* Other networks, other outputs, another data set: nothing of before counts. */
static void
results_changed_cb (DubCaseDetail *self)
{
  g_clear_pointer (&self->looker, dub_case_looker_unref);
  g_clear_pointer (&self->networks, dub_case_networks_unref);
  self->heat = NULL;
  g_ptr_array_set_size (self->heats, 0);
  start (self);
}

static void
study_changed_cb (DubCaseDetail *self)
{
  self->index = -1;
  results_changed_cb (self);
}

static void
heat_again (DubCaseDetail *self)
{
  if (self->busy & DUB_DETAIL_HEAT) {
    dub_compute_slot_cancel (self->asking);
    self->busy &= ~(guint) DUB_DETAIL_HEAT;
  }
  find_heat (self);
  if (!(self->busy & DUB_DETAIL_VIEWS))
    ask (self);
  changed (self, DUB_DETAIL_HEAT);
}

/* --- the object --- */

static void
dub_case_detail_dispose (GObject *object)
{
  DubCaseDetail *self = DUB_CASE_DETAIL (object);

  if (self->looking != NULL)
    forget_case (self);
  g_clear_object (&self->looking);
  g_clear_object (&self->asking);
  g_clear_pointer (&self->looker, dub_case_looker_unref);
  g_clear_pointer (&self->networks, dub_case_networks_unref);
  g_clear_pointer (&self->heats, g_ptr_array_unref);
  g_clear_pointer (&self->score, g_free);

  G_OBJECT_CLASS (dub_case_detail_parent_class)->dispose (object);
}

static void
dub_case_detail_class_init (DubCaseDetailClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dub_case_detail_dispose;
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_CASE_DETAIL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
dub_case_detail_init (DubCaseDetail *self)
{
  self->index = -1;
  self->choice = dub_heat_choice_find (NULL);
  self->heats = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_case_heat_free);
}

DubCaseDetail *
dub_case_detail_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubCaseDetail *self = g_object_new (DUB_TYPE_CASE_DETAIL, NULL);
  guint n_threads = dub_settings_state_get_threads (dub_session_get_settings (session));

  self->session = session;
  self->results = dub_results_of_session (session);
  self->pictures = dub_case_pictures_of_session (session);
  self->looking = dub_compute_slot_new (1);
  self->asking = dub_compute_slot_new (n_threads);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "opened", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::score", G_CALLBACK (heat_again), self, G_CONNECT_SWAPPED);

  return self;
}

void
dub_case_detail_set_case (DubCaseDetail *self,
                          int            index)
{
  g_return_if_fail (DUB_IS_CASE_DETAIL (self));

  if (self->index == index)
    return;
  self->index = index;
  start (self);
}

int
dub_case_detail_get_case (DubCaseDetail *self)
{
  g_return_val_if_fail (DUB_IS_CASE_DETAIL (self), -1);

  return self->index;
}

void
dub_case_detail_set_heat (DubCaseDetail       *self,
                          gboolean             wanted,
                          const DubHeatChoice *choice)
{
  g_return_if_fail (DUB_IS_CASE_DETAIL (self) && choice != NULL);

  if (self->heat_wanted == wanted && self->choice == choice)
    return;
  self->heat_wanted = wanted;
  self->choice = choice;
  heat_again (self);
}

const DubCaseLook *
dub_case_detail_get_look (DubCaseDetail *self)
{
  g_return_val_if_fail (DUB_IS_CASE_DETAIL (self), NULL);

  return self->look;
}

const DubCaseHeat *
dub_case_detail_get_heat (DubCaseDetail *self)
{
  g_return_val_if_fail (DUB_IS_CASE_DETAIL (self), NULL);

  return self->heat_wanted ? self->heat : NULL;
}

const DubCaseViews *
dub_case_detail_get_views (DubCaseDetail *self)
{
  g_return_val_if_fail (DUB_IS_CASE_DETAIL (self), NULL);

  return self->views;
}

const char *
dub_case_detail_get_failure (DubCaseDetail   *self,
                             DubDetailChange  what)
{
  g_return_val_if_fail (DUB_IS_CASE_DETAIL (self), NULL);

  return self->failure[bit_of (what)];
}

gboolean
dub_case_detail_is_busy (DubCaseDetail   *self,
                         DubDetailChange  what)
{
  g_return_val_if_fail (DUB_IS_CASE_DETAIL (self), FALSE);

  return (self->busy & what) != 0;
}
