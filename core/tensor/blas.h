/* Dense matrix products and symmetric eigenvectors: the only door to CBLAS and LAPACK.
 *
 * The library computes on one thread; a large product is cut here into fixed blocks
 * that run through dub_parallel_for, so that the bits do not depend on the threads.
 */
#pragma once

#include "core/base/run.h"

G_BEGIN_DECLS

/* dub_blas_gemm:
 * @m, @n, @k: c is [m][n]; op (a) is [m][k], op (b) is [k][n]
 * @transpose_a: a is stored as [k][m]
 * @transpose_b: b is stored as [n][k]
 * @lda, @ldb, @ldc: floats between the stored rows
 *
 * c = alpha · op (a) · op (b) + beta · c, row-major, on the calling thread.
 * With beta 0, c need not be initialised.
 */
void     dub_blas_gemm          (gboolean      transpose_a,
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
                                 int64_t       ldc);

/* The same on all threads of @run. Returns FALSE only if cancelled. */
gboolean dub_blas_gemm_parallel (gboolean      transpose_a,
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
                                 GError      **error);

/* dub_blas_gemm in double precision. */
void     dub_blas_gemm_f64      (gboolean      transpose_a,
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
                                 int64_t       ldc);

/* dub_blas_eigen_symmetric:
 * @a: [n][n], only its lower triangle is read; the eigenvectors replace it, one a row
 * @values: (out) [n] in rising order, row i of @a belongs to values[i]
 *
 * The sign of a vector is the library's. On the calling thread.
 *
 * Returns: FALSE with @error set: DUB_ERROR_NUMERIC if a number is not finite or the iteration does not end,
 *   DUB_ERROR_MEMORY if there is no room to work.
 */
gboolean dub_blas_eigen_symmetric (int64_t    n,
                                   double    *a,
                                   double    *values,
                                   GError   **error);

G_END_DECLS
