/* The innermost loop of t-SNE. */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Edges come in multiples of this. */
#define DUB_TSNE_LANES 16

/* Σ_e w_e k d of point @i with its @n_edges neighbours; d = y_i - y_j, k = 1 / (1 + |d|²). @y is [2][N]. */
void dub_tsne_attraction (const float    *y,
                          size_t          n,
                          size_t          i,
                          const uint32_t *index,
                          const float    *weight,
                          size_t          n_edges,
                          float           out[2]);

G_END_DECLS
