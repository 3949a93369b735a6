/* Round: the nearest whole number, halves to the even one. No gradient passes. */
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
    y[i] = rintf (x[i]);
}

DUB_POINTWISE_FORWARD (forward_run)

static const DubOpCase CASES[] = {
  { .name = "round", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_round = {
  .name = "Round",
  .flags = DUB_OP_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .cases = CASES,
};
