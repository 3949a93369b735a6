/* ModelProto to graph. The order of checks: bytes (onnx-guard.c), operator set, initialisers, inputs, nodes, outputs;
 * every name must be given before it is read, and given once. */
#include "core/io/onnx.h"

#include "core/io/file.h"
#include "core/io/onnx-guard.h"
#include "core/io/onnx-tensor.h"
#include "core/io/onnx-versions.h"

#include <string.h>

/* Protobuf's own limit. */
static const guint64 LARGEST = G_MAXINT32;

enum { OLDEST_OPSET = 1, NEWEST_OPSET = 18 };

typedef struct {
  const Onnx__GraphProto *proto;
  const char             *file;
  const char             *folder;
  DubGraph               *graph;
  GHashTable             *values; /* name -> index + 1 */
} Import;

static gboolean G_GNUC_PRINTF (4, 5)
fail (const Import *import,
      int           code,
      GError      **error,
      const char   *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_set_error (error, DUB_ERROR, code, "%s: %s", import->file, valid);

  return FALSE;
}

static gboolean
is_absent (const char *name)
{
  return name == NULL || *name == '\0';
}

static int
find_value (const Import *import,
            const char   *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (import->values, name)) - 1;
}

/* A name that is given here must be new and readable. */
static gboolean
check_new_name (Import      *import,
                const char  *name,
                const char  *what,
                GError     **error)
{
  if (is_absent (name))
    return fail (import, DUB_ERROR_FORMAT, error, "%s has no name.", what);
  if (!g_utf8_validate (name, -1, NULL))
    return fail (import, DUB_ERROR_FORMAT, error, "%s has the name “%s”, which is not UTF-8.", what, name);
  if (g_hash_table_contains (import->values, name))
    return fail (import, DUB_ERROR_FORMAT, error, "%s has the name “%s”, which is given twice; expected unique names.",
                 what, name);

  return TRUE;
}

static void
remember (Import     *import,
          const char *name,
          int         value)
{
  g_hash_table_insert (import->values, (gpointer) name, GINT_TO_POINTER (value + 1));
}

static gboolean
import_initialisers (Import  *import,
                     GError **error)
{
  const Onnx__GraphProto *proto = import->proto;

  if (proto->n_sparse_initializer > 0)
    return fail (import, DUB_ERROR_UNSUPPORTED, error, "it has sparse weights; export dense ones.");

  for (size_t i = 0; i < proto->n_initializer; i++) {
    Onnx__TensorProto *initialiser = proto->initializer[i];
    g_autoptr (DubTensor) tensor = NULL;

    if (!check_new_name (import, initialiser->name, "an initialiser", error))
      return FALSE;
    tensor = dub_onnx_read_tensor (initialiser, import->folder, import->file, error);
    if (tensor == NULL)
      return FALSE;
    remember (import, initialiser->name, dub_graph_add_constant (import->graph, initialiser->name, tensor, FALSE));

    /* The numbers now live twice: let the first copy go. */
    g_clear_pointer (&initialiser->raw_data.data, free);
    initialiser->raw_data.len = 0;
  }

  return TRUE;
}

/* What a value is where it is no tensor of numbers: "a sequence". */
static const char *
foreign_kind (const Onnx__TypeProto *type)
{
  if (type == NULL)
    return "of no type";
  switch (type->value_case) {
  case ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE: return NULL;
  case ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE: return "a sequence";
  case ONNX__TYPE_PROTO__VALUE_MAP_TYPE: return "a map";
  case ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE: return "optional";
  case ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE: return "a sparse tensor";
  case ONNX__TYPE_PROTO__VALUE__NOT_SET:
  case _ONNX__TYPE_PROTO__VALUE__CASE_IS_INT_SIZE:
  default: return "of no type";
  }
}

static gboolean
import_input (Import                     *import,
              const Onnx__ValueInfoProto *info,
              GError                    **error)
{
  const char *foreign = foreign_kind (info->type);
  DubShape shape = { .rank = 0 };
  DubDtype dtype;

  if (foreign != NULL)
    return fail (import, DUB_ERROR_UNSUPPORTED, error, "input “%s” is %s; export tensors of numbers.", info->name, foreign);

  const Onnx__TypeProto__Tensor *tensor = info->type->tensor_type;

  if (!dub_onnx_dtype (tensor->elem_type, &dtype))
    return fail (import, DUB_ERROR_UNSUPPORTED, error, "input “%s” is %s; export tensors of numbers.", info->name,
                 dub_onnx_type_name (tensor->elem_type));
  if (tensor->shape == NULL) {
    remember (import, info->name, dub_graph_add_input (import->graph, info->name, dtype, NULL));
    return TRUE;
  }
  if (tensor->shape->n_dim > DUB_MAX_RANK)
    return fail (import, DUB_ERROR_UNSUPPORTED, error, "input “%s” has %zu axes; expected at most %d.", info->name,
                 tensor->shape->n_dim, DUB_MAX_RANK);

  shape.rank = (int) tensor->shape->n_dim;
  for (int i = 0; i < shape.rank; i++) {
    const Onnx__TensorShapeProto__Dimension *dim = tensor->shape->dim[i];

    /* Some exporters write -1 for what the standard leaves out. */
    shape.dim[i] = dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE && dim->dim_value >= 0
                     ? dim->dim_value
                     : -1;
  }
  remember (import, info->name, dub_graph_add_input (import->graph, info->name, dtype, &shape));

  return TRUE;
}

/* Older models list their weights among the inputs too. */
static gboolean
import_inputs (Import  *import,
               GError **error)
{
  for (size_t i = 0; i < import->proto->n_input; i++) {
    const Onnx__ValueInfoProto *info = import->proto->input[i];

    if (!is_absent (info->name) && find_value (import, info->name) >= 0 &&
        dub_graph_value (import->graph, find_value (import, info->name))->constant != NULL)
      continue;
    if (!check_new_name (import, info->name, "an input", error) || !import_input (import, info, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
import_attribute (Import                     *import,
                  const char                 *node,
                  const Onnx__AttributeProto *proto,
                  DubAttributes              *attributes,
                  GError                    **error)
{
  g_autoptr (DubTensor) tensor = NULL;
  g_autofree char *text = NULL;
  Onnx__AttributeProto__AttributeType type = proto->type;

  if (is_absent (proto->name) || !g_utf8_validate (proto->name, -1, NULL))
    return fail (import, DUB_ERROR_FORMAT, error, "node “%s” has an attribute without a readable name.", node);
  if (!is_absent (proto->ref_attr_name))
    return fail (import, DUB_ERROR_FORMAT, error, "attribute %s of node “%s” refers to a function outside of one.",
                 proto->name, node);

  /* The oldest files leave the type out. */
  if (!proto->has_type || type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED)
    type = proto->has_f       ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
           : proto->has_i     ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
           : proto->has_s     ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING
           : proto->t != NULL ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR
           : proto->n_floats  ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS
           : proto->n_ints    ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS
                              : ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED;

  switch ((int) type) {
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
    dub_attributes_set_float (attributes, proto->name, proto->f);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
    dub_attributes_set_int (attributes, proto->name, proto->i);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
    dub_attributes_set_floats (attributes, proto->name, proto->floats, proto->n_floats);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
    dub_attributes_set_ints (attributes, proto->name, proto->ints, proto->n_ints);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
    text = g_utf8_make_valid (proto->s.data != NULL ? (const char *) proto->s.data : "", (gssize) proto->s.len);
    dub_attributes_set_string (attributes, proto->name, text);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
    if (proto->t == NULL)
      return fail (import, DUB_ERROR_FORMAT, error, "attribute %s of node “%s” is a tensor without one.", proto->name,
                   node);
    /* A text constant is no reason to refuse the whole model: its node will say so. */
    if (proto->t->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__STRING)
      return TRUE;
    tensor = dub_onnx_read_tensor (proto->t, import->folder, import->file, error);
    if (tensor == NULL)
      return FALSE;
    dub_attributes_set_tensor (attributes, proto->name, tensor);
    return TRUE;
  default:
    /* Graphs, sparse tensors, lists of text: no operator of the table reads one. */
    return TRUE;
  }
}

/* "Conv", or "com.microsoft::Gelu" for another domain, which is in no table. */
static char *
qualified_op (const Onnx__NodeProto *proto)
{
  gboolean standard = is_absent (proto->domain) || g_str_equal (proto->domain, "ai.onnx");
  g_autofree char *op = g_utf8_make_valid (proto->op_type != NULL ? proto->op_type : "", -1);
  g_autofree char *domain = g_utf8_make_valid (proto->domain != NULL ? proto->domain : "", -1);

  /* The planner's own operators are not for files to name. */
  if (standard && !g_str_has_prefix (op, "dub."))
    return g_steal_pointer (&op);

  return g_strdup_printf ("%s::%s", standard ? "ai.onnx" : domain, op);
}

static gboolean
check_counts (Import      *import,
              const char  *op_name,
              const char  *name,
              size_t       n_inputs,
              size_t       n_outputs,
              GError     **error)
{
  const DubOp *op = dub_op_lookup (op_name);

  if (op == NULL)
    return TRUE;
  if (n_inputs < (size_t) op->min_inputs || (op->max_inputs >= 0 && n_inputs > (size_t) op->max_inputs))
    return fail (import, DUB_ERROR_FORMAT, error, "node “%s” (%s) has %zu inputs; expected at least %d and at most %d.", name, op_name,
                 n_inputs, op->min_inputs, op->max_inputs < 0 ? G_MAXINT : op->max_inputs);
  if (n_outputs > (size_t) MAX (1, op->max_outputs))
    return fail (import, DUB_ERROR_FORMAT, error, "node “%s” (%s) has %zu outputs; expected at most %d.", name, op_name,
                 n_outputs, MAX (1, op->max_outputs));

  return TRUE;
}

static gboolean
import_node (Import                *import,
             size_t                 index,
             const Onnx__NodeProto *proto,
             GError               **error)
{
  g_autoptr (DubAttributes) attributes = dub_attributes_new ();
  g_autofree char *op_name = qualified_op (proto);
  g_autofree char *name = is_absent (proto->name) ? g_strdup_printf ("%s_%zu", op_name, index)
                                                  : g_utf8_make_valid (proto->name, -1);
  g_autofree int *inputs = g_new (int, proto->n_input + 1);
  g_autofree int *outputs = g_new (int, proto->n_output + 1);
  size_t n_inputs = proto->n_input, n_outputs = proto->n_output;

  /* Absent inputs and outputs at the end are as if they were not there. */
  while (n_inputs > 0 && is_absent (proto->input[n_inputs - 1]))
    n_inputs--;
  while (n_outputs > 1 && is_absent (proto->output[n_outputs - 1]))
    n_outputs--;
  if (n_outputs == 0)
    return fail (import, DUB_ERROR_FORMAT, error, "node “%s” has no outputs.", name);
  if (!check_counts (import, op_name, name, n_inputs, n_outputs, error))
    return FALSE;

  for (size_t i = 0; i < n_inputs; i++) {
    inputs[i] = is_absent (proto->input[i]) ? -1 : find_value (import, proto->input[i]);
    if (inputs[i] < 0 && !is_absent (proto->input[i]))
      return fail (import, DUB_ERROR_FORMAT, error,
                   "node “%s” reads “%s”, which no input, initialiser or earlier node gives.", name, proto->input[i]);
    if (inputs[i] < 0 && dub_op_lookup (op_name) != NULL && (int) i < dub_op_lookup (op_name)->min_inputs)
      return fail (import, DUB_ERROR_FORMAT, error, "node “%s” (%s) leaves out input %zu, which it needs.", name, op_name,
                   i);
  }
  for (size_t i = 0; i < proto->n_attribute; i++)
    if (!import_attribute (import, name, proto->attribute[i], attributes, error))
      return FALSE;

  const char *older = dub_op_lookup (op_name) != NULL
                      ? dub_onnx_older_meaning (op_name, attributes, import->graph->opset) : NULL;

  if (older != NULL)
    return fail (import, DUB_ERROR_UNSUPPORTED, error,
                 "node “%s”: the %s of operator set %d %s; export it with set 7 or a newer one.", name, op_name,
                 import->graph->opset, older);
  for (size_t i = 0; i < n_outputs; i++) {
    outputs[i] = -1;
    if (is_absent (proto->output[i]))
      continue;
    if (!check_new_name (import, proto->output[i], "a node's output", error))
      return FALSE;
    outputs[i] = dub_graph_add_value (import->graph, proto->output[i]);
    remember (import, proto->output[i], outputs[i]);
  }
  dub_graph_add_node (import->graph, op_name, name, g_steal_pointer (&attributes), inputs, (int) n_inputs, outputs,
                      (int) n_outputs);

  return TRUE;
}

static gboolean
import_outputs (Import  *import,
                GError **error)
{
  if (import->proto->n_output == 0)
    return fail (import, DUB_ERROR_FORMAT, error, "the graph has no outputs.");

  for (size_t i = 0; i < import->proto->n_output; i++) {
    const Onnx__ValueInfoProto *info = import->proto->output[i];
    int value = is_absent (info->name) ? -1 : find_value (import, info->name);

    if (value < 0)
      return fail (import, DUB_ERROR_FORMAT, error, "output “%s” is given by no node.", info->name != NULL ? info->name : "");
    dub_graph_add_output (import->graph, value);
  }

  return TRUE;
}

/* Training changes float weights, and neither running statistics nor what an operator reads while planning. */
static void
mark_parameters (DubGraph *graph)
{
  g_autofree gboolean *fixed = g_new0 (gboolean, dub_graph_n_values (graph) + 1);

  for (int n = 0; n < dub_graph_n_nodes (graph); n++) {
    const DubNode *node = dub_graph_node (graph, n);

    for (int i = 0; i < node->n_inputs; i++)
      if (node->inputs[i] >= 0 &&
          ((g_str_equal (node->op_name, "BatchNormalization") && i >= 3) ||
           (node->op != NULL && i < 32 && (node->op->plan_inputs >> i & 1))))
        fixed[node->inputs[i]] = TRUE;
  }
  for (int v = 0; v < dub_graph_n_values (graph); v++) {
    DubValue *value = dub_graph_value (graph, v);

    value->is_parameter = value->constant != NULL && !fixed[v] && value->constant->dtype == DUB_DTYPE_F32 &&
                          value->constant->shape.rank > 0;
  }
}

static gboolean
read_opset (const Onnx__ModelProto *model,
            const char             *file,
            int                    *opset,
            GError                **error)
{
  int64_t version = 0;

  for (size_t i = 0; i < model->n_opset_import; i++) {
    const Onnx__OperatorSetIdProto *set = model->opset_import[i];

    if (is_absent (set->domain) || g_str_equal (set->domain, "ai.onnx"))
      version = set->version;
  }
  if (version == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s names no operator set of ONNX itself; export it with one from %d to %d.", file, OLDEST_OPSET,
                 NEWEST_OPSET);
    return FALSE;
  }
  if (version < OLDEST_OPSET || version > NEWEST_OPSET) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "%s uses operator set %" G_GINT64_FORMAT
                 "; export it with one from %d to %d.", file, version, OLDEST_OPSET, NEWEST_OPSET);
    return FALSE;
  }
  *opset = (int) version;

  return TRUE;
}

static gboolean
import_graph (Import  *import,
              GError **error)
{
  if (!import_initialisers (import, error) || !import_inputs (import, error))
    return FALSE;
  for (size_t i = 0; i < import->proto->n_node; i++)
    if (!import_node (import, i, import->proto->node[i], error))
      return FALSE;
  if (!import_outputs (import, error))
    return FALSE;
  mark_parameters (import->graph);

  return TRUE;
}

static DubGraph *
import_model (const Onnx__ModelProto *model,
              const char             *file,
              const char             *folder,
              GError                **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (DubGraph) graph = NULL;
  int opset;

  if (!read_opset (model, file, &opset, error))
    return NULL;
  if (model->graph == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no graph.", file);
    return NULL;
  }
  graph = dub_graph_new (file, opset);

  Import import = { .proto = model->graph, .file = file, .folder = folder, .graph = graph, .values = values };

  return import_graph (&import, error) ? g_steal_pointer (&graph) : NULL;
}

DubGraph *
dub_onnx_parse (const guint8  *bytes,
                size_t         n_bytes,
                const char    *name,
                const char    *folder,
                GError       **error)
{
  Onnx__ModelProto *model;
  DubGraph *graph;

  if (n_bytes == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is empty; expected an ONNX model.", name);
    return NULL;
  }
  if (!dub_onnx_guard (bytes, n_bytes, DUB_ONNX_MODEL, name, error))
    return NULL;
  model = onnx__model_proto__unpack (NULL, n_bytes, bytes);
  if (model == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is not a readable ONNX model.", name);
    return NULL;
  }
  graph = import_model (model, name, folder, error);
  onnx__model_proto__free_unpacked (model, NULL);

  return graph;
}

DubGraph *
dub_onnx_load (const char  *path,
               GError     **error)
{
  g_autoptr (GBytes) bytes = dub_file_read (path, LARGEST, error);
  g_autofree char *shown = g_filename_display_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);
  size_t n_bytes;

  if (bytes == NULL)
    return NULL;

  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  return dub_onnx_parse (data, n_bytes, shown, folder, error);
}
