#include "core/base/rng.h"
#include "core/calibration/reliability.h"
#include "core/stats/describe.h"

#include <math.h>
#include <string.h>

/* m/M belongs to the bin it closes, the next number above it to the next bin, and 0 to the first. */
static void
test_edges (void)
{
  for (size_t n_bins = 1; n_bins <= 60; n_bins++)
    for (size_t m = 0; m <= n_bins; m++) {
      double edge = (double) m / (double) n_bins;
      const double confidence[] = { edge, nextafter (edge, 2.0) };
      const gboolean correct[] = { TRUE, TRUE };
      size_t n = m < n_bins ? 2 : 1;
      g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, n, n_bins, NULL);

      g_assert_cmpuint (dub_reliability_find_bin (bins, confidence[0]), ==, m > 0 ? m - 1 : 0);
      g_assert_cmpuint (bins->count[m > 0 ? m - 1 : 0], >=, 1);
      if (m < n_bins) {
        g_assert_cmpuint (dub_reliability_find_bin (bins, confidence[1]), ==, m);
        g_assert_cmpuint (bins->count[m], >=, 1);
      }
    }
}

/* Four bins, the second empty: gaps .1 - 0, -, .7 - .5, .95 - 1. */
static void
test_by_hand (void)
{
  const double confidence[] = { 0.1, 0.6, 0.75, 0.75, 0.7, 0.9, 1.0 };
  const gboolean correct[] = { FALSE, TRUE, FALSE, TRUE, FALSE, TRUE, TRUE };
  g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, 7, 4, NULL);

  g_assert_cmpuint (bins->count[0], ==, 1);
  g_assert_cmpuint (bins->count[1], ==, 0);
  g_assert_cmpuint (bins->count[2], ==, 4);
  g_assert_cmpuint (bins->count[3], ==, 2);
  g_assert_true (isnan (bins->confidence[1]) && isnan (bins->accuracy[1]));
  g_assert_cmpfloat_with_epsilon (bins->confidence[2], 0.7, 1e-15);
  g_assert_cmpfloat (bins->accuracy[2], ==, 0.5);
  g_assert_cmpfloat_with_epsilon (dub_reliability_ece (bins), (0.1 + 4 * 0.2 + 2 * 0.05) / 7.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_reliability_mce (bins), 0.2, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_reliability_average_error (bins), (0.1 + 0.2 + 0.05) / 3.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_reliability_overconfidence (bins), (4.8 - 4.0) / 7.0, 1e-15);
}

static void
test_equal_mass (void)
{
  const gboolean correct[] = { TRUE, TRUE, TRUE, FALSE, TRUE, FALSE, TRUE, TRUE, TRUE, TRUE };
  const double distinct[] = { .9, .1, .8, .2, .7, .3, .6, .4, .5, .95 };
  const double tied[] = { .9, .9, .9, .9, .9, .9, .3, .3, .2, .1 };
  g_autoptr (DubReliability) bins = dub_reliability_new_equal_mass (distinct, correct, 10, 5, NULL);

  for (size_t m = 0; m < 5; m++)
    g_assert_cmpuint (bins->count[m], ==, 2);
  g_assert_cmpfloat_with_epsilon (bins->confidence[0], 0.15, 1e-15);
  g_assert_cmpfloat (bins->accuracy[0], ==, 0.5);
  g_assert_cmpfloat (bins->edge[0], ==, 0.0);
  g_assert_cmpfloat (bins->edge[1], ==, 0.2);
  g_assert_cmpfloat (bins->edge[5], ==, 1.0);

  /* Ranks 0, 1, 2-3 and 4-9: middles .5, 1.5, 3 and 7 of 10 lie in bins 0, 0, 1 and 3. */
  g_autoptr (DubReliability) ties = dub_reliability_new_equal_mass (tied, correct, 10, 5, NULL);
  const size_t expected[] = { 2, 2, 0, 6, 0 };

  for (size_t m = 0; m < 5; m++)
    g_assert_cmpuint (ties->count[m], ==, expected[m]);
  g_assert_true (isnan (ties->accuracy[4]));
}

/* The ECE of one bin is abs (accuracy - mean confidence), of any bins at least that; the signed gap ignores the bins. */
static void
test_bounds (void)
{
  enum { N = 500 };
  double confidence[N], sorted[N];
  gboolean correct[N];
  DubRng rng;

  dub_rng_init (&rng, 1, "test", 0);
  for (size_t i = 0; i < N; i++) {
    confidence[i] = dub_rng_double (&rng);
    correct[i] = dub_rng_double (&rng) < confidence[i] * confidence[i];
  }

  memcpy (sorted, confidence, sizeof sorted);
  dub_sort (sorted, N);

  g_autoptr (DubReliability) one = dub_reliability_new (confidence, correct, N, 1, NULL);

  g_assert_cmpfloat_with_epsilon (dub_reliability_ece (one), fabs (dub_reliability_overconfidence (one)), 1e-15);
  for (size_t n_bins = 2; n_bins < 40; n_bins++) {
    g_autoptr (DubReliability) width = dub_reliability_new (confidence, correct, N, n_bins, NULL);
    g_autoptr (DubReliability) mass = dub_reliability_new_equal_mass (confidence, correct, N, n_bins, NULL);
    g_autoptr (DubReliability) again = dub_reliability_new_of_sorted (confidence, sorted, correct, N, n_bins, NULL);
    DubReliability *both[] = { width, mass };

    for (size_t k = 0; k < 2; k++) {
      size_t n = 0;

      for (size_t m = 0; m < n_bins; m++)
        n += both[k]->count[m];
      g_assert_cmpuint (n, ==, N);
      g_assert_cmpfloat (dub_reliability_ece (both[k]), >=, dub_reliability_ece (one) - 1e-15);
      g_assert_cmpfloat (dub_reliability_mce (both[k]), >=, dub_reliability_average_error (both[k]));
      g_assert_cmpfloat_with_epsilon (dub_reliability_overconfidence (both[k]),
                                      dub_reliability_overconfidence (one), 1e-14);
    }
    /* A sorted copy that is at hand changes no bit. */
    g_assert_cmpmem (again->edge, (n_bins + 1) * sizeof (double), mass->edge, (n_bins + 1) * sizeof (double));
    g_assert_cmpmem (again->confidence, n_bins * sizeof (double), mass->confidence, n_bins * sizeof (double));
    g_assert_cmpmem (again->accuracy, n_bins * sizeof (double), mass->accuracy, n_bins * sizeof (double));
    for (size_t m = 0; m < n_bins; m++) {
      g_assert_cmpuint (mass->count[m], >=, N / n_bins);
      g_assert_cmpuint (mass->count[m], <=, N / n_bins + 1);
    }
  }
}

/* Neither the order of the cases nor the names of the classes matter. */
static void
test_invariances (void)
{
  enum { N = 200, C = 3 };
  double p[N * C], other[N * C];
  int labels[N], other_labels[N];
  const int names[C] = { 2, 0, 1 };
  size_t order[N];
  DubRng rng;

  dub_rng_init (&rng, 2, "test", 0);
  for (size_t i = 0; i < N; i++) {
    double sum = 0.0;

    for (size_t c = 0; c < C; c++)
      sum += p[i * C + c] = ceil (8.0 * dub_rng_double (&rng));
    for (size_t c = 0; c < C; c++)
      p[i * C + c] /= sum;
    labels[i] = (int) dub_rng_below (&rng, C);
    order[i] = i;
  }
  dub_rng_shuffle (&rng, order, N);
  for (size_t i = 0; i < N; i++) {
    for (size_t c = 0; c < C; c++)
      other[i * C + (size_t) names[c]] = p[order[i] * C + c];
    other_labels[i] = names[labels[order[i]]];
  }
  for (DubBinning binning = DUB_BINS_EQUAL_WIDTH; binning <= DUB_BINS_EQUAL_MASS; binning++) {
    double per_class[C], other_per_class[C];
    double a = dub_classwise_ece (p, labels, N, C, 15, binning, per_class, NULL);
    double b = dub_classwise_ece (other, other_labels, N, C, 15, binning, other_per_class, NULL);

    g_assert_cmpfloat (a, >, 0.0);
    g_assert_cmpfloat_with_epsilon (a, b, 1e-14);
    g_assert_cmpfloat_with_epsilon (a, (per_class[0] + per_class[1] + per_class[2]) / 3.0, 1e-15);
    for (size_t c = 0; c < C; c++)
      g_assert_cmpfloat_with_epsilon (per_class[c], other_per_class[names[c]], 1e-14);
  }
}

static void
test_top_label (void)
{
  const double p[] = { .4, .35, .25, .25, .4, .35, .4, .4, .2 };
  const int labels[] = { 0, 2, 1 };
  double confidence[3];
  gboolean correct[3];
  int answers[3];

  g_assert_true (dub_top_label (p, labels, 3, 3, confidence, correct, answers, NULL));
  g_assert_true (answers[0] == 0 && answers[1] == 1 && answers[2] == 0);
  g_assert_true (correct[0] && !correct[1] && !correct[2]);
  g_assert_cmpfloat (confidence[2], ==, 0.4);
}

static void
test_bad_input (void)
{
  const gboolean correct[] = { TRUE, TRUE, TRUE };
  const double nan[] = { 0.5, 0.5, (double) NAN }, high[] = { 0.5, nextafter (1.0, 2.0), 0.5 }, low[] = { -1e-300, 0, 0 };
  const double p[] = { 0.5, 0.5, 0.9, 0.2 }, single[] = { 1.0, 1.0 };
  const int labels[] = { 0, 1 }, wrong[] = { 0, 2 };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_reliability_new (nan, correct, 3, 15, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==, "The confidence of case 2 is nan; expected a number from 0 to 1.");
  g_clear_error (&error);
  g_assert_null (dub_reliability_new_equal_mass (high, correct, 3, 15, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "case 1"));
  g_clear_error (&error);
  g_assert_null (dub_reliability_new (low, correct, 3, 15, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_null (dub_reliability_new (low, correct, 0, 15, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_reliability_new (high, correct, 1, 0, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (dub_top_label (p, labels, 2, 2, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==, "The probabilities of case 1 add up to 1.1; expected 1.");
  g_clear_error (&error);
  g_assert_true (isnan (dub_classwise_ece (p, wrong, 1, 2, 0, DUB_BINS_EQUAL_WIDTH, NULL, &error)));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (dub_top_label (single, labels, 2, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reliability/edges", test_edges);
  g_test_add_func ("/reliability/by-hand", test_by_hand);
  g_test_add_func ("/reliability/equal-mass", test_equal_mass);
  g_test_add_func ("/reliability/bounds", test_bounds);
  g_test_add_func ("/reliability/invariances", test_invariances);
  g_test_add_func ("/reliability/top-label", test_top_label);
  g_test_add_func ("/reliability/bad-input", test_bad_input);

  return g_test_run ();
}
