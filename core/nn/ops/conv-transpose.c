/* ConvTranspose: X [N][C][…], W [C][K / group][…], optional B [K]. It is the reverse of the convolution whose
 * input is our output, and is computed as that. */
#include "core/nn/kernels/conv-weights.h"
#include "core/nn/ops/conv-shared.h"
#include "core/nn/ops/ops.h"

/* Sets pads and the output extent of @axis. Source: the ONNX specification of ConvTranspose. */
static void
place (const char *auto_pad,
       int64_t     wanted, /* of output_shape, or -1 */
       int64_t     output_padding,
       DubSpatial *s,
       int         axis)
{
  int64_t extent = (s->kernel[axis] - 1) * s->dilation[axis] + 1;
  int64_t full = s->stride[axis] * (s->in[axis] - 1) + output_padding + extent;
  gboolean same = g_str_has_prefix (auto_pad, "SAME");

  if (g_str_equal (auto_pad, "VALID"))
    s->pad[axis] = s->pad_end[axis] = 0;
  if (wanted < 0 && same)
    wanted = s->in[axis] * s->stride[axis];
  if (wanted >= 0) {
    int64_t total = MAX (full - wanted, 0);

    s->pad[axis] = g_str_equal (auto_pad, "SAME_UPPER") ? total / 2 : total - total / 2;
    s->pad_end[axis] = total - s->pad[axis];
    s->out[axis] = wanted;
  } else {
    s->out[axis] = full - s->pad[axis] - s->pad_end[axis];
  }
}

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error) || !dub_infer_need_f32 (ctx, 1, error))
    return FALSE;

  const DubShape *x = &ctx->in[0].shape;
  const DubShape *w = &ctx->in[1].shape;
  int64_t group = dub_attributes_get_int (ctx->attributes, "group", 1);
  const char *auto_pad = dub_attributes_get_string (ctx->attributes, "auto_pad", "NOTSET");
  size_t n_padding = 0;
  size_t n_shape = 0;
  const int64_t *padding = dub_attributes_get_ints (ctx->attributes, "output_padding", &n_padding);
  const int64_t *wanted = dub_attributes_get_ints (ctx->attributes, "output_shape", &n_shape);
  DubSpatial spatial;

  if (w->rank != x->rank)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "its weights have rank %d; expected that of the input, %d.", w->rank, x->rank);
  if (dub_shape_n_elements (w) == 0)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its weights have an extent of 0.");
  if (!dub_spatial_parse (ctx, 0, w->dim + 2, &spatial, error))
    return FALSE;
  if (group < 1 || x->dim[1] % group != 0 || w->dim[0] != x->dim[1])
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "an input of %" G_GINT64_FORMAT " channels in %" G_GINT64_FORMAT
                           " groups does not fit weights of %" G_GINT64_FORMAT " inputs.", x->dim[1], group, w->dim[0]);
  if ((n_padding != 0 && n_padding != (size_t) spatial.n_axes) || (n_shape != 0 && n_shape != (size_t) spatial.n_axes))
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "output_padding or output_shape has another number of axes than the %d spatial ones.",
                           spatial.n_axes);

  int64_t n_channels = w->dim[1] * group;

  if (ctx->n_inputs > 2 && ctx->in_present[2]) {
    if (!dub_infer_need_f32 (ctx, 2, error))
      return FALSE;
    if (ctx->in[2].shape.rank != 1 || ctx->in[2].shape.dim[0] != n_channels)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "its bias does not have one number for each of %" G_GINT64_FORMAT " outputs.", n_channels);
  }

  DubConvParams *params = g_new0 (DubConvParams, 1);
  double n = (double) (x->dim[0] * x->dim[1] * w->dim[1]);

  ctx->params = params;
  params->shape = (DubConvShape) {
    .n_images = x->dim[0],
    .n_groups = group,
    .in_channels = w->dim[1],
    .out_channels = x->dim[1] / group,
  };
  for (int a = 0; a < 3; a++) {
    int i = a - (3 - spatial.n_axes);

    if (i >= 0) {
      int64_t extra = n_padding > 0 ? padding[i] : 0;

      if (extra < 0 || extra > 1 << 20 || (n_shape > 0 && (wanted[i] < 1 || wanted[i] > 1 << 30)))
        return dub_infer_fail (ctx, error, DUB_ERROR_ARGUMENT, "output_padding or output_shape is out of range.");
      place (auto_pad, n_shape > 0 ? wanted[i] : -1, extra, &spatial, a);
    }
    if (spatial.out[a] < 1)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its pads leave nothing of the output along axis %d.", i + 2);
    params->pool[a] = 1;
    params->shape.in[a] = spatial.out[a];
    params->shape.out[a] = spatial.in[a];
    params->shape.kernel[a] = spatial.kernel[a];
    params->shape.stride[a] = spatial.stride[a];
    params->shape.dilation[a] = spatial.dilation[a];
    params->shape.pad[a] = spatial.pad[a];
    n *= (double) (spatial.in[a] * spatial.kernel[a]);
  }
  params->multiply_adds = n;
  if (dub_conv_n_reverse (&params->shape) > DUB_CONV_MAX_REVERSE)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "the product of its strides is above %d.", DUB_CONV_MAX_REVERSE);
  ctx->out[0] = (DubType) { DUB_DTYPE_F32, dub_spatial_shape (&spatial, x->dim[0], n_channels, spatial.out) };

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubConvParams *params = ctx->params;
  DubConvSource source = { .x = dub_tensor_f32 (ctx->in[0]), .pool = { 1, 1, 1 } };
  gboolean has_bias = ctx->n_inputs > 2 && ctx->in[2] != NULL;

  return dub_conv_state_reverse (ctx->state, &params->shape, dub_tensor_f32 (ctx->in[1]),
                                 has_bias ? dub_tensor_f32 (ctx->in[2]) : NULL,
                                 ctx->in_constant[1] && (!has_bias || ctx->in_constant[2]), &source,
                                 dub_tensor_f32 (ctx->out[0]), run, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const DubConvParams *params = ctx->params;
  const DubConvShape *shape = &params->shape;
  DubConvSource dy = { .x = dub_tensor_f32 (ctx->d_out[0]), .pool = { 1, 1, 1 } };

  if (ctx->d_in[0] != NULL) {
    DubConvTarget target = { .y = dub_tensor_f32 (ctx->d_in[0]), .pool = { 1, 1, 1 } };

    if (!dub_conv_state_forward (ctx->state, shape, NULL, dub_tensor_f32 (ctx->in[1]), NULL, ctx->in_constant[1], &dy,
                                 &target, run, error))
      return FALSE;
  }
  if (ctx->d_in[1] != NULL) {
    DubConvSource x = { .x = dub_tensor_f32 (ctx->in[0]), .pool = { 1, 1, 1 } };

    if (!dub_conv_weight_gradient (shape, dy.x, &x, dub_tensor_f32 (ctx->d_in[1]), run, error))
      return FALSE;
  }
  if (ctx->n_inputs > 2 && ctx->d_in[2] != NULL) {
    /* The bias belongs to the channels of our output, the input of the reversed convolution. */
    DubConvShape swapped = *shape;

    swapped.out_channels = shape->in_channels;
    for (int a = 0; a < 3; a++)
      swapped.out[a] = shape->in[a];
    return dub_conv_bias_gradient (&swapped, &dy, dub_tensor_f32 (ctx->d_in[2]), run, error);
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "2d", .inputs = "f32 1,2,4,5; f32 2,3,3,3; f32 3", .attributes = "" },
  { .name = "strided", .inputs = "f32 2,2,3,4; f32 2,3,3,3; f32 3", .attributes = "strides=2,2 pads=1,1,1,1" },
  { .name = "output-padding", .inputs = "f32 1,2,3,4; f32 2,3,3,3; f32 3",
    .attributes = "strides=2,3 pads=1,1,0,1 output_padding=1,2" },
  { .name = "output-shape", .inputs = "f32 1,2,3,3; f32 2,2,3,3", .attributes = "strides=3,2 output_shape=10,8" },
  { .name = "same", .inputs = "f32 1,2,3,3; f32 2,2,3,3", .attributes = "strides=2,2 auto_pad=SAME_UPPER" },
  { .name = "dilated", .inputs = "f32 1,1,3,3; f32 1,2,2,2; f32 2", .attributes = "dilations=2,2 strides=2,3" },
  { .name = "groups", .inputs = "f32 1,4,3,3; f32 4,2,2,2; f32 4", .attributes = "group=2 strides=2,2" },
  { .name = "3d", .inputs = "f32 1,3,2,3,3; f32 3,2,2,2,2; f32 2", .attributes = "strides=2,2,2" },
  { .name = "1d", .inputs = "f32 2,2,5; f32 2,3,4; f32 3", .attributes = "strides=2, pads=1,1" },
  { NULL },
};

const DubOp dub_op_conv_transpose = {
  .name = "ConvTranspose",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 3,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .free_state = dub_conv_state_free,
  .multiply_adds = dub_conv_multiply_adds,
  .cases = CASES,
};
