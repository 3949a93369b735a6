/* Squared distances of many pairs of cases in single precision, with a bound of their error.
 *
 * Letters in this file: N references, Q queries, F features.
 * |q - r|² = |q|² + |r|² - 2 q·r. Both sides are moved to the references' mean and divided by their largest number, so
 * that lengths, and with them the errors of the products, are as small as they can be. References are packed into panels
 * for the inner loops of core/nn/kernels.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

/* Queries of one multiplication, at most. */
#define DUB_PRODUCTS_QUERIES 256

typedef struct {
  const float *features; /* [n][F] as given */
  size_t       n;
  float       *centred;  /* [n][F] */
  float       *length;   /* [n] squared length of the centred rows */
} DubProductsSide;

typedef struct {
  size_t           n_features;
  DubProductsSide  reference, query; /* with the same numbers where both are one */
  gboolean         one_side;
  double          *mean;     /* [F] */
  double           scale;
  float            slack;    /* error of a squared distance relative to the sum of both squared lengths */
  float           *lowered;  /* [N] squared length less its share of the error */
  size_t           width;    /* references of a panel */
  int              n_vectors;
  float           *panels;   /* [N / width][F][width] minus twice the centred references, 0 beyond the last */
  int32_t         *offset;
  float           *zeros;    /* [width] */
} DubProducts;

/* dub_products_new:
 * @reference: [N][F]; @query: [Q][F], may be @reference; both stay the caller's and must outlive the products
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE, DUB_ERROR_NUMERIC for features that are not
 *   finite, DUB_ERROR_UNSUPPORTED for millions of features, DUB_ERROR_MEMORY, DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubProducts *dub_products_new      (const float        *reference,
                                    size_t              n_reference,
                                    const float        *query,
                                    size_t              n_query,
                                    size_t              n_features,
                                    DubRun             *run,
                                    GError            **error);
void         dub_products_free     (DubProducts        *self);

/* Queries [@first, @first + @n) with the panel of references from @start (a multiple of width) on: @out [n][width] is
 * -2 q·r in the products' units. */
void         dub_products_multiply (const DubProducts  *self,
                                    size_t              first,
                                    size_t              n,
                                    size_t              start,
                                    float              *out);
/* Whether the products with query @q can be used; beyond, single precision would overflow. */
gboolean     dub_products_in_range (const DubProducts  *self,
                                    size_t              q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubProducts, dub_products_free)

G_END_DECLS
