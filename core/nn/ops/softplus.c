/* Softplus: y = log (1 + e^x), as max (x, 0) + log1p (e^-|x|), which cannot overflow. The
 * gradient is sigmoid x = 1 - e^-y. */
#include "core/nn/ops/ops.h"

#include "core/nn/kernels/vector-math.h"
#include "core/nn/ops/pointwise.h"

DUB_POINTWISE_INFER_PLAIN

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  dub_vector_softplus (x, y, n);
}

enum { BLOCK = 512 };

static void
backward_run (const float  *x,
              const float  *y,
              const float  *dy,
              float        *dx,
              size_t        n,
              gconstpointer params)
{
  float slope[BLOCK];

  for (size_t from = 0; from < n; from += BLOCK) {
    size_t length = MIN (BLOCK, n - from);

    for (size_t i = 0; i < length; i++)
      slope[i] = -y[from + i];
    dub_vector_expm1 (slope, slope, length);
    for (size_t i = 0; i < length; i++)
      dx[from + i] = -slope[i] * dy[from + i];
  }
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
