/* Sub: y = a - b, broadcasting. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/arithmetic.h"

DUB_ARITHMETIC_FORWARD (u - v, DUB_WRAP (u, -, v), u - v)

/* The second gradient goes first: the first may lie where dy lies. */
static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  if (ctx->d_in[1] != NULL && !dub_broadcast_reduce (ctx->d_out[0], ctx->d_in[1], -1.0f, run, error))
    return FALSE;
  if (ctx->d_in[0] != NULL && ctx->d_in[0]->data != ctx->d_out[0]->data)
    return dub_broadcast_reduce (ctx->d_out[0], ctx->d_in[0], 1.0f, run, error);

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "sub", .inputs = "f32 2,3,4; f32 2,3,4" },
  { .name = "sub-row", .inputs = "f32 2,3,4; f32 4" },
  { .name = "sub-both", .inputs = "f32 3,1; f32 2,1,4" },
  { NULL },
};

const DubOp dub_op_sub = {
  .name = "Sub",
  .flags = DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = dub_arithmetic_infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
