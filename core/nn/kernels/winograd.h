/* Convolutions of 3×3 taps with unit stride by Winograd's F(4×4, 3×3): a quarter of the multiplications.
 *
 * Lavin and Gray, "Fast algorithms for convolutional neural networks" (2016). Tiles of 6×6 inputs and the
 * weights are taken into 36 planes, in each of which the convolution is a matrix product over channels; 4×4 outputs
 * come back. The same planes give the gradients of input and weights. Rounding errors are some four times
 * those of the direct sum (2e-6 of the output, root mean square, on the layers of ResNet-18): right for training,
 * where the batch's noise is larger by far; inference keeps the direct engine of conv.h.
 *
 * A block is a few dozen tiles, of several small images or of some rows of a large one; a piece
 * keeps the planes of a block in the second-level cache. Sums run in an order that the shape alone decides.
 *
 * Letters: N images, C input channels, K output channels, T tiles.
 */
#pragma once

#include "core/nn/kernels/conv.h"

G_BEGIN_DECLS

/* Whether this way is open for @shape and faster than the direct one. */
gboolean dub_winograd_pays    (const DubConvShape *shape);

/* Whether it is open at all: what the functions below ask for. */
gboolean dub_winograd_fits    (const DubConvShape *shape);

/* Floats of @scratch (64-byte aligned) that each of the functions below needs. */
size_t   dub_winograd_scratch (const DubKernels   *kernels,
                               const DubConvShape *shape);

/* y = x * w + bias; @bias may be NULL. */
gboolean dub_winograd_forward (const DubKernels   *kernels,
                               const DubConvShape *shape,
                               const float        *x,
                               const float        *w,
                               const float        *bias,
                               float              *y,
                               float              *scratch,
                               DubRun             *run,
                               GError            **error);

/* The gradient with respect to the input. */
gboolean dub_winograd_reverse (const DubKernels   *kernels,
                               const DubConvShape *shape,
                               const float        *dy,
                               const float        *w,
                               float              *dx,
                               float              *scratch,
                               DubRun             *run,
                               GError            **error);

/* The gradient with respect to the weights. */
gboolean dub_winograd_weights (const DubKernels   *kernels,
                               const DubConvShape *shape,
                               const float        *x,
                               const float        *dy,
                               float              *dw,
                               float              *scratch,
                               DubRun             *run,
                               GError            **error);

G_END_DECLS
