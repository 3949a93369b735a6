/* Models in and out: what is written is read back and accepted by ONNX's own checker; what lies, loops or leads
 * elsewhere is refused with a sentence that names it. */
#include "core/io/file.h"
#include "core/io/onnx.h"
#include "core/io/onnx.pb-c.h"
#include "core/nn/model-info.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef Onnx__ModelProto Model;

static char *folder; /* of this run, removed at the end */

static DubTensor *
counting (DubShape shape)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);

  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = (float) i * 0.25f - 1.0f;

  return tensor;
}

/* x [-1, 3, 4] -> Add w -> LeakyRelu -> Slice -> Reshape [-1, 6] -> Softmax -> y */
static DubGraph *
small_graph (void)
{
  DubGraph *graph = dub_graph_new ("small", 13);
  g_autoptr (DubTensor) weight = counting (DUB_SHAPE (3, 4));
  g_autoptr (DubTensor) starts = dub_tensor_new_zeros (DUB_DTYPE_I64, DUB_SHAPE (1), NULL);
  g_autoptr (DubTensor) ends = dub_tensor_new_zeros (DUB_DTYPE_I64, DUB_SHAPE (1), NULL);
  g_autoptr (DubTensor) shape = dub_tensor_new_zeros (DUB_DTYPE_I64, DUB_SHAPE (2), NULL);

  dub_tensor_i64 (ends)[0] = 2;
  dub_tensor_i64 (shape)[0] = -1;
  dub_tensor_i64 (shape)[1] = 6;

  int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &DUB_SHAPE (-1, 3, 4));
  int add[2] = { x, dub_graph_add_constant (graph, "w", weight, TRUE) };
  int sum = dub_graph_apply (graph, "Add", "sum", NULL, add, 2);
  int leaky = dub_graph_apply (graph, "LeakyRelu", "leaky", "alpha=0.2f", &sum, 1);
  int last = dub_graph_add_constant (graph, "axes", ends, FALSE);
  int slice[4] = { leaky, dub_graph_add_constant (graph, "starts", starts, FALSE),
                   dub_graph_add_constant (graph, "ends", ends, FALSE), last };
  int cut = dub_graph_apply (graph, "Slice", "cut", NULL, slice, 4);
  int reshape[2] = { cut, dub_graph_add_constant (graph, "shape", shape, FALSE) };
  int flat = dub_graph_apply (graph, "Reshape", "flat", NULL, reshape, 2);

  dub_graph_add_output (graph, dub_graph_apply (graph, "Softmax", "y", "axis=-1", &flat, 1));

  return graph;
}

static DubTensor *
run_graph (DubGraph *graph)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) x = counting (DUB_SHAPE (2, 3, 4));
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = x->shape };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, NULL, NULL, &error);

  g_assert_no_error (error);
  dub_plan_forward (plan, &x, 0, NULL, &error);
  g_assert_no_error (error);

  return dub_tensor_copy (dub_plan_output (plan, 0), NULL);
}

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = small_graph ();
  g_autofree char *path = path_of ("small.onnx");

  dub_onnx_save (graph, path, &error);
  g_assert_no_error (error);

  g_autoptr (DubGraph) loaded = dub_onnx_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (loaded->opset, ==, 13);
  g_assert_cmpint (dub_graph_input (loaded, 0)->shape.dim[0], ==, -1);
  g_assert_cmpint (dub_graph_input (loaded, 0)->shape.dim[2], ==, 4);
  g_assert_true (dub_graph_value (loaded, dub_graph_find_value (loaded, "w"))->is_parameter);
  g_assert_false (dub_graph_value (loaded, dub_graph_find_value (loaded, "shape"))->is_parameter);

  g_autoptr (DubTensor) expected = run_graph (graph);
  g_autoptr (DubTensor) found = run_graph (loaded);

  g_assert_true (dub_shape_equal (&found->shape, &DUB_SHAPE (2, 6)));
  g_assert_cmpmem (found->data, dub_tensor_n_bytes (found), expected->data, dub_tensor_n_bytes (expected));
}

/* ONNX's own checker, with shape inference, has the last word on what we write. */
static void
test_checker (void)
{
  static const char script[] =
    "import sys\n"
    "try:\n  import onnx\nexcept ImportError:\n  sys.exit(77)\n"
    "m = onnx.load(sys.argv[1])\n"
    "onnx.checker.check_model(m, full_check=True)\n"
    "d = m.graph.output[0].type.tensor_type.shape.dim\n"
    "assert d[0].dim_param and d[1].dim_value == 6, d\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = small_graph ();
  g_autofree char *path = path_of ("checked.onnx");
  g_autofree char *output = NULL;
  const char *python = g_file_test ("/usr/bin/python3", G_FILE_TEST_IS_EXECUTABLE) ? "/usr/bin/python3" : "python3";
  const char *const argv[] = { python, "-c", script, path, NULL };
  int status;

  dub_onnx_save (graph, path, &error);
  g_assert_no_error (error);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &output, &status, &error);
  g_assert_no_error (error);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77) {
    g_test_skip ("Python has no onnx.");
    return;
  }
  if (status != 0)
    g_error ("%s", output);
}

/* The small graph as messages, to be damaged. */
static Model *
base_model (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = small_graph ();
  g_autofree char *path = path_of ("base.onnx");

  dub_onnx_save (graph, path, &error);
  g_assert_no_error (error);

  g_autoptr (GBytes) bytes = dub_file_read (path, 1 << 20, &error);
  Model *model = onnx__model_proto__unpack (NULL, g_bytes_get_size (bytes), g_bytes_get_data (bytes, NULL));

  g_assert_nonnull (model);

  return model;
}

static DubGraph *
parse_model (Model   *model,
             GError **error)
{
  size_t n = onnx__model_proto__get_packed_size (model);
  g_autofree uint8_t *bytes = g_malloc (n);

  onnx__model_proto__pack (model, bytes);

  return dub_onnx_parse (bytes, n, "model.onnx", folder, error);
}

static void
replace (char       **string,
         const char  *with)
{
  free (*string);
  *string = strdup (with);
}

/* One damage each; the message must name what is wrong. */
static void duplicate_output (Model *m) { replace (&m->graph->node[1]->output[0], "sum"); }
static void duplicate_input (Model *m) { replace (&m->graph->input[0]->name, "w"); replace (&m->graph->node[0]->input[0], "w"); replace (&m->graph->initializer[0]->name, "v"); replace (&m->graph->initializer[1]->name, "v"); }
static void unsorted (Model *m) { replace (&m->graph->node[0]->input[0], "flat"); }
static void unknown_input (Model *m) { replace (&m->graph->node[0]->input[1], "nowhere"); }
static void missing_input (Model *m) { replace (&m->graph->node[0]->input[0], ""); }
static void unknown_output (Model *m) { replace (&m->graph->output[0]->name, "nothing"); }
static void negative_dim (Model *m) { m->graph->initializer[0]->dims[0] = -3; }
static void huge_dim (Model *m) { m->graph->initializer[0]->dims[0] = INT64_MAX / 2; }
static void large_dim (Model *m) { m->graph->initializer[0]->dims[0] = (int64_t) 1 << 36; }
static void other_bytes (Model *m) { m->graph->initializer[0]->raw_data.len -= 4; }
static void text_weight (Model *m) { m->graph->initializer[0]->data_type = 8; }
static void wild_type (Model *m) { m->graph->initializer[0]->data_type = 99; }
static void old_meaning (Model *m) { m->opset_import[0]->version = 6; replace (&m->graph->node[0]->op_type, "PRelu"); }
static void no_opset (Model *m) { m->opset_import[0]->version = 0; }
static void new_opset (Model *m) { m->opset_import[0]->version = 19; }
static void text_input (Model *m) { m->graph->input[0]->type->tensor_type->elem_type = 8; }
static void not_utf8 (Model *m) { replace (&m->graph->initializer[0]->name, "\xff\xfe"); }

static const struct {
  const char *name;
  void      (*damage) (Model *model);
  int         code;
  const char *mentions;
} DAMAGES[] = {
  { "duplicate-output", duplicate_output, DUB_ERROR_FORMAT, "“sum”" },
  { "duplicate-initialiser", duplicate_input, DUB_ERROR_FORMAT, "“v”" },
  { "unsorted", unsorted, DUB_ERROR_FORMAT, "“flat”" },
  { "unknown-input", unknown_input, DUB_ERROR_FORMAT, "“nowhere”" },
  { "missing-input", missing_input, DUB_ERROR_FORMAT, "leaves out input 0" },
  { "unknown-output", unknown_output, DUB_ERROR_FORMAT, "“nothing”" },
  { "negative-dim", negative_dim, DUB_ERROR_FORMAT, "“w”" },
  { "huge-dim", huge_dim, DUB_ERROR_FORMAT, "“w”" },
  { "large-dim", large_dim, DUB_ERROR_FORMAT, "48 bytes" },
  { "other-bytes", other_bytes, DUB_ERROR_FORMAT, "44 bytes" },
  { "text-weight", text_weight, DUB_ERROR_UNSUPPORTED, "string" },
  { "wild-type", wild_type, DUB_ERROR_UNSUPPORTED, "unknown element type" },
  { "old-meaning", old_meaning, DUB_ERROR_UNSUPPORTED, "the PRelu of operator set 6" },
  { "no-opset", no_opset, DUB_ERROR_UNSUPPORTED, "no operator set" },
  { "new-opset", new_opset, DUB_ERROR_UNSUPPORTED, "operator set 19" },
  { "text-input", text_input, DUB_ERROR_UNSUPPORTED, "“x” is string" },
  { "not-utf8", not_utf8, DUB_ERROR_FORMAT, "not UTF-8" },
};

static void
test_damage (gconstpointer data)
{
  size_t i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  Model *model = base_model ();

  DAMAGES[i].damage (model);

  g_autoptr (DubGraph) graph = parse_model (model, &error);

  onnx__model_proto__free_unpacked (model, NULL);
  g_assert_null (graph);
  g_assert_error (error, DUB_ERROR, DAMAGES[i].code);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_str_has_prefix (error->message, "model.onnx") || strstr (error->message, "of model.onnx") != NULL);
  if (strstr (error->message, DAMAGES[i].mentions) == NULL)
    g_error ("“%s” does not mention %s", error->message, DAMAGES[i].mentions);
}

static void
test_truncated (void)
{
  Model *model = base_model ();
  size_t n = onnx__model_proto__get_packed_size (model);
  g_autofree uint8_t *bytes = g_malloc (n);

  onnx__model_proto__pack (model, bytes);
  onnx__model_proto__free_unpacked (model, NULL);
  for (size_t length = 0; length < n; length++) {
    /* A copy of exactly this length, so that a sanitizer sees a step too far. */
    g_autofree uint8_t *cut = g_memdup2 (bytes, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (DubGraph) graph = dub_onnx_parse (cut, length, "cut.onnx", NULL, &error);

    g_assert_null (graph);
    g_assert_nonnull (error);
  }
}

/* Every byte in turn becomes another: an error or a graph, never more than a moment. */
static void
test_flipped (void)
{
  Model *model = base_model ();
  size_t n = onnx__model_proto__get_packed_size (model);
  g_autofree uint8_t *bytes = g_malloc (n);
  static const uint8_t others[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

  onnx__model_proto__pack (model, bytes);
  onnx__model_proto__free_unpacked (model, NULL);
  for (size_t at = 0; at < n; at++)
    for (size_t k = 0; k < G_N_ELEMENTS (others); k++) {
      uint8_t kept = bytes[at];
      g_autoptr (GError) error = NULL;

      bytes[at] = others[k];

      g_autoptr (DubGraph) graph = dub_onnx_parse (bytes, n, "flipped.onnx", NULL, &error);

      bytes[at] = kept;
      g_assert_true ((graph == NULL) == (error != NULL));
    }
}

static void
append_varint (GByteArray *bytes,
               uint64_t    value)
{
  do {
    guint8 byte = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));

    g_byte_array_append (bytes, &byte, 1);
    value >>= 7;
  } while (value != 0);
}

/* A graph in an attribute in a node in a graph, a hundred thousand times: the parser would use up the stack. */
static void
test_nested (void)
{
  g_autoptr (GByteArray) reversed = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  static const guint8 tags[] = { 0x0a, 0x2a, 0x32 }; /* graph.node, node.attribute, attribute.g */

  /* From the inside out, each header before what it holds; written backwards and turned around. */
  for (int level = 0; level < 100000; level++) {
    g_autoptr (GByteArray) header = g_byte_array_new ();
    guint8 tag = level == 99999 ? 0x3a : tags[(99999 - level - 1) % 3];
    uint64_t length = reversed->len;

    g_byte_array_append (header, &tag, 1);
    append_varint (header, length);
    for (guint i = header->len; i > 0; i--)
      g_byte_array_append (reversed, &header->data[i - 1], 1);
  }
  for (guint i = 0; i < reversed->len / 2; i++) {
    guint8 swapped = reversed->data[i];

    reversed->data[i] = reversed->data[reversed->len - 1 - i];
    reversed->data[reversed->len - 1 - i] = swapped;
  }

  g_assert_null (dub_onnx_parse (reversed->data, reversed->len, "deep.onnx", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "nested"));
}

/* Three million empty nodes in six megabytes would become half a gigabyte. */
static void
test_many_fields (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  static const guint8 node[] = { 0x0a, 0x00 };
  guint8 tag = 0x3a;
  const int n = 3000000;

  g_byte_array_append (bytes, &tag, 1);
  append_varint (bytes, (uint64_t) n * 2);
  for (int i = 0; i < n; i++)
    g_byte_array_append (bytes, node, 2);

  g_assert_null (dub_onnx_parse (bytes->data, bytes->len, "many.onnx", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "million"));
}

static void
test_foreign_ops (void)
{
  g_autoptr (GError) error = NULL;
  Model *model = base_model ();

  replace (&model->graph->node[0]->op_type, "dub.ConvBlock");
  model->graph->node[1]->domain = strdup ("com.microsoft");
  replace (&model->graph->node[4]->op_type, "Loop");

  g_autoptr (DubGraph) graph = parse_model (model, &error);

  onnx__model_proto__free_unpacked (model, NULL);
  g_assert_no_error (error);

  g_autoptr (GPtrArray) list = dub_graph_unsupported (graph);

  g_assert_cmpuint (list->len, ==, 3);
  for (guint i = 0; i < list->len; i++) {
    const DubUnsupported *item = g_ptr_array_index (list, i);

    g_assert_nonnull (strstr (item->reason, "export"));
  }
  g_assert_cmpstr (((DubUnsupported *) g_ptr_array_index (list, 1))->op, ==, "com.microsoft::LeakyRelu");

  g_autoptr (DubModelInfo) info = dub_model_info_new (graph, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (info->cost_known);
  g_assert_nonnull (strstr (info->cost_reason, "dub.ConvBlock"));
}

/* Weights of small_graph in a file beside the model. */
static Model *
external_model (const char *location,
                const char *offset,
                const char *length)
{
  Model *model = base_model ();
  Onnx__TensorProto *weight = model->graph->initializer[0];
  const char *pairs[3][2] = { { "location", location }, { "offset", offset }, { "length", length } };

  weight->has_raw_data = FALSE;
  free (weight->raw_data.data);
  weight->raw_data.data = NULL;
  weight->raw_data.len = 0;
  weight->has_data_location = TRUE;
  weight->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
  weight->external_data = malloc (3 * sizeof *weight->external_data);
  for (size_t i = 0; i < 3; i++) {
    Onnx__StringStringEntryProto *pair;

    if (pairs[i][1] == NULL)
      continue;
    pair = malloc (sizeof *pair);
    onnx__string_string_entry_proto__init (pair);
    pair->key = strdup (pairs[i][0]);
    pair->value = strdup (pairs[i][1]);
    weight->external_data[weight->n_external_data++] = pair;
  }

  return model;
}

static const struct {
  const char *name;
  const char *location;
  const char *offset;
  const char *length;
  const char *mentions; /* NULL = loads */
} EXTERNALS[] = {
  { "plain", "weights.bin", "16", "48", NULL },
  { "no-length", "weights.bin", "16", NULL, NULL },
  { "sub-folder", "sub/weights.bin", "16", "48", NULL },
  { "parent", "../weights.bin", "0", "48", "“w”" },
  { "absolute", "/etc/passwd", "0", "48", "“w”" },
  { "around", "sub/../../secret.bin", "0", "48", "“w”" },
  { "link-out", "link.bin", "0", "48", "“w”" },
  { "missing", "none.bin", "0", "48", "none.bin" },
  { "folder", "sub", "0", "48", "sub" },
  { "other-length", "weights.bin", "16", "47", "47 bytes" },
  { "beyond", "weights.bin", "17", "48", "which has 64" },
  { "far-beyond", "weights.bin", "9223372036854775807", "48", "which has 64" },
  { "negative", "weights.bin", "-1", "48", "“-1”" },
  { "no-location", NULL, "0", "48", "without a location" },
};

static void
test_external (gconstpointer data)
{
  size_t i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *file = path_of ("weights.bin");
  g_autofree char *sub = path_of ("sub");
  g_autofree char *inner = path_of ("sub/weights.bin");
  g_autofree char *link = path_of ("link.bin");
  g_autofree char *outside = g_strconcat (folder, "-secret.bin", NULL);
  float numbers[16];

  for (int k = 0; k < 16; k++)
    numbers[k] = (float) (k - 4) * 0.25f - 1.0f;
  g_mkdir_with_parents (sub, 0700);
  g_assert_true (g_file_set_contents (file, (const char *) numbers, sizeof numbers, NULL));
  g_assert_true (g_file_set_contents (inner, (const char *) numbers, sizeof numbers, NULL));
  g_assert_true (g_file_set_contents (outside, (const char *) numbers, sizeof numbers, NULL));
  if (!g_file_test (link, G_FILE_TEST_IS_SYMLINK))
    g_assert_cmpint (symlink (outside, link), ==, 0);

  Model *model = external_model (EXTERNALS[i].location, EXTERNALS[i].offset, EXTERNALS[i].length);
  g_autoptr (DubGraph) graph = parse_model (model, &error);

  onnx__model_proto__free_unpacked (model, NULL);
  g_unlink (outside);
  if (EXTERNALS[i].mentions == NULL) {
    g_autoptr (DubGraph) original = small_graph ();
    g_autoptr (DubTensor) expected = run_graph (original);
    g_autoptr (DubTensor) found = NULL;

    g_assert_no_error (error);
    found = run_graph (graph);
    g_assert_cmpmem (found->data, dub_tensor_n_bytes (found), expected->data, dub_tensor_n_bytes (expected));
    return;
  }
  g_assert_null (graph);
  g_assert_nonnull (error);
  if (strstr (error->message, EXTERNALS[i].mentions) == NULL)
    g_error ("“%s” does not mention %s", error->message, EXTERNALS[i].mentions);
}

/* Half precision: every bit pattern goes to float and back. */
static void
test_float16_weights (void)
{
  g_autoptr (GError) error = NULL;
  Model *model = base_model ();
  Onnx__TensorProto *weight = model->graph->initializer[0];
  static const uint16_t halves[12] = { 0x3c00, 0xbc00, 0x0000, 0x8000, 0x0001, 0x03ff,
                                       0x0400, 0x7bff, 0x7c00, 0xfc00, 0x3555, 0x7e00 };
  static const float expected[12] = { 1.0f, -1.0f, 0.0f, -0.0f, 0x1p-24f, 1023.0f * 0x1p-24f,
                                      0x1p-14f, 65504.0f, INFINITY, -INFINITY, 0.333251953125f, NAN };

  weight->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16;
  memcpy (weight->raw_data.data, halves, sizeof halves);
  weight->raw_data.len = sizeof halves;

  g_autoptr (DubGraph) graph = parse_model (model, &error);

  onnx__model_proto__free_unpacked (model, NULL);
  g_assert_no_error (error);

  const DubTensor *loaded = dub_graph_value (graph, dub_graph_find_value (graph, "w"))->constant;

  g_assert_cmpint (loaded->dtype, ==, DUB_DTYPE_F32);
  for (int i = 0; i < 11; i++)
    g_assert_cmpfloat (dub_tensor_f32 (loaded)[i], ==, expected[i]);
  g_assert_true (isnan (dub_tensor_f32 (loaded)[11]));
}

/* A text attribute without its text is empty text. */
static void
test_empty_text (void)
{
  g_autoptr (GError) error = NULL;
  Model *model = base_model ();
  Onnx__AttributeProto *attribute = model->graph->node[1]->attribute[0];

  attribute->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
  attribute->has_f = FALSE;

  g_autoptr (DubGraph) graph = parse_model (model, &error);

  onnx__model_proto__free_unpacked (model, NULL);
  g_assert_no_error (error);
  g_assert_cmpstr (dub_attributes_get_string (dub_graph_node (graph, 1)->attributes, "alpha", NULL), ==, "");
}

/* Before IR version 4 every weight was listed as an input too. */
static void
test_initialiser_as_input (void)
{
  g_autoptr (GError) error = NULL;
  Model *model = base_model ();
  Onnx__GraphProto *graph = model->graph;
  Onnx__ValueInfoProto *info = malloc (sizeof *info);

  onnx__value_info_proto__init (info);
  info->name = strdup ("w");
  graph->input = realloc (graph->input, 2 * sizeof *graph->input);
  graph->input[graph->n_input++] = info;

  g_autoptr (DubGraph) loaded = parse_model (model, &error);

  onnx__model_proto__free_unpacked (model, NULL);
  g_assert_no_error (error);
  g_assert_cmpint (dub_graph_n_inputs (loaded), ==, 1);
}

static void
test_info (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = small_graph ();
  g_autoptr (DubModelInfo) info = dub_model_info_new (graph, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (info->cost_known);
  g_assert_cmpuint (info->n_parameters, ==, 12);
  g_assert_cmpuint (info->operators->len, ==, 5);
  g_assert_cmpstr (g_array_index (info->operators, DubOpCount, 0).name, ==, "Add");
  g_assert_true (dub_shape_equal (&info->outputs[0].shape, &DUB_SHAPE (1, 6)));
  g_assert_cmpuint (info->peak_bytes, >, 0);
}

/* Shapes whose product wraps to 0: a plan must refuse them before anything is laid out. */
static void
test_overflowing_sizes (void)
{
  static const struct {
    const char *op;
    int64_t     numbers[4]; /* sizes of Resize, pads of Pad */
  } cases[] = {
    { "Resize", { 1 << 17, 1 << 17, 1 << 17, 1 << 17 } },
    { "Resize", { G_MAXINT64, 1, 1, 1 } },
    { "Pad", { 1 << 23, 1 << 23, 1 << 23, 1 << 23 } },
    { "Pad", { G_MAXINT64, 0, 0, 0 } },
    { "Pad", { G_MININT64, 0, 0, 0 } },
    { "Reshape", { 1LL << 62, 4, 1, 1 } },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (DubGraph) graph = dub_graph_new ("large", 13);
    gboolean pads = g_str_equal (cases[i].op, "Pad");
    g_autoptr (DubTensor) numbers = dub_tensor_new_zeros (DUB_DTYPE_I64, DUB_SHAPE (pads ? 8 : 4), NULL);
    g_autoptr (GError) error = NULL;
    DubType type = { .dtype = DUB_DTYPE_F32, .shape = DUB_SHAPE (1, 1, 1, 1) };

    for (int k = 0; k < 4; k++)
      dub_tensor_i64 (numbers)[k] = cases[i].numbers[k];

    int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &type.shape);
    int constant = dub_graph_add_constant (graph, "numbers", numbers, FALSE);
    int resize[4] = { x, -1, -1, constant }, other[2] = { x, constant };
    gboolean is_resize = g_str_equal (cases[i].op, "Resize");
    int y = dub_graph_apply (graph, cases[i].op, "y", NULL, is_resize ? resize : other, is_resize ? 4 : 2);

    dub_graph_add_output (graph, y);

    g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, NULL, NULL, &error);

    g_assert_null (plan);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, "“y”"));
  }
}

/* Weights without a channel leave nothing to compute and much to divide by. */
static void
test_empty_weights (void)
{
  static const char *const ops[] = { "Conv", "ConvTranspose" };

  for (size_t i = 0; i < G_N_ELEMENTS (ops); i++) {
    g_autoptr (DubGraph) graph = dub_graph_new ("empty", 13);
    g_autoptr (DubTensor) weights = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (i == 0 ? 0 : 1, i == 0 ? 1 : 0, 2, 2), NULL);
    g_autoptr (GError) error = NULL;
    DubType type = { .dtype = DUB_DTYPE_F32, .shape = DUB_SHAPE (1, 1, 3, 3) };
    int inputs[2] = { dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &type.shape),
                      dub_graph_add_constant (graph, "w", weights, TRUE) };

    dub_graph_add_output (graph, dub_graph_apply (graph, ops[i], "y", NULL, inputs, 2));

    g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, NULL, NULL, &error);

    g_assert_null (plan);
    g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  }
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("dubito-onnx-XXXXXX", NULL);
  g_test_add_func ("/onnx/round-trip", test_round_trip);
  g_test_add_func ("/onnx/checker", test_checker);
  g_test_add_func ("/onnx/truncated", test_truncated);
  g_test_add_func ("/onnx/flipped", test_flipped);
  g_test_add_func ("/onnx/nested", test_nested);
  g_test_add_func ("/onnx/many-fields", test_many_fields);
  g_test_add_func ("/onnx/foreign-operators", test_foreign_ops);
  g_test_add_func ("/onnx/float16-weights", test_float16_weights);
  g_test_add_func ("/onnx/empty-text", test_empty_text);
  g_test_add_func ("/onnx/initialiser-as-input", test_initialiser_as_input);
  g_test_add_func ("/onnx/info", test_info);
  g_test_add_func ("/onnx/empty-weights", test_empty_weights);
  g_test_add_func ("/onnx/overflowing-sizes", test_overflowing_sizes);
  for (size_t i = 0; i < G_N_ELEMENTS (DAMAGES); i++) {
    g_autofree char *path = g_strdup_printf ("/onnx/damage/%s", DAMAGES[i].name);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_damage);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (EXTERNALS); i++) {
    g_autofree char *path = g_strdup_printf ("/onnx/external/%s", EXTERNALS[i].name);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_external);
  }
  status = g_test_run ();
  remove_folder (folder);
  g_free (folder);

  return status;
}
