/* Size: the number of elements of the input as int64, known as soon as types are. */
#include "core/nn/ops/ops.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  int64_t n = (int64_t) dub_shape_n_elements (&ctx->in[0].shape);

  ctx->params = g_memdup2 (&n, sizeof n);
  ctx->out[0] = (DubType) { .dtype = DUB_DTYPE_I64, .shape = { .rank = 0 } };

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  *dub_tensor_i64 (ctx->out[0]) = *(const int64_t *) ctx->params;

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "size", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_size = {
  .name = "Size",
  .flags = DUB_OP_SHAPE_ONLY,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .free_params = g_free,
  .cases = CASES,
};
