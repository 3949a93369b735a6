/* t-SNE: a map in two dimensions that keeps neighbours, made in steps so that it can be watched and stopped.
 *
 * Letters in this file: N cases, F features.
 * Source: van der Maaten and Hinton 2008; repulsion by grid as repulsion.h says; learning rate max (N / 12, 50) after
 * Belkina et al. 2019, for the gradient Σ_j (p_ij - q_ij) k_ij d_ij without the factor 4 of eq. 5; start from the
 * principal components after Kobak and Berens 2019.
 *
 * Distances within the map are not metric: quality.h says how far it can be believed.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  double   perplexity;    /* how many neighbours count, about; above 1 */
  double   learning_rate; /* 0 = max (N / exaggeration, 50) */
  double   exaggeration;  /* of attraction in the first iterations, >= 1 */
  guint    n_exaggerated; /* how many these are */
  guint    n_iterations;  /* the whole, for the fraction that a run tells */
  uint64_t seed;          /* of the start's jitter (1 % of its width), which parts duplicates */
} DubTsneOptions;

#define DUB_TSNE_DEFAULT \
  ((DubTsneOptions) { .perplexity = 30.0, .learning_rate = 0.0, .exaggeration = 12.0, .n_exaggerated = 250, \
                      .n_iterations = 1000, .seed = 0 })

typedef struct _DubTsne DubTsne;

/* dub_tsne_new:
 * @features: [N][F], not needed afterwards
 *
 * Finds neighbours and affinities and places the start, and tells @run its progress.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for fewer than 3 × perplexity + 1 cases,
 *   DUB_ERROR_NUMERIC for features that are not finite or all constant, DUB_ERROR_ARGUMENT, DUB_ERROR_MEMORY,
 *   DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTsne     *dub_tsne_new           (const float           *features,
                                     size_t                 n_cases,
                                     size_t                 n_features,
                                     const DubTsneOptions  *options,
                                     DubRun                *run,
                                     GError               **error);
void         dub_tsne_free          (DubTsne               *self);

/* dub_tsne_step:
 *
 * @n_iterations more. A cancelled step leaves the map as the last complete iteration made it and can be followed by
 * another: the bits are those of an uninterrupted run, whatever the sizes of the steps.
 *
 * Returns: FALSE with @error set: DUB_ERROR_CANCELLED, or DUB_ERROR_NUMERIC if the learning rate lets the map fly apart.
 */
gboolean     dub_tsne_step          (DubTsne               *self,
                                     guint                  n_iterations,
                                     DubRun                *run,
                                     GError               **error);

size_t       dub_tsne_get_n         (const DubTsne         *self);
guint        dub_tsne_get_iteration (const DubTsne         *self);
/* @out: (out) [N][2]. Not while another thread steps. */
void         dub_tsne_get_positions (const DubTsne         *self,
                                     float                 *out);
/* Kullback-Leibler divergence of the map from the affinities (without exaggeration), in nats; as costly as an iteration.
 * FALSE only if cancelled. */
gboolean     dub_tsne_get_kl        (DubTsne               *self,
                                     double                *kl,
                                     DubRun                *run,
                                     GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubTsne, dub_tsne_free)

G_END_DECLS
