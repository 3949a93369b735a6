/* The functions of inner-norm.c under the names of the level being compiled. */
#pragma once

#include "core/nn/kernels/level.h"

double DUB_LEVEL (dub_sum)          (const float *x,
                                     int64_t      n);
void   DUB_LEVEL (dub_moments)      (const DubNormSumsJob *job,
                                     double              (*result)[2]);
void   DUB_LEVEL (dub_norm_sums)    (const DubNormSumsJob *job,
                                     double              (*result)[2]);
void   DUB_LEVEL (dub_norm_apply)   (const float *x,
                                     const float *z,
                                     float       *y,
                                     int64_t      n,
                                     float        scale,
                                     float        shift,
                                     float        slope);
void   DUB_LEVEL (dub_norm_back)    (const DubNormBackJob *job);
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
