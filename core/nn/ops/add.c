/* Add: y = a + b, broadcasting. Both gradients are dy, summed over what repeats. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/arithmetic.h"

DUB_ARITHMETIC_FORWARD (u + v, DUB_WRAP (u, +, v), u + v)

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  for (int i = 1; i >= 0; i--)
    if (ctx->d_in[i] != NULL && ctx->d_in[i]->data != ctx->d_out[0]->data &&
        !dub_broadcast_reduce (ctx->d_out[0], ctx->d_in[i], 1.0f, run, error))
      return FALSE;

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "add", .inputs = "f32 2,3,4; f32 2,3,4" },
  { .name = "add-row", .inputs = "f32 2,3,4; f32 4" },
  { .name = "add-channel", .inputs = "f32 1,3,1; f32 2,3,4" },
  { .name = "add-both", .inputs = "f32 3,1; f32 2,1,4" },
  { .name = "add-scalar", .inputs = "f32 ; f32 2,3" },
  { NULL },
};

const DubOp dub_op_add = {
  .name = "Add",
  .flags = DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = dub_arithmetic_infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
