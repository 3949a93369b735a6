#include "core/nn/ops/compare.h"

gboolean
dub_compare_infer (DubInferContext *ctx,
                   GError         **error)
{
  if (ctx->in[0].dtype != ctx->in[1].dtype)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "inputs have element types %s and %s; expected equal ones.",
                           dub_dtype_name (ctx->in[0].dtype), dub_dtype_name (ctx->in[1].dtype));
  ctx->out[0].dtype = DUB_DTYPE_BOOL;

  return dub_broadcast_infer (ctx, error);
}
