/* ReduceMean: means over some axes, all by default; the axes are an input since opset 18. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/reduce.h"

#include <string.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;

  return dub_reduce_infer (ctx, 18, error);
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubReduceParams *params = ctx->params;
  const DubTensor *in = ctx->in[0];

  return dub_reduce_sum (dub_tensor_f32 (in), &in->shape, params->reduced, 1.0f / (float) params->count,
                         dub_tensor_f32 (ctx->out[0]), run, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const DubReduceParams *params = ctx->params;
  DubTensor *dx = ctx->d_in[0];

  if (dx == NULL)
    return TRUE;

  return dub_reduce_expand (dub_tensor_f32 (ctx->d_out[0]), &dx->shape, params->reduced, 1.0f / (float) params->count,
                            dub_tensor_f32 (dx), run, error);
}

static const DubOpCase CASES[] = {
  { .name = "reduce-mean", .inputs = "f32 2,3,4" },
  { .name = "reduce-mean-inner", .inputs = "f32 2,3,4", .attributes = "axes=-1, keepdims=0" },
  { .name = "reduce-mean-outer", .inputs = "f32 2,3,4", .attributes = "axes=0,1" },
  { .name = "reduce-mean-space", .inputs = "f32 2,3,2,2,2", .attributes = "axes=2,3,4" },
  { NULL },
};

const DubOp dub_op_reduce_mean = {
  .name = "ReduceMean",
  .min_inputs = 1,
  .max_inputs = 2,
  .plan_inputs = 1 << 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
