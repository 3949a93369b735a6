/* The operators' rows, each defined in the file of its name. */
#pragma once

#include "core/nn/op.h"

extern const DubOp dub_op_abs;
extern const DubOp dub_op_add;
extern const DubOp dub_op_cast;
extern const DubOp dub_op_celu;
extern const DubOp dub_op_clip;
extern const DubOp dub_op_concat;
extern const DubOp dub_op_constant;
extern const DubOp dub_op_conv;
extern const DubOp dub_op_conv_block;
extern const DubOp dub_op_conv_transpose;
extern const DubOp dub_op_div;
extern const DubOp dub_op_dropout;
extern const DubOp dub_op_elu;
extern const DubOp dub_op_erf;
extern const DubOp dub_op_exp;
extern const DubOp dub_op_flatten;
extern const DubOp dub_op_gather;
extern const DubOp dub_op_hard_sigmoid;
extern const DubOp dub_op_hard_swish;
extern const DubOp dub_op_identity;
extern const DubOp dub_op_instance_normalization;
extern const DubOp dub_op_leaky_relu;
extern const DubOp dub_op_log;
extern const DubOp dub_op_log_softmax;
extern const DubOp dub_op_mul;
extern const DubOp dub_op_neg;
extern const DubOp dub_op_pad;
extern const DubOp dub_op_pow;
extern const DubOp dub_op_prelu;
extern const DubOp dub_op_reciprocal;
extern const DubOp dub_op_reduce_mean;
extern const DubOp dub_op_reduce_sum;
extern const DubOp dub_op_relu;
extern const DubOp dub_op_reshape;
extern const DubOp dub_op_resize;
extern const DubOp dub_op_selu;
extern const DubOp dub_op_shape;
extern const DubOp dub_op_sigmoid;
extern const DubOp dub_op_size;
extern const DubOp dub_op_slice;
extern const DubOp dub_op_softmax;
extern const DubOp dub_op_softplus;
extern const DubOp dub_op_softsign;
extern const DubOp dub_op_sqrt;
extern const DubOp dub_op_squeeze;
extern const DubOp dub_op_sub;
extern const DubOp dub_op_tanh;
extern const DubOp dub_op_thresholded_relu;
extern const DubOp dub_op_transpose;
extern const DubOp dub_op_unsqueeze;
extern const DubOp dub_op_upsample;
