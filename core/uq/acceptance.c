/* The curves of accepting all cases up to a threshold, and the points chosen on them. */
#include "core/uq/failure.h"

#include "core/stats/distribution.h"

#include <stdlib.h>

/* A score while it is sorted. */
typedef struct {
  double score;
  size_t index; /* of the case */
} Entry;

/* The index makes the order of ties one, whatever the sorting algorithm. */
static int
compare_entry (const void *a,
               const void *b)
{
  const Entry *x = a, *y = b;

  if (x->score != y->score)
    return x->score < y->score ? -1 : 1;

  return (x->index > y->index) - (x->index < y->index);
}

DubAcceptance *
dub_acceptance_new (const double   *uncertainty,
                    const gboolean *correct,
                    size_t          n_cases,
                    GError        **error)
{
  if (n_cases == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "There are no cases; expected at least one score.");
    return NULL;
  }
  for (size_t i = 0; i < n_cases; i++)
    if (!isfinite (uncertainty[i])) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The score of case %zu is %s; expected a finite number.",
                   i, isnan (uncertainty[i]) ? "NaN" : "infinite");
      return NULL;
    }

  g_autofree Entry *entry = g_new (Entry, n_cases);
  DubAcceptance *self = g_new0 (DubAcceptance, 1);
  size_t k = 0;

  for (size_t i = 0; i < n_cases; i++)
    entry[i] = (Entry) { uncertainty[i], i };
  qsort (entry, n_cases, sizeof *entry, compare_entry);

  self->n_cases = n_cases;
  self->threshold = g_new (double, n_cases + 1);
  self->accepted = g_new0 (size_t, n_cases + 1);
  self->failures = g_new0 (size_t, n_cases + 1);
  self->threshold[0] = (double) -INFINITY;
  for (size_t i = 0; i < n_cases; i++) {
    if (entry[i].score != self->threshold[k]) {
      k++;
      self->threshold[k] = entry[i].score;
      self->accepted[k] = self->accepted[k - 1];
      self->failures[k] = self->failures[k - 1];
    }
    self->accepted[k]++;
    self->failures[k] += !correct[entry[i].index];
  }
  self->n_points = k + 1;
  self->n_failures = self->failures[k];

  return self;
}

void
dub_acceptance_free (DubAcceptance *self)
{
  if (self == NULL)
    return;
  g_free (self->threshold);
  g_free (self->accepted);
  g_free (self->failures);
  g_free (self);
}

/* 2 · balanced accuracy · correct · failures in whole numbers, so that equal points are equal; a side without cases does not
 * count. */
static gint64
balance (const DubAcceptance *self,
         size_t               k)
{
  gint64 n_failures = (gint64) self->n_failures, n_correct = (gint64) (self->n_cases - self->n_failures);
  gint64 failures = (gint64) self->failures[k], correct = (gint64) self->accepted[k] - failures;

  return correct * MAX (n_failures, 1) + (n_failures - failures) * MAX (n_correct, 1);
}

size_t
dub_acceptance_choose (const DubAcceptance *self,
                       DubPointKind         kind)
{
  size_t best = 0;

  g_return_val_if_fail (kind != DUB_POINT_CHOSEN, 0);

  for (size_t k = 1; k < self->n_points; k++)
    if (kind == DUB_POINT_SPECIFICITY ? self->failures[k] == 0 : balance (self, k) >= balance (self, best))
      best = k;

  return best;
}

double
dub_acceptance_threshold_at_risk (const DubAcceptance *self,
                                  double               risk)
{
  for (size_t k = self->n_points - 1; k > 0; k--)
    if ((double) self->failures[k] <= risk * (double) self->accepted[k])
      return self->threshold[k];

  return (double) -INFINITY;
}

/* A rate that nothing or everything fulfils has the exact interval, whose limit a reader can check (14/14 → .768). */
static DubEstimate
rate_estimate (DubRate     rate,
               double      confidence,
               const char *nothing)
{
  DubEstimate estimate = rate.n == 0 || rate.n == rate.d ? dub_rate_clopper_pearson (rate, confidence)
                                                         : dub_rate_wilson (rate, confidence);

  if (rate.d == 0)
    estimate.method = nothing;

  return estimate;
}

DubOperatingPoint
dub_failure_point (const DubAcceptance *acceptance,
                   double               threshold,
                   double               confidence)
{
  size_t low = 0, high = acceptance->n_points;

  /* The last point that @threshold reaches. NaN reaches none. */
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;

    if (acceptance->threshold[middle] <= threshold)
      low = middle;
    else
      high = middle;
  }

  size_t accepted = acceptance->accepted[low], failures = acceptance->failures[low];
  DubOperatingPoint point = {
    .threshold = threshold,
    .correct_accepted = { accepted - failures, acceptance->n_cases - acceptance->n_failures },
    .failures_rejected = { acceptance->n_failures - failures, acceptance->n_failures },
    .accepted = { accepted, acceptance->n_cases },
    .failures_accepted = { failures, accepted },
  };

  point.sensitivity = rate_estimate (point.correct_accepted, confidence, "none: there are no correct answers");
  point.specificity = rate_estimate (point.failures_rejected, confidence, "none: there are no failures");
  point.balanced = dub_estimate_undefined ("none: not resampled");
  point.balanced.value = (point.sensitivity.value + point.specificity.value) / 2.0;

  return point;
}
