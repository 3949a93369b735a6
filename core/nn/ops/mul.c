/* Mul: y = a b, broadcasting. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/arithmetic.h"

DUB_ARITHMETIC_FORWARD (u * v, DUB_WRAP (u, *, v), u * v)

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_arithmetic_infer (ctx, error))
    return FALSE;
  ctx->scratch_bytes = dub_broadcast_scratch (ctx);

  return TRUE;
}

DUB_BROADCAST_GRADIENT (gradient_a, d * v)

DUB_BROADCAST_GRADIENT (gradient_b, d * u)

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  return (ctx->d_in[0] == NULL || dub_broadcast_gradient (ctx->in[0], ctx->in[1], ctx->d_out[0], ctx->d_in[0],
                                                          gradient_a, ctx->scratch, run, error)) &&
         (ctx->d_in[1] == NULL || dub_broadcast_gradient (ctx->in[0], ctx->in[1], ctx->d_out[0], ctx->d_in[1],
                                                          gradient_b, ctx->scratch, run, error));
}

static const DubOpCase CASES[] = {
  { .name = "mul", .inputs = "f32 2,3,4; f32 2,3,4" },
  { .name = "mul-row", .inputs = "f32 2,3,4; f32 4" },
  { .name = "mul-both", .inputs = "f32 3,1; f32 2,1,4" },
  { NULL },
};

const DubOp dub_op_mul = {
  .name = "Mul",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
