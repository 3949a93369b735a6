#include "core/data/affine.h"
#include "core/data/volume.h"

#include <math.h>
#include <string.h>

static DubVolume *
volume_of (int64_t      ni,
           int64_t      nj,
           int64_t      nk,
           const double affine[4][4])
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (ni, nj, nk), NULL);
  g_autoptr (GError) error = NULL;

  for (size_t v = 0; v < dub_tensor_n_elements (voxels); v++)
    dub_tensor_f32 (voxels)[v] = (float) (v * 31 % 997);

  DubVolume *volume = dub_volume_new (voxels, affine, &error);

  g_assert_no_error (error);

  return volume;
}

static void
test_refused (void)
{
  static const double FLAT[4][4] = { { 1, 1, 0, 0 }, { 1, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
  g_autoptr (DubTensor) good = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (2, 2, 2), NULL);
  g_autoptr (DubTensor) flat = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (2, 2), NULL);
  g_autoptr (DubTensor) wide = dub_tensor_new_zeros (DUB_DTYPE_F64, DUB_SHAPE (2, 2, 2), NULL);
  g_autoptr (DubTensor) none = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (2, 0, 2), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_volume_new (flat, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_volume_new (wide, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_volume_new (none, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_volume_new (good, FLAT, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
}

/* All 48 ways of laying axes, turned by 20 degrees: reorientation keeps every voxel where it is in the world. */
static void
test_orientations (void)
{
  static const int PERMUTATIONS[6][3] =
    { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  const double c = cos (20 * G_PI / 180), s = sin (20 * G_PI / 180);
  const double turn[4][4] = { { c, -s, 0, 0 }, { s, c, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };

  for (int p = 0; p < 6; p++)
    for (int flips = 0; flips < 8; flips++) {
      double straight[4][4] = { { 0, 0, 0, 4 }, { 0, 0, 0, -9 }, { 0, 0, 0, 2 }, { 0, 0, 0, 1 } };
      double affine[4][4];
      char letters[4], expected[4] = "";

      for (int n = 0; n < 3; n++) {
        straight[PERMUTATIONS[p][n]][n] = (flips >> n & 1 ? -1 : 1) * (1.0 + n);
        expected[n] = (flips >> n & 1 ? "LPI" : "RAS")[PERMUTATIONS[p][n]];
      }
      dub_affine_multiply (turn, straight, affine);

      g_autoptr (DubVolume) volume = volume_of (18, 5, 33, affine);
      g_autoptr (GError) error = NULL;
      g_autoptr (DubVolume) ras = dub_volume_to_ras (volume, &error);

      g_assert_no_error (error);
      dub_volume_orientation (volume, letters);
      g_assert_cmpstr (letters, ==, expected);
      dub_volume_orientation (ras, letters);
      g_assert_cmpstr (letters, ==, "RAS");
      for (int64_t i = 0; i < 18; i++)
        for (int64_t j = 0; j < 5; j++)
          for (int64_t k = 0; k < 33; k++) {
            double world[3], voxel[3];

            dub_volume_voxel_to_world (volume, (const double[3]) { (double) i, (double) j, (double) k }, world);
            dub_volume_world_to_voxel (ras, world, voxel);
            for (int n = 0; n < 3; n++)
              g_assert_cmpfloat_with_epsilon (voxel[n], rint (voxel[n]), 1e-9);
            g_assert_cmpfloat (dub_volume_get (ras, lrint (voxel[0]), lrint (voxel[1]), lrint (voxel[2])), ==,
                               dub_volume_get (volume, i, j, k));
          }
    }
}

static void
test_ras_is_itself (void)
{
  g_autoptr (DubVolume) volume = volume_of (2, 3, 4, NULL);
  g_autoptr (DubVolume) ras = dub_volume_to_ras (volume, NULL);

  g_assert_true (ras == volume);
  g_assert_cmpint (volume->affine_source, ==, DUB_AFFINE_NONE);
  g_assert_true (isnan (dub_volume_get (volume, -1, 0, 0)));
  g_assert_true (isnan (dub_volume_get (volume, 0, 3, 0)));
  g_assert_cmpfloat (dub_volume_get (volume, 1, 2, 3), ==, 23 * 31 % 997);
}

/* A linear ramp is reproduced exactly by trilinear interpolation, also on an oblique grid. */
static void
test_resample_linear (void)
{
  enum { N = 24 };
  static const double FINE[4][4] = { { 0.4, 0.1, 0, 6 }, { -0.1, 0.5, 0.05, 8 }, { 0, 0, 0.45, 7 }, { 0, 0, 0, 1 } };
  const int64_t shape[3] = { 13, 14, 15 };
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (N, N, N), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (3);

  for (int v = 0; v < N * N * N; v++)
    dub_tensor_f32 (voxels)[v] = (float) (2 * (v / N / N) - 3 * (v / N % N) + v % N);

  g_autoptr (DubVolume) volume = dub_volume_new (voxels, NULL, &error);
  g_autoptr (DubVolume) fine = dub_volume_resample (volume, shape, FINE, DUB_INTERPOLATION_LINEAR, -1.0f, run, &error);
  g_autoptr (DubVolume) alone =
    dub_volume_resample (volume, shape, FINE, DUB_INTERPOLATION_LINEAR, -1.0f, NULL, &error);

  g_assert_no_error (error);
  for (int64_t i = 0; i < shape[0]; i++)
    for (int64_t j = 0; j < shape[1]; j++)
      for (int64_t k = 0; k < shape[2]; k++) {
        double world[3];

        dub_affine_apply (FINE, (const double[3]) { (double) i, (double) j, (double) k }, world);
        g_assert_cmpfloat_with_epsilon ((double) dub_volume_get (fine, i, j, k), 2 * world[0] - 3 * world[1] + world[2],
                                        1e-5);
      }
  g_assert_cmpmem (fine->voxels->data, dub_tensor_n_bytes (fine->voxels), alone->voxels->data,
                   dub_tensor_n_bytes (alone->voxels));
}

static void
test_resample_border (void)
{
  /* Half a voxel beyond the outermost centres, and then outside. A NaN reaches only what it touches. */
  static const double HALF[4][4] = { { 0.25, 0, 0, -1 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
  static const float VALUES[4] = { 10, 20, NAN, 40 };
  static const float LINEAR[20] =
    { -7, -7, 10, 10, 10, 12.5f, 15, 17.5f, 20, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 40, 40, 40, -7 };
  static const float NEAREST[20] =
    { -7, -7, 10, 10, 10, 10, 20, 20, 20, 20, NAN, NAN, NAN, NAN, 40, 40, 40, 40, 40, -7 };
  const int64_t shape[3] = { 20, 1, 1 };
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (4, 1, 1), NULL);
  g_autoptr (GError) error = NULL;

  memcpy (dub_tensor_f32 (voxels), VALUES, sizeof VALUES);
  g_autoptr (DubVolume) volume = dub_volume_new (voxels, NULL, &error);
  g_autoptr (DubVolume) linear =
    dub_volume_resample (volume, shape, HALF, DUB_INTERPOLATION_LINEAR, -7.0f, NULL, &error);
  g_autoptr (DubVolume) nearest =
    dub_volume_resample (volume, shape, HALF, DUB_INTERPOLATION_NEAREST, -7.0f, NULL, &error);

  g_assert_no_error (error);
  for (int64_t i = 0; i < 20; i++) {
    float l = dub_volume_get (linear, i, 0, 0), n = dub_volume_get (nearest, i, 0, 0);

    g_assert_true (l == LINEAR[i] || (isnan (l) && isnan (LINEAR[i])));
    g_assert_true (n == NEAREST[i] || (isnan (n) && isnan (NEAREST[i])));
  }
}

/* Resampling on its own grid, after a detour of the affine through rounding, changes nothing. */
static void
test_resample_same (void)
{
  static const double AFFINE[4][4] =
    { { -0.9, 0.1, 0.2, 80.3 }, { 0.11, 1.2, -0.1, -11.7 }, { 0.3, 0, 2.1, 33.3 }, { 0, 0, 0, 1 } };
  g_autoptr (DubVolume) volume = volume_of (11, 12, 13, AFFINE);
  double there[4][4], back[4][4];
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_affine_invert (AFFINE, there));
  g_assert_true (dub_affine_invert (there, back));
  for (int interpolation = 0; interpolation < 2; interpolation++) {
    g_autoptr (DubVolume) same = dub_volume_resample (volume, volume->voxels->shape.dim, back,
                                                      (DubInterpolation) interpolation, -1.0f, NULL, &error);

    g_assert_no_error (error);
    g_assert_true (dub_volume_same_space (volume, same));
    g_assert_cmpmem (volume->voxels->data, dub_tensor_n_bytes (volume->voxels), same->voxels->data,
                     dub_tensor_n_bytes (same->voxels));
  }
  back[0][3] += 0.01;
  g_autoptr (DubVolume) moved = dub_volume_new (volume->voxels, back, &error);
  g_assert_false (dub_volume_same_space (volume, moved));
}

static void
test_crop_or_pad (void)
{
  static const double AFFINE[4][4] = { { -2, 0, 0, 90 }, { 0, 1.5, 0, -60 }, { 0, 0, 1, 7 }, { 0, 0, 0, 1 } };
  static const int64_t SHAPES[5][3] = { { 6, 7, 8 }, { 5, 9, 8 }, { 8, 3, 7 }, { 1, 1, 1 }, { 9, 10, 11 } };
  g_autoptr (DubVolume) volume = volume_of (6, 7, 8, AFFINE);
  g_autoptr (GError) error = NULL;

  for (size_t s = 0; s < G_N_ELEMENTS (SHAPES); s++) {
    g_autoptr (DubVolume) other = dub_volume_crop_or_pad (volume, SHAPES[s], -5.0f, &error);

    g_assert_no_error (error);
    g_assert_true (dub_shape_equal (&other->voxels->shape, &DUB_SHAPE (SHAPES[s][0], SHAPES[s][1], SHAPES[s][2])));
    for (int64_t i = 0; i < SHAPES[s][0]; i++)
      for (int64_t j = 0; j < SHAPES[s][1]; j++)
        for (int64_t k = 0; k < SHAPES[s][2]; k++) {
          double world[3], voxel[3];

          /* The same place in the world holds the same value. */
          dub_volume_voxel_to_world (other, (const double[3]) { (double) i, (double) j, (double) k }, world);
          dub_volume_world_to_voxel (volume, world, voxel);
          float expected = dub_volume_get (volume, lrint (voxel[0]), lrint (voxel[1]), lrint (voxel[2]));
          g_assert_cmpfloat (dub_volume_get (other, i, j, k), ==, isnan (expected) ? -5.0f : expected);
        }
    /* Growing again leads to the same grid. */
    g_autoptr (DubVolume) back = dub_volume_crop_or_pad (other, SHAPES[0], -5.0f, &error);
    g_assert_true (dub_volume_same_space (volume, back));
  }
}

static void
test_range (void)
{
  g_autoptr (DubVolume) volume = volume_of (3, 3, 3, NULL);
  g_autoptr (GError) error = NULL;
  float low, high;

  g_assert_true (dub_volume_range (volume, &low, &high, &error));
  g_assert_cmpfloat (low, ==, 0.0f);
  g_assert_cmpfloat (high, ==, 26 * 31);
  for (int v = 0; v < 27; v++)
    dub_tensor_f32 (volume->voxels)[v] = NAN;
  g_assert_false (dub_volume_range (volume, &low, &high, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_true (isnan (low) && isnan (high));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/refused", test_refused);
  g_test_add_func ("/volume/orientations", test_orientations);
  g_test_add_func ("/volume/ras-is-itself", test_ras_is_itself);
  g_test_add_func ("/volume/resample-linear", test_resample_linear);
  g_test_add_func ("/volume/resample-border", test_resample_border);
  g_test_add_func ("/volume/resample-same", test_resample_same);
  g_test_add_func ("/volume/crop-or-pad", test_crop_or_pad);
  g_test_add_func ("/volume/range", test_range);

  return g_test_run ();
}
