/* Which part of the image a feature map sees.
 *
 * Element i of an axis of a value sees the voxels step·i + low … step·i + high. Known as long as only convolutions, poolings
 * and what works element by element lie between.
 */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

typedef struct {
  gboolean known;
  int64_t  step[3];
  int64_t  low[3];
  int64_t  high[3];
} DubReach;

/* @n_axes: spatial axes of the only input, 2 or 3; of 2 the first of three is left alone.
 * (transfer full): [values of the graph] */
DubReach *_dub_reach_of_values (const DubGraph *graph,
                                int             n_axes);

G_END_DECLS
