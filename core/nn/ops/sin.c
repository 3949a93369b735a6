/* Sin: y = sin x. */
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
    y[i] = sinf (x[i]);
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
    dx[i] = dy[i] * cosf (x[i]);
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "sin", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_sin = {
  .name = "Sin",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
