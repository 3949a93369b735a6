/* Squeeze: drops axes of extent 1; the axes are an attribute before opset 13, an input from there on. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/view.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  DubAxes axes;

  if (!dub_axes_read (ctx, ctx->opset >= 13 ? 1 : -1, in->rank, &axes, error))
    return FALSE;

  ctx->out[0] = (DubType) { .dtype = ctx->in[0].dtype };
  for (int i = 0; i < in->rank; i++) {
    if (axes.chosen[i] && in->dim[i] != 1)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "axis %d has %" G_GINT64_FORMAT " elements; only an axis of one can be dropped.", i,
                             in->dim[i]);
    if (axes.n > 0 ? !axes.chosen[i] : in->dim[i] != 1)
      ctx->out[0].shape.dim[ctx->out[0].shape.rank++] = in->dim[i];
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "squeeze", .inputs = "f32 1,3,1; i64 1 = -1" },
  { .name = "squeeze-all", .inputs = "f32 1,3,1" },
  { NULL },
};

const DubOp dub_op_squeeze = {
  .name = "Squeeze",
  .flags = DUB_OP_VIEW | DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 2,
  .plan_inputs = 1 << 1,
  .infer = infer,
  .forward = dub_view_forward,
  .backward = dub_view_backward,
  .cases = CASES,
};
