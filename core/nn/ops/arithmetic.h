/* The four species over every number type: one typed inner loop per element type,
 * made from one expression. Whole numbers wrap around, as NumPy's do. */
#pragma once

#include "core/nn/ops/broadcast.h"

G_BEGIN_DECLS

/* Types of the output from those of the inputs, which must be equal. BOOL is refused. */
gboolean dub_arithmetic_infer   (DubInferContext       *ctx,
                                 GError               **error);
/* The same for products and quotients, whose gradients need scratch where an input repeats. */
gboolean dub_arithmetic_infer_product (DubInferContext *ctx,
                                       GError         **error);

/* Backward of an operator whose gradients are @expression_a and @expression_b of u, v and d. */
#define DUB_ARITHMETIC_BACKWARD(expression_a, expression_b)                                                 \
  DUB_BROADCAST_GRADIENT (gradient_a, expression_a)                                                         \
  DUB_BROADCAST_GRADIENT (gradient_b, expression_b)                                                         \
                                                                                                            \
  static gboolean backward (DubOpContext *ctx, DubRun *run, GError **error)                                 \
  {                                                                                                         \
    return dub_broadcast_backward (ctx, ctx->in[1], gradient_a, gradient_b, run, error);                    \
  }

/* A function named @name of run over @type; WIDE holds products of whole numbers without overflow. The three
 * usual cases have loops of their own, in which the steps are constants and the compiler vectorises. */
#define DUB_ARITHMETIC_RUN(name, type, WIDE, expression)                                                    \
  static void name (const void *a, int64_t a_step, const void *b, int64_t b_step, void *out, size_t n,      \
                    gconstpointer data)                                                                     \
  {                                                                                                         \
    const type *p = a;                                                                                      \
    const type *q = b;                                                                                      \
    type *y = out;                                                                                          \
                                                                                                            \
    if (a_step == 1 && b_step == 1)                                                                         \
      for (size_t i = 0; i < n; i++) {                                                                      \
        WIDE u = (WIDE) p[i], v = (WIDE) q[i];                                                              \
        y[i] = (type) (expression);                                                                         \
      }                                                                                                     \
    else if (a_step == 1)                                                                                   \
      for (size_t i = 0; i < n; i++) {                                                                      \
        WIDE u = (WIDE) p[i], v = (WIDE) q[0];                                                              \
        y[i] = (type) (expression);                                                                         \
      }                                                                                                     \
    else                                                                                                    \
      for (size_t i = 0; i < n; i++) {                                                                      \
        WIDE u = (WIDE) p[0], v = (WIDE) q[i * (size_t) b_step];                                            \
        y[i] = (type) (expression);                                                                         \
      }                                                                                                     \
  }

/* Forward of an operator: a loop for each element type and the choice among them. */
#define DUB_ARITHMETIC_FORWARD(real_expression, signed_expression, unsigned_expression)                     \
  DUB_ARITHMETIC_RUN (run_f32, float, float, real_expression)                                               \
  DUB_ARITHMETIC_RUN (run_f64, double, double, real_expression)                                             \
  DUB_ARITHMETIC_RUN (run_i8, int8_t, int64_t, signed_expression)                                           \
  DUB_ARITHMETIC_RUN (run_u8, uint8_t, uint64_t, unsigned_expression)                                       \
  DUB_ARITHMETIC_RUN (run_i16, int16_t, int64_t, signed_expression)                                         \
  DUB_ARITHMETIC_RUN (run_u16, uint16_t, uint64_t, unsigned_expression)                                     \
  DUB_ARITHMETIC_RUN (run_i32, int32_t, int64_t, signed_expression)                                         \
  DUB_ARITHMETIC_RUN (run_u32, uint32_t, uint64_t, unsigned_expression)                                     \
  DUB_ARITHMETIC_RUN (run_i64, int64_t, int64_t, signed_expression)                                         \
  DUB_ARITHMETIC_RUN (run_u64, uint64_t, uint64_t, unsigned_expression)                                     \
                                                                                                            \
  static gboolean forward (DubOpContext *ctx, DubRun *run, GError **error)                                  \
  {                                                                                                         \
    static const DubBroadcastRun runs[DUB_N_DTYPES] = {                                                     \
      [DUB_DTYPE_F32] = run_f32, [DUB_DTYPE_F64] = run_f64, [DUB_DTYPE_I8] = run_i8,                        \
      [DUB_DTYPE_U8] = run_u8,   [DUB_DTYPE_I16] = run_i16, [DUB_DTYPE_U16] = run_u16,                      \
      [DUB_DTYPE_I32] = run_i32, [DUB_DTYPE_U32] = run_u32, [DUB_DTYPE_I64] = run_i64,                      \
      [DUB_DTYPE_U64] = run_u64,                                                                            \
    };                                                                                                      \
                                                                                                            \
    return dub_broadcast_run (ctx->in[0], ctx->in[1], ctx->out[0], runs[ctx->in[0]->dtype], NULL, run, error); \
  }

/* Sums, differences and products of int64 that wrap instead of being undefined. */
#define DUB_WRAP(a, op, b) ((int64_t) ((uint64_t) (a) op (uint64_t) (b)))

G_END_DECLS
