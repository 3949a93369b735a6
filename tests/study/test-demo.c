/* The phantom and a tiny demo study: the same bytes from one seed, and nothing left behind by a cancelled call. */
#include "core/data/phantom.h"
#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/nn/plan.h"
#include "core/study/demo.h"
#include "tests/remove-tree.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Tens of subjects of 32×40×32 voxels: seconds instead of minutes. */
static const DubDemoOptions TINY = {
  .voxel_size = 6.0, .n_train = 8, .n_test = 4, .n_epochs = 2, .batch = 4, .seed = 3,
};

/* Where a failure must be a skip: the templates come with another package. */
static gboolean
have_templates (void)
{
  for (const char *const *data = g_get_system_data_dirs (); *data != NULL; data++) {
    g_autofree char *path = g_build_filename (*data, "mricron", "templates", "ch2bet.nii.gz", NULL);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return TRUE;
  }
  g_test_skip ("the templates of mricron-data are not installed");

  return FALSE;
}

/* --- the phantom, on a template made here --- */

enum { N = 40 };

/* A ball of grey matter (T1 of 80) with a small cube labelled 7 inside. */
static DubPhantom *
make_phantom (double warp,
              double noise)
{
  g_autoptr (DubTensor) t1 = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (N, N, N), NULL);
  g_autoptr (DubTensor) label = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (N, N, N), NULL);
  static const double affine[4][4] = { { 1, 0, 0, -20 }, { 0, 1, 0, -20 }, { 0, 0, 1, -20 }, { 0, 0, 0, 1 } };
  DubPhantomOptions options = DUB_PHANTOM_DEFAULT;
  g_autoptr (GError) error = NULL;
  int affected = 7;

  for (int i = 0, at = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      for (int k = 0; k < N; k++, at++) {
        int r2 = (i - 20) * (i - 20) + (j - 20) * (j - 20) + (k - 20) * (k - 20);

        dub_tensor_f32 (t1)[at] = r2 < 17 * 17 ? 80.0f : 0.0f;
        dub_tensor_f32 (label)[at] = ABS (i - 20) <= 5 && ABS (j - 20) <= 5 && ABS (k - 20) <= 5 ? 7.0f : 0.0f;
      }

  g_autoptr (DubVolume) template = dub_volume_new (t1, affine, NULL);
  g_autoptr (DubVolume) atlas = dub_volume_new (label, affine, NULL);

  options.warp = warp;
  options.noise = noise;
  if (warp <= 0.0)
    options.scale = options.gain = options.bias = 0.0;

  DubPhantom *phantom = dub_phantom_new (template, atlas, &affected, 1, &options, NULL, &error);

  g_assert_no_error (error);
  affected = 8;
  g_assert_null (dub_phantom_new (template, atlas, &affected, 1, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);

  return phantom;
}

/* Without deformation and noise a subject is the template, less what atrophy takes. */
static void
test_phantom_plain (void)
{
  g_autoptr (DubPhantom) phantom = make_phantom (0.0, 0.0);
  const DubVolume *grid = dub_phantom_grid (phantom);
  g_autoptr (DubVolume) grey = NULL;
  g_autoptr (DubVolume) truth = NULL;
  g_autoptr (GError) error = NULL;
  double centre[3], world[3] = { 0.0, 0.0, 0.0 };
  size_t n = dub_tensor_n_elements (grid->voxels);
  double lost = 0.0;
  size_t n_true = 0;

  g_assert_true (dub_phantom_subject (phantom, 1, 0, 0.5, &grey, &truth, NULL, &error));
  g_assert_true (dub_volume_same_space (grey, grid));
  for (size_t i = 0; i < n; i++) {
    float value = dub_tensor_f32 (grey->voxels)[i];

    g_assert_cmpfloat (value, ==, rintf (255.0f * value) / 255.0f);
    lost += (double) dub_tensor_f32 (grid->voxels)[i] - (double) value;
    n_true += dub_tensor_f32 (truth->voxels)[i] > 0.5f;
    g_assert_cmpfloat (value, <=, dub_tensor_f32 (grid->voxels)[i] + 0.5f / 255.0f);
  }

  /* The cube of 11 mm a side is 166 voxels of 8 mm³; half of its grey matter is gone. */
  g_assert_cmpfloat_with_epsilon ((double) n_true, 166.0, 60.0);
  g_assert_cmpfloat_with_epsilon (lost, 0.5 * 166.0, 8.0);

  dub_volume_world_to_voxel (grey, world, centre);
  g_assert_cmpfloat_with_epsilon (
    dub_volume_get (grey, lrint (centre[0]), lrint (centre[1]), lrint (centre[2])), 0.5f, 0.01f);
}

static void
test_phantom_streams (void)
{
  g_autoptr (DubPhantom) phantom = make_phantom (2.0, 0.05);
  g_autoptr (DubRun) one = dub_run_new (1);
  g_autoptr (DubRun) three = dub_run_new (3);
  DubVolume *volumes[4] = { NULL };

  g_assert_true (dub_phantom_subject (phantom, 1, 5, 0.5, &volumes[0], NULL, one, NULL));
  g_assert_true (dub_phantom_subject (phantom, 1, 5, 0.5, &volumes[1], NULL, three, NULL));
  g_assert_true (dub_phantom_subject (phantom, 1, 6, 0.5, &volumes[2], NULL, one, NULL));
  g_assert_true (dub_phantom_subject (phantom, 2, 5, 0.5, &volumes[3], NULL, one, NULL));

  size_t n = dub_tensor_n_bytes (volumes[0]->voxels);

  g_assert_cmpmem (volumes[0]->voxels->data, n, volumes[1]->voxels->data, n);
  g_assert_cmpint (memcmp (volumes[0]->voxels->data, volumes[2]->voxels->data, n), !=, 0);
  g_assert_cmpint (memcmp (volumes[0]->voxels->data, volumes[3]->voxels->data, n), !=, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (volumes); i++)
    dub_volume_unref (volumes[i]);
}

/* --- the study --- */

static void
assert_same_file (const char *a,
                  const char *b,
                  const char *name)
{
  g_autofree char *path_a = g_build_filename (a, name, NULL);
  g_autofree char *path_b = g_build_filename (b, name, NULL);
  g_autofree char *bytes_a = NULL;
  g_autofree char *bytes_b = NULL;
  gsize n_a, n_b;

  g_assert_true (g_file_get_contents (path_a, &bytes_a, &n_a, NULL));
  g_assert_true (g_file_get_contents (path_b, &bytes_b, &n_b, NULL));
  g_assert_cmpmem (bytes_a, n_a, bytes_b, n_b);
}

static void
test_demo (void)
{
  static const char *const files[] = {
    "study.json", "provenance.json", "models/cnn3d/model.onnx", "data/sub-001_gm.nii.gz", "data/sub-004_truth.nii.gz",
    "atlas/aal.nii.gz", "atlas/aal.nii.txt",
  };

  if (!have_templates ())
    return;

  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("dubito-demo-XXXXXX", &error);
  g_autofree char *first = g_build_filename (folder, "a.dubito", NULL);
  g_autofree char *second = g_build_filename (folder, "deeper", "b.dubito", NULL);
  g_autoptr (DubRun) one = dub_run_new (1);
  g_autoptr (DubRun) three = dub_run_new (3);
  DubDemoResult result;

  dub_demo_brain (first, &TINY, NULL, NULL, &result, one, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_test, ==, 4);
  g_assert_true (isfinite (result.loss));
  dub_demo_brain (second, &TINY, NULL, NULL, NULL, three, &error);
  g_assert_no_error (error);
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    assert_same_file (first, second, files[i]);

  g_autoptr (DubStudy) study = dub_study_load (first, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (study->cases->len, ==, 4);
  g_assert_cmpuint (study->classes->len, ==, 2);

  const DubStudyCase *item = study->cases->pdata[0];
  const DubStudyModel *model = study->models->pdata[0];
  g_autoptr (DubVolume) grey = dub_nifti_load (item->path, &error);
  g_autoptr (DubVolume) truth = dub_nifti_load (item->truth_path, &error);
  g_autoptr (DubAtlas) atlas = dub_atlas_load (study->atlas_path, study->atlas_table, &error);
  g_autoptr (DubGraph) graph = dub_onnx_load (model->path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (item->label, ==, 1);
  g_assert_cmpfloat (item->severity, >, 0.3);
  g_assert_true (dub_volume_same_space (grey, truth));
  g_assert_true (dub_volume_same_space (grey, atlas->labels));

  /* The model takes the subject as it is. */
  g_autoptr (DubTensor) input = dub_tensor_reshape (grey->voxels, DUB_SHAPE (1, 1, 32, 40, 32), &error);
  DubType type = { DUB_DTYPE_F32, input->shape };
  g_autoptr (DubPlan) plan = dub_plan_new (graph, &type, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (dub_plan_forward (plan, &input, 0, NULL, &error));
  g_assert_true (isfinite (dub_tensor_f32 (dub_plan_output (plan, 0))[0]));

  /* A folder in use is left alone. */
  g_assert_false (dub_demo_brain (first, &TINY, NULL, NULL, NULL, one, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  remove_tree (folder);
}

static void
cancel_cb (const char *stage,
           double      fraction,
           gpointer    user_data)
{
  if (fraction > 0.4)
    dub_run_cancel (user_data);
}

static void
test_cancel (void)
{
  if (!have_templates ())
    return;

  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("dubito-demo-XXXXXX", &error);
  g_autofree char *target = g_build_filename (folder, "a.dubito", NULL);
  g_autoptr (DubRun) run = dub_run_new (2);

  g_assert_false (dub_demo_brain (target, &TINY, cancel_cb, run, NULL, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);

  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  g_assert_null (g_dir_read_name (dir));
  remove_tree (folder);
}

static void
test_missing_templates (void)
{
  DubDemoOptions options = TINY;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("dubito-demo-XXXXXX", &error);
  g_autofree char *target = g_build_filename (folder, "a.dubito", NULL);

  options.templates = folder;
  g_assert_false (dub_demo_brain (target, &options, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "mricron-data"));
  remove_tree (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom/plain", test_phantom_plain);
  g_test_add_func ("/phantom/streams", test_phantom_streams);
  g_test_add_func ("/demo/study", test_demo);
  g_test_add_func ("/demo/cancel", test_cancel);
  g_test_add_func ("/demo/missing-templates", test_missing_templates);

  return g_test_run ();
}
