/* The change of calibration between two ways of answering: values, pairing, and what is refused. */
#include "core/base/rng.h"
#include "core/calibration/calibration-change.h"

#include <math.h>

enum { N = 300 };

static const guint ASKED = 1u << DUB_CALIBRATION_ECE | 1u << DUB_CALIBRATION_MCE | 1u << DUB_CALIBRATION_NLL |
                           1u << DUB_CALIBRATION_ACCURACY;

/* Two classes with log-odds of @sharpness times the true ones. */
static DubPredictions *
draw (size_t     n,
      double     sharpness,
      const int *groups)
{
  g_autofree double *logits = g_new0 (double, 2 * n);
  g_autofree int *labels = g_new (int, n);
  g_autoptr (GError) error = NULL;
  DubRng rng;

  dub_rng_init (&rng, 5, "test", 0);
  for (size_t i = 0; i < n; i++) {
    double odds = 6.0 * dub_rng_double (&rng) - 3.0;

    labels[i] = dub_rng_double (&rng) < 1.0 / (1.0 + exp (-odds));
    logits[2 * i + 1] = sharpness * odds;
  }

  DubPredictions *predictions = dub_predictions_new (NULL, logits, labels, n, 2, groups, &error);

  g_assert_no_error (error);

  return predictions;
}

static void
change_of (const DubPredictions *before,
           const DubPredictions *after,
           guint64               seed,
           DubRun               *run,
           DubEstimate          *change)
{
  const DubCalibrationOptions options = { .measures = ASKED, .n_resamples = 999, .seed = seed };
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_calibration_change (before, after, &options, run, change, &error));
  g_assert_no_error (error);
}

static void
test_values (void)
{
  g_autoptr (DubPredictions) sure = draw (N, 4.0, NULL), right = draw (N, 1.0, NULL);
  const DubCalibrationOptions options = { .measures = ASKED, .n_resamples = 999 };
  g_autoptr (GError) error = NULL;
  DubCalibration of_sure, of_right;
  DubEstimate change[DUB_N_CALIBRATION_MEASURES];

  g_assert_true (dub_calibration_measure (sure, &options, NULL, &of_sure, &error));
  g_assert_true (dub_calibration_measure (right, &options, NULL, &of_right, &error));
  change_of (sure, right, 0, NULL, change);
  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++) {
    if (!(ASKED & 1u << k)) {
      g_assert_true (isnan (change[k].value));
      g_assert_nonnull (change[k].method);
      continue;
    }
    g_assert_cmpfloat_with_epsilon (change[k].value, of_right.estimate[k].value - of_sure.estimate[k].value, 1e-12);
    g_assert_cmpfloat (change[k].low, <=, change[k].value);
    g_assert_cmpfloat (change[k].value, <=, change[k].high);
  }
  /* Four times too sure is clearly worse; the answers are the same in every resample. */
  g_assert_cmpfloat (change[DUB_CALIBRATION_ECE].high, <, 0.0);
  g_assert_cmpfloat (change[DUB_CALIBRATION_NLL].high, <, 0.0);
  g_assert_cmpfloat (change[DUB_CALIBRATION_ACCURACY].low, ==, 0.0);
  g_assert_cmpfloat (change[DUB_CALIBRATION_ACCURACY].high, ==, 0.0);
}

static void
test_pairing (void)
{
  g_autoptr (DubPredictions) some = draw (N, 1.5, NULL), more = draw (N, 2.0, NULL);
  const DubCalibrationOptions options = { .measures = ASKED, .n_resamples = 999 };
  g_autoptr (GError) error = NULL;
  DubCalibration alone;
  DubEstimate forth[DUB_N_CALIBRATION_MEASURES], back[DUB_N_CALIBRATION_MEASURES], none[DUB_N_CALIBRATION_MEASURES];

  change_of (some, more, 0, NULL, forth);
  change_of (more, some, 0, NULL, back);
  change_of (some, some, 0, NULL, none);
  g_assert_true (dub_calibration_measure (some, &options, NULL, &alone, &error));
  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++) {
    if (!(ASKED & 1u << k))
      continue;
    g_assert_cmpfloat_with_epsilon (forth[k].low, -back[k].high, 1e-12);
    g_assert_cmpfloat_with_epsilon (forth[k].high, -back[k].low, 1e-12);
    g_assert_cmpfloat (none[k].low, ==, 0.0);
    g_assert_cmpfloat (none[k].high, ==, 0.0);
  }
  /* What both have in common falls out. */
  g_assert_cmpfloat (forth[DUB_CALIBRATION_NLL].high - forth[DUB_CALIBRATION_NLL].low, <,
                     alone.estimate[DUB_CALIBRATION_NLL].high - alone.estimate[DUB_CALIBRATION_NLL].low);
}

/* Three classes, where a temperature brings the confidences into another order and leaves every answer: the change of accuracy is
 * nothing in every resample, and that of the likelihood no wider than that of the cases' own differences. */
static void
test_other_order (void)
{
  enum { C = 3 };
  g_autofree double *logits = g_new (double, N * C), *cooled = g_new (double, N * C);
  g_autofree int *labels = g_new (int, N);
  g_autoptr (GError) error = NULL;
  DubEstimate change[DUB_N_CALIBRATION_MEASURES];
  DubRng rng;

  dub_rng_init (&rng, 6, "test", 0);
  for (size_t i = 0; i < N; i++) {
    labels[i] = (int) dub_rng_below (&rng, C);
    for (size_t c = 0; c < C; c++) {
      logits[i * C + c] = 3.0 * dub_rng_normal (&rng) + ((size_t) labels[i] == c ? 2.0 : 0.0);
      cooled[i * C + c] = 0.3 * logits[i * C + c];
    }
  }

  g_autoptr (DubPredictions) before = dub_predictions_new (NULL, logits, labels, N, C, NULL, &error);
  g_autoptr (DubPredictions) after = dub_predictions_new (NULL, cooled, labels, N, C, NULL, &error);
  double mean = 0.0, square = 0.0;

  g_assert_no_error (error);
  change_of (before, after, 0, NULL, change);
  g_assert_cmpfloat (change[DUB_CALIBRATION_ACCURACY].low, ==, 0.0);
  g_assert_cmpfloat (change[DUB_CALIBRATION_ACCURACY].high, ==, 0.0);
  for (size_t i = 0; i < N; i++) {
    size_t at = i * C + (size_t) labels[i];
    double difference = log (before->probabilities[at]) - log (after->probabilities[at]);

    mean += difference / N;
    square += difference * difference / N;
  }

  double expected = 2.0 * 1.96 * sqrt ((square - mean * mean) / N);

  g_assert_cmpfloat_with_epsilon (change[DUB_CALIBRATION_NLL].value, mean, 1e-9);
  g_assert_cmpfloat_with_epsilon ((change[DUB_CALIBRATION_NLL].high - change[DUB_CALIBRATION_NLL].low) / expected, 1.0, 0.12);
}

static void
test_threads_and_seed (void)
{
  g_autoptr (DubPredictions) some = draw (N, 1.5, NULL), more = draw (N, 2.0, NULL);
  g_autoptr (DubRun) one = dub_run_new (1), two = dub_run_new (2);
  DubEstimate a[DUB_N_CALIBRATION_MEASURES], b[DUB_N_CALIBRATION_MEASURES], c[DUB_N_CALIBRATION_MEASURES];

  change_of (some, more, 3, one, a);
  change_of (some, more, 3, two, b);
  change_of (some, more, 4, one, c);
  g_assert_cmpfloat (a[DUB_CALIBRATION_ECE].low, ==, b[DUB_CALIBRATION_ECE].low);
  g_assert_cmpfloat (a[DUB_CALIBRATION_ECE].high, ==, b[DUB_CALIBRATION_ECE].high);
  g_assert_cmpfloat (a[DUB_CALIBRATION_ECE].low, !=, c[DUB_CALIBRATION_ECE].low);
}

static void
test_patients (void)
{
  g_autofree int *groups = g_new (int, N);

  for (int i = 0; i < N; i++)
    groups[i] = i / 10;

  g_autoptr (DubPredictions) some = draw (N, 1.5, groups), more = draw (N, 2.0, groups), plain = draw (N, 1.5, NULL);
  DubEstimate grouped[DUB_N_CALIBRATION_MEASURES], single[DUB_N_CALIBRATION_MEASURES];

  change_of (some, more, 0, NULL, grouped);
  change_of (plain, more, 0, NULL, single);
  g_assert_cmpfloat (grouped[DUB_CALIBRATION_NLL].value, ==, single[DUB_CALIBRATION_NLL].value);
  g_assert_cmpfloat (grouped[DUB_CALIBRATION_NLL].low, !=, single[DUB_CALIBRATION_NLL].low);
  g_assert_cmpstr (grouped[DUB_CALIBRATION_ECE].method, ==, "paired bootstrap (basic, by patient)");
  g_assert_cmpstr (single[DUB_CALIBRATION_ECE].method, ==, "paired bootstrap (basic)");
}

static void
test_refused (void)
{
  g_autoptr (DubPredictions) some = draw (N, 1.5, NULL), fewer = draw (N - 1, 1.5, NULL);
  DubCalibrationOptions options = { .measures = ASKED, .n_resamples = 99 };
  g_autoptr (GError) error = NULL;
  DubEstimate change[DUB_N_CALIBRATION_MEASURES];

  g_assert_false (dub_calibration_change (some, fewer, &options, NULL, change, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  options.confidence = 1.5;
  g_assert_false (dub_calibration_change (some, some, &options, NULL, change, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibration-change/values", test_values);
  g_test_add_func ("/calibration-change/pairing", test_pairing);
  g_test_add_func ("/calibration-change/other-order", test_other_order);
  g_test_add_func ("/calibration-change/threads-and-seed", test_threads_and_seed);
  g_test_add_func ("/calibration-change/patients", test_patients);
  g_test_add_func ("/calibration-change/refused", test_refused);

  return g_test_run ();
}
