/* Whole trajectories of training against PyTorch in double precision (tests/reference/make_trajectory_reference.py). */
#include "core/nn/arch.h"
#include "core/train/trainer.h"
#include "tests/reference/reference.h"
#include "tests/train/formula.h"

#include <math.h>
#include <string.h>

enum { N = 8, SIZE = 8, CHANNELS = 4, CLASSES = 3, BATCHES = 5, STEPS = 50 };

/* Relative, of every loss, and of every parameter's distance to its norm. */
static const double TOLERANCE = 1e-3;
static const double CLASS_WEIGHTS[CLASSES] = { 0.5, 1.0, 2.25 };

typedef struct {
  const char         *name;
  DubLoss             loss;
  DubOptimizerOptions optimizer;
  uint32_t            stream; /* of ResNet's images */
} Trajectory;

#define ADAM { .kind = DUB_OPTIMIZER_ADAM, .rate = 0.003, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8 }

static const Trajectory TRAJECTORIES[] = {
  { "plain", { 0 }, ADAM },
  { "weighted", { .class_weights = CLASS_WEIGHTS }, ADAM },
  { "smoothing", { .smoothing = 0.1 }, ADAM },
  { "weighted-smoothing", { .smoothing = 0.2, .class_weights = CLASS_WEIGHTS }, ADAM },
  { "dca", { .dca = 10.0 }, ADAM },
  { "entropy", { .entropy = 0.3 }, ADAM },
  { "penalty", { .entropy = -0.3 }, ADAM },
  { "mmce", { .mmce = 0.5 }, ADAM },
  { "mixup", { .mixup = 0.4 }, ADAM },
  { "all", { .smoothing = 0.05, .dca = 2.0, .entropy = -0.1, .mmce = 1.0, .mixup = 1.0, .class_weights = CLASS_WEIGHTS },
    ADAM },
  { "sgd", { 0 }, { .kind = DUB_OPTIMIZER_SGD, .rate = 0.02 } },
  { "sgd-decay", { 0 }, { .kind = DUB_OPTIMIZER_SGD, .rate = 0.02, .weight_decay = 0.05 } },
  { "momentum", { 0 }, { .kind = DUB_OPTIMIZER_SGD, .rate = 0.005, .momentum = 0.9, .weight_decay = 0.01 } },
  { "nesterov", { 0 }, { .kind = DUB_OPTIMIZER_SGD, .rate = 0.005, .momentum = 0.9, .nesterov = TRUE } },
  { "adam-decay", { 0 },
    { .kind = DUB_OPTIMIZER_ADAM, .rate = 0.003, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .weight_decay = 0.05 } },
  { "adam-betas", { 0 },
    { .kind = DUB_OPTIMIZER_ADAM, .rate = 0.003, .beta1 = 0.7, .beta2 = 0.95, .epsilon = 1e-4 } },
  { "adamw", { 0 },
    { .kind = DUB_OPTIMIZER_ADAMW, .rate = 0.003, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .weight_decay = 0.5 } },
  { "clipped", { 0 }, { .kind = DUB_OPTIMIZER_SGD, .rate = 0.05, .clip_norm = 0.5 } },
};

static DubTensor *
read_array (DubNpz     *npz,
            const char *trajectory,
            const char *what)
{
  g_autofree char *name = g_strconcat (trajectory, ".", what, NULL);

  return reference_read (npz, name);
}

static int
add_hashed (DubGraph   *graph,
            const char *name,
            DubShape    shape,
            uint32_t    stream,
            double      scale,
            double      shift)
{
  g_autoptr (DubTensor) tensor = dub_tensor_new (DUB_DTYPE_F32, shape, NULL);

  fill_hashed (tensor, stream, scale, shift);

  return dub_graph_add_constant (graph, name, tensor, stream != 0);
}

static DubGraph *
make_graph (void)
{
  DubGraph *graph = dub_graph_new ("trajectory", 13);
  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &DUB_SHAPE (-1, 1, SIZE, SIZE));
  int conv[] = { x, add_hashed (graph, "conv.weight", DUB_SHAPE (CHANNELS, 1, 3, 3), 1, 0.5, 0.0) };

  x = dub_graph_apply (graph, "Conv", "conv", "pads=1,1,1,1 kernel_shape=3,3", conv, 2);

  int norm_in[] = { x, add_hashed (graph, "norm.weight", DUB_SHAPE (CHANNELS), 2, 0.2, 1.0),
                    add_hashed (graph, "norm.bias", DUB_SHAPE (CHANNELS), 3, 0.2, 0.0),
                    add_hashed (graph, "norm.running_mean", DUB_SHAPE (CHANNELS), 0, 0.0, 0.0),
                    add_hashed (graph, "norm.running_var", DUB_SHAPE (CHANNELS), 0, 0.0, 1.0) };
  int norm_out[] = { dub_graph_add_value (graph, "norm"), dub_graph_add_value (graph, "norm.new_mean"),
                     dub_graph_add_value (graph, "norm.new_var") };

  dub_graph_add_node (graph, "BatchNormalization", "norm", dub_attributes_parse ("epsilon=1e-5f momentum=0.9f", NULL),
                      norm_in, 5, norm_out, 3);
  x = dub_graph_apply (graph, "Relu", "relu", "", norm_out, 1);
  x = dub_graph_apply (graph, "Flatten", "flat", "axis=1", &x, 1);

  int dense[] = { x, add_hashed (graph, "dense.weight", DUB_SHAPE (CLASSES, CHANNELS * SIZE * SIZE), 4, 0.1, 0.0),
                  add_hashed (graph, "dense.bias", DUB_SHAPE (CLASSES), 5, 0.1, 0.0) };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Gemm", "logits", "transB=1", dense, 3));

  return graph;
}

/* Distance of a parameter from the recorded numbers over their norm. */
static double
relative_distance (const DubTensor *found,
                   const DubTensor *expected)
{
  double distance = 0.0, norm = 0.0;

  g_assert_cmpuint (dub_tensor_n_elements (found), ==, dub_tensor_n_elements (expected));
  for (size_t i = 0; i < dub_tensor_n_elements (found); i++) {
    double e = dub_tensor_get_double (expected, i);

    distance += pow (dub_tensor_get_double (found, i) - e, 2.0);
    norm += e * e;
  }

  return sqrt (distance / norm);
}

static void
test_small (gconstpointer data)
{
  static const char *const parameters[] = { "conv.weight", "norm.weight", "norm.bias", "dense.weight", "dense.bias" };
  const Trajectory *trajectory = data;
  g_autoptr (DubNpz) npz = reference_open ("trajectories.npz");
  g_autoptr (DubTensor) losses = read_array (npz, trajectory->name, "losses");
  g_autoptr (DubGraph) graph = make_graph ();
  g_autoptr (DubTensor) batch = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (N, 1, SIZE, SIZE), NULL);
  DubType input = { DUB_DTYPE_F32, batch->shape };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTrainer) trainer = dub_trainer_new (graph, &input, &trajectory->optimizer, NULL, &error);
  double worst = 0.0;

  g_assert_no_error (error);
  g_assert_true (dub_loss_check (&trajectory->loss, CLASSES, &error));
  for (uint32_t step = 0; step < STEPS; step++) {
    int labels[N];
    DubLossParts parts;
    double expected = dub_tensor_get_double (losses, step);

    fill_hashed (batch, 100 + step % BATCHES, 1.0, 0.0);
    for (uint32_t i = 0; i < N; i++)
      labels[i] = hashed_label (200 + step % BATCHES, i, CLASSES);
    dub_trainer_step (trainer, batch, labels, &trajectory->loss, step, &parts, NULL, &error);
    g_assert_no_error (error);
    worst = MAX (worst, fabs (parts.total - expected) / fabs (expected));
    g_assert_cmpfloat (worst, <, TOLERANCE);
  }
  g_test_message ("%s: losses differ by %.1e at most", trajectory->name, worst);

  for (size_t i = 0; i < G_N_ELEMENTS (parameters); i++) {
    g_autoptr (DubTensor) expected = read_array (npz, trajectory->name, parameters[i]);
    const DubTensor *found = dub_graph_value (graph, dub_graph_find_value (graph, parameters[i]))->constant;
    double distance = relative_distance (found, expected);

    g_test_message ("%s: %s differs by %.1e", trajectory->name, parameters[i], distance);
    g_assert_cmpfloat (distance, <, TOLERANCE);
  }
}

/* --- ResNet-18 --- */

enum { WIDTH = 4, SIDE = 12, CASES = 4, RESNET_STEPS = 5 };

/* Parameters in the order in which the graph has them, as the script draws them: the scale tells what a name is. */
static void
fill_resnet (DubGraph *graph,
             GArray   *parameters)
{
  for (int i = 0; i < dub_graph_n_values (graph); i++) {
    const DubValue *value = dub_graph_value (graph, i);

    if (value->constant == NULL || !value->is_parameter)
      continue;

    const DubShape *shape = &value->constant->shape;
    uint32_t stream = 1000 + parameters->len;
    double fan_in = shape->rank == 4 ? (double) (shape->dim[1] * shape->dim[2] * shape->dim[3]) : 1.0;

    if (g_str_has_prefix (value->name, "logits"))
      fill_hashed (value->constant, stream, shape->rank == 2 ? 0.5 : 0.1, 0.0);
    else if (shape->rank == 4)
      fill_hashed (value->constant, stream, sqrt (6.0 / fan_in), 0.0);
    else
      fill_hashed (value->constant, stream, 0.2, g_str_has_suffix (value->name, ".weight") ? 1.0 : 0.0);
    g_array_append_val (parameters, i);
  }
}

static void
check_resnet_parameter (const DubTensor *found,
                        DubNpz          *npz,
                        const char      *trajectory,
                        const char      *name,
                        uint32_t         index)
{
  g_autofree char *key = g_strconcat (name, ".measures", NULL);
  g_autofree char *full = g_strconcat (trajectory, ".", name, NULL);
  g_autoptr (DubTensor) measures = read_array (npz, trajectory, key);
  g_autoptr (DubTensor) numbers = dub_npz_read (npz, full, NULL);
  double squares = 0.0, projection = 0.0;

  for (size_t i = 0; i < dub_tensor_n_elements (found); i++) {
    double x = dub_tensor_get_double (found, i);

    squares += x * x;
    projection += x * hashed (9000 + index, (uint32_t) i);
  }

  double norm = dub_tensor_get_double (measures, 0);

  g_assert_cmpfloat (fabs (sqrt (squares) - norm), <, TOLERANCE * norm);
  g_assert_cmpfloat (fabs (projection - dub_tensor_get_double (measures, 1)), <, TOLERANCE * norm);
  if (numbers != NULL)
    g_assert_cmpfloat (relative_distance (found, numbers), <, TOLERANCE);
}

static void
test_resnet (gconstpointer data)
{
  const Trajectory *trajectory = data;
  g_autoptr (DubNpz) npz = reference_open ("trajectories.npz");
  g_autoptr (DubTensor) losses = read_array (npz, trajectory->name, "losses");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = dub_arch_resnet18 (SIDE, SIDE, 1, CLASSES, WIDTH, 1, &error);
  g_autoptr (GArray) parameters = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (DubTensor) batch = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (CASES, 1, SIDE, SIDE), NULL);
  DubType input = { DUB_DTYPE_F32, batch->shape };

  g_assert_no_error (error);
  fill_resnet (graph, parameters);
  g_assert_cmpuint (parameters->len, ==, 62);

  g_autoptr (DubTrainer) trainer = dub_trainer_new (graph, &input, &trajectory->optimizer, NULL, &error);

  g_assert_no_error (error);
  for (uint32_t step = 0; step < RESNET_STEPS; step++) {
    int labels[CASES];
    DubLossParts parts;
    double expected = dub_tensor_get_double (losses, step);

    fill_hashed (batch, trajectory->stream + step, 1.0, 0.0);
    for (uint32_t i = 0; i < CASES; i++)
      labels[i] = hashed_label (250 + step, i, CLASSES);
    dub_trainer_step (trainer, batch, labels, &trajectory->loss, 0, &parts, NULL, &error);
    g_assert_no_error (error);
    g_test_message ("%s: loss %.6f, expected %.6f", trajectory->name, parts.total, expected);
    g_assert_cmpfloat (fabs (parts.total - expected), <, TOLERANCE * expected);
  }
  for (guint i = 0; i < parameters->len; i++) {
    const DubValue *value = dub_graph_value (graph, g_array_index (parameters, int, i));

    check_resnet_parameter (value->constant, npz, trajectory->name, value->name, i);
  }
}

static const Trajectory RESNETS[] = {
  { "resnet-adam", { 0 },
    { .kind = DUB_OPTIMIZER_ADAM, .rate = 0.001, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8 }, 2386 },
  { "resnet-sgd", { .dca = 10.0 },
    { .kind = DUB_OPTIMIZER_SGD, .rate = 0.002, .momentum = 0.9, .weight_decay = 5e-4 }, 648 },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (TRAJECTORIES); i++) {
    g_autofree char *path = g_strconcat ("/trajectory/", TRAJECTORIES[i].name, NULL);

    g_test_add_data_func (path, &TRAJECTORIES[i], test_small);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (RESNETS); i++) {
    g_autofree char *path = g_strconcat ("/trajectory/", RESNETS[i].name, NULL);

    g_test_add_data_func (path, &RESNETS[i], test_resnet);
  }

  return g_test_run ();
}
