#include "core/calibration/calibration-sample.h"

#include "core/base/checked.h"
#include "core/base/memory.h"
#include "core/calibration/scores.h"
#include "core/stats/bootstrap.h"

#include <math.h>

#define BIT(measure) (1u << (measure))

enum {
  OF_PARTS = BIT (DUB_CALIBRATION_BRIER_RELIABILITY) | BIT (DUB_CALIBRATION_BRIER_RESOLUTION)
             | BIT (DUB_CALIBRATION_BRIER_UNCERTAINTY),
  OF_CLASSES = OF_PARTS | BIT (DUB_CALIBRATION_CLASSWISE_ECE),
  OF_BINNING = BIT (DUB_CALIBRATION_MCE) | BIT (DUB_CALIBRATION_AVERAGE),
};

static void
event_bins_clear (DubEventBins *bins)
{
  g_free (bins->first);
  g_free (bins->cases);
  g_free (bins->confidence);
  g_free (bins->happened);
}

void
_dub_calibration_sample_free (DubCalibrationSample *self)
{
  if (self == NULL)
    return;
  event_bins_clear (&self->width);
  for (size_t c = 0; self->classes != NULL && c < self->n_classes; c++)
    event_bins_clear (&self->classes[c]);
  _dub_calibration_order_free (self->order);
  _dub_smooth_free (self->smooth);
  g_free (self->mass_first);
  g_free (self->classes);
  g_free (self->log_loss);
  g_free (self->square);
  g_free (self->groups);
  g_free (self);
}

static void
set_width_bins (DubCalibrationSample *self)
{
  size_t n = self->n_cases;

  self->width.first = g_new (size_t, self->n_bins + 1);
  self->width.confidence = g_memdup2 (self->order->confidence, n * sizeof (double));
  self->width.happened = g_new (uint32_t, n);
  for (size_t i = 0; i < n; i++)
    self->width.happened[i] = self->order->correct[i] ? UINT32_MAX : 0;
  _dub_calibration_order_bins (self->order, DUB_BINS_EQUAL_WIDTH, self->n_bins, self->width.first);
}

/* Counts the cases of each bin, then puts them there: within a bin they stay in order. */
static void
set_class_bins (DubCalibrationSample *self,
                const DubPredictions *predictions,
                const DubReliability *edges,
                size_t                c,
                uint32_t             *bin) /* scratch [N] */
{
  size_t n = self->n_cases;
  DubEventBins *bins = &self->classes[c];
  g_autofree size_t *next = g_new (size_t, self->n_bins);

  bins->first = g_new0 (size_t, self->n_bins + 1);
  bins->cases = g_new (uint32_t, n);
  bins->confidence = g_new (double, n);
  bins->happened = g_new (uint32_t, n);
  for (size_t i = 0; i < n; i++) {
    double p = predictions->probabilities[self->order->cases[i] * self->n_classes + c];

    bin[i] = (uint32_t) dub_reliability_find_bin (edges, p);
    bins->first[bin[i] + 1]++;
  }
  for (size_t m = 0; m < self->n_bins; m++) {
    next[m] = bins->first[m];
    bins->first[m + 1] += bins->first[m];
  }
  for (size_t i = 0; i < n; i++) {
    size_t index = self->order->cases[i], at = next[bin[i]]++;

    bins->cases[at] = (uint32_t) i;
    bins->confidence[at] = predictions->probabilities[index * self->n_classes + c];
    bins->happened[at] = (size_t) predictions->labels[index] == c ? UINT32_MAX : 0;
  }
}

static gboolean
set_classes (DubCalibrationSample  *self,
             const DubPredictions  *predictions,
             GError               **error)
{
  size_t limit = dub_memory_limit ();
  size_t n_bytes;

  if (!dub_checked_mul (self->n_cases, self->n_classes, &n_bytes)
      || !dub_checked_mul (n_bytes, sizeof (double) + 2 * sizeof (uint32_t), &n_bytes) || (limit > 0 && n_bytes > limit)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "The bins of %zu cases in %zu classes do not fit into memory.", self->n_cases, self->n_classes);
    return FALSE;
  }

  /* Edges of equal width are the same for any cases. */
  const double any = 0.0;
  const gboolean never = FALSE;
  g_autoptr (DubReliability) edges = dub_reliability_new (&any, &never, 1, self->n_bins, error);
  g_autofree uint32_t *bin = g_new (uint32_t, self->n_cases);

  if (edges == NULL)
    return FALSE;
  self->classes = g_new0 (DubEventBins, self->n_classes);
  for (size_t c = 0; c < self->n_classes; c++)
    set_class_bins (self, predictions, edges, c, bin);

  return TRUE;
}

/* Two classes have the same error twice: half of the sum is the binary form. */
double
_dub_calibration_sample_weight (const DubCalibrationSample *self)
{
  return self->n_classes == 2 ? 0.5 : 1.0;
}

static double
brier_term (const DubCalibrationSample *self,
            const DubPredictions       *predictions,
            size_t                      index)
{
  if (self->n_classes == 0) {
    double distance = predictions->confidence[index] - (predictions->correct[index] ? 1.0 : 0.0);

    return distance * distance;
  }

  const double *row = predictions->probabilities + index * self->n_classes;
  double sum = 0.0;

  for (size_t c = 0; c < self->n_classes; c++) {
    double distance = row[c] - ((size_t) predictions->labels[index] == c ? 1.0 : 0.0);

    sum += distance * distance;
  }

  return _dub_calibration_sample_weight (self) * sum;
}

/* The probability that was given to what happened. */
static double
probability_of_truth (const DubPredictions *predictions,
                      size_t                index)
{
  if (predictions->n_classes > 0)
    return predictions->probabilities[index * predictions->n_classes + (size_t) predictions->labels[index]];

  return predictions->correct[index] ? predictions->confidence[index] : 1.0 - predictions->confidence[index];
}

static void
set_scores (DubCalibrationSample *self,
            const DubPredictions *predictions)
{
  if (self->measures & BIT (DUB_CALIBRATION_NLL))
    self->log_loss = g_new (double, self->n_cases);
  if (self->measures & BIT (DUB_CALIBRATION_BRIER))
    self->square = g_new (double, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++) {
    size_t index = self->order->cases[i];
    double p = probability_of_truth (predictions, index);

    self->n_clipped += p < DUB_NLL_SMALLEST;
    if (self->log_loss != NULL)
      self->log_loss[i] = -log (MAX (p, DUB_NLL_SMALLEST));
    if (self->square != NULL)
      self->square[i] = brier_term (self, predictions, index);
  }
}

DubCalibrationSample *
_dub_calibration_sample_new (const DubPredictions *predictions,
                             guint                 measures,
                             size_t                n_bins,
                             DubBinning            binning,
                             GError              **error)
{
  size_t n = predictions->n_cases;

  if (n > G_MAXUINT32) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There are %zu cases; at most %u can be resampled.", n, G_MAXUINT32);
    return NULL;
  }

  g_autoptr (DubCalibrationSample) self = g_new0 (DubCalibrationSample, 1);

  self->measures = measures;
  self->n_cases = n;
  self->n_classes = predictions->n_classes;
  self->n_bins = n_bins;
  self->binning = binning;
  self->order = _dub_calibration_order_new (predictions);
  set_width_bins (self);
  if ((measures & BIT (DUB_CALIBRATION_ADAPTIVE_ECE)) || ((measures & OF_BINNING) && binning == DUB_BINS_EQUAL_MASS)) {
    self->mass_first = g_new (size_t, n_bins + 1);
    _dub_calibration_order_bins (self->order, DUB_BINS_EQUAL_MASS, n_bins, self->mass_first);
  }
  if ((measures & OF_CLASSES) && self->n_classes > 0 && !set_classes (self, predictions, error))
    return NULL;
  set_scores (self, predictions);
  if (measures & BIT (DUB_CALIBRATION_SMOOTH))
    self->smooth = _dub_smooth_new (self->order->confidence, self->order->correct, n);
  if (dub_bootstrap_dependent (predictions->groups, n)) {
    self->groups = g_new (int, n);
    for (size_t i = 0; i < n; i++)
      self->groups[i] = predictions->groups[self->order->cases[i]];
  }

  return g_steal_pointer (&self);
}

size_t
_dub_calibration_sample_scratch (const DubCalibrationSample *self)
{
  return self->smooth != NULL ? _dub_smooth_scratch (self->smooth) : 1;
}

static DubBinErrors
measure_bins (const DubCalibrationSample *self,
              const DubEventBins         *event,
              const size_t               *first,
              const uint32_t             *count)
{
  DubBinErrors bins = { 0 };

  for (size_t m = 0; m < self->n_bins; m++) {
    size_t at = first[m], n = first[m + 1] - at;

    if (n == 0)
      continue;

    DubBinSums sums = event->cases != NULL
      ? _dub_bin_sums_of_listed (count, event->cases + at, event->confidence + at, event->happened + at, n)
      : _dub_bin_sums_of_run (count + at, event->confidence + at, event->happened + at, n);

    _dub_bin_errors_add (&bins, &sums);
  }

  return bins;
}

/* Adds Brier's parts of one event. */
static void
add_parts (const DubBinErrors *bins,
           double              weight,
           double             *values)
{
  double n = (double) bins->n, base_rate = (double) bins->happened / n;

  values[DUB_CALIBRATION_BRIER_RELIABILITY] += weight * bins->reliability / n;
  values[DUB_CALIBRATION_BRIER_RESOLUTION] += weight * MAX (bins->shares / n - base_rate * base_rate, 0.0);
  values[DUB_CALIBRATION_BRIER_UNCERTAINTY] += weight * base_rate * (1.0 - base_rate);
}

static void
measure_classes (const DubCalibrationSample *self,
                 const uint32_t             *count,
                 double                     *values)
{
  double sum = 0.0;

  for (size_t c = 0; c < self->n_classes; c++) {
    DubBinErrors bins = measure_bins (self, &self->classes[c], self->classes[c].first, count);

    sum += bins.gaps / (double) bins.n;
    add_parts (&bins, _dub_calibration_sample_weight (self), values);
  }
  values[DUB_CALIBRATION_CLASSWISE_ECE] = sum / (double) self->n_classes;
}

void
_dub_calibration_sample_measure (const DubCalibrationSample *self,
                                 const uint32_t             *count,
                                 double                     *scratch,
                                 double                     *values)
{
  DubBinErrors width = measure_bins (self, &self->width, self->width.first, count);
  DubBinErrors mass = self->mass_first != NULL ? measure_bins (self, &self->width, self->mass_first, count) : width;
  const DubBinErrors *chosen = self->binning == DUB_BINS_EQUAL_MASS ? &mass : &width;
  double n = (double) width.n;

  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
    values[k] = 0.0;
  values[DUB_CALIBRATION_ECE] = width.gaps / n;
  values[DUB_CALIBRATION_ADAPTIVE_ECE] = mass.gaps / n;
  values[DUB_CALIBRATION_MCE] = chosen->largest;
  values[DUB_CALIBRATION_AVERAGE] = chosen->mean_gaps / (double) chosen->n_filled;
  values[DUB_CALIBRATION_OVERCONFIDENCE] = (width.confidence - (double) width.happened) / n;
  values[DUB_CALIBRATION_ACCURACY] = (double) width.happened / n;
  if (self->classes != NULL)
    measure_classes (self, count, values);
  else
    add_parts (&width, 1.0, values);
  if (self->n_classes == 0)
    values[DUB_CALIBRATION_CLASSWISE_ECE] = (double) NAN;
  if (self->log_loss != NULL)
    values[DUB_CALIBRATION_NLL] = _dub_weighted_sum (count, self->log_loss, self->n_cases) / n;
  if (self->square != NULL)
    values[DUB_CALIBRATION_BRIER] = _dub_weighted_sum (count, self->square, self->n_cases) / n;
  if (self->smooth != NULL)
    values[DUB_CALIBRATION_SMOOTH] = _dub_smooth_measure (self->smooth, count, width.n, scratch);

  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
    if (!(self->measures & BIT (k)))
      values[k] = (double) NAN;
}
