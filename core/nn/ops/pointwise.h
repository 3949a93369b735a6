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

/* One float32 input, one output of its type; keeps @n_params numbers of the
 * attributes @names, with @fallbacks where absent, as float[] params. */
gboolean dub_pointwise_infer    (DubInferContext      *ctx,
                                 const char *const    *names,
                                 const float          *fallbacks,
                                 size_t                n_params,
                                 GError              **error);

/* The rows' three functions, from the two inner loops of the file. */
#define DUB_POINTWISE_INFER_PLAIN                                    \
  static gboolean infer (DubInferContext *ctx, GError **error)       \
  {                                                                  \
    return dub_pointwise_infer (ctx, NULL, NULL, 0, error);          \
  }

/* The same of an operator with numbers of its own, by their names and what they are where they are absent. */
#define DUB_POINTWISE_INFER_ONE(name, fallback)                      \
  static gboolean infer (DubInferContext *ctx, GError **error)       \
  {                                                                  \
    static const char *const names[] = { name };                     \
    static const float fallbacks[] = { fallback };                   \
                                                                     \
    return dub_pointwise_infer (ctx, names, fallbacks, 1, error);    \
  }

#define DUB_POINTWISE_INFER_TWO(name, fallback, other, other_fallback) \
  static gboolean infer (DubInferContext *ctx, GError **error)       \
  {                                                                  \
    static const char *const names[] = { name, other };              \
    static const float fallbacks[] = { fallback, other_fallback };   \
                                                                     \
    return dub_pointwise_infer (ctx, names, fallbacks, 2, error);    \
  }

/* Of an operator that no gradient passes. */
#define DUB_POINTWISE_FORWARD(forward_run)                                       \
  static gboolean forward (DubOpContext *ctx, DubRun *run, GError **error)       \
  {                                                                              \
    return dub_pointwise_forward (ctx, forward_run, run, error);                 \
  }

#define DUB_POINTWISE_COMPUTE(forward_run, backward_run)                         \
  DUB_POINTWISE_FORWARD (forward_run)                                            \
  static gboolean backward (DubOpContext *ctx, DubRun *run, GError **error)      \
  {                                                                              \
    return dub_pointwise_backward (ctx, backward_run, run, error);               \
  }

G_END_DECLS
