/* The meaningful-perturbation mask and its optimiser.
 *
 *   X'_m(u) = m(u) X(u) + (1 - m(u)) r(u)
 *   m* = argmin_{0 <= m <= 1}  f(X'_m) + λ1 ‖1 - m‖_β1^β1 + λ2 ‖∇m‖_β2^β2
 *
 * f is the softmax probability of the target class, averaged over the set of
 * images. Sources: 001 (Thibeau-Sutre et al. 2020); Fong and Vedaldi 2017.
 *
 * Letters: S images of the set, (D, H, W) the network's spatial extents, V = D·H·W.
 *
 * An optimiser is used from one thread at a time. Parameters may be replaced
 * between two steps; the mask then continues from where it is (warm start).
 */
#pragma once

#include "core/nn/plan.h"

G_BEGIN_DECLS

typedef enum {
  DUB_REPLACE_ONE,   /* r = 1: full grey matter, "no atrophy" */
  DUB_REPLACE_ZERO,  /* r = 0 */
  DUB_REPLACE_MEAN,  /* r = mean of the image */
  DUB_REPLACE_BLUR,  /* r = the image blurred with a Gaussian of blur_sigma voxels */
  DUB_REPLACE_FILE,  /* r = a given volume */
} DubReplacement;

typedef enum {
  DUB_NORM_MEAN, /* norms are means over the V voxels of the image */
  DUB_NORM_SUM,
} DubNorm;

typedef struct {
  double         lambda1;     /* >= 0, weight of the area term */
  double         lambda2;     /* >= 0, weight of the smoothness term */
  double         beta1;       /* > 0 */
  double         beta2;       /* > 0 */
  DubNorm        norm;
  double         step;        /* Adam's step size */
  guint          n_iterations;
  guint          grid;        /* 1 = one mask value a voxel; g = a grid g times coarser, trilinear upsampling */
  double         start;       /* value of m_0, in [0, 1] */
  double         start_noise; /* amplitude of a blurred random field added to m_0; 0 = none */
  double         jitter;      /* the mask is shifted by up to this many voxels at each step; 0 = none */
  gboolean       stop_early;  /* stop when the energy changes by < 1e-4 relative over 20 iterations */
  uint64_t       seed;
  int            target_class;
  DubReplacement replacement;
  double         blur_sigma;  /* voxels */
} DubMaskParams;

/* Energy at m_k, before update k. total = score + area + smoothness; the last two include their λ. */
typedef struct {
  guint  iteration;
  double total;
  double score;
  double area;
  double smoothness;
} DubMaskEnergy;

typedef struct _DubMask DubMask;

/* The defaults of the application, chosen by measurement (README.md of this folder). */
void         dub_mask_params_init      (DubMaskParams        *self);
/* DUB_ERROR_ARGUMENT names the parameter, its value and its range. */
gboolean     dub_mask_params_check     (const DubMaskParams  *self,
                                        GError              **error);

/* dub_mask_new:
 * @graph: a classifier with one float input (N, 1, D, H, W) (or (N, 1, H, W)) and logits (N, C) as first output
 * @images: [n_images] float32 of (D, H, W), preprocessed as the network wants them
 * @reference: (nullable): (D, H, W), needed by DUB_REPLACE_FILE
 *
 * A graph that already ends in Softmax is recognised and its output used as it is.
 *
 * Returns: (transfer full), or NULL with @error set (shape, class out of range, NaN in an image with its place)
 */
G_GNUC_WARN_UNUSED_RESULT
DubMask     *dub_mask_new              (DubGraph             *graph,
                                        DubTensor *const     *images,
                                        size_t                n_images,
                                        DubTensor            *reference,
                                        const DubMaskParams  *params,
                                        DubRun               *run,
                                        GError              **error);
void         dub_mask_free             (DubMask              *self);

/* New parameters from the next step on. λ, β, step, norm, iterations and jitter keep the
 * mask and Adam's moments; class or replacement keep the mask; grid and start begin anew. */
gboolean     dub_mask_set_params       (DubMask              *self,
                                        const DubMaskParams  *params,
                                        DubRun               *run,
                                        GError              **error);
const DubMaskParams *dub_mask_get_params (const DubMask      *self);

/* One iteration: energy at the current mask (stored in the trace), gradient, Adam, clip to [0, 1].
 * A cancelled step leaves mask and trace as they were. */
gboolean     dub_mask_step             (DubMask              *self,
                                        DubRun               *run,
                                        GError              **error);
/* TRUE when n_iterations are done or the stop rule holds. */
gboolean     dub_mask_is_done          (const DubMask        *self);
guint        dub_mask_get_iteration    (const DubMask        *self);

/* Energy at the current mask without a step: the last row of a trace. */
gboolean     dub_mask_evaluate         (DubMask              *self,
                                        DubMaskEnergy        *energy,
                                        DubRun               *run,
                                        GError              **error);

/* Rows of the iterations done, from m_0 on. (transfer none) */
const DubMaskEnergy *dub_mask_get_trace (const DubMask       *self,
                                        size_t               *n_rows);

/* The mask at full resolution, (D, H, W) float32 in [0, 1], a copy. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubTensor   *dub_mask_get_mask         (DubMask              *self,
                                        GError              **error);
/* Image @index under the current mask. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubTensor   *dub_mask_get_masked_image (DubMask              *self,
                                        size_t                index,
                                        GError              **error);

/* Class probabilities at row @row of the trace, [C], the mean over the set: that of the target class is the row's score. (transfer none) */
const double *dub_mask_get_trace_probabilities (const DubMask *self,
                                        size_t                row);

/* Class probabilities of image @index, [C]: @original of X, @masked of X'_m at the last step.
 * Returns C. (transfer none) */
size_t       dub_mask_get_probabilities (DubMask             *self,
                                        size_t                index,
                                        const double        **original,
                                        const double        **masked);

/* Snapshots: kept every few iterations (8-bit, bounded memory) so that any part of the history can be seen again.
 * dub_mask_rewind returns to the newest snapshot at or before @iteration; later rows of the trace are dropped. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor   *dub_mask_get_snapshot     (DubMask              *self,
                                        guint                 iteration,
                                        guint                *found,
                                        GError              **error);
/* Iteration of the first snapshot after @iteration; that of the current mask where there is none. */
guint        dub_mask_snapshot_after   (const DubMask        *self,
                                        guint                 iteration);
gboolean     dub_mask_rewind           (DubMask              *self,
                                        guint                 iteration,
                                        GError              **error);

size_t       dub_mask_peak_bytes       (const DubMask        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubMask, dub_mask_free)

G_END_DECLS
