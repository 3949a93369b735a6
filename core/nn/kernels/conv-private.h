/* The setup, shared by the files conv-*.c. */
#pragma once

#include "core/nn/kernels/conv.h"

struct _DubConvSetup {
  DubConvGeometry   g;
  const DubKernels *kernels;
  DubConvMethod     method;
  int               pool[3];
  int64_t           useful[3];     /* outputs computed: a last one that pooling leaves out is not */
  int64_t           n_steps;       /* K */
  gboolean          tall;          /* one output channel, three taps along H: four rows at once */

  /* A block: images x outputs per axis. Along axis 0 and 1 the outputs of a block are @residues apart. */
  int64_t images;                  /* of one block */
  int64_t block[3];
  int64_t residues[3];
  int64_t n_blocks[3];             /* of all residues together */
  int64_t n_image_blocks;
  int64_t n_pieces;

  /* The slab: [images][in_channels][slab[0]][slab[1]] rows of row_stride floats. A row has row_length
   * columns; what it has beyond row_stride are zeros that it shares with the next row. */
  int64_t slab[3];                 /* [2] is row_length */
  int64_t row_stride;
  int64_t channel_stride;
  int64_t image_stride;
  int64_t slab_floats;
  int32_t *offset;                 /* [K] */
  int32_t *point;                  /* [images · block] points method: of the outputs of a full block */

  /* The tile: [width of an output block][images][block[0]][block[1]] rows of tile_row floats. */
  int64_t tile_row;
  int64_t tile_channel;            /* floats between channels: lanes may run over the end of one */
  int64_t tile_floats;

  /* Output channels are taken in blocks; packed weights are [G][blocks][K][width], then biases [G][Σ width]. */
  int     n_out_blocks;
  int     out_blocks_per_piece;
  int    *out_width;               /* packed width: real channels (rows) or lanes (points) */
  int    *out_first;               /* first real channel */
  int    *out_count;               /* real channels */
  int64_t *packed_first;           /* floats before the block, within a group */
  int64_t packed_group;            /* floats of a group's weights */
  int64_t width_sum;
};

/* One block of the output. */
typedef struct {
  int64_t image, n_images;
  int64_t group;
  int64_t origin[3];               /* first output on each axis */
  int64_t count[3];                /* outputs, @residues apart */
  int     out_block, n_out_blocks;
} DubConvBlock;

/* Fills the slab of @block from @source; @row is room for one input row. */
void _dub_conv_fill_slab   (const DubConvSetup  *self,
                            const DubConvBlock  *block,
                            const DubConvSource *source,
                            float               *row,
                            float               *slab);

/* Row (d, h) of channel @channel (of all images) of a source, in[2] floats. */
void _dub_conv_read_row    (const DubKernels    *kernels,
                            const int64_t        in[3],
                            const DubConvSource *source,
                            int64_t              channel,
                            int64_t              d,
                            int64_t              h,
                            float               *to);

/* Hands a tile over to the target: [count][images][block[0]][block[1]] rows. */
void _dub_conv_finish_tile (const DubConvSetup  *self,
                            const DubConvBlock  *block,
                            const DubConvTarget *target,
                            int64_t              first_channel,
                            int64_t              n_channels,
                            float               *tile);

/* FALSE with DUB_ERROR_MEMORY where a piece has set the flag. */
gboolean _dub_conv_check_memory (int                 *out_of_memory,
                                 GError             **error);
