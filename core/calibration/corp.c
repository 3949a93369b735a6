#include "core/calibration/corp.h"

#include "core/base/checked.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/calibration/calibration-order.h"
#include "core/stats/describe.h"

#include <math.h>

enum { PER_PIECE = 16, MAX_RESAMPLES = 1000000 };

/* Cases of one confidence: what the fit may not tell apart. */
typedef struct {
  double confidence;
  double n;
} Atom;

/* Neighbouring atoms with one value. */
typedef struct {
  size_t first, last; /* atoms */
  double n, events;
} Block;

typedef struct {
  const DubCalibrationOrder *order;
  Atom   *atoms; /* [n_atoms] */
  size_t  n_atoms;
} Fit;

/* Pool adjacent violators: @events [n_atoms] to @blocks, of which it returns how many there are. */
static size_t
pool (const Fit    *fit,
      const double *events,
      Block        *blocks)
{
  size_t n_blocks = 0;

  for (size_t a = 0; a < fit->n_atoms; a++) {
    Block block = { a, a, fit->atoms[a].n, events[a] };

    /* Counts are whole numbers, so that products compare exactly. */
    while (n_blocks > 0 && blocks[n_blocks - 1].events * block.n >= block.events * blocks[n_blocks - 1].n) {
      const Block *before = &blocks[--n_blocks];

      block.first = before->first;
      block.n += before->n;
      block.events += before->events;
    }
    blocks[n_blocks++] = block;
  }

  return n_blocks;
}

static void
set_atoms (Fit    *fit,
           double *events)
{
  const DubCalibrationOrder *order = fit->order;

  for (size_t i = 0; i < order->n_cases; i++) {
    if (fit->n_atoms == 0 || order->confidence[i] > fit->atoms[fit->n_atoms - 1].confidence) {
      fit->atoms[fit->n_atoms] = (Atom) { .confidence = order->confidence[i] };
      events[fit->n_atoms++] = 0.0;
    }
    fit->atoms[fit->n_atoms - 1].n += 1.0;
    events[fit->n_atoms - 1] += order->correct[i] ? 1.0 : 0.0;
  }
}

/* Brier's score of the confidences, of the fit and of the base rate; their differences are the parts. */
static void
set_parts (DubCorp      *self,
           const Fit    *fit,
           const Block  *blocks,
           size_t        n_blocks)
{
  const DubCalibrationOrder *order = fit->order;
  double n = (double) order->n_cases;
  double n_events = 0.0, score = 0.0, fitted = 0.0;

  for (size_t i = 0; i < order->n_cases; i++) {
    double distance = order->confidence[i] - (order->correct[i] ? 1.0 : 0.0);

    score += distance * distance;
  }
  for (size_t k = 0; k < n_blocks; k++) {
    fitted += blocks[k].events * (1.0 - blocks[k].events / blocks[k].n);
    n_events += blocks[k].events;
  }
  self->brier = score / n;
  self->uncertainty = n_events / n * (1.0 - n_events / n);
  self->miscalibration = (score - fitted) / n;
  self->discrimination = self->uncertainty - fitted / n;
}

static void
set_points (DubCorp     *self,
            const Fit   *fit,
            const Block *blocks,
            size_t       n_blocks)
{
  self->confidence = g_new (double, 2 * n_blocks);
  self->share = g_new (double, 2 * n_blocks);
  for (size_t k = 0; k < n_blocks; k++) {
    double share = blocks[k].events / blocks[k].n;

    self->confidence[self->n_points] = fit->atoms[blocks[k].first].confidence;
    self->share[self->n_points++] = share;
    if (blocks[k].last > blocks[k].first) {
      self->confidence[self->n_points] = fit->atoms[blocks[k].last].confidence;
      self->share[self->n_points++] = share;
    }
  }
}

/* --- The band: outcomes that the confidences are true of, and the same fit --- */

typedef struct {
  const Fit     *fit;
  const DubCorp *corp;
  size_t         n_resamples;
  guint64        seed;
  double       **events;    /* one a thread [n_atoms] */
  Block        **blocks;    /* one a thread [n_atoms] */
  float         *replicate; /* [K · R] */
} Band;

static void
draw_events (const Fit *fit,
             DubRng    *rng,
             double    *events)
{
  for (size_t a = 0; a < fit->n_atoms; a++) {
    events[a] = 0.0;
    for (double i = 0.0; i < fit->atoms[a].n; i += 1.0)
      events[a] += dub_rng_double (rng) < fit->atoms[a].confidence ? 1.0 : 0.0;
  }
}

/* Points are atoms, so that each lies within a block. */
static void
band_piece_cb (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  Band *band = user_data;
  const Fit *fit = band->fit;
  size_t end = MIN ((piece + 1) * PER_PIECE, band->n_resamples);

  for (size_t r = piece * PER_PIECE; r < end; r++) {
    const Block *block = band->blocks[thread];
    DubRng rng;

    dub_rng_init (&rng, band->seed, "corp band", r);
    draw_events (fit, &rng, band->events[thread]);
    pool (fit, band->events[thread], band->blocks[thread]);
    for (size_t k = 0; k < band->corp->n_points; k++) {
      while (fit->atoms[block->last].confidence < band->corp->confidence[k])
        block++;
      band->replicate[k * band->n_resamples + r] = (float) (block->events / block->n);
    }
  }
}

static void
read_band (const Band *band,
           double      confidence,
           double     *low,
           double     *high)
{
  size_t n = band->n_resamples;
  g_autofree double *sorted = g_new (double, n);
  double tail = (1.0 - confidence) / 2.0;
  double place = n > 1 ? CLAMP ((((double) n + 1.0) * tail - 1.0) / (double) (n - 1), 0.0, 1.0) : 0.0;

  for (size_t k = 0; k < band->corp->n_points; k++) {
    for (size_t r = 0; r < n; r++)
      sorted[r] = (double) band->replicate[k * n + r];
    dub_sort (sorted, n);
    low[k] = dub_quantile_sorted (sorted, n, place);
    high[k] = dub_quantile_sorted (sorted, n, 1.0 - place);
  }
}

static gboolean
set_band (DubCorp   *self,
          const Fit *fit,
          size_t     n_resamples,
          guint64    seed,
          double     confidence,
          DubRun    *run,
          GError   **error)
{
  size_t limit = dub_memory_limit ();
  size_t n, n_bytes;

  if (!dub_checked_mul (self->n_points, n_resamples, &n) || !dub_checked_mul (n, sizeof (float), &n_bytes)
      || (limit > 0 && n_bytes > limit)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%zu resamples of a curve of %zu points do not fit into memory.", n_resamples, self->n_points);
    return FALSE;
  }

  guint n_threads = run != NULL ? dub_run_get_n_threads (run) : 1;
  Band band = {
    .fit = fit,
    .corp = self,
    .n_resamples = n_resamples,
    .seed = seed,
    .events = g_new (double *, n_threads),
    .blocks = g_new (Block *, n_threads),
    .replicate = g_new (float, n),
  };

  for (guint t = 0; t < n_threads; t++) {
    band.events[t] = g_new (double, fit->n_atoms);
    band.blocks[t] = g_new (Block, fit->n_atoms);
  }

  gboolean done = dub_parallel_for (run, (n_resamples + PER_PIECE - 1) / PER_PIECE, band_piece_cb, &band, error);

  if (done) {
    self->low = g_new (double, self->n_points);
    self->high = g_new (double, self->n_points);
    read_band (&band, confidence, self->low, self->high);
  }
  for (guint t = 0; t < n_threads; t++) {
    g_free (band.events[t]);
    g_free (band.blocks[t]);
  }
  g_free (band.events);
  g_free (band.blocks);
  g_free (band.replicate);

  return done;
}

DubCorp *
dub_corp_new (const DubPredictions *predictions,
              guint                 n_resamples,
              guint64               seed,
              double                confidence,
              DubRun               *run,
              GError              **error)
{
  if (n_resamples > MAX_RESAMPLES || (n_resamples > 0 && !(confidence > 0.0 && confidence < 1.0))) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The band has %u resamples and confidence %g; expected at most %d, and a number between 0 and 1.",
                 n_resamples, confidence, MAX_RESAMPLES);
    return NULL;
  }

  size_t n = predictions->n_cases;
  g_autoptr (DubCalibrationOrder) order = _dub_calibration_order_new (predictions);
  g_autofree Atom *atoms = g_new (Atom, n);
  g_autofree double *events = g_new (double, n);
  g_autofree Block *blocks = g_new (Block, n);
  g_autoptr (DubCorp) self = g_new0 (DubCorp, 1);
  Fit fit = { .order = order, .atoms = atoms };

  set_atoms (&fit, events);

  size_t n_blocks = pool (&fit, events, blocks);

  set_points (self, &fit, blocks, n_blocks);
  set_parts (self, &fit, blocks, n_blocks);
  if (n_resamples > 0 && !set_band (self, &fit, n_resamples, seed, confidence, run, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dub_corp_free (DubCorp *self)
{
  if (self == NULL)
    return;
  g_free (self->confidence);
  g_free (self->share);
  g_free (self->low);
  g_free (self->high);
  g_free (self);
}
