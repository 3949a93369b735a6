/* Runs a function of one float over a tensor, in pieces of a fixed size, on all threads. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

typedef void (*DubPointwiseForward)  (const float  *x,
                                      float        *y,
                                      size_t        n,
                                      gconstpointer params);
/* @x or @y is NULL unless the operator's flags ask for it. */
typedef void (*DubPointwiseBackward) (const float  *x,
                                      const float  *y,
                                      const float  *dy,
                                      float        *dx,
                                      size_t        n,
                                      gconstpointer params);

gboolean dub_pointwise_forward  (DubOpContext         *ctx,
                                 DubPointwiseForward   func,
                                 DubRun               *run,
                                 GError              **error);
gboolean dub_pointwise_backward (DubOpContext         *ctx,
                                 DubPointwiseBackward  func,
                                 DubRun               *run,
                                 GError              **error);

G_END_DECLS
