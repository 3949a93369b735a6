/* Slice: elements start, start + step, … of some axes; starts, ends and axes are
 * attributes before opset 10 and inputs from there on. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"
#include "core/nn/ops/strided-copy.h"

#include <string.h>

typedef struct {
  int64_t start[DUB_MAX_RANK];
  int64_t step[DUB_MAX_RANK];
} Params;

typedef struct {
  const int64_t *starts;
  const int64_t *ends;
  const int64_t *axes;  /* NULL = 0, 1, … */
  const int64_t *steps; /* NULL = 1 */
  size_t         n;
} Bounds;

/* NumPy's rules: negative bounds count from the end, and both are cut to what is there. */
static gboolean
apply_bounds (DubInferContext *ctx,
              const Bounds    *bounds,
              Params          *params,
              GError         **error)
{
  DubShape *shape = &ctx->out[0].shape;
  gboolean seen[DUB_MAX_RANK] = { FALSE };

  for (size_t i = 0; i < bounds->n; i++) {
    int64_t axis = bounds->axes != NULL ? bounds->axes[i] : (int64_t) i;
    int64_t step = bounds->steps != NULL ? bounds->steps[i] : 1;

    if (axis < -shape->rank || axis >= shape->rank)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "axis %" G_GINT64_FORMAT " is not one of the input's %d.",
                             axis, shape->rank);
    axis += axis < 0 ? shape->rank : 0;
    if (seen[axis])
      return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "axis %" G_GINT64_FORMAT " is named twice.", axis);
    seen[axis] = TRUE;
    if (step == 0)
      return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "the step of axis %" G_GINT64_FORMAT " is 0.", axis);

    /* A step longer than the axis reaches one element, whatever its length: cut it, so that nothing overflows. */
    int64_t extent = ctx->in[0].shape.dim[axis];
    int64_t low = step > 0 ? 0 : -1;
    int64_t high = step > 0 ? extent : extent - 1;
    int64_t start = bounds->starts[i] < 0 ? bounds->starts[i] + extent : bounds->starts[i];
    int64_t end = bounds->ends[i] < 0 ? bounds->ends[i] + extent : bounds->ends[i];

    step = CLAMP (step, -extent - 1, extent + 1);
    start = CLAMP (start, low, high);
    end = CLAMP (end, low, high);

    int64_t n = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step;

    shape->dim[axis] = MAX (0, n);
    params->start[axis] = start;
    params->step[axis] = step;
  }

  return TRUE;
}

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  static const char *const what[] = { NULL, "starts", "ends", "axes", "steps" };
  g_autofree Params *params = g_new0 (Params, 1);
  g_autofree int64_t *starts = NULL;
  g_autofree int64_t *ends = NULL;
  g_autofree int64_t *axes = NULL;
  g_autofree int64_t *steps = NULL;
  Bounds bounds = { NULL };
  size_t n_ends, n_axes, n_steps = 0;

  ctx->out[0] = ctx->in[0];
  for (int axis = 0; axis < DUB_MAX_RANK; axis++)
    params->step[axis] = 1;

  if (ctx->opset < 10) {
    bounds.starts = dub_attributes_get_ints (ctx->attributes, "starts", &bounds.n);
    bounds.ends = dub_attributes_get_ints (ctx->attributes, "ends", &n_ends);
    bounds.axes = dub_attributes_get_ints (ctx->attributes, "axes", &n_axes);
  } else {
    if (!dub_plan_ints (ctx, 1, what[1], &starts, &bounds.n, error) ||
        !dub_plan_ints (ctx, 2, what[2], &ends, &n_ends, error) ||
        !dub_plan_ints (ctx, 3, what[3], &axes, &n_axes, error) ||
        !dub_plan_ints (ctx, 4, what[4], &steps, &n_steps, error))
      return FALSE;
    bounds.starts = starts;
    bounds.ends = ends;
    bounds.axes = axes;
    bounds.steps = steps;
  }
  if (bounds.starts == NULL || n_ends != bounds.n || (bounds.axes != NULL && n_axes != bounds.n) ||
      (bounds.steps != NULL && n_steps != bounds.n) || bounds.n > (size_t) ctx->in[0].shape.rank)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT,
                           "starts, ends, axes and steps have %zu, %zu, %zu and %zu elements; expected equal numbers, at "
                           "most %d.",
                           bounds.n, n_ends, n_axes, n_steps, ctx->in[0].shape.rank);
  if (!apply_bounds (ctx, &bounds, params, error))
    return FALSE;
  ctx->params = g_steal_pointer (&params);

  return TRUE;
}

/* The block inside the larger tensor: its first element and strides. Returns its offset in elements. */
static int64_t
block_strides (const Params   *params,
               const DubShape *whole,
               int64_t        *stride)
{
  int64_t offset = 0;

  dub_shape_strides (whole, stride);
  for (int axis = 0; axis < whole->rank; axis++) {
    offset += params->start[axis] * stride[axis];
    stride[axis] *= params->step[axis];
  }

  return offset;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubTensor *in = ctx->in[0];
  DubTensor *out = ctx->out[0];
  size_t size = dub_dtype_size (in->dtype);
  int64_t in_stride[DUB_MAX_RANK], out_stride[DUB_MAX_RANK];

  if (dub_tensor_n_elements (out) == 0)
    return TRUE;

  int64_t offset = block_strides (ctx->params, &in->shape, in_stride);

  dub_shape_strides (&out->shape, out_stride);

  return dub_strided_copy (out->shape.rank, out->shape.dim, out->data, out_stride,
                           (const char *) in->data + offset * (int64_t) size, in_stride, size, run, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  DubTensor *dx = ctx->d_in[0];
  const DubTensor *dy = ctx->d_out[0];
  int64_t dx_stride[DUB_MAX_RANK], dy_stride[DUB_MAX_RANK];

  if (dx == NULL)
    return TRUE;
  memset (dx->data, 0, dub_tensor_n_bytes (dx));
  if (dub_tensor_n_elements (dy) == 0)
    return TRUE;

  int64_t offset = block_strides (ctx->params, &dx->shape, dx_stride);

  dub_shape_strides (&dy->shape, dy_stride);

  return dub_strided_copy (dy->shape.rank, dy->shape.dim, dub_tensor_f32 (dx) + offset, dx_stride, dy->data, dy_stride,
                           sizeof (float), run, error);
}

static const DubOpCase CASES[] = {
  { .name = "slice", .inputs = "f32 4,5; i64 2 = 1,0; i64 2 = 3,5" },
  { .name = "slice-steps", .inputs = "f32 4,5,3; i64 2 = -1,0; i64 2 = -9,5; i64 2 = 1,0; i64 2 = -2,3" },
  { NULL },
};

const DubOp dub_op_slice = {
  .name = "Slice",
  .min_inputs = 1,
  .max_inputs = 5,
  .plan_inputs = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
