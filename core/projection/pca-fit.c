/* The eigenvectors of the covariance X'X / (N - 1), of the N × N Gram matrix XX' where that is smaller, or, where
 * both are large, by subspace iteration from a random start (Halko, Martinsson and Tropp 2011, algorithm 4.4 followed by
 * Rayleigh-Ritz). Partial sums are one a piece and added in the order of the pieces. */
#include "core/projection/pca-private.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/projection/cross-product.h"
#include "core/projection/feature-rows.h"
#include "core/tensor/blas.h"

#include <math.h>
#include <string.h>

/* Rows, or columns, that are standardised together. */
enum { BLOCK = 256 };
/* Bytes of all partial sums together, about. */
static const size_t PARTIAL_BYTES = 64 << 20;
/* Beyond the wanted ones, vectors that the random start has. */
enum { N_MORE = 16, N_ROUNDS = 10 };
/* A variance below this share of the largest is rounding. */
static const double LEAST = 1e-13;

typedef struct {
  DubPca       *pca;
  const float  *features;
  size_t        n_pieces;
  size_t        size;    /* rows and columns of a sum, or its columns for the iteration */
  double       *sum;     /* [n_pieces][…] */
  const double *vectors; /* [F][size] of the iteration, [size][N] of the Gram matrix */
} Work;

static size_t
choose_pieces (size_t n_bytes,
               size_t n_blocks)
{
  return MAX (MIN (CLAMP (PARTIAL_BYTES / MAX (n_bytes, 1), 2, 16), n_blocks), 1);
}

static gboolean
allocate_sums (Work    *work,
               size_t   n_each,
               size_t   n_blocks,
               GError **error)
{
  work->n_pieces = choose_pieces (n_each * sizeof (double), n_blocks);
  work->sum = g_try_new0 (double, work->n_pieces * n_each);
  if (work->sum != NULL)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY,
               "There is no memory for the principal components of %zu cases of %zu features.", work->pca->n_fit,
               work->pca->n_features);

  return FALSE;
}

/* All sums into the first. */
static void
add_sums (Work   *work,
          size_t  n_each)
{
  for (size_t piece = 1; piece < work->n_pieces; piece++)
    for (size_t i = 0; i < n_each; i++)
      work->sum[i] += work->sum[piece * n_each + i];
}

/* Blocks of piece @piece: [*first, *last). */
static void
piece_blocks (const Work *work,
              size_t      piece,
              size_t      extent,
              size_t     *first,
              size_t     *last)
{
  size_t n_blocks = (extent + BLOCK - 1) / BLOCK;

  *first = n_blocks * piece / work->n_pieces;
  *last = n_blocks * (piece + 1) / work->n_pieces;
}

/* Rows [@first, @first + @n) standardised into @out [n][F]. */
static void
load_rows (const Work *work,
           size_t      first,
           size_t      n,
           double     *out)
{
  for (size_t i = 0; i < n; i++)
    _dub_pca_standardize (work->pca, work->features + (first + i) * work->pca->n_features, out + i * work->pca->n_features);
}

/* Columns [@first, @first + @n) standardised into @out [N][n]. */
static void
load_columns (const Work *work,
              size_t      first,
              size_t      n,
              double     *out)
{
  const DubPca *pca = work->pca;

  for (size_t i = 0; i < pca->n_fit; i++)
    for (size_t f = 0; f < n; f++) {
      double x = (double) work->features[i * pca->n_features + first + f] - pca->mean[first + f];

      out[i * n + f] = pca->scale != NULL ? x / pca->scale[first + f] : x;
    }
}

/* --- choosing --- */

/* How many of @values (rising, @n of them, the last the largest) to keep. */
static size_t
choose_count (DubPca              *self,
              const DubPcaOptions *options,
              const double        *values,
              size_t               n)
{
  size_t most = MIN (n, self->n_fit - 1), count = 0;
  double kept = 0.0;

  while (count < most && values[n - 1 - count] > LEAST * values[n - 1]) {
    if (options->n_components > 0 ? count == options->n_components
                                  : kept >= options->explained * self->total_variance * (1.0 - 1e-12))
      break;
    kept += values[n - 1 - count];
    count++;
  }

  return MAX (count, 1);
}

static void
fix_sign (double *component,
          size_t  n)
{
  size_t largest = 0;

  for (size_t f = 1; f < n; f++)
    if (fabs (component[f]) > fabs (component[largest]))
      largest = f;
  if (component[largest] < 0.0)
    for (size_t f = 0; f < n; f++)
      component[f] = -component[f];
}

static void
allocate_components (DubPca       *self,
                     size_t        n_components,
                     const double *values,
                     size_t        n)
{
  self->n_components = n_components;
  self->variance = g_new (double, n_components);
  self->components = g_new (double, n_components * self->n_features);
  for (size_t k = 0; k < n_components; k++)
    self->variance[k] = values[n - 1 - k];
}

/* --- covariance --- */

static void
covariance_piece (size_t   piece,
                  guint    thread,
                  gpointer user_data)
{
  Work *work = user_data;
  size_t n_features = work->pca->n_features, first, last;
  double *sum = work->sum + piece * n_features * n_features;
  g_autofree double *rows = g_new (double, BLOCK * n_features);

  piece_blocks (work, piece, work->pca->n_fit, &first, &last);
  for (size_t block = first; block < last; block++) {
    size_t n = MIN (BLOCK, work->pca->n_fit - block * BLOCK);

    load_rows (work, block * BLOCK, n, rows);
    dub_cross_product_add (rows, n, n_features, sum);
  }
}

static gboolean
by_covariance (Work                 *work,
               const DubPcaOptions  *options,
               DubRun               *run,
               GError              **error)
{
  DubPca *self = work->pca;
  size_t n = self->n_features;
  g_autofree double *values = g_new (double, n);

  if (!allocate_sums (work, n * n, (self->n_fit + BLOCK - 1) / BLOCK, error)
      || !dub_parallel_for (run, work->n_pieces, covariance_piece, work, error))
    return FALSE;
  add_sums (work, n * n);
  dub_cross_product_mirror (work->sum, n);
  for (size_t i = 0; i < n * n; i++)
    work->sum[i] /= (double) (self->n_fit - 1);
  if (!dub_blas_eigen_symmetric ((int64_t) n, work->sum, values, error))
    return FALSE;

  allocate_components (self, choose_count (self, options, values, n), values, n);
  for (size_t k = 0; k < self->n_components; k++)
    memcpy (self->components + k * n, work->sum + (n - 1 - k) * n, n * sizeof (double));

  return TRUE;
}

/* --- Gram matrix --- */

static void
gram_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  Work *work = user_data;
  size_t n_cases = work->pca->n_fit, first, last;
  double *sum = work->sum + piece * n_cases * n_cases;
  g_autofree double *columns = g_new (double, BLOCK * n_cases);

  piece_blocks (work, piece, work->pca->n_features, &first, &last);
  for (size_t block = first; block < last; block++) {
    size_t n = MIN (BLOCK, work->pca->n_features - block * BLOCK);

    load_columns (work, block * BLOCK, n, columns);
    dub_blas_gemm_f64 (FALSE, TRUE, (int64_t) n_cases, (int64_t) n_cases, (int64_t) n, 1.0, columns, (int64_t) n,
                       columns, (int64_t) n, 1.0, sum, (int64_t) n_cases);
  }
}

/* Loadings of BLOCK features: u'X, not yet divided by their length. */
static void
loadings_piece (size_t   piece,
                guint    thread,
                gpointer user_data)
{
  Work *work = user_data;
  DubPca *pca = work->pca;
  size_t first = piece * BLOCK, n = MIN (BLOCK, pca->n_features - first);
  g_autofree double *columns = g_new (double, n * pca->n_fit);

  load_columns (work, first, n, columns);
  dub_blas_gemm_f64 (FALSE, FALSE, (int64_t) pca->n_components, (int64_t) n, (int64_t) pca->n_fit, 1.0, work->vectors,
                     (int64_t) pca->n_fit, columns, (int64_t) n, 0.0, pca->components + first,
                     (int64_t) pca->n_features);
}

static gboolean
by_gram (Work                 *work,
         const DubPcaOptions  *options,
         DubRun               *run,
         GError              **error)
{
  DubPca *self = work->pca;
  size_t n = self->n_fit;
  g_autofree double *values = g_new (double, n);
  g_autofree double *vectors = NULL;

  if (!allocate_sums (work, n * n, (self->n_features + BLOCK - 1) / BLOCK, error)
      || !dub_parallel_for (run, work->n_pieces, gram_piece, work, error))
    return FALSE;
  add_sums (work, n * n);
  for (size_t i = 0; i < n * n; i++)
    work->sum[i] /= (double) (n - 1);
  if (!dub_blas_eigen_symmetric ((int64_t) n, work->sum, values, error))
    return FALSE;

  allocate_components (self, choose_count (self, options, values, n), values, n);
  vectors = g_new (double, self->n_components * n);
  for (size_t k = 0; k < self->n_components; k++)
    memcpy (vectors + k * n, work->sum + (n - 1 - k) * n, n * sizeof (double));
  work->vectors = vectors;
  if (!dub_parallel_for (run, (self->n_features + BLOCK - 1) / BLOCK, loadings_piece, work, error))
    return FALSE;
  for (size_t k = 0; k < self->n_components; k++) {
    double *component = self->components + k * self->n_features;
    double length = sqrt (dub_features_dot (component, component, self->n_features));

    for (size_t f = 0; f < self->n_features; f++)
      component[f] /= length;
  }

  return TRUE;
}

/* --- subspace iteration --- */

/* Part of X'(X Q) / (N - 1). */
static void
times_piece (size_t   piece,
             guint    thread,
             gpointer user_data)
{
  Work *work = user_data;
  size_t n_features = work->pca->n_features, first, last;
  double *sum = work->sum + piece * n_features * work->size;
  double factor = 1.0 / (double) (work->pca->n_fit - 1);
  g_autofree double *rows = g_new (double, BLOCK * n_features);
  g_autofree double *product = g_new (double, BLOCK * work->size);

  piece_blocks (work, piece, work->pca->n_fit, &first, &last);
  for (size_t block = first; block < last; block++) {
    size_t n = MIN (BLOCK, work->pca->n_fit - block * BLOCK);

    load_rows (work, block * BLOCK, n, rows);
    dub_blas_gemm_f64 (FALSE, FALSE, (int64_t) n, (int64_t) work->size, (int64_t) n_features, 1.0, rows,
                       (int64_t) n_features, work->vectors, (int64_t) work->size, 0.0, product, (int64_t) work->size);
    dub_blas_gemm_f64 (TRUE, FALSE, (int64_t) n_features, (int64_t) work->size, (int64_t) n, factor, rows,
                       (int64_t) n_features, product, (int64_t) work->size, 1.0, sum, (int64_t) work->size);
  }
}

/* Columns of @q [n][size] orthonormal, from the eigenvectors of their products; twice, because once leaves rounding. */
static gboolean
orthonormalize (double  *q,
                size_t   n,
                size_t   size,
                GError **error)
{
  g_autofree double *products = g_new (double, size * size);
  g_autofree double *values = g_new (double, size);
  g_autofree double *old = g_new (double, n * size);

  for (int pass = 0; pass < 2; pass++) {
    dub_blas_gemm_f64 (TRUE, FALSE, (int64_t) size, (int64_t) size, (int64_t) n, 1.0, q, (int64_t) size, q,
                       (int64_t) size, 0.0, products, (int64_t) size);
    if (!dub_blas_eigen_symmetric ((int64_t) size, products, values, error))
      return FALSE;
    for (size_t k = 0; k < size; k++) {
      double length = sqrt (fmax (values[k], 1e-28 * values[size - 1]));

      for (size_t i = 0; i < size; i++)
        products[k * size + i] /= length > 0.0 ? length : 1.0;
    }
    memcpy (old, q, n * size * sizeof (double));
    dub_blas_gemm_f64 (FALSE, TRUE, (int64_t) n, (int64_t) size, (int64_t) size, 1.0, old, (int64_t) size, products,
                       (int64_t) size, 0.0, q, (int64_t) size);
  }

  return TRUE;
}

static gboolean
by_iteration (Work                 *work,
              const DubPcaOptions  *options,
              DubRun               *run,
              GError              **error)
{
  DubPca *self = work->pca;
  size_t n = self->n_features, most = DUB_PCA_EXACT / 4;
  size_t wanted = options->n_components > 0 ? MIN (options->n_components, most) : most;
  size_t size = wanted + N_MORE;
  g_autofree double *q = g_new (double, n * size);
  g_autofree double *small = g_new (double, size * size);
  g_autofree double *values = g_new (double, size);
  DubRng rng;

  work->size = size;
  work->vectors = q;
  if (!allocate_sums (work, n * size, (self->n_fit + BLOCK - 1) / BLOCK, error))
    return FALSE;
  dub_rng_init (&rng, options->seed, "pca", 0);
  for (size_t i = 0; i < n * size; i++)
    q[i] = dub_rng_normal (&rng);
  for (int round = 0; round < N_ROUNDS; round++) {
    if (!orthonormalize (q, n, size, error))
      return FALSE;
    memset (work->sum, 0, work->n_pieces * n * size * sizeof (double));
    if (!dub_parallel_for (run, work->n_pieces, times_piece, work, error))
      return FALSE;
    add_sums (work, n * size);
    if (round + 1 < N_ROUNDS)
      memcpy (q, work->sum, n * size * sizeof (double));
  }

  /* Rayleigh-Ritz: the covariance within the subspace, Q'(C Q). */
  dub_blas_gemm_f64 (TRUE, FALSE, (int64_t) size, (int64_t) size, (int64_t) n, 1.0, q, (int64_t) size, work->sum,
                     (int64_t) size, 0.0, small, (int64_t) size);
  if (!dub_blas_eigen_symmetric ((int64_t) size, small, values, error))
    return FALSE;
  allocate_components (self, MIN (choose_count (self, options, values, size), wanted), values, size);
  /* Row k of the components is row size - 1 - k of the small vectors times Q'. */
  for (size_t k = 0; k < self->n_components; k++)
    dub_blas_gemm_f64 (FALSE, TRUE, 1, (int64_t) n, (int64_t) size, 1.0, small + (size - 1 - k) * size, (int64_t) size,
                       q, (int64_t) size, 0.0, self->components + k * n, (int64_t) n);

  return TRUE;
}

gboolean
_dub_pca_components (DubPca               *self,
                     const float          *features,
                     const DubPcaOptions  *options,
                     DubRun               *run,
                     GError              **error)
{
  Work work = { .pca = self, .features = features };
  gboolean found;

  if (MIN (self->n_fit, self->n_features) > DUB_PCA_EXACT)
    found = by_iteration (&work, options, run, error);
  else if (self->n_fit < self->n_features)
    found = by_gram (&work, options, run, error);
  else
    found = by_covariance (&work, options, run, error);
  g_free (work.sum);
  if (!found)
    return FALSE;
  for (size_t k = 0; k < self->n_components; k++)
    fix_sign (self->components + k * self->n_features, self->n_features);

  return TRUE;
}
