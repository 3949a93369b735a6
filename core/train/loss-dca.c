#include "core/train/loss-terms.h"

#include <math.h>

double
_dub_loss_dca (const DubLossBatch *batch,
               double              weight)
{
  double n = (double) batch->n;
  double difference = 0.0;

  /* mean r - mean c, case by case: where all answers are right and sure it is the mean of the doubts, and the
   * difference of two numbers near 1 would be rounding. */
  for (size_t i = 0; i < batch->n; i++)
    difference += batch->correct[i] == 1.0 ? -batch->doubts[i] : batch->confidences[i] - batch->correct[i];
  difference /= n;

  if (batch->d_confidences != NULL && difference != 0.0)
    for (size_t i = 0; i < batch->n; i++)
      batch->d_confidences[i] += weight * (difference > 0.0 ? 1.0 : -1.0) / n;

  return fabs (difference);
}
