#include "core/calibration/platt.h"

#include "core/stats/check.h"
#include "core/stats/logistic.h"

DubPlatt *
dub_platt_fit (const double    *scores,
               const gboolean  *positive,
               size_t           n_cases,
               const char      *split,
               DubRun          *run,
               GError         **error)
{
  if (!dub_check_finite ("score", scores, n_cases, 1, error))
    return NULL;

  g_autoptr (DubPlatt) self = g_new0 (DubPlatt, 1);
  g_autofree double *target = g_new (double, n_cases);
  DubLogisticFit fit;

  self->n_cases = n_cases;
  self->split = g_strdup (split);
  for (size_t i = 0; i < n_cases; i++)
    self->n_positive += positive[i] ? 1 : 0;

  double p = (double) self->n_positive, q = (double) (n_cases - self->n_positive);

  for (size_t i = 0; i < n_cases; i++)
    target[i] = positive[i] ? (p + 1.0) / (p + 2.0) : 1.0 / (q + 2.0);
  if (!dub_logistic_fit (&scores, 1, target, NULL, n_cases, 0.0, &self->slope, &self->bias, &fit, run, error))
    return NULL;

  /* Scores that are all the same leave the slope open, and Newton's method leaves it where it began, at 0. */
  if (self->n_positive == 0 || self->n_positive == n_cases || !(self->slope > 0.0)) {
    self->kind = DUB_FIT_CHANCE;
    self->slope = 0.0;
    if (!dub_logistic_fit (NULL, 0, target, NULL, n_cases, 0.0, NULL, &self->bias, &fit, run, error))
      return NULL;
  }

  return g_steal_pointer (&self);
}

void
dub_platt_free (DubPlatt *self)
{
  if (self == NULL)
    return;
  g_free (self->split);
  g_free (self);
}

double
dub_platt_apply (const DubPlatt *self,
                 double          score)
{
  return dub_logistic (self->slope * score + self->bias);
}
