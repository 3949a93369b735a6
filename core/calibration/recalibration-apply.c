/* From a map to other probabilities. */
#include "core/calibration/recalibration-private.h"

#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"
#include "core/stats/check.h"

#include <math.h>
#include <string.h>

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
    return dub_isotonic_apply (at, _dub_recalibration_share (p, self->n_classes, c));
  case DUB_RECALIBRATE_BETA:
    return dub_beta_apply (at, _dub_recalibration_share (p, self->n_classes, c));
  case DUB_RECALIBRATE_TEMPERATURE:
  case DUB_RECALIBRATE_VECTOR:
  default:
    g_return_val_if_reached (0.0);
  }
}

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
      _dub_recalibration_log_odds_row (z, n, scratch + n, scratch);
    for (size_t c = n > 2 ? 0 : 1; c < n; c++) {
      out[c] = apply_map (self, n > 2 ? c : 0, scratch, p, c);
      sum += out[c];
    }
    if (n == 2)
      out[0] = 1.0 - out[1];
    /* Where every class is thought impossible, the row says no more than it did. */
    for (size_t c = 0; c < n && n > 2; c++)
      out[c] = sum > 0.0 ? out[c] / sum : _dub_recalibration_share (p, n, c);
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
    return dub_platt_apply (map, _dub_recalibration_log_odds (confidence));
  case DUB_RECALIBRATE_ISOTONIC:
    return dub_isotonic_apply (map, confidence);
  case DUB_RECALIBRATE_BETA:
    return dub_beta_apply (map, confidence);
  case DUB_RECALIBRATE_TEMPERATURE:
  case DUB_RECALIBRATE_VECTOR:
  default: {
    double z = self->beta * _dub_recalibration_log_odds (confidence), e = exp (-fabs (z));

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
