#include "core/nn/plan-private.h"

static void
value_clear (gpointer data)
{
  PlanValue *self = data;

  dub_tensor_unref (self->constant);
  dub_tensor_unref (self->tensor);
  dub_tensor_unref (self->grad);
}

DubPlan *
dub_plan_new (DubGraph              *graph,
              const DubType         *input_types,
              const DubPlanOptions  *options,
              DubRun                *run,
              GError               **error)
{
  g_return_val_if_fail (graph != NULL, NULL);

  g_autoptr (DubPlan) self = g_new0 (DubPlan, 1);

  self->graph = dub_graph_ref (graph);
  if (options != NULL)
    self->options = *options;
  self->values = g_array_new (FALSE, TRUE, sizeof (PlanValue));
  g_array_set_clear_func (self->values, value_clear);
  self->steps = g_ptr_array_new_with_free_func (_dub_plan_step_free);
  self->blocks = g_array_new (FALSE, TRUE, sizeof (PlanBlock));
  self->n_inputs = dub_graph_n_inputs (graph);
  self->n_outputs = dub_graph_n_outputs (graph) + (int) self->options.n_extra_outputs;
  self->inputs = g_new0 (int, self->n_inputs);
  self->outputs = g_new0 (int, self->n_outputs);
  self->bound_inputs = g_new0 (DubTensor *, self->n_inputs);

  if (!_dub_plan_bind (self, input_types, run, error))
    return NULL;
  if (self->options.types_only) {
    self->options.extra_outputs = NULL;
    return g_steal_pointer (&self);
  }
  if (!_dub_plan_fuse (self, error))
    return NULL;
  _dub_plan_remove_dead (self);
  _dub_plan_gradients (self);
  if (!_dub_plan_place (self, error))
    return NULL;
  /* The caller's array need not outlive the call. */
  self->options.extra_outputs = NULL;

  return g_steal_pointer (&self);
}

void
dub_plan_free (DubPlan *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->steps);
  g_array_unref (self->values);
  g_array_unref (self->blocks);
  for (int i = 0; i < self->n_inputs; i++)
    dub_tensor_unref (self->bound_inputs[i]);
  g_free (self->bound_inputs);
  g_free (self->inputs);
  g_free (self->outputs);
  dub_tensor_unref (self->arena);
  dub_graph_unref (self->graph);
  g_free (self);
}

size_t
dub_plan_peak_bytes (const DubPlan *self)
{
  return dub_tensor_n_bytes (self->arena) + self->constant_bytes;
}

double
dub_plan_multiply_adds (const DubPlan *self)
{
  double sum = 0.0;

  for (int s = 0; s < (int) self->steps->len; s++)
    sum += plan_step (self, s)->multiply_adds;

  return sum;
}

char *
dub_plan_to_string (const DubPlan *self)
{
  GString *text = g_string_new (NULL);

  for (int s = 0; s < (int) self->steps->len; s++) {
    const PlanStep *step = plan_step (self, s);
    const PlanValue *out = step->outputs[0] >= 0 ? plan_value (self, step->outputs[0]) : NULL;
    g_autofree char *shape = out != NULL ? dub_shape_to_string (&out->type.shape) : g_strdup ("-");

    g_string_append_printf (text, "%s %s -> %s%s%s\n", step->op->name, step->name, shape,
                            step->has_backward ? " backward" : "",
                            out != NULL && step->inputs[0] >= 0 && out->block >= 0 &&
                              plan_root (self, step->inputs[0])->block == out->block ? " in-place" : "");
  }

  return g_string_free (text, FALSE);
}

const DubType *
dub_plan_output_type (const DubPlan *self,
                      int            output)
{
  g_return_val_if_fail (output >= 0 && output < self->n_outputs, NULL);

  return &plan_value (self, self->outputs[output])->type;
}

DubTensor *
dub_plan_output (DubPlan *self,
                 int      output)
{
  g_return_val_if_fail (output >= 0 && output < self->n_outputs, NULL);

  return plan_value (self, self->outputs[output])->tensor;
}

DubTensor *
dub_plan_input_gradient (DubPlan *self,
                         int      input)
{
  g_return_val_if_fail (input >= 0 && input < self->n_inputs, NULL);

  return plan_value (self, self->inputs[input])->grad;
}

DubTensor *
dub_plan_output_gradient (DubPlan *self,
                          int      output)
{
  g_return_val_if_fail (output >= 0 && output < self->n_outputs, NULL);

  return plan_value (self, self->outputs[output])->grad;
}

DubTensor *
dub_plan_parameter_gradient (DubPlan *self,
                             int      value)
{
  g_return_val_if_fail (value >= 0 && value < dub_graph_n_values (self->graph), NULL);

  return plan_value (self, value)->grad;
}
