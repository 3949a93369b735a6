/* Conv: X [N][C][…], W [K][C / group][…], optional B [K], in one to three spatial axes. */
#include "core/nn/ops/conv-shared.h"
#include "core/nn/ops/ops.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  return dub_conv_shared_infer (ctx, FALSE, error);
}

static const DubOpCase CASES[] = {
  { .name = "2d", .inputs = "f32 2,3,5,6; f32 4,3,3,3; f32 4", .attributes = "pads=1,1,1,1" },
  { .name = "no-bias", .inputs = "f32 1,2,5,4; f32 3,2,2,3", .attributes = "" },
  { .name = "1d-dilated", .inputs = "f32 2,2,12; f32 3,2,3; f32 3", .attributes = "dilations=2, pads=1,3" },
  { .name = "3d", .inputs = "f32 1,2,4,5,6; f32 3,2,3,3,3; f32 3", .attributes = "pads=1,1,1,1,1,1" },
  { .name = "3d-strided", .inputs = "f32 1,2,5,6,7; f32 3,2,3,3,3; f32 3",
    .attributes = "pads=1,1,1,1,1,1 strides=2,2,2" },
  { .name = "uneven", .inputs = "f32 1,2,6,7; f32 2,2,3,2; f32 2", .attributes = "pads=0,2,1,1 strides=2,3" },
  { .name = "groups", .inputs = "f32 1,4,5,5; f32 6,2,3,3; f32 6", .attributes = "group=2 pads=1,1,1,1" },
  { .name = "depthwise", .inputs = "f32 1,3,5,5; f32 3,1,3,3", .attributes = "group=3 strides=2,2 pads=1,1,1,1" },
  { .name = "same-upper", .inputs = "f32 1,2,5,6; f32 2,2,2,4; f32 2", .attributes = "auto_pad=SAME_UPPER strides=2,1" },
  { .name = "same-lower", .inputs = "f32 1,2,5,6; f32 2,2,2,4; f32 2", .attributes = "auto_pad=SAME_LOWER" },
  { .name = "valid-dilated", .inputs = "f32 1,2,7,8; f32 2,2,3,3", .attributes = "auto_pad=VALID dilations=2,3" },
  { .name = "deep", .inputs = "f32 2,5,3,3; f32 20,5,3,3; f32 20", .attributes = "pads=1,1,1,1" },
  { NULL },
};

const DubOp dub_op_conv = {
  .name = "Conv",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 3,
  .infer = infer,
  .forward = dub_conv_shared_forward,
  .backward = dub_conv_shared_backward,
  .free_params = g_free,
  .free_state = dub_conv_state_free,
  .multiply_adds = dub_conv_multiply_adds,
  .cases = CASES,
};
