#include "core/nn/graph-copy.h"

static DubAttributes *
copy_attributes (const DubAttributes *attributes)
{
  g_autofree const char **names = dub_attributes_names (attributes);
  DubAttributes *copy = dub_attributes_new ();

  for (size_t i = 0; names[i] != NULL; i++) {
    const char *name = names[i];
    size_t n = 0;

    switch (dub_attributes_get_kind (attributes, name)) {
    case DUB_ATTRIBUTE_INT:
      dub_attributes_set_int (copy, name, dub_attributes_get_int (attributes, name, 0));
      break;
    case DUB_ATTRIBUTE_FLOAT:
      dub_attributes_set_float (copy, name, dub_attributes_get_float (attributes, name, 0.0f));
      break;
    case DUB_ATTRIBUTE_STRING:
      dub_attributes_set_string (copy, name, dub_attributes_get_string (attributes, name, ""));
      break;
    case DUB_ATTRIBUTE_INTS: {
      const int64_t *values = dub_attributes_get_ints (attributes, name, &n);

      dub_attributes_set_ints (copy, name, values, n);
      break;
    }
    case DUB_ATTRIBUTE_FLOATS: {
      const float *values = dub_attributes_get_floats (attributes, name, &n);

      dub_attributes_set_floats (copy, name, values, n);
      break;
    }
    case DUB_ATTRIBUTE_TENSOR:
      dub_attributes_set_tensor (copy, name, dub_attributes_get_tensor (attributes, name));
      break;
    }
  }

  return copy;
}

/* Which values lead to @value; all where it is -1. */
static gboolean *
mark_needed (const DubGraph *self,
             int             value)
{
  int n = dub_graph_n_values (self);
  gboolean *needed = g_new0 (gboolean, (size_t) n + 1);

  for (int i = 0; i < n; i++)
    needed[i] = value < 0 || i == value;
  for (int i = dub_graph_n_nodes (self) - 1; value >= 0 && i >= 0; i--) {
    const DubNode *node = dub_graph_node (self, i);
    gboolean wanted = FALSE;

    for (int k = 0; k < node->n_outputs; k++)
      wanted = wanted || (node->outputs[k] >= 0 && needed[node->outputs[k]]);
    for (int k = 0; wanted && k < node->n_inputs; k++)
      if (node->inputs[k] >= 0)
        needed[node->inputs[k]] = TRUE;
  }

  return needed;
}

static gboolean
is_wanted (const DubNode  *node,
           const gboolean *needed)
{
  for (int k = 0; k < node->n_outputs; k++)
    if (node->outputs[k] >= 0 && needed[node->outputs[k]])
      return TRUE;

  return FALSE;
}

/* Copies values and nodes of @from into @to. @map: (inout) [n_values] index in @to, -1 = not there yet; those that are
 * there (the inputs) are left alone. */
static gboolean
pour (DubGraph        *to,
      const DubGraph  *from,
      const gboolean  *needed,
      const char      *prefix,
      int             *map,
      GError         **error)
{
  /* Values in their order, so that the copy of a whole graph has the same indices. */
  for (int i = 0; i < dub_graph_n_values (from); i++) {
    const DubValue *value = dub_graph_value (from, i);
    g_autofree char *name = g_strconcat (prefix, value->name, NULL);

    if (map[i] >= 0)
      continue;
    if (value->constant == NULL) {
      if (needed[i] || (value->producer >= 0 && is_wanted (dub_graph_node (from, value->producer), needed)))
        map[i] = dub_graph_add_value (to, name);
      continue;
    }
    if (!needed[i])
      continue;

    g_autoptr (DubTensor) numbers = dub_tensor_copy (value->constant, error);

    if (numbers == NULL)
      return FALSE;
    map[i] = dub_graph_add_constant (to, name, numbers, value->is_parameter);
  }

  for (int i = 0; i < dub_graph_n_nodes (from); i++) {
    const DubNode *node = dub_graph_node (from, i);
    g_autofree int *inputs = g_new (int, MAX (node->n_inputs, 1));
    g_autofree int *outputs = g_new (int, MAX (node->n_outputs, 1));
    g_autofree char *name = g_strconcat (prefix, node->name, NULL);

    if (!is_wanted (node, needed))
      continue;
    for (int k = 0; k < node->n_inputs; k++)
      inputs[k] = node->inputs[k] >= 0 ? map[node->inputs[k]] : -1;
    for (int k = 0; k < node->n_outputs; k++)
      outputs[k] = node->outputs[k] >= 0 ? map[node->outputs[k]] : -1;
    dub_graph_add_node (to, node->op_name, name, copy_attributes (node->attributes), inputs, node->n_inputs, outputs,
                        node->n_outputs);
  }

  return TRUE;
}

static DubGraph *
copy_part (const DubGraph  *self,
           int              value,
           GError         **error)
{
  g_autoptr (DubGraph) copy = dub_graph_new (self->name, self->opset);
  g_autofree gboolean *needed = mark_needed (self, value);
  int n = dub_graph_n_values (self);
  g_autofree int *map = g_new (int, (size_t) n + 1);

  for (int i = 0; i < n; i++)
    map[i] = -1;
  for (int i = 0; i < dub_graph_n_inputs (self); i++)
    needed[dub_graph_input (self, i)->value] = TRUE;
  if (!pour (copy, self, needed, "", map, error))
    return NULL;

  for (int i = 0; i < dub_graph_n_inputs (self); i++) {
    DubGraphInput input = *dub_graph_input (self, i);

    input.value = map[input.value];
    g_array_append_val (copy->inputs, input);
  }
  if (value >= 0)
    dub_graph_add_output (copy, map[value]);
  for (int i = 0; value < 0 && i < dub_graph_n_outputs (self); i++)
    dub_graph_add_output (copy, map[dub_graph_output (self, i)]);

  return g_steal_pointer (&copy);
}

DubGraph *
dub_graph_copy (const DubGraph  *self,
                GError         **error)
{
  return copy_part (self, -1, error);
}

DubGraph *
dub_graph_cut (const DubGraph  *self,
               int              value,
               GError         **error)
{
  g_return_val_if_fail (value >= 0 && value < dub_graph_n_values (self), NULL);

  return copy_part (self, value, error);
}

/* Which values the outputs need when @value is given. FALSE where they need an input besides. */
static gboolean
mark_behind (const DubGraph *self,
             int             value,
             gboolean       *needed)
{
  for (int i = 0; i < dub_graph_n_outputs (self); i++)
    needed[dub_graph_output (self, i)] = TRUE;
  for (int i = dub_graph_n_nodes (self) - 1; i >= 0; i--) {
    const DubNode *node = dub_graph_node (self, i);
    gboolean wanted = FALSE, makes_it = FALSE;

    for (int k = 0; k < node->n_outputs; k++) {
      wanted = wanted || (node->outputs[k] >= 0 && node->outputs[k] != value && needed[node->outputs[k]]);
      makes_it = makes_it || node->outputs[k] == value;
    }
    if (makes_it && wanted)
      return FALSE;
    for (int k = 0; wanted && k < node->n_inputs; k++)
      if (node->inputs[k] >= 0)
        needed[node->inputs[k]] = TRUE;
  }
  for (int i = 0; i < dub_graph_n_inputs (self); i++)
    if (needed[dub_graph_input (self, i)->value])
      return FALSE;

  return TRUE;
}

DubGraph *
dub_graph_tail (const DubGraph  *self,
                int              value,
                const DubShape  *shape,
                GError         **error)
{
  int n = dub_graph_n_values (self);
  g_autoptr (DubGraph) tail = dub_graph_new (self->name, self->opset);
  g_autofree gboolean *needed = g_new0 (gboolean, (size_t) n + 1);
  g_autofree int *map = g_new (int, (size_t) n + 1);

  g_return_val_if_fail (value >= 0 && value < n, NULL);

  if (!mark_behind (self, value, needed))
    return NULL;
  for (int i = 0; i < n; i++)
    map[i] = -1;
  map[value] = dub_graph_add_input (tail, dub_graph_value (self, value)->name, DUB_DTYPE_F32, shape);
  needed[value] = FALSE;
  if (!pour (tail, self, needed, "", map, error))
    return NULL;
  for (int i = 0; i < dub_graph_n_outputs (self); i++)
    dub_graph_add_output (tail, map[dub_graph_output (self, i)]);

  return g_steal_pointer (&tail);
}

gboolean
dub_graph_append (DubGraph        *front,
                  const DubGraph  *back,
                  const char      *prefix,
                  GError         **error)
{
  g_return_val_if_fail (dub_graph_n_inputs (back) == 1 && dub_graph_n_outputs (front) >= 1, FALSE);

  int n = dub_graph_n_values (back);
  g_autofree gboolean *needed = mark_needed (back, -1);
  g_autofree int *map = g_new (int, (size_t) n + 1);

  for (int i = 0; i < n; i++)
    map[i] = -1;
  map[dub_graph_input (back, 0)->value] = dub_graph_output (front, 0);
  if (!pour (front, back, needed, prefix, map, error))
    return FALSE;

  g_array_set_size (front->outputs, 0);
  for (int i = 0; i < dub_graph_n_outputs (back); i++)
    dub_graph_add_output (front, map[dub_graph_output (back, i)]);

  return TRUE;
}
