/* Benchmarks of the engine: the network of source 001 under a mask, a dilated 3-D segmentation, ResNet-18. */
#include "app/cli/cli-bench.h"

#include "app/cli/cli-run.h"
#include "core/base/memory.h"
#include "core/base/rng.h"
#include "core/explain/mask.h"
#include "core/io/onnx.h"
#include "core/nn/arch.h"

#include <math.h>

static DubTensor *
random_tensor (DubShape  shape,
               GError  **error)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, shape, error);
  DubRng rng;

  if (tensor == NULL)
    return NULL;
  dub_rng_init (&rng, 1, "bench", 0);
  for (size_t i = 0, n = dub_tensor_n_elements (tensor); i < n; i++)
    dub_tensor_f32 (tensor)[i] = dub_rng_float (&rng);

  return tensor;
}

gboolean
cli_bench_mask_iteration (CliBench  *bench,
                          GError   **error)
{
  static const int64_t SHAPE[3] = { 121, 145, 121 };
  static const int CHANNELS[5] = { 8, 16, 32, 64, 128 };
  g_autoptr (DubGraph) graph = bench->model != NULL
                                 ? dub_onnx_load (bench->model, error)
                                 : dub_arch_cnn3d (SHAPE, CHANNELS, G_N_ELEMENTS (CHANNELS), 2, 0.5, 1, error);
  g_autoptr (DubTensor) image = random_tensor (DUB_SHAPE (SHAPE[0], SHAPE[1], SHAPE[2]), error);
  DubMaskParams params;

  if (graph == NULL || image == NULL)
    return FALSE;

  dub_mask_params_init (&params);
  params.lambda1 = params.lambda2 = 30.0;
  params.grid = 1;
  params.jitter = 0.0;
  params.start = 1.0;
  params.start_noise = 0.0;
  params.stop_early = FALSE;
  params.target_class = 1;
  params.replacement = DUB_REPLACE_ONE;
  params.n_iterations = bench->n_repeats + 2;

  g_autoptr (DubMask) mask = dub_mask_new (graph, &image, 1, NULL, &params, bench->run, error);

  if (mask == NULL)
    return FALSE;
  for (guint i = 0; i < bench->n_repeats + 2; i++) {
    gint64 start = g_get_monotonic_time ();

    if (!dub_mask_step (mask, bench->run, error))
      return FALSE;
    /* The first two pack weights and touch memory for the first time. */
    if (i >= 2)
      cli_bench_add (bench, start);
  }
  bench->peak_bytes = dub_mask_peak_bytes (mask);

  return TRUE;
}

static int
add_conv3d (DubGraph *graph,
            int       input,
            int       n_in,
            int       n_out,
            int       kernel,
            int       dilation,
            int       index,
            GError  **error)
{
  int pad = kernel / 2 * dilation;
  g_autoptr (DubTensor) weight = random_tensor (DUB_SHAPE (n_out, n_in, kernel, kernel, kernel), error);
  g_autoptr (DubTensor) bias = random_tensor (DUB_SHAPE (n_out), error);
  g_autofree char *name = g_strdup_printf ("conv%d", index);
  g_autofree char *weight_name = g_strdup_printf ("conv%d.weight", index);
  g_autofree char *bias_name = g_strdup_printf ("conv%d.bias", index);
  g_autofree char *attributes = g_strdup_printf ("kernel_shape=%d,%d,%d dilations=%d,%d,%d pads=%d,%d,%d,%d,%d,%d", kernel,
                                                 kernel, kernel, dilation, dilation, dilation, pad, pad, pad, pad, pad,
                                                 pad);

  if (weight == NULL || bias == NULL)
    return -1;

  /* Around zero and with the spread that keeps activations of one size from layer to layer. */
  float spread = 2.0f * sqrtf (6.0f / (float) (n_in * kernel * kernel * kernel));

  for (size_t i = 0, n = dub_tensor_n_elements (weight); i < n; i++)
    dub_tensor_f32 (weight)[i] = spread * (dub_tensor_f32 (weight)[i] - 0.5f);

  const int inputs[3] = { input, dub_graph_add_constant (graph, weight_name, weight, TRUE),
                          dub_graph_add_constant (graph, bias_name, bias, TRUE) };

  return dub_graph_apply (graph, "Conv", name, attributes, inputs, 3);
}

/* Ten convolutions of five channels with growing and shrinking dilation (Fedorov et al. 2017), 256^3. */
static DubGraph *
build_meshnet (GError **error)
{
  static const int DILATIONS[9] = { 1, 2, 4, 8, 16, 8, 4, 2, 1 };
  g_autoptr (DubGraph) graph = dub_graph_new ("meshnet", 14);
  int value = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &DUB_SHAPE (-1, 1, 256, 256, 256));

  for (int i = 0; i < 9; i++) {
    g_autofree char *relu = g_strdup_printf ("relu%d", i);
    int conv = add_conv3d (graph, value, i == 0 ? 1 : 5, 5, 3, DILATIONS[i], i, error);

    if (conv < 0)
      return NULL;
    value = dub_graph_apply (graph, "Relu", relu, NULL, &conv, 1);
  }
  value = add_conv3d (graph, value, 5, 3, 1, 1, 9, error);
  if (value < 0)
    return NULL;
  dub_graph_add_output (graph, value);

  return g_steal_pointer (&graph);
}

static gboolean
bench_forward (CliBench  *bench,
               DubGraph  *graph,
               DubShape   shape,
               GError   **error)
{
  DubType type = { .dtype = DUB_DTYPE_F32, .shape = shape };
  DubPlanOptions options = { .memory_limit = dub_memory_limit () };
  g_autoptr (DubTensor) input = random_tensor (shape, error);
  g_autoptr (DubPlan) plan = input != NULL ? dub_plan_new (graph, &type, &options, bench->run, error) : NULL;

  if (plan == NULL || !dub_plan_forward (plan, &input, 0, bench->run, error))
    return FALSE;

  for (guint i = 0; i < bench->n_repeats; i++) {
    gint64 start = g_get_monotonic_time ();

    if (!dub_plan_forward (plan, &input, 0, bench->run, error))
      return FALSE;
    cli_bench_add (bench, start);
  }
  bench->peak_bytes = dub_plan_peak_bytes (plan);
  bench->multiply_adds = dub_plan_multiply_adds (plan);

  return TRUE;
}

gboolean
cli_bench_meshnet (CliBench  *bench,
                   GError   **error)
{
  g_autoptr (DubGraph) graph = bench->model != NULL ? dub_onnx_load (bench->model, error) : build_meshnet (error);

  return graph != NULL && bench_forward (bench, graph, DUB_SHAPE (1, 1, 256, 256, 256), error);
}

gboolean
cli_bench_resnet18 (CliBench  *bench,
                    GError   **error)
{
  g_autoptr (DubGraph) graph = bench->model != NULL ? dub_onnx_load (bench->model, error)
                                                    : dub_arch_resnet18 (28, 28, 1, 2, 64, 1, error);

  return graph != NULL && bench_forward (bench, graph, DUB_SHAPE (128, 1, 28, 28), error);
}
