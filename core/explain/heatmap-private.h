/* The parts of a heatmap, shared by heatmap*.c only.
 *
 * Letters as in heatmap.h; V = D·H·W voxels, N images that go through the networks at once.
 */
#pragma once

#include "core/explain/heatmap.h"
#include "core/study/classifier.h"

G_BEGIN_DECLS

/* The image and the networks that look at it. */
typedef struct {
  DubGraph *const *graphs;     /* [M] */
  size_t          n_networks;  /* M */
  DubClassifier **networks;    /* (nullable) [M] bound by _dub_heatmap_look_bind */
  size_t          n_classes;   /* K, known once bound */
  size_t          batch;       /* N at most, the same for all */
  DubShape        input;       /* (C, H, W) or (C, D, H, W) */
  size_t          n_channels;  /* C */
  size_t          shape[3];    /* D, H, W; D = 1 of a picture */
  size_t          n_voxels;    /* V */
  size_t          n_input;     /* C·V */
  const float    *x;           /* [C·V] the image */
  float          *logits;      /* [M][batch][K] of the last forward */
  float          *d_logits;    /* [M][batch][K] */
  size_t          n_features;  /* F, where features were asked for and all networks have as many; else 0 */
  float          *features;    /* (nullable) [M][batch][F] */
} DubHeatmapLook;

/* The target as a function of logits. */
typedef struct {
  DubHeatmapOf of;
  size_t       class_index;
  size_t       n_networks; /* M */
  size_t       n_classes;  /* K */
} DubHeatmapTarget;

/* What a kind is given and what it fills. */
typedef struct {
  const DubHeatmapOptions *options;
  DubHeatmapLook           look;
  DubHeatmapTarget         target;
  float                   *r;       /* (nullable) [C·V] the replacement */
  DubHeatmap              *result;  /* its map is there, zeros */
} DubHeatmapWork;

/* How the networks are needed. */
typedef struct {
  size_t     batch;
  gboolean   input_gradients;
  gboolean   features;
  const int *maps;  /* (nullable) [M] a value of each graph */
} DubHeatmapBinding;

gboolean _dub_heatmap_look_bind    (DubHeatmapLook          *self,
                                    const DubHeatmapBinding *binding,
                                    DubRun                  *run,
                                    GError                 **error);
void     _dub_heatmap_look_clear   (DubHeatmapLook          *self);
/* @images: [n][C·V], n at most the batch; fills @logits, [M][n][K] of a stride of @batch images. */
gboolean _dub_heatmap_look_forward (DubHeatmapLook          *self,
                                    const float             *images,
                                    size_t                   n,
                                    DubRun                  *run,
                                    GError                 **error);
/* After forward of the same images: dt/dx of each image's target, summed over the networks. @gradient: (out) [n][C·V] */
gboolean _dub_heatmap_look_gradient (DubHeatmapLook         *self,
                                    const DubHeatmapTarget  *target,
                                    size_t                   n,
                                    float                   *gradient,
                                    DubRun                  *run,
                                    GError                 **error);
/* dt/dlogits of the first @n images of the last forward into d_logits; rows beyond are zeros. */
void     _dub_heatmap_look_derive  (DubHeatmapLook          *self,
                                    const DubHeatmapTarget  *target,
                                    size_t                   n);

/* t of one image. @logits: [M] rows of K floats, @stride floats apart. */
double   _dub_heatmap_target_value (const DubHeatmapTarget  *self,
                                    const float             *logits,
                                    size_t                   stride);
/* dt/dlogits of one image, in the same places. */
void     _dub_heatmap_target_slope (const DubHeatmapTarget  *self,
                                    const float             *logits,
                                    size_t                   stride,
                                    float                   *slope);
/* Mean probabilities over the networks. @mean: (out) [K] */
void     _dub_heatmap_mean         (const DubHeatmapTarget  *self,
                                    const float             *logits,
                                    size_t                   stride,
                                    double                  *mean);

/* [C·V] what replaces the image. (transfer full) */
float   *_dub_heatmap_replacement  (const DubHeatmapLook    *look,
                                    const DubHeatmapOptions *options,
                                    DubRun                  *run,
                                    GError                 **error);

/* The value of each graph whose maps Grad-CAM reads: @name, or found. @maps: (out) [M] */
gboolean _dub_heatmap_find_maps    (const DubHeatmapLook    *look,
                                    const char              *name,
                                    int                     *maps,
                                    DubRun                  *run,
                                    GError                 **error);

/* --- occlusion of large images: only what a window changes is computed anew --- */

/* A box of voxels. */
typedef struct {
  size_t at[3];
  size_t size[3];
} DubHeatmapBox;

typedef struct _DubHeatmapFronts DubHeatmapFronts;

/* dub_heatmap_fronts_new:
 * @window: voxels of the windows along each axis
 *
 * Returns: (transfer full): NULL without @error where cutting the networks would not pay.
 */
DubHeatmapFronts *_dub_heatmap_fronts_new   (const DubHeatmapLook *look,
                                             const size_t          window[3],
                                             gboolean              features,
                                             DubRun               *run,
                                             GError              **error);
void              _dub_heatmap_fronts_free  (DubHeatmapFronts     *self);
size_t            _dub_heatmap_fronts_batch (const DubHeatmapFronts *self);
size_t            _dub_heatmap_fronts_n_features (const DubHeatmapFronts *self);
/* Answers to the image with each of the boxes [n] replaced; a NULL @boxes is the image itself, n = 1.
 * @logits: (out) [M] rows of n·K floats, @logits_stride apart; @features: (out) (nullable) the same of n·F. */
gboolean          _dub_heatmap_fronts_ask   (DubHeatmapFronts     *self,
                                             const float          *r,
                                             const DubHeatmapBox  *boxes,
                                             size_t                n,
                                             float                *logits,
                                             size_t                logits_stride,
                                             float                *features,
                                             size_t                features_stride,
                                             DubRun               *run,
                                             GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubHeatmapFronts, _dub_heatmap_fronts_free)

/* Sum over channels of @values [C·V] into the map. */
void     _dub_heatmap_put_channels (DubHeatmapWork          *work,
                                    const double            *values);

/* The kinds. Each binds the networks as it needs them; those of score targets get value from _dub_heatmap_occlusion. */
gboolean _dub_heatmap_gradient     (DubHeatmapWork *work, DubRun *run, GError **error);
gboolean _dub_heatmap_smoothgrad   (DubHeatmapWork *work, DubRun *run, GError **error);
gboolean _dub_heatmap_path         (DubHeatmapWork *work, DubRun *run, GError **error);
gboolean _dub_heatmap_gradcam      (DubHeatmapWork *work, DubRun *run, GError **error);
gboolean _dub_heatmap_occlusion    (DubHeatmapWork *work, DubRun *run, GError **error);
gboolean _dub_heatmap_mask         (DubHeatmapWork *work, DubRun *run, GError **error);

G_END_DECLS
