#include "core/calibration/regression-shape.h"

#include "core/stats/distribution.h"

#include <math.h>
#include <string.h>

/* Farther out the normal distribution is 0 in all that is summed up here. */
#define FARTHEST 9.0
/* The widest panel of a quadrature, in standard deviations. */
#define PANEL 1.0

/* Gauss-Legendre, eight points: half of the symmetric rule on [-1, 1]. */
static const double NODE[] = { 0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363 };
static const double WEIGHT[] = { 0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763 };

static double
density (double z)
{
  return exp (-0.5 * z * z) / sqrt (2.0 * G_PI);
}

/* ∫ Φ² from -∞ to @w: its derivative is Φ² (w) term by term. */
static double
normal_square (double w)
{
  double p = dub_normal_cdf (w);

  return w * p * p + 2.0 * density (w) * p - dub_normal_cdf (G_SQRT2 * w) / sqrt (G_PI);
}

/* --- one piece --- */

/* G inside piece @k. */
static double
piece_cdf (const DubRegressionShape *self,
           size_t                    k,
           double                    z)
{
  double share = (dub_normal_cdf (z) - self->x[k]) / (self->x[k + 1] - self->x[k]);

  return self->y[k] + (self->y[k + 1] - self->y[k]) * CLAMP (share, 0.0, 1.0);
}

/* ∫ G² (@above: (1 - G)²) over [from, to], finite and inside piece @k. */
static double
piece_square (const DubRegressionShape *self,
              size_t                    k,
              gboolean                  above,
              double                    from,
              double                    to)
{
  double sum = 0.0;

  if (!(to > from))
    return 0.0;

  size_t n_panels = (size_t) ceil ((to - from) / PANEL);
  double half = 0.5 * (to - from) / (double) n_panels;

  for (size_t i = 0; i < n_panels; i++)
    for (size_t j = 0; j < 2 * G_N_ELEMENTS (NODE); j++) {
      double node = j % 2 == 0 ? NODE[j / 2] : -NODE[j / 2];
      double g = piece_cdf (self, k, from + half * ((double) (2 * i + 1) + node));

      sum += WEIGHT[j / 2] * half * (above ? (1.0 - g) * (1.0 - g) : g * g);
    }

  return sum;
}

/* ∫ G² from the beginning of piece @k to @z inside it. */
static double
piece_below (const DubRegressionShape *self,
             size_t                    k,
             double                    z)
{
  double tail = 0.0, from = self->w[k];

  if (k == 0 && self->n > 2) {
    double slope = self->y[1] / self->x[1];

    return slope * slope * normal_square (z);
  }
  if (k + 2 == self->n && z > FARTHEST) {
    tail = z - MAX (from, FARTHEST);
    z = MAX (from, FARTHEST);
  }

  return tail + piece_square (self, k, FALSE, from, z);
}

/* ∫ (1 - G)² from @z inside piece @k to its end. */
static double
piece_above (const DubRegressionShape *self,
             size_t                    k,
             double                    z)
{
  double tail = 0.0, to = self->w[k + 1];

  if (k + 2 == self->n && self->n > 2) {
    double slope = (1.0 - self->y[k]) / (1.0 - self->x[k]);

    return slope * slope * normal_square (-z);
  }
  if (k == 0 && z < -FARTHEST) {
    tail = MIN (to, -FARTHEST) - z;
    z = MIN (to, -FARTHEST);
  }

  return tail + piece_square (self, k, TRUE, z, to);
}

/* Mean and mean square of what lies in piece @k. */
static void
piece_moments (const DubRegressionShape *self,
               size_t                    k,
               double                   *first,
               double                   *second)
{
  double mass = 0.0, from = self->w[k], to = self->w[k + 1];

  *first = *second = 0.0;
  if (isinf (from) || isinf (to)) {
    double edge = isinf (from) ? to : -from, sign = isinf (from) ? -1.0 : 1.0;
    double hazard = isinf (edge) ? 0.0 : density (edge) / dub_normal_cdf (edge);

    *first = sign * hazard;
    *second = isinf (edge) ? 1.0 : 1.0 - edge * hazard;
    return;
  }

  size_t n_panels = MAX ((size_t) ceil ((to - from) / PANEL), 1);
  double half = 0.5 * (to - from) / (double) n_panels;

  /* By one quadrature above and below, so that nothing cancels where a piece is very narrow. */
  for (size_t i = 0; i < n_panels; i++)
    for (size_t j = 0; j < 2 * G_N_ELEMENTS (NODE); j++) {
      double z = from + half * ((double) (2 * i + 1) + (j % 2 == 0 ? NODE[j / 2] : -NODE[j / 2]));
      double weight = WEIGHT[j / 2] * density (z);

      mass += weight;
      *first += weight * z;
      *second += weight * z * z;
    }
  *first /= mass;
  *second /= mass;
}

/* --- the whole --- */

static void
sum_up (DubRegressionShape *self)
{
  double first = 0.0, second = 0.0;
  size_t last = self->n - 1;

  for (size_t k = 0; k < last; k++) {
    double mean, square, mass = self->y[k + 1] - self->y[k];

    piece_moments (self, k, &mean, &square);
    first += mass * mean;
    second += mass * square;
    if (k + 1 < last)
      self->below[k + 1] = self->below[k] + piece_below (self, k, self->w[k + 1]);
  }
  self->mean = first;
  self->sd = sqrt (MAX (second - first * first, 0.0));
  for (size_t k = last - 1; k > 0; k--)
    self->above[k] = self->above[k + 1] + piece_above (self, k, self->w[k]);
  self->below[last] = self->above[0] = (double) INFINITY;
}

DubRegressionShape *
_dub_regression_shape_new (const DubIsotonic *map)
{
  static const double identity[] = { 0.0, 1.0 };
  DubRegressionShape *self = g_new0 (DubRegressionShape, 1);

  self->n = map != NULL ? map->n_points : 2;
  self->x = g_memdup2 (map != NULL ? map->x : identity, self->n * sizeof (double));
  self->y = g_memdup2 (map != NULL ? map->y : identity, self->n * sizeof (double));
  self->w = g_new (double, self->n);
  self->below = g_new0 (double, self->n);
  self->above = g_new0 (double, self->n);
  for (size_t k = 0; k < self->n; k++)
    self->w[k] = dub_normal_quantile (self->x[k]);
  sum_up (self);

  return self;
}

void
_dub_regression_shape_free (DubRegressionShape *self)
{
  if (self == NULL)
    return;
  g_free (self->x);
  g_free (self->y);
  g_free (self->w);
  g_free (self->below);
  g_free (self->above);
  g_free (self);
}

/* The piece k with values[k] <= value < values[k + 1]. */
static size_t
find_piece (const double *values,
            size_t        n,
            double        value)
{
  size_t low = 0, high = n - 1;

  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;

    if (values[middle] <= value)
      low = middle;
    else
      high = middle;
  }

  return low;
}

double
_dub_regression_shape_cdf (const DubRegressionShape *self,
                           double                    z)
{
  if (self->n == 2)
    return dub_normal_cdf (z);

  return piece_cdf (self, find_piece (self->w, self->n, z), z);
}

double
_dub_regression_shape_quantile (const DubRegressionShape *self,
                                double                    p)
{
  size_t k = find_piece (self->y, self->n, p);
  double share = (p - self->y[k]) / (self->y[k + 1] - self->y[k]);
  double x = self->x[k] + (self->x[k + 1] - self->x[k]) * share;

  /* Near 1 the distance from 1 has more digits. */
  if (x > 0.5)
    return -dub_normal_quantile ((1.0 - self->x[k + 1]) + (self->x[k + 1] - self->x[k]) * (1.0 - share));

  return dub_normal_quantile (x);
}

double
_dub_regression_shape_crps (const DubRegressionShape *self,
                            double                    z)
{
  size_t k;

  /* (Gneiting & Raftery 2007, eq. 21). */
  if (self->n == 2)
    return z * (2.0 * dub_normal_cdf (z) - 1.0) + 2.0 * density (z) - 1.0 / sqrt (G_PI);

  k = find_piece (self->w, self->n, z);

  return self->below[k] + piece_below (self, k, z) + piece_above (self, k, z)
         + (k + 1 < self->n - 1 ? self->above[k + 1] : 0.0);
}
