/* Pow: y = a^b, broadcasting. The result has the element type of a; b may be of another type. */
#include "core/nn/ops/ops.h"

#include "core/nn/ops/broadcast.h"

#include <math.h>

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (ctx->in[0].dtype == DUB_DTYPE_BOOL || ctx->in[1].dtype == DUB_DTYPE_BOOL)
    return dub_infer_fail (ctx, error, DUB_ERROR_FORMAT, "an input has element type bool; expected numbers.");
  if (!dub_broadcast_infer (ctx, error))
    return FALSE;
  ctx->out[0].dtype = ctx->in[0].dtype;
  ctx->scratch_bytes = dub_broadcast_scratch (ctx);

  return TRUE;
}

/* Small whole exponents, which networks are full of, need no logarithm. */
static void
run_f32 (const void   *a,
         int64_t       a_step,
         const void   *b,
         int64_t       b_step,
         void         *out,
         size_t        n,
         gconstpointer data)
{
  const float *x = a;
  const float *e = b;
  float *y = out;

  if (b_step == 0 && *e == 2.0f)
    for (size_t i = 0; i < n; i++)
      y[i] = x[i * (size_t) a_step] * x[i * (size_t) a_step];
  else if (b_step == 0 && *e == 0.5f)
    for (size_t i = 0; i < n; i++)
      y[i] = sqrtf (x[i * (size_t) a_step]);
  else
    for (size_t i = 0; i < n; i++)
      y[i] = powf (x[i * (size_t) a_step], e[i * (size_t) b_step]);
}

typedef struct {
  DubTensor *in[2];
  DubTensor *out;
} Mixed;

/* A whole power of a whole number, modulo 2^64; a negative exponent leaves 1, -1 or 0. */
static int64_t
whole_power (int64_t base,
             int64_t exponent)
{
  uint64_t result = 1;
  uint64_t factor = (uint64_t) base;

  if (exponent < 0)
    return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1)
      result *= factor;
    factor *= factor;
  }

  return (int64_t) result;
}

static void
store (DubTensor *tensor,
       size_t     index,
       double     real,
       int64_t    whole)
{
  switch (tensor->dtype) {
  case DUB_DTYPE_F32: ((float *) tensor->data)[index] = (float) real; break;
  case DUB_DTYPE_F64: ((double *) tensor->data)[index] = real; break;
  case DUB_DTYPE_I8: ((int8_t *) tensor->data)[index] = (int8_t) whole; break;
  case DUB_DTYPE_U8: ((uint8_t *) tensor->data)[index] = (uint8_t) whole; break;
  case DUB_DTYPE_I16: ((int16_t *) tensor->data)[index] = (int16_t) whole; break;
  case DUB_DTYPE_U16: ((uint16_t *) tensor->data)[index] = (uint16_t) whole; break;
  case DUB_DTYPE_I32: ((int32_t *) tensor->data)[index] = (int32_t) whole; break;
  case DUB_DTYPE_U32: ((uint32_t *) tensor->data)[index] = (uint32_t) whole; break;
  case DUB_DTYPE_I64: ((int64_t *) tensor->data)[index] = whole; break;
  case DUB_DTYPE_U64: ((uint64_t *) tensor->data)[index] = (uint64_t) whole; break;
  case DUB_DTYPE_BOOL: break;
  }
}

/* Any mixture of types, element by element; the offsets are found from the addresses of the run. */
static void
run_mixed (const void   *a,
           int64_t       a_step,
           const void   *b,
           int64_t       b_step,
           void         *out,
           size_t        n,
           gconstpointer data)
{
  const Mixed *mixed = data;
  const DubTensor *base = mixed->in[0];
  const DubTensor *exponent = mixed->in[1];
  size_t at_a = (size_t) ((const char *) a - (const char *) base->data) / dub_dtype_size (base->dtype);
  size_t at_b = (size_t) ((const char *) b - (const char *) exponent->data) / dub_dtype_size (exponent->dtype);
  size_t at = (size_t) ((char *) out - (char *) mixed->out->data) / dub_dtype_size (mixed->out->dtype);
  gboolean whole = base->dtype != DUB_DTYPE_F32 && base->dtype != DUB_DTYPE_F64 &&
                   exponent->dtype != DUB_DTYPE_F32 && exponent->dtype != DUB_DTYPE_F64;

  for (size_t i = 0; i < n; i++) {
    size_t p = at_a + i * (size_t) a_step;
    size_t q = at_b + i * (size_t) b_step;

    if (whole) {
      int64_t power = whole_power (dub_tensor_get_int (base, p), dub_tensor_get_int (exponent, q));

      store (mixed->out, at + i, 0.0, power);
    } else {
      double power = pow (dub_tensor_get_double (base, p), dub_tensor_get_double (exponent, q));

      store (mixed->out, at + i, power, isfinite (power) && fabs (power) < 0x1p63 ? (int64_t) power : 0);
    }
  }
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  Mixed mixed = { .in = { ctx->in[0], ctx->in[1] }, .out = ctx->out[0] };
  gboolean plain = ctx->in[0]->dtype == DUB_DTYPE_F32 && ctx->in[1]->dtype == DUB_DTYPE_F32;

  return dub_broadcast_run (ctx->in[0], ctx->in[1], ctx->out[0], plain ? run_f32 : run_mixed, &mixed, run, error);
}

DUB_BROADCAST_GRADIENT (gradient_a, v == 0.0f ? 0.0f : d * v * powf (u, v - 1.0f))

/* a^b log a; at a = 0 the limit for b > 0 is 0. */
DUB_BROADCAST_GRADIENT (gradient_b, u == 0.0f && v >= 0.0f ? 0.0f : d * powf (u, v) * logf (u))

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  g_autoptr (DubTensor) exponent = NULL;

  /* The exponent may be whole numbers; the gradient to the base works on floats. */
  exponent = dub_tensor_convert (ctx->in[1], DUB_DTYPE_F32, error);
  if (exponent == NULL)
    return FALSE;

  return dub_broadcast_backward (ctx, exponent, gradient_a, gradient_b, run, error);
}

static const DubOpCase CASES[] = {
  { .name = "pow", .inputs = "f32 2,3,4 > 0.3; f32 2,3,4" },
  { .name = "pow-square", .inputs = "f32 2,3,4; f32 1 = 2", .check = "0" },
  { .name = "pow-root", .inputs = "f32 2,3,4 > 0.3; f32 1 = 0.5", .check = "0" },
  { .name = "pow-whole", .inputs = "f32 2,3,4; i64 1 = 3" },
  { .name = "pow-both", .inputs = "f32 3,1 > 0.3; f32 2,1,4" },
  { NULL },
};

const DubOp dub_op_pow = {
  .name = "Pow",
  .flags = DUB_OP_IN_PLACE | DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .cases = CASES,
};
