#include "core/base/rng.h"
#include "core/stats/bootstrap.h"
#include "core/stats/describe.h"

#include <string.h>

static void
mean_cb (const DubResample *resample,
         double            *values,
         gpointer           user_data)
{
  const double *x = user_data;
  double sum = 0.0;

  for (size_t i = 0; i < resample->n; i++)
    sum += x[resample->cases[i]];
  values[0] = sum / (double) resample->n;
}

static void
fill (double   *x,
      size_t    n,
      guint64   seed)
{
  DubRng rng;

  dub_rng_init (&rng, seed, "test", 0);
  for (size_t i = 0; i < n; i++)
    x[i] = dub_rng_normal (&rng);
}

/* The replicates of one, two and five threads are the same bits, and another seed gives others. */
static void
test_threads (void)
{
  double x[57];
  DubBootstrapDesign design = { .n_cases = 57, .n_resamples = 500, .seed = 3, .jackknife = TRUE };

  fill (x, 57, 1);

  g_autoptr (DubBootstrap) alone = dub_bootstrap_new (&design, mean_cb, 1, x, NULL, NULL);

  for (guint threads = 1; threads <= 5; threads += 2) {
    g_autoptr (DubRun) run = dub_run_new (threads);
    g_autoptr (DubBootstrap) other = dub_bootstrap_new (&design, mean_cb, 1, x, run, NULL);

    g_assert_cmpmem (alone->replicate, 500 * sizeof (double), other->replicate, 500 * sizeof (double));
    g_assert_cmpmem (alone->acceleration, sizeof (double), other->acceleration, sizeof (double));
  }
  design.seed = 4;

  g_autoptr (DubBootstrap) other = dub_bootstrap_new (&design, mean_cb, 1, x, NULL, NULL);

  g_assert_cmpint (memcmp (alone->replicate, other->replicate, 500 * sizeof (double)), !=, 0);
  g_assert_cmpfloat (alone->value[0], ==, other->value[0]);
}

/* A weighted sum that tells every order of cases from every other. */
static void
by_count_cb (const DubResample *resample,
             double            *values,
             gpointer           user_data)
{
  const gboolean *counts_alone = user_data;

  g_assert_true ((resample->cases == NULL) == *counts_alone);
  values[0] = values[1] = 0.0;
  for (size_t i = 0; i < resample->n_cases; i++) {
    values[0] += (double) (resample->count[i] * (i + 1) * (i + 1));
    values[1] += (double) resample->count[i];
  }
  g_assert_cmpuint ((size_t) values[1], ==, resample->n);
}

/* Counts without cases are those with them: plain, with strata, with patients, and with patients of one case in another order. */
static void
test_counts_alone (void)
{
  enum { N = 1500, R = 60 };
  g_autofree int *strata = g_new (int, N), *groups = g_new (int, N), *backwards = g_new (int, N);

  for (int i = 0; i < N; i++) {
    strata[i] = i % 3;
    groups[i] = i / 4;
    backwards[i] = N - i;
  }

  const DubBootstrapDesign designs[] = {
    { .n_cases = N, .n_resamples = R, .seed = 5 },
    { .n_cases = N, .n_resamples = R, .seed = 5, .strata = strata },
    { .n_cases = N, .n_resamples = R, .seed = 5, .groups = groups, .jackknife = TRUE },
    { .n_cases = N, .n_resamples = R, .seed = 5, .groups = backwards },
  };

  for (size_t k = 0; k < G_N_ELEMENTS (designs); k++) {
    DubBootstrapDesign design = designs[k];
    gboolean alone = FALSE;
    g_autoptr (DubBootstrap) both = dub_bootstrap_new (&design, by_count_cb, 2, &alone, NULL, NULL);

    design.counts_alone = alone = TRUE;

    g_autoptr (DubBootstrap) counts = dub_bootstrap_new (&design, by_count_cb, 2, &alone, NULL, NULL);

    g_assert_cmpmem (both->replicate, 2 * R * sizeof (double), counts->replicate, 2 * R * sizeof (double));
    g_assert_cmpfloat (both->value[0], ==, counts->value[0]);
  }
}

/* The variance of the mean over all resamples is known: Σ (x - mean)² / n². */
static void
test_standard_error (void)
{
  double x[40];
  DubBootstrapDesign design = { .n_cases = 40, .seed = 9 };

  fill (x, 40, 2);

  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, mean_cb, 1, x, NULL, NULL);
  double expected = dub_sd (x, 40, 0) / sqrt (40.0);

  g_assert_cmpuint (bootstrap->n_resamples, ==, 9999);
  /* Four standard errors of an SD of 9999 numbers. */
  g_assert_cmpfloat_with_epsilon (dub_bootstrap_se (bootstrap, 0), expected, 4.0 * expected / sqrt (2.0 * 9999.0));
  g_assert_cmpfloat_with_epsilon (dub_mean (bootstrap->replicate, 9999), bootstrap->value[0], 4.0 * expected / 99.99);
}

typedef struct {
  const int *strata;
  const int *groups;
  size_t     n_of_stratum[3];
} Expected;

/* Writes whether the resample is what its design promises. */
static void
promise_cb (const DubResample *resample,
            double            *values,
            gpointer           user_data)
{
  const Expected *expected = user_data;
  size_t n_of_stratum[3] = { 0 };
  size_t n_counted = 0;
  gboolean kept = TRUE;

  for (size_t i = 0; i < resample->n; i++)
    n_of_stratum[expected->strata[resample->cases[i]]]++;
  for (size_t i = 0; i < resample->n_cases; i++)
    n_counted += resample->count[i];
  if (expected->groups == NULL)
    kept = memcmp (n_of_stratum, expected->n_of_stratum, sizeof n_of_stratum) == 0;
  else
    for (size_t i = 0; i < resample->n_cases; i++)
      for (size_t k = 0; k < resample->n_cases; k++)
        kept = kept && (expected->groups[i] != expected->groups[k] || resample->count[i] == resample->count[k]);
  values[0] = kept && n_counted == resample->n ? 1.0 : 0.0;
}

static void
test_strata (void)
{
  const int strata[] = { 0, 0, 0, 0, 0, 1, 1, 2, 2, 2 };
  Expected expected = { .strata = strata, .n_of_stratum = { 5, 2, 3 } };
  DubBootstrapDesign design = { .n_cases = 10, .strata = strata, .n_resamples = 300 };
  g_autoptr (DubBootstrap) stratified = dub_bootstrap_new (&design, promise_cb, 1, &expected, NULL, NULL);

  g_assert_cmpfloat (dub_mean (stratified->replicate, 300), ==, 1.0);
  design.strata = NULL;

  g_autoptr (DubBootstrap) plain = dub_bootstrap_new (&design, promise_cb, 1, &expected, NULL, NULL);

  g_assert_cmpfloat (dub_mean (plain->replicate, 300), <, 0.5);
}

static void
test_groups (void)
{
  const int strata[] = { 0, 1, 0, 0, 1, 1, 0, 1, 0, 0 };
  const int groups[] = { 7, 7, -3, -3, 12, 12, 7, 5, 5, 5 };
  Expected expected = { .strata = strata, .groups = groups };
  DubBootstrapDesign design = { .n_cases = 10, .groups = groups, .n_resamples = 300 };
  g_autoptr (DubBootstrap) grouped = dub_bootstrap_new (&design, promise_cb, 1, &expected, NULL, NULL);

  g_assert_cmpuint (grouped->n_units, ==, 4);
  g_assert_cmpfloat (dub_mean (grouped->replicate, 300), ==, 1.0);

  DubEstimate estimate = dub_bootstrap_interval (grouped, 0, DUB_INTERVAL_PERCENTILE, 0.95);

  g_assert_cmpstr (estimate.method, ==, "bootstrap (percentile, by patient)");
}

/* With strata, patients of one kind are drawn from each other: here 7 and 5 have both classes, -3 one, 12 the other,
 * so that the last two are in every resample exactly once. */
static void
test_groups_in_strata (void)
{
  const int strata[] = { 0, 1, 0, 0, 1, 1, 0, 1, 0, 0 };
  const int groups[] = { 7, 7, -3, -3, 12, 12, 7, 5, 5, 5 };
  const double only[] = { 0, 0, 1, 1, 1, 1, 0, 0, 0, 0 };
  DubBootstrapDesign design = { .n_cases = 10, .strata = strata, .groups = groups, .n_resamples = 200 };
  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, mean_cb, 1, (gpointer) only, NULL, NULL);

  for (size_t r = 0; r < 200; r++)
    g_assert_cmpfloat_with_epsilon (bootstrap->replicate[r], 0.4, 1e-15);
}

/* The cases are their own patients: the same as no patients, up to the order of the units. */
static void
test_single_cases_as_groups (void)
{
  double x[30];
  int groups[30];
  DubBootstrapDesign design = { .n_cases = 30, .n_resamples = 100, .seed = 5 };

  fill (x, 30, 3);
  for (int i = 0; i < 30; i++)
    groups[i] = i;

  g_autoptr (DubBootstrap) plain = dub_bootstrap_new (&design, mean_cb, 1, x, NULL, NULL);

  design.groups = groups;

  g_autoptr (DubBootstrap) grouped = dub_bootstrap_new (&design, mean_cb, 1, x, NULL, NULL);

  g_assert_cmpmem (plain->replicate, 100 * sizeof (double), grouped->replicate, 100 * sizeof (double));
}

static void
sometimes_cb (const DubResample *resample,
              double            *values,
              gpointer           user_data)
{
  /* Undefined in about one resample of 100 and in one of three, and never on the sample. */
  values[0] = resample->count[0] >= 5 ? (double) NAN : (double) resample->count[1];
  values[1] = resample->count[0] == 0 ? (double) NAN : (double) resample->count[1];
  values[2] = 4.0;
  values[3] = (double) NAN;
}

static void
test_undefined (void)
{
  DubBootstrapDesign design = { .n_cases = 20, .n_resamples = 2000, .jackknife = TRUE };
  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, sometimes_cb, 4, NULL, NULL, NULL);
  DubEstimate few = dub_bootstrap_interval (bootstrap, 0, DUB_INTERVAL_PERCENTILE, 0.95);
  DubEstimate many = dub_bootstrap_interval (bootstrap, 1, DUB_INTERVAL_PERCENTILE, 0.95);
  DubEstimate constant = dub_bootstrap_interval (bootstrap, 2, DUB_INTERVAL_BCA, 0.95);
  DubEstimate never = dub_bootstrap_interval (bootstrap, 3, DUB_INTERVAL_PERCENTILE, 0.95);

  g_assert_cmpuint (bootstrap->n_undefined[0], >, 0);
  g_assert_cmpfloat (few.low, ==, 0.0);
  g_assert_cmpfloat (few.high, >=, 3.0);
  g_assert_cmpuint (bootstrap->n_undefined[1], >, 500);
  g_assert_cmpfloat (many.value, ==, 1.0);
  g_assert_true (isnan (many.low) && isnan (many.high));
  g_assert_cmpstr (many.method, ==, "none: too many resamples are undefined");
  g_assert_true (constant.low == 4.0 && constant.high == 4.0);
  g_assert_true (isnan (never.value) && isnan (never.low));
  g_assert_cmpstr (never.method, ==, "none: the value is undefined");
}

static void
test_one_case (void)
{
  double x = 3.0;
  DubBootstrapDesign design = { .n_cases = 1, .n_resamples = 10 };
  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, mean_cb, 1, &x, NULL, NULL);
  DubEstimate estimate = dub_bootstrap_interval (bootstrap, 0, DUB_INTERVAL_PERCENTILE, 0.95);

  g_assert_cmpfloat (estimate.value, ==, 3.0);
  g_assert_true (isnan (estimate.low));
  g_assert_cmpstr (estimate.method, ==, "none: there are fewer than two independent cases");
}

/* The basic interval is the percentile one reflected at the value. */
static void
test_basic (void)
{
  double x[25];
  DubBootstrapDesign design = { .n_cases = 25, .n_resamples = 999 };

  fill (x, 25, 4);

  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, mean_cb, 1, x, NULL, NULL);
  DubEstimate plain = dub_bootstrap_interval (bootstrap, 0, DUB_INTERVAL_PERCENTILE, 0.9);
  DubEstimate basic = dub_bootstrap_interval (bootstrap, 0, DUB_INTERVAL_BASIC, 0.9);

  g_assert_cmpfloat_with_epsilon (basic.low + plain.high, 2.0 * plain.value, 1e-14);
  g_assert_cmpfloat_with_epsilon (basic.high + plain.low, 2.0 * plain.value, 1e-14);
  /* (R + 1) α is whole, so the limits are replicates: of 999 the 50th and the 950th. */
  dub_sort (bootstrap->replicate, 999);
  g_assert_cmpfloat_with_epsilon (plain.low, bootstrap->replicate[49], 1e-13);
  g_assert_cmpfloat_with_epsilon (plain.high, bootstrap->replicate[949], 1e-13);
}

static void
cancelling_cb (const DubResample *resample,
               double            *values,
               gpointer           user_data)
{
  dub_run_cancel (user_data);
  values[0] = 0.0;
}

static void
test_cancel (void)
{
  DubBootstrapDesign design = { .n_cases = 10 };
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_bootstrap_new (&design, cancelling_cb, 1, run, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

static void
test_bad_input (void)
{
  double x = 0.0;
  DubBootstrapDesign design = { .n_cases = 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_bootstrap_new (&design, mean_cb, 1, &x, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  design.n_cases = 1;
  g_assert_null (dub_bootstrap_new (&design, mean_cb, 0, &x, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  design.n_resamples = 10000001;
  g_assert_null (dub_bootstrap_new (&design, mean_cb, 1, &x, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  design.n_resamples = 1;
  g_assert_null (dub_bootstrap_new (&design, mean_cb, 1000001, &x, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  design.n_resamples = 10000000;
  g_assert_null (dub_bootstrap_new (&design, mean_cb, 1000000, &x, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_MEMORY);
}

/* Means of 30 numbers from a skewed distribution (exponential, mean 1): percentile and BCa fall short of .95, as the
 * books say, and BCa less. 1500 samples: a standard error of .006. */
static void
test_coverage (void)
{
  enum { SAMPLES = 1500, N = 30 };
  int percentile = 0, bca = 0;

  for (size_t k = 0; k < SAMPLES; k++) {
    double x[N];
    DubRng rng;
    DubBootstrapDesign design = { .n_cases = N, .n_resamples = 399, .seed = k, .jackknife = TRUE };

    dub_rng_init (&rng, 77, "coverage", k);
    for (size_t i = 0; i < N; i++)
      x[i] = -log (1.0 - dub_rng_double (&rng));

    g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, mean_cb, 1, x, NULL, NULL);
    DubEstimate a = dub_bootstrap_interval (bootstrap, 0, DUB_INTERVAL_PERCENTILE, 0.95);
    DubEstimate b = dub_bootstrap_interval (bootstrap, 0, DUB_INTERVAL_BCA, 0.95);

    percentile += a.low <= 1.0 && 1.0 <= a.high;
    bca += b.low <= 1.0 && 1.0 <= b.high;
  }
  g_test_message ("coverage: percentile %.4f, BCa %.4f", percentile / (double) SAMPLES, bca / (double) SAMPLES);
  g_assert_cmpfloat (percentile / (double) SAMPLES, >, 0.89);
  g_assert_cmpfloat (percentile / (double) SAMPLES, <, 0.95);
  g_assert_cmpfloat (bca / (double) SAMPLES, >, 0.90);
  g_assert_cmpfloat (bca / (double) SAMPLES, <, 0.96);
  g_assert_cmpint (bca, >, percentile);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bootstrap/threads", test_threads);
  g_test_add_func ("/bootstrap/counts-alone", test_counts_alone);
  g_test_add_func ("/bootstrap/standard-error", test_standard_error);
  g_test_add_func ("/bootstrap/strata", test_strata);
  g_test_add_func ("/bootstrap/groups", test_groups);
  g_test_add_func ("/bootstrap/groups-in-strata", test_groups_in_strata);
  g_test_add_func ("/bootstrap/single-cases-as-groups", test_single_cases_as_groups);
  g_test_add_func ("/bootstrap/undefined", test_undefined);
  g_test_add_func ("/bootstrap/one-case", test_one_case);
  g_test_add_func ("/bootstrap/basic", test_basic);
  g_test_add_func ("/bootstrap/cancel", test_cancel);
  g_test_add_func ("/bootstrap/bad-input", test_bad_input);
  g_test_add_func ("/bootstrap/coverage", test_coverage);

  return g_test_run ();
}
