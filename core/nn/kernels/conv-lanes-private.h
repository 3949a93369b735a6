/* Images in lanes, shared by conv-lanes.c and conv-lanes-weights.c. */
#pragma once

#include "core/nn/kernels/conv-lanes.h"
#include "core/nn/kernels/out-blocks.h"

/* How images are cut into blocks and where their elements stand in lanes. A block has whole images, or some rows of
 * one. Rows of outputs are counted coarsely: row i of a sum reads the inputs from i · stride + low on. */
typedef struct {
  const DubKernels *kernels;
  int64_t  in[2];         /* H, W */
  int64_t  out[2];        /* coarse rows and columns: the largest of all sums */
  int64_t  n_images;
  int64_t  stride[2];
  int64_t  low[2];        /* first input of output 0, at most 0 */
  int64_t  slab[2];       /* rows and columns of one image */
  int64_t  width;         /* channels, rounded up to the lanes */
  int64_t  images;        /* of a block */
  int64_t  rows;          /* coarse rows of a block */
  int64_t  n_row_blocks;
  int64_t  n_blocks;
  int64_t  image_floats;
  int32_t *place;         /* [slab rows][in W] */
} DubLanesLayout;

typedef struct {
  int64_t image, n_images;
  int64_t row, n_rows;
} DubLanesBlock;

/* @geometries read the same input; @n_channels of it are taken into lanes at once. */
void          _dub_lanes_layout_init  (DubLanesLayout        *self,
                                       const DubKernels      *kernels,
                                       const DubConvGeometry *geometries,
                                       int64_t                n_geometries,
                                       int64_t                n_channels);
void          _dub_lanes_layout_clear (DubLanesLayout        *self);
DubLanesBlock _dub_lanes_block        (const DubLanesLayout  *self,
                                       int64_t                index);

/* Channels [first, first + n_channels) of @n_all of the images of @block into @slab, whose padding is 0 already. */
void          _dub_lanes_take         (const DubLanesLayout  *self,
                                       const DubLanesBlock   *block,
                                       const float           *x,
                                       int64_t                n_all,
                                       int64_t                first,
                                       int64_t                n_channels,
                                       float                 *slab);

/* Where output @o of @geometry begins to read in the slab of the first image. */
static inline int32_t
dub_lanes_point (const DubLanesLayout  *self,
                 const DubConvGeometry *geometry,
                 int64_t                row,
                 int64_t                column)
{
  int64_t y = row * self->stride[0] + geometry->first[1] - self->low[0];
  int64_t x = column * self->stride[1] + geometry->first[2] - self->low[1];

  return (int32_t) ((y * self->slab[1] + x) * self->width);
}

static inline int32_t
dub_lanes_tap (const DubLanesLayout  *self,
               const DubConvGeometry *geometry,
               int64_t                row,
               int64_t                column)
{
  return (int32_t) ((row * geometry->step[1] * self->slab[1] + column * geometry->step[2]) * self->width);
}
