/* Expand: repeats the input along axes of extent 1 until it has the common shape of its own and a given one. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/broadcast.h"
#include "core/nn/ops/strided-copy.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  g_autofree int64_t *wanted = NULL;
  DubShape shape;
  size_t n;

  if (!dub_plan_ints (ctx, 1, "shape", &wanted, &n, error))
    return FALSE;
  if (wanted == NULL || n > DUB_MAX_RANK)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "the shape has %zu axes; expected at most %d.", n,
                           DUB_MAX_RANK);
  shape = (DubShape) { .rank = (int) n };
  for (size_t i = 0; i < n; i++) {
    if (wanted[i] < 0)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "extent %" G_GINT64_FORMAT " of the shape is negative.",
                             wanted[i]);
    shape.dim[i] = wanted[i];
  }
  ctx->out[0].dtype = ctx->in[0].dtype;
  if (!dub_broadcast_shape (&ctx->in[0].shape, &shape, &ctx->out[0].shape)) {
    g_autofree char *found = dub_shape_to_string (&ctx->in[0].shape);
    g_autofree char *expected = dub_shape_to_string (&shape);

    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "the input of shape %s does not repeat to %s.", found, expected);
  }

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubTensor *in = ctx->in[0];
  DubTensor *out = ctx->out[0];
  int lead = out->shape.rank - in->shape.rank;
  int64_t own[DUB_MAX_RANK], in_stride[DUB_MAX_RANK] = { 0 }, out_stride[DUB_MAX_RANK];

  dub_shape_strides (&in->shape, own);
  dub_shape_strides (&out->shape, out_stride);
  for (int axis = lead; axis < out->shape.rank; axis++)
    in_stride[axis] = in->shape.dim[axis - lead] == 1 ? 0 : own[axis - lead];

  return dub_strided_copy (out->shape.rank, out->shape.dim, out->data, out_stride, in->data, in_stride,
                           dub_dtype_size (in->dtype), run, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  return ctx->d_in[0] == NULL || dub_broadcast_reduce (ctx->d_out[0], ctx->d_in[0], 1.0f, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "expand", .inputs = "f32 3,1; i64 3 = 2,1,4" },
  { .name = "expand-none", .inputs = "f32 2,3; i64 1 = 1" },
  { NULL },
};

const DubOp dub_op_expand = {
  .name = "Expand",
  .min_inputs = 2,
  .max_inputs = 2,
  .plan_inputs = 1 << 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
