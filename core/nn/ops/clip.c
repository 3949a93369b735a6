/* Clip: y = min (max (x, low), high); the bounds are attributes before opset 11 and
 * inputs from there on. The gradient at a bound is dy, as PyTorch has it. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/pointwise.h"

#include <math.h>

typedef struct {
  double low;
  double high;
  int64_t low_whole;
  int64_t high_whole;
} Params;

static gboolean
read_bound (DubInferContext *ctx,
            int              input,
            double          *real,
            int64_t         *whole,
            GError         **error)
{
  if (!dub_infer_has (ctx, input))
    return TRUE;
  if (ctx->in_value[input] == NULL || dub_tensor_n_elements (ctx->in_value[input]) != 1)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "bound %d depends on the data or is not one number; export a fixed one.", input);
  if (ctx->in[input].dtype != ctx->in[0].dtype)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "bound %d has element type %s; expected %s.", input,
                           dub_dtype_name (ctx->in[input].dtype), dub_dtype_name (ctx->in[0].dtype));
  *real = dub_tensor_get_double (ctx->in_value[input], 0);
  *whole = dub_tensor_get_int (ctx->in_value[input], 0);

  return TRUE;
}

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  g_autofree Params *params = g_new (Params, 1);

  *params = (Params) {
    .low = dub_attributes_get_float (ctx->attributes, "min", -INFINITY),
    .high = dub_attributes_get_float (ctx->attributes, "max", INFINITY),
    .low_whole = G_MININT64,
    .high_whole = G_MAXINT64,
  };
  if (ctx->in[0].dtype == DUB_DTYPE_BOOL || ctx->in[0].dtype == DUB_DTYPE_U64)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "input 0 has element type %s; export float32.",
                           dub_dtype_name (ctx->in[0].dtype));
  if (ctx->opset >= 11 && (!read_bound (ctx, 1, &params->low, &params->low_whole, error) ||
                           !read_bound (ctx, 2, &params->high, &params->high_whole, error)))
    return FALSE;
  ctx->params = g_steal_pointer (&params);
  ctx->out[0] = ctx->in[0];

  return TRUE;
}

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer data)
{
  const float low = (float) ((const Params *) data)->low;
  const float high = (float) ((const Params *) data)->high;

  for (size_t i = 0; i < n; i++) {
    float above = x[i] < low ? low : x[i];

    y[i] = above > high ? high : above;
  }
}

#define CLIP_WHOLE(type)                                                                      \
  {                                                                                           \
    const type *x = in->data;                                                                 \
    type *y = out->data;                                                                      \
                                                                                              \
    for (size_t i = 0; i < n; i++) {                                                          \
      int64_t above = MAX ((int64_t) x[i], params->low_whole);                                \
                                                                                              \
      y[i] = (type) MIN (above, params->high_whole);                                          \
    }                                                                                         \
    break;                                                                                    \
  }

static void
clip_others (const Params    *params,
             const DubTensor *in,
             DubTensor       *out)
{
  size_t n = dub_tensor_n_elements (in);

  switch (in->dtype) {
  case DUB_DTYPE_F64: {
    const double *x = in->data;
    double *y = out->data;

    for (size_t i = 0; i < n; i++) {
      double above = x[i] < params->low ? params->low : x[i];

      y[i] = above > params->high ? params->high : above;
    }
    break;
  }
  case DUB_DTYPE_I8: CLIP_WHOLE (int8_t)
  case DUB_DTYPE_U8: CLIP_WHOLE (uint8_t)
  case DUB_DTYPE_I16: CLIP_WHOLE (int16_t)
  case DUB_DTYPE_U16: CLIP_WHOLE (uint16_t)
  case DUB_DTYPE_I32: CLIP_WHOLE (int32_t)
  case DUB_DTYPE_U32: CLIP_WHOLE (uint32_t)
  case DUB_DTYPE_I64: CLIP_WHOLE (int64_t)
  case DUB_DTYPE_F32:
  case DUB_DTYPE_U64:
  case DUB_DTYPE_BOOL:
    break;
  }
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  if (ctx->in[0]->dtype == DUB_DTYPE_F32)
    return dub_pointwise_forward (ctx, forward_run, run, error);
  clip_others (ctx->params, ctx->in[0], ctx->out[0]);

  return TRUE;
}

static void
backward_run (const float  *x,
              const float  *y,
              const float  *dy,
              float        *dx,
              size_t        n,
              gconstpointer data)
{
  const float low = (float) ((const Params *) data)->low;
  const float high = (float) ((const Params *) data)->high;

  for (size_t i = 0; i < n; i++)
    dx[i] = x[i] >= low && x[i] <= high ? dy[i] : 0.0f;
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  return dub_pointwise_backward (ctx, backward_run, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "clip", .inputs = "f32 2,3,4; f32 = -0.5; f32 = 0.7", .check = "0" },
  { .name = "clip-below", .inputs = "f32 2,3,4; f32 = -0.25", .check = "0" },
  { .name = "clip-above", .inputs = "f32 2,3,4; -; f32 = 0.25", .check = "0" },
  { NULL },
};

const DubOp dub_op_clip = {
  .name = "Clip",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 3,
  .plan_inputs = 1 << 1 | 1 << 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
