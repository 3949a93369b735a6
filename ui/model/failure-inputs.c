#include "ui/model/failure-inputs.h"

#include <math.h>
#include <string.h>

DubFailureInputs *
dub_failure_inputs_ref (DubFailureInputs *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_failure_inputs_unref (DubFailureInputs *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->cases);
  g_free (self->values);
  g_free (self->correct);
  g_free (self->groups);
  g_free (self->fitting);
  g_free (self->fitting_correct);
  g_free (self);
}

/* As dub_scores_failure() takes them: a label is known, and a value. */
static gboolean
counts (const DubScores *scores,
        const DubScore  *score,
        size_t           i)
{
  return scores->failed[i] != 2 && !isnan (score->values[i]);
}

DubFailureInputs *
dub_failure_inputs_new (const DubScores    *scores,
                        const DubScore     *score,
                        const DubStudyData *data,
                        const int          *patients)
{
  DubFailureInputs *self = g_new0 (DubFailureInputs, 1);
  size_t n = 0, n_fitting = 0;

  g_atomic_ref_count_init (&self->ref_count);
  for (size_t i = 0; i < scores->n_cases; i++)
    if (counts (scores, score, i)) {
      n += data->split->part[i] == DUB_PART_TEST;
      n_fitting += data->split->part[i] == DUB_PART_CALIBRATION;
    }
  self->cases = g_new (guint, MAX (n, 1));
  self->values = g_new (double, MAX (n, 1));
  self->correct = g_new (gboolean, MAX (n, 1));
  self->groups = patients != NULL ? g_new (int, MAX (n, 1)) : NULL;
  self->fitting = g_new (double, MAX (n_fitting, 1));
  self->fitting_correct = g_new (gboolean, MAX (n_fitting, 1));
  for (size_t i = 0; i < scores->n_cases; i++) {
    if (!counts (scores, score, i))
      continue;
    if (data->split->part[i] == DUB_PART_TEST) {
      self->cases[self->n] = (guint) i;
      self->values[self->n] = score->values[i];
      if (patients != NULL)
        self->groups[self->n] = patients[i];
      self->correct[self->n++] = scores->failed[i] == 0;
    } else if (data->split->part[i] == DUB_PART_CALIBRATION) {
      self->fitting[self->n_fitting] = score->values[i];
      self->fitting_correct[self->n_fitting++] = scores->failed[i] == 0;
    }
  }

  return self;
}

static gboolean
same (const void *a,
      const void *b,
      size_t      n_bytes)
{
  return (a == NULL) == (b == NULL) && (a == NULL || n_bytes == 0 || memcmp (a, b, n_bytes) == 0);
}

gboolean
dub_failure_inputs_equal (const DubFailureInputs *a,
                          const DubFailureInputs *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return a->n == b->n && a->n_fitting == b->n_fitting && same (a->cases, b->cases, a->n * sizeof *a->cases) &&
         same (a->values, b->values, a->n * sizeof *a->values) && same (a->correct, b->correct, a->n * sizeof *a->correct) &&
         same (a->groups, b->groups, a->n * sizeof *a->groups) &&
         same (a->fitting, b->fitting, a->n_fitting * sizeof *a->fitting) &&
         same (a->fitting_correct, b->fitting_correct, a->n_fitting * sizeof *a->fitting_correct);
}
