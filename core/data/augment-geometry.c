/* Moving a case in space: all changes of a case become one affine map, so that it is resampled once. */
#include "core/data/augment-private.h"

#include <math.h>
#include <string.h>

void
_dub_warp_init (DubWarp *self)
{
  *self = (DubWarp) { .matrix = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
}

void
_dub_warp_multiply (DubWarp      *self,
                    const double  other[3][3])
{
  double product[3][3] = { { 0 } };

  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 3; k++)
        product[i][j] += self->matrix[i][k] * other[k][j];
  memcpy (self->matrix, product, sizeof product);
}

gboolean
_dub_warp_is_none (const DubWarp *self)
{
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      if (self->shift[i] != 0.0 || self->matrix[i][j] != (i == j ? 1.0 : 0.0))
        return FALSE;

  return TRUE;
}

/* Source coordinate n of the place (z, y, x). */
static inline double
coordinate (const DubWarp *self,
            const double   centre[3],
            int            n,
            double         z,
            double         y,
            double         x)
{
  return centre[n] + self->shift[n] + self->matrix[n][0] * (z - centre[0]) + self->matrix[n][1] * (y - centre[1]) +
         self->matrix[n][2] * (x - centre[2]);
}

static inline float
between (float a,
         float b,
         float weight)
{
  return a + weight * (b - a);
}

static inline float
sample_or (const float *plane,
           int64_t      h,
           int64_t      w,
           int64_t      y,
           int64_t      x,
           float        fill)
{
  return y >= 0 && y < h && x >= 0 && x < w ? plane[y * w + x] : fill;
}

/* As warp_image, with @fill around the image. */
static void
warp_image_filled (const DubWarp *self,
                   int64_t        channels,
                   int64_t        h,
                   int64_t        w,
                   const float   *from,
                   float         *to,
                   float          fill)
{
  const double centre[3] = { 0.0, 0.5 * (double) (h - 1), 0.5 * (double) (w - 1) };

  for (int64_t y = 0; y < h; y++)
    for (int64_t x = 0; x < w; x++) {
      /* One sample beyond the border all is fill; the clamp keeps the conversion to integers defined. */
      double sy = CLAMP (coordinate (self, centre, 1, 0.0, (double) y, (double) x), -2.0, (double) h + 1.0);
      double sx = CLAMP (coordinate (self, centre, 2, 0.0, (double) y, (double) x), -2.0, (double) w + 1.0);
      int64_t y0 = (int64_t) floor (sy), x0 = (int64_t) floor (sx);
      float wy = (float) (sy - (double) y0), wx = (float) (sx - (double) x0);

      for (int64_t c = 0; c < channels; c++) {
        const float *plane = from + c * h * w;

        float above = between (sample_or (plane, h, w, y0, x0, fill), sample_or (plane, h, w, y0, x0 + 1, fill), wx);
        float below =
          between (sample_or (plane, h, w, y0 + 1, x0, fill), sample_or (plane, h, w, y0 + 1, x0 + 1, fill), wx);

        to[(c * h + y) * w + x] = between (above, below, wy);
      }
    }
}

/* @n: C, D, H, W, with D = 1 for an image. */
static void
warp_rows (const DubWarp *self,
           gboolean       volume,
           const int64_t  n[4],
           const float   *from,
           float         *to)
{
  const double centre[3] = { 0.5 * (double) (n[1] - 1), 0.5 * (double) (n[2] - 1), 0.5 * (double) (n[3] - 1) };
  const int32_t extent[3] = { (int32_t) n[1], (int32_t) n[2], (int32_t) n[3] };
  const float step[3] = { (float) self->matrix[0][2], (float) self->matrix[1][2], (float) self->matrix[2][2] };

  for (int64_t z = 0; z < n[1]; z++)
    for (int64_t y = 0; y < n[2]; y++) {
      float start[3];

      for (int a = 0; a < 3; a++)
        start[a] = (float) coordinate (self, centre, a, (double) z, (double) y, 0.0);
      for (int64_t c = 0; c < n[0]; c++) {
        float *row = to + ((c * n[1] + z) * n[2] + y) * n[3];

        if (volume)
          _dub_warp_row_volume (from + c * n[1] * n[2] * n[3], extent, start, step, extent[2], row);
        else
          _dub_warp_row_image (from + c * n[2] * n[3], extent + 1, start + 1, step + 1, extent[2], row);
      }
    }
}

void
_dub_augment_warp (const DubWarp  *self,
                   const DubShape *shape,
                   float          *values,
                   const float    *fill)
{
  if (_dub_warp_is_none (self))
    return;

  const int64_t *dim = shape->dim;
  const int64_t n[4] = { dim[0], shape->rank == 4 ? dim[1] : 1, dim[shape->rank - 2], dim[shape->rank - 1] };
  size_t n_values = dub_shape_n_elements (shape);

  /* The rows count their samples in 32 bits; a case beyond that is left as it is. */
  if (n_values > G_MAXINT32)
    return;

  g_autofree float *from = g_memdup2 (values, n_values * sizeof (float));

  if (shape->rank == 3 && fill != NULL)
    warp_image_filled (self, n[0], n[2], n[3], from, values, *fill);
  else
    warp_rows (self, shape->rank == 4, n, from, values);
}
