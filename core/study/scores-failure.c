/* Columns of scores against the truth, which only judging sees. */
#include "core/study/scores.h"

#include <math.h>

/* Cases of a part whose label is known and that have a value. */
typedef struct {
  size_t    n;
  size_t   *index;   /* [n] */
  double   *values;  /* [n] */
  gboolean *correct; /* [n] */
} Part;

static void
part_clear (Part *self)
{
  g_free (self->index);
  g_free (self->values);
  g_free (self->correct);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

static Part
take_part (const DubScores *scores,
           const DubStudy  *study,
           const DubScore  *score,
           DubPart          part)
{
  size_t room = MAX (scores->n_cases, 1);
  Part self = { .index = g_new (size_t, room), .values = g_new (double, room), .correct = g_new (gboolean, room) };

  for (size_t i = 0; i < scores->n_cases; i++) {
    if (study->data->split->part[i] != part || scores->failed[i] == 2 || isnan (score->values[i]))
      continue;
    self.index[self.n] = i;
    self.values[self.n] = score->values[i];
    self.correct[self.n] = scores->failed[i] == 0;
    self.n++;
  }

  return self;
}

DubFailure *
dub_scores_failure (const DubScores  *self,
                    DubStudy         *study,
                    const DubScore   *score,
                    DubPart           part,
                    guint             n_resamples,
                    guint64           seed,
                    size_t          **cases,
                    DubRun           *run,
                    GError          **error)
{
  if (score->values == NULL) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, score->missing);
    return NULL;
  }

  g_auto (Part) measured = take_part (self, study, score, part);
  g_auto (Part) fitting = take_part (self, study, score, DUB_PART_CALIBRATION);
  g_autofree int *patients = dub_study_data_patients (study->data);
  g_autofree int *groups = patients != NULL ? g_new (int, MAX (measured.n, 1)) : NULL;

  if (measured.n == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s has no values for labelled %s cases.", score->title,
                 dub_part_name (part));
    return NULL;
  }
  for (size_t i = 0; i < measured.n && patients != NULL; i++)
    groups[i] = patients[measured.index[i]];

  DubFailureOptions options = {
    .fitting_scores = fitting.values, .fitting_correct = fitting.correct, .n_fitting = fitting.n, .groups = groups,
    .n_resamples = n_resamples, .seed = seed,
  };
  DubFailure *failure = dub_failure_measure (measured.values, measured.correct, measured.n, &options, run, error);

  if (failure != NULL && cases != NULL)
    *cases = g_steal_pointer (&measured.index);

  return failure;
}

double
dub_scores_percentile (const DubScores *self,
                       const DubStudy  *study,
                       const DubScore  *score,
                       double           value)
{
  size_t n = 0, below = 0;

  for (size_t i = 0; i < self->n_cases && score->values != NULL; i++)
    if (study->data->split->part[i] == DUB_PART_CALIBRATION && !isnan (score->values[i])) {
      n++;
      below += score->values[i] <= value;
    }

  return n > 0 ? (double) below / (double) n : (double) NAN;
}
