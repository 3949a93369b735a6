/* Graph to ModelProto. The nodes go out as they stand, under the operator set that they were written for; a graph
 * that was built here has the one it was given. */
#include "core/io/onnx.h"

#include "core/io/file.h"
#include "core/io/onnx-tensor.h"
#include "core/nn/model-info.h"

#include <string.h>

/* Protobuf's own limit. */
static const size_t LARGEST = G_MAXINT32;

/* Everything that the messages point to and that lives as long as they do. */
typedef struct {
  const DubGraph *graph;
  GPtrArray      *memory;  /* freed with g_free */
  GPtrArray      *tensors; /* contiguous constants */
  const char    **names;   /* [n_values] unique */
} Export;

static void *
take (Export *export,
      void   *memory)
{
  g_ptr_array_add (export->memory, memory);

  return memory;
}

/* A zeroed message or array that lives as long as the export. */
#define NEW(export, type, n) ((type *) take (export, g_new0 (type, MAX (1, n))))

static char *
text (Export     *export,
      const char *string)
{
  return take (export, g_strdup (string != NULL ? string : ""));
}

/* Names come from people and files: an empty or repeated one gets its index. */
static void
choose_names (Export *export)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  int n = dub_graph_n_values (export->graph);

  export->names = NEW (export, const char *, (size_t) n);
  for (int i = 0; i < n; i++) {
    char *name = text (export, dub_graph_value (export->graph, i)->name);

    while (*name == '\0' || g_hash_table_contains (taken, name))
      name = take (export, g_strdup_printf ("%s_%d", name, i));
    g_hash_table_add (taken, name);
    export->names[i] = name;
  }
}

static gboolean
export_tensor (Export             *export,
               const char         *name,
               DubTensor          *tensor,
               Onnx__TensorProto  *proto,
               GError            **error)
{
  DubTensor *contiguous = dub_tensor_contiguous (tensor, error);

  if (contiguous == NULL)
    return FALSE;
  g_ptr_array_add (export->tensors, contiguous);

  onnx__tensor_proto__init (proto);
  proto->name = text (export, name);
  proto->n_dims = (size_t) contiguous->shape.rank;
  proto->dims = take (export, g_memdup2 (contiguous->shape.dim, sizeof (int64_t) * DUB_MAX_RANK));
  proto->has_data_type = TRUE;
  proto->data_type = dub_onnx_data_type (contiguous->dtype);
  proto->has_raw_data = TRUE;
  proto->raw_data.len = dub_tensor_n_bytes (contiguous);
  proto->raw_data.data = contiguous->data;

  return TRUE;
}

static gboolean
export_attribute (Export                *export,
                  const DubAttributes   *attributes,
                  const char            *name,
                  Onnx__AttributeProto  *proto,
                  GError               **error)
{
  const int64_t *wholes;
  const float *reals;
  size_t n;

  onnx__attribute_proto__init (proto);
  proto->name = text (export, name);
  proto->has_type = TRUE;

  switch (dub_attributes_get_kind (attributes, name)) {
  case DUB_ATTRIBUTE_INT:
    proto->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
    proto->has_i = TRUE;
    proto->i = dub_attributes_get_int (attributes, name, 0);
    return TRUE;
  case DUB_ATTRIBUTE_FLOAT:
    proto->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
    proto->has_f = TRUE;
    proto->f = dub_attributes_get_float (attributes, name, 0.0f);
    return TRUE;
  case DUB_ATTRIBUTE_STRING:
    proto->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
    proto->has_s = TRUE;
    proto->s.data = (uint8_t *) text (export, dub_attributes_get_string (attributes, name, ""));
    proto->s.len = strlen ((const char *) proto->s.data);
    return TRUE;
  case DUB_ATTRIBUTE_INTS:
    proto->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
    wholes = dub_attributes_get_ints (attributes, name, &n);
    proto->n_ints = n;
    proto->ints = take (export, g_memdup2 (wholes, n * sizeof (int64_t)));
    return TRUE;
  case DUB_ATTRIBUTE_FLOATS:
    proto->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS;
    reals = dub_attributes_get_floats (attributes, name, &n);
    proto->n_floats = n;
    proto->floats = take (export, g_memdup2 (reals, n * sizeof (float)));
    return TRUE;
  case DUB_ATTRIBUTE_TENSOR:
    proto->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
    proto->t = NEW (export, Onnx__TensorProto, 1);
    return export_tensor (export, "", dub_attributes_get_tensor (attributes, name), proto->t, error);
  }

  return TRUE;
}

/* "com.microsoft::Gelu" goes back into its two fields. */
static void
export_op (Export           *export,
           const char       *op_name,
           Onnx__NodeProto  *proto)
{
  const char *end = strstr (op_name, "::");

  proto->op_type = text (export, end != NULL ? end + 2 : op_name);
  if (end != NULL)
    proto->domain = take (export, g_strndup (op_name, (size_t) (end - op_name)));
}

static gboolean
export_node (Export           *export,
             const DubNode    *node,
             Onnx__NodeProto  *proto,
             GError          **error)
{
  g_autofree const char **names = dub_attributes_names (node->attributes);

  onnx__node_proto__init (proto);
  proto->name = text (export, node->name);
  export_op (export, node->op_name, proto);
  proto->n_input = (size_t) node->n_inputs;
  proto->input = NEW (export, char *, proto->n_input);
  for (int i = 0; i < node->n_inputs; i++)
    proto->input[i] = node->inputs[i] >= 0 ? (char *) export->names[node->inputs[i]] : text (export, "");
  proto->n_output = (size_t) node->n_outputs;
  proto->output = NEW (export, char *, proto->n_output);
  for (int i = 0; i < node->n_outputs; i++)
    proto->output[i] = node->outputs[i] >= 0 ? (char *) export->names[node->outputs[i]] : text (export, "");

  proto->n_attribute = g_strv_length ((char **) names);
  proto->attribute = NEW (export, Onnx__AttributeProto *, proto->n_attribute);
  for (size_t i = 0; i < proto->n_attribute; i++) {
    proto->attribute[i] = NEW (export, Onnx__AttributeProto, 1);
    if (!export_attribute (export, node->attributes, names[i], proto->attribute[i], error))
      return FALSE;
  }

  return TRUE;
}

/* @shape: (nullable): extents below 0 are free, called "@prefix_<axis>". */
static Onnx__ValueInfoProto *
value_info (Export         *export,
            int             value,
            DubDtype        dtype,
            const DubShape *shape,
            const char     *prefix)
{
  Onnx__ValueInfoProto *info = NEW (export, Onnx__ValueInfoProto, 1);
  Onnx__TypeProto__Tensor *tensor = NEW (export, Onnx__TypeProto__Tensor, 1);

  onnx__value_info_proto__init (info);
  info->name = (char *) export->names[value];
  info->type = NEW (export, Onnx__TypeProto, 1);
  onnx__type_proto__init (info->type);
  info->type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  info->type->tensor_type = tensor;
  onnx__type_proto__tensor__init (tensor);
  tensor->has_elem_type = TRUE;
  tensor->elem_type = dub_onnx_data_type (dtype);
  if (shape == NULL)
    return info;

  tensor->shape = NEW (export, Onnx__TensorShapeProto, 1);
  onnx__tensor_shape_proto__init (tensor->shape);
  tensor->shape->n_dim = (size_t) shape->rank;
  tensor->shape->dim = NEW (export, Onnx__TensorShapeProto__Dimension *, (size_t) shape->rank);
  for (int i = 0; i < shape->rank; i++) {
    Onnx__TensorShapeProto__Dimension *dim = NEW (export, Onnx__TensorShapeProto__Dimension, 1);

    onnx__tensor_shape_proto__dimension__init (dim);
    tensor->shape->dim[i] = dim;
    if (shape->dim[i] >= 0) {
      dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
      dim->dim_value = shape->dim[i];
    } else {
      dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
      dim->dim_param = i == 0 ? text (export, "N") : take (export, g_strdup_printf ("%s_%d", prefix, i));
    }
  }

  return info;
}

/* With @n for a free first extent and @extent for the other free ones; @inputs is room for the types. */
static DubModelInfo *
info_for (DubGraph *graph,
          DubType  *inputs,
          int64_t   n,
          int64_t   extent)
{
  for (int i = 0; i < dub_graph_n_inputs (graph); i++) {
    const DubGraphInput *input = dub_graph_input (graph, i);

    inputs[i] = (DubType) { .dtype = input->dtype, .shape = input->shape };
    for (int axis = 0; axis < input->shape.rank; axis++)
      if (input->shape.dim[axis] < 0)
        inputs[i].shape.dim[axis] = axis == 0 ? n : extent;
  }

  return dub_model_info_new (graph, inputs, NULL, NULL);
}

/* Types of the outputs, found by planning twice with different numbers for the free extents: what then differs is
 * free too. The smallest numbers that the network accepts are used. NULL: no such plan exists. */
static DubType *
output_types (DubGraph *graph)
{
  static const int64_t tries[] = { 1, 16, 64 };
  size_t n_inputs = (size_t) dub_graph_n_inputs (graph);
  size_t n_outputs = (size_t) dub_graph_n_outputs (graph);
  g_autofree DubType *inputs = g_new0 (DubType, MAX (1, n_inputs));

  for (size_t t = 0; t < G_N_ELEMENTS (tries); t++) {
    g_autoptr (DubModelInfo) small = info_for (graph, inputs, 1, tries[t]);
    g_autoptr (DubModelInfo) large = info_for (graph, inputs, 2, 2 * tries[t]);

    if (small == NULL || large == NULL || !small->cost_known || !large->cost_known)
      continue;

    for (size_t i = 0; i < n_outputs; i++) {
      DubShape *shape = &small->outputs[i].shape;

      for (int axis = 0; axis < shape->rank; axis++)
        if (shape->dim[axis] != large->outputs[i].shape.dim[axis])
          shape->dim[axis] = -1;
    }
    return g_steal_pointer (&small->outputs);
  }

  return NULL;
}

static void
export_ends (Export           *export,
             Onnx__GraphProto *proto)
{
  DubGraph *graph = (DubGraph *) export->graph;
  g_autofree DubType *types = output_types (graph);

  proto->n_input = (size_t) dub_graph_n_inputs (graph);
  proto->input = NEW (export, Onnx__ValueInfoProto *, proto->n_input);
  for (size_t i = 0; i < proto->n_input; i++) {
    const DubGraphInput *input = dub_graph_input (graph, (int) i);

    proto->input[i] = value_info (export, input->value, input->dtype, input->has_shape ? &input->shape : NULL, "in");
  }

  proto->n_output = (size_t) dub_graph_n_outputs (graph);
  proto->output = NEW (export, Onnx__ValueInfoProto *, proto->n_output);
  for (size_t i = 0; i < proto->n_output; i++)
    proto->output[i] = value_info (export, dub_graph_output (graph, (int) i), types != NULL ? types[i].dtype : DUB_DTYPE_F32,
                                   types != NULL ? &types[i].shape : NULL, "out");
}

static gboolean
export_graph (Export            *export,
              Onnx__GraphProto  *proto,
              GError           **error)
{
  const DubGraph *graph = export->graph;

  proto->initializer = NEW (export, Onnx__TensorProto *, (size_t) dub_graph_n_values (graph));
  for (int i = 0; i < dub_graph_n_values (graph); i++) {
    DubTensor *constant = dub_graph_value (graph, i)->constant;

    if (constant == NULL)
      continue;
    proto->initializer[proto->n_initializer] = NEW (export, Onnx__TensorProto, 1);
    if (!export_tensor (export, export->names[i], constant, proto->initializer[proto->n_initializer++], error))
      return FALSE;
  }

  proto->n_node = (size_t) dub_graph_n_nodes (graph);
  proto->node = NEW (export, Onnx__NodeProto *, proto->n_node);
  for (size_t i = 0; i < proto->n_node; i++) {
    proto->node[i] = NEW (export, Onnx__NodeProto, 1);
    if (!export_node (export, dub_graph_node (graph, (int) i), proto->node[i], error))
      return FALSE;
  }
  export_ends (export, proto);

  return TRUE;
}

/* One set for the standard operators and one for each other domain among the nodes. */
static void
export_opsets (Export           *export,
               Onnx__ModelProto *model)
{
  int n_nodes = dub_graph_n_nodes (export->graph);
  g_autoptr (GHashTable) domains = g_hash_table_new (g_str_hash, g_str_equal);

  model->opset_import = NEW (export, Onnx__OperatorSetIdProto *, (size_t) n_nodes + 1);
  for (int i = -1; i < n_nodes; i++) {
    const char *domain = i < 0 ? "" : model->graph->node[i]->domain;
    Onnx__OperatorSetIdProto *set;

    if (domain == NULL || !g_hash_table_add (domains, (gpointer) domain))
      continue;
    set = NEW (export, Onnx__OperatorSetIdProto, 1);
    onnx__operator_set_id_proto__init (set);
    set->domain = (char *) domain;
    set->has_version = TRUE;
    set->version = i < 0 ? export->graph->opset : 1;
    model->opset_import[model->n_opset_import++] = set;
  }
}

static gboolean
write_model (const Onnx__ModelProto  *model,
             const char              *path,
             GError                 **error)
{
  size_t n_bytes = onnx__model_proto__get_packed_size (model);
  g_autofree uint8_t *bytes = NULL;

  if (n_bytes > LARGEST) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "The model has %zu bytes; an ONNX file holds at most %zu.",
                 n_bytes, LARGEST);
    return FALSE;
  }
  bytes = g_try_malloc (n_bytes);
  if (bytes == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "Writing the model needs %zu bytes, which cannot be had.", n_bytes);
    return FALSE;
  }
  onnx__model_proto__pack (model, bytes);

  return dub_file_write_atomic (path, bytes, n_bytes, error);
}

gboolean
dub_onnx_save (DubGraph    *graph,
               const char  *path,
               GError     **error)
{
  g_autoptr (GPtrArray) memory = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);
  Export export = { .graph = graph, .memory = memory, .tensors = tensors };
  Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
  Onnx__GraphProto proto = ONNX__GRAPH_PROTO__INIT;

  choose_names (&export);
  proto.name = text (&export, graph->name != NULL && *graph->name != '\0' ? graph->name : "graph");
  if (!export_graph (&export, &proto, error))
    return FALSE;

  /* IR 7 came with opset 13 and reads the older ones; the newer ones need 8. */
  model.has_ir_version = TRUE;
  model.ir_version = graph->opset >= 15 ? 8 : 7;
  model.producer_name = text (&export, "Dubito");
  model.graph = &proto;
  export_opsets (&export, &model);

  return write_model (&model, path, error);
}
