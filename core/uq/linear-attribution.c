#include "core/uq/linear-attribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
dub_linear_mean (const float *features,
                 size_t       n_cases,
                 size_t       n_features,
                 double      *mean)
{
  memset (mean, 0, n_features * sizeof (double));
  for (size_t i = 0; i < n_cases; i++)
    for (size_t f = 0; f < n_features; f++)
      mean[f] += (double) features[i * n_features + f];
  for (size_t f = 0; f < n_features; f++)
    mean[f] /= (double) n_cases;
}

void
dub_linear_attribution (const float  *weight,
                        const float  *features,
                        const double *mean,
                        size_t        n_features,
                        double       *attribution)
{
  for (size_t f = 0; f < n_features; f++)
    attribution[f] = (double) weight[f] * ((double) features[f] - mean[f]);
}

void
dub_linear_deviation (const float  *features,
                      const double *mean,
                      size_t        n_cases,
                      size_t        n_features,
                      double       *deviation)
{
  memset (deviation, 0, n_features * sizeof (double));
  for (size_t i = 0; i < n_cases; i++)
    for (size_t f = 0; f < n_features; f++)
      deviation[f] += fabs ((double) features[i * n_features + f] - mean[f]);
  for (size_t f = 0; f < n_features; f++)
    deviation[f] /= (double) n_cases;
}

typedef struct {
  double importance;
  size_t feature;
} Ranked;

static int
compare_ranked_cb (const void *a,
                   const void *b)
{
  const Ranked *x = a, *y = b;

  if (x->importance != y->importance)
    return x->importance > y->importance ? -1 : 1;

  return x->feature < y->feature ? -1 : 1;
}

void
dub_linear_top (const float  *weight,
                const double *deviation,
                size_t        n_features,
                size_t        n_top,
                size_t       *top)
{
  g_autofree Ranked *ranked = g_new (Ranked, n_features);

  for (size_t f = 0; f < n_features; f++)
    ranked[f] = (Ranked) { fabs ((double) weight[f]) * deviation[f], f };
  qsort (ranked, n_features, sizeof (Ranked), compare_ranked_cb);
  for (size_t k = 0; k < MIN (n_top, n_features); k++)
    top[k] = ranked[k].feature;
}
