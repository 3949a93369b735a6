/* model.onnx, and reference.npz by which an importer sees that it computes what we computed. */
#include "core/base/memory.h"
#include "core/io/npy.h"
#include "core/io/onnx.h"
#include "core/train/fit-private.h"

#include <string.h>

enum { N_REFERENCES = 4 };

/* "input" (4, …), "logits" (4, C), "features" (4, F): cases of the validation fold. */
static gboolean
write_reference (DubFit    *fit,
                 DubGraph  *graph,
                 DubRun    *run,
                 GError   **error)
{
  static const char *const names[] = { "input", "logits", "features" };
  g_autofree char *file = g_build_filename (fit->job->folder, "reference.npz", NULL);
  size_t n = MIN ((size_t) N_REFERENCES, fit->validation->n);
  DubType one = { .dtype = DUB_DTYPE_F32, .shape = { .rank = fit->network->input.rank + 1, .dim = { 1 } } };

  memcpy (one.shape.dim + 1, fit->network->input.dim, sizeof (int64_t) * (size_t) fit->network->input.rank);

  DubShape all = one.shape;
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &one, &options, run, error);
  g_autoptr (DubTensor) input = NULL;
  g_autoptr (DubTensor) logits = NULL;
  g_autoptr (DubTensor) features = NULL;

  if (plan == NULL)
    return FALSE;
  all.dim[0] = (int64_t) n;

  size_t n_logits = dub_shape_n_elements (&dub_plan_output_type (plan, 0)->shape);
  size_t n_features = dub_shape_n_elements (&dub_plan_output_type (plan, 1)->shape);

  input = dub_tensor_new (DUB_DTYPE_F32, all, error);
  logits = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE ((int64_t) n, (int64_t) n_logits), error);
  features = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE ((int64_t) n, (int64_t) n_features), error);
  if (input == NULL || logits == NULL || features == NULL)
    return FALSE;

  for (size_t i = 0; i < n; i++) {
    g_autoptr (DubTensor) item = dub_tensor_slice (input, 0, (int64_t) i, 1, 1, error);

    if (item == NULL || !dub_fit_cases_prepared (fit->validation, i, dub_tensor_f32 (item), error) ||
        !dub_plan_forward (plan, &item, 0, run, error))
      return FALSE;
    memcpy (dub_tensor_f32 (logits) + i * n_logits, dub_plan_output (plan, 0)->data, n_logits * sizeof (float));
    memcpy (dub_tensor_f32 (features) + i * n_features, dub_plan_output (plan, 1)->data, n_features * sizeof (float));
  }

  DubTensor *const tensors[] = { input, logits, features };

  return dub_npz_save (file, names, tensors, G_N_ELEMENTS (names), error);
}

gboolean
_dub_fit_write_model (DubFit   *fit,
                      DubRun   *run,
                      GError  **error)
{
  g_autofree char *file = g_build_filename (fit->job->folder, "model.onnx", NULL);
  g_autoptr (DubGraph) graph = dub_network_freeze (fit->network, fit->best, "", error);

  if (graph == NULL || !dub_onnx_save (graph, file, error) || !write_reference (fit, graph, run, error))
    return FALSE;
  fit->model_epoch = fit->best_epoch;

  return TRUE;
}
