/* A case of an operator's row, run by hand: no graph and no planner between the test and the operator. */
#pragma once

#include "core/nn/op.h"

#define OP_CASE_MAX_INPUTS 16
#define OP_CASE_MAX_OUTPUTS 8
#define OP_CASE_OPSET 15

typedef struct {
  const DubOp     *op;
  const DubOpCase *spec;
  DubAttributes   *attributes;
  int              n_inputs;
  int              n_outputs;
  DubTensor       *in[OP_CASE_MAX_INPUTS];
  gboolean         given[OP_CASE_MAX_INPUTS];   /* its numbers are written in the case */
  gboolean         present[OP_CASE_MAX_INPUTS];
  DubType          in_type[OP_CASE_MAX_INPUTS];
  DubTensor       *in_value[OP_CASE_MAX_INPUTS];
  gboolean         in_constant[OP_CASE_MAX_INPUTS];
  DubType          out_type[OP_CASE_MAX_OUTPUTS];
  DubTensor       *out[OP_CASE_MAX_OUTPUTS];
  DubTensor       *weight[OP_CASE_MAX_OUTPUTS]; /* of the scalar L = Σ weight · out */
  DubTensor       *d_in[OP_CASE_MAX_INPUTS];
  gboolean         wanted[OP_CASE_MAX_INPUTS];
  gpointer         params;
  gpointer         state;
  DubTensor       *saved;
  DubTensor       *scratch;
} OpCase;

/* Draws the inputs and infers the outputs; a mistake in the case fails the test. */
OpCase  *op_case_new      (const DubOp     *op,
                           const DubOpCase *spec);
void     op_case_free     (OpCase          *self);

void     op_case_forward  (OpCase          *self,
                           DubRun          *run);
/* After forward: fills d_in of the wanted inputs. */
void     op_case_backward (OpCase          *self,
                           DubRun          *run);
/* L of the last forward, summed in double. */
double   op_case_scalar   (const OpCase    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpCase, op_case_free)
