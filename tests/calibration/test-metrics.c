#include "core/base/rng.h"
#include "core/calibration/metrics.h"
#include "core/calibration/reliability.h"
#include "core/calibration/scores.h"
#include "core/stats/confusion.h"
#include "core/stats/delong.h"
#include "core/stats/roc.h"

#include <string.h>

/* Softmax outputs that are right more often than not. */
static void
draw (double *p,
      int    *labels,
      size_t  n,
      size_t  n_classes,
      guint64 seed)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  for (size_t i = 0; i < n; i++) {
    double sum = 0.0;

    labels[i] = (int) dub_rng_below (&rng, (uint32_t) n_classes);
    for (size_t c = 0; c < n_classes; c++)
      sum += p[i * n_classes + c] = exp (1.5 * dub_rng_normal (&rng) + (c == (size_t) labels[i] ? 1.2 : 0.0));
    for (size_t c = 0; c < n_classes; c++)
      p[i * n_classes + c] /= sum;
  }
}

static void
assert_same (const DubEstimate *a,
             const DubEstimate *b)
{
  g_assert_true (a->value == b->value || (isnan (a->value) && isnan (b->value)));
  g_assert_true (a->low == b->low || (isnan (a->low) && isnan (b->low)));
  g_assert_true (a->high == b->high || (isnan (a->high) && isnan (b->high)));
  g_assert_cmpstr (a->method, ==, b->method);
  g_assert_cmpuint (a->n, ==, b->n);
  g_assert_cmpuint (a->d, ==, b->d);
}

static void
assert_inside (const DubMetrics *metrics)
{
  for (DubMetric k = 0; k < DUB_N_METRICS; k++) {
    const DubEstimate *e = &metrics->estimate[k];

    g_test_message ("%s %.4f [%.4f, %.4f] %s", dub_metric_name (k), e->value, e->low, e->high, e->method);
    g_assert_true (e->low <= e->value && e->value <= e->high && e->low < e->high);
  }
}

/* Every value is what the function of its own gives. */
static void
test_binary (void)
{
  enum { N = 156 };
  double p[2 * N], column[N];
  int labels[N], answers[N];
  gboolean positive[N], correct[N];
  double confidence[N];
  DubMetrics metrics;
  DubMetricsOptions options = { .positive = 0, .n_resamples = 999, .seed = 1 };
  g_autoptr (GError) error = NULL;

  draw (p, labels, N, 2, 1);
  g_assert_true (dub_metrics_measure (p, labels, N, 2, &options, NULL, &metrics, &error));
  g_assert_no_error (error);
  g_assert_true (dub_top_label (p, labels, N, 2, confidence, correct, answers, NULL));
  for (size_t i = 0; i < N; i++) {
    column[i] = p[2 * i];
    positive[i] = labels[i] == 0;
  }

  g_autoptr (DubConfusion) confusion = dub_confusion_new (labels, answers, N, 2, NULL);
  g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, N, 15, NULL);
  g_autoptr (DubDelong) delong = dub_delong_new (column, positive, N, NULL);
  DubEstimate accuracy = dub_rate_wilson (dub_confusion_accuracy (confusion), 0.95);
  DubEstimate sensitivity = dub_rate_wilson (dub_confusion_sensitivity (confusion, 0), 0.95);
  DubEstimate specificity = dub_rate_wilson (dub_confusion_specificity (confusion, 0), 0.95);
  DubEstimate area = dub_delong_estimate (delong, 0.95);
  const DubEstimate *e = metrics.estimate;

  assert_inside (&metrics);
  assert_same (&e[DUB_METRIC_ACCURACY], &accuracy);
  assert_same (&e[DUB_METRIC_SENSITIVITY], &sensitivity);
  assert_same (&e[DUB_METRIC_SPECIFICITY], &specificity);
  assert_same (&e[DUB_METRIC_AUROC], &area);
  g_assert_cmpfloat (e[DUB_METRIC_BALANCED_ACCURACY].value, ==, dub_confusion_balanced_accuracy (confusion));
  g_assert_cmpstr (e[DUB_METRIC_BALANCED_ACCURACY].method, ==, "bootstrap (percentile, stratified)");
  g_assert_cmpfloat_with_epsilon (e[DUB_METRIC_ECE].value, dub_reliability_ece (bins), 1e-15);
  g_assert_cmpfloat_with_epsilon (e[DUB_METRIC_MCE].value, dub_reliability_mce (bins), 1e-15);
  g_assert_cmpstr (e[DUB_METRIC_ECE].method, ==, "bootstrap (basic, from 0 unless refuted)");
  g_assert_cmpfloat_with_epsilon (e[DUB_METRIC_NLL].value, dub_nll (p, labels, N, 2, NULL, NULL), 1e-14);
  g_assert_cmpfloat_with_epsilon (e[DUB_METRIC_BRIER].value, dub_brier_binary (column, positive, N, NULL), 1e-14);
  g_assert_cmpstr (metrics.brier_form, ==, "binary, 0 to 1");
  g_assert_cmpint (metrics.positive, ==, 0);
  g_assert_cmpuint (e[DUB_METRIC_ECE].d, ==, 0);

  /* The other positive class swaps sensitivity and specificity and keeps the rest. */
  DubMetrics other;

  options.positive = 1;
  g_assert_true (dub_metrics_measure (p, labels, N, 2, &options, NULL, &other, NULL));
  assert_same (&other.estimate[DUB_METRIC_SENSITIVITY], &specificity);
  assert_same (&other.estimate[DUB_METRIC_SPECIFICITY], &sensitivity);
  assert_same (&other.estimate[DUB_METRIC_ECE], &e[DUB_METRIC_ECE]);
  assert_same (&other.estimate[DUB_METRIC_NLL], &e[DUB_METRIC_NLL]);
  assert_same (&other.estimate[DUB_METRIC_BALANCED_ACCURACY], &e[DUB_METRIC_BALANCED_ACCURACY]);
  g_assert_cmpfloat_with_epsilon (other.estimate[DUB_METRIC_AUROC].value, area.value, 1e-15);
  g_assert_cmpfloat_with_epsilon (other.estimate[DUB_METRIC_BRIER].value, e[DUB_METRIC_BRIER].value, 1e-14);
}

static void
test_classes (void)
{
  enum { N = 120, C = 4 };
  double p[C * N], swapped[C * N];
  int labels[N], answers[N], swapped_labels[N];
  const int names[C] = { 3, 1, 0, 2 };
  DubMetrics metrics, other;
  const DubMetricsOptions options = { .n_resamples = 499, .n_bins = 10, .confidence = 0.9 };

  draw (p, labels, N, C, 2);
  g_assert_true (dub_metrics_measure (p, labels, N, C, &options, NULL, &metrics, NULL));
  assert_inside (&metrics);
  g_assert_true (dub_top_label (p, labels, N, C, NULL, NULL, answers, NULL));

  g_autoptr (DubConfusion) confusion = dub_confusion_new (labels, answers, N, C, NULL);
  const DubEstimate *e = metrics.estimate;
  double balanced = dub_confusion_balanced_accuracy (confusion);

  g_assert_cmpint (metrics.positive, ==, -1);
  g_assert_cmpuint (metrics.n_bins, ==, 10);
  g_assert_cmpstr (metrics.brier_form, ==, "sum over classes, 0 to 2");
  g_assert_cmpfloat (e[DUB_METRIC_BALANCED_ACCURACY].value, ==, balanced);
  g_assert_cmpfloat (e[DUB_METRIC_SENSITIVITY].value, ==, balanced);
  g_assert_cmpfloat (e[DUB_METRIC_SPECIFICITY].value, ==, dub_confusion_macro_specificity (confusion));
  g_assert_cmpfloat_with_epsilon (e[DUB_METRIC_AUROC].value, dub_auroc_macro (p, labels, N, C), 1e-15);
  g_assert_cmpfloat_with_epsilon (e[DUB_METRIC_BRIER].value, dub_brier_sum (p, labels, N, C, NULL), 1e-14);
  g_assert_cmpuint (e[DUB_METRIC_SENSITIVITY].d, ==, 0);
  g_assert_cmpuint (e[DUB_METRIC_ACCURACY].d, ==, N);

  /* Other names of the classes: the same values, and for what does not look at classes the same limits. */
  for (size_t i = 0; i < N; i++) {
    swapped_labels[i] = names[labels[i]];
    for (size_t c = 0; c < C; c++)
      swapped[i * C + (size_t) names[c]] = p[i * C + c];
  }
  g_assert_true (dub_metrics_measure (swapped, swapped_labels, N, C, &options, NULL, &other, NULL));
  for (DubMetric k = 0; k < DUB_N_METRICS; k++)
    g_assert_cmpfloat_with_epsilon (other.estimate[k].value, e[k].value, 1e-14);
  assert_same (&other.estimate[DUB_METRIC_ECE], &e[DUB_METRIC_ECE]);
  g_assert_cmpfloat_with_epsilon (other.estimate[DUB_METRIC_NLL].low, e[DUB_METRIC_NLL].low, 1e-14);
}

static void
test_threads (void)
{
  enum { N = 90, C = 3 };
  double p[C * N];
  int labels[N], groups[N];
  DubMetricsOptions options = { .n_resamples = 300, .seed = 5 };

  draw (p, labels, N, C, 3);
  for (int i = 0; i < N; i++)
    groups[i] = i / 2;

  for (int grouped = 0; grouped < 2; grouped++) {
    DubMetrics alone;

    options.groups = grouped ? groups : NULL;
    g_assert_true (dub_metrics_measure (p, labels, N, C, &options, NULL, &alone, NULL));
    for (guint threads = 1; threads <= 5; threads += 2) {
      g_autoptr (DubRun) run = dub_run_new (threads);
      DubMetrics other;

      g_assert_true (dub_metrics_measure (p, labels, N, C, &options, run, &other, NULL));
      for (DubMetric k = 0; k < DUB_N_METRICS; k++)
        assert_same (&alone.estimate[k], &other.estimate[k]);
    }
  }
}

/* Every case four times is no more knowledge: by patient the intervals stay about as wide, and by case they would
 * shrink to a half. Groups of one case each change nothing. */
static void
test_groups (void)
{
  enum { N = 100, COPIES = 4 };
  double p[2 * N], copied[2 * N * COPIES];
  int labels[N], single[N], copied_labels[N * COPIES], groups[N * COPIES];
  DubMetrics one, same, four;
  DubMetricsOptions options = { .positive = 1, .n_resamples = 1999 };

  draw (p, labels, N, 2, 4);
  for (int i = 0; i < N * COPIES; i++) {
    groups[i] = i / COPIES;
    copied_labels[i] = labels[groups[i]];
    memcpy (copied + 2 * i, p + 2 * groups[i], 2 * sizeof *p);
  }
  for (int i = 0; i < N; i++)
    single[i] = 1000 - i;
  g_assert_true (dub_metrics_measure (p, labels, N, 2, &options, NULL, &one, NULL));
  options.groups = single;
  g_assert_true (dub_metrics_measure (p, labels, N, 2, &options, NULL, &same, NULL));
  options.groups = groups;
  g_assert_true (dub_metrics_measure (copied, copied_labels, N * COPIES, 2, &options, NULL, &four, NULL));
  for (DubMetric k = 0; k < DUB_N_METRICS; k++) {
    const DubEstimate *a = &one.estimate[k], *b = &four.estimate[k];

    assert_same (a, &same.estimate[k]);
    g_assert_cmpfloat_with_epsilon (a->value, b->value, 1e-13);
    g_assert_nonnull (strstr (b->method, "by patient"));
    g_assert_cmpfloat (b->high - b->low, >, 0.8 * (a->high - a->low));
    g_assert_cmpfloat (b->high - b->low, <, 1.25 * (a->high - a->low));
  }
  g_assert_cmpuint (four.estimate[DUB_METRIC_ACCURACY].d, ==, N * COPIES);
}

static void
test_absent_class (void)
{
  enum { N = 60 };
  double p[3 * N];
  int labels[N];
  DubMetrics metrics;
  const DubMetricsOptions options = { .positive = 1, .n_resamples = 200 };
  const DubMetric undefined[] = {
    DUB_METRIC_BALANCED_ACCURACY, DUB_METRIC_SENSITIVITY, DUB_METRIC_SPECIFICITY, DUB_METRIC_AUROC,
  };

  draw (p, labels, N, 3, 5);
  for (size_t i = 0; i < N; i++)
    labels[i] %= 2;
  g_assert_true (dub_metrics_measure (p, labels, N, 3, &options, NULL, &metrics, NULL));
  for (size_t k = 0; k < G_N_ELEMENTS (undefined); k++) {
    const DubEstimate *e = &metrics.estimate[undefined[k]];

    g_assert_true (isnan (e->value) && isnan (e->low) && isnan (e->high));
    g_assert_cmpstr (e->method, ==, "none: a class has no cases");
  }
  g_assert_false (isnan (metrics.estimate[DUB_METRIC_ACCURACY].low));
  g_assert_false (isnan (metrics.estimate[DUB_METRIC_NLL].low));

  /* Two classes, of which the positive one is absent: the specificity is still known. */
  draw (p, labels, N, 2, 6);
  memset (labels, 0, sizeof labels);
  g_assert_true (dub_metrics_measure (p, labels, N, 2, &options, NULL, &metrics, NULL));
  g_assert_true (isnan (metrics.estimate[DUB_METRIC_SENSITIVITY].value));
  g_assert_true (isnan (metrics.estimate[DUB_METRIC_AUROC].value));
  g_assert_cmpstr (metrics.estimate[DUB_METRIC_AUROC].method, ==, "none: a class has no cases");
  g_assert_cmpuint (metrics.estimate[DUB_METRIC_SPECIFICITY].d, ==, N);
}

static void
test_one_case (void)
{
  const double p[] = { 0.3, 0.7 };
  const int labels[] = { 1 };
  DubMetrics metrics;
  const DubMetricsOptions options = { .positive = 1, .n_resamples = 20 };

  g_assert_true (dub_metrics_measure (p, labels, 1, 2, &options, NULL, &metrics, NULL));
  g_assert_cmpfloat (metrics.estimate[DUB_METRIC_ACCURACY].value, ==, 1.0);
  g_assert_cmpfloat_with_epsilon (metrics.estimate[DUB_METRIC_BRIER].value, 0.09, 1e-15);
  g_assert_true (isnan (metrics.estimate[DUB_METRIC_BRIER].low));
}

/* Samples of 200 cases whose confidence is .02 to .2 above the truth. The interval holds a true ECE in about nine
 * of ten, where the percentile interval would miss .02 almost always. 300 samples: a standard error of .017, of which
 * four are allowed. */
static void
test_ece_coverage (void)
{
  enum { N = 200, SAMPLES = 300 };
  const double excess[] = { 0.02, 0.05, 0.2 };

  for (size_t k = 0; k < G_N_ELEMENTS (excess); k++) {
    int covered = 0;

    for (size_t s = 0; s < SAMPLES; s++) {
      double p[2 * N];
      int labels[N];
      DubRng rng;
      DubMetrics metrics;
      const DubMetricsOptions options = { .positive = 1, .n_resamples = 299, .seed = s };

      dub_rng_init (&rng, k, "coverage", s);
      for (size_t i = 0; i < N; i++) {
        /* Above .72, so that the truth is the confidence less the excess in every bin, and the true ECE the excess. */
        double confidence = 1.0 - 0.28 * dub_rng_double (&rng);

        p[2 * i] = 1.0 - confidence;
        p[2 * i + 1] = confidence;
        labels[i] = dub_rng_double (&rng) < confidence - excess[k];
      }
      g_assert_true (dub_metrics_measure (p, labels, N, 2, &options, NULL, &metrics, NULL));

      const DubEstimate *e = &metrics.estimate[DUB_METRIC_ECE];

      covered += e->low <= excess[k] && excess[k] <= e->high;
    }
    g_test_message ("true ECE %.2f: coverage %.3f", excess[k], covered / (double) SAMPLES);
    g_assert_cmpfloat (covered / (double) SAMPLES, >, 0.9 - 4.0 * 0.017);
  }
}

static void
test_bad_input (void)
{
  const double p[] = { 0.4, 0.6, 0.5, 0.5 }, nan[] = { 0.4, 0.6, (double) NAN, 0.5 };
  const int labels[] = { 0, 1 }, wrong[] = { 0, 7 };
  DubMetrics metrics;
  DubMetricsOptions options = { .positive = 1 };
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (dub_metrics_measure (nan, labels, 2, 2, &options, NULL, &metrics, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_false (dub_metrics_measure (p, wrong, 2, 2, &options, NULL, &metrics, &error));
  g_assert_cmpstr (error->message, ==, "The label of case 1 is 7; expected 0 to 1.");
  g_clear_error (&error);
  g_assert_false (dub_metrics_measure (p, labels, 0, 2, &options, NULL, &metrics, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  options.positive = 2;
  g_assert_false (dub_metrics_measure (p, labels, 2, 2, &options, NULL, &metrics, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options.positive = 1;
  options.confidence = 95.0;
  g_assert_false (dub_metrics_measure (p, labels, 2, 2, &options, NULL, &metrics, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options.confidence = 0.0;
  dub_run_cancel (run);
  g_assert_false (dub_metrics_measure (p, labels, 2, 2, &options, run, &metrics, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

static void
test_names (void)
{
  g_assert_cmpstr (dub_metric_name (DUB_METRIC_ACCURACY), ==, "accuracy");
  g_assert_cmpstr (dub_metric_name (DUB_METRIC_BALANCED_ACCURACY), ==, "balanced_accuracy");
  g_assert_cmpstr (dub_metric_name (DUB_METRIC_BRIER), ==, "brier");
  for (DubMetric k = 0; k < DUB_N_METRICS; k++)
    g_assert_nonnull (dub_metric_name (k));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/names", test_names);
  g_test_add_func ("/metrics/binary", test_binary);
  g_test_add_func ("/metrics/classes", test_classes);
  g_test_add_func ("/metrics/threads", test_threads);
  g_test_add_func ("/metrics/groups", test_groups);
  g_test_add_func ("/metrics/absent-class", test_absent_class);
  g_test_add_func ("/metrics/one-case", test_one_case);
  g_test_add_func ("/metrics/ece-coverage", test_ece_coverage);
  g_test_add_func ("/metrics/bad-input", test_bad_input);

  return g_test_run ();
}
