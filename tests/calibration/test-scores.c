#include "core/base/rng.h"
#include "core/calibration/scores.h"

#include <math.h>

static void
test_closed_forms (void)
{
  const double p[] = { 0.5, 0.5, 0.9, 0.1, 0.2, 0.8 };
  const double second[] = { 0.5, 0.1, 0.8 };
  const int labels[] = { 0, 0, 0 };
  const gboolean happened[] = { FALSE, FALSE, FALSE };

  g_assert_cmpfloat_with_epsilon (dub_brier_binary (second, happened, 3, NULL), (0.25 + 0.01 + 0.64) / 3.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_brier_sum (p, labels, 3, 2, NULL), 2.0 * (0.25 + 0.01 + 0.64) / 3.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (dub_nll (p, labels, 3, 2, NULL, NULL), -log (0.5 * 0.9 * 0.2) / 3.0, 1e-15);
}

/* The worst possible: certain and wrong. */
static void
test_ranges (void)
{
  const double p[] = { 1.0, 0.0, 0.0, 0.0, 1.0, 0.0 };
  const int wrong[] = { 2, 0 }, right[] = { 0, 1 };
  size_t n_clipped;

  g_assert_cmpfloat (dub_brier_sum (p, wrong, 2, 3, NULL), ==, 2.0);
  g_assert_cmpfloat (dub_brier_sum (p, right, 2, 3, NULL), ==, 0.0);
  g_assert_cmpfloat_with_epsilon (dub_nll (p, wrong, 2, 3, &n_clipped, NULL), 15.0 * log (10.0), 1e-12);
  g_assert_cmpuint (n_clipped, ==, 2);
  g_assert_cmpfloat (dub_nll (p, right, 2, 3, &n_clipped, NULL), ==, 0.0);
  g_assert_cmpuint (n_clipped, ==, 0);
}

static void
test_parts (void)
{
  enum { N = 400, C = 3 };
  double p[N * C], column[N];
  int labels[N];
  gboolean happened[N];
  DubBrierParts exact, binned, sum;
  DubRng rng;

  dub_rng_init (&rng, 1, "test", 0);
  for (size_t i = 0; i < N; i++) {
    double total = 0.0;

    for (size_t c = 0; c < C; c++)
      total += p[i * C + c] = 0.01 + dub_rng_double (&rng);
    for (size_t c = 0; c < C; c++)
      p[i * C + c] /= total;
    labels[i] = (int) dub_rng_below (&rng, C);
    column[i] = ceil (p[i * C] * 10.0) / 10.0;
    happened[i] = labels[i] == 0;
  }

  /* Ten distinct values: the bins of M = 10 are the same groups, and nothing varies within them. */
  g_assert_true (dub_brier_binary_parts (column, happened, N, 0, &exact, NULL));
  g_assert_true (dub_brier_binary_parts (column, happened, N, 10, &binned, NULL));
  g_assert_cmpfloat_with_epsilon (exact.within, 0.0, 1e-14);
  g_assert_cmpfloat_with_epsilon (binned.within, 0.0, 1e-14);
  g_assert_cmpfloat_with_epsilon (exact.reliability, binned.reliability, 1e-14);
  g_assert_cmpfloat_with_epsilon (exact.resolution, binned.resolution, 1e-14);
  g_assert_cmpfloat (exact.reliability, >, 0.0);
  g_assert_cmpfloat (exact.resolution, >, 0.0);

  g_assert_true (dub_brier_sum_parts (p, labels, N, C, 15, &sum, NULL));
  g_assert_cmpfloat_with_epsilon (sum.brier, dub_brier_sum (p, labels, N, C, NULL), 1e-13);
  g_assert_cmpfloat_with_epsilon (sum.reliability - sum.resolution + sum.uncertainty + sum.within, sum.brier, 1e-14);
  g_assert_cmpfloat (fabs (sum.within), <, 0.01);
}

/* A forecast of the base rate has neither reliability error nor resolution. */
static void
test_climatology (void)
{
  const double p[] = { 0.25, 0.25, 0.25, 0.25 };
  const gboolean happened[] = { TRUE, FALSE, FALSE, FALSE };
  DubBrierParts parts;

  g_assert_true (dub_brier_binary_parts (p, happened, 4, 0, &parts, NULL));
  g_assert_cmpfloat_with_epsilon (parts.brier, 0.1875, 1e-16);
  g_assert_cmpfloat_with_epsilon (parts.uncertainty, 0.1875, 1e-16);
  g_assert_cmpfloat (parts.reliability, ==, 0.0);
  g_assert_cmpfloat (parts.resolution, ==, 0.0);
}

/* Proper: on average no other forecast beats the truth. */
static void
test_proper (void)
{
  for (int truth = 1; truth < 10; truth++) {
    double best_brier = 10.0, best_nll = 10.0;
    int brier_at = 0, nll_at = 0;

    for (int said = 1; said < 10; said++) {
      double p[20];
      int labels[10];

      for (int i = 0; i < 10; i++) {
        p[2 * i] = said / 10.0;
        p[2 * i + 1] = 1.0 - said / 10.0;
        labels[i] = i >= truth;
      }

      double brier = dub_brier_sum (p, labels, 10, 2, NULL), nll = dub_nll (p, labels, 10, 2, NULL, NULL);

      if (brier < best_brier) {
        best_brier = brier;
        brier_at = said;
      }
      if (nll < best_nll) {
        best_nll = nll;
        nll_at = said;
      }
    }
    g_assert_cmpint (brier_at, ==, truth);
    g_assert_cmpint (nll_at, ==, truth);
  }
}

static void
test_bad_input (void)
{
  const double p[] = { 0.5, 0.5, (double) NAN, 0.5 };
  const double good[] = { 0.5, 0.5, 0.5, 0.5 };
  const int labels[] = { 0, 1 }, wrong[] = { 0, -1 };
  const gboolean happened[] = { TRUE, FALSE, TRUE, FALSE };
  DubBrierParts parts;
  g_autoptr (GError) error = NULL;

  g_assert_true (isnan (dub_nll (p, labels, 2, 2, NULL, &error)));
  g_assert_cmpstr (error->message, ==, "The probability of case 1, class 0 is nan; expected a number from 0 to 1.");
  g_clear_error (&error);
  g_assert_true (isnan (dub_brier_sum (good, wrong, 2, 2, &error)));
  g_assert_cmpstr (error->message, ==, "The label of case 1 is -1; expected 0 to 1.");
  g_clear_error (&error);
  g_assert_true (isnan (dub_brier_binary (p, happened, 4, &error)));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_false (dub_brier_binary_parts (p, happened, 4, 10, &parts, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_false (dub_brier_sum_parts (good, labels, 0, 2, 10, &parts, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scores/closed-forms", test_closed_forms);
  g_test_add_func ("/scores/ranges", test_ranges);
  g_test_add_func ("/scores/parts", test_parts);
  g_test_add_func ("/scores/climatology", test_climatology);
  g_test_add_func ("/scores/proper", test_proper);
  g_test_add_func ("/scores/bad-input", test_bad_input);

  return g_test_run ();
}
