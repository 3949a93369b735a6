#include "core/uq/gps-rows.h"

#include "core/base/clones.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Cases at a time: their sums stay in the nearest cache over all classes. */
enum { BLOCK = 512 };

DUB_CLONES static void
add_spread (const float *restrict policy,
            const float *restrict sum,
            const float *restrict squares,
            size_t                n_cases,
            float                 inverse,
            float *restrict       spread)
{
  for (size_t i = 0; i < n_cases; i++) {
    float mean = (sum[i] + policy[i]) * inverse;
    float variance = (squares[i] + policy[i] * policy[i]) * inverse - mean * mean;

    spread[i] += sqrtf (variance > 0.0f ? variance : 0.0f);
  }
}

void
dub_gps_rows_spread (const float *policy,
                     const float *sum,
                     const float *squares,
                     size_t       n_cases,
                     size_t       n_classes,
                     size_t       n,
                     float       *spread)
{
  memset (spread, 0, n_cases * sizeof (float));
  for (size_t first = 0; first < n_cases; first += BLOCK)
    for (size_t c = 0; c < n_classes; c++) {
      size_t at = c * n_cases + first;

      add_spread (policy + at, sum + at, squares + at, MIN (BLOCK, n_cases - first), 1.0f / (float) n, spread + first);
    }
}

/* ln x of a normal x > 0: the exponent, and 2 atanh s of the rest, s = (m - 1) / (m + 1), |s| <= .172. */
static inline float
fast_log (float x)
{
  uint32_t bits;
  float m;

  memcpy (&bits, &x, sizeof bits);

  /* m in [√½, √2). */
  int32_t exponent = (int32_t) (bits - 0x3f3504f3u) >> 23;
  uint32_t rest = bits - ((uint32_t) exponent << 23);

  memcpy (&m, &rest, sizeof m);

  float s = (m - 1.0f) / (m + 1.0f), t = s * s;

  return (float) exponent * 0.693147181f + 2.0f * s * (1.0f + t * (1.0f / 3 + t * (1.0f / 5 + t * (1.0f / 7 + t * (1.0f / 9)))));
}

/* e^x of -87 <= x <= 0: a power of two, and the Taylor series of the rest, at most ½ ln 2 large. */
static inline float
fast_exp (float x)
{
  int32_t k = (int32_t) (x * 1.44269504f - 0.5f);
  float r = x - (float) k * 0.693147181f;
  uint32_t bits = (uint32_t) (k + 127) << 23;
  float power;

  memcpy (&power, &bits, sizeof power);

  return power * (1.0f + r * (1.0f + r * (1.0f / 2 + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r * (1.0f / 720)))))));
}

/* β ln p̄ and the largest of it so far. */
DUB_CLONES static void
scale_row (const float *restrict policy,
           const float *restrict sum,
           size_t                n_cases,
           float                 inverse,
           float                 beta,
           float *restrict       scaled,
           float *restrict       largest)
{
  for (size_t i = 0; i < n_cases; i++) {
    float mean = (sum[i] + policy[i]) * inverse;
    float z = beta * fast_log (mean > 1e-15f ? mean : 1e-15f);

    scaled[i] = z;
    largest[i] = z > largest[i] ? z : largest[i];
  }
}

DUB_CLONES static void
add_mass (const float *restrict scaled,
          const float *restrict largest,
          size_t                n_cases,
          float *restrict       mass)
{
  float below[BLOCK];

  /* In a loop of its own: a compiler that sees the limit beside the series makes a branch of it, and goes case by case. */
  for (size_t i = 0; i < n_cases; i++) {
    float x = scaled[i] - largest[i];

    below[i] = x > -87.0f ? x : -87.0f;
  }
  for (size_t i = 0; i < n_cases; i++)
    mass[i] += fast_exp (below[i]);
}

void
dub_gps_rows_likelihood (const float *policy,
                         const float *sum,
                         const int   *labels,
                         size_t       n_cases,
                         size_t       n_classes,
                         size_t       n,
                         float        beta,
                         float       *likelihood)
{
  g_autofree float *scaled = g_new (float, n_classes * BLOCK);

  for (size_t first = 0; first < n_cases; first += BLOCK) {
    size_t n_block = MIN (BLOCK, n_cases - first);
    float largest[BLOCK], mass[BLOCK];

    for (size_t i = 0; i < n_block; i++) {
      largest[i] = -(float) INFINITY;
      mass[i] = 0.0f;
    }
    for (size_t c = 0; c < n_classes; c++)
      scale_row (policy + c * n_cases + first, sum + c * n_cases + first, n_block, 1.0f / (float) n, beta, scaled + c * BLOCK,
                 largest);
    for (size_t c = 0; c < n_classes; c++)
      add_mass (scaled + c * BLOCK, largest, n_block, mass);
    for (size_t i = 0; i < n_block; i++)
      likelihood[first + i] =
        scaled[(size_t) labels[first + i] * BLOCK + i] - largest[i] - fast_log (mass[i]);
  }
}
