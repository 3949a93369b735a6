/* MaxPool: the largest number of each window, and on request its place (Indices). Padding never wins.
 *
 * The window of 2 with stride 2 takes the way of the fused block: a byte an output is saved.
 * Any other window saves the place inside the plane as 32 bits. The first of equal numbers wins. */
#include "core/base/parallel.h"
#include "core/nn/kernels/conv.h"
#include "core/nn/ops/ops.h"
#include "core/nn/ops/spatial.h"

#include <math.h>
#include <string.h>

typedef struct {
  DubSpatial spatial;
  int64_t    n_planes;     /* N C */
  gboolean   halves;       /* window 2, stride 2, no padding on every axis */
  gboolean   column_major; /* of Indices */
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  DubDtype dtype = ctx->in[0].dtype;

  if (dtype != DUB_DTYPE_U8 && dtype != DUB_DTYPE_I8 && !dub_infer_need_f32 (ctx, 0, error))
    return FALSE;

  DubSpatial spatial;
  gboolean ceil_mode = dub_attributes_get_int (ctx->attributes, "ceil_mode", 0) != 0;

  if (!dub_spatial_parse (ctx, 0, NULL, &spatial, error) || !dub_spatial_resolve (ctx, ceil_mode, &spatial, error))
    return FALSE;
  if (spatial.in[0] * spatial.in[1] > G_MAXINT32 / MAX (spatial.in[2], 1))
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "a plane has more than 2^31 elements.");

  const DubShape *x = &ctx->in[0].shape;
  Params *params = g_new0 (Params, 1);
  DubShape out = dub_spatial_shape (&spatial, x->dim[0], x->dim[1], spatial.out);

  ctx->params = params;
  params->spatial = spatial;
  params->n_planes = x->dim[0] * x->dim[1];
  params->column_major = dub_attributes_get_int (ctx->attributes, "storage_order", 0) != 0;
  params->halves = TRUE;
  for (int a = 3 - spatial.n_axes; a < 3; a++)
    params->halves &= spatial.kernel[a] == 2 && spatial.stride[a] == 2 && spatial.dilation[a] == 1 &&
                      spatial.pad[a] == 0 && spatial.out[a] == spatial.in[a] / 2;

  ctx->out[0] = (DubType) { dtype, out };
  if (ctx->n_outputs > 1)
    ctx->out[1] = (DubType) { DUB_DTYPE_I64, out };
  ctx->saved_bytes = dub_shape_n_elements (&out) * (params->halves ? 1 : sizeof (int32_t));

  return TRUE;
}

typedef struct {
  const Params *params;
  const float  *x;
  float        *y;
  int64_t      *indices;  /* or NULL */
  int32_t      *place;    /* or NULL */
  uint8_t      *code;     /* or NULL */
  const float  *dy;
  float        *dx;
} Job;

static int64_t
volume (const int64_t e[3])
{
  return e[0] * e[1] * e[2];
}

static void
forward_halves (const Params *p,
                const float  *x,
                float        *y,
                uint8_t      *code)
{
  const DubSpatial *s = &p->spatial;
  int pool[2] = { s->n_axes > 2 ? 2 : 1, s->n_axes > 1 ? 2 : 1 };

  for (int64_t d = 0; d < s->out[0]; d++)
    for (int64_t h = 0; h < s->out[1]; h++) {
      const float *rows[4];
      int n_rows = 0;
      int64_t at = (d * s->out[1] + h) * s->out[2];

      for (int a = 0; a < pool[0]; a++)
        for (int b = 0; b < pool[1]; b++)
          rows[n_rows++] = x + ((d * pool[0] + a) * s->in[1] + h * pool[1] + b) * s->in[2];
      dub_kernels ()->pool (rows, n_rows, y + at, code != NULL ? code + at : NULL, s->out[2],
                            DUB_ACTIVATION_NONE, 0.0f);
    }
}

/* The place of the largest number of the window of output (d, h, w) in its plane, or -1. */
static int64_t
largest (const DubSpatial *s,
         const float      *x,
         const int64_t     o[3])
{
  int64_t first[3];
  int64_t best = -1;

  for (int a = 0; a < 3; a++)
    first[a] = o[a] * s->stride[a] - s->pad[a];

  for (int64_t kd = 0; kd < s->kernel[0]; kd++) {
    int64_t d = first[0] + kd * s->dilation[0];

    if (d < 0 || d >= s->in[0])
      continue;
    for (int64_t kh = 0; kh < s->kernel[1]; kh++) {
      int64_t h = first[1] + kh * s->dilation[1];

      if (h < 0 || h >= s->in[1])
        continue;
      for (int64_t kw = 0; kw < s->kernel[2]; kw++) {
        int64_t w = first[2] + kw * s->dilation[2];

        if (w < 0 || w >= s->in[2])
          continue;
        int64_t at = (d * s->in[1] + h) * s->in[2] + w;

        /* A NaN wins and stays. */
        if (best < 0 || x[at] > x[best] || (isnan (x[at]) && !isnan (x[best])))
          best = at;
      }
    }
  }

  return best;
}

static int64_t
column_major (const DubSpatial *s,
              int64_t           at)
{
  int64_t w = at % s->in[2];
  int64_t h = at / s->in[2] % s->in[1];
  int64_t d = at / (s->in[2] * s->in[1]);

  return d + s->in[0] * (h + s->in[1] * w);
}

static void
forward_plane (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Job *job = user_data;
  const DubSpatial *s = &job->params->spatial;
  int64_t plane = (int64_t) piece;
  int64_t n_in = volume (s->in);
  int64_t n_out = volume (s->out);
  const float *x = job->x + plane * n_in;
  float *y = job->y + plane * n_out;

  if (job->params->halves && job->indices == NULL) {
    forward_halves (job->params, x, y, job->code != NULL ? job->code + plane * n_out : NULL);
    return;
  }

  int64_t i = 0;

  for (int64_t d = 0; d < s->out[0]; d++)
    for (int64_t h = 0; h < s->out[1]; h++)
      for (int64_t w = 0; w < s->out[2]; w++, i++) {
        int64_t best = largest (s, x, (const int64_t[3]) { d, h, w });

        y[i] = best >= 0 ? x[best] : -INFINITY;
        if (job->place != NULL)
          job->place[plane * n_out + i] = (int32_t) best;
        if (job->indices != NULL)
          job->indices[plane * n_out + i] = plane * n_in + (job->params->column_major ? column_major (s, best) : best);
      }
  if (job->code != NULL)
    forward_halves (job->params, x, y, job->code + plane * n_out);
}

static void
backward_plane (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  const Job *job = user_data;
  const DubSpatial *s = &job->params->spatial;
  int64_t n_out = volume (s->out);
  float *dx = job->dx + (int64_t) piece * volume (s->in);
  const float *dy = job->dy + (int64_t) piece * n_out;
  const int32_t *place = job->place + (int64_t) piece * n_out;

  memset (dx, 0, (size_t) volume (s->in) * sizeof (float));
  for (int64_t i = 0; i < n_out; i++)
    if (place[i] >= 0)
      dx[place[i]] += dy[i];
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *params = ctx->params;
  gboolean is_float = ctx->in[0]->dtype == DUB_DTYPE_F32;
  /* Bytes are exact as floats. */
  g_autoptr (DubTensor) x = is_float ? dub_tensor_ref (ctx->in[0]) : dub_tensor_convert (ctx->in[0], DUB_DTYPE_F32, error);
  g_autoptr (DubTensor) y = is_float ? dub_tensor_ref (ctx->out[0])
                                     : dub_tensor_new (DUB_DTYPE_F32, ctx->out[0]->shape, error);

  if (x == NULL || y == NULL)
    return FALSE;

  Job job = {
    .params = params,
    .x = dub_tensor_f32 (x),
    .y = dub_tensor_f32 (y),
    .indices = ctx->n_outputs > 1 && ctx->out[1] != NULL ? dub_tensor_i64 (ctx->out[1]) : NULL,
    .place = params->halves ? NULL : ctx->saved,
    .code = params->halves ? ctx->saved : NULL,
  };

  if (!dub_parallel_for (run, (size_t) params->n_planes, forward_plane, &job, error))
    return FALSE;

  if (!is_float) {
    g_autoptr (DubTensor) bytes = dub_tensor_convert (y, ctx->out[0]->dtype, error);

    if (bytes == NULL)
      return FALSE;
    dub_tensor_assign (ctx->out[0], bytes);
  }

  return TRUE;
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const Params *params = ctx->params;

  if (ctx->d_in[0] == NULL)
    return TRUE;

  if (params->halves) {
    DubConvSource source = { .x = dub_tensor_f32 (ctx->d_out[0]), .code = ctx->saved, .slope = 1.0f };

    for (int a = 0; a < 3; a++)
      source.pool[a] = a >= 3 - params->spatial.n_axes ? 2 : 1;
    return dub_conv_source_expand (params->spatial.in, params->n_planes, &source, dub_tensor_f32 (ctx->d_in[0]), run,
                                   error);
  }

  Job job = {
    .params = params,
    .place = ctx->saved,
    .dy = dub_tensor_f32 (ctx->d_out[0]),
    .dx = dub_tensor_f32 (ctx->d_in[0]),
  };

  return dub_parallel_for (run, (size_t) params->n_planes, backward_plane, &job, error);
}

static const DubOpCase CASES[] = {
  { .name = "halves", .inputs = "f32 2,2,4,5", .attributes = "kernel_shape=2,2 strides=2,2" },
  { .name = "halves-3d", .inputs = "f32 1,2,2,3,4", .attributes = "kernel_shape=2,2,2 strides=2,2,2" },
  { .name = "halves-1d", .inputs = "f32 1,2,7", .attributes = "kernel_shape=2, strides=2," },
  { .name = "overlapping", .inputs = "f32 1,2,6,6", .attributes = "kernel_shape=3,3 strides=2,2 pads=1,1,1,1" },
  { .name = "ceil", .inputs = "f32 1,2,6,5", .attributes = "kernel_shape=3,2 strides=2,2 ceil_mode=1" },
  { .name = "dilated", .inputs = "f32 1,1,7,6", .attributes = "kernel_shape=2,3 dilations=3,2" },
  { .name = "same", .inputs = "f32 1,1,5,5", .attributes = "kernel_shape=3,2 auto_pad=SAME_LOWER" },
  { .name = "indices", .inputs = "f32 1,2,4,6", .attributes = "kernel_shape=2,2 strides=2,2 storage_order=1",
    .n_outputs = 2 },
  { NULL },
};

const DubOp dub_op_max_pool = {
  .name = "MaxPool",
  .flags = DUB_OP_NONE,
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
