#include "ui/model/failure-bench.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _DubFailureBench {
  GObject         parent_instance;
  DubSession     *session;    /* not owned: the page that has this holds it */
  DubResults     *results;
  DubComputeSlot *slot;
  GPtrArray      *rows;       /* of DubFailureRow */
  DubFailureRow  *measuring;  /* (nullable) */
  DubPointKind    kind;
  gboolean        own;
  GHashTable     *thresholds; /* id → double *: where a person dragged them */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DubFailureBench, dub_failure_bench, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { PROP_0, PROP_POINT, PROP_OWN, PROP_SUBTITLE, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, ROW_CHANGED, POINT_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const KINDS[] = {
  [DUB_POINT_BALANCED] = "balanced", [DUB_POINT_SPECIFICITY] = "specificity", [DUB_POINT_CHOSEN] = "chosen",
};

/* --- measuring --- */

static void measure_next (DubFailureBench *self);

static gpointer
measure_thread (DubRun    *run,
                gpointer   data,
                GError   **error)
{
  const DubFailureInputs *inputs = data;
  const DubFailureOptions options = {
    .fitting_scores = inputs->fitting, .fitting_correct = inputs->fitting_correct, .n_fitting = inputs->n_fitting,
    .groups = inputs->groups,
  };

  return dub_failure_measure (inputs->values, inputs->correct, inputs->n, &options, run, error);
}

static void
row_changed (DubFailureBench *self,
             DubFailureRow   *row)
{
  g_signal_emit (self, signals[ROW_CHANGED], 0, row);
  if (row == dub_failure_bench_get_chosen (self))
    g_signal_emit (self, signals[POINT_CHANGED], 0);
}

static void
measured_cb (gpointer     *result,
             const GError *error,
             gpointer      user_data)
{
  DubFailureBench *self = user_data;
  g_autoptr (DubFailureRow) row = g_steal_pointer (&self->measuring);

  dub_failure_row_finish (row, g_steal_pointer (result), error != NULL ? error->message : NULL);
  row_changed (self, row);
  measure_next (self);
}

static void
measure_next (DubFailureBench *self)
{
  DubFailureRow *next = dub_failure_bench_get_chosen (self);

  if (self->measuring != NULL)
    return;
  if (next != NULL && dub_failure_row_get_state (next) != DUB_FAILURE_ROW_WAITING)
    next = NULL;
  for (guint i = 0; i < self->rows->len && next == NULL; i++)
    if (dub_failure_row_get_state (self->rows->pdata[i]) == DUB_FAILURE_ROW_WAITING)
      next = self->rows->pdata[i];
  if (next == NULL)
    return;

  self->measuring = g_object_ref (next);
  dub_failure_row_set_state (next, DUB_FAILURE_ROW_MEASURING);
  dub_compute_slot_submit (self->slot, measure_thread, dub_failure_inputs_ref (dub_failure_row_get_inputs (next)),
                           (GDestroyNotify) dub_failure_inputs_unref, (GDestroyNotify) dub_failure_free, measured_cb, self);
  g_signal_emit (self, signals[ROW_CHANGED], 0, next);
}

/* --- rows --- */

static void
add_rows (DubFailureBench *self,
          GPtrArray       *before,
          gboolean         missing)
{
  const DubScores *scores = dub_results_get_scores (self->results);
  DubStudy *study = dub_session_get_study (self->session);

  if (scores == NULL || study == NULL || study->data == NULL)
    return;

  g_autofree int *patients = dub_study_data_patients (study->data);

  for (guint k = 0; k < scores->scores->len; k++) {
    const DubScore *score = g_ptr_array_index (scores->scores, k);

    if ((score->values == NULL) != missing)
      continue;

    DubFailureRow *row = dub_failure_row_new (scores, score, study->data, patients);

    for (guint i = 0; i < before->len; i++)
      if (dub_failure_row_equals (before->pdata[i], row)) {
        g_object_unref (row);
        row = g_object_ref (before->pdata[i]);
        break;
      }
    g_ptr_array_add (self->rows, row);
  }
}

static gboolean
has_row (DubFailureBench *self,
         DubFailureRow   *row)
{
  return g_ptr_array_find (self->rows, row, NULL);
}

static gboolean
same_rows (GPtrArray *a,
           GPtrArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->pdata, b->pdata, a->len * sizeof *a->pdata) == 0);
}

static void
results_changed_cb (DubFailureBench *self)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->rows);

  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  add_rows (self, before, FALSE);
  add_rows (self, before, TRUE);
  if (self->measuring != NULL && !has_row (self, self->measuring)) {
    dub_compute_slot_cancel (self->slot);
    g_clear_object (&self->measuring);
  }
  if (!same_rows (before, self->rows))
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before->len, self->rows->len);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[POINT_CHANGED], 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SUBTITLE]);
  measure_next (self);
}

static void
score_chosen_cb (DubFailureBench *self)
{
  g_signal_emit (self, signals[POINT_CHANGED], 0);
}

/* Another study is about other cases. */
static void
study_changed_cb (DubFailureBench *self)
{
  g_hash_table_remove_all (self->thresholds);
  self->kind = DUB_POINT_BALANCED;
  self->own = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POINT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OWN]);
}

static GType
get_item_type (GListModel *model)
{
  return DUB_TYPE_FAILURE_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return DUB_FAILURE_BENCH (model)->rows->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  DubFailureRow *row = dub_failure_bench_get_row (DUB_FAILURE_BENCH (model), position);

  return row != NULL ? g_object_ref (row) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

DubResults *
dub_failure_bench_get_results (DubFailureBench *self)
{
  g_return_val_if_fail (DUB_IS_FAILURE_BENCH (self), NULL);

  return self->results;
}

DubFailureRow *
dub_failure_bench_get_row (DubFailureBench *self,
                           guint            index)
{
  g_return_val_if_fail (DUB_IS_FAILURE_BENCH (self), NULL);

  return index < self->rows->len ? self->rows->pdata[index] : NULL;
}

guint
dub_failure_bench_get_n_rows (DubFailureBench *self)
{
  g_return_val_if_fail (DUB_IS_FAILURE_BENCH (self), 0);

  return self->rows->len;
}

DubFailureRow *
dub_failure_bench_get_chosen (DubFailureBench *self)
{
  g_return_val_if_fail (DUB_IS_FAILURE_BENCH (self), NULL);

  const char *id = dub_results_get_score_id (self->results);

  for (guint i = 0; i < self->rows->len; i++)
    if (g_strcmp0 (dub_failure_row_get_id (self->rows->pdata[i]), id) == 0)
      return self->rows->pdata[i];

  return NULL;
}

void
dub_failure_bench_count (DubFailureBench *self,
                         guint           *n_done,
                         guint           *n_all)
{
  g_return_if_fail (DUB_IS_FAILURE_BENCH (self));

  *n_done = *n_all = 0;
  for (guint i = 0; i < self->rows->len; i++) {
    DubFailureRowState state = dub_failure_row_get_state (self->rows->pdata[i]);

    *n_all += state != DUB_FAILURE_ROW_MISSING;
    *n_done += state == DUB_FAILURE_ROW_DONE || state == DUB_FAILURE_ROW_FAILED;
  }
}

/* --- the operating point --- */

/* What a person set; one step of undo goes from one to another. */
typedef struct {
  DubFailureBench *bench;
  DubPointKind     kind;
  gboolean         own;
  char            *id;        /* (nullable): whose threshold */
  double           threshold; /* NaN = was not dragged */
} Setting;

typedef struct {
  Setting before, after;
} Step;

static Setting
current_setting (DubFailureBench *self)
{
  const char *id = dub_results_get_score_id (self->results);
  const double *threshold = id != NULL ? g_hash_table_lookup (self->thresholds, id) : NULL;

  return (Setting) { self, self->kind, self->own, g_strdup (id), threshold != NULL ? *threshold : (double) NAN };
}

static void
apply (const Setting *setting)
{
  DubFailureBench *self = setting->bench;

  self->kind = setting->kind;
  self->own = setting->own;
  if (setting->id != NULL && isnan (setting->threshold))
    g_hash_table_remove (self->thresholds, setting->id);
  else if (setting->id != NULL)
    g_hash_table_replace (self->thresholds, g_strdup (setting->id), g_memdup2 (&setting->threshold, sizeof (double)));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POINT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OWN]);
  g_signal_emit (self, signals[POINT_CHANGED], 0);
}

static void
step_undo (gpointer data)
{
  apply (&((Step *) data)->before);
}

static void
step_redo (gpointer data)
{
  apply (&((Step *) data)->after);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->before.bench);
  g_free (step->before.id);
  g_free (step->after.id);
  g_free (step);
}

/* @after: (transfer full) */
static void
commit (DubFailureBench *self,
        Setting          after,
        const char      *label,
        const char      *merge_key)
{
  Step *step = g_new0 (Step, 1);

  step->before = current_setting (self);
  step->after = after;
  g_object_ref (self);
  apply (&step->after);
  dub_history_commit (dub_session_get_history (self->session), label, merge_key, step_undo, step_redo, step, step_free);
}

DubPointKind
dub_failure_bench_get_kind (DubFailureBench *self)
{
  g_return_val_if_fail (DUB_IS_FAILURE_BENCH (self), DUB_POINT_BALANCED);

  return self->kind;
}

void
dub_failure_bench_set_kind (DubFailureBench *self,
                            DubPointKind     kind)
{
  g_return_if_fail (DUB_IS_FAILURE_BENCH (self));

  if (self->kind == kind)
    return;

  Setting after = current_setting (self);

  after.kind = kind;
  commit (self, after, _("Choose the operating point"), NULL);
}

gboolean
dub_failure_bench_get_own (DubFailureBench *self)
{
  g_return_val_if_fail (DUB_IS_FAILURE_BENCH (self), FALSE);

  return self->own;
}

void
dub_failure_bench_set_own (DubFailureBench *self,
                           gboolean         own)
{
  g_return_if_fail (DUB_IS_FAILURE_BENCH (self));

  if (self->own == !!own)
    return;

  Setting after = current_setting (self);

  after.own = !!own;
  commit (self, after, own ? _("Choose thresholds on test") : _("Choose thresholds on calibration"), NULL);
}

void
dub_failure_bench_drag (DubFailureBench *self,
                        double           threshold)
{
  g_return_if_fail (DUB_IS_FAILURE_BENCH (self) && !isnan (threshold));

  Setting after = current_setting (self);

  if (after.id == NULL || (self->kind == DUB_POINT_CHOSEN && after.threshold == threshold)) {
    g_free (after.id);
    return;
  }
  after.kind = DUB_POINT_CHOSEN;
  after.threshold = threshold;
  commit (self, after, _("Drag the threshold"), "failure-threshold");
}

static DubOperatingPoint
fixed_point (DubFailureBench  *self,
             const DubFailure *failure,
             DubPointKind      kind)
{
  return self->own ? failure->own_point[kind] : failure->point[kind];
}

static double
dragged (DubFailureBench  *self,
         DubFailureRow    *row,
         const DubFailure *failure)
{
  const double *threshold = g_hash_table_lookup (self->thresholds, dub_failure_row_get_id (row));

  return threshold != NULL ? *threshold : fixed_point (self, failure, DUB_POINT_BALANCED).threshold;
}

/* The largest threshold that accepts no more than @n. */
static double
threshold_of_n (const DubAcceptance *self,
                size_t               n)
{
  size_t low = 0, high = self->n_points;

  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;

    if (self->accepted[middle] <= n)
      low = middle;
    else
      high = middle;
  }

  return self->threshold[low];
}

gboolean
dub_failure_bench_get_point (DubFailureBench   *self,
                             DubFailureRow     *row,
                             DubOperatingPoint *point)
{
  g_return_val_if_fail (DUB_IS_FAILURE_BENCH (self), FALSE);

  DubFailureRow *chosen = dub_failure_bench_get_chosen (self);
  const DubFailure *failure = row != NULL ? dub_failure_row_get_failure (row) : NULL;
  const DubFailure *leading = chosen != NULL ? dub_failure_row_get_failure (chosen) : NULL;
  double threshold;

  if (failure == NULL)
    return FALSE;
  if (self->kind != DUB_POINT_CHOSEN) {
    *point = fixed_point (self, failure, self->kind);
    return TRUE;
  }
  threshold = dragged (self, row, failure);
  if (row != chosen && leading != NULL)
    threshold = threshold_of_n (failure->acceptance,
                                dub_failure_point (leading->acceptance, dragged (self, chosen, leading), DUB_CONFIDENCE).accepted.n);
  *point = dub_failure_point (failure->acceptance, threshold, DUB_CONFIDENCE);

  return TRUE;
}

/* --- the object --- */

static char *
subtitle (DubFailureBench *self)
{
  guint n_done, n_all;

  dub_failure_bench_count (self, &n_done, &n_all);
  if (n_all == 0)
    return g_strdup ("");

  g_autofree char *scores = g_strdup_printf (g_dngettext (NULL, "%u score", "%u scores", n_all), n_all);

  return g_strdup_printf ("%s · %s", scores, _("failure = predicted ≠ true"));
}

static void
dub_failure_bench_get_property (GObject    *object,
                                guint       id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  DubFailureBench *self = DUB_FAILURE_BENCH (object);

  switch (id) {
  case PROP_POINT:
    g_value_set_string (value, KINDS[self->kind]);
    break;
  case PROP_OWN:
    g_value_set_boolean (value, self->own);
    break;
  case PROP_SUBTITLE:
    g_value_take_string (value, subtitle (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_failure_bench_set_property (GObject      *object,
                                guint         id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  DubFailureBench *self = DUB_FAILURE_BENCH (object);

  switch (id) {
  case PROP_POINT:
    for (guint kind = 0; kind < G_N_ELEMENTS (KINDS); kind++)
      if (g_strcmp0 (KINDS[kind], g_value_get_string (value)) == 0)
        dub_failure_bench_set_kind (self, (DubPointKind) kind);
    break;
  case PROP_OWN:
    dub_failure_bench_set_own (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dub_failure_bench_dispose (GObject *object)
{
  DubFailureBench *self = DUB_FAILURE_BENCH (object);

  if (self->slot != NULL)
    dub_compute_slot_cancel (self->slot);
  g_clear_object (&self->slot);
  g_clear_object (&self->measuring);
  g_ptr_array_set_size (self->rows, 0);

  G_OBJECT_CLASS (dub_failure_bench_parent_class)->dispose (object);
}

static void
dub_failure_bench_finalize (GObject *object)
{
  DubFailureBench *self = DUB_FAILURE_BENCH (object);

  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->thresholds);

  G_OBJECT_CLASS (dub_failure_bench_parent_class)->finalize (object);
}

static void
dub_failure_bench_class_init (DubFailureBenchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = dub_failure_bench_get_property;
  object_class->set_property = dub_failure_bench_set_property;
  object_class->dispose = dub_failure_bench_dispose;
  object_class->finalize = dub_failure_bench_finalize;
  props[PROP_POINT] = g_param_spec_string ("point", NULL, NULL, "balanced", write);
  props[PROP_OWN] = g_param_spec_boolean ("own", NULL, NULL, FALSE, write);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_FAILURE_BENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ROW_CHANGED] = g_signal_new ("row-changed", DUB_TYPE_FAILURE_BENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       DUB_TYPE_FAILURE_ROW);
  signals[POINT_CHANGED] = g_signal_new ("point-changed", DUB_TYPE_FAILURE_BENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
dub_failure_bench_init (DubFailureBench *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->thresholds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

DubFailureBench *
dub_failure_bench_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubFailureBench *self = g_object_new (DUB_TYPE_FAILURE_BENCH, NULL);

  self->session = session;
  self->results = dub_results_of_session (session);
  self->slot = dub_compute_slot_new (dub_settings_state_get_threads (dub_session_get_settings (session)));
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::score", G_CALLBACK (score_chosen_cb), self, G_CONNECT_SWAPPED);
  results_changed_cb (self);

  return self;
}
