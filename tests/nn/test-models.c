/* Models from elsewhere: their outputs and gradients as PyTorch computes them in double
 * (tests/reference/make_model_reference.py), and the labels that came with a segmentation network. */
#include "core/io/nifti.h"
#include "core/io/npy.h"
#include "core/io/onnx.h"
#include "core/nn/plan.h"
#include "tests/reference/reference.h"
#include "tests/shared.h"

#include <math.h>

/* Gradients are compared at every so many voxels. */
enum { STRIDE = 997 };

static DubTensor *
recorded (const char *network,
          const char *what)
{
  g_autofree char *name = g_strconcat (network, ".", what, NULL);
  g_autoptr (DubNpz) file = reference_open ("models.npz");

  return reference_read (file, name);
}

/* The volume as a tensor (1, 1, ni, nj, nk), or (1, 1, nk, nj, ni) with @reversed. */
static DubTensor *
load_volume (const char *path,
             gboolean    reversed)
{
  static const int axes[] = { 2, 1, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubVolume) volume = dub_nifti_load (path, &error);
  g_autoptr (DubTensor) turned = NULL;
  g_autoptr (DubTensor) flat = NULL;

  g_assert_no_error (error);
  turned = reversed ? dub_tensor_permute (volume->voxels, axes, NULL) : dub_tensor_ref (volume->voxels);
  flat = dub_tensor_contiguous (turned, NULL);

  return dub_tensor_reshape (flat, DUB_SHAPE (1, 1, flat->shape.dim[0], flat->shape.dim[1], flat->shape.dim[2]), NULL);
}

typedef struct {
  DubGraph *graph;
  DubPlan  *plan;
  DubRun   *run;
} Network;

static void
network_clear (Network *self)
{
  g_clear_pointer (&self->plan, dub_plan_free);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_clear_pointer (&self->run, dub_run_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Network, network_clear)

static void
run_network (Network    *self,
             const char *path,
             DubTensor  *x,
             gboolean    gradients)
{
  g_autoptr (GError) error = NULL;
  DubType type = { .dtype = x->dtype, .shape = x->shape };
  DubPlanOptions options = { .input_gradients = gradients };

  self->run = dub_run_new (0);
  self->graph = dub_onnx_load (path, &error);
  g_assert_no_error (error);
  self->plan = dub_plan_new (self->graph, &type, &options, self->run, &error);
  g_assert_no_error (error);
  dub_plan_forward (self->plan, &x, 0, self->run, &error);
  g_assert_no_error (error);
}

/* d y[0, k] / d x */
static const DubTensor *
gradient_of (Network *self,
             int      k)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) dy = dub_tensor_new_zeros (DUB_DTYPE_F32, dub_plan_output (self->plan, 0)->shape, NULL);

  dub_tensor_f32 (dy)[k] = 1.0f;
  dub_plan_backward (self->plan, &dy, self->run, &error);
  g_assert_no_error (error);

  return dub_plan_input_gradient (self->plan, 0);
}

static void
assert_outputs (Network    *self,
                const char *name)
{
  g_autoptr (DubTensor) expected = recorded (name, "y");
  const DubTensor *found = dub_plan_output (self->plan, 0);

  g_assert_true (dub_shape_equal (&found->shape, &expected->shape));
  for (size_t i = 0; i < dub_tensor_n_elements (expected); i++)
    g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (found)[i], dub_tensor_f32 (expected)[i], 1e-5);
}

static void
test_digits (void)
{
  g_autofree char *path = shared_data ("models/wonnx_opt-mnist.onnx");
  g_auto (Network) network = { NULL };

  if (path == NULL)
    return;

  g_autoptr (DubTensor) x = recorded ("digits", "x");
  g_autoptr (DubTensor) expected = recorded ("digits", "dx");

  run_network (&network, path, x, TRUE);
  assert_outputs (&network, "digits");

  const DubTensor *found = gradient_of (&network, 3);

  for (size_t i = 0; i < dub_tensor_n_elements (expected); i++)
    g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (found)[i], dub_tensor_f32 (expected)[i], 1e-6);
}

/* In float32 the two largest of a pooling window may change rank. Of the first case one pair of the fourth pooling
 * differs by 5.5e-7 of its value, and when it turns, the gradient of its receptive field, half a per cent of the
 * volume, moves a little. So 99 % must agree within 1e-4 of the largest gradient, and all within 1 %. */
static void
test_atrophy (gconstpointer data)
{
  g_auto (GStrv) parts = g_strsplit (data, ".", 2);
  g_autofree char *model = g_strdup_printf ("atrophy/%s.onnx", parts[0]);
  g_autofree char *subject = g_strdup_printf ("atrophy/%s_gm.nii.gz", parts[1]);
  g_autofree char *model_path = shared_data (model);
  g_autofree char *subject_path = model_path != NULL ? shared_data (subject) : NULL;
  g_auto (Network) network = { NULL };

  if (subject_path == NULL)
    return;

  g_autoptr (DubTensor) x = load_volume (subject_path, FALSE);
  g_autoptr (DubTensor) expected = recorded (data, "dx");
  g_autoptr (DubTensor) largest = recorded (data, "largest");
  size_t n = dub_tensor_n_elements (expected), n_off = 0;
  double scale = dub_tensor_f32 (largest)[0];

  run_network (&network, model_path, x, TRUE);
  assert_outputs (&network, data);

  const DubTensor *found = gradient_of (&network, 1);

  g_assert_cmpuint (n, ==, (dub_tensor_n_elements (found) + STRIDE - 1) / STRIDE);
  for (size_t i = 0; i < n; i++) {
    double difference = fabs (dub_tensor_f32 (found)[i * STRIDE] - dub_tensor_f32 (expected)[i]);

    g_assert_cmpfloat (difference, <=, 0.01 * scale);
    n_off += !(difference <= 1e-4 * scale);
  }
  g_test_message ("%zu of %zu gradients off", n_off, n);
  g_assert_cmpfloat ((double) n_off, <=, 0.01 * (double) n);
}

static void
scale_to_unit (DubTensor *x)
{
  float *values = dub_tensor_f32 (x);
  size_t n = dub_tensor_n_elements (x);
  float low = values[0], high = values[0];

  for (size_t i = 0; i < n; i++) {
    low = MIN (low, values[i]);
    high = MAX (high, values[i]);
  }
  for (size_t i = 0; i < n; i++)
    values[i] = (values[i] - low) / (high - low);
}

/* Ten dilated convolutions over 256³ voxels: the label of 99.99 % of them is the recorded one. */
static void
test_meshnet (void)
{
  g_autofree char *model = shared_data ("models/meshnet/meshnet_gwm.onnx");
  g_autofree char *image = model != NULL ? shared_data ("brain/brainchop_t1_crop.nii.gz") : NULL;
  g_autofree char *labels = image != NULL ? shared_data ("models/meshnet/meshnet_reference_labels_t1_crop.nii.gz") : NULL;
  g_auto (Network) network = { NULL };
  size_t n_same = 0;

  if (labels == NULL)
    return;

  g_autoptr (DubTensor) shared_x = load_volume (image, TRUE);
  g_autoptr (DubTensor) x = dub_tensor_copy (shared_x, NULL);
  g_autoptr (DubTensor) expected = load_volume (labels, TRUE);
  size_t n = dub_tensor_n_elements (x);

  scale_to_unit (x);
  run_network (&network, model, x, FALSE);

  const float *y = dub_tensor_f32 (dub_plan_output (network.plan, 0));

  for (size_t i = 0; i < n; i++) {
    int label = 0;

    for (int k = 1; k < 3; k++)
      label = y[(size_t) k * n + i] > y[(size_t) label * n + i] ? k : label;
    n_same += (float) label == dub_tensor_f32 (expected)[i];
  }
  g_test_message ("%.5f %% of labels agree", 100.0 * (double) n_same / (double) n);
  g_assert_cmpfloat ((double) n_same, >=, 0.9999 * (double) n);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/models/digits", test_digits);
  g_test_add_data_func ("/models/atrophy/fold0-patient", "cnn3d_fold0.sub-091_ad", test_atrophy);
  g_test_add_data_func ("/models/atrophy/fold0-control", "cnn3d_fold0.sub-090_cn", test_atrophy);
  g_test_add_data_func ("/models/atrophy/fold1-patient", "cnn3d_fold1.sub-091_ad", test_atrophy);
  g_test_add_func ("/models/meshnet", test_meshnet);

  return g_test_run ();
}
