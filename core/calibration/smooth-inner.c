#include "core/calibration/smooth-inner.h"

#include "core/base/clones.h"

#include <string.h>

typedef double Vector __attribute__ ((vector_size (DUB_COSINE_LANES * sizeof (double))));

enum { N_VECTORS = DUB_COSINE_BLOCK / DUB_COSINE_LANES };

static inline __attribute__ ((always_inline)) void
load (Vector       *vector, /* [N_VECTORS] */
      const double *from)
{
  memcpy (vector, from, N_VECTORS * sizeof *vector);
}

/* From cos (k θ) and cos ((k - 1) θ) to the next. */
static inline __attribute__ ((always_inline)) void
advance (const Vector *twice,
         Vector       *now,
         Vector       *before)
{
  for (size_t v = 0; v < N_VECTORS; v++) {
    Vector next = twice[v] * now[v] - before[v];

    before[v] = now[v];
    now[v] = next;
  }
}

static inline __attribute__ ((always_inline)) void
start (const double *cosine,
       Vector       *twice,
       Vector       *now,
       Vector       *before)
{
  load (before, cosine);
  for (size_t v = 0; v < N_VECTORS; v++) {
    twice[v] = before[v] + before[v];
    now[v] = (Vector) { 0.0 } + 1.0;
  }
}

static inline __attribute__ ((always_inline)) void
add_product (double       *lanes,
             const Vector *part,
             const Vector *now)
{
  Vector sum;

  memcpy (&sum, lanes, sizeof sum);
  for (size_t v = 0; v < N_VECTORS; v++)
    sum += part[v] * now[v];
  memcpy (lanes, &sum, sizeof sum);
}

DUB_CLONES void
_dub_cosine_analyse (const double *cosine,
                     const double *even,
                     const double *odd,
                     size_t        n_half,
                     size_t        n_coefficients,
                     double       *lanes,
                     double       *coefficient)
{
  memset (lanes, 0, n_coefficients * sizeof (Vector));
  for (size_t at = 0; at < n_half; at += DUB_COSINE_BLOCK) {
    Vector twice[N_VECTORS], now[N_VECTORS], before[N_VECTORS], part[2][N_VECTORS];

    start (cosine + at, twice, now, before);
    load (part[0], even + at);
    load (part[1], odd + at);
    for (size_t k = 0; k < n_coefficients; k += 2) {
      add_product (lanes + k * DUB_COSINE_LANES, part[0], now);
      advance (twice, now, before);
      add_product (lanes + (k + 1) * DUB_COSINE_LANES, part[1], now);
      advance (twice, now, before);
    }
  }
  for (size_t k = 0; k < n_coefficients; k++) {
    coefficient[k] = 0.0;
    for (size_t l = 0; l < DUB_COSINE_LANES; l++)
      coefficient[k] += lanes[k * DUB_COSINE_LANES + l];
  }
}

DUB_CLONES void
_dub_cosine_synthesise (const double *cosine,
                        const double *coefficient,
                        size_t        n_coefficients,
                        size_t        n_half,
                        double       *even,
                        double       *odd)
{
  for (size_t at = 0; at < n_half; at += DUB_COSINE_BLOCK) {
    Vector twice[N_VECTORS], now[N_VECTORS], before[N_VECTORS];
    Vector sum[2][N_VECTORS] = { 0 };

    start (cosine + at, twice, now, before);
    for (size_t k = 0; k < n_coefficients; k += 2) {
      for (size_t v = 0; v < N_VECTORS; v++)
        sum[0][v] += coefficient[k] * now[v];
      advance (twice, now, before);
      for (size_t v = 0; v < N_VECTORS; v++)
        sum[1][v] += coefficient[k + 1] * now[v];
      advance (twice, now, before);
    }
    memcpy (even + at, sum[0], sizeof sum[0]);
    memcpy (odd + at, sum[1], sizeof sum[1]);
  }
}
