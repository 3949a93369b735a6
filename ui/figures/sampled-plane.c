#include "ui/figures/sampled-plane.h"

#include <math.h>

/* Which numbers are shown: C-order indices into (C, H, W) or (C, i, j, k). */
static void
choose_slice (DubSampledPlane *self,
              const DubTensor *raw,
              DubDatasetKind   kind)
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
  } else if (kind == DUB_DATASET_MEDMNIST) {
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
value_at (const DubSampledPlane *self,
          int64_t                channel,
          int64_t                row,
          int64_t                column)
{
  int64_t index = self->start + channel * self->of_channel + row * self->of_row + column * self->of_column;

  return dub_tensor_get_double (self->raw, (size_t) index);
}

static void
find_range (DubSampledPlane *self)
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

void
dub_sampled_plane_init (DubSampledPlane *self,
                        const DubTensor *raw,
                        DubDatasetKind   kind)
{
  choose_slice (self, raw, kind);
  find_range (self);
}

double
dub_sampled_plane_at (const DubSampledPlane *self,
                      int64_t                channel,
                      double                 row,
                      double                 column,
                      double                 width)
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
