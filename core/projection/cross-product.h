/* Products of all columns with each other: the sums behind a covariance.
 *
 * Letters: n rows, F columns.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* dub_cross_product_add:
 * @rows: [n][F]
 * @sum: [F][F]: X'X is added to its lower triangle and diagonal; what stands above is not defined afterwards
 *
 * The order of each sum depends on @n alone.
 */
void dub_cross_product_add    (const double *rows,
                               size_t        n,
                               size_t        n_columns,
                               double       *sum);
/* Copies the lower triangle over the upper one. */
void dub_cross_product_mirror (double       *sum,
                               size_t        n_columns);

G_END_DECLS
