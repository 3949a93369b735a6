/* What estimators ask of what they are given, said in the same words. */
#include "core/uq/estimator-private.h"

#include <math.h>

gboolean
_dub_estimator_check (const char    *title,
                      const double  *scores,
                      size_t         n_cases,
                      GError       **error)
{
  for (size_t i = 0; i < n_cases; i++)
    if (!isfinite (scores[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The score %s of case %zu is %g; expected a finite number.", title, i,
                   scores[i]);
      return FALSE;
    }

  return TRUE;
}

gboolean
_dub_estimator_check_training (const char        *title,
                               const DubFitting  *fitting,
                               GError           **error)
{
  const DubAnswers *training = fitting->training;

  if (training == NULL || training->features == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s is fitted on features of the training cases, and there are none.",
                 title);
    return FALSE;
  }
  if (fitting->feature_model != G_MAXSIZE && fitting->feature_model >= training->n_models) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s was to read the features of network %zu of %zu.", title,
                 fitting->feature_model, training->n_models);
    return FALSE;
  }

  return TRUE;
}

gboolean
_dub_estimator_check_labels (const char        *what,
                             const DubAnswers  *cases,
                             const int         *labels,
                             GError           **error)
{
  if (labels == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The %s cases have no labels.", what);
    return FALSE;
  }
  for (size_t i = 0; i < cases->n_cases; i++)
    if (labels[i] < 0 || (size_t) labels[i] >= cases->n_classes) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The label of %s case %zu is %d; expected 0 to %zu.", what, i, labels[i],
                   cases->n_classes - 1);
      return FALSE;
    }

  return TRUE;
}

gboolean
_dub_estimator_check_features (const char        *title,
                               const DubAnswers  *cases,
                               size_t             n_features,
                               GError           **error)
{
  if (cases->features != NULL && cases->n_features == n_features)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s was fitted on %zu features; these answers have %zu.", title, n_features,
               cases->n_features);

  return FALSE;
}

size_t *
_dub_estimator_models (const DubFitting *fitting,
                       size_t           *n)
{
  size_t *models;

  *n = fitting->feature_model == G_MAXSIZE ? fitting->training->n_models : 1;
  models = g_new (size_t, *n);
  for (size_t m = 0; m < *n; m++)
    models[m] = fitting->feature_model == G_MAXSIZE ? m : fitting->feature_model;

  return models;
}
