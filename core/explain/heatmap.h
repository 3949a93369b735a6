/* Heatmaps: where in an image a classifier's answer, or its doubt, comes from.
 *
 * One entry for all kinds: dub_heatmap_run (options, networks, one prepared case) gives a map on the case's grid. Several
 * networks are an ensemble: the answer is the mean of their probabilities.
 *
 *   kind               map at a place u                                                        signed
 *   occlusion          t(x) - t(x with a window around u replaced), windows averaged           yes
 *   gradient           dt/dx(u)                                                                yes
 *   input-gradient     (x(u) - r(u)) · dt/dx(u)                                                yes
 *   smoothgrad         mean of dt/dx(u) over noisy copies of x (Smilkov et al. 2017)           yes
 *   ig                 (x(u) - r(u)) · mean of dt/dx(u) on the way from r to x (Sundararajan et al. 2017)  yes
 *   gradcam            positive part of Σ_k α_k A_k(u), α_k = mean over space of dt/dA_k (Selvaraju et al. 2017)  no
 *   gradcam-sd         SD over the networks of their Grad-CAM, each divided by its maximum     no
 *   mask               1 - m(u), m the meaningful-perturbation mask of mask.h                  no
 *
 * t is the target, r the replacement. With C > 1 channels what has a sign is summed over them (of a grey image repeated
 * over channels that is the derivative with respect to the grey value, and integrated gradients stay complete); windows and
 * masks replace all channels at once.
 *
 * Letters: M networks, K classes, C channels of the image, (D, H, W) its spatial extents; (H, W) of a picture.
 */
#pragma once

#include "core/explain/mask.h"
#include "core/uq/estimator.h"

G_BEGIN_DECLS

typedef enum {
  DUB_HEATMAP_OCCLUSION,
  DUB_HEATMAP_GRADIENT,
  DUB_HEATMAP_INPUT_GRADIENT,
  DUB_HEATMAP_SMOOTHGRAD,
  DUB_HEATMAP_INTEGRATED_GRADIENTS,
  DUB_HEATMAP_GRADCAM,
  DUB_HEATMAP_GRADCAM_SD,
  DUB_HEATMAP_MASK,
} DubHeatmapKind;
#define DUB_N_HEATMAP_KINDS (DUB_HEATMAP_MASK + 1)

/* The target t: one number made of what the networks say. */
typedef enum {
  DUB_HEATMAP_OF_PROBABILITY, /* mean over networks of the probability of the class */
  DUB_HEATMAP_OF_LOGIT,       /* mean over networks of the logit of the class */
  DUB_HEATMAP_OF_ENTROPY,     /* entropy of the mean probabilities, in nat */
  DUB_HEATMAP_OF_SCORE,       /* any score of the answers: occlusion alone, as it has no derivative here */
} DubHeatmapOf;

/* A score of N cases at once, as DubEstimator's: here each case is the image with another window replaced.
 * @scores: (out): [N of @answers], finite */
typedef gboolean (*DubHeatmapScoreFunc) (const DubAnswers *answers,
                                         double           *scores,
                                         gpointer          user_data,
                                         DubRun           *run,
                                         GError          **error);

typedef struct {
  DubHeatmapKind      kind;
  DubHeatmapOf        of;
  int                 class_index; /* of PROBABILITY and LOGIT and of the mask; -1 = what the networks' mean predicts */
  DubHeatmapScoreFunc score;       /* of OF_SCORE */
  gpointer            score_data;
  const char         *score_name;  /* (nullable) for messages: "mutual information" */

  /* Occlusion. 0 = chosen from the extents: dub_heatmap_window. */
  guint               window;      /* voxels along every axis, at most the extent there */
  guint               stride;      /* at most the window, so that every place is covered */

  guint               n_steps;     /* integrated gradients: midpoints of so many equal parts */
  guint               n_samples;   /* SmoothGrad */
  double              noise;       /* SmoothGrad: SD of the noise as a share of the image's max - min */
  uint64_t            seed;        /* of the noise, of the mask's start */
  double              smooth;      /* SD in voxels of a Gaussian over the finished map; 0 = none. Not for the mask */

  /* What replaces a window or a masked voxel, and where integrated gradients begin. MEAN is per channel. */
  DubReplacement      replacement;
  double              blur_sigma;  /* of REPLACE_BLUR, voxels */
  DubTensor          *reference;   /* of REPLACE_FILE: (C, H, W), (C, D, H, W), or without the C; not owned */
  const char         *reference_name; /* (nullable) for a person: "the mean of class 0" */

  const char         *layer;       /* Grad-CAM: name of the value or node whose maps are read; NULL = found */
  const DubMaskParams *mask;       /* (nullable): NULL = the defaults; its class, replacement and seed are taken from above */
} DubHeatmapOptions;

typedef struct {
  DubHeatmapKind kind;
  DubHeatmapOf   of;
  DubTensor     *map;          /* (H, W) or (D, H, W) float32, finite */
  gboolean       is_signed;    /* FALSE: nowhere below 0 */
  int            class_index;  /* the class of the target; -1 for entropy and scores */
  double         value;        /* t(x) */
  double         changed;      /* t where everything is replaced (IG: t(r); mask: t of the masked image); NaN elsewhere */
  double         gap;          /* IG: Σ map - (t(x) - t(r)), before smoothing: 0 is complete; NaN elsewhere */
  size_t         peak[3];      /* (z, y, x) of the largest |map|, the first of equal ones; z = 0 of a picture */
  double         peak_value;   /* the map there, with its sign */
  guint          window;       /* of occlusion, as used; 0 elsewhere */
  guint          stride;
  size_t         n_passes;     /* images that went through each network */
  char          *layer;        /* (nullable) Grad-CAM: the value whose maps were read, of the first network */
  char          *what;         /* for a person: "occlusion of the entropy, window 7, stride 2, replaced by its mean" */
} DubHeatmap;

/* Any estimator of uncertainty as a DubHeatmapScoreFunc whose user data is this. */
typedef struct {
  const DubEstimator        *estimator;
  gconstpointer              fitted;  /* (nullable): what its fit returned */
  const DubEstimatorOptions *options;
} DubHeatmapEstimator;

gboolean     dub_heatmap_score_estimator (const DubAnswers    *answers,
                                       double                 *scores,
                                       gpointer                user_data,
                                       DubRun                 *run,
                                       GError                **error);

/* Good defaults of a kind for an image of @n_axes spatial axes (2 or 3); README.md says where they come from. The target is the
 * probability of the predicted class. */
void         dub_heatmap_options_init (DubHeatmapOptions       *self,
                                       DubHeatmapKind           kind,
                                       int                      n_axes);

/* The mask's parameters for an image of @n_axes axes: dub_mask_params_init, with lighter terms for a picture. */
void         dub_heatmap_mask_params_init (DubMaskParams       *self,
                                       int                      n_axes);
/* DUB_ERROR_ARGUMENT names the option, its value and its range. */
gboolean     dub_heatmap_options_check (const DubHeatmapOptions *self,
                                       GError                 **error);
/* The window and the stride that occlusion uses on an image of these spatial extents (D = 1 of a picture). */
void         dub_heatmap_window       (const DubHeatmapOptions *options,
                                       const size_t             shape[3],
                                       guint                   *window,
                                       guint                   *stride);

/* dub_heatmap_answer:
 * @probabilities: (out) (optional) (transfer full): [K] the mean over the networks
 *
 * The class that they predict for the image, of equal ones the first: what a class_index of -1 stands for. -1 with @error
 * set as by dub_heatmap_run.
 */
int          dub_heatmap_answer       (DubGraph *const         *networks,
                                       size_t                   n_networks,
                                       DubTensor               *image,
                                       double                 **probabilities,
                                       DubRun                  *run,
                                       GError                 **error);

/* dub_heatmap_run:
 * @networks: [n_networks] classifiers as core/study/classifier.h reads them, all of the same classes
 * @image: (1, C, H, W) or (1, C, D, H, W) float32, prepared as the networks want it; only read
 *
 * Polls cancellation and reports progress through @run. The same bits for any number of threads.
 *
 * Returns: (transfer full), or NULL with @error set:
 *   DUB_ERROR_ARGUMENT     an option outside its range, a class or a layer that is not there, a target the kind cannot have
 *   DUB_ERROR_SHAPE        an image or a reference that does not fit the networks
 *   DUB_ERROR_NUMERIC      NaN or infinity in the image (with its place) or in an answer
 *   DUB_ERROR_UNSUPPORTED  no derivative reaches the image, no feature maps before the answer
 */
G_GNUC_WARN_UNUSED_RESULT
DubHeatmap  *dub_heatmap_run          (const DubHeatmapOptions *options,
                                       DubGraph *const         *networks,
                                       size_t                   n_networks,
                                       DubTensor               *image,
                                       DubRun                  *run,
                                       GError                 **error);
void         dub_heatmap_free         (DubHeatmap              *self);

/* The words of files and of the command line: "occlusion", "gradient", "input-gradient", "smoothgrad", "ig", "gradcam",
 * "gradcam-sd", "mask". Static. */
const char  *dub_heatmap_kind_name    (DubHeatmapKind           kind);
/* FALSE = no such word. */
gboolean     dub_heatmap_kind_find    (const char              *name,
                                       DubHeatmapKind          *kind);
/* Whether the kind takes away parts of the image, or begins from another, so that the replacement matters. The mask keeps its own. */
gboolean     dub_heatmap_kind_replaces (DubHeatmapKind          kind);
/* Whether the kind can have this target. */
gboolean     dub_heatmap_kind_has     (DubHeatmapKind           kind,
                                       DubHeatmapOf             of);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubHeatmap, dub_heatmap_free)

G_END_DECLS
