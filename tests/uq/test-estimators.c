/* What holds for every row of the table of estimators: a new row is tested by standing there. */
#include "core/stats/roc.h"

#include "fixture.h"

#include <math.h>
#include <string.h>

static const DubEstimatorOptions options = {
  .n_neighbours = 5, .variance = .8, .n_top_features = 6, .temperature = 1, .gps_starts = 6, .gps_groups = 2, .seed = 5,
};

static double *
score (const DubEstimator *estimator,
       gconstpointer       fitted,
       const DubAnswers   *answers,
       DubRun             *run)
{
  double *scores = g_new (double, answers->n_cases);
  g_autoptr (GError) error = NULL;

  g_assert_true (estimator->score (fitted, &options, answers, scores, run, &error));
  g_assert_no_error (error);
  for (size_t i = 0; i < answers->n_cases; i++)
    g_assert_true (isfinite (scores[i]));

  return scores;
}

static gpointer
fit (const DubEstimator *estimator,
     const Fixture      *fixture,
     DubRun             *run)
{
  g_autoptr (GError) error = NULL;
  gpointer fitted = NULL;

  if (estimator->fit != NULL) {
    fitted = estimator->fit (&fixture->fitting, &options, run, &error);
    g_assert_no_error (error);
    g_assert_nonnull (fitted);
    g_assert_nonnull (estimator->free);
    g_assert_nonnull (estimator->fitted_on);
  } else {
    g_assert_null (estimator->fitted_on);
  }
  if (estimator->describe != NULL) {
    g_autofree char *words = estimator->describe (fitted);

    g_test_message ("%s: %s", estimator->id, words);
    g_assert_cmpuint (strlen (words), >, 0);
  }

  return fitted;
}

static void
unfit (const DubEstimator *estimator,
       gpointer            fitted)
{
  if (estimator->free != NULL)
    estimator->free (fitted);
}

/* The area by which the score orders failures above successes. */
static double
area (const Fixture    *fixture,
      const DubAnswers *answers,
      const double     *scores)
{
  g_autofree gboolean *failed = g_new (gboolean, answers->n_cases);

  for (size_t i = 0; i < answers->n_cases; i++)
    failed[i] = answers->predicted[i] != fixture->test.labels[i];

  return dub_auroc (scores, failed, answers->n_cases);
}

/* To the bit: alone, in any batch, in any order, for any number of threads, fitted twice. */
static void
test_alone (gconstpointer data)
{
  const DubEstimator *estimator = data;
  size_t n_classes = estimator->binary ? 2 : 3;
  g_autoptr (Fixture) fixture = fixture_new (n_classes, 120, 90, 70);
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (DubRun) other_run = dub_run_new (3);
  gpointer fitted = fit (estimator, fixture, run);
  gpointer again = fit (estimator, fixture, other_run);
  DubAnswers *all = fixture_answers (&fixture->test, NULL, 70);
  g_autofree double *expected = score (estimator, fitted, all, run);
  g_autofree double *threads = score (estimator, again, all, other_run);
  size_t reversed[70];
  gboolean differ = FALSE;

  g_assert_cmpmem (expected, 70 * sizeof (double), threads, 70 * sizeof (double));
  for (size_t i = 0; i < 70; i++) {
    DubAnswers *alone = fixture_answers (&fixture->test, &i, 1);
    g_autofree double *one = score (estimator, fitted, alone, NULL);

    g_assert_cmpfloat (one[0], ==, expected[i]);
    differ = differ || expected[i] != expected[0];
    fixture_answers_free (alone);
    reversed[i] = 69 - i;
  }
  g_assert_true (differ);

  DubAnswers *backwards = fixture_answers (&fixture->test, reversed, 70);
  g_autofree double *mirrored = score (estimator, fitted, backwards, other_run);

  for (size_t i = 0; i < 70; i++)
    g_assert_cmpfloat (mirrored[i], ==, expected[69 - i]);
  g_test_message ("%s finds failures with an area of %.3f", estimator->id, area (fixture, all, expected));
  fixture_answers_free (backwards);
  fixture_answers_free (all);
  unfit (estimator, fitted);
  unfit (estimator, again);
}

/* Whatever is named as needed is asked for in words when it is not there, and nothing crashes without it. */
static void
test_needs (gconstpointer data)
{
  const DubEstimator *estimator = data;
  g_autofree char *nothing = dub_estimator_missing (estimator, 0, estimator->binary ? 2 : 3);
  g_autofree char *everything = dub_estimator_missing (estimator, ~0u, estimator->binary ? 2 : 3);

  g_assert_null (everything);
  g_assert_cmpint (nothing != NULL, ==, estimator->needs != 0);
  if (nothing != NULL) {
    g_test_message ("%s", nothing);
    g_assert_true (g_str_has_suffix (nothing, "."));
  }
  if (estimator->binary) {
    g_autofree char *many = dub_estimator_missing (estimator, ~0u, 11);

    g_assert_nonnull (strstr (many, "11"));
  }

  if (estimator->fit != NULL) {
    const DubFitting empty = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_null (estimator->fit (&empty, &options, NULL, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  }

  /* Answers of one network, probabilities alone, no views. */
  const float p[] = { .5f, .5f };
  DubAnswers *bare = dub_answers_new (NULL, p, NULL, 1, 2, 0, NULL, 1, NULL, 1, NULL);
  g_autoptr (GError) error = NULL;
  double value;

  if (estimator->fit == NULL) {
    gboolean scored = estimator->score (NULL, &options, bare, &value, NULL, &error);

    g_assert_cmpint (scored, ==, estimator->needs == 0);
    if (!scored)
      g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  }
  dub_answers_free (bare);
}

static void
test_table (void)
{
  size_t n;
  const DubEstimator *estimators = dub_estimators (&n);

  for (size_t k = 0; k < n; k++) {
    g_assert_true (dub_estimator_find (estimators[k].id) == &estimators[k]);
    g_assert_nonnull (estimators[k].title);
    g_assert_nonnull (estimators[k].formula);
    g_assert_true (g_str_has_suffix (estimators[k].sentence, "."));
    g_assert_nonnull (estimators[k].score);
    g_assert_cmpint (estimators[k].views, >=, -1);
    g_assert_cmpint (estimators[k].views, <, DUB_N_VIEW_KINDS);
    /* What reads views of images needs the network, and only that does. */
    g_assert_cmpint (estimators[k].views >= 0, ==, (estimators[k].needs & DUB_NEEDS_NETWORK) != 0);
  }
  g_assert_null (dub_estimator_find ("no-such"));
}

int
main (int    argc,
      char **argv)
{
  size_t n;
  const DubEstimator *estimators = dub_estimators (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/estimators/table", test_table);
  for (size_t k = 0; k < n; k++) {
    g_autofree char *alone = g_strconcat ("/estimators/alone/", estimators[k].id, NULL);
    g_autofree char *needs = g_strconcat ("/estimators/needs/", estimators[k].id, NULL);

    g_test_add_data_func (alone, &estimators[k], test_alone);
    g_test_add_data_func (needs, &estimators[k], test_needs);
  }

  return g_test_run ();
}
