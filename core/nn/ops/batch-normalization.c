/* BatchNormalization: X [N][C][…], scale, B, mean, var [C] → Y and, on request, the updated running statistics.
 *
 * With the attribute training_mode, or in a training plan, the statistics are those of the batch, and
 * outputs 1 and 2 are running · momentum + batch · (1 - momentum) with the population variance,
 * as ONNX defines them from opset 14 on. Otherwise outputs 1 and 2 are the running statistics unchanged.
 *
 * Letters: N images, C channels, S elements of a channel in one image, M = N S. */
#include "core/base/parallel.h"
#include "core/nn/kernels/kernels.h"
#include "core/nn/ops/ops.h"

#include <math.h>
#include <string.h>

typedef struct {
  int64_t  n_images;
  int64_t  n_channels;
  int64_t  n_elements; /* S */
  float    epsilon;
  float    momentum;
  gboolean from_batch;
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;

  const DubShape *x = &ctx->in[0].shape;

  if (x->rank < 2)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its input has rank %d; expected at least 2.", x->rank);
  for (int i = 1; i < 5; i++) {
    if (!dub_infer_need_f32 (ctx, i, error))
      return FALSE;
    if (dub_shape_n_elements (&ctx->in[i].shape) != (size_t) x->dim[1])
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "input %d does not have one number for each of %" G_GINT64_FORMAT " channels.", i, x->dim[1]);
  }

  Params *params = g_new0 (Params, 1);

  ctx->params = params;
  params->n_images = x->dim[0];
  params->n_channels = x->dim[1];
  params->n_elements = 1;
  for (int i = 2; i < x->rank; i++)
    params->n_elements *= x->dim[i];
  params->epsilon = dub_attributes_get_float (ctx->attributes, "epsilon", 1e-5f);
  params->momentum = dub_attributes_get_float (ctx->attributes, "momentum", 0.9f);
  params->from_batch = ctx->training || dub_attributes_get_int (ctx->attributes, "training_mode", 0) != 0;

  ctx->out[0] = ctx->in[0];
  for (int i = 1; i < ctx->n_outputs; i++)
    ctx->out[i] = ctx->in[3 + (i - 1) % 2];
  ctx->saved_bytes = (size_t) params->n_channels * 2 * sizeof (float);

  return TRUE;
}

typedef struct {
  DubOpContext *ctx;
  const Params *params;
} Job;

/* Mean and population variance of channel @c over the batch. */
static void
batch_moments (const Params *p,
               const float  *x,
               int64_t       c,
               double       *mean,
               double       *variance)
{
  const DubKernels *kernels = dub_kernels ();
  double count = (double) (p->n_images * p->n_elements);
  double sum = 0.0;
  double squares = 0.0;

  for (int64_t n = 0; n < p->n_images; n++)
    sum += kernels->sum (x + (n * p->n_channels + c) * p->n_elements, p->n_elements);
  *mean = sum / count;

  /* Deviations from the mean rounded to float; the second term takes the rounding out again. */
  for (int64_t n = 0; n < p->n_images; n++)
    squares += kernels->sum_squares (x + (n * p->n_channels + c) * p->n_elements, p->n_elements, (float) *mean);
  *variance = squares / count - (*mean - (float) *mean) * (*mean - (float) *mean);
  *variance = MAX (*variance, 0.0);
}

static void
update_running (DubOpContext *ctx,
                const Params *p,
                int           output,
                int64_t       c,
                double        batch)
{
  if (ctx->n_outputs <= output || ctx->out[output] == NULL)
    return;

  double running = dub_tensor_f32 (ctx->in[2 + output])[c];

  dub_tensor_f32 (ctx->out[output])[c] = (float) (running * p->momentum + batch * (1.0 - p->momentum));
}

static void
forward_channel (size_t   piece,
                 guint    thread,
                 gpointer user_data)
{
  const Job *job = user_data;
  DubOpContext *ctx = job->ctx;
  const Params *p = job->params;
  int64_t c = (int64_t) piece;
  const float *x = dub_tensor_f32 (ctx->in[0]);
  float *y = dub_tensor_f32 (ctx->out[0]);
  double mean = dub_tensor_f32 (ctx->in[3])[c];
  double variance = dub_tensor_f32 (ctx->in[4])[c];

  if (p->from_batch) {
    batch_moments (p, x, c, &mean, &variance);
    update_running (ctx, p, 1, c, mean);
    update_running (ctx, p, 2, c, variance);
  } else {
    for (int output = 1; output < MIN (ctx->n_outputs, 3); output++)
      if (ctx->out[output] != NULL)
        dub_tensor_f32 (ctx->out[output])[c] = dub_tensor_f32 (ctx->in[2 + output])[c];
  }

  double inverse = 1.0 / sqrt (variance + p->epsilon);
  double scale = dub_tensor_f32 (ctx->in[1])[c] * inverse;
  double shift = dub_tensor_f32 (ctx->in[2])[c] - mean * scale;

  for (int64_t n = 0; n < p->n_images; n++) {
    int64_t at = (n * p->n_channels + c) * p->n_elements;

    dub_kernels ()->affine (x + at, y + at, p->n_elements, (float) scale, (float) shift);
  }
  if (ctx->saved != NULL) {
    ((float *) ctx->saved)[2 * c] = (float) mean;
    ((float *) ctx->saved)[2 * c + 1] = (float) inverse;
  }
}

/* With x̂ = (x - μ) / σ and ȳ the incoming gradient: dB = Σ ȳ, dscale = Σ ȳ x̂, and
 *   dx = scale / σ · (ȳ - [batch] (dB + x̂ dscale) / M). */
static void
backward_channel (size_t   piece,
                  guint    thread,
                  gpointer user_data)
{
  const Job *job = user_data;
  DubOpContext *ctx = job->ctx;
  const Params *p = job->params;
  const DubKernels *kernels = dub_kernels ();
  int64_t c = (int64_t) piece;
  const float *x = dub_tensor_f32 (ctx->in[0]);
  const float *dy = dub_tensor_f32 (ctx->d_out[0]);
  float mean = ((const float *) ctx->saved)[2 * c];
  double inverse = ((const float *) ctx->saved)[2 * c + 1];
  double gamma = dub_tensor_f32 (ctx->in[1])[c];
  double count = (double) (p->n_images * p->n_elements);
  double sum = 0.0;
  double product = 0.0;

  if (p->from_batch || ctx->d_in[1] != NULL || ctx->d_in[2] != NULL || ctx->d_in[3] != NULL || ctx->d_in[4] != NULL)
    for (int64_t n = 0; n < p->n_images; n++) {
      int64_t at = (n * p->n_channels + c) * p->n_elements;

      sum += kernels->sum (dy + at, p->n_elements);
      product += kernels->sum_products (x + at, dy + at, p->n_elements, mean);
    }
  product *= inverse;

  if (ctx->d_in[0] != NULL) {
    double scale = gamma * inverse;
    double x_scale = p->from_batch ? -scale * product * inverse / count : 0.0;
    double shift = p->from_batch ? -scale * sum / count - x_scale * mean : 0.0;

    for (int64_t n = 0; n < p->n_images; n++) {
      int64_t at = (n * p->n_channels + c) * p->n_elements;
      float *dx = dub_tensor_f32 (ctx->d_in[0]) + at;

      if (p->from_batch)
        kernels->affine2 (dy + at, x + at, dx, p->n_elements, (float) scale, (float) x_scale, (float) shift);
      else
        kernels->affine (dy + at, dx, p->n_elements, (float) scale, 0.0f);
    }
  }
  if (ctx->d_in[1] != NULL)
    dub_tensor_f32 (ctx->d_in[1])[c] = (float) product;
  if (ctx->d_in[2] != NULL)
    dub_tensor_f32 (ctx->d_in[2])[c] = (float) sum;
  if (ctx->d_in[3] != NULL)
    dub_tensor_f32 (ctx->d_in[3])[c] = p->from_batch ? 0.0f : (float) (-gamma * inverse * sum);
  if (ctx->d_in[4] != NULL)
    dub_tensor_f32 (ctx->d_in[4])[c] = p->from_batch ? 0.0f : (float) (-0.5 * gamma * inverse * inverse * product);
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  Job job = { ctx, ctx->params };

  if (job.params->n_images * job.params->n_elements == 0)
    return TRUE;

  return dub_parallel_for (run, (size_t) job.params->n_channels, forward_channel, &job, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  Job job = { ctx, ctx->params };

  return dub_parallel_for (run, (size_t) job.params->n_channels, backward_channel, &job, error);
}

static const DubOpCase CASES[] = {
  { .name = "inference", .inputs = "f32 2,3,4,5; f32 3; f32 3; f32 3; f32 3 > 0.5" },
  { .name = "inference-vector", .inputs = "f32 4,3; f32 3; f32 3; f32 3; f32 3 > 0.5", .attributes = "epsilon=0.01f" },
  { .name = "training", .inputs = "f32 3,2,3,4; f32 2; f32 2; f32 2; f32 2 > 0.5", .check = "0,1,2", .training = TRUE },
  { .name = "training-mode", .inputs = "f32 2,2,2,3,3; f32 2; f32 2; f32 2; f32 2 > 0.5",
    .attributes = "training_mode=1 momentum=0.7f", .check = "0,1,2" },
  { NULL },
};

const DubOp dub_op_batch_normalization = {
  .name = "BatchNormalization",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 5,
  .max_inputs = 5,
  .max_outputs = 3,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
