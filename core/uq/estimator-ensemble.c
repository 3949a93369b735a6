/* Scores of how far the models of a family are from each other.
 *
 * Letters: M models, N cases, C classes. The mean over models is taken again in double precision, so that the mutual
 * information, a small difference of entropies, keeps its digits.
 * Sources: Lakshminarayanan et al. 2017 (ensembles); Depeweg et al. 2018 (the two parts of the entropy); Freeman 1965
 * (variation ratio).
 */
#include "core/uq/estimator-private.h"

#include <math.h>

double
_dub_estimator_spread (const float  *probabilities,
                       size_t        n,
                       size_t        step,
                       size_t        n_classes)
{
  double spread = 0.0;

  for (size_t c = 0; c < n_classes; c++) {
    double mean = 0.0, squares = 0.0;

    for (size_t v = 0; v < n; v++)
      mean += (double) probabilities[v * step + c];
    mean /= (double) n;
    for (size_t v = 0; v < n; v++) {
      double d = (double) probabilities[v * step + c] - mean;

      squares += d * d;
    }
    spread += sqrt (squares / (double) n);
  }

  return spread / (double) n_classes;
}

static gboolean
check_models (const char        *title,
              const DubAnswers  *cases,
              GError           **error)
{
  if (cases->n_models >= 2)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s compares two networks or more, and these answers are of one.", title);

  return FALSE;
}

DUB_ESTIMATOR_SCORE (ensemble_sd)
{
  if (!check_models ("Ensemble SD", cases, error))
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = _dub_estimator_spread (cases->probabilities + i * cases->n_classes, cases->n_models,
                                       cases->n_cases * cases->n_classes, cases->n_classes);

  return _dub_estimator_check ("ensemble SD", scores, cases->n_cases, error);
}

static double
entropy_term (double p)
{
  return p != 0.0 ? -p * log (p) : 0.0;
}

/* Entropy of the mean and mean of the entropies of case @i. */
static void
entropies (const DubAnswers *cases,
           size_t            i,
           double           *predictive,
           double           *expected)
{
  *predictive = *expected = 0.0;
  for (size_t c = 0; c < cases->n_classes; c++) {
    double mean = 0.0;

    for (size_t m = 0; m < cases->n_models; m++) {
      double p = (double) cases->probabilities[(m * cases->n_cases + i) * cases->n_classes + c];

      mean += p;
      *expected += entropy_term (p);
    }
    *predictive += entropy_term (mean / (double) cases->n_models);
  }
  *expected /= (double) cases->n_models;
}

DUB_ESTIMATOR_SCORE (predictive_entropy)
{
  double expected;

  if (!check_models ("Predictive entropy", cases, error))
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++)
    entropies (cases, i, &scores[i], &expected);

  return _dub_estimator_check ("predictive entropy", scores, cases->n_cases, error);
}

DUB_ESTIMATOR_SCORE (expected_entropy)
{
  double predictive;

  if (!check_models ("Expected entropy", cases, error))
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++)
    entropies (cases, i, &predictive, &scores[i]);

  return _dub_estimator_check ("expected entropy", scores, cases->n_cases, error);
}

DUB_ESTIMATOR_SCORE (mutual_information)
{
  if (!check_models ("Mutual information", cases, error))
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++) {
    double predictive, expected;

    entropies (cases, i, &predictive, &expected);
    /* Of models that agree, rounding alone could make it negative. NaN stays. */
    scores[i] = predictive < expected ? 0.0 : predictive - expected;
  }

  return _dub_estimator_check ("mutual information", scores, cases->n_cases, error);
}

DUB_ESTIMATOR_SCORE (variation_ratio)
{
  g_autofree size_t *votes = g_new (size_t, cases->n_classes);

  if (!check_models ("Variation ratio", cases, error))
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++) {
    size_t most = 0;

    for (size_t c = 0; c < cases->n_classes; c++)
      votes[c] = 0;
    for (size_t m = 0; m < cases->n_models; m++) {
      const float *p = cases->probabilities + (m * cases->n_cases + i) * cases->n_classes;
      size_t first = 0;

      for (size_t c = 1; c < cases->n_classes; c++)
        if (p[c] > p[first])
          first = c;
      votes[first]++;
      most = MAX (most, votes[first]);
    }
    scores[i] = (double) (cases->n_models - most) / (double) cases->n_models;
  }

  return TRUE;
}
