/* Where: a where the condition holds, else b; all three broadcast. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/broadcast.h"
#include "core/nn/ops/strided-copy.h"

#include <string.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  DubShape shape;

  if (ctx->in[0].dtype != DUB_DTYPE_BOOL || ctx->in[1].dtype != ctx->in[2].dtype)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT,
                           "inputs have element types %s, %s and %s; expected bool and two equal ones.",
                           dub_dtype_name (ctx->in[0].dtype), dub_dtype_name (ctx->in[1].dtype),
                           dub_dtype_name (ctx->in[2].dtype));
  if (!dub_broadcast_shape (&ctx->in[0].shape, &ctx->in[1].shape, &shape) ||
      !dub_broadcast_shape (&shape, &ctx->in[2].shape, &ctx->out[0].shape))
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "the shapes of the three inputs do not fit.");
  ctx->out[0].dtype = ctx->in[1].dtype;
  ctx->scratch_bytes = dub_shape_n_elements (&ctx->out[0].shape) * sizeof (float);

  return TRUE;
}

/* Strides of @in in a result of @rank axes; 0 where it repeats. */
static void
repeated_strides (const DubShape *in,
                  int             rank,
                  int64_t        *stride)
{
  int64_t own[DUB_MAX_RANK];

  dub_shape_strides (in, own);
  for (int axis = 0; axis < rank; axis++) {
    int at = axis - (rank - in->rank);

    stride[axis] = at < 0 || in->dim[at] == 1 ? 0 : own[at];
  }
}

static int64_t
offset_of (size_t          index,
           const DubShape *shape,
           const int64_t  *stride)
{
  int64_t offset = 0;

  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    offset += (int64_t) (index % (size_t) shape->dim[axis]) * stride[axis];
    index /= (size_t) shape->dim[axis];
  }

  return offset;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubShape *shape = &ctx->out[0]->shape;
  size_t size = dub_dtype_size (ctx->out[0]->dtype);
  int64_t stride[3][DUB_MAX_RANK];

  for (int i = 0; i < 3; i++)
    repeated_strides (&ctx->in[i]->shape, shape->rank, stride[i]);
  for (size_t i = 0; i < dub_tensor_n_elements (ctx->out[0]); i++) {
    int from = ((const uint8_t *) ctx->in[0]->data)[offset_of (i, shape, stride[0])] ? 1 : 2;

    if (i % 65536 == 0 && dub_run_check_cancelled (run, error))
      return FALSE;
    memcpy ((char *) ctx->out[0]->data + i * size,
            (const char *) ctx->in[from]->data + offset_of (i, shape, stride[from]) * (int64_t) size, size);
  }

  return TRUE;
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const DubTensor *dy = ctx->d_out[0];
  g_autoptr (DubTensor) part = dub_tensor_new_wrapped (DUB_DTYPE_F32, dy->shape, ctx->scratch, NULL, NULL);
  int64_t stride[DUB_MAX_RANK];

  repeated_strides (&ctx->in[0]->shape, dy->shape.rank, stride);
  for (int input = 1; input < 3; input++) {
    if (ctx->d_in[input] == NULL)
      continue;
    for (size_t i = 0; i < dub_tensor_n_elements (dy); i++) {
      gboolean first = ((const uint8_t *) ctx->in[0]->data)[offset_of (i, &dy->shape, stride)] != 0;

      dub_tensor_f32 (part)[i] = first == (input == 1) ? dub_tensor_f32 (dy)[i] : 0.0f;
    }
    if (!dub_broadcast_reduce (part, ctx->d_in[input], 1.0f, run, error))
      return FALSE;
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "where", .inputs = "bool 2,3,4; f32 2,3,4; f32 2,3,4" },
  { .name = "where-repeated", .inputs = "bool 3,1; f32 2,1,4; f32 " },
  { NULL },
};

const DubOp dub_op_where = {
  .name = "Where",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 3,
  .max_inputs = 3,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
