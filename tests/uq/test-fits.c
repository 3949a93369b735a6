/* What single estimators do at their edges: degenerate fits, few cases, missing classes, cases that are their own neighbours. */
#include "core/base/rng.h"
#include "core/stats/roc.h"

#include "fixture.h"

#include <math.h>
#include <string.h>

static const DubEstimatorOptions options = {
  .n_neighbours = 5, .variance = .8, .n_top_features = 6, .temperature = 1, .gps_starts = 4, .gps_groups = 2, .seed = 5,
};

static gpointer
fit (const char       *id,
     const DubFitting *fitting,
     char            **words)
{
  const DubEstimator *estimator = dub_estimator_find (id);
  g_autoptr (GError) error = NULL;
  gpointer fitted = estimator->fit (fitting, &options, NULL, &error);

  g_assert_no_error (error);
  if (words != NULL) {
    *words = estimator->describe (fitted);
    g_test_message ("%s: %s", id, *words);
  }

  return fitted;
}

static void
score (const char       *id,
       gconstpointer     fitted,
       const DubAnswers *cases,
       double           *scores)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_estimator_find (id)->score (fitted, &options, cases, scores, NULL, &error));
  g_assert_no_error (error);
}

/* Probabilities of class 1 of one network. */
static DubAnswers *
binary (const double *p,
        size_t        n)
{
  g_autofree float *both = g_new (float, 2 * n);
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < n; i++) {
    both[2 * i + 1] = (float) p[i];
    both[2 * i] = 1.0f - both[2 * i + 1];
  }

  DubAnswers *answers = dub_answers_new (NULL, both, NULL, n, 2, 0, NULL, 1, NULL, n, &error);

  g_assert_no_error (error);

  return answers;
}

/* Of two classes a temperature leaves the area as it is, to the bit, however sure the network is. */
static void
test_temperature_order (void)
{
  enum { N = 2000 };
  double p[N], plain[N], scaled[N];
  int labels[N];
  gboolean failed[N];
  DubRng rng;

  dub_rng_init (&rng, 1, "test-fits", 0);
  for (size_t i = 0; i < N; i++) {
    double z = 12.0 * dub_rng_normal (&rng);

    p[i] = 1.0 / (1.0 + exp (-z));
    labels[i] = dub_rng_double (&rng) < 1.0 / (1.0 + exp (-0.3 * z));
  }

  DubAnswers *answers = binary (p, N);
  const DubFitting fitting = { .calibration = answers, .calibration_labels = labels };
  g_autofree char *words = NULL;
  gpointer fitted = fit ("temperature", &fitting, &words);

  for (size_t i = 0; i < N; i++)
    failed[i] = answers->predicted[i] != labels[i];
  score ("msr", NULL, answers, plain);
  score ("temperature", fitted, answers, scaled);
  g_assert_cmpfloat (dub_auroc (plain, failed, N), ==, dub_auroc (scaled, failed, N));
  g_assert_cmpfloat (dub_auroc (plain, failed, N), >, 0.6);
  score ("dhl", NULL, answers, scaled);
  g_assert_cmpfloat (dub_auroc (plain, failed, N), ==, dub_auroc (scaled, failed, N));
  dub_estimator_find ("temperature")->free (fitted);
  dub_answers_free (answers);
}

/* Every answer right, every answer wrong: said, and not applied. */
static void
test_degenerate (void)
{
  const double p[] = { .1, .3, .7, .9, .2, .8 };
  const int right[] = { 0, 0, 1, 1, 0, 1 }, wrong[] = { 1, 1, 0, 0, 1, 0 };
  const char *const ids[] = { "temperature", "platt", "isotonic", "beta" };
  DubAnswers *answers = binary (p, 6);
  double plain[6], scores[6];

  score ("msr", NULL, answers, plain);
  for (size_t k = 0; k < G_N_ELEMENTS (ids); k++)
    for (int is_wrong = 0; is_wrong < 2; is_wrong++) {
      const DubFitting fitting = { .calibration = answers, .calibration_labels = is_wrong ? wrong : right };
      g_autofree char *words = NULL;
      gpointer fitted = fit (ids[k], &fitting, &words);
      /* Platt's targets keep him finite. */
      gboolean finite = strcmp (ids[k], "platt") == 0 && !is_wrong;

      g_assert_nonnull (strstr (words, "from 6 cases only"));
      g_assert_cmpint (strstr (words, "not applied") == NULL, ==, finite);
      score (ids[k], fitted, answers, scores);
      for (size_t i = 0; i < 6 && !finite; i++)
        g_assert_cmpfloat_with_epsilon (scores[i], plain[i], 1e-7);
      dub_estimator_find (ids[k])->free (fitted);
    }
  dub_answers_free (answers);
}

/* A class that no calibration case has, and one that no training case has, are said; every case has its scores all the same. */
static void
test_absent_class (void)
{
  g_autoptr (Fixture) fixture = fixture_new (3, 90, 60, 30);
  const char *const ids[] = { "temperature", "platt", "isotonic", "beta", "gps", "knn-all", "knn-shap", "mahalanobis" };
  const char *const said[] = { NULL, "class 2: no calibration case has it", "class 2: no calibration case has it",
                               "class 2: no calibration case has it", NULL, NULL, "no two different training cases",
                               "without a training case" };
  DubAnswers *test = fixture_answers (&fixture->test, NULL, 30);
  double scores[30];

  for (size_t i = 0; i < 60; i++)
    fixture->calibration.labels[i] = MIN (fixture->calibration.labels[i], 1);
  for (size_t i = 0; i < 90; i++)
    fixture->training.labels[i] = MIN (fixture->training.labels[i], 1);
  for (size_t k = 0; k < G_N_ELEMENTS (ids); k++) {
    g_autofree char *words = NULL;
    gpointer fitted = fit (ids[k], &fixture->fitting, &words);

    if (said[k] != NULL)
      g_assert_nonnull (strstr (words, said[k]));
    score (ids[k], fitted, test, scores);
    for (size_t i = 0; i < 30; i++)
      g_assert_true (isfinite (scores[i]));
    dub_estimator_find (ids[k])->free (fitted);
  }
  fixture_answers_free (test);
}

/* A training case is not its own neighbour; as a new case it would be, at no distance. */
static void
test_own_neighbour (void)
{
  g_autoptr (Fixture) fixture = fixture_new (3, 60, 40, 10);
  const DubEstimatorOptions one = { .n_neighbours = 1, .variance = .8, .n_top_features = 6 };
  const char *const ids[] = { "knn-all", "knn-shap" };
  DubAnswers *answers = fixture_answers (&fixture->training, NULL, 60);
  double scores[60];

  for (size_t k = 0; k < 2; k++) {
    const DubEstimator *estimator = dub_estimator_find (ids[k]);
    g_autoptr (GError) error = NULL;
    gpointer fitted = estimator->fit (&fixture->fitting, &one, NULL, &error);
    size_t n_zero = 0;

    g_assert_no_error (error);
    answers->reference = NULL;
    g_assert_true (estimator->score (fitted, &one, answers, scores, NULL, NULL));
    for (size_t i = 0; i < 60; i++)
      n_zero += scores[i] == 0.0;
    /* In the space of its answer a training case stands only where that is its label. */
    g_assert_cmpuint (n_zero, >=, k == 0 ? 60 : 30);

    answers->reference = fixture->own;
    g_assert_true (estimator->score (fitted, &one, answers, scores, NULL, NULL));
    for (size_t i = 0; i < 60; i++)
      g_assert_cmpfloat (scores[i], >, 0.0);
    estimator->free (fitted);
  }
  fixture_answers_free (answers);
}

/* More neighbours than there are training cases: all of them. */
static void
test_few_neighbours (void)
{
  g_autoptr (Fixture) fixture = fixture_new (3, 9, 40, 5);
  const char *const ids[] = { "knn-all", "knn-shap" };
  DubAnswers *test = fixture_answers (&fixture->test, NULL, 5);

  for (size_t k = 0; k < 2; k++) {
    const DubEstimator *estimator = dub_estimator_find (ids[k]);
    double all[5], more[5];
    gpointer fitted = fit (ids[k], &fixture->fitting, NULL);

    for (int is_more = 0; is_more < 2; is_more++) {
      const DubEstimatorOptions many = { .n_neighbours = is_more ? 500 : k == 0 ? 9 : 3, .variance = .8, .n_top_features = 6 };

      g_assert_true (estimator->score (fitted, &many, test, is_more ? more : all, NULL, NULL));
    }
    g_assert_cmpmem (all, sizeof all, more, sizeof more);
    estimator->free (fitted);
  }
  fixture_answers_free (test);
}

/* What takes long ends when it is cancelled; nothing else is ever said then. */
static void
test_cancelled (void)
{
  g_autoptr (Fixture) fixture = fixture_new (3, 60, 40, 10);
  g_autoptr (DubRun) run = dub_run_new (2);
  const char *const slow[] = { "gps", "knn-all", "knn-shap", "mahalanobis", "platt", "beta", "temperature" };
  DubAnswers *test = fixture_answers (&fixture->test, NULL, 10);
  double scores[10];

  dub_run_cancel (run);
  for (size_t k = 0; k < G_N_ELEMENTS (slow); k++) {
    const DubEstimator *estimator = dub_estimator_find (slow[k]);
    g_autoptr (GError) error = NULL;

    g_assert_null (estimator->fit (&fixture->fitting, &options, run, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
    g_clear_error (&error);
    if (k == 0 || k > 3)
      continue;

    gpointer fitted = fit (slow[k], &fixture->fitting, NULL);

    g_assert_false (estimator->score (fitted, &options, test, scores, run, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
    estimator->free (fitted);
  }
  fixture_answers_free (test);
}

/* Features that are no numbers are named by their case; views that are lacking by their policy. */
static void
test_refused (void)
{
  g_autoptr (Fixture) fixture = fixture_new (3, 60, 40, 10);
  const char *const ids[] = { "knn-all", "knn-shap", "mahalanobis" };
  DubAnswers *test = fixture_answers (&fixture->test, NULL, 10);
  gpointer gps = fit ("gps", &fixture->fitting, NULL);
  g_autoptr (GArray) policies = dub_estimator_find ("gps")->policies (gps);
  guint few[] = { 100, 101 };
  double scores[10];
  g_autoptr (GError) error = NULL;

  for (size_t k = 0; k < 3; k++) {
    gpointer fitted = fit (ids[k], &fixture->fitting, NULL);
    float *feature = (float *) test->features + 4 * FIXTURE_FEATURES + 2;
    float kept = *feature;

    *feature = (float) NAN;
    g_assert_false (dub_estimator_find (ids[k])->score (fitted, &options, test, scores, NULL, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, "case 4"));
    g_clear_error (&error);
    *feature = kept;
    dub_estimator_find (ids[k])->free (fitted);
  }

  g_assert_cmpuint (policies->len, >=, 2);
  for (guint k = 1; k < policies->len; k++)
    g_assert_cmpuint (g_array_index (policies, guint, k), >, g_array_index (policies, guint, k - 1));
  test->views[DUB_VIEWS_POOL].policy = few;
  test->views[DUB_VIEWS_POOL].n_views = 2;
  g_assert_false (dub_estimator_find ("gps")->score (gps, &options, test, scores, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "policy"));
  dub_estimator_find ("gps")->free (gps);
  fixture_answers_free (test);
}

/* Views may hold only the policies that were chosen, in any order: the score is the same to the bit. */
static void
test_some_policies (void)
{
  g_autoptr (Fixture) fixture = fixture_new (3, 60, 60, 20);
  gpointer gps = fit ("gps", &fixture->fitting, NULL);
  g_autoptr (GArray) policies = dub_estimator_find ("gps")->policies (gps);
  DubAnswers *test = fixture_answers (&fixture->test, NULL, 20);
  g_autofree float *some = g_new (float, policies->len * 60);
  g_autofree guint *names = g_new (guint, policies->len);
  double expected[20], scores[20];
  const float *all = test->views[DUB_VIEWS_POOL].probabilities;

  score ("gps", gps, test, expected);
  for (guint k = 0; k < policies->len; k++) {
    names[k] = g_array_index (policies, guint, policies->len - 1 - k);
    memcpy (some + k * 60, all + names[k] * 60, 60 * sizeof (float));
  }
  test->views[DUB_VIEWS_POOL] = (DubViews) { .n_views = policies->len, .policy = names, .probabilities = some };
  score ("gps", gps, test, scores);
  g_assert_cmpmem (scores, sizeof scores, expected, sizeof expected);
  test->views[DUB_VIEWS_POOL].probabilities = all;
  dub_estimator_find ("gps")->free (gps);
  fixture_answers_free (test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fits/temperature-order", test_temperature_order);
  g_test_add_func ("/fits/degenerate", test_degenerate);
  g_test_add_func ("/fits/absent-class", test_absent_class);
  g_test_add_func ("/fits/own-neighbour", test_own_neighbour);
  g_test_add_func ("/fits/few-neighbours", test_few_neighbours);
  g_test_add_func ("/fits/cancelled", test_cancelled);
  g_test_add_func ("/fits/refused", test_refused);
  g_test_add_func ("/fits/some-policies", test_some_policies);

  return g_test_run ();
}
