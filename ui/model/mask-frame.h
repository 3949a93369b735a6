/* One moment of an optimisation, frozen for the screen.
 *
 * Made on the worker's thread, immutable from then on, shared by reference.
 */
#pragma once

#include "core/explain/mask.h"
#include "core/explain/regions.h"
#include "ui/model/mask-inputs.h"

G_BEGIN_DECLS

typedef struct {
  gatomicrefcount ref_count;
  guint64        generation; /* of the settings that made it */
  DubMaskParams  params;
  guint          iteration;  /* whose mask this is */
  guint          latest;     /* iterations done when it was made; > iteration while looking back */
  guint          n_iterations; /* where the optimiser will stop */
  gboolean       done;
  double         rate;       /* iterations per second by the clock, drawing included; 0 = not known yet */
  DubVolume     *mask;       /* m, on the grid of the displayed volume */
  DubMaskEnergy *trace;      /* [n_trace], rows 0 … latest */
  size_t         n_trace;
  double        *original;   /* [n_classes] class probabilities of X */
  double        *masked;     /* [n_classes] of X'_m */
  size_t         n_classes;
  GArray        *regions;    /* (nullable) of DubRegionDensity, by decreasing density */
  double         replaced;   /* mean of 1 - m: share of the volume */
  double         inside_truth; /* share of the mass inside the truth dilated by 2 voxels, NaN = no truth */
} DubMaskFrame;

/* dub_mask_frame_new:
 * @iteration: whose mask, or G_MAXUINT for the current one
 * @previous: (nullable): a frame to take regions and inside_truth from when @light
 * @light: leave out what costs more than the copy itself
 */
G_GNUC_WARN_UNUSED_RESULT
DubMaskFrame *dub_mask_frame_new   (DubMask             *mask,
                                          const DubMaskInputs *inputs,
                                          guint                iteration,
                                          const DubMaskFrame *previous,
                                          gboolean             light,
                                          GError             **error);
DubMaskFrame *dub_mask_frame_ref   (DubMaskFrame     *self);
void             dub_mask_frame_unref (DubMaskFrame     *self);

/* The row of @iteration, or NULL. */
const DubMaskEnergy *dub_mask_frame_energy (const DubMaskFrame *self,
                                               guint                  iteration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubMaskFrame, dub_mask_frame_unref)

G_END_DECLS
