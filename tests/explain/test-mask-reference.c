/* Whole trajectories against PyTorch in double precision.
 *
 * tests/reference/mask.npz is our own recording (make_mask_reference.py); the two trajectories of the
 * shared atrophy data are somebody else's, and are skipped where that data is not at hand. */
#include "core/explain/mask.h"
#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "tests/reference/reference.h"
#include "tests/shared.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
add_weight (DubGraph   *graph,
            DubNpz     *npz,
            const char *name)
{
  g_autoptr (DubTensor) tensor = reference_read (npz, name);

  return dub_graph_add_constant (graph, name, tensor, TRUE);
}

/* The network of make_mask_reference.py. */
static DubGraph *
make_graph (DubNpz *npz)
{
  DubGraph *graph = dub_graph_new ("reference", 13);
  DubShape shape = DUB_SHAPE (-1, 1, 12, 14, 12);
  int x = dub_graph_add_input (graph, "input", DUB_DTYPE_F32, &shape);
  int first[] = { x, add_weight (graph, npz, "conv1.weight"), add_weight (graph, npz, "conv1.bias") };

  x = dub_graph_apply (graph, "Conv", "conv1", "pads=1,1,1,1,1,1 kernel_shape=3,3,3", first, 3);
  x = dub_graph_apply (graph, "LeakyRelu", "act1", "alpha=0.01f", &x, 1);
  x = dub_graph_apply (graph, "MaxPool", "pool1", "kernel_shape=2,2,2 strides=2,2,2", &x, 1);

  int second[] = { x, add_weight (graph, npz, "conv2.weight"), add_weight (graph, npz, "conv2.bias") };

  x = dub_graph_apply (graph, "Conv", "conv2", "pads=1,1,1,1,1,1 kernel_shape=3,3,3", second, 3);
  x = dub_graph_apply (graph, "LeakyRelu", "act2", "alpha=0.01f", &x, 1);
  x = dub_graph_apply (graph, "MaxPool", "pool2", "kernel_shape=2,2,2 strides=2,2,2", &x, 1);
  x = dub_graph_apply (graph, "Flatten", "flat", "axis=1", &x, 1);

  int third[] = { x, add_weight (graph, npz, "dense.weight"), add_weight (graph, npz, "dense.bias") };

  dub_graph_add_output (graph, dub_graph_apply (graph, "Gemm", "logits", "transB=1", third, 3));

  return graph;
}

/* Largest relative difference of the energies, and the share of voxels that are farther than @epsilon. */
static void
compare (DubMask         *mask,
         const double    *rows,   /* [n_rows · 4] total, score, area, smoothness */
         size_t           n_rows,
         const DubTensor *expected,
         double           energy_tolerance,
         double           mask_tolerance,
         double           share)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (0);
  double worst = 0.0;
  size_t n_off = 0, n_trace;

  for (size_t k = 0; k < n_rows; k++) {
    DubMaskEnergy energy;

    if (k + 1 < n_rows) {
      g_assert_true (dub_mask_step (mask, run, &error));
      energy = dub_mask_get_trace (mask, &n_trace)[k];
    } else {
      g_assert_true (dub_mask_evaluate (mask, &energy, run, &error));
    }
    g_assert_cmpuint (energy.iteration, ==, k);

    double difference = fabs (energy.total - rows[4 * k]) / fabs (rows[4 * k]);

    worst = MAX (worst, difference);
    if (difference > energy_tolerance)
      g_test_message ("row %zu: %.9g %.9g %.9g %.9g, expected %.9g %.9g %.9g %.9g", k, energy.total, energy.score,
                      energy.area, energy.smoothness, rows[4 * k], rows[4 * k + 1], rows[4 * k + 2], rows[4 * k + 3]);
  }

  g_autoptr (DubTensor) m = dub_mask_get_mask (mask, &error);
  size_t n = dub_tensor_n_elements (m);

  g_assert_cmpuint (n, ==, dub_tensor_n_elements (expected));
  for (size_t i = 0; i < n; i++)
    n_off += fabs ((double) dub_tensor_f32 (m)[i] - dub_tensor_get_double (expected, i)) > mask_tolerance;
  g_test_message ("energy within %.2g relative, %.4f %% of %zu voxels off by more than %g",
                  worst, 100.0 * (double) n_off / (double) n, n, mask_tolerance);
  g_assert_cmpfloat (worst, <=, energy_tolerance);
  g_assert_cmpfloat ((double) n_off / (double) n, <=, 1.0 - share);
}

/* --- our own recording --- */

static const struct {
  const char    *name;
  size_t         first;
  size_t         n_images;
  DubMaskParams  params;
} RECORDED[] = {
  { "one", 0, 1, { .lambda1 = 2.0, .lambda2 = 1.0, .beta1 = 1.0, .beta2 = 3.0, .norm = DUB_NORM_MEAN, .grid = 1,
                   .start = 1.0, .replacement = DUB_REPLACE_ONE } },
  { "set", 0, 2, { .lambda1 = 2e-4, .lambda2 = 1e-4, .beta1 = 1.0, .beta2 = 2.0, .norm = DUB_NORM_SUM, .grid = 1,
                   .start = 1.0, .replacement = DUB_REPLACE_ZERO } },
  { "grid", 1, 1, { .lambda1 = 1.0, .lambda2 = 3.0, .beta1 = 2.0, .beta2 = 3.0, .norm = DUB_NORM_MEAN, .grid = 3,
                    .start = 0.5, .replacement = DUB_REPLACE_MEAN } },
  { "file", 0, 1, { .lambda1 = 1.0, .lambda2 = 0.5, .beta1 = 1.5, .beta2 = 2.5, .norm = DUB_NORM_MEAN, .grid = 2,
                    .start = 0.9, .replacement = DUB_REPLACE_FILE } },
};

static void
test_recorded (gconstpointer data)
{
  size_t index = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubNpz) npz = reference_open ("mask.npz");
  g_autoptr (DubGraph) graph = make_graph (npz);
  g_autoptr (DubTensor) both = reference_read (npz, "images");
  g_autoptr (DubTensor) reference = reference_read (npz, "reference");
  g_autoptr (DubTensor) class = reference_read (npz, "class");
  g_autofree char *trace_name = g_strdup_printf ("trace_%s", RECORDED[index].name);
  g_autofree char *mask_name = g_strdup_printf ("mask_%s", RECORDED[index].name);
  g_autoptr (DubTensor) trace = reference_read (npz, trace_name);
  g_autoptr (DubTensor) expected = reference_read (npz, mask_name);
  DubMaskParams params = RECORDED[index].params;
  DubTensor *images[2] = { NULL };

  for (size_t i = 0; i < RECORDED[index].n_images; i++) {
    g_autoptr (DubTensor) slice = dub_tensor_slice (both, 0, (int64_t) (RECORDED[index].first + i), 1, 1, NULL);

    images[i] = dub_tensor_reshape (slice, DUB_SHAPE (12, 14, 12), &error);
    g_assert_no_error (error);
  }
  params.step = 0.05;
  params.n_iterations = 30;
  params.target_class = (int) dub_tensor_get_int (class, 0);
  params.blur_sigma = 1.0;

  g_autoptr (DubMask) mask = dub_mask_new (graph, images, RECORDED[index].n_images, reference, &params, NULL, &error);

  g_assert_no_error (error);
  compare (mask, trace->data, (size_t) trace->shape.dim[0], expected, 2e-4, 1e-3, 0.998);
  dub_tensor_unref (images[0]);
  dub_tensor_unref (images[1]);
}

/* --- the shared trajectories --- */

/* total, score, area, smoothness of each row. */
static double *
read_trace (const char *path,
            size_t     *n_rows)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  g_auto (GStrv) lines = g_strsplit (g_strstrip (text), "\n", -1);
  double *rows = g_new0 (double, 4 * g_strv_length (lines));

  g_assert_cmpstr (g_strstrip (lines[0]), ==, "iteration,total,score,area,smoothness");
  *n_rows = g_strv_length (lines) - 1;
  for (size_t k = 0; k < *n_rows; k++) {
    char *at = strchr (lines[k + 1], ',');

    for (size_t c = 0; c < 4; c++, at = strchr (at, ','))
      rows[4 * k + c] = g_ascii_strtod (at + 1, &at);
  }

  return rows;
}

static const struct {
  const char *name;
  const char *network;
  const char *volumes[3];
  double      lambda;
  double      beta2;
} SHARED[] = {
  { "a", "cnn3d_fold0.onnx", { "sub-091_ad_gm.nii.gz" }, 30.0, 3.0 },
  { "b", "cnn3d_fold1.onnx", { "sub-091_ad_gm.nii.gz", "sub-093_ad_gm.nii.gz" }, 20.0, 2.0 },
};

static void
test_shared (gconstpointer data)
{
  size_t index = GPOINTER_TO_SIZE (data);
  g_autofree char *folder = shared_path ("atrophy");
  g_autofree char *trace_name = g_strdup_printf ("%s_trace.csv", SHARED[index].name);
  g_autofree char *mask_name = g_strdup_printf ("%s_mask.npz", SHARED[index].name);
  g_autofree char *network = g_build_filename (folder, SHARED[index].network, NULL);
  g_autofree char *trace_path = g_build_filename (folder, "reference", trace_name, NULL);
  g_autofree char *mask_path = g_build_filename (folder, "reference", mask_name, NULL);
  g_autoptr (GError) error = NULL;
  DubTensor *images[2] = { NULL };
  size_t n_images = 0, n_rows;

  if (!g_file_test (trace_path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("the shared atrophy data is not here (set DUBITO_SHARED)");
    return;
  }

  for (; SHARED[index].volumes[n_images] != NULL; n_images++) {
    g_autofree char *path = g_build_filename (folder, SHARED[index].volumes[n_images], NULL);
    g_autoptr (DubVolume) volume = dub_nifti_load (path, &error);

    g_assert_no_error (error);
    images[n_images] = dub_tensor_ref (volume->voxels);
  }

  g_autofree double *rows = read_trace (trace_path, &n_rows);
  g_autoptr (DubNpz) npz = dub_npz_open (mask_path, &error);
  g_autoptr (DubTensor) expected = reference_read (npz, "mask");
  g_autoptr (DubGraph) graph = dub_onnx_load (network, &error);

  g_assert_no_error (error);

  DubMaskParams params = {
    .lambda1 = SHARED[index].lambda, .lambda2 = SHARED[index].lambda, .beta1 = 1.0, .beta2 = SHARED[index].beta2,
    .norm = DUB_NORM_MEAN, .step = 0.1, .n_iterations = (guint) n_rows - 1, .grid = 1, .start = 1.0,
    .target_class = 1, .replacement = DUB_REPLACE_ONE, .blur_sigma = 1.0,
  };
  g_autoptr (DubMask) mask = dub_mask_new (graph, images, n_images, NULL, &params, NULL, &error);

  g_assert_no_error (error);
  compare (mask, rows, n_rows, expected, 5e-3, 5e-3, 0.998);
  dub_tensor_unref (images[0]);
  dub_tensor_unref (images[1]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (RECORDED); i++) {
    g_autofree char *name = g_strdup_printf ("/mask-reference/recorded/%s", RECORDED[i].name);

    g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_recorded);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (SHARED); i++) {
    g_autofree char *name = g_strdup_printf ("/mask-reference/shared/%s", SHARED[i].name);

    g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_shared);
  }

  return g_test_run ();
}
