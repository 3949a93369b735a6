/* Where the thresholds stand, and the way back from where a person put them. */
#include "ui/model/failure-bench-private.h"

#include <glib/gi18n.h>
#include <math.h>

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
  _dub_failure_bench_point_changed (self);
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
