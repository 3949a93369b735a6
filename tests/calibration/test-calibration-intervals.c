/* The intervals of calibration against a bootstrap that computes every resample anew, and what chance makes against samples that
 * are measured one by one. */
#include "core/calibration/calibration-null.h"
#include "core/calibration/scores.h"
#include "core/calibration/smooth.h"
#include "core/stats/bootstrap.h"
#include "core/stats/describe.h"
#include "core/stats/rate.h"
#include "tests/calibration/calibration-cases.h"

/* --- Intervals: the same draws, every resample written out and measured by the functions of its own --- */

typedef struct {
  const DubPredictions *predictions;
  const DubReliability *width, *mass;
} Naive;

enum { NAIVE_SUM_GAP, NAIVE_LARGEST, NAIVE_MEAN, N_NAIVE };

static void
measure_bins_naively (const Naive          *naive,
                      const DubReliability *bins,
                      const DubResample    *resample,
                      double               *out)
{
  g_autofree double *sum = g_new0 (double, 2 * bins->n_bins);
  double *n = sum + bins->n_bins, filled = 0.0;

  memset (out, 0, N_NAIVE * sizeof *out);
  for (size_t i = 0; i < resample->n; i++) {
    size_t k = resample->cases[i], m = dub_reliability_find_bin (bins, naive->predictions->confidence[k]);

    sum[m] += (naive->predictions->correct[k] ? 1.0 : 0.0) - naive->predictions->confidence[k];
    n[m] += 1.0;
  }
  for (size_t m = 0; m < bins->n_bins; m++)
    if (n[m] > 0.0) {
      out[NAIVE_SUM_GAP] += fabs (sum[m]) / (double) resample->n;
      out[NAIVE_LARGEST] = MAX (out[NAIVE_LARGEST], fabs (sum[m] / n[m]));
      out[NAIVE_MEAN] += fabs (sum[m] / n[m]);
      filled += 1.0;
    }
  out[NAIVE_MEAN] /= filled;
}

static void
naive_cb (const DubResample *resample,
          double            *values,
          gpointer           user_data)
{
  const Naive *naive = user_data;
  const DubPredictions *predictions = naive->predictions;
  size_t n = resample->n, n_classes = predictions->n_classes;
  g_autofree double *p = g_new (double, n * n_classes);
  g_autofree int *labels = g_new (int, n);
  g_autofree double *confidence = g_new (double, n);
  g_autofree gboolean *correct = g_new (gboolean, n);
  double form = n_classes == 2 ? 0.5 : 1.0, width[N_NAIVE], mass[N_NAIVE];
  DubBrierParts parts;

  for (size_t i = 0; i < n; i++) {
    size_t k = resample->cases[i];

    memcpy (p + i * n_classes, predictions->probabilities + k * n_classes, n_classes * sizeof *p);
    labels[i] = predictions->labels[k];
    confidence[i] = predictions->confidence[k];
    correct[i] = predictions->correct[k];
  }
  measure_bins_naively (naive, naive->width, resample, width);
  measure_bins_naively (naive, naive->mass, resample, mass);
  g_assert_true (dub_brier_sum_parts (p, labels, n, n_classes, 15, &parts, NULL));

  g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, n, 15, NULL);

  g_assert_cmpfloat_with_epsilon (width[NAIVE_SUM_GAP], dub_reliability_ece (bins), 1e-13);
  values[DUB_CALIBRATION_ECE] = dub_reliability_ece (bins);
  values[DUB_CALIBRATION_ADAPTIVE_ECE] = mass[NAIVE_SUM_GAP];
  values[DUB_CALIBRATION_CLASSWISE_ECE] = dub_classwise_ece (p, labels, n, n_classes, 15, DUB_BINS_EQUAL_WIDTH, NULL, NULL);
  values[DUB_CALIBRATION_MCE] = mass[NAIVE_LARGEST];
  values[DUB_CALIBRATION_AVERAGE] = mass[NAIVE_MEAN];
  values[DUB_CALIBRATION_SMOOTH] = dub_smooth_ece (confidence, correct, n);
  values[DUB_CALIBRATION_OVERCONFIDENCE] = dub_reliability_overconfidence (bins);
  values[DUB_CALIBRATION_BRIER] = form * parts.brier;
  values[DUB_CALIBRATION_BRIER_RELIABILITY] = form * parts.reliability;
  values[DUB_CALIBRATION_BRIER_RESOLUTION] = form * parts.resolution;
  values[DUB_CALIBRATION_BRIER_UNCERTAINTY] = form * parts.uncertainty;
  values[DUB_CALIBRATION_NLL] = dub_nll (p, labels, n, n_classes, NULL, NULL);
  values[DUB_CALIBRATION_ACCURACY] = 0.0;
  for (size_t i = 0; i < n; i++)
    values[DUB_CALIBRATION_ACCURACY] += correct[i] ? 1.0 / (double) n : 0.0;
}

static void
check_intervals (size_t     n_classes,
                 const int *groups)
{
  enum { N = 150, R = 300 };
  g_autoptr (DubPredictions) predictions = draw_predictions (N, n_classes, groups, 17);
  g_autoptr (DubPredictions) ordered = in_order (predictions);
  g_autoptr (DubReliability) width = dub_predictions_reliability (ordered, DUB_BINS_EQUAL_WIDTH, 15);
  g_autoptr (DubReliability) mass = dub_predictions_reliability (ordered, DUB_BINS_EQUAL_MASS, 15);
  Naive naive = { ordered, width, mass };
  DubBootstrapDesign design = { .n_cases = N, .n_resamples = R, .seed = 5, .groups = ordered->groups };
  g_autoptr (DubBootstrap) bootstrap =
    dub_bootstrap_new (&design, naive_cb, DUB_N_CALIBRATION_MEASURES, &naive, NULL, NULL);
  guint all = (1u << DUB_N_CALIBRATION_MEASURES) - 1;
  g_autoptr (DubCalibrationSample) sample = _dub_calibration_sample_new (ordered, all, 15, DUB_BINS_EQUAL_MASS, NULL);
  double chance[DUB_N_CALIBRATION_MEASURES];
  DubCalibration found;

  g_assert_true (_dub_calibration_null (sample, ordered, bootstrap->value, 5, NULL, chance, NULL));
  measure (predictions, &(DubCalibrationOptions) { .binning = DUB_BINS_EQUAL_MASS, .n_resamples = R, .seed = 5 }, NULL, &found);
  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++) {
    const DubEstimate *estimate = &found.estimate[k];
    gboolean basic = strstr (estimate->method, "basic") != NULL;

    g_test_message ("%s %.4f [%.4f, %.4f] %s", dub_calibration_measure_id (k), estimate->value, estimate->low, estimate->high,
                    estimate->method);
    if (k == DUB_CALIBRATION_ACCURACY && groups == NULL) {
      DubEstimate wilson = dub_rate_wilson ((DubRate) { estimate->n, estimate->d }, .95);

      g_assert_cmpfloat (estimate->low, ==, wilson.low);
      g_assert_cmpfloat (estimate->high, ==, wilson.high);
      continue;
    }

    DubEstimate expected =
      dub_bootstrap_interval (bootstrap, k, basic ? DUB_INTERVAL_BASIC : DUB_INTERVAL_PERCENTILE, .95);

    if (isnan (chance[k]))
      g_assert_cmpstr (estimate->method, ==, expected.method);
    else
      g_assert_true (basic && strstr (estimate->method, "from 0 unless refuted") != NULL);
    if (chance[k] > 0.025)
      expected.low = 0.0;
    g_assert_cmpint (strstr (estimate->method, "by patient") != NULL, ==, groups != NULL);
    if (k != DUB_CALIBRATION_OVERCONFIDENCE)
      expected.low = MAX (expected.low, 0.0);
    g_assert_cmpfloat_with_epsilon (estimate->value, expected.value, 3e-9);
    g_assert_cmpfloat_with_epsilon (estimate->low, MIN (expected.low, expected.value), 6e-9);
    g_assert_cmpfloat_with_epsilon (estimate->high, MAX (expected.high, expected.value), 6e-9);
  }
}

/* --- Chance: the same outcomes, every sample measured by the functions of its own --- */

static void
measure_naively (const DubPredictions *predictions,
                 double               *values)
{
  g_autoptr (DubReliability) width = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_WIDTH, 9);
  g_autoptr (DubReliability) mass = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_MASS, 9);
  size_t n = predictions->n_cases, n_classes = predictions->n_classes;
  DubBrierParts parts;

  values[DUB_CALIBRATION_ECE] = dub_reliability_ece (width);
  values[DUB_CALIBRATION_ADAPTIVE_ECE] = dub_reliability_ece (mass);
  values[DUB_CALIBRATION_MCE] = dub_reliability_mce (mass);
  values[DUB_CALIBRATION_AVERAGE] = dub_reliability_average_error (mass);
  values[DUB_CALIBRATION_SMOOTH] = dub_smooth_ece (predictions->confidence, predictions->correct, n);
  if (n_classes == 0) {
    g_assert_true (dub_brier_binary_parts (predictions->confidence, predictions->correct, n, 9, &parts, NULL));
  } else {
    g_assert_true (dub_brier_sum_parts (predictions->probabilities, predictions->labels, n, n_classes, 9, &parts, NULL));
    values[DUB_CALIBRATION_CLASSWISE_ECE] =
      dub_classwise_ece (predictions->probabilities, predictions->labels, n, n_classes, 9, DUB_BINS_EQUAL_WIDTH, NULL, NULL);
  }
  values[DUB_CALIBRATION_BRIER_RELIABILITY] = parts.reliability * (n_classes == 2 ? 0.5 : 1.0);
}

/* Outcomes that the probabilities of @predictions are true of: sample @r. */
static DubPredictions *
draw_true (const DubPredictions *predictions,
           size_t                r)
{
  size_t n = predictions->n_cases, n_classes = predictions->n_classes;
  g_autofree gboolean *correct = g_new (gboolean, n);
  g_autofree int *labels = g_new (int, n);
  DubRng rng;

  dub_rng_init (&rng, 5, "perfect calibration", r);
  for (size_t i = 0; i < n; i++) {
    double u = (double) dub_rng_below (&rng, UINT32_MAX) / 4294967295.0, below = 0.0;

    correct[i] = u < predictions->confidence[i];
    /* Shares of [0, 1): first the answer's, then the others' in turn. */
    labels[i] = -1;
    for (size_t k = 0; k <= n_classes && n_classes > 0; k++) {
      size_t c = k == 0 ? (size_t) predictions->answers[i] : k - 1;

      if (k > 0 && (int) c == predictions->answers[i])
        continue;
      if (labels[i] < 0 && u < below + predictions->probabilities[i * n_classes + c])
        labels[i] = (int) c;
      below += predictions->probabilities[i * n_classes + c];
    }
  }

  return n_classes == 0 ? dub_predictions_new_top (predictions->confidence, correct, n, NULL, NULL)
                        : dub_predictions_new (predictions->probabilities, NULL, labels, n, n_classes, NULL, NULL);
}

static void
test_chance (void)
{
  enum { N = 60 };

  for (size_t n_classes = 0; n_classes <= 4; n_classes += 2) {
    g_autoptr (DubPredictions) drawn = draw_predictions (N, n_classes, NULL, 31);
    g_autoptr (DubPredictions) predictions = n_classes > 0 ? in_order (drawn) : NULL;
    guint all = (1u << DUB_N_CALIBRATION_MEASURES) - 1;
    double values[DUB_N_CALIBRATION_MEASURES], of_sample[DUB_N_CALIBRATION_MEASURES], chance[DUB_N_CALIBRATION_MEASURES];
    double n_larger[DUB_N_CALIBRATION_MEASURES] = { 0.0 };

    if (n_classes == 0) {
      g_autofree double *sorted = g_memdup2 (drawn->confidence, N * sizeof (double));

      dub_sort (sorted, N);
      predictions = dub_predictions_new_top (sorted, drawn->correct, N, NULL, NULL);
    }

    g_autoptr (DubCalibrationSample) sample = _dub_calibration_sample_new (predictions, all, 9, DUB_BINS_EQUAL_MASS, NULL);

    for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
      values[k] = (double) NAN;
    measure_naively (predictions, values);
    g_assert_true (_dub_calibration_null (sample, predictions, values, 5, NULL, chance, NULL));
    for (size_t r = 0; r < DUB_CALIBRATION_NULL_SAMPLES; r++) {
      g_autoptr (DubPredictions) one = draw_true (predictions, r);

      measure_naively (one, of_sample);
      for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
        n_larger[k] += of_sample[k] >= values[k] - (k == DUB_CALIBRATION_SMOOTH ? 2e-9 : 1e-12) ? 1.0 : 0.0;
    }
    for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
      if (isnan (values[k])) {
        g_assert_true (isnan (chance[k]));
      } else {
        g_test_message ("%zu classes, %s: %.4f", n_classes, dub_calibration_measure_id (k), chance[k]);
        /* A sample whose smooth error comes within rounding of the value may be counted either way. */
        g_assert_cmpfloat_with_epsilon (chance[k], (1.0 + n_larger[k]) / 1000.0, 1e-12);
      }
  }
}

/* Of a perfect network the limit is 0 in about 39 of 40 samples, for every error; of one that is far off, never. The smooth error
 * takes longest, so it is looked at only there. */
static void
test_refuted (void)
{
  enum { N = 200, SAMPLES = 120 };
  const DubCalibrationMeasure errors[] = {
    DUB_CALIBRATION_ECE, DUB_CALIBRATION_ADAPTIVE_ECE, DUB_CALIBRATION_MCE, DUB_CALIBRATION_AVERAGE,
    DUB_CALIBRATION_BRIER_RELIABILITY,
  };
  guint measures = 0;
  double at_zero[G_N_ELEMENTS (errors)] = { 0.0 };

  for (size_t k = 0; k < G_N_ELEMENTS (errors); k++)
    measures |= 1u << errors[k];
  for (guint64 seed = 0; seed < SAMPLES; seed++) {
    double confidence[N];
    gboolean correct[N];
    DubCalibration found;
    DubRng rng;

    dub_rng_init (&rng, seed, "test", 1);
    for (size_t i = 0; i < N; i++) {
      confidence[i] = sqrt (dub_rng_double (&rng));
      correct[i] = dub_rng_double (&rng) < confidence[i];
    }

    g_autoptr (DubPredictions) predictions = dub_predictions_new_top (confidence, correct, N, NULL, NULL);

    measure (predictions, &(DubCalibrationOptions) { .measures = measures, .n_resamples = 99, .seed = seed }, NULL, &found);
    for (size_t k = 0; k < G_N_ELEMENTS (errors); k++)
      at_zero[k] += found.estimate[errors[k]].low <= 0.0 ? 1.0 / SAMPLES : 0.0;
  }
  for (size_t k = 0; k < G_N_ELEMENTS (errors); k++) {
    g_test_message ("%s: %.3f at 0", dub_calibration_measure_id (errors[k]), at_zero[k]);
    /* .975 less four standard errors. */
    g_assert_cmpfloat (at_zero[k], >, 0.915);
  }

  double sure[N];
  gboolean half[N];
  DubCalibration found;

  for (size_t i = 0; i < N; i++) {
    sure[i] = 0.9 + 0.09 * (double) i / N;
    half[i] = i % 2 == 0;
  }

  g_autoptr (DubPredictions) predictions = dub_predictions_new_top (sure, half, N, NULL, NULL);

  measure (predictions, &(DubCalibrationOptions) { .n_resamples = 99 }, NULL, &found);
  for (size_t k = 0; k < G_N_ELEMENTS (errors); k++)
    g_assert_cmpfloat (found.estimate[errors[k]].low, >, 0.1);
  g_assert_cmpfloat (found.estimate[DUB_CALIBRATION_SMOOTH].low, >, 0.3);
}

static void
test_intervals (void)
{
  int groups[150];

  for (int i = 0; i < 150; i++)
    groups[i] = (i * i) % 41;
  for (size_t n_classes = 2; n_classes <= 3; n_classes++) {
    check_intervals (n_classes, NULL);
    check_intervals (n_classes, groups);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibration-intervals/bootstrap", test_intervals);
  g_test_add_func ("/calibration-intervals/chance", test_chance);
  g_test_add_func ("/calibration-intervals/refuted", test_refuted);

  return g_test_run ();
}
