#include "core/calibration/calibration-change.h"

#include "core/calibration/calibration-sample.h"
#include "core/stats/bootstrap.h"

#include <math.h>
#include <string.h>

typedef struct {
  const DubCalibrationSample *samples[2]; /* before, after */
  double                    **scratch;    /* one a thread, for either */
  size_t                     *place;      /* (nullable) [N] where a place of after is before; NULL = both are in one order */
  uint32_t                  **count;      /* one a thread: [N] counts in the order of after */
} Pair;

/* Every sample has its cases in the order of its own confidences. What is drawn are places before; after has the same cases elsewhere. */
static void
pair_orders (Pair *pair)
{
  const size_t *first = pair->samples[0]->order->cases, *second = pair->samples[1]->order->cases;
  size_t n = pair->samples[0]->n_cases;

  if (memcmp (first, second, n * sizeof *first) == 0)
    return;

  g_autofree size_t *before = g_new (size_t, n);

  for (size_t i = 0; i < n; i++)
    before[first[i]] = i;
  pair->place = g_new (size_t, n);
  for (size_t i = 0; i < n; i++)
    pair->place[i] = before[second[i]];
}

static void
measure_cb (const DubResample *resample,
            double            *values,
            gpointer           user_data)
{
  const Pair *pair = user_data;
  double before[DUB_N_CALIBRATION_MEASURES];
  const uint32_t *count = resample->count;

  _dub_calibration_sample_measure (pair->samples[0], resample->count, pair->scratch[resample->thread], before);
  if (pair->place != NULL) {
    uint32_t *moved = pair->count[resample->thread];

    for (size_t i = 0; i < resample->n_cases; i++)
      moved[i] = count[pair->place[i]];
    count = moved;
  }
  _dub_calibration_sample_measure (pair->samples[1], count, pair->scratch[resample->thread], values);
  for (int k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
    values[k] -= before[k];
}

static DubBootstrap *
draw_resamples (Pair                         *pair,
                const DubCalibrationOptions  *options,
                DubRun                       *run,
                GError                      **error)
{
  guint n_threads = run != NULL ? dub_run_get_n_threads (run) : 1;
  size_t n_scratch = MAX (_dub_calibration_sample_scratch (pair->samples[0]), _dub_calibration_sample_scratch (pair->samples[1]));
  const DubBootstrapDesign design = {
    .n_cases = pair->samples[0]->n_cases, .groups = pair->samples[0]->groups, .n_resamples = options->n_resamples,
    .seed = options->seed, .counts_alone = TRUE,
  };

  pair_orders (pair);
  pair->scratch = g_new (double *, n_threads);
  pair->count = g_new (uint32_t *, n_threads);
  for (guint t = 0; t < n_threads; t++) {
    pair->scratch[t] = g_new (double, n_scratch);
    pair->count[t] = pair->place != NULL ? g_new (uint32_t, pair->samples[0]->n_cases) : NULL;
  }

  DubBootstrap *bootstrap = dub_bootstrap_new (&design, measure_cb, DUB_N_CALIBRATION_MEASURES, pair, run, error);

  for (guint t = 0; t < n_threads; t++) {
    g_free (pair->scratch[t]);
    g_free (pair->count[t]);
  }
  g_free (pair->scratch);
  g_free (pair->count);
  g_free (pair->place);

  return bootstrap;
}

/* Means of a number of each case; all else is an error of bins, which few cases make too large, and resamples more so. */
static gboolean
is_mean (DubCalibrationMeasure measure)
{
  return measure == DUB_CALIBRATION_OVERCONFIDENCE || measure == DUB_CALIBRATION_BRIER || measure == DUB_CALIBRATION_NLL
         || measure == DUB_CALIBRATION_ACCURACY || measure == DUB_CALIBRATION_BRIER_UNCERTAINTY;
}

static DubEstimate
take_interval (const DubBootstrap   *bootstrap,
               DubCalibrationMeasure measure,
               double                confidence,
               gboolean              grouped)
{
  gboolean mean = is_mean (measure);
  DubEstimate change =
    dub_bootstrap_interval (bootstrap, measure, mean ? DUB_INTERVAL_PERCENTILE : DUB_INTERVAL_BASIC, confidence);

  if (isnan (change.value))
    return dub_estimate_undefined ("none: it is not known of both");
  if (isnan (change.low))
    return change;
  change.low = MIN (change.low, change.value);
  change.high = MAX (change.high, change.value);
  if (grouped)
    change.method = mean ? "paired bootstrap (percentile, by patient)" : "paired bootstrap (basic, by patient)";
  else
    change.method = mean ? "paired bootstrap (percentile)" : "paired bootstrap (basic)";

  return change;
}

gboolean
dub_calibration_change (const DubPredictions         *before,
                        const DubPredictions         *after,
                        const DubCalibrationOptions  *options,
                        DubRun                       *run,
                        DubEstimate                  *change,
                        GError                      **error)
{
  guint all = (1u << DUB_N_CALIBRATION_MEASURES) - 1;
  guint measures = options->measures != 0 ? options->measures & all : all;
  size_t n_bins = options->n_bins > 0 ? options->n_bins : DUB_RELIABILITY_BINS;

  if (before->n_cases != after->n_cases) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "There are %zu cases before and %zu after; a change is measured on the same ones.",
                 before->n_cases, after->n_cases);
    return FALSE;
  }
  if (!_dub_calibration_check_options (options, error))
    return FALSE;

  g_autoptr (DubCalibrationSample) first = _dub_calibration_sample_new (before, measures, n_bins, options->binning, error);
  g_autoptr (DubCalibrationSample) second =
    first != NULL ? _dub_calibration_sample_new (after, measures, n_bins, options->binning, error) : NULL;

  if (second == NULL)
    return FALSE;

  Pair pair = { .samples = { first, second } };
  g_autoptr (DubBootstrap) bootstrap = draw_resamples (&pair, options, run, error);

  if (bootstrap == NULL)
    return FALSE;
  for (int k = 0; k < DUB_N_CALIBRATION_MEASURES; k++)
    change[k] = measures & 1u << k ? take_interval (bootstrap, (DubCalibrationMeasure) k,
                                                    options->confidence > 0.0 ? options->confidence : DUB_CONFIDENCE,
                                                    first->groups != NULL)
                                   : dub_estimate_undefined ("none: it was not asked for");

  return TRUE;
}
