#include "core/projection/umap-private.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/projection/feature-rows.h"
#include "core/projection/neighbours.h"
#include "core/projection/umap-curve.h"

#include <math.h>
#include <string.h>

/* Turns of an epoch: cases of one turn do not see each other move. */
enum { N_TURNS = 8 };
/* Cases of a piece, and of one that only computes memberships; others of each case in the cross-entropy. */
enum { N_CASES = 64, N_ROWS = 512, N_OTHERS = 64 };
/* Of the time before the first epoch: where the neighbours end; then comes the start. */
#define NEIGHBOURS_TO 0.7
/* Epochs of small and large sets, and the most cases of a small one. */
enum { EPOCHS_SMALL = 500, EPOCHS_LARGE = 200, SMALL = 10000 };

void
dub_umap_free (DubUmap *self)
{
  if (self == NULL)
    return;
  g_free (self->order);
  g_free (self->start);
  g_free (self->index);
  g_free (self->weight);
  g_free (self->ratio);
  g_free (self->places);
  g_free (self->next);
  g_free (self->kept);
  g_free (self);
}

static gboolean
check_options (size_t                 n_cases,
               const DubUmapOptions  *options,
               GError               **error)
{
  if (options->n_dims < 1 || options->n_dims > DUB_UMAP_DIMS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The map has %zu dimensions, expected 1 to %d.", options->n_dims,
                 DUB_UMAP_DIMS);
    return FALSE;
  }
  if (options->n_neighbors < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%zu neighbours are to count, expected at least 2: the case itself is one.", options->n_neighbors);
    return FALSE;
  }
  if (n_cases < options->n_neighbors || n_cases < options->n_dims + 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "UMAP with %zu neighbours in %zu dimensions needs at least %zu cases, there are %zu: choose fewer neighbours, "
                 "or principal components (pca).", options->n_neighbors, options->n_dims,
                 MAX (options->n_neighbors, options->n_dims + 2), n_cases);
    return FALSE;
  }
  if (options->n_negative >= DUB_UMAP_LANES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%u negative samples were asked for, expected at most %d.",
                 options->n_negative, DUB_UMAP_LANES - 1);
    return FALSE;
  }

  return TRUE;
}

/* --- the graph --- */

typedef struct {
  const double *distances; /* [N][K] */
  float        *weights;   /* [N][K] */
  size_t        n, k, n_neighbors;
  double        mean;
} Memberships;

static void
memberships_piece (size_t   piece,
                   guint    thread,
                   gpointer user_data)
{
  const Memberships *job = user_data;

  for (size_t i = piece * N_ROWS; i < MIN ((piece + 1) * N_ROWS, job->n); i++)
    dub_umap_memberships (job->distances + i * job->k, job->k, job->n_neighbors, TRUE, job->mean, job->weights + i * job->k);
}

static DubCaseGraph *
find_graph (const float           *features,
            size_t                 n,
            size_t                 n_features,
            const DubUmapOptions  *options,
            DubRun                *run,
            GError               **error)
{
  size_t k = options->n_neighbors - 1;
  g_autofree uint32_t *indices = g_try_new (uint32_t, n * k);
  g_autofree double *distances = g_try_new (double, n * k);
  g_autofree float *weights = g_try_new (float, n * k);
  Memberships job = { distances, weights, n, k, options->n_neighbors, 0.0 };

  if (indices == NULL || distances == NULL || weights == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for %zu neighbours of %zu cases.", k, n);
    return NULL;
  }

  DubRunSpan all = dub_run_enter_span (run, 0.0, NEIGHBOURS_TO);
  gboolean done = dub_neighbours (features, n, n_features, k, options->seed, DUB_NEIGHBOURS_EXACT, indices, distances, run, error);

  dub_run_leave_span (run, all);
  if (!done)
    return NULL;
  for (size_t e = 0; e < n * k; e++)
    job.mean += distances[e] / ((double) n * (double) options->n_neighbors);
  if (!(job.mean > 0.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "All nearest neighbours of all %zu cases are their duplicates: there is nothing to lay out; leave "
                 "duplicates out.", n);
    return NULL;
  }
  if (!dub_parallel_for (run, (n + N_ROWS - 1) / N_ROWS, memberships_piece, &job, error))
    return NULL;

  return dub_case_graph_new (indices, weights, n, k, DUB_CASE_GRAPH_UNION, run, error);
}

/* The graph in the random order of the turns. */
static void
take_graph (DubUmap            *self,
            const DubCaseGraph *graph)
{
  size_t n = self->n;
  g_autofree size_t *shuffled = g_new (size_t, n);
  g_autofree uint32_t *place = g_new (uint32_t, n);
  float heaviest = 0.0f;
  DubRng rng;

  for (size_t i = 0; i < n; i++)
    shuffled[i] = i;
  dub_rng_init (&rng, self->options.seed, "umap-order", 0);
  dub_rng_shuffle (&rng, shuffled, n);
  self->order = g_new (uint32_t, n);
  for (size_t i = 0; i < n; i++) {
    self->order[i] = (uint32_t) shuffled[i];
    place[shuffled[i]] = (uint32_t) i;
  }
  self->start = g_new0 (size_t, n + 1);
  self->index = g_new (uint32_t, MAX (graph->start[n], 1));
  self->weight = g_new (float, MAX (graph->start[n], 1));
  self->ratio = g_new (float, MAX (graph->start[n], 1));
  for (size_t i = 0; i < n; i++) {
    size_t from = graph->start[self->order[i]], count = graph->start[self->order[i] + 1] - from;

    self->start[i + 1] = self->start[i] + count;
    self->n_most = MAX (self->n_most, count);
    for (size_t e = 0; e < count; e++) {
      self->index[self->start[i] + e] = place[graph->index[from + e]];
      self->weight[self->start[i] + e] = graph->weight[from + e];
      heaviest = MAX (heaviest, graph->weight[from + e]);
    }
  }
  for (size_t e = 0; e < graph->start[n]; e++)
    self->ratio[e] = self->weight[e] / heaviest;
}

DubUmap *
dub_umap_new (const float           *features,
              size_t                 n_cases,
              size_t                 n_features,
              const DubUmapOptions  *options,
              DubRun                *run,
              GError               **error)
{
  g_return_val_if_fail (features != NULL && options != NULL, NULL);

  if (!dub_features_check ("The features", features, n_cases, n_features, error)
      || !check_options (n_cases, options, error))
    return NULL;

  g_autoptr (DubUmap) self = g_new0 (DubUmap, 1);
  g_autoptr (DubCaseGraph) graph = NULL;
  g_autofree float *start = g_new (float, n_cases * options->n_dims);

  self->n = n_cases;
  self->n_features = n_features;
  self->n_dims = options->n_dims;
  self->options = *options;
  if (self->options.n_epochs == 0)
    self->options.n_epochs = n_cases <= SMALL ? EPOCHS_SMALL : EPOCHS_LARGE;
  if (!dub_umap_curve (options->min_dist, options->spread, &self->a, &self->b, error))
    return NULL;
  graph = find_graph (features, n_cases, n_features, options, run, error);
  if (graph == NULL || !_dub_umap_start (features, n_features, graph, options, start, run, error))
    return NULL;
  take_graph (self, graph);
  self->places = g_new (float, n_cases * self->n_dims);
  self->next = g_new (float, n_cases * self->n_dims);
  self->kept = g_new (float, n_cases * self->n_dims);
  for (size_t i = 0; i < n_cases; i++)
    memcpy (self->places + i * self->n_dims, start + (size_t) self->order[i] * self->n_dims, self->n_dims * sizeof (float));

  dub_run_set_progress (run, 1.0);

  return g_steal_pointer (&self);
}

/* --- epochs --- */

typedef struct {
  DubUmap     *self;
  DubUmapEpoch epoch;
  size_t       first, last; /* places of the turn */
} Turn;

/* An edge has been drawn floor (epoch · ratio) times, the heaviest in every epoch but the first. */
static inline size_t
is_drawn (float ratio,
          guint epoch)
{
  return (int32_t) ((float) epoch * ratio) > (int32_t) ((float) (epoch - 1) * ratio);
}

static void
turn_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Turn *turn = user_data;
  DubUmap *self = turn->self;
  size_t n_dims = self->n_dims, first = turn->first + piece * N_CASES;

  size_t last = MIN (first + N_CASES, turn->last);
  g_autofree uint32_t *drawn = g_new (uint32_t, DUB_UMAP_MOVERS * (self->n_most + 1));

  for (size_t i = first; i < last; i += DUB_UMAP_MOVERS) {
    DubUmapMover movers[DUB_UMAP_MOVERS];
    size_t n_movers = MIN (DUB_UMAP_MOVERS, last - i);

    for (size_t m = 0; m < n_movers; m++) {
      DubRng rng;

      dub_rng_init (&rng, self->options.seed, "umap-repel", (uint64_t) self->epoch * self->n + self->order[i + m]);
      movers[m] = (DubUmapMover) { drawn + m * (self->n_most + 1), 0, dub_rng_u32 (&rng), self->next + (i + m) * n_dims };
      /* Which edges are drawn cannot be foretold, so no branch asks. */
      for (size_t e = self->start[i + m]; e < self->start[i + m + 1]; e++) {
        movers[m].drawn[movers[m].n_drawn] = self->index[e];
        movers[m].n_drawn += is_drawn (self->ratio[e], self->epoch);
      }
      memcpy (movers[m].own, self->places + (i + m) * n_dims, n_dims * sizeof (float));
    }
    dub_umap_move (&turn->epoch, movers, n_movers);
  }
}

static gboolean
run_epoch (DubUmap *self,
           DubRun  *run,
           GError **error)
{
  size_t n_dims = self->n_dims, n_turns = MIN (N_TURNS, self->n);
  Turn turn = {
    .self = self,
    .epoch = { .n_dims = n_dims, .a = (float) self->a, .b = (float) self->b,
               .rate = (float) (1.0 - (double) self->epoch / (double) self->options.n_epochs),
               .n_negative = self->options.n_negative, .twice = TRUE, .places = self->places, .n = self->n },
  };

  memcpy (self->kept, self->places, self->n * n_dims * sizeof (float));
  for (size_t t = 0; t < n_turns; t++) {
    turn.first = self->n * t / n_turns;
    turn.last = self->n * (t + 1) / n_turns;
    if (!dub_parallel_for (run, (turn.last - turn.first + N_CASES - 1) / N_CASES, turn_piece, &turn, error)) {
      memcpy (self->places, self->kept, self->n * n_dims * sizeof (float));
      return FALSE;
    }
    memcpy (self->places + turn.first * n_dims, self->next + turn.first * n_dims,
            (turn.last - turn.first) * n_dims * sizeof (float));
  }

  return TRUE;
}

gboolean
dub_umap_step (DubUmap  *self,
               guint     n_epochs,
               DubRun   *run,
               GError  **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < n_epochs && self->epoch < self->options.n_epochs; i++) {
    if (dub_run_check_cancelled (run, error))
      return FALSE;
    /* Nothing is drawn in epoch 0. */
    if (self->epoch > 0 && !run_epoch (self, run, error))
      return FALSE;
    self->epoch++;
    if (run != NULL)
      dub_run_set_progress (run, (double) self->epoch / (double) self->options.n_epochs);
  }

  return TRUE;
}

size_t
dub_umap_get_n (const DubUmap *self)
{
  return self->n;
}

size_t
dub_umap_get_n_dims (const DubUmap *self)
{
  return self->n_dims;
}

guint
dub_umap_get_epoch (const DubUmap *self)
{
  return self->epoch;
}

guint
dub_umap_get_n_epochs (const DubUmap *self)
{
  return self->options.n_epochs;
}

void
dub_umap_get_positions (const DubUmap *self,
                        float         *out)
{
  for (size_t i = 0; i < self->n; i++)
    memcpy (out + (size_t) self->order[i] * self->n_dims, self->places + i * self->n_dims, self->n_dims * sizeof (float));
}

/* --- cross-entropy --- */

typedef struct {
  const DubUmap *self;
  double        *partial; /* one a piece */
} Entropy;

/* 1 / (1 + a d^2b), kept away from 0 and 1, whose logarithms are infinite. */
static double
similarity (const DubUmap *self,
            size_t         i,
            size_t         j)
{
  double squared = 0.0;

  for (size_t d = 0; d < self->n_dims; d++) {
    double x = (double) self->places[i * self->n_dims + d] - (double) self->places[j * self->n_dims + d];

    squared += x * x;
  }

  return CLAMP (1.0 / (1.0 + self->a * pow (squared, self->b)), 1e-6, 1.0 - 1e-6);
}

static void
entropy_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Entropy *job = user_data;
  const DubUmap *self = job->self;
  double sum = 0.0;

  for (size_t i = piece * N_ROWS; i < MIN ((piece + 1) * N_ROWS, self->n); i++) {
    size_t n_edges = self->start[i + 1] - self->start[i];
    double apart = 0.0;
    DubRng rng;

    for (size_t e = self->start[i]; e < self->start[i + 1]; e++) {
      double w = (double) self->weight[e], q = similarity (self, i, self->index[e]);

      sum += w * log (w / q);
      if (w < 1.0)
        sum += (1.0 - w) * log ((1.0 - w) / (1.0 - q));
    }
    dub_rng_init (&rng, self->options.seed, "umap-entropy", self->order[i]);
    for (size_t s = 0; s < N_OTHERS; s++) {
      size_t j = dub_rng_below (&rng, (uint32_t) (self->n - 1));

      /* Edges among them are few. */
      apart -= log (1.0 - similarity (self, i, j < i ? j : j + 1));
    }
    sum += apart / N_OTHERS * (double) (self->n - 1 - MIN (n_edges, self->n - 1));
  }
  job->partial[piece] = sum;
}

gboolean
dub_umap_get_cross_entropy (const DubUmap *self,
                            double        *value,
                            DubRun        *run,
                            GError       **error)
{
  size_t n_pieces = (self->n + N_ROWS - 1) / N_ROWS;
  g_autofree double *partial = g_new (double, n_pieces);
  Entropy job = { self, partial };

  if (!dub_parallel_for (run, n_pieces, entropy_piece, &job, error))
    return FALSE;
  *value = 0.0;
  /* Every pair was met from both its ends. */
  for (size_t piece = 0; piece < n_pieces; piece++)
    *value += 0.5 * partial[piece] / (double) self->n;

  return TRUE;
}
