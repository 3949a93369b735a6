/* Inner loops of the optimisers besides Adam's. All of n numbers; arrays do not overlap. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Σ x², in an order that depends on n alone. */
double _dub_sum_squares  (const float *x,
                          size_t       n);
/* gradient ← scale · gradient + decay · x */
void   _dub_prepare      (float       *gradient,
                          const float *x,
                          float        scale,
                          float        decay,
                          size_t       n);
/* x ← factor · x */
void   _dub_scale        (float       *x,
                          float        factor,
                          size_t       n);
/* v ← momentum v + g; x ← x - rate v, or with @nesterov x - rate (g + momentum v). @velocity may be NULL: x - rate g. */
void   _dub_sgd_apply    (const float *gradient,
                          float       *velocity,
                          float       *x,
                          float        rate,
                          float        momentum,
                          gboolean     nesterov,
                          size_t       n);

G_END_DECLS
