#include "core/nn/kernels/dense.h"

#include "core/base/clones.h"

#include <string.h>

enum { LANES = 16, COLUMNS = 64 };

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

void
dub_dense_rows (gboolean     transpose_b,
                int64_t      m,
                int64_t      n,
                int64_t      k,
                float        alpha,
                const float *a,
                const float *b,
                float       *y)
{
  for (int64_t c = 0; c < n; c += transpose_b ? 1 : COLUMNS)
    for (int64_t i = 0; i < m; i++)
      if (transpose_b)
        y[i * n + c] += alpha * dot (a + i * k, b + c * k, k);
      else
        columns (a + i * k, b + c, n, k, MIN (n - c, COLUMNS), alpha, y + i * n + c);
}
