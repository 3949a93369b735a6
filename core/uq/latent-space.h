/* A reduced space of training cases, and how far a case is from its nearest ones there.
 *
 *   chosen features of chosen training cases ─▶ standardised ─▶ principal components ─▶ mean distance to the K nearest
 *
 * Letters: N training cases, F features, K neighbours.
 */
#pragma once

#include "core/base/run.h"
#include "core/projection/pca.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  size_t  n_features; /* F of a case, before columns are chosen */
  size_t *columns;    /* (nullable) [n_columns]; NULL = all */
  size_t  n_columns;
  size_t *members;    /* (nullable) [n_members] training cases, rising; NULL = all */
  size_t  n_members;
  DubPca *pca;
  float  *places;     /* (n_members, pca->n_components) */
} DubLatentSpace;

/* dub_latent_space_new:
 * @features: (N, F) of the training cases
 * @members: (nullable) [n_members] rising, @columns: (nullable) [n_columns]
 * @variance: share kept by the components, in (0, 1]
 *
 * Returns: (transfer full), or NULL with @error set as dub_pca_fit.
 */
G_GNUC_WARN_UNUSED_RESULT
DubLatentSpace *dub_latent_space_new       (const float           *features,
                                            size_t                 n_cases,
                                            size_t                 n_features,
                                            const size_t          *members,
                                            size_t                 n_members,
                                            const size_t          *columns,
                                            size_t                 n_columns,
                                            double                 variance,
                                            DubRun                *run,
                                            GError               **error);
void            dub_latent_space_free      (DubLatentSpace        *self);

/* dub_latent_space_distances:
 * @features: (n, F), of which row @cases[i] is of query i; @cases NULL = i
 * @n_queries: how many
 * @reference: (nullable) by the same rows: the training case that a case is, G_MAXSIZE = none: it is not its own neighbour
 * @distances: (out) by the same rows: mean Euclidean distance to the @n_neighbours nearest members, or to all if there are fewer
 *
 * The same alone as in any batch, to the bit.
 */
gboolean        dub_latent_space_distances (const DubLatentSpace  *self,
                                            const float           *features,
                                            const size_t          *cases,
                                            size_t                 n_queries,
                                            const size_t          *reference,
                                            size_t                 n_neighbours,
                                            double                *distances,
                                            DubRun                *run,
                                            GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubLatentSpace, dub_latent_space_free)

G_END_DECLS
