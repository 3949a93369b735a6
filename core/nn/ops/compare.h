/* Comparisons of two broadcasting inputs of one element type; the result is bool. They have no gradient. */
#pragma once

#include "core/nn/ops/broadcast.h"

G_BEGIN_DECLS

gboolean dub_compare_infer (DubInferContext *ctx,
                            GError         **error);

#define DUB_COMPARE_RUN(name, type, operator)                                                                 \
  static void name (const void *a, int64_t a_step, const void *b, int64_t b_step, void *out, size_t n,        \
                    gconstpointer data)                                                                       \
  {                                                                                                           \
    const type *u = a;                                                                                        \
    const type *v = b;                                                                                        \
    uint8_t *y = out;                                                                                         \
                                                                                                              \
    for (size_t i = 0; i < n; i++)                                                                            \
      y[i] = u[i * (size_t) a_step] operator v[i * (size_t) b_step];                                          \
  }

/* The row "dub_op_@variable", called @Name. */
#define DUB_COMPARE_OP(variable, Name, case_name, operator)                                                   \
  DUB_COMPARE_RUN (run_f32, float, operator)                                                                  \
  DUB_COMPARE_RUN (run_f64, double, operator)                                                                 \
  DUB_COMPARE_RUN (run_i8, int8_t, operator)                                                                  \
  DUB_COMPARE_RUN (run_u8, uint8_t, operator)                                                                 \
  DUB_COMPARE_RUN (run_i16, int16_t, operator)                                                                \
  DUB_COMPARE_RUN (run_u16, uint16_t, operator)                                                               \
  DUB_COMPARE_RUN (run_i32, int32_t, operator)                                                                \
  DUB_COMPARE_RUN (run_u32, uint32_t, operator)                                                               \
  DUB_COMPARE_RUN (run_i64, int64_t, operator)                                                                \
  DUB_COMPARE_RUN (run_u64, uint64_t, operator)                                                               \
                                                                                                              \
  static gboolean forward (DubOpContext *ctx, DubRun *run, GError **error)                                    \
  {                                                                                                           \
    static const DubBroadcastRun runs[DUB_N_DTYPES] = {                                                       \
      [DUB_DTYPE_F32] = run_f32, [DUB_DTYPE_F64] = run_f64, [DUB_DTYPE_I8] = run_i8,                          \
      [DUB_DTYPE_U8] = run_u8,   [DUB_DTYPE_I16] = run_i16, [DUB_DTYPE_U16] = run_u16,                        \
      [DUB_DTYPE_I32] = run_i32, [DUB_DTYPE_U32] = run_u32, [DUB_DTYPE_I64] = run_i64,                        \
      [DUB_DTYPE_U64] = run_u64, [DUB_DTYPE_BOOL] = run_u8,                                                   \
    };                                                                                                        \
                                                                                                              \
    return dub_broadcast_run (ctx->in[0], ctx->in[1], ctx->out[0], runs[ctx->in[0]->dtype], NULL, run, error); \
  }                                                                                                           \
                                                                                                              \
  static const DubOpCase CASES[] = {                                                                          \
    { .name = case_name, .inputs = "f32 2,3; f32 3" },                                                        \
    { NULL },                                                                                                 \
  };                                                                                                          \
                                                                                                              \
  const DubOp dub_op_##variable = {                                                                           \
    .name = Name,                                                                                             \
    .min_inputs = 2,                                                                                          \
    .max_inputs = 2,                                                                                          \
    .infer = dub_compare_infer,                                                                               \
    .forward = forward,                                                                                       \
    .cases = CASES,                                                                                           \
  };

G_END_DECLS
