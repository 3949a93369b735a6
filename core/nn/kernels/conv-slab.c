/* The way of the numbers into a slab and out of a tile. */
#include "core/nn/kernels/conv-private.h"

#include "core/base/parallel.h"

#include <string.h>

/* Row (d, h) of channel @channel of the source, as the sum sees it, into @to: in[2] floats. */
void
_dub_conv_read_row (const DubKernels    *kernels,
                    const int64_t        in[3],
                    const DubConvSource *source,
                    int64_t              channel,
                    int64_t              d,
                    int64_t              h,
                    float               *to)
{
  const int *pool = source->pool;

  if (pool[0] == 1 && pool[1] == 1 && pool[2] == 1) {
    int64_t at = ((channel * in[0] + d) * in[1] + h) * in[2];

    if (source->code == NULL)
      memcpy (to, source->x + at, (size_t) in[2] * sizeof (float));
    else
      kernels->unfinish (source->x + at, source->code + at, to, in[2], source->slope);
    return;
  }

  int64_t extent[3] = { in[0] / pool[0], in[1] / pool[1], in[2] / pool[2] };
  int64_t pd = d / pool[0];
  int64_t ph = h / pool[1];

  if (pd >= extent[0] || ph >= extent[1]) {
    memset (to, 0, (size_t) in[2] * sizeof (float));
    return;
  }

  int64_t at = ((channel * extent[0] + pd) * extent[1] + ph) * extent[2];
  int row = (int) ((d % pool[0]) * pool[1] + h % pool[1]);

  kernels->unpool (source->x + at, source->code + at, extent[2], source->slope, row, to);
  if (2 * extent[2] < in[2])
    to[in[2] - 1] = 0.0f;
}

void
dub_conv_source_row (const int64_t        extent[3],
                     const DubConvSource *source,
                     int64_t              channel,
                     int64_t              d,
                     int64_t              h,
                     float               *to)
{
  _dub_conv_read_row (dub_kernels (), extent, source, channel, d, h, to);
}

typedef struct {
  const int64_t       *extent;
  const DubConvSource *source;
  float               *y;
} Expansion;

static void
expand_piece (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Expansion *job = user_data;
  const int64_t *e = job->extent;
  float *y = job->y + (int64_t) piece * e[0] * e[1] * e[2];

  for (int64_t d = 0; d < e[0]; d++)
    for (int64_t h = 0; h < e[1]; h++, y += e[2])
      _dub_conv_read_row (dub_kernels (), e, job->source, (int64_t) piece, d, h, y);
}

gboolean
dub_conv_source_expand (const int64_t        extent[3],
                        int64_t              n_channels,
                        const DubConvSource *source,
                        float               *y,
                        DubRun              *run,
                        GError             **error)
{
  Expansion job = { extent, source, y };

  return dub_parallel_for (run, (size_t) n_channels, expand_piece, &job, error);
}

void
_dub_conv_fill_slab (const DubConvSetup  *self,
                     const DubConvBlock  *block,
                     const DubConvSource *source,
                     float               *row,
                     float               *slab)
{
  const DubConvGeometry *g = &self->g;
  int64_t origin[3];
  int64_t n_rows[2];

  for (int a = 0; a < 3; a++)
    origin[a] = block->origin[a] * g->stride[a] + g->first[a];
  for (int a = 0; a < 2; a++) {
    int64_t shift = self->residues[a] > 1 ? 1 : g->step[a];

    n_rows[a] = (block->count[a] - 1) * g->stride[a] + (g->n_taps[a] - 1) * shift + 1;
  }

  /* Columns [from, to) of the slab's rows lie inside the input; the others are 0. Of a row's right-hand
   * zeros only those before the next row are written: that row writes its own left-hand zeros. */
  int64_t length = self->slab[2];
  int64_t from = CLAMP (-origin[2], 0, length);
  int64_t to = CLAMP (g->in[2] - origin[2], from, length);
  gboolean whole = origin[2] + from == 0 && to - from == g->in[2];

  /* Planes without any padding are one stretch. */
  gboolean stretch = source->code == NULL && origin[2] == 0 && self->row_stride == g->in[2] &&
                     self->residues[1] == 1 && origin[1] >= 0 && origin[1] + n_rows[1] <= g->in[1];

  for (int64_t n = 0; n < block->n_images; n++)
    for (int64_t c = 0; c < g->in_channels; c++) {
      int64_t channel = ((block->image + n) * g->n_groups + block->group) * g->in_channels + c;

      for (int64_t i = 0; i < n_rows[0]; i++) {
        int64_t d = origin[0] + i * self->residues[0];
        float *plane = slab + n * self->image_stride + c * self->channel_stride + i * self->slab[1] * self->row_stride;

        if (stretch && d >= 0 && d < g->in[0]) {
          memcpy (plane, source->x + ((channel * g->in[0] + d) * g->in[1] + origin[1]) * g->in[2],
                  (size_t) (n_rows[1] * g->in[2]) * sizeof (float));
          continue;
        }

        for (int64_t j = 0; j < n_rows[1]; j++) {
          int64_t h = origin[1] + j * self->residues[1];
          float *dest = plane + j * self->row_stride;

          if (d < 0 || d >= g->in[0] || h < 0 || h >= g->in[1]) {
            memset (dest, 0, (size_t) length * sizeof (float));
            continue;
          }
          for (int64_t w = 0; w < from; w++)
            dest[w] = 0.0f;
          if (whole) {
            _dub_conv_read_row (self->kernels, g->in, source, channel, d, h, dest + from);
          } else if (to > from) {
            _dub_conv_read_row (self->kernels, g->in, source, channel, d, h, row);
            memcpy (dest + from, row + origin[2] + from, (size_t) (to - from) * sizeof (float));
          }
          for (int64_t w = to; w < length; w++)
            dest[w] = 0.0f;
        }
      }
    }
}

/* Scatters a row whose places are not neighbours: a sum of one remainder of a strided reverse. */
static void
scatter_row (const DubConvSetup  *self,
             const DubConvTarget *target,
             int64_t              channel,
             const int64_t        o[3],
             const float         *row,
             int64_t              n)
{
  const DubConvGeometry *g = &self->g;
  int64_t p[3];

  for (int a = 0; a < 3; a++)
    p[a] = o[a] * g->place_step[a] + g->place_first[a];

  float *y = target->y +
             ((channel * g->place_extent[0] + p[0]) * g->place_extent[1] + p[1]) * g->place_extent[2] + p[2];

  for (int64_t w = 0; w < n; w++)
    y[w * g->place_step[2]] = row[w];
}

static void
finish_plain (const DubConvSetup  *self,
              const DubConvBlock  *block,
              const DubConvTarget *target,
              int64_t              channel,
              const float         *tile)
{
  const DubConvGeometry *g = &self->g;
  gboolean placed = g->place_step[0] * g->place_step[1] * g->place_step[2] > 1;
  /* Rows that follow each other in the tile as in the target are one row. */
  gboolean merged = !placed && self->tile_row == g->out[2] && self->residues[1] == 1;
  int64_t n_rows = merged ? 1 : block->count[1];
  int64_t length = merged ? block->count[1] * g->out[2] : block->count[2];

  for (int64_t i = 0; i < block->count[0]; i++)
    for (int64_t j = 0; j < n_rows; j++) {
      int64_t o[3] = {
        block->origin[0] + i * self->residues[0], block->origin[1] + j * self->residues[1], block->origin[2]
      };
      const float *row = tile + (i * self->block[1] + j) * self->tile_row;

      if (placed) {
        scatter_row (self, target, channel, o, row, length);
        continue;
      }
      int64_t at = ((channel * g->out[0] + o[0]) * g->out[1] + o[1]) * g->out[2] + o[2];

      self->kernels->finish (row, target->z != NULL ? target->z + at : NULL, target->y + at,
                             target->code != NULL ? target->code + at : NULL, length,
                             target->activation, target->alpha);
    }
}

static void
finish_pooled (const DubConvSetup  *self,
               const DubConvBlock  *block,
               const DubConvTarget *target,
               int64_t              channel,
               float               *tile)
{
  const DubConvGeometry *g = &self->g;
  const int *pool = self->pool;
  int64_t extent[3] = { g->out[0] / pool[0], g->out[1] / pool[1], g->out[2] / pool[2] };
  int64_t n = MIN ((block->origin[2] + block->count[2]) / 2, extent[2]) - block->origin[2] / 2;

  if (target->z != NULL)
    for (int64_t i = 0; i < block->count[0]; i++)
      for (int64_t j = 0; j < block->count[1]; j++) {
        float *row = tile + (i * self->block[1] + j) * self->tile_row;
        int64_t at = ((channel * g->out[0] + block->origin[0] + i) * g->out[1] + block->origin[1] + j) * g->out[2] +
                     block->origin[2];

        self->kernels->affine2 (row, target->z + at, row, block->count[2], 1.0f, 1.0f, 0.0f);
      }

  for (int64_t i = 0; i + pool[0] <= block->count[0]; i += pool[0])
    for (int64_t j = 0; j + pool[1] <= block->count[1]; j += pool[1]) {
      const float *rows[4];
      int n_rows = 0;

      for (int a = 0; a < pool[0]; a++)
        for (int b = 0; b < pool[1]; b++)
          rows[n_rows++] = tile + ((i + a) * self->block[1] + j + b) * self->tile_row;

      int64_t at = ((channel * extent[0] + (block->origin[0] + i) / pool[0]) * extent[1] +
                    (block->origin[1] + j) / pool[1]) * extent[2] + block->origin[2] / 2;

      self->kernels->pool (rows, n_rows, target->y + at, target->code != NULL ? target->code + at : NULL, n,
                           target->activation, target->alpha);
    }
}

void
_dub_conv_finish_tile (const DubConvSetup  *self,
                       const DubConvBlock  *block,
                       const DubConvTarget *target,
                       int64_t              first_channel,
                       int64_t              n_channels,
                       float               *tile)
{
  const DubConvGeometry *g = &self->g;
  int64_t image_floats = self->block[0] * self->block[1] * self->tile_row;
  gboolean pooled = self->pool[0] * self->pool[1] * self->pool[2] > 1;

  for (int64_t o = 0; o < n_channels; o++)
    for (int64_t n = 0; n < block->n_images; n++) {
      int64_t channel = ((block->image + n) * g->n_groups + block->group) * g->out_channels + first_channel + o;
      float *from = tile + o * self->tile_channel + n * image_floats;

      if (pooled)
        finish_pooled (self, block, target, channel, from);
      else
        finish_plain (self, block, target, channel, from);
    }
}
