#include "core/io/onnx-check.h"

#include "core/base/memory.h"
#include "core/io/onnx.h"
#include "core/nn/ops/half.h"
#include "core/nn/plan.h"

#include <math.h>
#include <string.h>

static const double ABSOLUTE = 1e-7;
static const double RELATIVE = 1e-3;

/* The tensors of one test_data_set folder, in the order of the graph's inputs and outputs. */
typedef struct {
  GPtrArray *inputs;
  GPtrArray *outputs;
} DataSet;

void
dub_check_result_clear (DubCheckResult *self)
{
  g_clear_pointer (&self->op, g_free);
  g_clear_pointer (&self->reason, g_free);
}

static void
data_set_clear (DataSet *self)
{
  g_clear_pointer (&self->inputs, g_ptr_array_unref);
  g_clear_pointer (&self->outputs, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DataSet, data_set_clear)

/* @take_op: (transfer full) */
static void
set_unsupported (DubCheckResult *result,
                 char           *take_op,
                 const char     *reason)
{
  dub_check_result_clear (result);
  result->outcome = DUB_CHECK_UNSUPPORTED;
  result->op = take_op;
  result->reason = g_strdup (reason);
}

static void G_GNUC_PRINTF (3, 4)
set_failed (DubCheckResult *result,
            double          max_error,
            const char     *format,
            ...)
{
  va_list args;

  dub_check_result_clear (result);
  result->outcome = DUB_CHECK_FAIL;
  result->max_error = MAX (result->max_error, max_error);
  va_start (args, format);
  result->reason = g_strdup_vprintf (format, args);
  va_end (args);
}

/* input_0.pb, input_1.pb, … until one is missing. */
static GPtrArray *
load_numbered (const char  *folder,
               const char  *prefix,
               GError     **error)
{
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);

  for (int i = 0;; i++) {
    g_autofree char *name = g_strdup_printf ("%s_%d.pb", prefix, i);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    DubTensor *tensor;

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&tensors);
    tensor = dub_onnx_load_tensor (path, NULL, error);
    if (tensor == NULL)
      return NULL;
    g_ptr_array_add (tensors, tensor);
  }
}

/* ONNX 1.12 recorded bfloat16 as the uint16 of its bits, although its models declare bfloat16. */
static DubTensor *
undo_bfloat_recording (DubTensor *tensor)
{
  DubTensor *real = dub_tensor_new (DUB_DTYPE_F32, tensor->shape, NULL);

  for (size_t i = 0; real != NULL && i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (real)[i] = dub_bfloat_to_float (((const uint16_t *) tensor->data)[i]);

  return real;
}

static void
undo_input_recordings (const DubGraph *graph,
                       GPtrArray      *inputs)
{
  for (guint i = 0; i < inputs->len; i++) {
    DubTensor *tensor = g_ptr_array_index (inputs, i);
    DubTensor *real;

    if (tensor->dtype != DUB_DTYPE_U16 || dub_graph_input (graph, (int) i)->dtype != DUB_DTYPE_F32)
      continue;
    real = undo_bfloat_recording (tensor);
    if (real == NULL)
      continue;
    dub_tensor_unref (tensor);
    g_ptr_array_index (inputs, i) = real;
  }
}

/* By value: must its numbers be known while the graph is planned? Those that an operator reads while planning, and
 * what they are computed from; (transfer full). A graph input that nobody reads counts too: its shape is nobody's. */
static gboolean *
find_plan_values (const DubGraph *graph)
{
  int n_values = dub_graph_n_values (graph);
  gboolean *needed = g_new0 (gboolean, n_values + 1);
  g_autofree gboolean *read = g_new0 (gboolean, n_values + 1);

  for (int i = 0; i < dub_graph_n_outputs (graph); i++)
    read[dub_graph_output (graph, i)] = TRUE;

  for (int n = dub_graph_n_nodes (graph) - 1; n >= 0; n--) {
    const DubNode *node = dub_graph_node (graph, n);
    gboolean result_needed = FALSE;

    for (int i = 0; i < node->n_outputs; i++)
      result_needed = result_needed || (node->outputs[i] >= 0 && needed[node->outputs[i]]);
    for (int i = 0; i < node->n_inputs; i++) {
      if (node->inputs[i] < 0)
        continue;
      read[node->inputs[i]] = TRUE;
      if ((i < 32 && (node->op->plan_inputs >> i & 1)) || (result_needed && !(node->op->flags & DUB_OP_SHAPE_ONLY)))
        needed[node->inputs[i]] = TRUE;
    }
  }
  for (int i = 0; i < n_values; i++)
    needed[i] = needed[i] || !read[i];

  return needed;
}

/* Makes constants of such inputs; removes their tensors from @inputs. */
static void
bind_plan_inputs (DubGraph  *graph,
                  GPtrArray *inputs)
{
  g_autofree gboolean *needed = find_plan_values (graph);

  for (int i = dub_graph_n_inputs (graph) - 1; i >= 0; i--) {
    int value = dub_graph_input (graph, i)->value;

    if (!needed[value])
      continue;
    dub_graph_value (graph, value)->constant = dub_tensor_ref (g_ptr_array_index (inputs, i));
    g_array_remove_index (graph->inputs, (guint) i);
    g_ptr_array_remove_index (inputs, (guint) i);
  }
}

/* The largest difference, or infinity where the kinds of numbers differ; *excess where the tolerance is left. */
static double
compare (const DubTensor *found,
         const DubTensor *expected,
         gboolean        *excess)
{
  double largest = 0.0;

  for (size_t i = 0; i < dub_tensor_n_elements (expected); i++) {
    double a = dub_tensor_get_double (found, i);
    double b = dub_tensor_get_double (expected, i);

    if (isnan (a) && isnan (b))
      continue;
    if (isinf (b) && a == b)
      continue;
    if (!isfinite (a) || !isfinite (b)) {
      *excess = TRUE;
      return INFINITY;
    }
    if (fabs (a - b) > ABSOLUTE + RELATIVE * fabs (b))
      *excess = TRUE;
    largest = MAX (largest, fabs (a - b));
  }

  return largest;
}

static void
check_output (DubPlan         *plan,
              int              output,
              DubTensor       *expected,
              DubCheckResult  *result)
{
  DubTensor *found = dub_plan_output (plan, output);
  g_autoptr (DubTensor) real = NULL;
  gboolean excess = FALSE;
  double error;

  if (found->dtype == DUB_DTYPE_F32 && expected->dtype == DUB_DTYPE_U16) {
    real = undo_bfloat_recording (expected);
    expected = real != NULL ? real : expected;
  }
  if (found->dtype != expected->dtype || !dub_shape_equal (&found->shape, &expected->shape)) {
    g_autofree char *a = dub_shape_to_string (&found->shape);
    g_autofree char *b = dub_shape_to_string (&expected->shape);

    set_failed (result, INFINITY, "Output %d is %s of shape %s; expected %s of shape %s.", output,
                dub_dtype_name (found->dtype), a, dub_dtype_name (expected->dtype), b);
    return;
  }
  error = compare (found, expected, &excess);
  if (excess)
    set_failed (result, error, "Output %d differs by up to %g.", output, error);
  else
    result->max_error = MAX (result->max_error, error);
}

/* What the message of a refused plan is about: the operator of the node that it names. */
static char *
op_of_message (const DubGraph *graph,
               const char     *message)
{
  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    const DubNode *node = dub_graph_node (graph, i);
    g_autofree char *quoted = g_strdup_printf ("“%s”", node->name);

    if (strstr (message, quoted) != NULL)
      return g_strdup (node->op_name);
  }

  return g_strdup ("model");
}

/* A node that draws random numbers gives other ones than the recording. */
static gboolean
is_random (const DubGraph *graph)
{
  for (int i = 0; i < dub_graph_n_nodes (graph); i++) {
    const DubNode *node = dub_graph_node (graph, i);
    const DubTensor *ratio, *training;

    if (!g_str_equal (node->op_name, "Dropout") || node->n_inputs < 3 || node->inputs[2] < 0)
      continue;
    training = dub_graph_value (graph, node->inputs[2])->constant;
    ratio = node->inputs[1] >= 0 ? dub_graph_value (graph, node->inputs[1])->constant : NULL;
    if (training != NULL && dub_tensor_n_elements (training) == 1 && dub_tensor_get_int (training, 0) != 0 &&
        (ratio == NULL || dub_tensor_n_elements (ratio) != 1 || dub_tensor_get_double (ratio, 0) > 0.0))
      return TRUE;
  }

  return FALSE;
}

/* TRUE: go on with the next set; FALSE with @error: cancelled; FALSE without: the result is final. */
static gboolean
check_set (DubGraph        *graph,
           DataSet         *set,
           DubCheckResult  *result,
           DubRun          *run,
           GError         **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (DubPlan) plan = NULL;
  g_autofree DubType *types = NULL;
  int n_inputs = dub_graph_n_inputs (graph);

  if ((int) set->inputs->len != n_inputs || (int) set->outputs->len > dub_graph_n_outputs (graph)) {
    set_failed (result, INFINITY, "The data has %u inputs and %u outputs; the model has %d and %d.", set->inputs->len,
                set->outputs->len, n_inputs, dub_graph_n_outputs (graph));
    return FALSE;
  }
  undo_input_recordings (graph, set->inputs);
  bind_plan_inputs (graph, set->inputs);
  if (is_random (graph)) {
    set_unsupported (result, g_strdup ("Dropout"),
                     "Training mode draws random numbers, so recorded outputs cannot be reproduced.");
    return FALSE;
  }

  types = g_new (DubType, set->inputs->len + 1);
  for (guint i = 0; i < set->inputs->len; i++) {
    const DubTensor *input = g_ptr_array_index (set->inputs, i);

    types[i] = (DubType) { .dtype = input->dtype, .shape = input->shape };
  }
  plan = dub_plan_new (graph, types, &(DubPlanOptions) { .memory_limit = dub_memory_limit () }, run, &local);
  if (plan == NULL || !dub_plan_forward (plan, (DubTensor *const *) set->inputs->pdata, 0, run, &local)) {
    if (g_error_matches (local, DUB_ERROR, DUB_ERROR_CANCELLED))
      g_propagate_error (error, g_steal_pointer (&local));
    else if (g_error_matches (local, DUB_ERROR, DUB_ERROR_UNSUPPORTED))
      set_unsupported (result, op_of_message (graph, local->message), local->message);
    else
      set_failed (result, INFINITY, "%s", local->message);
    return FALSE;
  }

  for (guint i = 0; i < set->outputs->len && result->outcome == DUB_CHECK_PASS; i++)
    check_output (plan, (int) i, g_ptr_array_index (set->outputs, i), result);

  return result->outcome == DUB_CHECK_PASS;
}

/* Loads the model and reports what it cannot do. NULL: the result or @error is set. */
static DubGraph *
load_model (const char      *path,
            DubCheckResult  *result,
            GError         **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (DubGraph) graph = dub_onnx_load (path, &local);
  g_autoptr (GPtrArray) missing = NULL;

  if (graph == NULL) {
    if (g_error_matches (local, DUB_ERROR, DUB_ERROR_UNSUPPORTED))
      set_unsupported (result, g_strdup ("model"), local->message);
    else if (g_error_matches (local, DUB_ERROR, DUB_ERROR_IO))
      g_propagate_error (error, g_steal_pointer (&local));
    else
      set_failed (result, INFINITY, "%s", local->message);
    return NULL;
  }
  missing = dub_graph_unsupported (graph);
  if (missing->len > 0) {
    const DubUnsupported *first = g_ptr_array_index (missing, 0);

    set_unsupported (result, g_strdup (first->op), first->reason);
    return NULL;
  }

  return g_steal_pointer (&graph);
}

gboolean
dub_onnx_check_folder (const char      *folder,
                       DubCheckResult  *result,
                       DubRun          *run,
                       GError         **error)
{
  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  int n_sets = 0;

  *result = (DubCheckResult) { .outcome = DUB_CHECK_PASS };
  for (;; n_sets++) {
    g_autoptr (GError) local = NULL;
    g_autoptr (DubGraph) graph = NULL;
    g_auto (DataSet) set = { NULL };
    g_autofree char *name = g_strdup_printf ("test_data_set_%d", n_sets);
    g_autofree char *data = g_build_filename (folder, name, NULL);

    if (n_sets > 0 && !g_file_test (data, G_FILE_TEST_IS_DIR))
      return TRUE;

    graph = load_model (model, result, &local);
    if (graph == NULL) {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      return result->outcome != DUB_CHECK_PASS;
    }
    if (!g_file_test (data, G_FILE_TEST_IS_DIR)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_IO, "%s has no folder test_data_set_0.", folder);
      return FALSE;
    }
    if ((set.inputs = load_numbered (data, "input", &local)) == NULL ||
        (set.outputs = load_numbered (data, "output", &local)) == NULL) {
      if (g_error_matches (local, DUB_ERROR, DUB_ERROR_UNSUPPORTED)) {
        set_unsupported (result, g_strdup ("element type"), local->message);
        return TRUE;
      }
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (!check_set (graph, &set, result, run, &local)) {
      if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
      }
      return TRUE;
    }
  }
}
