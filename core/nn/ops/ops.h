/* The operators' rows, each defined in the file of its name. */
#pragma once

#include "core/nn/op.h"

extern const DubOp dub_op_relu;
