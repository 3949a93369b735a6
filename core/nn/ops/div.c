/* Div: y = a / b, broadcasting. Whole numbers are cut toward zero; a whole number over 0 is 0. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/arithmetic.h"

DUB_ARITHMETIC_FORWARD (u / v, v == 0 ? 0 : v == -1 ? DUB_WRAP (0, -, u) : u / v, v == 0 ? 0 : u / v)

DUB_ARITHMETIC_BACKWARD (d / v, -d * u / (v * v))

static const DubOpCase CASES[] = {
  { .name = "div", .inputs = "f32 2,3,4; f32 2,3,4 > 0.5" },
  { .name = "div-row", .inputs = "f32 2,3,4; f32 4 > 0.5" },
  { .name = "div-both", .inputs = "f32 3,1; f32 2,1,4 > 0.5" },
  { NULL },
};

const DubOp dub_op_div = {
  .name = "Div",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = dub_arithmetic_infer_product,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
