#include "core/study/answers.h"

#include "core/calibration/scores.h"
#include "core/io/file.h"
#include "core/stats/check.h"
#include "core/study/evaluate.h"
#include "core/study/study-private.h"

#include <math.h>
#include <string.h>

/* --- the recorded step --- */

void
_dub_study_step_free (gpointer data)
{
  DubStudyStep *self = data;

  g_free (self->family);
  g_strfreev (self->models);
  g_strfreev (self->files);
  dub_recalibration_unref (self->recalibration);
  g_free (self);
}

/* Of every network's file; "" where it cannot be read, which is not the step's matter. (transfer full) */
static char **
fingerprints (const DubStudy     *study,
              const char *const  *models)
{
  guint n = g_strv_length ((char **) models);
  char **files = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++) {
    const DubStudyModel *model = dub_study_find_model (study, models[i]);
    char *file = model != NULL ? dub_file_fingerprint (model->path, NULL) : NULL;

    files[i] = file != NULL ? file : g_strdup ("");
  }

  return files;
}

/* What is not known on either side is taken to be as it was. */
static gboolean
same_files (char **a,
            char **b)
{
  for (guint i = 0; a != NULL && a[i] != NULL && b[i] != NULL; i++)
    if (*a[i] != '\0' && *b[i] != '\0' && strcmp (a[i], b[i]) != 0)
      return FALSE;

  return TRUE;
}

static DubStudyStep *
find_step (const DubStudy *study,
           const char     *family,
           guint          *at)
{
  for (guint i = 0; i < study->recalibrations->len; i++) {
    DubStudyStep *step = g_ptr_array_index (study->recalibrations, i);

    if (strcmp (step->family, family) == 0) {
      *at = i;
      return step;
    }
  }

  return NULL;
}

DubRecalibration *
dub_study_get_recalibration (const DubStudy *study,
                             const char     *family)
{
  GMutex *lock = (GMutex *) &study->recalibrations_lock;
  guint at;

  g_mutex_lock (lock);

  const DubStudyStep *step = find_step (study, family, &at);
  DubRecalibration *found = step != NULL ? step->recalibration : NULL;

  g_mutex_unlock (lock);

  return found;
}

void
dub_study_set_recalibration (DubStudy         *study,
                             const char       *family,
                             DubRecalibration *recalibration)
{
  g_return_if_fail (recalibration == NULL || dub_recalibration_is_usable (recalibration));

  DubStudyStep *step = NULL;
  guint at;

  if (recalibration != NULL) {
    step = g_new0 (DubStudyStep, 1);
    step->family = g_strdup (family);
    step->models = dub_study_family_models (study, family);
    step->files = fingerprints (study, (const char *const *) step->models);
    step->recalibration = dub_recalibration_ref (recalibration);
  }
  g_mutex_lock (&study->recalibrations_lock);
  if (find_step (study, family, &at) != NULL)
    g_ptr_array_add (study->past_recalibrations, g_ptr_array_steal_index (study->recalibrations, at));
  if (step != NULL)
    g_ptr_array_add (study->recalibrations, step);
  g_mutex_unlock (&study->recalibrations_lock);
}

gboolean
dub_study_recalibration_is_old (const DubStudy *study,
                                const char     *family)
{
  GMutex *lock = (GMutex *) &study->recalibrations_lock;
  gboolean recorded = dub_study_get_recalibration (study, family) != NULL;
  g_auto (GStrv) models = recorded ? dub_study_family_models (study, family) : NULL;
  g_auto (GStrv) files = recorded ? fingerprints (study, (const char *const *) models) : NULL;
  guint at;

  if (!recorded)
    return FALSE;
  g_mutex_lock (lock);

  const DubStudyStep *step = find_step (study, family, &at);
  gboolean old = step != NULL && (!g_strv_equal ((const char *const *) step->models, (const char *const *) models) ||
                                  !same_files (step->files, files));

  g_mutex_unlock (lock);

  return old;
}

/* --- what a family answers --- */

gboolean
dub_study_answers (const DubStudy    *study,
                   const DubOutputs  *outputs,
                   const char        *family,
                   const size_t      *models,
                   size_t             n_models,
                   float             *answers,
                   GError           **error)
{
  const DubRecalibration *recalibration = dub_study_get_recalibration (study, family);

  dub_outputs_mean (outputs, models, n_models, answers);

  return recalibration == NULL ||
         dub_recalibration_apply_mean (recalibration, answers, outputs->n_cases, outputs->n_classes, answers, error);
}

size_t
dub_study_answer (const DubStudy *study,
                  const char     *family,
                  double         *mean,
                  size_t          n_classes)
{
  const DubRecalibration *recalibration = dub_study_get_recalibration (study, family);

  /* A map that does not fit the classes is refused when the study is read. */
  if (recalibration != NULL && n_classes == dub_recalibration_get_n_classes (recalibration))
    (void) !dub_recalibration_apply_rows (recalibration, NULL, mean, 1, n_classes, mean, NULL);

  return dub_argmax (mean, n_classes);
}

/* --- cases as calibration reads them --- */

/* Rows of the family's networks in the outputs, of @model alone where it is not NULL. (transfer full) */
static size_t *
find_rows (const DubStudy    *study,
           const DubOutputs  *outputs,
           const char        *family,
           const char        *model,
           size_t            *n_rows,
           GError           **error)
{
  g_auto (GStrv) ids = dub_study_family_models (study, family);
  size_t n_ids = g_strv_length (ids);
  g_autofree size_t *rows = g_new (size_t, MAX (n_ids, 1));

  *n_rows = 0;
  if (n_ids == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no networks called \"%s\".", study->title, family);
    return NULL;
  }
  if (model != NULL && !g_strv_contains ((const char *const *) ids, model)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The networks %s of the study %s have none called \"%s\".", family,
                 study->title, model);
    return NULL;
  }
  for (size_t k = 0; k < n_ids; k++)
    for (size_t m = 0; m < outputs->n_models; m++)
      if (strcmp (outputs->models[m], ids[k]) == 0 && (model == NULL || strcmp (model, ids[k]) == 0))
        rows[(*n_rows)++] = m;
  if (*n_rows == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s%s of the study %s has no outputs yet.",
                 model != NULL ? "The network " : "The family ", model != NULL ? model : family, study->title);
    return NULL;
  }

  return g_steal_pointer (&rows);
}

/* Labelled cases of the part. (transfer full) */
static size_t *
list_cases (const DubOutputs *outputs,
            DubPart           part,
            size_t           *n)
{
  size_t *cases = g_new (size_t, MAX (outputs->n_cases, 1));

  *n = 0;
  for (size_t i = 0; i < outputs->n_cases; i++)
    if (outputs->part[i] == part && outputs->labels[i] >= 0)
      cases[(*n)++] = i;

  return cases;
}

DubPredictions *
dub_study_predictions (const DubStudy    *study,
                       const DubOutputs  *outputs,
                       const char        *family,
                       const char        *model,
                       DubPart            part,
                       size_t           **cases,
                       GError           **error)
{
  size_t n_rows, n, n_classes = outputs->n_classes;
  g_autofree size_t *rows = find_rows (study, outputs, family, model, &n_rows, error);
  g_autofree size_t *index = rows != NULL ? list_cases (outputs, part, &n) : NULL;

  if (rows == NULL)
    return NULL;
  if (n == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no labelled cases in its %s part.", study->title,
                 dub_part_name (part));
    return NULL;
  }

  g_autofree float *mean = g_new (float, outputs->n_cases * n_classes);
  g_autofree double *probabilities = g_new (double, n * n_classes);
  g_autofree double *logits = g_new (double, n * n_classes);
  g_autofree int *labels = g_new (int, n);
  g_autofree int *patients = study->data != NULL ? dub_study_data_patients (study->data) : NULL;
  g_autofree int *groups = patients != NULL ? g_new (int, n) : NULL;
  const float *own = model != NULL && outputs->logits != NULL ? outputs->logits + rows[0] * outputs->n_cases * n_classes : NULL;

  dub_outputs_mean (outputs, rows, n_rows, mean);
  for (size_t i = 0; i < n; i++) {
    labels[i] = outputs->labels[index[i]];
    if (groups != NULL)
      groups[i] = patients[index[i]];
    for (size_t c = 0; c < n_classes; c++) {
      double p = (double) mean[index[i] * n_classes + c];

      probabilities[i * n_classes + c] = p;
      logits[i * n_classes + c] = own != NULL ? (double) own[index[i] * n_classes + c] : log (MAX (p, DUB_NLL_SMALLEST));
    }
  }

  DubPredictions *predictions = dub_predictions_new (probabilities, logits, labels, n, n_classes, groups, error);

  if (predictions != NULL && cases != NULL)
    *cases = g_steal_pointer (&index);

  return predictions;
}
