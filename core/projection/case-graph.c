#include "core/projection/case-graph.h"

#include "core/base/parallel.h"

#include <stdlib.h>
#include <string.h>

/* Cases of a piece. */
enum { N_CASES = 512 };

/* A directed edge as its row sees it: its own and its neighbour's come side by side when sorted. */
typedef struct {
  uint32_t index;
  float    weight;
} Edge;

typedef struct {
  size_t       n;
  DubCaseGraphRule rule;
  size_t      *start; /* [N + 1] of both directions */
  Edge        *edges;
  size_t      *count; /* [N] after merging */
  DubCaseGraph    *graph;
} Merge;

void
dub_case_graph_free (DubCaseGraph *self)
{
  if (self == NULL)
    return;
  g_free (self->start);
  g_free (self->index);
  g_free (self->weight);
  g_free (self);
}

static int
compare_edges (const void *a,
               const void *b)
{
  const Edge *x = a, *y = b;

  if (x->index != y->index)
    return x->index < y->index ? -1 : 1;

  return x->weight < y->weight ? -1 : x->weight > y->weight;
}

static float
combine (DubCaseGraphRule rule,
         float        a,
         float        b)
{
  return rule == DUB_CASE_GRAPH_MEAN ? 0.5f * (a + b) : a + b - a * b;
}

/* The two directions between two cases are the only edges of a row with one index. Smaller weight first, so that both
 * ends compute the same bits. */
static void
merge_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  Merge *merge = user_data;

  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, merge->n); i++) {
    Edge *edge = merge->edges + merge->start[i];
    size_t n = merge->start[i + 1] - merge->start[i], kept = 0;

    qsort (edge, n, sizeof (Edge), compare_edges);
    for (size_t e = 0; e < n;) {
      gboolean both = e + 1 < n && edge[e + 1].index == edge[e].index;
      float other = both ? edge[e + 1].weight : 0.0f;

      edge[kept++] = (Edge) { edge[e].index, combine (merge->rule, edge[e].weight, other) };
      e += both ? 2 : 1;
    }
    merge->count[i] = kept;
  }
}

static void
copy_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  Merge *merge = user_data;
  DubCaseGraph *graph = merge->graph;

  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, merge->n); i++)
    for (size_t e = 0; e < merge->count[i]; e++) {
      graph->index[graph->start[i] + e] = merge->edges[merge->start[i] + e].index;
      graph->weight[graph->start[i] + e] = merge->edges[merge->start[i] + e].weight;
    }
}

/* Both ends of every directed edge. */
static void
list_edges (Merge          *merge,
            const uint32_t *indices,
            const float    *weights,
            size_t          k)
{
  g_autofree size_t *next = g_new (size_t, merge->n);

  for (size_t e = 0; e < merge->n * k; e++)
    if (weights[e] > 0.0f) {
      merge->start[e / k + 1]++;
      merge->start[indices[e] + 1]++;
    }
  for (size_t i = 0; i < merge->n; i++)
    merge->start[i + 1] += merge->start[i];
  memcpy (next, merge->start, merge->n * sizeof (size_t));
  for (size_t e = 0; e < merge->n * k; e++)
    if (weights[e] > 0.0f) {
      uint32_t i = (uint32_t) (e / k), j = indices[e];

      merge->edges[next[i]++] = (Edge) { j, weights[e] };
      merge->edges[next[j]++] = (Edge) { i, weights[e] };
    }
}

DubCaseGraph *
dub_case_graph_new (const uint32_t  *indices,
               const float     *weights,
               size_t           n,
               size_t           k,
               DubCaseGraphRule     rule,
               DubRun          *run,
               GError         **error)
{
  size_t n_pieces = (n + N_CASES - 1) / N_CASES;
  g_autoptr (DubCaseGraph) graph = g_new0 (DubCaseGraph, 1);
  g_autofree size_t *start = g_new0 (size_t, n + 1);
  g_autofree size_t *count = g_new0 (size_t, n);
  g_autofree Edge *edges = g_try_malloc_n (2 * n * k, sizeof (Edge));
  Merge merge = { n, rule, start, edges, count, graph };

  graph->n = n;
  graph->start = g_new0 (size_t, n + 1);
  if (edges == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for %zu neighbours of %zu cases.", k, n);
    return NULL;
  }
  list_edges (&merge, indices, weights, k);
  if (!dub_parallel_for (run, n_pieces, merge_piece, &merge, error))
    return NULL;
  for (size_t i = 0; i < n; i++)
    graph->start[i + 1] = graph->start[i] + count[i];
  graph->index = g_try_new (uint32_t, MAX (graph->start[n], 1));
  graph->weight = g_try_new (float, MAX (graph->start[n], 1));
  if (graph->index == NULL || graph->weight == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for %zu neighbours of %zu cases.", k, n);
    return NULL;
  }
  if (!dub_parallel_for (run, n_pieces, copy_piece, &merge, error))
    return NULL;

  return g_steal_pointer (&graph);
}
