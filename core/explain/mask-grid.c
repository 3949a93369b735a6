#include "core/explain/mask-grid.h"

#include "core/base/parallel.h"
#include "core/explain/mask-rows.h"

#include <string.h>

/* Voxel planes a piece. */
static const size_t SLAB = 8;

void
dub_mask_grid_init (DubMaskGrid  *self,
                    const size_t  fine[3],
                    size_t        step)
{
  self->step = MAX (step, 1);
  for (int a = 0; a < 3; a++) {
    self->fine[a] = fine[a];
    self->nodes[a] = fine[a] > 1 ? (fine[a] - 2 + self->step) / self->step + 1 : fine[a];
  }
  self->index = g_new0 (int, MAX (fine[2], 1));
  self->fraction = g_new0 (float, MAX (fine[2], 1));
  for (size_t x = 0; x < fine[2]; x++) {
    self->index[x] = (int) (x / self->step);
    self->fraction[x] = (float) (x % self->step) / (float) self->step;
  }
}

void
dub_mask_grid_clear (DubMaskGrid *self)
{
  g_clear_pointer (&self->index, g_free);
  g_clear_pointer (&self->fraction, g_free);
}

size_t
dub_mask_grid_n_nodes (const DubMaskGrid *self)
{
  return self->nodes[0] * self->nodes[1] * self->nodes[2];
}

/* Left node of voxel @i and the fraction beyond it; beyond the last node nothing lies. */
static inline size_t
locate (const DubMaskGrid *self,
        size_t             i,
        float             *fraction)
{
  *fraction = (float) (i % self->step) / (float) self->step;

  return i / self->step;
}

typedef struct {
  const DubMaskGrid *grid;
  const float       *in;
  float             *out;
} Job;

static void
up_slab (size_t   piece,
         guint    thread,
         gpointer user_data)
{
  const Job *job = user_data;
  const DubMaskGrid *grid = job->grid;
  size_t h = grid->nodes[1], w = grid->nodes[2];
  size_t last = MIN ((piece + 1) * SLAB, grid->fine[0]);
  g_autofree float *plane = g_new (float, h * w);
  g_autofree float *row = g_new (float, w + 1);

  for (size_t z = piece * SLAB; z < last; z++) {
    float t;
    size_t k = locate (grid, z, &t);
    const float *near = job->in + k * h * w;

    dub_mask_row_lerp (plane, near, t > 0.0f ? near + h * w : near, t, h * w);
    for (size_t y = 0; y < grid->fine[1]; y++) {
      size_t j = locate (grid, y, &t);
      const float *above = plane + j * w;

      dub_mask_row_lerp (row, above, t > 0.0f ? above + w : above, t, w);
      row[w] = row[w - 1];
      dub_mask_row_expand (job->out + (z * grid->fine[1] + y) * grid->fine[2], row,
                           grid->index, grid->fraction, grid->fine[2]);
    }
  }
}

gboolean
dub_mask_grid_up (const DubMaskGrid *self,
                  const float       *c,
                  float             *m,
                  DubRun            *run,
                  GError           **error)
{
  Job job = { .grid = self, .in = c, .out = m };

  return dub_parallel_for (run, (self->fine[0] + SLAB - 1) / SLAB, up_slab, &job, error);
}

void
dub_mask_grid_fold_row (const DubMaskGrid *self,
                        size_t             y,
                        const float       *d,
                        float             *columns)
{
  float t;
  size_t n = self->fine[2];
  size_t j = locate (self, y, &t);

  dub_mask_row_axpy (columns + j * n, d, 1.0f - t, n);
  if (t > 0.0f)
    dub_mask_row_axpy (columns + (j + 1) * n, d, t, n);
}

void
dub_mask_grid_fold_plane (const DubMaskGrid *self,
                          const float       *columns,
                          float             *plane)
{
  size_t w = self->nodes[2], n = self->fine[2];

  memset (plane, 0, self->nodes[1] * w * sizeof (float));
  for (size_t j = 0; j < self->nodes[1]; j++) {
    const float *in = columns + j * n;
    float *out = plane + j * w;

    for (size_t x = 0; x < n; x++) {
      float t = self->fraction[x];

      out[self->index[x]] += (1.0f - t) * in[x];
      if (t > 0.0f)
        out[self->index[x] + 1] += t * in[x];
    }
  }
}

static void
fold_node_plane (size_t   piece,
                 guint    thread,
                 gpointer user_data)
{
  const Job *job = user_data;
  const DubMaskGrid *grid = job->grid;
  size_t n = grid->nodes[1] * grid->nodes[2];
  size_t g = grid->step;
  size_t first = piece > 0 ? (piece - 1) * g : 0;
  size_t last = MIN ((piece + 1) * g, grid->fine[0] - 1);
  float *out = job->out + piece * n;

  memset (out, 0, n * sizeof (float));
  for (size_t z = first; z <= last; z++) {
    float t;
    size_t k = locate (grid, z, &t);
    float weight = k == piece ? 1.0f - t : k + 1 == piece ? t : 0.0f;

    if (weight > 0.0f)
      dub_mask_row_axpy (out, job->in + z * n, weight, n);
  }
}

gboolean
dub_mask_grid_fold_planes (const DubMaskGrid *self,
                           const float       *planes,
                           float             *dc,
                           DubRun            *run,
                           GError           **error)
{
  Job job = { .grid = self, .in = planes, .out = dc };

  return dub_parallel_for (run, self->nodes[0], fold_node_plane, &job, error);
}
