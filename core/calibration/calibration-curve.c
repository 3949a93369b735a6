/* Errors for every number of bins at once: cases are sorted once, and a bin is then a difference of two running sums. */
#include "core/calibration/calibration.h"

#include "core/calibration/calibration-order.h"

#include <math.h>

/* @surplus: [N + 1] running sum of outcome - confidence */
static void
measure_bins (const size_t *first,
              size_t        n_bins,
              const double *surplus,
              double       *ece,
              double       *mce)
{
  double sum = 0.0, largest = 0.0;

  for (size_t m = 0; m < n_bins; m++) {
    size_t count = first[m + 1] - first[m];
    double gap = fabs (surplus[first[m + 1]] - surplus[first[m]]);

    if (count > 0) {
      sum += gap;
      largest = MAX (largest, gap / (double) count);
    }
  }
  *ece = sum / (double) first[n_bins];
  *mce = largest;
}

void
dub_calibration_curve (const DubPredictions *predictions,
                       DubBinning            binning,
                       size_t                lowest,
                       size_t                highest,
                       double               *ece,
                       double               *mce)
{
  g_return_if_fail (lowest > 0 && lowest <= highest);

  g_autoptr (DubCalibrationOrder) order = _dub_calibration_order_new (predictions);
  g_autofree double *surplus = g_new (double, order->n_cases + 1);
  g_autofree size_t *first = g_new (size_t, highest + 1);

  surplus[0] = 0.0;
  for (size_t i = 0; i < order->n_cases; i++)
    surplus[i + 1] = surplus[i] + ((order->correct[i] ? 1.0 : 0.0) - order->confidence[i]);

  for (size_t n_bins = lowest; n_bins <= highest; n_bins++) {
    double expected, maximum;

    _dub_calibration_order_bins (order, binning, n_bins, first);
    measure_bins (first, n_bins, surplus, &expected, &maximum);
    if (ece != NULL)
      ece[n_bins - lowest] = expected;
    if (mce != NULL)
      mce[n_bins - lowest] = maximum;
  }
}

DubReliability *
dub_predictions_reliability (const DubPredictions *predictions,
                             DubBinning            binning,
                             size_t                n_bins)
{
  const double *confidence = predictions->confidence;
  const gboolean *correct = predictions->correct;
  size_t n = predictions->n_cases;

  return binning == DUB_BINS_EQUAL_WIDTH
    ? dub_reliability_new (confidence, correct, n, n_bins, NULL)
    : dub_reliability_new_equal_mass (confidence, correct, n, n_bins, NULL);
}
