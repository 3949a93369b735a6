/* The functions of inner-winograd.c, for the table of their level. */
#pragma once

#include "core/nn/kernels/level.h"

void DUB_LEVEL (dub_gather_lanes)       (const float          *x,
                                         int64_t               x_stride,
                                         int                   n_channels,
                                         int64_t               n_points,
                                         const int32_t        *place,
                                         float                *to);
void DUB_LEVEL (dub_scatter_lanes)      (const float          *from,
                                         const int32_t        *place,
                                         int64_t               n_points,
                                         float                *y,
                                         int64_t               y_stride,
                                         int                   n_channels);
void DUB_LEVEL (dub_winograd_input)     (const DubWinogradJob *job);
void DUB_LEVEL (dub_winograd_output)    (const DubWinogradJob *job);
void DUB_LEVEL (dub_winograd_gradient)  (const DubWinogradJob *job);
void DUB_LEVEL (dub_winograd_weights)   (const float          *w,
                                         int64_t               w_out,
                                         int64_t               w_row,
                                         int64_t               w_column,
                                         int                   n_channels,
                                         float                *out,
                                         int64_t               plane);
void DUB_LEVEL (dub_winograd_unweights) (const float          *in,
                                         int64_t               plane,
                                         int                   n_channels,
                                         float                *dw,
                                         int64_t               dw_out);
