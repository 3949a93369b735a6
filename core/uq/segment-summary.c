#include "core/uq/segment-summary.h"

#include "core/base/parallel.h"

#include <math.h>
#include <string.h>

/* --- mean over a box, one axis after the other --- */

typedef struct {
  const float *from;
  float       *to;
  int64_t      n_outer, n, n_inner; /* the axis in the middle is summed along */
  int64_t      half;
} Box;

/* A line at a time; each sum is formed anew, for a running one would drift along 256 voxels of float. */
static void
box_piece (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  const Box *box = user_data;
  const float *from = box->from + (int64_t) piece * box->n * box->n_inner;
  float *to = box->to + (int64_t) piece * box->n * box->n_inner;

  for (int64_t i = 0; i < box->n; i++) {
    int64_t low = MAX (i - box->half, 0), high = MIN (i + box->half, box->n - 1);
    float scale = 1.0f / (float) (high - low + 1);

    for (int64_t j = 0; j < box->n_inner; j++) {
      float sum = 0.0f;

      for (int64_t k = low; k <= high; k++)
        sum += from[k * box->n_inner + j];
      to[i * box->n_inner + j] = sum * scale;
    }
  }
}

static gboolean
smooth (const float    *map,
        const int64_t   extent[3],
        int             patch,
        float          *a,
        float          *b,
        DubRun         *run,
        GError        **error)
{
  const Box boxes[] = {
    { map, a, extent[0] * extent[1], extent[2], 1, patch / 2 },
    { a, b, extent[0], extent[1], extent[2], patch / 2 },
    { b, a, 1, extent[0], extent[1] * extent[2], patch / 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    if (!dub_parallel_for (run, (size_t) boxes[i].n_outer, box_piece, (gpointer) &boxes[i], error))
      return FALSE;

  return TRUE;
}

/* --- the worst places --- */

/* The largest value and its first index. */
static size_t
find_largest (const float *values,
              size_t       n)
{
  size_t best = 0;

  for (size_t i = 1; i < n; i++)
    if (values[i] > values[best])
      best = i;

  return best;
}

/* Takes out every place whose patch would overlap the one at @at. */
static void
take_out (float         *values,
          const int64_t  extent[3],
          const int64_t  at[3],
          int            patch)
{
  int64_t low[3], high[3];

  for (int a = 0; a < 3; a++) {
    low[a] = MAX (at[a] - patch + 1, 0);
    high[a] = MIN (at[a] + patch - 1, extent[a] - 1);
  }
  for (int64_t d = low[0]; d <= high[0]; d++)
    for (int64_t h = low[1]; h <= high[1]; h++)
      for (int64_t w = low[2]; w <= high[2]; w++)
        values[(d * extent[1] + h) * extent[2] + w] = -INFINITY;
}

static void
find_patches (DubSegmentSummary *self,
              float             *values,
              const int64_t      extent[3],
              size_t             n_wanted)
{
  size_t n = (size_t) (extent[0] * extent[1] * extent[2]);

  self->patches = g_new0 (DubSegmentPatch, MAX (n_wanted, 1));
  while (self->n_patches < n_wanted) {
    size_t at = find_largest (values, n);
    DubSegmentPatch *patch = &self->patches[self->n_patches];
    int64_t plane = extent[1] * extent[2];

    if (!(values[at] > 0.0f))
      break;
    patch->mean = (double) values[at];
    patch->voxel[0] = (int64_t) at / plane;
    patch->voxel[1] = (int64_t) at % plane / extent[2];
    patch->voxel[2] = (int64_t) at % extent[2];
    take_out (values, extent, patch->voxel, self->patch);
    self->n_patches++;
  }
}

/* --- means --- */

static void
measure (DubSegmentSummary *self,
         const float       *map,
         const guint8      *labels,
         size_t             n)
{
  double foreground = 0.0, above = 0.0;
  size_t n_foreground = 0, n_above = 0;

  for (size_t i = 0; i < n; i++) {
    self->sum += (double) map[i];
    if (labels[i] == 0)
      continue;
    n_foreground++;
    foreground += (double) map[i];
    if ((double) map[i] > self->threshold) {
      n_above++;
      above += (double) map[i];
    }
  }
  self->mean = self->sum / (double) n;
  self->mean_foreground = n_foreground > 0 ? foreground / (double) n_foreground : NAN;
  self->share_above = n_foreground > 0 ? (double) n_above / (double) n_foreground : NAN;
  self->mean_above = n_above > 0 ? above / (double) n_above : NAN;
}

DubSegmentSummary *
dub_segment_summary_new (const DubTensor  *map,
                         const DubTensor  *labels,
                         double            threshold,
                         int               patch,
                         size_t            n_patches,
                         DubRun           *run,
                         GError          **error)
{
  size_t n = dub_tensor_n_elements (map);

  if (map->shape.rank != 3 || map->dtype != DUB_DTYPE_F32 || labels->dtype != DUB_DTYPE_U8 ||
      dub_tensor_n_elements (labels) != n || n == 0 || patch < 1 || patch % 2 == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "A map (D, H, W), labels of the same extents and an odd patch are expected.");
    return NULL;
  }

  g_autoptr (DubSegmentSummary) self = g_new0 (DubSegmentSummary, 1);
  g_autofree float *a = g_try_new (float, n), *b = g_try_new (float, n);

  if (a == NULL || b == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory to average a map of %zu voxels.", n);
    return NULL;
  }
  self->threshold = threshold;
  self->patch = patch;
  measure (self, dub_tensor_f32 (map), labels->data, n);
  if (n_patches > 0) {
    if (!smooth (dub_tensor_f32 (map), map->shape.dim, patch, a, b, run, error))
      return NULL;
    find_patches (self, a, map->shape.dim, n_patches);
  }

  return g_steal_pointer (&self);
}

void
dub_segment_summary_free (DubSegmentSummary *self)
{
  if (self == NULL)
    return;
  g_free (self->patches);
  g_free (self);
}
