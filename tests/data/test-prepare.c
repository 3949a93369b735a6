#include "core/data/prepare.h"
#include "tests/data/data-set.h"
#include "tests/reference/reference.h"

#include <math.h>

static DubTensor *
reference (const char *name)
{
  g_autoptr (DubNpz) npz = reference_open ("prepare.npz");

  return reference_read (npz, name);
}

static DubPrepare
image_of (int        channels,
          int64_t    h,
          int64_t    w,
          DubResize  resize,
          DubScaling scaling)
{
  return (DubPrepare) {
    .n_axes = 2, .channels = channels, .size = { h, w, 1 }, .resize = resize, .scaling = scaling,
    .sd = { 1, 1, 1 }, .percentile = { 1, 99 },
  };
}

static DubPrepare
volume_of (const int64_t size[3],
           DubResize     resize,
           DubScaling    scaling)
{
  return (DubPrepare) {
    .n_axes = 3, .channels = 1, .size = { size[0], size[1], size[2] }, .resize = resize, .scaling = scaling,
    .sd = { 1, 1, 1 }, .percentile = { 1, 99 },
  };
}

static float *
prepared (const DubPrepare *prepare,
          const DubTensor  *raw,
          const double     *spacing)
{
  DubShape shape = dub_prepare_shape (prepare);
  g_autoptr (GError) error = NULL;
  float *target = g_new (float, dub_shape_n_elements (&shape));

  g_assert_true (dub_prepare_apply (prepare, raw, spacing, target, &error));
  g_assert_no_error (error);

  return target;
}

static void
expect_close (const float *found,
              const char  *name,
              double       tolerance)
{
  g_autoptr (DubTensor) expected = reference (name);

  for (size_t i = 0; i < dub_tensor_n_elements (expected); i++)
    g_assert_cmpfloat_with_epsilon ((double) found[i], (double) dub_tensor_f32 (expected)[i], tolerance);
}

/* --- the grid --- */

static void
test_resample (void)
{
  static const struct {
    const char *raw, *expected;
    int         channels;
    int64_t     size[3];
  } CASES[] = {
    { "image", "image_grown", 1, { 17, 20, 1 } },
    { "image", "image_shrunk", 1, { 4, 3, 1 } },
    { "image", "image_mixed", 1, { 5, 14, 1 } },
    { "colour", "colour_shrunk", 3, { 4, 3, 1 } },
    { "volume", "volume_grown", 1, { 7, 9, 8 } },
    { "volume", "volume_shrunk", 1, { 2, 2, 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++) {
    g_autoptr (DubTensor) raw = reference (CASES[i].raw);
    DubPrepare prepare = raw->shape.rank == 3
                           ? image_of (CASES[i].channels, CASES[i].size[0], CASES[i].size[1], DUB_RESIZE_RESAMPLE, DUB_SCALING_NONE)
                           : volume_of (CASES[i].size, DUB_RESIZE_RESAMPLE, DUB_SCALING_NONE);
    g_autofree float *found = prepared (&prepare, raw, NULL);

    expect_close (found, CASES[i].expected, 1e-4);
  }
}

/* Of whole factors the mean is exact: sums of bytes over powers of two. */
static void
test_exact_area (void)
{
  g_autoptr (DubTensor) raw = patterned (DUB_SHAPE (1, 56, 112), 3);
  DubPrepare prepare = image_of (1, 28, 28, DUB_RESIZE_RESAMPLE, DUB_SCALING_NONE);
  g_autofree float *found = prepared (&prepare, raw, NULL);
  const guint8 *bytes = raw->data;

  for (int y = 0; y < 28; y++)
    for (int x = 0; x < 28; x++) {
      int sum = 0;

      for (int a = 0; a < 2; a++)
        for (int b = 0; b < 4; b++)
          sum += bytes[(2 * y + a) * 112 + 4 * x + b];
      g_assert_true (found[y * 28 + x] == (float) sum / 8.0f);
    }
}

/* Any sizes: a constant stays constant, and a ramp stays a ramp away from the border. */
static void
test_any_sizes (void)
{
  for (int64_t old = 1; old <= 40; old++)
    for (int64_t new = 1; new <= 40; new++) {
      g_autoptr (DubTensor) raw = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, 2, old), NULL);
      DubPrepare prepare = image_of (1, 2, new, DUB_RESIZE_RESAMPLE, DUB_SCALING_NONE);
      double step = (double) old / (double) new;

      for (int64_t x = 0; x < old; x++) {
        dub_tensor_f32 (raw)[x] = 5.0f;
        dub_tensor_f32 (raw)[old + x] = (float) x;
      }

      g_autofree float *found = prepared (&prepare, raw, NULL);

      for (int64_t x = 0; x < new; x++) {
        double middle = ((double) x + 0.5) * step - 0.5;

        g_assert_cmpfloat_with_epsilon (found[x], 5.0f, 1e-5);
        if (old % new == 0 || (step < 1.0 && middle >= 0.0 && middle <= (double) (old - 1)))
          g_assert_cmpfloat_with_epsilon ((double) found[new + x], middle, 1e-4);
        /* The mean of a ramp over whole and broken samples lies within half a sample of its middle. */
        g_assert_cmpfloat (fabs ((double) found[new + x] - middle), <=, 0.5);
      }
    }
}

static void
test_crop_pad (void)
{
  g_autoptr (DubTensor) raw = patterned (DUB_SHAPE (1, 5, 8), 4);
  DubPrepare prepare = image_of (1, 8, 5, DUB_RESIZE_CROP_PAD, DUB_SCALING_NONE);
  g_autofree float *found = prepared (&prepare, raw, NULL);
  const guint8 *bytes = raw->data;
  guint8 smallest = 255;

  for (int i = 0; i < 40; i++)
    smallest = MIN (smallest, bytes[i]);
  /* 5 rows into 8: one above, two below. 8 columns into 5: one gone at the left, two at the right. */
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 5; x++)
      g_assert_true (found[y * 5 + x] == (y >= 1 && y < 6 ? bytes[(y - 1) * 8 + x + 1] : smallest));
}

static void
test_refuse (void)
{
  g_autoptr (DubTensor) raw = patterned (DUB_SHAPE (1, 30, 28), 1);
  g_autoptr (DubTensor) flat = patterned (DUB_SHAPE (28, 28), 1);
  g_autoptr (DubTensor) many = patterned (DUB_SHAPE (5, 28, 28), 1);
  DubPrepare prepare = image_of (1, 28, 28, DUB_RESIZE_REFUSE, DUB_SCALING_UNIT);
  g_autofree float *target = g_new (float, 28 * 28);
  const DubTensor *bad[] = { raw, flat, many };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (dub_prepare_apply (&prepare, bad[i], NULL, target, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
    if (i == 0)
      g_assert_cmpstr (error->message, ==, "The case is 30×28; expected 28×28: choose to crop or pad, or to resample.");
  }
}

/* A ramp in millimetres stays that ramp on a grid of 2 mm, growing along one axis and shrinking along another. */
static void
test_spacing (void)
{
  const double spacing[3] = { 1.0, 4.0, 2.0 };
  g_autoptr (DubTensor) raw = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, 20, 11, 6), NULL);
  DubPrepare prepare = volume_of ((const int64_t[3]) { 10, 22, 6 }, DUB_RESIZE_REFUSE, DUB_SCALING_NONE);
  g_autofree float *target = g_new (float, 10 * 22 * 6);
  g_autoptr (GError) error = NULL;

  prepare.spacing = 2.0;
  for (int i = 0; i < 20; i++)
    for (int j = 0; j < 11; j++)
      for (int k = 0; k < 6; k++)
        dub_tensor_f32 (raw)[(i * 11 + j) * 6 + k] = (float) ((i + 0.5) * 1.0 + 10.0 * (j + 0.5) * 4.0 + 0.1 * (k + 0.5) * 2.0);

  g_autofree float *found = prepared (&prepare, raw, spacing);

  for (int i = 0; i < 10; i++)
    for (int j = 1; j < 21; j++)
      for (int k = 0; k < 6; k++)
        g_assert_cmpfloat_with_epsilon (found[(i * 22 + j) * 6 + k],
                                        (float) ((i + 0.5) * 2.0 + 10.0 * (j + 0.5) * 2.0 + 0.1 * (k + 0.5) * 2.0), 1e-3);

  g_assert_false (dub_prepare_apply (&prepare, raw, NULL, target, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_false (dub_prepare_apply (&prepare, raw, (const double[3]) { 1.0, NAN, 1.0 }, target, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_false (dub_prepare_apply (&prepare, raw, (const double[3]) { 1.0, 1e9, 1.0 }, target, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

static void
test_axes (void)
{
  g_autoptr (DubTensor) raw = patterned (DUB_SHAPE (1, 2, 3, 4), 2);
  DubPrepare prepare = volume_of ((const int64_t[3]) { 2, 3, 4 }, DUB_RESIZE_REFUSE, DUB_SCALING_NONE);
  const guint8 *bytes = raw->data;

  prepare.kji = TRUE;

  DubShape shape = dub_prepare_shape (&prepare);
  g_autofree float *found = prepared (&prepare, raw, NULL);

  g_assert_true (dub_shape_equal (&shape, &DUB_SHAPE (1, 4, 3, 2)));
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 4; k++)
        g_assert_true (found[(k * 3 + j) * 2 + i] == bytes[(i * 3 + j) * 4 + k]);
}

/* --- channels and scaling --- */

static void
test_channels (void)
{
  g_autoptr (DubTensor) rgba = patterned (DUB_SHAPE (4, 3, 5), 5);
  g_autoptr (DubTensor) grey = patterned (DUB_SHAPE (2, 3, 5), 6);
  DubPrepare one = image_of (1, 3, 5, DUB_RESIZE_REFUSE, DUB_SCALING_NONE);
  DubPrepare three = image_of (3, 3, 5, DUB_RESIZE_REFUSE, DUB_SCALING_NONE);
  g_autofree float *luma = prepared (&one, rgba, NULL);
  g_autofree float *colour = prepared (&three, rgba, NULL);
  g_autofree float *repeated = prepared (&three, grey, NULL);
  g_autofree float *first = prepared (&one, grey, NULL);
  const guint8 *c = rgba->data, *g = grey->data;

  for (int i = 0; i < 15; i++) {
    g_assert_cmpfloat_with_epsilon (luma[i], 0.299 * c[i] + 0.587 * c[15 + i] + 0.114 * c[30 + i], 1e-4);
    g_assert_true (first[i] == g[i]);
    for (int n = 0; n < 3; n++) {
      g_assert_true (colour[15 * n + i] == c[15 * n + i]);
      g_assert_true (repeated[15 * n + i] == g[i]);
    }
  }
}

static void
test_scaling (void)
{
  g_autoptr (DubTensor) volume = reference ("volume");
  g_autoptr (DubTensor) bytes = patterned (DUB_SHAPE (1, 4, 6), 7);
  g_autoptr (DubTensor) words = dub_tensor_convert (bytes, DUB_DTYPE_U16, NULL);
  DubPrepare prepare = volume_of (volume->shape.dim + 1, DUB_RESIZE_REFUSE, DUB_SCALING_ZSCORE);
  DubPrepare image = image_of (1, 4, 6, DUB_RESIZE_REFUSE, DUB_SCALING_UNIT);
  g_autofree float *zscore = prepared (&prepare, volume, NULL);

  expect_close (zscore, "volume_zscore", 1e-6);
  prepare.scaling = DUB_SCALING_PERCENTILE;
  prepare.percentile[0] = 5.0;
  prepare.percentile[1] = 90.0;

  g_autofree float *percentile = prepared (&prepare, volume, NULL);

  expect_close (percentile, "volume_percentile", 1e-6);
  prepare.scaling = DUB_SCALING_UNIT;

  g_autofree float *unit = prepared (&prepare, volume, NULL);

  expect_close (unit, "volume", 1e-9);

  g_autofree float *of_bytes = prepared (&image, bytes, NULL);
  g_autofree float *of_words = prepared (&image, words, NULL);

  image.scaling = DUB_SCALING_MEAN_SD;
  image.mean[0] = 0.25;
  image.sd[0] = 0.5;

  g_autofree float *standard = prepared (&image, bytes, NULL);

  image.scaling = DUB_SCALING_MINMAX;

  g_autofree float *minmax = prepared (&image, bytes, NULL);
  guint8 low = 255, high = 0;

  for (int i = 0; i < 24; i++) {
    low = MIN (low, ((guint8 *) bytes->data)[i]);
    high = MAX (high, ((guint8 *) bytes->data)[i]);
  }
  for (int i = 0; i < 24; i++) {
    double v = ((guint8 *) bytes->data)[i];

    g_assert_cmpfloat_with_epsilon (of_bytes[i], v / 255.0, 1e-7);
    g_assert_cmpfloat_with_epsilon (of_words[i], v / 65535.0, 1e-9);
    g_assert_cmpfloat_with_epsilon (standard[i], (v / 255.0 - 0.25) / 0.5, 1e-6);
    g_assert_cmpfloat_with_epsilon (minmax[i], (v - low) / (high - low), 1e-6);
  }
}

/* Percentiles of many sizes with ties against sorting. */
static int
compare_floats (const void *a,
                const void *b)
{
  float first = *(const float *) a, second = *(const float *) b;

  return first < second ? -1 : first > second;
}

static void
test_percentiles (void)
{
  for (int n = 1; n <= 120; n++) {
    g_autoptr (DubTensor) raw = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, 1, n), NULL);
    DubPrepare prepare = image_of (1, 1, n, DUB_RESIZE_REFUSE, DUB_SCALING_PERCENTILE);
    float *values = dub_tensor_f32 (raw);
    double bounds[2];

    prepare.percentile[0] = 10.0;
    prepare.percentile[1] = 77.0;
    for (int i = 0; i < n; i++)
      values[i] = (float) (i * 7919 % 31 * (n % 3));

    g_autofree float *found = prepared (&prepare, raw, NULL);
    g_autofree float *sorted = g_memdup2 (values, (size_t) n * sizeof (float));

    qsort (sorted, (size_t) n, sizeof *sorted, compare_floats);
    for (int b = 0; b < 2; b++) {
      double at = prepare.percentile[b] / 100.0 * (n - 1);
      int rank = (int) at;

      bounds[b] = (double) sorted[rank] + (at - rank) * (double) (sorted[MIN (rank + 1, n - 1)] - sorted[rank]);
    }
    for (int i = 0; i < n; i++) {
      double v = (double) values[i];
      double expected = v <= bounds[0] ? 0.0 : v >= bounds[1] ? 1.0 : (v - bounds[0]) / (bounds[1] - bounds[0]);

      g_assert_cmpfloat_with_epsilon ((double) found[i], expected, 1e-5);
    }
  }
}

/* A black image is no reason to stop: it becomes zeros. */
static void
test_constant (void)
{
  g_autoptr (DubTensor) raw = dub_tensor_new_zeros (DUB_DTYPE_U8, DUB_SHAPE (1, 4, 4), NULL);
  static const DubScaling SCALINGS[] = { DUB_SCALING_MINMAX, DUB_SCALING_ZSCORE, DUB_SCALING_PERCENTILE };

  memset (raw->data, 9, 16);
  for (guint s = 0; s < G_N_ELEMENTS (SCALINGS); s++) {
    DubPrepare prepare = image_of (1, 4, 4, DUB_RESIZE_REFUSE, SCALINGS[s]);
    g_autofree float *found = prepared (&prepare, raw, NULL);

    for (int i = 0; i < 16; i++)
      g_assert_true (found[i] == 0.0f);
  }
}

static void
test_not_finite (void)
{
  g_autoptr (DubTensor) image = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (3, 4, 5), NULL);
  g_autoptr (DubTensor) volume = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (1, 4, 5, 6), NULL);
  DubPrepare flat = image_of (3, 4, 5, DUB_RESIZE_REFUSE, DUB_SCALING_NONE);
  DubPrepare deep = volume_of (volume->shape.dim + 1, DUB_RESIZE_REFUSE, DUB_SCALING_NONE);
  g_autofree float *target = g_new (float, 120);
  g_autoptr (GError) error = NULL;

  dub_tensor_f32 (image)[(2 * 4 + 1) * 5 + 3] = NAN;
  g_assert_false (dub_prepare_apply (&flat, image, NULL, target, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==, "The value at row 1, column 3 of channel 2 is not a number; expected finite values.");
  g_clear_error (&error);
  dub_tensor_f32 (volume)[(3 * 5 + 2) * 6 + 1] = -HUGE_VALF;
  g_assert_false (dub_prepare_apply (&deep, volume, NULL, target, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==, "The value at voxel (3, 2, 1) is infinite; expected finite values.");
}

/* --- JSON --- */

static void
test_json (void)
{
  const int64_t size[3] = { 121, 145, 121 };
  DubPrepare all[4] = {
    image_of (3, 28, 30, DUB_RESIZE_RESAMPLE, DUB_SCALING_MEAN_SD),
    image_of (1, 224, 224, DUB_RESIZE_REFUSE, DUB_SCALING_UNIT),
    volume_of (size, DUB_RESIZE_CROP_PAD, DUB_SCALING_PERCENTILE),
    volume_of (size, DUB_RESIZE_CROP_PAD, DUB_SCALING_ZSCORE),
  };

  for (int c = 0; c < 3; c++) {
    all[0].mean[c] = 0.1 + 1.0 / (c + 3);
    all[0].sd[c] = 1.0 / (c + 7);
  }
  g_strlcpy (all[0].fitted_on, "train", sizeof all[0].fitted_on);
  all[2].percentile[0] = 0.5;
  all[3].kji = TRUE;
  all[3].spacing = 1.5;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autoptr (JsonNode) node = dub_prepare_to_json (&all[i]);
    g_autofree char *text = json_to_string (node, TRUE);
    g_autoptr (JsonNode) parsed = json_from_string (text, NULL);
    g_autoptr (GError) error = NULL;
    DubPrepare back;

    g_assert_true (dub_prepare_from_json (&back, parsed, "run.json: prepare", &error));
    g_assert_no_error (error);

    g_autoptr (JsonNode) again = dub_prepare_to_json (&back);
    g_autofree char *same = json_to_string (again, TRUE);

    g_assert_cmpstr (text, ==, same);
    g_assert_cmpint (back.n_axes, ==, all[i].n_axes);
    g_assert_cmpint (back.kji, ==, all[i].kji);
    g_assert_cmpint (back.resize, ==, all[i].resize);
    g_assert_true (back.spacing == all[i].spacing);
    g_assert_cmpstr (back.fitted_on, ==, all[i].fitted_on);
    for (int c = 0; c < all[i].channels; c++)
      g_assert_true (back.mean[c] == all[i].mean[c] && back.sd[c] == all[i].sd[c]);
    for (int a = 0; a < 3; a++)
      g_assert_cmpint (back.size[a], ==, all[i].size[a]);
  }
}

static void
test_bad_json (void)
{
  static const struct {
    const char *text, *words;
  } BAD[] = {
    { "[]", "x is a list; expected an object" },
    { "{}", "x.channels is absent; expected a number" },
    { "{\"channels\":2,\"size\":[4,4],\"scaling\":\"unit\"}", "x.channels is 2; expected 1 or 3" },
    { "{\"channels\":1.5,\"size\":[4,4],\"scaling\":\"unit\"}", "x.channels is 1.5" },
    { "{\"channels\":\"1\",\"size\":[4,4],\"scaling\":\"unit\"}", "x.channels is a string" },
    { "{\"channels\":1,\"size\":[4],\"scaling\":\"unit\"}", "x.size is a list of 1" },
    { "{\"channels\":1,\"size\":[4,0],\"scaling\":\"unit\"}", "x.size[1] is 0; expected 1 to" },
    { "{\"channels\":1,\"size\":[4,4.5],\"scaling\":\"unit\"}", "x.size[1] is 4.5; expected a whole number" },
    { "{\"channels\":1,\"size\":[4,null],\"scaling\":\"unit\"}", "x.size[1] is null" },
    { "{\"channels\":3,\"size\":[60000,60000,60000],\"scaling\":\"unit\"}", "numbers a case" },
    { "{\"channels\":1,\"size\":[4,4]}", "x.scaling is absent; expected a string" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"half\"}", "x.scaling is \"half\"" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"unit\",\"scalling\":1}", "x.scalling is unknown" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"unit\",\"axes\":\"kji\"}", "x.axes is given for an image" },
    { "{\"channels\":1,\"size\":[4,4,4],\"scaling\":\"unit\",\"spacing\":-1}", "x.spacing is -1" },
    { "{\"channels\":1,\"size\":[4,4,4],\"scaling\":\"unit\",\"resize\":\"stretch\"}", "x.resize is \"stretch\"" },
    { "{\"channels\":3,\"size\":[4,4],\"scaling\":\"mean-sd\",\"mean\":[0],\"sd\":[1,1,1]}", "x.mean is a list of 1; expected 3 numbers" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"mean-sd\",\"mean\":[0],\"sd\":[0]}", "x.sd[0] is 0" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"mean-sd\",\"mean\":[\"a\"],\"sd\":[1]}", "x.mean[0] is a string" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"percentile\",\"percentile\":[99,1]}", "x.percentile is 99 to 1" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"percentile\",\"percentile\":[0,101]}", "x.percentile[1] is 101" },
    { "{\"channels\":1,\"size\":[4,4],\"scaling\":\"unit\",\"fitted_on\":\"the calibration part\"}", "x.fitted_on is" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (BAD); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = json_from_string (BAD[i].text, NULL);
    DubPrepare prepare = { .channels = 77 };

    g_assert_nonnull (node);
    g_assert_false (dub_prepare_from_json (&prepare, node, "x", &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, BAD[i].words));
    g_assert_cmpint (prepare.channels, ==, 77);
  }
}

static void
test_describe (void)
{
  DubPrepare grey = image_of (1, 28, 28, DUB_RESIZE_RESAMPLE, DUB_SCALING_MEAN_SD);
  DubPrepare colour = image_of (3, 64, 48, DUB_RESIZE_RESAMPLE, DUB_SCALING_UNIT);
  DubPrepare volume = volume_of ((const int64_t[3]) { 60, 72, 60 }, DUB_RESIZE_CROP_PAD, DUB_SCALING_ZSCORE);

  grey.mean[0] = 0.3281;
  grey.sd[0] = 0.2057;
  volume.spacing = 1.5;
  volume.kji = TRUE;

  g_autofree char *first = dub_prepare_describe (&grey);
  g_autofree char *second = dub_prepare_describe (&colour);
  g_autofree char *third = dub_prepare_describe (&volume);

  g_assert_cmpstr (first, ==, "(x - 0.328) / 0.206, 28 × 28 grey");
  g_assert_cmpstr (second, ==, "x / largest of its type, 64 × 48 colour");
  g_assert_cmpstr (third, ==, "each case to mean 0, SD 1, 60 × 72 × 60 grey at 1.5 mm, axes kji");
}

/* --- with a data set --- */

static DubDataset *
saved_set (const Scratch *scratch,
           DubShape       images)
{
  static const char *const NAMES[] = { "train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels" };
  DubTensor *tensors[6];
  g_autofree char *path = scratch_path (scratch, "set.npz");
  g_autoptr (GError) error = NULL;
  DubDataset *dataset;

  for (guint p = 0; p < 3; p++) {
    images.dim[0] = 40 - 10 * (int64_t) p;
    tensors[2 * p] = patterned (images, p);
    tensors[2 * p + 1] = cyclic_labels (images.dim[0], 2, TRUE);
  }
  g_assert_true (dub_npz_save (path, NAMES, tensors, 6, NULL));
  for (guint i = 0; i < 6; i++)
    dub_tensor_unref (tensors[i]);
  dataset = dub_dataset_open (path, NULL, NULL, &error);
  g_assert_no_error (error);

  return dataset;
}

static void
test_fit (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (DubDataset) dataset = saved_set (&scratch, DUB_SHAPE (0, 28, 28, 3));
  g_autofree size_t *indices = g_new (size_t, 37);
  DubPrepare first, prepare;
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < 37; i++)
    indices[i] = i * 2 + 3;
  dub_prepare_init (&first, dataset);
  g_assert_cmpint (first.channels, ==, 3);
  g_assert_cmpint (first.size[0], ==, 28);
  g_assert_cmpint (first.scaling, ==, DUB_SCALING_MEAN_SD);
  g_assert_cmpint (first.resize, ==, DUB_RESIZE_RESAMPLE);
  g_assert_true (dub_prepare_fit (&first, dataset, indices, 37, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (first.fitted_on, ==, "train");

  for (size_t c = 0; c < 3; c++) {
    double sum = 0.0, squares = 0.0, n = 37 * 784;

    for (size_t i = 0; i < 37; i++) {
      g_autoptr (DubTensor) raw = dub_dataset_read (dataset, indices[i], NULL, NULL);

      for (size_t v = 0; v < 784; v++) {
        double value = dub_tensor_get_double (raw, c * 784 + v);

        sum += value;
        squares += value * value;
      }
    }
    /* Sums of whole numbers are exact. */
    g_assert_cmpfloat_with_epsilon (first.mean[c], sum / n / 255.0, 1e-7);
    g_assert_cmpfloat_with_epsilon (first.sd[c], sqrt (squares / n - sum / n * (sum / n)) / 255.0, 1e-7);
  }

  /* The same bits on any number of threads. */
  for (guint threads = 1; threads <= 5; threads += 2) {
    g_autoptr (DubRun) run = dub_run_new (threads);

    dub_prepare_init (&prepare, dataset);
    g_assert_true (dub_prepare_fit (&prepare, dataset, indices, 37, run, &error));
    g_assert_cmpmem (prepare.mean, sizeof prepare.mean, first.mean, sizeof first.mean);
    g_assert_cmpmem (prepare.sd, sizeof prepare.sd, first.sd, sizeof first.sd);
    g_assert_cmpfloat (dub_run_get_progress (run), >, 0.999);

    dub_run_cancel (run);
    g_assert_false (dub_prepare_fit (&prepare, dataset, indices, 37, run, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
    g_clear_error (&error);
  }

  /* What was fitted standardises what it was fitted on. */
  g_autofree float *values = g_new (float, 3 * 784);
  double mean = 0.0;

  for (size_t i = 0; i < 37; i++) {
    g_assert_true (dub_prepare_case (&first, dataset, indices[i], values, &error));
    for (size_t v = 0; v < 3 * 784; v++)
      mean += (double) values[v] / (37 * 3 * 784);
  }
  g_assert_cmpfloat_with_epsilon (mean, 0.0, 1e-5);

  prepare.resize = DUB_RESIZE_REFUSE;
  prepare.size[0] = 20;
  g_assert_false (dub_prepare_case (&prepare, dataset, 3, values, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_true (g_str_has_prefix (error->message, "set: case train-3: "));
  g_clear_error (&error);
  g_assert_false (dub_prepare_fit (&prepare, dataset, indices, 37, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_true (g_str_has_prefix (error->message, "set: case train-3: "));
  g_clear_error (&error);
  g_assert_false (dub_prepare_fit (&prepare, dataset, indices, 0, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  scratch_free (&scratch);
}

static void
test_suggested (void)
{
  static const struct {
    DubShape images;
    int64_t  size;
    int      n_axes, scaling, resize;
  } SETS[] = {
    { { 3, { 0, 64, 64 } }, 64, 2, DUB_SCALING_MEAN_SD, DUB_RESIZE_RESAMPLE },
    { { 3, { 0, 128, 128 } }, 128, 2, DUB_SCALING_MEAN_SD, DUB_RESIZE_RESAMPLE },
    { { 3, { 0, 300, 100 } }, 224, 2, DUB_SCALING_MEAN_SD, DUB_RESIZE_RESAMPLE },
    { { 4, { 0, 28, 28, 28 } }, 28, 3, DUB_SCALING_MEAN_SD, DUB_RESIZE_CROP_PAD },
  };
  Scratch scratch = scratch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (SETS); i++) {
    g_autoptr (DubDataset) dataset = saved_set (&scratch, SETS[i].images);
    DubPrepare prepare;

    dub_prepare_init (&prepare, dataset);
    g_assert_cmpint (prepare.n_axes, ==, SETS[i].n_axes);
    g_assert_cmpint (prepare.channels, ==, 1);
    g_assert_cmpint (prepare.size[0], ==, SETS[i].size);
    g_assert_cmpint (prepare.scaling, ==, SETS[i].scaling);
    g_assert_cmpint (prepare.resize, ==, SETS[i].resize);

    dataset->mixed = SETS[i].n_axes == 2;
    dub_prepare_init (&prepare, dataset);
    g_assert_cmpint (prepare.size[1], ==, SETS[i].size);
    dataset->mixed = FALSE;
  }
  scratch_free (&scratch);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/prepare/resample", test_resample);
  g_test_add_func ("/data/prepare/exact-area", test_exact_area);
  g_test_add_func ("/data/prepare/any-sizes", test_any_sizes);
  g_test_add_func ("/data/prepare/crop-pad", test_crop_pad);
  g_test_add_func ("/data/prepare/refuse", test_refuse);
  g_test_add_func ("/data/prepare/spacing", test_spacing);
  g_test_add_func ("/data/prepare/axes", test_axes);
  g_test_add_func ("/data/prepare/channels", test_channels);
  g_test_add_func ("/data/prepare/scaling", test_scaling);
  g_test_add_func ("/data/prepare/percentiles", test_percentiles);
  g_test_add_func ("/data/prepare/constant", test_constant);
  g_test_add_func ("/data/prepare/not-finite", test_not_finite);
  g_test_add_func ("/data/prepare/json", test_json);
  g_test_add_func ("/data/prepare/bad-json", test_bad_json);
  g_test_add_func ("/data/prepare/describe", test_describe);
  g_test_add_func ("/data/prepare/fit", test_fit);
  g_test_add_func ("/data/prepare/suggested", test_suggested);

  return g_test_run ();
}
