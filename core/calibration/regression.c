#include "core/calibration/regression.h"

#include "core/calibration/regression-shape.h"
#include "core/stats/bootstrap.h"
#include "core/stats/check.h"
#include "core/stats/rate.h"

#include <math.h>
#include <stdlib.h>

static const struct {
  const char *id, *title;
} MEASURES[DUB_N_REGRESSION_MEASURES] = {
  [DUB_REGRESSION_PICP] = { "picp", "Prediction interval coverage probability" },
  [DUB_REGRESSION_MPIW] = { "mpiw", "Mean prediction interval width" },
  [DUB_REGRESSION_CRPS] = { "crps", "Continuous ranked probability score" },
  [DUB_REGRESSION_MISCALIBRATION_AREA] = { "miscalibration_area", "Miscalibration area" },
  [DUB_REGRESSION_RMSE] = { "rmse", "Root mean squared error" },
  [DUB_REGRESSION_MEAN_Z2] = { "mean_z2", "Mean squared standardised error" },
};

const char *
dub_regression_measure_id (DubRegressionMeasure measure)
{
  return MEASURES[measure].id;
}

const char *
dub_regression_measure_title (DubRegressionMeasure measure)
{
  return MEASURES[measure].title;
}

/* --- cases --- */

DubRegressionCases *
dub_regression_cases_new (const double  *truth,
                          const double  *mean,
                          const double  *sd,
                          size_t         n_cases,
                          GError       **error)
{
  if (!dub_check_finite ("truth", truth, n_cases, 1, error) || !dub_check_finite ("predicted mean", mean, n_cases, 1, error) ||
      !dub_check_finite ("predicted standard deviation", sd, n_cases, 1, error))
    return NULL;

  for (size_t i = 0; i < n_cases; i++) {
    double z = (truth[i] - mean[i]) / sd[i];

    if (!(sd[i] > 0.0)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The predicted standard deviation of case %zu is %g; expected a number above 0.", i, sd[i]);
      return NULL;
    }
    if (!isfinite (z * z)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "The truth of case %zu is %g standard deviations from its predicted mean; expected a number whose square is finite.",
                   i, z);
      return NULL;
    }
  }

  DubRegressionCases *self = g_new0 (DubRegressionCases, 1);

  self->n_cases = n_cases;
  self->truth = g_memdup2 (truth, n_cases * sizeof (double));
  self->mean = g_memdup2 (mean, n_cases * sizeof (double));
  self->sd = g_memdup2 (sd, n_cases * sizeof (double));

  return self;
}

void
dub_regression_cases_free (DubRegressionCases *self)
{
  if (self == NULL)
    return;
  g_free (self->truth);
  g_free (self->mean);
  g_free (self->sd);
  dub_isotonic_free (self->map);
  g_free (self);
}

static double
standardised (const DubRegressionCases *cases,
              size_t                    i)
{
  return (cases->truth[i] - cases->mean[i]) / cases->sd[i];
}

void
dub_regression_curve (const DubRegressionCases *cases,
                      size_t                    n_levels,
                      double                   *level,
                      double                   *share)
{
  g_autoptr (DubRegressionShape) shape = _dub_regression_shape_new (cases->map);

  for (size_t i = 0; i < n_levels; i++) {
    double quantile;
    size_t n = 0;

    level[i] = (double) (i + 1) / (double) (n_levels + 1);
    quantile = _dub_regression_shape_quantile (shape, level[i]);
    for (size_t k = 0; k < cases->n_cases; k++)
      n += standardised (cases, k) <= quantile ? 1 : 0;
    share[i] = (double) n / (double) cases->n_cases;
  }
}

/* --- measures --- */

typedef struct {
  double reached; /* F (y) */
  size_t index;
} Reached;

/* Every measure is a mean over the cases, but for the area. */
typedef struct {
  size_t    n_cases;
  gboolean *inside;
  double   *width, *crps, *square, *z2; /* [N] */
  Reached  *reached;                    /* [N] by F (y), of equal ones by index */
} Sample;

static void
sample_free (Sample *self)
{
  g_free (self->inside);
  g_free (self->width);
  g_free (self->crps);
  g_free (self->square);
  g_free (self->z2);
  g_free (self->reached);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sample, sample_free)

static int
compare_reached_cb (const void *a,
                    const void *b)
{
  const Reached *x = a, *y = b;

  if (x->reached < y->reached || x->reached > y->reached)
    return x->reached < y->reached ? -1 : 1;

  return (x->index > y->index) - (x->index < y->index);
}

static Sample *
sample_new (const DubRegressionCases *cases,
            double                    level)
{
  g_autoptr (DubRegressionShape) shape = _dub_regression_shape_new (cases->map);
  size_t n = cases->n_cases;
  double low = _dub_regression_shape_quantile (shape, 0.5 - 0.5 * level);
  double high = _dub_regression_shape_quantile (shape, 0.5 + 0.5 * level);
  Sample *self = g_new0 (Sample, 1);

  self->n_cases = n;
  self->inside = g_new (gboolean, n);
  self->width = g_new (double, n);
  self->crps = g_new (double, n);
  self->square = g_new (double, n);
  self->z2 = g_new (double, n);
  self->reached = g_new (Reached, n);
  for (size_t i = 0; i < n; i++) {
    double z = standardised (cases, i), off = z - shape->mean;

    self->inside[i] = z >= low && z <= high;
    self->width[i] = (high - low) * cases->sd[i];
    self->crps[i] = _dub_regression_shape_crps (shape, z) * cases->sd[i];
    self->square[i] = off * cases->sd[i] * (off * cases->sd[i]);
    self->z2[i] = off * off / (shape->sd * shape->sd);
    self->reached[i] = (Reached) { _dub_regression_shape_cdf (shape, z), i };
  }
  qsort (self->reached, n, sizeof (Reached), compare_reached_cb);

  return self;
}

/* ∫ abs (share - p) dp over [from, to]. */
static double
area_between (double share,
              double from,
              double to)
{
  double a = share - from, b = to - share;

  if (a <= 0.0)
    return 0.5 * (b * b - a * a);
  if (b <= 0.0)
    return 0.5 * (a * a - b * b);

  return 0.5 * (a * a + b * b);
}

static double
measure_area (const Sample      *self,
              const DubResample *resample)
{
  double from = 0.0, area = 0.0;
  size_t n_below = 0;

  for (size_t i = 0; i < self->n_cases; i++) {
    const Reached *at = &self->reached[i];

    if (at->reached > from) {
      area += area_between ((double) n_below / (double) resample->n, from, at->reached);
      from = at->reached;
    }
    n_below += resample->count[at->index];
  }

  return area + area_between (1.0, from, 1.0);
}

static void
measure_cb (const DubResample *resample,
            double            *values,
            gpointer           user_data)
{
  const Sample *self = user_data;
  double inside = 0.0, width = 0.0, crps = 0.0, square = 0.0, z2 = 0.0, n = (double) resample->n;

  for (size_t i = 0; i < self->n_cases; i++) {
    double count = (double) resample->count[i];

    inside += self->inside[i] ? count : 0.0;
    width += count * self->width[i];
    crps += count * self->crps[i];
    square += count * self->square[i];
    z2 += count * self->z2[i];
  }
  values[DUB_REGRESSION_PICP] = inside / n;
  values[DUB_REGRESSION_MPIW] = width / n;
  values[DUB_REGRESSION_CRPS] = crps / n;
  values[DUB_REGRESSION_MISCALIBRATION_AREA] = measure_area (self, resample);
  values[DUB_REGRESSION_RMSE] = sqrt (square / n);
  values[DUB_REGRESSION_MEAN_Z2] = z2 / n;
}

gboolean
dub_regression_measure (const DubRegressionCases  *cases,
                        double                     level,
                        guint                      n_resamples,
                        guint64                    seed,
                        DubRun                    *run,
                        DubEstimate                estimates[DUB_N_REGRESSION_MEASURES],
                        GError                   **error)
{
  if (!(level > 0.0 && level < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The level of the interval is %g; expected a number above 0 and below 1.",
                 level);
    return FALSE;
  }

  g_autoptr (Sample) sample = sample_new (cases, level);
  const DubBootstrapDesign design = {
    .n_cases = cases->n_cases, .n_resamples = n_resamples, .seed = seed, .counts_alone = TRUE,
  };
  g_autoptr (DubBootstrap) bootstrap =
    dub_bootstrap_new (&design, measure_cb, DUB_N_REGRESSION_MEASURES, sample, run, error);
  DubRate inside = { .d = cases->n_cases };

  if (bootstrap == NULL)
    return FALSE;
  for (size_t i = 0; i < cases->n_cases; i++)
    inside.n += sample->inside[i] ? 1 : 0;
  for (int i = 0; i < DUB_N_REGRESSION_MEASURES; i++)
    estimates[i] = dub_bootstrap_interval (bootstrap, (size_t) i, DUB_INTERVAL_PERCENTILE, DUB_CONFIDENCE);
  estimates[DUB_REGRESSION_PICP] = dub_rate_wilson (inside, DUB_CONFIDENCE);

  /* A sum of distances is larger in resamples than in the sample, as a calibration error is: reflected, and kept in its range. */
  DubEstimate *area = &estimates[DUB_REGRESSION_MISCALIBRATION_AREA];

  *area = dub_bootstrap_interval (bootstrap, DUB_REGRESSION_MISCALIBRATION_AREA, DUB_INTERVAL_BASIC, DUB_CONFIDENCE);
  if (!isnan (area->low)) {
    area->low = CLAMP (MIN (area->low, area->value), 0.0, 0.5);
    area->high = CLAMP (MAX (area->high, area->value), 0.0, 0.5);
  }

  return TRUE;
}
