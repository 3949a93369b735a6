#include "core/train/loss-terms.h"

double
_dub_loss_entropy (const DubLossBatch *batch,
                   double              weight)
{
  double n = (double) batch->n;
  double sum = 0.0;

  for (size_t i = 0; i < batch->n; i++) {
    const double *p = batch->probabilities + i * batch->n_classes;
    const double *log_p = batch->log_probabilities + i * batch->n_classes;
    double entropy = 0.0;

    for (size_t c = 0; c < batch->n_classes; c++)
      entropy -= p[c] * log_p[c];
    sum += entropy;

    /* dH/dz_j = -p_j (ln p_j + H) */
    if (batch->d_logits != NULL && weight != 0.0)
      for (size_t c = 0; c < batch->n_classes; c++)
        batch->d_logits[i * batch->n_classes + c] -= weight * p[c] * (log_p[c] + entropy) / n;
  }

  return sum / n;
}
