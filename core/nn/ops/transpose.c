/* Transpose: permutes the axes; by default their order is reversed. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/strided-copy.h"

typedef struct {
  int axis[DUB_MAX_RANK]; /* of the input, by axis of the output */
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubType *in = &ctx->in[0];
  g_autofree Params *params = g_new0 (Params, 1);
  gboolean seen[DUB_MAX_RANK] = { FALSE };
  size_t n;
  const int64_t *perm = dub_attributes_get_ints (ctx->attributes, "perm", &n);

  if (perm != NULL && n != (size_t) in->shape.rank)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "perm names %zu axes of an input that has %d.", n,
                           in->shape.rank);
  ctx->out[0] = *in;
  for (int i = 0; i < in->shape.rank; i++) {
    int64_t axis = perm != NULL ? perm[i] : in->shape.rank - 1 - i;

    if (axis < 0 || axis >= in->shape.rank || seen[axis])
      return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "perm is not a permutation of the input's %d axes.",
                             in->shape.rank);
    seen[axis] = TRUE;
    params->axis[i] = (int) axis;
    ctx->out[0].shape.dim[i] = in->shape.dim[axis];
  }
  ctx->params = g_steal_pointer (&params);

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *params = ctx->params;
  const DubTensor *in = ctx->in[0];
  DubTensor *out = ctx->out[0];
  int64_t in_stride[DUB_MAX_RANK], out_stride[DUB_MAX_RANK], turned[DUB_MAX_RANK];

  dub_shape_strides (&in->shape, in_stride);
  dub_shape_strides (&out->shape, out_stride);
  for (int i = 0; i < in->shape.rank; i++)
    turned[i] = in_stride[params->axis[i]];

  return dub_strided_copy (in->shape.rank, out->shape.dim, out->data, out_stride, in->data, turned,
                           dub_dtype_size (in->dtype), run, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const Params *params = ctx->params;
  DubTensor *dx = ctx->d_in[0];
  const DubTensor *dy = ctx->d_out[0];
  int64_t dx_stride[DUB_MAX_RANK], dy_stride[DUB_MAX_RANK], turned[DUB_MAX_RANK];

  if (dx == NULL)
    return TRUE;
  dub_shape_strides (&dx->shape, dx_stride);
  dub_shape_strides (&dy->shape, dy_stride);
  for (int i = 0; i < dx->shape.rank; i++)
    turned[params->axis[i]] = dy_stride[i];

  return dub_strided_copy (dx->shape.rank, dx->shape.dim, dx->data, dx_stride, dy->data, turned, sizeof (float), run,
                           error);
}

static const DubOpCase CASES[] = {
  { .name = "transpose", .inputs = "f32 2,3,4" },
  { .name = "transpose-perm", .inputs = "f32 2,3,4,2", .attributes = "perm=0,2,3,1" },
  { NULL },
};

const DubOp dub_op_transpose = {
  .name = "Transpose",
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
