#include "core/projection/cross-product.h"

#include "core/base/clones.h"

#include <string.h>

/* Rows and columns of a tile of the result, and rows that are packed together: a panel of them stays in the nearest cache. */
enum { ROWS = 4, COLUMNS = 16, LANES = 8, DEPTH = 128 };

typedef double Lanes __attribute__ ((vector_size (8 * LANES), aligned (8), may_alias));

/* @a, @b: panels [n][COLUMNS]; @a already at the first of its ROWS columns. @tile: (out) [ROWS][COLUMNS] */
DUB_CLONES static void
multiply (const double *a,
          const double *b,
          size_t        n,
          double       *tile)
{
  Lanes sum[ROWS][2] = { { { 0.0 } } };

  for (size_t k = 0; k < n; k++) {
    Lanes low = *(const Lanes *) (b + k * COLUMNS), high = *(const Lanes *) (b + k * COLUMNS + LANES);

    for (size_t r = 0; r < ROWS; r++) {
      sum[r][0] += a[k * COLUMNS + r] * low;
      sum[r][1] += a[k * COLUMNS + r] * high;
    }
  }
  for (size_t r = 0; r < ROWS; r++) {
    *(Lanes *) (tile + r * COLUMNS) = sum[r][0];
    *(Lanes *) (tile + r * COLUMNS + LANES) = sum[r][1];
  }
}

/* Panels of COLUMNS columns, [panel][n][COLUMNS], the last filled up with zeros. */
static void
pack (const double *rows,
      size_t        n,
      size_t        n_columns,
      size_t        n_panels,
      double       *panels)
{
  for (size_t p = 0; p < n_panels; p++) {
    size_t width = MIN (COLUMNS, n_columns - p * COLUMNS);

    for (size_t k = 0; k < n; k++) {
      double *to = panels + (p * n + k) * COLUMNS;

      memcpy (to, rows + k * n_columns + p * COLUMNS, width * sizeof (double));
      for (size_t c = width; c < COLUMNS; c++)
        to[c] = 0.0;
    }
  }
}

static void
add_tile (const double *tile,
          size_t        first_row,
          size_t        first_column,
          size_t        n_columns,
          double       *sum)
{
  for (size_t r = 0; r < ROWS && first_row + r < n_columns; r++)
    for (size_t c = 0; c < MIN (COLUMNS, n_columns - first_column); c++)
      sum[(first_row + r) * n_columns + first_column + c] += tile[r * COLUMNS + c];
}

void
dub_cross_product_add (const double *rows,
                       size_t        n,
                       size_t        n_columns,
                       double       *sum)
{
  size_t n_panels = (n_columns + COLUMNS - 1) / COLUMNS;
  g_autofree double *panels = g_new (double, MAX (n_panels * DEPTH * COLUMNS, 1));
  double tile[ROWS * COLUMNS];

  for (size_t first = 0; first < n; first += DEPTH) {
    size_t depth = MIN (DEPTH, n - first);

    pack (rows + first * n_columns, depth, n_columns, n_panels, panels);
    for (size_t p = 0; p < n_panels; p++)
      for (size_t q = 0; q <= p; q++)
        for (size_t r = 0; r < COLUMNS; r += ROWS) {
          multiply (panels + p * depth * COLUMNS + r, panels + q * depth * COLUMNS, depth, tile);
          add_tile (tile, p * COLUMNS + r, q * COLUMNS, n_columns, sum);
        }
  }
}

void
dub_cross_product_mirror (double *sum,
                          size_t  n_columns)
{
  for (size_t i = 0; i < n_columns; i++)
    for (size_t j = 0; j < i; j++)
      sum[j * n_columns + i] = sum[i * n_columns + j];
}
