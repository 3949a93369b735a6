/* An undirected weighted graph of cases, made from each case's nearest neighbours. */
#pragma once

#include "core/base/run.h"

#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  size_t    n;      /* N cases */
  size_t   *start;  /* [N + 1] edges of case i are [start[i], start[i + 1]) */
  uint32_t *index;  /* rising within a case; each edge stands at both its ends */
  float    *weight; /* > 0, the same at both ends */
} DubCaseGraph;

typedef enum {
  DUB_CASE_GRAPH_MEAN,  /* (a + b) / 2 of the two directed weights, 0 where there is none: t-SNE */
  DUB_CASE_GRAPH_UNION, /* a + b - a b: the fuzzy union of UMAP */
} DubCaseGraphRule;

/* dub_case_graph_new:
 * @indices: [N][K] neighbours, not the case itself, none twice
 * @weights: [N][K] directed weights, >= 0; those of 0 make no edge
 *
 * Returns: (transfer full), or NULL if cancelled or out of memory.
 */
G_GNUC_WARN_UNUSED_RESULT
DubCaseGraph *dub_case_graph_new  (const uint32_t  *indices,
                          const float     *weights,
                          size_t           n,
                          size_t           k,
                          DubCaseGraphRule     rule,
                          DubRun          *run,
                          GError         **error);
void      dub_case_graph_free (DubCaseGraph        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCaseGraph, dub_case_graph_free)

G_END_DECLS
