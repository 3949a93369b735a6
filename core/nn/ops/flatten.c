/* Flatten: a matrix of the axes before @axis by those from it on. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/view.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  int axis;

  if (!dub_axis_read (ctx, "axis", 1, in->rank, TRUE, &axis, error))
    return FALSE;

  ctx->out[0] = (DubType) { .dtype = ctx->in[0].dtype, .shape = DUB_SHAPE (1, 1) };
  for (int i = 0; i < in->rank; i++)
    ctx->out[0].shape.dim[i < axis ? 0 : 1] *= in->dim[i];

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "flatten", .inputs = "f32 2,3,4" },
  { .name = "flatten-axis", .inputs = "f32 2,3,4", .attributes = "axis=-1" },
  { NULL },
};

const DubOp dub_op_flatten = {
  .name = "Flatten",
  .flags = DUB_OP_VIEW | DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = dub_view_forward,
  .backward = dub_view_backward,
  .cases = CASES,
};
