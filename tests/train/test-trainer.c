/* Training steps against PyTorch (tests/reference/make_train_reference.py), and the loop's promises. */
#include "core/train/loop.h"
#include "tests/reference/reference.h"

#include <math.h>
#include <string.h>

/* A copy: training changes parameters in place. */
static int
add_start (DubGraph   *graph,
           DubNpz     *npz,
           const char *name)
{
  g_autofree char *key = g_strconcat ("start_", name, NULL);
  g_autoptr (DubTensor) read = reference_read (npz, key);
  g_autoptr (DubTensor) tensor = dub_tensor_copy (read, NULL);

  return dub_graph_add_constant (graph, name, tensor, TRUE);
}

static int
add_filled (DubGraph   *graph,
            const char *name,
            float       value)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (3), NULL);

  for (size_t i = 0; i < 3; i++)
    dub_tensor_f32 (tensor)[i] = value;

  return dub_graph_add_constant (graph, name, tensor, FALSE);
}

static DubGraph *
make_graph (DubNpz *npz)
{
  DubGraph *graph = dub_graph_new ("train", 13);
  DubShape shape = DUB_SHAPE (-1, 1, 8, 8, 8);
  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &shape);
  int conv[] = { x, add_start (graph, npz, "conv.weight") };

  x = dub_graph_apply (graph, "Conv", "conv", "pads=1,1,1,1,1,1 kernel_shape=3,3,3", conv, 2);

  int norm_in[] = { x, add_start (graph, npz, "norm.weight"), add_start (graph, npz, "norm.bias"),
                    add_filled (graph, "norm.running_mean", 0.0f), add_filled (graph, "norm.running_var", 1.0f) };
  int norm_out[] = { dub_graph_add_value (graph, "norm"), dub_graph_add_value (graph, "norm.new_mean"),
                     dub_graph_add_value (graph, "norm.new_var") };

  dub_graph_add_node (graph, "BatchNormalization", "norm", dub_attributes_parse ("epsilon=1e-5f momentum=0.9f", NULL),
                      norm_in, 5, norm_out, 3);
  x = dub_graph_apply (graph, "LeakyRelu", "act", "alpha=0.01f", norm_out, 1);
  x = dub_graph_apply (graph, "MaxPool", "pool", "kernel_shape=2,2,2 strides=2,2,2", &x, 1);
  x = dub_graph_apply (graph, "Flatten", "flat", "axis=1", &x, 1);

  int dense[] = { x, add_start (graph, npz, "dense.weight"), add_start (graph, npz, "dense.bias") };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Gemm", "logits", "transB=1", dense, 3));

  return graph;
}

/* Largest distance of a constant of the graph from a recorded one. */
static double
distance (DubGraph   *graph,
          const char *value,
          DubNpz     *npz,
          const char *key)
{
  const DubTensor *found = dub_graph_value (graph, dub_graph_find_value (graph, value))->constant;
  g_autoptr (DubTensor) expected = reference_read (npz, key);
  double worst = 0.0;

  g_assert_cmpuint (dub_tensor_n_elements (found), ==, dub_tensor_n_elements (expected));
  for (size_t i = 0; i < dub_tensor_n_elements (found); i++)
    worst = MAX (worst, fabs (dub_tensor_get_double (found, i) - dub_tensor_get_double (expected, i)));

  return worst;
}

static DubTensor *
batch_at (DubTensor *batches,
          int64_t    k)
{
  g_autoptr (DubTensor) slice = dub_tensor_slice (batches, 0, k, 1, 1, NULL);

  return dub_tensor_reshape (slice, DUB_SHAPE (4, 1, 8, 8, 8), NULL);
}

static void
test_trajectory (void)
{
  static const char *const parameters[] = { "conv.weight", "norm.weight", "norm.bias", "dense.weight", "dense.bias" };
  g_autoptr (DubNpz) npz = reference_open ("train.npz");
  g_autoptr (DubGraph) graph = make_graph (npz);
  g_autoptr (DubTensor) batches = reference_read (npz, "batches");
  g_autoptr (DubTensor) labels = reference_read (npz, "labels");
  g_autoptr (DubTensor) losses = reference_read (npz, "losses");
  DubOptimizerOptions adam = dub_optimizer_defaults (DUB_OPTIMIZER_ADAM);
  DubType input = { DUB_DTYPE_F32, DUB_SHAPE (4, 1, 8, 8, 8) };
  g_autoptr (GError) error = NULL;

  adam.rate = 0.01;

  g_autoptr (DubTrainer) trainer = dub_trainer_new (graph, &input, &adam, NULL, &error);

  g_assert_no_error (error);
  for (int64_t k = 0; k < batches->shape.dim[0]; k++) {
    g_autoptr (DubTensor) batch = batch_at (batches, k);
    int batch_labels[4];
    DubLossParts parts;

    for (size_t i = 0; i < 4; i++)
      batch_labels[i] = (int) dub_tensor_get_int (labels, (size_t) k * 4 + i);
    g_assert_true (dub_trainer_step (trainer, batch, batch_labels, NULL, 0, &parts, NULL, &error));
    g_assert_cmpfloat_with_epsilon (parts.total, dub_tensor_get_double (losses, (size_t) k), 1e-4);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (parameters); i++) {
    g_autofree char *key = g_strconcat ("end_", parameters[i], NULL);

    g_assert_cmpfloat (distance (graph, parameters[i], npz, key), <, 1e-3);
  }
  g_assert_cmpfloat (distance (graph, "norm.running_mean", npz, "end_mean"), <, 1e-4);
  g_assert_cmpfloat (distance (graph, "norm.running_var", npz, "end_var"), <, 1e-4);
}

/* --- the loop --- */

typedef struct {
  DubTensor *cases; /* (40, 1, 8, 8, 8) */
  guint      n_calls;
  DubRun    *cancel_after;
} Cases;

static gboolean
get_case (size_t   index,
          float   *target,
          gpointer user_data,
          GError **error)
{
  Cases *cases = user_data;

  memcpy (target, dub_tensor_f32 (cases->cases) + index * 512, 512 * sizeof (float));

  return TRUE;
}

static void
count_cb (guint    epoch,
          double   fraction,
          double   loss,
          gpointer user_data)
{
  Cases *cases = user_data;

  cases->n_calls++;
  if (cases->cancel_after != NULL && cases->n_calls == 3)
    dub_run_cancel (cases->cancel_after);
}

static double
fit (DubGraph *graph,
     guint     n_threads,
     gboolean  cancel,
     GError  **error)
{
  g_autoptr (DubNpz) npz = reference_open ("train.npz");
  g_autoptr (DubTensor) batches = reference_read (npz, "batches");
  g_autoptr (DubRun) run = dub_run_new (n_threads);
  Cases cases = { .cases = batches, .cancel_after = cancel ? run : NULL };
  DubType input = { DUB_DTYPE_F32, DUB_SHAPE (4, 1, 8, 8, 8) };
  DubTrainOptions options = { .n_epochs = 12, .batch = 4, .seed = 7, .schedule.kind = DUB_SCHEDULE_COSINE };
  int labels[40];
  double loss = (double) NAN;

  options.optimizer = dub_optimizer_defaults (DUB_OPTIMIZER_ADAM);
  options.optimizer.rate = 0.01;
  for (size_t i = 0; i < 40; i++) {
    /* Something to learn: whether the first half of the cube is brighter. */
    double sum = 0.0;

    for (size_t v = 0; v < 512; v++)
      sum += (v < 256 ? 1.0 : -1.0) * (double) dub_tensor_f32 (batches)[i * 512 + v];
    labels[i] = sum > 0.0 ? 1 : 0;
  }
  dub_train_fit (graph, &input, 40, labels, get_case, &cases, &options, count_cb, &cases, &loss, run, error);
  g_assert_cmpuint (cases.n_calls, ==, cancel ? 3 : 120);

  return loss;
}

static void
test_fit (void)
{
  g_autoptr (DubNpz) npz = reference_open ("train.npz");
  g_autoptr (DubGraph) a = make_graph (npz);
  g_autoptr (DubGraph) b = make_graph (npz);
  g_autoptr (DubGraph) c = make_graph (npz);
  g_autoptr (GError) error = NULL;

  double loss = fit (a, 1, FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (loss, <, 0.2);
  g_assert_cmpfloat (fit (b, 3, FALSE, &error), ==, loss);
  g_assert_no_error (error);
  for (int i = 0; i < dub_graph_n_values (a); i++) {
    DubTensor *x = dub_graph_value (a, i)->constant, *y = dub_graph_value (b, i)->constant;

    if (x != NULL)
      g_assert_cmpmem (x->data, dub_tensor_n_bytes (x), y->data, dub_tensor_n_bytes (y));
  }

  fit (c, 2, TRUE, &error);
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/trajectory", test_trajectory);
  g_test_add_func ("/trainer/fit", test_fit);

  return g_test_run ();
}
