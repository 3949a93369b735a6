#include "core/nn/ops/axes.h"

static gboolean
axis_in_range (const DubInferContext *ctx,
               int64_t                value,
               int                    rank,
               gboolean               end_allowed,
               int                   *axis,
               GError               **error)
{
  if (value < -rank || value > rank - (end_allowed ? 0 : 1))
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "axis %" G_GINT64_FORMAT " is outside [%d, %d].", value, -rank,
                           rank - (end_allowed ? 0 : 1));
  *axis = (int) (value < 0 ? value + rank : value);

  return TRUE;
}

gboolean
dub_plan_ints (const DubInferContext *ctx,
               int                    input,
               const char            *what,
               int64_t              **values,
               size_t                *n,
               GError               **error)
{
  *values = NULL;
  *n = 0;
  if (!dub_infer_has (ctx, input))
    return TRUE;
  if (ctx->in_value[input] == NULL)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "input %d (%s) depends on the data; export the model with fixed %s.", input, what, what);

  const DubTensor *tensor = ctx->in_value[input];

  if (tensor->dtype != DUB_DTYPE_I64 && tensor->dtype != DUB_DTYPE_I32)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "input %d (%s) has element type %s; expected int64.", input,
                           what, dub_dtype_name (tensor->dtype));
  *n = dub_tensor_n_elements (tensor);
  *values = g_try_new (int64_t, *n + 1);
  if (*values == NULL)
    return dub_infer_fail (ctx, error, DUB_ERROR_MEMORY, "input %d (%s) has %zu elements, too many.", input, what, *n);
  for (size_t i = 0; i < *n; i++)
    (*values)[i] = dub_tensor_get_int (tensor, i);

  return TRUE;
}

gboolean
dub_axes_read (const DubInferContext *ctx,
               int                    input,
               int                    rank,
               DubAxes               *axes,
               GError               **error)
{
  g_autofree int64_t *own = NULL;
  const int64_t *values;
  size_t n;

  *axes = (DubAxes) { 0 };
  if (input >= 0) {
    if (!dub_plan_ints (ctx, input, "axes", &own, &n, error))
      return FALSE;
    values = own;
  } else {
    values = dub_attributes_get_ints (ctx->attributes, "axes", &n);
  }
  if (n > (size_t) rank)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "%zu axes are named of a tensor that has %d.", n, rank);

  for (size_t i = 0; i < n; i++) {
    if (!axis_in_range (ctx, values[i], rank, FALSE, &axes->axis[i], error))
      return FALSE;
    if (axes->chosen[axes->axis[i]])
      return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "axis %d is named twice.", axes->axis[i]);
    axes->chosen[axes->axis[i]] = TRUE;
  }
  axes->n = (int) n;

  return TRUE;
}

gboolean
dub_axis_read (const DubInferContext *ctx,
               const char            *name,
               int64_t                fallback,
               int                    rank,
               gboolean               end_allowed,
               int                   *axis,
               GError               **error)
{
  return axis_in_range (ctx, dub_attributes_get_int (ctx->attributes, name, fallback), rank, end_allowed, axis, error);
}
