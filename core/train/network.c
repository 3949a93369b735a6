#include "core/train/network.h"

#include "core/base/memory.h"
#include "core/io/file.h"
#include "core/io/onnx.h"
#include "core/nn/arch.h"
#include "core/nn/graph-copy.h"
#include "core/train/loop.h"

#include <string.h>

void
dub_network_free (DubNetwork *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->plan, dub_plan_free);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_clear_pointer (&self->backbone, dub_graph_unref);
  g_free (self->backbone_hash);
  g_free (self->description);
  g_free (self);
}

static size_t
count_learnt (const DubGraph *graph)
{
  size_t n = 0;

  for (int i = 0; i < dub_graph_n_values (graph); i++)
    if (dub_graph_value (graph, i)->is_parameter)
      n += dub_tensor_n_elements (dub_graph_value (graph, i)->constant);

  return n;
}

/* --- the backbone --- */

/* The value called @name, or the first output of the node called so; -1 = none. */
static int
find_cut (const DubGraph *graph,
          const char     *name)
{
  int value = dub_graph_find_value (graph, name);

  for (int i = 0; value < 0 && i < dub_graph_n_nodes (graph); i++)
    if (g_strcmp0 (dub_graph_node (graph, i)->name, name) == 0)
      value = dub_graph_node (graph, i)->outputs[0];

  return value >= 0 && dub_graph_value (graph, value)->constant == NULL ? value : -1;
}

static gboolean
load_backbone (DubNetwork  *self,
               const char  *path,
               const char  *node,
               GError     **error)
{
  g_autoptr (DubGraph) whole = dub_onnx_load (path, error);

  if (whole == NULL || (self->backbone_hash = dub_file_sha256 (path, error)) == NULL)
    return FALSE;
  if (dub_graph_n_inputs (whole) != 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "%s has %d inputs; a backbone needs one.", path,
                 dub_graph_n_inputs (whole));
    return FALSE;
  }

  int cut = find_cut (whole, node);

  if (cut < 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%s has no node or value called \"%s\"; its last node is \"%s\".", path, node,
                 dub_graph_n_nodes (whole) > 0 ? dub_graph_node (whole, dub_graph_n_nodes (whole) - 1)->name : "");
    return FALSE;
  }
  self->backbone = dub_graph_cut (whole, cut, error);
  if (self->backbone == NULL)
    return FALSE;
  for (int i = 0; i < dub_graph_n_values (self->backbone); i++)
    dub_graph_value (self->backbone, i)->is_parameter = FALSE;
  dub_train_freeze (self->backbone);

  return TRUE;
}

static gboolean
plan_backbone (DubNetwork  *self,
               DubRun      *run,
               GError     **error)
{
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  DubType input = { .dtype = DUB_DTYPE_F32, .shape = { .rank = self->input.rank + 1, .dim = { 1 } } };

  for (int i = 0; i < self->input.rank; i++)
    input.shape.dim[i + 1] = self->input.dim[i];
  self->plan = dub_plan_new (self->backbone, &input, &options, run, error);
  if (self->plan == NULL)
    return FALSE;

  const DubType *output = dub_plan_output_type (self->plan, 0);

  if (output->dtype != DUB_DTYPE_F32 || output->shape.rank < 2 || output->shape.dim[0] != 1) {
    g_autofree char *found = dub_shape_to_string (&output->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The backbone %s gives %s of shape %s where it is cut; expected float32 of shape 1×C×….",
                 self->backbone->name, dub_dtype_name (output->dtype), found);
    return FALSE;
  }
  self->maps = (DubShape) { .rank = output->shape.rank - 1 };
  for (int i = 0; i < self->maps.rank; i++)
    self->maps.dim[i] = output->shape.dim[i + 1];

  return TRUE;
}

static gboolean
make_frozen (DubNetwork      *self,
             const DubRecipe *recipe,
             DubArchOptions  *options,
             DubRun          *run,
             GError         **error)
{
  g_autofree char *path = NULL;
  g_autofree char *node = NULL;

  if (!dub_recipe_split_arch (recipe->arch, &path, &node) || !load_backbone (self, path, node, error) ||
      !plan_backbone (self, run, error))
    return FALSE;
  options->input = self->maps;
  self->graph = dub_arch_head (options, error);

  g_autofree char *name = g_path_get_basename (path);

  self->description = g_strdup_printf ("%s frozen up to %s", name, node);

  return self->graph != NULL;
}

DubNetwork *
dub_network_new (const DubRecipe  *recipe,
                 const DubShape   *input,
                 int               n_classes,
                 uint64_t          seed,
                 DubRun           *run,
                 GError          **error)
{
  g_autoptr (DubNetwork) self = g_new0 (DubNetwork, 1);
  DubArchOptions options = {
    .input = *input, .n_classes = n_classes, .width = recipe->width, .depth = recipe->depth, .dropout = recipe->dropout,
    .seed = seed,
  };

  self->input = self->maps = *input;
  if (g_str_has_prefix (recipe->arch, "onnx:")) {
    if (!make_frozen (self, recipe, &options, run, error))
      return NULL;
  } else {
    self->graph = dub_arch_new (recipe->arch, &options, error);
    self->description = dub_arch_describe (recipe->arch, &options);
    if (self->graph == NULL)
      return NULL;
  }
  self->n_parameters = count_learnt (self->graph);

  return g_steal_pointer (&self);
}

gboolean
dub_network_features (DubNetwork   *self,
                      const float  *prepared,
                      float        *target,
                      DubRun       *run,
                      GError      **error)
{
  DubShape shape = { .rank = self->input.rank + 1, .dim = { 1 } };

  for (int i = 0; i < self->input.rank; i++)
    shape.dim[i + 1] = self->input.dim[i];

  g_autoptr (DubTensor) input = dub_tensor_new_wrapped (DUB_DTYPE_F32, shape, (void *) prepared, NULL, NULL);

  if (!dub_plan_forward (self->plan, &input, 0, run, error))
    return FALSE;
  memcpy (target, dub_plan_output (self->plan, 0)->data, dub_shape_n_elements (&self->maps) * sizeof (float));

  return TRUE;
}

/* --- the network as inference has it --- */

/* Every constant that the state holds, under "@prefix" and "parameter/" or "statistic/". */
static gboolean
take_weights (DubGraph             *graph,
              const DubTrainState  *weights,
              const char           *prefix,
              GError              **error)
{
  for (int i = 0; i < dub_graph_n_values (graph); i++) {
    const DubValue *value = dub_graph_value (graph, i);
    g_autofree char *parameter = g_strconcat (prefix, "parameter/", value->name, NULL);
    g_autofree char *statistic = g_strconcat (prefix, "statistic/", value->name, NULL);

    if (value->constant == NULL)
      continue;

    const char *name = value->is_parameter ? parameter : statistic;

    /* Constants that nothing trains (the share of a dropout) are in no state. */
    if (!value->is_parameter && dub_train_state_find (weights, name) == NULL)
      continue;

    DubTensor *numbers =
      dub_train_state_expect (weights, name, value->constant->dtype, &value->constant->shape, error);

    if (numbers == NULL)
      return FALSE;
    dub_tensor_assign (value->constant, numbers);
  }

  return TRUE;
}

/* Until operator set 12 the share of a dropout is an attribute. */
static void
downgrade_dropout (DubGraph *graph)
{
  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    DubNode *node = dub_graph_node (graph, i);

    if (g_strcmp0 (node->op_name, "Dropout") != 0 || node->n_inputs < 2 || node->inputs[1] < 0)
      continue;

    const DubTensor *ratio = dub_graph_value (graph, node->inputs[1])->constant;

    if (ratio == NULL)
      continue;
    dub_attributes_set_float (node->attributes, "ratio", (float) dub_tensor_get_double (ratio, 0));
    node->n_inputs = 1;
  }
}

DubGraph *
dub_network_freeze (const DubNetwork     *self,
                    const DubTrainState  *weights,
                    const char           *prefix,
                    GError              **error)
{
  g_autoptr (DubGraph) graph = dub_graph_copy (self->graph, error);

  if (graph == NULL || (weights != NULL && !take_weights (graph, weights, prefix, error)))
    return NULL;
  dub_train_freeze (graph);
  if (self->backbone == NULL)
    return g_steal_pointer (&graph);

  g_autoptr (DubGraph) whole = dub_graph_copy (self->backbone, error);

  if (whole == NULL)
    return NULL;
  if (whole->opset < 12)
    downgrade_dropout (graph);
  /* Other tools read the outputs by the names "logits" and "features"; the backbone's names are its own business. */
  if (!dub_graph_append (whole, graph, "", error))
    return NULL;

  return g_steal_pointer (&whole);
}
