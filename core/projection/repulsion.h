/* How all points of a map push each other apart in t-SNE.
 *
 * Letters in this file: N points; d_ij = y_i - y_j; k = 1 / (1 + |d|²).
 *
 * Few points: every pair. Many points: the force field Σ_j d_ij k_ij² is the convolution of the points with one kernel,
 * so it is taken on a regular grid by Fourier transforms, from and to which points are brought by cubic splines:
 * O(N + G log G). The idea of a grid is Linderman et al. 2019 ("Fast interpolation-based t-SNE"); splines, whose
 * prefilter is part of the transformed kernel, allow a coarser grid than its polynomials, and the kernel's gradient needs
 * one transform where its potentials need several.
 */
#pragma once

#include "core/base/run.h"

G_BEGIN_DECLS

/* Up to so many points, every pair is computed. */
#define DUB_REPULSION_EXACT 2000

typedef struct _DubRepulsion DubRepulsion;

/* @n_exact: DUB_REPULSION_EXACT, or another number in tests. */
G_GNUC_WARN_UNUSED_RESULT
DubRepulsion *dub_repulsion_new  (size_t         n_points,
                                  size_t         n_exact);
void          dub_repulsion_free (DubRepulsion  *self);

/* dub_repulsion_run:
 * @y: [2][N] all first coordinates, then all second
 * @force: (out) [2][N] Σ_j d_ij k_ij²
 * @sum: (out) Σ_i Σ_j≠i k_ij
 *
 * The same bits for any number of threads. Returns: FALSE if cancelled, or with DUB_ERROR_NUMERIC when a coordinate is not
 * below 1e9.
 */
gboolean      dub_repulsion_run  (DubRepulsion  *self,
                                  const float   *y,
                                  float         *force,
                                  double        *sum,
                                  DubRun        *run,
                                  GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRepulsion, dub_repulsion_free)

G_END_DECLS
