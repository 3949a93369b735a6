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
 * @outputs: of the family's networks alone (dub_outputs_peek_models): networks of several families may differ in F, and then
 *   their outputs have no features
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

/* dub_latent_options_fit:
 * @note: (out) (optional) (nullable) (transfer full): what was lowered, as a sentence
 *
 * Lowers what @n_cases do not allow, where there are enough for any; dub_latent_map_new does it by itself.
 */
void          dub_latent_options_fit       (DubLatentOptions        *options,
                                            size_t                   n_cases,
                                            char                   **note);

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
/* What it is made with: that which was asked for, as far as it fits. */
const DubLatentOptions *dub_latent_map_get_options (const DubLatentMap *self);
/* (nullable): "The perplexity was lowered to 12: …" */
const char   *dub_latent_map_get_note      (const DubLatentMap      *self);
/* @xy: (out) [N][2] */
void          dub_latent_map_get_positions (const DubLatentMap      *self,
                                            float                   *xy);

/* Beyond this many cases, DUB_LATENT_DRAWN of them (drawn by seed 0) are judged against all. */
#define DUB_LATENT_JUDGED_ALL 5000
#define DUB_LATENT_DRAWN      2000

/* How far it can be believed; NaN = undefined. Silhouettes are of the classes of the judged cases: in the plane and among the
 * features. */
typedef struct {
  double trustworthiness, continuity;
  double hit;                         /* neighbourhood hit of the classes */
  double silhouette, silhouette_features;
  double explained;                   /* PCA: share of the variance in the plane; else NaN */
  double loss;                        /* t-SNE: Kullback-Leibler divergence; UMAP: cross-entropy a case; PCA: NaN */
  size_t k;                           /* neighbours of the first three: 12, or what few cases allow */
  size_t n_judged;                    /* cases that the first two were measured on */
} DubLatentQuality;

/* Classes to be told apart: those of the test cases, -1 elsewhere; of all cases where no two test cases differ in their class.
 * (transfer full) [N] */
int          *dub_latent_labels            (const DubStudy          *study);

/* Kullback-Leibler divergence of t-SNE, cross-entropy a case of UMAP; NaN for PCA. As costly as an iteration. */
gboolean      dub_latent_map_get_loss      (DubLatentMap            *self,
                                            double                  *loss,
                                            DubRun                  *run,
                                            GError                 **error);

/* @labels: [N] -1 = not judged */
gboolean      dub_latent_map_measure       (DubLatentMap            *self,
                                            const int               *labels,
                                            DubLatentQuality        *quality,
                                            DubRun                  *run,
                                            GError                 **error);

/* --- latent-words.c: what figures of it say, in English, wherever they are made --- */

/* "t-SNE 2": the name of an axis, from 0. (transfer full) */
char         *dub_latent_axis_name         (DubLatentMethod          method,
                                            guint                    axis);
/* "ce-dca15", or "ce · ce-f2" where a network was asked for. @model: (nullable). (transfer full) */
char         *dub_latent_title             (const char              *family,
                                            const char              *model);
/* "silhouette 0.213 (features 0.187) · trustworthiness 0.961 · continuity 0.966" (transfer full) */
char         *dub_latent_quality_text      (const DubLatentQuality  *quality);
/* Key, value, … and NULL, of what a map comes from. @family, @model: as for dub_latent_features. (transfer full) */
char        **dub_latent_provenance        (const DubStudy          *study,
                                            const char              *family,
                                            const char              *model,
                                            const DubLatentOptions  *options, /* as the map was made with */
                                            guint                    n_iterations);

/* --- latent-store.c: maps that ended, in results/latent --- */

/* What was laid out and which classes are told apart, as 64 digits. Reads every number: not on a main loop. (transfer full) */
char         *dub_latent_digest            (const float             *features,
                                            size_t                   n_cases,
                                            size_t                   n_features,
                                            const int               *labels);
/* What a map depends on, as 64 digits: the digest above, and @options as they were asked for. (transfer full) */
char         *dub_latent_key               (const char              *digest,
                                            const DubLatentOptions  *options);
/* dub_latent_kept_read:
 * @xy: (out) [N][2]
 * @note: (out) (transfer full) (nullable)
 *
 * FALSE where no such map is kept, or what is kept cannot be read: the map is made again then.
 */
gboolean      dub_latent_kept_read         (const DubStudy          *study,
                                            const char              *key,
                                            float                   *xy,
                                            guint                   *iteration,
                                            char                   **note,
                                            DubLatentQuality        *quality);
/* Keeps it, and forgets the oldest of more than DUB_LATENT_KEPT. */
gboolean      dub_latent_kept_write        (const DubStudy          *study,
                                            const char              *key,
                                            const float             *xy,
                                            guint                    iteration,
                                            const char              *note,
                                            const DubLatentQuality  *quality,
                                            GError                 **error);

#define DUB_LATENT_KEPT 24

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentMap, dub_latent_map_free)

G_END_DECLS
