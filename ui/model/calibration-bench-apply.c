/* The recalibration as a step of the study: recorded in study.json, so that every page and the command line read the family's
 * answers through it. */
#include "ui/model/calibration-bench-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures/ticks.h"
#include "ui/model/calibration-words.h"

typedef struct {
  DubSession       *session;
  char             *family;
  DubRecalibration *before, *after; /* (nullable) */
} Step;

static void
record (Step             *step,
        DubRecalibration *map)
{
  DubStudy *study = dub_session_get_study (step->session);
  g_autoptr (GError) error = NULL;

  if (study == NULL)
    return;
  dub_study_set_recalibration (study, step->family, map);
  if (study->folder != NULL && !dub_study_save (study, study->folder, &error))
    dub_session_fail (step->session, _("The study could not be saved"), error);
  dub_session_study_edited (step->session);
}

static void
step_undo (gpointer data)
{
  record (data, ((Step *) data)->before);
}

static void
step_redo (gpointer data)
{
  record (data, ((Step *) data)->after);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->session);
  g_free (step->family);
  g_clear_pointer (&step->before, dub_recalibration_unref);
  g_clear_pointer (&step->after, dub_recalibration_unref);
  g_free (step);
}

static void
take_step (DubCalibrationBench *self,
           DubRecalibration    *map,
           const char          *label)
{
  Step *step = g_new0 (Step, 1);

  step->session = g_object_ref (self->session);
  step->family = g_strdup (dub_results_get_family (self->results));
  step->before = dub_calibration_bench_get_applied (self);
  step->after = map != NULL ? dub_recalibration_ref (map) : NULL;
  record (step, step->after);
  dub_history_commit (dub_session_get_history (self->session), label, NULL, step_undo, step_redo, step, step_free);
}

DubRecalibration *
dub_calibration_bench_get_applied (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  DubStudy *study = dub_session_get_study (self->session);
  const char *family = dub_results_get_family (self->results);

  DubRecalibration *applied = study != NULL && study->data != NULL && family != NULL ? dub_study_get_recalibration (study, family) : NULL;

  return applied != NULL ? dub_recalibration_ref (applied) : NULL;
}

gboolean
dub_calibration_bench_shows_applied (DubCalibrationBench *self)
{
  g_autoptr (DubRecalibration) applied = dub_calibration_bench_get_applied (self);
  DubRecalibration *shown = dub_calibration_bench_get_fit (self, NULL);

  if (applied == NULL || shown == NULL || self->setting.model != NULL)
    return FALSE;
  if (applied == shown)
    return TRUE;

  g_autofree char *a = dub_recalibration_to_json (applied), *b = dub_recalibration_to_json (shown);

  return g_strcmp0 (a, b) == 0;
}

const char *
dub_calibration_bench_refusal (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  const char *why;
  DubRecalibration *map = dub_calibration_bench_get_fit (self, &why);

  if (self->setting.method < 0)
    return _("Choose a method first");
  if (self->setting.model != NULL)
    return _("A recalibration is applied to the answer of the ensemble: choose it above");
  if (why != NULL)
    return why;
  if (map == NULL)
    return _("The method is being fitted");
  if (!dub_recalibration_is_usable (map))
    return _("This fit has no meaning that could be applied");

  return NULL;
}

/* --- what has to be known first --- */

/* The error that stands above the diagrams: of their bins, and of the class they are of. */
static const char *
error_words (DubCalibrationBench *self)
{
  gboolean mass = self->side[0]->bins->binning == DUB_BINS_EQUAL_MASS;

  if (self->side[0]->class_index < 0)
    return mass ? _("Adaptive ECE") : _("ECE");

  return mass ? _("Adaptive ECE of the class") : _("ECE of the class");
}

static char *
about_ece (DubCalibrationBench *self)
{
  if (!_dub_calibration_bench_is_worse (self))
    return NULL;

  const DubEstimate *change = _dub_calibration_bench_get_change (self);
  g_autofree char *x = dub_number_format (dub_reliability_ece (self->side[0]->bins), 4);
  g_autofree char *y = dub_number_format (dub_reliability_ece (self->side[1]->bins), 4);

  /* In few words, because the bin's card has to keep its place below; the table and the command line have the intervals. */
  if (change != NULL && change->low <= 0.0)
    return g_strdup_printf (_("%s on test %s → %s: worse, maybe by chance."), error_words (self), x, y);

  return g_strdup_printf (_("%s on test %s → %s: worse."), error_words (self), x, y);
}

static char *
about_answers (const DubCalibrationAnswers *before,
               const DubCalibrationAnswers *after)
{
  const DubPredictions *a = before->predictions, *b = after->predictions;
  size_t n = 0;

  if (a->answers == NULL || b->answers == NULL)
    return NULL;
  for (size_t i = 0; i < a->n_cases; i++)
    n += a->answers[i] != b->answers[i];
  if (n == 0)
    return NULL;

  g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, n), *all = g_strdup_printf ("%" G_GSIZE_FORMAT, a->n_cases);

  return g_strdup_printf (g_dngettext (NULL, "Another answer for %s of %s test cases.", "Other answers for %s of %s test cases.", n),
                          number, all);
}

static char *
about_fit (const DubRecalibration *map)
{
  switch (dub_recalibration_get_kind (map)) {
  case DUB_FIT_CHANCE:
    return g_strdup (_("No better than chance on the calibration cases: the best map hides the answers."));
  case DUB_FIT_SEPARABLE:
    return g_strdup (_("All calibration answers are right or can be told apart: the best map makes every answer certain."));
  case DUB_FIT_FOUND:
  default:
    return NULL;
  }
}

static char *
about_cases (const DubRecalibration *map)
{
  size_t n = dub_recalibration_get_n_cases (map);

  if (n >= DUB_FIT_FEW_CASES)
    return NULL;

  g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, n);

  return g_strdup_printf (g_dngettext (NULL, "Fitted on %s case only: the map is loose.", "Fitted on %s cases only: the map is loose.", n),
                          number);
}

static char *
about_step (DubCalibrationBench *self)
{
  DubStudy *study = dub_session_get_study (self->session);
  const char *family = dub_results_get_family (self->results);

  if (study == NULL || study->data == NULL || family == NULL || !dub_study_recalibration_is_old (study, family))
    return NULL;

  return g_strdup (_("The applied step was fitted when the family had other networks: apply it anew."));
}

static void
add (GPtrArray *warnings,
     char      *text)
{
  if (text != NULL)
    g_ptr_array_add (warnings, text);
}

GPtrArray *
dub_calibration_bench_warnings (DubCalibrationBench *self)
{
  g_return_val_if_fail (DUB_IS_CALIBRATION_BENCH (self), NULL);

  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);
  const DubCalibrationSubject *subject = dub_calibration_bench_get_subject (self);
  DubRecalibration *map = dub_calibration_bench_get_fit (self, NULL);
  DubCalibrationAnswers *after = _dub_calibration_bench_fitted (self);

  add (warnings, about_step (self));
  if (map != NULL) {
    add (warnings, about_fit (map));
    add (warnings, about_cases (map));
  }
  if (after != NULL && subject->test != NULL) {
    add (warnings, about_ece (self));
    add (warnings, about_answers (subject->test, after));
  }

  return warnings;
}

void
dub_calibration_bench_apply (DubCalibrationBench *self)
{
  g_return_if_fail (DUB_IS_CALIBRATION_BENCH (self));

  if (dub_calibration_bench_refusal (self) == NULL && !dub_calibration_bench_shows_applied (self))
    take_step (self, dub_calibration_bench_get_fit (self, NULL), _("Apply the recalibration"));
}

void
dub_calibration_bench_take_back (DubCalibrationBench *self)
{
  g_return_if_fail (DUB_IS_CALIBRATION_BENCH (self));

  g_autoptr (DubRecalibration) applied = dub_calibration_bench_get_applied (self);

  if (applied != NULL)
    take_step (self, NULL, _("Take back the recalibration"));
}
