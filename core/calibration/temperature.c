#include "core/calibration/temperature.h"

#include "core/base/parallel.h"
#include "core/stats/check.h"

#include <float.h>
#include <math.h>

/* Cases a piece: the border of the partial sums, so it may not depend on the threads. */
#define PER_PIECE 1024
#define MAX_ITERATIONS 500

/* L, L' and L'' summed over cases. */
typedef struct {
  double loss;
  double slope;
  double curvature;
} Sums;

typedef struct {
  const double *logits; /* (N, C) */
  const int    *labels;
  size_t        n_cases;
  size_t        n_classes;
  double        unit;    /* a power of two: what the logits are multiplied with, without rounding, and β divided by */
  double        beta;    /* of the multiplied logits */
  Sums         *partial; /* [n_pieces] */
} Likelihood;

static void
add_case (const double *z,
          size_t        n_classes,
          size_t        label,
          double        unit,
          double        beta,
          Sums         *sums)
{
  double largest = z[dub_argmax (z, n_classes)] * unit;
  double mass = 0.0, first = 0.0, second = 0.0;

  /* Moments around the largest logit: nothing overflows, and a saturated case keeps its digits. */
  for (size_t c = 0; c < n_classes; c++) {
    double below = z[c] * unit - largest;
    double weight = exp (beta * below);

    mass += weight;
    first += weight * below;
    second += weight * below * below;
  }
  first /= mass;
  second /= mass;

  sums->loss += log (mass) - beta * (z[label] * unit - largest);
  sums->slope += first - (z[label] * unit - largest);
  sums->curvature += MAX (second - first * first, 0.0);
}

static void
sum_piece_cb (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Likelihood *self = user_data;
  size_t end = MIN ((piece + 1) * PER_PIECE, self->n_cases);
  Sums sums = { 0 };

  for (size_t i = piece * PER_PIECE; i < end; i++)
    add_case (self->logits + i * self->n_classes, self->n_classes, (size_t) self->labels[i],
              self->unit, self->beta, &sums);
  self->partial[piece] = sums;
}

/* Means over the cases at @beta of the multiplied logits. */
static gboolean
evaluate (Likelihood *self,
          double      beta,
          DubRun     *run,
          Sums       *mean,
          GError    **error)
{
  size_t n_pieces = (self->n_cases + PER_PIECE - 1) / PER_PIECE;
  double n = (double) self->n_cases;

  self->beta = beta;
  if (!dub_parallel_for (run, n_pieces, sum_piece_cb, self, error))
    return FALSE;

  *mean = (Sums) { 0 };
  for (size_t k = 0; k < n_pieces; k++) {
    mean->loss += self->partial[k].loss / n;
    mean->slope += self->partial[k].slope / n;
    mean->curvature += self->partial[k].curvature / n;
  }

  return TRUE;
}

/* The power of two that brings the widest case to a range of about one: squares of large logits would overflow, and the
 * search would begin far away. */
static double
find_unit (const Likelihood *self)
{
  double widest = 0.0;
  int exponent;

  for (size_t i = 0; i < self->n_cases; i++) {
    const double *z = self->logits + i * self->n_classes;
    double smallest = z[0], largest = z[0];

    for (size_t c = 1; c < self->n_classes; c++) {
      smallest = MIN (smallest, z[c]);
      largest = MAX (largest, z[c]);
    }
    widest = MAX (widest, 0.5 * largest - 0.5 * smallest);
  }
  frexp (widest, &exponent);

  return ldexp (1.0, CLAMP (-exponent, -1000, 1000));
}

/* The mean loss in the limit of infinite β of separable cases: labels that share the first place share the mass. */
static double
loss_of_certainty (const Likelihood *self)
{
  double sum = 0.0;

  for (size_t i = 0; i < self->n_cases; i++) {
    const double *z = self->logits + i * self->n_classes;
    double largest = z[dub_argmax (z, self->n_classes)];
    size_t n_first = 0;

    for (size_t c = 0; c < self->n_classes; c++)
      n_first += z[c] >= largest;
    sum += log ((double) n_first);
  }

  return sum / (double) self->n_cases;
}

static gboolean
is_separable (const Likelihood *self)
{
  for (size_t i = 0; i < self->n_cases; i++) {
    const double *z = self->logits + i * self->n_classes;

    if (z[self->labels[i]] < z[dub_argmax (z, self->n_classes)])
      return FALSE;
  }

  return TRUE;
}

/* The slope is below 0 at @low = 0 and above it for large β. Newton's step where it stays inside the bracket and is
 * getting shorter, else the middle of the bracket. */
static gboolean
find_minimum (Likelihood     *likelihood,
              DubTemperature *self,
              DubRun         *run,
              GError        **error)
{
  double low = 0.0, high = (double) INFINITY, beta = 1.0;
  double last_step = (double) INFINITY;
  Sums mean;

  for (self->n_iterations = 1; self->n_iterations <= MAX_ITERATIONS; self->n_iterations++) {
    if (!evaluate (likelihood, beta, run, &mean, error))
      return FALSE;
    if (mean.slope < 0.0)
      low = beta;
    else
      high = beta;

    double next = beta - mean.slope / mean.curvature;

    /* Far from the minimum the curvature may have died out, so the bracket grows and shrinks by factors. */
    if (isinf (high))
      next = next > low ? MIN (next, 16.0 * low) : 2.0 * low;
    else if (!(next > low && next < high) || fabs (next - beta) > 0.5 * last_step)
      next = low > 0.0 ? low + (high - low) / 2.0 : high / 16.0;

    if (fabs (next - beta) <= 4.0 * DBL_EPSILON * beta || !(next > 0.0) || isinf (next))
      break;
    last_step = fabs (next - beta);
    beta = next;
  }
  self->beta = beta * likelihood->unit;
  self->temperature = 1.0 / self->beta;
  self->nll_after = mean.loss;

  return TRUE;
}

DubTemperature *
dub_temperature_fit (const double  *logits,
                     const int     *labels,
                     size_t         n_cases,
                     size_t         n_classes,
                     const char    *split,
                     DubRun        *run,
                     GError       **error)
{
  if (!dub_check_finite ("logit", logits, n_cases, n_classes, error)
      || !dub_check_labels ("label", labels, n_cases, n_classes, error))
    return NULL;
  if (n_classes < 2) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_SHAPE,
                         "The logits have one class; a temperature needs one for each of two or more.");
    return NULL;
  }

  g_autofree Sums *partial = g_new (Sums, (n_cases + PER_PIECE - 1) / PER_PIECE);
  Likelihood likelihood = {
    .logits = logits,
    .labels = labels,
    .n_cases = n_cases,
    .n_classes = n_classes,
    .partial = partial,
  };
  g_autoptr (DubTemperature) self = g_new0 (DubTemperature, 1);
  Sums start, one;

  self->n_cases = n_cases;
  self->split = g_strdup (split);
  likelihood.unit = find_unit (&likelihood);
  if (!evaluate (&likelihood, 0.0, run, &start, error) || !evaluate (&likelihood, 1.0 / likelihood.unit, run, &one, error))
    return NULL;
  self->nll_before = one.loss;

  if (start.slope >= 0.0) {
    self->kind = DUB_TEMPERATURE_CHANCE;
    self->temperature = (double) INFINITY;
    self->nll_after = start.loss;
  } else if (is_separable (&likelihood)) {
    self->kind = DUB_TEMPERATURE_SEPARABLE;
    self->beta = (double) INFINITY;
    self->nll_after = loss_of_certainty (&likelihood);
  } else if (!find_minimum (&likelihood, self, run, error)) {
    return NULL;
  }

  return g_steal_pointer (&self);
}

/* Half of the 95 % quantile of chi-squared with one degree of freedom. */
static const double HALF_CHI_SQUARED = 1.920729410347062;

/* How far the log-likelihood of all cases at @beta lies below its maximum, less what an interval of 95 % allows; and its slope. */
static gboolean
evaluate_excess (Likelihood            *likelihood,
                 const DubTemperature  *self,
                 double                 beta,
                 DubRun                *run,
                 double                *excess,
                 double                *slope,
                 GError               **error)
{
  double n = (double) likelihood->n_cases;
  Sums mean;

  if (!evaluate (likelihood, beta, run, &mean, error))
    return FALSE;
  *excess = n * (mean.loss - self->nll_after) - HALF_CHI_SQUARED;
  *slope = n * mean.slope;

  return TRUE;
}

/* From a point outside of the interval Newton's steps of a convex function come nearer to its end without passing it. */
static gboolean
find_end (Likelihood            *likelihood,
          const DubTemperature  *self,
          double                 beta,
          DubRun                *run,
          double                *end,
          GError               **error)
{
  double excess, slope;

  for (int k = 0; k < MAX_ITERATIONS; k++) {
    if (!evaluate_excess (likelihood, self, beta, run, &excess, &slope, error))
      return FALSE;

    double step = -excess / slope;

    if (!(excess > 0.0) || !isfinite (step))
      break;
    beta += step;
    if (fabs (step) <= 1e-13 * beta)
      break;
  }
  *end = beta;

  return TRUE;
}

/* Both of β, in units of the multiplied logits. */
static gboolean
find_lowest (Likelihood            *likelihood,
             const DubTemperature  *self,
             DubRun                *run,
             double                *lowest,
             GError               **error)
{
  double excess, slope;

  *lowest = 0.0;
  if (!evaluate_excess (likelihood, self, 0.0, run, &excess, &slope, error))
    return FALSE;

  return self->kind == DUB_TEMPERATURE_CHANCE || !(excess > 0.0) || find_end (likelihood, self, 0.0, run, lowest, error);
}

static gboolean
find_highest (Likelihood            *likelihood,
              const DubTemperature  *self,
              DubRun                *run,
              double                *highest,
              GError               **error)
{
  double beta = self->kind == DUB_TEMPERATURE_FOUND ? 2.0 * self->beta / likelihood->unit : 1.0, excess, slope;

  *highest = (double) INFINITY;
  if (self->kind == DUB_TEMPERATURE_SEPARABLE)
    return TRUE;
  for (int k = 0; k < MAX_ITERATIONS && isfinite (beta); k++, beta *= 2.0) {
    if (!evaluate_excess (likelihood, self, beta, run, &excess, &slope, error))
      return FALSE;
    if (excess > 0.0)
      return find_end (likelihood, self, beta, run, highest, error);
    /* Logits that are all the same say nothing of a temperature. */
    if (slope <= 0.0)
      break;
  }

  return TRUE;
}

gboolean
dub_temperature_interval (const DubTemperature  *self,
                          const double          *logits,
                          const int             *labels,
                          size_t                 n_cases,
                          size_t                 n_classes,
                          DubRun                *run,
                          double                *low,
                          double                *high,
                          GError               **error)
{
  g_return_val_if_fail (n_cases == self->n_cases, FALSE);

  g_autofree Sums *partial = g_new (Sums, (n_cases + PER_PIECE - 1) / PER_PIECE);
  Likelihood likelihood = {
    .logits = logits,
    .labels = labels,
    .n_cases = n_cases,
    .n_classes = n_classes,
    .partial = partial,
  };
  double lowest, highest;

  likelihood.unit = find_unit (&likelihood);
  if (!find_lowest (&likelihood, self, run, &lowest, error) || !find_highest (&likelihood, self, run, &highest, error))
    return FALSE;
  *low = 1.0 / (highest * likelihood.unit);
  *high = 1.0 / (lowest * likelihood.unit);

  return TRUE;
}

void
dub_temperature_free (DubTemperature *self)
{
  if (self == NULL)
    return;
  g_free (self->split);
  g_free (self);
}

void
dub_temperature_apply (double        beta,
                       const double *logits,
                       size_t        n_cases,
                       size_t        n_classes,
                       double       *probabilities)
{
  g_return_if_fail (beta >= 0.0);

  for (size_t i = 0; i < n_cases; i++) {
    const double *z = logits + i * n_classes;
    double *p = probabilities + i * n_classes;
    double largest = z[dub_argmax (z, n_classes)];
    double mass = 0.0;

    for (size_t c = 0; c < n_classes; c++) {
      double below = z[c] - largest;

      /* At the limit 0 · ∞ would appear for the largest. */
      p[c] = below < 0.0 ? exp (beta * below) : 1.0;
      mass += p[c];
    }
    for (size_t c = 0; c < n_classes; c++)
      p[c] /= mass;
  }
}
