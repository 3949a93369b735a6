/* InstanceNormalization: each channel of each case is brought to mean 0 and variance 1
 * over its own voxels, then scaled and shifted (Ulyanov et al. 2016).
 *
 * Letters: N cases, C channels, P voxels of one channel. x is [N, C, P], scale and shift [C]. */
#include "core/nn/ops/ops.h"

#include "core/base/parallel.h"

#include <math.h>

typedef struct {
  float epsilon;
} Params;

/* What forward keeps for backward, one for each (case, channel). */
typedef struct {
  float mean;
  float inverse; /* 1 / sqrt (variance + epsilon) */
} Moments;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubShape *x = &ctx->in[0].shape;

  for (int i = 0; i < 3; i++)
    if (!dub_infer_need_f32 (ctx, i, error))
      return FALSE;
  if (x->rank < 3)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "the input has %d axes; expected at least 3 (N, C, D…).",
                           x->rank);
  for (int i = 1; i < 3; i++)
    if (ctx->in[i].shape.rank != 1 || ctx->in[i].shape.dim[0] != x->dim[1]) {
      g_autofree char *found = dub_shape_to_string (&ctx->in[i].shape);

      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "input %d has shape %s; expected one number for each of %" G_GINT64_FORMAT " channels.", i,
                             found, x->dim[1]);
    }

  Params *params = g_new (Params, 1);

  params->epsilon = dub_attributes_get_float (ctx->attributes, "epsilon", 1e-5f);
  ctx->params = params;
  ctx->out[0] = ctx->in[0];
  ctx->saved_bytes = (size_t) (x->dim[0] * x->dim[1]) * sizeof (Moments);
  /* Sums of each (case, channel) for the gradients of scale and shift. */
  ctx->scratch_bytes = (size_t) (x->dim[0] * x->dim[1]) * 2 * sizeof (float);

  return TRUE;
}

typedef struct {
  size_t       n_channels;
  size_t       n_voxels;
  float        epsilon;
  const float *x;
  const float *scale;
  const float *shift;
  float       *y;
  Moments     *moments; /* may be NULL */
  const float *dy;
  float       *dx;      /* may be NULL */
  float       *sums;    /* [N, C, 2]: Σ dy normalised, Σ dy */
} Job;

static void
forward_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Job *job = user_data;
  const float *x = job->x + piece * job->n_voxels;
  float *y = job->y + piece * job->n_voxels;
  double sum = 0.0, squares = 0.0;

  for (size_t i = 0; i < job->n_voxels; i++)
    sum += x[i];

  double mean = sum / (double) job->n_voxels;

  for (size_t i = 0; i < job->n_voxels; i++) {
    double deviation = x[i] - mean;

    squares += deviation * deviation;
  }

  float inverse = (float) (1.0 / sqrt (squares / (double) job->n_voxels + job->epsilon));
  float factor = job->scale[piece % job->n_channels] * inverse;
  float offset = job->shift[piece % job->n_channels];

  if (job->moments != NULL)
    job->moments[piece] = (Moments) { (float) mean, inverse };
  for (size_t i = 0; i < job->n_voxels; i++)
    y[i] = (x[i] - (float) mean) * factor + offset;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubShape *shape = &ctx->in[0]->shape;
  size_t rows = (size_t) (shape->dim[0] * shape->dim[1]);

  if (dub_tensor_n_elements (ctx->in[0]) == 0)
    return TRUE;

  Job job = {
    .n_channels = (size_t) shape->dim[1],
    .n_voxels = dub_tensor_n_elements (ctx->in[0]) / rows,
    .epsilon = ((const Params *) ctx->params)->epsilon,
    .x = dub_tensor_f32 (ctx->in[0]),
    .scale = dub_tensor_f32 (ctx->in[1]),
    .shift = dub_tensor_f32 (ctx->in[2]),
    .y = dub_tensor_f32 (ctx->out[0]),
    .moments = ctx->saved,
  };

  return dub_parallel_for (run, rows, forward_piece, &job, error);
}

/* With n = (x - mean) inverse: dx = scale inverse (dy - mean (dy) - n mean (dy n)). */
static void
backward_piece (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  const Job *job = user_data;
  const float *x = job->x + piece * job->n_voxels;
  const float *dy = job->dy + piece * job->n_voxels;
  Moments moments = job->moments[piece];
  double sum = 0.0, product = 0.0;

  for (size_t i = 0; i < job->n_voxels; i++) {
    sum += dy[i];
    product += (double) dy[i] * ((x[i] - moments.mean) * moments.inverse);
  }
  job->sums[2 * piece] = (float) product;
  job->sums[2 * piece + 1] = (float) sum;
  if (job->dx == NULL)
    return;

  float *dx = job->dx + piece * job->n_voxels;
  float factor = job->scale[piece % job->n_channels] * moments.inverse;
  float mean_dy = (float) (sum / (double) job->n_voxels);
  float mean_product = (float) (product / (double) job->n_voxels);

  for (size_t i = 0; i < job->n_voxels; i++)
    dx[i] = factor * (dy[i] - mean_dy - (x[i] - moments.mean) * moments.inverse * mean_product);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const DubShape *shape = &ctx->in[0]->shape;
  size_t n_cases = (size_t) shape->dim[0];
  size_t n_channels = (size_t) shape->dim[1];
  Job job = {
    .n_channels = n_channels,
    .x = dub_tensor_f32 (ctx->in[0]),
    .scale = dub_tensor_f32 (ctx->in[1]),
    .moments = ctx->saved,
    .dy = dub_tensor_f32 (ctx->d_out[0]),
    .dx = ctx->d_in[0] != NULL ? dub_tensor_f32 (ctx->d_in[0]) : NULL,
    .sums = ctx->scratch,
  };

  if (dub_tensor_n_elements (ctx->in[0]) > 0) {
    job.n_voxels = dub_tensor_n_elements (ctx->in[0]) / (n_cases * n_channels);
    if (!dub_parallel_for (run, n_cases * n_channels, backward_piece, &job, error))
      return FALSE;
  }

  for (int input = 1; input < 3; input++)
    for (size_t c = 0; c < n_channels && ctx->d_in[input] != NULL; c++) {
      double sum = 0.0;

      for (size_t n = 0; n < n_cases && job.n_voxels > 0; n++)
        sum += job.sums[2 * (n * n_channels + c) + (size_t) (input - 1)];
      dub_tensor_f32 (ctx->d_in[input])[c] = (float) sum;
    }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "instance-norm", .inputs = "f32 2,3,5; f32 3; f32 3" },
  { .name = "instance-norm-3d", .inputs = "f32 1,2,2,3,2; f32 2; f32 2", .attributes = "epsilon=0.1f" },
  { NULL },
};

const DubOp dub_op_instance_normalization = {
  .name = "InstanceNormalization",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN,
  .min_inputs = 3,
  .max_inputs = 3,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
