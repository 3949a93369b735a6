/* Benchmark of an interval: the expected calibration error of as many cases as a large test set has. */
#include "app/cli/cli-bench.h"

#include "core/base/rng.h"
#include "core/calibration/calibration.h"

#include <math.h>

enum { N_CASES = 60000 };

gboolean
cli_bench_ece (CliBench  *bench,
               GError   **error)
{
  g_autofree double *confidence = g_new (double, N_CASES);
  g_autofree gboolean *correct = g_new (gboolean, N_CASES);
  DubCalibrationOptions options = { .measures = 1u << DUB_CALIBRATION_ECE };
  DubRng rng;

  /* Most answers are sure, and somewhat surer than they are right. */
  dub_rng_init (&rng, 0, "bench ece", 0);
  for (size_t i = 0; i < N_CASES; i++) {
    confidence[i] = 1.0 - 0.5 * pow (dub_rng_double (&rng), 3.0);
    correct[i] = dub_rng_double (&rng) < 0.95 * confidence[i];
  }

  g_autoptr (DubPredictions) predictions = dub_predictions_new_top (confidence, correct, N_CASES, NULL, error);

  if (predictions == NULL)
    return FALSE;
  for (guint k = 0; k < bench->n_repeats; k++) {
    gint64 start = g_get_monotonic_time ();
    DubCalibration found;

    if (!dub_calibration_measure (predictions, &options, bench->run, &found, error))
      return FALSE;
    cli_bench_add (bench, start);
  }

  return TRUE;
}
