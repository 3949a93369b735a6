/* Concat: joins tensors along one axis. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/strided-copy.h"

typedef struct {
  int     axis;
  int64_t start[]; /* [n_inputs] where each input begins along the axis */
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  g_autofree Params *params = g_malloc0 (sizeof (Params) + sizeof (int64_t) * (size_t) ctx->n_inputs);
  DubShape *out = &ctx->out[0].shape;
  int rank = ctx->in[0].shape.rank;

  if (!dub_axis_read (ctx, "axis", 0, rank, FALSE, &params->axis, error))
    return FALSE;

  ctx->out[0] = ctx->in[0];
  for (int i = 1; i < ctx->n_inputs; i++) {
    const DubType *in = &ctx->in[i];
    gboolean fits = ctx->in_present[i] && in->shape.rank == rank && in->dtype == ctx->in[0].dtype;

    for (int k = 0; k < rank && fits; k++)
      fits = k == params->axis || in->shape.dim[k] == out->dim[k];
    if (!fits) {
      g_autofree char *found = dub_shape_to_string (&in->shape);
      g_autofree char *first = dub_shape_to_string (&ctx->in[0].shape);

      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "input %d is %s of shape %s and cannot follow %s of shape %s along axis %d.", i,
                             dub_dtype_name (in->dtype), found, dub_dtype_name (ctx->in[0].dtype), first, params->axis);
    }
    params->start[i] = out->dim[params->axis];
    if (__builtin_add_overflow (out->dim[params->axis], in->shape.dim[params->axis], &out->dim[params->axis]))
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "the joined axis %d is too long.", params->axis);
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
  DubTensor *out = ctx->out[0];
  size_t size = dub_dtype_size (out->dtype);
  int64_t out_stride[DUB_MAX_RANK], in_stride[DUB_MAX_RANK];

  dub_shape_strides (&out->shape, out_stride);
  for (int i = 0; i < ctx->n_inputs; i++) {
    const DubTensor *in = ctx->in[i];
    int64_t offset = params->start[i] * out_stride[params->axis];

    dub_shape_strides (&in->shape, in_stride);
    if (!dub_strided_copy (in->shape.rank, in->shape.dim, (char *) out->data + offset * (int64_t) size, out_stride,
                           in->data, in_stride, size, run, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const Params *params = ctx->params;
  const DubTensor *dy = ctx->d_out[0];
  int64_t dy_stride[DUB_MAX_RANK], dx_stride[DUB_MAX_RANK];

  dub_shape_strides (&dy->shape, dy_stride);
  for (int i = 0; i < ctx->n_inputs; i++) {
    DubTensor *dx = ctx->d_in[i];

    if (dx == NULL)
      continue;
    dub_shape_strides (&dx->shape, dx_stride);
    if (!dub_strided_copy (dx->shape.rank, dx->shape.dim, dx->data, dx_stride,
                           dub_tensor_f32 (dy) + params->start[i] * dy_stride[params->axis], dy_stride, sizeof (float),
                           run, error))
      return FALSE;
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "concat", .inputs = "f32 2,3; f32 2,1; f32 2,2", .attributes = "axis=1" },
  { .name = "concat-first", .inputs = "f32 1,3,2; f32 2,3,2", .attributes = "axis=-3" },
  { NULL },
};

const DubOp dub_op_concat = {
  .name = "Concat",
  .min_inputs = 1,
  .max_inputs = -1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
