#include "core/projection/affinity.h"

#include <math.h>

enum { N_ROUNDS = 200 };
static const double TOLERANCE = 1e-7;

/* Entropy for @beta; @p holds the numbers before division by their sum. Squared distances are taken less the least, so
 * that the sum is at least 1. */
static double
entropy (const double *distances,
         size_t        k,
         double        least,
         double        beta,
         double       *p,
         double       *sum)
{
  double weighted = 0.0;

  *sum = 0.0;
  for (size_t j = 0; j < k; j++) {
    double squared = distances[j] * distances[j] - least;

    p[j] = exp (-beta * squared);
    *sum += p[j];
    weighted += p[j] * squared;
  }

  return log (*sum) + beta * weighted / *sum;
}

void
dub_affinity (const double *distances,
              size_t        k,
              double        perplexity,
              float        *out)
{
  g_autofree double *p = g_new (double, k);
  double least = INFINITY, mean = 0.0, low = 0.0, high = INFINITY, beta, sum, target = log (perplexity);

  for (size_t j = 0; j < k; j++) {
    least = fmin (least, distances[j] * distances[j]);
    mean += distances[j] * distances[j] / (double) k;
  }
  /* The scale of the distances themselves is where to begin. */
  beta = mean > least ? 1.0 / (mean - least) : 1.0;
  for (int round = 0; round < N_ROUNDS; round++) {
    double found = entropy (distances, k, least, beta, p, &sum);

    if (fabs (found - target) < TOLERANCE)
      break;
    if (found > target) {
      low = beta;
      beta = isinf (high) ? 2.0 * beta : 0.5 * (low + high);
    } else {
      high = beta;
      beta = 0.5 * (low + high);
    }
    if (!(beta < 1e300))
      break;
  }
  for (size_t j = 0; j < k; j++)
    out[j] = (float) (p[j] / sum);
}
