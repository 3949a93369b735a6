/* BatchNormalization: X [N][C][…], scale, B, mean, var [C] → Y and, on request, the updated running statistics.
 *
 * With the attribute training_mode, or in a training plan, the statistics are those of the batch, and
 * outputs 1 and 2 are running · momentum + batch · (1 - momentum) with the population variance,
 * as ONNX defines them from opset 14 on. Otherwise outputs 1 and 2 are the running statistics unchanged. */
#include "core/nn/ops/norm-shared.h"
#include "core/nn/ops/ops.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  return dub_norm_shared_infer (ctx, FALSE, error);
}

static const DubOpCase CASES[] = {
  { .name = "inference", .inputs = "f32 2,3,4,5; f32 3; f32 3; f32 3; f32 3 > 0.5" },
  { .name = "inference-vector", .inputs = "f32 4,3; f32 3; f32 3; f32 3; f32 3 > 0.5", .attributes = "epsilon=0.01f" },
  { .name = "training", .inputs = "f32 3,2,3,4; f32 2; f32 2; f32 2; f32 2 > 0.5", .check = "0,1,2", .training = TRUE },
  { .name = "training-mode", .inputs = "f32 2,2,2,3,3; f32 2; f32 2; f32 2; f32 2 > 0.5",
    .attributes = "training_mode=1 momentum=0.7f", .check = "0,1,2" },
  { NULL },
};

const DubOp dub_op_batch_normalization = {
  .name = "BatchNormalization",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 5,
  .max_inputs = 5,
  .max_outputs = 3,
  .infer = infer,
  .forward = dub_norm_shared_forward,
  .backward = dub_norm_shared_backward,
  .free_params = g_free,
  .cases = CASES,
};
