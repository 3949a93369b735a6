/* Identity: y = x. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/view.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  ctx->out[0] = ctx->in[0];

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "identity", .inputs = "f32 2,3" },
  { NULL },
};

const DubOp dub_op_identity = {
  .name = "Identity",
  .flags = DUB_OP_VIEW | DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = dub_view_forward,
  .backward = dub_view_backward,
  .cases = CASES,
};
