#include "core/train/optimizer-kernels.h"

#include "core/base/clones.h"

/* Sums that run side by side: fixed, so that the order does not depend on the width of a processor's vectors. */
enum { LANES = 16 };

DUB_CLONES
double
_dub_sum_squares (const float *x,
                  size_t       n)
{
  double lane[LANES] = { 0.0 };
  double sum = 0.0;
  size_t i = 0;

  for (; i + LANES <= n; i += LANES)
    for (size_t k = 0; k < LANES; k++)
      lane[k] += (double) x[i + k] * (double) x[i + k];
  for (size_t k = 0; i < n; i++, k++)
    lane[k] += (double) x[i] * (double) x[i];
  for (size_t k = 0; k < LANES; k++)
    sum += lane[k];

  return sum;
}

DUB_CLONES
void
_dub_prepare (float       *restrict gradient,
              const float *restrict x,
              float        scale,
              float        decay,
              size_t       n)
{
  for (size_t i = 0; i < n; i++)
    gradient[i] = scale * gradient[i] + decay * x[i];
}

DUB_CLONES
void
_dub_scale (float  *x,
            float   factor,
            size_t  n)
{
  for (size_t i = 0; i < n; i++)
    x[i] *= factor;
}

DUB_CLONES
void
_dub_sgd_apply (const float *restrict gradient,
                float       *restrict velocity,
                float       *restrict x,
                float        rate,
                float        momentum,
                gboolean     nesterov,
                size_t       n)
{
  if (velocity == NULL) {
    for (size_t i = 0; i < n; i++)
      x[i] -= rate * gradient[i];
    return;
  }

  float again = nesterov ? momentum : 1.0f;
  float direct = nesterov ? 1.0f : 0.0f;

  for (size_t i = 0; i < n; i++) {
    float v = momentum * velocity[i] + gradient[i];

    velocity[i] = v;
    x[i] -= rate * (direct * gradient[i] + again * v);
  }
}
