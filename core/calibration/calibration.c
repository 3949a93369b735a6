/* One bootstrap for all measures: a resample is drawn once, and every measure is read from how often it holds each case. */
#include "core/calibration/calibration.h"

#include "core/calibration/calibration-null.h"
#include "core/calibration/calibration-sample.h"
#include "core/stats/bootstrap.h"
#include "core/stats/rate.h"

#include <math.h>

#define MAX_BINS 1000000

static const char *const REASON_NOT_ASKED = "none: it was not asked for";
static const char *const UNLESS_REFUTED = "bootstrap (basic, from 0 unless refuted)";
static const char *const UNLESS_REFUTED_BY_PATIENT = "bootstrap (basic, from 0 unless refuted, by patient)";
static const char *const REASON_NO_CLASSES = "none: only the confidence of the answers is known";

static const struct {
  DubIntervalKind kind;
  double          low, high; /* the range of the measure */
} INTERVALS[DUB_N_CALIBRATION_MEASURES] = {
  [DUB_CALIBRATION_ECE] = { DUB_INTERVAL_BASIC, 0.0, 1.0 },
  [DUB_CALIBRATION_ADAPTIVE_ECE] = { DUB_INTERVAL_BASIC, 0.0, 1.0 },
  [DUB_CALIBRATION_CLASSWISE_ECE] = { DUB_INTERVAL_BASIC, 0.0, 1.0 },
  [DUB_CALIBRATION_MCE] = { DUB_INTERVAL_BASIC, 0.0, 1.0 },
  [DUB_CALIBRATION_AVERAGE] = { DUB_INTERVAL_BASIC, 0.0, 1.0 },
  [DUB_CALIBRATION_SMOOTH] = { DUB_INTERVAL_BASIC, 0.0, 1.0 },
  [DUB_CALIBRATION_OVERCONFIDENCE] = { DUB_INTERVAL_PERCENTILE, -1.0, 1.0 },
  [DUB_CALIBRATION_BRIER] = { DUB_INTERVAL_PERCENTILE, 0.0, 2.0 },
  [DUB_CALIBRATION_BRIER_RELIABILITY] = { DUB_INTERVAL_BASIC, 0.0, 2.0 },
  [DUB_CALIBRATION_BRIER_RESOLUTION] = { DUB_INTERVAL_BASIC, 0.0, 2.0 },
  [DUB_CALIBRATION_BRIER_UNCERTAINTY] = { DUB_INTERVAL_PERCENTILE, 0.0, 1.0 },
  [DUB_CALIBRATION_NLL] = { DUB_INTERVAL_PERCENTILE, 0.0, (double) INFINITY },
  [DUB_CALIBRATION_ACCURACY] = { DUB_INTERVAL_PERCENTILE, 0.0, 1.0 },
};

typedef struct {
  const DubCalibrationSample *sample;
  double                    **scratch; /* one a thread */
} Measuring;

static void
measure_cb (const DubResample *resample,
            double            *values,
            gpointer           user_data)
{
  const Measuring *measuring = user_data;

  _dub_calibration_sample_measure (measuring->sample, resample->count, measuring->scratch[resample->thread], values);
}

static DubBootstrap *
draw_resamples (const DubCalibrationSample   *sample,
                const DubCalibrationOptions  *options,
                DubRun                       *run,
                GError                      **error)
{
  guint n_threads = run != NULL ? dub_run_get_n_threads (run) : 1;
  DubBootstrapDesign design = {
    .n_cases = sample->n_cases,
    .groups = sample->groups,
    .n_resamples = options->n_resamples,
    .seed = options->seed,
    .counts_alone = TRUE,
  };
  Measuring measuring = { .sample = sample, .scratch = g_new (double *, n_threads) };

  for (guint t = 0; t < n_threads; t++)
    measuring.scratch[t] = g_new (double, _dub_calibration_sample_scratch (sample));

  DubBootstrap *bootstrap = dub_bootstrap_new (&design, measure_cb, DUB_N_CALIBRATION_MEASURES, &measuring, run, error);

  for (guint t = 0; t < n_threads; t++)
    g_free (measuring.scratch[t]);
  g_free (measuring.scratch);

  return bootstrap;
}

/* Cut to the range of the measure and widened to hold its value; and to hold 0 where a perfect network has an error as large with
 * a chance that one tail of the interval may have. @chance: NaN for what is no such error */
static DubEstimate
take_interval (const DubBootstrap   *bootstrap,
               DubCalibrationMeasure measure,
               double                confidence,
               double                chance)
{
  DubEstimate estimate = dub_bootstrap_interval (bootstrap, measure, INTERVALS[measure].kind, confidence);

  if (!isnan (estimate.low)) {
    estimate.low = CLAMP (MIN (estimate.low, estimate.value), INTERVALS[measure].low, INTERVALS[measure].high);
    estimate.high = CLAMP (MAX (estimate.high, estimate.value), INTERVALS[measure].low, INTERVALS[measure].high);
    if (!isnan (chance)) {
      estimate.method = bootstrap->grouped ? UNLESS_REFUTED_BY_PATIENT : UNLESS_REFUTED;
      if (chance > (1.0 - confidence) / 2.0)
        estimate.low = 0.0;
    }
  }

  return estimate;
}

/* A rate by Wilson, or by the bootstrap where cases depend on each other. */
static DubEstimate
take_accuracy (const DubCalibrationSample *sample,
               const DubBootstrap         *bootstrap,
               double                      confidence)
{
  DubRate rate = { .d = sample->n_cases };

  for (size_t i = 0; i < sample->n_cases; i++)
    rate.n += sample->order->correct[i] ? 1 : 0;
  if (sample->groups == NULL)
    return dub_rate_wilson (rate, confidence);

  DubEstimate estimate = take_interval (bootstrap, DUB_CALIBRATION_ACCURACY, confidence, (double) NAN);

  estimate.n = rate.n;
  estimate.d = rate.d;

  return estimate;
}

static void
find_worst_bin (const DubPredictions *predictions,
                DubCalibration       *calibration)
{
  g_autoptr (DubReliability) bins = dub_predictions_reliability (predictions, calibration->binning, calibration->n_bins);
  double largest = -1.0;

  for (size_t m = 0; m < bins->n_bins; m++)
    if (bins->count[m] > 0 && fabs (bins->accuracy[m] - bins->confidence[m]) > largest) {
      largest = fabs (bins->accuracy[m] - bins->confidence[m]);
      calibration->worst_bin = m;
      calibration->worst_count = bins->count[m];
    }
}

gboolean
_dub_calibration_check_options (const DubCalibrationOptions *options,
                                GError                     **error)
{
  if (options->n_bins > MAX_BINS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "There are %zu bins of calibration; expected 1 to %d.", options->n_bins, MAX_BINS);
    return FALSE;
  }
  if (!(options->confidence >= 0.0 && options->confidence < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The confidence of the intervals is %g; expected a number between 0 and 1.", options->confidence);
    return FALSE;
  }

  return TRUE;
}

static const char *
brier_form (size_t n_classes)
{
  return n_classes > 2 ? "sum over classes, 0 to 2" : "binary, 0 to 1";
}

gboolean
dub_calibration_measure (const DubPredictions        *predictions,
                         const DubCalibrationOptions *options,
                         DubRun                      *run,
                         DubCalibration              *calibration,
                         GError                     **error)
{
  if (!_dub_calibration_check_options (options, error))
    return FALSE;

  guint all = (1u << DUB_N_CALIBRATION_MEASURES) - 1;
  guint measures = options->measures != 0 ? options->measures & all : all;
  size_t n_bins = options->n_bins > 0 ? options->n_bins : DUB_RELIABILITY_BINS;
  double confidence = options->confidence > 0.0 ? options->confidence : DUB_CONFIDENCE;
  g_autoptr (DubCalibrationSample) sample =
    _dub_calibration_sample_new (predictions, measures, n_bins, options->binning, error);
  g_autoptr (DubBootstrap) bootstrap = sample != NULL ? draw_resamples (sample, options, run, error) : NULL;

  double chance[DUB_N_CALIBRATION_MEASURES];

  if (bootstrap == NULL
      || !_dub_calibration_null (sample, predictions, bootstrap->value, options->seed, run, chance, error))
    return FALSE;

  *calibration = (DubCalibration) {
    .n_cases = sample->n_cases,
    .n_classes = sample->n_classes,
    .n_bins = n_bins,
    .binning = options->binning,
    .n_clipped = sample->n_clipped,
    .brier_form = brier_form (sample->n_classes),
  };
  find_worst_bin (predictions, calibration);
  for (guint k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
    if (!(measures & (1u << k)))
      calibration->estimate[k] = dub_estimate_undefined (REASON_NOT_ASKED);
    else if (k == DUB_CALIBRATION_CLASSWISE_ECE && sample->n_classes == 0)
      calibration->estimate[k] = dub_estimate_undefined (REASON_NO_CLASSES);
    else if (k == DUB_CALIBRATION_ACCURACY)
      calibration->estimate[k] = take_accuracy (sample, bootstrap, confidence);
    else
      calibration->estimate[k] = take_interval (bootstrap, k, confidence, chance[k]);

  return TRUE;
}

double
dub_calibration_brier_within (const DubCalibration *calibration)
{
  const DubEstimate *of = calibration->estimate;

  return of[DUB_CALIBRATION_BRIER].value - of[DUB_CALIBRATION_BRIER_RELIABILITY].value + of[DUB_CALIBRATION_BRIER_RESOLUTION].value
         - of[DUB_CALIBRATION_BRIER_UNCERTAINTY].value;
}
