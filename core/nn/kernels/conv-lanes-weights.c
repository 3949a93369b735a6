/* The gradient of the weights: Σ over outputs of input times gradient, for a block of input and a block of output
 * channels, whose sums stay in the second-level cache. Where blocks are few, images are shared out too,
 * and the shares' sums are added in their order. */
#include "core/nn/kernels/conv-lanes-private.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/add-shares.h"
#include "core/nn/kernels/conv-private.h"

#include <string.h>

enum {
  SUM_POINTS    = 1152, /* input channels x taps of a piece, about */
  STEPS_AT_ONCE = 96,   /* outputs whose gradient stays in the first-level cache */
  FEWEST_PIECES = 16,
};

typedef struct {
  DubLanesLayout      layout;
  DubConvGeometry     g;
  const DubConvShape *shape;
  const float        *x;
  const float        *dy;
  float              *dw;
  float              *partial;     /* [n_shares][weights], unused where there is one share */
  int64_t             n_taps;
  int64_t             in_block;    /* input channels of a piece */
  int64_t             n_in_blocks;
  int64_t             n_out_blocks;
  int64_t             n_shares;    /* of the blocks of images */
  int32_t            *offset;      /* [images · outputs] of a full block */
  int                 out_of_memory; /* atomic */
} Gradient;

static size_t
n_weights (const DubConvShape *shape)
{
  return (size_t) (shape->in_channels * shape->out_channels * shape->kernel[1] * shape->kernel[2]);
}

static void
cut (Gradient           *self,
     const DubKernels   *kernels,
     const DubConvShape *shape)
{
  dub_conv_geometry_forward (shape, &self->g);
  self->shape = shape;
  self->n_taps = shape->kernel[1] * shape->kernel[2];
  self->in_block = MIN (MAX (SUM_POINTS / self->n_taps / kernels->lanes, 1) * kernels->lanes, shape->in_channels);
  self->n_in_blocks = (shape->in_channels + self->in_block - 1) / self->in_block;
  self->n_out_blocks = dub_n_out_blocks (kernels, shape->out_channels);
  _dub_lanes_layout_init (&self->layout, kernels, &self->g, 1, self->in_block);
  self->n_shares = CLAMP (FEWEST_PIECES / (self->n_in_blocks * self->n_out_blocks), 1, self->layout.n_blocks);
}

size_t
dub_conv_lanes_scratch (const DubKernels   *kernels,
                        const DubConvShape *shape)
{
  Gradient gradient = { 0 };
  size_t taps = (size_t) (shape->kernel[1] * shape->kernel[2]);
  size_t forward = taps * (size_t) (shape->in_channels * dub_round_up (shape->out_channels, kernels->lanes));
  size_t reverse = taps * (size_t) (shape->out_channels * dub_round_up (shape->in_channels, kernels->lanes));

  cut (&gradient, kernels, shape);
  _dub_lanes_layout_clear (&gradient.layout);

  return MAX (MAX (forward, reverse), gradient.n_shares > 1 ? (size_t) gradient.n_shares * n_weights (shape) : 0);
}

/* Channels [first, first + width) of the gradient of @block, [outputs][width]. */
static void
take_gradient (const Gradient      *self,
               const DubLanesBlock *block,
               int64_t              first,
               int64_t              width,
               const int32_t       *place,
               float               *to)
{
  const DubKernels *kernels = self->layout.kernels;
  int64_t n_pixels = self->g.out[1] * self->g.out[2];
  int64_t n = block->n_rows * self->g.out[2];

  for (int64_t i = 0; i < block->n_images; i++)
    for (int64_t k = 0; k < width; k += kernels->lanes)
      kernels->gather_lanes (self->dy + ((block->image + i) * self->shape->out_channels + first + k) * n_pixels +
                               block->row * self->g.out[2],
                             n_pixels, (int) MIN (kernels->lanes, self->shape->out_channels - first - k), n, place,
                             to + i * n * width + k);
}

static void
gradient_piece (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  Gradient *self = user_data;
  const DubLanesLayout *l = &self->layout;
  const DubKernels *kernels = l->kernels;
  const DubConvShape *shape = self->shape;
  int64_t share = (int64_t) piece % self->n_shares;
  int64_t b = (int64_t) piece / self->n_shares % self->n_out_blocks;
  int64_t in_first = (int64_t) piece / self->n_shares / self->n_out_blocks * self->in_block;
  int64_t n_in = MIN (self->in_block, shape->in_channels - in_first);
  int64_t first = dub_out_block_first (kernels, shape->out_channels, b);
  int64_t width = dub_out_block_first (kernels, shape->out_channels, b + 1) - first;
  int64_t n_points = self->n_taps * n_in;
  int64_t most = l->images * l->rows * self->g.out[2];
  int64_t slab_floats = l->images * l->image_floats;
  float *slab = dub_kernel_scratch ((size_t) (slab_floats + (most + n_points) * width + most + n_points) * sizeof (float));

  if (slab == NULL) {
    g_atomic_int_set (&self->out_of_memory, TRUE);
    return;
  }

  float *dy = slab + slab_floats;
  float *sums = dy + most * width;
  int32_t *point = (int32_t *) (void *) (sums + n_points * width);
  int32_t *place = point + n_points;

  for (int64_t i = 0; i < n_points; i++) {
    int64_t t = i / n_in;

    point[i] = (int32_t) (dub_lanes_tap (l, &self->g, t / shape->kernel[2], t % shape->kernel[2]) + i % n_in);
  }
  for (int64_t i = 0; i < most; i++)
    place[i] = (int32_t) (i * width);
  memset (slab, 0, (size_t) slab_floats * sizeof (float));
  memset (sums, 0, (size_t) (n_points * width) * sizeof (float));

  for (int64_t i = l->n_blocks * share / self->n_shares; i < l->n_blocks * (share + 1) / self->n_shares; i++) {
    DubLanesBlock block = _dub_lanes_block (l, i);
    int64_t n = block.n_images * block.n_rows * self->g.out[2];

    /* What another block of the image has left at its edge. */
    if (l->n_row_blocks > 1)
      memset (slab, 0, (size_t) slab_floats * sizeof (float));
    _dub_lanes_take (l, &block, self->x, shape->in_channels, in_first, n_in, slab);
    take_gradient (self, &block, first, width, place, dy);

    for (int64_t o = 0; o < n; o += STEPS_AT_ONCE) {
      DubPointsJob points = {
        .in = slab,
        .offset = self->offset + o,
        .n_steps = (int) MIN (STEPS_AT_ONCE, n - o),
        .weights = dy + o * width,
        .point = point,
        .n_points = (int) n_points,
        .out = sums,
        .n_vectors = (int) (width / kernels->lanes),
      };

      kernels->points (&points);
    }
  }

  float *dw = self->n_shares > 1 ? self->partial + (size_t) share * n_weights (shape) : self->dw;

  for (int64_t k = 0; k < MIN (width, shape->out_channels - first); k++)
    for (int64_t c = 0; c < n_in; c++)
      for (int64_t t = 0; t < self->n_taps; t++)
        dw[((first + k) * shape->in_channels + in_first + c) * self->n_taps + t] = sums[(t * n_in + c) * width + k];
}

gboolean
dub_conv_lanes_weights (const DubKernels   *kernels,
                        const DubConvShape *shape,
                        const float        *x,
                        const float        *dy,
                        float              *dw,
                        float              *scratch,
                        DubRun             *run,
                        GError            **error)
{
  Gradient self = { .x = x, .dy = dy, .dw = dw, .partial = scratch };

  g_return_val_if_fail (dub_conv_lanes_fits (shape), FALSE);

  cut (&self, kernels, shape);

  int64_t per_image = self.layout.rows * self.g.out[2];

  self.offset = g_new (int32_t, self.layout.images * per_image);
  for (int64_t i = 0; i < self.layout.images * per_image; i++)
    self.offset[i] = (int32_t) (i / per_image * self.layout.image_floats +
                                dub_lanes_point (&self.layout, &self.g, i % per_image / self.g.out[2], i % self.g.out[2]));

  size_t n_pieces = (size_t) (self.n_in_blocks * self.n_out_blocks * self.n_shares);
  gboolean done = dub_parallel_for (run, n_pieces, gradient_piece, &self, error) &&
                  _dub_conv_check_memory (&self.out_of_memory, error) &&
                  (self.n_shares == 1 || _dub_add_shares (self.partial, self.n_shares, n_weights (shape), dw, run, error));

  g_free (self.offset);
  _dub_lanes_layout_clear (&self.layout);

  return done;
}
