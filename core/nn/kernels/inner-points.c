/* Convolution at points. A chunk holds P points x V vectors of output channels in
 * registers; a step loads V vectors of weights and broadcasts P inputs. The caller
 * cuts K so that the weights of one call stay in the first-level cache while the
 * points pass by. */
#include "core/nn/kernels/level.h"

void DUB_LEVEL (dub_points) (const DubPointsJob *job);

DUB_INLINE void
chunk (const DubPointsJob *job,
       int                 first,
       const int           n_points,
       const int           n_vec)
{
  dub_vec acc[8][4];
  const float *in[8];
  const float *w = job->weights;
  const int32_t *offset = job->offset;
  const int n_steps = job->n_steps;
  const int width = n_vec * DUB_LANES;
  float *out = job->out + (int64_t) first * width;

#pragma GCC unroll 8
  for (int p = 0; p < n_points; p++) {
    in[p] = job->in + job->point[first + p];
#pragma GCC unroll 4
    for (int v = 0; v < n_vec; v++)
      acc[p][v] = dub_load (job->bias != NULL ? job->bias + v * DUB_LANES : out + p * width + v * DUB_LANES);
  }

  for (int k = 0; k < n_steps; k++) {
    const int64_t at = offset[k];
    dub_vec wv[4];

#pragma GCC unroll 4
    for (int v = 0; v < n_vec; v++)
      wv[v] = dub_load (w + v * DUB_LANES);
#pragma GCC unroll 8
    for (int p = 0; p < n_points; p++) {
      dub_vec x = dub_broadcast (in[p][at]);

#pragma GCC unroll 4
      for (int v = 0; v < n_vec; v++)
        acc[p][v] += x * wv[v];
    }
    w += width;
  }

#pragma GCC unroll 8
  for (int p = 0; p < n_points; p++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vec; v++)
      dub_store (out + p * width + v * DUB_LANES, acc[p][v]);
}

#define DEFINE_POINTS(V, P) \
  static void \
  points_##V (const DubPointsJob *job) \
  { \
    int p = 0; \
    for (; p + P <= job->n_points; p += P) \
      chunk (job, p, P, V); \
    for (; p + 2 <= job->n_points; p += 2) \
      chunk (job, p, 2, V); \
    for (; p < job->n_points; p++) \
      chunk (job, p, 1, V); \
  }

#if DUB_LANES == 16
DEFINE_POINTS (1, 8)
DEFINE_POINTS (2, 8)
DEFINE_POINTS (3, 8)
DEFINE_POINTS (4, 6)
#else
DEFINE_POINTS (1, 8)
DEFINE_POINTS (2, 6)
DEFINE_POINTS (3, 4)
DEFINE_POINTS (4, 2)
#endif

void
DUB_LEVEL (dub_points) (const DubPointsJob *job)
{
  static void (*const FUNCS[]) (const DubPointsJob *) = { points_1, points_2, points_3, points_4 };

  FUNCS[job->n_vectors - 1] (job);
}
