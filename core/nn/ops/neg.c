/* Neg: y = -x, of floats and signed whole numbers. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/pointwise.h"

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  DubDtype dtype = ctx->in[0].dtype;

  if (dtype != DUB_DTYPE_F32 && dtype != DUB_DTYPE_F64 && dtype != DUB_DTYPE_I8 && dtype != DUB_DTYPE_I16 &&
      dtype != DUB_DTYPE_I32 && dtype != DUB_DTYPE_I64)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "the input has element type %s, which has no sign.",
                           dub_dtype_name (dtype));
  ctx->out[0] = ctx->in[0];

  return TRUE;
}

static void
forward_run (const float  *x,
             float        *y,
             size_t        n,
             gconstpointer params)
{
  for (size_t i = 0; i < n; i++)
    y[i] = -x[i];
}

static void
backward_run (const float  *x,
              const float  *y,
              const float  *dy,
              float        *dx,
              size_t        n,
              gconstpointer params)
{
  for (size_t i = 0; i < n; i++)
    dx[i] = -dy[i];
}

/* The smallest whole number stays itself, as in NumPy. */
#define NEGATE(type, unsigned_type)                                      \
  for (size_t i = 0; i < n; i++)                                         \
    ((type *) out->data)[i] = (type) (0u - (unsigned_type) ((const type *) in->data)[i]);

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const DubTensor *in = ctx->in[0];
  DubTensor *out = ctx->out[0];
  size_t n = dub_tensor_n_elements (in);

  switch ((int) in->dtype) {
  case DUB_DTYPE_F32:
    return dub_pointwise_forward (ctx, forward_run, run, error);
  case DUB_DTYPE_F64:
    for (size_t i = 0; i < n; i++)
      ((double *) out->data)[i] = -((const double *) in->data)[i];
    return TRUE;
  case DUB_DTYPE_I8:
    NEGATE (int8_t, uint8_t)
    return TRUE;
  case DUB_DTYPE_I16:
    NEGATE (int16_t, uint16_t)
    return TRUE;
  case DUB_DTYPE_I32:
    NEGATE (int32_t, uint32_t)
    return TRUE;
  default:
    NEGATE (int64_t, uint64_t)
    return TRUE;
  }
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  return dub_pointwise_backward (ctx, backward_run, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "neg", .inputs = "f32 2,3,4" },
  { NULL },
};

const DubOp dub_op_neg = {
  .name = "Neg",
  .flags = DUB_OP_IN_PLACE | DUB_OP_GRAD_IN_PLACE,
  .min_inputs = 1,
  .max_inputs = 1,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
