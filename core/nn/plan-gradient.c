/* Third pass: reverse mode runs only where it must. A step runs backward when a wanted input or parameter lies
 * behind one of its inputs and a gradient arrives at one of its outputs. */
#include "core/nn/plan-private.h"

static void
mark_sources (DubPlan *self)
{
  if (self->options.input_gradients)
    for (int i = 0; i < self->n_inputs; i++)
      if (plan_value (self, self->inputs[i])->type.dtype == DUB_DTYPE_F32)
        plan_value (self, self->inputs[i])->needs_grad = TRUE;

  if (self->options.output_gradients)
    for (int i = dub_graph_n_outputs (self->graph); i < self->n_outputs; i++)
      if (plan_value (self, self->outputs[i])->type.dtype == DUB_DTYPE_F32)
        plan_root (self, self->outputs[i])->needs_grad = TRUE;

  if (self->options.parameter_gradients)
    for (guint i = 0; i < self->values->len; i++) {
      PlanValue *value = plan_value (self, (int) i);

      if (value->variable && value->root == (int) i && value->type.dtype == DUB_DTYPE_F32)
        value->needs_grad = TRUE;
    }
}

static gboolean
input_needs_grad (const DubPlan  *self,
                  const PlanStep *step,
                  int             input)
{
  return step->inputs[input] >= 0 && plan_root (self, step->inputs[input])->needs_grad;
}

void
_dub_plan_gradients (DubPlan *self)
{
  int n_steps = (int) self->steps->len;
  g_autofree gboolean *written = g_new0 (gboolean, self->values->len);

  if (!self->options.input_gradients && !self->options.parameter_gradients && !self->options.output_gradients)
    return;

  mark_sources (self);

  for (int s = 0; s < n_steps; s++) {
    PlanStep *step = plan_step (self, s);
    gboolean needs = FALSE;

    for (int i = 0; i < step->n_inputs && step->op->backward != NULL; i++)
      needs |= input_needs_grad (self, step, i);
    for (int i = 0; i < step->n_outputs && needs; i++)
      if (step->outputs[i] >= 0 && plan_value (self, step->outputs[i])->type.dtype == DUB_DTYPE_F32)
        plan_root (self, step->outputs[i])->needs_grad = TRUE;
  }

  /* The caller writes the gradients of what it can read; everything else adds to them. */
  for (int i = 0; i < self->n_outputs; i++) {
    PlanValue *root = plan_root (self, self->outputs[i]);

    if (root->needs_grad) {
      root->has_grad = TRUE;
      written[plan_value (self, self->outputs[i])->root] = TRUE;
    }
  }

  for (int s = n_steps - 1; s >= 0; s--) {
    PlanStep *step = plan_step (self, s);
    gboolean arrives = FALSE;

    for (int i = 0; i < step->n_outputs; i++)
      arrives |= step->outputs[i] >= 0 && plan_root (self, step->outputs[i])->has_grad;
    if (!arrives || step->op->backward == NULL)
      continue;

    for (int i = 0; i < step->n_inputs; i++) {
      if (!input_needs_grad (self, step, i))
        continue;

      int root = plan_value (self, step->inputs[i])->root;

      step->has_backward = TRUE;
      step->wants[i] = TRUE;
      step->adds[i] = written[root];
      written[root] = TRUE;
      plan_value (self, root)->has_grad = TRUE;
    }
  }
}
