/* What calibration takes of 60 000 cases in ten classes: the slider of bins, the curves, the bands, all measures.
 *
 *     bench-calibration [RESAMPLES]
 *
 * The least of five (of one for the measures, which take long), in wall time and, of the measures, in processor time. */
#include "core/base/rng.h"
#include "core/calibration/calibration.h"
#include "core/calibration/corp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N_CASES = 60000, N_CLASSES = 10, REPEATS = 5, LOWEST = 2, HIGHEST = 50 };

static DubPredictions *
draw (void)
{
  g_autofree double *logits = g_new (double, N_CASES * N_CLASSES);
  g_autofree int *labels = g_new (int, N_CASES);
  DubRng rng;

  dub_rng_init (&rng, 0, "bench calibration", 0);
  for (size_t i = 0; i < N_CASES; i++) {
    labels[i] = (int) dub_rng_below (&rng, N_CLASSES);
    for (size_t c = 0; c < N_CLASSES; c++)
      logits[i * N_CLASSES + c] = 2.0 * dub_rng_normal (&rng) + ((int) c == labels[i] ? 5.0 : 0.0);
  }

  return dub_predictions_new (NULL, logits, labels, N_CASES, N_CLASSES, NULL, NULL);
}

static double
since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1e3;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (DubPredictions) predictions = draw ();
  g_autoptr (DubRun) run = dub_run_new (2);
  DubCalibrationOptions options = { .n_resamples = argc > 1 ? (guint) MAX (atoi (argv[1]), 1) : 9999 };
  const char *const names[] = { "equal width", "equal mass" };

  for (DubBinning binning = DUB_BINS_EQUAL_WIDTH; binning <= DUB_BINS_EQUAL_MASS; binning++) {
    double ece[HIGHEST - LOWEST + 1], mce[HIGHEST - LOWEST + 1], least = INFINITY, least_of_one = INFINITY;

    for (guint k = 0; k < REPEATS; k++) {
      gint64 start = g_get_monotonic_time ();

      dub_calibration_curve (predictions, binning, LOWEST, HIGHEST, ece, mce);
      least = MIN (least, since (start));
      start = g_get_monotonic_time ();

      dub_reliability_free (dub_predictions_reliability (predictions, binning, DUB_RELIABILITY_BINS));
      least_of_one = MIN (least_of_one, since (start));
    }
    printf ("%s: ECE and MCE of %d to %d bins %.2f ms, one diagram %.2f ms\n", names[binning], LOWEST, HIGHEST, least, least_of_one);
  }

  g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_WIDTH, DUB_RELIABILITY_BINS);
  double low[DUB_RELIABILITY_BINS], high[DUB_RELIABILITY_BINS];

  for (DubBand band = DUB_BAND_BOOTSTRAP; band <= DUB_BAND_CONSISTENCY; band++) {
    gint64 start = g_get_monotonic_time ();

    if (!dub_calibration_band (predictions, bins, band, 999, 0, .95, low, high, run, NULL))
      return 1;
    printf ("%s band, 999 resamples: %.0f ms\n", band == DUB_BAND_BOOTSTRAP ? "bootstrap" : "consistency", since (start));
  }
  for (guint n_resamples = 0; n_resamples <= 999; n_resamples += 999) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (DubCorp) corp = dub_corp_new (predictions, n_resamples, 0, .95, run, NULL);

    printf ("CORP of %zu points, %u resamples: %.1f ms\n", corp->n_points, n_resamples, since (start));
  }

  for (guint k = 0; k <= DUB_N_CALIBRATION_MEASURES; k++) {
    DubCalibration found;
    gint64 start = g_get_monotonic_time ();
    double processor = (double) clock ();

    options.measures = k < DUB_N_CALIBRATION_MEASURES ? 1u << k : 0;
    if (!dub_calibration_measure (predictions, &options, run, &found, NULL))
      return 1;
    printf ("%s, %u resamples: %.2f s, of processors %.2f s\n", k < DUB_N_CALIBRATION_MEASURES ? dub_calibration_measure_id (k) : "all",
            options.n_resamples, since (start) / 1e3, ((double) clock () - processor) / CLOCKS_PER_SEC);
  }

  return 0;
}
