/* From cases to a map. */
#include "core/calibration/recalibration-private.h"

#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"

#include <math.h>

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
    _dub_recalibration_log_odds_row (z + i * n, n, scratch, odds + i * n);
  for (size_t k = 0; k < n_maps; k++) {
    size_t c = n_maps == 1 ? 1 : k;

    for (size_t i = 0; i < self->n_cases; i++) {
      positive[i] = (size_t) cases->labels[i] == c;
      values[i] = odds != NULL ? odds[i * n + c] : _dub_recalibration_share (cases->probabilities + i * n, n, c);
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
      values[2 * i + 1] = _dub_recalibration_log_odds (cases->confidence[i]);
    }
    return fit_temperature (self, values, labels, 2, run, error);
  }
  for (size_t i = 0; i < self->n_cases; i++)
    values[i] = self->method == DUB_RECALIBRATE_PLATT ? _dub_recalibration_log_odds (cases->confidence[i]) : cases->confidence[i];

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
