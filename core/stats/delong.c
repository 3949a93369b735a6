#include "core/stats/delong.h"

#include "core/stats/distribution.h"
#include "core/stats/roc.h"

#include <string.h>

/* The point of the curve whose threshold is @score. */
static size_t
find_point (const DubRoc *roc,
            double        score)
{
  size_t low = 1, high = roc->n_points - 1; /* point 0 is above every score */

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (roc->threshold[middle] > score)
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

/* Σ (x - mean x) (y - mean y) / (n - 1) of the placements of one class. */
static double
class_covariance (const DubDelong *a,
                  const DubDelong *b,
                  gboolean         positive)
{
  double mean_a = 0.0, mean_b = 0.0, sum = 0.0;
  size_t n = positive ? a->n_positive : a->n_negative;

  if (n < 2)
    return (double) NAN;

  for (size_t i = 0; i < a->n_cases; i++)
    if (a->positive[i] == positive) {
      mean_a += a->placement[i];
      mean_b += b->placement[i];
    }
  mean_a /= (double) n;
  mean_b /= (double) n;
  for (size_t i = 0; i < a->n_cases; i++)
    if (a->positive[i] == positive)
      sum += (a->placement[i] - mean_a) * (b->placement[i] - mean_b);

  return sum / (double) (n - 1);
}

double
dub_delong_covariance (const DubDelong *a,
                       const DubDelong *b)
{
  if (a->n_cases != b->n_cases || memcmp (a->positive, b->positive, a->n_cases * sizeof *a->positive) != 0)
    return (double) NAN;

  return class_covariance (a, b, TRUE) / (double) a->n_positive
         + class_covariance (a, b, FALSE) / (double) a->n_negative;
}

DubDelong *
dub_delong_new (const double    *scores,
                const gboolean  *positive,
                size_t           n_cases,
                GError         **error)
{
  g_autoptr (DubRoc) roc = dub_roc_new (scores, positive, n_cases, error);

  if (roc == NULL)
    return NULL;

  DubDelong *self = g_new0 (DubDelong, 1);
  double p = (double) roc->n_positive, q = (double) roc->n_negative;

  self->n_cases = n_cases;
  self->n_positive = roc->n_positive;
  self->n_negative = roc->n_negative;
  self->area = dub_roc_area (roc);
  self->placement = g_new (double, n_cases);
  self->positive = g_new (gboolean, n_cases);
  for (size_t i = 0; i < n_cases; i++) {
    /* The point before the score's own has counted the higher scores. */
    size_t k = find_point (roc, scores[i]);

    self->positive[i] = positive[i] != FALSE;
    if (self->positive[i])
      self->placement[i] = 1.0 - 0.5 * (double) (roc->false_positive[k] + roc->false_positive[k - 1]) / q;
    else
      self->placement[i] = 0.5 * (double) (roc->true_positive[k] + roc->true_positive[k - 1]) / p;
  }
  self->variance = dub_delong_covariance (self, self);

  return self;
}

void
dub_delong_free (DubDelong *self)
{
  if (self == NULL)
    return;
  g_free (self->placement);
  g_free (self->positive);
  g_free (self);
}

/* Variance of the area that a model with true area @area would have (Newcombe's method 5: Hanley and McNeil's
 * with both numbers of pairs replaced by their mean). */
static double
newcombe_variance (double area,
                   double p,
                   double q)
{
  double pairs = (p + q) / 2.0 - 1.0;

  return area * (1.0 - area) * (1.0 + pairs * (1.0 - area) / (2.0 - area) + pairs * area / (1.0 + area)) / (p * q);
}

/* The area between @area and @end at which the estimate is @z standard errors away. */
static double
newcombe_limit (const DubDelong *self,
                double           z,
                double           end)
{
  double p = (double) self->n_positive, q = (double) self->n_negative;
  double outside = end, inside = self->area;

  if (self->area == end)
    return end;

  for (int i = 0; i < 200; i++) {
    double middle = (outside + inside) / 2.0;
    double distance = self->area - middle;

    if (distance * distance > z * z * newcombe_variance (middle, p, q))
      outside = middle;
    else
      inside = middle;
  }

  return inside;
}

DubEstimate
dub_delong_estimate (const DubDelong *self,
                     double           confidence)
{
  if (self->n_positive == 0 || self->n_negative == 0)
    return dub_estimate_undefined ("none: a class has no cases");
  g_return_val_if_fail (confidence > 0.0 && confidence < 1.0, dub_estimate_undefined ("none: no confidence"));

  double z = dub_normal_quantile (0.5 + confidence / 2.0);
  double a = self->area;

  if (a > 0.0 && a < 1.0 && self->variance > 0.0) {
    double logit = log (a / (1.0 - a));
    double half = z * sqrt (self->variance) / (a * (1.0 - a));

    return (DubEstimate) {
      .value = a,
      .low = 1.0 / (1.0 + exp (half - logit)),
      .high = 1.0 / (1.0 + exp (-half - logit)),
      .method = "DeLong (logit)",
    };
  }

  return (DubEstimate) {
    .value = a,
    .low = newcombe_limit (self, z, 0.0),
    .high = newcombe_limit (self, z, 1.0),
    .method = "Newcombe",
  };
}
