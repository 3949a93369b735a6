/* The second proof of every gradient: two networks that PyTorch exported, with the outputs, gradients and training
 * steps that PyTorch computed for them (tests/reference/make_network_reference.py). */
#include "core/io/npy.h"
#include "core/io/onnx.h"
#include "core/nn/plan.h"

#include <math.h>

/* Recorded in double, replayed in float32: relative to the largest number of each array. */
static const double TOLERANCE = 2e-5;

typedef struct {
  DubNpz     *file;
  const char *network;
  DubGraph   *graph;
  DubRun     *run;
} Replay;

static DubTensor *
recorded (const Replay *self,
          const char   *what,
          const char   *parameter)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat (self->network, ".", what, parameter != NULL ? "." : "", parameter, NULL);
  DubTensor *tensor = dub_npz_read (self->file, name, &error);

  g_assert_no_error (error);

  return tensor;
}

static Replay *
replay_new (const char *network)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "network.npz", NULL);
  Replay *self = g_new0 (Replay, 1);
  g_autoptr (DubTensor) bytes = NULL;

  self->network = network;
  self->run = dub_run_new (2);
  self->file = dub_npz_open (path, &error);
  g_assert_no_error (error);
  bytes = recorded (self, "onnx", NULL);
  self->graph = dub_onnx_parse (bytes->data, dub_tensor_n_bytes (bytes), network, NULL, &error);
  g_assert_no_error (error);

  return self;
}

static void
replay_free (Replay *self)
{
  dub_npz_free (self->file);
  dub_graph_unref (self->graph);
  dub_run_unref (self->run);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Replay, replay_free)

static void
assert_close (const char      *what,
              const DubTensor *found,
              const DubTensor *expected)
{
  double largest = 0.0, worst = 0.0;

  g_assert_nonnull (found);
  g_assert_cmpuint (dub_tensor_n_elements (found), ==, dub_tensor_n_elements (expected));
  for (size_t i = 0; i < dub_tensor_n_elements (expected); i++) {
    double difference = dub_tensor_get_double (found, i) - dub_tensor_get_double (expected, i);

    if (!isfinite (difference))
      g_error ("%s: element %zu is not finite", what, i);
    largest = MAX (largest, fabs (dub_tensor_get_double (expected, i)));
    worst = MAX (worst, fabs (difference));
  }
  g_test_message ("%s: %.1e of %.3g", what, worst, largest);
  if (worst > TOLERANCE * largest)
    g_error ("%s differs by %g where the largest number is %g", what, worst, largest);
}

static DubPlan *
plan_for (Replay         *self,
          const DubTensor *x,
          DubPlanOptions  options)
{
  g_autoptr (GError) error = NULL;
  DubType type = { .dtype = x->dtype, .shape = x->shape };
  DubPlan *plan = dub_plan_new (self->graph, &type, &options, self->run, &error);

  g_assert_no_error (error);

  return plan;
}

static void
check_pass (Replay         *self,
            DubPlanOptions  options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) x = recorded (self, "x", NULL);
  g_autoptr (DubTensor) y = recorded (self, "y", NULL);
  g_autoptr (DubTensor) v = recorded (self, "v", NULL);
  g_autoptr (DubTensor) dx = recorded (self, "dx", NULL);
  g_autoptr (DubPlan) plan = plan_for (self, x, options);

  dub_plan_forward (plan, &x, 0, self->run, &error);
  g_assert_no_error (error);
  assert_close ("y", dub_plan_output (plan, 0), y);

  dub_plan_backward (plan, &v, self->run, &error);
  g_assert_no_error (error);
  assert_close ("dx", dub_plan_input_gradient (plan, 0), dx);
  if (!options.parameter_gradients)
    return;

  for (int i = 0; i < dub_graph_n_values (self->graph); i++) {
    const DubValue *value = dub_graph_value (self->graph, i);

    if (value->is_parameter) {
      g_autoptr (DubTensor) expected = recorded (self, "d", value->name);

      assert_close (value->name, dub_plan_parameter_gradient (plan, i), expected);
    }
  }
}

static void
test_pass (gconstpointer data)
{
  g_autoptr (Replay) self = replay_new (data);

  check_pass (self, (DubPlanOptions) { .input_gradients = TRUE });
  check_pass (self, (DubPlanOptions) { .input_gradients = TRUE, .no_fusion = TRUE });
  check_pass (self, (DubPlanOptions) { .input_gradients = TRUE, .parameter_gradients = TRUE });
}

/* L = 1/2 Σ (y - t)²; fills its derivative. */
static double
squared_loss (const DubTensor *y,
              const DubTensor *target,
              DubTensor       *derivative)
{
  double sum = 0.0;

  for (size_t i = 0; i < dub_tensor_n_elements (y); i++) {
    float difference = dub_tensor_f32 (y)[i] - dub_tensor_f32 (target)[i];

    dub_tensor_f32 (derivative)[i] = difference;
    sum += 0.5 * (double) difference * difference;
  }

  return sum;
}

static void
descend (Replay  *self,
         DubPlan *plan,
         float    rate)
{
  for (int i = 0; i < dub_graph_n_values (self->graph); i++) {
    const DubValue *value = dub_graph_value (self->graph, i);

    if (!value->is_parameter)
      continue;

    const DubTensor *gradient = dub_plan_parameter_gradient (plan, i);

    for (size_t k = 0; k < dub_tensor_n_elements (gradient); k++)
      dub_tensor_f32 (value->constant)[k] -= rate * dub_tensor_f32 (gradient)[k];
  }
}

static void
test_training (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Replay) self = replay_new (data);
  g_autoptr (DubTensor) x = recorded (self, "x", NULL);
  g_autoptr (DubTensor) target = recorded (self, "t", NULL);
  g_autoptr (DubTensor) losses = recorded (self, "loss", NULL);
  g_autoptr (DubTensor) rate = recorded (self, "rate", NULL);
  g_autoptr (DubTensor) derivative = dub_tensor_copy (target, NULL);
  g_autoptr (DubPlan) plan = plan_for (self, x, (DubPlanOptions) { .training = TRUE, .parameter_gradients = TRUE });
  size_t n_steps = dub_tensor_n_elements (losses) - 1;

  for (size_t step = 0; step <= n_steps; step++) {
    dub_plan_forward (plan, &x, step, self->run, &error);
    g_assert_no_error (error);

    double loss = squared_loss (dub_plan_output (plan, 0), target, derivative);
    double expected = dub_tensor_f32 (losses)[step];

    if (!(fabs (loss - expected) <= TOLERANCE * expected))
      g_error ("step %zu: loss %.8g, expected %.8g", step, loss, expected);
    if (step == n_steps)
      break;
    dub_plan_backward (plan, &derivative, self->run, &error);
    g_assert_no_error (error);
    descend (self, plan, dub_tensor_f32 (rate)[0]);
  }

  for (int i = 0; i < dub_graph_n_values (self->graph); i++) {
    const DubValue *value = dub_graph_value (self->graph, i);

    if (value->is_parameter) {
      g_autoptr (DubTensor) after = recorded (self, "after", value->name);

      assert_close (value->name, value->constant, after);
    }
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network-reference/plane/pass", "plane", test_pass);
  g_test_add_data_func ("/network-reference/plane/training", "plane", test_training);
  g_test_add_data_func ("/network-reference/space/pass", "space", test_pass);
  g_test_add_data_func ("/network-reference/space/training", "space", test_training);

  return g_test_run ();
}
