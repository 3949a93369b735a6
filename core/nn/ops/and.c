/* And: both of two bools. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/logic.h"

DUB_LOGIC_OP (and, "And", "and", &&)
