/* The gradient of the weights: in each of the 36 planes Σ over tiles of input times gradient, over blocks of
 * channels whose sums stay in the second-level cache. Where blocks are few, tiles are shared out too,
 * and the shares' sums are added in their order. */
#include "core/nn/kernels/winograd-private.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/add-shares.h"
#include "core/nn/kernels/conv-private.h"

#include <string.h>

enum {
  IN_BLOCK      = 64,   /* input channels of a piece */
  FEWEST_PIECES = 16,
};

typedef struct {
  DubWinogradLayout   layout;
  const DubConvShape *shape;
  const float        *x;
  const float        *dy;
  float              *dw;
  float              *partial;     /* [n_shares][K][C][9], unused where there is one share */
  int64_t             n_in_blocks;
  int64_t             n_out_blocks;
  int64_t             n_shares;    /* of the blocks of tiles */
  int                 out_of_memory; /* atomic */
} Gradient;

static size_t
n_weights (const DubConvShape *shape)
{
  return (size_t) (shape->in_channels * shape->out_channels * 9);
}

static void
cut (Gradient           *self,
     const DubKernels   *kernels,
     const DubConvShape *shape)
{
  DubConvGeometry geometry;

  dub_conv_geometry_forward (shape, &geometry);
  _dub_winograd_layout_init (&self->layout, kernels, &geometry);
  self->shape = shape;
  self->n_in_blocks = (shape->in_channels + IN_BLOCK - 1) / IN_BLOCK;
  self->n_out_blocks = dub_n_out_blocks (kernels, shape->out_channels);
  self->n_shares = CLAMP (FEWEST_PIECES / (self->n_in_blocks * self->n_out_blocks), 1, self->layout.n_blocks);
}

size_t
dub_winograd_scratch (const DubKernels   *kernels,
                      const DubConvShape *shape)
{
  Gradient gradient = { 0 };
  size_t in = (size_t) shape->in_channels;
  size_t out = (size_t) shape->out_channels;
  size_t in_wide = (size_t) dub_round_up (shape->in_channels, kernels->lanes);
  size_t out_wide = (size_t) dub_round_up (shape->out_channels, kernels->lanes);
  size_t in_blocks = (size_t) dub_n_out_blocks (kernels, shape->in_channels);
  size_t out_blocks = (size_t) dub_n_out_blocks (kernels, shape->out_channels);
  size_t forward = DUB_WINOGRAD_PLANES * (in * out_wide + out_blocks * DUB_WINOGRAD_SKEW);
  size_t reverse = DUB_WINOGRAD_PLANES * (out * in_wide + in_blocks * DUB_WINOGRAD_SKEW);

  cut (&gradient, kernels, shape);
  _dub_winograd_layout_clear (&gradient.layout);

  size_t partial = gradient.n_shares > 1 ? (size_t) gradient.n_shares * n_weights (shape) : 0;

  return MAX (MAX (forward, reverse), partial);
}

/* The gradient's channels [first, first + width) of image @n of @block into their planes. */
static void
take_gradient (const Gradient         *self,
               const DubWinogradBlock *block,
               int64_t                 n,
               int64_t                 first,
               int64_t                 width,
               float                  *image_lanes,
               float                  *planes,
               int64_t                 plane)
{
  const DubWinogradLayout *l = &self->layout;
  int64_t n_pixels = l->out[0] * l->out[1];
  int64_t n_rows = MIN (4 * l->rows, l->out[0] - 4 * block->row);

  for (int64_t k = 0; k < width; k += l->kernels->lanes) {
    DubWinogradJob job = {
      .in = image_lanes,
      .out = planes + k,
      .corner = l->out_corner,
      .n_tiles = (int) (block->n_rows * l->tiles[1]),
      .row = l->out_row,
      .plane = plane,
      .tile = width,
    };

    l->kernels->gather_lanes (self->dy + ((block->image + n) * self->shape->out_channels + first + k) * n_pixels +
                                4 * block->row * l->out[1],
                              n_pixels, (int) MIN (l->kernels->lanes, self->shape->out_channels - first - k),
                              n_rows * l->out[1], l->out_place, image_lanes);
    l->kernels->winograd_gradient (&job);
  }
}

static void
gradient_piece (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  Gradient *self = user_data;
  const DubWinogradLayout *l = &self->layout;
  const DubKernels *kernels = l->kernels;
  int64_t lanes = kernels->lanes;
  int64_t share = (int64_t) piece % self->n_shares;
  int64_t b = (int64_t) piece / self->n_shares % self->n_out_blocks;
  int64_t in_first = (int64_t) piece / self->n_shares / self->n_out_blocks * IN_BLOCK;
  int64_t n_in = MIN (IN_BLOCK, self->shape->in_channels - in_first);
  int64_t in_width = dub_round_up (n_in, lanes);
  int64_t first = dub_out_block_first (kernels, self->shape->out_channels, b);
  int64_t width = dub_out_block_first (kernels, self->shape->out_channels, b + 1) - first;
  int64_t in_plane = l->most_tiles * in_width + DUB_WINOGRAD_SKEW;
  int64_t out_plane = l->most_tiles * width + DUB_WINOGRAD_SKEW;
  int64_t sum_plane = in_width * width + DUB_WINOGRAD_SKEW;
  int64_t n_tables = dub_round_up (l->most_tiles + in_width, 16);
  float *in_lanes = dub_kernel_scratch ((size_t) (l->in_floats + l->out_floats + n_tables + DUB_WINOGRAD_PLANES *
                                                  (in_plane + out_plane + sum_plane)) * sizeof (float));

  if (in_lanes == NULL) {
    g_atomic_int_set (&self->out_of_memory, TRUE);
    return;
  }

  float *out_lanes = in_lanes + l->in_floats;
  float *in_planes = out_lanes + l->out_floats;
  float *out_planes = in_planes + DUB_WINOGRAD_PLANES * in_plane;
  float *sums = out_planes + DUB_WINOGRAD_PLANES * out_plane;
  int32_t *offset = (int32_t *) (void *) (sums + DUB_WINOGRAD_PLANES * sum_plane);
  int32_t *point = offset + l->most_tiles;

  for (int64_t t = 0; t < l->most_tiles; t++)
    offset[t] = (int32_t) (t * in_width);
  for (int64_t c = 0; c < n_in; c++)
    point[c] = (int32_t) c;
  memset (in_lanes, 0, (size_t) (l->in_floats + l->out_floats) * sizeof (float));
  memset (sums, 0, (size_t) (DUB_WINOGRAD_PLANES * sum_plane) * sizeof (float));

  for (int64_t i = l->n_blocks * share / self->n_shares; i < l->n_blocks * (share + 1) / self->n_shares; i++) {
    DubWinogradBlock block = _dub_winograd_block (l, i);
    int64_t n_tiles = block.n_rows * l->tiles[1];

    /* What another block of the image has left at its edge. */
    if (l->n_row_blocks > 1)
      memset (in_lanes, 0, (size_t) (l->in_floats + l->out_floats) * sizeof (float));
    for (int64_t n = 0; n < block.n_images; n++) {
      for (int64_t c = 0; c < n_in; c += lanes)
        _dub_winograd_take_input (l, &block, self->x + ((block.image + n) * self->shape->in_channels + in_first + c) *
                                                         l->in[0] * l->in[1],
                                  (int) MIN (lanes, n_in - c), in_lanes, in_planes + n * n_tiles * in_width + c, in_plane,
                                  in_width);
      take_gradient (self, &block, n, first, width, out_lanes, out_planes + n * n_tiles * width, out_plane);
    }

    for (int64_t p = 0; p < DUB_WINOGRAD_PLANES; p++) {
      DubPointsJob points = {
        .in = in_planes + p * in_plane,
        .offset = offset,
        .n_steps = (int) block.n_tiles,
        .weights = out_planes + p * out_plane,
        .point = point,
        .n_points = (int) n_in,
        .out = sums + p * sum_plane,
        .n_vectors = (int) (width / lanes),
      };

      kernels->points (&points);
    }
  }

  float *dw = self->n_shares > 1 ? self->partial + (size_t) share * n_weights (self->shape) : self->dw;

  for (int64_t c = 0; c < n_in; c++)
    for (int64_t k = 0; k < width && first + k < self->shape->out_channels; k += lanes)
      kernels->winograd_unweights (sums + c * width + k, sum_plane,
                                   (int) MIN (lanes, self->shape->out_channels - first - k),
                                   dw + ((first + k) * self->shape->in_channels + in_first + c) * 9,
                                   self->shape->in_channels * 9);
}

gboolean
dub_winograd_weights (const DubKernels   *kernels,
                      const DubConvShape *shape,
                      const float        *x,
                      const float        *dy,
                      float              *dw,
                      float              *scratch,
                      DubRun             *run,
                      GError            **error)
{
  Gradient self = { .x = x, .dy = dy, .dw = dw, .partial = scratch };

  g_return_val_if_fail (dub_winograd_fits (shape), FALSE);

  cut (&self, kernels, shape);

  size_t n_pieces = (size_t) (self.n_in_blocks * self.n_out_blocks * self.n_shares);
  gboolean done = dub_parallel_for (run, n_pieces, gradient_piece, &self, error) &&
                  _dub_conv_check_memory (&self.out_of_memory, error) &&
                  (self.n_shares == 1 || _dub_add_shares (self.partial, self.n_shares, n_weights (shape), dw, run, error));

  _dub_winograd_layout_clear (&self.layout);

  return done;
}
