/* Mixup (Zhang et al. 2018): a batch is blended with itself in another order, x ← λ x + (1 - λ) x', and so are its labels.
 *
 * One λ a batch, drawn from Beta (a, a); the draw is a pure function of (seed, batch size).
 */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* dub_mixup_draw:
 * @alpha: a > 0
 * @order: (out): [n] the case that each case is blended with, a random permutation
 *
 * Returns: λ in [0, 1].
 */
double   dub_mixup_draw   (double            alpha,
                           uint64_t          seed,
                           size_t            n,
                           size_t           *order);

/* dub_mixup_blend:
 * @batch: (N, …) float32, contiguous
 * @mixed: of the same shape, overwritten; not @batch
 */
void     dub_mixup_blend  (const DubTensor  *batch,
                           double            lambda,
                           const size_t     *order,
                           DubTensor        *mixed);

G_END_DECLS
