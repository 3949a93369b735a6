/* Output channels in blocks of up to four vectors, of equal widths: what one call of the points loop takes. */
#pragma once

#include "core/nn/kernels/kernels.h"

G_BEGIN_DECLS

static inline int64_t
dub_round_up (int64_t n,
              int64_t unit)
{
  return (n + unit - 1) / unit * unit;
}

static inline int64_t
dub_n_out_blocks (const DubKernels *kernels,
                  int64_t           n_channels)
{
  return (n_channels + 4 * kernels->lanes - 1) / (4 * kernels->lanes);
}

/* First channel of block @b; that of the block after the last is the number of channels, rounded up to the lanes. */
static inline int64_t
dub_out_block_first (const DubKernels *kernels,
                     int64_t           n_channels,
                     int64_t           b)
{
  int64_t units = (n_channels + kernels->lanes - 1) / kernels->lanes;

  return units * b / dub_n_out_blocks (kernels, n_channels) * kernels->lanes;
}

G_END_DECLS
