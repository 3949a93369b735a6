/* Resize and its predecessor Upsample: nearest, linear or cubic interpolation along any axes.
 *
 * Scales are an attribute (Upsample before opset 9), input 1 (Upsample 9, Resize 10) or
 * input 2 (Resize from 11 on), where input 3 may give the sizes instead. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/resize-map.h"

#include <math.h>
#include <string.h>

/* Elements along an axis: its matrix must fit into memory, whatever a file claims. */
static const int64_t LONGEST = 1 << 22;

typedef struct {
  int          rank;
  DubShape     in;
  DubShape     out;
  DubResizeMap map[DUB_MAX_RANK];
  int          n_passes;
  int          pass[DUB_MAX_RANK]; /* axes, those that shrink most first */
  gboolean     has_outside;
  float        extrapolation;
} Params;

static void
params_free (gpointer data)
{
  Params *params = data;

  for (int axis = 0; axis < params->rank; axis++)
    dub_resize_map_clear (&params->map[axis]);
  g_free (params);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Params, params_free)

typedef struct {
  DubResizeRule rule;
  double        scale[DUB_MAX_RANK];
  int64_t       size[DUB_MAX_RANK];
  double        roi[DUB_MAX_RANK][2];
} Request;

typedef struct {
  const char *name;
  int         value;
} Word;

/* The value of a string attribute among @words, which end with a NULL name. */
static gboolean
read_word (DubInferContext *ctx,
           const char      *attribute,
           const char      *fallback,
           const Word      *words,
           int             *value,
           GError         **error)
{
  const char *text = dub_attributes_get_string (ctx->attributes, attribute, fallback);

  for (const Word *word = words; word->name != NULL; word++)
    if (g_str_equal (word->name, text)) {
      *value = word->value;
      return TRUE;
    }

  return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "%s “%s” is not supported; export one of linear, nearest or "
                         "cubic with half_pixel, align_corners or asymmetric coordinates.", attribute, text);
}

static gboolean
read_rule (DubInferContext *ctx,
           gboolean         modern,
           DubResizeRule   *rule,
           GError         **error)
{
  static const Word modes[] = {
    { "nearest", DUB_RESIZE_NEAREST }, { "linear", DUB_RESIZE_LINEAR }, { "bilinear", DUB_RESIZE_LINEAR },
    { "cubic", DUB_RESIZE_CUBIC }, { NULL },
  };
  static const Word coordinates[] = {
    { "half_pixel", DUB_COORDINATE_HALF_PIXEL },
    { "pytorch_half_pixel", DUB_COORDINATE_PYTORCH_HALF_PIXEL },
    { "align_corners", DUB_COORDINATE_ALIGN_CORNERS },
    { "asymmetric", DUB_COORDINATE_ASYMMETRIC },
    { "tf_half_pixel_for_nn", DUB_COORDINATE_TF_HALF_PIXEL_FOR_NN },
    { "tf_crop_and_resize", DUB_COORDINATE_TF_CROP_AND_RESIZE },
    { NULL },
  };
  static const Word roundings[] = {
    { "round_prefer_floor", DUB_ROUND_PREFER_FLOOR }, { "round_prefer_ceil", DUB_ROUND_PREFER_CEIL },
    { "floor", DUB_ROUND_FLOOR }, { "ceil", DUB_ROUND_CEIL }, { NULL },
  };
  int mode = 0, coordinate = DUB_COORDINATE_ASYMMETRIC, rounding = DUB_ROUND_FLOOR;

  if (!read_word (ctx, "mode", "nearest", modes, &mode, error))
    return FALSE;
  if (modern && (!read_word (ctx, "coordinate_transformation_mode", "half_pixel", coordinates, &coordinate, error) ||
                 !read_word (ctx, "nearest_mode", "round_prefer_floor", roundings, &rounding, error)))
    return FALSE;
  if (dub_attributes_get_int (ctx->attributes, "antialias", 0) != 0)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "antialias is not supported; export the resize without it.");

  *rule = (DubResizeRule) {
    .mode = (DubResizeMode) mode,
    .coordinate = (DubCoordinate) coordinate,
    .rounding = (DubRounding) rounding,
    .cubic_a = dub_attributes_get_float (ctx->attributes, "cubic_coeff_a", -0.75f),
    .exclude_outside = dub_attributes_get_int (ctx->attributes, "exclude_outside", 0) != 0,
  };

  return TRUE;
}

/* Numbers of a float input that must be known; NULL where the input is absent or empty. */
static gboolean
read_reals (DubInferContext *ctx,
            int              input,
            const char      *what,
            size_t           expected,
            DubTensor      **values,
            GError         **error)
{
  *values = NULL;
  if (input < 0 || !dub_infer_has (ctx, input) || dub_shape_n_elements (&ctx->in[input].shape) == 0)
    return TRUE;
  if (ctx->in_value[input] == NULL)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "input %d (%s) depends on the data; export the model with fixed %s.", input, what, what);
  if (dub_tensor_n_elements (ctx->in_value[input]) != expected)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "%s has %zu numbers; expected %zu.", what,
                           dub_tensor_n_elements (ctx->in_value[input]), expected);
  *values = ctx->in_value[input];

  return TRUE;
}

/* With a policy the smallest or largest scale is everybody's. */
static void
keep_aspect_ratio (const DubInferContext *ctx,
                   const int             *axes,
                   int                    n_axes,
                   Request               *request)
{
  const char *policy = dub_attributes_get_string (ctx->attributes, "keep_aspect_ratio_policy", "stretch");
  gboolean smallest = g_str_equal (policy, "not_larger");
  double scale = request->scale[axes[0]];

  if (!smallest && !g_str_equal (policy, "not_smaller"))
    return;
  for (int i = 1; i < n_axes; i++)
    scale = smallest ? MIN (scale, request->scale[axes[i]]) : MAX (scale, request->scale[axes[i]]);
  for (int i = 0; i < n_axes; i++) {
    request->scale[axes[i]] = scale;
    request->size[axes[i]] = (int64_t) floor (scale * (double) ctx->in[0].shape.dim[axes[i]] + 0.5);
  }
}

static gboolean
read_request (DubInferContext *ctx,
              int              scales_input,
              gboolean         modern,
              Request         *request,
              GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  g_autofree int64_t *sizes = NULL;
  DubTensor *scales, *roi;
  size_t n_sizes = 0, n_listed = 0;
  DubAxes axes;

  if (!read_rule (ctx, modern, &request->rule, error) || !dub_axes_read (ctx, -1, in->rank, &axes, error))
    return FALSE;
  if (axes.n == 0)
    for (axes.n = 0; axes.n < in->rank; axes.n++)
      axes.axis[axes.n] = axes.n;

  const float *listed = dub_attributes_get_floats (ctx->attributes, "scales", &n_listed);

  if (!read_reals (ctx, scales_input, "scales", (size_t) axes.n, &scales, error) ||
      !read_reals (ctx, modern && request->rule.coordinate == DUB_COORDINATE_TF_CROP_AND_RESIZE ? 1 : -1, "roi",
                   2 * (size_t) axes.n, &roi, error) ||
      (modern && !dub_plan_ints (ctx, 3, "sizes", &sizes, &n_sizes, error)))
    return FALSE;
  if (scales_input >= 0)
    listed = NULL;
  if ((scales != NULL) + (n_sizes > 0) + (listed != NULL) != 1 || (n_sizes > 0 && n_sizes != (size_t) axes.n) ||
      (listed != NULL && n_listed != (size_t) axes.n))
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "expected either scales or sizes, one for each of %d axes.",
                           axes.n);

  for (int axis = 0; axis < in->rank; axis++) {
    request->scale[axis] = 1.0;
    request->size[axis] = in->dim[axis];
    request->roi[axis][0] = 0.0;
    request->roi[axis][1] = 1.0;
  }
  for (int i = 0; i < axes.n; i++) {
    int axis = axes.axis[i];
    double extent = (double) in->dim[axis];

    if (n_sizes > 0) {
      request->size[axis] = sizes[i];
      request->scale[axis] = extent > 0.0 ? (double) sizes[i] / extent : 1.0;
    } else {
      float scale = scales != NULL ? (float) dub_tensor_get_double (scales, (size_t) i) : listed[i];

      if (!(scale > 0.0f) || scale * (float) extent > 1e9f)
        return dub_infer_fail (ctx, error, DUB_ERROR_NUMERIC, "scale %g of axis %d is not usable.", (double) scale, axis);
      request->scale[axis] = scale;
      request->size[axis] = (int64_t) floorf (scale * (float) extent);
    }
    if (roi != NULL) {
      request->roi[axis][0] = dub_tensor_get_double (roi, (size_t) i);
      request->roi[axis][1] = dub_tensor_get_double (roi, (size_t) (i + axes.n));
    }
  }
  if (n_sizes > 0)
    keep_aspect_ratio (ctx, axes.axis, axes.n, request);

  return TRUE;
}

/* Should @b be resized before @a, which is an earlier axis? Where both grow alike, the last axis goes first: its
 * rows are short vectors, best worked on while there are few. */
static gboolean
goes_first (const DubResizeMap *b,
            const DubResizeMap *a)
{
  double grows_a = (double) a->n_out * (double) b->n_in;
  double grows_b = (double) b->n_out * (double) a->n_in;

  return grows_b < grows_a || (grows_a == grows_b && a->n_out > a->n_in);
}

/* Passes in the order that keeps intermediate results small. */
static void
order_passes (Params *params)
{
  for (int axis = 0; axis < params->rank; axis++)
    if (!params->map[axis].identity)
      params->pass[params->n_passes++] = axis;

  for (int i = 1; i < params->n_passes; i++)
    for (int k = i; k > 0; k--) {
      const DubResizeMap *a = &params->map[params->pass[k - 1]];
      const DubResizeMap *b = &params->map[params->pass[k]];

      if (!goes_first (b, a))
        break;

      int swapped = params->pass[k - 1];

      params->pass[k - 1] = params->pass[k];
      params->pass[k] = swapped;
    }
}

/* Elements of the largest result between two passes. */
static size_t
largest_between (const Params *params)
{
  DubShape shape = params->in;
  size_t largest = 0;

  for (int i = 0; i + 1 < params->n_passes; i++) {
    shape.dim[params->pass[i]] = params->out.dim[params->pass[i]];
    largest = MAX (largest, dub_shape_n_elements (&shape));
  }

  return largest;
}

static gboolean
infer_with (DubInferContext *ctx,
            int              scales_input,
            gboolean         modern,
            GError         **error)
{
  g_autoptr (Params) params = g_new0 (Params, 1);
  Request request;
  size_t n;

  if (!dub_infer_need_f32 (ctx, 0, error) || !read_request (ctx, scales_input, modern, &request, error))
    return FALSE;

  params->in = params->out = ctx->in[0].shape;
  params->extrapolation = dub_attributes_get_float (ctx->attributes, "extrapolation_value", 0.0f);
  for (int axis = 0; axis < params->in.rank; axis++) {
    int64_t n_in = params->in.dim[axis];
    int64_t n_out = request.size[axis];

    if (n_out < 0 || n_out > LONGEST || n_in > LONGEST || (n_in == 0 && n_out > 0))
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "axis %d cannot go from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " elements.", axis, n_in,
                             n_out);
    params->out.dim[axis] = n_out;
    params->rank = axis + 1;
    if (!dub_resize_map_init (&params->map[axis], &request.rule, n_in, n_out, request.scale[axis], request.roi[axis]))
      return dub_infer_fail (ctx, error, DUB_ERROR_MEMORY, "axis %d of %" G_GINT64_FORMAT " elements is too long.", axis,
                             n_out);
    params->has_outside = params->has_outside || params->map[axis].outside != NULL;
  }
  order_passes (params);

  n = largest_between (params);
  ctx->scratch_bytes = 2 * n * sizeof (float);
  ctx->out[0] = (DubType) { .dtype = DUB_DTYPE_F32, .shape = params->out };
  ctx->params = g_steal_pointer (&params);

  return TRUE;
}

static gboolean
infer_resize (DubInferContext *ctx,
              GError         **error)
{
  return infer_with (ctx, ctx->opset < 11 ? 1 : 2, ctx->opset >= 11, error);
}

static gboolean
infer_upsample (DubInferContext *ctx,
                GError         **error)
{
  return infer_with (ctx, ctx->opset < 9 ? -1 : 1, FALSE, error);
}

/* One pass after the other, between two halves of the scratch memory. */
static gboolean
run_passes (const Params *params,
            gboolean      transposed,
            const float  *from,
            float        *to,
            float        *scratch,
            DubRun       *run,
            GError      **error)
{
  DubShape shape = transposed ? params->out : params->in;
  size_t half = largest_between (params);

  if (params->n_passes == 0)
    memcpy (to, from, dub_shape_n_elements (&shape) * sizeof (float));

  for (int i = 0; i < params->n_passes; i++) {
    int axis = params->pass[transposed ? params->n_passes - 1 - i : i];
    float *result = i + 1 == params->n_passes ? to : scratch + (size_t) (i % 2) * half;
    size_t outer = 1, inner = 1;

    for (int k = 0; k < axis; k++)
      outer *= (size_t) shape.dim[k];
    for (int k = axis + 1; k < shape.rank; k++)
      inner *= (size_t) shape.dim[k];
    if (!dub_resize_map_apply (&params->map[axis], transposed, from, result, outer, inner, run, error))
      return FALSE;
    shape.dim[axis] = transposed ? params->in.dim[axis] : params->out.dim[axis];
    from = result;
  }

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *params = ctx->params;
  float *y = dub_tensor_f32 (ctx->out[0]);

  if (!run_passes (params, FALSE, dub_tensor_f32 (ctx->in[0]), y, ctx->scratch, run, error))
    return FALSE;

  for (size_t i = 0; params->has_outside && i < dub_tensor_n_elements (ctx->out[0]); i++) {
    size_t rest = i;

    for (int axis = params->rank - 1; axis >= 0; axis--) {
      size_t extent = (size_t) params->out.dim[axis];

      if (params->map[axis].outside != NULL && params->map[axis].outside[rest % extent])
        y[i] = params->extrapolation;
      rest /= extent;
    }
  }

  return TRUE;
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  if (ctx->d_in[0] == NULL)
    return TRUE;

  return run_passes (ctx->params, TRUE, dub_tensor_f32 (ctx->d_out[0]), dub_tensor_f32 (ctx->d_in[0]), ctx->scratch,
                     run, error);
}

static const DubOpCase RESIZE_CASES[] = {
  { .name = "resize-nearest", .inputs = "f32 1,2,3,4; -; f32 4 = 1,1,2,0.5", .check = "0" },
  { .name = "resize-linear", .inputs = "f32 1,2,3,4; -; f32 4 = 1,1,2,1.5", .attributes = "mode=linear", .check = "0" },
  { .name = "resize-linear-3d", .inputs = "f32 1,1,3,2,4; -; -; i64 5 = 1,1,5,4,2",
    .attributes = "mode=linear coordinate_transformation_mode=align_corners", .check = "0" },
  { .name = "resize-cubic", .inputs = "f32 1,1,4,5; -; -; i64 4 = 1,1,7,3", .attributes = "mode=cubic", .check = "0" },
  { .name = "resize-crop", .inputs = "f32 1,1,4,5; f32 8 = 0,0,0.4,0.6,1,1,1.2,1.7; -; i64 4 = 1,1,3,3",
    .attributes = "mode=linear coordinate_transformation_mode=tf_crop_and_resize", .check = "0" },
  { NULL },
};

static const DubOpCase UPSAMPLE_CASES[] = {
  { .name = "upsample", .inputs = "f32 1,2,3,2; f32 4 = 1,1,2,3", .check = "0" },
  { .name = "upsample-linear", .inputs = "f32 1,2,3,2; f32 4 = 1,1,2,3", .attributes = "mode=linear", .check = "0" },
  { NULL },
};

const DubOp dub_op_resize = {
  .name = "Resize",
  .min_inputs = 1,
  .max_inputs = 4,
  .plan_inputs = 1 << 1 | 1 << 2 | 1 << 3,
  .infer = infer_resize,
  .forward = forward,
  .backward = backward,
  .free_params = params_free,
  .cases = RESIZE_CASES,
};

const DubOp dub_op_upsample = {
  .name = "Upsample",
  .min_inputs = 1,
  .max_inputs = 2,
  .plan_inputs = 1 << 1,
  .infer = infer_upsample,
  .forward = forward,
  .backward = backward,
  .free_params = params_free,
  .cases = UPSAMPLE_CASES,
};
