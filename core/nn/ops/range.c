/* Range: start, start + delta, … before limit, all known at plan time. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"

#include <math.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  double number[3], count;

  for (int i = 0; i < 3; i++) {
    if (ctx->in_value[i] == NULL || dub_tensor_n_elements (ctx->in_value[i]) != 1)
      return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                             "input %d depends on the data or is not one number; export a fixed one.", i);
    if (ctx->in[i].dtype != ctx->in[0].dtype || (ctx->in[i].dtype != DUB_DTYPE_F32 && ctx->in[i].dtype != DUB_DTYPE_I64 &&
                                                 ctx->in[i].dtype != DUB_DTYPE_I32))
      return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                             "input %d has element type %s; expected float32, int64 or int32, three equal ones.", i,
                             dub_dtype_name (ctx->in[i].dtype));
    number[i] = dub_tensor_get_double (ctx->in_value[i], 0);
  }
  count = ceil ((number[1] - number[0]) / number[2]);
  if (!(fabs (count) < 0x1p31))
    return dub_infer_fail (ctx, error, DUB_ERROR_NUMERIC, "from %g to %g in steps of %g has no usable length.", number[0],
                           number[1], number[2]);
  ctx->out[0] = (DubType) { .dtype = ctx->in[0].dtype, .shape = DUB_SHAPE (count > 0.0 ? (int64_t) count : 0) };

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  DubTensor *out = ctx->out[0];

  for (size_t i = 0; i < dub_tensor_n_elements (out); i++)
    switch ((int) out->dtype) {
    case DUB_DTYPE_F32:
      dub_tensor_f32 (out)[i] = dub_tensor_f32 (ctx->in[0])[0] + (float) i * dub_tensor_f32 (ctx->in[2])[0];
      break;
    case DUB_DTYPE_I64:
      dub_tensor_i64 (out)[i] = dub_tensor_i64 (ctx->in[0])[0] + (int64_t) i * dub_tensor_i64 (ctx->in[2])[0];
      break;
    default:
      ((int32_t *) out->data)[i] = (int32_t) (dub_tensor_get_int (ctx->in[0], 0) +
                                              (int64_t) i * dub_tensor_get_int (ctx->in[2], 0));
      break;
    }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "range", .inputs = "i64 = 1; i64 = 9; i64 = 3" },
  { .name = "range-down", .inputs = "f32 = 2; f32 = -1; f32 = -0.5" },
  { NULL },
};

const DubOp dub_op_range = {
  .name = "Range",
  .min_inputs = 3,
  .max_inputs = 3,
  .plan_inputs = 1 << 0 | 1 << 1 | 1 << 2,
  .infer = infer,
  .forward = forward,
  .cases = CASES,
};
