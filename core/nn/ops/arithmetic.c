#include "core/nn/ops/arithmetic.h"

gboolean
dub_arithmetic_infer (DubInferContext *ctx,
                      GError         **error)
{
  if (ctx->in[0].dtype != ctx->in[1].dtype)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "inputs have element types %s and %s; expected equal ones.",
                           dub_dtype_name (ctx->in[0].dtype), dub_dtype_name (ctx->in[1].dtype));
  if (ctx->in[0].dtype == DUB_DTYPE_BOOL)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "inputs have element type bool; expected numbers.");
  ctx->out[0].dtype = ctx->in[0].dtype;

  return dub_broadcast_infer (ctx, error);
}

gboolean
dub_arithmetic_infer_product (DubInferContext *ctx,
                              GError         **error)
{
  if (!dub_arithmetic_infer (ctx, error))
    return FALSE;
  ctx->scratch_bytes = dub_broadcast_scratch (ctx);

  return TRUE;
}
