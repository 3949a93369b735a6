/* LessOrEqual: a <= b. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/compare.h"

DUB_COMPARE_OP (less_or_equal, "LessOrEqual", "less-or-equal", <=)
