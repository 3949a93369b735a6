/* Relu: y = max (x, 0). The gradient at 0 is 0, as PyTorch has it, and a NaN stays one. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/pointwise.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;
  ctx->out[0] = ctx->in[0];

  return TRUE;
}

static void
forward_run (const float *x,
             float       *y,
             size_t                n,
             gconstpointer         params)
{
  for (size_t i = 0; i < n; i++)
    y[i] = x[i] <= 0.0f ? 0.0f : x[i];
}

static void
backward_run (const float *x,
              const float *y,
              const float *dy,
              float       *dx,
              size_t                n,
              gconstpointer         params)
{
  /* Read whatever the sign: the compiler makes vectors of a choice between numbers, not of a conditional read. */
  for (size_t i = 0; i < n; i++) {
    float g = dy[i];

    dx[i] = y[i] > 0.0f ? g : 0.0f;
  }
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  return dub_pointwise_forward (ctx, forward_run, run, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  return dub_pointwise_backward (ctx, backward_run, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "relu", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_relu = {
  .name = "Relu",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_OUT | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
