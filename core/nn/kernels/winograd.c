#include "core/nn/kernels/winograd-private.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/conv-private.h"

#include <string.h>

enum {
  TILES          = 64,   /* of a block, about */
  WEIGHTS_AT_ONCE = 6144, /* floats of weights that stay in the first-level cache */
  FEWEST_PIECES  = 8,    /* output channels are shared out where blocks alone are fewer */
  PACK_CHANNELS  = 16,   /* input channels whose weights one piece takes into planes */
};

gboolean
dub_winograd_fits (const DubConvShape *shape)
{
  if (shape->n_groups != 1 || shape->kernel[0] != 1 || shape->in[0] != 1 || shape->out[0] != 1 || shape->pad[0] != 0)
    return FALSE;
  for (int a = 1; a < 3; a++) {
    /* What follows the last element, as far as it matters for the last tile. */
    int64_t pad_end = shape->out[a] + 2 - shape->in[a] - shape->pad[a];

    if (shape->kernel[a] != 3 || shape->stride[a] != 1 || shape->dilation[a] != 1 || shape->out[a] < 1 ||
        shape->in[a] < 1 || shape->pad[a] < 0 || shape->pad[a] > 2 || pad_end < 0 || pad_end > 2)
      return FALSE;
  }

  return shape->n_images > 0 && shape->in[2] <= 4096 && shape->out[2] <= 4096;
}

gboolean
dub_winograd_pays (const DubConvShape *shape)
{
  int64_t tiles = shape->n_images * ((shape->out[1] + 3) / 4) * ((shape->out[2] + 3) / 4);

  /* With few channels the transforms, with few tiles those of the weights, cost more than the product saves;
   * a tile that hangs over the edge computes what nobody reads. */
  return dub_winograd_fits (shape) && shape->in_channels >= 16 && shape->out_channels >= 16 && tiles >= 32 &&
         shape->n_images * shape->out[1] * shape->out[2] >= 7 * tiles;
}

void
_dub_winograd_layout_init (DubWinogradLayout     *self,
                           const DubKernels      *kernels,
                           const DubConvGeometry *geometry)
{
  int64_t lanes = kernels->lanes;

  *self = (DubWinogradLayout) { .kernels = kernels, .n_images = geometry->n_images };
  for (int a = 0; a < 2; a++) {
    self->in[a] = geometry->in[a + 1];
    self->out[a] = geometry->out[a + 1];
    self->first[a] = geometry->first[a + 1];
    self->tiles[a] = (self->out[a] + 3) / 4;
  }
  self->rows = CLAMP (TILES / self->tiles[1], 1, self->tiles[0]);
  self->images = self->rows < self->tiles[0] ? 1 : CLAMP (TILES / (self->tiles[0] * self->tiles[1]), 1, self->n_images);
  self->n_row_blocks = (self->tiles[0] + self->rows - 1) / self->rows;
  self->n_blocks = (self->n_images + self->images - 1) / self->images * self->n_row_blocks;
  self->most_tiles = self->images * self->rows * self->tiles[1];
  self->in_row = (4 * self->tiles[1] + 2) * lanes;
  self->out_row = 4 * self->tiles[1] * lanes;
  self->in_floats = (4 * self->rows + 2) * self->in_row;
  self->out_floats = 4 * self->rows * self->out_row;

  self->in_place = g_new (int32_t, (4 * self->rows + 2) * self->in[1]);
  for (int64_t y = 0; y < 4 * self->rows + 2; y++)
    for (int64_t x = 0; x < self->in[1]; x++)
      self->in_place[y * self->in[1] + x] = (int32_t) (y * self->in_row + (x - self->first[1]) * lanes);
  self->out_place = g_new (int32_t, 4 * self->rows * self->out[1]);
  for (int64_t y = 0; y < 4 * self->rows; y++)
    for (int64_t x = 0; x < self->out[1]; x++)
      self->out_place[y * self->out[1] + x] = (int32_t) (y * self->out_row + x * lanes);

  int64_t n = self->rows * self->tiles[1];

  self->in_corner = g_new (int32_t, n);
  self->out_corner = g_new (int32_t, n);
  for (int64_t t = 0; t < n; t++) {
    self->in_corner[t] = (int32_t) (t / self->tiles[1] * 4 * self->in_row + t % self->tiles[1] * 4 * lanes);
    self->out_corner[t] = (int32_t) (t / self->tiles[1] * 4 * self->out_row + t % self->tiles[1] * 4 * lanes);
  }
}

void
_dub_winograd_layout_clear (DubWinogradLayout *self)
{
  g_free (self->in_place);
  g_free (self->out_place);
  g_free (self->in_corner);
  g_free (self->out_corner);
}

DubWinogradBlock
_dub_winograd_block (const DubWinogradLayout *self,
                     int64_t                  index)
{
  DubWinogradBlock block = {
    .image = index / self->n_row_blocks * self->images,
    .row = index % self->n_row_blocks * self->rows,
  };

  block.n_images = MIN (self->images, self->n_images - block.image);
  block.n_rows = MIN (self->rows, self->tiles[0] - block.row);
  block.n_tiles = block.n_images * block.n_rows * self->tiles[1];

  return block;
}

void
_dub_winograd_take_input (const DubWinogradLayout *self,
                          const DubWinogradBlock  *block,
                          const float             *x,
                          int                      n_channels,
                          float                   *image_lanes,
                          float                   *planes,
                          int64_t                  plane,
                          int64_t                  tile)
{
  int64_t top = 4 * block->row + self->first[0];
  int64_t from = MAX (top, 0);
  int64_t to = MIN (top + 4 * self->rows + 2, self->in[0]);
  DubWinogradJob job = {
    .in = image_lanes,
    .out = planes,
    .corner = self->in_corner,
    .n_tiles = (int) (block->n_rows * self->tiles[1]),
    .row = self->in_row,
    .plane = plane,
    .tile = tile,
  };

  if (to > from)
    self->kernels->gather_lanes (x + from * self->in[1], self->in[0] * self->in[1], n_channels, (to - from) * self->in[1],
                                 self->in_place + (from - top) * self->in[1], image_lanes);
  self->kernels->winograd_input (&job);
}

/* A sum of the engine: the convolution itself, or its reverse. */
typedef struct {
  DubWinogradLayout      layout;
  const DubConvGeometry *g;
  const float           *w;
  const float           *x;
  const float           *bias;
  float                 *y;
  float                 *packed;       /* [output block][36 planes][C][width], planes SKEW apart */
  int64_t                n_out_blocks;
  int64_t                n_shares;     /* of the output blocks */
  int32_t               *step;         /* [C] */
  int                    out_of_memory; /* atomic */
} Sum;

static int64_t
packed_plane (const Sum *self,
              int64_t    width)
{
  return self->g->in_channels * width + DUB_WINOGRAD_SKEW;
}

static float *
packed_block (const Sum *self,
              int64_t    b)
{
  int64_t first = dub_out_block_first (self->layout.kernels, self->g->out_channels, b);

  return self->packed + DUB_WINOGRAD_PLANES * (first * self->g->in_channels + b * DUB_WINOGRAD_SKEW);
}

static void
pack_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Sum *self = user_data;
  const DubConvGeometry *g = self->g;
  const DubKernels *kernels = self->layout.kernels;
  int64_t b = (int64_t) piece % self->n_out_blocks;
  int64_t c = (int64_t) piece / self->n_out_blocks * PACK_CHANNELS;
  int64_t end = MIN (c + PACK_CHANNELS, g->in_channels);
  int64_t first = dub_out_block_first (kernels, g->out_channels, b);
  int64_t width = dub_out_block_first (kernels, g->out_channels, b + 1) - first;
  float *to = packed_block (self, b);

  for (; c < end; c++)
    for (int64_t k = 0; k < width; k += kernels->lanes)
      kernels->winograd_weights (self->w + g->w_base + c * g->w_in + (first + k) * g->w_out, g->w_out, g->w_tap[1],
                                 g->w_tap[2], (int) MIN (kernels->lanes, g->out_channels - first - k),
                                 to + c * width + k, packed_plane (self, width));
}

/* The 36 products of block @b of output channels. */
static void
multiply (const Sum     *self,
          int64_t        b,
          int64_t        width,
          const int32_t *point,
          int64_t        n_tiles,
          const float   *planes,
          int64_t        plane,
          float         *products,
          int64_t        product_plane)
{
  static const float ZERO[64] = { 0 };
  const float *weights = packed_block (self, b);
  int64_t at_once = MAX (WEIGHTS_AT_ONCE / width, 1);

  for (int64_t p = 0; p < DUB_WINOGRAD_PLANES; p++)
    for (int64_t c = 0; c < self->g->in_channels; c += at_once) {
      DubPointsJob points = {
        .in = planes + p * plane,
        .offset = self->step + c,
        .n_steps = (int) MIN (at_once, self->g->in_channels - c),
        .weights = weights + p * packed_plane (self, width) + c * width,
        .bias = c == 0 ? ZERO : NULL,
        .point = point,
        .n_points = (int) n_tiles,
        .out = products + p * product_plane,
        .n_vectors = (int) (width / self->layout.kernels->lanes),
      };

      self->layout.kernels->points (&points);
    }
}

/* Products of block @b back into the image. */
static void
give_output (const Sum              *self,
             const DubWinogradBlock *block,
             int64_t                 first,
             int64_t                 width,
             const float            *products,
             int64_t                 product_plane,
             float                  *image_lanes)
{
  const DubWinogradLayout *l = &self->layout;
  int64_t n_pixels = l->out[0] * l->out[1];
  int64_t n_tiles = block->n_rows * l->tiles[1];
  int64_t n_rows = MIN (4 * l->rows, l->out[0] - 4 * block->row);

  for (int64_t n = 0; n < block->n_images; n++)
    for (int64_t k = 0; k < width && first + k < self->g->out_channels; k += l->kernels->lanes) {
      int64_t n_channels = MIN (l->kernels->lanes, self->g->out_channels - first - k);
      float bias[16] = { 0 };
      DubWinogradJob job = {
        .in = products + n * n_tiles * width + k,
        .out = image_lanes,
        .corner = l->out_corner,
        .n_tiles = (int) n_tiles,
        .row = l->out_row,
        .plane = product_plane,
        .tile = width,
        .bias = self->bias != NULL ? bias : NULL,
      };

      if (self->bias != NULL)
        memcpy (bias, self->bias + first + k, (size_t) n_channels * sizeof (float));
      l->kernels->winograd_output (&job);
      l->kernels->scatter_lanes (image_lanes, l->out_place, n_rows * l->out[1],
                                 self->y + ((block->image + n) * self->g->out_channels + first + k) * n_pixels +
                                   4 * block->row * l->out[1],
                                 n_pixels, (int) n_channels);
    }
}

static void
sum_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  Sum *self = user_data;
  const DubWinogradLayout *l = &self->layout;
  int64_t lanes = l->kernels->lanes;
  int64_t n_in = self->g->in_channels;
  int64_t in_width = dub_round_up (n_in, lanes);
  int64_t plane = l->most_tiles * in_width + DUB_WINOGRAD_SKEW;
  int64_t widest = 4 * lanes;
  int64_t product_plane = l->most_tiles * widest + DUB_WINOGRAD_SKEW;
  int64_t image_floats = MAX (l->in_floats, l->out_floats);
  int64_t share = (int64_t) piece % self->n_shares;
  DubWinogradBlock block = _dub_winograd_block (l, (int64_t) piece / self->n_shares);
  int64_t n_tiles = block.n_rows * l->tiles[1];
  float *image_lanes = dub_kernel_scratch ((size_t) (image_floats + DUB_WINOGRAD_PLANES * (plane + product_plane) +
                                                     dub_round_up (l->most_tiles, 16)) * sizeof (float));

  if (image_lanes == NULL) {
    g_atomic_int_set (&self->out_of_memory, TRUE);
    return;
  }

  float *planes = image_lanes + image_floats;
  float *products = planes + DUB_WINOGRAD_PLANES * plane;
  int32_t *point = (int32_t *) (void *) (products + DUB_WINOGRAD_PLANES * product_plane);

  for (int64_t t = 0; t < block.n_tiles; t++)
    point[t] = (int32_t) (t * in_width);
  memset (image_lanes, 0, (size_t) l->in_floats * sizeof (float));
  for (int64_t n = 0; n < block.n_images; n++)
    for (int64_t c = 0; c < n_in; c += lanes)
      _dub_winograd_take_input (l, &block, self->x + ((block.image + n) * n_in + c) * l->in[0] * l->in[1],
                                (int) MIN (lanes, n_in - c), image_lanes, planes + n * n_tiles * in_width + c, plane,
                                in_width);

  for (int64_t b = self->n_out_blocks * share / self->n_shares; b < self->n_out_blocks * (share + 1) / self->n_shares; b++) {
    int64_t first = dub_out_block_first (l->kernels, self->g->out_channels, b);
    int64_t width = dub_out_block_first (l->kernels, self->g->out_channels, b + 1) - first;

    multiply (self, b, width, point, block.n_tiles, planes, plane, products, product_plane);
    give_output (self, &block, first, width, products, product_plane, image_lanes);
  }
}

static gboolean
run_sum (const DubKernels      *kernels,
         const DubConvGeometry *geometry,
         const float           *x,
         const float           *w,
         const float           *bias,
         float                 *y,
         float                 *scratch,
         DubRun                *run,
         GError               **error)
{
  Sum self = { .g = geometry, .w = w, .x = x, .bias = bias, .y = y, .packed = scratch };
  int64_t n_packs = (geometry->in_channels + PACK_CHANNELS - 1) / PACK_CHANNELS;

  _dub_winograd_layout_init (&self.layout, kernels, geometry);
  self.n_out_blocks = dub_n_out_blocks (kernels, geometry->out_channels);
  self.n_shares = CLAMP (FEWEST_PIECES / self.layout.n_blocks, 1, self.n_out_blocks);
  self.step = g_new (int32_t, geometry->in_channels);
  for (int64_t c = 0; c < geometry->in_channels; c++)
    self.step[c] = (int32_t) c;

  gboolean done = dub_parallel_for (run, (size_t) (self.n_out_blocks * n_packs), pack_piece, &self, error) &&
                  dub_parallel_for (run, (size_t) (self.layout.n_blocks * self.n_shares), sum_piece, &self, error) &&
                  _dub_conv_check_memory (&self.out_of_memory, error);

  g_free (self.step);
  _dub_winograd_layout_clear (&self.layout);

  return done;
}

gboolean
dub_winograd_forward (const DubKernels   *kernels,
                      const DubConvShape *shape,
                      const float        *x,
                      const float        *w,
                      const float        *bias,
                      float              *y,
                      float              *scratch,
                      DubRun             *run,
                      GError            **error)
{
  DubConvGeometry geometry;

  g_return_val_if_fail (dub_winograd_fits (shape), FALSE);

  dub_conv_geometry_forward (shape, &geometry);

  return run_sum (kernels, &geometry, x, w, bias, y, scratch, run, error);
}

gboolean
dub_winograd_reverse (const DubKernels   *kernels,
                      const DubConvShape *shape,
                      const float        *dy,
                      const float        *w,
                      float              *dx,
                      float              *scratch,
                      DubRun             *run,
                      GError            **error)
{
  DubConvGeometry geometry;

  g_return_val_if_fail (dub_winograd_fits (shape), FALSE);

  dub_conv_geometry_reverse (shape, 0, &geometry);

  return run_sum (kernels, &geometry, dy, w, NULL, dx, scratch, run, error);
}
