#include "core/uq/failure.h"

#include "core/stats/bootstrap.h"
#include "core/stats/delong.h"

#include <stdlib.h>

static const char *const NO_FAILURES = "none: there are no failures";
static const char *const NO_CORRECT = "none: there are no correct answers";

/* A bootstrap walks this ten thousand times, so a place is four bytes: index of the case · 4 + failed · 2 + whether no later
 * place has this score. */
#define MAX_CASES (G_MAXUINT32 / 4)
#define FAILED 2u
#define LAST   1u

/* Balanced, specificity 1, and both as chosen on the measured cases. */
enum { N_CUTS = 4 };

typedef struct {
  size_t    n_cases;     /* N */
  size_t    n_failures;
  uint32_t *place;       /* [N] by rising uncertainty */
  size_t    cut[N_CUTS]; /* places accepted at each operating point */
  double    confidence;
  const int *groups;     /* (nullable): only where patients have several cases */
  const gboolean *correct;
  size_t    n_correct_units, n_failure_units; /* patients who have such a case; cases, where there are no patients */
} Sample;

typedef struct {
  double score;
  size_t index;
} Entry;

static int
compare_entry (const void *a,
               const void *b)
{
  const Entry *x = a, *y = b;

  if (x->score != y->score)
    return x->score < y->score ? -1 : 1;

  return (x->index > y->index) - (x->index < y->index);
}

static void
rank_cases (Sample       *self,
            const double *uncertainty)
{
  g_autofree Entry *entry = g_new (Entry, self->n_cases);

  for (size_t i = 0; i < self->n_cases; i++)
    entry[i] = (Entry) { uncertainty[i], i };
  qsort (entry, self->n_cases, sizeof *entry, compare_entry);
  self->place = g_new (uint32_t, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++) {
    gboolean last = i + 1 == self->n_cases || entry[i + 1].score > entry[i].score;

    self->place[i] = (uint32_t) entry[i].index * 4 + (self->correct[entry[i].index] ? 0 : FAILED) + (last ? LAST : 0);
  }
}

/* Patients among the cases with the given outcome. */
static size_t
count_units (const Sample *self,
             gboolean      correct)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_direct_hash, g_direct_equal);
  size_t n = 0;

  for (size_t i = 0; i < self->n_cases; i++)
    if (!self->correct[i] == !correct)
      n += self->groups == NULL || g_hash_table_add (seen, GINT_TO_POINTER (self->groups[i]));

  return n;
}

/* --- what depends on the share of failures: plain resamples --- */

enum { AURC, EAURC, AUGRC, N_PLAIN };

/* Mean risk of a ranking that puts every failure last: E-AURC is what a ranking has beyond it. Its limit for many cases is
 * e + (1 - e) ln (1 - e), e the share of failures. */
static double
optimal_aurc (size_t n_cases,
              size_t n_failures)
{
  double sum = 0.0;

  for (size_t i = n_cases - n_failures + 1; i <= n_cases; i++)
    sum += (double) (i - (n_cases - n_failures)) / (double) i;

  return sum / (double) n_cases;
}

static void
measure_plain_cb (const DubResample *resample,
                  double            *values,
                  gpointer           user_data)
{
  const Sample *self = user_data;
  guint64 accepted = 0, failures = 0;    /* up to this score … */
  guint64 before = 0, failed_before = 0; /* … and to the one before */
  guint64 twice_area = 0;                /* Σ cases of a score · (failures before + with it): trapezia in whole numbers */
  double risk = 0.0;

  for (size_t i = 0; i < self->n_cases; i++) {
    uint32_t place = self->place[i];
    guint64 n = resample->count[place / 4];

    accepted += n;
    failures += n & -(guint64) ((place & FAILED) / FAILED);
    if ((place & LAST) && accepted > before) {
      risk += (double) ((accepted - before) * failures) / (double) accepted;
      twice_area += (accepted - before) * (failed_before + failures);
      before = accepted;
      failed_before = failures;
    }
  }

  double n = (double) resample->n;

  values[AURC] = risk / n;
  values[EAURC] = values[AURC] - optimal_aurc (resample->n, (size_t) failures);
  values[AUGRC] = (double) twice_area / (2.0 * n * n);
}

/* --- what depends on the order and the points alone: resamples that keep the number of failures --- */

enum { AREA, FPR95, SENSITIVITY, SPECIFICITY = SENSITIVITY + N_CUTS, BALANCED = SPECIFICITY + N_CUTS,
       N_STRATIFIED = BALANCED + N_CUTS };

static void
measure_stratified_cb (const DubResample *resample,
                       double            *values,
                       gpointer           user_data)
{
  const Sample *self = user_data;
  guint64 n_correct = 0, n_failures = 0;
  guint64 correct = 0, failures = 0, correct_before = 0, failed_before = 0;
  guint64 twice_won = 0; /* pairs in the right order count 2, tied ones 1 */
  guint64 cut_correct[N_CUTS] = { 0 }, cut_failures[N_CUTS] = { 0 };
  gboolean reached = FALSE;

  for (size_t i = 0; i < self->n_cases; i++)
    n_correct += self->correct[i] ? resample->count[i] : 0;
  n_failures = resample->n - n_correct;
  values[FPR95] = (double) NAN;

  for (size_t i = 0; i < self->n_cases; i++) {
    uint32_t place = self->place[i];
    guint64 n = resample->count[place / 4];
    guint64 n_failed = n & -(guint64) ((place & FAILED) / FAILED);

    correct += n - n_failed;
    failures += n_failed;
    if (!(place & LAST))
      continue;
    twice_won += (failures - failed_before) * (correct + correct_before);
    correct_before = correct;
    failed_before = failures;
    for (int c = 0; c < N_CUTS; c++)
      if (self->cut[c] == i + 1) {
        cut_correct[c] = correct;
        cut_failures[c] = failures;
      }
    if (!reached && correct * 20 >= n_correct * 19 && n_correct > 0 && n_failures > 0) {
      values[FPR95] = (double) failures / (double) n_failures;
      reached = TRUE;
    }
  }

  double pairs = 2.0 * (double) n_correct * (double) n_failures;

  values[AREA] = pairs > 0.0 ? (double) twice_won / pairs : (double) NAN;
  for (int c = 0; c < N_CUTS; c++) {
    values[SENSITIVITY + c] = dub_rate_value ((DubRate) { cut_correct[c], n_correct });
    values[SPECIFICITY + c] = dub_rate_value ((DubRate) { n_failures - cut_failures[c], n_failures });
    values[BALANCED + c] = (values[SENSITIVITY + c] + values[SPECIFICITY + c]) / 2.0;
  }
}

/* --- from the resamples to the estimates --- */

/* The exact interval of a rate that nothing or everything fulfils, counted in patients where cases depend on each other. */
static DubEstimate
exact_rate (DubRate rate,
            size_t  n_units,
            double  confidence)
{
  DubRate units = { rate.n == 0 ? 0 : n_units, n_units };
  DubEstimate estimate = dub_rate_clopper_pearson (units, confidence);

  estimate.n = rate.n;
  estimate.d = rate.d;
  if (n_units != rate.d)
    estimate.method = "Clopper-Pearson, by patient";

  return estimate;
}

/* Resamples of a rate of patients; the rest stands already (dub_failure_point). */
static void
regroup_rate (const Sample       *self,
              const DubBootstrap *stratified,
              size_t              statistic,
              size_t              n_units,
              DubRate             rate,
              DubEstimate        *estimate)
{
  if (self->groups == NULL || rate.d == 0)
    return;
  if (rate.n == 0 || rate.n == rate.d) {
    *estimate = exact_rate (rate, n_units, self->confidence);
    return;
  }
  *estimate = dub_bootstrap_interval (stratified, statistic, DUB_INTERVAL_PERCENTILE, self->confidence);
  estimate->n = rate.n;
  estimate->d = rate.d;
}

/* Resamples of 14 of 14 are 14 of 14, so that a bootstrap would take the rate for known; then the distances from the rates to
 * their limits are added as squares (Zou & Donner 2008). */
static DubEstimate
balanced_estimate (const DubOperatingPoint *point,
                   const DubBootstrap      *stratified,
                   int                      c,
                   double                   confidence)
{
  DubEstimate a = point->sensitivity, b = point->specificity;

  if (isnan (a.value) || isnan (b.value))
    return dub_estimate_undefined (isnan (a.value) ? NO_CORRECT : NO_FAILURES);
  if (a.n > 0 && a.n < a.d && b.n > 0 && b.n < b.d)
    return dub_bootstrap_interval (stratified, BALANCED + (size_t) c, DUB_INTERVAL_PERCENTILE, confidence);

  double value = (a.value + b.value) / 2.0;

  return (DubEstimate) {
    .value = value,
    .low = MAX (value - hypot (a.value - a.low, b.value - b.low) / 2.0, 0.0),
    .high = MIN (value + hypot (a.high - a.value, b.high - b.value) / 2.0, 1.0),
    .method = "squares of the rates' limits added (Zou & Donner)",
  };
}

static DubOperatingPoint
finish_point (const Sample        *self,
              const DubBootstrap  *stratified,
              const DubAcceptance *acceptance,
              double               threshold,
              int                  c)
{
  DubOperatingPoint point = dub_failure_point (acceptance, threshold, self->confidence);

  regroup_rate (self, stratified, SENSITIVITY + (size_t) c, self->n_correct_units, point.correct_accepted, &point.sensitivity);
  regroup_rate (self, stratified, SPECIFICITY + (size_t) c, self->n_failure_units, point.failures_rejected, &point.specificity);
  point.balanced = balanced_estimate (&point, stratified, c, self->confidence);

  return point;
}

/* What is 0 because nothing failed has no interval that resamples could show. */
static DubEstimate
plain_estimate (const Sample       *self,
                const DubBootstrap *plain,
                size_t              statistic)
{
  DubEstimate estimate = dub_bootstrap_interval (plain, statistic, DUB_INTERVAL_PERCENTILE, self->confidence);

  if (self->n_failures == 0) {
    estimate = dub_estimate_undefined (NO_FAILURES);
    estimate.value = plain->value[statistic];
  }

  return estimate;
}

static gboolean
measure_areas (DubFailure          *result,
               const Sample        *self,
               const double        *uncertainty,
               const DubBootstrap  *stratified,
               const DubAcceptance *acceptance,
               GError             **error)
{
  if (self->n_failures == 0 || self->n_failures == self->n_cases) {
    result->auroc = result->auroc_bootstrap = result->fpr95 =
      dub_estimate_undefined (self->n_failures == 0 ? NO_FAILURES : NO_CORRECT);
    return TRUE;
  }

  g_autofree double *certainty = g_new (double, self->n_cases);

  for (size_t i = 0; i < self->n_cases; i++)
    certainty[i] = -uncertainty[i];

  g_autoptr (DubDelong) delong = dub_delong_new (certainty, self->correct, self->n_cases, error);

  if (delong == NULL)
    return FALSE;
  result->auroc_bootstrap = dub_bootstrap_interval (stratified, AREA, DUB_INTERVAL_PERCENTILE, self->confidence);
  result->auroc = self->groups != NULL ? result->auroc_bootstrap : dub_delong_estimate (delong, self->confidence);
  result->fpr95 = dub_bootstrap_interval (stratified, FPR95, DUB_INTERVAL_PERCENTILE, self->confidence);
  result->fpr95.d = self->n_failures;
  for (size_t k = acceptance->n_points; k-- > 0;)
    if ((acceptance->accepted[k] - acceptance->failures[k]) * 20 >= (self->n_cases - self->n_failures) * 19)
      result->fpr95.n = acceptance->failures[k];

  return TRUE;
}

/* The limiting case: everything that is surer than the surest failure. */
static void
measure_zero_failure (DubFailure          *result,
                      const Sample        *self,
                      const DubAcceptance *acceptance)
{
  DubRate covered = { acceptance->accepted[dub_acceptance_choose (acceptance, DUB_POINT_SPECIFICITY)], self->n_cases };
  DubRate rejected = { self->n_failures, self->n_failures };
  size_t first = G_MAXSIZE;

  result->zero_failure = dub_rate_clopper_pearson (covered, self->confidence);
  result->zero_failure_case = -1;
  if (self->n_failures == 0) {
    result->zero_specificity = dub_estimate_undefined (NO_FAILURES);
    return;
  }

  /* Of failures with one score the first in the order of the cases. */
  for (size_t i = 0; i < self->n_cases && first == G_MAXSIZE; i++)
    if (self->place[i] & FAILED)
      first = self->place[i] / 4;
  result->zero_failure_case = (gssize) first;
  result->zero_specificity = exact_rate (rejected, self->n_failure_units, self->confidence);
}

static gboolean
fill (DubFailure   *result,
      Sample       *self,
      const double *uncertainty,
      const double  threshold[N_CUTS],
      const DubFailureOptions *options,
      DubRun       *run,
      GError      **error)
{
  const DubAcceptance *acceptance = result->acceptance;
  g_autofree int *failed = g_new (int, self->n_cases);

  for (size_t i = 0; i < self->n_cases; i++)
    failed[i] = !self->correct[i];
  for (int c = 0; c < N_CUTS; c++)
    self->cut[c] = dub_failure_point (acceptance, threshold[c], self->confidence).accepted.n;

  DubBootstrapDesign design = {
    .n_cases = self->n_cases,
    .groups = self->groups,
    .n_resamples = options->n_resamples,
    .seed = options->seed,
    .counts_alone = TRUE,
  };
  g_autoptr (DubBootstrap) plain = dub_bootstrap_new (&design, measure_plain_cb, N_PLAIN, self, run, error);

  if (plain == NULL)
    return FALSE;
  design.strata = failed;

  g_autoptr (DubBootstrap) stratified =
    dub_bootstrap_new (&design, measure_stratified_cb, N_STRATIFIED, self, run, error);

  if (stratified == NULL || !measure_areas (result, self, uncertainty, stratified, acceptance, error))
    return FALSE;

  result->aurc = plain_estimate (self, plain, AURC);
  result->eaurc = plain_estimate (self, plain, EAURC);
  result->augrc = plain_estimate (self, plain, AUGRC);
  for (int c = 0; c < 2; c++) {
    result->point[c] = finish_point (self, stratified, acceptance, threshold[c], c);
    result->own_point[c] = finish_point (self, stratified, acceptance, threshold[c + 2], c + 2);
  }
  measure_zero_failure (result, self, acceptance);

  return TRUE;
}

static gboolean
choose_thresholds (DubFailure              *result,
                   const DubFailureOptions *options,
                   double                   threshold[N_CUTS],
                   GError                 **error)
{
  g_autoptr (DubAcceptance) fitting = NULL;

  if (options->n_fitting > 0 && options->fitting_scores != NULL) {
    fitting = dub_acceptance_new (options->fitting_scores, options->fitting_correct, options->n_fitting, error);
    if (fitting == NULL) {
      g_prefix_error (error, "Of the cases that thresholds are chosen on: ");
      return FALSE;
    }
    result->has_fitting = TRUE;
    result->n_fitting = fitting->n_cases;
    result->n_fitting_failures = fitting->n_failures;
  }
  for (int c = 0; c < 2; c++) {
    const DubAcceptance *own = result->acceptance;
    const DubAcceptance *chosen = fitting != NULL ? fitting : own;

    threshold[c] = chosen->threshold[dub_acceptance_choose (chosen, (DubPointKind) c)];
    threshold[c + 2] = own->threshold[dub_acceptance_choose (own, (DubPointKind) c)];
  }

  return TRUE;
}

DubFailure *
dub_failure_measure (const double            *uncertainty,
                     const gboolean          *correct,
                     size_t                   n_cases,
                     const DubFailureOptions *options,
                     DubRun                  *run,
                     GError                 **error)
{
  if (n_cases > MAX_CASES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "There are %zu cases; expected at most %u.", n_cases, MAX_CASES);
    return NULL;
  }
  if (!(options->confidence >= 0.0 && options->confidence < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The confidence of the intervals is %g; expected a number between 0 and 1.", options->confidence);
    return NULL;
  }

  g_autoptr (DubFailure) self = g_new0 (DubFailure, 1);
  double threshold[N_CUTS];

  self->acceptance = dub_acceptance_new (uncertainty, correct, n_cases, error);
  if (self->acceptance == NULL || !choose_thresholds (self, options, threshold, error))
    return NULL;
  self->n_cases = n_cases;
  self->n_failures = self->acceptance->n_failures;

  Sample sample = {
    .n_cases = n_cases,
    .n_failures = self->n_failures,
    .correct = correct,
    .confidence = options->confidence > 0.0 ? options->confidence : DUB_CONFIDENCE,
    .groups = dub_bootstrap_dependent (options->groups, n_cases) ? options->groups : NULL,
  };

  sample.n_correct_units = count_units (&sample, TRUE);
  sample.n_failure_units = count_units (&sample, FALSE);
  rank_cases (&sample, uncertainty);

  gboolean done = fill (self, &sample, uncertainty, threshold, options, run, error);

  g_free (sample.place);

  return done ? g_steal_pointer (&self) : NULL;
}

void
dub_failure_free (DubFailure *self)
{
  if (self == NULL)
    return;
  dub_acceptance_free (self->acceptance);
  g_free (self);
}
