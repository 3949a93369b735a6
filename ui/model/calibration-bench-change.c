/* Whether the recalibration makes the error shown above the diagrams worse: the paired change with its interval, made after all that
 * is seen first, and only where there is a change for the worse to be told. */
#include "ui/model/calibration-bench-private.h"

#include "core/calibration/calibration-change.h"

typedef struct {
  DubCalibrationAnswers *before, *after;
  size_t                 n_bins;
  DubBinning             binning;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  dub_calibration_answers_unref (order->before);
  dub_calibration_answers_unref (order->after);
  g_free (order);
}

static gpointer
change_thread (DubRun    *run,
               gpointer   data,
               GError   **error)
{
  const Order *order = data;
  DubCalibrationMeasure measure = order->binning == DUB_BINS_EQUAL_WIDTH ? DUB_CALIBRATION_ECE : DUB_CALIBRATION_ADAPTIVE_ECE;
  const DubCalibrationOptions options = { .measures = 1u << measure, .n_bins = order->n_bins, .binning = order->binning };
  DubEstimate change[DUB_N_CALIBRATION_MEASURES];

  if (!dub_calibration_change (order->before->predictions, order->after->predictions, &options, run, change, error))
    return NULL;

  return g_memdup2 (&change[measure], sizeof change[measure]);
}

static void
forget (DubCalibrationChange *self)
{
  for (int side = 0; side < 2; side++)
    g_clear_pointer (&self->of[side], dub_calibration_answers_unref);
  self->known = FALSE;
}

void
_dub_calibration_bench_change_clear (DubCalibrationBench *self)
{
  forget (&self->change);
}

/* TRUE where what is held, known or not to be had, is of the curves and bins shown. */
static gboolean
is_of_shown (DubCalibrationBench *self)
{
  const DubCalibrationChange *change = &self->change;

  for (int side = 0; side < 2; side++)
    if (self->side[side] == NULL || change->of[side] != self->side[side]->answers)
      return FALSE;

  return change->n_bins == self->side[0]->bins->n_bins && change->binning == self->side[0]->bins->binning;
}

gboolean
_dub_calibration_bench_is_worse (DubCalibrationBench *self)
{
  const DubCalibrationItem *before = self->side[0], *after = self->side[1];

  return before != NULL && after != NULL && before->bins != NULL && after->bins != NULL
         && dub_reliability_ece (after->bins) > dub_reliability_ece (before->bins);
}

const DubEstimate *
_dub_calibration_bench_get_change (DubCalibrationBench *self)
{
  return is_of_shown (self) && self->change.known ? &self->change.estimate : NULL;
}

gboolean
_dub_calibration_bench_submit_change (DubCalibrationBench *self,
                                      DubComputeDone       done)
{
  if (!_dub_calibration_bench_is_worse (self) || is_of_shown (self))
    return FALSE;

  Order *order = g_new0 (Order, 1);

  order->before = dub_calibration_answers_ref (self->side[0]->answers);
  order->after = dub_calibration_answers_ref (self->side[1]->answers);
  order->n_bins = self->side[0]->bins->n_bins;
  order->binning = self->side[0]->bins->binning;
  dub_compute_slot_submit (self->slot, change_thread, order, order_free, g_free, done, self);

  return TRUE;
}

void
_dub_calibration_bench_take_change (DubCalibrationBench *self,
                                    const DubEstimate   *estimate)
{
  DubCalibrationChange *change = &self->change;

  forget (change);
  if (self->side[0] == NULL || self->side[1] == NULL)
    return;
  for (int side = 0; side < 2; side++)
    change->of[side] = dub_calibration_answers_ref (self->side[side]->answers);
  change->n_bins = self->side[0]->bins->n_bins;
  change->binning = self->side[0]->bins->binning;
  change->known = estimate != NULL;
  if (estimate != NULL)
    change->estimate = *estimate;
}
