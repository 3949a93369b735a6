/* The measures of calibration against hand-made samples, and against the functions that each of them has of its own. */
#include "core/calibration/scores.h"
#include "core/calibration/smooth.h"
#include "tests/calibration/calibration-cases.h"

static double
value_of (const DubCalibration *calibration,
          DubCalibrationMeasure measure)
{
  return calibration->estimate[measure].value;
}

/* Four bins, the second empty: gaps .1 - 0, -, .7 - .5, .95 - 1. */
static void
test_by_hand (void)
{
  const double confidence[] = { 0.1, 0.6, 0.75, 0.75, 0.7, 0.9, 1.0 };
  const gboolean correct[] = { FALSE, TRUE, FALSE, TRUE, FALSE, TRUE, TRUE };
  g_autoptr (DubPredictions) predictions = dub_predictions_new_top (confidence, correct, 7, NULL, NULL);
  DubCalibration found;

  measure (predictions, &(DubCalibrationOptions) { .n_bins = 4, .n_resamples = 100 }, NULL, &found);
  g_assert_cmpuint (found.n_cases, ==, 7);
  g_assert_cmpuint (found.n_classes, ==, 0);
  g_assert_cmpuint (found.worst_bin, ==, 2);
  g_assert_cmpuint (found.worst_count, ==, 4);
  g_assert_cmpuint (found.n_clipped, ==, 0);
  g_assert_cmpstr (found.brier_form, ==, "binary, 0 to 1");
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ECE), (0.1 + 4 * 0.2 + 2 * 0.05) / 7.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_MCE), 0.2, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_AVERAGE), (0.1 + 0.2 + 0.05) / 3.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_OVERCONFIDENCE), (4.8 - 4.0) / 7.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ACCURACY), 4.0 / 7.0, 1e-15);
  g_assert_cmpuint (found.estimate[DUB_CALIBRATION_ACCURACY].n, ==, 4);
  g_assert_cmpuint (found.estimate[DUB_CALIBRATION_ACCURACY].d, ==, 7);
  g_assert_true (isnan (value_of (&found, DUB_CALIBRATION_CLASSWISE_ECE)));
  g_assert_true (g_str_has_prefix (found.estimate[DUB_CALIBRATION_CLASSWISE_ECE].method, "none: "));

  /* .1, .6 | .7 | .75, .75 | .9, 1: ties by their middle rank, 4 of 7 in the third of four. */
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ADAPTIVE_ECE), (0.3 + 0.7 + 0.5 + 0.1) / 7.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER),
                                  (0.01 + 0.16 + 0.5625 + 0.0625 + 0.49 + 0.01 + 0.0) / 7.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_RELIABILITY),
                                  (0.01 + 4 * 0.04 + 2 * 0.0025) / 7.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_RESOLUTION),
                                  (16.0 / 49.0 + 4 * 0.25 / 49.0 + 2 * 9.0 / 49.0) / 7.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_UNCERTAINTY), 12.0 / 49.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_NLL),
                                  -(log (0.9) + log (0.6) + log (0.25) + log (0.75) + log (0.3) + log (0.9)) / 7.0, 1e-14);
}

/* Two classes and three, by hand: rows .9 .1 | .2 .8 | .6 .4 with labels 0, 0, 1. */
static void
test_classes_by_hand (void)
{
  const double two[] = { 0.9, 0.1, 0.2, 0.8, 0.6, 0.4 };
  const double three[] = { 0.7, 0.2, 0.1, 0.1, 0.3, 0.6 };
  const int labels[] = { 0, 0, 1 }, labels_of_three[] = { 0, 1 };
  g_autoptr (DubPredictions) of_two = dub_predictions_new (two, NULL, labels, 3, 2, NULL, NULL);
  g_autoptr (DubPredictions) of_three = dub_predictions_new (three, NULL, labels_of_three, 2, 3, NULL, NULL);
  DubCalibrationOptions options = { .n_bins = 2, .n_resamples = 20 };
  DubCalibration found;

  measure (of_two, &options, NULL, &found);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER), (0.01 + 0.64 + 0.36) / 3.0, 1e-15);
  /* Class 0: .2 | .9, .6 with 1 of 1 and 1 of 2; class 1: .1, .4 | .8 with 1 of 2 and 0 of 1. */
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_CLASSWISE_ECE),
                                  0.5 * ((0.8 + 0.5) / 3.0 + (0.5 + 0.8) / 3.0), 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_UNCERTAINTY), 2.0 / 9.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_NLL), -(log (0.9) + log (0.2) + log (0.4)) / 3.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ACCURACY), 1.0 / 3.0, 1e-15);

  measure (of_three, &options, NULL, &found);
  g_assert_cmpstr (found.brier_form, ==, "sum over classes, 0 to 2");
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER),
                                  (0.09 + 0.04 + 0.01 + 0.01 + 0.49 + 0.36) / 2.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_OVERCONFIDENCE), (0.7 + 0.6 - 1.0) / 2.0, 1e-15);
  /* Class 0: .3 + .1; class 1: .2 and .3, of which one happened; class 2: .1 + .6. */
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_CLASSWISE_ECE), (0.4 + 0.5 + 0.7) / 2.0 / 3.0, 1e-15);
}

/* Every value is what the function of its own gives. */
static void
test_functions (void)
{
  enum { N = 700 };

  for (size_t n_classes = 2; n_classes <= 5; n_classes += 3)
    for (DubBinning binning = DUB_BINS_EQUAL_WIDTH; binning <= DUB_BINS_EQUAL_MASS; binning++) {
      g_autoptr (DubPredictions) predictions = draw_predictions (N, n_classes, NULL, 3 + n_classes);
      g_autoptr (DubReliability) width = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_WIDTH, 15);
      g_autoptr (DubReliability) mass = dub_predictions_reliability (predictions, DUB_BINS_EQUAL_MASS, 15);
      const DubReliability *chosen = binning == DUB_BINS_EQUAL_WIDTH ? width : mass;
      double form = n_classes == 2 ? 0.5 : 1.0;
      const double *p = predictions->probabilities;
      const int *labels = predictions->labels;
      DubBrierParts parts;
      DubCalibration found;

      measure (predictions, &(DubCalibrationOptions) { .binning = binning, .n_resamples = 50 }, NULL, &found);
      g_assert_cmpuint (found.n_bins, ==, 15);
      g_assert_true (dub_brier_sum_parts (p, labels, N, n_classes, 15, &parts, NULL));
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ECE), dub_reliability_ece (width), 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ADAPTIVE_ECE), dub_reliability_ece (mass), 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_MCE), dub_reliability_mce (chosen), 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_AVERAGE), dub_reliability_average_error (chosen), 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_OVERCONFIDENCE),
                                      dub_reliability_overconfidence (width), 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_CLASSWISE_ECE),
                                      dub_classwise_ece (p, labels, N, n_classes, 15, DUB_BINS_EQUAL_WIDTH, NULL, NULL), 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER), form * parts.brier, 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_RELIABILITY), form * parts.reliability, 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_RESOLUTION), form * parts.resolution, 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_UNCERTAINTY), form * parts.uncertainty, 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_NLL), dub_nll (p, labels, N, n_classes, NULL, NULL), 1e-13);
      g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_SMOOTH),
                                      dub_smooth_ece (predictions->confidence, predictions->correct, N), 2e-9);
      g_assert_cmpfloat (dub_reliability_mce (chosen), ==,
                         fabs (chosen->accuracy[found.worst_bin] - chosen->confidence[found.worst_bin]));
      g_assert_cmpuint (found.worst_count, ==, chosen->count[found.worst_bin]);
    }
}

static void
assert_same (const DubCalibration *a,
             const DubCalibration *b)
{
  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++) {
    g_assert_cmpmem (&a->estimate[k].value, sizeof (double), &b->estimate[k].value, sizeof (double));
    g_assert_cmpmem (&a->estimate[k].low, sizeof (double), &b->estimate[k].low, sizeof (double));
    g_assert_cmpmem (&a->estimate[k].high, sizeof (double), &b->estimate[k].high, sizeof (double));
    g_assert_cmpstr (a->estimate[k].method, ==, b->estimate[k].method);
  }
}

/* One, two and five threads give the same bits, another seed other limits of the same value. */
static void
test_threads (void)
{
  g_autoptr (DubPredictions) predictions = draw_predictions (333, 4, NULL, 8);
  DubCalibrationOptions options = { .n_resamples = 200, .seed = 2 };
  DubCalibration alone, other;

  measure (predictions, &options, NULL, &alone);
  for (guint threads = 1; threads <= 5; threads += 2) {
    g_autoptr (DubRun) run = dub_run_new (threads);

    measure (predictions, &options, run, &other);
    assert_same (&alone, &other);
  }
  options.seed = 3;
  measure (predictions, &options, NULL, &other);
  g_assert_cmpfloat (alone.estimate[DUB_CALIBRATION_ECE].value, ==, other.estimate[DUB_CALIBRATION_ECE].value);
  g_assert_cmpfloat (alone.estimate[DUB_CALIBRATION_ECE].high, !=, other.estimate[DUB_CALIBRATION_ECE].high);
}

/* The order in which cases are given changes no bit, and what is asked for besides changes none either. */
static void
test_order (void)
{
  enum { N = 200, C = 3 };
  g_autoptr (DubPredictions) predictions = draw_predictions (N, C, NULL, 9);
  double p[N * C];
  int labels[N];

  for (size_t i = 0; i < N; i++) {
    size_t k = (i * 77 + 5) % N;

    memcpy (p + i * C, predictions->probabilities + k * C, C * sizeof *p);
    labels[i] = predictions->labels[k];
  }

  g_autoptr (DubPredictions) other = dub_predictions_new (p, NULL, labels, N, C, NULL, NULL);
  DubCalibrationOptions options = { .n_resamples = 100 };
  DubCalibration a, b;

  measure (predictions, &options, NULL, &a);
  measure (other, &options, NULL, &b);
  assert_same (&a, &b);
  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++) {
    options.measures = 1u << k;
    measure (predictions, &options, NULL, &b);
    for (guint l = 0; l < DUB_N_CALIBRATION_MEASURES; l++)
      if (l != k) {
        g_assert_true (isnan (b.estimate[l].value));
        b.estimate[l] = a.estimate[l];
      }
    assert_same (&a, &b);
  }
}

/* What has no spread: one case, certain and right answers, one confidence for all. */
static void
test_ends (void)
{
  const double one[] = { 0.7 }, certain[] = { 1.0, 1.0, 1.0, 1.0 }, same[] = { 0.75, 0.75, 0.75, 0.75 }, nothing[] = { 0.0, 0.0 };
  const gboolean right[] = { TRUE, TRUE, TRUE, TRUE }, mostly[] = { TRUE, FALSE, TRUE, TRUE }, wrong[] = { FALSE, FALSE };
  g_autoptr (DubPredictions) of_one = dub_predictions_new_top (one, right, 1, NULL, NULL);
  g_autoptr (DubPredictions) of_certain = dub_predictions_new_top (certain, right, 4, NULL, NULL);
  g_autoptr (DubPredictions) of_same = dub_predictions_new_top (same, mostly, 4, NULL, NULL);
  g_autoptr (DubPredictions) of_nothing = dub_predictions_new_top (nothing, wrong, 2, NULL, NULL);
  g_autoptr (DubPredictions) of_wrong = dub_predictions_new_top (certain, wrong, 2, NULL, NULL);
  DubCalibrationOptions options = { .n_resamples = 99 };
  DubCalibration found;

  measure (of_one, &options, NULL, &found);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ECE), 0.3, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_ADAPTIVE_ECE), 0.3, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_OVERCONFIDENCE), -0.3, 1e-15);
  /* A kernel has mass 1 at any width. */
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_SMOOTH), 0.3, 1e-8);
  g_assert_true (isnan (found.estimate[DUB_CALIBRATION_ECE].low));
  g_assert_true (g_str_has_prefix (found.estimate[DUB_CALIBRATION_ECE].method, "none: "));

  for (guint k = 0; k < 2; k++) {
    measure (k == 0 ? of_certain : of_nothing, &options, NULL, &found);
    for (DubCalibrationMeasure m = 0; m < DUB_CALIBRATION_ACCURACY; m++)
      if (m != DUB_CALIBRATION_CLASSWISE_ECE) {
        g_assert_cmpfloat (fabs (found.estimate[m].value), ==, 0.0);
        g_assert_cmpfloat (fabs (found.estimate[m].low), ==, 0.0);
        g_assert_cmpfloat (fabs (found.estimate[m].high), ==, 0.0);
      }
    g_assert_cmpfloat (value_of (&found, DUB_CALIBRATION_ACCURACY), ==, k == 0 ? 1.0 : 0.0);
  }

  measure (of_same, &options, NULL, &found);
  g_assert_cmpfloat (value_of (&found, DUB_CALIBRATION_ECE), ==, 0.0);
  g_assert_cmpfloat (value_of (&found, DUB_CALIBRATION_MCE), ==, 0.0);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER), 3.0 / 16.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_BRIER_UNCERTAINTY), 3.0 / 16.0, 1e-15);
  g_assert_cmpfloat (found.estimate[DUB_CALIBRATION_ECE].low, ==, 0.0);

  measure (of_wrong, &options, NULL, &found);
  g_assert_cmpfloat (value_of (&found, DUB_CALIBRATION_ECE), ==, 1.0);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_SMOOTH), 1.0, 1e-8);
  g_assert_cmpuint (found.n_clipped, ==, 2);
  g_assert_cmpfloat_with_epsilon (value_of (&found, DUB_CALIBRATION_NLL), -log (DUB_NLL_SMALLEST), 1e-12);
}

/* Patients of ten equal cases vary more than so many cases of their own. */
static void
test_patients (void)
{
  enum { N = 400 };
  double confidence[N];
  gboolean correct[N];
  int groups[N];
  DubRng rng;

  dub_rng_init (&rng, 4, "test", 0);
  for (int i = 0; i < N; i++) {
    groups[i] = i / 10;
    confidence[i] = i % 10 == 0 ? dub_rng_double (&rng) : confidence[i - 1];
    correct[i] = i % 10 == 0 ? dub_rng_double (&rng) < confidence[i] : correct[i - 1];
  }

  g_autoptr (DubPredictions) grouped = dub_predictions_new_top (confidence, correct, N, groups, NULL);
  g_autoptr (DubPredictions) alone = dub_predictions_new_top (confidence, correct, N, NULL, NULL);
  DubCalibrationOptions options = { .n_resamples = 999 };
  DubCalibration a, b;

  measure (grouped, &options, NULL, &a);
  measure (alone, &options, NULL, &b);
  for (DubCalibrationMeasure m = DUB_CALIBRATION_OVERCONFIDENCE; m <= DUB_CALIBRATION_ACCURACY; m++) {
    double ratio = (a.estimate[m].high - a.estimate[m].low) / (b.estimate[m].high - b.estimate[m].low);

    g_assert_cmpfloat (a.estimate[m].value, ==, b.estimate[m].value);
    g_assert_true (strstr (a.estimate[m].method, "by patient") != NULL);
    /* sqrt (10) = 3.2; uncertainty has an end at 1/4, and the two biased parts are cut at 0. */
    if (m == DUB_CALIBRATION_OVERCONFIDENCE || m == DUB_CALIBRATION_BRIER || m == DUB_CALIBRATION_NLL)
      g_assert_cmpfloat (ratio, >, 2.5);
  }
}

static void
test_bad_options (void)
{
  g_autoptr (DubPredictions) predictions = draw_predictions (20, 0, NULL, 1);
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;
  DubCalibration found;

  g_assert_false (dub_calibration_measure (predictions, &(DubCalibrationOptions) { .confidence = 1.0 }, NULL, &found, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (dub_calibration_measure (predictions, &(DubCalibrationOptions) { .n_bins = 1000001 }, NULL, &found, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (dub_calibration_measure (predictions, &(DubCalibrationOptions) { .n_resamples = 10000001 }, NULL, &found, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  dub_run_cancel (run);
  g_assert_false (dub_calibration_measure (predictions, &(DubCalibrationOptions) { 0 }, run, &found, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

static void
test_words (void)
{
  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++) {
    g_assert_true (dub_calibration_measure_definition (k)[0] != '\0');
    for (guint l = 0; l < k; l++) {
      g_assert_cmpstr (dub_calibration_measure_id (k), !=, dub_calibration_measure_id (l));
      g_assert_cmpstr (dub_calibration_measure_title (k), !=, dub_calibration_measure_title (l));
    }
  }
  g_assert_cmpstr (dub_calibration_measure_id (DUB_CALIBRATION_ADAPTIVE_ECE), ==, "adaptive_ece");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibration/by-hand", test_by_hand);
  g_test_add_func ("/calibration/classes-by-hand", test_classes_by_hand);
  g_test_add_func ("/calibration/functions", test_functions);
  g_test_add_func ("/calibration/threads", test_threads);
  g_test_add_func ("/calibration/order", test_order);
  g_test_add_func ("/calibration/ends", test_ends);
  g_test_add_func ("/calibration/patients", test_patients);
  g_test_add_func ("/calibration/bad-options", test_bad_options);
  g_test_add_func ("/calibration/words", test_words);

  return g_test_run ();
}
