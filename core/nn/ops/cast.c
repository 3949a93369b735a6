/* Cast: another element type. float16 and bfloat16 are brought to what those types hold,
 * and stay float32 in memory. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/half.h"

#include <string.h>

/* ONNX's numbers of element types (TensorProto.DataType). */
enum { FLOAT = 1, UINT8, INT8, UINT16, INT16, INT32, INT64, STRING, BOOL, FLOAT16, DOUBLE, UINT32, UINT64, BFLOAT16 = 16 };

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  int64_t to = dub_attributes_get_int (ctx->attributes, "to", 0);
  DubDtype dtype = DUB_DTYPE_F32;

  switch (to) {
  case FLOAT: case FLOAT16: case BFLOAT16: dtype = DUB_DTYPE_F32; break;
  case UINT8: dtype = DUB_DTYPE_U8; break;
  case INT8: dtype = DUB_DTYPE_I8; break;
  case UINT16: dtype = DUB_DTYPE_U16; break;
  case INT16: dtype = DUB_DTYPE_I16; break;
  case INT32: dtype = DUB_DTYPE_I32; break;
  case INT64: dtype = DUB_DTYPE_I64; break;
  case BOOL: dtype = DUB_DTYPE_BOOL; break;
  case DOUBLE: dtype = DUB_DTYPE_F64; break;
  case UINT32: dtype = DUB_DTYPE_U32; break;
  case UINT64: dtype = DUB_DTYPE_U64; break;
  default:
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED,
                           "it casts to %s, ONNX element type %" G_GINT64_FORMAT "; export numbers or bool.",
                           to == STRING ? "text" : "an unknown type", to);
  }
  ctx->out[0] = (DubType) { .dtype = dtype, .shape = ctx->in[0].shape };
  ctx->params = g_memdup2 (&to, sizeof to);

  return TRUE;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  int64_t to = *(const int64_t *) ctx->params;
  DubTensor *out = ctx->out[0];
  size_t n = dub_tensor_n_elements (out);
  g_autoptr (DubTensor) converted = dub_tensor_convert (ctx->in[0], out->dtype, error);

  if (converted == NULL)
    return FALSE;
  dub_tensor_assign (out, converted);
  for (size_t i = 0; i < n && (to == FLOAT16 || to == BFLOAT16); i++)
    dub_tensor_f32 (out)[i] = to == FLOAT16 ? dub_half_to_float (dub_half_from_float (dub_tensor_f32 (out)[i]))
                                            : dub_bfloat_cut (dub_tensor_f32 (out)[i]);

  return TRUE;
}

/* Between float32 and its narrower kinds the gradient passes; other pairs have none. */
static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  DubTensor *dx = ctx->d_in[0];

  if (dx == NULL)
    return TRUE;
  if (ctx->d_out[0]->dtype == DUB_DTYPE_F32)
    memcpy (dx->data, ctx->d_out[0]->data, dub_tensor_n_bytes (dx));
  else
    memset (dx->data, 0, dub_tensor_n_bytes (dx));

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "cast", .inputs = "f32 2,3", .attributes = "to=1" },
  { NULL },
};

const DubOp dub_op_cast = {
  .name = "Cast",
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .cases = CASES,
};
