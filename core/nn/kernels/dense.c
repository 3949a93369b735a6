#include "core/nn/kernels/dense.h"

#include "core/base/clones.h"
#include "core/base/parallel.h"

/* Rows of a piece share one reading of B. */
enum { LANES = 16, COLUMNS = 64, ROWS = 8 };

/* Products of one row of A and one of B, K both: lane l sums every sixteenth, lanes are added from the first to the last. */
DUB_CLONES static float
dot (const float *restrict a,
     const float *restrict b,
     int64_t               k)
{
  float lane[LANES] = { 0 }, sum = 0.0f;
  int64_t j = 0;

  for (; j + LANES <= k; j += LANES)
    for (int l = 0; l < LANES; l++)
      lane[l] += a[j + l] * b[j + l];
  for (int l = 0; j + l < k; l++)
    lane[l] += a[j + l] * b[j + l];
  for (int l = 0; l < LANES; l++)
    sum += lane[l];

  return sum;
}

/* Columns [first, first + count) of a row, count <= COLUMNS: K products each, in their order. */
DUB_CLONES static void
columns (const float *restrict a,
         const float *restrict b,
         int64_t               n,
         int64_t               k,
         int64_t               count,
         float                 alpha,
         float       *restrict y)
{
  float sum[COLUMNS] = { 0 };

  if (count == COLUMNS) {
    for (int64_t j = 0; j < k; j++)
      for (int c = 0; c < COLUMNS; c++)
        sum[c] += a[j] * b[j * n + c];
  } else {
    for (int64_t j = 0; j < k; j++)
      for (int64_t c = 0; c < count; c++)
        sum[c] += a[j] * b[j * n + c];
  }
  for (int64_t c = 0; c < count; c++)
    y[c] += alpha * sum[c];
}

typedef struct {
  gboolean     transpose_b;
  int64_t      m, n, k;
  float        alpha;
  const float *a, *b;
  float       *y;
} Product;

static void
rows_piece (size_t   piece,
            guint    thread,
            gpointer user_data)
{
  const Product *p = user_data;
  int64_t first = (int64_t) piece * ROWS, m = MIN (p->m - first, ROWS), n = p->n, k = p->k;
  const float *a = p->a + first * k;
  float *y = p->y + first * n;

  for (int64_t c = 0; c < n; c += p->transpose_b ? 1 : COLUMNS)
    for (int64_t i = 0; i < m; i++)
      if (p->transpose_b)
        y[i * n + c] += p->alpha * dot (a + i * k, p->b + c * k, k);
      else
        columns (a + i * k, p->b + c, n, k, MIN (n - c, COLUMNS), p->alpha, y + i * n + c);
}

gboolean
dub_dense_add (gboolean      transpose_b,
               int64_t       m,
               int64_t       n,
               int64_t       k,
               float         alpha,
               const float  *a,
               const float  *b,
               float        *y,
               DubRun       *run,
               GError      **error)
{
  Product product = { transpose_b, m, n, k, alpha, a, b, y };

  return dub_parallel_for (run, (size_t) ((m + ROWS - 1) / ROWS), rows_piece, &product, error);
}
