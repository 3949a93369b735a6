/* One row of a warped image or volume: the loop that every sample of every augmented case goes through. Written
 * without branches and with 32-bit indices, so that compilers turn it into gathers. */
#include "core/data/augment-private.h"

#include "core/base/clones.h"

/* The sample at or below coordinate @x of @n, the one after it and the weight of that; the outermost sample holds
 * beyond the border. */
static inline int32_t
bracket (float    x,
         int32_t  n,
         int32_t *high,
         float   *weight)
{
  float last = (float) (n - 1);
  float above = x < 0.0f ? 0.0f : x;
  float inside = above > last ? last : above;
  int32_t low = (int32_t) inside;

  *weight = inside - (float) low;
  *high = low + (low < n - 1);

  return low;
}

static inline float
between (float a,
         float b,
         float weight)
{
  return a + weight * (b - a);
}

DUB_CLONES void
_dub_warp_row_image (const float   *restrict from,
                     const int32_t  n[2],
                     const float    start[2],
                     const float    step[2],
                     int32_t        n_to,
                     float         *restrict to)
{
  const int32_t h = n[0], w = n[1];
  const float y_start = start[0], x_start = start[1], y_step = step[0], x_step = step[1];

  for (int32_t i = 0; i < n_to; i++) {
    int32_t y1, x1;
    float wy, wx;
    int32_t y0 = bracket (y_start + y_step * (float) i, h, &y1, &wy);
    int32_t x0 = bracket (x_start + x_step * (float) i, w, &x1, &wx);

    to[i] = between (between (from[y0 * w + x0], from[y0 * w + x1], wx),
                     between (from[y1 * w + x0], from[y1 * w + x1], wx), wy);
  }
}

DUB_CLONES void
_dub_warp_row_volume (const float   *restrict from,
                      const int32_t  n[3],
                      const float    start[3],
                      const float    step[3],
                      int32_t        n_to,
                      float         *restrict to)
{
  const int32_t d = n[0], h = n[1], w = n[2];
  const float z_start = start[0], y_start = start[1], x_start = start[2];
  const float z_step = step[0], y_step = step[1], x_step = step[2];

  for (int32_t i = 0; i < n_to; i++) {
    int32_t z1, y1, x1;
    float wz, wy, wx;
    int32_t z0 = bracket (z_start + z_step * (float) i, d, &z1, &wz);
    int32_t y0 = bracket (y_start + y_step * (float) i, h, &y1, &wy);
    int32_t x0 = bracket (x_start + x_step * (float) i, w, &x1, &wx);
    int32_t a = (z0 * h + y0) * w, b = (z0 * h + y1) * w, c = (z1 * h + y0) * w, e = (z1 * h + y1) * w;
    float front = between (between (from[a + x0], from[a + x1], wx), between (from[b + x0], from[b + x1], wx), wy);
    float back = between (between (from[c + x0], from[c + x1], wx), between (from[e + x0], from[e + x1], wx), wy);

    to[i] = between (front, back, wz);
  }
}
