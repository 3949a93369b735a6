/* GlobalAveragePool and GlobalMaxPool: each channel of each image becomes one number. */
#include "core/base/parallel.h"
#include "core/nn/kernels/kernels.h"
#include "core/nn/ops/ops.h"

#include <math.h>
#include <string.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;
  if (ctx->in[0].shape.rank < 3)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its input has rank %d; expected at least 3.",
                           ctx->in[0].shape.rank);

  ctx->out[0] = ctx->in[0];
  for (int i = 2; i < ctx->in[0].shape.rank; i++)
    ctx->out[0].shape.dim[i] = 1;

  return TRUE;
}

static gboolean
infer_max (DubInferContext *ctx,
           GError         **error)
{
  if (!infer (ctx, error))
    return FALSE;
  ctx->saved_bytes = dub_shape_n_elements (&ctx->out[0].shape) * sizeof (int64_t);

  return TRUE;
}

typedef struct {
  const float *x;
  float       *y;
  int64_t     *place; /* of the largest, or NULL */
  int64_t      n;     /* elements of a plane */
} Job;

static Job
job_of (DubOpContext *ctx)
{
  size_t n_planes = (size_t) (ctx->in[0]->shape.dim[0] * ctx->in[0]->shape.dim[1]);

  return (Job) { .place = ctx->saved, .n = (int64_t) (dub_tensor_n_elements (ctx->in[0]) / MAX (n_planes, 1)) };
}

static void
mean_plane (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Job *job = user_data;

  job->y[piece] = (float) (dub_kernels ()->sum (job->x + (int64_t) piece * job->n, job->n) / (double) job->n);
}

static void
spread_plane (size_t   piece,
              guint    thread,
              gpointer user_data)
{
  const Job *job = user_data;
  float share = job->x[piece] / (float) job->n;

  for (int64_t i = 0; i < job->n; i++)
    job->y[(int64_t) piece * job->n + i] = share;
}

static void
max_plane (size_t   piece,
           guint    thread,
           gpointer user_data)
{
  const Job *job = user_data;
  const float *x = job->x + (int64_t) piece * job->n;
  int64_t best = 0;

  for (int64_t i = 1; i < job->n; i++)
    if (x[i] > x[best] || (isnan (x[i]) && !isnan (x[best])))
      best = i;
  job->y[piece] = job->n > 0 ? x[best] : -INFINITY;
  if (job->place != NULL)
    job->place[piece] = best;
}

static void
place_plane (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Job *job = user_data;
  float *dx = job->y + (int64_t) piece * job->n;

  memset (dx, 0, (size_t) job->n * sizeof (float));
  if (job->n > 0)
    dx[job->place[piece]] = job->x[piece];
}

static gboolean
run_planes (DubOpContext *ctx,
            const float  *from,
            float        *to,
            DubPieceFunc  func,
            DubRun       *run,
            GError      **error)
{
  Job job = job_of (ctx);

  job.x = from;
  job.y = to;

  return dub_parallel_for (run, (size_t) (ctx->in[0]->shape.dim[0] * ctx->in[0]->shape.dim[1]), func, &job, error);
}

static gboolean
forward_mean (DubOpContext *ctx,
              DubRun       *run,
              GError      **error)
{
  return run_planes (ctx, dub_tensor_f32 (ctx->in[0]), dub_tensor_f32 (ctx->out[0]), mean_plane, run, error);
}

static gboolean
backward_mean (DubOpContext *ctx,
               DubRun       *run,
               GError      **error)
{
  return ctx->d_in[0] == NULL ||
         run_planes (ctx, dub_tensor_f32 (ctx->d_out[0]), dub_tensor_f32 (ctx->d_in[0]), spread_plane, run, error);
}

static gboolean
forward_max (DubOpContext *ctx,
             DubRun       *run,
             GError      **error)
{
  return run_planes (ctx, dub_tensor_f32 (ctx->in[0]), dub_tensor_f32 (ctx->out[0]), max_plane, run, error);
}

static gboolean
backward_max (DubOpContext *ctx,
              DubRun       *run,
              GError      **error)
{
  return ctx->d_in[0] == NULL ||
         run_planes (ctx, dub_tensor_f32 (ctx->d_out[0]), dub_tensor_f32 (ctx->d_in[0]), place_plane, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "2d", .inputs = "f32 2,3,4,5" },
  { .name = "3d", .inputs = "f32 1,2,3,4,5" },
  { .name = "1d", .inputs = "f32 2,2,6" },
  { NULL },
};

/* The shape of in[0] is all that the backward reads: DUB_OP_BACKWARD_IN keeps its type at hand. */
const DubOp dub_op_global_average_pool = {
  .name = "GlobalAveragePool",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward_mean,
  .backward = backward_mean,
  .cases = CASES,
};

const DubOp dub_op_global_max_pool = {
  .name = "GlobalMaxPool",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer_max,
  .forward = forward_max,
  .backward = backward_max,
  .cases = CASES,
};
