/* Max: the largest of its inputs, element by element. A NaN stays one. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/extreme.h"

DUB_EXTREME_OP (max, "Max", u > v || u != u ? u : v)
