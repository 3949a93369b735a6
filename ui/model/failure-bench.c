#include "ui/model/failure-bench-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

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

void
_dub_failure_bench_point_changed (DubFailureBench *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POINT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OWN]);
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
