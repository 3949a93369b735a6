#include "core/nn/ops/pointwise.h"

#include "core/base/parallel.h"

/* Elements a piece: half a megabyte of traffic, small enough to stay in the second-level cache. */
static const size_t PIECE = 65536;

typedef struct {
  const float         *x;
  const float         *y_in;
  const float         *dy;
  float               *out;
  size_t               n;
  gconstpointer        params;
  DubPointwiseForward  forward;
  DubPointwiseBackward backward;
} Job;

static void
forward_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  Job *job = user_data;
  size_t start = piece * PIECE;

  job->forward (job->x + start, job->out + start, MIN (PIECE, job->n - start), job->params);
}

static void
backward_piece (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  Job *job = user_data;
  size_t start = piece * PIECE;

  job->backward (job->x != NULL ? job->x + start : NULL, job->y_in != NULL ? job->y_in + start : NULL,
                 job->dy + start, job->out + start, MIN (PIECE, job->n - start), job->params);
}

gboolean
dub_pointwise_forward (DubOpContext        *ctx,
                       DubPointwiseForward  func,
                       DubRun              *run,
                       GError             **error)
{
  Job job = {
    .x = dub_tensor_f32 (ctx->in[0]),
    .out = dub_tensor_f32 (ctx->out[0]),
    .n = dub_tensor_n_elements (ctx->in[0]),
    .params = ctx->params,
    .forward = func,
  };

  return dub_parallel_for (run, (job.n + PIECE - 1) / PIECE, forward_piece, &job, error);
}

gboolean
dub_pointwise_backward (DubOpContext         *ctx,
                        DubPointwiseBackward  func,
                        DubRun               *run,
                        GError              **error)
{
  if (ctx->d_in[0] == NULL)
    return TRUE;

  Job job = {
    .x = ctx->in[0] != NULL ? dub_tensor_f32 (ctx->in[0]) : NULL,
    .y_in = ctx->out[0] != NULL ? dub_tensor_f32 (ctx->out[0]) : NULL,
    .dy = dub_tensor_f32 (ctx->d_out[0]),
    .out = dub_tensor_f32 (ctx->d_in[0]),
    .n = dub_tensor_n_elements (ctx->d_in[0]),
    .params = ctx->params,
    .backward = func,
  };

  return dub_parallel_for (run, (job.n + PIECE - 1) / PIECE, backward_piece, &job, error);
}

gboolean
dub_pointwise_infer (DubInferContext    *ctx,
                     const char *const  *names,
                     const float        *fallbacks,
                     size_t              n_params,
                     GError            **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;
  ctx->out[0] = ctx->in[0];
  if (n_params == 0)
    return TRUE;

  float *params = g_new (float, n_params);

  for (size_t i = 0; i < n_params; i++)
    params[i] = dub_attributes_get_float (ctx->attributes, names[i], fallbacks[i]);
  ctx->params = params;

  return TRUE;
}
