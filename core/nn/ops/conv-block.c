/* dub.ConvBlock: Conv, plus an optional residual Z, then activation (0 none, 1 relu, 2 leaky relu
 * with alpha >= 0), then with pool=1 a max-pooling of 2 with stride 2 in every spatial axis. Made by the planner alone.
 *
 * The convolution's output never reaches memory when it is pooled. One byte an output is saved for
 * the way back: which of the pooled numbers won, and whether it was positive. */
#include "core/nn/ops/conv-shared.h"
#include "core/nn/ops/ops.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  return dub_conv_shared_infer (ctx, TRUE, error);
}

/* Small, because a central difference is wrong where a step crosses a kink; larger shapes are compared
 * with the definition in the tests of the engine. */
static const DubOpCase CASES[] = {
  { .name = "plain", .inputs = "f32 1,2,5,6; f32 3,2,3,3; f32 3", .attributes = "pads=1,1,1,1" },
  { .name = "relu", .inputs = "f32 1,2,3,3; f32 2,2,2,2; f32 2", .attributes = "activation=1" },
  { .name = "leaky-pool-3d", .inputs = "f32 1,1,3,3,4; f32 1,1,2,2,2; f32 1",
    .attributes = "activation=2 alpha=0.2f pool=1" },
  { .name = "leaky-pool-3d-padded", .inputs = "f32 1,1,2,2,3; f32 1,1,3,3,3; f32 1",
    .attributes = "pads=1,1,1,1,1,1 activation=2 alpha=0.2f pool=1" },
  { .name = "pool-2d", .inputs = "f32 1,2,3,4; f32 2,2,2,2; f32 2", .attributes = "pool=1" },
  { .name = "pool-1d", .inputs = "f32 1,2,7; f32 2,2,3; f32 2", .attributes = "activation=1 pool=1" },
  { .name = "residual", .inputs = "f32 1,2,3,3; f32 2,2,2,2; f32 2; f32 1,2,2,2", .attributes = "activation=1" },
  { .name = "residual-strided-pool", .inputs = "f32 1,1,4,5; f32 2,1,2,2; -; f32 1,2,2,2",
    .attributes = "strides=2,2 activation=2 alpha=0.1f pool=1" },
  { .name = "grouped-deep", .inputs = "f32 1,2,2,2; f32 20,1,1,1; f32 20", .attributes = "group=2 pool=1" },
  { NULL },
};

const DubOp dub_op_conv_block = {
  .name = "dub.ConvBlock",
  .flags = DUB_OP_BACKWARD_IN,
  .forward_inputs = 1 << 3,
  .min_inputs = 2,
  .max_inputs = 4,
  .infer = infer,
  .forward = dub_conv_shared_forward,
  .backward = dub_conv_shared_backward,
  .free_params = g_free,
  .free_state = dub_conv_state_free,
  .multiply_adds = dub_conv_multiply_adds,
  .cases = CASES,
};
