/* PRelu: y = x for x >= 0, slope x below; the slope broadcasts to the shape of x. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/broadcast.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error) || !dub_infer_need_f32 (ctx, 1, error) || !dub_broadcast_infer (ctx, error))
    return FALSE;
  if (!dub_shape_equal (&ctx->out[0].shape, &ctx->in[0].shape)) {
    g_autofree char *slope = dub_shape_to_string (&ctx->in[1].shape);
    g_autofree char *x = dub_shape_to_string (&ctx->in[0].shape);

    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "the slope of shape %s does not repeat to the input's %s.",
                           slope, x);
  }
  ctx->out[0].dtype = DUB_DTYPE_F32;
  ctx->scratch_bytes = dub_broadcast_scratch (ctx);

  return TRUE;
}

static void
forward_run (const void   *a,
             int64_t       a_step,
             const void   *b,
             int64_t       b_step,
             void         *out,
             size_t        n,
             gconstpointer data)
{
  const float *x = a;
  const float *slope = b;
  float *y = out;

  const float first = slope[0];

  /* The input has the shape of the output, so that it repeats along no run of more than one element. */
  if (b_step == 0)
    for (size_t i = 0; i < n; i++)
      y[i] = x[i] >= 0.0f ? x[i] : first * x[i];
  else
    for (size_t i = 0; i < n; i++)
      y[i] = x[i] >= 0.0f ? x[i] : slope[i] * x[i];
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  return dub_broadcast_run (ctx->in[0], ctx->in[1], ctx->out[0], forward_run, NULL, run, error);
}

DUB_BROADCAST_GRADIENT (gradient_x, u > 0.0f ? d : v * d)

DUB_BROADCAST_GRADIENT (gradient_slope, u > 0.0f ? 0.0f : u * d)

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  return dub_broadcast_backward (ctx, ctx->in[1], gradient_x, gradient_slope, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "prelu", .inputs = "f32 2,3,4; f32 2,3,4" },
  { .name = "prelu-channel", .inputs = "f32 2,3,4; f32 3,1" },
  { .name = "prelu-one", .inputs = "f32 2,3,4; f32 1" },
  { NULL },
};

const DubOp dub_op_prelu = {
  .name = "PRelu",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
