#include "core/nn/op.h"

#include "core/nn/ops/ops.h"

/* One line an operator, in alphabetical order; "dub." operators last. */
static const DubOp *const TABLE[] = {
  &dub_op_relu,
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
