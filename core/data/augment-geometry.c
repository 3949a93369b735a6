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

/* The two samples around @x of @n and the weight of the second; the outermost sample holds beyond the border. */
static inline int64_t
bracket (double   x,
         int64_t  n,
         int64_t *high,
         float   *weight)
{
  double inside = x < 0.0 ? 0.0 : x > (double) (n - 1) ? (double) (n - 1) : x;
  int64_t low = (int64_t) inside;

  *weight = (float) (inside - (double) low);
  *high = low + (low + 1 < n);

  return low;
}

static inline float
between (float a,
         float b,
         float weight)
{
  return a + weight * (b - a);
}

static void
warp_image (const DubWarp *self,
            int64_t        channels,
            int64_t        h,
            int64_t        w,
            const float   *from,
            float         *to)
{
  const double centre[3] = { 0.0, 0.5 * (double) (h - 1), 0.5 * (double) (w - 1) };

  for (int64_t y = 0; y < h; y++) {
    double row = coordinate (self, centre, 1, 0.0, (double) y, 0.0);
    double column = coordinate (self, centre, 2, 0.0, (double) y, 0.0);

    for (int64_t x = 0; x < w; x++) {
      int64_t y1, x1;
      float wy, wx;
      int64_t y0 = bracket (row + self->matrix[1][2] * (double) x, h, &y1, &wy);
      int64_t x0 = bracket (column + self->matrix[2][2] * (double) x, w, &x1, &wx);

      for (int64_t c = 0; c < channels; c++) {
        const float *plane = from + c * h * w;

        to[(c * h + y) * w + x] = between (between (plane[y0 * w + x0], plane[y0 * w + x1], wx),
                                           between (plane[y1 * w + x0], plane[y1 * w + x1], wx), wy);
      }
    }
  }
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

        to[(c * h + y) * w + x] =
          between (between (sample_or (plane, h, w, y0, x0, fill), sample_or (plane, h, w, y0, x0 + 1, fill), wx),
                   between (sample_or (plane, h, w, y0 + 1, x0, fill), sample_or (plane, h, w, y0 + 1, x0 + 1, fill), wx),
                   wy);
      }
    }
}

static void
warp_volume (const DubWarp *self,
             const int64_t *n, /* C, D, H, W */
             const float   *from,
             float         *to)
{
  const double centre[3] = { 0.5 * (double) (n[1] - 1), 0.5 * (double) (n[2] - 1), 0.5 * (double) (n[3] - 1) };
  const int64_t plane = n[2] * n[3];

  for (int64_t z = 0; z < n[1]; z++)
    for (int64_t y = 0; y < n[2]; y++) {
      double start[3];

      for (int a = 0; a < 3; a++)
        start[a] = coordinate (self, centre, a, (double) z, (double) y, 0.0);
      for (int64_t x = 0; x < n[3]; x++) {
        int64_t z1, y1, x1;
        float wz, wy, wx;
        int64_t z0 = bracket (start[0] + self->matrix[0][2] * (double) x, n[1], &z1, &wz);
        int64_t y0 = bracket (start[1] + self->matrix[1][2] * (double) x, n[2], &y1, &wy);
        int64_t x0 = bracket (start[2] + self->matrix[2][2] * (double) x, n[3], &x1, &wx);

        for (int64_t c = 0; c < n[0]; c++) {
          const float *near = from + (c * n[1] + z0) * plane, *far = from + (c * n[1] + z1) * plane;
          float front = between (between (near[y0 * n[3] + x0], near[y0 * n[3] + x1], wx),
                                 between (near[y1 * n[3] + x0], near[y1 * n[3] + x1], wx), wy);
          float back = between (between (far[y0 * n[3] + x0], far[y0 * n[3] + x1], wx),
                                between (far[y1 * n[3] + x0], far[y1 * n[3] + x1], wx), wy);

          to[((c * n[1] + z) * n[2] + y) * n[3] + x] = between (front, back, wz);
        }
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

  g_autofree float *from = g_memdup2 (values, dub_shape_n_elements (shape) * sizeof (float));

  if (shape->rank == 4)
    warp_volume (self, shape->dim, from, values);
  else if (fill != NULL)
    warp_image_filled (self, shape->dim[0], shape->dim[1], shape->dim[2], from, values, *fill);
  else
    warp_image (self, shape->dim[0], shape->dim[1], shape->dim[2], from, values);
}
