/* Not: the other of a bool. */
#include "core/nn/ops/ops.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (ctx->in[0].dtype != DUB_DTYPE_BOOL)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "the input has element type %s; expected bool.",
                           dub_dtype_name (ctx->in[0].dtype));
  ctx->out[0] = ctx->in[0];

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const uint8_t *x = ctx->in[0]->data;
  uint8_t *y = ctx->out[0]->data;

  for (size_t i = 0; i < dub_tensor_n_elements (ctx->in[0]); i++)
    y[i] = !x[i];

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "not", .inputs = "bool 2,3" },
  { NULL },
};

const DubOp dub_op_not = {
  .name = "Not",
  .flags = DUB_OP_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .cases = CASES,
};
