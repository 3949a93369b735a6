#include "core/nn/ops/norm-shared.h"

#include "core/base/parallel.h"

#include <math.h>

/* Floats of neighbouring channels in one image that a piece walks through, at least. */
static const int64_t RUN_FLOATS = 1024;

/* Floats of rows that pass back through a pooling at once: they stay in the first-level cache. */
static const int64_t ROWS_FLOATS = 8192;

static gboolean
parse_fusion (DubInferContext *ctx,
              DubNormParams   *params,
              GError         **error)
{
  int64_t activation = dub_attributes_get_int (ctx->attributes, "activation", 0);
  int rank = ctx->in[0].shape.rank;

  if (activation < DUB_ACTIVATION_NONE || activation > DUB_ACTIVATION_LEAKY_RELU)
    return dub_infer_fail (ctx, error, DUB_ERROR_ARGUMENT,
                           "attribute activation is %" G_GINT64_FORMAT "; expected 0 to 2.", activation);
  params->activation = (DubActivation) activation;
  if (activation != DUB_ACTIVATION_NONE)
    params->slope = activation == DUB_ACTIVATION_RELU ? 0.0f : dub_attributes_get_float (ctx->attributes, "alpha", 0.01f);
  if (!(params->slope >= 0.0f))
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "an activation that falls (alpha %g) cannot be fused.", (double) params->slope);

  params->has_pool = dub_attributes_get_int (ctx->attributes, "pool", 0) != 0;
  if (params->has_pool && (rank < 3 || rank > 5))
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "pooling an input of rank %d cannot be fused.", rank);
  if (ctx->n_inputs > 5 && ctx->in_present[5]) {
    if (!dub_infer_need_f32 (ctx, 5, error))
      return FALSE;
    if (!dub_shape_equal (&ctx->in[5].shape, &ctx->in[0].shape))
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its residual does not have the shape of its input.");
  }

  return TRUE;
}

gboolean
dub_norm_shared_infer (DubInferContext *ctx,
                       gboolean         is_block,
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

  DubNormParams *params = g_new0 (DubNormParams, 1);

  ctx->params = params;
  params->n_images = x->dim[0];
  params->n_channels = x->dim[1];
  params->n_elements = 1;
  for (int i = 2; i < x->rank; i++)
    params->n_elements *= x->dim[i];
  params->epsilon = dub_attributes_get_float (ctx->attributes, "epsilon", 1e-5f);
  params->momentum = dub_attributes_get_float (ctx->attributes, "momentum", 0.9f);
  params->from_batch = ctx->training || dub_attributes_get_int (ctx->attributes, "training_mode", 0) != 0;
  params->slope = 1.0f;
  if (is_block && !parse_fusion (ctx, params, error))
    return FALSE;

  ctx->out[0] = ctx->in[0];
  params->n_out = 1;
  for (int a = 0; a < 3; a++)
    params->pool[a] = params->extent[a] = 1;
  for (int i = 2; i < x->rank && params->has_pool; i++) {
    int a = 3 - x->rank + i;

    params->pool[a] = 2;
    params->extent[a] = x->dim[i];
    ctx->out[0].shape.dim[i] = x->dim[i] / 2;
  }
  for (int i = 2; i < x->rank; i++)
    params->n_out *= ctx->out[0].shape.dim[i];

  for (int i = 1; i < ctx->n_outputs; i++)
    ctx->out[i] = ctx->in[3 + (i - 1) % 2];
  ctx->saved_bytes = (size_t) params->n_channels * 2 * sizeof (float);
  if (params->has_pool)
    ctx->saved_bytes += dub_shape_n_elements (&ctx->out[0].shape);

  return TRUE;
}

typedef struct {
  DubOpContext        *ctx;
  const DubNormParams *params;
  const float         *x;
  const float         *z;      /* NULL = none */
  float               *y;
  const float         *dy;
  float               *dx;     /* NULL = not wanted */
  float               *dz;     /* NULL = not wanted */
  uint8_t             *code;   /* of the pooling, NULL = none or not needed */
  int                  out_of_memory; /* atomic */
} Job;

static Job
make_job (DubOpContext *ctx)
{
  const DubNormParams *p = ctx->params;
  gboolean has_z = ctx->n_inputs > 5;

  return (Job) {
    .ctx = ctx,
    .params = p,
    .x = ctx->in[0] != NULL ? dub_tensor_f32 (ctx->in[0]) : NULL,
    .z = has_z && ctx->in[5] != NULL ? dub_tensor_f32 (ctx->in[5]) : NULL,
    .y = ctx->out[0] != NULL ? dub_tensor_f32 (ctx->out[0]) : NULL,
    .code = p->has_pool && ctx->saved != NULL ? (uint8_t *) ((float *) ctx->saved + 2 * p->n_channels) : NULL,
  };
}

static gboolean
check_memory (Job     *job,
              GError **error)
{
  if (!g_atomic_int_get (&job->out_of_memory))
    return TRUE;
  g_set_error_literal (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory for the rows of a normalisation.");

  return FALSE;
}

/* Channels that one piece takes: small images lie side by side, and a cache line brings several channels. */
static int64_t
channels_at_once (const DubNormParams *p)
{
  return CLAMP (RUN_FLOATS / MAX (p->n_elements, 1), 1, DUB_NORM_CHANNELS);
}

/* Means and population variances over the batch of channels [first, first + n), from deviations from the means of
 * the first image: near enough to the means that the differences of squares lose nothing. */
static void
batch_moments (const DubNormParams *p,
               const float         *x,
               int64_t              first,
               int64_t              n,
               double              *mean,
               double              *variance)
{
  const DubKernels *kernels = dub_kernels ();
  double count = (double) (p->n_images * p->n_elements);
  float pivot[DUB_NORM_CHANNELS];
  double sums[DUB_NORM_CHANNELS][2];
  DubNormSumsJob job = {
    .x = x + first * p->n_elements, .n_rows = p->n_images, .stride = p->n_channels * p->n_elements, .n = p->n_elements,
    .n_channels = (int) n, .mean = pivot,
  };

  for (int64_t c = 0; c < n; c++)
    pivot[c] = (float) (kernels->sum (job.x + c * p->n_elements, p->n_elements) / (double) p->n_elements);
  kernels->moments (&job, sums);
  for (int64_t c = 0; c < n; c++) {
    double off = sums[c][0] / count;

    mean[c] = pivot[c] + off;
    variance[c] = MAX (sums[c][1] / count - off * off, 0.0);
  }
}

static void
update_running (DubOpContext        *ctx,
                const DubNormParams *p,
                int                  output,
                int64_t              c,
                double               batch)
{
  if (ctx->n_outputs <= output || ctx->out[output] == NULL)
    return;

  double running = dub_tensor_f32 (ctx->in[2 + output])[c];

  dub_tensor_f32 (ctx->out[output])[c] = (float) (running * p->momentum + batch * (1.0 - p->momentum));
}

/* Channel @plane (of all images): rows that are pooled together are normalised side by side. */
static void
forward_pooled (const Job *job,
                int64_t    plane,
                float      scale,
                float      shift,
                float     *rows)
{
  const DubNormParams *p = job->params;
  const DubKernels *kernels = dub_kernels ();
  const int64_t *e = p->extent;
  int n_rows = p->pool[0] * p->pool[1];
  const float *row[4];
  int64_t at = plane * p->n_out;

  for (int i = 0; i < n_rows; i++)
    row[i] = rows + i * e[2];

  for (int64_t d = 0; d + p->pool[0] <= e[0]; d += p->pool[0])
    for (int64_t h = 0; h + p->pool[1] <= e[1]; h += p->pool[1], at += e[2] / 2) {
      for (int i = 0; i < p->pool[0]; i++) {
        int64_t from = plane * p->n_elements + ((d + i) * e[1] + h) * e[2];

        kernels->norm_apply (job->x + from, job->z != NULL ? job->z + from : NULL, rows + i * p->pool[1] * e[2],
                             p->pool[1] * e[2], scale, shift, 1.0f);
      }
      kernels->pool (row, n_rows, job->y + at, job->code != NULL ? job->code + at : NULL, e[2] / 2, p->activation, p->slope);
    }
}

static void
forward_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  Job *job = user_data;
  DubOpContext *ctx = job->ctx;
  const DubNormParams *p = job->params;
  int64_t first = (int64_t) piece * channels_at_once (p);
  int64_t n_channels = MIN (channels_at_once (p), p->n_channels - first);
  double mean[DUB_NORM_CHANNELS], variance[DUB_NORM_CHANNELS];
  float scale[DUB_NORM_CHANNELS], shift[DUB_NORM_CHANNELS];
  float *rows = p->has_pool ? dub_kernel_scratch ((size_t) (4 * p->extent[2]) * sizeof (float)) : NULL;

  if (p->has_pool && rows == NULL) {
    g_atomic_int_set (&job->out_of_memory, TRUE);
    return;
  }
  if (p->from_batch)
    batch_moments (p, job->x, first, n_channels, mean, variance);

  for (int64_t i = 0; i < n_channels; i++) {
    int64_t c = first + i;

    if (p->from_batch) {
      update_running (ctx, p, 1, c, mean[i]);
      update_running (ctx, p, 2, c, variance[i]);
    } else {
      mean[i] = dub_tensor_f32 (ctx->in[3])[c];
      variance[i] = dub_tensor_f32 (ctx->in[4])[c];
      for (int output = 1; output < MIN (ctx->n_outputs, 3); output++)
        if (ctx->out[output] != NULL)
          dub_tensor_f32 (ctx->out[output])[c] = dub_tensor_f32 (ctx->in[2 + output])[c];
    }

    double inverse = 1.0 / sqrt (variance[i] + p->epsilon);
    double factor = dub_tensor_f32 (ctx->in[1])[c] * inverse;

    scale[i] = (float) factor;
    shift[i] = (float) (dub_tensor_f32 (ctx->in[2])[c] - mean[i] * factor);
    if (ctx->saved != NULL) {
      ((float *) ctx->saved)[2 * c] = (float) mean[i];
      ((float *) ctx->saved)[2 * c + 1] = (float) inverse;
    }
  }

  for (int64_t n = 0; n < p->n_images; n++)
    for (int64_t i = 0; i < n_channels; i++) {
      int64_t plane = n * p->n_channels + first + i;
      int64_t at = plane * p->n_elements;

      if (p->has_pool)
        forward_pooled (job, plane, scale[i], shift[i], rows);
      else
        dub_kernels ()->norm_apply (job->x + at, job->z != NULL ? job->z + at : NULL, job->y + at, p->n_elements,
                                    scale[i], shift[i], p->slope);
    }
}

/* What the second pass back needs: dx = g_scale g + x_scale x + shift, with g the gradient behind the activation. */
typedef struct {
  float g_scale;
  float x_scale;
  float shift;
} Back;

/* Goes over image @n of channel @c as a pooling hands its gradient back, some rows at a time: adds to @sums where
 * @back is NULL, else writes the gradients. */
static void
backward_pooled (const Job  *job,
                 int64_t     n,
                 int64_t     c,
                 float       mean,
                 const Back *back,
                 float      *rows,
                 double      sums[2])
{
  const DubNormParams *p = job->params;
  const DubKernels *kernels = dub_kernels ();
  const int64_t *e = p->extent;
  int64_t plane = n * p->n_channels + c;
  int64_t n_rows = e[0] * e[1];
  int64_t at_once = MAX (ROWS_FLOATS / e[2], 1);
  DubConvSource source = {
    .x = job->dy, .code = job->code, .slope = p->slope, .pool = { p->pool[0], p->pool[1], p->pool[2] },
  };

  for (int64_t first = 0; first < n_rows; first += at_once) {
    int64_t count = MIN (at_once, n_rows - first);
    int64_t at = plane * p->n_elements + first * e[2];

    for (int64_t i = 0; i < count; i++)
      dub_conv_source_row (e, &source, plane, (first + i) / e[1], (first + i) % e[1], rows + i * e[2]);
    if (back == NULL) {
      DubNormSumsJob part = {
        .x = job->x + at, .dy = rows, .n_rows = 1, .n = count * e[2], .n_channels = 1, .mean = &mean, .slope = 1.0f,
      };
      double found[1][2];

      kernels->norm_sums (&part, found);
      sums[0] += found[0][0];
      sums[1] += found[0][1];
      continue;
    }

    DubNormBackJob step = {
      .x = job->x + at, .dy = rows, .dx = job->dx != NULL ? job->dx + at : rows,
      .dz = job->dz != NULL ? job->dz + at : NULL, .n = count * e[2], .slope = 1.0f,
      .g_scale = back->g_scale, .x_scale = back->x_scale, .shift = back->shift,
    };

    kernels->norm_back (&step);
  }
}

/* The gradients of image @n of channel @c without pooling. */
static void
backward_plain (const Job  *job,
                int64_t     n,
                int64_t     c,
                const Back *back)
{
  const DubNormParams *p = job->params;
  int64_t at = (n * p->n_channels + c) * p->n_elements;
  DubNormBackJob step = {
    /* With fixed statistics x has no part in it. */
    .x = (p->from_batch ? job->x : job->dy) + at,
    .y = p->activation != DUB_ACTIVATION_NONE ? job->y + at : NULL,
    .dy = job->dy + at,
    .dx = job->dx != NULL ? job->dx + at : job->dz + at,
    .dz = job->dx != NULL && job->dz != NULL ? job->dz + at : NULL,
    .n = p->n_elements,
    .slope = p->slope,
    .g_scale = job->dx != NULL ? back->g_scale : 1.0f,
    .x_scale = job->dx != NULL ? back->x_scale : 0.0f,
    .shift = job->dx != NULL ? back->shift : 0.0f,
  };

  dub_kernels ()->norm_back (&step);
}

/* With x̂ = (x - μ) / σ and g the gradient behind the activation: dB = Σ g, dscale = Σ g x̂, and
 *   dx = scale / σ · (g - [batch] (dB + x̂ dscale) / M). */
static void
backward_piece (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  Job *job = user_data;
  DubOpContext *ctx = job->ctx;
  const DubNormParams *p = job->params;
  const float *saved = ctx->saved;
  int64_t first = (int64_t) piece * channels_at_once (p);
  int64_t n_channels = MIN (channels_at_once (p), p->n_channels - first);
  int64_t start = first * p->n_elements;
  double count = (double) (p->n_images * p->n_elements);
  double sums[DUB_NORM_CHANNELS][2] = { { 0.0 } };
  float mean[DUB_NORM_CHANNELS];
  Back back[DUB_NORM_CHANNELS];
  gboolean wants_sums = p->from_batch;
  float *rows = NULL;

  if (p->has_pool) {
    rows = dub_kernel_scratch ((size_t) MAX (ROWS_FLOATS, p->extent[2]) * sizeof (float));
    if (rows == NULL) {
      g_atomic_int_set (&job->out_of_memory, TRUE);
      return;
    }
  }
  for (int i = 1; i < 5; i++)
    wants_sums |= ctx->d_in[i] != NULL;
  for (int64_t i = 0; i < n_channels; i++)
    mean[i] = saved[2 * (first + i)];

  DubNormSumsJob job_of_sums = {
    .x = job->x + start, .y = p->activation != DUB_ACTIVATION_NONE ? job->y + (p->has_pool ? 0 : start) : NULL,
    .dy = job->dy + (p->has_pool ? 0 : start), .n_rows = p->n_images, .stride = p->n_channels * p->n_elements,
    .n = p->n_elements, .n_channels = (int) n_channels, .mean = mean, .slope = p->slope,
  };

  if (wants_sums && !p->has_pool)
    dub_kernels ()->norm_sums (&job_of_sums, sums);
  for (int64_t n = 0; n < p->n_images && wants_sums && p->has_pool; n++)
    for (int64_t i = 0; i < n_channels; i++)
      backward_pooled (job, n, first + i, mean[i], NULL, rows, sums[i]);

  for (int64_t i = 0; i < n_channels; i++) {
    int64_t c = first + i;
    double inverse = saved[2 * c + 1];
    double gamma = dub_tensor_f32 (ctx->in[1])[c];
    double scale = gamma * inverse;
    double product = sums[i][1] * inverse;
    double x_scale = p->from_batch ? -scale * product * inverse / count : 0.0;

    back[i] = (Back) {
      .g_scale = (float) scale,
      .x_scale = (float) x_scale,
      .shift = p->from_batch ? (float) (-scale * sums[i][0] / count - x_scale * mean[i]) : 0.0f,
    };
    if (ctx->d_in[1] != NULL)
      dub_tensor_f32 (ctx->d_in[1])[c] = (float) product;
    if (ctx->d_in[2] != NULL)
      dub_tensor_f32 (ctx->d_in[2])[c] = (float) sums[i][0];
    if (ctx->d_in[3] != NULL)
      dub_tensor_f32 (ctx->d_in[3])[c] = p->from_batch ? 0.0f : (float) (-gamma * inverse * sums[i][0]);
    if (ctx->d_in[4] != NULL)
      dub_tensor_f32 (ctx->d_in[4])[c] = p->from_batch ? 0.0f : (float) (-0.5 * gamma * inverse * inverse * product);
  }

  for (int64_t n = 0; n < p->n_images && (job->dx != NULL || job->dz != NULL); n++)
    for (int64_t i = 0; i < n_channels; i++)
      if (p->has_pool)
        backward_pooled (job, n, first + i, mean[i], &back[i], rows, sums[i]);
      else
        backward_plain (job, n, first + i, &back[i]);
}

static size_t
n_pieces (const DubNormParams *p)
{
  return (size_t) ((p->n_channels + channels_at_once (p) - 1) / channels_at_once (p));
}

gboolean
dub_norm_shared_forward (DubOpContext *ctx,
                         DubRun       *run,
                         GError      **error)
{
  Job job = make_job (ctx);

  if (job.params->n_images * job.params->n_elements == 0)
    return TRUE;

  return dub_parallel_for (run, n_pieces (job.params), forward_piece, &job, error) && check_memory (&job, error);
}

gboolean
dub_norm_shared_backward (DubOpContext *ctx,
                          DubRun       *run,
                          GError      **error)
{
  Job job = make_job (ctx);

  job.dy = dub_tensor_f32 (ctx->d_out[0]);
  job.dx = ctx->d_in[0] != NULL ? dub_tensor_f32 (ctx->d_in[0]) : NULL;
  job.dz = ctx->n_inputs > 5 && ctx->d_in[5] != NULL ? dub_tensor_f32 (ctx->d_in[5]) : NULL;

  return dub_parallel_for (run, n_pieces (job.params), backward_piece, &job, error) && check_memory (&job, error);
}
