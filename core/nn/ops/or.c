/* Or: one of two bools at least. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/logic.h"

DUB_LOGIC_OP (or, "Or", "or", ||)
