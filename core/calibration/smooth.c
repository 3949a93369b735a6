#include "core/calibration/smooth.h"

#include "core/calibration/smooth-inner.h"

#include <math.h>
#include <string.h>

/* G cells, looked at in their middles; coefficients end where those of the narrowest kernel have. */
enum { GRID = 2048, HALF = GRID / 2, MOST_COEFFICIENTS = GRID };

/* exp (-6.8² / 2) = 9e-11 is where a series is cut off. */
static const double SERIES_END = 6.8;
/* smECE_σ - σ falls at least as fast as σ rises, so that it also bounds the error of σ. */
static const double TOLERANCE = 1e-9;

/* Neighbouring cases between the same two grid points. */
typedef struct {
  size_t first;
  size_t cell; /* the point below is cell - 1, which may be the mirror image of point 0 */
} Run;

struct _DubSmooth {
  size_t  n_cases;
  size_t  n_runs;
  Run    *runs;     /* [n_runs + 1] */
  double *residual; /* [N] outcome - confidence */
  double *confidence; /* [N] */
  double *place;    /* [N] from the point below, in [0, 1) grid steps */
  double *cosine;   /* [HALF] of π t */
  double  start;    /* where the width is looked for first */
};

/* Parts of the scratch. */
typedef struct {
  double *even, *odd;             /* [HALF] */
  double *coefficient, *weighted; /* [MOST_COEFFICIENTS] */
  double *lanes;                  /* [MOST_COEFFICIENTS · DUB_COSINE_LANES] */
  double *smooth_even, *smooth_odd; /* [HALF] */
  double *smooth;                 /* [GRID] */
  size_t  n_known;                /* coefficients that are computed */
} Work;

enum { SCRATCH = 4 * HALF + GRID + 2 * MOST_COEFFICIENTS + MOST_COEFFICIENTS * DUB_COSINE_LANES };

size_t
_dub_smooth_scratch (const DubSmooth *self)
{
  (void) self;

  return SCRATCH;
}

static Work
work_over (double *scratch)
{
  Work work = { .even = scratch };

  work.odd = work.even + HALF;
  work.smooth_even = work.odd + HALF;
  work.smooth_odd = work.smooth_even + HALF;
  work.smooth = work.smooth_odd + HALF;
  work.coefficient = work.smooth + GRID;
  work.weighted = work.coefficient + MOST_COEFFICIENTS;
  work.lanes = work.weighted + MOST_COEFFICIENTS;

  return work;
}

/* Cubic interpolation from four points, of moments Σ residual · place^k: what each point gets of a run. */
static void
spread (const double *moment, /* [4] */
        double       *point)  /* [4] */
{
  double m0 = moment[0], m1 = moment[1], m2 = moment[2], m3 = moment[3];

  point[0] += (-2.0 * m1 + 3.0 * m2 - m3) / 6.0;
  point[1] += (2.0 * m0 - m1 - 2.0 * m2 + m3) / 2.0;
  point[2] += (2.0 * m1 + m2 - m3) / 2.0;
  point[3] += (m3 - m1) / 6.0;
}

static void
gather_residuals (const DubSmooth *self,
                  const uint32_t  *count,    /* (nullable): each once */
                  const uint32_t  *happened, /* (nullable): what happened */
                  size_t           n,
                  Work            *work)
{
  /* Two points more at either end, which reflection folds back. */
  double grid[GRID + 4] = { 0.0 };
  double share = 1.0 / (double) n;

  for (size_t k = 0; k < self->n_runs; k++) {
    double moment[4] = { 0.0 };

    for (size_t i = self->runs[k].first; i < self->runs[k + 1].first; i++) {
      double x = self->place[i];
      double residual = happened != NULL ? (happened[i] != 0 ? 1.0 : 0.0) - self->confidence[i] : self->residual[i];
      double weight = count != NULL ? (double) count[i] * residual : residual;

      moment[0] += weight;
      moment[1] += weight * x;
      moment[2] += weight * (x * x);
      moment[3] += weight * (x * x * x);
    }
    spread (moment, grid + self->runs[k].cell);
  }
  grid[2] += grid[1];
  grid[3] += grid[0];
  grid[GRID + 1] += grid[GRID + 2];
  grid[GRID] += grid[GRID + 3];

  for (size_t j = 0; j < HALF; j++) {
    double left = share * grid[2 + j], right = share * grid[GRID + 1 - j];

    work->even[j] = left + right;
    work->odd[j] = left - right;
  }
  work->n_known = 0;
}

/* An even number. */
static size_t
coefficients_of (double sigma)
{
  size_t n = (size_t) ceil (SERIES_END / (G_PI * sigma)) + 1;

  return MIN (n + n % 2, (size_t) MOST_COEFFICIENTS);
}

/* ∫ |curve| by the trapezoidal rule, which for a curve of cosines alone would be exact. Where it crosses 0, the line between two
 * points is cut there, and what the bends of the two lobes lack is added (Euler-Maclaurin: h² / 12 times the slope, for each). */
static double
integrate (const double *smooth)
{
  double sum = 0.5 * (fabs (smooth[0]) + fabs (smooth[GRID - 1]));

  for (size_t j = 1; j < GRID; j++) {
    double a = smooth[j - 1], b = smooth[j];
    double size = fabs (a) + fabs (b);

    if (a * b >= 0.0)
      sum += 0.5 * size;
    else
      sum += 0.5 * (a * a + b * b) / size + size / 6.0;
  }

  return sum / GRID;
}

static double
measure_at (const DubSmooth *self,
            Work            *work,
            double           sigma)
{
  size_t n = coefficients_of (sigma);

  if (n > work->n_known) {
    /* Somewhat more, as the next width may be narrower. */
    work->n_known = MIN (n + n / 4 * 2, (size_t) MOST_COEFFICIENTS);
    _dub_cosine_analyse (self->cosine, work->even, work->odd, HALF, work->n_known, work->lanes, work->coefficient);
  }
  for (size_t k = 0; k < n; k++) {
    double x = G_PI * (double) k * sigma;

    work->weighted[k] = (k > 0 ? 2.0 : 1.0) * exp (-0.5 * x * x) * work->coefficient[k];
  }
  _dub_cosine_synthesise (self->cosine, work->weighted, n, HALF, work->smooth_even, work->smooth_odd);
  for (size_t j = 0; j < HALF; j++) {
    work->smooth[j] = work->smooth_even[j] + work->smooth_odd[j];
    work->smooth[GRID - 1 - j] = work->smooth_even[j] - work->smooth_odd[j];
  }

  return integrate (work->smooth);
}

/* The width is between any σ and smECE_σ; there by false position (Illinois). */
static double
find_width (const DubSmooth *self,
            Work            *work,
            double           start)
{
  double low = start, low_surplus = measure_at (self, work, low) - low;
  double high = low + low_surplus, high_surplus;

  if (fabs (low_surplus) <= TOLERANCE)
    return low;
  if (high < DUB_SMOOTH_NARROWEST) {
    high = DUB_SMOOTH_NARROWEST;
    high_surplus = measure_at (self, work, high) - high;
    if (high_surplus <= 0.0)
      return high + high_surplus;
  } else {
    high_surplus = measure_at (self, work, high) - high;
  }

  for (guint step = 0; step < 100 && fabs (high_surplus) > TOLERANCE; step++) {
    double next = (low * high_surplus - high * low_surplus) / (high_surplus - low_surplus);
    double surplus = measure_at (self, work, next) - next;

    if ((surplus < 0.0) != (high_surplus < 0.0)) {
      low = high;
      low_surplus = high_surplus;
    } else {
      low_surplus *= 0.5;
    }
    high = next;
    high_surplus = surplus;
  }

  return high;
}

double
_dub_smooth_measure (const DubSmooth *self,
                     const uint32_t  *count,
                     size_t           n,
                     double          *scratch)
{
  Work work = work_over (scratch);

  gather_residuals (self, count, NULL, n, &work);

  return find_width (self, &work, self->start);
}

double
_dub_smooth_measure_outcomes (const DubSmooth *self,
                              const uint32_t  *happened,
                              double          *scratch)
{
  Work work = work_over (scratch);

  gather_residuals (self, NULL, happened, self->n_cases, &work);

  return find_width (self, &work, self->start);
}

static void
place_cases (DubSmooth      *self,
             const double   *confidence,
             const gboolean *correct)
{
  for (size_t i = 0; i < self->n_cases; i++) {
    double x = confidence[i] * GRID + 0.5;
    double below = floor (x);
    size_t cell = (size_t) below;

    self->residual[i] = (correct[i] ? 1.0 : 0.0) - confidence[i];
    self->place[i] = x - below;
    if (self->n_runs == 0 || self->runs[self->n_runs - 1].cell != cell)
      self->runs[self->n_runs++] = (Run) { .first = i, .cell = cell };
  }
  self->runs[self->n_runs].first = self->n_cases;
}

static DubSmooth *
smooth_alloc (const double   *confidence,
              const gboolean *correct,
              size_t          n_cases)
{
  DubSmooth *self = g_new0 (DubSmooth, 1);

  self->n_cases = n_cases;
  self->runs = g_new (Run, n_cases + 1);
  self->residual = g_new (double, n_cases);
  self->confidence = g_memdup2 (confidence, n_cases * sizeof *confidence);
  self->place = g_new (double, n_cases);
  self->cosine = g_new (double, HALF);
  self->start = 0.05;
  for (size_t j = 0; j < HALF; j++)
    self->cosine[j] = cos (G_PI * ((double) j + 0.5) / GRID);
  place_cases (self, confidence, correct);

  return self;
}

DubSmooth *
_dub_smooth_new (const double   *confidence,
                 const gboolean *correct,
                 size_t          n_cases)
{
  DubSmooth *self = smooth_alloc (confidence, correct, n_cases);
  g_autofree double *scratch = g_new (double, SCRATCH);

  self->start = MAX (_dub_smooth_measure (self, NULL, n_cases, scratch), DUB_SMOOTH_NARROWEST);

  return self;
}

void
_dub_smooth_free (DubSmooth *self)
{
  if (self == NULL)
    return;
  g_free (self->runs);
  g_free (self->residual);
  g_free (self->confidence);
  g_free (self->place);
  g_free (self->cosine);
  g_free (self);
}

double
dub_smooth_ece (const double   *confidence,
                const gboolean *correct,
                size_t          n_cases)
{
  g_return_val_if_fail (n_cases > 0, (double) NAN);

  g_autoptr (DubSmooth) self = smooth_alloc (confidence, correct, n_cases);
  g_autofree double *scratch = g_new (double, SCRATCH);

  return _dub_smooth_measure (self, NULL, n_cases, scratch);
}

double
dub_smooth_ece_at (const double   *confidence,
                   const gboolean *correct,
                   size_t          n_cases,
                   double          sigma)
{
  g_return_val_if_fail (n_cases > 0 && sigma >= DUB_SMOOTH_NARROWEST, (double) NAN);

  g_autoptr (DubSmooth) self = smooth_alloc (confidence, correct, n_cases);
  g_autofree double *scratch = g_new (double, SCRATCH);
  Work work = work_over (scratch);

  gather_residuals (self, NULL, NULL, n_cases, &work);

  return measure_at (self, &work, sigma);
}
