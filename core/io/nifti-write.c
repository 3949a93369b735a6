#include "core/io/nifti.h"

#include "core/data/affine.h"
#include "core/io/file.h"
#include "core/io/nifti-header.h"

#include <math.h>
#include <string.h>
#include <zlib.h>
#include <nifti2_io.h>

/* Fast rather than small: an export must not keep a person waiting. */
static const int GZIP_LEVEL = 1;
static const size_t LARGEST_STEP = (size_t) 1 << 30;
/* The offset of the voxels is a float in NIfTI-1: whole numbers are exact up to 2^24. */
static const size_t LONGEST_NOTE = (size_t) 1 << 20;
/* A qform that is farther than this from the affine, in mm at a corner, would say something else. */
static const double QFORM_AGREES = 1e-2;

static const struct {
  DubDtype     dtype;
  DubNiftiType type;
  double       least;
  double       most;
} WRITABLE[] = {
  { DUB_DTYPE_U8, DUB_NIFTI_U8, 0.0, 255.0 },
  { DUB_DTYPE_I16, DUB_NIFTI_I16, -32768.0, 32767.0 },
  { DUB_DTYPE_I32, DUB_NIFTI_I32, -2147483648.0, 2147483647.0 },
  { DUB_DTYPE_F32, DUB_NIFTI_F32, -INFINITY, INFINITY },
};

/* What both versions of the header say about space. */
typedef struct {
  double quatern[3];
  double offset[3];
  double spacing[3];
  double qfac;
  int    qform_code;
} Qform;

static void
find_qform (const DubVolume *volume,
            Qform           *qform)
{
  nifti_dmat44 matrix;
  double nearest[4][4];

  for (int r = 0; r < 4; r++)
    for (int c = 0; c < 4; c++)
      matrix.m[r][c] = volume->affine[r][c];
  nifti_dmat44_to_quatern (matrix, &qform->quatern[0], &qform->quatern[1], &qform->quatern[2],
                           &qform->offset[0], &qform->offset[1], &qform->offset[2],
                           &qform->spacing[0], &qform->spacing[1], &qform->spacing[2], &qform->qfac);
  matrix = nifti_quatern_to_dmat44 (qform->quatern[0], qform->quatern[1], qform->quatern[2],
                                    qform->offset[0], qform->offset[1], qform->offset[2],
                                    qform->spacing[0], qform->spacing[1], qform->spacing[2], qform->qfac);
  dub_affine_identity (nearest);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      nearest[r][c] = matrix.m[r][c];
  qform->qform_code = dub_affine_distance (volume->affine, nearest, volume->voxels->shape.dim) <= QFORM_AGREES
                          ? NIFTI_XFORM_ALIGNED_ANAT
                          : 0;
}

/* The longest start of @description that fits and ends between two characters. */
static void
set_description (char        field[80],
                 const char *description)
{
  if (description == NULL)
    return;

  g_autofree char *valid = g_utf8_make_valid (description, -1);
  char *end = valid + MIN (strlen (valid), 79);

  if (*end != '\0' && (*end & 0xc0) == 0x80)
    end = g_utf8_find_prev_char (valid, end);
  if (end != NULL)
    memcpy (field, valid, (size_t) (end - valid));
}

static size_t
write_header_1 (guint8          *bytes,
                const DubVolume *volume,
                const Qform     *qform,
                DubNiftiType     type,
                size_t           item_size,
                const char      *description)
{
  nifti_1_header header;
  const int64_t *dim = volume->voxels->shape.dim;

  memset (&header, 0, sizeof header);
  header.sizeof_hdr = DUB_NIFTI_1_SIZE;
  header.regular = 'r';
  header.dim[0] = 3;
  for (int n = 0; n < 7; n++)
    header.dim[n + 1] = n < 3 ? (short) dim[n] : 1;
  header.datatype = (short) type;
  header.bitpix = (short) (item_size * 8);
  header.pixdim[0] = (float) qform->qfac;
  for (int n = 0; n < 3; n++)
    header.pixdim[n + 1] = (float) volume->spacing[n];
  header.vox_offset = DUB_NIFTI_1_SIZE + 4;
  header.scl_slope = 1.0f;
  header.xyzt_units = NIFTI_UNITS_MM;
  header.qform_code = (short) qform->qform_code;
  header.sform_code = NIFTI_XFORM_ALIGNED_ANAT;
  header.quatern_b = (float) qform->quatern[0];
  header.quatern_c = (float) qform->quatern[1];
  header.quatern_d = (float) qform->quatern[2];
  header.qoffset_x = (float) qform->offset[0];
  header.qoffset_y = (float) qform->offset[1];
  header.qoffset_z = (float) qform->offset[2];
  for (int c = 0; c < 4; c++) {
    header.srow_x[c] = (float) volume->affine[0][c];
    header.srow_y[c] = (float) volume->affine[1][c];
    header.srow_z[c] = (float) volume->affine[2][c];
  }
  set_description (header.descrip, description);
  memcpy (header.magic, "n+1", 4);
  memcpy (bytes, &header, sizeof header);

  return DUB_NIFTI_1_SIZE + 4;
}

static size_t
write_header_2 (guint8          *bytes,
                const DubVolume *volume,
                const Qform     *qform,
                DubNiftiType     type,
                size_t           item_size,
                const char      *description)
{
  nifti_2_header header;
  const int64_t *dim = volume->voxels->shape.dim;

  memset (&header, 0, sizeof header);
  header.sizeof_hdr = DUB_NIFTI_2_SIZE;
  memcpy (header.magic, "n+2\0\r\n\032\n", 8);
  header.datatype = (int16_t) type;
  header.bitpix = (int16_t) (item_size * 8);
  header.dim[0] = 3;
  for (int n = 0; n < 7; n++)
    header.dim[n + 1] = n < 3 ? dim[n] : 1;
  header.pixdim[0] = qform->qfac;
  memcpy (header.pixdim + 1, volume->spacing, sizeof volume->spacing);
  header.vox_offset = DUB_NIFTI_2_SIZE + 4;
  header.scl_slope = 1.0;
  header.xyzt_units = NIFTI_UNITS_MM;
  header.qform_code = qform->qform_code;
  header.sform_code = NIFTI_XFORM_ALIGNED_ANAT;
  header.quatern_b = qform->quatern[0];
  header.quatern_c = qform->quatern[1];
  header.quatern_d = qform->quatern[2];
  header.qoffset_x = qform->offset[0];
  header.qoffset_y = qform->offset[1];
  header.qoffset_z = qform->offset[2];
  memcpy (header.srow_x, volume->affine[0], sizeof header.srow_x);
  memcpy (header.srow_y, volume->affine[1], sizeof header.srow_y);
  memcpy (header.srow_z, volume->affine[2], sizeof header.srow_z);
  set_description (header.descrip, description);
  memcpy (bytes, &header, sizeof header);

  return DUB_NIFTI_2_SIZE + 4;
}

/* An extension is its size, a multiple of 16 with these two words, its code, and the text, filled up with zeros. */
static size_t
note_size (const char *note)
{
  return note != NULL ? (8 + strlen (note) + 1 + 15) / 16 * 16 : 0;
}

/* Writes the extension behind the header of @start bytes, whose last four say that there is one, and moves the voxels
 * behind it. Returns where they start. */
static size_t
write_note (guint8     *bytes,
            size_t      start,
            const char *note)
{
  const int32_t words[2] = { (int32_t) note_size (note), NIFTI_ECODE_COMMENT };
  size_t moved = start + note_size (note);

  if (note == NULL)
    return start;
  bytes[start - 4] = 1;
  memset (bytes + start, 0, note_size (note));
  memcpy (bytes + start, words, sizeof words);
  memcpy (bytes + start + sizeof words, note, strlen (note));
  if (start == DUB_NIFTI_1_SIZE + 4) {
    const float offset = (float) moved;

    memcpy (bytes + G_STRUCT_OFFSET (nifti_1_header, vox_offset), &offset, sizeof offset);
  } else {
    const int64_t offset = (int64_t) moved;

    memcpy (bytes + G_STRUCT_OFFSET (nifti_2_header, vox_offset), &offset, sizeof offset);
  }

  return moved;
}

G_STATIC_ASSERT (sizeof (nifti_1_header) == DUB_NIFTI_1_SIZE);
G_STATIC_ASSERT (sizeof (nifti_2_header) == DUB_NIFTI_2_SIZE);

static void
store (guint8   *to,
       DubDtype  dtype,
       float     value)
{
  uint8_t u8;
  int16_t i16;
  int32_t i32;

  if (dtype == DUB_DTYPE_U8) {
    u8 = (uint8_t) lrintf (value);
    memcpy (to, &u8, sizeof u8);
  } else if (dtype == DUB_DTYPE_I16) {
    i16 = (int16_t) lrintf (value);
    memcpy (to, &i16, sizeof i16);
  } else if (dtype == DUB_DTYPE_I32) {
    i32 = (int32_t) lrintf (value);
    memcpy (to, &i32, sizeof i32);
  } else {
    memcpy (to, &value, sizeof value);
  }
}

/* The file runs fastest along i. Tiles of i and k keep both sides in the cache. */
static void
write_voxels (guint8          *out,
              const DubVolume *volume,
              DubDtype         dtype,
              size_t           item_size)
{
  enum { TILE = 16 };
  const float *value = dub_tensor_f32 (volume->voxels);
  size_t ni = (size_t) volume->voxels->shape.dim[0];
  size_t nj = (size_t) volume->voxels->shape.dim[1];
  size_t nk = (size_t) volume->voxels->shape.dim[2];

  for (size_t j = 0; j < nj; j++)
    for (size_t k_0 = 0; k_0 < nk; k_0 += TILE)
      for (size_t i_0 = 0; i_0 < ni; i_0 += TILE)
        for (size_t k = k_0; k < MIN (k_0 + TILE, nk); k++)
          for (size_t i = i_0; i < MIN (i_0 + TILE, ni); i++)
            store (out + ((k * nj + j) * ni + i) * item_size, dtype, value[(i * nj + j) * nk + k]);
}

/* Rounding is asked for; a number outside the type's range would come back as another one. */
static gboolean
check_values (const DubVolume  *volume,
              DubDtype          dtype,
              double            least,
              double            most,
              GError          **error)
{
  const float *value = dub_tensor_f32 (volume->voxels);
  size_t nj = (size_t) volume->voxels->shape.dim[1];
  size_t nk = (size_t) volume->voxels->shape.dim[2];

  for (size_t v = 0; v < dub_tensor_n_elements (volume->voxels); v++) {
    double rounded = rint ((double) value[v]);

    if (rounded >= least && rounded <= most)
      continue;
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "Voxel (%" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT ") is %g, which %s cannot hold.",
                 v / nk / nj, v / nk % nj, v % nk, (double) value[v], dub_dtype_name (dtype));
    return FALSE;
  }

  return TRUE;
}

static guint8 *
compress_gzip (const guint8  *bytes,
               size_t         n_bytes,
               size_t        *n_out,
               GError       **error)
{
  z_stream deflater = { 0 };
  size_t bound;
  int result = Z_OK;

  /* 15 + 16: the largest window, gzip framing. zlib's header has no time: the same voxels make the same file. */
  if (deflateInit2 (&deflater, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to compress a volume.");
    return NULL;
  }
  bound = deflateBound (&deflater, n_bytes);

  guint8 *out = g_try_malloc (bound);

  *n_out = 0;
  for (size_t at = 0; out != NULL && result == Z_OK;) {
    size_t n_in = MIN (n_bytes - at, LARGEST_STEP);
    size_t n_room = MIN (bound - *n_out, LARGEST_STEP);

    deflater.next_in = (Bytef *) bytes + at;
    deflater.avail_in = (uInt) n_in;
    deflater.next_out = out + *n_out;
    deflater.avail_out = (uInt) n_room;
    result = deflate (&deflater, at + n_in == n_bytes ? Z_FINISH : Z_NO_FLUSH);
    at += n_in - deflater.avail_in;
    *n_out += n_room - deflater.avail_out;
  }
  deflateEnd (&deflater);
  if (out == NULL || result != Z_STREAM_END) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory to compress a volume of %" G_GSIZE_FORMAT " bytes.", n_bytes);
    g_clear_pointer (&out, g_free);
  }

  return out;
}

gboolean
dub_nifti_save (const DubVolume  *volume,
                const char       *path,
                DubDtype          dtype,
                const char       *description,
                GError          **error)
{
  return dub_nifti_save_with_note (volume, path, dtype, description, NULL, error);
}

gboolean
dub_nifti_save_with_note (const DubVolume  *volume,
                          const char       *path,
                          DubDtype          dtype,
                          const char       *description,
                          const char       *note,
                          GError          **error)
{
  gboolean gzip = g_str_has_suffix (path, ".nii.gz");
  const int64_t *dim = volume->voxels->shape.dim;
  size_t item_size = dub_dtype_size (dtype);
  Qform qform;
  size_t row = 0;

  if (!gzip && !g_str_has_suffix (path, ".nii")) {
    g_autofree char *shown = g_filename_display_name (path);

    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "A volume cannot be written to %s; expected a name ending in .nii or .nii.gz.", shown);
    return FALSE;
  }
  while (row < G_N_ELEMENTS (WRITABLE) && WRITABLE[row].dtype != dtype)
    row++;
  if (row == G_N_ELEMENTS (WRITABLE)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "A volume cannot be written as %s; expected uint8, int16, int32 or float32.", dub_dtype_name (dtype));
    return FALSE;
  }
  if (dtype != DUB_DTYPE_F32 && !check_values (volume, dtype, WRITABLE[row].least, WRITABLE[row].most, error))
    return FALSE;

  if (note != NULL && strlen (note) > LONGEST_NOTE) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The note of a volume has %" G_GSIZE_FORMAT " bytes; expected at most %" G_GSIZE_FORMAT ".", strlen (note),
                 LONGEST_NOTE);
    return FALSE;
  }

  size_t n_bytes = DUB_NIFTI_2_SIZE + 4 + note_size (note) + dub_tensor_n_elements (volume->voxels) * item_size;
  g_autofree guint8 *bytes = g_try_malloc (n_bytes);

  if (bytes == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory to write a volume of %" G_GSIZE_FORMAT " bytes.", n_bytes);
    return FALSE;
  }
  memset (bytes, 0, DUB_NIFTI_2_SIZE + 4);
  find_qform (volume, &qform);

  gboolean large = MAX (MAX (dim[0], dim[1]), dim[2]) > G_MAXINT16;
  size_t start =
    (large ? write_header_2 : write_header_1) (bytes, volume, &qform, WRITABLE[row].type, item_size, description);

  start = write_note (bytes, start, note);
  n_bytes = start + dub_tensor_n_elements (volume->voxels) * item_size;
  write_voxels (bytes + start, volume, dtype, item_size);
  if (!gzip)
    return dub_file_write_atomic (path, bytes, n_bytes, error);

  size_t n_packed;
  g_autofree guint8 *packed = compress_gzip (bytes, n_bytes, &n_packed, error);

  return packed != NULL && dub_file_write_atomic (path, packed, n_packed, error);
}
