#include "core/train/loss-terms.h"

/* The target of class @c before normalisation. */
static inline double
target (size_t        c,
        size_t        label,
        size_t        n_classes,
        double        smoothing,
        const double *class_weights)
{
  double share = (c == label ? 1.0 - smoothing : 0.0) + smoothing / (double) n_classes;

  return class_weights != NULL ? share * class_weights[c] : share;
}

double
_dub_loss_cross_entropy (const DubLossBatch *batch,
                         const float        *logits,
                         const int          *labels,
                         double              smoothing,
                         const double       *class_weights,
                         double              weight)
{
  size_t n_classes = batch->n_classes;
  double norm = (double) batch->n;
  double sum = 0.0;

  if (class_weights != NULL) {
    norm = 0.0;
    for (size_t i = 0; i < batch->n; i++)
      norm += class_weights[labels[i]];
  }
  if (!(norm > 0.0))
    return 0.0;

  for (size_t i = 0; i < batch->n; i++) {
    const float *z = logits + i * n_classes;
    const double *p = batch->probabilities + i * n_classes;
    size_t label = (size_t) labels[i];
    double total = class_weights != NULL ? 0.0 : 1.0;

    if (class_weights != NULL) {
      double row = 0.0;

      for (size_t c = 0; c < n_classes; c++) {
        double t = target (c, label, n_classes, smoothing, class_weights);

        total += t;
        row -= t * batch->log_probabilities[i * n_classes + c];
      }
      sum += row;
    } else {
      double mean = 0.0;

      for (size_t c = 0; c < n_classes; c++)
        mean += (double) z[c] / (double) n_classes;
      sum += batch->spreads[i] - (1.0 - smoothing) * (double) z[label] - smoothing * mean;
    }

    if (batch->d_logits != NULL)
      for (size_t c = 0; c < n_classes; c++) {
        double slope = (p[c] * total - target (c, label, n_classes, smoothing, class_weights)) / norm;

        batch->d_logits[i * n_classes + c] += weight * slope;
      }
  }

  return sum / norm;
}
