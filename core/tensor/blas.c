#include "core/tensor/blas.h"

#include "core/base/parallel.h"

#include <cblas.h>
#include <math.h>

/* LAPACK's own name of the divide-and-conquer eigensolver: OpenBLAS exports it, Debian has no header for it. */
void dsyevd_ (const char    *jobz,
              const char    *uplo,
              const blasint *n,
              double        *a,
              const blasint *lda,
              double        *w,
              double        *work,
              const blasint *lwork,
              blasint       *iwork,
              const blasint *liwork,
              blasint       *info,
              size_t         jobz_length,
              size_t         uplo_length);

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

void
dub_blas_gemm_f64 (gboolean      transpose_a,
                   gboolean      transpose_b,
                   int64_t       m,
                   int64_t       n,
                   int64_t       k,
                   double        alpha,
                   const double *a,
                   int64_t       lda,
                   const double *b,
                   int64_t       ldb,
                   double        beta,
                   double       *c,
                   int64_t       ldc)
{
  if (m == 0 || n == 0)
    return;

  use_one_thread ();
  cblas_dgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
               (blasint) m, (blasint) n, (blasint) k, alpha, a, (blasint) MAX (lda, 1), b, (blasint) MAX (ldb, 1),
               beta, c, (blasint) MAX (ldc, 1));
}

gboolean
dub_blas_eigen_symmetric (int64_t    n,
                          double    *a,
                          double    *values,
                          GError   **error)
{
  blasint size = (blasint) n, work_size = -1, int_size = -1, best_int = 0, info = 0;
  double best = 0.0;

  if (n == 0)
    return TRUE;
  if (n > 32768) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "The eigenvectors of a matrix of %" G_GINT64_FORMAT " rows were asked for, at most 32768 are computed.", n);
    return FALSE;
  }
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j <= i; j++)
      if (!isfinite (a[i * n + j])) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                     "The matrix whose eigenvectors are asked for has %g at row %" G_GINT64_FORMAT ", column %"
                     G_GINT64_FORMAT ".", a[i * n + j], i, j);
        return FALSE;
      }

  use_one_thread ();
  /* What is the lower triangle by rows is the upper one by columns, as Fortran stores. */
  dsyevd_ ("V", "U", &size, a, &size, values, &best, &work_size, &best_int, &int_size, &info, 1, 1);
  work_size = (blasint) best;
  int_size = best_int;

  g_autofree double *work = g_try_new (double, (gsize) MAX (work_size, 1));
  g_autofree blasint *int_work = g_try_new (blasint, (gsize) MAX (int_size, 1));

  if (work == NULL || int_work == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
                 "There is no memory for the eigenvectors of a matrix of %" G_GINT64_FORMAT " rows.", n);
    return FALSE;
  }
  dsyevd_ ("V", "U", &size, a, &size, values, work, &work_size, int_work, &int_size, &info, 1, 1);
  if (info != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
                 "The eigenvectors of a matrix of %" G_GINT64_FORMAT " rows were not found.", n);
    return FALSE;
  }

  return TRUE;
}
