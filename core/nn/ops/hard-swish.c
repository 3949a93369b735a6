/* HardSwish: y = x max (0, min (1, x / 6 + 1/2)). */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/pointwise.h"

#include <math.h>

DUB_POINTWISE_INFER_PLAIN

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  for (size_t i = 0; i < n; i++)
    y[i] = x[i] * fmaxf (0.0f, fminf (1.0f, x[i] / 6.0f + 0.5f));
}

static void
backward_run (const float  *x,
              const float  *y,
              const float  *dy,
              float        *dx,
              size_t        n,
              gconstpointer params)
{
  for (size_t i = 0; i < n; i++)
    dx[i] = x[i] <= -3.0f ? 0.0f : x[i] >= 3.0f ? dy[i] : dy[i] * (x[i] / 3.0f + 0.5f);
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "hard-swish", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_hard_swish = {
  .name = "HardSwish",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
