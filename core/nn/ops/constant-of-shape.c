/* ConstantOfShape: one number, 0 by default, everywhere in a given shape. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/axes.h"

#include <string.h>

typedef struct {
  size_t  size;
  uint8_t bytes[8]; /* of the number */
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubTensor *value = dub_attributes_get_tensor (ctx->attributes, "value");
  g_autofree int64_t *extents = NULL;
  size_t n;

  if (!dub_plan_ints (ctx, 0, "shape", &extents, &n, error))
    return FALSE;
  if (n > DUB_MAX_RANK || (value != NULL && dub_tensor_n_elements (value) != 1))
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "expected at most %d axes and one number.", DUB_MAX_RANK);

  ctx->out[0] = (DubType) { .dtype = value != NULL ? value->dtype : DUB_DTYPE_F32, .shape = { .rank = (int) n } };
  for (size_t i = 0; i < n; i++) {
    if (extents[i] < 0)
      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "extent %" G_GINT64_FORMAT " is negative.", extents[i]);
    ctx->out[0].shape.dim[i] = extents[i];
  }

  Params *params = g_new0 (Params, 1);

  params->size = dub_dtype_size (ctx->out[0].dtype);
  if (value != NULL)
    memcpy (params->bytes, value->data, params->size);
  ctx->params = params;

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *params = ctx->params;

  for (size_t i = 0; i < dub_tensor_n_elements (ctx->out[0]); i++)
    memcpy ((char *) ctx->out[0]->data + i * params->size, params->bytes, params->size);

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "constant-of-shape", .inputs = "i64 2 = 2,3" },
  { NULL },
};

const DubOp dub_op_constant_of_shape = {
  .name = "ConstantOfShape",
  .min_inputs = 1,
  .max_inputs = 1,
  .plan_inputs = 1 << 0,
  .infer = infer,
  .forward = forward,
  .free_params = g_free,
  .cases = CASES,
};
