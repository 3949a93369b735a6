/* Errors by the number of bins, and the bands of the bins. */
#include "core/base/rng.h"
#include "core/calibration/calibration.h"
#include "core/stats/distribution.h"
#include "core/stats/rate.h"

#include <math.h>

enum { N = 600 };

/* @digits: of the confidences; few give many ties, on the edges of bins. */
static DubPredictions *
draw (double     steps,
      double     power,
      const int *groups,
      guint64    seed)
{
  double p[N];
  gboolean y[N];
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  for (size_t i = 0; i < N; i++) {
    p[i] = round (steps * sqrt (dub_rng_double (&rng))) / steps;
    y[i] = dub_rng_double (&rng) < pow (p[i], power);
  }

  return dub_predictions_new_top (p, y, N, groups, NULL);
}

static void
test_curve (void)
{
  const double steps[] = { 1e12, 60.0, 12.0, 3.0, 1.0 };

  for (size_t k = 0; k < G_N_ELEMENTS (steps); k++)
    for (DubBinning binning = DUB_BINS_EQUAL_WIDTH; binning <= DUB_BINS_EQUAL_MASS; binning++) {
      g_autoptr (DubPredictions) predictions = draw (steps[k], 1.5, NULL, k);
      double ece[60], mce[60];

      dub_calibration_curve (predictions, binning, 1, 60, ece, mce);
      for (size_t n_bins = 1; n_bins <= 60; n_bins++) {
        g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, binning, n_bins);

        g_assert_cmpint (bins->binning, ==, binning);
        g_assert_cmpfloat_with_epsilon (ece[n_bins - 1], dub_reliability_ece (bins), 1e-12);
        g_assert_cmpfloat_with_epsilon (mce[n_bins - 1], dub_reliability_mce (bins), 1e-11);
      }
    }
}

static void
test_part_of_curve (void)
{
  g_autoptr (DubPredictions) predictions = draw (1e12, 1.0, NULL, 9);
  double ece[49], mce[49], part[2];

  dub_calibration_curve (predictions, DUB_BINS_EQUAL_MASS, 2, 50, ece, mce);
  dub_calibration_curve (predictions, DUB_BINS_EQUAL_MASS, 15, 16, part, NULL);
  g_assert_cmpfloat (part[0], ==, ece[13]);
  g_assert_cmpfloat (part[1], ==, ece[14]);
  dub_calibration_curve (predictions, DUB_BINS_EQUAL_MASS, 15, 16, NULL, part);
  g_assert_cmpfloat (part[0], ==, mce[13]);
}

/* The quantile of a share of n that happens with chance p. */
static double
binomial_quantile (double q,
                   size_t n,
                   double p)
{
  size_t k = 0;

  while (dub_binomial_cdf (k, n, p) < q)
    k++;

  return (double) k / (double) n;
}

/* A bin's own cases drawn with replacement: the share is binomial. A consistency band of one confidence is so, too. */
static void
test_binomial (void)
{
  g_autoptr (DubPredictions) predictions = draw (4.0, 2.0, NULL, 1);
  g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_WIDTH, 12);
  double low[12], high[12];

  g_assert_true (dub_calibration_band (predictions, bins, DUB_BAND_BOOTSTRAP, 9999, 1, .9, low, high, NULL, NULL));
  for (size_t m = 0; m < 12; m++)
    if (bins->count[m] == 0) {
      g_assert_true (isnan (low[m]) && isnan (high[m]));
    } else if (bins->accuracy[m] > 0.0 && bins->accuracy[m] < 1.0) {
      double step = 1.0 / (double) bins->count[m];

      /* Of 9999 draws the quantile of a lattice may be its neighbour, where the distribution is near .05 there. */
      g_assert_cmpfloat_with_epsilon (low[m], binomial_quantile (.05, bins->count[m], bins->accuracy[m]), 1.01 * step);
      g_assert_cmpfloat_with_epsilon (high[m], binomial_quantile (.95, bins->count[m], bins->accuracy[m]), 1.01 * step);
    }

  g_assert_true (dub_calibration_band (predictions, bins, DUB_BAND_CONSISTENCY, 9999, 1, .9, low, high, NULL, NULL));
  for (size_t m = 0; m < 12; m++)
    if (bins->count[m] == 0) {
      g_assert_true (isnan (low[m]) && isnan (high[m]));
    } else {
      double step = 1.0 / (double) bins->count[m];

      /* The number of cases of the bin varies as well, which blurs the lattice. */
      g_assert_cmpfloat_with_epsilon (low[m], binomial_quantile (.05, bins->count[m], bins->confidence[m]), 1.5 * step);
      g_assert_cmpfloat_with_epsilon (high[m], binomial_quantile (.95, bins->count[m], bins->confidence[m]), 1.5 * step);
    }
}

/* Outcomes that are all alike are so in every resample: the band of such a bin is Wilson's, of patients where there are any. */
static void
test_uniform (void)
{
  const double confidence[] = { .05, .15, .15, .15, .15, .95, .95, .95 };
  const gboolean happened[] = { FALSE, FALSE, FALSE, FALSE, FALSE, TRUE, TRUE, FALSE };
  const int patient[] = { 0, 1, 1, 2, 2, 3, 4, 5 };
  const size_t independent[2] = { 4, 2 };

  for (int grouped = 0; grouped < 2; grouped++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DubPredictions) predictions =
      dub_predictions_new_top (confidence, happened, G_N_ELEMENTS (confidence), grouped ? patient : NULL, &error);
    double low[10], high[10];

    g_assert_no_error (error);
    g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_WIDTH, 10);

    g_assert_true (dub_calibration_band (predictions, bins, DUB_BAND_BOOTSTRAP, 999, 1, .95, low, high, NULL, NULL));
    g_assert_cmpfloat (low[0], ==, 0.0);
    g_assert_cmpfloat (high[0], ==, dub_rate_wilson ((DubRate) { 0, 1 }, .95).high);
    g_assert_cmpfloat (high[0], >, .7);
    g_assert_cmpfloat (low[1], ==, 0.0);
    g_assert_cmpfloat (high[1], ==, dub_rate_wilson ((DubRate) { 0, independent[grouped] }, .95).high);
    /* Two of three are the bootstrap's as before. */
    g_assert_cmpfloat (low[9], ==, 0.0);
    g_assert_cmpfloat (high[9], ==, 1.0);
  }
}

/* Bins of a true network lie in their consistency band, nine of ten; those of a bent one mostly do not. */
static void
test_consistency (void)
{
  for (size_t k = 0; k < 2; k++) {
    double inside = 0.0, n = 0.0;

    for (guint64 seed = 0; seed < 40; seed++) {
      g_autoptr (DubPredictions) predictions = draw (1e12, k == 0 ? 1.0 : 2.5, NULL, 50 + seed);
      g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_MASS, 10);
      double low[10], high[10];

      g_assert_true (dub_calibration_band (predictions, bins, DUB_BAND_CONSISTENCY, 0, seed, .9, low, high, NULL, NULL));
      for (size_t m = 0; m < 10; m++) {
        inside += low[m] <= bins->accuracy[m] && bins->accuracy[m] <= high[m];
        n += 1.0;
      }
    }
    g_test_message ("%.3f of the bins are in the band", inside / n);
    /* Four standard errors of 400 at .9; shares on a lattice are inside somewhat more often. */
    if (k == 0)
      g_assert_cmpfloat_with_epsilon (inside / n, 0.91, 0.06);
    else
      g_assert_cmpfloat (inside / n, <, 0.6);
  }
}

static void
test_threads (void)
{
  g_autoptr (DubPredictions) predictions = draw (100.0, 1.2, NULL, 3);
  g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_WIDTH, 15);
  g_autoptr (DubRun) run = dub_run_new (3);
  g_autoptr (GError) error = NULL;
  double low[2][15], high[2][15];

  for (DubBand band = DUB_BAND_BOOTSTRAP; band <= DUB_BAND_CONSISTENCY; band++) {
    g_assert_true (dub_calibration_band (predictions, bins, band, 100, 4, .95, low[0], high[0], NULL, NULL));
    g_assert_true (dub_calibration_band (predictions, bins, band, 100, 4, .95, low[1], high[1], run, NULL));
    for (size_t m = 0; m < 15; m++)
      if (bins->count[m] > 0) {
        g_assert_cmpfloat (low[0][m], ==, low[1][m]);
        g_assert_cmpfloat (high[0][m], ==, high[1][m]);
        g_assert_cmpfloat (low[0][m], <=, high[0][m]);
      }
  }
  g_assert_false (dub_calibration_band (predictions, bins, DUB_BAND_BOOTSTRAP, 100, 4, 0.0, low[0], high[0], NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  dub_run_cancel (run);
  for (DubBand band = DUB_BAND_BOOTSTRAP; band <= DUB_BAND_CONSISTENCY; band++) {
    g_assert_false (dub_calibration_band (predictions, bins, band, 100, 4, .95, low[0], high[0], run, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
    g_clear_error (&error);
  }
}

/* Twenty equal cases a patient: the band is as wide as that of a twentieth of the cases. */
static void
test_patients (void)
{
  double p[N], low[2], high[2], alone_low[2], alone_high[2];
  gboolean y[N];
  int groups[N];
  DubRng rng;

  dub_rng_init (&rng, 8, "test", 0);
  for (int i = 0; i < N; i++) {
    groups[i] = i / 20;
    p[i] = i < N / 2 ? 0.4 : 0.7;
    y[i] = i % 20 == 0 ? dub_rng_double (&rng) < p[i] : y[i - 1];
  }

  g_autoptr (DubPredictions) grouped = dub_predictions_new_top (p, y, N, groups, NULL);
  g_autoptr (DubPredictions) alone = dub_predictions_new_top (p, y, N, NULL, NULL);
  g_autoptr (DubReliability) bins = dub_predictions_reliability (grouped, DUB_BINS_EQUAL_WIDTH, 2);

  g_assert_true (dub_calibration_band (grouped, bins, DUB_BAND_BOOTSTRAP, 999, 1, .95, low, high, NULL, NULL));
  g_assert_true (dub_calibration_band (alone, bins, DUB_BAND_BOOTSTRAP, 999, 1, .95, alone_low, alone_high, NULL, NULL));
  for (size_t m = 0; m < 2; m++)
    g_assert_cmpfloat (high[m] - low[m], >, 3.5 * (alone_high[m] - alone_low[m]));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/curve/every-number-of-bins", test_curve);
  g_test_add_func ("/curve/part", test_part_of_curve);
  g_test_add_func ("/band/binomial", test_binomial);
  g_test_add_func ("/band/uniform", test_uniform);
  g_test_add_func ("/band/consistency", test_consistency);
  g_test_add_func ("/band/threads", test_threads);
  g_test_add_func ("/band/patients", test_patients);

  return g_test_run ();
}
