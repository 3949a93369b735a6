/* The layout of tiles, shared by winograd.c and winograd-weights.c. */
#pragma once

#include "core/nn/kernels/out-blocks.h"
#include "core/nn/kernels/winograd.h"

enum {
  DUB_WINOGRAD_PLANES = 36,
  DUB_WINOGRAD_SKEW   = 16, /* floats between planes that keep them out of the same cache sets */
};

/* How a sum is cut into blocks of tiles, and where the elements of one image of a block stand in lanes. */
typedef struct {
  const DubKernels *kernels;
  int64_t  in[2], out[2]; /* H, W */
  int64_t  first[2];      /* of the inputs of output 0 */
  int64_t  n_images;
  int64_t  tiles[2];      /* of an image */
  int64_t  rows;          /* of tiles in a block */
  int64_t  images;        /* of a block */
  int64_t  n_row_blocks;
  int64_t  n_blocks;
  int64_t  most_tiles;    /* of a block */
  int64_t  in_row, out_row;       /* floats between rows in lanes */
  int64_t  in_floats, out_floats; /* of one image in lanes */
  int32_t *in_place;      /* [4 · rows + 2][in W] */
  int32_t *out_place;     /* [4 · rows][out W] */
  int32_t *in_corner;     /* [rows · tiles[1]] */
  int32_t *out_corner;
} DubWinogradLayout;

/* Block @index: images [image, image + n_images), tile rows [row, row + n_rows). */
typedef struct {
  int64_t image, n_images;
  int64_t row, n_rows;
  int64_t n_tiles; /* of all its images */
} DubWinogradBlock;

void             _dub_winograd_layout_init  (DubWinogradLayout       *self,
                                             const DubKernels        *kernels,
                                             const DubConvGeometry   *geometry);
void             _dub_winograd_layout_clear (DubWinogradLayout       *self);
DubWinogradBlock _dub_winograd_block        (const DubWinogradLayout *self,
                                             int64_t                  index);

/* Input channels [channel, channel + n_channels), at most the lanes, of image @image of @block (x points to the
 * first of them) into @planes at tile @tile. @image_lanes is room for one image, zero at first. */
void             _dub_winograd_take_input   (const DubWinogradLayout *self,
                                             const DubWinogradBlock  *block,
                                             const float             *x,
                                             int                      n_channels,
                                             float                   *image_lanes,
                                             float                   *planes,
                                             int64_t                  plane,
                                             int64_t                  tile);
