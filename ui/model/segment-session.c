#include "ui/model/segment-session.h"

#include <glib/gi18n.h>

/* Volumes of the cases looked at last, in bytes; the one that is shown stays in any case. */
static const size_t MOST_KEPT = (size_t) 640 << 20;
/* Of them, while another case is computed, whose network needs room. */
static const size_t MOST_KEPT_MEANWHILE = (size_t) 160 << 20;

enum { POLL = 150 }; /* ms */

typedef struct {
  guint            index;
  DubSegmentShown *shown;
} Kept;

struct _DubSegmentSession {
  GObject          parent_instance;
  DubSession      *session;
  GListStore      *rows;
  GPtrArray       *kept;        /* of Kept *, the one looked at last at the end */
  char            *stamp;       /* (nullable) what the rows were computed with */
  DubSegmentShown *shown;       /* (nullable) */
  int              shown_case;
  int              computing;   /* index of the case in the slot, -1 = none */
  DubSegmentRowState before;    /* what its row was before */
  gboolean         computing_all;
  gboolean         stopped;
  gboolean         closed;
  guint            serial;
  DubSegmentState  state;
  gboolean         stale;
  GError          *error;       /* (nullable) of the current case */
  GHashTable      *errors;      /* case index -> GError * */
  DubComputeSlot  *slot;        /* (nullable) that the submission is in */
  DubJob          *job;         /* (nullable) */
  guint            poll;
  DubSegmentScore  score;
  char            *views;
};

G_DEFINE_FINAL_TYPE (DubSegmentSession, dub_segment_session, G_TYPE_OBJECT)

enum { PROP_0, PROP_STATE, PROP_SHOWN_SERIAL, PROP_VIEWS, PROP_SCORE, PROP_COMPUTING_ALL, PROP_STALE, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { PROGRESSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void schedule (DubSegmentSession *self);

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  dub_segment_shown_unref (kept->shown);
  g_free (kept);
}

DubSegmentRow *
dub_segment_session_get_row (DubSegmentSession *self,
                             guint              case_index)
{
  g_autoptr (DubSegmentRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), case_index);

  /* The store keeps it. */
  return row;
}

static void
set_state (DubSegmentSession *self,
           DubSegmentState    state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_stale (DubSegmentSession *self,
           gboolean           stale)
{
  if (self->stale == stale)
    return;
  self->stale = stale;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STALE]);
}

static void
set_computing_all (DubSegmentSession *self,
                   gboolean           all)
{
  if (self->computing_all == all)
    return;
  self->computing_all = all;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COMPUTING_ALL]);
}

static void
set_shown (DubSegmentSession *self,
           DubSegmentShown   *shown,
           int                index)
{
  if (self->shown != shown || self->shown_case != index) {
    if (shown != NULL)
      dub_segment_shown_ref (shown);
    g_clear_pointer (&self->shown, dub_segment_shown_unref);
    self->shown = shown;
    self->shown_case = index;
    self->serial++;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOWN_SERIAL]);
  }
}

/* --- what stays in memory --- */

static void
forget_kept (DubSegmentSession *self,
             size_t             most)
{
  size_t sum = 0;

  for (guint i = self->kept->len; i > 0; i--) {
    const Kept *kept = g_ptr_array_index (self->kept, i - 1);

    sum += kept->shown->n_bytes;
    if (sum > most && kept->shown != self->shown)
      g_ptr_array_remove_index (self->kept, i - 1);
  }
}

static void
keep (DubSegmentSession *self,
      guint              index,
      DubSegmentShown   *shown)
{
  Kept *kept = g_new (Kept, 1);

  kept->index = index;
  kept->shown = dub_segment_shown_ref (shown);
  g_ptr_array_add (self->kept, kept);
}

static DubSegmentShown *
find_kept (DubSegmentSession *self,
           guint              index)
{
  for (guint i = 0; i < self->kept->len; i++) {
    Kept *kept = g_ptr_array_index (self->kept, i);

    if (kept->index != index)
      continue;
    g_ptr_array_steal_index (self->kept, i);
    g_ptr_array_add (self->kept, kept);

    return kept->shown;
  }

  return NULL;
}

/* --- the job --- */

static guint
count_done (DubSegmentSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows)), done = 0;

  for (guint i = 0; i < n; i++) {
    DubSegmentRowState state = dub_segment_row_get_state (dub_segment_session_get_row (self, i));

    done += state == DUB_SEGMENT_ROW_DONE || state == DUB_SEGMENT_ROW_FAILED;
  }

  return done;
}

static void
update_job (DubSegmentSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  if (self->computing < 0) {
    if (self->job != NULL) {
      g_signal_handlers_disconnect_by_data (self->job, self);
      dub_job_finish (self->job, NULL);
      g_clear_object (&self->job);
    }
    return;
  }
  if (self->job == NULL) {
    self->job = dub_job_new (_("Segmenting"));
    g_signal_connect_swapped (self->job, "cancel", G_CALLBACK (dub_segment_session_stop), self);
    dub_jobs_add (dub_session_get_jobs (self->session), self->job);
  }

  guint done = MIN (count_done (self), n - 1);
  g_autofree char *stage = g_strdup_printf ("%u / %u · %s", done + 1, n, dub_segment_row_get_id (dub_segment_session_get_row (self, (guint) self->computing)));

  dub_job_set_stage (self->job, stage);
  dub_job_set_fraction (self->job, self->computing_all ? ((double) done + dub_segment_session_get_progress (self)) / n
                                                       : dub_segment_session_get_progress (self));
}

static gboolean
poll_cb (gpointer data)
{
  DubSegmentSession *self = data;

  if (self->computing < 0) {
    self->poll = 0;
    return G_SOURCE_REMOVE;
  }
  /* Whoever had the slot before may have emptied it when it went, after this one came. */
  if (!dub_compute_slot_get_busy (self->slot)) {
    dub_segment_row_set (dub_segment_session_get_row (self, (guint) self->computing), self->before, NULL, NULL);
    self->computing = -1;
    schedule (self);
  }
  update_job (self);
  g_signal_emit (self, signals[PROGRESSED], 0);

  return G_SOURCE_CONTINUE;
}

/* --- computing --- */

static gpointer
work_cb (DubRun   *run,
         gpointer  data,
         GError  **error)
{
  return dub_segment_work_run (data, run, error);
}

static void
done_cb (gpointer     *result,
         const GError *error,
         gpointer      user_data)
{
  DubSegmentSession *self = user_data;
  guint index = (guint) self->computing;
  DubSegmentShown *shown = *result;
  DubSegmentRow *row = dub_segment_session_get_row (self, index);

  self->computing = -1;
  if (row == NULL)
    return;
  if (error != NULL) {
    g_hash_table_insert (self->errors, GUINT_TO_POINTER (index), g_error_copy (error));
    dub_segment_row_set (row, DUB_SEGMENT_ROW_FAILED, NULL, error->message);
  } else {
    if (shown->result != NULL)
      keep (self, index, shown);
    dub_segment_row_set (row, DUB_SEGMENT_ROW_DONE, dub_segment_numbers_copy (shown->numbers), NULL);
  }
  schedule (self);
}

static void
submit (DubSegmentSession *self,
        guint              index,
        gboolean           volumes)
{
  DubStudy *study = dub_session_get_study (self->session);
  DubSegmentRow *before = self->computing >= 0 ? dub_segment_session_get_row (self, (guint) self->computing) : NULL;

  if (before != NULL)
    dub_segment_row_set (before, self->before, NULL, NULL);
  self->computing = (int) index;
  self->before = dub_segment_row_get_state (dub_segment_session_get_row (self, index));
  dub_segment_row_set (dub_segment_session_get_row (self, index), DUB_SEGMENT_ROW_COMPUTING, NULL, NULL);
  forget_kept (self, MOST_KEPT_MEANWHILE);
  g_set_object (&self->slot, dub_session_get_slot (self->session));
  dub_compute_slot_submit (self->slot, work_cb, dub_segment_work_new (study, index, self->views, volumes),
                           (GDestroyNotify) dub_segment_work_free, (GDestroyNotify) dub_segment_shown_unref, done_cb, self);
  if (self->poll == 0)
    self->poll = g_timeout_add (POLL, poll_cb, self);
}

static int
next_waiting (DubSegmentSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  for (guint i = 0; i < n; i++)
    if (dub_segment_row_get_state (dub_segment_session_get_row (self, i)) == DUB_SEGMENT_ROW_WAITING)
      return (int) i;

  return -1;
}

/* The current case first; the others while nothing is in its way. */
static void
schedule (DubSegmentSession *self)
{
  int current = dub_session_get_case_index (self->session), next;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  if (self->closed)
    return;
  if (current < 0 || (guint) current >= n) {
    set_shown (self, NULL, -1);
    set_state (self, DUB_SEGMENT_STATE_EMPTY);
    update_job (self);
    return;
  }

  DubSegmentShown *kept = find_kept (self, (guint) current);
  const GError *error = g_hash_table_lookup (self->errors, GINT_TO_POINTER (current));

  g_clear_error (&self->error);
  if (kept != NULL) {
    set_shown (self, kept, current);
    set_stale (self, FALSE);
    set_state (self, DUB_SEGMENT_STATE_READY);
  } else if (error != NULL) {
    self->error = g_error_copy (error);
    set_stale (self, self->shown != NULL);
    /* Another case may have failed before. */
    self->state = DUB_SEGMENT_STATE_EMPTY;
    set_state (self, DUB_SEGMENT_STATE_FAILED);
  } else if (self->stopped) {
    set_stale (self, self->shown != NULL);
    set_state (self, DUB_SEGMENT_STATE_STOPPED);
  } else {
    if (self->computing != current)
      submit (self, (guint) current, TRUE);
    set_stale (self, self->shown != NULL);
    set_state (self, DUB_SEGMENT_STATE_COMPUTING);
  }
  if (self->computing < 0) {
    next = self->computing_all ? next_waiting (self) : -1;
    if (next >= 0)
      submit (self, (guint) next, FALSE);
    else
      forget_kept (self, MOST_KEPT);
  }
  if (self->computing < 0)
    set_computing_all (self, FALSE);
  update_job (self);
}

static void
drop_work (DubSegmentSession *self)
{
  if (self->computing >= 0 && self->slot != NULL)
    dub_compute_slot_cancel (self->slot);
  self->computing = -1;
}

/* --- following the study --- */

/* Everything but the cases that the numbers depend on. (transfer full) (nullable) */
static char *
make_stamp (DubSegmentSession *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  GString *text;

  if (study == NULL || study->data != NULL || study->models->len == 0)
    return NULL;
  text = g_string_new (self->views);
  for (guint m = 0; m < study->models->len; m++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, m);

    g_string_append_printf (text, "\n%s %d %d %d", model->path, model->preprocess.axes, model->preprocess.scale,
                            model->preprocess.fit);
  }

  return g_string_free (text, FALSE);
}

/* Rows are those of the cases; where only the end differs, the others stay. */
static void
follow_cases (DubSegmentSession *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  guint n = study != NULL && study->data == NULL && study->models->len > 0 ? study->cases->len : 0;
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows)), same = 0;
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

  while (same < MIN (n, n_rows) &&
         g_str_equal (dub_segment_row_get_id (dub_segment_session_get_row (self, same)), ((DubStudyCase *) study->cases->pdata[same])->id))
    same++;
  for (guint i = same; i < n; i++)
    g_ptr_array_add (fresh, dub_segment_row_new (((DubStudyCase *) study->cases->pdata[i])->id, i));
  if (same < n_rows) {
    if (self->computing >= (int) same)
      drop_work (self);
    for (guint i = self->kept->len; i > 0; i--)
      if (((Kept *) self->kept->pdata[i - 1])->index >= same)
        g_ptr_array_remove_index (self->kept, i - 1);
    for (guint i = same; i < n_rows; i++)
      g_hash_table_remove (self->errors, GUINT_TO_POINTER (i));
    if (self->shown_case >= (int) same)
      set_shown (self, NULL, -1);
  }
  if (same < n_rows || fresh->len > 0) {
    g_list_store_splice (self->rows, same, n_rows - same, fresh->pdata, fresh->len);
    set_computing_all (self, TRUE);
  }
}

void
dub_segment_session_renew (DubSegmentSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  g_return_if_fail (DUB_IS_SEGMENT_SESSION (self));

  drop_work (self);
  g_ptr_array_set_size (self->kept, 0);
  g_hash_table_remove_all (self->errors);
  self->stopped = FALSE;
  for (guint i = 0; i < n; i++)
    dub_segment_row_set (dub_segment_session_get_row (self, i), DUB_SEGMENT_ROW_WAITING, NULL, NULL);
  set_computing_all (self, TRUE);
  schedule (self);
}

static void
follow (DubSegmentSession *self)
{
  g_autofree char *stamp = make_stamp (self);

  if (self->closed)
    return;
  follow_cases (self);
  if (g_strcmp0 (stamp, self->stamp) != 0) {
    g_free (self->stamp);
    self->stamp = g_steal_pointer (&stamp);
    dub_segment_session_renew (self);
  } else {
    schedule (self);
  }
}

static void
study_changed_cb (DubSegmentSession *self)
{
  drop_work (self);
  g_ptr_array_set_size (self->kept, 0);
  g_hash_table_remove_all (self->errors);
  g_list_store_remove_all (self->rows);
  set_shown (self, NULL, -1);
  self->stopped = FALSE;
  follow (self);
}

static void
case_changed_cb (DubSegmentSession *self)
{
  self->stopped = FALSE;
  schedule (self);
}

/* --- object --- */

static void
dub_segment_session_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  DubSegmentSession *self = DUB_SEGMENT_SESSION (object);

  switch (prop_id) {
  case PROP_STATE:
    g_value_set_int (value, (int) self->state);
    break;
  case PROP_SHOWN_SERIAL:
    g_value_set_uint (value, self->serial);
    break;
  case PROP_VIEWS:
    g_value_set_string (value, self->views);
    break;
  case PROP_SCORE:
    g_value_set_int (value, (int) self->score);
    break;
  case PROP_COMPUTING_ALL:
    g_value_set_boolean (value, self->computing_all);
    break;
  case PROP_STALE:
    g_value_set_boolean (value, self->stale);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

void
dub_segment_session_close (DubSegmentSession *self)
{
  g_return_if_fail (DUB_IS_SEGMENT_SESSION (self));

  if (self->closed)
    return;
  drop_work (self);
  update_job (self);
  self->closed = TRUE;
  g_clear_handle_id (&self->poll, g_source_remove);
}

static void
dub_segment_session_dispose (GObject *object)
{
  DubSegmentSession *self = DUB_SEGMENT_SESSION (object);

  dub_segment_session_close (self);
  g_clear_object (&self->slot);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dub_segment_session_parent_class)->dispose (object);
}

static void
dub_segment_session_finalize (GObject *object)
{
  DubSegmentSession *self = DUB_SEGMENT_SESSION (object);

  g_clear_pointer (&self->shown, dub_segment_shown_unref);
  g_ptr_array_unref (self->kept);
  g_hash_table_unref (self->errors);
  g_object_unref (self->rows);
  g_clear_error (&self->error);
  g_free (self->stamp);
  g_free (self->views);

  G_OBJECT_CLASS (dub_segment_session_parent_class)->finalize (object);
}

static void
dub_segment_session_class_init (DubSegmentSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = dub_segment_session_get_property;
  object_class->dispose = dub_segment_session_dispose;
  object_class->finalize = dub_segment_session_finalize;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, DUB_SEGMENT_STATE_FAILED, 0, flags);
  props[PROP_SHOWN_SERIAL] = g_param_spec_uint ("shown-serial", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_VIEWS] = g_param_spec_string ("views", NULL, NULL, "", flags);
  props[PROP_SCORE] = g_param_spec_int ("score", NULL, NULL, 0, DUB_N_SEGMENT_SCORES - 1, DUB_SEGMENT_ENTROPY, flags);
  props[PROP_COMPUTING_ALL] = g_param_spec_boolean ("computing-all", NULL, NULL, FALSE, flags);
  props[PROP_STALE] = g_param_spec_boolean ("stale", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[PROGRESSED] = g_signal_new ("progressed", DUB_TYPE_SEGMENT_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 0);
}

static void
dub_segment_session_init (DubSegmentSession *self)
{
  self->rows = g_list_store_new (DUB_TYPE_SEGMENT_ROW);
  self->kept = g_ptr_array_new_with_free_func (kept_free);
  self->errors = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_error_free);
  self->views = g_strdup ("");
  self->score = DUB_SEGMENT_ENTROPY;
  self->shown_case = -1;
  self->computing = -1;
}

DubSegmentSession *
dub_segment_session_new (DubSession *session)
{
  DubSegmentSession *self = g_object_new (DUB_TYPE_SEGMENT_SESSION, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::case-index", G_CALLBACK (case_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  follow (self);

  return self;
}

DubSegmentState
dub_segment_session_get_state (DubSegmentSession *self)
{
  return self->state;
}

gboolean
dub_segment_session_get_stale (DubSegmentSession *self)
{
  return self->stale;
}

const GError *
dub_segment_session_get_error (DubSegmentSession *self)
{
  return self->error;
}

DubSegmentShown *
dub_segment_session_get_shown (DubSegmentSession *self)
{
  return self->shown;
}

int
dub_segment_session_get_shown_case (DubSegmentSession *self)
{
  return self->shown_case;
}

GListModel *
dub_segment_session_get_rows (DubSegmentSession *self)
{
  return G_LIST_MODEL (self->rows);
}

double
dub_segment_session_get_progress (DubSegmentSession *self)
{
  return self->computing >= 0 && self->slot != NULL ? CLAMP (dub_compute_slot_get_progress (self->slot), 0.0, 1.0) : 0.0;
}

DubSegmentScore
dub_segment_session_get_score (DubSegmentSession *self)
{
  return self->score;
}

void
dub_segment_session_set_score (DubSegmentSession *self,
                               DubSegmentScore    score)
{
  g_return_if_fail (DUB_IS_SEGMENT_SESSION (self));

  if (self->score == score || !(dub_segment_session_get_scores (self) & 1u << score))
    return;
  self->score = score;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SCORE]);
}

guint
dub_segment_session_get_scores (DubSegmentSession *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  return dub_segment_work_scores (study != NULL ? study->models->len : 0, self->views);
}

const char *
dub_segment_session_get_views (DubSegmentSession *self)
{
  return self->views;
}

void
dub_segment_session_set_views (DubSegmentSession *self,
                               const char        *views)
{
  g_return_if_fail (DUB_IS_SEGMENT_SESSION (self) && views != NULL);

  if (g_str_equal (views, self->views))
    return;
  g_free (self->views);
  self->views = g_strdup (views);
  if (!(dub_segment_session_get_scores (self) & 1u << self->score))
    dub_segment_session_set_score (self, DUB_SEGMENT_ENTROPY);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VIEWS]);
  follow (self);
}

void
dub_segment_session_compute_all (DubSegmentSession *self)
{
  g_return_if_fail (DUB_IS_SEGMENT_SESSION (self));

  self->stopped = FALSE;
  set_computing_all (self, TRUE);
  schedule (self);
}

gboolean
dub_segment_session_is_computing_all (DubSegmentSession *self)
{
  return self->computing_all;
}

void
dub_segment_session_stop (DubSegmentSession *self)
{
  g_return_if_fail (DUB_IS_SEGMENT_SESSION (self));

  DubSegmentRow *row = self->computing >= 0 ? dub_segment_session_get_row (self, (guint) self->computing) : NULL;

  drop_work (self);
  if (row != NULL)
    dub_segment_row_set (row, self->before, NULL, NULL);
  self->stopped = TRUE;
  set_computing_all (self, FALSE);
  schedule (self);
}
