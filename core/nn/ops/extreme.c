#include "core/nn/ops/extreme.h"

gboolean
dub_extreme_infer (DubInferContext *ctx,
                   GError         **error)
{
  ctx->out[0] = ctx->in[0];
  if (ctx->in[0].dtype == DUB_DTYPE_BOOL)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "input 0 has element type bool; expected numbers.");

  for (int i = 0; i < ctx->n_inputs; i++) {
    g_autofree char *found = dub_shape_to_string (&ctx->in[i].shape);
    DubShape common;

    if (!ctx->in_present[i] || ctx->in[i].dtype != ctx->in[0].dtype ||
        !dub_broadcast_shape (&ctx->out[0].shape, &ctx->in[i].shape, &common))
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "input %d, %s of shape %s, does not fit those before it.", i,
                             dub_dtype_name (ctx->in[i].dtype), found);
    ctx->out[0].shape = common;
  }
  /* How many inputs attain the extreme, the shared gradient, and one input's part of it. */
  ctx->scratch_bytes = 3 * dub_shape_n_elements (&ctx->out[0].shape) * sizeof (float);

  return TRUE;
}

/* The first input against itself fills the output; the others are met with what is there. */
gboolean
dub_extreme_forward (DubOpContext          *ctx,
                     const DubBroadcastRun *runs,
                     DubRun                *run,
                     GError               **error)
{
  DubTensor *out = ctx->out[0];
  DubBroadcastRun func = runs[out->dtype];

  if (!dub_broadcast_run (ctx->in[0], ctx->in[0], out, func, NULL, run, error))
    return FALSE;
  for (int i = 1; i < ctx->n_inputs; i++)
    if (!dub_broadcast_run (out, ctx->in[i], out, func, NULL, run, error))
      return FALSE;

  return TRUE;
}

static void
count_run (const void   *a,
           int64_t       a_step,
           const void   *b,
           int64_t       b_step,
           void         *out,
           size_t        n,
           gconstpointer data)
{
  const float *extreme = a;
  const float *x = b;
  float *count = out;

  for (size_t i = 0; i < n; i++)
    count[i] += x[i * (size_t) b_step] == extreme[i * (size_t) a_step] ? 1.0f : 0.0f;
}

DUB_BROADCAST_GRADIENT (gradient_where_equal, u == v ? d : 0.0f)

gboolean
dub_extreme_backward (DubOpContext *ctx,
                      DubRun       *run,
                      GError      **error)
{
  const DubTensor *y = ctx->out[0];
  const float *dy = dub_tensor_f32 (ctx->d_out[0]);
  size_t n = dub_tensor_n_elements (y);
  float *counts = ctx->scratch;
  float *shares = counts + n;
  g_autoptr (DubTensor) count = dub_tensor_new_wrapped (DUB_DTYPE_F32, y->shape, counts, NULL, NULL);
  g_autoptr (DubTensor) share = dub_tensor_new_wrapped (DUB_DTYPE_F32, y->shape, shares, NULL, NULL);

  for (size_t i = 0; i < n; i++)
    counts[i] = 0.0f;
  for (int k = 0; k < ctx->n_inputs; k++)
    if (!dub_broadcast_run (y, ctx->in[k], count, count_run, NULL, run, error))
      return FALSE;
  /* Where the extreme is a NaN no input equals it. */
  for (size_t i = 0; i < n; i++)
    shares[i] = counts[i] > 0.0f ? dy[i] / counts[i] : dy[i];

  for (int k = 0; k < ctx->n_inputs; k++)
    if (ctx->d_in[k] != NULL && !dub_broadcast_gradient (y, ctx->in[k], share, ctx->d_in[k], gradient_where_equal,
                                                         shares + n, run, error))
      return FALSE;

  return TRUE;
}
