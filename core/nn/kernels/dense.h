/* Rows of a dense layer: y[i] += alpha · a[i] B.
 *
 * Letters: M rows (cases), N outputs, K inputs.
 * The sum of an output is formed in an order that K alone decides, so that a case has the same bits alone and in any batch; a
 * library's product chooses its order by M.
 */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

/* @a: (M, K); @b: (N, K) where @transpose_b, else (K, N); @y: (M, N), added to. FALSE, with @error set, where it was cancelled. */
gboolean dub_dense_add (gboolean      transpose_b,
                        int64_t       m,
                        int64_t       n,
                        int64_t       k,
                        float         alpha,
                        const float  *a,
                        const float  *b,
                        float        *y,
                        DubRun       *run,
                        GError      **error);

G_END_DECLS
