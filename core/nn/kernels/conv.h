/* Convolution of raw arrays: one engine for Conv, ConvTranspose and their gradients.
 *
 * A geometry is a sum over taps that lie on a grid in the input:
 *
 *   y[o] = b + Σ_ic Σ_t w[oc][ic][t] · x[ic][o · stride + first + t · step]      (per axis; outside x is 0)
 *
 * A convolution is one such sum. Its gradient with respect to the input is another, with the roles of
 * input and output channels exchanged and the taps reversed; where the stride s is above 1 it falls apart
 * into s sums per axis, one for each remainder of the input coordinate (dub_conv_geometry_reverse).
 * The weights are never rearranged by the caller: a geometry carries the strides with which to read them.
 *
 * A setup cuts a geometry into blocks of the output whose input ("slab", padded with zeros) and output
 * ("tile") stay in the second-level cache, and chooses the inner loop:
 *   rows    lanes along W, up to 8 output channels at once. Stride 1. For large images and few channels.
 *   points  lanes over output channels. Any stride. For small images and many channels.
 * Along an axis with dilation δ a block of the rows method takes every δ-th output: these share their
 * inputs as the neighbours of an undilated convolution do.
 *
 * Letters: N images, G groups, K steps (input channels x taps), D H W; axes are always three (1-D and 2-D have extents of 1).
 */
#pragma once

#include "core/base/run.h"
#include "core/nn/kernels/kernels.h"

G_BEGIN_DECLS

typedef struct {
  int64_t n_images;     /* N */
  int64_t n_groups;     /* G */
  int64_t in_channels;  /* of one group */
  int64_t out_channels; /* of one group */
  int64_t in[3];
  int64_t out[3];
  int64_t stride[3];
  int64_t n_taps[3];    /* may be 0 on an axis of a reversed sum: then y = b */
  int64_t first[3];
  int64_t step[3];      /* >= 1 */

  /* Where to read w: base + group · w_group + oc · w_out + ic · w_in + Σ_axis tap · w_tap, in floats. */
  int64_t w_base, w_group, w_out, w_in, w_tap[3];

  /* Where to write y: at o · place_step + place_first, in an array of place_extent. */
  int64_t place_extent[3];
  int64_t place_first[3];
  int64_t place_step[3];
} DubConvGeometry;

/* The plain parameters of a convolution, with weights [G · out_channels][in_channels][kernel]. */
typedef struct {
  int64_t n_images, n_groups;
  int64_t in_channels, out_channels; /* of one group */
  int64_t in[3], out[3];
  int64_t kernel[3], stride[3], dilation[3];
  int64_t pad[3];                    /* before the first element; what follows the last is given by out */
} DubConvShape;

void     dub_conv_geometry_forward (const DubConvShape *shape,
                                    DubConvGeometry    *geometry);

/* How many sums the reverse consists of: the product of the strides. */
int64_t  dub_conv_n_reverse        (const DubConvShape *shape);

/* Sum @index of the gradient with respect to the input (its x is dy, its y is dx). */
void     dub_conv_geometry_reverse (const DubConvShape *shape,
                                    int64_t             index,
                                    DubConvGeometry    *geometry);

/* The input of a sum: numbers as they are, or a gradient that first passes back through an activation
 * (code not NULL) and a pooling (pool 2). */
typedef struct {
  const float   *x;       /* [N][G · in_channels][in / pool] */
  const uint8_t *code;    /* of the same extents, as kernels.h describes; NULL = none */
  float          slope;   /* of the activation where the code is negative */
  int            pool[3]; /* 1 or 2 */
} DubConvSource;

/* Row (d, h) of channel @channel (of all images) of a source, extent[2] floats. */
void     dub_conv_source_row       (const int64_t        extent[3],
                                    const DubConvSource *source,
                                    int64_t              channel,
                                    int64_t              d,
                                    int64_t              h,
                                    float               *to);

/* Writes the numbers of a source out: y [n_channels][extent] where @n_channels counts those of all images. */
gboolean dub_conv_source_expand    (const int64_t        extent[3],
                                    int64_t              n_channels,
                                    const DubConvSource *source,
                                    float               *y,
                                    DubRun              *run,
                                    GError             **error);

/* What is done with a finished sum. */
typedef struct {
  float         *y;          /* [N][G · out_channels][place_extent, or out / 2 where pooled] */
  const float   *z;          /* added before the activation, [N][G · out_channels][out]; NULL = none */
  uint8_t       *code;       /* written for the way back, extents of y; NULL = not needed */
  DubActivation  activation;
  float          alpha;
  int            pool[3];    /* 1 or 2; pooling needs alpha >= 0 and a place equal to out */
} DubConvTarget;

typedef enum {
  DUB_CONV_AUTO,
  DUB_CONV_ROWS,
  DUB_CONV_POINTS,
} DubConvMethod;

typedef struct _DubConvSetup DubConvSetup;

/* dub_conv_setup_new:
 * @pool: (nullable): 1 or 2 for each axis, when the target pools
 * @method: AUTO except in tests; ROWS is only for stride 1
 *
 * Returns: (transfer full): the setup, or NULL where a single row of the slab is beyond 2^31 numbers.
 */
DubConvSetup *dub_conv_setup_new     (const DubConvGeometry *geometry,
                                      const int             *pool,
                                      DubConvMethod          method);
/* The same with the inner loops of another level, for tests. */
DubConvSetup *dub_conv_setup_new_for_level (const DubKernels *kernels,
                                      const DubConvGeometry *geometry,
                                      const int             *pool,
                                      DubConvMethod          method);
void          dub_conv_setup_free    (DubConvSetup          *self);
DubConvMethod dub_conv_setup_method  (const DubConvSetup    *self);
/* Floats that packed weights take. */
size_t        dub_conv_setup_n_packed (const DubConvSetup   *self);

/* Brings weights and bias ([G · out_channels], nullable) into the order of the inner loop. */
void          dub_conv_setup_pack    (const DubConvSetup    *self,
                                      const float           *weights,
                                      const float           *bias,
                                      float                 *packed);

gboolean      dub_conv_run           (const DubConvSetup    *self,
                                      const float           *packed,
                                      const DubConvSource   *source,
                                      const DubConvTarget   *target,
                                      DubRun                *run,
                                      GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubConvSetup, dub_conv_setup_free)

G_END_DECLS
