/* Bands and intervals of a curve, made on the thread of a slot. */
#include "ui/model/calibration-item.h"

/* Values come with intervals always; of so few resamples nobody sees any. */
enum { FEWEST_RESAMPLES = 2 };

#define MEASURED (DUB_CALIBRATION_WANT_VALUES | DUB_CALIBRATION_WANT_ECE | DUB_CALIBRATION_WANT_MEASURES)

typedef struct {
  DubCalibrationAnswers *answers;
  guint                  lacks;
  size_t                 n_bins;
  DubBinning             binning;
} Order;

typedef struct {
  guint          made; /* of DubCalibrationWant */
  size_t         n_bins;
  DubBinning     binning;
  double        *low, *high, *consistent_low, *consistent_high;
  DubCorp       *corp;
  DubCalibration measured;
} Made;

static void
order_free (gpointer data)
{
  Order *order = data;

  dub_calibration_answers_unref (order->answers);
  g_free (order);
}

static void
made_free (gpointer data)
{
  Made *made = data;

  g_free (made->low);
  g_free (made->high);
  g_free (made->consistent_low);
  g_free (made->consistent_high);
  g_clear_pointer (&made->corp, dub_corp_free);
  g_free (made);
}

static gboolean
make_band (const Order          *order,
           const DubReliability *bins,
           DubBand               band,
           double              **low,
           double              **high,
           DubRun               *run,
           GError              **error)
{
  *low = g_new (double, bins->n_bins);
  *high = g_new (double, bins->n_bins);

  return dub_calibration_band (order->answers->predictions, bins, band, 0, 0, DUB_CONFIDENCE, *low, *high, run, error);
}

static gpointer
work_thread (DubRun    *run,
             gpointer   data,
             GError   **error)
{
  const Order *order = data;
  const DubPredictions *predictions = order->answers->predictions;
  g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, order->binning, order->n_bins);
  Made *made = g_new0 (Made, 1);
  gboolean ok = TRUE;

  made->made = order->lacks;
  made->n_bins = order->n_bins;
  made->binning = order->binning;
  if (order->lacks & DUB_CALIBRATION_WANT_BAND)
    ok = make_band (order, bins, DUB_BAND_BOOTSTRAP, &made->low, &made->high, run, error);
  if (ok && (order->lacks & DUB_CALIBRATION_WANT_CONSISTENCY))
    ok = make_band (order, bins, DUB_BAND_CONSISTENCY, &made->consistent_low, &made->consistent_high, run, error);
  if (ok && (order->lacks & DUB_CALIBRATION_WANT_CORP))
    ok = (made->corp = dub_corp_new (predictions, 999, 0, DUB_CONFIDENCE, run, error)) != NULL;
  if (ok && (order->lacks & MEASURED)) {
    const guint ece = 1u << (order->binning == DUB_BINS_EQUAL_WIDTH ? DUB_CALIBRATION_ECE : DUB_CALIBRATION_ADAPTIVE_ECE);
    const DubCalibrationOptions options = {
      .measures = order->lacks & DUB_CALIBRATION_WANT_ECE ? ece : 0, .n_bins = order->n_bins, .binning = order->binning,
      .n_resamples = order->lacks & DUB_CALIBRATION_WANT_VALUES ? FEWEST_RESAMPLES : 0,
    };

    ok = dub_calibration_measure (predictions, &options, run, &made->measured, error);
  }
  if (!ok)
    g_clear_pointer (&made, made_free);

  return made;
}

guint
dub_calibration_item_lacks (const DubCalibrationItem *self,
                            guint                     wants)
{
  DubCalibrationAge age = dub_calibration_item_get_age (self);
  guint have = 0;

  if (self->failed)
    return 0;
  if (self->low != NULL)
    have |= DUB_CALIBRATION_WANT_BAND;
  if (self->consistent_low != NULL)
    have |= DUB_CALIBRATION_WANT_CONSISTENCY;
  if (self->corp != NULL)
    have |= DUB_CALIBRATION_WANT_CORP;
  if (self->has_values && age != DUB_CALIBRATION_OLD_VALUES)
    have |= DUB_CALIBRATION_WANT_VALUES;
  if (self->has_ece && age == DUB_CALIBRATION_FRESH)
    have |= DUB_CALIBRATION_WANT_ECE;
  if (self->has_measures && age == DUB_CALIBRATION_FRESH)
    have |= DUB_CALIBRATION_WANT_MEASURES;

  return wants & ~have;
}

void
dub_calibration_item_submit (const DubCalibrationItem *self,
                             guint                     lacks,
                             DubComputeSlot           *slot,
                             DubComputeDone            done,
                             gpointer                  user_data)
{
  Order *order = g_new0 (Order, 1);

  order->answers = dub_calibration_answers_ref (self->answers);
  order->lacks = lacks;
  order->n_bins = self->bins->n_bins;
  order->binning = self->bins->binning;
  dub_compute_slot_submit (slot, work_thread, order, order_free, made_free, done, user_data);
}

static void
take_band (double **mine,
           double **made)
{
  if (*made == NULL)
    return;
  g_free (*mine);
  *mine = g_steal_pointer (made);
}

/* The intervals of before stay beside them until others come. */
static void
take_values (DubCalibrationItem   *self,
             const DubCalibration *values)
{
  DubCalibration before = self->measured;

  self->measured = *values;
  for (guint m = 0; m < DUB_N_CALIBRATION_MEASURES; m++) {
    self->measured.estimate[m].low = self->has_measures ? before.estimate[m].low : (double) NAN;
    self->measured.estimate[m].high = self->has_measures ? before.estimate[m].high : (double) NAN;
  }
  self->has_values = TRUE;
  self->has_intervals = FALSE;
}

static void
take_measures (DubCalibrationItem   *self,
               const DubCalibration *measured,
               gboolean              all)
{
  self->measured = *measured;
  self->has_ece = self->has_intervals = TRUE;
  self->has_values = self->has_measures = all;
}

void
dub_calibration_item_take (DubCalibrationItem *self,
                           gpointer            result)
{
  Made *made = result;

  self->failed = made == NULL;
  if (made == NULL)
    return;
  if (made->n_bins == self->bins->n_bins && made->binning == self->bins->binning) {
    take_band (&self->low, &made->low);
    take_band (&self->high, &made->high);
    take_band (&self->consistent_low, &made->consistent_low);
    take_band (&self->consistent_high, &made->consistent_high);
  }
  if (made->corp != NULL) {
    g_clear_pointer (&self->corp, dub_corp_free);
    self->corp = g_steal_pointer (&made->corp);
  }
  if (made->made & DUB_CALIBRATION_WANT_VALUES)
    take_values (self, &made->measured);
  else if (made->made & MEASURED)
    take_measures (self, &made->measured, (made->made & DUB_CALIBRATION_WANT_MEASURES) != 0);
}
