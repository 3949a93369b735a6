/* Each case's nearest neighbours among all: exactly, or nearly so where that would take too long.
 *
 * Letters in this file: N cases, F features, K neighbours.
 *
 * Up to DUB_NEIGHBOURS_EXACT cases all pairs are compared (knn.h). Beyond, cases are cut several times, by hyperplanes with
 * random directions, into leaves of a few hundred, within which all pairs are compared, and then neighbours of neighbours are
 * looked at: O(N log N). The idea of the first is Dasgupta and Freund 2008, of the second Dong, Moses and Li 2011. What is
 * found are true distances; a few neighbours may be missed for slightly farther ones.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

#define DUB_NEIGHBOURS_EXACT 10000

/* dub_neighbours:
 * @features: [N][F]
 * @k: 1 to N - 1
 * @seed: of the random cuts
 * @n_exact: DUB_NEIGHBOURS_EXACT, or another number in tests
 * @indices: (out) [N][K] nearest first, without the case itself; @distances: (out) [N][K]
 *
 * Tells @run its progress. The same bits for any number of threads. Errors are those of dub_knn.
 */
gboolean dub_neighbours (const float  *features,
                         size_t        n_cases,
                         size_t        n_features,
                         size_t        k,
                         uint64_t      seed,
                         size_t        n_exact,
                         uint32_t     *indices,
                         double       *distances,
                         DubRun       *run,
                         GError      **error);

G_END_DECLS
