/* ThresholdedRelu: y = 0 where x <= alpha, else x, so that a NaN stays one. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/pointwise.h"

DUB_POINTWISE_INFER_ONE ("alpha", 1.0f)

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  const float alpha = ((const float *) params)[0];

  for (size_t i = 0; i < n; i++)
    y[i] = x[i] <= alpha ? 0.0f : x[i];
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
    dx[i] = x[i] > alpha ? dy[i] : 0.0f;
}

DUB_POINTWISE_COMPUTE (forward_run, backward_run)

static const DubOpCase CASES[] = {
  { .name = "thresholded-relu", .inputs = "f32 2,3,4", .attributes = "alpha=0.2f" },
  { NULL },
};

const DubOp dub_op_thresholded_relu = {
  .name = "ThresholdedRelu",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
