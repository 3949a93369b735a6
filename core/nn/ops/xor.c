/* Xor: one of two bools, not both. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/logic.h"

DUB_LOGIC_OP (xor, "Xor", "xor", !=)
