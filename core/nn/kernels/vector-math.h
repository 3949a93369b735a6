/* Transcendental functions of whole arrays, in the widest vectors that the machine has.
 *
 * Each is within 3 units in the last place of the exact value over the whole range of floats. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @x and @y may be the same array, and else do not overlap. */
void dub_vector_exp     (const float *x,
                         float       *y,
                         size_t       n);
/* e^x - 1, exact near 0 too. */
void dub_vector_expm1   (const float *x,
                         float       *y,
                         size_t       n);
/* log (1 + e^x) */
void dub_vector_softplus (const float *x,
                         float       *y,
                         size_t       n);
void dub_vector_sigmoid (const float *x,
                         float       *y,
                         size_t       n);
void dub_vector_tanh    (const float *x,
                         float       *y,
                         size_t       n);

G_END_DECLS
