#include "ui/model/calibration-answers.h"

static DubCalibrationAnswers *
take (DubPredictions *predictions,
      guint          *cases)
{
  DubCalibrationAnswers *self = g_new0 (DubCalibrationAnswers, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->predictions = predictions;
  self->cases = cases;

  return self;
}

DubCalibrationAnswers *
dub_calibration_answers_new (DubPredictions *predictions,
                             const size_t   *cases)
{
  guint *indices = g_new (guint, predictions->n_cases);

  for (size_t i = 0; i < predictions->n_cases; i++)
    indices[i] = (guint) cases[i];

  return take (predictions, indices);
}

DubCalibrationAnswers *
dub_calibration_answers_ref (DubCalibrationAnswers *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_calibration_answers_unref (DubCalibrationAnswers *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  dub_predictions_free (self->predictions);
  g_free (self->cases);
  g_free (self);
}

static guint *
copy_cases (const DubCalibrationAnswers *self)
{
  return g_memdup2 (self->cases, self->predictions->n_cases * sizeof *self->cases);
}

DubCalibrationAnswers *
dub_calibration_answers_of_class (const DubCalibrationAnswers *self,
                                  size_t                       class_index)
{
  return take (dub_predictions_of_class (self->predictions, class_index), copy_cases (self));
}

DubCalibrationAnswers *
dub_calibration_answers_apply (const DubCalibrationAnswers *self,
                               const DubRecalibration      *map,
                               GError                     **error)
{
  DubPredictions *applied = dub_recalibration_apply (map, self->predictions, error);

  return applied != NULL ? take (applied, copy_cases (self)) : NULL;
}

gssize
dub_calibration_answers_find (const DubCalibrationAnswers *self,
                              guint                        index)
{
  size_t low = 0, high = self->predictions->n_cases;

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (self->cases[middle] < index)
      low = middle + 1;
    else
      high = middle;
  }

  return low < self->predictions->n_cases && self->cases[low] == index ? (gssize) low : -1;
}
