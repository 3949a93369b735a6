/* Convolutions of many channels with all channels of a pixel side by side: for training with strides and 1×1 taps.
 *
 * A block of images is taken into lanes once, [row][column][channel], padded with zeros, and serves every sum that
 * reads it: the convolution itself, all remainders of a strided reverse, or the gradient of the weights. The
 * engine of conv.h stays the way for few channels, large images and inference.
 *
 * Letters: N images, C input channels, K output channels. One plane in depth, one group.
 */
#pragma once

#include "core/nn/kernels/conv.h"

G_BEGIN_DECLS

/* Whether this way is open for @shape and faster than that of conv.h. */
gboolean dub_conv_lanes_pays    (const DubConvShape *shape);

/* Whether it is open at all: what the functions below ask for. */
gboolean dub_conv_lanes_fits    (const DubConvShape *shape);

/* Floats of @scratch (64-byte aligned) that each of the functions below needs. */
size_t   dub_conv_lanes_scratch (const DubKernels   *kernels,
                                 const DubConvShape *shape);

/* y = x * w + bias; @bias may be NULL. */
gboolean dub_conv_lanes_forward (const DubKernels   *kernels,
                                 const DubConvShape *shape,
                                 const float        *x,
                                 const float        *w,
                                 const float        *bias,
                                 float              *y,
                                 float              *scratch,
                                 DubRun             *run,
                                 GError            **error);

/* The gradient with respect to the input. */
gboolean dub_conv_lanes_reverse (const DubKernels   *kernels,
                                 const DubConvShape *shape,
                                 const float        *dy,
                                 const float        *w,
                                 float              *dx,
                                 float              *scratch,
                                 DubRun             *run,
                                 GError            **error);

/* The gradient with respect to the weights. */
gboolean dub_conv_lanes_weights (const DubKernels   *kernels,
                                 const DubConvShape *shape,
                                 const float        *x,
                                 const float        *dy,
                                 float              *dw,
                                 float              *scratch,
                                 DubRun             *run,
                                 GError            **error);

G_END_DECLS
