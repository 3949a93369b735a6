/* MatMul: NumPy's product. The last two axes are matrices, the axes before them spread
 * like those of an elementwise operator; a vector is a row on the left and a column on the right. */
#include "core/base/parallel.h"
#include "core/nn/kernels/dense.h"
#include "core/nn/ops/ops.h"
#include "core/tensor/blas.h"

#include <string.h>

typedef struct {
  int64_t  m, n, k;
  int64_t  n_batch;                 /* products */
  int      n_axes;                  /* axes of the batch */
  int64_t  extent[DUB_MAX_RANK];    /* of the result's batch */
  int64_t  a_step[DUB_MAX_RANK];    /* matrices to go on along an axis; 0 where the operand spreads */
  int64_t  b_step[DUB_MAX_RANK];
  int64_t  a_batch, b_batch;        /* matrices in each operand */
} Params;

/* Batch extents of an operand, filled up with 1 on the left. */
static void
batch_of (const DubShape *shape,
          int             n_axes,
          int64_t         extent[DUB_MAX_RANK])
{
  int own = MAX (shape->rank - 2, 0);

  for (int i = 0; i < n_axes; i++)
    extent[i] = i < n_axes - own ? 1 : shape->dim[i - (n_axes - own)];
}

static void
steps_of (const int64_t extent[DUB_MAX_RANK],
          int           n_axes,
          int64_t       step[DUB_MAX_RANK])
{
  int64_t total = 1;

  for (int i = n_axes - 1; i >= 0; i--) {
    step[i] = extent[i] == 1 ? 0 : total;
    total *= extent[i];
  }
}

static gboolean
infer (DubInferContext *ctx,
       GError         **error)
{
  if (!dub_infer_need_f32 (ctx, 0, error) || !dub_infer_need_f32 (ctx, 1, error))
    return FALSE;

  const DubShape *a = &ctx->in[0].shape;
  const DubShape *b = &ctx->in[1].shape;
  int64_t a_extent[DUB_MAX_RANK], b_extent[DUB_MAX_RANK];

  if (a->rank == 0 || b->rank == 0)
    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "one of its operands is a scalar; expected matrices.");

  Params *p = g_new0 (Params, 1);

  ctx->params = p;
  p->m = a->rank > 1 ? a->dim[a->rank - 2] : 1;
  p->k = a->dim[a->rank - 1];
  p->n = b->rank > 1 ? b->dim[b->rank - 1] : 1;
  p->n_axes = MAX (MAX (a->rank, b->rank) - 2, 0);
  batch_of (a, p->n_axes, a_extent);
  batch_of (b, p->n_axes, b_extent);
  p->n_batch = p->a_batch = p->b_batch = 1;

  gboolean fits = (b->rank > 1 ? b->dim[b->rank - 2] : b->dim[0]) == p->k;
  DubShape out = { .rank = 0 };

  for (int i = 0; i < p->n_axes; i++) {
    fits &= a_extent[i] == b_extent[i] || a_extent[i] == 1 || b_extent[i] == 1;
    p->extent[i] = a_extent[i] == 1 ? b_extent[i] : a_extent[i];
    p->n_batch *= p->extent[i];
    p->a_batch *= a_extent[i];
    p->b_batch *= b_extent[i];
    out.dim[out.rank++] = p->extent[i];
  }
  if (!fits) {
    g_autofree char *left = dub_shape_to_string (a);
    g_autofree char *right = dub_shape_to_string (b);

    return dub_infer_fail (ctx, error, DUB_ERROR_SHAPE, "shapes %s and %s cannot be multiplied.", left, right);
  }
  if (MAX (MAX (p->m, p->n), p->k) > G_MAXINT32)
    return dub_infer_fail (ctx, error, DUB_ERROR_UNSUPPORTED, "an axis has more than 2^31 elements.");
  steps_of (a_extent, p->n_axes, p->a_step);
  steps_of (b_extent, p->n_axes, p->b_step);

  if (a->rank > 1)
    out.dim[out.rank++] = p->m;
  if (b->rank > 1)
    out.dim[out.rank++] = p->n;
  ctx->out[0] = (DubType) { DUB_DTYPE_F32, out };

  return TRUE;
}

static double
multiply_adds (const DubInferContext *ctx)
{
  const Params *p = ctx->params;

  return (double) p->n_batch * (double) p->m * (double) p->n * (double) p->k;
}

/* The matrix of an operand that goes into product @batch. */
static int64_t
matrix_of (const Params *p,
           const int64_t *step,
           int64_t       batch)
{
  int64_t at = 0;

  for (int i = p->n_axes - 1; i >= 0; i--) {
    at += batch % p->extent[i] * step[i];
    batch /= p->extent[i];
  }

  return at;
}

typedef struct {
  const Params *p;
  const float  *a, *b, *dy;
  float        *y, *da, *db;
} Job;

static void
forward_product (size_t   piece,
                 guint    thread,
                 gpointer user_data)
{
  const Job *job = user_data;
  const Params *p = job->p;
  int64_t batch = (int64_t) piece;

  dub_blas_gemm (FALSE, FALSE, p->m, p->n, p->k, 1.0f,
                 job->a + matrix_of (p, p->a_step, batch) * p->m * p->k, p->k,
                 job->b + matrix_of (p, p->b_step, batch) * p->k * p->n, p->n,
                 0.0f, job->y + batch * p->m * p->n, p->n);
}

/* Matrix @piece of an operand gathers from every product that it went into, in their order. */
static void
backward_a (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Job *job = user_data;
  const Params *p = job->p;
  float *da = job->da + (int64_t) piece * p->m * p->k;
  gboolean begun = FALSE;

  for (int64_t batch = 0; batch < p->n_batch; batch++) {
    if (matrix_of (p, p->a_step, batch) != (int64_t) piece)
      continue;
    dub_blas_gemm (FALSE, TRUE, p->m, p->k, p->n, 1.0f, job->dy + batch * p->m * p->n, p->n,
                   job->b + matrix_of (p, p->b_step, batch) * p->k * p->n, p->n, begun ? 1.0f : 0.0f, da, p->k);
    begun = TRUE;
  }
}

static void
backward_b (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Job *job = user_data;
  const Params *p = job->p;
  float *db = job->db + (int64_t) piece * p->k * p->n;
  gboolean begun = FALSE;

  for (int64_t batch = 0; batch < p->n_batch; batch++) {
    if (matrix_of (p, p->b_step, batch) != (int64_t) piece)
      continue;
    dub_blas_gemm (TRUE, FALSE, p->k, p->n, p->m, 1.0f, job->a + matrix_of (p, p->a_step, batch) * p->m * p->k, p->k,
                   job->dy + batch * p->m * p->n, p->n, begun ? 1.0f : 0.0f, db, p->n);
    begun = TRUE;
  }
}

/* One matrix on the right, the same for all products: they are one product with more rows. */
static gboolean
is_one_product (const Params *p)
{
  return p->b_batch == 1 && p->a_batch == p->n_batch && p->n_batch * p->m < G_MAXINT32;
}

static gboolean
forward (DubOpContext *ctx,
         DubRun       *run,
         GError      **error)
{
  const Params *p = ctx->params;
  Job job = {
    .p = p, .a = dub_tensor_f32 (ctx->in[0]), .b = dub_tensor_f32 (ctx->in[1]), .y = dub_tensor_f32 (ctx->out[0]),
  };

  /* As in a dense layer, rows may be cases, which must not hear of each other. */
  if (is_one_product (p)) {
    memset (job.y, 0, dub_tensor_n_bytes (ctx->out[0]));
    return dub_dense_add (FALSE, p->n_batch * p->m, p->n, p->k, 1.0f, job.a, job.b, job.y, run, error);
  }

  return dub_parallel_for (run, (size_t) p->n_batch, forward_product, &job, error);
}

static gboolean
backward (DubOpContext *ctx,
          DubRun       *run,
          GError      **error)
{
  const Params *p = ctx->params;
  Job job = {
    .p = p,
    .a = dub_tensor_f32 (ctx->in[0]),
    .b = dub_tensor_f32 (ctx->in[1]),
    .dy = dub_tensor_f32 (ctx->d_out[0]),
    .da = ctx->d_in[0] != NULL ? dub_tensor_f32 (ctx->d_in[0]) : NULL,
    .db = ctx->d_in[1] != NULL ? dub_tensor_f32 (ctx->d_in[1]) : NULL,
  };
  gboolean one = is_one_product (p);
  int64_t rows = p->n_batch * p->m;

  if (job.da != NULL && one &&
      !dub_blas_gemm_parallel (FALSE, TRUE, rows, p->k, p->n, 1.0f, job.dy, p->n, job.b, p->n, 0.0f, job.da, p->k,
                               run, error))
    return FALSE;
  if (job.db != NULL && one &&
      !dub_blas_gemm_parallel (TRUE, FALSE, p->k, p->n, rows, 1.0f, job.a, p->k, job.dy, p->n, 0.0f, job.db, p->n,
                               run, error))
    return FALSE;
  if (one)
    return TRUE;

  return (job.da == NULL || dub_parallel_for (run, (size_t) p->a_batch, backward_a, &job, error)) &&
         (job.db == NULL || dub_parallel_for (run, (size_t) p->b_batch, backward_b, &job, error));
}

static const DubOpCase CASES[] = {
  { .name = "matrices", .inputs = "f32 3,4; f32 4,5" },
  { .name = "batched", .inputs = "f32 2,3,4; f32 2,4,2" },
  { .name = "one-right", .inputs = "f32 2,3,2,4; f32 4,3" },
  { .name = "one-left", .inputs = "f32 2,4; f32 3,4,2" },
  { .name = "spread", .inputs = "f32 2,1,3,2; f32 3,2,2" },
  { .name = "vector-left", .inputs = "f32 4; f32 2,4,3" },
  { .name = "vector-right", .inputs = "f32 2,3,4; f32 4" },
  { .name = "dot", .inputs = "f32 5; f32 5" },
  { NULL },
};

const DubOp dub_op_matmul = {
  .name = "MatMul",
  .flags = DUB_OP_BACKWARD_IN,
  .min_inputs = 2,
  .max_inputs = 2,
  .infer = infer,
  .forward = forward,
  .backward = backward,
  .free_params = g_free,
  .multiply_adds = multiply_adds,
  .cases = CASES,
};
