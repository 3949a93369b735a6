#include "core/calibration/beta.h"

#include "core/stats/check.h"
#include "core/stats/logistic.h"

#include <math.h>

static double
log_of (double probability)
{
  return log (MAX (probability, DUB_BETA_SMALLEST));
}

/* No event has a lower probability than any other case, and they are not all the same: the likelihood rises without end as
 * the map gets steeper. */
static gboolean
is_separable (const double   *probabilities,
              const gboolean *positive,
              size_t          n_cases)
{
  double lowest_event = (double) INFINITY, highest_other = -(double) INFINITY;
  gboolean differ = FALSE;

  for (size_t i = 0; i < n_cases; i++) {
    differ = differ || probabilities[i] != probabilities[0];
    if (positive[i])
      lowest_event = MIN (lowest_event, probabilities[i]);
    else
      highest_other = MAX (highest_other, probabilities[i]);
  }

  return differ && highest_other <= lowest_event;
}

/* The loss is convex, so the best map with a, b >= 0 is that of both coefficients if it has none below 0, else the best one of
 * those that the smaller sets allow: either, none. */
static gboolean
find_best (DubBeta             *self,
           const double *const *features,
           const double        *target,
           DubRun              *run,
           GError             **error)
{
  const double *const sets[][2] = { { features[0], features[1] }, { features[0] }, { features[1] }, { NULL } };
  const size_t sizes[] = { 2, 1, 1, 0 };
  double least = (double) INFINITY;

  for (size_t s = 0; s < G_N_ELEMENTS (sets); s++) {
    double weight[2] = { 0 }, bias;
    DubLogisticFit fit;

    if (!dub_logistic_fit (sets[s], sizes[s], target, NULL, self->n_cases, 0.0, weight, &bias, &fit, run, error))
      return FALSE;
    /* A larger set comes first, and keeps its place unless a smaller one is better by more than rounding. */
    if (weight[0] < 0.0 || weight[1] < 0.0 || !(fit.loss < least - 1e-15))
      continue;
    least = fit.loss;
    self->a = s == 0 || s == 1 ? weight[0] : 0.0;
    self->b = s == 0 ? weight[1] : s == 2 ? weight[0] : 0.0;
    self->c = bias;
    if (s == 0)
      break;
  }
  if (!(self->a > 0.0) && !(self->b > 0.0))
    self->kind = DUB_FIT_CHANCE;

  return TRUE;
}

DubBeta *
dub_beta_fit (const double    *probabilities,
              const gboolean  *positive,
              size_t           n_cases,
              const char      *split,
              DubRun          *run,
              GError         **error)
{
  if (!dub_check_unit_interval ("probability", probabilities, n_cases, error))
    return NULL;

  g_autoptr (DubBeta) self = g_new0 (DubBeta, 1);
  g_autofree double *values = g_new (double, 3 * n_cases);
  double *for_it = values, *against = values + n_cases, *target = values + 2 * n_cases;

  self->n_cases = n_cases;
  self->split = g_strdup (split);
  for (size_t i = 0; i < n_cases; i++) {
    self->n_positive += positive[i] ? 1 : 0;
    for_it[i] = log_of (probabilities[i]);
    against[i] = -log_of (1.0 - probabilities[i]);
    target[i] = positive[i] ? 1.0 : 0.0;
  }

  if (self->n_positive == 0 || self->n_positive == n_cases) {
    double rate = ((double) self->n_positive + 1.0) / ((double) n_cases + 2.0);

    self->kind = DUB_FIT_CHANCE;
    self->c = log (rate / (1.0 - rate));
  } else if (is_separable (probabilities, positive, n_cases)) {
    self->kind = DUB_FIT_SEPARABLE;
    self->a = self->b = (double) INFINITY;
    self->c = (double) NAN;
  } else if (!find_best (self, (const double *const[]) { for_it, against }, target, run, error)) {
    return NULL;
  }

  return g_steal_pointer (&self);
}

void
dub_beta_free (DubBeta *self)
{
  if (self == NULL)
    return;
  g_free (self->split);
  g_free (self);
}

double
dub_beta_apply (const DubBeta *self,
                double         probability)
{
  return dub_logistic (self->a * log_of (probability) - self->b * log_of (1.0 - probability) + self->c);
}
