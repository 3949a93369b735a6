/* Attributes that convolutions and poolings share: kernel_shape, strides, dilations, pads, auto_pad.
 *
 * Spatial axes are numbered 0 to 2 from depth to width whatever the rank: an
 * image has D = 1, a signal D = H = 1, with a kernel of 1 there. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

typedef struct {
  int     n_axes;   /* 1 to 3 */
  int64_t in[3];
  int64_t out[3];
  int64_t kernel[3];
  int64_t stride[3];
  int64_t dilation[3];
  int64_t pad[3];     /* before the first element */
  int64_t pad_end[3]; /* after the last */
} DubSpatial;

/* Reads what the attributes say about input @input, with the kernel of @kernel_shape (extents of
 * the last axes of a weight) or, when that is NULL, of the attribute kernel_shape; pads as written, out not yet set. */
gboolean dub_spatial_parse       (const DubInferContext *ctx,
                                  int                    input,
                                  const int64_t         *kernel_shape,
                                  DubSpatial            *self,
                                  GError               **error);

/* Resolves auto_pad and sets out: floor ((in + pads - extent) / stride) + 1, or ceil with @ceil_mode,
 * where a window must begin inside the input or its padding before it. */
gboolean dub_spatial_resolve     (const DubInferContext *ctx,
                                  gboolean               ceil_mode,
                                  DubSpatial            *self,
                                  GError               **error);

/* N, C and the spatial extents as a tensor shape of the original rank. */
DubShape dub_spatial_shape       (const DubSpatial      *self,
                                  int64_t                n_images,
                                  int64_t                n_channels,
                                  const int64_t          extent[3]);

G_END_DECLS
