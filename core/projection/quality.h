/* How far a map can be believed.
 *
 * Letters in this file: N cases, F features, D dimensions of the map, K neighbours.
 * Source: Venna and Kaski 2001 for trustworthiness and continuity; Rousseeuw 1987 for the silhouette; Paulovich et al.
 * 2008 for the neighbourhood hit.
 *
 * With @n_most below N, cases are drawn by @seed and judged against all N; 0 judges all of them.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  size_t   k;      /* K, 1 to below N / 2 */
  size_t   n_most; /* cases to judge; 0 = all */
  uint64_t seed;
} DubQualityOptions;

#define DUB_QUALITY_DEFAULT ((DubQualityOptions) { .k = 12, .n_most = 0, .seed = 0 })

/* dub_trustworthiness:
 * @features: [N][F]
 * @map: [N][D]
 * @value: (out) 1 - 2 / (N K (2N - 3K - 1)) Σ_i Σ_j (r_ij - K) over the neighbours j of i in the map that are none among
 *   the features, r_ij the rank of j by distance from i there; 1 = no neighbour in the map is false
 *
 * Continuity is the same with map and features exchanged: no neighbour among the features is torn away in the map.
 *
 * Returns: FALSE with @error set: DUB_ERROR_ARGUMENT for K, DUB_ERROR_NUMERIC for numbers that are not finite,
 *   DUB_ERROR_MEMORY, DUB_ERROR_CANCELLED.
 */
gboolean dub_trustworthiness   (const float              *features,
                                size_t                    n_features,
                                const float              *map,
                                size_t                    n_dims,
                                size_t                    n_cases,
                                const DubQualityOptions  *options,
                                double                   *value,
                                DubRun                   *run,
                                GError                  **error);

/* dub_neighbourhood_hit:
 * @labels: [N] class, negative = unknown: the case is not judged and nobody's neighbour
 * @value: (out) mean share of the K nearest in the map that are of the case's own class; NaN where fewer than two cases
 *   are labelled
 */
gboolean dub_neighbourhood_hit (const float              *map,
                                size_t                    n_dims,
                                const int                *labels,
                                size_t                    n_cases,
                                const DubQualityOptions  *options,
                                double                   *value,
                                DubRun                   *run,
                                GError                  **error);

/* dub_silhouette:
 * @labels: as above
 * @value: (out) mean of (b - a) / max (a, b), a the mean distance from a case to the others of its class, b the least
 *   mean distance to another class; 0 for the only case of a class; NaN with fewer than two classes. K is not used.
 */
gboolean dub_silhouette        (const float              *map,
                                size_t                    n_dims,
                                const int                *labels,
                                size_t                    n_cases,
                                const DubQualityOptions  *options,
                                double                   *value,
                                DubRun                   *run,
                                GError                  **error);

G_END_DECLS
