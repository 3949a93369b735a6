#include "ui/model/mask-frame.h"

#include <math.h>
#include <string.h>

/* Voxels by which the truth is widened before the mass inside is counted (README of core/explain). */
#define TRUTH_RADIUS 2.0

/* Mean of 1 - m: the share of the volume that is replaced. Partial sums keep float32 exact enough and fast. */
static double
share_replaced (const DubTensor *mask)
{
  const float *m = dub_tensor_f32 (mask);
  size_t n = dub_tensor_n_elements (mask);
  double sum = 0.0;

  for (size_t i = 0; i < n; i += 4096) {
    size_t end = MIN (i + 4096, n);
    double part = 0.0;

    for (size_t k = i; k < end; k++)
      part += 1.0 - (double) m[k];
    sum += part;
  }

  return n > 0 ? sum / (double) n : 0.0;
}

/* Regions and truth are measured on the mask in the space of the displayed volume, as the atlas is. */
static gboolean
measure (DubMaskFrame      *self,
         const DubMaskInputs  *inputs,
         GError              **error)
{
  if (inputs->atlas != NULL) {
    self->regions = dub_region_densities (inputs->atlas, self->mask->voxels, error);
    if (self->regions == NULL)
      return FALSE;
  }
  if (inputs->truth != NULL)
    self->inside_truth = dub_mass_inside (self->mask->voxels, inputs->truth->voxels, TRUTH_RADIUS);

  return TRUE;
}

DubMaskFrame *
dub_mask_frame_new (DubMask                *mask,
                       const DubMaskInputs    *inputs,
                       guint                   iteration,
                       const DubMaskFrame  *previous,
                       gboolean                light,
                       GError                **error)
{
  g_autoptr (DubMaskFrame) self = g_new0 (DubMaskFrame, 1);
  g_autoptr (DubTensor) values = NULL;
  const double *original = NULL;
  const double *masked = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->params = *dub_mask_get_params (mask);
  self->latest = dub_mask_get_iteration (mask);
  self->iteration = self->latest;
  self->n_iterations = self->params.n_iterations;
  self->done = dub_mask_is_done (mask);
  self->inside_truth = NAN;

  if (iteration < self->latest)
    values = dub_mask_get_snapshot (mask, iteration, &self->iteration, error);
  else
    values = dub_mask_get_mask (mask, error);
  if (values == NULL)
    return NULL;

  self->mask = dub_preprocess_back (&inputs->preprocess, values, inputs->displayed, error);
  if (self->mask == NULL)
    return NULL;
  self->replaced = share_replaced (self->mask->voxels);

  const DubMaskEnergy *trace = dub_mask_get_trace (mask, &self->n_trace);

  self->trace = g_memdup2 (trace, self->n_trace * sizeof (DubMaskEnergy));
  self->n_classes = dub_mask_get_probabilities (mask, 0, &original, &masked);
  self->original = g_memdup2 (original, self->n_classes * sizeof (double));
  self->masked = g_memdup2 (masked, self->n_classes * sizeof (double));

  /* Looking back, what the network said when it saw that mask. */
  if (self->iteration < self->n_trace)
    memcpy (self->masked, dub_mask_get_trace_probabilities (mask, self->iteration), self->n_classes * sizeof (double));

  if (light && previous != NULL) {
    self->regions = previous->regions != NULL ? g_array_ref (previous->regions) : NULL;
    self->inside_truth = previous->inside_truth;
  } else if (!measure (self, inputs, error)) {
    return NULL;
  }

  return g_steal_pointer (&self);
}

DubMaskFrame *
dub_mask_frame_ref (DubMaskFrame *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_mask_frame_unref (DubMaskFrame *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->mask, dub_volume_unref);
  g_clear_pointer (&self->regions, g_array_unref);
  g_free (self->trace);
  g_free (self->original);
  g_free (self->masked);
  g_free (self);
}

const DubMaskEnergy *
dub_mask_frame_energy (const DubMaskFrame *self,
                          guint                  iteration)
{
  return iteration < self->n_trace ? &self->trace[iteration] : NULL;
}
