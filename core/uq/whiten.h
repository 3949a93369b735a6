/* A lower triangular matrix times cases, each summed by itself.
 *
 * Letters: F features. DUB_WHITEN_LANES cases stand beside each other: feature f of case l at [f * DUB_WHITEN_LANES + l]. A case
 * comes out the same to the bit in any lane and any company.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DUB_WHITEN_LANES 16

/* dub_whiten:
 * @matrix: [F][F] lower triangular, zeros above
 * @x: [F][DUB_WHITEN_LANES], @y: (out) the same = matrix x
 */
void dub_whiten         (const double *matrix,
                         size_t        n_features,
                         const double *x,
                         double       *y);
/* @squares: (out) [DUB_WHITEN_LANES] squared distance of each case from @mean [F] */
void dub_whiten_squares (const double *y,
                         const double *mean,
                         size_t        n_features,
                         double       *squares);

G_END_DECLS
