/* Losses of a classifier, with their gradients.
 *
 * Letters: N cases of the batch, C classes, z logits, p = softmax (z).
 * Everything is computed in double from float32 logits.
 */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* Softmax of one row; stable for any finite logits. @probabilities may not overlap @logits. */
void   dub_softmax_row        (const float  *logits,
                               size_t        n_classes,
                               double       *probabilities);

/* dub_softmax_row_gradient:
 *
 * d p_target / d z_j = p_target (δ_j,target - p_j), with 1 - p_target summed from the other
 * classes so that a saturated network still yields a direction.
 */
void   dub_softmax_row_gradient (const double *probabilities,
                               size_t        n_classes,
                               size_t        target,
                               float        *gradient);

/* dub_cross_entropy:
 * @logits: (N, C) float32
 * @labels: [N] in [0, C)
 * @smoothing: α in [0, 1): the target of the label is 1 - α + α/C, of the others α/C (002, eq. 11); 0 = none
 * @d_logits: (nullable): (N, C), overwritten with the gradient of the mean
 * @n_correct: (out) (optional): cases whose largest logit is the label's (the first of equal ones)
 *
 * Returns: mean over the batch of -Σ_c target_c ln p_c, without smoothing -ln p_label.
 */
double dub_cross_entropy      (const DubTensor *logits,
                               const int       *labels,
                               double           smoothing,
                               DubTensor       *d_logits,
                               size_t          *n_correct);

G_END_DECLS
