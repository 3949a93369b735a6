/* Conditional affinities of t-SNE: how likely a case would choose each neighbour.
 *
 * Source: van der Maaten and Hinton 2008, eq. 1; van der Maaten 2014 for the restriction to 3 × perplexity neighbours.
 */
#pragma once

#include "core/base/run.h"

G_BEGIN_DECLS

/* dub_affinity:
 * @distances: [K] to the neighbours of one case
 * @perplexity: above 0 and at most K
 * @out: (out) [K] p_j|i proportional to exp (-beta d²), sum 1, with beta such that exp (entropy) is @perplexity. Where
 *   that cannot be, because more than @perplexity neighbours are equally near and none nearer, these share it equally.
 */
void dub_affinity (const double *distances,
                   size_t        k,
                   double        perplexity,
                   float        *out);

G_END_DECLS
