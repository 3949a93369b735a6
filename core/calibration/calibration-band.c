/* Where the accuracy of each bin may lie. */
#include "core/calibration/calibration.h"

#include "core/base/checked.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/stats/bootstrap.h"
#include "core/stats/describe.h"
#include "core/stats/rate.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_RESAMPLES = 999, MAX_RESAMPLES = 1000000, PER_PIECE = 16 };

typedef struct {
  const DubPredictions *predictions;
  size_t                n_bins;
  size_t                n_resamples;
  guint64               seed;
  const int            *bin;       /* [N] */
  double              **scratch;   /* one a thread [2 M] */
  double               *replicate; /* [M · R]; of empty bins NaN */
} Band;

/* The limits of each bin over the replicates in which it is not empty: order statistics (R + 1) p, interpolated. */
static void
read_limits (const double         *replicate,
             size_t                n_resamples,
             const DubReliability *reliability,
             double                confidence,
             double               *low,
             double               *high)
{
  g_autofree double *sorted = g_new (double, n_resamples);
  double tail = (1.0 - confidence) / 2.0;

  for (size_t m = 0; m < reliability->n_bins; m++) {
    size_t n = 0;

    for (size_t r = 0; r < n_resamples; r++)
      if (!isnan (replicate[m * n_resamples + r]))
        sorted[n++] = replicate[m * n_resamples + r];
    low[m] = high[m] = (double) NAN;
    if (reliability->count[m] == 0 || n == 0)
      continue;
    dub_sort (sorted, n);

    double place = n > 1 ? CLAMP ((((double) n + 1.0) * tail - 1.0) / (double) (n - 1), 0.0, 1.0) : 0.0;

    low[m] = dub_quantile_sorted (sorted, n, place);
    high[m] = dub_quantile_sorted (sorted, n, 1.0 - place);
  }
}

/* What was drawn independently in a bin: its patients, where cases are told to be of them. */
static size_t
count_independent (const Band *band,
                   size_t      bin,
                   size_t      n_cases)
{
  const DubPredictions *predictions = band->predictions;

  if (!dub_bootstrap_dependent (predictions->groups, predictions->n_cases))
    return n_cases;

  g_autoptr (GHashTable) seen = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (size_t i = 0; i < predictions->n_cases; i++)
    if ((size_t) band->bin[i] == bin)
      g_hash_table_add (seen, GINT_TO_POINTER (predictions->groups[i]));

  return g_hash_table_size (seen);
}

/* Outcomes that are all alike stay so in every resample, and a bin of one case would look exact. */
static void
widen_uniform (const Band           *band,
               const DubReliability *reliability,
               double                confidence,
               double               *low,
               double               *high)
{
  for (size_t m = 0; m < reliability->n_bins; m++) {
    double share = reliability->accuracy[m];

    if (reliability->count[m] == 0 || (share > 0.0 && share < 1.0))
      continue;

    size_t n = count_independent (band, m, reliability->count[m]);
    DubEstimate wilson = dub_rate_wilson ((DubRate) { share > 0.0 ? n : 0, n }, confidence);

    low[m] = MIN (wilson.low, share);
    high[m] = MAX (wilson.high, share);
  }
}

/* @tally: [2 M] cases and events of each bin */
static void
divide (const double *tally,
        size_t        n_bins,
        double       *share,
        size_t        stride)
{
  for (size_t m = 0; m < n_bins; m++)
    share[m * stride] = tally[2 * m] > 0.0 ? tally[2 * m + 1] / tally[2 * m] : (double) NAN;
}

static void
bootstrap_cb (const DubResample *resample,
              double            *values,
              gpointer           user_data)
{
  const Band *band = user_data;
  double *tally = band->scratch[resample->thread];

  memset (tally, 0, 2 * band->n_bins * sizeof *tally);
  for (size_t i = 0; i < resample->n_cases; i++) {
    double times = (double) resample->count[i];

    tally[2 * band->bin[i]] += times;
    tally[2 * band->bin[i] + 1] += band->predictions->correct[i] ? times : 0.0;
  }
  divide (tally, band->n_bins, values, 1);
}

/* Without patients every bin keeps its number of cases. Patients have cases in several bins, so that these vary. */
static gboolean
draw_bootstrap (Band    *band,
                DubRun  *run,
                GError **error)
{
  const DubPredictions *predictions = band->predictions;
  gboolean grouped = dub_bootstrap_dependent (predictions->groups, predictions->n_cases);
  DubBootstrapDesign design = {
    .n_cases = predictions->n_cases,
    .groups = grouped ? predictions->groups : NULL,
    .strata = grouped ? NULL : band->bin,
    .n_resamples = band->n_resamples,
    .seed = band->seed,
    .counts_alone = TRUE,
  };
  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, bootstrap_cb, band->n_bins, band, run, error);

  if (bootstrap == NULL)
    return FALSE;
  band->replicate = g_steal_pointer (&bootstrap->replicate);

  return TRUE;
}

/* Bröcker & Smith 2007: confidences are drawn with replacement, and for each an outcome that it is true of. */
static void
consistency_piece_cb (size_t   piece,
                      guint    thread,
                      gpointer user_data)
{
  Band *band = user_data;
  const DubPredictions *predictions = band->predictions;
  double *tally = band->scratch[thread];
  size_t end = MIN ((piece + 1) * PER_PIECE, band->n_resamples);
  uint32_t n = (uint32_t) predictions->n_cases;

  for (size_t r = piece * PER_PIECE; r < end; r++) {
    DubRng rng;

    dub_rng_init (&rng, band->seed, "consistency band", r);
    memset (tally, 0, 2 * band->n_bins * sizeof *tally);
    for (uint32_t i = 0; i < n; i++) {
      uint32_t drawn = dub_rng_below (&rng, n);

      tally[2 * band->bin[drawn]] += 1.0;
      tally[2 * band->bin[drawn] + 1] += dub_rng_double (&rng) < predictions->confidence[drawn] ? 1.0 : 0.0;
    }
    divide (tally, band->n_bins, band->replicate + r, band->n_resamples);
  }
}

static gboolean
draw_consistency (Band    *band,
                  DubRun  *run,
                  GError **error)
{
  size_t limit = dub_memory_limit ();
  size_t n, n_bytes;

  if (!dub_checked_mul (band->n_bins, band->n_resamples, &n) || !dub_checked_mul (n, sizeof (double), &n_bytes)
      || (limit > 0 && n_bytes > limit) || band->predictions->n_cases > G_MAXUINT32) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%zu resamples of %zu bins do not fit into memory.", band->n_resamples, band->n_bins);
    return FALSE;
  }
  band->replicate = g_new (double, n);

  return dub_parallel_for (run, (band->n_resamples + PER_PIECE - 1) / PER_PIECE, consistency_piece_cb, band, error);
}

gboolean
dub_calibration_band (const DubPredictions *predictions,
                      const DubReliability *reliability,
                      DubBand               kind,
                      guint                 n_resamples,
                      guint64               seed,
                      double                confidence,
                      double               *low,
                      double               *high,
                      DubRun               *run,
                      GError              **error)
{
  if (n_resamples > MAX_RESAMPLES || !(confidence > 0.0 && confidence < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The band has %u resamples and confidence %g; expected at most %d, and a number between 0 and 1.",
                 n_resamples, confidence, MAX_RESAMPLES);
    return FALSE;
  }

  guint n_threads = run != NULL ? dub_run_get_n_threads (run) : 1;
  g_autofree int *bin = g_new (int, predictions->n_cases);
  Band band = {
    .predictions = predictions,
    .n_bins = reliability->n_bins,
    .n_resamples = n_resamples > 0 ? n_resamples : DEFAULT_RESAMPLES,
    .seed = seed,
    .bin = bin,
    .scratch = g_new (double *, n_threads),
  };

  for (guint t = 0; t < n_threads; t++)
    band.scratch[t] = g_new (double, 2 * band.n_bins);
  for (size_t i = 0; i < predictions->n_cases; i++)
    bin[i] = (int) dub_reliability_find_bin (reliability, predictions->confidence[i]);

  gboolean done = kind == DUB_BAND_BOOTSTRAP ? draw_bootstrap (&band, run, error) : draw_consistency (&band, run, error);

  if (done)
    read_limits (band.replicate, band.n_resamples, reliability, confidence, low, high);
  if (done && kind == DUB_BAND_BOOTSTRAP)
    widen_uniform (&band, reliability, confidence, low, high);
  for (guint t = 0; t < n_threads; t++)
    g_free (band.scratch[t]);
  g_free (band.scratch);
  g_free (band.replicate);

  return done;
}
