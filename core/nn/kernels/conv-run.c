/* Runs a setup: a piece fills its slab, computes its tiles one block of output channels
 * after the other, and hands each to the target while it is in the cache. */
#include "core/nn/kernels/conv-private.h"

#include "core/base/parallel.h"

/* Floats of packed weights that one call of the points loop walks through: half of a first-level cache. */
static const int WEIGHTS_AT_ONCE = 6144;

typedef struct {
  const DubConvSetup  *setup;
  const float         *packed;
  const DubConvSource *source;
  const DubConvTarget *target;
  int                  out_of_memory; /* atomic */
} Job;

/* Decodes a piece's number; FALSE where the remainder class has no outputs left for it. */
static gboolean
locate (const DubConvSetup *self,
        int64_t             piece,
        DubConvBlock       *block)
{
  int64_t shares = (self->n_out_blocks + self->out_blocks_per_piece - 1) / self->out_blocks_per_piece;

  block->out_block = (int) (piece % shares) * self->out_blocks_per_piece;
  block->n_out_blocks = MIN (self->out_blocks_per_piece, self->n_out_blocks - block->out_block);
  piece /= shares;

  for (int a = 2; a >= 0; a--) {
    int64_t per_residue = self->n_blocks[a] / self->residues[a];
    int64_t index = piece % self->n_blocks[a];
    int64_t residue = index / per_residue;
    int64_t first = index % per_residue * self->block[a];
    int64_t n_outputs = (self->useful[a] - residue + self->residues[a] - 1) / self->residues[a];

    piece /= self->n_blocks[a];
    if (first >= n_outputs)
      return FALSE;
    block->origin[a] = residue + first * self->residues[a];
    block->count[a] = MIN (self->block[a], n_outputs - first);
  }

  block->group = piece % self->g.n_groups;
  block->image = piece / self->g.n_groups * self->images;
  block->n_images = MIN (self->images, self->g.n_images - block->image);

  return TRUE;
}

/* Plane @d of a block with one output channel: four rows at a time, then what is left row by row. */
static void
run_tall (const Job          *job,
          const DubConvBlock *block,
          int                 b,
          const float        *slab,
          float              *tile,
          int64_t             d)
{
  const DubConvSetup *self = job->setup;
  const float *bias = job->packed + self->g.n_groups * self->packed_group + block->group * self->width_sum;
  DubTallJob tall = {
    .offset = self->offset,
    .n_groups = (int) (self->g.in_channels * self->g.n_taps[0]),
    .n_columns = (int) self->g.n_taps[2],
    .row_stride = self->row_stride * (self->residues[1] > 1 ? 1 : self->g.step[1]),
    .weights = job->packed + block->group * self->packed_group + self->packed_first[b],
    .bias = bias[self->out_first[b]],
    .out_row = self->tile_row,
    .n_points = block->count[2],
  };
  int64_t h = 0;

  for (; h + 4 <= block->count[1]; h += 4) {
    tall.in = slab + (d * self->slab[1] + h) * self->row_stride;
    tall.out = tile + (d * self->block[1] + h) * self->tile_row;
    self->kernels->tall (&tall);
  }

  DubRowsJob rows = {
    .in = slab + (d * self->slab[1] + h) * self->row_stride,
    .offset = self->offset,
    .n_steps = (int) self->n_steps,
    .weights = tall.weights,
    .bias = bias + self->out_first[b],
    .out = tile + (d * self->block[1] + h) * self->tile_row,
    .n_points = (block->count[1] - h - 1) * self->row_stride + block->count[2],
    .n_out = 1,
  };

  if (h < block->count[1])
    self->kernels->rows (&rows);
}

static void
run_rows (const Job          *job,
          const DubConvBlock *block,
          const float        *slab,
          float              *tile)
{
  const DubConvSetup *self = job->setup;
  const float *bias = job->packed + self->g.n_groups * self->packed_group + block->group * self->width_sum;

  for (int b = block->out_block; b < block->out_block + block->n_out_blocks; b++) {
    DubRowsJob rows = {
      .offset = self->offset,
      .n_steps = (int) self->n_steps,
      .weights = job->packed + block->group * self->packed_group + self->packed_first[b],
      .bias = bias + self->out_first[b],
      .out_stride = self->tile_channel,
      .n_points = (block->count[1] - 1) * self->row_stride + block->count[2],
      .n_out = self->out_width[b],
    };

    for (int64_t d = 0; d < block->count[0] && self->tall; d++)
      run_tall (job, block, b, slab, tile, d);
    for (int64_t d = 0; d < block->count[0] && !self->tall; d++) {
      rows.in = slab + d * self->slab[1] * self->row_stride;
      rows.out = tile + d * self->block[1] * self->tile_row;
      self->kernels->rows (&rows);
    }
    _dub_conv_finish_tile (self, block, job->target, self->out_first[b], self->out_count[b], tile);
  }
}

static void
run_points (const Job          *job,
            const DubConvBlock *block,
            const float        *slab,
            float              *tile,
            float              *transposed)
{
  const DubConvSetup *self = job->setup;
  const float *bias = job->packed + self->g.n_groups * self->packed_group + block->group * self->width_sum;
  int64_t n_points = self->images * self->block[0] * self->block[1] * self->block[2];
  int64_t row_points = self->block[1] * self->block[2];
  gboolean full = block->count[0] == self->block[0] && block->count[1] == self->block[1] &&
                  block->count[2] == self->block[2];

  for (int b = block->out_block; b < block->out_block + block->n_out_blocks; b++) {
    int width = self->out_width[b];
    int at_once = MAX (WEIGHTS_AT_ONCE / width, 1);

    for (int64_t k = 0; k == 0 || k < self->n_steps; k += at_once) {
      DubPointsJob points = {
        .in = slab,
        .offset = self->offset + k,
        .n_steps = (int) MIN (at_once, self->n_steps - k),
        .weights = job->packed + block->group * self->packed_group + self->packed_first[b] + k * width,
        .bias = k == 0 ? bias + self->out_first[b] : NULL,
        .n_vectors = width / self->kernels->lanes,
      };

      if (full) {
        points.point = self->point;
        points.n_points = (int) (n_points / self->images * block->n_images);
        points.out = tile;
        self->kernels->points (&points);
        continue;
      }
      /* A block at the border: the points that exist, plane by plane (and row by row where W is cut). */
      for (int64_t n = 0; n < block->n_images; n++)
        for (int64_t d = 0; d < block->count[0]; d++) {
          gboolean whole_rows = block->count[2] == self->block[2];

          for (int64_t h = 0; h < (whole_rows ? 1 : block->count[1]); h++) {
            int64_t at = (n * self->block[0] + d) * row_points + h * self->block[2];

            points.point = self->point + at;
            points.n_points = (int) (whole_rows ? block->count[1] * self->block[2] : block->count[2]);
            points.out = tile + at * width;
            self->kernels->points (&points);
          }
        }
    }
    self->kernels->transpose (tile, width, transposed, self->tile_channel, n_points / self->images * block->n_images,
                              self->out_count[b]);
    _dub_conv_finish_tile (self, block, job->target, self->out_first[b], self->out_count[b], transposed);
  }
}

static void
run_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  Job *job = user_data;
  const DubConvSetup *self = job->setup;
  DubConvBlock block;

  if (!locate (self, (int64_t) piece, &block))
    return;

  size_t row = (size_t) (self->g.in[2] + 63) / 16 * 16;
  size_t tile = (size_t) (self->tile_floats + 15) / 16 * 16;
  float *memory = dub_kernel_scratch ((row + 2 * tile + (size_t) self->slab_floats) * sizeof (float));

  if (memory == NULL) {
    g_atomic_int_set (&job->out_of_memory, TRUE);
    return;
  }

  float *slab = memory + row + 2 * tile;

  if (self->n_steps > 0)
    _dub_conv_fill_slab (self, &block, job->source, memory, slab);
  if (self->method == DUB_CONV_ROWS)
    run_rows (job, &block, slab, memory + row);
  else
    run_points (job, &block, slab, memory + row, memory + row + tile);
}

gboolean
_dub_conv_check_memory (int     *out_of_memory,
                        GError **error)
{
  if (!g_atomic_int_get (out_of_memory))
    return TRUE;
  g_set_error_literal (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for the blocks of a convolution.");

  return FALSE;
}

gboolean
dub_conv_run (const DubConvSetup  *self,
              const float         *packed,
              const DubConvSource *source,
              const DubConvTarget *target,
              DubRun              *run,
              GError             **error)
{
  Job job = { self, packed, source, target, FALSE };

  return dub_parallel_for (run, (size_t) self->n_pieces, run_piece, &job, error) &&
         _dub_conv_check_memory (&job.out_of_memory, error);
}
