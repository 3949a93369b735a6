/* The functions of inner-norm.c under the names of the level being compiled. */
#pragma once

#include "core/nn/kernels/level.h"

double DUB_LEVEL (dub_sum)          (const float *x,
                                     int64_t      n);
double DUB_LEVEL (dub_sum_squares)  (const float *x,
                                     int64_t      n,
                                     float        mean);
double DUB_LEVEL (dub_sum_products) (const float *x,
                                     const float *y,
                                     int64_t      n,
                                     float        x_mean);
void   DUB_LEVEL (dub_affine)       (const float *x,
                                     float       *y,
                                     int64_t      n,
                                     float        scale,
                                     float        shift);
void   DUB_LEVEL (dub_affine2)      (const float *restrict u,
                                     const float *restrict v,
                                     float       *y,
                                     int64_t      n,
                                     float        u_scale,
                                     float        v_scale,
                                     float        shift);
