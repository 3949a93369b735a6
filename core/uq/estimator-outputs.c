/* Scores of one answer: nothing is fitted, and nothing but the family's outputs is read.
 *
 * Letters: M models, C classes. Probabilities are the family's mean; logits are averaged over its models, so that there is one
 * vector z of the family as there is one p.
 */
#include "core/uq/estimator-private.h"

#include <math.h>

/* Source: Hendrycks & Gimpel 2017. */
DUB_ESTIMATOR_SCORE (msr)
{
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = 1.0 - (double) cases->mean[i * cases->n_classes + (size_t) cases->predicted[i]];

  return _dub_estimator_check ("MSR", scores, cases->n_cases, error);
}

DUB_ESTIMATOR_SCORE (dhl)
{
  if (cases->n_classes != 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "DHL is for two classes; these answers have %zu.", cases->n_classes);
    return FALSE;
  }
  /* Of the answer's probability, not of class 1: single precision ends earlier near 1 than near 0, and the two would not order
   * cases as MSR does. */
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = 0.5 - fabs ((double) cases->mean[2 * i + (size_t) cases->predicted[i]] - 0.5);

  return _dub_estimator_check ("DHL", scores, cases->n_cases, error);
}

static gboolean
check_logits (const char        *title,
              const DubAnswers  *cases,
              GError           **error)
{
  if (cases->logits != NULL)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s reads logits, and these answers have probabilities alone.", title);

  return FALSE;
}

/* Logit of class @c, mean over the models. */
static double
mean_logit (const DubAnswers *cases,
            size_t            i,
            size_t            c)
{
  double sum = 0.0;

  for (size_t m = 0; m < cases->n_models; m++)
    sum += (double) cases->logits[(m * cases->n_cases + i) * cases->n_classes + c];

  return sum / (double) cases->n_models;
}

static double
largest_logit (const DubAnswers *cases,
               size_t            i)
{
  double largest = -(double) INFINITY;

  for (size_t c = 0; c < cases->n_classes; c++) {
    double z = mean_logit (cases, i, c);

    /* It stays, to be named afterwards. */
    if (isnan (z))
      return z;
    largest = MAX (largest, z);
  }

  return largest;
}

/* Source: Hendrycks et al. 2022. */
DUB_ESTIMATOR_SCORE (max_logit)
{
  if (!check_logits ("Max logit", cases, error))
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = -largest_logit (cases, i);

  return _dub_estimator_check ("max logit", scores, cases->n_cases, error);
}

DUB_ESTIMATOR_SCORE (entropy)
{
  for (size_t i = 0; i < cases->n_cases; i++) {
    double sum = 0.0;

    for (size_t c = 0; c < cases->n_classes; c++) {
      double p = (double) cases->mean[i * cases->n_classes + c];

      if (p != 0.0)
        sum -= p * log (p);
    }
    scores[i] = sum;
  }

  return _dub_estimator_check ("entropy", scores, cases->n_cases, error);
}

DUB_ESTIMATOR_SCORE (margin)
{
  for (size_t i = 0; i < cases->n_cases; i++) {
    const float *p = cases->mean + i * cases->n_classes;
    size_t first = (size_t) cases->predicted[i];
    double second = -1.0;

    for (size_t c = 0; c < cases->n_classes; c++)
      if (c != first)
        second = MAX (second, (double) p[c]);
    scores[i] = 1.0 - ((double) p[first] - second);
  }

  return _dub_estimator_check ("margin", scores, cases->n_cases, error);
}

/* Source: Liu et al. 2020. */
DUB_ESTIMATOR_SCORE (energy)
{
  double t = options->temperature;

  if (!check_logits ("Energy", cases, error))
    return FALSE;
  if (!(t > 0.0 && isfinite (t))) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The temperature of the energy is %g; expected a number above 0.", t);
    return FALSE;
  }
  for (size_t i = 0; i < cases->n_cases; i++) {
    double largest = largest_logit (cases, i);
    double mass = 0.0;

    for (size_t c = 0; c < cases->n_classes; c++)
      mass += exp ((mean_logit (cases, i, c) - largest) / t);
    scores[i] = -largest - t * log (mass);
  }

  return _dub_estimator_check ("energy", scores, cases->n_cases, error);
}
