/* Correlation of rows: the gradient of the weights of one kernel row for 8 output channels. */
#include "core/nn/kernels/level.h"

void DUB_LEVEL (dub_correlate) (const DubCorrelateJob *job);

DUB_INLINE void
correlate (const DubCorrelateJob *job,
           int                    first,
           const int              n_out,
           const int              n_taps)
{
  dub_vec acc[8][3];
  const float *dy = job->dy + first * job->dy_stride;
  const int64_t stride = job->dy_stride;

#pragma GCC unroll 8
  for (int o = 0; o < n_out; o++)
#pragma GCC unroll 3
    for (int t = 0; t < n_taps; t++)
      acc[o][t] = dub_broadcast (0.0f);

  for (int64_t plane = 0; plane < job->n_planes; plane++, dy += job->dy_plane) {
    const float *x[3];

#pragma GCC unroll 3
    for (int t = 0; t < n_taps; t++)
      x[t] = job->x + plane * job->x_plane + job->tap[t];

    for (int64_t p = 0; p < job->n_points; p += DUB_LANES) {
      dub_vec xv[3];

#pragma GCC unroll 3
      for (int t = 0; t < n_taps; t++)
        xv[t] = dub_load (x[t] + p);
#pragma GCC unroll 8
      for (int o = 0; o < n_out; o++) {
        dub_vec g = dub_load (dy + o * stride + p);

#pragma GCC unroll 3
        for (int t = 0; t < n_taps; t++)
          acc[o][t] += g * xv[t];
      }
    }
  }

  for (int o = 0; o < n_out; o++)
    for (int t = 0; t < n_taps; t++) {
      float total = 0.0f;

      for (int i = 0; i < DUB_LANES; i++)
        total += acc[o][t][i];
      job->sum[(first + o) * n_taps + t] = total;
    }
}

DUB_INLINE void
all_channels (const DubCorrelateJob *job,
              const int              n_taps)
{
  int o = 0;

#if DUB_LANES == 16
  for (; o + 8 <= job->n_out; o += 8)
    correlate (job, o, 8, n_taps);
#endif
  for (; o + 4 <= job->n_out; o += 4)
    correlate (job, o, 4, n_taps);
  for (; o < job->n_out; o++)
    correlate (job, o, 1, n_taps);
}

void
DUB_LEVEL (dub_correlate) (const DubCorrelateJob *job)
{
  if (job->n_taps == 3)
    all_channels (job, 3);
  else if (job->n_taps == 2)
    all_channels (job, 2);
  else
    all_channels (job, 1);
}
