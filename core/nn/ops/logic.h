/* Two broadcasting bools that become one. They have no gradient. */
#pragma once

#include "core/nn/ops/broadcast.h"

G_BEGIN_DECLS

gboolean dub_logic_infer (DubInferContext *ctx,
                          GError         **error);

/* The row "dub_op_@variable", called @Name; @operator joins two bytes that are 0 or 1. */
#define DUB_LOGIC_OP(variable, Name, case_name, operator)                                                     \
  static void run_bool (const void *a, int64_t a_step, const void *b, int64_t b_step, void *out, size_t n,    \
                        gconstpointer data)                                                                   \
  {                                                                                                           \
    const uint8_t *u = a;                                                                                     \
    const uint8_t *v = b;                                                                                     \
    uint8_t *y = out;                                                                                         \
                                                                                                              \
    for (size_t i = 0; i < n; i++)                                                                            \
      y[i] = u[i * (size_t) a_step] operator v[i * (size_t) b_step];                                          \
  }                                                                                                           \
                                                                                                              \
  static gboolean forward (DubOpContext *ctx, DubRun *run, GError **error)                                    \
  {                                                                                                           \
    return dub_broadcast_run (ctx->in[0], ctx->in[1], ctx->out[0], run_bool, NULL, run, error);               \
  }                                                                                                           \
                                                                                                              \
  static const DubOpCase CASES[] = {                                                                          \
    { .name = case_name, .inputs = "bool 2,3; bool 3" },                                                      \
    { NULL },                                                                                                 \
  };                                                                                                          \
                                                                                                              \
  const DubOp dub_op_##variable = {                                                                           \
    .name = Name,                                                                                             \
    .min_inputs = 2,                                                                                          \
    .max_inputs = 2,                                                                                          \
    .infer = dub_logic_infer,                                                                                 \
    .forward = forward,                                                                                       \
    .cases = CASES,                                                                                           \
  };

G_END_DECLS
