/* UMAP: a map that keeps neighbourhoods, made in steps so that it can be watched and stopped; new cases can be put into it.
 *
 * Letters in this file: N cases, F features, D dimensions of the map.
 * Source: McInnes, Healy and Melville 2018. Epochs, learning rate, negative samples and limits are those of their
 * program. There, points move one after the other or, on several threads, whichever comes first; here an epoch is cut into
 * a fixed number of turns, in each of which some of the cases move by where all others stood at its begin.
 *
 * Distances within the map are not metric: quality.h says how far it can be believed.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

/* Dimensions of a map, at most. */
#define DUB_UMAP_DIMS 8

typedef struct {
  size_t   n_neighbors; /* neighbours that count, the case itself among them; 2 to N */
  double   min_dist;    /* how close points of the map may come, in units of @spread */
  double   spread;
  size_t   n_dims;      /* D */
  guint    n_epochs;    /* 0 = 500 up to 10 000 cases, 200 beyond */
  guint    n_negative;  /* points pushed away for each drawn near */
  uint64_t seed;
} DubUmapOptions;

#define DUB_UMAP_DEFAULT \
  ((DubUmapOptions) { .n_neighbors = 15, .min_dist = 0.1, .spread = 1.0, .n_dims = 2, .n_epochs = 0, .n_negative = 5, \
                      .seed = 0 })

typedef struct _DubUmap DubUmap;

/* dub_umap_new:
 * @features: [N][F], not needed afterwards but by dub_umap_transform
 *
 * Finds neighbours and the fuzzy graph and places the start: the graph's slowest waves, or, where the graph has several parts,
 * the principal components. Tells @run its progress.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for fewer cases than n_neighbors, DUB_ERROR_NUMERIC for
 *   features that are not finite or all constant, DUB_ERROR_ARGUMENT, DUB_ERROR_MEMORY, DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubUmap  *dub_umap_new               (const float           *features,
                                      size_t                 n_cases,
                                      size_t                 n_features,
                                      const DubUmapOptions  *options,
                                      DubRun                *run,
                                      GError               **error);
void      dub_umap_free              (DubUmap               *self);

/* @n_epochs more, but not beyond the last. A cancelled step leaves the map as the last complete epoch made it and can be
 * followed by another: the bits are those of an uninterrupted run. FALSE only if cancelled. */
gboolean  dub_umap_step              (DubUmap               *self,
                                      guint                  n_epochs,
                                      DubRun                *run,
                                      GError               **error);

size_t    dub_umap_get_n             (const DubUmap         *self);
size_t    dub_umap_get_n_dims        (const DubUmap         *self);
guint     dub_umap_get_epoch         (const DubUmap         *self);
guint     dub_umap_get_n_epochs      (const DubUmap         *self);
/* @out: (out) [N][D]. Not while another thread steps. */
void      dub_umap_get_positions     (const DubUmap         *self,
                                      float                 *out);
/* Fuzzy cross-entropy of graph and map, per case: Σ w ln (w / q) + (1 - w) ln ((1 - w) / (1 - q)) over all pairs, q = 1 / (1 +
 * a d^2b). Pairs without an edge are estimated from 64 others of each case. FALSE only if cancelled. */
gboolean  dub_umap_get_cross_entropy (const DubUmap         *self,
                                      double                *value,
                                      DubRun                *run,
                                      GError               **error);

/* dub_umap_transform:
 * @features: [N][F] those that the map was made from
 * @query: [Q][F] new cases
 * @out: (out) [Q][D]
 *
 * Each new case begins at the weighted mean of its neighbours and then moves against the map, which stands still: its place
 * is the same alone as in any batch.
 */
gboolean  dub_umap_transform         (const DubUmap         *self,
                                      const float           *features,
                                      const float           *query,
                                      size_t                 n_query,
                                      float                 *out,
                                      DubRun                *run,
                                      GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubUmap, dub_umap_free)

G_END_DECLS
