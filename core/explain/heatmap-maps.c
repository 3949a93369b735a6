/* Which maps Grad-CAM reads: the last ones that still have a place for everything, before pooling and dense layers. */
#include "core/explain/heatmap-private.h"

#include "core/base/memory.h"

#include <string.h>

/* Nodes behind which the same features are seen more coarsely, or only in another order. */
static const char *const COARSER[] = {
  "MaxPool", "AveragePool", "Identity", "Dropout", "Transpose", "Reshape", "Flatten", "Pad", NULL
};

/* Values that output 0 depends on. */
static gboolean *
mark_needed (const DubGraph *graph)
{
  gboolean *needed = g_new0 (gboolean, (size_t) dub_graph_n_values (graph) + 1);

  needed[dub_graph_output (graph, 0)] = TRUE;
  for (int i = dub_graph_n_nodes (graph) - 1; i >= 0; i--) {
    const DubNode *node = dub_graph_node (graph, i);
    gboolean wanted = FALSE;

    for (int k = 0; k < node->n_outputs; k++)
      wanted = wanted || (node->outputs[k] >= 0 && needed[node->outputs[k]]);
    for (int k = 0; wanted && k < node->n_inputs; k++)
      if (node->inputs[k] >= 0)
        needed[node->inputs[k]] = TRUE;
  }

  return needed;
}

/* Values that a convolution leads to. */
static gboolean *
mark_convolved (const DubGraph *graph)
{
  gboolean *convolved = g_new0 (gboolean, (size_t) dub_graph_n_values (graph) + 1);

  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    const DubNode *node = dub_graph_node (graph, i);
    gboolean reached = g_str_has_prefix (node->op_name, "Conv");

    for (int k = 0; k < node->n_inputs; k++)
      reached = reached || (node->inputs[k] >= 0 && convolved[node->inputs[k]]);
    for (int k = 0; reached && k < node->n_outputs; k++)
      if (node->outputs[k] >= 0)
        convolved[node->outputs[k]] = TRUE;
  }

  return convolved;
}

/* (1, channels, spatial…) with at least two places, as many axes as the image. */
static gboolean
is_map (const DubType *type,
        int            rank)
{
  int64_t places = 1;

  if (type->dtype != DUB_DTYPE_F32 || type->shape.rank != rank)
    return FALSE;
  for (int a = 2; a < rank; a++)
    places *= type->shape.dim[a];

  return places > 1;
}

/* Types of the first outputs of all nodes, planned for one image: [n_nodes] of the result. (transfer full) */
static DubPlan *
plan_types (const DubHeatmapLook  *look,
            DubGraph              *graph,
            DubRun                *run,
            GError               **error)
{
  int n_nodes = dub_graph_n_nodes (graph);
  g_autofree int *values = g_new (int, (size_t) MAX (n_nodes, 1));
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = { .rank = look->input.rank + 1, .dim = { 1 } } };

  for (int i = 0; i < n_nodes; i++) {
    const DubNode *node = dub_graph_node (graph, i);

    /* A node without a named first output stands under the graph's own. */
    values[i] = node->outputs[0] >= 0 ? node->outputs[0] : dub_graph_output (graph, 0);
  }
  memcpy (type.shape.dim + 1, look->input.dim, sizeof (int64_t) * (size_t) look->input.rank);

  DubPlanOptions options = {
    .types_only = TRUE, .extra_outputs = values, .n_extra_outputs = (size_t) n_nodes, .memory_limit = dub_memory_limit (),
  };

  return dub_plan_new (graph, &type, &options, run, error);
}

static const DubType *
type_of (const DubPlan  *types,
         const DubGraph *graph,
         int             value)
{
  int producer = dub_graph_value (graph, value)->producer;

  if (producer < 0 || dub_graph_node (graph, producer)->outputs[0] != value)
    return NULL;

  return dub_plan_output_type (types, dub_graph_n_outputs (graph) + producer);
}

/* The last map before the answer, then back past what only made it coarser. */
static int
search (const DubGraph *graph,
        const DubPlan  *types,
        int             rank)
{
  g_autofree gboolean *needed = mark_needed (graph);
  g_autofree gboolean *convolved = mark_convolved (graph);
  int found = -1;

  for (int i = dub_graph_n_nodes (graph) - 1; found < 0 && i >= 0; i--) {
    int value = dub_graph_node (graph, i)->outputs[0];

    if (value >= 0 && needed[value] && convolved[value] && is_map (type_of (types, graph, value), rank))
      found = value;
  }
  while (found >= 0) {
    const DubNode *node = dub_graph_node (graph, dub_graph_value (graph, found)->producer);
    const DubType *before = node->inputs[0] >= 0 ? type_of (types, graph, node->inputs[0]) : NULL;

    if (!g_strv_contains (COARSER, node->op_name) || before == NULL || !is_map (before, rank))
      return found;
    found = node->inputs[0];
  }

  return -1;
}

/* A value by its name or that of the node that makes it. */
static int
find_named (const DubGraph *graph,
            const char     *name)
{
  int value = dub_graph_find_value (graph, name);

  for (int i = 0; value < 0 && i < dub_graph_n_nodes (graph); i++)
    if (g_strcmp0 (dub_graph_node (graph, i)->name, name) == 0)
      value = dub_graph_node (graph, i)->outputs[0];

  return value;
}

gboolean
_dub_heatmap_find_maps (const DubHeatmapLook  *look,
                        const char            *name,
                        int                   *maps,
                        DubRun                *run,
                        GError               **error)
{
  int rank = look->input.rank + 1;

  for (size_t m = 0; m < look->n_networks; m++) {
    DubGraph *graph = look->graphs[m];
    g_autoptr (DubPlan) types = plan_types (look, graph, run, error);

    if (types == NULL)
      return FALSE;
    if (name == NULL) {
      maps[m] = search (graph, types, rank);
      if (maps[m] < 0) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                     "The network %s has no convolution with a place for everything before its answer; Grad-CAM needs its feature "
                     "maps. Occlusion and gradients need none.", graph->name);
        return FALSE;
      }
      continue;
    }

    maps[m] = find_named (graph, name);

    const DubType *type = maps[m] >= 0 ? type_of (types, graph, maps[m]) : NULL;

    if (type == NULL || !is_map (type, rank)) {
      g_autofree char *shape = type != NULL ? dub_shape_to_string (&type->shape) : NULL;

      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "The layer “%s” of the network %s %s%s; Grad-CAM needs feature maps of %d spatial axes.", name, graph->name,
                   shape != NULL ? "has the shape " : "is not there", shape != NULL ? shape : "", rank - 2);
      return FALSE;
    }
  }

  return TRUE;
}
