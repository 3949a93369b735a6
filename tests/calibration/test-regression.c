/* Intervals of regression: closed forms, samples of known truth, and what NumPy and SciPy make of the same numbers. */
#include "core/base/rng.h"
#include "core/calibration/regression.h"
#include "core/stats/distribution.h"
#include "tests/reference/reference.h"

#include <math.h>
#include <string.h>

static DubRegressionCases *
new_cases (const double *truth,
           const double *mean,
           const double *sd,
           size_t        n)
{
  g_autoptr (GError) error = NULL;
  DubRegressionCases *cases = dub_regression_cases_new (truth, mean, sd, n, &error);

  g_assert_no_error (error);

  return cases;
}

/* Truths that are normal around their means, with @off times the predicted standard deviation. */
static DubRegressionCases *
drawn (size_t   n,
       double   off,
       guint64  seed)
{
  g_autofree double *truth = g_new (double, n), *mean = g_new (double, n), *sd = g_new (double, n);
  DubRng rng;

  dub_rng_init (&rng, seed, "regression-test", 0);
  for (size_t i = 0; i < n; i++) {
    mean[i] = 5.0 * dub_rng_normal (&rng);
    sd[i] = 0.2 + dub_rng_double (&rng);
    truth[i] = mean[i] + off * sd[i] * dub_rng_normal (&rng);
  }

  return new_cases (truth, mean, sd, n);
}

static void
measure (const DubRegressionCases *cases,
         double                    level,
         guint                     n_resamples,
         DubEstimate               estimates[DUB_N_REGRESSION_MEASURES])
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_regression_measure (cases, level, n_resamples, 1, NULL, estimates, &error));
  g_assert_no_error (error);
}

static void
test_closed_forms (void)
{
  static const double truth[] = { 0.0 }, mean[] = { 0.0 }, sd[] = { 1.0 };
  g_autoptr (DubRegressionCases) one = new_cases (truth, mean, sd, 1);
  g_autoptr (DubRegressionCases) many = drawn (40000, 1.0, 3);
  DubEstimate found[DUB_N_REGRESSION_MEASURES];

  measure (one, 0.95, 99, found);
  g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_CRPS].value, 2.0 / sqrt (2.0 * G_PI) - 1.0 / sqrt (G_PI), 1e-12);
  g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_MPIW].value, 2.0 * 1.959963984540054, 1e-9);
  g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_MISCALIBRATION_AREA].value, 0.25, 1e-12);

  /* Of a true normal: mean CRPS is σ / √π, and every level holds what it says. */
  double mean_sd = 0.0;

  for (size_t i = 0; i < many->n_cases; i++)
    mean_sd += many->sd[i] / (double) many->n_cases;
  for (int i = 1; i < 4; i++) {
    measure (many, 0.25 * i, 199, found);
    g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_PICP].value, 0.25 * i, 0.012);
    g_assert_cmpuint (found[DUB_REGRESSION_PICP].d, ==, 40000);
  }
  g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_CRPS].value, mean_sd / sqrt (G_PI), 0.008);
  g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_MEAN_Z2].value, 1.0, 0.03);
  g_assert_cmpfloat (found[DUB_REGRESSION_MISCALIBRATION_AREA].value, <, 0.006);
  for (int i = 0; i < DUB_N_REGRESSION_MEASURES; i++) {
    g_assert_cmpfloat (found[i].low, <=, found[i].value);
    g_assert_cmpfloat (found[i].value, <=, found[i].high);
  }
}

static DubRegressionCases *
read_cases (DubNpz     *npz,
            const char *part)
{
  g_autofree char *truth_name = g_strconcat (part, "_truth", NULL), *mean_name = g_strconcat (part, "_mean", NULL);
  g_autofree char *sd_name = g_strconcat (part, "_sd", NULL);
  size_t n;
  g_autofree double *truth = reference_read_doubles (npz, truth_name, &n);
  g_autofree double *mean = reference_read_doubles (npz, mean_name, NULL);
  g_autofree double *sd = reference_read_doubles (npz, sd_name, NULL);

  return new_cases (truth, mean, sd, n);
}

static void
test_reference (void)
{
  static const char *const kinds[] = { "before", "variance", "isotonic" };
  g_autoptr (DubNpz) npz = reference_open ("regression.npz");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRegressionCases) calibration = read_cases (npz, "fit"), test = read_cases (npz, "test");
  g_autofree double *factor = reference_read_doubles (npz, "factor", NULL);
  size_t n_map;
  g_autofree double *x = reference_read_doubles (npz, "map_x", &n_map);
  g_autofree double *y = reference_read_doubles (npz, "map_y", NULL);

  for (size_t k = 0; k < G_N_ELEMENTS (kinds); k++) {
    g_autoptr (DubRegressionRecalibration) fit = NULL;
    g_autoptr (DubRegressionCases) after = NULL;
    g_autofree char *name = g_strconcat (kinds[k], "_curve", NULL);
    g_autofree double *values = reference_read_doubles (npz, kinds[k], NULL);
    g_autofree double *curve = reference_read_doubles (npz, name, NULL);
    double level[DUB_REGRESSION_LEVELS], share[DUB_REGRESSION_LEVELS];
    DubEstimate found[DUB_N_REGRESSION_MEASURES];

    if (k > 0) {
      fit = dub_regression_recalibrate (calibration, k == 1 ? DUB_REGRESSION_VARIANCE : DUB_REGRESSION_ISOTONIC, "calibration", &error);
      g_assert_no_error (error);
      after = dub_regression_recalibration_apply (fit, test, &error);
      g_assert_no_error (error);
    }
    if (k == 1)
      g_assert_cmpfloat_with_epsilon (fit->factor, factor[0], 1e-12);
    if (k == 2) {
      g_assert_cmpuint (fit->map->n_points, ==, n_map);
      for (size_t i = 0; i < n_map; i++) {
        g_assert_cmpfloat_with_epsilon (fit->map->x[i], x[i], 1e-12);
        g_assert_cmpfloat_with_epsilon (fit->map->y[i], y[i], 1e-12);
      }
    }
    measure (after != NULL ? after : test, 0.9, 99, found);
    for (int i = 0; i < DUB_N_REGRESSION_MEASURES; i++)
      g_assert_cmpfloat_with_epsilon (found[i].value, values[i], 1e-8);
    dub_regression_curve (after != NULL ? after : test, DUB_REGRESSION_LEVELS, level, share);
    for (size_t i = 0; i < DUB_REGRESSION_LEVELS; i++) {
      g_assert_cmpfloat_with_epsilon (level[i], 0.05 * (double) (i + 1), 1e-12);
      g_assert_cmpfloat_with_epsilon (share[i], curve[i], 1e-12);
    }
  }
}

/* Overconfident by a factor of two: either map, fitted on other cases, mends it. */
static void
test_mends (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRegressionCases) fit = drawn (4000, 2.0, 5), test = drawn (4000, 2.0, 6);
  DubEstimate before[DUB_N_REGRESSION_MEASURES], found[DUB_N_REGRESSION_MEASURES];

  measure (test, 0.9, 199, before);
  g_assert_cmpfloat (before[DUB_REGRESSION_PICP].high, <, 0.7);
  g_assert_cmpfloat_with_epsilon (before[DUB_REGRESSION_MEAN_Z2].value, 4.0, 0.4);
  for (int method = DUB_REGRESSION_VARIANCE; method <= DUB_REGRESSION_ISOTONIC; method++) {
    g_autoptr (DubRegressionRecalibration) map = dub_regression_recalibrate (fit, (DubRegressionMethod) method, "fit", &error);
    g_autoptr (DubRegressionCases) after = dub_regression_recalibration_apply (map, test, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (map->split, ==, "fit");
    measure (after, 0.9, 199, found);
    g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_PICP].value, 0.9, 0.02);
    g_assert_cmpfloat (found[DUB_REGRESSION_MISCALIBRATION_AREA].value, <, 0.02);
    g_assert_cmpfloat (found[DUB_REGRESSION_CRPS].value, <, before[DUB_REGRESSION_CRPS].value);
    g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_MEAN_Z2].value, 1.0, 0.1);
  }
}

/* Cases very near to each other, equal ones, and so far out that a level is 0 or 1: finite numbers all the same. */
static void
test_hard_maps (void)
{
  static const double truth[] = { 0.0, 1e-15, 1e-12, 0.5, 0.5, 40.0, -40.0, 1e9, -1e9, 6.0, 6.5, -3.0 };
  enum { N = G_N_ELEMENTS (truth) };
  double mean[N] = { 0.0 }, sd[N];
  g_autoptr (GError) error = NULL;
  DubEstimate found[DUB_N_REGRESSION_MEASURES];

  for (size_t i = 0; i < N; i++)
    sd[i] = 1.0;

  g_autoptr (DubRegressionCases) cases = new_cases (truth, mean, sd, N);
  g_autoptr (DubRegressionRecalibration) map = dub_regression_recalibrate (cases, DUB_REGRESSION_ISOTONIC, "fit", &error);
  g_autoptr (DubRegressionCases) after = dub_regression_recalibration_apply (map, cases, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (map->n_beyond, ==, 4);
  for (size_t k = 1; k < map->map->n_points; k++) {
    g_assert_cmpfloat (map->map->x[k - 1], <, map->map->x[k]);
    g_assert_cmpfloat (map->map->y[k - 1], <, map->map->y[k]);
  }
  measure (after, 0.9, 99, found);
  for (int i = 0; i < DUB_N_REGRESSION_MEASURES; i++)
    g_assert_true (isfinite (found[i].value) && found[i].value >= 0.0);
  /* Nearly all of CRPS is the distance of the two that are farthest. */
  g_assert_cmpfloat_with_epsilon (found[DUB_REGRESSION_CRPS].value / (2e9 / N), 1.0, 1e-6);
  g_assert_null (dub_regression_recalibrate (after, DUB_REGRESSION_VARIANCE, "fit", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

static void
test_threads (void)
{
  g_autoptr (DubRegressionCases) cases = drawn (300, 1.3, 9);
  g_autoptr (DubRun) one = dub_run_new (1), three = dub_run_new (3);
  g_autoptr (GError) error = NULL;
  DubEstimate a[DUB_N_REGRESSION_MEASURES], b[DUB_N_REGRESSION_MEASURES];

  g_assert_true (dub_regression_measure (cases, 0.95, 499, 7, one, a, &error));
  g_assert_true (dub_regression_measure (cases, 0.95, 499, 7, three, b, &error));
  g_assert_no_error (error);
  for (int i = 0; i < DUB_N_REGRESSION_MEASURES; i++) {
    g_assert_cmpmem (&a[i].value, sizeof (double), &b[i].value, sizeof (double));
    g_assert_cmpmem (&a[i].low, sizeof (double), &b[i].low, sizeof (double));
    g_assert_cmpmem (&a[i].high, sizeof (double), &b[i].high, sizeof (double));
    g_assert_cmpfloat (a[i].low, <, a[i].high);
  }
}

static void
test_refused (void)
{
  static const struct {
    double      truth, mean, sd;
    const char *said;
  } rows[] = {
    { (double) NAN, 0.0, 1.0, "case 1" },         { 0.0, (double) INFINITY, 1.0, "case 1" },
    { 0.0, 0.0, 0.0, "case 1 is 0" },             { 0.0, 0.0, -1.0, "case 1 is -1" },
    { 1e300, 0.0, 1e-300, "case 1" },             { 1.0, 1.0, (double) NAN, "case 1" },
  };
  g_autoptr (GError) error = NULL;
  DubEstimate found[DUB_N_REGRESSION_MEASURES];

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    const double truth[] = { 1.0, rows[i].truth }, mean[] = { 1.0, rows[i].mean }, sd[] = { 1.0, rows[i].sd };

    g_assert_null (dub_regression_cases_new (truth, mean, sd, 2, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
    g_assert_nonnull (strstr (error->message, rows[i].said));
    g_clear_error (&error);
  }

  static const double same[] = { 2.0, 3.0 }, ones[] = { 1.0, 1.0 };
  g_autoptr (DubRegressionCases) exact = new_cases (same, same, ones, 2);

  g_assert_null (dub_regression_recalibrate (exact, DUB_REGRESSION_VARIANCE, "fit", &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_false (dub_regression_measure (exact, 1.0, 99, 0, NULL, found, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (dub_regression_cases_new (same, same, ones, 0, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/regression/closed-forms", test_closed_forms);
  g_test_add_func ("/regression/reference", test_reference);
  g_test_add_func ("/regression/mends", test_mends);
  g_test_add_func ("/regression/hard-maps", test_hard_maps);
  g_test_add_func ("/regression/threads", test_threads);
  g_test_add_func ("/regression/refused", test_refused);

  return g_test_run ();
}
