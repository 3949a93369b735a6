/* A case as the network reads it and where it lies in space, and the mean of a class. Every volume's values are a linear
 * function of the world's millimetres, so that any grid can be checked by its affine. */
#include "core/io/nifti.h"
#include "core/io/onnx.h"
#include "core/nn/arch.h"
#include "core/study/case-input.h"
#include "tests/io/scratch.h"

#include <math.h>
#include <string.h>

enum { NI = 24, NJ = 20, NK = 18, N_CASES = 6 };

/* What stands at a place of the world in case @index. */
static double
truth_at (size_t       index,
          const double world[3])
{
  return 100.0 + (double) index + 0.5 * world[0] - 0.25 * world[1] + 0.75 * world[2];
}

static void
save_case (const Scratch *scratch,
           size_t         index,
           const double   affine[4][4])
{
  g_autofree char *name = g_strdup_printf ("case%zu.nii", index);
  g_autofree char *path = scratch_path (scratch, name);
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (NI, NJ, NK), NULL);
  g_autoptr (DubVolume) volume = dub_volume_new (voxels, affine, NULL);
  g_autoptr (GError) error = NULL;

  for (int64_t i = 0, at = 0; i < NI; i++)
    for (int64_t j = 0; j < NJ; j++)
      for (int64_t k = 0; k < NK; k++, at++) {
        double world[3];

        dub_volume_voxel_to_world (volume, (const double[3]) { (double) i, (double) j, (double) k }, world);
        dub_tensor_f32 (voxels)[at] = (float) truth_at (index, world);
      }
  dub_nifti_save (volume, path, DUB_DTYPE_F32, NULL, &error);
  g_assert_no_error (error);
}

/* Inside, away from the rim where a grid ends. */
static void
assert_in_place (const DubVolume *volume,
                 size_t           index,
                 int64_t          rim)
{
  const int64_t *dim = volume->voxels->shape.dim;

  for (int64_t i = rim; i < dim[0] - rim; i += 3)
    for (int64_t j = rim; j < dim[1] - rim; j += 2)
      for (int64_t k = rim; k < dim[2] - rim; k += 2) {
        double world[3];

        dub_volume_voxel_to_world (volume, (const double[3]) { (double) i, (double) j, (double) k }, world);
        g_assert_cmpfloat_with_epsilon ((double) dub_volume_get (volume, i, j, k), truth_at (index, world), 2e-3);
      }
}

static const double OBLIQUE[4][4] = { { -2, 0.1, 0, 30 }, { 0.1, 1.5, 0.2, -40 }, { 0, -0.2, 3, 12 }, { 0, 0, 0, 1 } };

/* --- a data set of volumes --- */

static DubStudy *
dataset_study (const Scratch    *scratch,
               const DubPrepare *prepare)
{
  g_autoptr (GString) table = g_string_new ("file,label\n");
  g_autofree char *path = scratch_path (scratch, "cases.csv");
  g_autoptr (GError) error = NULL;
  DubSplit *split = dub_split_new_empty (N_CASES);
  DubStudy *study = dub_study_new ("volumes");

  for (size_t i = 0; i < N_CASES; i++) {
    save_case (scratch, i, OBLIQUE);
    g_string_append_printf (table, "case%zu.nii,%s\n", i, i % 2 == 0 ? "ill" : "well");
    /* Two of each class in training, the last pair is the test's. */
    split->part[i] = i < 4 ? DUB_PART_TRAIN : DUB_PART_TEST;
  }
  g_assert_true (g_file_set_contents (path, table->str, -1, NULL));

  g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint c = 0; c < dataset->classes->len; c++)
    g_ptr_array_add (study->classes, g_strdup (dataset->classes->pdata[c]));
  study->data = dub_study_data_new (dataset, split, DUB_TASK_BINARY, 0);
  dub_study_add_model (study, "net", "/nowhere.onnx", (DubPreprocess) { 0 });
  ((DubStudyModel *) study->models->pdata[0])->prepare = g_memdup2 (prepare, sizeof *prepare);

  return study;
}

static void
check_prepared (DubPrepare prepare,
                int64_t    rim)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;

  prepare.n_axes = 3;
  prepare.channels = 1;
  for (int kji = 0; kji < 2; kji++) {
    prepare.kji = kji;

    g_autoptr (DubStudy) study = dataset_study (&scratch, &prepare);
    const DubStudyModel *model = study->models->pdata[0];
    g_auto (DubCaseInput) input = { 0 };

    dub_study_case_input (study, model, study->data->ids[3], &input, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (input.label, ==, study->data->labels[3]);
    g_assert_cmpint (input.kji, ==, kji);
    g_assert_cmpint (input.input->shape.rank, ==, 5);
    g_assert_cmpint (input.input->shape.dim[2], ==, prepare.size[kji ? 2 : 0]);
    for (int a = 0; a < 3; a++)
      g_assert_cmpint (input.displayed->voxels->shape.dim[a], ==, prepare.size[a]);
    assert_in_place (input.displayed, 3, rim);
  }
  scratch_free (&scratch);
}

static void
test_prepared_space (void)
{
  /* As it is, a crop and a frame, larger and smaller by resampling, and all after another spacing. */
  check_prepared ((DubPrepare) { .size = { NI, NJ, NK }, .resize = DUB_RESIZE_REFUSE }, 0);
  check_prepared ((DubPrepare) { .size = { 17, 15, 18 }, .resize = DUB_RESIZE_CROP_PAD }, 0);
  check_prepared ((DubPrepare) { .size = { 26, 22, 20 }, .resize = DUB_RESIZE_CROP_PAD }, 1);
  check_prepared ((DubPrepare) { .size = { 48, 30, 27 }, .resize = DUB_RESIZE_RESAMPLE }, 2);
  check_prepared ((DubPrepare) { .size = { 12, 10, 9 }, .resize = DUB_RESIZE_RESAMPLE }, 1);
  check_prepared ((DubPrepare) { .size = { 28, 20, 33 }, .spacing = 1.5, .resize = DUB_RESIZE_CROP_PAD }, 1);
}

/* The mean of a class is that of its training cases, and never of the case itself. */
static void
test_mean (void)
{
  Scratch scratch = scratch_new ();
  const DubPrepare prepare = { .n_axes = 3, .channels = 1, .size = { NI, NJ, NK }, .resize = DUB_RESIZE_REFUSE };
  g_autoptr (DubStudy) study = dataset_study (&scratch, &prepare);
  const DubStudyModel *model = study->models->pdata[0];
  g_autoptr (GError) error = NULL;
  g_auto (DubCaseInput) first = { 0 };
  size_t n_cases;

  /* Cases 0 and 2 are in training; case 4 is not. */
  int label = study->data->labels[0];

  g_assert_true (dub_study_case_input (study, model, study->data->ids[0], &first, NULL, NULL));

  g_autoptr (DubTensor) both = dub_study_mean_input (study, model, label, study->data->ids[4], &n_cases, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n_cases, ==, 2);
  g_assert_true (dub_shape_equal (&both->shape, &first.input->shape));
  for (size_t i = 0; i < dub_tensor_n_elements (both); i += 97)
    g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (both)[i], dub_tensor_f32 (first.input)[i] + 1.0f, 1e-3);

  g_autoptr (DubTensor) other = dub_study_mean_input (study, model, label, study->data->ids[0], &n_cases, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n_cases, ==, 1);
  g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (other)[0], dub_tensor_f32 (first.input)[0] + 2.0f, 1e-3);

  g_assert_null (dub_study_mean_input (study, model, 7, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  scratch_free (&scratch);
}

static void
test_unknown_case (void)
{
  Scratch scratch = scratch_new ();
  const DubPrepare prepare = { .n_axes = 3, .channels = 1, .size = { NI, NJ, NK }, .resize = DUB_RESIZE_REFUSE };
  g_autoptr (DubStudy) study = dataset_study (&scratch, &prepare);
  g_autoptr (DubStudy) empty = dub_study_new ("empty");
  g_autoptr (GError) error = NULL;
  g_auto (DubCaseInput) input = { 0 };
  DubStudy *studies[] = { study, empty };

  for (int s = 0; s < 2; s++) {
    g_assert_false (dub_study_case_input (studies[s], study->models->pdata[0], "nobody", &input, NULL, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
    g_assert_nonnull (strstr (error->message, "nobody"));
    g_clear_error (&error);
  }
  scratch_free (&scratch);
}

/* --- a study of volumes --- */

static void
test_volumes (void)
{
  static const int CHANNELS[] = { 2 };
  Scratch scratch = scratch_new ();
  g_autofree char *network = scratch_path (&scratch, "net.onnx");
  g_autoptr (DubGraph) graph = dub_arch_cnn3d ((const int64_t[3]) { 20, 20, 18 }, CHANNELS, 1, 2, 0.0, 1, NULL);
  g_autoptr (DubStudy) study = dub_study_new ("volumes");
  g_autoptr (GError) error = NULL;
  g_auto (DubCaseInput) input = { 0 };
  size_t n_cases;

  dub_onnx_save (graph, network, &error);
  g_assert_no_error (error);
  dub_study_add_model (study, "net", network, (DubPreprocess) { .fit = DUB_FIT_CROP_PAD });
  for (size_t i = 0; i < N_CASES; i++) {
    g_autofree char *name = g_strdup_printf ("case%zu.nii", i);
    g_autofree char *id = g_strdup_printf ("sub-%zu", i);
    g_autofree char *path = scratch_path (&scratch, name);

    save_case (&scratch, i, OBLIQUE);
    dub_study_add_case (study, id, path, (int) (i % 2));
  }
  g_ptr_array_add (study->classes, g_strdup ("CN"));
  g_ptr_array_add (study->classes, g_strdup ("AD"));

  const DubStudyModel *model = study->models->pdata[0];

  g_assert_true (dub_study_case_input (study, model, "sub-5", &input, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (input.label, ==, 1);
  g_assert_cmpint (input.input->shape.dim[2], ==, 20);
  assert_in_place (input.displayed, 5, 0);
  assert_in_place (input.original, 5, 0);

  /* No part is said to be for training: all of the class but the one. */
  g_autoptr (DubTensor) mean = dub_study_mean_input (study, model, 1, "sub-5", &n_cases, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n_cases, ==, 2);
  g_assert_cmpfloat_with_epsilon (dub_tensor_f32 (mean)[0], dub_tensor_f32 (input.input)[0] - 3.0f, 1e-3);

  g_assert_cmpint (dub_study_reference_class (study, 1), ==, -1);
  study->modality = g_strdup ("grey-matter");
  g_assert_cmpint (dub_study_reference_class (study, 1), ==, 0);
  g_assert_cmpint (dub_study_reference_class (study, 0), ==, 1);
  g_assert_cmpint (dub_study_reference_class (study, 2), ==, -1);
  scratch_free (&scratch);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study/case-input/prepared-space", test_prepared_space);
  g_test_add_func ("/study/case-input/mean", test_mean);
  g_test_add_func ("/study/case-input/unknown", test_unknown_case);
  g_test_add_func ("/study/case-input/volumes", test_volumes);

  return g_test_run ();
}
