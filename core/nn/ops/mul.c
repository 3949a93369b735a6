/* Mul: y = a b, broadcasting. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/arithmetic.h"

DUB_ARITHMETIC_FORWARD (u * v, DUB_WRAP (u, *, v), u * v)

DUB_ARITHMETIC_BACKWARD (d * v, d * u)

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
  .infer = dub_arithmetic_infer_product,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
