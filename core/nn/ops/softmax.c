/* Softmax: y = e^x / Σ e^x along an axis. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/softmax-axis.h"

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  return dub_softmax_forward (ctx, FALSE, run, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  return dub_softmax_backward (ctx, FALSE, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "softmax", .inputs = "f32 2,5" },
  { .name = "softmax-channel", .inputs = "f32 2,3,4", .attributes = "axis=1" },
  { NULL },
};

const DubOp dub_op_softmax = {
  .name = "Softmax",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_OUT | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = dub_softmax_infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
