/* Elu: y = x for x > 0, alpha (e^x - 1) below; there the gradient is y + alpha. */
#include "core/nn/ops/ops.h"

#include "core/nn/kernels/vector-math.h"
#include "core/nn/ops/pointwise.h"

DUB_POINTWISE_INFER_ONE ("alpha", 1.0f)

/* Elements at a time: the input may lie where the output goes. */
enum { BLOCK = 512 };

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  const float alpha = ((const float *) params)[0];

  float below[BLOCK];

  for (size_t from = 0; from < n; from += BLOCK) {
    size_t length = MIN (BLOCK, n - from);

    dub_vector_expm1 (x + from, below, length);
    for (size_t i = 0; i < length; i++)
      y[from + i] = x[from + i] > 0.0f ? x[from + i] : alpha * below[i];
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

  float below[BLOCK];

  for (size_t from = 0; from < n; from += BLOCK) {
    size_t length = MIN (BLOCK, n - from);

    dub_vector_exp (x + from, below, length);
    for (size_t i = 0; i < length; i++)
      dx[from + i] = x[from + i] > 0.0f ? dy[from + i] : dy[from + i] * alpha * below[i];
  }
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "elu", .inputs = "f32 2,3,4" },
  { .name = "elu-alpha", .inputs = "f32 2,3,4", .attributes = "alpha=0.7f" },
  { NULL },
};

const DubOp dub_op_elu = {
  .name = "Elu",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
