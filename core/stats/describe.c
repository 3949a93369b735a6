#include "core/stats/describe.h"

#include <math.h>
#include <stdlib.h>

void
dub_moments_add (DubMoments *self,
                 double      x)
{
  double before = x - self->mean;

  self->n++;
  self->mean += before / (double) self->n;
  self->m2 += before * (x - self->mean);
}

void
dub_moments_merge (DubMoments       *self,
                   const DubMoments *other)
{
  if (other->n == 0)
    return;

  gsize n = self->n + other->n;
  double difference = other->mean - self->mean;

  self->mean += difference * (double) other->n / (double) n;
  self->m2 += other->m2 + difference * difference * (double) self->n * (double) other->n / (double) n;
  self->n = n;
}

double
dub_moments_sd (const DubMoments *self,
                gsize             ddof)
{
  return self->n > ddof ? sqrt (self->m2 / (double) (self->n - ddof)) : (double) NAN;
}

double
dub_mean (const double *values,
          gsize         n)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];

  return n > 0 ? sum / (double) n : (double) NAN;
}

double
dub_sd (const double *values,
        gsize         n,
        gsize         ddof)
{
  DubMoments moments = { 0 };

  for (gsize i = 0; i < n; i++)
    dub_moments_add (&moments, values[i]);

  return dub_moments_sd (&moments, ddof);
}

static int
compare_double (const void *a,
                const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

void
dub_sort (double *values,
          gsize   n)
{
  if (n > 1)
    qsort (values, n, sizeof *values, compare_double);
}

double
dub_quantile_sorted (const double *sorted,
                     gsize         n,
                     double        q)
{
  if (n == 0 || !(q >= 0.0 && q <= 1.0))
    return (double) NAN;

  double place = q * (double) (n - 1);
  gsize below = MIN ((gsize) place, n - 1);
  gsize above = MIN (below + 1, n - 1);
  double part = place - (double) below;

  /* Equal neighbours stay what they are, infinite ones too. */
  if (part <= 0.0 || sorted[below] >= sorted[above])
    return sorted[below];

  return sorted[below] + part * (sorted[above] - sorted[below]);
}

double
dub_quantile (const double *values,
              gsize         n,
              double        q)
{
  for (gsize i = 0; i < n; i++)
    if (isnan (values[i]))
      return (double) NAN;

  g_autofree double *sorted = g_memdup2 (values, n * sizeof *values);

  dub_sort (sorted, n);

  return dub_quantile_sorted (sorted, n, q);
}

double
dub_median (const double *values,
            gsize         n)
{
  return dub_quantile (values, n, 0.5);
}
