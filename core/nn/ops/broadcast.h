/* Two inputs of different shapes, met element by element as NumPy does it: shapes are
 * aligned at the last axis, and an extent of 1 repeats. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

/* A run of @n elements along which each input either advances by one (step 1) or repeats (step 0). */
typedef void (*DubBroadcastRun) (const void   *a,
                                 int64_t       a_step,
                                 const void   *b,
                                 int64_t       b_step,
                                 void         *out,
                                 size_t        n,
                                 gconstpointer data);

/* As above with the derivative of the output: writes d a or d b. */
typedef void (*DubBroadcastGradientRun) (const float  *a,
                                         int64_t       a_step,
                                         const float  *b,
                                         int64_t       b_step,
                                         const float  *dy,
                                         float        *gradient,
                                         size_t        n);

/* Such a function, named @name, whose result is @expression of u (of a), v (of b) and d (the derivative of the
 * output). The usual cases have loops of their own, in which the compiler knows the steps and vectorises. */
#define DUB_BROADCAST_GRADIENT(name, expression)                                                    \
  static void name (const float *a, int64_t a_step, const float *b, int64_t b_step, const float *dy, \
                    float *gradient, size_t n)                                                      \
  {                                                                                                 \
    if (a_step == 1 && b_step == 1)                                                                 \
      for (size_t i = 0; i < n; i++) {                                                              \
        const float u = a[i], v = b[i], d = dy[i];                                                  \
        gradient[i] = (expression);                                                                 \
        (void) u, (void) v;                                                                         \
      }                                                                                             \
    else if (a_step == 1)                                                                           \
      for (size_t i = 0; i < n; i++) {                                                              \
        const float u = a[i], v = b[0], d = dy[i];                                                  \
        gradient[i] = (expression);                                                                 \
        (void) u, (void) v;                                                                         \
      }                                                                                             \
    else                                                                                            \
      for (size_t i = 0; i < n; i++) {                                                              \
        const float u = a[0], v = b[i * (size_t) b_step], d = dy[i];                                \
        gradient[i] = (expression);                                                                 \
        (void) u, (void) v;                                                                         \
      }                                                                                             \
  }

/* The common shape of two, or FALSE. */
gboolean dub_broadcast_shape    (const DubShape          *a,
                                 const DubShape          *b,
                                 DubShape                *out);
/* Sets out[0].shape from the shapes of in[0] and in[1]; the element type is left to the caller. */
gboolean dub_broadcast_infer    (DubInferContext         *ctx,
                                 GError                 **error);

/* dub_broadcast_run:
 *
 * Calls @func over @out, in pieces that depend on the shapes alone. @out may be
 * the memory of @a or @b where their shapes and element sizes are equal.
 */
gboolean dub_broadcast_run      (const DubTensor         *a,
                                 const DubTensor         *b,
                                 DubTensor               *out,
                                 DubBroadcastRun          func,
                                 gconstpointer            data,
                                 DubRun                  *run,
                                 GError                 **error);

/* Bytes of scratch that dub_broadcast_gradient needs for these types. */
size_t   dub_broadcast_scratch  (const DubInferContext   *ctx);

/* dub_broadcast_gradient:
 * @a, @b: the inputs of the forward pass
 * @dy: gradient of the output
 * @gradient: (out): of one input's shape; what @func writes, summed over the axes that repeat
 * @scratch: dub_broadcast_scratch bytes
 */
gboolean dub_broadcast_gradient (const DubTensor         *a,
                                 const DubTensor         *b,
                                 const DubTensor         *dy,
                                 DubTensor               *gradient,
                                 DubBroadcastGradientRun  func,
                                 void                    *scratch,
                                 DubRun                  *run,
                                 GError                 **error);

/* dub_broadcast_backward:
 * @b: the second input, which is ctx->in[1] unless that had to be brought to float first
 *
 * Both gradients of a two-input operator, as far as they are wanted, with the scratch of dub_broadcast_scratch.
 */
gboolean dub_broadcast_backward (DubOpContext            *ctx,
                                 const DubTensor         *b,
                                 DubBroadcastGradientRun  gradient_a,
                                 DubBroadcastGradientRun  gradient_b,
                                 DubRun                  *run,
                                 GError                 **error);

/* Sums @dy over the axes in which @gradient repeats, times @factor: the gradient of an addition. */
gboolean dub_broadcast_reduce   (const DubTensor         *dy,
                                 DubTensor               *gradient,
                                 float                    factor,
                                 DubRun                  *run,
                                 GError                 **error);

G_END_DECLS
