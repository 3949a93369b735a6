/* Sums of float32 over any set of axes, in an order that the shape alone fixes. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

/* dub_reduce_sum:
 * @x: contiguous, of @shape
 * @reduced: [rank] the axes to sum over
 * @factor: multiplies every sum (1/n gives the mean)
 * @out: contiguous, the other axes in their order; may be the memory of @x only where nothing is reduced
 *
 * Rows are added in float lanes, rows to rows in double.
 */
gboolean dub_reduce_sum   (const float          *x,
                           const DubShape       *shape,
                           const gboolean       *reduced,
                           float                 factor,
                           float                *out,
                           DubRun               *run,
                           GError              **error);

/* The reverse: every element of @out, of @shape, is the one of @x that its sum went to, times @factor. */
gboolean dub_reduce_expand (const float         *x,
                            const DubShape      *shape,
                            const gboolean      *reduced,
                            float                factor,
                            float               *out,
                            DubRun              *run,
                            GError             **error);

/* Axes of a reduction as params: parsed by dub_reduce_infer, freed with g_free. */
typedef struct {
  gboolean reduced[DUB_MAX_RANK];
  size_t   count;  /* elements that go into one result */
} DubReduceParams;

/* Reads keepdims, noop_with_empty_axes and axes, an attribute before opset @axes_input_since and input 1 from there on;
 * sets the output's shape and type and the params. */
gboolean dub_reduce_infer  (DubInferContext     *ctx,
                            int                  axes_input_since,
                            GError             **error);

G_END_DECLS
