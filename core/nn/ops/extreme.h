/* Min and Max of any number of broadcasting inputs. Where several inputs attain the extreme, they share the gradient
 * in equal parts, as PyTorch has it. */
#pragma once

#include "core/nn/ops/arithmetic.h"

G_BEGIN_DECLS

gboolean dub_extreme_infer    (DubInferContext       *ctx,
                               GError               **error);
/* @runs: by element type */
gboolean dub_extreme_forward  (DubOpContext          *ctx,
                               const DubBroadcastRun *runs,
                               DubRun                *run,
                               GError               **error);
gboolean dub_extreme_backward (DubOpContext          *ctx,
                               DubRun                *run,
                               GError               **error);

/* The row "dub_op_@variable", called @Name, whose better one of u and v is @expression. */
#define DUB_EXTREME_OP(variable, Name, expression)                                                          \
  DUB_ARITHMETIC_RUN (run_f32, float, float, expression)                                                    \
  DUB_ARITHMETIC_RUN (run_f64, double, double, expression)                                                  \
  DUB_ARITHMETIC_RUN (run_i8, int8_t, int64_t, expression)                                                  \
  DUB_ARITHMETIC_RUN (run_u8, uint8_t, uint64_t, expression)                                                \
  DUB_ARITHMETIC_RUN (run_i16, int16_t, int64_t, expression)                                                \
  DUB_ARITHMETIC_RUN (run_u16, uint16_t, uint64_t, expression)                                              \
  DUB_ARITHMETIC_RUN (run_i32, int32_t, int64_t, expression)                                                \
  DUB_ARITHMETIC_RUN (run_u32, uint32_t, uint64_t, expression)                                              \
  DUB_ARITHMETIC_RUN (run_i64, int64_t, int64_t, expression)                                                \
  DUB_ARITHMETIC_RUN (run_u64, uint64_t, uint64_t, expression)                                              \
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
    return dub_extreme_forward (ctx, runs, run, error);                                                     \
  }                                                                                                         \
                                                                                                            \
  static const DubOpCase CASES[] = {                                                                        \
    { .name = Name, .inputs = "f32 2,3,4; f32 2,3,4" },                                                     \
    { .name = Name "-three", .inputs = "f32 2,3,4; f32 4; f32 2,1,1" },                                     \
    { .name = Name "-one", .inputs = "f32 2,3" },                                                           \
    { NULL },                                                                                               \
  };                                                                                                        \
                                                                                                            \
  const DubOp dub_op_##variable = {                                                                         \
    .name = Name,                                                                                           \
    .flags = DUB_OP_BACKWARD_IN | DUB_OP_BACKWARD_OUT,                                                      \
    .min_inputs = 1,                                                                                        \
    .max_inputs = -1,                                                                                       \
    .infer = dub_extreme_infer,                                                                             \
    .forward = forward,                                                                                     \
    .backward = dub_extreme_backward,                                                                       \
    .cases = CASES,                                                                                         \
  };

G_END_DECLS
