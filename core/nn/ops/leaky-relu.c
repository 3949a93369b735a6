/* LeakyRelu: y = x for x >= 0, alpha x below. The gradient at 0 is alpha, as PyTorch has it. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/pointwise.h"

DUB_POINTWISE_INFER_ONE ("alpha", 0.01f)

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  const float alpha = ((const float *) params)[0];

  for (size_t i = 0; i < n; i++)
    y[i] = x[i] >= 0.0f ? x[i] : alpha * x[i];
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

  for (size_t i = 0; i < n; i++)
    dx[i] = x[i] > 0.0f ? dy[i] : alpha * dy[i];
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "leaky-relu", .inputs = "f32 2,3,4" },
  { .name = "leaky-relu-alpha", .inputs = "f32 2,3,4", .attributes = "alpha=0.3f" },
  { NULL },
};

const DubOp dub_op_leaky_relu = {
  .name = "LeakyRelu",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
