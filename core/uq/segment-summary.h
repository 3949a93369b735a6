/* One map of uncertainty in numbers: for sorting cases, and for going to the worst place.
 *
 * Letters: V voxels, K places.
 */
#pragma once

#include "core/base/run.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct {
  int64_t voxel[3]; /* middle of the patch: d, h, w */
  double  mean;     /* over the patch, as far as it lies inside */
} DubSegmentPatch;

typedef struct {
  double mean, sum;          /* over all voxels */
  double mean_foreground;    /* over voxels of another class than 0; NaN without any */
  double threshold;
  double share_above;        /* of the foreground, above the threshold; NaN without any */
  double mean_above;         /* mean of those; NaN without any */
  int    patch;              /* side, in voxels */
  size_t n_patches;
  DubSegmentPatch *patches;  /* [n_patches] worst first, no two overlap */
} DubSegmentSummary;

/* dub_segment_summary_new:
 * @map: (D, H, W) float32, @labels: (D, H, W) uint8
 * @patch: odd side of the box in which the map is averaged: 9 (an axis of one voxel is not averaged)
 * @n_patches: how many places at most
 */
G_GNUC_WARN_UNUSED_RESULT
DubSegmentSummary *dub_segment_summary_new  (const DubTensor   *map,
                                             const DubTensor   *labels,
                                             double             threshold,
                                             int                patch,
                                             size_t             n_patches,
                                             DubRun            *run,
                                             GError           **error);
void               dub_segment_summary_free (DubSegmentSummary *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSegmentSummary, dub_segment_summary_free)

G_END_DECLS
