#include "core/base/rng.h"
#include "core/stats/delong.h"
#include "core/stats/distribution.h"
#include "core/stats/roc.h"

#include <string.h>

static void
test_ties (void)
{
  /* Pairs: .9 wins over all 3, .5 wins over .1, ties with the two .5. */
  const double scores[] = { 0.5, 0.9, 0.5, 0.1, 0.5 };
  const gboolean positive[] = { TRUE, TRUE, FALSE, FALSE, FALSE };
  g_autoptr (DubRoc) roc = dub_roc_new (scores, positive, 5, NULL);

  g_assert_cmpuint (roc->n_points, ==, 4);
  g_assert_true (isinf (roc->threshold[0]));
  g_assert_cmpfloat (roc->threshold[2], ==, 0.5);
  g_assert_cmpuint (roc->true_positive[1], ==, 1);
  g_assert_cmpuint (roc->false_positive[1], ==, 0);
  g_assert_cmpuint (roc->true_positive[2], ==, 2);
  g_assert_cmpuint (roc->false_positive[2], ==, 2);
  g_assert_cmpfloat (dub_roc_true_positive_rate (roc, 3), ==, 1.0);
  g_assert_cmpfloat (dub_roc_false_positive_rate (roc, 3), ==, 1.0);
  g_assert_cmpfloat (dub_roc_area (roc), ==, 5.0 / 6.0);
  g_assert_cmpfloat (dub_auroc (scores, positive, 5), ==, 5.0 / 6.0);
}

static void
draw (DubRng   *rng,
      double   *scores,
      gboolean *positive,
      size_t    n,
      size_t    n_positive,
      double    shift)
{
  for (size_t i = 0; i < n; i++) {
    positive[i] = i < n_positive;
    scores[i] = dub_rng_normal (rng) + (positive[i] ? shift : 0.0);
  }
}

/* Order of the cases and rising transformations change no bit; the mirrored score has the rest of the area. */
static void
test_invariances (void)
{
  enum { N = 101 };
  double scores[N], other[N];
  gboolean positive[N], shuffled[N];
  size_t order[N];
  DubRng rng;

  dub_rng_init (&rng, 5, "test", 0);
  draw (&rng, scores, positive, N, 40, 0.5);
  for (size_t i = 0; i < N; i++) {
    scores[i] = round (scores[i] * 4.0) / 4.0;
    order[i] = i;
  }

  double area = dub_auroc (scores, positive, N);

  dub_rng_shuffle (&rng, order, N);
  for (size_t i = 0; i < N; i++) {
    other[i] = exp (scores[order[i]]);
    shuffled[i] = positive[order[i]];
  }
  g_assert_cmpfloat (dub_auroc (other, shuffled, N), ==, area);
  for (size_t i = 0; i < N; i++)
    other[i] = -scores[i];
  g_assert_cmpfloat_with_epsilon (dub_auroc (other, positive, N), 1.0 - area, 1e-15);
  for (size_t i = 0; i < N; i++)
    shuffled[i] = !positive[i];
  g_assert_cmpfloat_with_epsilon (dub_auroc (scores, shuffled, N), 1.0 - area, 1e-15);

  /* A ranking with counts is the same as the cases written out. */
  g_autoptr (DubRanking) ranking = dub_ranking_new (scores, positive, N, NULL);
  uint32_t count[N];
  double written[3 * N];
  gboolean written_positive[3 * N];
  size_t n = 0;

  for (size_t i = 0; i < N; i++) {
    count[i] = dub_rng_below (&rng, 4);
    for (uint32_t k = 0; k < count[i]; k++) {
      written[n] = scores[i];
      written_positive[n++] = positive[i];
    }
  }
  g_assert_cmpfloat (dub_ranking_area (ranking, count), ==, dub_auroc (written, written_positive, n));
  g_assert_cmpfloat (dub_ranking_area (ranking, NULL), ==, area);
}

/* Permuting the classes permutes nothing that the macro area sees. */
static void
test_macro (void)
{
  const double p[] = { .7, .2, .1, .1, .6, .3, .3, .3, .4, .5, .1, .4, .2, .5, .3, .2, .2, .6 };
  const int labels[] = { 0, 1, 2, 2, 0, 2 };
  const int swap[] = { 2, 0, 1 };
  const int without[] = { 0, 1, 1, 1, 0, 0 };
  double swapped[18];
  int swapped_labels[6];

  for (size_t i = 0; i < 6; i++) {
    for (size_t c = 0; c < 3; c++)
      swapped[i * 3 + (size_t) swap[c]] = p[i * 3 + c];
    swapped_labels[i] = swap[labels[i]];
  }

  double area = dub_auroc_macro (p, labels, 6, 3);

  g_assert_cmpfloat (area, >, 0.0);
  g_assert_cmpfloat_with_epsilon (dub_auroc_macro (swapped, swapped_labels, 6, 3), area, 1e-15);
  g_assert_true (isnan (dub_auroc_macro (p, without, 6, 3)));
}

static void
test_hanley_mcneil (void)
{
  /* The formula is not symmetric: it matters which class's scores have the longer tail. */
  g_assert_cmpfloat_with_epsilon (dub_hanley_mcneil_se (0.73, 14, 142), 0.0792, 5e-5);
  g_assert_cmpfloat_with_epsilon (dub_hanley_mcneil_se (0.73, 142, 14), 0.0601, 5e-5);
  g_assert_cmpfloat (dub_hanley_mcneil_se (1.0, 10, 10), ==, 0.0);
  g_assert_true (isnan (dub_hanley_mcneil_se (0.7, 0, 10)));
  g_assert_true (isnan (dub_hanley_mcneil_se (1.7, 10, 10)));
  g_assert_true (isnan (dub_hanley_mcneil_se ((double) NAN, 10, 10)));
}

static void
test_absent_class (void)
{
  const double scores[] = { 1.0, 2.0, 3.0 };
  const gboolean all[] = { TRUE, TRUE, TRUE }, none[] = { FALSE, FALSE, FALSE }, one[] = { FALSE, FALSE, TRUE };
  g_autoptr (DubRoc) roc = dub_roc_new (scores, all, 3, NULL);
  g_autoptr (DubDelong) absent = dub_delong_new (scores, none, 3, NULL);
  g_autoptr (DubDelong) single = dub_delong_new (scores, one, 3, NULL);

  g_assert_true (isnan (dub_roc_false_positive_rate (roc, 1)));
  g_assert_true (isnan (dub_roc_area (roc)));
  g_assert_true (isnan (dub_auroc (scores, none, 3)));

  DubEstimate estimate = dub_delong_estimate (absent, 0.95);

  g_assert_true (isnan (estimate.value) && isnan (estimate.low) && isnan (estimate.high));
  g_assert_cmpstr (estimate.method, ==, "none: a class has no cases");
  estimate = dub_delong_estimate (single, 0.95);
  g_assert_cmpfloat (estimate.value, ==, 1.0);
  g_assert_cmpfloat (estimate.low, <, 0.5);
  g_assert_cmpstr (estimate.method, ==, "Newcombe");
}

/* A perfect or useless score is no certainty: the interval has width, and more cases narrow it. */
static void
test_degenerate_intervals (void)
{
  double scores[200], width = 1.0;
  gboolean positive[200];

  for (size_t n = 10; n <= 200; n += 10) {
    for (size_t i = 0; i < n; i++) {
      scores[i] = (double) i;
      positive[i] = i >= n / 2;
    }

    g_autoptr (DubDelong) perfect = dub_delong_new (scores, positive, n, NULL);
    DubEstimate estimate = dub_delong_estimate (perfect, 0.95);

    g_assert_cmpfloat (estimate.value, ==, 1.0);
    g_assert_cmpfloat (estimate.high, ==, 1.0);
    g_assert_cmpfloat (1.0 - estimate.low, <, width);
    g_assert_cmpfloat (estimate.low, <, 1.0);
    width = 1.0 - estimate.low;

    memset (scores, 0, sizeof scores);

    g_autoptr (DubDelong) constant = dub_delong_new (scores, positive, n, NULL);

    estimate = dub_delong_estimate (constant, 0.95);
    g_assert_cmpfloat (estimate.value, ==, 0.5);
    g_assert_cmpfloat (estimate.low, <, 0.5);
    g_assert_cmpfloat_with_epsilon (estimate.low, 1.0 - estimate.high, 1e-12);
  }
}

/* How often the intervals of drawn samples hold the true area, Φ (shift / √2). The bounds are four binomial standard
 * errors of 2000 draws around what a .95 interval of so few cases may honestly reach. */
static void
test_coverage (void)
{
  static const struct { size_t n, n_positive; double shift; double least; } DESIGNS[] = {
    { 156, 14, 0.867, 0.93 },
    { 100, 50, 0.867, 0.93 },
    { 100, 50, 2.5, 0.92 },
    { 60, 10, 0.0, 0.92 },
  };
  enum { DRAWS = 2000 };
  const double slack = 4.0 * sqrt (0.95 * 0.05 / DRAWS);

  for (size_t d = 0; d < G_N_ELEMENTS (DESIGNS); d++) {
    double truth = dub_normal_cdf (DESIGNS[d].shift / sqrt (2.0));
    double scores[156];
    gboolean positive[156];
    int covered = 0;

    for (size_t k = 0; k < DRAWS; k++) {
      DubRng rng;

      dub_rng_init (&rng, d, "coverage", k);
      draw (&rng, scores, positive, DESIGNS[d].n, DESIGNS[d].n_positive, DESIGNS[d].shift);

      g_autoptr (DubDelong) delong = dub_delong_new (scores, positive, DESIGNS[d].n, NULL);
      DubEstimate estimate = dub_delong_estimate (delong, 0.95);

      covered += estimate.low <= truth && truth <= estimate.high;
    }
    g_test_message ("area %.3f, %zu of %zu: coverage %.4f", truth, DESIGNS[d].n_positive, DESIGNS[d].n,
                    (double) covered / DRAWS);
    g_assert_cmpfloat ((double) covered / DRAWS, >, DESIGNS[d].least - slack);
    g_assert_cmpfloat ((double) covered / DRAWS, <, 0.97 + slack);
  }
}

static void
test_bad_input (void)
{
  const double scores[] = { 0.1, (double) NAN, 0.3 };
  const gboolean positive[] = { TRUE, FALSE, TRUE };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_roc_new (scores, positive, 3, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_cmpstr (error->message, ==, "The score of case 1 is NaN; expected a number.");
  g_clear_error (&error);
  g_assert_null (dub_delong_new (scores, positive, 3, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_null (dub_ranking_new (scores, positive, 0, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_assert_true (isnan (dub_auroc (scores, positive, 3)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roc/ties", test_ties);
  g_test_add_func ("/roc/invariances", test_invariances);
  g_test_add_func ("/roc/macro", test_macro);
  g_test_add_func ("/roc/hanley-mcneil", test_hanley_mcneil);
  g_test_add_func ("/roc/absent-class", test_absent_class);
  g_test_add_func ("/roc/bad-input", test_bad_input);
  g_test_add_func ("/delong/degenerate", test_degenerate_intervals);
  g_test_add_func ("/delong/coverage", test_coverage);

  return g_test_run ();
}
