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

  float *sum = job->sum + (int64_t) first * n_taps * DUB_LANES;
  const float *x[3];

#pragma GCC unroll 3
  for (int t = 0; t < n_taps; t++)
    x[t] = job->x + job->tap[t];
#pragma GCC unroll 8
  for (int o = 0; o < n_out; o++)
#pragma GCC unroll 3
    for (int t = 0; t < n_taps; t++)
      acc[o][t] = dub_load (sum + (o * n_taps + t) * DUB_LANES);

  for (int64_t p = 0; p < job->n_points; p += DUB_LANES) {
    dub_vec xv[3];

#pragma GCC unroll 3
    for (int t = 0; t < n_taps; t++)
      xv[t] = dub_load_once (x[t] + p);
#pragma GCC unroll 8
    for (int o = 0; o < n_out; o++) {
      dub_vec g = dub_load_once (dy + o * stride + p);

#pragma GCC unroll 3
      for (int t = 0; t < n_taps; t++)
        acc[o][t] += g * xv[t];
    }
  }

#pragma GCC unroll 8
  for (int o = 0; o < n_out; o++)
#pragma GCC unroll 3
    for (int t = 0; t < n_taps; t++)
      dub_store (sum + (o * n_taps + t) * DUB_LANES, acc[o][t]);
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
