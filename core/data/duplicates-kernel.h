/* The inner loops of the search for duplicates, built with the kernels' optimisation. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sum of (a - b)² over @n floats, or any number above @limit as soon as the sum has passed it. */
double _dub_squared_distance (const float *a,
                              const float *b,
                              size_t       n,
                              double       limit);

/* Of the @n rows of @width floats at @others, the first whose squared distance to @signature is at most @limit, or @n.
 * @width is a multiple of 16. */
size_t _dub_first_near       (const float *signature,
                              const float *others,
                              size_t       n,
                              size_t       width,
                              float        limit);

G_END_DECLS
