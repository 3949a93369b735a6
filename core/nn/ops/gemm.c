/* Gemm: Y = alpha op (A) op (B) + beta C, with C broadcast to [M][N]. */
#include "core/nn/kernels/dense.h"
#include "core/nn/ops/ops.h"
#include "core/tensor/blas.h"

#include <string.h>

typedef struct {
  int64_t  m, n, k;
  gboolean transpose_a, transpose_b;
  float    alpha, beta;
  int64_t  c_rows, c_columns; /* extents of C, each 1 or the full one */
} Params;

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error) || !dub_infer_need_f32 (ctx, 1, error))
    return FALSE;

  const DubShape *a = &ctx->in[0].shape;
  const DubShape *b = &ctx->in[1].shape;

  if (a->rank != 2 || b->rank != 2)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "its matrices have ranks %d and %d; expected 2 and 2.",
                           a->rank, b->rank);

  Params *p = g_new0 (Params, 1);

  ctx->params = p;
  p->transpose_a = dub_attributes_get_int (ctx->attributes, "transA", 0) != 0;
  p->transpose_b = dub_attributes_get_int (ctx->attributes, "transB", 0) != 0;
  p->alpha = dub_attributes_get_float (ctx->attributes, "alpha", 1.0f);
  p->beta = dub_attributes_get_float (ctx->attributes, "beta", 1.0f);
  p->m = a->dim[p->transpose_a ? 1 : 0];
  p->k = a->dim[p->transpose_a ? 0 : 1];
  p->n = b->dim[p->transpose_b ? 0 : 1];

  int64_t b_k = b->dim[p->transpose_b ? 1 : 0];

  if (b_k != p->k)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                           "its matrices share an axis of %" G_GINT64_FORMAT " and of %" G_GINT64_FORMAT
                           " elements; expected the same.", p->k, b_k);
  if (MAX (MAX (p->m, p->n), p->k) > G_MAXINT32)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "an axis has more than 2^31 elements.");

  if (ctx->n_inputs > 2 && ctx->in_present[2]) {
    const DubShape *c = &ctx->in[2].shape;

    if (!dub_infer_need_f32 (ctx, 2, error))
      return FALSE;
    p->c_columns = c->rank > 0 ? c->dim[c->rank - 1] : 1;
    p->c_rows = c->rank > 1 ? c->dim[c->rank - 2] : 1;
    if (c->rank > 2 || (p->c_columns != 1 && p->c_columns != p->n) || (p->c_rows != 1 && p->c_rows != p->m)) {
      g_autofree char *text = dub_shape_to_string (c);

      return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE,
                             "its addend of shape %s does not spread to %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT ".",
                             text, p->m, p->n);
    }
  }
  ctx->out[0] = (DubType) { DUB_DTYPE_F32, DUB_SHAPE (p->m, p->n) };

  return TRUE;
}

static double
multiply_adds (const DubInferContext *ctx)
{
  const Params *p = ctx->params;

  return (double) p->m * (double) p->n * (double) p->k;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *p = ctx->params;
  float *y = dub_tensor_f32 (ctx->out[0]);
  gboolean has_c = ctx->n_inputs > 2 && ctx->in[2] != NULL;

  if (has_c) {
    const float *c = dub_tensor_f32 (ctx->in[2]);

    for (int64_t i = 0; i < p->m; i++)
      for (int64_t j = 0; j < p->n; j++)
        y[i * p->n + j] = p->beta * c[(p->c_rows > 1 ? i * p->c_columns : 0) + (p->c_columns > 1 ? j : 0)];
  }

  /* Cases that stand in rows, as they do in a dense layer, must not hear of each other. */
  if (!p->transpose_a) {
    if (!has_c)
      memset (y, 0, dub_tensor_n_bytes (ctx->out[0]));

    return dub_dense_add (p->transpose_b, p->m, p->n, p->k, p->alpha, dub_tensor_f32 (ctx->in[0]), dub_tensor_f32 (ctx->in[1]), y,
                          run, error);
  }

  return dub_blas_gemm_parallel (p->transpose_a, p->transpose_b, p->m, p->n, p->k, p->alpha,
                                 dub_tensor_f32 (ctx->in[0]), p->transpose_a ? p->m : p->k,
                                 dub_tensor_f32 (ctx->in[1]), p->transpose_b ? p->k : p->n,
                                 has_c ? 1.0f : 0.0f, y, p->n, run, error);
}

/* Each gradient is a product of the other matrix and dY, transposed where the operand is stored transposed. */
static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const Params *p = ctx->params;
  const float *dy = dub_tensor_f32 (ctx->d_out[0]);
  const float *a = dub_tensor_f32 (ctx->in[0]);
  const float *b = dub_tensor_f32 (ctx->in[1]);
  int64_t lda = p->transpose_a ? p->m : p->k;
  int64_t ldb = p->transpose_b ? p->k : p->n;

  if (ctx->d_in[0] != NULL) {
    float *da = dub_tensor_f32 (ctx->d_in[0]);
    gboolean ok = p->transpose_a
      ? dub_blas_gemm_parallel (p->transpose_b, TRUE, p->k, p->m, p->n, p->alpha, b, ldb, dy, p->n, 0.0f, da, p->m, run, error)
      : dub_blas_gemm_parallel (FALSE, !p->transpose_b, p->m, p->k, p->n, p->alpha, dy, p->n, b, ldb, 0.0f, da, p->k, run, error);

    if (!ok)
      return FALSE;
  }
  if (ctx->d_in[1] != NULL) {
    float *db = dub_tensor_f32 (ctx->d_in[1]);
    gboolean ok = p->transpose_b
      ? dub_blas_gemm_parallel (TRUE, p->transpose_a, p->n, p->k, p->m, p->alpha, dy, p->n, a, lda, 0.0f, db, p->k, run, error)
      : dub_blas_gemm_parallel (!p->transpose_a, FALSE, p->k, p->n, p->m, p->alpha, a, lda, dy, p->n, 0.0f, db, p->n, run, error);

    if (!ok)
      return FALSE;
  }
  if (ctx->n_inputs > 2 && ctx->d_in[2] != NULL) {
    float *dc = dub_tensor_f32 (ctx->d_in[2]);

    memset (dc, 0, dub_tensor_n_bytes (ctx->d_in[2]));
    for (int64_t i = 0; i < p->m; i++)
      for (int64_t j = 0; j < p->n; j++)
        dc[(p->c_rows > 1 ? i * p->c_columns : 0) + (p->c_columns > 1 ? j : 0)] += p->beta * dy[i * p->n + j];
  }

  return TRUE;
}

static const DubOpCase CASES[] = {
  { .name = "plain", .inputs = "f32 3,4; f32 4,5" },
  { .name = "bias", .inputs = "f32 3,4; f32 5,4; f32 5", .attributes = "transB=1" },
  { .name = "transposed", .inputs = "f32 4,3; f32 4,5; f32 3,5", .attributes = "transA=1 alpha=0.5f beta=2.0f" },
  { .name = "both", .inputs = "f32 4,3; f32 5,4; f32 3,1", .attributes = "transA=1 transB=1 beta=0.5f" },
  { .name = "scalar", .inputs = "f32 3,4; f32 4,5; f32 1" },
  { NULL },
};

const DubOp dub_op_gemm = {
  .name = "Gemm",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 3,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .multiply_adds = multiply_adds,
  .cases = CASES,
};
