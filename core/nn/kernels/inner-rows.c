/* Convolution along rows. A chunk holds O output channels x V vectors of points in
 * registers; a step loads V vectors of the input and O broadcast weights, so that the
 * multiply-add units, not the loads, set the pace. */
#include "core/nn/kernels/level.h"

void DUB_LEVEL (dub_rows) (const DubRowsJob *job);

DUB_INLINE void
chunk (const DubRowsJob *job,
       int64_t           p,
       const int         n_out,
       const int         n_vec)
{
  dub_vec acc[8][8];
  const float *in = job->in + p;
  const float *w = job->weights;
  const int32_t *offset = job->offset;
  const int n_steps = job->n_steps;

#pragma GCC unroll 8
  for (int o = 0; o < n_out; o++)
#pragma GCC unroll 8
    for (int v = 0; v < n_vec; v++)
      acc[o][v] = dub_broadcast (job->bias[o]);

  for (int k = 0; k < n_steps; k++) {
    const float *x = in + offset[k];
    dub_vec xv[8];

#pragma GCC unroll 8
    for (int v = 0; v < n_vec; v++)
      xv[v] = dub_load (x + v * DUB_LANES);
#pragma GCC unroll 8
    for (int o = 0; o < n_out; o++) {
      dub_vec wv = dub_broadcast (w[o]);

#pragma GCC unroll 8
      for (int v = 0; v < n_vec; v++)
        acc[o][v] += wv * xv[v];
    }
    w += n_out;
  }

#pragma GCC unroll 8
  for (int o = 0; o < n_out; o++)
#pragma GCC unroll 8
    for (int v = 0; v < n_vec; v++)
      dub_store (job->out + o * job->out_stride + p + v * DUB_LANES, acc[o][v]);
}

/* All points with chunks of @n_vec vectors, then the vectors that are left. */
#define DEFINE_ROWS(O, V) \
  static void \
  rows_##O (const DubRowsJob *job) \
  { \
    int64_t n_left = (job->n_points + DUB_LANES - 1) / DUB_LANES; \
    int64_t p = 0; \
    for (; n_left >= V; n_left -= V, p += V * DUB_LANES) \
      chunk (job, p, O, V); \
    if (V > 4 && n_left >= 4) { \
      chunk (job, p, O, MIN (V, 4)); \
      n_left -= 4; \
      p += 4 * DUB_LANES; \
    } \
    if (V > 3 && n_left == 3) \
      chunk (job, p, O, MIN (V, 3)); \
    else if (V > 2 && n_left == 2) \
      chunk (job, p, O, MIN (V, 2)); \
    else if (n_left == 1) \
      chunk (job, p, O, 1); \
  }

#if DUB_LANES == 16
/* 32 registers: at most 24 sums, V inputs and a weight. */
DEFINE_ROWS (1, 7)
DEFINE_ROWS (2, 7)
DEFINE_ROWS (3, 6)
DEFINE_ROWS (4, 5)
DEFINE_ROWS (5, 4)
DEFINE_ROWS (6, 4)
DEFINE_ROWS (7, 3)
DEFINE_ROWS (8, 3)

void
DUB_LEVEL (dub_rows) (const DubRowsJob *job)
{
  static void (*const FUNCS[]) (const DubRowsJob *) = {
    rows_1, rows_2, rows_3, rows_4, rows_5, rows_6, rows_7, rows_8
  };

  FUNCS[job->n_out - 1] (job);
}
#else
/* 16 registers: at most 12 sums. */
DEFINE_ROWS (1, 6)
DEFINE_ROWS (2, 4)
DEFINE_ROWS (3, 3)
DEFINE_ROWS (4, 2)

void
DUB_LEVEL (dub_rows) (const DubRowsJob *job)
{
  static void (*const FUNCS[]) (const DubRowsJob *) = { rows_1, rows_2, rows_3, rows_4 };

  FUNCS[job->n_out - 1] (job);
}
#endif
