#include "core/io/nifti-header.h"

#include "core/base/checked.h"
#include "core/data/affine.h"

#include <math.h>
#include <string.h>
#include <nifti2_io.h>

/* 1024³: an image of more voxels than this is a lie or needs another tool. */
static const size_t MOST_VOXELS = (size_t) 1 << 30;
/* Forms that differ by more than this, in mm at a corner, are worth a warning. */
static const double FORMS_AGREE = 0.1;
/* Millimetres from the origin, and a voxel's edge, beyond which a header cannot mean a body. */
static const double FARTHEST = 1e9;
static const double SMALLEST = 1e-9;
/* Comment, extensions and padding before the voxels; no file in use has more. */
static const double LARGEST_OFFSET = 1e9;

typedef enum { I16, I32, I64, F32, F64 } FieldType;

/* Where the fields that we use are, in version 1 and in version 2. */
typedef struct {
  size_t    offset;
  FieldType type;
} Place;

typedef enum {
  DIM, DATATYPE, BITPIX, PIXDIM, VOX_OFFSET, SCL_SLOPE, SCL_INTER, XYZT_UNITS,
  QFORM_CODE, SFORM_CODE, QUATERN, QOFFSET, SROW,
  N_FIELDS
} Field;

static const Place PLACES[2][N_FIELDS] = {
  {
    [DIM]        = { 40, I16 },
    [DATATYPE]   = { 70, I16 },
    [BITPIX]     = { 72, I16 },
    [PIXDIM]     = { 76, F32 },
    [VOX_OFFSET] = { 108, F32 },
    [SCL_SLOPE]  = { 112, F32 },
    [SCL_INTER]  = { 116, F32 },
    [QFORM_CODE] = { 252, I16 },
    [SFORM_CODE] = { 254, I16 },
    [QUATERN]    = { 256, F32 },
    [QOFFSET]    = { 268, F32 },
    [SROW]       = { 280, F32 },
    /* xyzt_units is the single byte at 123, see units_to_mm. */
  },
  {
    [DIM]        = { 16, I64 },
    [DATATYPE]   = { 12, I16 },
    [BITPIX]     = { 14, I16 },
    [PIXDIM]     = { 104, F64 },
    [VOX_OFFSET] = { 168, I64 },
    [SCL_SLOPE]  = { 176, F64 },
    [SCL_INTER]  = { 184, F64 },
    [XYZT_UNITS] = { 500, I32 },
    [QFORM_CODE] = { 344, I32 },
    [SFORM_CODE] = { 348, I32 },
    [QUATERN]    = { 352, F64 },
    [QOFFSET]    = { 376, F64 },
    [SROW]       = { 400, F64 },
  },
};

static const size_t FIELD_SIZES[] = { [I16] = 2, [I32] = 4, [I64] = 8, [F32] = 4, [F64] = 8 };

static const struct {
  int         code;
  int         bits;
  const char *name;
  gboolean    supported;
} TYPES[] = {
  { DUB_NIFTI_U8, 8, "uint8", TRUE },
  { DUB_NIFTI_I8, 8, "int8", TRUE },
  { DUB_NIFTI_I16, 16, "int16", TRUE },
  { DUB_NIFTI_U16, 16, "uint16", TRUE },
  { DUB_NIFTI_I32, 32, "int32", TRUE },
  { DUB_NIFTI_U32, 32, "uint32", TRUE },
  { DUB_NIFTI_I64, 64, "int64", TRUE },
  { DUB_NIFTI_U64, 64, "uint64", TRUE },
  { DUB_NIFTI_F32, 32, "float32", TRUE },
  { DUB_NIFTI_F64, 64, "float64", TRUE },
  { 1, 1, "one-bit", FALSE },
  { 32, 64, "complex64", FALSE },
  { 128, 24, "RGB colour", FALSE },
  { 1536, 128, "float128", FALSE },
  { 1792, 128, "complex128", FALSE },
  { 2048, 256, "complex256", FALSE },
  { 2304, 32, "RGBA colour", FALSE },
};

/* The bytes and how to read them. */
typedef struct {
  const guint8 *bytes;
  int           version;
  gboolean      swapped;
  const char   *name;
} Raw;

static void
take (const Raw *raw,
      size_t     offset,
      size_t     size,
      void      *out)
{
  guint8 *to = out;

  for (size_t i = 0; i < size; i++)
    to[i] = raw->bytes[offset + (raw->swapped ? size - 1 - i : i)];
}

/* Element @index of an integer field. */
static int64_t
take_int (const Raw *raw,
          Field      field,
          size_t     index)
{
  Place place = PLACES[raw->version - 1][field];
  size_t size = FIELD_SIZES[place.type];
  int16_t i16;
  int32_t i32;
  int64_t i64;

  switch (place.type) {
  case I16: take (raw, place.offset + index * size, size, &i16); return i16;
  case I32: take (raw, place.offset + index * size, size, &i32); return i32;
  case I64: take (raw, place.offset + index * size, size, &i64); return i64;
  case F32:
  case F64:
  default:  return 0;
  }
}

/* Element @index of any field. */
static double
take_real (const Raw *raw,
           Field      field,
           size_t     index)
{
  Place place = PLACES[raw->version - 1][field];
  size_t size = FIELD_SIZES[place.type];
  float f32;
  double f64;

  switch (place.type) {
  case F32: take (raw, place.offset + index * size, size, &f32); return (double) f32;
  case F64: take (raw, place.offset + index * size, size, &f64); return f64;
  case I16:
  case I32:
  case I64:
  default:  return (double) take_int (raw, field, index);
  }
}

size_t
dub_nifti_header_size (const guint8   first[4],
                       const char    *name,
                       GError       **error)
{
  guint32 little = first[0] | (guint32) first[1] << 8 | (guint32) first[2] << 16 | (guint32) first[3] << 24;
  guint32 big = GUINT32_SWAP_LE_BE (little);

  if (little == DUB_NIFTI_1_SIZE || big == DUB_NIFTI_1_SIZE)
    return DUB_NIFTI_1_SIZE;
  if (little == DUB_NIFTI_2_SIZE || big == DUB_NIFTI_2_SIZE)
    return DUB_NIFTI_2_SIZE;

  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "%s is not a NIfTI file: its sizeof_hdr is %u; expected %d or %d.", name, little, DUB_NIFTI_1_SIZE,
               DUB_NIFTI_2_SIZE);

  return 0;
}

static gboolean
check_magic (const Raw       *raw,
             DubNiftiHeader  *self,
             GError         **error)
{
  static const guint8 TAIL_2[5] = { 0, '\r', '\n', 032, '\n' };
  const guint8 *magic = raw->bytes + (raw->version == 1 ? 344 : 4);
  gboolean letters = magic[0] == 'n' && (magic[1] == '+' || magic[1] == 'i') && magic[2] == '0' + raw->version;
  gboolean tail = raw->version == 1 ? magic[3] == 0 : memcmp (magic + 3, TAIL_2, sizeof TAIL_2) == 0;

  if (!letters || !tail) {
    if (raw->version == 1 && magic[0] == 0)
      g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                   "%s is an ANALYZE 7.5 file, which does not say what is left and right; convert it to NIfTI.",
                   raw->name);
    else
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has a wrong magic; expected \"n+%d\" or \"ni%d\".",
                   raw->name, raw->version, raw->version);
    return FALSE;
  }
  self->pair = magic[1] == 'i';

  return TRUE;
}

static gboolean
check_shape (const Raw       *raw,
             DubNiftiHeader  *self,
             GError         **error)
{
  int64_t rank = take_int (raw, DIM, 0);
  int64_t extents[7] = { 1, 1, 1, 1, 1, 1, 1 };
  size_t n_voxels;
  size_t n_volumes = 1;

  if (rank < 1 || rank > 7) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has dim[0] = %" G_GINT64_FORMAT "; expected 1 to 7 dimensions.", raw->name, rank);
    return FALSE;
  }
  for (int64_t n = 0; n < rank; n++) {
    extents[n] = take_int (raw, DIM, (size_t) n + 1);
    if (extents[n] < 1) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s has dim[%d] = %" G_GINT64_FORMAT "; expected an extent above 0.", raw->name, (int) n + 1,
                   extents[n]);
      return FALSE;
    }
  }
  if (!dub_checked_product (extents, 3, &n_voxels) || n_voxels > MOST_VOXELS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%s claims %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                 " voxels; expected at most %" G_GSIZE_FORMAT ".",
                 raw->name, extents[0], extents[1], extents[2], MOST_VOXELS);
    return FALSE;
  }
  if (!dub_checked_product (extents + 3, 4, &n_volumes) || n_volumes != 1) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "%s holds more than one volume (dim[4] to dim[7] are %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                 "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                 "); expected one, so save the volume that you mean as a file.",
                 raw->name, extents[3], extents[4], extents[5], extents[6]);
    return FALSE;
  }
  memcpy (self->dim, extents, sizeof self->dim);
  self->n_bytes = n_voxels * self->item_size;

  return TRUE;
}

static gboolean
check_type (const Raw       *raw,
            DubNiftiHeader  *self,
            GError         **error)
{
  int code = (int) take_int (raw, DATATYPE, 0);
  int bits = (int) take_int (raw, BITPIX, 0);

  for (size_t i = 0; i < G_N_ELEMENTS (TYPES); i++) {
    if (TYPES[i].code != code)
      continue;
    if (!TYPES[i].supported) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                   "%s holds %s voxels (datatype %d); expected integers or floats of 8 to 64 bits.",
                   raw->name, TYPES[i].name, code);
      return FALSE;
    }
    if (TYPES[i].bits != bits) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has bitpix = %d; expected %d for its datatype %d (%s).",
                   raw->name, bits, TYPES[i].bits, code, TYPES[i].name);
      return FALSE;
    }
    self->type = (DubNiftiType) code;
    self->item_size = (size_t) bits / 8;
    return TRUE;
  }
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has datatype = %d, which NIfTI does not define.", raw->name,
               code);

  return FALSE;
}

static gboolean
check_offset (const Raw       *raw,
              DubNiftiHeader  *self,
              GError         **error)
{
  double offset = take_real (raw, VOX_OFFSET, 0);
  /* A header in one file with the voxels is followed by four bytes that announce extensions. */
  double least = self->pair ? 0.0 : raw->version == 1 ? DUB_NIFTI_1_SIZE + 4 : DUB_NIFTI_2_SIZE + 4;

  if (!(offset >= least && offset <= LARGEST_OFFSET) || offset != floor (offset)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has vox_offset = %g; expected a whole number from %g on.",
                 raw->name, offset, least);
    return FALSE;
  }
  self->data_start = (guint64) offset;

  return TRUE;
}

/* A slope of 0, or one that is not a number, means that the stored numbers are the values. */
static void
take_scaling (const Raw      *raw,
              DubNiftiHeader *self)
{
  double slope = take_real (raw, SCL_SLOPE, 0);
  double inter = take_real (raw, SCL_INTER, 0);

  self->slope = 1.0;
  self->inter = 0.0;
  if (slope != 0.0 && isfinite (slope)) {
    self->slope = slope;
    self->inter = isfinite (inter) ? inter : 0.0;
  }
}

/* The length of one unit of the affine in mm. Code 0, unknown, is taken for mm as everybody does. */
static double
units_to_mm (const Raw *raw)
{
  int64_t units = raw->version == 1 ? raw->bytes[123] : take_int (raw, XYZT_UNITS, 0);

  switch (units & 7) {
  case 1:  return 1e3;
  case 3:  return 1e-3;
  default: return 1.0;
  }
}

static void
take_sform (const Raw *raw,
            double     out[4][4])
{
  dub_affine_identity (out);
  for (size_t r = 0; r < 3; r++)
    for (size_t c = 0; c < 4; c++)
      out[r][c] = take_real (raw, SROW, 4 * r + c);
}

static void
take_qform (const Raw    *raw,
            const double  spacing[3],
            double        out[4][4])
{
  double qfac = take_real (raw, PIXDIM, 0) < 0.0 ? -1.0 : 1.0;
  nifti_dmat44 matrix =
    nifti_quatern_to_dmat44 (take_real (raw, QUATERN, 0), take_real (raw, QUATERN, 1), take_real (raw, QUATERN, 2),
                             take_real (raw, QOFFSET, 0), take_real (raw, QOFFSET, 1), take_real (raw, QOFFSET, 2),
                             spacing[0], spacing[1], spacing[2], qfac);

  dub_affine_identity (out);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      out[r][c] = matrix.m[r][c];
}

/* Invertible, and of a size that arithmetic on it stays finite. */
static gboolean
is_plausible (const double affine[4][4])
{
  double inverse[4][4], spacing[3];

  if (!dub_affine_invert (affine, inverse))
    return FALSE;
  dub_affine_spacing (affine, spacing);
  for (int n = 0; n < 3; n++)
    if (spacing[n] < SMALLEST || spacing[n] > FARTHEST || fabs (affine[n][3]) > FARTHEST)
      return FALSE;

  return TRUE;
}

static gboolean
check_space (const Raw       *raw,
             DubNiftiHeader  *self,
             GError         **error)
{
  gboolean has_sform = take_int (raw, SFORM_CODE, 0) > 0;
  gboolean has_qform = take_int (raw, QFORM_CODE, 0) > 0;
  double to_mm = units_to_mm (raw);
  double spacing[3], sform[4][4], qform[4][4];

  for (size_t n = 0; n < 3; n++) {
    spacing[n] = fabs (take_real (raw, PIXDIM, n + 1));
    /* An axis that the file does not have, or a size that it does not know. */
    if (spacing[n] == 0.0 || !isfinite (spacing[n]))
      spacing[n] = 1.0;
  }
  take_sform (raw, sform);
  take_qform (raw, spacing, qform);

  dub_affine_identity (self->affine);
  if (has_sform) {
    memcpy (self->affine, sform, sizeof sform);
    self->affine_source = DUB_AFFINE_SFORM;
  } else if (has_qform) {
    memcpy (self->affine, qform, sizeof qform);
    self->affine_source = DUB_AFFINE_QFORM;
  } else {
    for (int n = 0; n < 3; n++)
      self->affine[n][n] = spacing[n];
    self->affine_source = DUB_AFFINE_NONE;
  }
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++) {
      self->affine[r][c] *= to_mm;
      sform[r][c] *= to_mm;
      qform[r][c] *= to_mm;
    }
  if (!is_plausible (self->affine)) {
    const char *form = has_sform ? "an sform (srow_x, srow_y, srow_z)" :
                       has_qform ? "a qform (quatern, qoffset)" : "a spacing (pixdim)";

    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has %s that is not finite, beyond all measure or does not "
                 "span space; expected an invertible affine.", raw->name, form);
    return FALSE;
  }
  self->forms_disagree = has_sform && has_qform && dub_affine_distance (sform, qform, self->dim) > FORMS_AGREE;

  return TRUE;
}

gboolean
dub_nifti_header_parse (DubNiftiHeader  *self,
                        const guint8    *bytes,
                        const char      *name,
                        GError         **error)
{
  size_t size = dub_nifti_header_size (bytes, name, error);
  guint32 native;

  if (size == 0)
    return FALSE;

  memset (self, 0, sizeof *self);
  memcpy (&native, bytes, sizeof native);
  self->version = size == DUB_NIFTI_1_SIZE ? 1 : 2;
  self->swapped = native != size;

  Raw raw = { bytes, self->version, self->swapped, name };

  if (!check_magic (&raw, self, error) || !check_type (&raw, self, error) || !check_shape (&raw, self, error) ||
      !check_offset (&raw, self, error) || !check_space (&raw, self, error))
    return FALSE;
  take_scaling (&raw, self);

  return TRUE;
}
