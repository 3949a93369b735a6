/* Selu: y = gamma x for x > 0, gamma alpha (e^x - 1) below. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/pointwise.h"

#include <math.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  static const char *const names[] = { "alpha", "gamma" };
  static const float fallbacks[] = { 1.67326319217681884765625f, 1.05070102214813232421875f };

  return dub_pointwise_infer (ctx, names, fallbacks, G_N_ELEMENTS (names), error);
}

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  const float alpha = ((const float *) params)[0];
  const float gamma = ((const float *) params)[1];

  for (size_t i = 0; i < n; i++)
    y[i] = gamma * (x[i] > 0.0f ? x[i] : alpha * expm1f (x[i]));
}

static void
backward_run (const float  *x,
              const float  *y,
              const float  *dy,
              float        *dx,
              size_t        n,
              gconstpointer params)
{
  const float alpha = ((const float *) params)[0];
  const float gamma = ((const float *) params)[1];

  for (size_t i = 0; i < n; i++)
    dx[i] = dy[i] * gamma * (x[i] > 0.0f ? 1.0f : alpha * expf (x[i]));
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "selu", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_selu = {
  .name = "Selu",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
