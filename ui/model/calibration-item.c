#include "ui/model/calibration-item.h"

#include "core/stats/describe.h"

#include <math.h>

DubCalibrationItem *
dub_calibration_item_new (const char            *name,
                          DubCalibrationAnswers *base,
                          int                    class_index)
{
  DubCalibrationItem *self = g_new0 (DubCalibrationItem, 1);

  self->name = g_strdup (name);
  self->base = dub_calibration_answers_ref (base);
  self->class_index = class_index;
  self->answers = class_index < 0 ? dub_calibration_answers_ref (base)
                                  : dub_calibration_answers_of_class (base, (size_t) class_index);

  return self;
}

static void
drop_bands (DubCalibrationItem *self)
{
  g_clear_pointer (&self->low, g_free);
  g_clear_pointer (&self->high, g_free);
  g_clear_pointer (&self->consistent_low, g_free);
  g_clear_pointer (&self->consistent_high, g_free);
}

void
dub_calibration_item_free (DubCalibrationItem *self)
{
  if (self == NULL)
    return;
  drop_bands (self);
  g_clear_pointer (&self->bins, dub_reliability_free);
  g_clear_pointer (&self->corp, dub_corp_free);
  dub_calibration_answers_unref (self->base);
  dub_calibration_answers_unref (self->answers);
  g_free (self->sorted);
  g_free (self->ece);
  g_free (self->mce);
  g_free (self->name);
  g_free (self);
}

gboolean
dub_calibration_item_is (const DubCalibrationItem *self,
                         DubCalibrationAnswers    *base,
                         int                       class_index)
{
  return self->base == base && self->class_index == class_index;
}

void
dub_calibration_item_set_name (DubCalibrationItem *self,
                               const char         *name)
{
  g_autofree char *copy = g_strdup (name);

  g_free (self->name);
  self->name = g_steal_pointer (&copy);
}

/* Sorted once: a slider that moves through the numbers of bins keeps to its frame. */
static DubReliability *
equal_mass (DubCalibrationItem *self,
            size_t              n_bins)
{
  const DubPredictions *predictions = self->answers->predictions;

  if (self->sorted == NULL) {
    self->sorted = g_memdup2 (predictions->confidence, predictions->n_cases * sizeof *self->sorted);
    dub_sort (self->sorted, predictions->n_cases);
  }

  return dub_reliability_new_of_sorted (predictions->confidence, self->sorted, predictions->correct, predictions->n_cases, n_bins, NULL);
}

void
dub_calibration_item_set_bins (DubCalibrationItem *self,
                               size_t              n_bins,
                               DubBinning          binning)
{
  if (self->bins != NULL && self->bins->n_bins == n_bins && self->bins->binning == binning)
    return;
  g_clear_pointer (&self->bins, dub_reliability_free);
  self->bins = binning == DUB_BINS_EQUAL_WIDTH ? dub_predictions_reliability (self->answers->predictions, binning, n_bins)
                                               : equal_mass (self, n_bins);
  drop_bands (self);
  self->failed = FALSE;
}

void
dub_calibration_item_trace (DubCalibrationItem *self)
{
  if (self->ece != NULL && self->curve_binning == self->bins->binning)
    return;
  if (self->ece == NULL) {
    self->ece = g_new (double, DUB_CALIBRATION_N_CURVE);
    self->mce = g_new (double, DUB_CALIBRATION_N_CURVE);
  }
  self->curve_binning = self->bins->binning;
  dub_calibration_curve (self->answers->predictions, self->curve_binning, DUB_CALIBRATION_FEWEST_BINS, DUB_CALIBRATION_MOST_BINS,
                         self->ece, self->mce);
}

DubCalibrationAge
dub_calibration_item_get_age (const DubCalibrationItem *self)
{
  if ((!self->has_values && !self->has_ece) || self->measured.n_bins != self->bins->n_bins || self->measured.binning != self->bins->binning)
    return DUB_CALIBRATION_OLD_VALUES;

  return self->has_intervals ? DUB_CALIBRATION_FRESH : DUB_CALIBRATION_OLD_INTERVALS;
}

static const DubEstimate *
measured_ece (const DubCalibrationItem *self)
{
  return &self->measured.estimate[self->bins->binning == DUB_BINS_EQUAL_WIDTH ? DUB_CALIBRATION_ECE : DUB_CALIBRATION_ADAPTIVE_ECE];
}

DubEstimate
dub_calibration_item_get_ece (const DubCalibrationItem *self)
{
  DubEstimate estimate = dub_estimate_undefined (NULL);

  if (self->has_ece && dub_calibration_item_get_age (self) == DUB_CALIBRATION_FRESH)
    estimate = *measured_ece (self);
  estimate.value = dub_reliability_ece (self->bins);

  return estimate;
}

gboolean
dub_calibration_item_add_old_interval (const DubCalibrationItem *self,
                                       DubEstimate              *ece)
{
  const DubEstimate *old = measured_ece (self);

  if (!self->has_ece || self->failed || dub_calibration_item_get_age (self) == DUB_CALIBRATION_FRESH || !isfinite (old->low) ||
      !isfinite (old->high))
    return FALSE;
  ece->low = old->low;
  ece->high = old->high;

  return TRUE;
}

size_t
dub_calibration_item_bin_of (const DubCalibrationItem *self,
                             size_t                    position)
{
  return dub_reliability_find_bin (self->bins, self->answers->predictions->confidence[position]);
}

guint *
dub_calibration_item_take_bin (const DubCalibrationItem *self,
                               size_t                    bin,
                               size_t                   *n)
{
  guint *cases = g_new (guint, MAX (self->bins->count[bin], 1));

  *n = 0;
  for (size_t i = 0; i < self->answers->predictions->n_cases && *n < self->bins->count[bin]; i++)
    if (dub_calibration_item_bin_of (self, i) == bin)
      cases[(*n)++] = self->answers->cases[i];

  return cases;
}
