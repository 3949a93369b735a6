/* Convolution and its two gradients by their definition: slow, and the oracle of conv.h. Sums are double. */
#pragma once

#include "core/nn/kernels/conv.h"

G_BEGIN_DECLS

void dub_conv_ref_forward (const DubConvShape *shape,
                           const float        *x,
                           const float        *w,
                           const float        *bias, /* (nullable) */
                           double             *y);
void dub_conv_ref_input   (const DubConvShape *shape,
                           const float        *dy,
                           const float        *w,
                           double             *dx);
void dub_conv_ref_weights (const DubConvShape *shape,
                           const float        *x,
                           const float        *dy,
                           double             *dw);

G_END_DECLS
