#include "core/nn/ops/softmax-axis.h"

#include "core/base/parallel.h"
#include "core/nn/kernels/vector-math.h"
#include "core/nn/ops/axes.h"

#include <math.h>

/* Columns that are worked on together, so that the inner loops are vectors even where
 * the axis is not the last one. */
enum { COLUMNS = 256 };

/* Elements a piece, at least. */
static const size_t PIECE = 32768;

/* The tensor as [outer, n, inner]. */
typedef struct {
  size_t outer;
  size_t n;
  size_t inner;
} Params;

gboolean
dub_softmax_infer (DubInferContext *ctx,
                   GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  gboolean coerced = ctx->opset < 13;
  int axis = 0;

  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;
  if (in->rank > 0 && !dub_axis_read (ctx, "axis", coerced ? 1 : -1, in->rank, coerced, &axis, error))
    return FALSE;

  Params *params = g_new (Params, 1);

  *params = (Params) { 1, 1, 1 };
  for (int i = 0; i < in->rank; i++)
    if (i < axis)
      params->outer *= (size_t) in->dim[i];
    else if (i == axis || coerced)
      params->n *= (size_t) in->dim[i];
    else
      params->inner *= (size_t) in->dim[i];
  ctx->params = params;
  ctx->out[0] = ctx->in[0];

  return TRUE;
}

typedef struct {
  Params       params;
  const float *x;      /* forward: x; backward: dy */
  const float *y_in;   /* backward */
  float       *y;      /* forward: y; backward: dx */
  gboolean     logarithm;
  size_t       n_blocks;    /* of columns in a row */
  size_t       per_piece;   /* (row, block) pairs */
} Job;

/* A row of @n contiguous elements. */
static void
forward_row (const float *x,
             float       *y,
             size_t       n,
             gboolean     logarithm)
{
  float largest = x[0];
  float sum = 0.0f;

  for (size_t i = 1; i < n; i++)
    largest = x[i] > largest ? x[i] : largest;

  if (logarithm) {
    float part[COLUMNS];

    for (size_t from = 0; from < n; from += COLUMNS) {
      size_t length = MIN (COLUMNS, n - from);

      for (size_t i = 0; i < length; i++)
        part[i] = x[from + i] - largest;
      dub_vector_exp (part, part, length);
      for (size_t i = 0; i < length; i++)
        sum += part[i];
    }

    float shift = largest + logf (sum);

    for (size_t i = 0; i < n; i++)
      y[i] = x[i] - shift;
    return;
  }

  for (size_t i = 0; i < n; i++)
    y[i] = x[i] - largest;
  dub_vector_exp (y, y, n);
  for (size_t i = 0; i < n; i++)
    sum += y[i];

  float scale = 1.0f / sum;

  for (size_t i = 0; i < n; i++)
    y[i] *= scale;
}

/* @width columns, at most COLUMNS, of @n elements that are @stride apart. */
static void
forward_columns (const float *x,
                 float       *y,
                 size_t       n,
                 size_t       stride,
                 size_t       width,
                 gboolean     logarithm)
{
  float largest[COLUMNS], sum[COLUMNS] = { 0.0f }, part[COLUMNS];

  for (size_t i = 0; i < width; i++)
    largest[i] = x[i];
  for (size_t k = 1; k < n; k++)
    for (size_t i = 0; i < width; i++)
      largest[i] = x[k * stride + i] > largest[i] ? x[k * stride + i] : largest[i];

  for (size_t k = 0; k < n; k++) {
    for (size_t i = 0; i < width; i++)
      part[i] = x[k * stride + i] - largest[i];
    dub_vector_exp (part, logarithm ? part : y + k * stride, width);
    for (size_t i = 0; i < width; i++)
      sum[i] += logarithm ? part[i] : y[k * stride + i];
  }

  for (size_t i = 0; i < width; i++)
    sum[i] = logarithm ? largest[i] + logf (sum[i]) : 1.0f / sum[i];
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < width; i++)
      y[k * stride + i] = logarithm ? x[k * stride + i] - sum[i] : y[k * stride + i] * sum[i];
}

static void
backward_columns (const float *y,
                  const float *dy,
                  float       *dx,
                  size_t       n,
                  size_t       stride,
                  size_t       width,
                  gboolean     logarithm)
{
  float sum[COLUMNS] = { 0.0f }, part[COLUMNS];

  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < width; i++)
      sum[i] += logarithm ? dy[k * stride + i] : y[k * stride + i] * dy[k * stride + i];

  for (size_t k = 0; k < n; k++) {
    size_t at = k * stride;

    if (logarithm) {
      dub_vector_exp (y + at, part, width);
      for (size_t i = 0; i < width; i++)
        dx[at + i] = dy[at + i] - part[i] * sum[i];
    } else {
      for (size_t i = 0; i < width; i++)
        dx[at + i] = y[at + i] * (dy[at + i] - sum[i]);
    }
  }
}

static void
softmax_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Job *job = user_data;
  const Params *p = &job->params;
  size_t end = MIN (p->outer * job->n_blocks, (piece + 1) * job->per_piece);

  for (size_t item = piece * job->per_piece; item < end; item++) {
    size_t column = item % job->n_blocks * COLUMNS;
    size_t at = item / job->n_blocks * p->n * p->inner + column;
    size_t width = MIN (COLUMNS, p->inner - column);

    if (job->y_in != NULL)
      backward_columns (job->y_in + at, job->x + at, job->y + at, p->n, p->inner, width, job->logarithm);
    else if (p->inner == 1)
      forward_row (job->x + at, job->y + at, p->n, job->logarithm);
    else
      forward_columns (job->x + at, job->y + at, p->n, p->inner, width, job->logarithm);
  }
}

static gboolean
run_job (Job     *job,
         DubRun  *run,
         GError **error)
{
  const Params *p = &job->params;

  if (p->outer == 0 || p->n == 0 || p->inner == 0)
    return TRUE;
  job->n_blocks = (p->inner + COLUMNS - 1) / COLUMNS;
  job->per_piece = MAX (1, PIECE / (p->n * MIN (COLUMNS, p->inner)));

  return dub_parallel_for (run, (p->outer * job->n_blocks + job->per_piece - 1) / job->per_piece, softmax_piece, job,
                           error);
}

gboolean
dub_softmax_forward (DubOpContext *ctx,
                     gboolean      logarithm,
                     DubRun       *run,
                     GError      **error)
{
  Job job = {
    .params = *(const Params *) ctx->params,
    .x = dub_tensor_f32 (ctx->in[0]),
    .y = dub_tensor_f32 (ctx->out[0]),
    .logarithm = logarithm,
  };

  return run_job (&job, run, error);
}

gboolean
dub_softmax_backward (DubOpContext *ctx,
                      gboolean      logarithm,
                      DubRun       *run,
                      GError      **error)
{
  if (ctx->d_in[0] == NULL)
    return TRUE;

  Job job = {
    .params = *(const Params *) ctx->params,
    .x = dub_tensor_f32 (ctx->d_out[0]),
    .y_in = dub_tensor_f32 (ctx->out[0]),
    .y = dub_tensor_f32 (ctx->d_in[0]),
    .logarithm = logarithm,
  };

  return run_job (&job, run, error);
}
