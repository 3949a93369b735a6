#include "core/projection/tsne.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/projection/affinity.h"
#include "core/projection/feature-rows.h"
#include "core/projection/case-graph.h"
#include "core/projection/neighbours.h"
#include "core/projection/pca.h"
#include "core/projection/repulsion.h"
#include "core/projection/tsne-inner.h"

#include <math.h>
#include <string.h>

/* Standard deviation of the start's first coordinate, and of its jitter. */
static const double START = 1e-4, JITTER = 1e-6;
/* Momentum with and after exaggeration; the limits of gains are van der Maaten's. */
static const float MOMENTUM[] = { 0.5f, 0.8f };
/* Cases of a piece. */
enum { N_CASES = 256 };

/* Of the time before the first iteration: where the neighbours begin, after the components, and where they end. */
#define NEIGHBOURS_FROM 0.03
#define NEIGHBOURS_TO 0.9

/* All that an iteration changes: it reads one and writes the other. */
typedef struct {
  float *y;        /* [2][N] */
  float *velocity; /* [2][N] */
  float *gain;     /* [2][N] */
} State;

struct _DubTsne {
  size_t         n;
  DubTsneOptions options;
  guint          iteration;
  size_t        *start;    /* [N + 1] edges, rows filled up to DUB_TSNE_LANES with weights 0 */
  uint32_t      *index;
  float         *weight;   /* p_ij, sum 1 */
  DubRepulsion  *repulsion;
  float         *force;    /* [2][N] repulsion, before division by its sum */
  State          now, next;
};

static void
state_allocate (State  *self,
                size_t  n)
{
  self->y = g_new0 (float, 2 * n);
  self->velocity = g_new0 (float, 2 * n);
  self->gain = g_new (float, 2 * n);
  for (size_t i = 0; i < 2 * n; i++)
    self->gain[i] = 1.0f;
}

static void
state_clear (State *self)
{
  g_free (self->y);
  g_free (self->velocity);
  g_free (self->gain);
}

void
dub_tsne_free (DubTsne *self)
{
  if (self == NULL)
    return;
  g_free (self->start);
  g_free (self->index);
  g_free (self->weight);
  g_clear_pointer (&self->repulsion, dub_repulsion_free);
  g_free (self->force);
  state_clear (&self->now);
  state_clear (&self->next);
  g_free (self);
}

static gboolean
check_options (size_t                 n_cases,
               const DubTsneOptions  *options,
               GError               **error)
{
  if (!(options->perplexity > 1.0 && options->perplexity < 1e6)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The perplexity is %g, expected above 1.", options->perplexity);
    return FALSE;
  }
  if (!(options->exaggeration >= 1.0 && options->exaggeration <= 1e3)
      || !(options->learning_rate >= 0.0 && options->learning_rate <= 1e9)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The exaggeration is %g and the learning rate %g, expected at least 1 and at least 0.",
                 options->exaggeration, options->learning_rate);
    return FALSE;
  }
  if ((double) n_cases < 3.0 * options->perplexity + 1.0) {
    double most = floor ((double) (n_cases - 1) / 3.0);

    if (most > 1.0)
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "t-SNE with a perplexity of %g looks at %g neighbours, but there are only %zu cases: choose a "
                   "perplexity of at most %g.", options->perplexity, floor (3.0 * options->perplexity), n_cases, most);
    else
      g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                   "There are only %zu cases, too few for t-SNE: choose principal components (pca).", n_cases);
    return FALSE;
  }

  return TRUE;
}

/* --- affinities --- */

typedef struct {
  const double *distances; /* [N][K] */
  float        *weights;   /* [N][K] */
  size_t        n, k;
  double        perplexity;
} Affinities;

static void
affinities_piece (size_t   piece,
                  guint    thread,
                  gpointer user_data)
{
  const Affinities *job = user_data;

  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, job->n); i++)
    dub_affinity (job->distances + i * job->k, job->k, job->perplexity, job->weights + i * job->k);
}

static DubCaseGraph *
find_graph (const float  *features,
            size_t        n,
            size_t        n_features,
            double        perplexity,
            uint64_t      seed,
            DubRun       *run,
            GError      **error)
{
  size_t k = (size_t) floor (3.0 * perplexity);
  g_autofree uint32_t *indices = g_try_new (uint32_t, n * k);
  g_autofree double *distances = g_try_new (double, n * k);
  g_autofree float *weights = g_try_new (float, n * k);
  Affinities job = { distances, weights, n, k, perplexity };

  if (indices == NULL || distances == NULL || weights == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for %zu neighbours of %zu cases.", k, n);
    return NULL;
  }

  DubRunSpan all = dub_run_enter_span (run, NEIGHBOURS_FROM, NEIGHBOURS_TO);
  gboolean done = dub_neighbours (features, n, n_features, k, seed, DUB_NEIGHBOURS_EXACT, indices, distances, run, error);

  dub_run_leave_span (run, all);
  if (!done || !dub_parallel_for (run, (n + N_CASES - 1) / N_CASES, affinities_piece, &job, error))
    return NULL;

  return dub_case_graph_new (indices, weights, n, k, DUB_CASE_GRAPH_MEAN, run, error);
}

/* The graph's rows filled up, and its weights divided by N: they sum to 1. */
static void
take_graph (DubTsne        *self,
            const DubCaseGraph *graph)
{
  self->start = g_new0 (size_t, self->n + 1);
  for (size_t i = 0; i < self->n; i++) {
    size_t n = graph->start[i + 1] - graph->start[i];

    self->start[i + 1] = self->start[i] + (n + DUB_TSNE_LANES - 1) / DUB_TSNE_LANES * DUB_TSNE_LANES;
  }
  self->index = g_new (uint32_t, self->start[self->n]);
  self->weight = g_new0 (float, self->start[self->n]);
  for (size_t i = 0; i < self->n; i++) {
    size_t n = graph->start[i + 1] - graph->start[i];

    for (size_t e = self->start[i]; e < self->start[i + 1]; e++)
      self->index[e] = (uint32_t) i;
    for (size_t e = 0; e < n; e++) {
      self->index[self->start[i] + e] = graph->index[graph->start[i] + e];
      self->weight[self->start[i] + e] = graph->weight[graph->start[i] + e] / (float) self->n;
    }
  }
}

/* --- the start --- */

static gboolean
place_start (DubTsne      *self,
             const float  *features,
             size_t        n_features,
             DubRun       *run,
             GError      **error)
{
  DubPcaOptions options = { .n_components = 2, .seed = self->options.seed };
  g_autoptr (DubPca) pca = dub_pca_fit (features, self->n, n_features, &options, run, error);
  g_autofree float *scores = NULL;
  DubRng rng;

  if (pca == NULL)
    return FALSE;
  scores = g_new (float, self->n * pca->n_components);
  if (!dub_pca_transform (pca, features, self->n, scores, run, error))
    return FALSE;
  dub_rng_init (&rng, self->options.seed, "tsne-start", 0);
  for (size_t i = 0; i < self->n; i++)
    for (size_t axis = 0; axis < 2; axis++) {
      double y = JITTER * dub_rng_normal (&rng);

      if (axis < pca->n_components)
        y += START * (double) scores[i * pca->n_components + axis] / sqrt (pca->variance[0]);
      self->now.y[axis * self->n + i] = (float) y;
    }

  return TRUE;
}

DubTsne *
dub_tsne_new (const float           *features,
              size_t                 n_cases,
              size_t                 n_features,
              const DubTsneOptions  *options,
              DubRun                *run,
              GError               **error)
{
  g_return_val_if_fail (features != NULL && options != NULL, NULL);

  if (!dub_features_check ("The features", features, n_cases, n_features, error)
      || !check_options (n_cases, options, error))
    return NULL;

  g_autoptr (DubTsne) self = g_new0 (DubTsne, 1);
  g_autoptr (DubCaseGraph) graph = NULL;

  self->n = n_cases;
  self->options = *options;
  state_allocate (&self->now, n_cases);
  state_allocate (&self->next, n_cases);
  self->force = g_new0 (float, 2 * n_cases);
  self->repulsion = dub_repulsion_new (n_cases, DUB_REPULSION_EXACT);
  /* First what can be wrong with the features. */
  if (!place_start (self, features, n_features, run, error))
    return NULL;
  graph = find_graph (features, n_cases, n_features, options->perplexity, options->seed, run, error);
  if (graph == NULL)
    return NULL;
  take_graph (self, graph);
  dub_run_set_progress (run, 1.0);

  return g_steal_pointer (&self);
}

/* --- iterations --- */

typedef struct {
  const DubTsne *self;
  float          exaggeration, rate, momentum, push;
  double        *partial; /* of the divergence, one a piece */
} Job;

static void
move_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Job *job = user_data;
  const DubTsne *self = job->self;
  size_t n = self->n;

  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, n); i++) {
    float pull[2];

    dub_tsne_attraction (self->now.y, n, i, self->index + self->start[i], self->weight + self->start[i],
                         self->start[i + 1] - self->start[i], pull);
    for (size_t axis = 0; axis < 2; axis++) {
      size_t at = axis * n + i;
      float gradient = job->exaggeration * pull[axis] - job->push * self->force[at];
      float velocity = self->now.velocity[at];
      float gain = gradient * velocity < 0.0f ? self->now.gain[at] + 0.2f : self->now.gain[at] * 0.8f;

      gain = MAX (gain, 0.01f);
      velocity = job->momentum * velocity - job->rate * gain * gradient;
      self->next.gain[at] = gain;
      self->next.velocity[at] = velocity;
      self->next.y[at] = self->now.y[at] + velocity;
    }
  }
}

/* Without exaggeration the forces change twelvefold: what was learned of gains and direction is forgotten. */
static void
begin_anew (State  *state,
            size_t  n)
{
  for (size_t i = 0; i < 2 * n; i++) {
    state->velocity[i] = 0.0f;
    state->gain[i] = 1.0f;
  }
}

static gboolean
iterate (DubTsne *self,
         DubRun  *run,
         GError **error)
{
  const DubTsneOptions *options = &self->options;
  gboolean early = self->iteration < options->n_exaggerated;
  double rate = options->learning_rate > 0.0 ? options->learning_rate
                                             : MAX ((double) self->n / options->exaggeration, 50.0), sum;
  State swapped;

  if (self->iteration == options->n_exaggerated)
    begin_anew (&self->now, self->n);
  if (!dub_repulsion_run (self->repulsion, self->now.y, self->force, &sum, run, error))
    return FALSE;

  Job job = {
    .self = self, .exaggeration = early ? (float) options->exaggeration : 1.0f, .rate = (float) rate,
    .momentum = MOMENTUM[early ? 0 : 1], .push = (float) (1.0 / MAX (sum, 1e-300)),
  };

  if (!dub_parallel_for (run, (self->n + N_CASES - 1) / N_CASES, move_piece, &job, error))
    return FALSE;
  swapped = self->now;
  self->now = self->next;
  self->next = swapped;
  self->iteration++;

  return TRUE;
}

gboolean
dub_tsne_step (DubTsne  *self,
               guint     n_iterations,
               DubRun   *run,
               GError  **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < n_iterations; i++) {
    if (dub_run_check_cancelled (run, error) || !iterate (self, run, error))
      return FALSE;
    if (run != NULL)
      dub_run_set_progress (run, MIN (1.0, (double) self->iteration / MAX (self->options.n_iterations, 1)));
  }

  return TRUE;
}

size_t
dub_tsne_get_n (const DubTsne *self)
{
  return self->n;
}

guint
dub_tsne_get_iteration (const DubTsne *self)
{
  return self->iteration;
}

void
dub_tsne_get_positions (const DubTsne *self,
                        float         *out)
{
  for (size_t i = 0; i < self->n; i++) {
    out[2 * i] = self->now.y[i];
    out[2 * i + 1] = self->now.y[self->n + i];
  }
}

static void
divergence_piece (size_t   piece,
                  guint    thread,
                  gpointer user_data)
{
  const Job *job = user_data;
  const DubTsne *self = job->self;
  const float *y = self->now.y;
  double sum = 0.0;

  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, self->n); i++)
    for (size_t e = self->start[i]; e < self->start[i + 1]; e++) {
      double p = (double) self->weight[e];
      double dx = (double) y[i] - (double) y[self->index[e]];
      double dy = (double) y[self->n + i] - (double) y[self->n + self->index[e]];

      if (p > 0.0)
        sum += p * log (p * (1.0 + dx * dx + dy * dy));
    }
  job->partial[piece] = sum;
}

gboolean
dub_tsne_get_kl (DubTsne  *self,
                 double   *kl,
                 DubRun   *run,
                 GError  **error)
{
  size_t n_pieces = (self->n + N_CASES - 1) / N_CASES;
  g_autofree double *partial = g_new (double, n_pieces);
  Job job = { .self = self, .partial = partial };
  double sum;

  if (!dub_repulsion_run (self->repulsion, self->now.y, self->force, &sum, run, error)
      || !dub_parallel_for (run, n_pieces, divergence_piece, &job, error))
    return FALSE;
  /* Σ p ln (p / q) with q = k / sum and Σ p = 1. */
  *kl = log (sum);
  for (size_t piece = 0; piece < n_pieces; piece++)
    *kl += partial[piece];

  return TRUE;
}
