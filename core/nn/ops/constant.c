/* Constant: numbers written into the node itself, in one of the value attributes. */
#include "core/nn/ops/ops.h"

#include <string.h>

static DubTensor *
of_numbers (DubDtype    dtype,
            gboolean    scalar,
            const void *numbers,
            size_t      n,
            GError    **error)
{
  DubShape shape = { .rank = scalar ? 0 : 1, .dim = { (int64_t) n } };
  DubTensor *tensor = dub_tensor_new (dtype, shape, error);

  if (tensor != NULL && n > 0)
    memcpy (tensor->data, numbers, n * dub_dtype_size (dtype));

  return tensor;
}

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  const DubAttributes *attributes = ctx->attributes;
  g_autoptr (DubTensor) value = NULL;
  const float *reals;
  const int64_t *wholes;
  size_t n;

  if (dub_attributes_get_tensor (attributes, "value") != NULL) {
    value = dub_tensor_ref (dub_attributes_get_tensor (attributes, "value"));
  } else if (dub_attributes_has (attributes, "value_float")) {
    float real = dub_attributes_get_float (attributes, "value_float", 0.0f);

    value = of_numbers (DUB_DTYPE_F32, TRUE, &real, 1, error);
  } else if (dub_attributes_has (attributes, "value_int")) {
    int64_t whole = dub_attributes_get_int (attributes, "value_int", 0);

    value = of_numbers (DUB_DTYPE_I64, TRUE, &whole, 1, error);
  } else if ((reals = dub_attributes_get_floats (attributes, "value_floats", &n)) != NULL) {
    value = of_numbers (DUB_DTYPE_F32, FALSE, reals, n, error);
  } else if ((wholes = dub_attributes_get_ints (attributes, "value_ints", &n)) != NULL) {
    value = of_numbers (DUB_DTYPE_I64, FALSE, wholes, n, error);
  } else {
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "the constant is text or sparse; export it as a dense tensor of numbers.");
  }
  if (value == NULL)
    return FALSE;

  ctx->out[0] = (DubType) { .dtype = value->dtype, .shape = value->shape };
  ctx->params = g_steal_pointer (&value);

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  dub_tensor_assign (ctx->out[0], ctx->params);

  return TRUE;
}

static void
free_params (gpointer params)
{
  dub_tensor_unref (params);
}

static const DubOpCase CASES[] = {
  { .name = "constant", .inputs = "", .attributes = "value_floats=1,2.5f" },
  { .name = "constant-int", .inputs = "", .attributes = "value_int=3" },
  { NULL },
};

const DubOp dub_op_constant = {
  .name = "Constant",
  .min_inputs = 0,
  .max_inputs = 0,
  .infer = infer,
  .forward = forward,
  .free_params = free_params,
  .cases = CASES,
};
