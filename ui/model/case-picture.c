#include "ui/model/case-picture.h"

#include <math.h>

/* The slice that is shown: element (c, row, column) is start + c·of_channel + row·of_row + column·of_column. */
typedef struct {
  const DubTensor *raw;
  int64_t          channels, rows, columns;
  int64_t          start, of_channel, of_row, of_column;
  double           low, high;
} Slice;

/* Which numbers are shown: C-order indices into (C, H, W) or (C, i, j, k). */
static void
choose_slice (Slice            *self,
              const DubTensor  *raw,
              const DubDataset *dataset)
{
  const int64_t *dim = raw->shape.dim;

  self->raw = raw;
  self->channels = dim[0];
  if (raw->shape.rank == 3) {
    self->rows = dim[1];
    self->columns = dim[2];
    self->start = 0;
    self->of_channel = dim[1] * dim[2];
    self->of_row = dim[2];
    self->of_column = 1;
  } else if (dataset->kind == DUB_DATASET_MEDMNIST) {
    self->rows = dim[2];
    self->columns = dim[3];
    self->start = dim[1] / 2 * dim[2] * dim[3];
    self->of_channel = dim[1] * dim[2] * dim[3];
    self->of_row = dim[3];
    self->of_column = 1;
  } else {
    /* RAS: an axial slice, the nose up, the patient's right side on the left. */
    self->rows = dim[2];
    self->columns = dim[1];
    self->start = (dim[1] - 1) * dim[2] * dim[3] + (dim[2] - 1) * dim[3] + dim[3] / 2;
    self->of_channel = dim[1] * dim[2] * dim[3];
    self->of_row = -dim[3];
    self->of_column = -dim[2] * dim[3];
  }
}

static double
value_at (const Slice *self,
          int64_t      channel,
          int64_t      row,
          int64_t      column)
{
  int64_t index = self->start + channel * self->of_channel + row * self->of_row + column * self->of_column;

  return dub_tensor_get_double (self->raw, (size_t) index);
}

static void
find_range (Slice *self)
{
  self->low = 0.0;
  if (self->raw->dtype == DUB_DTYPE_U8 || self->raw->dtype == DUB_DTYPE_U16) {
    self->high = self->raw->dtype == DUB_DTYPE_U8 ? G_MAXUINT8 : G_MAXUINT16;
    return;
  }
  self->low = (double) INFINITY;
  self->high = (double) -INFINITY;
  for (int64_t row = 0; row < self->rows; row++)
    for (int64_t column = 0; column < self->columns; column++) {
      double value = value_at (self, 0, row, column);

      if (isfinite (value)) {
        self->low = MIN (self->low, value);
        self->high = MAX (self->high, value);
      }
    }
}

/* The mean over the samples between @from and @to along both axes, or a linear blend where these are less than one apart. */
static double
sample (const Slice *self,
        int64_t      channel,
        double       row,
        double       column,
        double       width)
{
  double sum = 0.0, weight = 0.0;

  if (width <= 1.0) {
    int64_t r = (int64_t) floor (row - 0.5), c = (int64_t) floor (column - 0.5);
    double fr = row - 0.5 - (double) r, fc = column - 0.5 - (double) c;

    for (int i = 0; i < 4; i++) {
      double w = (i / 2 == 0 ? 1.0 - fr : fr) * (i % 2 == 0 ? 1.0 - fc : fc);

      sum += w * value_at (self, channel, CLAMP (r + i / 2, 0, self->rows - 1), CLAMP (c + i % 2, 0, self->columns - 1));
    }
    return sum;
  }

  int64_t top = (int64_t) floor (row - width / 2.0), left = (int64_t) floor (column - width / 2.0);
  int64_t n = (int64_t) ceil (width);

  for (int64_t r = MAX (top, 0); r < MIN (top + n, self->rows); r++)
    for (int64_t c = MAX (left, 0); c < MIN (left + n, self->columns); c++) {
      sum += value_at (self, channel, r, c);
      weight += 1.0;
    }

  return weight > 0.0 ? sum / weight : self->low;
}

GBytes *
dub_case_picture (DubDataset  *dataset,
                  size_t       index,
                  int          side,
                  GError     **error)
{
  g_return_val_if_fail (side > 0 && side <= 1024, NULL);

  g_autoptr (DubTensor) raw = dub_dataset_read (dataset, index, NULL, error);

  if (raw == NULL)
    return NULL;

  Slice slice;
  guint8 *pixels = g_malloc ((gsize) side * (gsize) side * 3), *pixel = pixels;

  choose_slice (&slice, raw, dataset);
  find_range (&slice);

  double square = (double) MIN (slice.rows, slice.columns), step = square / side;
  double top = 0.5 * ((double) slice.rows - square), left = 0.5 * ((double) slice.columns - square);
  double scale = slice.high > slice.low ? 255.0 / (slice.high - slice.low) : 0.0;

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      for (int c = 0; c < 3; c++) {
        /* Grey, with or without alpha, stands in all three. */
        double value = slice.channels < 3 && c > 0 ? (double) NAN
                                                   : sample (&slice, c, top + (y + 0.5) * step, left + (x + 0.5) * step, step);

        *pixel = slice.channels < 3 && c > 0 ? pixel[-1] : (guint8) CLAMP ((value - slice.low) * scale, 0.0, 255.0);
        pixel++;
      }

  return g_bytes_new_take (pixels, (gsize) side * (gsize) side * 3);
}
