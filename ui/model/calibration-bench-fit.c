/* The chosen method, fitted on the calibration part of what is looked at, on another thread. */
#include "ui/model/calibration-bench-private.h"

#include <glib/gi18n.h>

/* A method fitted on a subject. */
typedef struct {
  DubRecalibration      *map;     /* (nullable) */
  DubCalibrationAnswers *test;    /* (nullable): the test part after it */
  char                  *failure; /* (nullable): why one of both is missing */
} Fit;

static void
fit_free (gpointer data)
{
  Fit *fit = data;

  g_clear_pointer (&fit->map, dub_recalibration_unref);
  g_clear_pointer (&fit->test, dub_calibration_answers_unref);
  g_free (fit->failure);
  g_free (fit);
}

GHashTable *
_dub_calibration_bench_fits_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, fit_free);
}

static char *
fit_key (const DubCalibrationSubject *subject,
         int                          method)
{
  return g_strdup_printf ("%d %s", method, subject->model != NULL ? subject->model : "");
}

typedef struct {
  DubRecalibrate         method;
  DubCalibrationAnswers *calibration, *test;
} FitOrder;

static void
fit_order_free (gpointer data)
{
  FitOrder *order = data;

  dub_calibration_answers_unref (order->calibration);
  dub_calibration_answers_unref (order->test);
  g_free (order);
}

/* That a map cannot be fitted or applied is a result: only cancelling is an error. */
static gpointer
fit_thread (DubRun    *run,
            gpointer   data,
            GError   **error)
{
  const FitOrder *order = data;
  g_autoptr (GError) inner = NULL;
  Fit *fit = g_new0 (Fit, 1);

  fit->map = dub_recalibration_fit (order->method, order->calibration->predictions, dub_part_name (DUB_PART_CALIBRATION), run, &inner);
  if (fit->map != NULL && dub_recalibration_is_usable (fit->map))
    fit->test = dub_calibration_answers_apply (order->test, fit->map, &inner);
  if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    fit_free (fit);
    g_propagate_error (error, g_steal_pointer (&inner));
    return NULL;
  }
  if (inner != NULL)
    fit->failure = g_strdup (inner->message);

  return fit;
}

static void
fitted_cb (gpointer     *result,
           const GError *error,
           gpointer      user_data)
{
  DubCalibrationBench *self = user_data;
  g_autofree char *key = g_steal_pointer (&self->fitting);

  if (*result != NULL)
    g_hash_table_replace (self->fits, g_steal_pointer (&key), g_steal_pointer (result));
  _dub_calibration_bench_update (self);
}

static Fit *
current_fit (DubCalibrationBench *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self);

  if (subject == NULL || self->setting.method < 0)
    return NULL;

  g_autofree char *key = fit_key (subject, self->setting.method);

  return g_hash_table_lookup (self->fits, key);
}

void
_dub_calibration_bench_fit (DubCalibrationBench *self)
{
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self);

  if (self->reading || subject == NULL || self->setting.method < 0 || subject->calibration == NULL || subject->test == NULL)
    return;

  g_autofree char *key = fit_key (subject, self->setting.method);

  if (g_hash_table_contains (self->fits, key) || g_strcmp0 (self->fitting, key) == 0)
    return;

  FitOrder *order = g_new0 (FitOrder, 1);

  order->method = (DubRecalibrate) self->setting.method;
  order->calibration = dub_calibration_answers_ref (subject->calibration);
  order->test = dub_calibration_answers_ref (subject->test);
  g_free (self->fitting);
  self->fitting = g_steal_pointer (&key);
  dub_compute_slot_submit (self->reader, fit_thread, order, fit_order_free, fit_free, fitted_cb, self);
}

DubRecalibration *
dub_calibration_bench_get_fit (DubCalibrationBench  *self,
                               const char          **why)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self);
  const Fit *fit = current_fit (self);
  const char *said = NULL;

  if (subject != NULL && subject->calibration == NULL)
    said = _("There are no labelled calibration cases to fit on.");
  else if (fit != NULL)
    said = fit->failure;
  if (why != NULL)
    *why = said;

  return fit != NULL ? fit->map : NULL;
}

DubCalibrationAnswers *
_dub_calibration_bench_fitted (DubCalibrationBench *self)
{
  const Fit *fit = current_fit (self);

  return fit != NULL ? fit->test : NULL;
}
