#include "core/projection/umap-curve.h"

#include <math.h>

enum { N_PLACES = 300, N_ROUNDS = 500, N_HALVINGS = 64 };
/* Least width of a neighbourhood, relative to the mean distance. */
static const double LEAST_WIDTH = 1e-3;

/* Half the sum of squares at (a, b) with its gradient and Gauss-Newton matrix. */
static double
fit (double min_dist,
     double spread,
     double a,
     double b,
     double gradient[2],
     double matrix[3])
{
  double cost = 0.0;

  gradient[0] = gradient[1] = matrix[0] = matrix[1] = matrix[2] = 0.0;
  for (int i = 0; i < N_PLACES; i++) {
    double x = 3.0 * spread * (double) i / (double) (N_PLACES - 1);
    double wanted = x < min_dist ? 1.0 : exp (-(x - min_dist) / spread);
    double power = i > 0 ? pow (x, 2.0 * b) : 0.0;
    double value = 1.0 / (1.0 + a * power), rest = value - wanted;
    double by_a = -value * value * power;
    double by_b = i > 0 ? -value * value * a * power * 2.0 * log (x) : 0.0;

    cost += 0.5 * rest * rest;
    gradient[0] += rest * by_a;
    gradient[1] += rest * by_b;
    matrix[0] += by_a * by_a;
    matrix[1] += by_a * by_b;
    matrix[2] += by_b * by_b;
  }

  return cost;
}

gboolean
dub_umap_curve (double   min_dist,
                double   spread,
                double  *a,
                double  *b,
                GError **error)
{
  double gradient[2], matrix[3], damping = 1e-3, cost;

  if (!(spread > 0.0 && spread < 1e6) || !(min_dist >= 0.0 && min_dist <= 3.0 * spread)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The least distance in the map is %g with a spread of %g, expected 0 to three times the spread, which is "
                 "above 0.", min_dist, spread);
    return FALSE;
  }

  /* Levenberg and Marquardt. */
  *a = *b = 1.0;
  cost = fit (min_dist, spread, *a, *b, gradient, matrix);
  for (int round = 0; round < N_ROUNDS && damping < 1e12; round++) {
    double m0 = matrix[0] * (1.0 + damping), m2 = matrix[2] * (1.0 + damping);
    double determinant = m0 * m2 - matrix[1] * matrix[1];
    double step_a = (m2 * gradient[0] - matrix[1] * gradient[1]) / determinant;
    double step_b = (m0 * gradient[1] - matrix[1] * gradient[0]) / determinant;
    double new_a = *a - step_a, new_b = *b - step_b, new_gradient[2], new_matrix[3];
    double new_cost = new_a > 0.0 && new_b > 0.0 ? fit (min_dist, spread, new_a, new_b, new_gradient, new_matrix) : INFINITY;

    if (!(new_cost < cost)) {
      damping *= 10.0;
      continue;
    }
    damping *= 0.1;
    cost = new_cost;
    *a = new_a;
    *b = new_b;
    for (int i = 0; i < 2; i++)
      gradient[i] = new_gradient[i];
    for (int i = 0; i < 3; i++)
      matrix[i] = new_matrix[i];
    if (fabs (step_a) < 1e-12 * *a && fabs (step_b) < 1e-12 * *b)
      break;
  }

  return TRUE;
}

void
dub_umap_memberships (const double *distances,
                      size_t        k,
                      size_t        n_neighbors,
                      gboolean      local,
                      double        mean,
                      float        *out)
{
  double target = log2 ((double) n_neighbors), low = 0.0, high = INFINITY, sigma = 1.0, rho = 0.0, own = 0.0;

  for (size_t j = 0; j < k; j++) {
    if (local && rho <= 0.0 && distances[j] > 0.0)
      rho = distances[j];
    own += distances[j] / (double) n_neighbors;
  }
  for (int round = 0; round < N_HALVINGS; round++) {
    double sum = 0.0;

    for (size_t j = 0; j < k; j++)
      sum += distances[j] > rho ? exp (-(distances[j] - rho) / sigma) : 1.0;
    if (fabs (sum - target) < 1e-5)
      break;
    if (sum > target) {
      high = sigma;
      sigma = 0.5 * (low + high);
    } else {
      low = sigma;
      sigma = isinf (high) ? 2.0 * sigma : 0.5 * (low + high);
    }
  }
  sigma = fmax (sigma, LEAST_WIDTH * (rho > 0.0 ? own : mean));
  for (size_t j = 0; j < k; j++)
    out[j] = distances[j] > rho && sigma > 0.0 ? (float) exp (-(distances[j] - rho) / sigma) : 1.0f;
}
