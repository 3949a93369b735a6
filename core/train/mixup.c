#include "core/train/mixup.h"

#include "core/base/rng.h"

#include <math.h>

/* ln of a Gamma (@shape, 1) variate (Marsaglia and Tsang 2000). The logarithm, because for a small shape the variate itself
 * underflows. */
static double
log_gamma_variate (DubRng *rng,
                   double  shape)
{
  double boost = 0.0;

  /* Gamma (a) = Gamma (a + 1) U^(1/a) */
  if (shape < 1.0) {
    boost = log (1.0 - dub_rng_double (rng)) / shape;
    shape += 1.0;
  }

  double d = shape - 1.0 / 3.0;
  double c = 1.0 / sqrt (9.0 * d);

  for (;;) {
    double x = dub_rng_normal (rng);
    double v = 1.0 + c * x;
    double u = 1.0 - dub_rng_double (rng);

    if (v <= 0.0)
      continue;
    v = v * v * v;
    if (log (u) < 0.5 * x * x + d - d * v + d * log (v))
      return log (d * v) + boost;
  }
}

double
dub_mixup_draw (double    alpha,
                uint64_t  seed,
                size_t    n,
                size_t   *order)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "mixup", n);

  double a = log_gamma_variate (&rng, alpha);
  double b = log_gamma_variate (&rng, alpha);

  for (size_t i = 0; i < n; i++)
    order[i] = i;
  dub_rng_shuffle (&rng, order, n);

  return 1.0 / (1.0 + exp (b - a));
}

void
dub_mixup_blend (const DubTensor *batch,
                 double           lambda,
                 const size_t    *order,
                 DubTensor       *mixed)
{
  size_t n = (size_t) batch->shape.dim[0];
  size_t size = dub_tensor_n_elements (batch) / MAX (n, 1);
  float first = (float) lambda, second = (float) (1.0 - lambda);

  for (size_t i = 0; i < n; i++) {
    const float *a = dub_tensor_f32 (batch) + i * size;
    const float *b = dub_tensor_f32 (batch) + order[i] * size;
    float *out = dub_tensor_f32 (mixed) + i * size;

    for (size_t k = 0; k < size; k++)
      out[k] = first * a[k] + second * b[k];
  }
}
