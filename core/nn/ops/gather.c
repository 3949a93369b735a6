/* Gather: slices of the input along one axis, in the order of the indices; negative
 * ones count from the end. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"

#include <string.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  const DubShape *indices = &ctx->in[1].shape;
  DubShape out = { .rank = in->rank - 1 + indices->rank };
  int axis, k = 0;

  if (ctx->in[1].dtype != DUB_DTYPE_I64 && ctx->in[1].dtype != DUB_DTYPE_I32)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "the indices have element type %s; expected int64 or int32.",
                           dub_dtype_name (ctx->in[1].dtype));
  if (!dub_axis_read (ctx, "axis", 0, in->rank, FALSE, &axis, error))
    return FALSE;
  if (out.rank > DUB_MAX_RANK)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "the result has %d axes; at most %d are supported.",
                           out.rank, DUB_MAX_RANK);

  for (int i = 0; i < axis; i++)
    out.dim[k++] = in->dim[i];
  for (int i = 0; i < indices->rank; i++)
    out.dim[k++] = indices->dim[i];
  for (int i = axis + 1; i < in->rank; i++)
    out.dim[k++] = in->dim[i];
  ctx->out[0] = (DubType) { .dtype = ctx->in[0].dtype, .shape = out };
  ctx->params = g_memdup2 (&axis, sizeof axis);

  return TRUE;
}

/* The input as [outer, extent, inner] around the axis. */
static void
split (const DubShape *shape,
       int             axis,
       size_t         *outer,
       int64_t        *extent,
       size_t         *inner)
{
  *outer = *inner = 1;
  for (int i = 0; i < axis; i++)
    *outer *= (size_t) shape->dim[i];
  for (int i = axis + 1; i < shape->rank; i++)
    *inner *= (size_t) shape->dim[i];
  *extent = shape->dim[axis];
}

static gboolean
read_index (const DubOpContext *ctx,
            size_t              at,
            int64_t             extent,
            size_t             *index,
            GError            **error)
{
  int64_t value = dub_tensor_get_int (ctx->in[1], at);

  if (value < -extent || value >= extent) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "Node “%s”: index %" G_GINT64_FORMAT " is outside an axis of %" G_GINT64_FORMAT " elements.",
                 ctx->node_name, value, extent);
    return FALSE;
  }
  *index = (size_t) (value < 0 ? value + extent : value);

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  size_t n = dub_tensor_n_elements (ctx->in[1]);
  size_t size = dub_dtype_size (ctx->in[0]->dtype);
  size_t outer, inner, index;
  int64_t extent;

  split (&ctx->in[0]->shape, *(const int *) ctx->params, &outer, &extent, &inner);
  for (size_t k = 0; k < n; k++) {
    if (!read_index (ctx, k, extent, &index, error) || (k % 4096 == 0 && dub_run_check_cancelled (run, error)))
      return FALSE;
    for (size_t o = 0; o < outer; o++)
      memcpy ((char *) ctx->out[0]->data + (o * n + k) * inner * size,
              (const char *) ctx->in[0]->data + (o * (size_t) extent + index) * inner * size, inner * size);
  }

  return TRUE;
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  DubTensor *dx = ctx->d_in[0];
  size_t outer, inner, index;
  int64_t extent;

  if (dx == NULL)
    return TRUE;

  size_t n = dub_tensor_n_elements (ctx->in[1]);

  memset (dx->data, 0, dub_tensor_n_bytes (dx));
  split (&dx->shape, *(const int *) ctx->params, &outer, &extent, &inner);
  for (size_t k = 0; k < n; k++) {
    if (!read_index (ctx, k, extent, &index, error))
      return FALSE;
    for (size_t o = 0; o < outer; o++) {
      float *to = dub_tensor_f32 (dx) + (o * (size_t) extent + index) * inner;
      const float *from = dub_tensor_f32 (ctx->d_out[0]) + (o * n + k) * inner;

      for (size_t i = 0; i < inner; i++)
        to[i] += from[i];
    }
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "gather", .inputs = "f32 3,4; i64 2,2 = 0,2,-1,1" },
  { .name = "gather-axis", .inputs = "f32 3,4; i64 3 = 0,2,2", .attributes = "axis=1" },
  { .name = "gather-one", .inputs = "f32 3,4,2; i64 = 1", .attributes = "axis=1" },
  { NULL },
};

const DubOp dub_op_gather = {
  .name = "Gather",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
