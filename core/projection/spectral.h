/* The slowest waves of a graph: a first layout in which neighbours lie together. */
#pragma once

#include "core/projection/case-graph.h"

G_BEGIN_DECLS

/* dub_spectral_layout:
 * @graph: connected, or waves of value 1 tell its parts apart and nothing else
 * @n_dims: D
 * @out: (out) [N][D] eigenvectors 2 to D + 1 of D^-1/2 W D^-1/2 (W the weights, D their sums), the largest eigenvalues first,
 *   of length 1; of each the number of largest absolute value is positive
 *
 * Subspace iteration with Chebyshev polynomials (Zhou, Saad, Tiago and Chelikowsky 2006) from a random start: good for a
 * layout, to about three digits. The same bits for any number of threads.
 *
 * Returns: FALSE with @error set: DUB_ERROR_NUMERIC, DUB_ERROR_CANCELLED.
 */
gboolean dub_spectral_layout (const DubCaseGraph  *graph,
                              size_t               n_dims,
                              uint64_t             seed,
                              double              *out,
                              DubRun              *run,
                              GError             **error);

/* Parts of @graph that no edge connects: their number, and in @part (out) [N] that of each case, by first case. */
size_t   dub_graph_parts     (const DubCaseGraph  *graph,
                              uint32_t            *part);

G_END_DECLS
