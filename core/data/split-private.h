/* What split.c, split-deal.c and split-warn.c share; nobody else includes it. */
#pragma once

#include "core/base/rng.h"
#include "core/data/split.h"

G_BEGIN_DECLS

/* Cases that are to be dealt into bins (the parts, or the folds of a part). */
typedef struct {
  size_t        n_items;
  const int    *label;     /* [n_items] in [0, n_classes) */
  const size_t *group;     /* [n_items] in [0, n_items): items of one group share a bin */
  size_t        n_classes;
  size_t        n_bins;
  const double *shares;    /* [n_bins], >= 0, sum 1: a bin of share 0 gets nothing */
  double        slack;     /* how far a bin's total may drift from its share before rounding corrects it */
} DubDeal;

/* @bin: (out caller-allocates) [n_items] */
void _dub_split_deal (const DubDeal       *self,
                      DubRng              *rng,
                      guint               *bin);

/* Adds to the warnings what can be seen in the finished split.
 * @largest: cases of the largest group that had to stay together */
void _dub_split_warn (DubSplit            *self,
                      const DubDataset    *dataset,
                      const DubDuplicates *duplicates,
                      size_t               largest);

G_END_DECLS
