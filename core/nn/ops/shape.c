/* Shape: the extents [start, end) of the input as int64, known as soon as types are. */
#include "core/nn/ops/ops.h"

typedef struct {
  int64_t n;
  int64_t dim[DUB_MAX_RANK];
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  int64_t start = dub_attributes_get_int (ctx->attributes, "start", 0);
  int64_t end = dub_attributes_get_int (ctx->attributes, "end", in->rank);
  Params *params = g_new0 (Params, 1);

  start = CLAMP (start < 0 ? start + in->rank : start, 0, in->rank);
  end = CLAMP (end < 0 ? end + in->rank : end, 0, in->rank);
  for (int64_t i = start; i < end; i++)
    params->dim[params->n++] = in->dim[i];

  ctx->params = params;
  ctx->out[0] = (DubType) { .dtype = DUB_DTYPE_I64, .shape = DUB_SHAPE (params->n) };

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *params = ctx->params;

  for (int64_t i = 0; i < params->n; i++)
    dub_tensor_i64 (ctx->out[0])[i] = params->dim[i];

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "shape", .inputs = "f32 2,3,4", .attributes = "start=1" },
  { NULL },
};

const DubOp dub_op_shape = {
  .name = "Shape",
  .flags = DUB_OP_SHAPE_ONLY,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .free_params = g_free,
  .cases = CASES,
};
