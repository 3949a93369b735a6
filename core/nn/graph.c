#include "core/nn/graph.h"

static void
value_clear (gpointer data)
{
  DubValue *self = data;

  g_free (self->name);
  dub_tensor_unref (self->constant);
}

static void
node_free (gpointer data)
{
  DubNode *self = data;

  g_free (self->op_name);
  g_free (self->name);
  dub_attributes_free (self->attributes);
  g_free (self->inputs);
  g_free (self->outputs);
  g_free (self);
}

DubGraph *
dub_graph_new (const char *name,
               int         opset)
{
  DubGraph *self = g_new0 (DubGraph, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->opset = opset;
  self->values = g_array_new (FALSE, TRUE, sizeof (DubValue));
  g_array_set_clear_func (self->values, value_clear);
  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->inputs = g_array_new (FALSE, TRUE, sizeof (DubGraphInput));
  self->outputs = g_array_new (FALSE, TRUE, sizeof (int));

  return self;
}

DubGraph *
dub_graph_ref (DubGraph *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_graph_unref (DubGraph *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_array_unref (self->values);
  g_ptr_array_unref (self->nodes);
  g_array_unref (self->inputs);
  g_array_unref (self->outputs);
  g_free (self);
}

int
dub_graph_add_value (DubGraph   *self,
                     const char *name)
{
  DubValue value = { .name = g_strdup (name), .producer = -1 };

  g_array_append_val (self->values, value);

  return (int) self->values->len - 1;
}

int
dub_graph_add_input (DubGraph       *self,
                     const char     *name,
                     DubDtype        dtype,
                     const DubShape *shape)
{
  DubGraphInput input = { .value = dub_graph_add_value (self, name), .dtype = dtype };

  if (shape != NULL) {
    input.has_shape = TRUE;
    input.shape = *shape;
  }
  g_array_append_val (self->inputs, input);

  return input.value;
}

int
dub_graph_add_constant (DubGraph   *self,
                        const char *name,
                        DubTensor  *value,
                        gboolean    is_parameter)
{
  int index = dub_graph_add_value (self, name);

  dub_graph_value (self, index)->constant = dub_tensor_ref (value);
  dub_graph_value (self, index)->is_parameter = is_parameter;

  return index;
}

void
dub_graph_add_node (DubGraph      *self,
                    const char    *op_name,
                    const char    *name,
                    DubAttributes *attributes,
                    const int     *inputs,
                    int            n_inputs,
                    const int     *outputs,
                    int            n_outputs)
{
  DubNode *node = g_new0 (DubNode, 1);

  node->op = dub_op_lookup (op_name);
  node->op_name = g_strdup (op_name);
  node->name = g_strdup (name);
  node->attributes = attributes != NULL ? attributes : dub_attributes_new ();
  node->n_inputs = n_inputs;
  node->inputs = g_memdup2 (inputs, sizeof (int) * (size_t) n_inputs);
  node->n_outputs = n_outputs;
  node->outputs = g_memdup2 (outputs, sizeof (int) * (size_t) n_outputs);

  for (int i = 0; i < n_outputs; i++)
    if (outputs[i] >= 0)
      dub_graph_value (self, outputs[i])->producer = (int) self->nodes->len;

  g_ptr_array_add (self->nodes, node);
}

int
dub_graph_apply (DubGraph   *self,
                 const char *op_name,
                 const char *name,
                 const char *attributes,
                 const int  *inputs,
                 int         n_inputs)
{
  g_autoptr (GError) error = NULL;
  DubAttributes *parsed = dub_attributes_parse (attributes, &error);

  /* The text is the programmer's own. */
  g_return_val_if_fail (parsed != NULL, -1);

  int output = dub_graph_add_value (self, name);

  dub_graph_add_node (self, op_name, name, parsed, inputs, n_inputs, &output, 1);

  return output;
}

void
dub_graph_add_output (DubGraph *self,
                      int       value)
{
  g_array_append_val (self->outputs, value);
}

DubValue *
dub_graph_value (const DubGraph *self,
                 int             value)
{
  g_return_val_if_fail (value >= 0 && value < dub_graph_n_values (self), NULL);

  return &g_array_index (self->values, DubValue, value);
}

DubNode *
dub_graph_node (const DubGraph *self,
                int             node)
{
  g_return_val_if_fail (node >= 0 && node < dub_graph_n_nodes (self), NULL);

  return g_ptr_array_index (self->nodes, node);
}

int
dub_graph_find_value (const DubGraph *self,
                      const char     *name)
{
  for (int i = 0; i < dub_graph_n_values (self); i++)
    if (g_strcmp0 (dub_graph_value (self, i)->name, name) == 0)
      return i;

  return -1;
}

int
dub_graph_n_values (const DubGraph *self)
{
  return (int) self->values->len;
}

int
dub_graph_n_nodes (const DubGraph *self)
{
  return (int) self->nodes->len;
}

int
dub_graph_n_inputs (const DubGraph *self)
{
  return (int) self->inputs->len;
}

int
dub_graph_n_outputs (const DubGraph *self)
{
  return (int) self->outputs->len;
}

const DubGraphInput *
dub_graph_input (const DubGraph *self,
                 int             input)
{
  g_return_val_if_fail (input >= 0 && input < dub_graph_n_inputs (self), NULL);

  return &g_array_index (self->inputs, DubGraphInput, input);
}

int
dub_graph_output (const DubGraph *self,
                  int             output)
{
  g_return_val_if_fail (output >= 0 && output < dub_graph_n_outputs (self), -1);

  return g_array_index (self->outputs, int, output);
}

size_t
dub_graph_n_parameters (const DubGraph *self)
{
  size_t n = 0;

  for (int i = 0; i < dub_graph_n_values (self); i++) {
    const DubValue *value = dub_graph_value (self, i);

    if (value->constant != NULL && value->constant->dtype == DUB_DTYPE_F32)
      n += dub_tensor_n_elements (value->constant);
  }

  return n;
}
