/* NIfTI: an asymmetric phantom in several orientations, round trips, and headers that lie. The headers are written
 * byte by byte here, by the format's definition, so that nothing of our reader or of a library is trusted. */
#include "core/io/file.h"
#include "core/io/nifti.h"
#include "tests/io/scratch.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

/* The phantom in RAS order: a value that tells x, y and z apart. */
enum { NX = 3, NY = 4, NZ = 5 };
static const double ORIGIN[3] = { -20.0, 7.5, 31.0 };
static const double SPACING[3] = { 1.0, 2.0, 3.5 };

static gint16
phantom (int x,
         int y,
         int z)
{
  return (gint16) (x + 10 * y + 100 * z);
}

static void
put (GByteArray *bytes,
     size_t      offset,
     const void *value,
     size_t      size,
     gboolean    swap)
{
  for (size_t i = 0; i < size; i++)
    bytes->data[offset + i] = ((const guint8 *) value)[swap ? size - 1 - i : i];
}

static void
put_i16 (GByteArray *bytes,
         size_t      offset,
         gint16      value)
{
  put (bytes, offset, &value, 2, FALSE);
}

static void
put_f32 (GByteArray *bytes,
         size_t      offset,
         float       value)
{
  put (bytes, offset, &value, 4, FALSE);
}

static void
put_i64 (GByteArray *bytes,
         size_t      offset,
         gint64      value)
{
  put (bytes, offset, &value, 8, FALSE);
}

/* A NIfTI-1 header in one file with int16 voxels and no space. */
static GByteArray *
header_1 (const int dim[3])
{
  GByteArray *bytes = g_byte_array_new ();
  gint32 size = 348;

  g_byte_array_set_size (bytes, 352);
  memset (bytes->data, 0, 352);
  put (bytes, 0, &size, 4, FALSE);
  put_i16 (bytes, 40, 3);
  for (size_t n = 0; n < 3; n++) {
    put_i16 (bytes, 42 + 2 * n, (gint16) dim[n]);
    put_f32 (bytes, 80 + 4 * n, 1.0f);
  }
  for (size_t n = 3; n < 7; n++)
    put_i16 (bytes, 42 + 2 * n, 1);
  put_i16 (bytes, 70, 4);
  put_i16 (bytes, 72, 16);
  put_f32 (bytes, 108, 352.0f);
  memcpy (bytes->data + 344, "n+1", 4);

  return bytes;
}

/* A NIfTI-2 header of the same. */
static GByteArray *
header_2 (const int dim[3])
{
  GByteArray *bytes = g_byte_array_new ();
  gint32 size = 540;

  g_byte_array_set_size (bytes, 544);
  memset (bytes->data, 0, 544);
  put (bytes, 0, &size, 4, FALSE);
  memcpy (bytes->data + 4, "n+2\0\r\n\032\n", 8);
  put_i16 (bytes, 12, 4);
  put_i16 (bytes, 14, 16);
  put_i64 (bytes, 16, 3);
  for (size_t n = 0; n < 7; n++)
    put_i64 (bytes, 24 + 8 * n, n < 3 ? dim[n] : 1);
  put_i64 (bytes, 168, 544);

  return bytes;
}

/* One way to store the phantom: per voxel axis the world axis and its sign, and the qform by hand. */
typedef struct {
  const char *letters;
  int         axis[3];
  int         sign[3];
  float       quatern[3];
  float       qfac;
} Orientation;

static const Orientation ORIENTATIONS[] = {
  { "RAS", { 0, 1, 2 }, { 1, 1, 1 }, { 0, 0, 0 }, 1 },
  { "LAS", { 0, 1, 2 }, { -1, 1, 1 }, { 0, 1, 0 }, -1 },
  { "LPI", { 0, 1, 2 }, { -1, -1, -1 }, { 0, 0, 1 }, -1 },
  { "LIA", { 0, 2, 1 }, { -1, -1, 1 }, { 0, 0.70710678f, -0.70710678f }, -1 },
};

static void
put_forms (GByteArray        *bytes,
           const Orientation *orientation,
           gboolean           sform,
           gboolean           qform)
{
  static const int COUNT[3] = { NX, NY, NZ };
  float row[3][4] = { { 0 } };

  for (size_t n = 0; n < 3; n++) {
    int to = orientation->axis[n];

    row[to][n] = (float) (orientation->sign[n] * SPACING[to]);
    row[to][3] = (float) (ORIGIN[to] + (orientation->sign[n] < 0 ? (COUNT[to] - 1) * SPACING[to] : 0.0));
    put_f32 (bytes, 80 + 4 * n, (float) SPACING[to]);
  }
  put_i16 (bytes, 252, qform);
  put_i16 (bytes, 254, sform);
  put_f32 (bytes, 76, orientation->qfac);
  for (size_t r = 0; r < 3; r++) {
    put_f32 (bytes, 256 + 4 * r, orientation->quatern[r]);
    put_f32 (bytes, 268 + 4 * r, row[r][3]);
    for (size_t c = 0; c < 4; c++)
      put_f32 (bytes, 280 + 16 * r + 4 * c, row[r][c]);
  }
}

static GByteArray *
phantom_file (const Orientation *orientation,
              gboolean           sform,
              gboolean           qform)
{
  static const int COUNT[3] = { NX, NY, NZ };
  const int dim[3] = { COUNT[orientation->axis[0]], COUNT[orientation->axis[1]], COUNT[orientation->axis[2]] };
  GByteArray *bytes = header_1 (dim);

  put_forms (bytes, orientation, sform, qform);
  for (int k = 0; k < dim[2]; k++)
    for (int j = 0; j < dim[1]; j++)
      for (int i = 0; i < dim[0]; i++) {
        const int voxel[3] = { i, j, k };
        int world[3] = { 0 };

        for (int n = 0; n < 3; n++)
          world[orientation->axis[n]] = orientation->sign[n] > 0 ? voxel[n] : dim[n] - 1 - voxel[n];

        gint16 value = phantom (world[0], world[1], world[2]);

        g_byte_array_append (bytes, (const guint8 *) &value, 2);
      }

  return bytes;
}

static void
assert_is_phantom (DubVolume *volume)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubVolume) ras = dub_volume_to_ras (volume, &error);
  char letters[4];

  g_assert_no_error (error);
  dub_volume_orientation (ras, letters);
  g_assert_cmpstr (letters, ==, "RAS");
  g_assert_true (dub_shape_equal (&ras->voxels->shape, &DUB_SHAPE (NX, NY, NZ)));
  for (int x = 0; x < NX; x++)
    for (int y = 0; y < NY; y++)
      for (int z = 0; z < NZ; z++)
        g_assert_cmpfloat (dub_volume_get (ras, x, y, z), ==, (float) phantom (x, y, z));
  for (int n = 0; n < 3; n++) {
    g_assert_cmpfloat_with_epsilon (ras->spacing[n], SPACING[n], 1e-6);
    g_assert_cmpfloat_with_epsilon (ras->affine[n][3], ORIGIN[n], 1e-5);
    g_assert_cmpfloat_with_epsilon (ras->affine[n][n], SPACING[n], 1e-6);
  }
}

static void
test_orientations (void)
{
  for (size_t o = 0; o < G_N_ELEMENTS (ORIENTATIONS); o++)
    for (int forms = 1; forms <= 3; forms++) {
      g_autoptr (GByteArray) bytes = phantom_file (&ORIENTATIONS[o], forms & 1, forms & 2);
      g_autoptr (GError) error = NULL;
      g_autoptr (DubVolume) volume = dub_nifti_parse (bytes->data, bytes->len, "phantom.nii", &error);
      char letters[4];

      g_assert_no_error (error);
      dub_volume_orientation (volume, letters);
      g_assert_cmpstr (letters, ==, ORIENTATIONS[o].letters);
      g_assert_cmpint (volume->affine_source, ==, forms & 1 ? DUB_AFFINE_SFORM : DUB_AFFINE_QFORM);
      g_assert_false (volume->forms_disagree);
      assert_is_phantom (volume);
    }
}

/* Both forms set and different: the sform counts and the volume says so. Neither set: the spacing counts. */
static void
test_forms (void)
{
  g_autoptr (GByteArray) both = phantom_file (&ORIENTATIONS[3], TRUE, TRUE);
  g_autoptr (GByteArray) none = phantom_file (&ORIENTATIONS[0], FALSE, FALSE);
  g_autoptr (GError) error = NULL;
  char letters[4];

  for (size_t n = 0; n < 3; n++)
    put_f32 (both, 256 + 4 * n, 0.0f);
  g_autoptr (DubVolume) volume = dub_nifti_parse (both->data, both->len, "both.nii", &error);
  g_assert_no_error (error);
  g_assert_true (volume->forms_disagree);
  g_assert_cmpint (volume->affine_source, ==, DUB_AFFINE_SFORM);
  assert_is_phantom (volume);

  g_autoptr (DubVolume) bare = dub_nifti_parse (none->data, none->len, "none.nii", &error);
  g_assert_no_error (error);
  g_assert_cmpint (bare->affine_source, ==, DUB_AFFINE_NONE);
  dub_volume_orientation (bare, letters);
  g_assert_cmpstr (letters, ==, "RAS");
  for (int n = 0; n < 3; n++) {
    g_assert_cmpfloat_with_epsilon (bare->affine[n][n], SPACING[n], 1e-6);
    g_assert_cmpfloat (bare->affine[n][3], ==, 0.0);
  }

  /* Micrometres. */
  both->data[123] = 3;
  g_autoptr (DubVolume) micro = dub_nifti_parse (both->data, both->len, "micro.nii", &error);
  g_assert_no_error (error);
  for (int n = 0; n < 3; n++)
    g_assert_cmpfloat_with_epsilon (micro->spacing[n], volume->spacing[n] * 1e-3, 1e-9);
}

/* A change to a valid file, and what must be said about it. */
typedef struct {
  size_t      offset;
  size_t      size;
  guint8      bytes[8];
  int         code;
  const char *says;
} Lie;

static const Lie LIES_1[] = {
  { 0, 2, { 0x5d, 1 }, DUB_ERROR_FORMAT, "sizeof_hdr is 349" },
  { 344, 4, { 'n', '+', '3', 0 }, DUB_ERROR_FORMAT, "magic" },
  { 344, 4, { 0, 0, 0, 0 }, DUB_ERROR_UNSUPPORTED, "ANALYZE" },
  { 344, 4, { 'n', 'i', '1', 0 }, DUB_ERROR_UNSUPPORTED, "header alone" },
  { 40, 2, { 0, 0 }, DUB_ERROR_FORMAT, "dim[0] = 0" },
  { 40, 2, { 8, 0 }, DUB_ERROR_FORMAT, "dim[0] = 8" },
  { 40, 2, { 0xff, 0xff }, DUB_ERROR_FORMAT, "dim[0] = -1" },
  { 44, 2, { 0, 0 }, DUB_ERROR_FORMAT, "dim[2] = 0" },
  { 46, 2, { 0xff, 0xff }, DUB_ERROR_FORMAT, "dim[3] = -1" },
  { 42, 6, { 0xff, 0x7f, 0xff, 0x7f, 0xff, 0x7f }, DUB_ERROR_MEMORY, "32767×32767×32767" },
  { 42, 6, { 0, 2, 0, 2, 0, 2 }, DUB_ERROR_FORMAT, "512×512×512" },
  { 40, 2, { 4, 0 }, -1, NULL }, /* dim[4] is 1: still one volume */
  { 70, 4, { 8, 0, 16, 0 }, DUB_ERROR_FORMAT, "bitpix = 16; expected 32" },
  { 70, 4, { 3, 0, 16, 0 }, DUB_ERROR_FORMAT, "datatype = 3" },
  { 70, 4, { 1, 0, 1, 0 }, DUB_ERROR_UNSUPPORTED, "one-bit" },
  { 70, 4, { 32, 0, 64, 0 }, DUB_ERROR_UNSUPPORTED, "complex64" },
  { 70, 4, { 128, 0, 24, 0 }, DUB_ERROR_UNSUPPORTED, "RGB colour" },
  { 70, 4, { 0, 9, 32, 0 }, DUB_ERROR_UNSUPPORTED, "RGBA colour" },
  { 70, 4, { 0, 6, 128, 0 }, DUB_ERROR_UNSUPPORTED, "float128" },
  { 108, 4, { 0, 0, 0, 0 }, DUB_ERROR_FORMAT, "vox_offset = 0" },
  { 108, 4, { 0, 0, 0xc0, 0x7f }, DUB_ERROR_FORMAT, "vox_offset" },
  { 108, 4, { 0, 0x40, 0xb0, 0x43 }, DUB_ERROR_FORMAT, "vox_offset = 352.5" },
  { 108, 4, { 0, 0, 0xb4, 0x43 }, DUB_ERROR_FORMAT, "bytes" }, /* 360: eight bytes too late */
  { 108, 4, { 0x28, 0x6b, 0x6e, 0xce }, DUB_ERROR_FORMAT, "vox_offset" },
  { 280, 4, { 0, 0, 0xc0, 0x7f }, DUB_ERROR_FORMAT, "sform" },
  { 280, 4, { 0, 0, 0, 0 }, DUB_ERROR_FORMAT, "sform" },
};

static const Lie LIES_2[] = {
  { 16, 1, { 200 }, DUB_ERROR_FORMAT, "dim[0] = 200" },
  { 23, 1, { 0x80 }, DUB_ERROR_FORMAT, "dim[0] = -9223372036854775805" },
  { 24, 8, { 0, 0, 0, 0, 0, 0, 0, 0x40 }, DUB_ERROR_MEMORY, "4611686018427387904" },
  { 24, 8, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, DUB_ERROR_FORMAT, "dim[1] = -1" },
  { 168, 8, { 0, 0, 0, 0, 0, 0, 0, 0x40 }, DUB_ERROR_FORMAT, "vox_offset" },
  { 8, 1, { 0 }, DUB_ERROR_FORMAT, "magic" },
  { 350, 2, { 1, 0 }, DUB_ERROR_FORMAT, "sform" }, /* an sform of zeros */
};

static void
assert_lie (const GByteArray *truth,
            const Lie        *lie)
{
  g_autofree guint8 *copy = g_memdup2 (truth->data, truth->len);
  g_autoptr (GError) error = NULL;

  memcpy (copy + lie->offset, lie->bytes, lie->size);

  g_autoptr (DubVolume) volume = dub_nifti_parse (copy, truth->len, "lie.nii", &error);

  if (lie->says == NULL) {
    g_assert_no_error (error);
    return;
  }
  g_assert_null (volume);
  g_test_message ("%s", error->message);
  g_assert_error (error, DUB_ERROR, lie->code);
  g_assert_nonnull (strstr (error->message, "lie.nii"));
  g_assert_nonnull (strstr (error->message, lie->says));
}

static void
test_lies (void)
{
  g_autoptr (GByteArray) one = phantom_file (&ORIENTATIONS[0], TRUE, TRUE);
  const int dim[3] = { 2, 2, 2 };
  g_autoptr (GByteArray) two = header_2 (dim);
  g_autoptr (GError) error = NULL;

  g_byte_array_set_size (two, 800);
  memset (two->data + 544, 0, 800 - 544);
  for (size_t i = 0; i < G_N_ELEMENTS (LIES_1); i++)
    assert_lie (one, &LIES_1[i]);
  for (size_t i = 0; i < G_N_ELEMENTS (LIES_2); i++)
    assert_lie (two, &LIES_2[i]);

  /* Five volumes; and every place where the file may end. */
  put_i16 (one, 40, 4);
  put_i16 (one, 48, 5);
  g_assert_null (dub_nifti_parse (one->data, one->len, "five.nii", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  put_i16 (one, 48, 1);
  for (guint length = 0; length < one->len; length++) {
    g_assert_null (dub_nifti_parse (one->data, length, "cut.nii", &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    g_clear_error (&error);
  }
}

static long
peak_kilobytes (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);

  return usage.ru_maxrss;
}

/* One megabyte of gzip that claims 512: within what deflate could make of it, so only the bytes themselves tell. */
static void
test_lying_gzip (void)
{
  Scratch scratch = scratch_new ();
  const int dim[3] = { 1024, 512, 512 };
  g_autoptr (GByteArray) bytes = header_1 (dim);
  g_autofree char *path = scratch_path (&scratch, "lying.nii.gz");
  g_autoptr (GError) error = NULL;
  guint32 state = 1;

  for (guint i = 0; i < 262144; i++) {
    state = state * 1664525u + 1013904223u;
    g_byte_array_append (bytes, (const guint8 *) &state, 4);
  }

  gzFile file = gzopen (path, "wb1");
  g_assert_cmpint (gzwrite (file, bytes->data, bytes->len), ==, (int) bytes->len);
  gzclose (file);

  long before = peak_kilobytes ();
  gint64 start = g_get_monotonic_time ();

  g_assert_null (dub_nifti_load (path, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "lying.nii.gz ends after"));
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  g_assert_cmpint (peak_kilobytes () - before, <, 64 << 10);
  g_clear_error (&error);

  /* A few bytes that claim as much cannot even begin to be true. */
  file = gzopen (path, "wb1");
  gzwrite (file, bytes->data, 400);
  gzclose (file);
  g_assert_null (dub_nifti_load (path, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "holds at most"));
  scratch_free (&scratch);
}

/* Every byte of a small compressed file changed once: the same voxels or an error. */
static void
test_damaged_gzip (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GByteArray) bytes = phantom_file (&ORIENTATIONS[1], TRUE, FALSE);
  g_autofree char *path = scratch_path (&scratch, "damaged.nii.gz");
  g_autoptr (GError) error = NULL;
  gzFile file = gzopen (path, "wb6");

  g_assert_cmpint (gzwrite (file, bytes->data, bytes->len), ==, (int) bytes->len);
  gzclose (file);

  g_autoptr (GBytes) packed = dub_file_read (path, 1 << 20, &error);
  size_t n_packed = g_bytes_get_size (packed);

  for (size_t i = 0; i < n_packed; i++) {
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (packed, NULL), n_packed);
    g_autoptr (GError) local = NULL;

    copy[i] ^= 0x15;

    g_autoptr (DubVolume) volume = dub_nifti_parse (copy, n_packed, "damaged.nii.gz", &local);

    if (volume != NULL)
      assert_is_phantom (volume);
    else
      g_assert_nonnull (local);
  }
  scratch_free (&scratch);
}

static void
test_not_finite (void)
{
  const int dim[3] = { 3, 4, 5 };
  g_autoptr (GByteArray) bytes = header_1 (dim);
  g_autoptr (GError) error = NULL;
  float low, high;

  put_i16 (bytes, 70, 16);
  put_i16 (bytes, 72, 32);
  for (int v = 0; v < 60; v++) {
    /* Voxel (1, 2, 3) is the first in the order of the indices, (2, 2, 3) the second. */
    float value = v == 1 + 3 * (2 + 4 * 3) ? NAN : v == 2 + 3 * (2 + 4 * 3) ? INFINITY : (float) v;

    g_byte_array_append (bytes, (const guint8 *) &value, 4);
  }

  g_autoptr (DubVolume) volume = dub_nifti_parse (bytes->data, bytes->len, "nan.nii", &error);

  g_assert_no_error (error);
  g_assert_true (isnan (dub_volume_get (volume, 1, 2, 3)));
  g_assert_true (isinf (dub_volume_get (volume, 2, 2, 3)));
  g_assert_false (dub_volume_range (volume, &low, &high, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "nan.nii: voxel (1, 2, 3) is NaN, the first of 2"));
  g_assert_cmpfloat (low, ==, 0.0f);
  g_assert_cmpfloat (high, ==, 59.0f);
}

static DubVolume *
sample_volume (const double affine[4][4],
               int64_t      ni,
               float        scale)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (ni, 5, 18), NULL);
  g_autoptr (GError) error = NULL;

  for (size_t v = 0; v < dub_tensor_n_elements (voxels); v++)
    /* Never -0, which integers do not have. */
    dub_tensor_f32 (voxels)[v] = v % 251 == 0 ? 0.0f : scale * (float) (v * 7 % 251);

  DubVolume *volume = dub_volume_new (voxels, affine, &error);

  g_assert_no_error (error);

  return volume;
}

static void
test_round_trip (void)
{
  static const double OBLIQUE[4][4] = {
    { -0.96, -0.504, 0.0, 31.0 }, { 0.28, -1.728, 0.0, -7.0 }, { 0.0, 0.0, 1.5, 12.25 }, { 0, 0, 0, 1 },
  };
  static const double SHEARED[4][4] = { { 1, 0.3, 0, 1 }, { 0, 1, 0, 2 }, { 0, 0, 1, 3 }, { 0, 0, 0, 1 } };
  static const struct { DubDtype dtype; float scale; } TYPES[] = {
    { DUB_DTYPE_F32, 0.37f }, { DUB_DTYPE_U8, 1.0f }, { DUB_DTYPE_I16, -100.0f }, { DUB_DTYPE_I32, 65536.0f },
  };
  static const int64_t EXTENTS[2] = { 19, 40000 };
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;

  for (size_t t = 0; t < G_N_ELEMENTS (TYPES); t++)
    for (int variant = 0; variant < 4; variant++) {
      g_autofree char *path = scratch_path (&scratch, variant & 1 ? "round.nii.gz" : "round.nii");
      g_autoptr (DubVolume) volume =
        sample_volume (variant & 2 ? SHEARED : OBLIQUE, EXTENTS[t == 0 && variant == 1], TYPES[t].scale);

      g_assert_true (dub_nifti_save (volume, path, TYPES[t].dtype, "Made by a test, élan", &error));
      g_assert_no_error (error);
      g_autoptr (DubVolume) back = dub_nifti_load (path, &error);
      g_assert_no_error (error);
      g_assert_true (dub_volume_same_space (volume, back));
      g_assert_false (back->forms_disagree);
      g_assert_cmpint (back->affine_source, ==, DUB_AFFINE_SFORM);
      g_assert_cmpmem (volume->voxels->data, dub_tensor_n_bytes (volume->voxels), back->voxels->data,
                       dub_tensor_n_bytes (back->voxels));
    }

  g_autoptr (DubVolume) volume = sample_volume (OBLIQUE, 4, 2.0f);
  g_autofree char *path = scratch_path (&scratch, "round.nii");
  g_autofree char *other = scratch_path (&scratch, "round.img");
  g_assert_false (dub_nifti_save (volume, path, DUB_DTYPE_U8, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "Voxel (0, 1, 1) is 266"));
  g_clear_error (&error);
  g_assert_false (dub_nifti_save (volume, path, DUB_DTYPE_F64, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (dub_nifti_save (volume, other, DUB_DTYPE_F32, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_cmpuint (scratch_count (&scratch), ==, 2);
  scratch_free (&scratch);
}

/* An export that does not fit on the disk leaves the older one whole. */
static void
test_full_disk (void)
{
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "mask.nii");
  g_autoptr (DubVolume) small_volume = sample_volume (NULL, 4, 1.0f);
  g_autoptr (DubVolume) large_volume = sample_volume (NULL, 400, 1.0f);
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;

  g_assert_true (dub_nifti_save (small_volume, path, DUB_DTYPE_F32, NULL, &error));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit) { 4096, before.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  gboolean saved = dub_nifti_save (large_volume, path, DUB_DTYPE_F32, NULL, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_DFL);
  g_assert_false (saved);
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_clear_error (&error);

  g_autoptr (DubVolume) back = dub_nifti_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (dub_volume_same_space (back, small_volume));
  g_assert_cmpuint (scratch_count (&scratch), ==, 1);
  scratch_free (&scratch);
}

static void
test_pair (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GByteArray) bytes = phantom_file (&ORIENTATIONS[2], TRUE, FALSE);
  g_autofree char *header_path = scratch_path (&scratch, "pair.hdr");
  g_autofree char *image_path = scratch_path (&scratch, "pair.img");
  g_autoptr (GError) error = NULL;

  memcpy (bytes->data + 344, "ni1", 4);
  put_f32 (bytes, 108, 0.0f);
  g_assert_true (dub_file_write_atomic (header_path, bytes->data, 348, &error));
  g_assert_null (dub_nifti_load (header_path, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_assert_nonnull (strstr (error->message, ".img"));
  g_clear_error (&error);
  g_assert_true (dub_file_write_atomic (image_path, bytes->data + 352, bytes->len - 352, &error));
  for (int half = 0; half < 2; half++) {
    g_autoptr (DubVolume) volume = dub_nifti_load (half ? image_path : header_path, &error);

    g_assert_no_error (error);
    assert_is_phantom (volume);
  }
  g_assert_true (dub_file_write_atomic (image_path, bytes->data + 352, bytes->len - 353, &error));
  g_assert_null (dub_nifti_load (header_path, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "pair.img"));
  scratch_free (&scratch);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nifti/orientations", test_orientations);
  g_test_add_func ("/nifti/forms", test_forms);
  g_test_add_func ("/nifti/lies", test_lies);
  g_test_add_func ("/nifti/lying-gzip", test_lying_gzip);
  g_test_add_func ("/nifti/damaged-gzip", test_damaged_gzip);
  g_test_add_func ("/nifti/not-finite", test_not_finite);
  g_test_add_func ("/nifti/round-trip", test_round_trip);
  g_test_add_func ("/nifti/full-disk", test_full_disk);
  g_test_add_func ("/nifti/pair", test_pair);

  return g_test_run ();
}
