/* Sums and affine maps of rows, for normalisation. Sums run in float lanes over blocks
 * short enough to lose nothing, and the blocks are added in double. */
#include "core/nn/kernels/inner-norm.h"

enum { BLOCK = 1024, PARTS = 4 * DUB_LANES };

DUB_INLINE double
add_up (const float *part)
{
  double total = 0.0;

  for (int i = 0; i < PARTS; i++)
    total += part[i];

  return total;
}

double
DUB_LEVEL (dub_sum) (const float *x,
                     int64_t      n)
{
  double total = 0.0;
  int64_t i = 0;

  while (i + PARTS <= n) {
    float part[PARTS] = { 0 };

    for (int64_t end = MIN (i + BLOCK, n) - PARTS; i <= end; i += PARTS)
      for (int k = 0; k < PARTS; k++)
        part[k] += x[i + k];
    total += add_up (part);
  }
  for (; i < n; i++)
    total += x[i];

  return total;
}

double
DUB_LEVEL (dub_sum_squares) (const float *x,
                             int64_t      n,
                             float        mean)
{
  double total = 0.0;
  int64_t i = 0;

  while (i + PARTS <= n) {
    float part[PARTS] = { 0 };

    for (int64_t end = MIN (i + BLOCK, n) - PARTS; i <= end; i += PARTS)
      for (int k = 0; k < PARTS; k++)
        part[k] += (x[i + k] - mean) * (x[i + k] - mean);
    total += add_up (part);
  }
  for (; i < n; i++)
    total += (double) (x[i] - mean) * (x[i] - mean);

  return total;
}

double
DUB_LEVEL (dub_sum_products) (const float *x,
                              const float *y,
                              int64_t      n,
                              float        x_mean)
{
  double total = 0.0;
  int64_t i = 0;

  while (i + PARTS <= n) {
    float part[PARTS] = { 0 };

    for (int64_t end = MIN (i + BLOCK, n) - PARTS; i <= end; i += PARTS)
      for (int k = 0; k < PARTS; k++)
        part[k] += (x[i + k] - x_mean) * y[i + k];
    total += add_up (part);
  }
  for (; i < n; i++)
    total += (double) (x[i] - x_mean) * y[i];

  return total;
}

void
DUB_LEVEL (dub_affine) (const float *x,
                        float       *y,
                        int64_t      n,
                        float        scale,
                        float        shift)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = x[i] * scale + shift;
}

void
DUB_LEVEL (dub_affine2) (const float *restrict u,
                         const float *restrict v,
                         float       *y,
                         int64_t      n,
                         float        u_scale,
                         float        v_scale,
                         float        shift)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = u[i] * u_scale + (v[i] * v_scale + shift);
}
