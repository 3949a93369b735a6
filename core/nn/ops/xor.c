/* Xor: one of two bools, not both. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/broadcast.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (ctx->in[0].dtype != DUB_DTYPE_BOOL || ctx->in[1].dtype != DUB_DTYPE_BOOL)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "inputs have element types %s and %s; expected bool.",
                           dub_dtype_name (ctx->in[0].dtype), dub_dtype_name (ctx->in[1].dtype));
  ctx->out[0].dtype = DUB_DTYPE_BOOL;

  return dub_broadcast_infer (ctx, error);
}

static void
forward_run (const void   *a,
             int64_t       a_step,
             const void   *b,
             int64_t       b_step,
             void         *out,
             size_t        n,
             gconstpointer data)
{
  const uint8_t *u = a;
  const uint8_t *v = b;
  uint8_t *y = out;

  for (size_t i = 0; i < n; i++)
    y[i] = u[i * (size_t) a_step] != v[i * (size_t) b_step];
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  return dub_broadcast_run (ctx->in[0], ctx->in[1], ctx->out[0], forward_run, NULL, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "xor", .inputs = "bool 2,3; bool 3" },
  { NULL },
};

const DubOp dub_op_xor = {
  .name = "Xor",
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = infer,
  .forward = forward,
  .cases = CASES,
};
