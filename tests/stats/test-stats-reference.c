/* scikit-learn and SciPy (tests/reference/make_stats_reference.py). */
#include "core/calibration/scores.h"
#include "core/calibration/reliability.h"
#include "core/calibration/temperature.h"
#include "core/stats/bootstrap.h"
#include "core/stats/confusion.h"
#include "core/stats/delong.h"
#include "core/stats/describe.h"
#include "core/stats/distribution.h"
#include "core/stats/roc.h"
#include "tests/reference/reference.h"

static DubNpz *npz;

static double *
read_doubles (const char *name,
              size_t     *n)
{
  return reference_read_doubles (npz, name, n);
}

static int *
read_ints (const char *name,
           size_t     *n)
{
  g_autofree double *values = read_doubles (name, n);
  int *ints = g_new (int, *n);

  for (size_t i = 0; i < *n; i++)
    ints[i] = (int) values[i];

  return ints;
}

static void
assert_near (double found,
             double expected,
             double relative)
{
  g_assert_cmpfloat_with_epsilon (found, expected, relative * MAX (fabs (expected), 1e-300));
}

static void
test_roc (void)
{
  size_t n, n_points;
  g_autofree double *scores = read_doubles ("scores", &n);
  g_autofree gboolean *positive = read_ints ("positive", &n);
  g_autofree double *area = read_doubles ("auroc", &n_points);
  g_autofree double *threshold = read_doubles ("roc_threshold", &n_points);
  g_autofree double *true_rate = read_doubles ("roc_true", &n_points);
  g_autofree double *false_rate = read_doubles ("roc_false", &n_points);
  g_autoptr (DubRoc) roc = dub_roc_new (scores, positive, n, NULL);

  assert_near (dub_auroc (scores, positive, n), area[0], 1e-14);
  assert_near (dub_roc_area (roc), area[0], 1e-14);
  g_assert_cmpuint (roc->n_points, ==, n_points);
  for (size_t k = 0; k < n_points; k++) {
    g_assert_cmpfloat_with_epsilon (dub_roc_true_positive_rate (roc, k), true_rate[k], 1e-15);
    g_assert_cmpfloat_with_epsilon (dub_roc_false_positive_rate (roc, k), false_rate[k], 1e-15);
    if (k > 0)
      g_assert_cmpfloat (roc->threshold[k], ==, threshold[k]);
  }
}

static void
test_delong (void)
{
  size_t n, n_values;
  g_autofree double *a = read_doubles ("scores", &n);
  g_autofree double *b = read_doubles ("scores_b", &n);
  g_autofree gboolean *positive = read_ints ("positive", &n);
  g_autofree double *expected = read_doubles ("delong", &n_values);
  g_autoptr (DubDelong) delong_a = dub_delong_new (a, positive, n, NULL);
  g_autoptr (DubDelong) delong_b = dub_delong_new (b, positive, n, NULL);

  assert_near (delong_a->variance, expected[0], 1e-12);
  assert_near (delong_b->variance, expected[1], 1e-12);
  assert_near (dub_delong_covariance (delong_a, delong_b), expected[2], 1e-12);
}

static void
test_classes (void)
{
  size_t n, n_values;
  g_autofree double *p = read_doubles ("probabilities", &n_values);
  g_autofree int *labels = read_ints ("labels", &n);
  g_autofree int *counts = read_ints ("confusion", &n_values);
  g_autofree double *expected = read_doubles ("macro", &n_values);
  g_autofree double *brier_binary = read_doubles ("brier_binary", &n_values);
  g_autofree int *answers = g_new (int, n);
  g_autofree double *column = g_new (double, n);
  g_autofree gboolean *is_class = g_new (gboolean, n);
  size_t n_clipped;

  g_assert_true (dub_top_label (p, labels, n, 4, NULL, NULL, answers, NULL));

  g_autoptr (DubConfusion) confusion = dub_confusion_new (labels, answers, n, 4, NULL);

  for (size_t k = 0; k < 16; k++)
    g_assert_cmpuint (confusion->count[k], ==, (size_t) counts[k]);
  assert_near (dub_auroc_macro (p, labels, n, 4), expected[0], 1e-13);
  assert_near (dub_rate_value (dub_confusion_accuracy (confusion)), expected[1], 1e-14);
  assert_near (dub_confusion_balanced_accuracy (confusion), expected[2], 1e-14);
  assert_near (dub_confusion_macro_f1 (confusion), expected[3], 1e-14);
  assert_near (dub_nll (p, labels, n, 4, &n_clipped, NULL), expected[4], 1e-13);
  g_assert_cmpuint (n_clipped, ==, 0);
  assert_near (dub_brier_sum (p, labels, n, 4, NULL), expected[5], 1e-13);
  assert_near (dub_confusion_macro_specificity (confusion), expected[6], 1e-14);
  for (size_t i = 0; i < n; i++) {
    column[i] = p[i * 4 + 1];
    is_class[i] = labels[i] == 1;
  }
  assert_near (dub_brier_binary (column, is_class, n, NULL), brier_binary[0], 1e-13);
}

/* SciPy finds the minimum by function values alone, so its place is known to half the digits of its height. */
static void
test_temperature (void)
{
  size_t n, n_values;
  g_autofree double *logits = read_doubles ("logits", &n_values);
  g_autofree double *expected = read_doubles ("temperature", &n_values);
  g_autofree int *labels = read_ints ("labels", &n);
  g_autoptr (DubTemperature) fit = dub_temperature_fit (logits, labels, n, 4, "calibration", NULL, NULL);

  g_assert_cmpint (fit->kind, ==, DUB_TEMPERATURE_FOUND);
  assert_near (fit->temperature, expected[0], 1e-6);
  assert_near (fit->nll_after, expected[1], 1e-12);
  assert_near (fit->nll_before, expected[2], 1e-12);
}

static void
test_distributions (void)
{
  size_t n, n_df, n_shapes, n_values;
  g_autofree double *p = read_doubles ("p", &n);
  g_autofree double *normal = read_doubles ("normal", &n_values);
  g_autofree double *df = read_doubles ("df", &n_df);
  g_autofree double *student = read_doubles ("student", &n_values);
  g_autofree double *shapes = read_doubles ("shapes", &n_shapes);
  g_autofree double *beta = read_doubles ("beta", &n_values);

  for (size_t i = 0; i < n; i++) {
    g_assert_cmpfloat_with_epsilon (dub_normal_quantile (p[i]), normal[i], 1e-12 * MAX (fabs (normal[i]), 1.0));
    for (size_t k = 0; k < n_df; k++) {
      double t = student[k * n + i];

      g_assert_cmpfloat_with_epsilon (dub_student_quantile (p[i], df[k]), t, 1e-10 * MAX (fabs (t), 1.0));
    }
    for (size_t k = 0; k < n_shapes / 2; k++)
      assert_near (dub_beta_quantile (p[i], shapes[2 * k], shapes[2 * k + 1]), beta[k * n + i], 1e-9);
  }
}

static void
test_rates (void)
{
  size_t n, n_binomial;
  g_autofree int *rates = read_ints ("rates", &n);
  g_autofree double *exact = read_doubles ("exact", &n);
  g_autofree double *wilson = read_doubles ("wilson", &n);
  g_autofree double *binomial = read_doubles ("binomial", &n_binomial);
  g_autofree int *arguments = read_ints ("binomial_arguments", &n_binomial);

  for (size_t k = 0; k < n / 2; k++) {
    DubRate rate = { (gsize) rates[2 * k], (gsize) rates[2 * k + 1] };
    DubEstimate a = dub_rate_clopper_pearson (rate, 0.95), b = dub_rate_wilson (rate, 0.95);

    g_assert_cmpfloat_with_epsilon (a.low, exact[2 * k], 1e-11);
    g_assert_cmpfloat_with_epsilon (a.high, exact[2 * k + 1], 1e-11);
    g_assert_cmpfloat_with_epsilon (b.low, wilson[2 * k], 1e-14);
    g_assert_cmpfloat_with_epsilon (b.high, wilson[2 * k + 1], 1e-14);
  }
  for (size_t k = 0; k < n_binomial / 2; k++)
    assert_near (dub_binomial_cdf ((gsize) arguments[2 * k], (gsize) arguments[2 * k + 1], 0.6), binomial[k], 1e-9);
}

static void
measure_cb (const DubResample *resample,
            double            *values,
            gpointer           user_data)
{
  const double *x = user_data;
  DubMoments moments = { 0 };

  for (size_t i = 0; i < resample->n; i++)
    dub_moments_add (&moments, x[resample->cases[i]]);
  values[0] = moments.mean;
  values[1] = moments.m2 / (double) moments.n;
}

/* Two sets of 99 999 resamples: the quantiles of each have a standard error of .0085 to .02 of the statistic's. */
static void
test_bca (void)
{
  size_t n, n_values;
  g_autofree double *x = read_doubles ("skewed", &n);
  DubBootstrapDesign design = { .n_cases = n, .n_resamples = 99999, .seed = 1, .jackknife = TRUE };
  g_autoptr (DubRun) run = dub_run_new (0);
  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, measure_cb, 2, x, run, NULL);
  const char *const names[] = { "bca_mean", "bca_variance" };

  for (size_t k = 0; k < 2; k++) {
    g_autofree double *expected = read_doubles (names[k], &n_values);
    DubEstimate estimate = dub_bootstrap_interval (bootstrap, k, DUB_INTERVAL_BCA, 0.95);
    double slack = 0.08 * expected[2];

    g_test_message ("%s: %.4f to %.4f, SciPy %.4f to %.4f", names[k], estimate.low, estimate.high,
                    expected[0], expected[1]);
    g_assert_cmpfloat_with_epsilon (estimate.low, expected[0], slack);
    g_assert_cmpfloat_with_epsilon (estimate.high, expected[1], slack);
    g_assert_cmpfloat_with_epsilon (dub_bootstrap_se (bootstrap, k), expected[2], 0.02 * expected[2]);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  npz = reference_open ("stats.npz");
  g_test_add_func ("/stats-reference/roc", test_roc);
  g_test_add_func ("/stats-reference/delong", test_delong);
  g_test_add_func ("/stats-reference/classes", test_classes);
  g_test_add_func ("/stats-reference/temperature", test_temperature);
  g_test_add_func ("/stats-reference/distributions", test_distributions);
  g_test_add_func ("/stats-reference/rates", test_rates);
  g_test_add_func ("/stats-reference/bca", test_bca);

  int status = g_test_run ();

  dub_npz_free (npz);

  return status;
}
