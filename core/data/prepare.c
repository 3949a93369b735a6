#include "core/data/prepare-private.h"

#include <math.h>
#include <string.h>

/* ITU-R BT.601: what a grey image is to a person who sees the coloured one. */
static const float LUMA[3] = { 0.299f, 0.587f, 0.114f };
/* Extents of a case; beyond it a spacing or a size is a slip of the pen. */
static const double LONGEST_AXIS = 65536.0;

/* The extents of the prepared case as a grid's. */
static void
grid_extents (const DubPrepare *self,
              int64_t           n[3])
{
  if (self->n_axes == 2) {
    n[0] = 1;
    n[1] = self->size[0];
    n[2] = self->size[1];
  } else {
    memcpy (n, self->size, 3 * sizeof *n);
  }
}

DubShape
dub_prepare_shape (const DubPrepare *self)
{
  if (self->n_axes == 2)
    return DUB_SHAPE (self->channels, self->size[0], self->size[1]);
  if (self->kji)
    return DUB_SHAPE (self->channels, self->size[2], self->size[1], self->size[0]);

  return DUB_SHAPE (self->channels, self->size[0], self->size[1], self->size[2]);
}

/* Factor from stored numbers to UNIT. */
static double
unit_of (DubDtype dtype)
{
  switch (dtype) {
  case DUB_DTYPE_U8:
    return 1.0 / G_MAXUINT8;
  case DUB_DTYPE_I8:
    return 1.0 / G_MAXINT8;
  case DUB_DTYPE_U16:
    return 1.0 / G_MAXUINT16;
  case DUB_DTYPE_I16:
    return 1.0 / G_MAXINT16;
  case DUB_DTYPE_U32:
    return 1.0 / G_MAXUINT32;
  case DUB_DTYPE_I32:
    return 1.0 / G_MAXINT32;
  case DUB_DTYPE_U64:
    return 1.0 / (double) G_MAXUINT64;
  case DUB_DTYPE_I64:
    return 1.0 / (double) G_MAXINT64;
  case DUB_DTYPE_F32:
  case DUB_DTYPE_F64:
  case DUB_DTYPE_BOOL:
  default:
    return 1.0;
  }
}

/* --- stored numbers to floats of the wanted channels --- */

static gboolean
check_raw (const DubPrepare *self,
           const DubTensor  *raw,
           GError          **error)
{
  g_autofree char *shape = dub_shape_to_string (&raw->shape);

  if (raw->shape.rank != self->n_axes + 1 || raw->shape.dim[0] < 1 || raw->shape.dim[0] > 4) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "The case is %s; expected 1 to 4 channels of %d axes.", shape,
                 self->n_axes);
    return FALSE;
  }
  for (int a = 0; a < self->n_axes; a++)
    if (raw->shape.dim[a + 1] < 1 || (double) raw->shape.dim[a + 1] > LONGEST_AXIS) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "The case is %s; expected extents of 1 to %.0f.", shape,
                   LONGEST_AXIS);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_finite (const DubTensor *raw, /* float32, contiguous */
              GError         **error)
{
  const float *values = dub_tensor_f32 (raw);
  const int64_t *dim = raw->shape.dim;
  int64_t n = (int64_t) dub_tensor_n_elements (raw), last = dim[raw->shape.rank - 1];

  for (int64_t i = 0; i < n; i++) {
    if (isfinite (values[i]))
      continue;

    const char *what = isnan (values[i]) ? "not a number" : "infinite";
    int64_t row = i / last % dim[raw->shape.rank - 2];

    if (raw->shape.rank == 3)
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The value at row %" G_GINT64_FORMAT ", column %" G_GINT64_FORMAT " of channel %" G_GINT64_FORMAT
                   " is %s; expected finite values.", row, i % last, i / (last * dim[1]), what);
    else
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The value at voxel (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                   ") is %s; expected finite values.", i / (last * dim[2]) % dim[1], row, i % last, what);
    return FALSE;
  }

  return TRUE;
}

/* Channel @c of @raw, contiguous, as floats. */
static void
copy_channel (const DubTensor *raw,
              int64_t          c,
              size_t           n,
              float           *out)
{
  if (raw->dtype == DUB_DTYPE_U8) {
    const guint8 *in = (const guint8 *) raw->data + (size_t) c * n;

    for (size_t i = 0; i < n; i++)
      out[i] = in[i];
  } else if (raw->dtype == DUB_DTYPE_U16) {
    const guint16 *in = (const guint16 *) raw->data + (size_t) c * n;

    for (size_t i = 0; i < n; i++)
      out[i] = in[i];
  } else {
    memcpy (out, dub_tensor_f32 (raw) + (size_t) c * n, n * sizeof (float));
  }
}

/* Two or four channels end in alpha, which says where a picture is drawn and nothing of the patient. */
static gboolean
load_channels (const DubPrepare *self,
               const DubTensor  *raw,
               DubGrid          *grid,
               GError          **error)
{
  size_t n = (size_t) (grid->n[0] * grid->n[1] * grid->n[2]);
  gboolean colour = raw->shape.dim[0] >= 3;
  g_autofree float *one = NULL;

  if (colour == (self->channels == 3)) {
    for (int c = 0; c < self->channels; c++)
      copy_channel (raw, c, n, grid->values + (size_t) c * n);
    return TRUE;
  }
  if (!colour) {
    for (int c = 0; c < self->channels; c++)
      copy_channel (raw, 0, n, grid->values + (size_t) c * n);
    return TRUE;
  }

  one = g_try_malloc (n * sizeof (float));
  if (one == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "A case of %" G_GSIZE_FORMAT " numbers does not fit into memory.", n);
    return FALSE;
  }
  memset (grid->values, 0, n * sizeof (float));
  for (int c = 0; c < 3; c++) {
    copy_channel (raw, c, n, one);
    for (size_t i = 0; i < n; i++)
      grid->values[i] += LUMA[c] * one[i];
  }

  return TRUE;
}

static gboolean
load (const DubPrepare *self,
      const DubTensor  *raw,
      DubGrid          *grid,
      GError          **error)
{
  g_autoptr (DubTensor) plain = NULL;
  int64_t n[3] = { 1, 1, 1 };

  if (!check_raw (self, raw, error))
    return FALSE;
  for (int a = 0; a < self->n_axes; a++)
    n[3 - self->n_axes + a] = raw->shape.dim[a + 1];

  if (raw->dtype == DUB_DTYPE_U8 || raw->dtype == DUB_DTYPE_U16 || raw->dtype == DUB_DTYPE_F32)
    plain = dub_tensor_is_contiguous (raw) ? dub_tensor_ref ((DubTensor *) raw) : dub_tensor_copy (raw, error);
  else
    plain = dub_tensor_convert (raw, DUB_DTYPE_F32, error);
  if (plain == NULL || (plain->dtype == DUB_DTYPE_F32 && !check_finite (plain, error)))
    return FALSE;

  return _dub_grid_init (grid, self->channels, n, error) && load_channels (self, plain, grid, error);
}

/* --- the grid --- */

static gboolean
resample_spacing (const DubPrepare *self,
                  const double     *spacing,
                  DubGrid          *grid,
                  GError          **error)
{
  int64_t n[3];
  double step[3];

  for (int a = 0; a < 3; a++) {
    double found = spacing != NULL ? spacing[a] : NAN;

    if (!(found > 0.0 && isfinite (found))) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "The case does not say how far its voxels are apart; expected a spacing to resample it to %g mm.",
                   self->spacing);
      return FALSE;
    }

    double extent = MAX (round ((double) grid->n[a] * found / self->spacing), 1.0);

    if (!(extent <= LONGEST_AXIS)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "%" G_GINT64_FORMAT " voxels of %g mm are %.0f at a spacing of %g mm; expected at most %.0f.",
                   grid->n[a], found, extent, self->spacing, LONGEST_AXIS);
      return FALSE;
    }
    n[a] = (int64_t) extent;
    step[a] = self->spacing / found;
  }

  return _dub_grid_resample (grid, n, step, error);
}

static gboolean
fit_size (const DubPrepare *self,
          DubGrid          *grid,
          GError          **error)
{
  int64_t wanted[3];

  grid_extents (self, wanted);
  if (memcmp (wanted, grid->n, sizeof wanted) == 0)
    return TRUE;

  switch (self->resize) {
  case DUB_RESIZE_CROP_PAD:
    return _dub_grid_crop_pad (grid, wanted, error);
  case DUB_RESIZE_RESAMPLE:
    return _dub_grid_resample (grid, wanted, NULL, error);
  case DUB_RESIZE_REFUSE:
  default:
    break;
  }

  int first = 3 - self->n_axes;
  DubShape found = { .rank = self->n_axes }, expected = { .rank = self->n_axes };

  memcpy (found.dim, grid->n + first, (size_t) self->n_axes * sizeof *found.dim);
  memcpy (expected.dim, wanted + first, (size_t) self->n_axes * sizeof *expected.dim);

  g_autofree char *is = dub_shape_to_string (&found);
  g_autofree char *should_be = dub_shape_to_string (&expected);

  g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
               "The case is %s; expected %s: choose to crop or pad, or to resample.", is, should_be);

  return FALSE;
}

/* (C, i, j, k) to (C, k, j, i). */
static void
reverse_axes (const DubGrid *grid,
              float         *target)
{
  const int64_t *n = grid->n;
  const float *in = grid->values;

  for (int64_t c = 0; c < grid->channels; c++)
    for (int64_t i = 0; i < n[0]; i++)
      for (int64_t j = 0; j < n[1]; j++)
        for (int64_t k = 0; k < n[2]; k++)
          target[((c * n[2] + k) * n[1] + j) * n[0] + i] = *in++;
}

gboolean
dub_prepare_apply (const DubPrepare *self,
                   const DubTensor  *raw,
                   const double     *spacing,
                   float            *target,
                   GError          **error)
{
  g_auto (DubGrid) grid = { 0 };

  if (!load (self, raw, &grid, error) ||
      (self->n_axes == 3 && self->spacing > 0.0 && !resample_spacing (self, spacing, &grid, error)) ||
      !fit_size (self, &grid, error))
    return FALSE;

  size_t n_each = (size_t) (grid.n[0] * grid.n[1] * grid.n[2]);

  _dub_prepare_scale (self, grid.values, n_each, unit_of (raw->dtype));
  if (self->n_axes == 3 && self->kji)
    reverse_axes (&grid, target);
  else
    memcpy (target, grid.values, n_each * (size_t) self->channels * sizeof (float));

  return TRUE;
}

/* --- for a person --- */

static void
append_numbers (GString      *text,
                const double *numbers,
                int           n)
{
  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%s%.3g", i == 0 ? n > 1 ? "(" : "" : ", ", numbers[i]);
  if (n > 1)
    g_string_append_c (text, ')');
}

char *
dub_prepare_describe (const DubPrepare *self)
{
  GString *text = g_string_new (NULL);

  switch (self->scaling) {
  case DUB_SCALING_UNIT:
    g_string_append (text, "x / largest of its type");
    break;
  case DUB_SCALING_MEAN_SD:
    g_string_append (text, "(x - ");
    append_numbers (text, self->mean, self->channels);
    g_string_append (text, ") / ");
    append_numbers (text, self->sd, self->channels);
    break;
  case DUB_SCALING_MINMAX:
    g_string_append (text, "each case from 0 to 1");
    break;
  case DUB_SCALING_ZSCORE:
    g_string_append (text, "each case to mean 0, SD 1");
    break;
  case DUB_SCALING_PERCENTILE:
    g_string_append_printf (text, "each case's percentiles %g to %g from 0 to 1", self->percentile[0],
                            self->percentile[1]);
    break;
  case DUB_SCALING_NONE:
  default:
    g_string_append (text, "x as stored");
    break;
  }

  for (int a = 0; a < self->n_axes; a++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, a == 0 ? ", " : " × ", self->size[a]);
  g_string_append (text, self->channels == 3 ? " colour" : " grey");
  if (self->n_axes == 3 && self->spacing > 0.0)
    g_string_append_printf (text, " at %g mm", self->spacing);
  if (self->n_axes == 3 && self->kji)
    g_string_append (text, ", axes kji");

  return g_string_free (text, FALSE);
}
