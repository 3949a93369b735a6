/* First pass: every value gets a concrete type, what is constant is computed once, views share memory. */
#include "core/nn/plan-private.h"

#include "core/base/checked.h"

#include <string.h>

int
_dub_plan_add_constant (DubPlan    *self,
                        const char *name,
                        DubTensor  *tensor)
{
  PlanValue value = {
    .name = name,
    .typed = TRUE,
    .type = { .dtype = tensor->dtype, .shape = tensor->shape },
    .root = (int) self->values->len,
    .constant = dub_tensor_ref (tensor),
    .graph_input = -1,
    .block = -1,
    .grad_block = -1,
  };

  g_array_append_val (self->values, value);

  return value.root;
}

PlanStep *
_dub_plan_step_new (const DubOp *op,
                    const char  *name,
                    const int   *inputs,
                    int          n_inputs,
                    const int   *outputs,
                    int          n_outputs)
{
  PlanStep *step = g_new0 (PlanStep, 1);

  step->op = op;
  step->name = g_strdup (name);
  step->n_inputs = n_inputs;
  step->n_outputs = n_outputs;
  step->inputs = g_memdup2 (inputs, sizeof (int) * (size_t) n_inputs);
  step->outputs = g_memdup2 (outputs, sizeof (int) * (size_t) n_outputs);
  step->wants = g_new0 (gboolean, n_inputs);
  step->adds = g_new0 (gboolean, n_inputs);
  step->temp_blocks = g_new (int, n_inputs);
  for (int i = 0; i < n_inputs; i++)
    step->temp_blocks[i] = -1;
  step->saved_block = step->scratch_block = step->backward_scratch_block = -1;
  step->in = g_new0 (DubTensor *, n_inputs);
  step->out = g_new0 (DubTensor *, n_outputs);
  step->in_constant = g_new0 (gboolean, n_inputs);
  step->in_backward = g_new0 (DubTensor *, n_inputs);
  step->out_backward = g_new0 (DubTensor *, n_outputs);
  step->d_in = g_new0 (DubTensor *, n_inputs);
  step->d_out = g_new0 (DubTensor *, n_outputs);

  return step;
}

void
_dub_plan_step_free (gpointer data)
{
  PlanStep *step = data;

  if (step->params != NULL && step->op->free_params != NULL)
    step->op->free_params (step->params);
  if (step->state != NULL && step->op->free_state != NULL)
    step->op->free_state (step->state);
  for (int i = 0; i < step->n_inputs; i++)
    if (step->temp_blocks[i] >= 0)
      dub_tensor_unref (step->d_in[i]);
  dub_attributes_free (step->own_attributes);
  g_free (step->name);
  g_free (step->inputs);
  g_free (step->outputs);
  g_free (step->wants);
  g_free (step->adds);
  g_free (step->temp_blocks);
  g_free (step->in);
  g_free (step->out);
  g_free (step->in_constant);
  g_free (step->in_backward);
  g_free (step->out_backward);
  g_free (step->d_in);
  g_free (step->d_out);
  g_free (step);
}

/* The numbers of a value where no run can change them. */
static DubTensor *
known_value (const DubPlan *self,
             int            value)
{
  if (value < 0 || plan_value (self, value)->variable)
    return NULL;

  return plan_value (self, value)->constant;
}

/* No value may be so large that sums of sizes wrap: what follows computes with them unchecked. */
static gboolean
check_size (const DubType  *type,
            const char     *kind,
            const char     *name,
            GError        **error)
{
  const size_t largest = (size_t) 1 << 44;
  size_t n;

  if (dub_checked_product (type->shape.dim, (size_t) type->shape.rank, &n) && n <= largest)
    return TRUE;

  g_autofree char *shape = dub_shape_to_string (&type->shape);

  g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "%s “%s” has a value of shape %s, more than any memory holds.", kind,
               name, shape);

  return FALSE;
}

gboolean
_dub_plan_infer_step (DubPlan   *self,
                      PlanStep  *step,
                      GError   **error)
{
  g_autofree DubType *in = g_new0 (DubType, step->n_inputs);
  g_autofree gboolean *in_present = g_new0 (gboolean, step->n_inputs);
  g_autofree DubTensor **in_value = g_new0 (DubTensor *, step->n_inputs);
  g_autofree DubType *out = g_new0 (DubType, MAX (step->n_outputs, 1));

  for (int i = 0; i < step->n_inputs; i++) {
    if (step->inputs[i] < 0)
      continue;

    const PlanValue *value = plan_value (self, step->inputs[i]);

    if (!value->typed) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "Node “%s” reads “%s”, which nothing before it produces.", step->name, value->name);
      return FALSE;
    }
    in[i] = value->type;
    in_present[i] = TRUE;
    in_value[i] = known_value (self, step->inputs[i]);
  }

  if (step->n_inputs < step->op->min_inputs ||
      (step->op->max_inputs >= 0 && step->n_inputs > step->op->max_inputs)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "Node “%s” has %d inputs; the operator %s takes %d to %d.", step->name, step->n_inputs,
                 step->op->name, step->op->min_inputs, step->op->max_inputs);
    return FALSE;
  }

  DubInferContext ctx = {
    .attributes = step->attributes,
    .opset = self->graph->opset,
    .node_name = step->name,
    .n_inputs = step->n_inputs,
    .n_outputs = step->n_outputs,
    .in = in,
    .in_present = in_present,
    .in_value = in_value,
    .training = self->options.training,
    .monte_carlo = self->options.monte_carlo,
    .out = out,
  };
  gboolean ok = step->op->infer (&ctx, error);

  step->params = ctx.params;
  if (!ok)
    return FALSE;

  step->saved_bytes = ctx.saved_bytes;
  step->scratch_bytes = ctx.scratch_bytes;
  step->multiply_adds = step->op->multiply_adds != NULL ? step->op->multiply_adds (&ctx) : 0.0;

  for (int i = 0; i < step->n_outputs; i++) {
    if (step->outputs[i] < 0)
      continue;

    PlanValue *value = plan_value (self, step->outputs[i]);

    if (out[i].shape.rank < 0 || out[i].shape.rank > DUB_MAX_RANK) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                   "Node “%s” has an output of rank %d; at most %d axes are supported.", step->name,
                   out[i].shape.rank, DUB_MAX_RANK);
      return FALSE;
    }
    for (int axis = 0; axis < out[i].shape.rank; axis++)
      if (out[i].shape.dim[axis] < 0) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                     "Node “%s” has an output with %" G_GINT64_FORMAT " elements along axis %d: its inputs are too small.",
                     step->name, out[i].shape.dim[axis], axis);
        return FALSE;
      }
    if (!check_size (&out[i], "Node", step->name, error))
      return FALSE;
    value->type = out[i];
    value->typed = TRUE;
  }

  return TRUE;
}

/* Computes a step whose inputs are all known. Its outputs become constants. */
static gboolean
fold (DubPlan   *self,
      PlanStep  *step,
      DubRun    *run,
      GError   **error)
{
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);
  g_autoptr (DubTensor) scratch = NULL;
  gboolean ok;

  for (int i = 0; i < step->n_inputs; i++) {
    step->in[i] = step->inputs[i] >= 0 ? plan_value (self, step->inputs[i])->constant : NULL;
    step->in_constant[i] = TRUE;
  }
  for (int i = 0; i < step->n_outputs; i++) {
    if (step->outputs[i] < 0)
      continue;

    const DubType *type = &plan_value (self, step->outputs[i])->type;

    step->out[i] = dub_tensor_new (type->dtype, type->shape, error);
    if (step->out[i] == NULL)
      return FALSE;
    g_ptr_array_add (outputs, step->out[i]);
  }
  if (step->scratch_bytes > 0) {
    scratch = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE ((int64_t) step->scratch_bytes), error);
    if (scratch == NULL)
      return FALSE;
  }

  DubOpContext ctx = {
    .params = step->params,
    .node_name = step->name,
    .n_inputs = step->n_inputs,
    .n_outputs = step->n_outputs,
    .in = step->in,
    .out = step->out,
    .in_constant = step->in_constant,
    .state = &step->state,
    .scratch = scratch != NULL ? scratch->data : NULL,
    .node_index = step->node_index,
  };

  ok = step->op->forward (&ctx, run, error);
  for (int i = 0; i < step->n_outputs; i++) {
    if (ok && step->outputs[i] >= 0)
      plan_value (self, step->outputs[i])->constant = dub_tensor_ref (step->out[i]);
    step->out[i] = NULL;
  }
  step->removed = TRUE;

  return ok;
}

/* Out of training, Dropout passes its input on, unless the node itself asks for training. */
static gboolean
is_idle_dropout (const DubPlan  *self,
                 const PlanStep *step)
{
  return g_str_equal (step->op->name, "Dropout") && !self->options.training && !self->options.monte_carlo &&
         step->n_inputs < 3 && (step->n_outputs < 2 || step->outputs[1] < 0);
}

static gboolean
make_view (DubPlan   *self,
           PlanStep  *step,
           GError   **error)
{
  PlanValue *in = plan_value (self, step->inputs[0]);
  PlanValue *out = plan_value (self, step->outputs[0]);

  step->removed = TRUE;
  out->root = in->root;
  out->variable = in->variable;
  if (in->constant == NULL)
    return TRUE;

  out->constant = dub_tensor_reshape (in->constant, out->type.shape, error);

  return out->constant != NULL;
}

static gboolean
bind_node (DubPlan   *self,
           int        index,
           DubRun    *run,
           GError   **error)
{
  const DubNode *node = dub_graph_node (self->graph, index);

  if (node->op == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "Node “%s” of %s uses the operator %s, which is not supported.",
                 node->name, self->graph->name, node->op_name);
    return FALSE;
  }

  PlanStep *step = _dub_plan_step_new (node->op, node->name, node->inputs, node->n_inputs,
                                       node->outputs, node->n_outputs);
  gboolean all_known = TRUE;

  step->attributes = node->attributes;
  step->node_index = (uint64_t) index;
  g_ptr_array_add (self->steps, step);
  if (!_dub_plan_infer_step (self, step, error))
    return FALSE;

  for (int i = 0; i < step->n_inputs; i++)
    if (step->inputs[i] >= 0 && known_value (self, step->inputs[i]) == NULL)
      all_known = FALSE;

  if ((step->op->flags & DUB_OP_VIEW) || is_idle_dropout (self, step))
    return make_view (self, step, error);
  if (all_known || (step->op->flags & DUB_OP_SHAPE_ONLY))
    return fold (self, step, run, error);

  return TRUE;
}

/* Declared inputs: a free extent takes what is given, a fixed one must agree. */
static gboolean
bind_input (DubPlan        *self,
            int             index,
            const DubType  *type,
            GError        **error)
{
  const DubGraphInput *declared = dub_graph_input (self->graph, index);
  PlanValue *value = plan_value (self, declared->value);
  g_autofree char *found = dub_shape_to_string (&type->shape);
  g_autofree char *expected = dub_shape_to_string (&declared->shape);

  if (type->dtype != declared->dtype) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "Input “%s” of %s has element type %s; expected %s.",
                 value->name, self->graph->name, dub_dtype_name (type->dtype), dub_dtype_name (declared->dtype));
    return FALSE;
  }
  if (declared->has_shape) {
    gboolean fits = type->shape.rank == declared->shape.rank;

    for (int i = 0; fits && i < type->shape.rank; i++)
      fits = declared->shape.dim[i] < 0 || declared->shape.dim[i] == type->shape.dim[i];
    if (!fits) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "Input “%s” of %s has shape %s; expected %s%s.",
                   value->name, self->graph->name, found, expected, strstr (expected, "-1") != NULL ? " (-1 is free)" : "");
      return FALSE;
    }
  }
  if (!check_size (type, "Input", value->name, error))
    return FALSE;
  value->type = *type;
  value->typed = TRUE;
  value->graph_input = index;
  self->inputs[index] = declared->value;

  return TRUE;
}

gboolean
_dub_plan_bind (DubPlan        *self,
                const DubType  *input_types,
                DubRun         *run,
                GError        **error)
{
  gboolean parameters_vary = self->options.training || self->options.parameter_gradients;

  for (int i = 0; i < dub_graph_n_values (self->graph); i++) {
    const DubValue *source = dub_graph_value (self->graph, i);
    PlanValue value = {
      .name = source->name,
      .root = i,
      .graph_input = -1,
      .block = -1,
      .grad_block = -1,
    };

    if (source->constant != NULL) {
      value.constant = dub_tensor_ref (source->constant);
      value.type = (DubType) { .dtype = source->constant->dtype, .shape = source->constant->shape };
      value.typed = TRUE;
      value.variable = source->is_parameter && parameters_vary;
    }
    g_array_append_val (self->values, value);
  }

  for (int i = 0; i < self->n_inputs; i++)
    if (!bind_input (self, i, &input_types[i], error))
      return FALSE;

  for (int i = 0; i < dub_graph_n_nodes (self->graph); i++)
    if (dub_run_check_cancelled (run, error) || !bind_node (self, i, run, error))
      return FALSE;

  for (int i = 0; i < self->n_outputs; i++) {
    int output = i < dub_graph_n_outputs (self->graph)
                   ? dub_graph_output (self->graph, i)
                   : self->options.extra_outputs[i - dub_graph_n_outputs (self->graph)];

    if (!plan_value (self, output)->typed) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "Output “%s” of %s is not produced by any node.",
                   plan_value (self, output)->name, self->graph->name);
      return FALSE;
    }
    self->outputs[i] = output;
    plan_root (self, output)->kept = TRUE;
  }

  return TRUE;
}
