/* Cuts a sum into blocks. The numbers here are measured on a processor with 2 MB of second-level cache;
 * they cost speed, never correctness, elsewhere. */
#include "core/nn/kernels/conv-private.h"

#include <math.h>

enum {
  SLAB_AND_TILE = 380000,  /* floats that a block may keep in the second-level cache */
  POINTS_TILE   = 512,     /* points of a block, so that a tile of 64 channels is 128 KB */
  MANY_PIECES   = 16,      /* enough to keep any number of cores in step */
  WIDE_ROW      = 1024,    /* rows beyond are cut into blocks of half of it */
  SLACK         = 128,     /* floats that inner loops may touch beyond the last row */
};

static int64_t
ceil_div (int64_t a,
          int64_t b)
{
  return (a + b - 1) / b;
}

/* Everything that follows from the method, the images and the block extents. */
static void
lay_out (DubConvSetup *self)
{
  const DubConvGeometry *g = &self->g;

  for (int a = 0; a < 3; a++) {
    int64_t shift = self->residues[a] > 1 ? 1 : g->step[a];
    int64_t per_residue = ceil_div (self->useful[a], self->residues[a]);

    self->slab[a] = (self->block[a] - 1) * g->stride[a] + (g->n_taps[a] - 1) * shift + 1;
    self->slab[a] = MAX (self->slab[a], 1);
    self->n_blocks[a] = self->residues[a] * ceil_div (per_residue, self->block[a]);
  }

  /* Zeros at the end of a row serve as zeros at the start of the next. */
  int64_t left = MAX (-g->first[2], 0);
  int64_t right = MAX (self->slab[2] + g->first[2] - g->in[2], 0);
  int64_t shared = self->n_blocks[2] > 1 || left + right >= self->slab[2] ? 0 : MIN (left, right);

  self->row_stride = self->slab[2] - shared;
  /* Without padding a plane of the slab may be one stretch of the input. */
  if (g->first[2] == 0 && right == 0 && self->n_blocks[2] == 1)
    self->row_stride = g->in[2];
  self->channel_stride = self->slab[0] * self->slab[1] * self->row_stride;
  self->image_stride = self->channel_stride * g->in_channels;
  self->slab_floats = self->images * self->image_stride + shared + SLACK;
  self->n_image_blocks = ceil_div (g->n_images, self->images);
  self->tile_row = self->method == DUB_CONV_ROWS ? self->row_stride : self->block[2];
  self->tile_channel = self->images * self->block[0] * self->block[1] * self->tile_row + self->kernels->lanes;
}

/* Rough processor cycles of the whole sum with the present blocks. */
static double
cost (const DubConvSetup *self)
{
  const DubConvGeometry *g = &self->g;
  double lanes = self->kernels->lanes;
  double pieces = (double) (self->n_image_blocks * g->n_groups * self->n_blocks[0] * self->n_blocks[1] *
                            self->n_blocks[2]);
  double pack = 5.0 * (double) self->slab_floats / lanes;
  double compute;

  if (self->method == DUB_CONV_ROWS) {
    double vectors = ceil ((double) ((self->block[1] - 1) * self->row_stride + self->block[2]) / lanes);
    double row_block = MIN ((double) g->out_channels, self->kernels->rows_block);
    /* Below 4 output channels the loads of the input set the pace. */
    double loads = self->tall ? 1.1 : (row_block + 2.0) / row_block;

    compute = (double) self->block[0] * vectors * (double) (self->n_steps * g->out_channels) * MAX (0.5, loads / 2.0);
  } else {
    double points = (double) (self->images * self->block[0] * self->block[1] * self->block[2]);

    compute = points * (double) self->n_steps * (double) ceil_div (g->out_channels, (int64_t) lanes) * 0.5;
    compute *= ceil (points / 8.0) * 8.0 / points;
    if (g->out_channels <= (int64_t) lanes)
      compute *= 1.8; /* the loads of the inputs set the pace */
    compute += points * (double) g->out_channels * 1.0; /* the transposition */
  }

  double imbalance = self->method == DUB_CONV_ROWS ? ceil (pieces / 8.0) * 8.0 / pieces : 1.0;

  return pieces * (compute + pack) * imbalance;
}

static int64_t
tile_floats (const DubConvSetup *self)
{
  int64_t width = self->method == DUB_CONV_ROWS ? self->kernels->rows_block : 4 * self->kernels->lanes;

  return width * self->tile_channel + SLACK;
}

static gboolean
fits (const DubConvSetup *self)
{
  if (self->method == DUB_CONV_POINTS &&
      self->images * self->block[0] * self->block[1] * self->block[2] > POINTS_TILE)
    return FALSE;

  return self->slab_floats + tile_floats (self) <= SLAB_AND_TILE;
}

/* The cheapest blocks for the method; returns their cost. */
static double
choose_blocks (DubConvSetup *self)
{
  const DubConvGeometry *g = &self->g;
  int64_t best[4] = { 1, self->pool[0], self->pool[1], 0 };
  double best_cost = INFINITY;
  int64_t width = self->useful[2] <= WIDE_ROW ? self->useful[2] : WIDE_ROW / 2;
  int64_t per_residue[2];

  for (int a = 0; a < 2; a++) {
    gboolean apart = self->method == DUB_CONV_ROWS && self->pool[a] == 1 && g->step[a] > 1 && self->useful[a] > g->step[a];

    self->residues[a] = apart ? g->step[a] : 1;
    per_residue[a] = ceil_div (self->useful[a], self->residues[a]);
  }
  self->residues[2] = 1;
  self->block[2] = width;

  /* Four rows share the taps of a tall sum only where its taps are neighbours in the slab. */
  self->tall = self->method == DUB_CONV_ROWS && g->out_channels == 1 && g->n_taps[1] == 3 && self->useful[1] >= 4 &&
               (self->residues[1] > 1 || g->step[1] == 1);

  int64_t h_step = self->tall ? 4 : self->pool[1];
  int64_t max_images = self->method == DUB_CONV_ROWS ? 1 : MIN (g->n_images, 64);

  for (int64_t images = 1; images <= max_images; images *= 2)
    for (int64_t d = self->pool[0]; d < per_residue[0] + self->pool[0] && d <= 16; d += self->pool[0])
      for (int64_t h = h_step; h < per_residue[1] + h_step && h <= 256; h += h_step) {
        self->images = images;
        self->block[0] = d;
        self->block[1] = h;
        lay_out (self);
        if (!fits (self))
          break;
        double c = cost (self);
        if (c < best_cost) {
          best_cost = c;
          best[0] = images;
          best[1] = d;
          best[2] = h;
        }
      }

  self->images = best[0];
  self->block[0] = best[1];
  self->block[1] = best[2];
  lay_out (self);

  return isfinite (best_cost) ? best_cost : cost (self);
}

static void
choose_out_blocks (DubConvSetup *self)
{
  const DubConvGeometry *g = &self->g;
  int64_t lanes = self->kernels->lanes;
  int64_t unit = self->method == DUB_CONV_ROWS ? 1 : lanes;
  int64_t units = ceil_div (g->out_channels, unit);
  int64_t most = self->method == DUB_CONV_ROWS ? self->kernels->rows_block : 4;

  /* Equal widths cost less than full ones with a remainder. */
  self->n_out_blocks = (int) ceil_div (units, most);
  self->out_width = g_new (int, self->n_out_blocks);
  self->out_first = g_new (int, self->n_out_blocks);
  self->out_count = g_new (int, self->n_out_blocks);
  self->packed_first = g_new (int64_t, self->n_out_blocks);

  int64_t first = 0;

  self->packed_group = 0;
  for (int b = 0; b < self->n_out_blocks; b++) {
    int64_t width = (units * (b + 1) / self->n_out_blocks - units * b / self->n_out_blocks) * unit;

    self->out_width[b] = (int) width;
    self->out_first[b] = (int) first;
    self->out_count[b] = (int) MIN (width, g->out_channels - first);
    self->packed_first[b] = self->packed_group;
    self->packed_group += width * self->n_steps;
    first += width;
  }
  self->width_sum = first;
}

static void
fill_offsets (DubConvSetup *self)
{
  const DubConvGeometry *g = &self->g;
  int64_t shift[3];
  int32_t *offset = self->offset = g_new (int32_t, MAX (self->n_steps, 1));

  for (int a = 0; a < 3; a++)
    shift[a] = self->residues[a] > 1 ? 1 : g->step[a];

  for (int64_t c = 0; c < g->in_channels; c++)
    for (int64_t kd = 0; kd < g->n_taps[0]; kd++)
      for (int64_t kh = 0; kh < g->n_taps[1]; kh++)
        for (int64_t kw = 0; kw < g->n_taps[2]; kw++)
          *offset++ = (int32_t) (c * self->channel_stride +
                                 (kd * shift[0] * self->slab[1] + kh * shift[1]) * self->row_stride + kw * shift[2]);

  if (self->method != DUB_CONV_POINTS)
    return;

  int32_t *point = self->point = g_new (int32_t, self->images * self->block[0] * self->block[1] * self->block[2]);

  for (int64_t n = 0; n < self->images; n++)
    for (int64_t d = 0; d < self->block[0]; d++)
      for (int64_t h = 0; h < self->block[1]; h++)
        for (int64_t w = 0; w < self->block[2]; w++)
          *point++ = (int32_t) (n * self->image_stride +
                                (d * g->stride[0] * self->slab[1] + h * g->stride[1]) * self->row_stride +
                                w * g->stride[2]);
}

DubConvSetup *
dub_conv_setup_new (const DubConvGeometry *geometry,
                    const int             *pool,
                    DubConvMethod          method)
{
  return dub_conv_setup_new_for_level (dub_kernels (), geometry, pool, method);
}

DubConvSetup *
dub_conv_setup_new_for_level (const DubKernels      *kernels,
                              const DubConvGeometry *geometry,
                              const int             *pool,
                              DubConvMethod          method)
{
  g_autoptr (DubConvSetup) self = g_new0 (DubConvSetup, 1);
  const DubConvGeometry *g = &self->g;
  gboolean rows_possible = geometry->stride[0] == 1 && geometry->stride[1] == 1 && geometry->stride[2] == 1;

  self->g = *geometry;
  self->kernels = kernels;
  self->n_steps = g->in_channels * g->n_taps[0] * g->n_taps[1] * g->n_taps[2];
  for (int a = 0; a < 3; a++) {
    self->pool[a] = pool != NULL ? pool[a] : 1;
    self->useful[a] = g->out[a] / self->pool[a] * self->pool[a];
  }

  g_return_val_if_fail (rows_possible || method != DUB_CONV_ROWS, NULL);

  if (g->n_images * g->n_groups * g->out_channels * self->useful[0] * self->useful[1] * self->useful[2] == 0)
    return g_steal_pointer (&self);

  if (method == DUB_CONV_AUTO) {
    double rows_cost = INFINITY;

    if (rows_possible) {
      self->method = DUB_CONV_ROWS;
      rows_cost = choose_blocks (self);
    }
    self->method = DUB_CONV_POINTS;
    method = choose_blocks (self) < rows_cost ? DUB_CONV_POINTS : DUB_CONV_ROWS;
  }
  self->method = method;
  choose_blocks (self);

  if (self->slab_floats > G_MAXINT32)
    return NULL;

  self->tile_floats = tile_floats (self);
  choose_out_blocks (self);

  int64_t spatial = self->n_image_blocks * g->n_groups * self->n_blocks[0] * self->n_blocks[1] * self->n_blocks[2];
  int64_t shares = spatial >= MANY_PIECES || method == DUB_CONV_ROWS ? 1 : ceil_div (MANY_PIECES, spatial);

  self->out_blocks_per_piece = (int) ceil_div (self->n_out_blocks, MIN (shares, self->n_out_blocks));
  self->n_pieces = spatial * ceil_div (self->n_out_blocks, self->out_blocks_per_piece);
  fill_offsets (self);

  return g_steal_pointer (&self);
}

void
dub_conv_setup_free (DubConvSetup *self)
{
  if (self == NULL)
    return;
  g_free (self->offset);
  g_free (self->point);
  g_free (self->out_width);
  g_free (self->out_first);
  g_free (self->out_count);
  g_free (self->packed_first);
  g_free (self);
}

DubConvMethod
dub_conv_setup_method (const DubConvSetup *self)
{
  return self->method;
}

size_t
dub_conv_setup_n_packed (const DubConvSetup *self)
{
  return (size_t) (self->g.n_groups * (self->packed_group + self->width_sum));
}

void
dub_conv_setup_pack (const DubConvSetup *self,
                     const float        *weights,
                     const float        *bias,
                     float              *packed)
{
  const DubConvGeometry *g = &self->g;

  for (int64_t group = 0; group < g->n_groups; group++)
    for (int b = 0; b < self->n_out_blocks; b++) {
      int width = self->out_width[b];
      float *to = packed + group * self->packed_group + self->packed_first[b];

      for (int64_t c = 0; c < g->in_channels; c++)
        for (int64_t kd = 0; kd < g->n_taps[0]; kd++)
          for (int64_t kh = 0; kh < g->n_taps[1]; kh++)
            for (int64_t kw = 0; kw < g->n_taps[2]; kw++, to += width) {
              const float *from = weights + g->w_base + group * g->w_group + c * g->w_in + kd * g->w_tap[0] +
                                  kh * g->w_tap[1] + kw * g->w_tap[2];

              for (int o = 0; o < width; o++)
                to[o] = o < self->out_count[b] ? from[(self->out_first[b] + o) * g->w_out] : 0.0f;
            }
    }

  float *to = packed + g->n_groups * self->packed_group;

  for (int64_t group = 0; group < g->n_groups; group++)
    for (int64_t o = 0; o < self->width_sum; o++)
      *to++ = bias != NULL && o < g->out_channels ? bias[group * g->out_channels + o] : 0.0f;
}
