/* The transforms of Winograd's F(4×4, 3×3), lanes along channels, and the way of the numbers into lanes and back.
 *
 *   y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A       x 6×6, w 3×3, y 4×4; the product in the middle has 36 planes
 *   dw = Gᵀ [(A dy Aᵀ) ⊙ (Bᵀ x B)] G
 *
 * with the points 0, ±1, ±2 and ∞ (Lavin and Gray 2016, eq. 9 and 10, and section 5). */
#include "core/nn/kernels/inner-winograd.h"

#if DUB_LANES == 16
#define LOW(a, b) __builtin_shufflevector (a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector (a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
enum { STAGES = 4 };
#elif DUB_LANES == 8
#define LOW(a, b) __builtin_shufflevector (a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector (a, b, 4, 12, 5, 13, 6, 14, 7, 15)
enum { STAGES = 3 };
#else
#define LOW(a, b) __builtin_shufflevector (a, b, 0, 4, 1, 5)
#define HIGH(a, b) __builtin_shufflevector (a, b, 2, 6, 3, 7)
enum { STAGES = 2 };
#endif

/* A square of vectors; each stage exchanges one bit of the row's number with one of the column's. */
DUB_INLINE void
transpose_square (dub_vec v[DUB_LANES])
{
#pragma GCC unroll 4
  for (int stage = 0; stage < STAGES; stage++) {
    dub_vec t[DUB_LANES];

#pragma GCC unroll 8
    for (int i = 0; i < DUB_LANES / 2; i++) {
      t[2 * i] = LOW (v[i], v[i + DUB_LANES / 2]);
      t[2 * i + 1] = HIGH (v[i], v[i + DUB_LANES / 2]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < DUB_LANES; i++)
      v[i] = t[i];
  }
}

DUB_INLINE void
gather_square (const float   *x,
               int64_t        x_stride,
               const int      n_channels,
               const int32_t *place,
               float         *to)
{
  dub_vec v[DUB_LANES];

#pragma GCC unroll 16
  for (int l = 0; l < DUB_LANES; l++)
    v[l] = l < n_channels ? dub_load (x + l * x_stride) : (dub_vec) { 0 };
  transpose_square (v);
#pragma GCC unroll 16
  for (int i = 0; i < DUB_LANES; i++)
    dub_store (to + place[i], v[i]);
}

void
DUB_LEVEL (dub_gather_lanes) (const float   *x,
                              int64_t        x_stride,
                              int            n_channels,
                              int64_t        n_points,
                              const int32_t *place,
                              float         *to)
{
  if (n_points < DUB_LANES) {
    for (int64_t p = 0; p < n_points; p++)
      for (int l = 0; l < DUB_LANES; l++)
        to[place[p] + l] = l < n_channels ? x[l * x_stride + p] : 0.0f;
    return;
  }

  for (int64_t i = 0; i < n_points; i += DUB_LANES) {
    int64_t p = MIN (i, n_points - DUB_LANES);

    if (n_channels == DUB_LANES)
      gather_square (x + p, x_stride, DUB_LANES, place + p, to);
    else
      gather_square (x + p, x_stride, n_channels, place + p, to);
  }
}

void
DUB_LEVEL (dub_scatter_lanes) (const float   *from,
                               const int32_t *place,
                               int64_t        n_points,
                               float         *y,
                               int64_t        y_stride,
                               int            n_channels)
{
  if (n_points < DUB_LANES) {
    for (int64_t p = 0; p < n_points; p++)
      for (int l = 0; l < n_channels; l++)
        y[l * y_stride + p] = from[place[p] + l];
    return;
  }

  for (int64_t i = 0; i < n_points; i += DUB_LANES) {
    int64_t p = MIN (i, n_points - DUB_LANES);
    dub_vec v[DUB_LANES];

#pragma GCC unroll 16
    for (int l = 0; l < DUB_LANES; l++)
      v[l] = dub_load (from + place[p + l]);
    transpose_square (v);
    if (n_channels == DUB_LANES)
#pragma GCC unroll 16
      for (int l = 0; l < DUB_LANES; l++)
        dub_store (y + l * y_stride + p, v[l]);
    else
      for (int l = 0; l < n_channels; l++)
        dub_store (y + l * y_stride + p, v[l]);
  }
}

/* Bᵀ of a column of six. */
DUB_INLINE void
input_line (const dub_vec d[6],
            dub_vec       o[6])
{
  dub_vec a = d[4] - 4.0f * d[2];
  dub_vec b = d[3] - 4.0f * d[1];
  dub_vec c = d[4] - d[2];
  dub_vec e = 2.0f * (d[3] - d[1]);

  o[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
  o[1] = a + b;
  o[2] = a - b;
  o[3] = c + e;
  o[4] = c - e;
  o[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

void
DUB_LEVEL (dub_winograd_input) (const DubWinogradJob *job)
{
  for (int t = 0; t < job->n_tiles; t++) {
    const float *in = job->in + job->corner[t];
    float *out = job->out + t * job->tile;
    dub_vec middle[6][6];

#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      dub_vec d[6], o[6];

#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        d[i] = dub_load (in + i * job->row + j * DUB_LANES);
      input_line (d, o);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        middle[i][j] = o[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      dub_vec o[6];

      input_line (middle[i], o);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++)
        dub_store (out + (i * 6 + j) * job->plane, o[j]);
    }
  }
}

/* Aᵀ of a column of six. */
DUB_INLINE void
output_line (const dub_vec m[6],
             dub_vec       o[4])
{
  dub_vec s1 = m[1] + m[2];
  dub_vec d1 = m[1] - m[2];
  dub_vec s2 = m[3] + m[4];
  dub_vec d2 = m[3] - m[4];

  o[0] = m[0] + s1 + s2;
  o[1] = d1 + 2.0f * d2;
  o[2] = s1 + 4.0f * s2;
  o[3] = d1 + 8.0f * d2 + m[5];
}

void
DUB_LEVEL (dub_winograd_output) (const DubWinogradJob *job)
{
  dub_vec bias = job->bias != NULL ? dub_load (job->bias) : (dub_vec) { 0 };

  for (int t = 0; t < job->n_tiles; t++) {
    const float *in = job->in + t * job->tile;
    float *out = job->out + job->corner[t];
    dub_vec middle[4][6];

#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      dub_vec m[6], o[4];

#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        m[i] = dub_load (in + (i * 6 + j) * job->plane);
      output_line (m, o);
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++)
        middle[i][j] = o[i];
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      dub_vec o[4];

      output_line (middle[i], o);
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++)
        dub_store (out + i * job->row + j * DUB_LANES, o[j] + bias);
    }
  }
}

/* A of a column of four. */
DUB_INLINE void
gradient_line (const dub_vec y[4],
               dub_vec       o[6])
{
  dub_vec s1 = y[0] + y[2];
  dub_vec d1 = y[1] + y[3];
  dub_vec s2 = y[0] + 4.0f * y[2];
  dub_vec d2 = 2.0f * y[1] + 8.0f * y[3];

  o[0] = y[0];
  o[1] = s1 + d1;
  o[2] = s1 - d1;
  o[3] = s2 + d2;
  o[4] = s2 - d2;
  o[5] = y[3];
}

void
DUB_LEVEL (dub_winograd_gradient) (const DubWinogradJob *job)
{
  for (int t = 0; t < job->n_tiles; t++) {
    const float *in = job->in + job->corner[t];
    float *out = job->out + t * job->tile;
    dub_vec middle[6][4];

#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      dub_vec y[4], o[6];

#pragma GCC unroll 4
      for (int i = 0; i < 4; i++)
        y[i] = dub_load (in + i * job->row + j * DUB_LANES);
      gradient_line (y, o);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++)
        middle[i][j] = o[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      dub_vec o[6];

      gradient_line (middle[i], o);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++)
        dub_store (out + (i * 6 + j) * job->plane, o[j]);
    }
  }
}

/* G of a column of three. */
DUB_INLINE void
weight_line (const dub_vec g[3],
             dub_vec       o[6])
{
  dub_vec outer = g[0] + g[2];
  dub_vec far = (1.0f / 24.0f) * g[0] + (1.0f / 6.0f) * g[2];

  o[0] = 0.25f * g[0];
  o[1] = (-1.0f / 6.0f) * (outer + g[1]);
  o[2] = (-1.0f / 6.0f) * (outer - g[1]);
  o[3] = far + (1.0f / 12.0f) * g[1];
  o[4] = far - (1.0f / 12.0f) * g[1];
  o[5] = g[2];
}

void
DUB_LEVEL (dub_winograd_weights) (const float *w,
                                  int64_t      w_out,
                                  int64_t      w_row,
                                  int64_t      w_column,
                                  int          n_channels,
                                  float       *out,
                                  int64_t      plane)
{
  float tap[9][DUB_LANES] = { { 0 } };
  dub_vec middle[6][3];

  for (int l = 0; l < n_channels; l++, w += w_out)
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++)
      tap[i][l] = w[i / 3 * w_row + i % 3 * w_column];

#pragma GCC unroll 3
  for (int j = 0; j < 3; j++) {
    dub_vec g[3] = { dub_load (tap[j]), dub_load (tap[3 + j]), dub_load (tap[6 + j]) };
    dub_vec o[6];

    weight_line (g, o);
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++)
      middle[i][j] = o[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < 6; i++) {
    dub_vec o[6];

    weight_line (middle[i], o);
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++)
      dub_store (out + (i * 6 + j) * plane, o[j]);
  }
}

/* Gᵀ of a column of six. */
DUB_INLINE void
unweight_line (const dub_vec m[6],
               dub_vec       o[3])
{
  dub_vec s1 = (1.0f / 6.0f) * (m[1] + m[2]);
  dub_vec d1 = (1.0f / 6.0f) * (m[2] - m[1]);
  dub_vec s2 = m[3] + m[4];
  dub_vec d2 = m[3] - m[4];

  o[0] = 0.25f * m[0] - s1 + (1.0f / 24.0f) * s2;
  o[1] = d1 + (1.0f / 12.0f) * d2;
  o[2] = (1.0f / 6.0f) * s2 - s1 + m[5];
}

void
DUB_LEVEL (dub_winograd_unweights) (const float *in,
                                    int64_t      plane,
                                    int          n_channels,
                                    float       *dw,
                                    int64_t      dw_out)
{
  dub_vec middle[3][6];
  float tap[9][DUB_LANES];

#pragma GCC unroll 6
  for (int j = 0; j < 6; j++) {
    dub_vec m[6], o[3];

#pragma GCC unroll 6
    for (int i = 0; i < 6; i++)
      m[i] = dub_load (in + (i * 6 + j) * plane);
    unweight_line (m, o);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++)
      middle[i][j] = o[i];
  }
#pragma GCC unroll 3
  for (int i = 0; i < 3; i++) {
    dub_vec o[3];

    unweight_line (middle[i], o);
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++)
      dub_store (tap[3 * i + j], o[j]);
  }
  for (int l = 0; l < n_channels; l++, dw += dw_out)
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++)
      dw[i] = tap[i][l];
}
