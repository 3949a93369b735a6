#include "core/base/rng.h"
#include "core/uq/conformal.h"

#include <math.h>
#include <string.h>

/* n = 9, α = .1 → the largest score; n = 8 → infinite. */
static void
test_quantile (void)
{
  const double scores[] = { .3, .9, .1, .5, .2, .8, .4, .7, .6 };
  double many[19];

  g_assert_cmpfloat (dub_conformal_quantile (scores, 9, .1), ==, .9);
  g_assert_true (isinf (dub_conformal_quantile (scores, 8, .1)));
  g_assert_cmpfloat (dub_conformal_quantile (scores, 9, .5), ==, .5);
  g_assert_cmpfloat (dub_conformal_quantile (scores, 9, .2), ==, .8);
  g_assert_true (isinf (dub_conformal_quantile (scores, 0, .1)));
  /* (n + 1)(1 - α) is whole, though α has no exact binary form. */
  for (int i = 0; i < 19; i++)
    many[i] = i + 1;
  g_assert_cmpfloat (dub_conformal_quantile (many, 19, .05), ==, 19.0);
  g_assert_cmpfloat (dub_conformal_quantile (many, 19, .1), ==, 18.0);
  g_assert_cmpfloat (dub_conformal_quantile (many, 19, .3), ==, 14.0);

  g_assert_cmpuint (dub_conformal_needed (.1), ==, 9);
  g_assert_cmpuint (dub_conformal_needed (.05), ==, 19);
  g_assert_cmpuint (dub_conformal_needed (.15), ==, 6);
  for (int percent = 1; percent < 100; percent++) {
    double alpha = percent / 100.0;
    size_t needed = dub_conformal_needed (alpha);
    g_autofree double *zeros = g_new0 (double, needed + 1);

    g_assert_true (isfinite (dub_conformal_quantile (zeros, needed, alpha)) || needed == 0);
    if (needed > 0)
      g_assert_true (isinf (dub_conformal_quantile (zeros, needed - 1, alpha)));
  }
}

static void
draw (double *p,
      int    *labels,
      size_t  n,
      size_t  n_classes,
      guint64 seed)
{
  DubRng rng;

  /* Labels follow the probabilities. */
  dub_rng_init (&rng, seed, "conformal-test", 0);
  for (size_t i = 0; i < n; i++) {
    double mass = 0.0, u, below = 0.0;

    for (size_t c = 0; c < n_classes; c++) {
      p[i * n_classes + c] = exp (1.5 * dub_rng_normal (&rng));
      mass += p[i * n_classes + c];
    }
    u = dub_rng_double (&rng);
    labels[i] = (int) n_classes - 1;
    for (size_t c = 0; c < n_classes; c++) {
      p[i * n_classes + c] /= mass;
      below += p[i * n_classes + c];
      if (u < below && labels[i] == (int) n_classes - 1)
        labels[i] = (int) c;
    }
  }
}

/* The share of sets that hold the label is a mean over calibration sets of a Beta law: with 400 of them, each measured on
 * 200 cases, its standard error is below .002. Randomised sets cover 1 - α up to 1 / (n + 1), others at least that. */
static void
test_coverage (gconstpointer data)
{
  enum { N = 99, N_NEW = 200, C = 4, ROUNDS = 400 };
  DubConformalOptions options = *(const DubConformalOptions *) data;
  g_autofree double *p = g_new (double, (N + N_NEW) * C);
  g_autofree int *labels = g_new (int, N + N_NEW);
  g_autofree guint8 *sets = g_new (guint8, N_NEW * C);
  double coverage = 0.0, size = 0.0;

  for (guint64 round = 0; round < ROUNDS; round++) {
    draw (p, labels, N + N_NEW, C, round);

    g_autoptr (DubConformal) fit = dub_conformal_fit (p, labels, N, C, &options, NULL);

    g_assert_true (dub_conformal_sets (fit, p + N * C, N_NEW, sets, NULL));

    g_autoptr (DubConformalReport) report = dub_conformal_report (sets, labels + N, N_NEW, C, DUB_CONFIDENCE);

    coverage += report->coverage.value / ROUNDS;
    size += report->mean_size / ROUNDS;
  }
  g_test_message ("coverage %.4f, mean size %.3f", coverage, size);
  g_assert_cmpfloat (coverage, >, 1.0 - options.alpha - .006);
  g_assert_cmpfloat (coverage, <, 1.0 - options.alpha + .01 + .006);
}

/* In a class that is hard, marginal sets fail more often than asked; class-conditional ones do not. */
static void
test_class_conditional (void)
{
  enum { N = 4000, C = 2 };
  g_autofree double *p = g_new (double, N * C);
  g_autofree int *labels = g_new (int, N);
  g_autofree guint8 *sets = g_new (guint8, N * C);
  DubRng rng;

  /* One case in ten is of class 1, and gets it right by little. */
  dub_rng_init (&rng, 1, "conformal-test", 0);
  for (size_t i = 0; i < N; i++) {
    labels[i] = i % 10 == 0;

    double place = (labels[i] ? .45 : .1) + .1 * dub_rng_normal (&rng);

    p[2 * i + 1] = CLAMP (place, 0.0, 1.0);
    p[2 * i] = 1.0 - p[2 * i + 1];
  }
  for (int conditional = 0; conditional < 2; conditional++) {
    const DubConformalOptions options = { .alpha = .1, .class_conditional = conditional };
    g_autoptr (DubConformal) fit = dub_conformal_fit (p, labels, N / 2, C, &options, NULL);

    g_assert_true (dub_conformal_sets (fit, p + N, N / 2, sets, NULL));

    g_autoptr (DubConformalReport) report = dub_conformal_report (sets, labels + N / 2, N / 2, C, DUB_CONFIDENCE);

    g_test_message ("class 1 is covered in %zu of %zu", report->by_class[1].n, report->by_class[1].d);
    g_assert_cmpuint (report->by_class[1].d, ==, N / 20);
    if (conditional)
      g_assert_cmpfloat (report->by_class[1].high, >=, .9);
    else
      g_assert_cmpfloat (report->by_class[1].high, <, .9);
  }
}

/* By hand: probabilities .5, .3, .2 have the scores .5, .8, 1 (APS) and .5, .9, 1.2 (RAPS, .1 for every rank above the first). */
static void
test_by_hand (void)
{
  const double p[] = { .2, .5, .3 };
  const int labels[] = { 2 };
  const double expected[] = { .7, .8, .9 };

  for (int method = 0; method < DUB_N_CONFORMAL; method++) {
    const DubConformalOptions options = { .method = (DubConformalMethod) method, .alpha = .5, .penalty = .1, .n_free = 1 };
    g_autoptr (DubConformal) fit = dub_conformal_fit (p, labels, 1, 3, &options, NULL);
    guint8 sets[3];

    g_assert_cmpfloat_with_epsilon (fit->threshold[0], expected[method], 1e-15);
    g_assert_true (dub_conformal_sets (fit, p, 1, sets, NULL));
    g_assert_cmpint (sets[0], ==, 0);
    g_assert_cmpint (sets[1], ==, 1);
    g_assert_cmpint (sets[2], ==, 1);
  }
}

/* Where more labels are in last place than sets may miss, q is 1, and rounding leaves no class out. */
static void
test_last_place (void)
{
  enum { N = 500 };
  g_autofree double *p = g_new (double, N * 3);
  g_autofree int *labels = g_new (int, N);
  g_autofree guint8 *sets = g_new (guint8, N * 3);
  DubRng rng;

  dub_rng_init (&rng, 2, "conformal-test", 0);
  for (size_t i = 0; i < N; i++) {
    /* As single precision leaves them: the sum is not quite 1. */
    double first = (double) (float) (.4 + .2 * dub_rng_double (&rng)), second = (double) (float) (.9 - first);

    p[3 * i] = first;
    p[3 * i + 1] = second;
    p[3 * i + 2] = (double) (float) (1.0 - first - second);
    labels[i] = i % 5 == 0 ? 2 : 0;
  }
  for (int is_random = 0; is_random < 2; is_random++) {
    const DubConformalOptions options = { .method = DUB_CONFORMAL_APS, .alpha = .1, .randomized = is_random };
    g_autoptr (DubConformal) fit = dub_conformal_fit (p, labels, N / 2, 3, &options, NULL);

    g_assert_true (dub_conformal_sets (fit, p + 3 * (N / 2), N / 2, sets, NULL));

    g_autoptr (DubConformalReport) report = dub_conformal_report (sets, labels + N / 2, N / 2, 3, DUB_CONFIDENCE);

    if (is_random) {
      g_assert_cmpfloat (report->coverage.low, <, .9);
      g_assert_cmpfloat (report->coverage.high, >, .9);
    } else {
      g_assert_cmpfloat (fit->threshold[0], ==, 1.0);
      g_assert_cmpfloat (report->mean_size, ==, 3.0);
    }
  }
}

/* Randomised sets too: the draw belongs to the case. */
static void
test_alone (void)
{
  enum { N = 60, C = 4 };
  double p[N * C];
  int labels[N];
  guint8 all[N * C], one[C], other[N * C];
  DubConformalOptions options = { .method = DUB_CONFORMAL_APS, .alpha = .2, .randomized = TRUE, .seed = 3 };

  draw (p, labels, N, C, 5);

  g_autoptr (DubConformal) fit = dub_conformal_fit (p, labels, N, C, &options, NULL);

  g_assert_true (dub_conformal_sets (fit, p, N, all, NULL));
  for (size_t i = 0; i < N; i++) {
    g_assert_true (dub_conformal_sets (fit, p + i * C, 1, one, NULL));
    g_assert_cmpmem (one, C, all + i * C, C);
  }
  options.seed = 4;

  g_autoptr (DubConformal) reseeded = dub_conformal_fit (p, labels, N, C, &options, NULL);

  g_assert_true (dub_conformal_sets (reseeded, p, N, other, NULL));
  g_assert_cmpint (memcmp (all, other, sizeof all), !=, 0);
}

static void
test_refused (void)
{
  double p[18 * 2];
  int labels[18];
  DubConformalOptions options = DUB_CONFORMAL_DEFAULT;
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < 18; i++) {
    p[2 * i] = p[2 * i + 1] = .5;
    labels[i] = i < 8;
  }
  g_assert_null (dub_conformal_fit (p, labels, 8, 2, &options, &error));
  g_assert_cmpstr (error->message, ==, "There are 8 calibration cases; with alpha 0.1 at least 9 are needed, or every set would "
                   "hold every class.");
  g_clear_error (&error);

  g_autoptr (DubConformal) enough = dub_conformal_fit (p, labels, 9, 2, &options, &error);

  g_assert_no_error (error);
  g_assert_nonnull (enough);
  options.class_conditional = TRUE;
  g_assert_null (dub_conformal_fit (p, labels, 18, 2, &options, &error));
  g_assert_cmpstr (error->message, ==, "Class 1 has 8 calibration cases; with alpha 0.1 at least 9 of every class are needed for "
                   "class-conditional sets.");
  g_clear_error (&error);
  options = (DubConformalOptions) { .alpha = 1.0 };
  g_assert_null (dub_conformal_fit (p, labels, 18, 2, &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  options = DUB_CONFORMAL_DEFAULT;
  p[5] = .4;
  g_assert_null (dub_conformal_fit (p, labels, 18, 2, &options, &error));
  g_assert_cmpstr (error->message, ==, "The probabilities of case 2 add up to 0.9; expected 1.");
}

int
main (int    argc,
      char **argv)
{
  static const DubConformalOptions lac = { .method = DUB_CONFORMAL_LAC, .alpha = .1 };
  static const DubConformalOptions aps = { .method = DUB_CONFORMAL_APS, .alpha = .1 };
  static const DubConformalOptions random = { .method = DUB_CONFORMAL_APS, .alpha = .1, .randomized = TRUE, .seed = 7 };
  static const DubConformalOptions raps = { .method = DUB_CONFORMAL_RAPS, .alpha = .2, .penalty = .1, .n_free = 1 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conformal/quantile", test_quantile);
  g_test_add_data_func ("/conformal/coverage/lac", &lac, test_coverage);
  g_test_add_data_func ("/conformal/coverage/aps", &aps, test_coverage);
  g_test_add_data_func ("/conformal/coverage/aps-randomized", &random, test_coverage);
  g_test_add_data_func ("/conformal/coverage/raps", &raps, test_coverage);
  g_test_add_func ("/conformal/class-conditional", test_class_conditional);
  g_test_add_func ("/conformal/by-hand", test_by_hand);
  g_test_add_func ("/conformal/last-place", test_last_place);
  g_test_add_func ("/conformal/alone", test_alone);
  g_test_add_func ("/conformal/refused", test_refused);

  return g_test_run ();
}
