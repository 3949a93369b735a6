#include "core/uq/gps.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/calibration/temperature.h"
#include "core/stats/roc.h"
#include "core/uq/gps-area.h"
#include "core/uq/gps-rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A start ends after so many gains in a row that are at most this. */
enum { N_SMALL_GAINS = 5 };
static const double SMALL_GAIN = 0.005;
/* Policies that are looked at by one piece of work. */
enum { PER_PIECE = 4 };
/* Candidates that get a temperature of their own, of those that are best at the temperature of the group so far. */
enum { N_REFINED = 4 };
static const double SMALLEST = 1e-15;

typedef struct {
  const float         *given;     /* (V, N, C) */
  size_t               n_policies, n_cases, n_classes;
  const gboolean      *failed;
  size_t              *order;     /* [N] failures first, so that their scores stand together */
  size_t               n_failed;
  int                 *labels;    /* [N] in that order, as everything below */
  const DubGpsOptions *options;
  float               *pool;      /* (V, C, N); for the area less its mean over the pool */
  float               *sum, *squares; /* (C, N) of the group */
  float                beta;      /* of the group so far */
  size_t               n_group;
  gboolean            *used;      /* [V] */
  double              *objective; /* [V] of the group with this policy */
  guint                n_threads;
  float              **value;     /* [n_threads][N] */
  uint32_t           **scratch;   /* [n_threads] */
} Search;

static void
search_clear (Search *self)
{
  g_free (self->pool);
  g_free (self->order);
  g_free (self->labels);
  g_free (self->sum);
  g_free (self->squares);
  g_free (self->used);
  g_free (self->objective);
  for (guint t = 0; t < self->n_threads; t++) {
    g_free (self->value[t]);
    g_free (self->scratch[t]);
  }
  g_free (self->value);
  g_free (self->scratch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static void
group_clear (DubGpsGroup *self)
{
  g_clear_pointer (&self->policies, g_free);
}

void
dub_gps_free (DubGps *self)
{
  if (self == NULL)
    return;
  for (size_t g = 0; g < self->n_groups; g++)
    group_clear (&self->groups[g]);
  g_free (self->groups);
  g_free (self);
}

/* --- what is searched --- */

static gboolean
check (const float          *probabilities,
       size_t                n_policies,
       size_t                n_cases,
       size_t                n_classes,
       const int            *labels,
       const DubGpsOptions  *options,
       GError              **error)
{
  if (n_policies < 2 || n_cases == 0 || n_classes < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "A policy search over %zu policies, %zu cases and %zu classes was asked for; expected at least two policies, one "
                 "case and two classes.", n_policies, n_cases, n_classes);
    return FALSE;
  }
  if (options->n_starts == 0 || options->n_groups == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "A policy search of %u starts that keeps %u groups was asked for; expected at least one of each.",
                 options->n_starts, options->n_groups);
    return FALSE;
  }
  for (size_t i = 0; i < n_cases; i++)
    if (labels[i] < 0 || (size_t) labels[i] >= n_classes) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The label of calibration case %zu is %d; expected 0 to %zu.", i,
                   labels[i], n_classes - 1);
      return FALSE;
    }
  for (size_t k = 0; k < n_policies * n_cases * n_classes; k++)
    if (!(probabilities[k] >= 0.0f && probabilities[k] <= 1.0f)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                   "Under policy %zu of the pool a probability of case %zu is %g; expected a number from 0 to 1.",
                   k / (n_cases * n_classes), k / n_classes % n_cases, (double) probabilities[k]);
      return FALSE;
    }

  return TRUE;
}

/* Classes before cases, and for the spread less the mean of the pool, which no spread depends on. */
static void
arrange_pool (Search *self)
{
  size_t V = self->n_policies, N = self->n_cases, C = self->n_classes;
  gboolean centre = self->options->objective == DUB_GPS_AUROC;
  g_autofree double *mean = g_new0 (double, N * C);

  for (size_t v = 0; v < V && centre; v++)
    for (size_t k = 0; k < N * C; k++)
      mean[k] += (double) self->given[v * N * C + k] / (double) V;
  for (size_t v = 0; v < V; v++)
    for (size_t c = 0; c < C; c++)
      for (size_t i = 0; i < N; i++)
        self->pool[(v * C + c) * N + i] =
          (float) ((double) self->given[(v * N + self->order[i]) * C + c] - mean[self->order[i] * C + c]);
}

static void
order_cases (Search    *self,
             const int *labels)
{
  size_t n = 0;

  self->order = g_new (size_t, self->n_cases);
  self->labels = g_new (int, self->n_cases);
  for (int is_right = 0; is_right < 2; is_right++) {
    for (size_t i = 0; i < self->n_cases; i++)
      if (self->failed[i] != is_right)
        self->order[n++] = i;
    if (!is_right)
      self->n_failed = n;
  }
  for (size_t i = 0; i < self->n_cases; i++)
    self->labels[i] = labels[self->order[i]];
}

static gboolean
prepare (Search    *self,
         const int *labels,
         DubRun    *run,
         GError   **error)
{
  size_t n = self->n_cases * self->n_classes;

  self->pool = g_try_new (float, self->n_policies * n);
  if (self->pool == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to search %zu policies on %zu cases.", self->n_policies,
                 self->n_cases);
    return FALSE;
  }
  order_cases (self, labels);
  arrange_pool (self);
  if (self->options->objective == DUB_GPS_AUROC && (self->n_failed == 0 || self->n_failed == self->n_cases)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "Policies are searched by how well they tell failures from successes, and of the %zu calibration cases %s failed.",
                 self->n_cases, self->n_failed == 0 ? "none" : "all");
    return FALSE;
  }
  self->sum = g_new (float, n);
  self->squares = g_new (float, n);
  self->used = g_new (gboolean, self->n_policies);
  self->objective = g_new (double, self->n_policies);
  self->n_threads = run != NULL ? dub_run_get_n_threads (run) : 1;
  self->value = g_new (float *, self->n_threads);
  self->scratch = g_new (uint32_t *, self->n_threads);
  for (guint t = 0; t < self->n_threads; t++) {
    self->value[t] = g_new (float, self->n_cases);
    self->scratch[t] = g_new (uint32_t, dub_gps_area_scratch (self->n_failed, self->n_cases - self->n_failed));
  }

  return TRUE;
}

/* --- one step --- */

static double
mean_of (const float *values,
         size_t       n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += (double) values[i];

  return sum / (double) n;
}

static void
look_cb (size_t   piece,
         guint    thread,
         gpointer user_data)
{
  Search *self = user_data;
  size_t N = self->n_cases, C = self->n_classes;
  float *value = self->value[thread];

  for (size_t v = piece * PER_PIECE; v < MIN ((piece + 1) * PER_PIECE, self->n_policies); v++) {
    const float *policy = self->pool + v * C * N;

    if (self->used[v]) {
      self->objective[v] = -(double) INFINITY;
    } else if (self->options->objective == DUB_GPS_AUROC) {
      dub_gps_rows_spread (policy, self->sum, self->squares, N, C, self->n_group + 1, value);
      self->objective[v] = dub_gps_area (value, self->n_failed, value + self->n_failed, N - self->n_failed,
                                         self->scratch[thread]);
    } else {
      dub_gps_rows_likelihood (policy, self->sum, self->labels, N, C, self->n_group + 1, self->beta, value);
      self->objective[v] = mean_of (value, N);
    }
  }
}

/* The best of the candidates, of equal ones the first. */
static size_t
find_best (const Search *self)
{
  size_t best = 0;

  for (size_t v = 1; v < self->n_policies; v++)
    if (self->objective[v] > self->objective[best])
      best = v;

  return best;
}

/* Log-likelihood of the group with policy @v at its own temperature. */
static gboolean
likelihood_with (const Search  *self,
                 size_t         v,
                 double        *likelihood,
                 double        *beta,
                 DubRun        *run,
                 GError       **error)
{
  size_t N = self->n_cases, C = self->n_classes;
  g_autofree double *logits = g_new (double, N * C);
  double n = (double) self->n_group + 1.0;

  for (size_t i = 0; i < N; i++)
    for (size_t c = 0; c < C; c++)
      logits[i * C + c] =
        log (MAX (((double) self->sum[c * N + i] + (double) self->pool[(v * C + c) * N + i]) / n, SMALLEST));

  g_autoptr (DubTemperature) temperature = dub_temperature_fit (logits, self->labels, N, C, "calibration", run, error);

  if (temperature == NULL)
    return FALSE;
  *likelihood = -temperature->nll_after;
  *beta = temperature->beta;

  return TRUE;
}

/* The candidates that are best at the temperature so far, again at the best temperature of each. */
static gboolean
refine (Search  *self,
        size_t  *best,
        DubRun  *run,
        GError **error)
{
  double highest = -(double) INFINITY, best_beta = 1.0;

  for (size_t k = 0; k < MIN (N_REFINED, self->n_policies); k++) {
    size_t v = find_best (self);
    double likelihood, beta;

    if (!likelihood_with (self, v, &likelihood, &beta, run, error))
      return FALSE;
    self->objective[v] = -(double) INFINITY;
    if (likelihood > highest) {
      highest = likelihood;
      best_beta = beta;
      *best = v;
    }
  }
  self->objective[*best] = highest;
  /* Of separable and of hopeless cases the best β is at a limit, where candidates could not be told apart. */
  self->beta = (float) CLAMP (best_beta, 0.05, 20.0);

  return TRUE;
}

static void
join (Search *self,
      size_t  v)
{
  size_t n = self->n_cases * self->n_classes;
  const float *policy = self->pool + v * n;

  for (size_t k = 0; k < n; k++) {
    self->sum[k] += policy[k];
    self->squares[k] += policy[k] * policy[k];
  }
  self->n_group++;
  if (self->options->objective == DUB_GPS_AUROC)
    self->used[v] = TRUE;
}

/* --- one start --- */

static void
begin (Search *self)
{
  size_t n = self->n_cases * self->n_classes;

  memset (self->sum, 0, n * sizeof (float));
  memset (self->squares, 0, n * sizeof (float));
  memset (self->used, 0, self->n_policies * sizeof (gboolean));
  self->n_group = 0;
  self->beta = 1.0f;
}

/* Grows a group from @first. */
static gboolean
climb (Search       *self,
       size_t        first,
       DubGpsGroup  *group,
       DubRun       *run,
       GError      **error)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (guint));
  size_t n_pieces = (self->n_policies + PER_PIECE - 1) / PER_PIECE;
  guint policy = (guint) first, n_small = 0;
  double before = 0.5, best = -(double) INFINITY, beta;
  size_t n_best = 0;

  begin (self);
  if (self->options->objective == DUB_GPS_LIKELIHOOD) {
    if (!likelihood_with (self, first, &before, &beta, run, error))
      return FALSE;
    self->beta = (float) CLAMP (beta, 0.05, 20.0);
  }
  join (self, first);
  g_array_append_val (path, policy);

  /* One policy has no spread, so that a group is two or more. */
  while (n_small < N_SMALL_GAINS && path->len < self->n_policies) {
    if (!dub_parallel_for (run, n_pieces, look_cb, self, error))
      return FALSE;

    size_t chosen = find_best (self);

    if (self->options->objective == DUB_GPS_LIKELIHOOD && !refine (self, &chosen, run, error))
      return FALSE;

    double there = self->objective[chosen];

    join (self, chosen);
    policy = (guint) chosen;
    g_array_append_val (path, policy);
    if (there > best) {
      best = there;
      n_best = path->len;
    }
    n_small = there - before <= SMALL_GAIN ? n_small + 1 : 0;
    before = there;
  }
  *group = (DubGpsGroup) { g_memdup2 (path->data, n_best * sizeof (guint)), n_best, best };

  return TRUE;
}

/* --- the best groups --- */

static double
spread_of (const DubGpsGroup *group,
           const float       *probabilities,
           const size_t      *rows,
           size_t             step,
           size_t             n_classes)
{
  double spread = 0.0;

  for (size_t c = 0; c < n_classes; c++) {
    double mean = 0.0, squares = 0.0;

    for (size_t k = 0; k < group->n; k++)
      mean += (double) probabilities[(rows != NULL ? rows[group->policies[k]] : group->policies[k]) * step + c];
    mean /= (double) group->n;
    for (size_t k = 0; k < group->n; k++) {
      double d = (double) probabilities[(rows != NULL ? rows[group->policies[k]] : group->policies[k]) * step + c] - mean;

      squares += d * d;
    }
    spread += sqrt (squares / (double) group->n);
  }

  return spread / (double) n_classes;
}

double
dub_gps_spread (const DubGps *self,
                const float  *probabilities,
                const size_t *rows,
                size_t        step,
                size_t        n_classes)
{
  double sum = 0.0;

  for (size_t g = 0; g < self->n_groups; g++)
    sum += spread_of (&self->groups[g], probabilities, rows, step, n_classes);

  return sum / (double) self->n_groups;
}

/* The area again from spreads in double precision: by these the groups are compared and reported. */
static void
measure_group (const Search *self,
               DubGpsGroup  *group)
{
  g_autofree double *spread = g_new (double, self->n_cases);

  if (self->options->objective != DUB_GPS_AUROC)
    return;
  for (size_t i = 0; i < self->n_cases; i++)
    spread[i] = spread_of (group, self->given + i * self->n_classes, NULL, self->n_cases * self->n_classes, self->n_classes);
  group->objective = dub_auroc (spread, self->failed, self->n_cases);
}

static int
compare_policies_cb (const void *a,
                     const void *b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

/* Whether both are of the same policies, in whatever order. */
static gboolean
same_group (const DubGpsGroup *a,
            const DubGpsGroup *b)
{
  if (a->n != b->n)
    return FALSE;

  g_autofree guint *x = g_memdup2 (a->policies, a->n * sizeof (guint));
  g_autofree guint *y = g_memdup2 (b->policies, b->n * sizeof (guint));

  qsort (x, a->n, sizeof (guint), compare_policies_cb);
  qsort (y, b->n, sizeof (guint), compare_policies_cb);

  return memcmp (x, y, a->n * sizeof (guint)) == 0;
}

/* Moves the best @self->n_groups different ones out of @found; of equal ones the first. */
static void
keep_best (DubGps      *self,
           DubGpsGroup *found,
           size_t       n_found,
           size_t       n_wanted)
{
  self->groups = g_new0 (DubGpsGroup, n_wanted);
  while (self->n_groups < n_wanted) {
    DubGpsGroup *best = NULL;

    for (size_t k = 0; k < n_found; k++) {
      gboolean known = found[k].policies == NULL;

      for (size_t g = 0; g < self->n_groups && !known; g++)
        known = same_group (&found[k], &self->groups[g]);
      if (!known && (best == NULL || found[k].objective > best->objective))
        best = &found[k];
    }
    if (best == NULL)
      break;
    self->groups[self->n_groups++] = *best;
    best->policies = NULL;
  }
}

static gboolean
run_starts (Search       *self,
            DubGpsGroup  *found,
            size_t        n_starts,
            DubRun       *run,
            GError      **error)
{
  g_autofree size_t *order = g_new (size_t, self->n_policies);
  DubRng rng;

  for (size_t v = 0; v < self->n_policies; v++)
    order[v] = v;
  dub_rng_init (&rng, self->options->seed, "gps-starts", 0);
  dub_rng_shuffle (&rng, order, self->n_policies);
  for (size_t s = 0; s < n_starts; s++) {
    if (!climb (self, order[s], &found[s], run, error))
      return FALSE;
    measure_group (self, &found[s]);
    if (run != NULL)
      dub_run_set_progress (run, (double) (s + 1) / (double) n_starts);
  }

  return TRUE;
}

DubGps *
dub_gps_search (const float          *probabilities,
                size_t                n_policies,
                size_t                n_cases,
                size_t                n_classes,
                const int            *labels,
                const int            *predicted,
                const DubGpsOptions  *options,
                DubRun               *run,
                GError              **error)
{
  if (!check (probabilities, n_policies, n_cases, n_classes, labels, options, error))
    return NULL;

  size_t n_starts = MIN (options->n_starts, n_policies);
  g_autofree gboolean *failed = g_new (gboolean, n_cases);
  g_autofree DubGpsGroup *found = g_new0 (DubGpsGroup, n_starts);
  g_autoptr (DubGps) self = g_new0 (DubGps, 1);
  g_auto (Search) search = {
    .given = probabilities,
    .n_policies = n_policies,
    .n_cases = n_cases,
    .n_classes = n_classes,
    .failed = failed,
    .options = options,
  };

  for (size_t i = 0; i < n_cases; i++)
    failed[i] = predicted[i] != labels[i];
  self->objective = options->objective;

  gboolean done = prepare (&search, labels, run, error) && run_starts (&search, found, n_starts, run, error);

  if (done)
    keep_best (self, found, n_starts, options->n_groups);
  for (size_t s = 0; s < n_starts; s++)
    group_clear (&found[s]);

  return done ? g_steal_pointer (&self) : NULL;
}
