/* What calibration is measured on, read on another thread: the study's folder is read anew, so that nothing is shared with the
 * window. */
#include "core/study/evaluate.h"
#include "ui/model/calibration-answers.h"

static void
subject_free (gpointer data)
{
  DubCalibrationSubject *subject = data;

  g_free (subject->family);
  g_free (subject->model);
  g_clear_pointer (&subject->test, dub_calibration_answers_unref);
  g_clear_pointer (&subject->calibration, dub_calibration_answers_unref);
  g_free (subject);
}

/* That a part has no labelled case is an answer. */
static DubCalibrationAnswers *
answers_of (const DubStudy   *study,
            const DubOutputs *outputs,
            const char       *family,
            const char       *model,
            DubPart           part)
{
  g_autofree size_t *cases = NULL;
  g_autoptr (DubPredictions) predictions = dub_study_predictions (study, outputs, family, model, part, &cases, NULL);

  return predictions != NULL ? dub_calibration_answers_new (g_steal_pointer (&predictions), cases) : NULL;
}

static void
add_subject (GPtrArray        *subjects,
             const DubStudy   *study,
             const DubOutputs *outputs,
             const char       *family,
             const char       *model)
{
  DubCalibrationSubject *subject = g_new0 (DubCalibrationSubject, 1);

  subject->family = g_strdup (family);
  subject->model = g_strdup (model);
  subject->n_networks = model != NULL ? 1 : (guint) outputs->n_models;
  subject->test = answers_of (study, outputs, family, model, DUB_PART_TEST);
  subject->calibration = answers_of (study, outputs, family, model, DUB_PART_CALIBRATION);
  g_ptr_array_add (subjects, subject);
}

GPtrArray *
dub_calibration_read (const char        *folder,
                      const char        *family,
                      const DubOutputs  *outputs,
                      DubRun            *run,
                      GError           **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);

  if (study == NULL)
    return NULL;
  g_return_val_if_fail (study->data != NULL, NULL);

  g_autoptr (GPtrArray) subjects = g_ptr_array_new_with_free_func (subject_free);
  g_autoptr (GPtrArray) families = dub_study_families (study);

  add_subject (subjects, study, outputs, family, NULL);
  for (size_t m = 0; outputs->n_models > 1 && m < outputs->n_models; m++)
    add_subject (subjects, study, outputs, family, outputs->models[m]);
  for (guint i = 0; i < families->len; i++) {
    const char *other = g_ptr_array_index (families, i);

    if (dub_run_check_cancelled (run, error))
      return NULL;
    if (g_strcmp0 (other, family) == 0)
      continue;

    g_auto (GStrv) ids = dub_study_family_models (study, other);
    g_autoptr (DubOutputs) peeked = dub_outputs_peek_models (study, (const char *const *) ids, NULL);

    if (peeked != NULL && peeked->n_models > 0)
      add_subject (subjects, study, peeked, other, NULL);
  }

  return g_steal_pointer (&subjects);
}
