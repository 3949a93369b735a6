/* Answers with labels, checked once, so that nothing behind them has to check again. */
#include "core/calibration/predictions.h"

#include "core/calibration/reliability.h"
#include "core/calibration/temperature.h"
#include "core/stats/check.h"

#include <string.h>

static int *
copy_groups (const int *groups,
             size_t     n)
{
  return groups != NULL ? g_memdup2 (groups, n * sizeof *groups) : NULL;
}

static DubPredictions *
predictions_alloc (size_t     n_cases,
                   const int *groups)
{
  DubPredictions *self = g_new0 (DubPredictions, 1);

  self->n_cases = n_cases;
  self->confidence = g_new (double, n_cases);
  self->correct = g_new (gboolean, n_cases);
  self->groups = copy_groups (groups, n_cases);

  return self;
}

void
dub_predictions_free (DubPredictions *self)
{
  if (self == NULL)
    return;

  g_free (self->probabilities);
  g_free (self->logits);
  g_free (self->labels);
  g_free (self->answers);
  g_free (self->confidence);
  g_free (self->correct);
  g_free (self->groups);
  g_free (self);
}

DubPredictions *
dub_predictions_new (const double  *probabilities,
                     const double  *logits,
                     const int     *labels,
                     size_t         n_cases,
                     size_t         n_classes,
                     const int     *groups,
                     GError       **error)
{
  g_return_val_if_fail (probabilities != NULL || logits != NULL, NULL);

  if (n_cases == 0 || n_classes < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "Calibration needs cases and at least two classes; %zu cases and %zu classes were given.", n_cases, n_classes);
    return NULL;
  }
  if (logits != NULL && !dub_check_finite ("logit", logits, n_cases, n_classes, error))
    return NULL;

  size_t n = n_cases * n_classes;
  g_autoptr (DubPredictions) self = predictions_alloc (n_cases, groups);

  self->n_classes = n_classes;
  self->probabilities = g_new (double, n);
  if (probabilities != NULL)
    memcpy (self->probabilities, probabilities, n * sizeof *probabilities);
  else
    dub_temperature_apply (1.0, logits, n_cases, n_classes, self->probabilities);
  if (logits != NULL)
    self->logits = g_memdup2 (logits, n * sizeof *logits);
  self->answers = g_new (int, n_cases);
  if (!dub_top_label (self->probabilities, labels, n_cases, n_classes, self->confidence, self->correct, self->answers, error))
    return NULL;
  self->labels = g_memdup2 (labels, n_cases * sizeof *labels);

  /* A row's sum is 1 within rounding only, and so may be its largest member. */
  for (size_t i = 0; i < n_cases; i++)
    self->confidence[i] = MIN (self->confidence[i], 1.0);

  return g_steal_pointer (&self);
}

DubPredictions *
dub_predictions_new_top (const double    *confidence,
                         const gboolean  *correct,
                         size_t           n_cases,
                         const int       *groups,
                         GError         **error)
{
  if (!dub_check_unit_interval ("confidence", confidence, n_cases, error))
    return NULL;

  DubPredictions *self = predictions_alloc (n_cases, groups);

  for (size_t i = 0; i < n_cases; i++) {
    self->confidence[i] = confidence[i];
    self->correct[i] = correct[i] != FALSE;
  }

  return self;
}

DubPredictions *
dub_predictions_of_class (const DubPredictions *self,
                          size_t                class_index)
{
  g_return_val_if_fail (class_index < self->n_classes, NULL);

  DubPredictions *one = predictions_alloc (self->n_cases, self->groups);

  for (size_t i = 0; i < self->n_cases; i++) {
    one->confidence[i] = CLAMP (self->probabilities[i * self->n_classes + class_index], 0.0, 1.0);
    one->correct[i] = (size_t) self->labels[i] == class_index;
  }

  return one;
}
