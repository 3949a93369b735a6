#include "core/study/recalibrate.h"

#include "core/calibration/calibration-change.h"

#include <math.h>

void
dub_recalibrated_free (DubRecalibrated *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->recalibration, dub_recalibration_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_free (self);
}

static char *
number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.3g", value));
}

/* Both are better the lower they are. */
static void
warn_of_harm (DubRecalibrated       *self,
              DubCalibrationMeasure  measure,
              const char            *name)
{
  const DubEstimate *change = &self->change[measure];
  g_autofree char *before = number (self->before.estimate[measure].value);
  g_autofree char *after = number (self->after.estimate[measure].value);
  g_autofree char *low = number (change->low), *high = number (change->high);

  if (!(change->value > 0.0))
    return;
  g_ptr_array_add (self->warnings,
                   g_strdup_printf ("On the test part the %s gets worse, from %s to %s (change %s to %s%s).", name, before, after, low,
                                    high, change->low > 0.0 ? "" : ", so that it may be chance"));
}

static gboolean
measure (DubRecalibrated              *self,
         const DubPredictions         *plain,
         const DubCalibrationOptions  *options,
         DubRun                       *run,
         GError                      **error)
{
  g_autoptr (DubPredictions) mapped = dub_recalibration_apply (self->recalibration, plain, error);
  DubCalibrationOptions measuring = *options;

  if (mapped == NULL)
    return FALSE;
  if (measuring.measures != 0)
    measuring.measures |= 1u << DUB_CALIBRATION_ECE | 1u << DUB_CALIBRATION_NLL;
  if (!dub_calibration_measure (plain, &measuring, run, &self->before, error) ||
      !dub_calibration_measure (mapped, &measuring, run, &self->after, error) ||
      !dub_calibration_change (plain, mapped, &measuring, run, self->change, error))
    return FALSE;
  self->n_test = plain->n_cases;
  for (size_t i = 0; i < plain->n_cases; i++)
    self->n_changed += plain->answers[i] != mapped->answers[i];
  warn_of_harm (self, DUB_CALIBRATION_ECE, "expected calibration error");
  warn_of_harm (self, DUB_CALIBRATION_NLL, "negative log-likelihood");
  if (self->n_changed > 0)
    g_ptr_array_add (self->warnings, g_strdup_printf ("%zu of %zu test cases %s another answer.", self->n_changed, self->n_test,
                                                      self->n_changed == 1 ? "gets" : "get"));

  return TRUE;
}

DubRecalibrated *
dub_study_recalibrate (const DubStudy               *study,
                       const DubOutputs             *outputs,
                       const char                   *family,
                       DubRecalibrate                method,
                       const DubCalibrationOptions  *options,
                       DubRun                       *run,
                       GError                      **error)
{
  g_autoptr (DubPredictions) calibration =
    dub_study_predictions (study, outputs, family, NULL, DUB_PART_CALIBRATION, NULL, error);
  g_autoptr (DubPredictions) test = NULL;
  g_autoptr (GError) none = NULL;

  if (calibration == NULL)
    return NULL;

  g_autoptr (DubRecalibrated) self = g_new0 (DubRecalibrated, 1);

  self->recalibration = dub_recalibration_fit (method, calibration, dub_part_name (DUB_PART_CALIBRATION), run, error);
  if (self->recalibration == NULL)
    return NULL;
  self->warnings = dub_recalibration_warnings (self->recalibration);
  if (!dub_recalibration_is_usable (self->recalibration)) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, g_ptr_array_index (self->warnings, 0));
    return NULL;
  }
  test = dub_study_predictions (study, outputs, family, NULL, DUB_PART_TEST, NULL, &none);
  if (test == NULL)
    g_ptr_array_add (self->warnings, g_strdup ("There are no labelled test cases: what the map does to new ones is not known."));
  else if (!measure (self, test, options, run, error))
    return NULL;

  return g_steal_pointer (&self);
}
