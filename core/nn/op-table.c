#include "core/nn/op.h"

#include "core/nn/ops/ops.h"

/* One line an operator, in alphabetical order; "dub." operators last. */
static const DubOp *const TABLE[] = {
  &dub_op_abs,
  &dub_op_add,
  &dub_op_and,
  &dub_op_average_pool,
  &dub_op_batch_normalization,
  &dub_op_cast,
  &dub_op_ceil,
  &dub_op_celu,
  &dub_op_clip,
  &dub_op_concat,
  &dub_op_constant,
  &dub_op_constant_of_shape,
  &dub_op_conv,
  &dub_op_conv_transpose,
  &dub_op_cos,
  &dub_op_div,
  &dub_op_dropout,
  &dub_op_elu,
  &dub_op_equal,
  &dub_op_erf,
  &dub_op_exp,
  &dub_op_expand,
  &dub_op_flatten,
  &dub_op_floor,
  &dub_op_gather,
  &dub_op_gemm,
  &dub_op_global_average_pool,
  &dub_op_global_max_pool,
  &dub_op_greater,
  &dub_op_greater_or_equal,
  &dub_op_hard_sigmoid,
  &dub_op_hard_swish,
  &dub_op_identity,
  &dub_op_instance_normalization,
  &dub_op_leaky_relu,
  &dub_op_less,
  &dub_op_less_or_equal,
  &dub_op_log,
  &dub_op_log_softmax,
  &dub_op_matmul,
  &dub_op_max,
  &dub_op_max_pool,
  &dub_op_min,
  &dub_op_mul,
  &dub_op_neg,
  &dub_op_not,
  &dub_op_or,
  &dub_op_pad,
  &dub_op_pow,
  &dub_op_prelu,
  &dub_op_range,
  &dub_op_reciprocal,
  &dub_op_reduce_mean,
  &dub_op_reduce_sum,
  &dub_op_relu,
  &dub_op_reshape,
  &dub_op_resize,
  &dub_op_round,
  &dub_op_selu,
  &dub_op_shape,
  &dub_op_sigmoid,
  &dub_op_sin,
  &dub_op_size,
  &dub_op_slice,
  &dub_op_softmax,
  &dub_op_softplus,
  &dub_op_softsign,
  &dub_op_split,
  &dub_op_sqrt,
  &dub_op_squeeze,
  &dub_op_sub,
  &dub_op_tanh,
  &dub_op_thresholded_relu,
  &dub_op_transpose,
  &dub_op_unsqueeze,
  &dub_op_upsample,
  &dub_op_where,
  &dub_op_xor,
  &dub_op_conv_block,
  &dub_op_norm_block,
  NULL,
};

const DubOp *const *
dub_op_table (void)
{
  return TABLE;
}

const DubOp *
dub_op_lookup (const char *name)
{
  for (const DubOp *const *op = TABLE; *op != NULL; op++)
    if (g_strcmp0 ((*op)->name, name) == 0)
      return *op;

  return NULL;
}

gboolean
dub_infer_fail (const DubInferContext *ctx,
                GError               **error,
                int                    code,
                const char            *format,
                ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, DUB_ERROR, code, "Node “%s”: %s", ctx->node_name, text);

  return FALSE;
}

gboolean
dub_infer_need_f32 (const DubInferContext *ctx,
                    int                    input,
                    GError               **error)
{
  if (input >= ctx->n_inputs || !ctx->in_present[input])
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "input %d is missing.", input);
  if (ctx->in[input].dtype != DUB_DTYPE_F32)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "input %d has element type %s; export the model in float32.", input,
                           dub_dtype_name (ctx->in[input].dtype));

  return TRUE;
}
