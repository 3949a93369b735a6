/* From a volume to the network's input and back: axes, scales, fits, and what is refused. */
#include "core/io/nifti.h"
#include "core/study/study.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

enum { NI = 6, NJ = 5, NK = 4, V = NI * NJ * NK };

/* Value 100 i + 10 j + k at voxel (i, j, k), 2 mm voxels. */
static DubVolume *
make_volume (void)
{
  static const double affine[4][4] = { { 2, 0, 0, -10 }, { 0, 2, 0, -20 }, { 0, 0, 2, 5 }, { 0, 0, 0, 1 } };
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (NI, NJ, NK), NULL);
  float *value = dub_tensor_f32 (voxels);

  for (int i = 0; i < NI; i++)
    for (int j = 0; j < NJ; j++)
      for (int k = 0; k < NK; k++)
        *value++ = (float) (100 * i + 10 * j + k);

  DubVolume *volume = dub_volume_new (voxels, affine, NULL);

  g_free (volume->name);
  volume->name = g_strdup ("sub.nii");

  return volume;
}

static float
element (const DubTensor *tensor,
         size_t           a,
         size_t           b,
         size_t           c)
{
  const int64_t *dim = tensor->shape.dim;

  return dub_tensor_f32 (tensor)[(a * (size_t) dim[1] + b) * (size_t) dim[2] + c];
}

static void
test_axes (void)
{
  static const int64_t free_shape[3] = { -1, -1, -1 };
  g_autoptr (DubVolume) volume = make_volume ();
  DubPreprocess how = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) ijk = NULL;
  g_autoptr (DubTensor) kji = NULL;
  g_autoptr (DubVolume) shown = NULL;

  g_assert_true (dub_preprocess (&how, volume, free_shape, &ijk, NULL, NULL, &error));
  g_assert_cmpfloat (element (ijk, 3, 2, 1), ==, 321.0f);

  how.axes = DUB_AXES_KJI;
  g_assert_true (dub_preprocess (&how, volume, free_shape, &kji, &shown, NULL, &error));
  g_assert_true (dub_tensor_is_contiguous (kji));
  g_assert_cmpint (kji->shape.dim[0], ==, NK);
  g_assert_cmpint (kji->shape.dim[2], ==, NI);
  g_assert_cmpfloat (element (kji, 1, 2, 3), ==, 321.0f);
  g_assert_true (dub_volume_same_space (shown, volume));

  g_autoptr (DubVolume) back = dub_preprocess_back (&how, kji, shown, &error);

  g_assert_no_error (error);
  g_assert_true (dub_volume_same_space (back, volume));
  g_assert_cmpmem (back->voxels->data, V * sizeof (float), volume->voxels->data, V * sizeof (float));

  g_assert_null (dub_preprocess_back (&how, ijk, shown, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

/* Another shape is refused by the header alone: the voxels of a file that is cut are not missed. */
static void
test_load (void)
{
  static const int64_t shapes[3][3] = { { NI, NJ, NK }, { NI, -1, -1 }, { NI, NJ, NK + 1 } };
  g_autofree char *folder = g_dir_make_tmp ("dubito-preprocess-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "whole.nii.gz", NULL);
  g_autofree char *cut = g_build_filename (folder, "cut.nii.gz", NULL);
  g_autoptr (DubVolume) volume = make_volume ();
  DubPreprocess how = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (dub_nifti_save (volume, path, DUB_DTYPE_F32, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (cut, bytes, (gssize) length - 20, NULL));
  for (int i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL, cut_error = NULL;
    g_autoptr (DubVolume) whole = dub_preprocess_load (&how, path, shapes[i], &error);
    g_autoptr (DubVolume) none = dub_preprocess_load (&how, cut, shapes[i], &cut_error);

    g_assert_null (none);
    if (i < 2) {
      g_assert_error (cut_error, DUB_ERROR, DUB_ERROR_FORMAT);
      g_assert_no_error (error);
      g_assert_cmpfloat (element (whole->voxels, 2, 1, 3), ==, element (volume->voxels, 2, 1, 3));
    } else {
      g_assert_error (cut_error, DUB_ERROR, DUB_ERROR_SHAPE);
      g_assert_null (whole);
      g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
    }
  }

  /* What may be cropped or resampled is read whatever its shape. */
  how.fit = DUB_FIT_CROP_PAD;
  g_autoptr (DubVolume) other = dub_preprocess_load (&how, path, shapes[2], NULL);

  g_assert_nonnull (other);
  g_remove (path);
  g_remove (cut);
  g_rmdir (folder);
}

static void
test_scale (void)
{
  static const int64_t free_shape[3] = { -1, -1, -1 };
  g_autoptr (DubVolume) volume = make_volume ();
  DubPreprocess how = { DUB_AXES_IJK, DUB_SCALE_MINMAX, DUB_FIT_REFUSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) minmax = NULL;
  g_autoptr (DubTensor) zscore = NULL;
  g_autoptr (DubVolume) shown = NULL;
  double sum = 0.0, squares = 0.0;

  g_assert_true (dub_preprocess (&how, volume, free_shape, &minmax, &shown, NULL, &error));
  g_assert_cmpfloat (element (minmax, 0, 0, 0), ==, 0.0f);
  g_assert_cmpfloat (element (minmax, NI - 1, NJ - 1, NK - 1), ==, 1.0f);
  g_assert_cmpfloat_with_epsilon (element (minmax, 2, 1, 3), 213.0f / 543.0f, 1e-6f);
  /* What is displayed keeps its intensities, and the volume itself is untouched. */
  g_assert_cmpfloat (element (shown->voxels, 2, 1, 3), ==, 213.0f);
  g_assert_cmpfloat (element (volume->voxels, 2, 1, 3), ==, 213.0f);

  how.scale = DUB_SCALE_ZSCORE;
  g_assert_true (dub_preprocess (&how, volume, free_shape, &zscore, NULL, NULL, &error));
  for (size_t i = 0; i < V; i++) {
    sum += (double) dub_tensor_f32 (zscore)[i];
    squares += pow ((double) dub_tensor_f32 (zscore)[i], 2.0);
  }
  g_assert_cmpfloat_with_epsilon (sum / V, 0.0, 1e-6);
  g_assert_cmpfloat_with_epsilon (squares / V, 1.0, 1e-5);

  for (size_t i = 0; i < V; i++)
    dub_tensor_f32 (volume->voxels)[i] = 3.0f;

  g_autoptr (DubTensor) none = NULL;

  g_assert_false (dub_preprocess (&how, volume, free_shape, &none, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
}

static void
test_fit (void)
{
  static const int64_t other[3] = { 8, 5, 2 };
  static const int64_t other_kji[3] = { 2, 5, 8 };
  g_autoptr (DubVolume) volume = make_volume ();
  DubPreprocess how = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubTensor) input = NULL;
  g_autoptr (DubVolume) shown = NULL;
  double world[3], before[3], voxel[3] = { 3, 2, 1 };

  g_assert_false (dub_preprocess (&how, volume, other, &input, &shown, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "sub.nii"));
  g_assert_nonnull (strstr (error->message, "6×5×4"));
  g_assert_nonnull (strstr (error->message, "8×5×2"));
  g_assert_nonnull (strstr (error->message, "resample"));
  g_clear_error (&error);
  g_assert_null (input);

  /* Cropping keeps every voxel where it is in the world. */
  how.fit = DUB_FIT_CROP_PAD;
  how.axes = DUB_AXES_KJI;
  g_assert_true (dub_preprocess (&how, volume, other_kji, &input, &shown, NULL, &error));
  g_assert_cmpint (shown->voxels->shape.dim[0], ==, 8);
  g_assert_cmpint (shown->voxels->shape.dim[2], ==, 2);
  g_assert_cmpint (input->shape.dim[0], ==, 2);
  dub_volume_voxel_to_world (volume, voxel, before);
  dub_volume_world_to_voxel (shown, before, world);
  g_assert_cmpfloat (element (shown->voxels, (size_t) lrint (world[0]), (size_t) lrint (world[1]),
                              (size_t) lrint (world[2])), ==, 321.0f);
  g_assert_cmpfloat (element (shown->voxels, 0, 0, 0), ==, 0.0f);
  g_clear_pointer (&input, dub_tensor_unref);
  g_clear_pointer (&shown, dub_volume_unref);

  /* Resampling covers the same box: a linear field keeps its value at a world point inside. */
  static const int64_t finer[3] = { 12, 10, 8 };

  how = (DubPreprocess) { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_RESAMPLE };
  g_assert_true (dub_preprocess (&how, volume, finer, &input, &shown, NULL, &error));

  double corner[3] = { 5, 4, 3 }, place[3];

  dub_volume_voxel_to_world (shown, corner, world);
  dub_volume_world_to_voxel (volume, world, place);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (place[a], (corner[a] + 0.5) / 2.0 - 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (element (shown->voxels, 5, 4, 3),
                                  (float) (100.0 * place[0] + 10.0 * place[1] + place[2]), 1e-3f);
  g_assert_cmpfloat_with_epsilon (shown->spacing[0], 1.0, 1e-9);
}

static void
test_not_finite (void)
{
  static const int64_t free_shape[3] = { -1, -1, -1 };
  g_autoptr (DubVolume) volume = make_volume ();
  DubPreprocess how = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autoptr (DubTensor) input = NULL;
  g_autoptr (GError) error = NULL;

  dub_tensor_f32 (volume->voxels)[(2 * NJ + 3) * NK + 1] = NAN;
  g_assert_false (dub_preprocess (&how, volume, free_shape, &input, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "2, 3, 1"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preprocess/axes", test_axes);
  g_test_add_func ("/preprocess/scale", test_scale);
  g_test_add_func ("/preprocess/fit", test_fit);
  g_test_add_func ("/preprocess/load", test_load);
  g_test_add_func ("/preprocess/not-finite", test_not_finite);

  return g_test_run ();
}
