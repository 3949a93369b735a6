/* GreaterOrEqual: a >= b. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/compare.h"

DUB_COMPARE_OP (greater_or_equal, "GreaterOrEqual", "greater-or-equal", >=)
