#include "core/nn/ops/logic.h"

gboolean
dub_logic_infer (DubInferContext *ctx,
                 GError         **error)
{
  if (ctx->in[0].dtype != DUB_DTYPE_BOOL || ctx->in[1].dtype != DUB_DTYPE_BOOL)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "inputs have element types %s and %s; expected bool.",
                           dub_dtype_name (ctx->in[0].dtype), dub_dtype_name (ctx->in[1].dtype));
  ctx->out[0].dtype = DUB_DTYPE_BOOL;

  return dub_broadcast_infer (ctx, error);
}
