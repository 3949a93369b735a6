#include "core/uq/whiten.h"

#include "core/base/clones.h"

#include <string.h>

/* Lanes of a vector; rows that are summed together, for the reuse of x. */
enum { WIDTH = 8, ROWS = 4 };

typedef double Lanes __attribute__ ((vector_size (8 * WIDTH), aligned (8), may_alias));

DUB_CLONES void
dub_whiten (const double *matrix,
            size_t        n_features,
            const double *x,
            double       *y)
{
  for (size_t first = 0; first < n_features; first += ROWS) {
    size_t n_rows = MIN (ROWS, n_features - first);
    Lanes sum[ROWS][2] = { { { 0.0 } } };
    const double *row[ROWS];

    /* Rows beyond the last repeat it. Beyond the diagonal there are zeros, so that the rows may end together. */
    for (size_t r = 0; r < ROWS; r++)
      row[r] = matrix + (first + MIN (r, n_rows - 1)) * n_features;
    for (size_t f = 0; f < first + n_rows; f++) {
      Lanes low = *(const Lanes *) (x + f * DUB_WHITEN_LANES), high = *(const Lanes *) (x + f * DUB_WHITEN_LANES + WIDTH);

      for (size_t r = 0; r < ROWS; r++) {
        sum[r][0] += row[r][f] * low;
        sum[r][1] += row[r][f] * high;
      }
    }
    memcpy (y + first * DUB_WHITEN_LANES, sum, n_rows * DUB_WHITEN_LANES * sizeof (double));
  }
}

DUB_CLONES void
dub_whiten_squares (const double *y,
                    const double *mean,
                    size_t        n_features,
                    double       *squares)
{
  Lanes low = { 0.0 }, high = { 0.0 };

  for (size_t f = 0; f < n_features; f++) {
    Lanes a = *(const Lanes *) (y + f * DUB_WHITEN_LANES) - mean[f];
    Lanes b = *(const Lanes *) (y + f * DUB_WHITEN_LANES + WIDTH) - mean[f];

    low += a * a;
    high += b * b;
  }
  *(Lanes *) squares = low;
  *(Lanes *) (squares + WIDTH) = high;
}
