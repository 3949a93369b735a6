/* Answers, and the scores that read nothing else, against values worked out by hand. */
#include "core/uq/estimator.h"

#include <math.h>
#include <string.h>

static const DubEstimatorOptions options = { .temperature = 2.0 };

static void
expect (const char       *id,
        const DubAnswers *answers,
        const double     *expected)
{
  g_autofree double *scores = g_new (double, answers->n_cases);
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_estimator_find (id)->score (NULL, &options, answers, scores, NULL, &error));
  g_assert_no_error (error);
  for (size_t i = 0; i < answers->n_cases; i++)
    g_assert_cmpfloat_with_epsilon (scores[i], expected[i], 1e-7);
}

static void
test_new (void)
{
  /* Three networks, four cases, two classes; features say which network and case they are of. */
  float p[24], features[12];
  const size_t models[] = { 2, 0 }, cases[] = { 3, 1, 3 };
  g_autoptr (GError) error = NULL;

  for (size_t k = 0; k < 12; k++) {
    p[2 * k] = (float) k / 16.0f;
    p[2 * k + 1] = 1.0f - p[2 * k];
    features[k] = (float) k;
  }

  g_autoptr (DubAnswers) all = dub_answers_new (NULL, p, features, 4, 2, 1, NULL, 3, NULL, 4, &error);
  g_autoptr (DubAnswers) some = dub_answers_new (p, p, features, 4, 2, 1, models, 2, cases, 3, &error);

  g_assert_no_error (error);
  g_assert_null (all->logits);
  g_assert_cmpfloat (all->mean[0], ==, (0.0f + 4.0f + 8.0f) / 48.0f);
  g_assert_cmpint (all->predicted[0], ==, 1);
  g_assert_cmpuint (some->n_models, ==, 2);
  g_assert_cmpuint (some->n_cases, ==, 3);
  g_assert_cmpfloat (some->features[0], ==, 11.0f);
  g_assert_cmpfloat (some->features[4], ==, 1.0f);
  g_assert_cmpfloat (some->logits[0], ==, 11.0f / 16.0f);
  g_assert_cmpfloat (some->mean[0], ==, 7.0f / 16.0f);
  /* They are copies. */
  p[22] = 0.0f;
  g_assert_cmpfloat (some->logits[0], ==, 11.0f / 16.0f);
}

/* The class of (.4, .35, .25) is 0, of (.25, .4, .35) is 1, and of equal ones the first. */
static void
test_predicted (void)
{
  const float p[] = { .4f, .35f, .25f, .25f, .4f, .35f, .2f, .4f, .4f };
  g_autoptr (DubAnswers) answers = dub_answers_new (NULL, p, NULL, 3, 3, 0, NULL, 1, NULL, 3, NULL);

  g_assert_cmpint (answers->predicted[0], ==, 0);
  g_assert_cmpint (answers->predicted[1], ==, 1);
  g_assert_cmpint (answers->predicted[2], ==, 1);
}

static void
test_refused (void)
{
  float p[] = { .5f, .5f, .5f, .5f };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_answers_new (NULL, p, NULL, 2, 2, 0, NULL, 1, NULL, 0, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (dub_answers_new (NULL, p, NULL, 4, 1, 0, NULL, 1, NULL, 4, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);
  p[3] = .4f;
  g_assert_null (dub_answers_new (NULL, p, NULL, 2, 2, 0, NULL, 1, NULL, 2, &error));
  g_assert_cmpstr (error->message, ==,
                   "The probabilities that network 0 gives case 1 add up to 0.9; expected 1 (or are these logits?).");
  g_clear_error (&error);
  p[2] = (float) NAN;
  g_assert_null (dub_answers_new (NULL, p, NULL, 2, 2, 0, NULL, 1, NULL, 2, &error));
  g_assert_cmpstr (error->message, ==,
                   "The probability of class 0 that network 0 gives case 1 is nan; expected a number from 0 to 1.");
}

static void
test_outputs (void)
{
  const float p[] = { .7f, .2f, .1f, .25f, .25f, .5f, 1.0f, 0.0f, 0.0f };
  const float z[] = { 1.0f, 2.0f, 3.0f, -1.0f, -1.0f, -1.0f, 500.0f, -500.0f, 0.0f };
  g_autoptr (DubAnswers) answers = dub_answers_new (z, p, NULL, 3, 3, 0, NULL, 1, NULL, 3, NULL);

  expect ("msr", answers, (const double[]) { .3, .5, .0 });
  expect ("entropy", answers, (const double[]) { .8018185525433373, 1.0397207708399179, 0.0 });
  expect ("margin", answers, (const double[]) { .5, .75, 0.0 });
  expect ("max-logit", answers, (const double[]) { -3.0, 1.0, -500.0 });
  expect ("energy", answers, (const double[]) {
    -2.0 * log (exp (.5) + exp (1.0) + exp (1.5)), 1.0 - 2.0 * log (3.0), -500.0 });
}

/* DHL (.1, .5, .9) = (.1, .5, .1). */
static void
test_dhl (void)
{
  const float p[] = { .9f, .1f, .5f, .5f, .1f, .9f };
  const float three[] = { 1.0f, 0.0f, 0.0f };
  g_autoptr (DubAnswers) answers = dub_answers_new (NULL, p, NULL, 3, 2, 0, NULL, 1, NULL, 3, NULL);
  g_autoptr (DubAnswers) many = dub_answers_new (NULL, three, NULL, 1, 3, 0, NULL, 1, NULL, 1, NULL);
  g_autoptr (GError) error = NULL;
  double value;

  expect ("dhl", answers, (const double[]) { .1, .5, .1 });
  g_assert_false (dub_estimator_find ("dhl")->score (NULL, &options, many, &value, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
}

static void
test_ensemble (void)
{
  /* Case 0: both networks say (.5, .5); case 1: each is certain of another class; case 2: (.8, .2) and (.6, .4). */
  const float p[] = { .5f, .5f, 1.0f, 0.0f, .8f, .2f, .5f, .5f, 0.0f, 1.0f, .6f, .4f };
  g_autoptr (DubAnswers) answers = dub_answers_new (NULL, p, NULL, 3, 2, 0, NULL, 2, NULL, 3, NULL);
  double ln2 = log (2.0);
  double whole = -.7 * log (.7) - .3 * log (.3);
  double parts = -.5 * (.8 * log (.8) + .2 * log (.2) + .6 * log (.6) + .4 * log (.4));

  expect ("ensemble-sd", answers, (const double[]) { 0.0, .5, .1 });
  expect ("predictive-entropy", answers, (const double[]) { ln2, ln2, whole });
  expect ("expected-entropy", answers, (const double[]) { ln2, 0.0, parts });
  expect ("mutual-information", answers, (const double[]) { 0.0, ln2, whole - parts });
  expect ("variation-ratio", answers, (const double[]) { 0.0, .5, 0.0 });
}

static void
test_bad_logit (void)
{
  const float p[] = { .5f, .5f, .5f, .5f };
  const float z[] = { 0.0f, 1.0f, (float) NAN, 1.0f };
  g_autoptr (DubAnswers) answers = dub_answers_new (z, p, NULL, 2, 2, 0, NULL, 1, NULL, 2, NULL);
  const char *const ids[] = { "max-logit", "energy" };
  double scores[2];

  for (size_t k = 0; k < 2; k++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (dub_estimator_find (ids[k])->score (NULL, &options, answers, scores, NULL, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
    g_assert_nonnull (strstr (error->message, "case 1"));
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/answers/new", test_new);
  g_test_add_func ("/answers/predicted", test_predicted);
  g_test_add_func ("/answers/refused", test_refused);
  g_test_add_func ("/answers/outputs", test_outputs);
  g_test_add_func ("/answers/dhl", test_dhl);
  g_test_add_func ("/answers/ensemble", test_ensemble);
  g_test_add_func ("/answers/bad-logit", test_bad_logit);

  return g_test_run ();
}
