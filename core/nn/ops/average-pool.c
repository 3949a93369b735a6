/* AveragePool: the mean of each window. Padding counts as zeros with count_include_pad,
 * otherwise it does not count; what ceil_mode adds beyond the padding never counts. */
#include "core/base/parallel.h"
#include "core/nn/ops/ops.h"
#include "core/nn/ops/spatial.h"

#include <string.h>

typedef struct {
  DubSpatial spatial;
  int64_t    n_planes;
  gboolean   count_padding;
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error))
    return FALSE;

  DubSpatial spatial;
  gboolean ceil_mode = dub_attributes_get_int (ctx->attributes, "ceil_mode", 0) != 0;

  if (!dub_spatial_parse (ctx, 0, NULL, &spatial, error) || !dub_spatial_resolve (ctx, ceil_mode, &spatial, error))
    return FALSE;

  const DubShape *x = &ctx->in[0].shape;
  Params *params = g_new0 (Params, 1);

  ctx->params = params;
  params->spatial = spatial;
  params->n_planes = x->dim[0] * x->dim[1];
  params->count_padding = dub_attributes_get_int (ctx->attributes, "count_include_pad", 0) != 0;
  ctx->out[0] = (DubType) { DUB_DTYPE_F32, dub_spatial_shape (&spatial, x->dim[0], x->dim[1], spatial.out) };

  return TRUE;
}

/* One axis of a window: the taps that fall inside the input, and how many count. */
typedef struct {
  int64_t first; /* coordinate of tap 0 */
  int64_t begin; /* taps [begin, end) lie inside */
  int64_t end;
  int64_t count;
} Window;

static Window
window (const Params *p,
        int           axis,
        int64_t       o)
{
  const DubSpatial *s = &p->spatial;
  Window w = { .first = o * s->stride[axis] - s->pad[axis] };
  int64_t inside = 0;

  for (int64_t k = 0; k < s->kernel[axis]; k++) {
    int64_t i = w.first + k * s->dilation[axis];

    if (i < s->in[axis] + s->pad_end[axis])
      w.count++;
    if (i < 0 || i >= s->in[axis])
      continue;
    if (inside++ == 0)
      w.begin = k;
    w.end = k + 1;
  }
  if (!p->count_padding)
    w.count = inside;

  return w;
}

typedef struct {
  const Params *params;
  const float  *from;
  float        *to;
  gboolean      reverse;
} Job;

static void
plane_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Job *job = user_data;
  const DubSpatial *s = &job->params->spatial;
  int64_t n_in = s->in[0] * s->in[1] * s->in[2];
  int64_t n_out = s->out[0] * s->out[1] * s->out[2];
  const float *from = job->from + (int64_t) piece * (job->reverse ? n_out : n_in);
  float *to = job->to + (int64_t) piece * (job->reverse ? n_in : n_out);
  int64_t i = 0;

  if (job->reverse)
    memset (to, 0, (size_t) n_in * sizeof (float));

  for (int64_t od = 0; od < s->out[0]; od++) {
    Window d = window (job->params, 0, od);

    for (int64_t oh = 0; oh < s->out[1]; oh++) {
      Window h = window (job->params, 1, oh);

      for (int64_t ow = 0; ow < s->out[2]; ow++, i++) {
        Window w = window (job->params, 2, ow);
        float share = 1.0f / (float) MAX (d.count * h.count * w.count, 1);
        float sum = 0.0f;

        for (int64_t kd = d.begin; kd < d.end; kd++)
          for (int64_t kh = h.begin; kh < h.end; kh++) {
            int64_t row = ((d.first + kd * s->dilation[0]) * s->in[1] + h.first + kh * s->dilation[1]) * s->in[2];

            for (int64_t kw = w.begin; kw < w.end; kw++) {
              int64_t at = row + w.first + kw * s->dilation[2];

              if (job->reverse)
                to[at] += share * from[i];
              else
                sum += from[at];
            }
          }
        if (!job->reverse)
          to[i] = sum * share;
      }
    }
  }
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  Job job = { ctx->params, dub_tensor_f32 (ctx->in[0]), dub_tensor_f32 (ctx->out[0]), FALSE };

  return dub_parallel_for (run, (size_t) job.params->n_planes, plane_piece, &job, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  if (ctx->d_in[0] == NULL)
    return TRUE;

  Job job = { ctx->params, dub_tensor_f32 (ctx->d_out[0]), dub_tensor_f32 (ctx->d_in[0]), TRUE };

  return dub_parallel_for (run, (size_t) job.params->n_planes, plane_piece, &job, error);
}

static const DubOpCase CASES[] = {
  { .name = "2d", .inputs = "f32 2,2,4,6", .attributes = "kernel_shape=2,2 strides=2,2" },
  { .name = "3d", .inputs = "f32 1,2,4,5,4", .attributes = "kernel_shape=2,3,2 strides=1,2,2" },
  { .name = "1d", .inputs = "f32 1,2,9", .attributes = "kernel_shape=3, strides=2," },
  { .name = "padded", .inputs = "f32 1,2,5,5", .attributes = "kernel_shape=3,3 pads=1,1,1,1 strides=2,2" },
  { .name = "count-padding", .inputs = "f32 1,2,5,5",
    .attributes = "kernel_shape=3,3 pads=1,2,0,1 strides=2,1 count_include_pad=1" },
  { .name = "ceil", .inputs = "f32 1,1,6,6",
    .attributes = "kernel_shape=3,3 strides=2,2 ceil_mode=1 pads=0,1,0,1 count_include_pad=1" },
  { .name = "same", .inputs = "f32 1,1,5,5", .attributes = "kernel_shape=3,2 auto_pad=SAME_UPPER" },
  { NULL },
};

const DubOp dub_op_average_pool = {
  .name = "AveragePool",
  .flags = DUB_OP_NONE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
