/* The terms of a loss, each over the confidences of one batch. Shared by the loss-*.c files only.
 *
 * Letters as in loss.h. A term returns its value and, where the batch has room for gradients, adds
 * @weight times its derivative; 1 - r is given apart because a saturated network has r = 1 in rounding only.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  size_t  n;             /* N */
  size_t  n_classes;     /* C */
  double *probabilities; /* (N, C) */
  double *log_probabilities; /* (N, C) */
  double *spreads;       /* [N] ln Σ exp z */
  size_t *answers;       /* [N] ŷ */
  double *confidences;   /* [N] r */
  double *doubts;        /* [N] 1 - r, summed from the other classes */
  double *correct;       /* [N] share of the answer in its target, in [0, 1] */
  double *d_confidences; /* [N] or NULL: derivative of the total with respect to r */
  double *d_logits;      /* (N, C) or NULL: derivative with respect to z of what does not go through r */
} DubLossBatch;

double _dub_loss_cross_entropy (const DubLossBatch *batch,
                                const float        *logits,
                                const int          *labels,
                                double              smoothing,
                                const double       *class_weights,
                                double              weight);
double _dub_loss_dca           (const DubLossBatch *batch,
                                double              weight);
double _dub_loss_entropy       (const DubLossBatch *batch,
                                double              weight);
double _dub_loss_mmce          (const DubLossBatch *batch,
                                double              weight);

G_END_DECLS
