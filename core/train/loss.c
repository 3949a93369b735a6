#include "core/train/loss.h"

#include <math.h>

void
dub_softmax_row (const float *logits,
                 size_t       n_classes,
                 double      *probabilities)
{
  double largest = logits[0];
  double sum = 0.0;

  for (size_t c = 1; c < n_classes; c++)
    largest = MAX (largest, (double) logits[c]);
  for (size_t c = 0; c < n_classes; c++) {
    probabilities[c] = exp ((double) logits[c] - largest);
    sum += probabilities[c];
  }
  for (size_t c = 0; c < n_classes; c++)
    probabilities[c] /= sum;
}

void
dub_softmax_row_gradient (const double *probabilities,
                          size_t        n_classes,
                          size_t        target,
                          float        *gradient)
{
  double others = 0.0;

  for (size_t c = 0; c < n_classes; c++)
    if (c != target)
      others += probabilities[c];
  for (size_t c = 0; c < n_classes; c++)
    gradient[c] = (float) (probabilities[target] * (c == target ? others : -probabilities[c]));
}

double
dub_cross_entropy (const DubTensor *logits,
                   const int       *labels,
                   double           smoothing,
                   DubTensor       *d_logits,
                   size_t          *n_correct)
{
  size_t n = (size_t) logits->shape.dim[0];
  size_t n_classes = dub_tensor_n_elements (logits) / MAX (n, 1);
  size_t correct = 0;
  double sum = 0.0;

  for (size_t i = 0; i < n; i++) {
    const float *z = dub_tensor_f32 (logits) + i * n_classes;
    size_t label = (size_t) labels[i];
    size_t answer = 0;
    double exponentials = 0.0;
    double mean = 0.0;

    for (size_t c = 1; c < n_classes; c++)
      if (z[c] > z[answer])
        answer = c;
    correct += answer == label;

    /* ln Σ exp z, around the largest logit. */
    for (size_t c = 0; c < n_classes; c++) {
      exponentials += exp ((double) z[c] - (double) z[answer]);
      mean += (double) z[c] / (double) n_classes;
    }
    sum += log (exponentials) + (double) z[answer] - (1.0 - smoothing) * (double) z[label] - smoothing * mean;

    if (d_logits != NULL) {
      float *dz = dub_tensor_f32 (d_logits) + i * n_classes;

      for (size_t c = 0; c < n_classes; c++) {
        double p = exp ((double) z[c] - (double) z[answer]) / exponentials;
        double target = (c == label ? 1.0 - smoothing : 0.0) + smoothing / (double) n_classes;

        dz[c] = (float) ((p - target) / (double) n);
      }
    }
  }
  if (n_correct != NULL)
    *n_correct = correct;

  return n > 0 ? sum / (double) n : 0.0;
}
