/* The latent space of a study's networks: what stands before the last dense layer, laid out in a plane.
 *
 * Letters: N cases of the study, F features.
 */
#pragma once

#include "core/projection/quality.h"
#include "core/projection/tsne.h"
#include "core/projection/umap.h"
#include "core/study/outputs.h"

G_BEGIN_DECLS

typedef enum { DUB_LATENT_PCA, DUB_LATENT_TSNE, DUB_LATENT_UMAP } DubLatentMethod;

/* "pca", "tsne", "umap"; static. */
const char *dub_latent_method_id (DubLatentMethod method);

typedef struct {
  DubLatentMethod method;
  double          perplexity; /* of t-SNE; lowered to what the cases allow, and then said */
  size_t          n_neighbors;
  double          min_dist;
  guint           n_iterations; /* 0 = the method's own */
  uint64_t        seed;
} DubLatentOptions;

#define DUB_LATENT_DEFAULT \
  ((DubLatentOptions) { .method = DUB_LATENT_TSNE, .perplexity = 30.0, .n_neighbors = 15, .min_dist = 0.1, .n_iterations = 0, \
                        .seed = 0 })

/* dub_latent_features:
 * @model: (nullable): id; NULL = the family's first network with features
 *
 * The features of every case in the order of the study. Returns: (transfer full) [N][F], or NULL with @error set:
 *   DUB_ERROR_ARGUMENT where the network has none (imported outputs without features), and the sentence says the way out.
 */
G_GNUC_WARN_UNUSED_RESULT
float      *dub_latent_features  (const DubOutputs        *outputs,
                                  const DubStudy          *study,
                                  const char              *family,
                                  const char              *model,
                                  size_t                  *n_features,
                                  GError                 **error);

typedef struct _DubLatentMap DubLatentMap;

/* One layout in the making, whatever the method: steps, positions, fraction. Settings that do not fit the number of cases are
 * lowered and told by dub_latent_map_get_note(). */
G_GNUC_WARN_UNUSED_RESULT
DubLatentMap *dub_latent_map_new           (const float             *features, /* [N][F] borrowed: outlives the map */
                                            size_t                   n_cases,
                                            size_t                   n_features,
                                            const DubLatentOptions  *options,
                                            DubRun                  *run,
                                            GError                 **error);
void          dub_latent_map_free          (DubLatentMap            *self);
/* @n more iterations or epochs; PCA is ready from the beginning. As dub_tsne_step. */
gboolean      dub_latent_map_step          (DubLatentMap            *self,
                                            guint                    n,
                                            DubRun                  *run,
                                            GError                 **error);
guint         dub_latent_map_get_iteration (const DubLatentMap      *self);
guint         dub_latent_map_get_n_iterations (const DubLatentMap   *self);
gboolean      dub_latent_map_is_done       (const DubLatentMap      *self);
/* (nullable): "Perplexity lowered to 12: …" */
const char   *dub_latent_map_get_note      (const DubLatentMap      *self);
/* @xy: (out) [N][2] */
void          dub_latent_map_get_positions (const DubLatentMap      *self,
                                            float                   *xy);

/* How far it can be believed; NaN = undefined. Silhouettes are of true classes, of @judged cases (NULL = all): in the plane and
 * among the features. */
typedef struct {
  double trustworthiness, continuity; /* k = 12 */
  double hit;                         /* neighbourhood hit of the true classes, k = 12 */
  double silhouette, silhouette_features;
  double explained;                   /* PCA: share of the variance in the plane */
} DubLatentQuality;

gboolean      dub_latent_map_measure       (const DubLatentMap      *self,
                                            const int               *labels, /* [N] -1 = not judged */
                                            DubLatentQuality        *quality,
                                            DubRun                  *run,
                                            GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentMap, dub_latent_map_free)

G_END_DECLS
