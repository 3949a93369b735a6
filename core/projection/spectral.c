#include "core/projection/spectral.h"

#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/tensor/blas.h"

#include <math.h>
#include <string.h>

/* Waves beyond the wanted ones, rounds, degree of the polynomial of a round. */
enum { N_MORE = 6, N_ROUNDS = 8, DEGREE = 24 };
/* Cases of a piece. */
enum { N_CASES = 1024 };

size_t
dub_graph_parts (const DubCaseGraph *graph,
                 uint32_t           *part)
{
  g_autofree uint32_t *stack = g_new (uint32_t, graph->n);
  size_t n_parts = 0;

  for (size_t i = 0; i < graph->n; i++)
    part[i] = UINT32_MAX;
  for (size_t i = 0; i < graph->n; i++) {
    size_t height = 0;

    if (part[i] != UINT32_MAX)
      continue;
    part[i] = (uint32_t) n_parts;
    stack[height++] = (uint32_t) i;
    while (height > 0) {
      uint32_t at = stack[--height];

      for (size_t e = graph->start[at]; e < graph->start[at + 1]; e++)
        if (part[graph->index[e]] == UINT32_MAX) {
          part[graph->index[e]] = (uint32_t) n_parts;
          stack[height++] = graph->index[e];
        }
    }
    n_parts++;
  }

  return n_parts;
}

typedef struct {
  const DubCaseGraph *graph;
  const double       *root;  /* [N] 1 / sqrt of the sum of weights */
  size_t              size;  /* M waves */
  const double       *x;     /* [N][M] */
  const double       *old;   /* [N][M] */
  double             *y;     /* [N][M] */
  double              scale, shift, before;
} Product;

/* y = scale (A x - shift x) - before old, for the cases of a piece. */
static void
product_piece (size_t   piece,
               guint    thread,
               gpointer user_data)
{
  const Product *p = user_data;
  const DubCaseGraph *graph = p->graph;
  size_t m = p->size;

  for (size_t i = piece * N_CASES; i < MIN ((piece + 1) * N_CASES, graph->n); i++) {
    double *y = p->y + i * m;
    double sum[16] = { 0.0 };

    for (size_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      const double *x = p->x + (size_t) graph->index[e] * m;
      double w = (double) graph->weight[e] * p->root[graph->index[e]];

      for (size_t k = 0; k < m; k++)
        sum[k] += w * x[k];
    }
    for (size_t k = 0; k < m; k++)
      y[k] = p->scale * (p->root[i] * sum[k] - p->shift * p->x[i * m + k]) - p->before * p->old[i * m + k];
  }
}

static gboolean
multiply (Product  *p,
          DubRun   *run,
          GError  **error)
{
  return dub_parallel_for (run, (p->graph->n + N_CASES - 1) / N_CASES, product_piece, p, error);
}

/* Rayleigh-Ritz: @x becomes orthonormal with A diagonal in its span, the largest value first; @ax is A x and follows.
 * X'X = L L' is taken by its eigenvectors, as is L^-1 (X'AX) L^-T. */
static gboolean
rotate (size_t    n,
        size_t    m,
        double   *x,
        double   *ax,
        double   *scratch,
        double   *values,
        GError  **error)
{
  double gram[16 * 16], inner[16 * 16], half[16 * 16], turned[16 * 16], basis[16 * 16], lengths[16], rising[16];
  int64_t size = (int64_t) m, rows = (int64_t) n;

  dub_blas_gemm_f64 (TRUE, FALSE, size, size, rows, 1.0, x, size, x, size, 0.0, gram, size);
  dub_blas_gemm_f64 (TRUE, FALSE, size, size, rows, 1.0, x, size, ax, size, 0.0, inner, size);
  if (!dub_blas_eigen_symmetric (size, gram, lengths, error))
    return FALSE;
  for (size_t k = 0; k < m; k++) {
    double length = sqrt (fmax (lengths[k], 1e-26 * lengths[m - 1]));

    for (size_t i = 0; i < m; i++)
      gram[k * m + i] /= length > 0.0 ? length : 1.0;
  }
  dub_blas_gemm_f64 (FALSE, FALSE, size, size, size, 1.0, gram, size, inner, size, 0.0, half, size);
  dub_blas_gemm_f64 (FALSE, TRUE, size, size, size, 1.0, half, size, gram, size, 0.0, turned, size);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < i; j++)
      turned[i * m + j] = turned[j * m + i] = 0.5 * (turned[i * m + j] + turned[j * m + i]);
  if (!dub_blas_eigen_symmetric (size, turned, rising, error))
    return FALSE;
  for (size_t k = 0; k < m; k++) {
    values[k] = rising[m - 1 - k];
    for (size_t i = 0; i < m; i++) {
      double sum = 0.0;

      for (size_t j = 0; j < m; j++)
        sum += turned[(m - 1 - k) * m + j] * gram[j * m + i];
      basis[k * m + i] = sum;
    }
  }
  for (int both = 0; both < 2; both++) {
    double *matrix = both ? ax : x;

    memcpy (scratch, matrix, n * m * sizeof (double));
    dub_blas_gemm_f64 (FALSE, TRUE, rows, size, size, 1.0, scratch, size, basis, size, 0.0, matrix, size);
  }

  return TRUE;
}

/* x = T (A) x with the Chebyshev polynomial that is small on [-1, @edge] and grows beyond. */
static gboolean
filter (Product  *p,
        double   *x,
        double   *y,
        double   *z,
        double    edge,
        DubRun   *run,
        GError  **error)
{
  double half = 0.5 * (edge + 1.0), middle = 0.5 * (edge - 1.0);
  double *old = x, *now = y, *next = z;
  size_t n = p->graph->n * p->size;

  p->x = x;
  p->old = x;
  p->y = y;
  p->scale = 1.0 / half;
  p->shift = middle;
  p->before = 0.0;
  if (!multiply (p, run, error))
    return FALSE;
  for (int degree = 2; degree <= DEGREE; degree++) {
    double *swapped = old;

    p->x = now;
    p->old = old;
    p->y = next;
    p->scale = 2.0 / half;
    p->before = 1.0;
    if (!multiply (p, run, error))
      return FALSE;
    old = now;
    now = next;
    next = swapped;
  }
  if (now != x)
    memcpy (x, now, n * sizeof (double));

  return TRUE;
}

gboolean
dub_spectral_layout (const DubCaseGraph  *graph,
                     size_t               n_dims,
                     uint64_t             seed,
                     double              *out,
                     DubRun              *run,
                     GError             **error)
{
  size_t n = graph->n, m = MIN (n_dims + 1 + N_MORE, MIN (n, 16));
  g_autofree double *root = g_new (double, n);
  g_autofree double *x = g_new (double, n * m), *y = g_new (double, n * m), *z = g_new (double, n * m);
  double values[16] = { 0.0 };
  Product p = { .graph = graph, .root = root, .size = m };
  DubRng rng;

  dub_rng_init (&rng, seed, "spectral", 0);
  for (size_t i = 0; i < n; i++) {
    double sum = 0.0;

    for (size_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      sum += (double) graph->weight[e];
    root[i] = sum > 0.0 ? 1.0 / sqrt (sum) : 0.0;
    /* The first wave is known. */
    x[i * m] = sqrt (sum);
    for (size_t k = 1; k < m; k++)
      x[i * m + k] = dub_rng_normal (&rng);
  }
  for (int round = 0; round < N_ROUNDS; round++) {
    /* What is beyond the wanted waves' last companion is damped; at first nothing is known of it. */
    if (!filter (&p, x, y, z, round > 0 ? CLAMP (values[m - 1], 0.0, 1.0 - 1e-7) : 0.5, run, error))
      return FALSE;
    p.x = x;
    p.old = x;
    p.y = y;
    p.scale = 1.0;
    p.shift = p.before = 0.0;
    if (!multiply (&p, run, error) || !rotate (n, m, x, y, z, values, error))
      return FALSE;
  }
  for (size_t d = 0; d < n_dims; d++) {
    size_t column = d + 1, largest = 0;

    for (size_t i = 0; i < n && column < m; i++)
      if (fabs (x[i * m + column]) > fabs (x[largest * m + column]))
        largest = i;
    for (size_t i = 0; i < n; i++)
      out[i * n_dims + d] = column >= m ? 0.0 : x[largest * m + column] < 0.0 ? -x[i * m + column] : x[i * m + column];
  }

  return TRUE;
}
