/* A map from inside, shared by the umap*.c files only. */
#pragma once

#include "core/projection/case-graph.h"
#include "core/projection/umap-inner.h"
#include "core/projection/umap.h"

G_BEGIN_DECLS

/* Cases stand in a random order here, so that the cases of a turn are neighbours in memory and nowhere else. */
struct _DubUmap {
  size_t         n, n_features, n_dims;
  DubUmapOptions options;
  double         a, b;     /* of the curve */
  guint          epoch;
  uint32_t      *order;    /* [N] case at each place */
  size_t        *start;    /* [N + 1] edges of each place */
  uint32_t      *index;    /* places */
  float         *weight;
  float         *ratio;    /* of the weight to the heaviest */
  size_t         n_most;   /* edges of one place */
  float         *places;   /* [N][D] */
  float         *next;     /* [N][D] */
  float         *kept;     /* [N][D] at the begin of an epoch */
};

/* @places: (out) [N][D] in the order of the cases, within [0, 10]. */
gboolean _dub_umap_start (const float           *features,
                          size_t                 n_features,
                          const DubCaseGraph    *graph,
                          const DubUmapOptions  *options,
                          float                 *places,
                          DubRun                *run,
                          GError               **error);

G_END_DECLS
