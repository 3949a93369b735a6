#include "core/tensor/blas.h"

#include "core/base/parallel.h"

#include <cblas.h>

/* Multiply-adds of a block, at least: below, threads cost more than they give. */
static const int64_t BLOCK_WORK = 4 << 20;
static const int64_t BLOCK_MOST = 64;

static void
use_one_thread (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done)) {
    openblas_set_num_threads (1);
    g_once_init_leave (&done, 1);
  }
}

void
dub_blas_gemm (gboolean      transpose_a,
               gboolean      transpose_b,
               int64_t       m,
               int64_t       n,
               int64_t       k,
               float         alpha,
               const float  *a,
               int64_t       lda,
               const float  *b,
               int64_t       ldb,
               float         beta,
               float        *c,
               int64_t       ldc)
{
  if (m == 0 || n == 0)
    return;

  use_one_thread ();
  cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
               (blasint) m, (blasint) n, (blasint) k, alpha, a, (blasint) MAX (lda, 1), b, (blasint) MAX (ldb, 1),
               beta, c, (blasint) MAX (ldc, 1));
}

typedef struct {
  gboolean     transpose_a, transpose_b;
  int64_t      m, n, k;
  float        alpha, beta;
  const float *a, *b;
  float       *c;
  int64_t      lda, ldb, ldc;
  int64_t      n_blocks;
  gboolean     along_m;
} Product;

static void
block_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  const Product *p = user_data;
  int64_t extent = p->along_m ? p->m : p->n;
  int64_t first = extent * (int64_t) piece / p->n_blocks;
  int64_t count = extent * ((int64_t) piece + 1) / p->n_blocks - first;

  if (p->along_m)
    dub_blas_gemm (p->transpose_a, p->transpose_b, count, p->n, p->k, p->alpha,
                   p->a + first * (p->transpose_a ? 1 : p->lda), p->lda, p->b, p->ldb,
                   p->beta, p->c + first * p->ldc, p->ldc);
  else
    dub_blas_gemm (p->transpose_a, p->transpose_b, p->m, count, p->k, p->alpha, p->a, p->lda,
                   p->b + first * (p->transpose_b ? p->ldb : 1), p->ldb,
                   p->beta, p->c + first, p->ldc);
}

gboolean
dub_blas_gemm_parallel (gboolean      transpose_a,
                        gboolean      transpose_b,
                        int64_t       m,
                        int64_t       n,
                        int64_t       k,
                        float         alpha,
                        const float  *a,
                        int64_t       lda,
                        const float  *b,
                        int64_t       ldb,
                        float         beta,
                        float        *c,
                        int64_t       ldc,
                        DubRun       *run,
                        GError      **error)
{
  Product p = { transpose_a, transpose_b, m, n, k, alpha, beta, a, b, c, lda, ldb, ldc, 1, m >= n };
  int64_t extent = MAX (m, n);
  double work = (double) m * (double) n * (double) MAX (k, 1);

  p.n_blocks = (int64_t) CLAMP (work / (double) BLOCK_WORK, 1.0, (double) BLOCK_MOST);
  p.n_blocks = MAX (MIN (p.n_blocks, extent / 16), 1);

  return dub_parallel_for (run, (size_t) p.n_blocks, block_piece, &p, error);
}
