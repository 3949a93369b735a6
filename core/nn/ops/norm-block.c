/* dub.NormBlock: BatchNormalization, plus an optional residual Z (input 5), then activation (0 none, 1 relu,
 * 2 leaky relu with alpha >= 0), then with pool=1 a max-pooling of 2 with stride 2 in every spatial axis. Made by
 * the planner alone, for training.
 *
 * Back through the activation goes by the sign of the output, through the pooling by one byte an output. */
#include "core/nn/ops/norm-shared.h"
#include "core/nn/ops/ops.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  return dub_norm_shared_infer (ctx, TRUE, error);
}

/* Small, because a central difference is wrong where a step crosses a kink. */
static const DubOpCase CASES[] = {
  { .name = "plain", .inputs = "f32 3,2,3,4; f32 2; f32 2; f32 2; f32 2 > 0.5", .check = "0,1,2", .training = TRUE },
  { .name = "relu", .inputs = "f32 3,2,3,2; f32 2; f32 2; f32 2; f32 2 > 0.5", .attributes = "activation=1",
    .check = "0,1,2", .training = TRUE },
  { .name = "leaky-residual", .inputs = "f32 3,2,5; f32 2; f32 2; f32 2; f32 2 > 0.5; f32 3,2,5",
    .attributes = "activation=2 alpha=0.2f", .check = "0,1,2,5", .training = TRUE },
  { .name = "relu-residual", .inputs = "f32 2,2,17; f32 2; f32 2; f32 2; f32 2 > 0.5; f32 2,2,17",
    .attributes = "activation=1", .check = "0,1,2,5", .training = TRUE },
  { .name = "leaky-pool-3d", .inputs = "f32 2,1,2,3,4; f32 1; f32 1; f32 1; f32 1 > 0.5",
    .attributes = "activation=2 alpha=0.2f pool=1", .check = "0,1,2", .training = TRUE },
  { .name = "pool-2d", .inputs = "f32 2,2,3,4; f32 2; f32 2; f32 2; f32 2 > 0.5", .attributes = "pool=1",
    .check = "0,1,2", .training = TRUE },
  { .name = "residual-pool-1d", .inputs = "f32 2,2,5; f32 2; f32 2; f32 2; f32 2 > 0.5; f32 2,2,5",
    .attributes = "activation=1 pool=1", .check = "0,1,2,5", .training = TRUE },
  { .name = "inference", .inputs = "f32 2,2,3,3; f32 2; f32 2; f32 2; f32 2 > 0.5; f32 2,2,3,3",
    .attributes = "activation=2 alpha=0.3f" },
  { NULL },
};

const DubOp dub_op_norm_block = {
  .name = "dub.NormBlock",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_BACKWARD_OUT | DUB_OP_GRAD_IN_PLACE,
  .forward_inputs = 1 << 5,
  .min_inputs = 5,
  .max_inputs = 6,
  .max_outputs = 3,
  .infer = infer,
  .forward = dub_norm_shared_forward,
  .backward = dub_norm_shared_backward,
  .free_params = g_free,
  .cases = CASES,
};
