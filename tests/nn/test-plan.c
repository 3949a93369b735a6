/* The plan: folding, fusing, memory and reverse mode over whole graphs. Single operators are walked by test-op-table. */
#include "core/nn/plan.h"

#include <math.h>
#include <string.h>

static DubTensor *
random_tensor (DubShape shape,
               uint64_t index,
               double   scale)
{
  DubTensor *tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);
  DubRng rng;

  dub_rng_init (&rng, 11, "test-plan", index);
  for (size_t i = 0; i < dub_tensor_n_elements (tensor); i++)
    dub_tensor_f32 (tensor)[i] = (float) (scale * dub_rng_normal (&rng));

  return tensor;
}

/* With a positive offset the numbers are |normal| + offset, as scales and variances must be. */
static int
add_weights (DubGraph   *graph,
             const char *name,
             DubShape    shape,
             uint64_t    index,
             double      scale,
             double      offset)
{
  g_autoptr (DubTensor) tensor = random_tensor (shape, index, scale);

  for (size_t i = 0; i < dub_tensor_n_elements (tensor) && offset > 0.0; i++)
    dub_tensor_f32 (tensor)[i] = (float) (fabs (dub_tensor_f32 (tensor)[i]) + offset);

  return dub_graph_add_constant (graph, name, tensor, TRUE);
}

static int
conv_norm (DubGraph   *graph,
           const char *name,
           int         x,
           int64_t     n_in,
           int64_t     n_out,
           uint64_t    index)
{
  int conv_inputs[3] = { x, add_weights (graph, "w", DUB_SHAPE (n_out, n_in, 3, 3, 3), index, 0.3, 0.0),
                         add_weights (graph, "b", DUB_SHAPE (n_out), index + 1, 0.3, 0.0) };
  int conv = dub_graph_apply (graph, "Conv", name, "kernel_shape=3,3,3 pads=1,1,1,1,1,1", conv_inputs, 3);
  int norm_inputs[5] = { conv, add_weights (graph, "gamma", DUB_SHAPE (n_out), index + 2, 0.5, 0.5),
                         add_weights (graph, "beta", DUB_SHAPE (n_out), index + 3, 0.5, 0.0),
                         add_weights (graph, "mean", DUB_SHAPE (n_out), index + 4, 0.5, 0.0),
                         add_weights (graph, "variance", DUB_SHAPE (n_out), index + 5, 0.5, 0.5) };

  return dub_graph_apply (graph, "BatchNormalization", name, "", norm_inputs, 5);
}

/* Two blocks, the second with a residual, a pool after each, and a linear head. */
static DubGraph *
small_network (void)
{
  DubGraph *graph = dub_graph_new ("small", 13);
  DubShape shape = DUB_SHAPE (-1, 2, 8, 9, 10);
  int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &shape);
  int first = conv_norm (graph, "first", x, 2, 8, 100);
  int leaky = dub_graph_apply (graph, "LeakyRelu", "leaky", "alpha=0.01f", &first, 1);
  int pooled = dub_graph_apply (graph, "MaxPool", "pool1", "kernel_shape=2,2,2 strides=2,2,2", &leaky, 1);
  int second = conv_norm (graph, "second", pooled, 8, 8, 200);
  int add_inputs[2] = { pooled, second };
  int sum = dub_graph_apply (graph, "Add", "residual", "", add_inputs, 2);
  int relu = dub_graph_apply (graph, "Relu", "relu", "", &sum, 1);
  int pooled2 = dub_graph_apply (graph, "MaxPool", "pool2", "kernel_shape=2,2,2 strides=2,2,2", &relu, 1);
  int flat = dub_graph_apply (graph, "Flatten", "flat", "", &pooled2, 1);
  int gemm_inputs[3] = { flat, add_weights (graph, "fc", DUB_SHAPE (3, 64), 300, 0.2, 0.0),
                         add_weights (graph, "fb", DUB_SHAPE (3), 301, 0.2, 0.0) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Gemm", "logits", "transB=1", gemm_inputs, 3));

  return graph;
}

typedef struct {
  DubTensor *output;
  DubTensor *gradient;
  char      *steps;
  size_t     peak;
} Result;

static void
result_clear (Result *self)
{
  dub_tensor_unref (self->output);
  dub_tensor_unref (self->gradient);
  g_free (self->steps);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static Result
evaluate (DubGraph *graph,
          gboolean  training,
          gboolean  no_fusion,
          guint     n_threads)
{
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  g_autoptr (GError) error = NULL;
  DubType type = { DUB_DTYPE_F32, DUB_SHAPE (2, 2, 8, 9, 10) };
  DubPlanOptions options = { .training = training, .input_gradients = TRUE, .no_fusion = no_fusion };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, &options, run, &error);
  g_autoptr (DubTensor) x = random_tensor (type.shape, 1, 1.0);
  g_autoptr (DubTensor) dy = random_tensor (DUB_SHAPE (2, 3), 2, 1.0);
  Result result = { 0 };

  g_assert_no_error (error);
  /* Twice: the second run must not see what the first left in the arena. */
  for (int repeat = 0; repeat < 2; repeat++) {
    g_assert_true (dub_plan_forward (plan, &x, 0, run, &error));
    g_assert_no_error (error);
    g_clear_pointer (&result.output, dub_tensor_unref);
    result.output = dub_tensor_copy (dub_plan_output (plan, 0), NULL);
    g_assert_true (dub_plan_backward (plan, &dy, run, &error));
    g_assert_no_error (error);
    /* Outputs stay readable after the backward pass. */
    g_assert_cmpmem (dub_plan_output (plan, 0)->data, dub_tensor_n_bytes (result.output),
                     result.output->data, dub_tensor_n_bytes (result.output));
  }
  result.gradient = dub_tensor_copy (dub_plan_input_gradient (plan, 0), NULL);
  result.steps = dub_plan_to_string (plan);
  result.peak = dub_plan_peak_bytes (plan);

  return result;
}

static double
largest_difference (const DubTensor *a,
                    const DubTensor *b)
{
  double largest = 0.0, scale = 0.0;

  for (size_t i = 0; i < dub_tensor_n_elements (a); i++) {
    g_assert_true (isfinite (dub_tensor_f32 (a)[i]));
    largest = fmax (largest, fabs ((double) dub_tensor_f32 (a)[i] - dub_tensor_f32 (b)[i]));
    scale = fmax (scale, fabs ((double) dub_tensor_f32 (b)[i]));
  }
  g_assert_cmpfloat (scale, >, 0.0);

  return largest / scale;
}

static void
test_fusion_agrees (void)
{
  g_autoptr (DubGraph) graph = small_network ();
  g_auto (Result) fused = evaluate (graph, FALSE, FALSE, 2);
  g_auto (Result) plain = evaluate (graph, FALSE, TRUE, 2);

  g_assert_nonnull (strstr (fused.steps, "dub.ConvBlock first"));
  g_assert_nonnull (strstr (fused.steps, "dub.ConvBlock second"));
  g_assert_null (strstr (fused.steps, "BatchNormalization"));
  g_assert_null (strstr (fused.steps, "MaxPool"));
  g_assert_nonnull (strstr (plain.steps, "BatchNormalization"));
  g_assert_cmpfloat (largest_difference (fused.output, plain.output), <, 2e-5);
  g_assert_cmpfloat (largest_difference (fused.gradient, plain.gradient), <, 2e-5);
  g_assert_cmpuint (fused.peak, <, plain.peak);
}

/* In training the normalisation takes its followers in. */
static void
test_training_fusion_agrees (void)
{
  g_autoptr (DubGraph) graph = small_network ();
  g_auto (Result) fused = evaluate (graph, TRUE, FALSE, 2);
  g_auto (Result) plain = evaluate (graph, TRUE, TRUE, 2);
  g_auto (Result) alone = evaluate (graph, TRUE, FALSE, 1);

  g_assert_nonnull (strstr (fused.steps, "dub.NormBlock first"));
  g_assert_nonnull (strstr (fused.steps, "dub.NormBlock second"));
  g_assert_null (strstr (fused.steps, "Relu"));
  g_assert_null (strstr (fused.steps, "MaxPool"));
  g_assert_nonnull (strstr (plain.steps, "BatchNormalization"));
  g_assert_cmpfloat (largest_difference (fused.output, plain.output), <, 2e-5);
  g_assert_cmpfloat (largest_difference (fused.gradient, plain.gradient), <, 2e-5);
  g_assert_cmpuint (fused.peak, <, plain.peak);
  g_assert_cmpmem (alone.gradient->data, dub_tensor_n_bytes (alone.gradient),
                   fused.gradient->data, dub_tensor_n_bytes (fused.gradient));
}

static void
test_threads_agree (void)
{
  g_autoptr (DubGraph) graph = small_network ();
  g_auto (Result) one = evaluate (graph, FALSE, FALSE, 1);
  g_auto (Result) three = evaluate (graph, FALSE, FALSE, 3);

  g_assert_cmpmem (one.output->data, dub_tensor_n_bytes (one.output),
                   three.output->data, dub_tensor_n_bytes (three.output));
  g_assert_cmpmem (one.gradient->data, dub_tensor_n_bytes (one.gradient),
                   three.gradient->data, dub_tensor_n_bytes (three.gradient));
}

/* y = relu(x) · relu(x) + x, where relu(x) is read twice by one node and x by two. */
static void
test_shared_values (void)
{
  g_autoptr (DubGraph) graph = dub_graph_new ("shared", 13);
  DubShape shape = DUB_SHAPE (50);
  int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &shape);
  int relu = dub_graph_apply (graph, "Relu", "relu", "", &x, 1);
  int square_inputs[2] = { relu, relu };
  int square = dub_graph_apply (graph, "Mul", "square", "", square_inputs, 2);
  int sum_inputs[2] = { square, x };
  int sum = dub_graph_apply (graph, "Add", "sum", "", sum_inputs, 2);

  dub_graph_add_output (graph, sum);
  /* A second output that is the first one again: gradients of both add up. */
  dub_graph_add_output (graph, dub_graph_apply (graph, "Identity", "again", "", &sum, 1));

  g_autoptr (GError) error = NULL;
  DubType type = { DUB_DTYPE_F32, shape };
  DubPlanOptions options = { .input_gradients = TRUE };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, &options, NULL, &error);
  g_autoptr (DubTensor) in = random_tensor (shape, 3, 1.0);
  g_autoptr (DubTensor) dy = random_tensor (shape, 4, 1.0);
  DubTensor *d_outputs[2] = { dy, dy };

  g_assert_no_error (error);
  g_assert_true (dub_plan_forward (plan, &in, 0, NULL, &error));
  g_assert_true (dub_plan_backward (plan, d_outputs, NULL, &error));
  for (size_t i = 0; i < 50; i++) {
    double value = dub_tensor_f32 (in)[i], slope = 1.0 + 2.0 * fmax (value, 0.0);

    g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (dub_plan_output (plan, 0))[i],
                                    pow (fmax (value, 0.0), 2.0) + value, 1e-5);
    g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (dub_plan_input_gradient (plan, 0))[i],
                                    2.0 * dub_tensor_f32 (dy)[i] * slope, 1e-4);
  }
}

/* A long chain reuses memory: fifty activations, at most two of them alive. */
static void
test_memory_is_reused (void)
{
  g_autoptr (DubGraph) graph = dub_graph_new ("chain", 13);
  DubShape shape = DUB_SHAPE (1, 1, 100, 100);
  int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &shape);
  int value = x;
  DubType type = { DUB_DTYPE_F32, shape };

  for (int i = 0; i < 50; i++) {
    int mean = dub_graph_apply (graph, "GlobalAveragePool", "mean", "", &value, 1);

    value = dub_graph_apply (graph, "Add", "wide", "", (int[]) { mean, x }, 2);
  }
  dub_graph_add_output (graph, value);

  g_autoptr (GError) error = NULL;
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (dub_plan_peak_bytes (plan), <=, 2 * 40000 + 4096);
}

static void
test_shapes_fold (void)
{
  g_autoptr (DubGraph) graph = dub_graph_new ("fold", 13);
  DubShape shape = DUB_SHAPE (-1, 3, 4);
  int x = dub_graph_add_input (graph, "x", DUB_DTYPE_F32, &shape);
  int sizes = dub_graph_apply (graph, "Shape", "sizes", "", &x, 1);
  int64_t zero = 0, minus_one = -1;
  g_autoptr (DubTensor) first = dub_tensor_new_wrapped (DUB_DTYPE_I64, DUB_SHAPE (1), &zero, NULL, NULL);
  g_autoptr (DubTensor) rest = dub_tensor_new_wrapped (DUB_DTYPE_I64, DUB_SHAPE (1), &minus_one, NULL, NULL);
  int gather_inputs[2] = { sizes, dub_graph_add_constant (graph, "first", first, FALSE) };
  int batch = dub_graph_apply (graph, "Gather", "batch", "axis=0", gather_inputs, 2);
  int concat_inputs[2] = { batch, dub_graph_add_constant (graph, "rest", rest, FALSE) };
  int target = dub_graph_apply (graph, "Concat", "target", "axis=0", concat_inputs, 2);
  int reshape_inputs[2] = { x, target };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Reshape", "flat", "", reshape_inputs, 2));

  g_autoptr (GError) error = NULL;
  DubType type = { DUB_DTYPE_F32, DUB_SHAPE (5, 3, 4) };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, NULL, NULL, &error);
  g_autoptr (DubTensor) in = random_tensor (type.shape, 5, 1.0);
  DubShape expected = DUB_SHAPE (5, 12);

  g_assert_no_error (error);

  g_autofree char *steps = dub_plan_to_string (plan);

  g_assert_cmpstr (steps, ==, "");
  g_assert_true (dub_shape_equal (&dub_plan_output_type (plan, 0)->shape, &expected));
  g_assert_true (dub_plan_forward (plan, &in, 0, NULL, &error));
  g_assert_cmpmem (dub_plan_output (plan, 0)->data, 240, in->data, 240);
}

static void
test_refusals (void)
{
  g_autoptr (DubGraph) graph = small_network ();
  g_autoptr (DubGraph) strange = dub_graph_new ("strange", 13);
  g_autoptr (GError) error = NULL;
  DubShape one = DUB_SHAPE (1);
  int x = dub_graph_add_input (strange, "x", DUB_DTYPE_F32, &one);
  DubType type = { DUB_DTYPE_F32, DUB_SHAPE (1, 2, 8, 9, 11) };
  DubPlanOptions options = { .memory_limit = 1000 };

  g_assert_null (dub_plan_new (graph, &type, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "1×2×8×9×11"));
  g_clear_error (&error);

  type.shape.dim[4] = 10;
  g_assert_null (dub_plan_new (graph, &type, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_MEMORY);
  g_clear_error (&error);

  dub_graph_add_output (strange, dub_graph_apply (strange, "Frobnicate", "frob", "", &x, 1));
  type.shape = one;
  g_assert_null (dub_plan_new (strange, &type, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "frob"));
  g_assert_nonnull (strstr (error->message, "Frobnicate"));
  g_clear_error (&error);

  g_autoptr (DubRun) run = dub_run_new (1);

  dub_run_cancel (run);
  type.shape = DUB_SHAPE (1, 2, 8, 9, 10);
  g_assert_null (dub_plan_new (graph, &type, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

/* Parameter gradients in training mode against finite differences along a random direction of all parameters. */
static void
test_parameter_gradients (void)
{
  g_autoptr (DubGraph) graph = small_network ();
  g_autoptr (GError) error = NULL;
  DubType type = { DUB_DTYPE_F32, DUB_SHAPE (3, 2, 8, 9, 10) };
  DubPlanOptions options = { .training = TRUE, .parameter_gradients = TRUE };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, &options, NULL, &error);
  g_autoptr (DubTensor) x = random_tensor (type.shape, 6, 1.0);
  g_autoptr (DubTensor) dy = random_tensor (DUB_SHAPE (3, 3), 7, 1.0);
  double slope = 0.0, loss[2] = { 0.0, 0.0 };
  const double h = 2e-4;

  g_assert_no_error (error);
  g_assert_true (dub_plan_forward (plan, &x, 0, NULL, &error));
  g_assert_true (dub_plan_backward (plan, &dy, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (dub_plan_input_gradient (plan, 0));

  /* Parameters move by +h and then -2h along the direction. */
  for (int pass = 0; pass < 2; pass++) {
    for (int v = 0; v < dub_graph_n_values (graph); v++) {
      DubTensor *parameter = dub_graph_value (graph, v)->constant;
      DubTensor *gradient = dub_plan_parameter_gradient (plan, v);

      if (parameter == NULL || gradient == NULL)
        continue;

      g_autoptr (DubTensor) direction = random_tensor (parameter->shape, (uint64_t) (1000 + v), 1.0);

      for (size_t i = 0; i < dub_tensor_n_elements (parameter); i++) {
        if (pass == 0)
          slope += (double) dub_tensor_f32 (gradient)[i] * dub_tensor_f32 (direction)[i];
        dub_tensor_f32 (parameter)[i] += (float) ((pass == 0 ? h : -2.0 * h) * dub_tensor_f32 (direction)[i]);
      }
    }
    g_assert_true (dub_plan_forward (plan, &x, 0, NULL, &error));
    for (size_t i = 0; i < 9; i++)
      loss[pass] += (double) dub_tensor_f32 (dub_plan_output (plan, 0))[i] * dub_tensor_f32 (dy)[i];
  }
  g_test_message ("slope %g, difference quotient %g", slope, (loss[0] - loss[1]) / (2.0 * h));
  g_assert_cmpfloat (fabs (slope), >, 1.0);
  g_assert_cmpfloat (fabs ((loss[0] - loss[1]) / (2.0 * h) - slope), <, 0.02 * fabs (slope));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/fusion-agrees", test_fusion_agrees);
  g_test_add_func ("/plan/training-fusion-agrees", test_training_fusion_agrees);
  g_test_add_func ("/plan/threads-agree", test_threads_agree);
  g_test_add_func ("/plan/shared-values", test_shared_values);
  g_test_add_func ("/plan/memory-is-reused", test_memory_is_reused);
  g_test_add_func ("/plan/shapes-fold", test_shapes_fold);
  g_test_add_func ("/plan/parameter-gradients", test_parameter_gradients);
  g_test_add_func ("/plan/refusals", test_refusals);

  return g_test_run ();
}
