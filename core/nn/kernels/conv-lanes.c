#include "core/nn/kernels/conv-lanes-private.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/conv-private.h"

#include <string.h>

enum {
  SLAB_FLOATS     = 160000, /* of a block: a third of a second-level cache */
  POINTS          = 128,    /* outputs of a block, about */
  WEIGHTS_AT_ONCE = 6144,   /* floats of weights that stay in the first-level cache */
  FEWEST_PIECES   = 8,      /* output channels are shared out where blocks alone are fewer */
  MOST_SUMS       = 16,     /* remainders of a strided reverse */
  MOST_TAPS       = 256,
};

gboolean
dub_conv_lanes_fits (const DubConvShape *shape)
{
  if (shape->n_groups != 1 || shape->n_images < 1 || shape->kernel[0] != 1 || shape->in[0] != 1 || shape->out[0] != 1 ||
      shape->pad[0] != 0 || shape->stride[0] != 1)
    return FALSE;
  for (int a = 1; a < 3; a++)
    if (shape->in[a] < 1 || shape->out[a] < 1 || shape->in[a] > 4096 || shape->out[a] > 4096 || shape->kernel[a] * shape->kernel[a] > MOST_TAPS ||
        shape->dilation[a] > 64 || shape->pad[a] < 0 || shape->pad[a] > 64)
      return FALSE;

  return shape->in_channels <= 65536 && shape->out_channels <= 65536 && dub_conv_n_reverse (shape) <= MOST_SUMS;
}

gboolean
dub_conv_lanes_pays (const DubConvShape *shape)
{
  /* A row of few channels fills no vector, and a row of very many no cache. */
  return dub_conv_lanes_fits (shape) && shape->in_channels >= 16 && shape->out_channels >= 16 &&
         shape->in[2] * MAX (shape->in_channels, shape->out_channels) <= SLAB_FLOATS / 8 &&
         shape->n_images * shape->out[1] * shape->out[2] >= 64;
}

void
_dub_lanes_layout_init (DubLanesLayout        *self,
                        const DubKernels      *kernels,
                        const DubConvGeometry *geometries,
                        int64_t                n_geometries,
                        int64_t                n_channels)
{
  int64_t high[2] = { 0, 0 };

  *self = (DubLanesLayout) {
    .kernels = kernels,
    .n_images = geometries->n_images,
    .width = dub_round_up (n_channels, kernels->lanes),
  };
  for (int a = 0; a < 2; a++) {
    self->in[a] = geometries->in[a + 1];
    self->stride[a] = geometries->stride[a + 1];
    for (int64_t q = 0; q < n_geometries; q++) {
      const DubConvGeometry *g = &geometries[q];

      self->out[a] = MAX (self->out[a], g->out[a + 1]);
      if (g->n_taps[1] * g->n_taps[2] == 0)
        continue;
      self->low[a] = MIN (self->low[a], g->first[a + 1]);
      high[a] = MAX (high[a], g->first[a + 1] + (g->n_taps[a + 1] - 1) * g->step[a + 1]);
    }
  }

  /* Columns that no sum reads stand in the slab, too: rows are taken whole. */
  self->slab[1] = MAX ((self->out[1] - 1) * self->stride[1] + high[1] - self->low[1] + 1, self->in[1] - self->low[1]);

  int64_t row_floats = self->slab[1] * self->width;
  int64_t halo = high[0] - self->low[0] + 1;
  int64_t most = MAX ((SLAB_FLOATS / row_floats - halo) / self->stride[0] + 1, 1);

  self->rows = MIN (most, self->out[0]);
  self->slab[0] = (self->rows - 1) * self->stride[0] + halo;
  self->image_floats = self->slab[0] * row_floats;
  self->images = 1;
  if (self->rows == self->out[0])
    self->images = CLAMP (MIN (POINTS / (self->out[0] * self->out[1]), SLAB_FLOATS / self->image_floats), 1, self->n_images);
  self->n_row_blocks = (self->out[0] + self->rows - 1) / self->rows;
  self->n_blocks = (self->n_images + self->images - 1) / self->images * self->n_row_blocks;

  self->place = g_new (int32_t, self->slab[0] * self->in[1]);
  for (int64_t y = 0; y < self->slab[0]; y++)
    for (int64_t x = 0; x < self->in[1]; x++)
      self->place[y * self->in[1] + x] = (int32_t) ((y * self->slab[1] + x - self->low[1]) * self->width);
}

void
_dub_lanes_layout_clear (DubLanesLayout *self)
{
  g_free (self->place);
}

DubLanesBlock
_dub_lanes_block (const DubLanesLayout *self,
                  int64_t               index)
{
  DubLanesBlock block = {
    .image = index / self->n_row_blocks * self->images,
    .row = index % self->n_row_blocks * self->rows,
  };

  block.n_images = MIN (self->images, self->n_images - block.image);
  block.n_rows = MIN (self->rows, self->out[0] - block.row);

  return block;
}

void
_dub_lanes_take (const DubLanesLayout *self,
                 const DubLanesBlock  *block,
                 const float          *x,
                 int64_t               n_all,
                 int64_t               first,
                 int64_t               n_channels,
                 float                *slab)
{
  int64_t n_pixels = self->in[0] * self->in[1];
  int64_t top = block->row * self->stride[0] + self->low[0];
  int64_t from = MAX (top, 0);
  int64_t to = MIN (top + self->slab[0], self->in[0]);

  if (to <= from)
    return;
  for (int64_t n = 0; n < block->n_images; n++)
    for (int64_t c = 0; c < n_channels; c += self->kernels->lanes)
      self->kernels->gather_lanes (x + ((block->image + n) * n_all + first + c) * n_pixels + from * self->in[1], n_pixels,
                                   (int) MIN (self->kernels->lanes, n_channels - c), (to - from) * self->in[1],
                                   self->place + (from - top) * self->in[1], slab + n * self->image_floats + c);
}

/* Sums that read one input and fill one output: a convolution, or all remainders of a reverse. */
typedef struct {
  DubLanesLayout        layout;
  const DubConvGeometry *g;          /* [n_sums] */
  int64_t               n_sums;
  const float          *x;
  const float          *w;
  const float          *bias;
  float                *y;
  float                *packed;      /* [output block][sum][taps · C][width] */
  int64_t               n_taps;      /* of all sums */
  int64_t               n_out_blocks;
  int64_t               n_shares;    /* of the output blocks */
  int32_t              *offset[MOST_SUMS]; /* [taps · C] */
  int32_t              *point[MOST_SUMS];  /* [images · outputs] of a full block */
  int64_t               rows[MOST_SUMS];   /* of outputs in a full block */
  int64_t               base[MOST_SUMS];   /* outputs of a full block before those of the sum */
  int64_t               n_points;          /* of all sums */
  int32_t              *target;      /* [images][output pixels of a full block] for one lane of width 1 */
  int64_t               target_rows; /* of output pixels in a full block */
  int                   out_of_memory; /* atomic */
} Sums;

static float *
packed_sum (const Sums *self,
            int64_t     b,
            int64_t     q)
{
  int64_t first = dub_out_block_first (self->layout.kernels, self->g->out_channels, b);
  int64_t width = dub_out_block_first (self->layout.kernels, self->g->out_channels, b + 1) - first;
  int64_t taps = 0;

  for (int64_t i = 0; i < q; i++)
    taps += self->g[i].n_taps[1] * self->g[i].n_taps[2];

  return self->packed + (self->n_taps * first + taps * width) * self->g->in_channels;
}

static void
pack_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Sums *self = user_data;
  int64_t b = (int64_t) piece % self->n_out_blocks;
  const DubConvGeometry *g = &self->g[(int64_t) piece / self->n_out_blocks];
  int64_t first = dub_out_block_first (self->layout.kernels, g->out_channels, b);
  int64_t width = dub_out_block_first (self->layout.kernels, g->out_channels, b + 1) - first;
  int64_t n_real = MIN (width, g->out_channels - first);
  int64_t n_taps = g->n_taps[1] * g->n_taps[2];
  float *to = packed_sum (self, b, (int64_t) piece / self->n_out_blocks);
  int64_t tap[MOST_TAPS];

  for (int64_t t = 0; t < n_taps; t++)
    tap[t] = t / g->n_taps[2] * g->w_tap[1] + t % g->n_taps[2] * g->w_tap[2];

  /* Taps are neighbours in memory, so they run inside. */
  for (int64_t c = 0; c < g->in_channels && n_taps > 0; c++)
    for (int64_t o = 0; o < width; o++) {
      const float *from = self->w + g->w_base + c * g->w_in + (first + MIN (o, n_real - 1)) * g->w_out;

      for (int64_t t = 0; t < n_taps; t++)
        to[(t * g->in_channels + c) * width + o] = o < n_real ? from[tap[t]] : 0.0f;
    }
}

static void
sum_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  Sums *self = user_data;
  const DubLanesLayout *l = &self->layout;
  const DubKernels *kernels = l->kernels;
  int64_t n_out = self->g->out_channels;
  int64_t share = (int64_t) piece % self->n_shares;
  DubLanesBlock block = _dub_lanes_block (l, (int64_t) piece / self->n_shares);
  int64_t slab_floats = l->images * l->image_floats;
  int64_t n_pixels = self->g->place_extent[1] * self->g->place_extent[2];
  int64_t top = block.row * self->g->place_step[1];
  int64_t target_pixels = MIN (self->target_rows, self->g->place_extent[1] - top) * self->g->place_extent[2];
  float *slab = dub_kernel_scratch ((size_t) (slab_floats + self->n_points * 4 * kernels->lanes +
                                              l->images * self->target_rows * self->g->place_extent[2]) * sizeof (float));

  if (slab == NULL) {
    g_atomic_int_set (&self->out_of_memory, TRUE);
    return;
  }

  float *tile = slab + slab_floats;
  int32_t *place = (int32_t *) (void *) (tile + self->n_points * 4 * kernels->lanes);
  int64_t placed_for = 0;

  memset (slab, 0, (size_t) slab_floats * sizeof (float));
  _dub_lanes_take (l, &block, self->x, self->g->in_channels, 0, self->g->in_channels, slab);

  for (int64_t b = self->n_out_blocks * share / self->n_shares; b < self->n_out_blocks * (share + 1) / self->n_shares; b++) {
    int64_t first = dub_out_block_first (kernels, n_out, b);
    int64_t width = dub_out_block_first (kernels, n_out, b + 1) - first;
    int64_t at_once = MAX (WEIGHTS_AT_ONCE / width, 1);
    float bias[64] = { 0 };

    if (self->bias != NULL)
      memcpy (bias, self->bias + first, (size_t) MIN (width, n_out - first) * sizeof (float));

    for (int64_t q = 0; q < self->n_sums; q++) {
      const DubConvGeometry *g = &self->g[q];
      int64_t n_steps = g->n_taps[1] * g->n_taps[2] * g->in_channels;
      int64_t n_rows = CLAMP (g->out[1] - block.row, 0, self->rows[q]);
      const float *weights = packed_sum (self, b, q);

      for (int64_t k = 0; k == 0 || k < n_steps; k += at_once) {
        DubPointsJob points = {
          .in = slab,
          .offset = self->offset[q] + k,
          .n_steps = (int) MIN (at_once, n_steps - k),
          .weights = weights + k * width,
          .bias = k == 0 ? bias : NULL,
          .point = self->point[q],
          .n_points = (int) (block.n_images * n_rows * g->out[2]),
          .out = tile + self->base[q] * width,
          .n_vectors = (int) (width / kernels->lanes),
        };

        kernels->points (&points);
      }
    }

    if (placed_for != width)
      for (int64_t i = 0; i < l->images * self->target_rows * self->g->place_extent[2]; i++)
        place[i] = (int32_t) (self->target[i] * width);
    placed_for = width;
    for (int64_t n = 0; n < block.n_images; n++)
      for (int64_t k = 0; k < width && first + k < n_out; k += kernels->lanes)
        kernels->scatter_lanes (tile + k, place + n * self->target_rows * self->g->place_extent[2], target_pixels,
                                self->y + ((block.image + n) * n_out + first + k) * n_pixels +
                                  top * self->g->place_extent[2],
                                n_pixels, (int) MIN (kernels->lanes, n_out - first - k));
  }
}

/* Where each sum reads and where each output pixel finds its number. */
static void
make_tables (Sums *self)
{
  const DubLanesLayout *l = &self->layout;
  int64_t n_in = self->g->in_channels;
  int64_t columns = self->g->place_extent[2];

  for (int64_t q = 0; q < self->n_sums; q++) {
    const DubConvGeometry *g = &self->g[q];
    int64_t n_taps = g->n_taps[1] * g->n_taps[2];
    int64_t per_image;

    self->rows[q] = MIN (l->rows, g->out[1]);
    per_image = self->rows[q] * g->out[2];
    self->base[q] = self->n_points;
    self->n_points += l->images * per_image;

    self->offset[q] = g_new (int32_t, MAX (n_taps * n_in, 1));
    for (int64_t t = 0; t < n_taps; t++)
      for (int64_t c = 0; c < n_in; c++)
        self->offset[q][t * n_in + c] = (int32_t) (dub_lanes_tap (l, g, t / g->n_taps[2], t % g->n_taps[2]) + c);

    self->point[q] = g_new (int32_t, MAX (l->images * per_image, 1));
    for (int64_t i = 0; i < l->images * per_image; i++)
      self->point[q][i] = n_taps == 0 ? 0
                                      : (int32_t) (i / per_image * l->image_floats +
                                                   dub_lanes_point (l, g, i % per_image / g->out[2], i % g->out[2]));

    for (int64_t i = 0; i < l->images * per_image; i++) {
      int64_t y = i % per_image / g->out[2] * g->place_step[1] + g->place_first[1];
      int64_t x = i % g->out[2] * g->place_step[2] + g->place_first[2];

      self->target[(i / per_image * self->target_rows + y) * columns + x] = (int32_t) (self->base[q] + i);
    }
  }
}

static gboolean
run_sums (const DubKernels      *kernels,
          const DubConvGeometry *geometries,
          int64_t                n_sums,
          const float           *x,
          const float           *w,
          const float           *bias,
          float                 *y,
          float                 *scratch,
          DubRun                *run,
          GError               **error)
{
  Sums self = { .g = geometries, .n_sums = n_sums, .x = x, .w = w, .bias = bias, .y = y, .packed = scratch };

  _dub_lanes_layout_init (&self.layout, kernels, geometries, n_sums, geometries->in_channels);
  for (int64_t q = 0; q < n_sums; q++)
    self.n_taps += geometries[q].n_taps[1] * geometries[q].n_taps[2];
  self.n_out_blocks = dub_n_out_blocks (kernels, geometries->out_channels);
  self.n_shares = CLAMP (FEWEST_PIECES / self.layout.n_blocks, 1, self.n_out_blocks);
  self.target_rows = self.layout.rows * geometries->place_step[1];
  self.target = g_new0 (int32_t, self.layout.images * self.target_rows * geometries->place_extent[2]);
  make_tables (&self);

  gboolean done = dub_parallel_for (run, (size_t) (self.n_out_blocks * n_sums), pack_piece, &self, error) &&
                  dub_parallel_for (run, (size_t) (self.layout.n_blocks * self.n_shares), sum_piece, &self, error) &&
                  _dub_conv_check_memory (&self.out_of_memory, error);

  for (int64_t q = 0; q < n_sums; q++) {
    g_free (self.offset[q]);
    g_free (self.point[q]);
  }
  g_free (self.target);
  _dub_lanes_layout_clear (&self.layout);

  return done;
}

gboolean
dub_conv_lanes_forward (const DubKernels   *kernels,
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

  g_return_val_if_fail (dub_conv_lanes_fits (shape), FALSE);

  dub_conv_geometry_forward (shape, &geometry);

  return run_sums (kernels, &geometry, 1, x, w, bias, y, scratch, run, error);
}

gboolean
dub_conv_lanes_reverse (const DubKernels   *kernels,
                        const DubConvShape *shape,
                        const float        *dy,
                        const float        *w,
                        float              *dx,
                        float              *scratch,
                        DubRun             *run,
                        GError            **error)
{
  DubConvGeometry geometries[MOST_SUMS];

  g_return_val_if_fail (dub_conv_lanes_fits (shape), FALSE);

  for (int64_t q = 0; q < dub_conv_n_reverse (shape); q++)
    dub_conv_geometry_reverse (shape, q, &geometries[q]);

  return run_sums (kernels, geometries, dub_conv_n_reverse (shape), dy, w, NULL, dx, scratch, run, error);
}
