/* Cosine sums over the middles of a grid's cells: the inner loops of smooth.h.
 *
 * Letters: H points in a half of the grid, K coefficients, k = 0 … K - 1.
 * cos (k (π - θ)) = ± cos (k θ), so that one half of the grid serves for both: even k of the sum of a point and its mirror image,
 * odd k of their difference. cos ((k + 1) θ) = 2 cos θ cos (k θ) - cos ((k - 1) θ) spares the cosines themselves.
 */
#pragma once

#include <stddef.h>

#define DUB_COSINE_LANES 8
/* H is a multiple of this, and K is even. */
#define DUB_COSINE_BLOCK 32

/* dub_cosine_analyse:
 * @cosine: [H] cos θ
 * @even, @odd: [H]
 * @lanes: scratch [K · DUB_COSINE_LANES]
 * @coefficient: (out) [K] of even k Σ even cos (k θ), of odd k Σ odd cos (k θ)
 */
void _dub_cosine_analyse    (const double *cosine,
                             const double *even,
                             const double *odd,
                             size_t        n_half,
                             size_t        n_coefficients,
                             double       *lanes,
                             double       *coefficient);
/* @even, @odd: (out) [H] the sums over even and over odd k of coefficient · cos (k θ) */
void _dub_cosine_synthesise (const double *cosine,
                             const double *coefficient,
                             size_t        n_coefficients,
                             size_t        n_half,
                             double       *even,
                             double       *odd);
