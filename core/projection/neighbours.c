#include "core/projection/neighbours.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/projection/feature-rows.h"
#include "core/projection/knn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Trees, cases of a leaf at most (more where K asks for it), rounds over neighbours of neighbours, and how many of these. */
enum { N_TREES = 5, LEAF = 768, LEAF_OF_K = 6, N_ROUNDS = 2, N_NEAR = 16 };
/* Cases of a piece. */
enum { N_CASES = 256 };

/* Shares of the time: of a tree that of cutting, of all that of the trees. */
#define CUTTING 0.15
#define TREES 0.7

typedef struct {
  uint32_t index;
  double   distance; /* infinity where there is none yet */
} Near;

typedef struct {
  const float *features;
  size_t       n, n_features, k;
  uint64_t     seed;
  uint64_t     tree;
  uint32_t    *order;  /* [N] cases, leaf by leaf */
  size_t      *leaf;   /* [n_leaves + 1] where they begin in order */
  size_t       n_leaves;
  Near        *near;   /* [N][K] nearest first */
  Near        *next;   /* [N][K] of a round */
  int          failed; /* atomic */
  DubRun      *run;    /* (nullable) told how far it is */
  size_t       n_done; /* atomic: cases of what goes on */
} Search;

/* @n cases of N more are done. One thread tells, so that what is told never falls back. */
static void
tell (Search *search,
      size_t  n,
      guint   thread)
{
  size_t n_done = __atomic_add_fetch (&search->n_done, n, __ATOMIC_RELAXED);

  if (thread == 0)
    dub_run_set_progress (search->run, (double) n_done / (double) search->n);
}

/* What is told from now on is this share of the whole search. Returns the span of before. */
static DubRunSpan
enter_share (Search *search,
             double  from,
             double  to)
{
  search->n_done = 0;

  return dub_run_enter_span (search->run, MIN (from, 1.0), MIN (to, 1.0));
}

static int
compare_near (const void *a,
              const void *b)
{
  const Near *x = a, *y = b;

  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;

  return x->index < y->index ? -1 : x->index > y->index;
}

/* The @k nearest of two sorted lists, each case once, into @out. */
static void
merge (const Near *a,
       const Near *b,
       size_t      n_b,
       size_t      k,
       Near       *out)
{
  size_t at_a = 0, at_b = 0;

  for (size_t kept = 0; kept < k;) {
    gboolean from_a = at_a < k && (at_b >= n_b || compare_near (&a[at_a], &b[at_b]) <= 0);
    const Near *candidate = from_a ? &a[at_a++] : &b[at_b++];

    /* The same case has the same distance, so it stands right before, if at all. */
    if (kept > 0 && isfinite (candidate->distance) && out[kept - 1].index == candidate->index)
      continue;
    out[kept++] = *candidate;
  }
}

/* --- trees --- */

typedef struct {
  double   height;
  uint32_t index;
} Height;

static int
compare_heights (const void *a,
                 const void *b)
{
  const Height *x = a, *y = b;

  if (x->height != y->height)
    return x->height < y->height ? -1 : 1;

  return x->index < y->index ? -1 : x->index > y->index;
}

typedef struct {
  Search *search;
  size_t  first, n; /* of order */
  float  *direction; /* [F] */
  Height *heights;  /* [n] */
} Cut;

static void
heights_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Cut *cut = user_data;
  size_t n_features = cut->search->n_features;

  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, cut->n); i++) {
    uint32_t index = cut->search->order[cut->first + i];

    cut->heights[i] = (Height) {
      dub_features_dot_f32 (cut->search->features + (size_t) index * n_features, cut->direction, n_features), index
    };
  }
}

/* Halves a range of the order along the direction from one of its cases to another, until it is a leaf. */
static gboolean
cut_range (Search   *search,
           size_t    first,
           size_t    n,
           size_t    most,
           uint64_t  node,
           DubRun   *run,
           GError  **error)
{
  size_t n_features = search->n_features;
  g_autofree float *direction = NULL;
  g_autofree Height *heights = NULL;
  DubRng rng;

  if (n <= most) {
    search->leaf[search->n_leaves++] = first;
    tell (search, n, 0);
    return TRUE;
  }
  direction = g_new (float, n_features);
  heights = g_new (Height, n);
  dub_rng_init (&rng, search->seed, "neighbours", search->tree << 32 | node);

  const float *a = search->features + (size_t) search->order[first + dub_rng_below (&rng, (uint32_t) n)] * n_features;
  const float *b = search->features + (size_t) search->order[first + dub_rng_below (&rng, (uint32_t) n)] * n_features;
  Cut cut = { search, first, n, direction, heights };

  for (size_t f = 0; f < n_features; f++)
    direction[f] = a[f] - b[f];
  if (!dub_parallel_for (run, (n + N_CASES - 1) / N_CASES, heights_piece, &cut, error))
    return FALSE;
  qsort (heights, n, sizeof (Height), compare_heights);
  for (size_t i = 0; i < n; i++)
    search->order[first + i] = heights[i].index;
  g_clear_pointer (&heights, g_free);

  return cut_range (search, first, n / 2, most, 2 * node, run, error)
         && cut_range (search, first + n / 2, n - n / 2, most, 2 * node + 1, run, error);
}

/* All pairs within a leaf. */
static void
leaf_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  Search *search = user_data;
  size_t first = search->leaf[piece], n = search->leaf[piece + 1] - first, n_features = search->n_features;
  size_t k = MIN (search->k, n - 1);
  g_autofree float *rows = g_new (float, n * n_features);
  g_autofree uint32_t *indices = g_new (uint32_t, n * k);
  g_autofree double *distances = g_new (double, n * k);
  g_autofree Near *found = g_new (Near, k);
  g_autofree Near *merged = g_new (Near, search->k);

  for (size_t i = 0; i < n; i++)
    memcpy (rows + i * n_features, search->features + (size_t) search->order[first + i] * n_features,
            n_features * sizeof (float));
  if (!dub_knn (rows, n, rows, n, n_features, k, TRUE, indices, distances, NULL, NULL)) {
    __atomic_store_n (&search->failed, 1, __ATOMIC_RELAXED);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    Near *own = search->near + (size_t) search->order[first + i] * search->k;

    for (size_t j = 0; j < k; j++)
      found[j] = (Near) { search->order[first + indices[i * k + j]], distances[i * k + j] };
    qsort (found, k, sizeof (Near), compare_near);
    merge (own, found, k, search->k, merged);
    memcpy (own, merged, search->k * sizeof (Near));
  }
  tell (search, n, thread);
}

static gboolean
grow_tree (Search  *search,
           size_t   most,
           DubRun  *run,
           GError **error)
{
  double from = TREES * (double) search->tree / N_TREES, to = TREES * (double) (search->tree + 1) / N_TREES;
  double between = from + CUTTING * (to - from);
  DubRunSpan all = enter_share (search, from, between);

  for (size_t i = 0; i < search->n; i++)
    search->order[i] = (uint32_t) i;
  search->n_leaves = 0;

  gboolean done = cut_range (search, 0, search->n, most, 1, run, error);

  dub_run_leave_span (run, all);
  if (!done)
    return FALSE;
  search->leaf[search->n_leaves] = search->n;
  enter_share (search, between, to);
  done = dub_parallel_for (run, search->n_leaves, leaf_piece, search, error);
  dub_run_leave_span (run, all);

  return done;
}

/* --- neighbours of neighbours --- */

static int
compare_numbers (const void *a,
                 const void *b)
{
  const uint32_t *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

static void
round_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  Search *search = user_data;
  size_t first = piece * N_CASES, last = MIN (first + N_CASES, search->n);
  size_t k = search->k, n_near = MIN (k, N_NEAR), n_features = search->n_features;
  uint32_t seen[N_NEAR * N_NEAR];
  Near found[N_NEAR * N_NEAR];

  for (size_t i = first; i < last; i++) {
    const Near *own = search->near + i * k;
    double bar = own[k - 1].distance;
    size_t n_seen = 0, n_found = 0;

    for (size_t j = 0; j < n_near; j++)
      for (size_t l = 0; l < n_near && isfinite (own[j].distance); l++) {
        const Near *other = &search->near[(size_t) own[j].index * k + l];

        /* Nobody is nearer to i than this by the triangle. */
        if (other->index != i && isfinite (other->distance) && other->distance - own[j].distance < bar)
          seen[n_seen++] = other->index;
      }
    qsort (seen, n_seen, sizeof (uint32_t), compare_numbers);
    for (size_t s = 0; s < n_seen; s++)
      if (s == 0 || seen[s] != seen[s - 1]) {
        double distance = sqrt (dub_features_squared_distance (search->features + i * n_features,
                                                               search->features + (size_t) seen[s] * n_features,
                                                               n_features));

        if (distance <= bar)
          found[n_found++] = (Near) { seen[s], distance };
      }
    qsort (found, n_found, sizeof (Near), compare_near);
    merge (own, found, n_found, k, search->next + i * k);
  }
  tell (search, last - first, thread);
}

static gboolean
look_around (Search  *search,
             int      round,
             DubRun  *run,
             GError **error)
{
  Near *swapped = search->near;
  DubRunSpan all = enter_share (search, TREES + (1.0 - TREES) * round / N_ROUNDS, TREES + (1.0 - TREES) * (round + 1) / N_ROUNDS);
  gboolean done = dub_parallel_for (run, (search->n + N_CASES - 1) / N_CASES, round_piece, search, error);

  dub_run_leave_span (run, all);
  search->near = search->next;
  search->next = swapped;

  return done;
}

gboolean
dub_neighbours (const float  *features,
                size_t        n_cases,
                size_t        n_features,
                size_t        k,
                uint64_t      seed,
                size_t        n_exact,
                uint32_t     *indices,
                double       *distances,
                DubRun       *run,
                GError      **error)
{
  size_t most = MAX (LEAF, LEAF_OF_K * k);

  if (n_cases <= MAX (n_exact, 2 * most) || k >= n_cases)
    return dub_knn (features, n_cases, features, n_cases, n_features, k, TRUE, indices, distances, run, error);
  if (!dub_features_check ("The features", features, n_cases, n_features, error))
    return FALSE;

  g_autofree uint32_t *order = g_try_new (uint32_t, n_cases);
  g_autofree size_t *leaf = g_try_new (size_t, 4 * n_cases / most + 2);
  g_autofree Near *near = g_try_malloc_n (n_cases * k, sizeof (Near));
  g_autofree Near *next = g_try_malloc_n (n_cases * k, sizeof (Near));
  Search search = {
    .features = features, .n = n_cases, .n_features = n_features, .k = k, .seed = seed, .order = order, .leaf = leaf,
    .near = near, .next = next, .run = run,
  };

  if (order == NULL || leaf == NULL || near == NULL || next == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for %zu neighbours of %zu cases.", k, n_cases);
    return FALSE;
  }
  for (size_t i = 0; i < n_cases * k; i++)
    near[i] = (Near) { UINT32_MAX, INFINITY };
  for (search.tree = 0; search.tree < N_TREES; search.tree++)
    if (!grow_tree (&search, most, run, error))
      return FALSE;
  if (search.failed) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to compare cases of %zu features.", n_features);
    return FALSE;
  }
  for (int round = 0; round < N_ROUNDS; round++)
    if (!look_around (&search, round, run, error))
      return FALSE;
  for (size_t i = 0; i < n_cases * k; i++) {
    indices[i] = search.near[i].index;
    distances[i] = search.near[i].distance;
  }
  dub_run_set_progress (run, 1.0);

  return TRUE;
}
