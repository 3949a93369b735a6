/* Losses of a classifier, with their analytic gradients.
 *
 *   total = cross-entropy + dca · DCA + entropy · H + mmce · sqrt (MMCE²_w)
 *
 * Letters: N cases of the batch, C classes, z logits, p = softmax (z), y label,
 * ŷ = argmax p (the first of equal ones), confidence r = p_ŷ, c = 1 where ŷ = y, else 0.
 * Everything is computed in double from float32 logits. Source: 002, eqs. 8-14.
 *
 * Cross-entropy, with class weights w and label smoothing α (eq. 11), as PyTorch's
 * CrossEntropyLoss (weight, label_smoothing) with its mean reduction computes it:
 *
 *   (1/W) Σ_i [ (1 - α) w_y l_iy + α/C Σ_k w_k l_ik ],   l_ik = -ln p_ik,   W = Σ_i w_y(i)
 *
 * DCA (eqs. 13-14) = |mean c - mean r|. The gradient goes through the confidence and not through
 * the correctness; where both means are equal it is 0.
 *
 * H (eq. 8) = mean over the batch of -Σ_k p_k ln p_k, with the sign of eq. 8 as printed: it is ADDED,
 * so a positive weight makes a network surer. The confidence penalty of Pereyra et al. (2017), which the paper
 * cites there, subtracts it: that is a negative weight.
 *
 * MMCE²_w (eq. 10; Kumar et al. 2018) with the Laplacian kernel k (a, b) = exp (-|a - b| / 0.4), N1 correct and
 * N0 wrong cases, all pairs, each case with itself too:
 *
 *   Σ_wrong,wrong r_i r_j k / N0² + Σ_right,right (1 - r_i)(1 - r_j) k / N1² - 2 Σ_right,wrong (1 - r_i) r_j k / (N0 N1)
 *
 * (The text under eq. 10 names m and n the other way round than the equation uses them; N1 and N0 follow the equation.)
 * A sum over an empty set is 0. The derivative of |a - b| at 0 and of the root at 0 is taken as 0.
 *
 * Mixup (Zhang et al. 2018; see mixup.h): inputs are λ x + (1 - λ) x', and every case has two labels. The cross-entropy is
 * λ CE (y) + (1 - λ) CE (y'), the second normalised by its own weights. An answer then counts in DCA as correct by
 * its share: c = λ [ŷ = y] + (1 - λ) [ŷ = y']; MMCE and n_correct need right or wrong: right is a share of at least ½.
 */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* All zero is plain cross-entropy. */
typedef struct {
  double        smoothing;     /* α in [0, 1) */
  double        dca;           /* β >= 0; 002 recommends 10 to 25 */
  double        entropy;       /* β, any finite number, see above for its sign */
  double        mmce;          /* β >= 0 */
  double        mixup;         /* a >= 0 of Beta (a, a); 0 = no mixup. Read by the trainer, not by dub_loss_compute */
  const double *class_weights; /* (nullable): [C], each >= 0, one at least > 0; owned by the caller */
} DubLoss;

typedef struct {
  double total;
  double cross_entropy; /* with weights, smoothing and mixup */
  double dca;           /* DCA itself, without its β; always computed */
  double entropy;       /* H, without its β; always computed */
  double mmce;          /* sqrt (MMCE²_w), without its β; 0 where the β is 0: it costs N² */
  size_t n_correct;
} DubLossParts;

/* dub_loss_check:
 *
 * Whether every number is in the range given above. DUB_ERROR_ARGUMENT names the first that is not.
 */
gboolean dub_loss_check       (const DubLoss   *self,
                               size_t           n_classes,
                               GError         **error);

/* dub_loss_compute:
 * @self: (nullable): a checked loss; NULL = plain cross-entropy
 * @logits: (N, C) float32
 * @labels: [N] in [0, C)
 * @second_labels: (nullable): [N], the labels y' of a mixed batch
 * @lambda: share of the first labels; ignored without @second_labels
 * @d_logits: (nullable): (N, C), overwritten with the gradient of the total
 *
 * A batch whose labels all have weight 0 has cross-entropy 0. Logits that are not finite give a total that is
 * not finite, which is for the caller to see.
 *
 * Returns: FALSE with @error set: DUB_ERROR_ARGUMENT where a label is no class (names its place in the batch).
 */
gboolean dub_loss_compute     (const DubLoss   *self,
                               const DubTensor *logits,
                               const int       *labels,
                               const int       *second_labels,
                               double           lambda,
                               DubTensor       *d_logits,
                               DubLossParts    *parts,
                               GError         **error);

/* Class weights that give every class of a training set the same total weight: w_c = n / (C · n_c), 0 for a class
 * without cases. @labels: [n_cases] in [0, C), others are left out; @weights: (out): [C] */
void     dub_loss_balanced_weights (const int  *labels,
                               size_t           n_cases,
                               size_t           n_classes,
                               double          *weights);

/* Softmax of one row; stable for any finite logits. @probabilities may not overlap @logits. */
void     dub_softmax_row      (const float     *logits,
                               size_t           n_classes,
                               double          *probabilities);

/* dub_softmax_row_gradient:
 *
 * d p_target / d z_j = p_target (δ_j,target - p_j), with 1 - p_target summed from the other
 * classes so that a saturated network still yields a direction.
 */
void     dub_softmax_row_gradient (const double *probabilities,
                               size_t           n_classes,
                               size_t           target,
                               float           *gradient);

G_END_DECLS
