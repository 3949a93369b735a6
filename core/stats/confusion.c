#include "core/stats/confusion.h"

#include "core/base/checked.h"
#include "core/base/memory.h"
#include "core/stats/check.h"

DubConfusion *
dub_confusion_new (const int  *labels,
                   const int  *answers,
                   size_t      n_cases,
                   size_t      n_classes,
                   GError    **error)
{
  size_t n_cells, n_bytes;

  if (!dub_check_labels ("label", labels, n_cases, n_classes, error)
      || !dub_check_labels ("answer", answers, n_cases, n_classes, error))
    return NULL;

  /* A label is an int, so any number of classes passes the checks above. */
  size_t limit = dub_memory_limit ();
  size_t *count = NULL;

  if (dub_checked_mul (n_classes, n_classes, &n_cells) && dub_checked_mul (n_cells, sizeof (size_t), &n_bytes)
      && (limit == 0 || n_bytes <= limit))
    count = g_try_malloc0 (n_bytes);
  if (count == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "A confusion matrix of %zu classes does not fit into memory.", n_classes);
    return NULL;
  }

  DubConfusion *self = g_new0 (DubConfusion, 1);

  self->n_classes = n_classes;
  self->n_cases = n_cases;
  self->count = count;
  for (size_t i = 0; i < n_cases; i++)
    count[(size_t) labels[i] * n_classes + (size_t) answers[i]]++;

  return self;
}

void
dub_confusion_free (DubConfusion *self)
{
  if (self == NULL)
    return;
  g_free (self->count);
  g_free (self);
}

static size_t
row_sum (const DubConfusion *self,
         size_t              r)
{
  size_t sum = 0;

  for (size_t c = 0; c < self->n_classes; c++)
    sum += dub_confusion_get (self, r, c);

  return sum;
}

static size_t
column_sum (const DubConfusion *self,
            size_t              c)
{
  size_t sum = 0;

  for (size_t r = 0; r < self->n_classes; r++)
    sum += dub_confusion_get (self, r, c);

  return sum;
}

DubRate
dub_confusion_accuracy (const DubConfusion *self)
{
  DubRate rate = { .d = self->n_cases };

  for (size_t c = 0; c < self->n_classes; c++)
    rate.n += dub_confusion_get (self, c, c);

  return rate;
}

DubRate
dub_confusion_sensitivity (const DubConfusion *self,
                           size_t              positive)
{
  g_return_val_if_fail (positive < self->n_classes, (DubRate) { 0 });

  return (DubRate) { .n = dub_confusion_get (self, positive, positive), .d = row_sum (self, positive) };
}

DubRate
dub_confusion_specificity (const DubConfusion *self,
                           size_t              positive)
{
  g_return_val_if_fail (positive < self->n_classes, (DubRate) { 0 });

  size_t n_others = self->n_cases - row_sum (self, positive);
  size_t n_alarms = column_sum (self, positive) - dub_confusion_get (self, positive, positive);

  return (DubRate) { .n = n_others - n_alarms, .d = n_others };
}

DubRate
dub_confusion_precision (const DubConfusion *self,
                         size_t              positive)
{
  g_return_val_if_fail (positive < self->n_classes, (DubRate) { 0 });

  return (DubRate) { .n = dub_confusion_get (self, positive, positive), .d = column_sum (self, positive) };
}

double
dub_confusion_f1 (const DubConfusion *self,
                  size_t              positive)
{
  g_return_val_if_fail (positive < self->n_classes, (double) NAN);

  size_t both = row_sum (self, positive) + column_sum (self, positive);

  return both > 0 ? 2.0 * (double) dub_confusion_get (self, positive, positive) / (double) both : (double) NAN;
}

double
dub_confusion_balanced_accuracy (const DubConfusion *self)
{
  double sum = 0.0;

  for (size_t c = 0; c < self->n_classes; c++)
    sum += dub_rate_value (dub_confusion_sensitivity (self, c));

  return sum / (double) self->n_classes;
}

double
dub_confusion_macro_specificity (const DubConfusion *self)
{
  double sum = 0.0;

  for (size_t c = 0; c < self->n_classes; c++)
    sum += dub_rate_value (dub_confusion_specificity (self, c));

  return sum / (double) self->n_classes;
}

double
dub_confusion_macro_f1 (const DubConfusion *self)
{
  double sum = 0.0;

  for (size_t c = 0; c < self->n_classes; c++)
    sum += dub_confusion_f1 (self, c);

  return sum / (double) self->n_classes;
}
