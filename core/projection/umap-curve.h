/* The numbers of UMAP that are found by search: the curve of the map and the widths of neighbourhoods. */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

/* dub_umap_curve:
 * @a, @b: (out) such that 1 / (1 + a x^2b) fits, by least squares at 300 places up to 3 · spread, a curve that is 1 up to
 *   @min_dist and exp (-(x - min_dist) / spread) beyond
 *
 * FALSE with DUB_ERROR_ARGUMENT unless 0 <= min_dist <= 3 spread.
 */
gboolean dub_umap_curve       (double         min_dist,
                               double         spread,
                               double        *a,
                               double        *b,
                               GError       **error);

/* dub_umap_memberships:
 * @distances: [K] to the nearest others, nearest first
 * @n_neighbors: K + 1, as the case itself counts; K for a new case
 * @local: FALSE for a new case: rho is 0
 * @out: (out) [K] exp (-(d - rho) / sigma), 1 where d <= rho: rho is the distance to the nearest case that is no duplicate,
 *   sigma such that the sum is log2 (n_neighbors), but not below a thousandth of @mean or, with rho, of the row's own mean
 * @mean: of all distances of all cases, those to themselves among them
 *
 * Source: McInnes, Healy and Melville 2018, algorithm 3.
 */
void     dub_umap_memberships (const double  *distances,
                               size_t         k,
                               size_t         n_neighbors,
                               gboolean       local,
                               double         mean,
                               float         *out);

G_END_DECLS
