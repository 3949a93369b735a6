/* HardSigmoid: y = max (0, min (1, alpha x + beta)). The gradient at both borders is 0. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/pointwise.h"

#include <math.h>

DUB_POINTWISE_INFER_TWO ("alpha", 0.2f, "beta", 0.5f)

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  const float alpha = ((const float *) params)[0];
  const float beta = ((const float *) params)[1];

  /* fmaxf and fminf would lose a NaN. */
  for (size_t i = 0; i < n; i++) {
    float line = alpha * x[i] + beta;
    float above = line < 0.0f ? 0.0f : line;

    y[i] = above > 1.0f ? 1.0f : above;
  }
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
    dx[i] = y[i] > 0.0f && y[i] < 1.0f ? alpha * dy[i] : 0.0f;
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "hard-sigmoid", .inputs = "f32 2,3,4" },
  { .name = "hard-sigmoid-steep", .inputs = "f32 2,3,4", .attributes = "alpha=0.7f beta=0.45f" },
  { NULL },
};

const DubOp dub_op_hard_sigmoid = {
  .name = "HardSigmoid",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_OUT | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
