/* Convolution of one output channel with three taps along H. A single channel gives every loaded
 * input one multiply-add, and the loads set the pace; four output rows at once share each input
 * row three ways. */
#include "core/nn/kernels/level.h"

void DUB_LEVEL (dub_tall) (const DubTallJob *job);

DUB_INLINE void
chunk (const DubTallJob *job,
       int64_t           p,
       const int         n_vec)
{
  dub_vec acc[4][4];
  const float *in = job->in + p;
  const int64_t row = job->row_stride;
  const int width = job->n_columns;
  const float *w = job->weights;
  const int32_t *offset = job->offset;

#pragma GCC unroll 4
  for (int j = 0; j < 4; j++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vec; v++)
      acc[j][v] = dub_broadcast (job->bias);

  for (int group = 0; group < job->n_groups; group++, w += 3 * width, offset += 3 * width)
    for (int kw = 0; kw < width; kw++) {
      const float *x = in + offset[kw];
      dub_vec wv[3];

#pragma GCC unroll 3
      for (int kh = 0; kh < 3; kh++)
        wv[kh] = dub_broadcast (w[kh * width + kw]);
#pragma GCC unroll 6
      for (int r = 0; r < 6; r++) {
        dub_vec xv[4];

#pragma GCC unroll 4
        for (int v = 0; v < n_vec; v++)
          xv[v] = dub_load_once (x + r * row + v * DUB_LANES);
#pragma GCC unroll 3
        for (int kh = 0; kh < 3; kh++)
          if (r - kh >= 0 && r - kh < 4)
#pragma GCC unroll 4
            for (int v = 0; v < n_vec; v++)
              acc[r - kh][v] += wv[kh] * xv[v];
      }
    }

#pragma GCC unroll 4
  for (int j = 0; j < 4; j++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vec; v++)
      dub_store (job->out + j * job->out_row + p + v * DUB_LANES, acc[j][v]);
}

void
DUB_LEVEL (dub_tall) (const DubTallJob *job)
{
  int64_t n_left = (job->n_points + DUB_LANES - 1) / DUB_LANES;
  int64_t p = 0;

#if DUB_LANES == 16
  for (; n_left >= 4; n_left -= 4, p += 4 * DUB_LANES)
    chunk (job, p, 4);
#endif
  for (; n_left >= 2; n_left -= 2, p += 2 * DUB_LANES)
    chunk (job, p, 2);
  if (n_left == 1)
    chunk (job, p, 1);
}
