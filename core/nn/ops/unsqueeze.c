/* Unsqueeze: inserts axes of extent 1; the axes are an attribute before opset 13, an input from there on. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/view.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  int n_new = DUB_MAX_RANK - in->rank;
  DubAxes axes = { 0 };

  /* The axes count the result, whose rank their number decides. */
  if (ctx->opset >= 13 && dub_infer_has (ctx, 1) && ctx->in_value[1] != NULL)
    n_new = (int) MIN (dub_tensor_n_elements (ctx->in_value[1]), DUB_MAX_RANK + 1);
  else if (ctx->opset < 13) {
    size_t n;

    dub_attributes_get_ints (ctx->attributes, "axes", &n);
    n_new = (int) MIN (n, DUB_MAX_RANK + 1);
  }
  if (in->rank + n_new > DUB_MAX_RANK)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "the result has more than %d axes.", DUB_MAX_RANK);
  if (!dub_axes_read (ctx, ctx->opset >= 13 ? 1 : -1, in->rank + n_new, &axes, error))
    return FALSE;

  ctx->out[0] = (DubType) { .dtype = ctx->in[0].dtype, .shape = { .rank = in->rank + axes.n } };
  for (int i = 0, from = 0; i < in->rank + axes.n; i++)
    ctx->out[0].shape.dim[i] = axes.chosen[i] ? 1 : in->dim[from++];

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "unsqueeze", .inputs = "f32 3,2; i64 2 = 0,-1" },
  { NULL },
};

const DubOp dub_op_unsqueeze = {
  .name = "Unsqueeze",
  .flags = DUB_OP_VIEW | DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 2,
  .plan_inputs = 1 << 1,
  .infer = infer,
  .forward = dub_view_forward,
  .backward = dub_view_backward,
  .cases = CASES,
};
