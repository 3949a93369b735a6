/* scikit-learn, SciPy and plain definitions (tests/reference/make_failure_reference.py). */
#include "core/uq/failure.h"
#include "tests/reference/reference.h"

static DubNpz *npz;

static double *
read_doubles (const char *set,
              const char *what,
              size_t     *n)
{
  g_autofree char *name = g_strconcat (set, what, NULL);

  return reference_read_doubles (npz, name, n);
}

static gboolean *
read_flags (const char *set,
            const char *what)
{
  size_t n;
  g_autofree double *values = read_doubles (set, what, &n);
  gboolean *flags = g_new (gboolean, n);

  for (size_t i = 0; i < n; i++)
    flags[i] = values[i] != 0.0;

  return flags;
}

/* SciPy's limits: Wilson's low and high, the exact low and high. */
static void
assert_rate (DubRate       rate,
             DubEstimate   estimate,
             const double *counts,
             const double *limits)
{
  gboolean exact = rate.n == 0 || rate.n == rate.d;

  g_assert_cmpuint (rate.n, ==, (size_t) counts[0]);
  g_assert_cmpuint (rate.d, ==, (size_t) counts[1]);
  g_assert_cmpfloat_with_epsilon (estimate.low, limits[exact ? 2 : 0], 1e-9);
  g_assert_cmpfloat_with_epsilon (estimate.high, limits[exact ? 3 : 1], 1e-9);
}

static void
test_set (gconstpointer data)
{
  const char *set = data;
  size_t n, n_fit;
  g_autofree double *score = read_doubles (set, "_score", &n), *fit = read_doubles (set, "_fit", &n_fit);
  g_autofree gboolean *correct = read_flags (set, "_correct"), *fit_correct = read_flags (set, "_fit_correct");
  g_autofree double *areas = read_doubles (set, "_areas", NULL);
  g_autofree double *thresholds = read_doubles (set, "_thresholds", NULL);
  g_autofree double *counts = read_doubles (set, "_counts", NULL);
  g_autofree double *limits = read_doubles (set, "_intervals", NULL);
  g_autofree double *bootstrap = read_doubles (set, "_bootstrap", NULL);
  DubFailureOptions options = { .fitting_scores = fit, .fitting_correct = fit_correct, .n_fitting = n_fit };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubFailure) failure = dub_failure_measure (score, correct, n, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (failure->auroc.value, areas[0], 1e-12);
  g_assert_cmpfloat_with_epsilon (failure->aurc.value, areas[1], 1e-12);
  g_assert_cmpfloat_with_epsilon (failure->eaurc.value, areas[2], 1e-12);
  g_assert_cmpfloat_with_epsilon (failure->augrc.value, areas[3], 1e-12);
  g_assert_cmpfloat_with_epsilon (failure->fpr95.value, areas[4], 1e-12);
  g_assert_cmpfloat_with_epsilon (dub_rate_value ((DubRate) { failure->fpr95.n, failure->fpr95.d }), areas[4], 1e-12);
  for (int k = 0; k < 4; k++) {
    const DubOperatingPoint *point = k < 2 ? &failure->point[k] : &failure->own_point[k - 2];

    g_assert_cmpfloat (point->threshold, ==, thresholds[k]);
    assert_rate (point->correct_accepted, point->sensitivity, counts + 4 * k, limits + 8 * k);
    assert_rate (point->failures_rejected, point->specificity, counts + 4 * k + 2, limits + 8 * k + 4);
  }

  /* Two sets of random numbers: the limits differ by a few thousandths. */
  g_assert_cmpfloat_with_epsilon (failure->auroc_bootstrap.low, bootstrap[0], 0.005);
  g_assert_cmpfloat_with_epsilon (failure->auroc_bootstrap.high, bootstrap[1], 0.005);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  npz = reference_open ("failure.npz");
  g_test_add_data_func ("/failure-reference/small", "small", test_set);
  g_test_add_data_func ("/failure-reference/ties", "ties", test_set);
  g_test_add_data_func ("/failure-reference/fine", "fine", test_set);

  int status = g_test_run ();

  dub_npz_free (npz);

  return status;
}
