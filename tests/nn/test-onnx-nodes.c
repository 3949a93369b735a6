/* Conformance: ONNX's own backend tests, as Debian's libonnx-testdata keeps them.
 *
 * An operator of the list below must pass; it may be reported as unsupported only for the reasons in the second
 * list, which are about element types and recorded chance. Every other operator is skipped by name. A difference
 * fails, whatever the operator. */
#include "core/io/onnx-check.h"

#include <string.h>

static const char *const REQUIRED[] = {
  "Abs", "Add", "And", "AveragePool", "BatchNormalization", "Cast", "Ceil", "Celu", "Clip", "Concat", "Constant",
  "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Expand",
  "Flatten", "Floor", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater", "GreaterOrEqual",
  "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log",
  "LogSoftmax", "MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "Not", "Or", "PRelu", "Pad", "Pow", "Range",
  "Reciprocal", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Resize", "Round", "Selu", "Shape", "Sigmoid", "Sin",
  "Size", "Slice", "Softmax", "Softplus", "Softsign", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "ThresholdedRelu",
  "Transpose", "Unsqueeze", "Upsample", "Where", "Xor", NULL
};

/* The only reasons for which one of them may be unsupported, by what the message says. */
static const char *const TOLERATED[] = {
  "names no operator set of ONNX",    /* operators of other domains alone */
  "is string",
  "casts to text",
  "is a sequence",
  "is optional",
  "draws random numbers",
  NULL
};

/* Of whole models of old operator sets alone: every operator of the list is compared in a node test. */
static const char OLDER[] = "of operator set ";

static gboolean
tolerated (const char *reason,
           const char *folder)
{
  g_autofree char *root = g_path_get_dirname (folder);

  if (strstr (reason, OLDER) != NULL && !g_str_has_suffix (root, "node"))
    return TRUE;
  for (const char *const *text = TOLERATED; *text != NULL; text++)
    if (strstr (reason, *text) != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
is_required (const char *op)
{
  /* What is no operator's fault is held against the model. */
  return g_strv_contains (REQUIRED, op) || g_str_equal (op, "model") || g_str_equal (op, "element type");
}

static void
test_folder (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);
  g_auto (DubCheckResult) result = { 0 };

  dub_onnx_check_folder (data, &result, run, &error);
  g_assert_no_error (error);

  switch (result.outcome) {
  case DUB_CHECK_PASS:
    return;
  case DUB_CHECK_FAIL:
    g_test_message ("%s", result.reason);
    g_test_fail ();
    return;
  case DUB_CHECK_UNSUPPORTED: {
    g_autofree char *text = g_strdup_printf ("UNSUPPORTED %s: %s", result.op, result.reason);

    if (is_required (result.op) && !tolerated (result.reason, data)) {
      g_test_message ("%s", text);
      g_test_fail ();
    } else {
      g_test_skip (text);
    }
    return;
  }
  }
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Adds a test for every folder of @root that holds a model. */
static void
add_folders (const char *root,
             GPtrArray  *kept)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *group = g_path_get_basename (root);
  const char *name;

  if (dir == NULL)
    return;
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  for (guint i = 0; i < names->len; i++) {
    char *folder = g_build_filename (root, g_ptr_array_index (names, i), NULL);
    g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
    g_autofree char *path = g_strdup_printf ("/onnx/%s/%s", group, (char *) g_ptr_array_index (names, i));

    g_ptr_array_add (kept, folder);
    if (g_file_test (model, G_FILE_TEST_EXISTS))
      g_test_add_data_func (path, folder, test_folder);
  }
}

static void
test_data_is_there (gconstpointer data)
{
  const GPtrArray *folders = data;

  if (folders->len == 0)
    g_test_skip ("The data of libonnx-testdata is not installed.");
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  static const char *const groups[] = { "node", "simple", "pytorch-converted", "pytorch-operator" };

  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++) {
    g_autofree char *root = g_build_filename (argc > 1 ? argv[1] : "/usr/share/libonnx-testdata/data", groups[i], NULL);

    add_folders (root, folders);
  }
  g_test_add_data_func ("/onnx/data", folders, test_data_is_there);

  return g_test_run ();
}
