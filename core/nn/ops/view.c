#include "core/nn/ops/view.h"

#include <string.h>

gboolean
dub_view_forward (DubOpContext *ctx,
                  DubRun       *run,
                  GError      **error)
{
  if (ctx->out[0]->data != ctx->in[0]->data)
    memcpy (ctx->out[0]->data, ctx->in[0]->data, dub_tensor_n_bytes (ctx->out[0]));

  return TRUE;
}

gboolean
dub_view_backward (DubOpContext *ctx,
                   DubRun       *run,
                   GError      **error)
{
  if (ctx->d_in[0] != NULL && ctx->d_in[0]->data != ctx->d_out[0]->data)
    memcpy (ctx->d_in[0]->data, ctx->d_out[0]->data, dub_tensor_n_bytes (ctx->d_in[0]));

  return TRUE;
}
