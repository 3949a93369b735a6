#include "core/explain/heatmap-reach.h"

#include <string.h>

/* Element by element; further inputs are constants without extents. */
static const char *const POINTWISE[] = {
  "Abs", "BatchNormalization", "Celu", "Clip", "Dropout", "Elu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Neg", "PRelu",
  "Relu", "Selu", "Sigmoid", "Softplus", "Softsign", "Tanh", "ThresholdedRelu", NULL
};
static const char *const JOINING[] = { "Add", "Concat", "Div", "Max", "Min", "Mul", "Sub", NULL };
static const char *const SLIDING[] = { "AveragePool", "Conv", "MaxPool", NULL };

/* A constant that is the same at all places: a scalar, or one number a channel with extents of one. */
static gboolean
is_flat (const DubGraph *graph,
         int             value)
{
  const DubTensor *constant = value >= 0 ? dub_graph_value (graph, value)->constant : NULL;

  if (constant == NULL)
    return FALSE;
  if (dub_tensor_n_elements (constant) == 1)
    return TRUE;
  for (int a = 2; a < constant->shape.rank; a++)
    if (constant->shape.dim[a] != 1)
      return FALSE;

  return constant->shape.rank >= 4;
}

static DubReach
join (const DubGraph *graph,
      const DubNode  *node,
      const DubReach *reaches)
{
  DubReach sum = { 0 };

  if (strcmp (node->op_name, "Concat") == 0 && dub_attributes_get_int (node->attributes, "axis", 0) != 1)
    return sum;
  for (int k = 0; k < node->n_inputs; k++) {
    const DubReach *one = node->inputs[k] >= 0 ? &reaches[node->inputs[k]] : NULL;

    if (is_flat (graph, node->inputs[k]))
      continue;
    if (one == NULL || !one->known || (sum.known && memcmp (sum.step, one->step, sizeof sum.step) != 0))
      return (DubReach) { 0 };
    if (!sum.known) {
      sum = *one;
      continue;
    }
    for (int a = 0; a < 3; a++) {
      sum.low[a] = MIN (sum.low[a], one->low[a]);
      sum.high[a] = MAX (sum.high[a], one->high[a]);
    }
  }

  return sum;
}

/* Attribute @name of axis @a of @n, or @fallback where it is absent. FALSE for another number of numbers. */
static gboolean
read_ints (const DubNode *node,
           const char    *name,
           int            n,
           int64_t        fallback,
           int64_t       *numbers)
{
  size_t n_found;
  const int64_t *found = dub_attributes_get_ints (node->attributes, name, &n_found);

  for (int a = 0; a < n; a++)
    numbers[a] = found != NULL && n_found == (size_t) n ? found[a] : fallback;

  return found == NULL || n_found == (size_t) n;
}

static DubReach
slide (const DubGraph *graph,
       const DubNode  *node,
       const DubReach *from,
       int             n_axes)
{
  int64_t kernel[3], step[3], dilation[3], pads[6];
  const char *auto_pad = dub_attributes_get_string (node->attributes, "auto_pad", "NOTSET");
  const DubTensor *weight = node->n_inputs > 1 && node->inputs[1] >= 0 ? dub_graph_value (graph, node->inputs[1])->constant : NULL;
  DubReach reach = *from;

  if (strcmp (auto_pad, "NOTSET") != 0 || dub_attributes_get_int (node->attributes, "ceil_mode", 0) != 0 ||
      !read_ints (node, "kernel_shape", n_axes, 0, kernel) || !read_ints (node, "strides", n_axes, 1, step) ||
      !read_ints (node, "dilations", n_axes, 1, dilation) || !read_ints (node, "pads", 2 * n_axes, 0, pads))
    return (DubReach) { 0 };
  for (int a = 0; a < n_axes; a++) {
    int axis = 3 - n_axes + a;

    if (kernel[a] == 0 && weight != NULL && weight->shape.rank == n_axes + 2)
      kernel[a] = weight->shape.dim[2 + a];
    if (kernel[a] < 1 || step[a] < 1 || dilation[a] < 1 || pads[a] < 0)
      return (DubReach) { 0 };
    reach.low[axis] = from->low[axis] - pads[a] * from->step[axis];
    reach.high[axis] = from->high[axis] + ((kernel[a] - 1) * dilation[a] - pads[a]) * from->step[axis];
    reach.step[axis] = from->step[axis] * step[a];
  }

  return reach;
}

DubReach *
_dub_reach_of_values (const DubGraph *graph,
                      int             n_axes)
{
  DubReach *reaches = g_new0 (DubReach, (size_t) dub_graph_n_values (graph) + 1);

  reaches[dub_graph_input (graph, 0)->value] = (DubReach) { .known = TRUE, .step = { 1, 1, 1 } };
  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    const DubNode *node = dub_graph_node (graph, i);
    const DubReach *first = node->n_inputs > 0 && node->inputs[0] >= 0 ? &reaches[node->inputs[0]] : NULL;
    DubReach reach = { 0 };

    if (node->n_outputs < 1 || node->outputs[0] < 0)
      continue;
    if (g_strv_contains (JOINING, node->op_name))
      reach = join (graph, node, reaches);
    else if (first != NULL && first->known && g_strv_contains (POINTWISE, node->op_name))
      reach = *first;
    else if (first != NULL && first->known && g_strv_contains (SLIDING, node->op_name))
      reach = slide (graph, node, first, n_axes);
    reaches[node->outputs[0]] = reach;
  }

  return reaches;
}
