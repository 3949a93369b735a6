#include "core/nn/kernels/conv-weights.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/conv-private.h"

#include <string.h>

enum {
  BLOCK_FLOATS   = 320000, /* of x and dy that a block keeps in the second-level cache */
  CHUNKS         = 32,     /* partial sums, added in order at the end */
  LARGEST_DIRECT = 40000,  /* weights beyond which partial sums would cost too much memory */
  POINTS_AT_ONCE = 1024,   /* outputs of one block of the matrix way, in whole planes */
  STEPS_AT_ONCE  = 96,     /* of these, so many in one call: dy then stays in the first-level cache */
  COLUMNS_AT_ONCE = 256,   /* input channels x taps of a piece */
  STRETCH        = 768,    /* points of dy that stay in the first-level cache, for 8 channels */
  SLACK          = 128,
};

/* What both ways need: x as the convolution sees it and dy as plain rows, cut into the same blocks. */
typedef struct {
  const DubConvShape  *shape;
  DubConvSetup         x;
  DubConvSetup         dy;
  DubConvSource        x_source;
  const DubConvSource *dy_source;
  int64_t              block[2];
  int64_t              n_blocks[2];
  int64_t              n_work;   /* blocks of all images and groups: direct way */
  int64_t              n_chunks;
  int64_t              n_taps;
  float               *partial;  /* [n_chunks][weights] */
  float               *dw;
  int64_t              in_share; /* input channels of one piece: matrix way */
  int64_t              n_shares;
  int                  out_of_memory; /* atomic */
} Job;

static int64_t
n_weights (const DubConvShape *s)
{
  return s->n_groups * s->out_channels * s->in_channels * s->kernel[0] * s->kernel[1] * s->kernel[2];
}

/* The part of a setup that _dub_conv_fill_slab reads, for blocks of @block outputs. */
static void
lay_out (DubConvSetup  *self,
         const int64_t  block[2],
         int64_t        row_stride,
         int64_t        extra_rows)
{
  self->kernels = dub_kernels ();
  for (int a = 0; a < 3; a++) {
    self->residues[a] = 1;
    self->slab[a] = ((a < 2 ? block[a] : self->g.out[2]) - 1) * self->g.stride[a] +
                    (self->g.n_taps[a] - 1) * self->g.step[a] + 1;
  }
  self->slab[1] += extra_rows;
  self->row_stride = row_stride > 0 ? row_stride : self->slab[2];
  self->slab[2] = MAX (self->slab[2], self->row_stride);
  self->channel_stride = self->slab[0] * self->slab[1] * self->row_stride;
  self->image_stride = self->channel_stride * self->g.in_channels;
  self->slab_floats = self->image_stride + self->slab[2] + SLACK;
}

static void
set_block (Job           *job,
           const int64_t  block[2])
{
  int64_t s = job->shape->out[2] + (job->shape->kernel[2] - 1) * job->shape->dilation[2];
  int64_t left = MAX (job->shape->pad[2], 0);
  int64_t right = MAX (s - left - job->shape->in[2], 0);

  lay_out (&job->x, block, left + right < s ? s - MIN (left, right) : s, 0);
  job->x.slab[2] = s;
  lay_out (&job->dy, block, job->x.row_stride, (job->x.kernels->lanes + job->x.row_stride - 1) / job->x.row_stride);
  for (int a = 0; a < 2; a++) {
    job->block[a] = block[a];
    job->n_blocks[a] = (job->shape->out[a] + block[a] - 1) / block[a];
  }
}

/* The blocks with the least halo that fit the cache. */
static void
choose_blocks (Job *job)
{
  double best_cost = 0.0;
  int64_t best[2] = { 1, 1 };

  for (int64_t d = 1; d <= MIN (job->shape->out[0], 8); d++)
    for (int64_t h = 1; h <= job->shape->out[1]; h++) {
      int64_t block[2] = { d, h };

      set_block (job, block);
      if (job->x.slab_floats + job->dy.slab_floats > BLOCK_FLOATS)
        break;

      double pieces = (double) (job->n_blocks[0] * job->n_blocks[1]);
      double cost = pieces * ((double) (job->x.slab_floats + job->dy.slab_floats) +
                              (double) (job->x.g.in_channels * job->n_taps) * (double) (d * h * job->x.row_stride));

      if (best_cost == 0.0 || cost < best_cost) {
        best_cost = cost;
        best[0] = d;
        best[1] = h;
      }
    }
  set_block (job, best);
}

static void
correlate_stretch (const Job   *job,
                   int64_t      plane,
                   int64_t      point,
                   int64_t      n_points,
                   const float *x_slab,
                   const float *dy_slab,
                   float       *sum)
{
  const DubConvShape *s = job->shape;

  for (int64_t oc = 0; oc < s->out_channels; oc += 8)
    for (int64_t ic = 0; ic < s->in_channels; ic++)
      for (int64_t kd = 0; kd < s->kernel[0]; kd++)
        for (int64_t kh = 0; kh < s->kernel[1]; kh++)
          for (int64_t kw = 0; kw < s->kernel[2]; kw += 3) {
            int32_t tap[3];
            DubCorrelateJob correlate = {
              .x = x_slab + ic * job->x.channel_stride + point +
                   ((plane + kd * s->dilation[0]) * job->x.slab[1] + kh * s->dilation[1]) * job->x.row_stride,
              .tap = tap,
              .n_taps = (int) MIN (3, s->kernel[2] - kw),
              .dy = dy_slab + oc * job->dy.channel_stride + plane * job->dy.slab[1] * job->dy.row_stride + point,
              .dy_stride = job->dy.channel_stride,
              .n_out = (int) MIN (8, s->out_channels - oc),
              .n_points = n_points,
              .sum = sum,
            };

            for (int t = 0; t < correlate.n_taps; t++)
              tap[t] = (int32_t) ((kw + t) * s->dilation[2]);
            job->x.kernels->correlate (&correlate);
            sum += correlate.n_out * correlate.n_taps * job->x.kernels->lanes;
          }
}

static void
correlate_block (const Job *job,
                 int64_t    work,
                 float     *x_slab,
                 float     *dy_slab,
                 float     *row,
                 float     *lane_sums)
{
  const DubConvShape *s = job->shape;
  int64_t h = work % job->n_blocks[1];
  int64_t d = work / job->n_blocks[1] % job->n_blocks[0];
  int64_t group = work / (job->n_blocks[1] * job->n_blocks[0]) % s->n_groups;
  DubConvBlock block = {
    .image = work / (job->n_blocks[1] * job->n_blocks[0]) / s->n_groups,
    .n_images = 1,
    .group = group,
    .origin = { d * job->block[0], h * job->block[1], 0 },
    .count = { MIN (job->block[0], s->out[0] - d * job->block[0]), MIN (job->block[1], s->out[1] - h * job->block[1]),
               s->out[2] },
  };

  /* Between the rows and beyond them dy must be 0, and x must be finite. */
  if (block.count[0] < job->block[0] || block.count[1] < job->block[1])
    memset (x_slab, 0, (size_t) job->x.slab_floats * sizeof (float));
  memset (x_slab + job->x.slab_floats - SLACK, 0, SLACK * sizeof (float));
  memset (dy_slab, 0, (size_t) job->dy.slab_floats * sizeof (float));
  _dub_conv_fill_slab (&job->x, &block, &job->x_source, row, x_slab);
  _dub_conv_fill_slab (&job->dy, &block, job->dy_source, row, dy_slab);

  float *sum = lane_sums + group * s->out_channels * s->in_channels * job->n_taps * job->x.kernels->lanes;

  /* A stretch of dy stays in the first-level cache while all inputs and taps pass by. */
  for (int64_t plane = 0; plane < block.count[0]; plane++) {
    int64_t n_points = (block.count[1] - 1) * job->x.row_stride + s->out[2];

    for (int64_t p = 0; p < n_points; p += STRETCH)
      correlate_stretch (job, plane, p, MIN (STRETCH, n_points - p), x_slab, dy_slab, sum);
  }
}

/* The weights of group @group from the partial sums of the lanes, in the order in which they were formed. */
static void
add_lanes (const Job   *job,
           int64_t      group,
           const float *sum,
           float       *dw)
{
  const DubConvShape *s = job->shape;
  int lanes = job->x.kernels->lanes;
  int64_t n_rows = s->in_channels * s->kernel[0] * s->kernel[1];

  for (int64_t oc = 0; oc < s->out_channels; oc += 8)
    for (int64_t row = 0; row < n_rows; row++)
      for (int64_t kw = 0; kw < s->kernel[2]; kw += 3)
        for (int64_t o = oc; o < MIN (oc + 8, s->out_channels); o++)
          for (int64_t t = kw; t < MIN (kw + 3, s->kernel[2]); t++, sum += lanes) {
            float total = 0.0f;

            for (int l = 0; l < lanes; l++)
              total += sum[l];
            dw[((group * s->out_channels + o) * n_rows + row) * s->kernel[2] + t] = total;
          }
}

static void
chunk_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  Job *job = user_data;
  int64_t n = n_weights (job->shape);
  int lanes = job->x.kernels->lanes;
  size_t row = (size_t) (MAX (job->shape->in[2], job->shape->out[2]) + 15) / 16 * 16;
  size_t x_floats = (size_t) (job->x.slab_floats + 15) / 16 * 16;
  size_t dy_floats = (size_t) (job->dy.slab_floats + 15) / 16 * 16;
  float *memory = dub_kernel_scratch ((row + x_floats + dy_floats + (size_t) (n * lanes)) * sizeof (float));

  if (memory == NULL) {
    g_atomic_int_set (&job->out_of_memory, TRUE);
    return;
  }

  float *sum = memory + row + x_floats + dy_floats;

  memset (sum, 0, (size_t) (n * lanes) * sizeof (float));
  for (int64_t work = job->n_work * (int64_t) piece / job->n_chunks;
       work < job->n_work * ((int64_t) piece + 1) / job->n_chunks; work++)
    correlate_block (job, work, memory + row, memory + row + x_floats, memory, sum);
  for (int64_t group = 0; group < job->shape->n_groups; group++)
    add_lanes (job, group, sum + group * n / job->shape->n_groups * lanes, job->partial + (int64_t) piece * n);
}

static gboolean
direct_gradient (Job     *job,
                 DubRun  *run,
                 GError **error)
{
  int64_t n = n_weights (job->shape);

  choose_blocks (job);
  job->n_work = job->shape->n_images * job->shape->n_groups * job->n_blocks[0] * job->n_blocks[1];
  job->n_chunks = MIN (job->n_work, CHUNKS);
  job->partial = g_try_new (float, MAX (job->n_chunks * n, 1));
  if (job->partial == NULL) {
    job->out_of_memory = TRUE;
    return _dub_conv_check_memory (&job->out_of_memory, error);
  }

  gboolean done = dub_parallel_for (run, (size_t) job->n_chunks, chunk_piece, job, error) &&
                  _dub_conv_check_memory (&job->out_of_memory, error);

  for (int64_t i = 0; i < n && done; i++) {
    double total = 0.0;

    for (int64_t c = 0; c < job->n_chunks; c++)
      total += job->partial[c * n + i];
    job->dw[i] = (float) total;
  }
  g_free (job->partial);

  return done;
}

/* Matrix way: a piece has a share of a group's input channels and a block of its output channels, and forms
 * sum[channel, tap][oc] = Σ_o x[channel, tap, o] · dy[o][oc] with the loop over points: its "points" are the
 * pairs of channel and tap, its "steps" the outputs o, its "weights" dy with the output channels side by side. */
static void
matrix_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  Job *job = user_data;
  const DubConvShape *s = job->shape;
  const DubKernels *kernels = job->x.kernels;
  int64_t lanes = kernels->lanes;
  int64_t n_out_blocks = (s->out_channels + 4 * lanes - 1) / (4 * lanes);
  int64_t first_out = (int64_t) piece % n_out_blocks * 4 * lanes;
  int64_t n_out = MIN (4 * lanes, s->out_channels - first_out);
  int64_t width = (n_out + lanes - 1) / lanes * lanes;
  int64_t group = (int64_t) piece / n_out_blocks / job->n_shares;
  int64_t first = (int64_t) piece / n_out_blocks % job->n_shares * job->in_share;
  int64_t n_in = MIN (job->in_share, s->in_channels - first);
  int64_t n_columns = n_in * job->n_taps;
  int64_t plane = s->out[1] * s->out[2];
  int64_t most = job->block[0] * plane;
  size_t row = (size_t) (MAX (s->in[2], s->out[2]) + 15) / 16 * 16;
  size_t slab = (size_t) (job->x.slab_floats + 15) / 16 * 16;
  size_t rows = (size_t) (n_out * most + 15) / 16 * 16;
  float *memory = dub_kernel_scratch ((row + slab + rows + (size_t) (width * (most + n_columns)) +
                                       (size_t) (n_columns + most)) * sizeof (float));

  if (memory == NULL) {
    g_atomic_int_set (&job->out_of_memory, TRUE);
    return;
  }

  float *x_slab = memory + row;
  float *dy_rows = x_slab + slab;
  float *dy = dy_rows + rows;
  float *sum = dy + width * most;
  int32_t *point = (int32_t *) (void *) (sum + width * n_columns);
  int32_t *offset = point + n_columns;
  DubConvSetup x = job->x;
  DubConvSource source = job->x_source;

  /* The slabs hold the channels of this piece only. */
  x.g.in_channels = n_in;
  x.g.n_groups = 1;
  for (int64_t j = 0; j < n_columns; j++) {
    int64_t t = j % job->n_taps;
    int64_t kw = t % s->kernel[2];
    int64_t kh = t / s->kernel[2] % s->kernel[1];
    int64_t kd = t / (s->kernel[2] * s->kernel[1]);

    point[j] = (int32_t) (j / job->n_taps * x.channel_stride +
                          (kd * s->dilation[0] * x.slab[1] + kh * s->dilation[1]) * x.row_stride + kw * s->dilation[2]);
  }
  for (int64_t o = 0; o < most; o++)
    offset[o] = (int32_t) ((o / plane * s->stride[0] * x.slab[1] + o / s->out[2] % s->out[1] * s->stride[1]) *
                             x.row_stride + o % s->out[2] * s->stride[2]);
  memset (sum, 0, (size_t) (width * n_columns) * sizeof (float));
  memset (dy, 0, (size_t) (width * most) * sizeof (float));

  for (int64_t image = 0; image < s->n_images; image++)
    for (int64_t d0 = 0; d0 < s->out[0]; d0 += job->block[0]) {
      DubConvBlock block = {
        .n_images = 1, .origin = { d0, 0, 0 },
        .count = { MIN (job->block[0], s->out[0] - d0), s->out[1], s->out[2] },
      };
      int64_t n = block.count[0] * plane;

      source.x = job->x_source.x + ((image * s->n_groups + group) * s->in_channels + first) *
                                     s->in[0] * s->in[1] * s->in[2];
      _dub_conv_fill_slab (&x, &block, &source, memory, x_slab);

      for (int64_t oc = 0; oc < n_out; oc++)
        for (int64_t d = 0; d < block.count[0]; d++)
          for (int64_t h = 0; h < s->out[1]; h++)
            _dub_conv_read_row (kernels, s->out, job->dy_source,
                                (image * s->n_groups + group) * s->out_channels + first_out + oc, d0 + d, h,
                                dy_rows + oc * n + (d * s->out[1] + h) * s->out[2]);
      kernels->transpose (dy_rows, n, dy, width, n_out, n);

      for (int64_t k = 0; k < n; k += STEPS_AT_ONCE) {
        DubPointsJob points = {
          .in = x_slab,
          .offset = offset + k,
          .n_steps = (int) MIN (STEPS_AT_ONCE, n - k),
          .weights = dy + k * width,
          .point = point,
          .n_points = (int) n_columns,
          .out = sum,
          .n_vectors = (int) (width / lanes),
        };

        kernels->points (&points);
      }
    }

  for (int64_t oc = 0; oc < n_out; oc++)
    for (int64_t j = 0; j < n_columns; j++)
      job->dw[((group * s->out_channels + first_out + oc) * s->in_channels + first) * job->n_taps + j] =
        sum[j * width + oc];
}

static gboolean
matrix_gradient (Job     *job,
                 DubRun  *run,
                 GError **error)
{
  const DubConvShape *s = job->shape;
  int64_t plane = s->out[1] * s->out[2];
  int64_t block[2] = { CLAMP (POINTS_AT_ONCE / MAX (plane, 1), 1, s->out[0]), s->out[1] };
  int64_t n_out_blocks = (s->out_channels + 4 * dub_kernels ()->lanes - 1) / (4 * dub_kernels ()->lanes);

  lay_out (&job->x, block, 0, 0);
  job->block[0] = block[0];
  job->block[1] = block[1];
  job->in_share = CLAMP (COLUMNS_AT_ONCE / job->n_taps, 1, s->in_channels);
  job->n_shares = (s->in_channels + job->in_share - 1) / job->in_share;

  return dub_parallel_for (run, (size_t) (s->n_groups * job->n_shares * n_out_blocks), matrix_piece, job, error) &&
         _dub_conv_check_memory (&job->out_of_memory, error);
}

gboolean
dub_conv_weight_gradient (const DubConvShape  *shape,
                          const float         *x,
                          const DubConvSource *dy,
                          float               *dw,
                          DubRun              *run,
                          GError             **error)
{
  Job job = {
    .shape = shape,
    .x_source = { .x = x, .pool = { 1, 1, 1 } },
    .dy_source = dy,
    .n_taps = shape->kernel[0] * shape->kernel[1] * shape->kernel[2],
    .dw = dw,
  };
  DubConvShape identity = {
    .n_images = shape->n_images, .n_groups = shape->n_groups, .in_channels = shape->out_channels, .out_channels = 1,
  };
  gboolean unit = shape->stride[0] * shape->stride[1] * shape->stride[2] == 1;

  if (shape->n_images * shape->out[0] * shape->out[1] * shape->out[2] == 0) {
    memset (dw, 0, (size_t) n_weights (shape) * sizeof (float));
    return TRUE;
  }

  for (int a = 0; a < 3; a++) {
    identity.in[a] = identity.out[a] = shape->out[a];
    identity.kernel[a] = identity.stride[a] = identity.dilation[a] = 1;
  }
  dub_conv_geometry_forward (shape, &job.x.g);
  dub_conv_geometry_forward (&identity, &job.dy.g);

  if (unit && shape->kernel[2] > 1 && shape->out[2] >= 12 && shape->out_channels <= dub_kernels ()->lanes &&
      n_weights (shape) <= LARGEST_DIRECT)
    return direct_gradient (&job, run, error);

  return matrix_gradient (&job, run, error);
}

typedef struct {
  const DubConvShape  *shape;
  const DubConvSource *dy;
  float               *db;
} BiasJob;

static void
bias_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const BiasJob *job = user_data;
  const DubConvShape *s = job->shape;
  const DubConvSource *dy = job->dy;
  int64_t n = 1;
  double total = 0.0;

  for (int a = 0; a < 3; a++)
    n *= s->out[a] / dy->pool[a];
  for (int64_t image = 0; image < s->n_images; image++) {
    int64_t at = (image * s->n_groups * s->out_channels + (int64_t) piece) * n;
    float lane[16] = { 0 };
    double rest = 0.0;
    int64_t i = 0;

    for (; i + 16 <= n; i += 16)
      for (int l = 0; l < 16; l++)
        lane[l] += dy->code != NULL && (dy->code[at + i + l] & DUB_CODE_NEGATIVE) != 0 ? dy->slope * dy->x[at + i + l]
                                                                                        : dy->x[at + i + l];
    for (; i < n; i++)
      rest += dy->code != NULL && (dy->code[at + i] & DUB_CODE_NEGATIVE) != 0 ? dy->slope * dy->x[at + i]
                                                                               : dy->x[at + i];
    for (int l = 0; l < 16; l++)
      rest += lane[l];
    total += rest;
  }
  job->db[piece] = (float) total;
}

gboolean
dub_conv_bias_gradient (const DubConvShape  *shape,
                        const DubConvSource *dy,
                        float               *db,
                        DubRun              *run,
                        GError             **error)
{
  BiasJob job = { shape, dy, db };

  return dub_parallel_for (run, (size_t) (shape->n_groups * shape->out_channels), bias_piece, &job, error);
}
