/* ReduceSum: sums over some axes, all by default; the axes are an input since opset 13. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/reduce.h"

#include <string.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (ctx->in[0].dtype != DUB_DTYPE_F32 && ctx->in[0].dtype != DUB_DTYPE_I64 && ctx->in[0].dtype != DUB_DTYPE_I32)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "input 0 has element type %s; export the model in float32.",
                           dub_dtype_name (ctx->in[0].dtype));

  return dub_reduce_infer (ctx, 13, error);
}

/* Whole numbers, which only shape arithmetic sums: element by element. */
static void
sum_whole (const DubTensor *in,
           const gboolean  *reduced,
           DubTensor       *out)
{
  g_autofree int64_t *sum = g_new0 (int64_t, dub_tensor_n_elements (out) + 1);

  for (size_t i = 0; i < dub_tensor_n_elements (in); i++) {
    size_t rest = i, at = 0, stride = 1;

    for (int axis = in->shape.rank - 1; axis >= 0; axis--) {
      size_t extent = (size_t) in->shape.dim[axis];

      if (!reduced[axis]) {
        at += rest % extent * stride;
        stride *= extent;
      }
      rest /= extent;
    }
    sum[at] = (int64_t) ((uint64_t) sum[at] + (uint64_t) dub_tensor_get_int (in, i));
  }
  for (size_t i = 0; i < dub_tensor_n_elements (out); i++)
    if (out->dtype == DUB_DTYPE_I64)
      dub_tensor_i64 (out)[i] = sum[i];
    else
      ((int32_t *) out->data)[i] = (int32_t) sum[i];
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubReduceParams *params = ctx->params;
  const DubTensor *in = ctx->in[0];

  if (in->dtype != DUB_DTYPE_F32) {
    sum_whole (in, params->reduced, ctx->out[0]);
    return TRUE;
  }

  return dub_reduce_sum (dub_tensor_f32 (in), &in->shape, params->reduced, 1.0f,
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

  return dub_reduce_expand (dub_tensor_f32 (ctx->d_out[0]), &dx->shape, params->reduced, 1.0f,
                            dub_tensor_f32 (dx), run, error);
}

static const DubOpCase CASES[] = {
  { .name = "reduce-sum", .inputs = "f32 2,3,4" },
  { .name = "reduce-sum-inner", .inputs = "f32 2,3,4; i64 1 = -1", .attributes = "keepdims=0" },
  { .name = "reduce-sum-outer", .inputs = "f32 2,3,4; i64 2 = 0,1" },
  { .name = "reduce-sum-middle", .inputs = "f32 2,3,4; i64 1 = 1" },
  { .name = "reduce-sum-none", .inputs = "f32 2,3", .attributes = "noop_with_empty_axes=1" },
  { NULL },
};

const DubOp dub_op_reduce_sum = {
  .name = "ReduceSum",
  .min_inputs = 1,
  .max_inputs = 2,
  .plan_inputs = 1 << 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
