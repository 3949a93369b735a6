/* A model from anywhere: parsed, asked what it lacks, and planned for small inputs. */
#include "core/io/onnx.h"
#include "core/nn/plan.h"
#include "tests/fuzz/fuzz.h"

/* More than the models of the corpus need, less than a host would notice. */
static const size_t MEMORY_LIMIT = (size_t) 64 << 20;

static void
plan (DubGraph *graph)
{
  int n_inputs = dub_graph_n_inputs (graph);
  g_autofree DubType *types = g_new0 (DubType, MAX (n_inputs, 1));
  const DubPlanOptions options = { .input_gradients = TRUE, .memory_limit = MEMORY_LIMIT };
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < n_inputs; i++) {
    const DubGraphInput *input = dub_graph_input (graph, i);

    types[i].dtype = input->dtype;
    types[i].shape = input->has_shape ? input->shape : DUB_SHAPE (2, 3, 4);
    for (int axis = 0; axis < types[i].shape.rank; axis++)
      if (types[i].shape.dim[axis] < 0 || types[i].shape.dim[axis] > 8)
        types[i].shape.dim[axis] = 4;
  }

  g_autoptr (DubPlan) made = dub_plan_new (graph, types, &options, NULL, &error);

  g_assert_true ((made == NULL) == (error != NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         n_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = dub_onnx_parse (bytes, n_bytes, "fuzz.onnx", NULL, &error);

  g_assert_true ((graph == NULL) == (error != NULL));
  if (graph == NULL)
    return 0;

  g_autoptr (GPtrArray) unsupported = dub_graph_unsupported (graph);

  if (unsupported->len == 0)
    plan (graph);

  return 0;
}
