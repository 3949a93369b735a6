/* The K nearest references of one query, given distances that err by a known bound.
 *
 * Every reference has a lower and an upper bound of its squared distance. One whose lower bound exceeds the K-th
 * smallest upper bound is not among the nearest; all others are kept until their exact distances decide.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  float    lower;
  uint32_t index;
  double   exact; /* squared distance, NaN as long as nobody asked */
} DubCandidate;

/* What all queries of a search share. */
typedef struct {
  size_t       k;
  size_t       n_features;
  const float *features; /* [N][F] of the references, as given */
  const float *length;   /* [N] squared lengths in the products' units */
  const float *lowered;  /* [N] the same less the error that a squared distance may have from them */
  float        slack;    /* that error, relative to the sum of both squared lengths */
} DubReferences;

typedef struct {
  const DubReferences *references;
  const float         *query;  /* [F] as given */
  float                own;    /* squared length of the query in the products' units */
  float                bar;    /* lower bounds above it need not be kept */
  DubCandidate        *candidate;
  float               *upper;  /* scratch of the same size */
  size_t               n;
  size_t               n_room;
} DubSelection;

void dub_selection_init   (DubSelection        *self,
                           const DubReferences *references,
                           const float         *query,
                           float                own);
void dub_selection_clear  (DubSelection        *self);

/* References @first to @first + @n, higher than all offered before: @product [n] is -2 times the dot product with the
 * query, infinity to leave one out. A few dozen at a time: those of which none is near are passed over together. */
void dub_selection_offer  (DubSelection        *self,
                           const float         *product,
                           uint32_t             first,
                           size_t               n);
/* One reference whatever its distance; not to be mixed with offers. */
void dub_selection_add    (DubSelection        *self,
                           uint32_t             index);
/* The K nearest by exact distance, then index, into @indices [K] and @distances [K] (nullable). */
void dub_selection_finish (DubSelection        *self,
                           uint32_t            *indices,
                           double              *distances);

G_END_DECLS
