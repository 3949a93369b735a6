/* Failure detection where the answer is known in closed form. */
#include "core/uq/failure.h"

#include "core/base/rng.h"

static DubFailure *
measure (const double            *uncertainty,
         const gboolean          *correct,
         size_t                   n,
         const DubFailureOptions *options)
{
  g_autoptr (GError) error = NULL;
  DubFailureOptions few = options != NULL ? *options : (DubFailureOptions) { 0 };

  if (few.n_resamples == 0)
    few.n_resamples = 199;

  DubFailure *failure = dub_failure_measure (uncertainty, correct, n, &few, NULL, &error);

  g_assert_no_error (error);

  return failure;
}

/* @n_failures of @n cases fail, and all are ranked last. */
static DubFailure *
measure_perfect (size_t n,
                 size_t n_failures,
                 guint  n_resamples)
{
  g_autofree double *score = g_new (double, n);
  g_autofree gboolean *correct = g_new (gboolean, n);

  for (size_t i = 0; i < n; i++) {
    score[i] = (double) i;
    correct[i] = i < n - n_failures;
  }

  return measure (score, correct, n, &(DubFailureOptions) { .n_resamples = n_resamples });
}

static void
test_perfect (void)
{
  g_autoptr (DubFailure) failure = measure_perfect (1000, 100, 0);
  g_autoptr (DubFailure) many = measure_perfect (1000000, 100000, 1);
  double e = 0.1;

  g_assert_cmpfloat_with_epsilon (failure->augrc.value, 0.005, 1e-15);
  g_assert_cmpfloat_with_epsilon (many->aurc.value, e + (1.0 - e) * log (1.0 - e), 1e-7);
  g_assert_cmpfloat_with_epsilon (many->aurc.value, 0.0051755, 1e-7);
  g_assert_cmpfloat (failure->eaurc.value, ==, 0.0);
  g_assert_cmpfloat (failure->auroc.value, ==, 1.0);
  g_assert_cmpfloat (failure->fpr95.value, ==, 0.0);
  g_assert_cmpuint (failure->fpr95.n, ==, 0);
  g_assert_cmpuint (failure->fpr95.d, ==, 100);
  g_assert_cmpfloat (failure->zero_failure.value, ==, 0.9);
  g_assert_cmpint (failure->zero_failure_case, ==, 900);
  g_assert_cmpfloat (failure->point[DUB_POINT_BALANCED].balanced.value, ==, 1.0);
  g_assert_cmpfloat (failure->point[DUB_POINT_BALANCED].threshold, ==, 899.0);
  g_assert_false (failure->has_fitting);
}

/* AUGRC = (1 - AUROC) a (1 - a) + (1 - a)² / 2, with ties or without. */
static void
test_augrc_identity (void)
{
  enum { N = 157 };
  double score[N];
  gboolean correct[N];
  DubRng rng;

  dub_rng_init (&rng, 3, "test", 0);
  for (int digits = 0; digits < 3; digits++) {
    double grain = pow (10.0, digits), n_correct = 0.0;

    for (int i = 0; i < N; i++) {
      correct[i] = dub_rng_double (&rng) < 0.8;
      score[i] = round ((dub_rng_normal (&rng) + (correct[i] ? 0.0 : 0.7)) * grain) / grain;
      n_correct += correct[i];
    }

    g_autoptr (DubFailure) failure = measure (score, correct, N, NULL);
    double a = n_correct / N;

    g_assert_cmpfloat_with_epsilon (failure->augrc.value,
                                    (1.0 - failure->auroc.value) * a * (1.0 - a) + (1.0 - a) * (1.0 - a) / 2.0, 1e-15);
  }
}

/* One score for all: nothing can be told apart, and no order of the cases matters. */
static void
test_ties (void)
{
  const double same[] = { 2.0, 2.0, 2.0, 2.0 };
  const gboolean first[] = { FALSE, TRUE, TRUE, TRUE }, last[] = { TRUE, TRUE, TRUE, FALSE };
  g_autoptr (DubFailure) a = measure (same, first, 4, NULL);
  g_autoptr (DubFailure) b = measure (same, last, 4, NULL);

  g_assert_cmpuint (a->acceptance->n_points, ==, 2);
  g_assert_cmpfloat (a->auroc.value, ==, 0.5);
  g_assert_cmpfloat (a->aurc.value, ==, 0.25);
  g_assert_cmpfloat (a->aurc.value, ==, b->aurc.value);
  g_assert_cmpfloat (a->zero_failure.value, ==, 0.0);
  g_assert_cmpint (a->zero_failure_case, ==, 0);
  g_assert_cmpint (b->zero_failure_case, ==, 3);
  g_assert_true (isinf (a->point[DUB_POINT_SPECIFICITY].threshold));
  g_assert_cmpuint (a->point[DUB_POINT_SPECIFICITY].accepted.n, ==, 0);
  /* Accepting all and accepting nothing are equally balanced: more is accepted. */
  g_assert_cmpuint (a->point[DUB_POINT_BALANCED].accepted.n, ==, 4);

  const double groups[] = { 1.0, 1.0, 2.0, 2.0, 3.0 };
  const gboolean correct[] = { TRUE, TRUE, FALSE, TRUE, TRUE };
  g_autoptr (DubFailure) c = measure (groups, correct, 5, NULL);

  /* Risks 0, 1/4 and 1/5, for 2, 2 and 1 cases. */
  g_assert_cmpfloat_with_epsilon (c->aurc.value, (2.0 / 4.0 + 1.0 / 5.0) / 5.0, 1e-16);
  g_assert_cmpfloat_with_epsilon (c->eaurc.value, c->aurc.value - 1.0 / 25.0, 1e-16);
  g_assert_cmpfloat (c->auroc.value, ==, 2.5 / 4.0);
  g_assert_cmpuint (c->zero_failure.n, ==, 2);
  g_assert_cmpfloat (dub_acceptance_threshold_at_risk (c->acceptance, 0.0), ==, 1.0);
  g_assert_cmpfloat (dub_acceptance_threshold_at_risk (c->acceptance, 0.2), ==, 3.0);
  g_assert_cmpfloat (dub_acceptance_threshold_at_risk (c->acceptance, 0.19), ==, 1.0);
}

/* Source 000's 14 failures of 156: what specificity 1 is worth. */
static void
test_exact_limits (void)
{
  g_autoptr (DubFailure) failure = measure_perfect (156, 14, 0);
  const DubOperatingPoint *point = &failure->own_point[DUB_POINT_SPECIFICITY];

  g_assert_cmpuint (failure->zero_specificity.n, ==, 14);
  g_assert_cmpfloat_with_epsilon (failure->zero_specificity.low, pow (0.025, 1.0 / 14.0), 1e-9);
  g_assert_cmpfloat_with_epsilon (failure->zero_specificity.low, 0.7684, 5e-5);
  g_assert_cmpstr (point->specificity.method, ==, "Clopper-Pearson");
  g_assert_cmpfloat (point->specificity.low, ==, failure->zero_specificity.low);

  /* All 142 are accepted and all 14 rejected: no resample differs, and yet the limits are not 1. */
  g_assert_cmpfloat (point->balanced.value, ==, 1.0);
  g_assert_cmpfloat_with_epsilon (point->balanced.low,
                                  1.0 - hypot (1.0 - pow (0.025, 1.0 / 14.0), 1.0 - pow (0.025, 1.0 / 142.0)) / 2.0, 1e-9);
}

static void
test_no_failures (void)
{
  const double score[] = { 0.1, 0.2, 0.3 };
  const gboolean right[] = { TRUE, TRUE, TRUE }, wrong[] = { FALSE, FALSE, FALSE };
  g_autoptr (DubFailure) none = measure (score, right, 3, NULL);
  g_autoptr (DubFailure) all = measure (score, wrong, 3, NULL);

  g_assert_true (isnan (none->auroc.value));
  g_assert_cmpstr (none->auroc.method, ==, "none: there are no failures");
  g_assert_cmpstr (all->auroc.method, ==, "none: there are no correct answers");
  g_assert_true (isnan (none->fpr95.value));
  g_assert_true (isnan (none->point[DUB_POINT_BALANCED].specificity.value));
  g_assert_cmpstr (none->point[DUB_POINT_BALANCED].specificity.method, ==, "none: there are no failures");
  g_assert_true (isnan (none->point[DUB_POINT_BALANCED].balanced.value));
  g_assert_cmpstr (none->point[DUB_POINT_BALANCED].balanced.method, ==, "none: there are no failures");
  g_assert_cmpuint (none->point[DUB_POINT_BALANCED].accepted.n, ==, 3);
  g_assert_cmpuint (all->point[DUB_POINT_BALANCED].accepted.n, ==, 0);
  g_assert_cmpfloat (none->aurc.value, ==, 0.0);
  g_assert_true (isnan (none->aurc.high));
  g_assert_cmpfloat (all->aurc.value, ==, 1.0);
  g_assert_cmpint (none->zero_failure_case, ==, -1);
  g_assert_cmpfloat (none->zero_failure.value, ==, 1.0);
  g_assert_true (isnan (none->zero_specificity.value));
  g_assert_cmpint (all->zero_failure_case, ==, 0);
}

static void
test_errors (void)
{
  const double score[] = { 0.1, (double) NAN, (double) INFINITY };
  const gboolean correct[] = { TRUE, FALSE, TRUE };
  DubFailureOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (dub_failure_measure (score, correct, 3, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "case 1 is NaN"));
  g_clear_error (&error);
  g_assert_null (dub_failure_measure (score + 2, correct, 1, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_clear_error (&error);
  g_assert_null (dub_failure_measure (score, correct, 0, &options, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_SHAPE);
  g_clear_error (&error);

  g_autoptr (DubRun) run = dub_run_new (1);

  dub_run_cancel (run);
  g_assert_null (dub_failure_measure (score, correct, 1, &options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
}

static void
draw (double   *score,
      gboolean *correct,
      int      *patient,
      int       n)
{
  DubRng rng;

  dub_rng_init (&rng, 9, "test", 1);
  for (int i = 0; i < n; i++) {
    correct[i] = i % 2 == 0 ? dub_rng_double (&rng) < 0.7 : correct[i - 1];
    score[i] = i % 2 == 0 ? dub_rng_normal (&rng) + (correct[i] ? 0.0 : 1.0) : score[i - 1];
    patient[i] = i / 2;
  }
}

/* Every patient has the same case twice: as cases they would count as twice the evidence. */
static void
test_patients (void)
{
  enum { N = 200 };
  double score[N], single[N / 2];
  gboolean correct[N], single_correct[N / 2];
  int patient[N], alone[N];

  draw (score, correct, patient, N);
  for (int i = 0; i < N; i++) {
    alone[i] = i;
    single[i / 2] = score[i];
    single_correct[i / 2] = correct[i];
  }

  DubFailureOptions options = { .n_resamples = 1999, .groups = patient };
  g_autoptr (DubFailure) together = measure (score, correct, N, &options);
  g_autoptr (DubFailure) half = measure (single, single_correct, N / 2, &(DubFailureOptions) { .n_resamples = 1999 });

  options.groups = alone;

  g_autoptr (DubFailure) apart = measure (score, correct, N, &options);
  DubEstimate wide = together->auroc_bootstrap, narrow = apart->auroc_bootstrap, truth = half->auroc_bootstrap;

  g_assert_cmpfloat_with_epsilon (wide.value, truth.value, 1e-12);
  g_assert_cmpfloat_with_epsilon (wide.high - wide.low, truth.high - truth.low, 0.1 * (truth.high - truth.low));
  g_assert_cmpfloat (narrow.high - narrow.low, <, 0.85 * (truth.high - truth.low));
  g_assert_cmpstr (together->auroc.method, ==, "bootstrap (percentile, stratified, by patient)");
  g_assert_cmpstr (apart->auroc.method, ==, "DeLong (logit)");
  g_assert_cmpfloat_with_epsilon (together->zero_specificity.low, half->zero_specificity.low, 1e-12);
  g_assert_cmpuint (together->zero_specificity.n, ==, 2 * half->zero_specificity.n);
}

/* Thresholds of other cases; the same bits for any number of threads; the dragged point is the measured one. */
static void
test_thresholds (void)
{
  enum { N = 200 };
  double score[N];
  gboolean correct[N];
  int patient[N];

  draw (score, correct, patient, N);

  const double fit[] = { -5.0, -0.5, 0.25, 0.75, 9.0 };
  const gboolean fit_correct[] = { TRUE, TRUE, TRUE, FALSE, FALSE };
  DubFailureOptions options = {
    .n_resamples = 99, .fitting_scores = fit, .fitting_correct = fit_correct, .n_fitting = 5,
  };
  g_autoptr (DubFailure) one = measure (score, correct, N, &options);
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (DubFailure) two = dub_failure_measure (score, correct, N, &options, run, NULL);

  g_assert_true (one->has_fitting);
  g_assert_cmpuint (one->n_fitting_failures, ==, 2);
  for (int k = 0; k < 2; k++) {
    const DubOperatingPoint *point = &one->point[k];
    DubOperatingPoint dragged = dub_failure_point (one->acceptance, 0.25, 0.95);
    size_t accepted = 0;

    for (int i = 0; i < N; i++)
      accepted += score[i] <= 0.25;
    g_assert_cmpfloat (point->threshold, ==, 0.25);
    g_assert_cmpuint (point->accepted.n, ==, accepted);
    g_assert_cmpuint (dragged.accepted.n, ==, accepted);
    g_assert_cmpfloat (dragged.sensitivity.low, ==, point->sensitivity.low);
    g_assert_cmpfloat (point->balanced.low, <, point->balanced.value);
    g_assert_cmpfloat (two->point[k].balanced.low, ==, point->balanced.low);
  }
  g_assert_cmpuint (one->own_point[DUB_POINT_SPECIFICITY].failures_accepted.n, ==, 0);
  g_assert_cmpfloat (one->aurc.low, ==, two->aurc.low);
  g_assert_cmpfloat (one->auroc_bootstrap.high, ==, two->auroc_bootstrap.high);
  g_assert_cmpfloat (one->aurc.low, <, one->aurc.value);
  g_assert_cmpfloat (one->aurc.high, >, one->aurc.value);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/failure/perfect", test_perfect);
  g_test_add_func ("/failure/augrc-identity", test_augrc_identity);
  g_test_add_func ("/failure/ties", test_ties);
  g_test_add_func ("/failure/exact-limits", test_exact_limits);
  g_test_add_func ("/failure/no-failures", test_no_failures);
  g_test_add_func ("/failure/errors", test_errors);
  g_test_add_func ("/failure/patients", test_patients);
  g_test_add_func ("/failure/thresholds", test_thresholds);

  return g_test_run ();
}
