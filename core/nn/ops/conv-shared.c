#include "core/nn/ops/conv-shared.h"

#include "core/nn/kernels/conv-lanes.h"
#include "core/nn/kernels/conv-weights.h"
#include "core/nn/kernels/winograd.h"

static const int64_t LARGEST_STRIDE = 1 << 16;

static gboolean
parse_fusion (DubInferContext *ctx,
              DubConvParams   *params,
              const DubSpatial *spatial,
              GError         **error)
{
  int64_t activation = dub_attributes_get_int (ctx->attributes, "activation", 0);

  if (activation < DUB_ACTIVATION_NONE || activation > DUB_ACTIVATION_LEAKY_RELU)
    return dub_infer_fail (ctx, error, DUB_ERROR_ARGUMENT,
                           "attribute activation is %" G_GINT64_FORMAT "; expected 0 to 2.", activation);
  params->activation = (DubActivation) activation;
  params->alpha = dub_attributes_get_float (ctx->attributes, "alpha", 0.01f);

  if (dub_attributes_get_int (ctx->attributes, "pool", 0) == 0)
    return TRUE;
  if (params->activation == DUB_ACTIVATION_LEAKY_RELU && !(params->alpha >= 0.0f))
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "pooling behind an activation that falls (alpha %g) cannot be fused.", (double) params->alpha);
  for (int a = 3 - spatial->n_axes; a < 3; a++)
    params->pool[a] = 2;

  return TRUE;
}

gboolean
dub_conv_shared_infer (DubInferContext *ctx,
                       gboolean         is_block,
                       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error) || !dub_infer_need_f32 (ctx, 1, error))
    return FALSE;

  const DubShape *x = &ctx->in[0].shape;
  const DubShape *w = &ctx->in[1].shape;
  int64_t group = dub_attributes_get_int (ctx->attributes, "group", 1);
  DubSpatial spatial;

  if (w->rank != x->rank)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "its weights have rank %d; expected that of the input, %d.", w->rank, x->rank);
  if (dub_shape_n_elements (w) == 0)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its weights have an extent of 0.");
  if (!dub_spatial_parse (ctx, 0, w->dim + 2, &spatial, error) || !dub_spatial_resolve (ctx, FALSE, &spatial, error))
    return FALSE;
  if (group < 1 || x->dim[1] % group != 0 || w->dim[0] % group != 0 || w->dim[1] != x->dim[1] / group)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "an input of %" G_GINT64_FORMAT " channels in %" G_GINT64_FORMAT
                           " groups does not fit weights of %" G_GINT64_FORMAT " outputs and %" G_GINT64_FORMAT
                           " inputs.", x->dim[1], group, w->dim[0], w->dim[1]);
  if (ctx->n_inputs > 2 && ctx->in_present[2]) {
    if (!dub_infer_need_f32 (ctx, 2, error))
      return FALSE;
    if (ctx->in[2].shape.rank != 1 || ctx->in[2].shape.dim[0] != w->dim[0])
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "its bias does not have one number for each of %" G_GINT64_FORMAT " outputs.", w->dim[0]);
  }
  for (int a = 0; a < 3; a++)
    if (spatial.stride[a] > LARGEST_STRIDE)
      return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "a stride of %" G_GINT64_FORMAT " is too large.",
                             spatial.stride[a]);

  DubConvParams *params = g_new0 (DubConvParams, 1);
  int64_t extent[3];
  double n_out = (double) (x->dim[0] * w->dim[0]);

  ctx->params = params;
  params->shape = (DubConvShape) {
    .n_images = x->dim[0],
    .n_groups = group,
    .in_channels = x->dim[1] / group,
    .out_channels = w->dim[0] / group,
  };
  for (int a = 0; a < 3; a++) {
    params->pool[a] = 1;
    params->shape.in[a] = spatial.in[a];
    params->shape.out[a] = spatial.out[a];
    params->shape.kernel[a] = spatial.kernel[a];
    params->shape.stride[a] = spatial.stride[a];
    params->shape.dilation[a] = spatial.dilation[a];
    params->shape.pad[a] = spatial.pad[a];
    n_out *= (double) (spatial.out[a] * spatial.kernel[a]);
  }
  params->multiply_adds = n_out * (double) params->shape.in_channels;

  if (is_block && !parse_fusion (ctx, params, &spatial, error))
    return FALSE;

  if (ctx->n_inputs > 3 && ctx->in_present[3]) {
    DubShape full = dub_spatial_shape (&spatial, x->dim[0], w->dim[0], spatial.out);

    if (!dub_infer_need_f32 (ctx, 3, error))
      return FALSE;
    if (!dub_shape_equal (&ctx->in[3].shape, &full))
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its residual does not have the shape of its output.");
  }

  for (int a = 0; a < 3; a++)
    extent[a] = spatial.out[a] / params->pool[a];
  ctx->out[0] = (DubType) { DUB_DTYPE_F32, dub_spatial_shape (&spatial, x->dim[0], w->dim[0], extent) };
  params->has_code = params->activation != DUB_ACTIVATION_NONE || params->pool[2] > 1;
  if (params->has_code)
    ctx->saved_bytes = dub_shape_n_elements (&ctx->out[0].shape);

  params->winograd = ctx->training && !is_block && dub_winograd_pays (&params->shape);
  params->lanes = ctx->training && !is_block && !params->winograd && dub_conv_lanes_pays (&params->shape);
  if (params->winograd)
    ctx->scratch_bytes = dub_winograd_scratch (dub_kernels (), &params->shape) * sizeof (float);
  if (params->lanes)
    ctx->scratch_bytes = dub_conv_lanes_scratch (dub_kernels (), &params->shape) * sizeof (float);

  return TRUE;
}

double
dub_conv_multiply_adds (const DubInferContext *ctx)
{
  return ((const DubConvParams *) ctx->params)->multiply_adds;
}

void
dub_conv_state_free (gpointer state)
{
  DubConvState *self = state;

  if (self == NULL)
    return;
  dub_conv_setup_free (self->forward);
  g_free (self->forward_packed);
  for (int64_t i = 0; i < self->n_reverse; i++) {
    dub_conv_setup_free (self->reverse[i]);
    g_free (self->reverse_packed[i]);
  }
  g_free (self->reverse);
  g_free (self->reverse_packed);
  g_free (self);
}

static DubConvState *
state_of (gpointer *state)
{
  if (*state == NULL)
    *state = g_new0 (DubConvState, 1);

  return *state;
}

static gboolean
make_setup (const DubConvGeometry *geometry,
            const int             *pool,
            DubConvSetup         **setup,
            float                **packed,
            GError               **error)
{
  *setup = dub_conv_setup_new (geometry, pool, DUB_CONV_AUTO);
  if (*setup != NULL)
    *packed = g_try_malloc ((dub_conv_setup_n_packed (*setup) + 1) * sizeof (float));
  if (*setup != NULL && *packed != NULL)
    return TRUE;

  g_clear_pointer (setup, dub_conv_setup_free);
  g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
               "A convolution with %" G_GINT64_FORMAT " input channels and rows of %" G_GINT64_FORMAT
               " elements does not fit into memory.", geometry->in_channels, geometry->in[2]);

  return FALSE;
}

gboolean
dub_conv_state_forward (gpointer            *state,
                        const DubConvShape  *shape,
                        const int           *pool,
                        const float         *weights,
                        const float         *bias,
                        gboolean             constant,
                        const DubConvSource *source,
                        const DubConvTarget *target,
                        DubRun              *run,
                        GError             **error)
{
  DubConvState *self = state_of (state);

  if (self->forward == NULL) {
    DubConvGeometry geometry;

    dub_conv_geometry_forward (shape, &geometry);
    if (!make_setup (&geometry, pool, &self->forward, &self->forward_packed, error))
      return FALSE;
  }
  if (!self->forward_ready) {
    dub_conv_setup_pack (self->forward, weights, bias, self->forward_packed);
    self->forward_ready = constant;
  }

  return dub_conv_run (self->forward, self->forward_packed, source, target, run, error);
}

gboolean
dub_conv_state_reverse (gpointer            *state,
                        const DubConvShape  *shape,
                        const float         *weights,
                        const float         *bias,
                        gboolean             constant,
                        const DubConvSource *source,
                        float               *result,
                        DubRun              *run,
                        GError             **error)
{
  DubConvState *self = state_of (state);
  DubConvTarget target = { .y = result, .pool = { 1, 1, 1 } };
  int64_t n = dub_conv_n_reverse (shape);

  if (n > DUB_CONV_MAX_REVERSE) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "The reverse of a convolution with strides %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                 " is not supported; use strides whose product is at most %d.",
                 shape->stride[0], shape->stride[1], shape->stride[2], DUB_CONV_MAX_REVERSE);
    return FALSE;
  }
  if (self->reverse == NULL) {
    self->n_reverse = n;
    self->reverse = g_new0 (DubConvSetup *, n);
    self->reverse_packed = g_new0 (float *, n);
  }

  for (int64_t i = 0; i < n; i++) {
    if (self->reverse[i] == NULL) {
      DubConvGeometry geometry;

      dub_conv_geometry_reverse (shape, i, &geometry);
      if (!make_setup (&geometry, NULL, &self->reverse[i], &self->reverse_packed[i], error))
        return FALSE;
    }
    if (!self->reverse_ready)
      dub_conv_setup_pack (self->reverse[i], weights, bias, self->reverse_packed[i]);
    if (!dub_conv_run (self->reverse[i], self->reverse_packed[i], source, &target, run, error))
      return FALSE;
  }
  self->reverse_ready = constant;

  return TRUE;
}

static const float *
optional (DubTensor *const *tensors,
          int               n,
          int               i)
{
  return i < n && tensors[i] != NULL ? dub_tensor_f32 (tensors[i]) : NULL;
}

gboolean
dub_conv_shared_forward (DubOpContext *ctx,
                         DubRun       *run,
                         GError      **error)
{
  const DubConvParams *params = ctx->params;
  DubConvSource source = { .x = dub_tensor_f32 (ctx->in[0]), .pool = { 1, 1, 1 } };
  DubConvTarget target = {
    .y = dub_tensor_f32 (ctx->out[0]),
    .z = optional (ctx->in, ctx->n_inputs, 3),
    .code = params->has_code ? ctx->saved : NULL,
    .activation = params->activation,
    .alpha = params->alpha,
    .pool = { params->pool[0], params->pool[1], params->pool[2] },
  };
  gboolean constant = ctx->in_constant[1] && (ctx->n_inputs < 3 || ctx->in[2] == NULL || ctx->in_constant[2]);

  if (params->winograd)
    return dub_winograd_forward (dub_kernels (), &params->shape, source.x, dub_tensor_f32 (ctx->in[1]),
                                 optional (ctx->in, ctx->n_inputs, 2), target.y, ctx->scratch, run, error);
  if (params->lanes)
    return dub_conv_lanes_forward (dub_kernels (), &params->shape, source.x, dub_tensor_f32 (ctx->in[1]),
                                   optional (ctx->in, ctx->n_inputs, 2), target.y, ctx->scratch, run, error);

  return dub_conv_state_forward (ctx->state, &params->shape, params->pool, dub_tensor_f32 (ctx->in[1]),
                                 optional (ctx->in, ctx->n_inputs, 2), constant, &source, &target, run, error);
}

static gboolean
input_gradient (DubOpContext        *ctx,
                const DubConvSource *dy,
                DubRun              *run,
                GError             **error)
{
  const DubConvParams *params = ctx->params;
  const float *w = dub_tensor_f32 (ctx->in[1]);
  float *dx = dub_tensor_f32 (ctx->d_in[0]);

  if (params->winograd)
    return dub_winograd_reverse (dub_kernels (), &params->shape, dy->x, w, dx, ctx->scratch, run, error);
  if (params->lanes)
    return dub_conv_lanes_reverse (dub_kernels (), &params->shape, dy->x, w, dx, ctx->scratch, run, error);

  return dub_conv_state_reverse (ctx->state, &params->shape, w, NULL, ctx->in_constant[1], dy, dx, run, error);
}

static gboolean
weight_gradient (DubOpContext        *ctx,
                 const DubConvSource *dy,
                 DubRun              *run,
                 GError             **error)
{
  const DubConvParams *params = ctx->params;
  const float *x = dub_tensor_f32 (ctx->in[0]);
  float *dw = dub_tensor_f32 (ctx->d_in[1]);

  if (params->winograd)
    return dub_winograd_weights (dub_kernels (), &params->shape, x, dy->x, dw, ctx->scratch, run, error);
  if (params->lanes)
    return dub_conv_lanes_weights (dub_kernels (), &params->shape, x, dy->x, dw, ctx->scratch, run, error);

  return dub_conv_weight_gradient (&params->shape, x, dy, dw, run, error);
}

gboolean
dub_conv_shared_backward (DubOpContext *ctx,
                          DubRun       *run,
                          GError      **error)
{
  const DubConvParams *params = ctx->params;
  const DubConvShape *shape = &params->shape;
  DubConvSource dy = {
    .x = dub_tensor_f32 (ctx->d_out[0]),
    .code = params->has_code ? ctx->saved : NULL,
    .slope = params->activation == DUB_ACTIVATION_RELU ? 0.0f
             : params->activation == DUB_ACTIVATION_LEAKY_RELU ? params->alpha : 1.0f,
    .pool = { params->pool[0], params->pool[1], params->pool[2] },
  };

  if (ctx->d_in[0] != NULL && !input_gradient (ctx, &dy, run, error))
    return FALSE;
  if (ctx->d_in[1] != NULL && !weight_gradient (ctx, &dy, run, error))
    return FALSE;
  if (ctx->n_inputs > 2 && ctx->d_in[2] != NULL &&
      !dub_conv_bias_gradient (shape, &dy, dub_tensor_f32 (ctx->d_in[2]), run, error))
    return FALSE;
  if (ctx->n_inputs > 3 && ctx->d_in[3] != NULL &&
      !dub_conv_source_expand (shape->out, shape->n_images * shape->n_groups * shape->out_channels, &dy,
                               dub_tensor_f32 (ctx->d_in[3]), run, error))
    return FALSE;

  return TRUE;
}
