/* Reshape: the same numbers in another shape. 0 copies the extent of the input unless
 * allowzero is set, one -1 takes what is left. */
#include "core/nn/ops/ops.h"

#include "core/base/checked.h"
#include "core/nn/ops/axes.h"
#include "core/nn/ops/view.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubShape *in = &ctx->in[0].shape;
  g_autofree int64_t *shape = NULL;
  gboolean allow_zero = dub_attributes_get_int (ctx->attributes, "allowzero", 0) != 0;
  DubShape *out = &ctx->out[0].shape;
  size_t n, known = 1, total = dub_shape_n_elements (in);
  int open = -1;

  if (!dub_plan_ints (ctx, 1, "shape", &shape, &n, error))
    return FALSE;
  if (shape == NULL || n > DUB_MAX_RANK)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "the new shape has %zu axes; expected at most %d.", n,
                           DUB_MAX_RANK);

  ctx->out[0] = (DubType) { .dtype = ctx->in[0].dtype, .shape = { .rank = (int) n } };
  for (int i = 0; i < (int) n; i++) {
    if (shape[i] < -1 || (shape[i] == -1 && open >= 0) || (shape[i] == 0 && !allow_zero && i >= in->rank))
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "extent %" G_GINT64_FORMAT " of axis %d of the new shape is not possible.", shape[i], i);
    out->dim[i] = shape[i] == 0 && !allow_zero ? in->dim[i] : shape[i];
    if (out->dim[i] == -1)
      open = i;
    else if (!dub_checked_mul (known, (size_t) out->dim[i], &known))
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "the new shape has too many elements.");
  }
  if (open >= 0)
    out->dim[open] = known > 0 ? (int64_t) (total / known) : 0;
  if (open >= 0 ? (known == 0 || total % known != 0) : total != known) {
    g_autofree char *found = dub_shape_to_string (in);

    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "the input of shape %s has %zu elements, the new shape %zu%s.", found, total, known,
                           open >= 0 ? " times an unknown extent" : "");
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "reshape", .inputs = "f32 2,3,4; i64 3 = 0,-1,2" },
  { NULL },
};

const DubOp dub_op_reshape = {
  .name = "Reshape",
  .flags = DUB_OP_VIEW | DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 2,
  .plan_inputs = 1 << 1,
  .infer = infer,
  .forward = dub_view_forward,
  .backward = dub_view_backward,
  .cases = CASES,
};
