/* A network that gives every pixel or voxel a class: what it says, and where it is unsure.
 *
 * Letters: M networks, T views (segment-view.h), C classes, V = D·H·W voxels of the network's grid.
 * A network's first output is (1, C, D, H, W) or (1, C, H, W): logits, log-probabilities, or the probabilities of a final Softmax;
 * or (1, 1, …): one logit of class 1, or the probability of a final Sigmoid.
 *
 *   MSR       1 - max p̄            p̄ = mean of the probabilities over networks and views
 *   ENTROPY   - Σ p̄ ln p̄           in nats
 *   MARGIN    1 - (p̄(1) - p̄(2))
 *   SD        over networks and views, mean over classes (ddof 0)
 *   MI        ENTROPY - mean over networks and views of the entropy of each: mutual information, in nats
 */
#pragma once

#include "core/base/run.h"
#include "core/nn/graph.h"
#include "core/uq/segment-view.h"

G_BEGIN_DECLS

typedef enum { DUB_SEGMENT_MSR, DUB_SEGMENT_ENTROPY, DUB_SEGMENT_MARGIN, DUB_SEGMENT_SD, DUB_SEGMENT_MI } DubSegmentScore;
#define DUB_N_SEGMENT_SCORES (DUB_SEGMENT_MI + 1)

/* "msr", "entropy", "margin", "sd", "mi". Static. */
const char *dub_segment_score_name     (DubSegmentScore score);
/* One sentence for a person. Static. */
const char *dub_segment_score_sentence (DubSegmentScore score);

typedef struct {
  size_t     n_classes;   /* C */
  size_t     n_models, n_views;
  int64_t    extent[3];   /* D, H, W */
  DubTensor *labels;      /* (D, H, W) uint8: the class of the largest p̄, of equal ones the first */
  DubTensor *map[DUB_N_SEGMENT_SCORES]; /* (D, H, W) float32; NULL where not asked for */
  size_t    *count;       /* [C] voxels of each class in @labels */
  size_t    *view_count;  /* [M · T][C] … as each network sees each view: a range, not an interval */
  size_t     peak_bytes;  /* of networks and sums */
} DubSegmentation;

/* dub_segment:
 * @models: [n_models] networks of one input with the same classes
 * @inputs: [n_models] the image as each reads it: (D, H, W), or (H, W) of a grey image
 * @views: (element-type DubSegmentView): the first is the image itself
 * @scores: bits 1 << DubSegmentScore; SD and MI need two networks or views
 *
 * The same bits for any number of threads. Cancelled within 100 ms of a kernel's end.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for an input or output that does not fit (both are named),
 *   DUB_ERROR_ARGUMENT for a score that needs more, DUB_ERROR_NUMERIC for an output that is not finite (with its voxel),
 *   DUB_ERROR_MEMORY, DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubSegmentation *dub_segment           (DubGraph *const  *models,
                                        DubTensor *const *inputs,
                                        size_t            n_models,
                                        GArray           *views,
                                        guint             scores,
                                        DubRun           *run,
                                        GError          **error);
void             dub_segmentation_free (DubSegmentation  *self);

/* Whether @graph could be one: its first output keeps the spatial extents of its only input, and is no image. Looks at types alone; @extents: D, H, W
 * or H, W that would be read. */
gboolean         dub_segment_can       (DubGraph         *graph,
                                        const DubShape   *input,
                                        DubRun           *run);
/* How many classes it tells apart, 0 where dub_segment_can is FALSE. */
size_t           dub_segment_count_classes (DubGraph     *graph,
                                        const DubShape   *input,
                                        DubRun           *run);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSegmentation, dub_segmentation_free)

G_END_DECLS
