/* How probable it is that the answer is wrong, after the probabilities were recalibrated on the calibration cases.
 *
 * Letters: N cases, C classes. The score is 1 - p'(ŷ): p' is what recalibration makes of the probabilities, ŷ the answer that
 * the family gave before, which is what may fail. A temperature never changes the answer; the others may give ŷ less than
 * another class.
 *
 * Of two classes Platt, isotonic and beta map the probability of class 1. Of more, each class is mapped against the rest and
 * the row is divided by its sum (Zadrozny & Elkan 2002).
 *
 * A fit at one of its limits, worse than chance or separable, is said by describe and not applied: the class keeps its
 * probability, the logits their scale.
 */
#include "core/uq/estimator-private.h"

#include "core/calibration/beta.h"
#include "core/calibration/isotonic.h"
#include "core/calibration/platt.h"
#include "core/calibration/scores.h"
#include "core/calibration/temperature.h"

#include <math.h>

#define SPLIT "calibration"

typedef enum { PLATT, ISOTONIC, BETA } MapKind;

/* One-against-rest maps. */
typedef struct {
  MapKind  kind;
  size_t   n_classes;
  size_t   n_maps;  /* 1 for two classes: of class 1; else C */
  gpointer map[];   /* [n_maps] DubPlatt, DubIsotonic or DubBeta */
} Maps;

static gboolean
check_fitting (const DubFitting  *fitting,
               GError           **error)
{
  if (fitting->calibration != NULL && fitting->calibration_labels != NULL)
    return TRUE;
  g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                       "Recalibration is fitted on labelled calibration cases, and there are none.");

  return FALSE;
}

/* --- temperature --- */

/* Logits of one network; of several, or where they were recalibrated, the logarithms of the family's probability: the family has
 * one temperature. */
static void
family_logits (const DubAnswers *cases,
               size_t            i,
               double           *z)
{
  for (size_t c = 0; c < cases->n_classes; c++)
    z[c] = cases->logits != NULL && cases->n_models == 1 && !cases->recalibrated
             ? (double) cases->logits[i * cases->n_classes + c]
             : log (MAX ((double) cases->mean[i * cases->n_classes + c], DUB_NLL_SMALLEST));
}

DUB_ESTIMATOR_FIT (temperature)
{
  const DubAnswers *cases = fitting->calibration;

  if (!check_fitting (fitting, error))
    return NULL;

  g_autofree double *logits = g_new (double, cases->n_cases * cases->n_classes);

  for (size_t i = 0; i < cases->n_cases; i++)
    family_logits (cases, i, logits + i * cases->n_classes);

  return dub_temperature_fit (logits, fitting->calibration_labels, cases->n_cases, cases->n_classes, SPLIT, run, error);
}

/* Of two classes the scaled score is a rising function of the plain one, and computed as such: the order of the cases, and
 * with it every area, stays as it is to the bit. */
static double
scale_two (double u,
           double beta)
{
  return u > 0.0 ? 1.0 / (1.0 + exp (beta * log ((1.0 - u) / u))) : 0.0;
}

DUB_ESTIMATOR_SCORE (temperature)
{
  const DubTemperature *temperature = fitted;
  double beta = temperature->kind == DUB_TEMPERATURE_FOUND ? temperature->beta : 1.0;
  size_t n = cases->n_classes;
  g_autofree double *z = g_new (double, n);

  for (size_t i = 0; i < cases->n_cases; i++) {
    size_t answer = (size_t) cases->predicted[i];

    if (n == 2) {
      scores[i] = scale_two (1.0 - (double) cases->mean[2 * i + answer], beta);
      continue;
    }

    double others = 0.0;

    family_logits (cases, i, z);
    for (size_t c = 0; c < n; c++)
      others += c != answer ? exp (beta * (z[c] - z[answer])) : 0.0;
    scores[i] = others / (1.0 + others);
  }

  return _dub_estimator_check ("temperature", scores, cases->n_cases, error);
}

static void
add_few (GString *words,
         size_t   n_cases)
{
  if (n_cases < DUB_FIT_FEW_CASES)
    g_string_append_printf (words, "; from %zu cases only, so it is loose", n_cases);
}

char *
_dub_temperature_describe (gconstpointer fitted)
{
  const DubTemperature *self = fitted;
  g_autoptr (GString) words = g_string_new (NULL);

  if (self->kind == DUB_TEMPERATURE_CHANCE)
    g_string_append (words, "no better than chance on the calibration cases: T would be infinite, and is not applied");
  else if (self->kind == DUB_TEMPERATURE_SEPARABLE)
    g_string_append (words, "every calibration case is answered right: T would be 0, and is not applied");
  else
    g_string_append_printf (words, "T = %.3g", self->temperature);
  add_few (words, self->n_cases);

  return g_string_free (g_steal_pointer (&words), FALSE);
}

void
_dub_temperature_free (gpointer fitted)
{
  dub_temperature_free (fitted);
}

/* --- one against the rest --- */

/* Probability of class @c of case @i against the rest. From the sum of the rest, because 1 - p has no digits near 1. */
static double
share (const DubAnswers *cases,
       size_t            i,
       size_t            c)
{
  const float *p = cases->mean + i * cases->n_classes;
  double rest = 0.0;

  for (size_t k = 0; k < cases->n_classes; k++)
    rest += k != c ? (double) p[k] : 0.0;

  return (double) p[c] / ((double) p[c] + rest);
}

static double
log_odds (double probability)
{
  return log (MAX (probability, DUB_BETA_SMALLEST) / MAX (1.0 - probability, DUB_BETA_SMALLEST));
}

static gpointer
fit_map (MapKind          kind,
         double          *probabilities,
         const gboolean  *positive,
         size_t           n_cases,
         DubRun          *run,
         GError         **error)
{
  switch (kind) {
  case PLATT:
    for (size_t i = 0; i < n_cases; i++)
      probabilities[i] = log_odds (probabilities[i]);
    return dub_platt_fit (probabilities, positive, n_cases, SPLIT, run, error);
  case ISOTONIC:
    return dub_isotonic_fit (probabilities, positive, n_cases, SPLIT, error);
  case BETA:
  default:
    return dub_beta_fit (probabilities, positive, n_cases, SPLIT, run, error);
  }
}

static DubFitKind
map_kind (const Maps *self,
          size_t      k)
{
  switch (self->kind) {
  case PLATT:
    return ((const DubPlatt *) self->map[k])->kind;
  case ISOTONIC:
    return ((const DubIsotonic *) self->map[k])->kind;
  case BETA:
  default:
    return ((const DubBeta *) self->map[k])->kind;
  }
}

static double
apply_map (const Maps *self,
           size_t      k,
           double      probability)
{
  if (map_kind (self, k) != DUB_FIT_FOUND)
    return probability;

  switch (self->kind) {
  case PLATT:
    return dub_platt_apply (self->map[k], log_odds (probability));
  case ISOTONIC:
    return dub_isotonic_apply (self->map[k], probability);
  case BETA:
  default:
    return dub_beta_apply (self->map[k], probability);
  }
}

void
_dub_maps_free (gpointer fitted)
{
  Maps *self = fitted;

  if (self == NULL)
    return;
  for (size_t k = 0; k < self->n_maps; k++)
    switch (self->kind) {
    case PLATT:
      dub_platt_free (self->map[k]);
      break;
    case ISOTONIC:
      dub_isotonic_free (self->map[k]);
      break;
    case BETA:
    default:
      dub_beta_free (self->map[k]);
      break;
    }
  g_free (self);
}

static gpointer
fit_maps (MapKind            kind,
          const DubFitting  *fitting,
          DubRun            *run,
          GError           **error)
{
  const DubAnswers *cases = fitting->calibration;

  if (!check_fitting (fitting, error)
      || !_dub_estimator_check_labels (SPLIT, fitting->calibration, fitting->calibration_labels, error))
    return NULL;

  size_t n_maps = cases->n_classes == 2 ? 1 : cases->n_classes;
  g_autofree double *probabilities = g_new (double, cases->n_cases);
  g_autofree gboolean *positive = g_new (gboolean, cases->n_cases);
  Maps *self = g_malloc0 (sizeof (Maps) + n_maps * sizeof (gpointer));

  self->kind = kind;
  self->n_classes = cases->n_classes;
  self->n_maps = n_maps;
  for (size_t k = 0; k < n_maps; k++) {
    size_t c = n_maps == 1 ? 1 : k;

    for (size_t i = 0; i < cases->n_cases; i++) {
      probabilities[i] = share (cases, i, c);
      positive[i] = (size_t) fitting->calibration_labels[i] == c;
    }
    if ((self->map[k] = fit_map (kind, probabilities, positive, cases->n_cases, run, error)) == NULL) {
      _dub_maps_free (self);
      return NULL;
    }
  }

  return self;
}

DUB_ESTIMATOR_FIT (platt)
{
  return fit_maps (PLATT, fitting, run, error);
}

DUB_ESTIMATOR_FIT (isotonic)
{
  return fit_maps (ISOTONIC, fitting, run, error);
}

DUB_ESTIMATOR_FIT (beta)
{
  return fit_maps (BETA, fitting, run, error);
}

/* 1 - p'(ŷ) of case @i. */
static double
score_case (const Maps       *self,
            const DubAnswers *cases,
            size_t            i)
{
  size_t answer = (size_t) cases->predicted[i];
  double own = 0.0, others = 0.0;

  if (self->n_maps == 1) {
    double p = apply_map (self, 0, share (cases, i, 1));

    return answer == 1 ? 1.0 - p : p;
  }

  for (size_t c = 0; c < self->n_classes; c++) {
    double p = apply_map (self, c, share (cases, i, c));

    if (c == answer)
      own = p;
    else
      others += p;
  }

  /* Where every class is thought impossible, none is more so than another. */
  return own + others > 0.0 ? others / (own + others) : 1.0 - 1.0 / (double) self->n_classes;
}

DUB_ESTIMATOR_SCORE (maps)
{
  const Maps *self = fitted;

  if (cases->n_classes != self->n_classes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "Recalibration was fitted on %zu classes; these answers have %zu.",
                 self->n_classes, cases->n_classes);
    return FALSE;
  }
  for (size_t i = 0; i < cases->n_cases; i++)
    scores[i] = score_case (self, cases, i);

  return _dub_estimator_check ("recalibrated MSR", scores, cases->n_cases, error);
}

static void
add_map (const Maps *self,
         size_t      k,
         GString    *words)
{
  const DubPlatt *platt = self->map[k];
  const DubIsotonic *isotonic = self->map[k];
  const DubBeta *beta = self->map[k];

  size_t n_positive = self->kind == PLATT      ? platt->n_positive
                      : self->kind == ISOTONIC ? isotonic->n_positive
                                               : beta->n_positive;

  if (n_positive == 0)
    g_string_append (words, "no calibration case has it, not applied");
  else if (map_kind (self, k) == DUB_FIT_CHANCE)
    g_string_append (words, "no better than chance, not applied");
  else if (map_kind (self, k) == DUB_FIT_SEPARABLE)
    g_string_append (words, "a threshold tells all cases apart, not applied");
  else if (self->kind == PLATT)
    g_string_append_printf (words, "slope %.3g, bias %.3g", platt->slope, platt->bias);
  else if (self->kind == ISOTONIC)
    g_string_append_printf (words, "%zu points", isotonic->n_points);
  else
    g_string_append_printf (words, "a = %.3g, b = %.3g, c = %.3g", beta->a, beta->b, beta->c);
}

char *
_dub_maps_describe (gconstpointer fitted)
{
  const Maps *self = fitted;
  g_autoptr (GString) words = g_string_new (NULL);
  size_t n_cases;

  for (size_t k = 0; k < self->n_maps; k++) {
    if (self->n_maps > 1)
      g_string_append_printf (words, "%sclass %zu: ", k > 0 ? "; " : "", k);
    add_map (self, k, words);
  }
  n_cases = self->kind == PLATT      ? ((const DubPlatt *) self->map[0])->n_cases
            : self->kind == ISOTONIC ? ((const DubIsotonic *) self->map[0])->n_cases
                                     : ((const DubBeta *) self->map[0])->n_cases;
  add_few (words, n_cases);

  return g_string_free (g_steal_pointer (&words), FALSE);
}
