#include "core/calibration/recalibration-private.h"

#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"
#include "core/stats/check.h"

#include <math.h>
#include <string.h>

/* --- the object --- */

static void
free_platt_cb (gpointer map)
{
  dub_platt_free (map);
}

static void
free_isotonic_cb (gpointer map)
{
  dub_isotonic_free (map);
}

static void
free_beta_cb (gpointer map)
{
  dub_beta_free (map);
}

DubRecalibration *
_dub_recalibration_new (DubRecalibrate method,
                        size_t         n_classes)
{
  static const GDestroyNotify frees[DUB_N_RECALIBRATE] = {
    [DUB_RECALIBRATE_PLATT] = free_platt_cb,
    [DUB_RECALIBRATE_ISOTONIC] = free_isotonic_cb,
    [DUB_RECALIBRATE_BETA] = free_beta_cb,
  };
  DubRecalibration *self = g_new0 (DubRecalibration, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->method = method;
  self->n_classes = n_classes;
  self->counts = g_new0 (size_t, MAX (n_classes, 2));
  if (frees[method] != NULL)
    self->maps = g_ptr_array_new_with_free_func (frees[method]);

  return self;
}

DubRecalibration *
dub_recalibration_ref (DubRecalibration *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_recalibration_unref (DubRecalibration *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->counts);
  g_free (self->split);
  dub_vector_free (self->vector);
  g_clear_pointer (&self->maps, g_ptr_array_unref);
  g_free (self);
}

DubRecalibrate
dub_recalibration_get_method (const DubRecalibration *self)
{
  return self->method;
}

DubFitKind
dub_recalibration_get_kind (const DubRecalibration *self)
{
  return self->kind;
}

gboolean
dub_recalibration_is_usable (const DubRecalibration *self)
{
  return self->kind != DUB_FIT_SEPARABLE;
}

size_t
dub_recalibration_get_n_cases (const DubRecalibration *self)
{
  return self->n_cases;
}

size_t
dub_recalibration_get_n_classes (const DubRecalibration *self)
{
  return self->n_classes;
}

const char *
dub_recalibration_get_split (const DubRecalibration *self)
{
  return self->split;
}

gboolean
dub_recalibration_temperature (const DubRecalibration *self,
                               double                 *value,
                               double                 *low,
                               double                 *high)
{
  if (self->method != DUB_RECALIBRATE_TEMPERATURE)
    return FALSE;
  if (value != NULL)
    *value = 1.0 / self->beta;
  if (low != NULL)
    *low = self->low;
  if (high != NULL)
    *high = self->high;

  return TRUE;
}

/* --- the maps of one class against the rest --- */

size_t
_dub_recalibration_n_maps (const DubRecalibration *self)
{
  return self->maps == NULL ? 0 : self->n_classes > 2 ? self->n_classes : 1;
}

DubFitKind
_dub_recalibration_map_kind (const DubRecalibration *self,
                             size_t                  map)
{
  gconstpointer at = g_ptr_array_index (self->maps, map);

  switch (self->method) {
  case DUB_RECALIBRATE_PLATT:
    return ((const DubPlatt *) at)->kind;
  case DUB_RECALIBRATE_ISOTONIC:
    return ((const DubIsotonic *) at)->kind;
  case DUB_RECALIBRATE_BETA:
    return ((const DubBeta *) at)->kind;
  case DUB_RECALIBRATE_TEMPERATURE:
  case DUB_RECALIBRATE_VECTOR:
  default:
    return self->kind;
  }
}

/* A beta curve of a separable class has no values at all; steps of 0 and 1 have, and hurt only where every class has such. */
DubFitKind
_dub_recalibration_judge (const DubRecalibration *self)
{
  size_t n = _dub_recalibration_n_maps (self), n_chance = 0, n_separable = 0;

  for (size_t k = 0; k < n; k++) {
    n_chance += _dub_recalibration_map_kind (self, k) == DUB_FIT_CHANCE;
    n_separable += _dub_recalibration_map_kind (self, k) == DUB_FIT_SEPARABLE;
  }
  if (n_separable == n || (n_separable > 0 && self->method == DUB_RECALIBRATE_BETA))
    return DUB_FIT_SEPARABLE;

  return n_chance == n ? DUB_FIT_CHANCE : DUB_FIT_FOUND;
}

static double
log_odds (double probability)
{
  return log (MAX (probability, DUB_BETA_SMALLEST) / MAX (1.0 - probability, DUB_BETA_SMALLEST));
}

/* Log-odds of class @c against the rest: z_c - ln Σ exp z of the others. */
static double
log_odds_of (const double *z,
             size_t        n_classes,
             size_t        c)
{
  double largest = -(double) INFINITY, mass = 0.0;

  for (size_t k = 0; k < n_classes; k++)
    if (k != c)
      largest = MAX (largest, z[k]);
  for (size_t k = 0; k < n_classes; k++)
    if (k != c)
      mass += exp (z[k] - largest);

  return z[c] - (largest + log (mass));
}

/* The same of every class, with an exponential for each: the rest of a class that is not the largest holds the largest, so that
 * sums from both sides have all digits; @scratch: [C + 1]. */
static void
log_odds_row (const double *z,
              size_t        n_classes,
              double       *scratch,
              double       *out)
{
  size_t top = dub_argmax (z, n_classes);
  double before = 0.0;

  scratch[n_classes] = 0.0;
  for (size_t c = n_classes; c-- > 0;)
    scratch[c] = scratch[c + 1] + exp (z[c] - z[top]);
  for (size_t c = 0; c < n_classes; c++) {
    out[c] = c == top ? log_odds_of (z, n_classes, c) : z[c] - z[top] - log (before + scratch[c + 1]);
    before += exp (z[c] - z[top]);
  }
}

/* Of the sum of the rest, because 1 - p has no digits near 1, and a row's sum is 1 within rounding only. */
static double
share_of (const double *p,
          size_t        n_classes,
          size_t        c)
{
  double rest = 0.0;

  for (size_t k = 0; k < n_classes; k++)
    rest += k != c ? p[k] : 0.0;

  return p[c] + rest > 0.0 ? p[c] / (p[c] + rest) : 1.0 / (double) n_classes;
}

static double
apply_map (const DubRecalibration *self,
           size_t                  map,
           const double           *odds,
           const double           *p,
           size_t                  c)
{
  gconstpointer at = g_ptr_array_index (self->maps, map);

  switch (self->method) {
  case DUB_RECALIBRATE_PLATT:
    return dub_platt_apply (at, odds[c]);
  case DUB_RECALIBRATE_ISOTONIC:
    return dub_isotonic_apply (at, share_of (p, self->n_classes, c));
  case DUB_RECALIBRATE_BETA:
    return dub_beta_apply (at, share_of (p, self->n_classes, c));
  case DUB_RECALIBRATE_TEMPERATURE:
  case DUB_RECALIBRATE_VECTOR:
  default:
    g_return_val_if_reached (0.0);
  }
}

/* --- fitting --- */

static gboolean
fit_temperature (DubRecalibration  *self,
                 const double      *logits,
                 const int         *labels,
                 size_t             n_classes,
                 DubRun            *run,
                 GError           **error)
{
  g_autoptr (DubTemperature) fit = dub_temperature_fit (logits, labels, self->n_cases, n_classes, self->split, run, error);

  if (fit == NULL)
    return FALSE;
  self->kind = fit->kind == DUB_TEMPERATURE_FOUND    ? DUB_FIT_FOUND
               : fit->kind == DUB_TEMPERATURE_CHANCE ? DUB_FIT_CHANCE
                                                     : DUB_FIT_SEPARABLE;
  self->beta = fit->beta;

  return dub_temperature_interval (fit, logits, labels, self->n_cases, n_classes, run, &self->low, &self->high, error);
}

static gpointer
fit_map (const DubRecalibration  *self,
         const double            *values,
         const gboolean          *positive,
         DubRun                  *run,
         GError                 **error)
{
  switch (self->method) {
  case DUB_RECALIBRATE_PLATT:
    return dub_platt_fit (values, positive, self->n_cases, self->split, run, error);
  case DUB_RECALIBRATE_ISOTONIC:
    return dub_isotonic_fit (values, positive, self->n_cases, self->split, error);
  case DUB_RECALIBRATE_BETA:
    return dub_beta_fit (values, positive, self->n_cases, self->split, run, error);
  case DUB_RECALIBRATE_TEMPERATURE:
  case DUB_RECALIBRATE_VECTOR:
  default:
    g_return_val_if_reached (NULL);
  }
}

static gboolean
check_counts (const DubRecalibration  *self,
              GError                 **error)
{
  for (size_t c = 0; c < self->n_classes; c++)
    if (self->counts[c] == 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "No case of the %zu is of class %zu; %s maps every class and needs some of each (a temperature does not).",
                   self->n_cases, c, dub_recalibrate_title (self->method));
      return FALSE;
    }

  return TRUE;
}

/* @z: logits or logarithms of the probabilities */
static gboolean
fit_maps (DubRecalibration      *self,
          const DubPredictions  *cases,
          const double          *z,
          DubRun                *run,
          GError               **error)
{
  size_t n_maps = _dub_recalibration_n_maps (self), n = self->n_classes;
  g_autofree double *values = g_new (double, self->n_cases);
  g_autofree gboolean *positive = g_new (gboolean, self->n_cases);
  g_autofree double *scratch = g_new (double, n + 1);
  g_autofree double *odds = self->method == DUB_RECALIBRATE_PLATT ? g_new (double, self->n_cases * n) : NULL;

  for (size_t i = 0; i < self->n_cases && odds != NULL; i++)
    log_odds_row (z + i * n, n, scratch, odds + i * n);
  for (size_t k = 0; k < n_maps; k++) {
    size_t c = n_maps == 1 ? 1 : k;

    for (size_t i = 0; i < self->n_cases; i++) {
      positive[i] = (size_t) cases->labels[i] == c;
      values[i] = odds != NULL ? odds[i * n + c] : share_of (cases->probabilities + i * n, n, c);
    }

    gpointer map = dub_run_check_cancelled (run, error) ? NULL : fit_map (self, values, positive, run, error);

    if (map == NULL)
      return FALSE;
    g_ptr_array_add (self->maps, map);
  }
  self->kind = _dub_recalibration_judge (self);

  return TRUE;
}

/* (transfer full) (N, C): the logits, or where there are none the logarithms of the probabilities. */
static double *
take_logits (const double *logits,
             const double *probabilities,
             size_t        n)
{
  double *z = g_new (double, n);

  for (size_t k = 0; k < n; k++)
    z[k] = logits != NULL ? logits[k] : log (MAX (probabilities[k], DUB_NLL_SMALLEST));

  return z;
}

static gboolean
fit_classes (DubRecalibration      *self,
             const DubPredictions  *cases,
             DubRun                *run,
             GError               **error)
{
  g_autofree double *z = take_logits (cases->logits, cases->probabilities, self->n_cases * self->n_classes);

  for (size_t i = 0; i < self->n_cases; i++)
    self->counts[cases->labels[i]]++;
  if (self->method == DUB_RECALIBRATE_TEMPERATURE)
    return fit_temperature (self, z, cases->labels, self->n_classes, run, error);
  if (!check_counts (self, error))
    return FALSE;
  if (self->method != DUB_RECALIBRATE_VECTOR)
    return fit_maps (self, cases, z, run, error);
  self->vector = dub_vector_fit (z, cases->labels, self->n_cases, self->n_classes, self->split, run, error);
  if (self->vector == NULL)
    return FALSE;
  self->kind = self->vector->kind;

  return TRUE;
}

/* Of the confidence alone: the event is "the answer is right". */
static gboolean
fit_top (DubRecalibration      *self,
         const DubPredictions  *cases,
         DubRun                *run,
         GError               **error)
{
  if (self->method == DUB_RECALIBRATE_VECTOR) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                         "Vector scaling has one factor for each class, and only the confidence of the answer is known; "
                         "a temperature, or Platt, isotonic or beta recalibration can be fitted.");
    return FALSE;
  }

  g_autofree double *values = g_new (double, 2 * self->n_cases);
  g_autofree int *labels = g_new (int, self->n_cases);

  for (size_t i = 0; i < self->n_cases; i++) {
    labels[i] = cases->correct[i] ? 1 : 0;
    self->counts[labels[i]]++;
  }
  if (self->method == DUB_RECALIBRATE_TEMPERATURE) {
    for (size_t i = 0; i < self->n_cases; i++) {
      values[2 * i] = 0.0;
      values[2 * i + 1] = log_odds (cases->confidence[i]);
    }
    return fit_temperature (self, values, labels, 2, run, error);
  }
  for (size_t i = 0; i < self->n_cases; i++)
    values[i] = self->method == DUB_RECALIBRATE_PLATT ? log_odds (cases->confidence[i]) : cases->confidence[i];

  gpointer map = fit_map (self, values, cases->correct, run, error);

  if (map == NULL)
    return FALSE;
  g_ptr_array_add (self->maps, map);
  self->kind = _dub_recalibration_judge (self);

  return TRUE;
}

/* Patients, where some have several cases. */
static size_t
count_patients (const DubPredictions *cases)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (size_t i = 0; cases->groups != NULL && i < cases->n_cases; i++)
    g_hash_table_add (seen, GINT_TO_POINTER (cases->groups[i]));

  size_t n = g_hash_table_size (seen);

  return n < cases->n_cases ? n : 0;
}

DubRecalibration *
dub_recalibration_fit (DubRecalibrate         method,
                       const DubPredictions  *calibration,
                       const char            *split,
                       DubRun                *run,
                       GError               **error)
{
  g_return_val_if_fail (method < DUB_N_RECALIBRATE, NULL);

  g_autoptr (DubRecalibration) self = _dub_recalibration_new (method, calibration->n_classes);

  self->n_cases = calibration->n_cases;
  self->n_patients = count_patients (calibration);
  self->split = g_strdup (split != NULL ? split : "");

  return (self->n_classes > 0 ? fit_classes : fit_top) (self, calibration, run, error) ? g_steal_pointer (&self) : NULL;
}

/* --- applying --- */

/* Among classes that come out equal, or are told apart by rounding alone, the one that was answered before stays the answer. */
static void
keep_answer (double  *out,
             size_t   n_classes,
             size_t   answer,
             gboolean always)
{
  size_t top = dub_argmax (out, n_classes);

  if (top != answer && (always || out[answer] == out[top]))
    out[answer] = nextafter (out[top], 2.0);
}

/* @z, @p, @out: [C] of one case; @out is neither. @scratch: [2 C + 1] */
static void
apply_case (const DubRecalibration *self,
            const double           *z,
            const double           *p,
            double                 *scratch,
            double                 *out)
{
  size_t n = self->n_classes;
  size_t answer = dub_argmax (p, n);
  double sum = 0.0;

  switch (self->method) {
  case DUB_RECALIBRATE_TEMPERATURE:
    dub_temperature_apply (self->beta, z, 1, n, out);
    break;
  case DUB_RECALIBRATE_VECTOR:
    dub_vector_apply (self->vector, z, 1, out);
    break;
  case DUB_RECALIBRATE_PLATT:
  case DUB_RECALIBRATE_ISOTONIC:
  case DUB_RECALIBRATE_BETA:
  default:
    if (self->method == DUB_RECALIBRATE_PLATT)
      log_odds_row (z, n, scratch + n, scratch);
    for (size_t c = n > 2 ? 0 : 1; c < n; c++) {
      out[c] = apply_map (self, n > 2 ? c : 0, scratch, p, c);
      sum += out[c];
    }
    if (n == 2)
      out[0] = 1.0 - out[1];
    /* Where every class is thought impossible, the row says no more than it did. */
    for (size_t c = 0; c < n && n > 2; c++)
      out[c] = sum > 0.0 ? out[c] / sum : share_of (p, n, c);
    break;
  }
  keep_answer (out, n, answer, self->method == DUB_RECALIBRATE_TEMPERATURE);
}

static gboolean
check_applies (const DubRecalibration  *self,
               size_t                   n_classes,
               GError                 **error)
{
  if (!dub_recalibration_is_usable (self)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%s has no best map on the %s cases, because a threshold tells them apart without an error; it is not applied.",
                 dub_recalibrate_title (self->method), self->split);
    return FALSE;
  }
  if (n_classes == self->n_classes)
    return TRUE;
  if (self->n_classes == 0)
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The recalibration was fitted on confidences of the top label alone; these answers have %zu classes.", n_classes);
  else if (n_classes == 0)
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "The recalibration was fitted on %zu classes; of these answers only the top label's confidence is known.",
                 self->n_classes);
  else
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "The recalibration was fitted on %zu classes; these answers have %zu.",
                 self->n_classes, n_classes);

  return FALSE;
}

gboolean
dub_recalibration_apply_rows (const DubRecalibration  *self,
                              const double            *logits,
                              const double            *probabilities,
                              size_t                   n_cases,
                              size_t                   n_classes,
                              double                  *out,
                              GError                 **error)
{
  g_return_val_if_fail (n_classes > 0, FALSE);

  if (!check_applies (self, n_classes, error))
    return FALSE;

  g_autofree double *row = g_new (double, 4 * n_classes + 1);
  double *z = row, *p = row + n_classes, *scratch = row + 2 * n_classes;

  for (size_t i = 0; i < n_cases; i++) {
    memcpy (p, probabilities + i * n_classes, n_classes * sizeof *p);
    for (size_t c = 0; c < n_classes; c++)
      z[c] = logits != NULL ? logits[i * n_classes + c] : log (MAX (p[c], DUB_NLL_SMALLEST));
    apply_case (self, z, p, scratch, out + i * n_classes);
  }

  return TRUE;
}

gboolean
dub_recalibration_apply_mean (const DubRecalibration  *self,
                              const float             *mean,
                              size_t                   n_cases,
                              size_t                   n_classes,
                              float                   *out,
                              GError                 **error)
{
  g_return_val_if_fail (n_classes > 0, FALSE);

  if (!check_applies (self, n_classes, error))
    return FALSE;

  g_autofree double *row = g_new (double, 5 * n_classes + 1);
  double *z = row, *p = row + n_classes, *mapped = row + 2 * n_classes, *scratch = row + 3 * n_classes;

  for (size_t i = 0; i < n_cases; i++) {
    float *to = out + i * n_classes;
    size_t answer, top = 0;

    for (size_t c = 0; c < n_classes; c++) {
      p[c] = (double) mean[i * n_classes + c];
      z[c] = log (MAX (p[c], DUB_NLL_SMALLEST));
    }
    apply_case (self, z, p, scratch, mapped);
    answer = dub_argmax (mapped, n_classes);
    for (size_t c = 0; c < n_classes; c++) {
      to[c] = (float) mapped[c];
      if (to[c] > to[top])
        top = c;
    }
    /* Two that single precision makes equal. */
    if (top != answer)
      to[answer] = nextafterf (to[top], 2.0f);
  }

  return TRUE;
}

static double
apply_top (const DubRecalibration *self,
           double                  confidence)
{
  gconstpointer map = self->maps != NULL ? g_ptr_array_index (self->maps, 0) : NULL;

  switch (self->method) {
  case DUB_RECALIBRATE_PLATT:
    return dub_platt_apply (map, log_odds (confidence));
  case DUB_RECALIBRATE_ISOTONIC:
    return dub_isotonic_apply (map, confidence);
  case DUB_RECALIBRATE_BETA:
    return dub_beta_apply (map, confidence);
  case DUB_RECALIBRATE_TEMPERATURE:
  case DUB_RECALIBRATE_VECTOR:
  default: {
    double z = self->beta * log_odds (confidence), e = exp (-fabs (z));

    return z >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
  }
  }
}

DubPredictions *
dub_recalibration_apply (const DubRecalibration  *self,
                         const DubPredictions    *predictions,
                         GError                 **error)
{
  size_t n = predictions->n_cases;

  if (!check_applies (self, predictions->n_classes, error))
    return NULL;

  g_autofree double *mapped = g_new (double, n * MAX (predictions->n_classes, 1));

  if (self->n_classes == 0) {
    for (size_t i = 0; i < n; i++)
      mapped[i] = apply_top (self, predictions->confidence[i]);
    return dub_predictions_new_top (mapped, predictions->correct, n, predictions->groups, error);
  }
  if (!dub_recalibration_apply_rows (self, predictions->logits, predictions->probabilities, n, self->n_classes, mapped, error))
    return NULL;

  return dub_predictions_new (mapped, NULL, predictions->labels, n, self->n_classes, predictions->groups, error);
}
