/* Softplus: y = log (1 + e^x), as max (x, 0) + log1p (e^-|x|), which cannot overflow. The
 * gradient is sigmoid x = 1 - e^-y. */
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
    y[i] = (x[i] > 0.0f ? x[i] : 0.0f) + log1pf (expf (-fabsf (x[i])));
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
    dx[i] = dy[i] * -expm1f (-y[i]);
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "softplus", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_softplus = {
  .name = "Softplus",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_OUT | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
