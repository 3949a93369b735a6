/* Exact nearest neighbours, Euclidean.
 *
 * Letters in this file: N references, Q queries, F features, K neighbours.
 *
 * Matrix products find in single precision which references can be among the nearest, with a bound of their
 * rounding error; the distances of those are then computed in double precision. So the answer is that of comparing
 * every pair in double precision, at the speed of the products, and that of a query alone is the same as in any batch.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

/* dub_knn:
 * @reference: [N][F]
 * @query: [Q][F], may be @reference
 * @k: neighbours of each query, 1 to N (to N - 1 with @exclude_self)
 * @exclude_self: query i is reference i and no neighbour of itself; its duplicates are
 * @indices: (out) [Q][K] references, nearest first, of equally near ones the lower index first
 * @distances: (out) (optional) [Q][K]
 *
 * Tells @run its progress over the queries.
 *
 * Returns: FALSE with @error set: DUB_ERROR_SHAPE for sizes that do not fit, DUB_ERROR_NUMERIC for features that are
 *   not finite, DUB_ERROR_ARGUMENT for @k, DUB_ERROR_UNSUPPORTED for millions of features, DUB_ERROR_MEMORY,
 *   DUB_ERROR_CANCELLED.
 */
gboolean dub_knn (const float  *reference,
                  size_t        n_reference,
                  const float  *query,
                  size_t        n_query,
                  size_t        n_features,
                  size_t        k,
                  gboolean      exclude_self,
                  uint32_t     *indices,
                  double       *distances,
                  DubRun       *run,
                  GError      **error);

G_END_DECLS
