#include "core/stats/bootstrap.h"

#include "core/base/checked.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/stats/bootstrap-units.h"

#define MAX_RESAMPLES 10000000
#define MAX_STATISTICS 1000000
/* Evaluations a piece: enough to pay for handing it out, few enough to share evenly. */
#define PER_PIECE 16

typedef struct {
  size_t   *cases; /* (nullable) [longest] */
  uint32_t *count; /* [N] */
  double   *value; /* [K] */
} Scratch;

typedef struct {
  const DubBootstrapDesign *design;
  DubBootstrapUnits        *units;
  DubBootstrapFunc          func;
  gpointer                  user_data;
  DubRun                   *run;
  size_t                    n_statistics;
  size_t                    n;      /* evaluations of this pass */
  gboolean                  leave_one_out;
  double                   *result; /* [K · n] */
  Scratch                  *scratch; /* [n_threads] */
} Pass;

static void
evaluate (const Pass    *pass,
          const Scratch *scratch,
          size_t         n,
          guint          thread,
          double        *values)
{
  DubResample resample = {
    .cases = scratch->cases,
    .n = n,
    .count = scratch->count,
    .n_cases = pass->units->n_cases,
    .thread = thread,
  };

  pass->func (&resample, values, pass->user_data);
}

static void
evaluate_piece_cb (size_t   piece,
                   guint    thread,
                   gpointer user_data)
{
  const Pass *pass = user_data;
  const Scratch *scratch = &pass->scratch[thread];
  size_t end = MIN ((piece + 1) * PER_PIECE, pass->n);

  for (size_t r = piece * PER_PIECE; r < end; r++) {
    size_t n;

    /* A statistic of many cases may take long, so the flag is asked between any two. */
    if (pass->run != NULL && dub_run_is_cancelled (pass->run))
      return;

    if (pass->leave_one_out) {
      n = _dub_bootstrap_units_without (pass->units, r, scratch->cases, scratch->count);
    } else {
      DubRng rng;

      dub_rng_init (&rng, pass->design->seed, "bootstrap", r);
      n = _dub_bootstrap_units_draw (pass->units, &rng, scratch->cases, scratch->count);
    }
    evaluate (pass, scratch, n, thread, scratch->value);
    for (size_t k = 0; k < pass->n_statistics; k++)
      pass->result[k * pass->n + r] = scratch->value[k];
  }
}

static gboolean
run_pass (Pass    *pass,
          GError **error)
{
  return dub_parallel_for (pass->run, (pass->n + PER_PIECE - 1) / PER_PIECE, evaluate_piece_cb, pass, error);
}

/* NULL where it cannot or should not be had. */
static gpointer
try_array (size_t n,
           size_t n_times,
           size_t element)
{
  size_t limit = dub_memory_limit ();
  size_t n_bytes;

  if (!dub_checked_mul (n, n_times, &n_bytes) || !dub_checked_mul (n_bytes, element, &n_bytes)
      || (limit > 0 && n_bytes > limit))
    return NULL;

  return g_try_malloc (n_bytes);
}

/* (Davison & Hinkley 1997, eq. 5.30, influences by the jackknife): a = Σ_s Σ_i l³ / n_s³ / (6 (Σ_s Σ_i l² / n_s²)^1.5),
 * l = (n_s - 1) (mean of the stratum - without i). A statistic that no unit changes has none. */
static double
acceleration (const DubBootstrapUnits *units,
              const double            *without) /* [n_units] */
{
  double cubes = 0.0, squares = 0.0;

  for (size_t s = 0; s < units->n_strata; s++) {
    size_t first = units->stratum_first[s], end = units->stratum_first[s + 1];
    double n = (double) (end - first);
    double mean = 0.0;

    for (size_t u = first; u < end; u++)
      mean += without[u] / n;
    for (size_t u = first; u < end; u++) {
      double influence = (n - 1.0) * (mean - without[u]) / n;

      squares += influence * influence;
      cubes += influence * influence * influence;
    }
  }

  /* Equal but for the rounding of their mean. */
  if (squares < 1e-300)
    return 0.0;

  return cubes / (6.0 * squares * sqrt (squares));
}

static gboolean
run_jackknife (DubBootstrap *self,
               Pass         *pass,
               GError      **error)
{
  size_t n_units = pass->units->n_units;
  g_autofree double *without = try_array (n_units, self->n_statistics, sizeof (double));

  if (without == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "The jackknife of %zu units and %zu statistics does not fit into memory.",
                 n_units, self->n_statistics);
    return FALSE;
  }

  pass->n = n_units;
  pass->leave_one_out = TRUE;
  pass->result = without;
  if (!run_pass (pass, error))
    return FALSE;

  self->acceleration = g_new (double, self->n_statistics);
  for (size_t k = 0; k < self->n_statistics; k++)
    self->acceleration[k] = acceleration (pass->units, without + k * n_units);

  return TRUE;
}

static gboolean
check_design (const DubBootstrapDesign *design,
              size_t                    n_statistics,
              GError                  **error)
{
  if (design->n_cases == 0 || n_statistics == 0 || n_statistics > MAX_STATISTICS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The bootstrap has %zu cases and %zu statistics; expected at least one of each, and at most %d statistics.",
                 design->n_cases, n_statistics, MAX_STATISTICS);
    return FALSE;
  }
  if (design->n_resamples > MAX_RESAMPLES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The bootstrap has %zu resamples; expected at most %d.", design->n_resamples, MAX_RESAMPLES);
    return FALSE;
  }

  return TRUE;
}

static Scratch *
scratch_new (guint                    n_threads,
             const DubBootstrapUnits *units,
             gboolean                 counts_alone,
             size_t                   n_statistics)
{
  Scratch *scratch = g_new0 (Scratch, n_threads);

  for (guint t = 0; t < n_threads; t++) {
    scratch[t].cases = counts_alone ? NULL : try_array (units->longest, 1, sizeof (size_t));
    scratch[t].count = g_new (uint32_t, units->n_cases);
    scratch[t].value = g_new (double, n_statistics);
  }

  return scratch;
}

static void
scratch_free (Scratch *scratch,
              guint    n_threads)
{
  for (guint t = 0; t < n_threads; t++) {
    g_free (scratch[t].cases);
    g_free (scratch[t].count);
    g_free (scratch[t].value);
  }
  g_free (scratch);
}

static gboolean
run_all (DubBootstrap *self,
         Pass         *pass,
         guint         n_threads,
         gboolean      jackknife,
         GError      **error)
{
  for (guint t = 0; t < n_threads; t++)
    if (pass->scratch[t].cases == NULL && !pass->design->counts_alone) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                   "A resample of up to %zu cases does not fit into memory.", pass->units->longest);
      return FALSE;
    }
  self->replicate = try_array (self->n_statistics, self->n_resamples, sizeof (double));
  if (self->replicate == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "%zu resamples of %zu statistics do not fit into memory.", self->n_resamples, self->n_statistics);
    return FALSE;
  }

  size_t n = _dub_bootstrap_units_without (pass->units, pass->units->n_units,
                                           pass->scratch->cases, pass->scratch->count);

  evaluate (pass, pass->scratch, n, 0, self->value);
  pass->n = self->n_resamples;
  pass->result = self->replicate;
  if (!run_pass (pass, error))
    return FALSE;

  for (size_t k = 0; k < self->n_statistics; k++)
    for (size_t r = 0; r < self->n_resamples; r++)
      self->n_undefined[k] += isnan (self->replicate[k * self->n_resamples + r]) != 0;

  return !jackknife || run_jackknife (self, pass, error);
}

DubBootstrap *
dub_bootstrap_new (const DubBootstrapDesign *design,
                   DubBootstrapFunc          func,
                   size_t                    n_statistics,
                   gpointer                  user_data,
                   DubRun                   *run,
                   GError                  **error)
{
  if (!check_design (design, n_statistics, error))
    return NULL;

  g_autoptr (DubBootstrapUnits) units = _dub_bootstrap_units_new (design, error);

  if (units == NULL)
    return NULL;

  g_autoptr (DubBootstrap) self = g_new0 (DubBootstrap, 1);
  guint n_threads = run != NULL ? dub_run_get_n_threads (run) : 1;
  Pass pass = {
    .design = design,
    .units = units,
    .func = func,
    .user_data = user_data,
    .run = run,
    .n_statistics = n_statistics,
    .scratch = scratch_new (n_threads, units, design->counts_alone, n_statistics),
  };

  self->n_statistics = n_statistics;
  self->n_resamples = design->n_resamples > 0 ? design->n_resamples : DUB_BOOTSTRAP_RESAMPLES;
  self->n_units = units->n_units;
  self->stratified = design->strata != NULL;
  self->grouped = design->groups != NULL;
  self->value = g_new (double, n_statistics);
  self->n_undefined = g_new0 (size_t, n_statistics);

  gboolean done = run_all (self, &pass, n_threads, design->jackknife, error);

  scratch_free (pass.scratch, n_threads);

  return done ? g_steal_pointer (&self) : NULL;
}

gboolean
dub_bootstrap_dependent (const int *groups,
                         size_t     n_cases)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (size_t i = 0; groups != NULL && i < n_cases; i++)
    if (!g_hash_table_add (seen, GINT_TO_POINTER (groups[i])))
      return TRUE;

  return FALSE;
}

void
dub_bootstrap_free (DubBootstrap *self)
{
  if (self == NULL)
    return;
  g_free (self->value);
  g_free (self->replicate);
  g_free (self->n_undefined);
  g_free (self->acceleration);
  g_free (self);
}
