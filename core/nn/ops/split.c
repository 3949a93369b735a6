/* Split: cuts one axis into parts, of equal lengths by default; the lengths are an attribute before opset 13 and an
 * input from there on. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/strided-copy.h"

#include <string.h>

typedef struct {
  int     axis;
  int64_t start[]; /* [n_outputs] where each part begins along the axis */
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  g_autofree Params *params = g_malloc0 (sizeof (Params) + sizeof (int64_t) * (size_t) ctx->n_outputs);
  g_autofree int64_t *own = NULL;
  const int64_t *lengths;
  int64_t at = 0;
  size_t n = 0;

  if (!dub_axis_read (ctx, "axis", 0, ctx->in[0].shape.rank, FALSE, &params->axis, error))
    return FALSE;
  if (ctx->opset >= 13) {
    if (!dub_plan_ints (ctx, 1, "split", &own, &n, error))
      return FALSE;
    lengths = own;
  } else {
    lengths = dub_attributes_get_ints (ctx->attributes, "split", &n);
  }

  int64_t extent = ctx->in[0].shape.dim[params->axis];
  int64_t share = (extent + ctx->n_outputs - 1) / ctx->n_outputs;

  if (lengths != NULL && n != (size_t) ctx->n_outputs)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "%zu lengths are given for %d outputs.", n, ctx->n_outputs);
  for (int i = 0; i < ctx->n_outputs; i++) {
    int64_t length = lengths != NULL ? lengths[i] : MIN (share, extent - at);

    if (length < 0 || length > extent - at)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "the lengths do not add up to the %" G_GINT64_FORMAT " elements of axis %d.", extent,
                             params->axis);
    params->start[i] = at;
    ctx->out[i] = ctx->in[0];
    ctx->out[i].shape.dim[params->axis] = length;
    at += length;
  }
  if (at != extent)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "the lengths do not add up to the %" G_GINT64_FORMAT " elements of axis %d.", extent,
                           params->axis);
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
  size_t size = dub_dtype_size (in->dtype);
  int64_t in_stride[DUB_MAX_RANK], out_stride[DUB_MAX_RANK];

  dub_shape_strides (&in->shape, in_stride);
  for (int i = 0; i < ctx->n_outputs; i++) {
    DubTensor *out = ctx->out[i];

    if (out == NULL)
      continue;
    dub_shape_strides (&out->shape, out_stride);
    if (!dub_strided_copy (out->shape.rank, out->shape.dim, out->data, out_stride,
                           (const char *) in->data + params->start[i] * in_stride[params->axis] * (int64_t) size,
                           in_stride, size, run, error))
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
  DubTensor *dx = ctx->d_in[0];
  int64_t dx_stride[DUB_MAX_RANK], dy_stride[DUB_MAX_RANK];

  if (dx == NULL)
    return TRUE;
  memset (dx->data, 0, dub_tensor_n_bytes (dx));
  dub_shape_strides (&dx->shape, dx_stride);
  for (int i = 0; i < ctx->n_outputs; i++) {
    const DubTensor *dy = ctx->d_out[i];

    if (dy == NULL)
      continue;
    dub_shape_strides (&dy->shape, dy_stride);
    if (!dub_strided_copy (dy->shape.rank, dy->shape.dim,
                           dub_tensor_f32 (dx) + params->start[i] * dx_stride[params->axis], dx_stride, dy->data,
                           dy_stride, sizeof (float), run, error))
      return FALSE;
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "split", .inputs = "f32 2,6", .attributes = "axis=1", .n_outputs = 3 },
  { .name = "split-lengths", .inputs = "f32 5,2; i64 2 = 1,4", .n_outputs = 2, .check = "0" },
  { NULL },
};

const DubOp dub_op_split = {
  .name = "Split",
  .min_inputs = 1,
  .max_inputs = 2,
  .max_outputs = 4096,
  .plan_inputs = 1 << 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
