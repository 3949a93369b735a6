/* What can be read of a mask, and the way back through its snapshots. */
#include "core/explain/mask-private.h"

#include <string.h>

guint
dub_mask_get_iteration (const DubMask *self)
{
  return self->iteration;
}

const DubMaskEnergy *
dub_mask_get_trace (const DubMask *self,
                    size_t        *n_rows)
{
  *n_rows = self->trace->len;

  return (const DubMaskEnergy *) (const void *) self->trace->data;
}

const double *
dub_mask_get_trace_probabilities (const DubMask *self,
                                  size_t         row)
{
  g_return_val_if_fail (row < self->trace->len, NULL);

  return &g_array_index (self->row_classes, double, row * self->network.n_classes);
}

static DubTensor *
new_volume (const DubMask  *self,
            GError        **error)
{
  return dub_tensor_new (DUB_DTYPE_F32,
                         DUB_SHAPE ((int64_t) self->shape[0], (int64_t) self->shape[1], (int64_t) self->shape[2]),
                         error);
}

DubTensor *
dub_mask_get_mask (DubMask  *self,
                   GError  **error)
{
  const float *m = _dub_mask_voxels (self, NULL, error);
  g_autoptr (DubTensor) mask = m != NULL ? new_volume (self, error) : NULL;

  if (mask == NULL)
    return NULL;
  memcpy (mask->data, m, self->n_voxels * sizeof (float));

  return g_steal_pointer (&mask);
}

DubTensor *
dub_mask_get_masked_image (DubMask  *self,
                           size_t    index,
                           GError  **error)
{
  static const int unmoved[3] = { 0, 0, 0 };

  g_return_val_if_fail (index < self->n_images, NULL);

  const float *m = _dub_mask_voxels (self, NULL, error);
  g_autoptr (DubTensor) image = m != NULL ? new_volume (self, error) : NULL;
  DubMaskView view = _dub_mask_view (self, index, unmoved);

  if (image == NULL || !dub_mask_compose (self->shape, m, &view, dub_tensor_f32 (image), NULL, error))
    return NULL;

  return g_steal_pointer (&image);
}

size_t
dub_mask_get_probabilities (DubMask       *self,
                            size_t         index,
                            const double **original,
                            const double **masked)
{
  g_return_val_if_fail (index < self->n_images, 0);

  if (original != NULL)
    *original = self->original + index * self->network.n_classes;
  if (masked != NULL)
    *masked = self->masked + index * self->network.n_classes;

  return self->network.n_classes;
}

DubTensor *
dub_mask_get_snapshot (DubMask  *self,
                       guint     iteration,
                       guint    *found,
                       GError  **error)
{
  const DubMaskSnapshot *snapshot = dub_mask_history_find (&self->history, iteration);

  if (snapshot == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The mask has no snapshot at iteration %u or before.", iteration);
    return NULL;
  }

  g_autoptr (DubTensor) nodes = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE ((int64_t) self->n_nodes), error);
  g_autoptr (DubTensor) mask = nodes != NULL ? new_volume (self, error) : NULL;

  if (mask == NULL)
    return NULL;
  if (found != NULL)
    *found = snapshot->iteration;
  dub_mask_history_read (&self->history, snapshot, dub_tensor_f32 (nodes));
  if (!dub_mask_grid_up (&self->grid, dub_tensor_f32 (nodes), dub_tensor_f32 (mask), NULL, error))
    return NULL;

  return g_steal_pointer (&mask);
}

guint
dub_mask_snapshot_after (const DubMask *self,
                         guint          iteration)
{
  const GArray *all = self->history.snapshots;

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (g_array_index (all, DubMaskSnapshot, i).iteration > iteration)
      return g_array_index (all, DubMaskSnapshot, i).iteration;

  return self->iteration;
}

gboolean
dub_mask_rewind (DubMask  *self,
                 guint     iteration,
                 GError  **error)
{
  const DubMaskSnapshot *snapshot = dub_mask_history_find (&self->history, iteration);

  if (snapshot == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The mask has no snapshot at iteration %u or before.", iteration);
    return FALSE;
  }

  guint found = snapshot->iteration;

  /* Eight bits would move a start of 0.5; the start itself is at hand. */
  if (found > 0)
    dub_mask_history_read (&self->history, snapshot, dub_tensor_f32 (self->nodes));
  else if (!_dub_mask_fill_start (self, dub_tensor_f32 (self->nodes), error))
    return FALSE;

  dub_mask_history_truncate (&self->history, found);
  g_array_set_size (self->trace, MIN (self->trace->len, found));
  g_array_set_size (self->row_classes, (guint) (self->trace->len * self->network.n_classes));
  self->iteration = found;
  self->segment = self->trace->len;
  self->voxels_stale = TRUE;
  _dub_mask_forget_moments (self);

  return TRUE;
}

static size_t
n_bytes (const DubTensor *tensor)
{
  return tensor != NULL ? dub_tensor_n_bytes (tensor) : 0;
}

size_t
dub_mask_peak_bytes (const DubMask *self)
{
  size_t sum = dub_plan_peak_bytes (self->network.plan) + n_bytes (self->network.input) + n_bytes (self->reference) +
               n_bytes (self->score) + n_bytes (self->nodes) + n_bytes (self->next) + n_bytes (self->first) +
               n_bytes (self->second) + n_bytes (self->voxels) + n_bytes (self->planes) + n_bytes (self->slope) +
               dub_mask_history_n_bytes (&self->history);

  for (size_t i = 0; i < self->n_images; i++)
    sum += n_bytes (self->images[i].x) + (self->images[i].r != self->reference ? n_bytes (self->images[i].r) : 0);

  return sum;
}
