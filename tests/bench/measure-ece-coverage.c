/* How often the bootstrap interval of the expected calibration error holds the truth.
 *
 *     measure-ece-coverage [SAMPLES]
 *
 * Simulated networks: confidences f are Beta (4, 1.5), an answer is right with chance q, logit q = logit f / T. T is chosen so
 * that the true error over 15 bins of equal width, an integral, is what the table says. SAMPLES (1000) test sets are drawn of
 * each truth and size, a fifth of that of the largest size, with 999 resamples each. Intervals are of .95. */
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/calibration/calibration-null.h"
#include "core/stats/bootstrap.h"
#include "core/stats/distribution.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_BINS = 15, N_RESAMPLES = 999, GRID = 150000 };

static const double A = 4.0, B = 1.5;

static double
chance_of (double f,
           double temperature)
{
  return 1.0 / (1.0 + pow ((1.0 - f) / f, 1.0 / temperature));
}

/* @mass: [GRID] of the cells around (i + 1/2) / GRID */
static double
true_error (const double *mass,
            double        temperature)
{
  double sum = 0.0;

  for (size_t m = 0; m < N_BINS; m++) {
    double gap = 0.0;

    for (size_t i = m * (GRID / N_BINS); i < (m + 1) * (GRID / N_BINS); i++) {
      double f = ((double) i + 0.5) / GRID;

      gap += mass[i] * (chance_of (f, temperature) - f);
    }
    sum += fabs (gap);
  }

  return sum;
}

static double
find_temperature (const double *mass,
                  double        error)
{
  double low = 1.0, high = 100.0;

  for (guint step = 0; step < 50 && error > 0.0; step++) {
    double middle = sqrt (low * high);

    if (true_error (mass, middle) < error)
      low = middle;
    else
      high = middle;
  }

  return low;
}

/* UNLESS_REFUTED is what calibration.h carries: the basic one, from 0 where perfect calibration is not refuted. */
enum { PERCENTILE, BASIC, BCA, UNLESS_REFUTED, N_KINDS };

typedef struct {
  const double *quantile;    /* [GRID + 1] of the confidences */
  double        temperature;
  double        error;
  size_t        n_cases;
  guint64       seed;
  DubRun       *run;
  double       *found;       /* [samples · (2 N_KINDS + 1)] whether it holds the truth, width; value */
} Study;

enum { N_FOUND = 2 * N_KINDS + 1 };

static DubPredictions *
draw_sample (const Study *study,
             size_t       index)
{
  size_t n = study->n_cases;
  g_autofree double *confidence = g_new (double, n);
  g_autofree gboolean *correct = g_new (gboolean, n);
  DubRng rng;

  dub_rng_init (&rng, study->seed, "ece coverage", index);
  for (size_t i = 0; i < n; i++) {
    double place = dub_rng_double (&rng) * GRID;
    size_t below = (size_t) place;
    double share = place - (double) below;

    confidence[i] = (1.0 - share) * study->quantile[below] + share * study->quantile[below + 1];
    correct[i] = dub_rng_double (&rng) < chance_of (confidence[i], study->temperature);
  }

  return dub_predictions_new_top (confidence, correct, n, NULL, NULL);
}

static void
measure_cb (const DubResample *resample,
            double            *values,
            gpointer           user_data)
{
  double all[DUB_N_CALIBRATION_MEASURES], scratch;

  _dub_calibration_sample_measure (user_data, resample->count, &scratch, all);
  values[0] = all[DUB_CALIBRATION_ECE];
}

/* That of the jackknife, from sums: without a case only its bin's gap is another. */
static double
acceleration_of (const DubCalibrationSample *sample)
{
  double n = (double) sample->n_cases, gap[N_BINS] = { 0.0 }, total = 0.0, mean = 0.0, squares = 0.0, cubes = 0.0;
  g_autofree double *without = g_new (double, sample->n_cases);

  for (size_t m = 0; m < N_BINS; m++) {
    for (size_t i = sample->width.first[m]; i < sample->width.first[m + 1]; i++)
      gap[m] += (sample->order->correct[i] ? 1.0 : 0.0) - sample->order->confidence[i];
    total += fabs (gap[m]);
  }
  for (size_t m = 0; m < N_BINS; m++)
    for (size_t i = sample->width.first[m]; i < sample->width.first[m + 1]; i++) {
      double residual = (sample->order->correct[i] ? 1.0 : 0.0) - sample->order->confidence[i];

      without[i] = (total - fabs (gap[m]) + fabs (gap[m] - residual)) / (n - 1.0);
      mean += without[i] / n;
    }
  for (size_t i = 0; i < sample->n_cases; i++) {
    double influence = (n - 1.0) * (mean - without[i]) / n;

    squares += influence * influence;
    cubes += influence * influence * influence;
  }

  return cubes / (6.0 * squares * sqrt (squares));
}

static void
sample_cb (size_t   index,
           guint    thread,
           gpointer user_data)
{
  Study *study = user_data;
  double *found = study->found + index * N_FOUND;
  g_autoptr (DubPredictions) predictions = draw_sample (study, index);
  g_autoptr (DubCalibrationSample) sample =
    _dub_calibration_sample_new (predictions, 1u << DUB_CALIBRATION_ECE, N_BINS, DUB_BINS_EQUAL_WIDTH, NULL);
  DubBootstrapDesign design =
    { .n_cases = study->n_cases, .n_resamples = N_RESAMPLES, .seed = study->seed + index, .counts_alone = TRUE };
  g_autoptr (DubBootstrap) bootstrap = dub_bootstrap_new (&design, measure_cb, 1, sample, study->run, NULL);

  double values[DUB_N_CALIBRATION_MEASURES] = { [DUB_CALIBRATION_ECE] = bootstrap->value[0] };
  double chance[DUB_N_CALIBRATION_MEASURES];

  (void) thread;
  _dub_calibration_null (sample, predictions, values, study->seed + index, study->run, chance, NULL);
  bootstrap->acceleration = g_new (double, 1);
  bootstrap->acceleration[0] = acceleration_of (sample);
  for (guint kind = 0; kind < N_KINDS; kind++) {
    DubIntervalKind interval = kind == UNLESS_REFUTED ? DUB_INTERVAL_BASIC : (DubIntervalKind) kind;
    DubEstimate estimate = dub_bootstrap_interval (bootstrap, 0, interval, .95);

    /* As calibration.h has it. */
    if (interval == DUB_INTERVAL_BASIC) {
      estimate.low = MAX (MIN (estimate.low, estimate.value), 0.0);
      estimate.high = MIN (MAX (estimate.high, estimate.value), 1.0);
    }
    if (kind == UNLESS_REFUTED && chance[DUB_CALIBRATION_ECE] > .025)
      estimate.low = 0.0;
    /* A BCa interval that does not exist holds nothing. */
    found[2 * kind] = estimate.low <= study->error && study->error <= estimate.high ? 1.0 : 0.0;
    found[2 * kind + 1] = isnan (estimate.low) ? 0.0 : estimate.high - estimate.low;
  }
  found[2 * N_KINDS] = bootstrap->value[0];
}

int
main (int    argc,
      char **argv)
{
  const size_t sizes[] = { 100, 234, 1000, 10000 };
  const double errors[] = { 0.0, 0.02, 0.05, 0.1 };
  size_t n_samples = argc > 1 ? (size_t) MAX (atoi (argv[1]), 10) : 1000;
  g_autofree double *mass = g_new (double, GRID);
  g_autofree double *quantile = g_new (double, GRID + 1);
  g_autoptr (DubRun) run = dub_run_new (0);
  double before = 0.0;
  gint64 start = g_get_monotonic_time ();

  for (size_t i = 0, k = 0; i < GRID; i++) {
    double here = dub_beta_cdf (((double) i + 1.0) / GRID, A, B);

    mass[i] = here - before;
    /* The quantiles at k / GRID that lie in this cell. */
    for (; k < GRID && (double) k / GRID <= here; k++)
      quantile[k] = ((double) i + (mass[i] > 0.0 ? ((double) k / GRID - before) / mass[i] : 0.0)) / GRID;
    quantile[GRID] = 1.0;
    before = here;
  }

  printf ("| cases | true ECE | mean of the estimate | percentile | BCa | basic | basic, from 0 unless refuted | width of the last |\n"
          "|---|---|---|---|---|---|---|---|\n");
  for (size_t s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (size_t e = 0; e < G_N_ELEMENTS (errors); e++) {
      size_t n = s + 1 < G_N_ELEMENTS (sizes) ? n_samples : n_samples / 5;
      g_autofree double *found = g_new (double, n * N_FOUND);
      double mean[N_FOUND] = { 0.0 };
      Study study = {
        .quantile = quantile,
        .temperature = find_temperature (mass, errors[e]),
        .error = errors[e],
        .n_cases = sizes[s],
        .seed = 1000000 * (4 * s + e),
        .run = run,
        .found = found,
      };

      dub_parallel_for (run, n, sample_cb, &study, NULL);
      for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < N_FOUND; k++)
          mean[k] += found[i * N_FOUND + k] / (double) n;
      printf ("| %zu | %g | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", sizes[s], errors[e], mean[2 * N_KINDS],
              mean[2 * PERCENTILE], mean[2 * BCA], mean[2 * BASIC], mean[2 * UNLESS_REFUTED], mean[2 * UNLESS_REFUTED + 1]);
      fflush (stdout);
    }
  fprintf (stderr, "%.0f s\n", (double) (g_get_monotonic_time () - start) / 1e6);

  return 0;
}
