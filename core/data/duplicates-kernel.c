#include "core/data/duplicates-kernel.h"

#include "core/base/clones.h"

enum { LANES = 16, STRIP = 1024 };

/* Lanes are added up in one order, whatever the vectors of the machine are. */
static inline float
strip_distance (const float *a,
                const float *b,
                size_t       n)
{
  float lanes[LANES] = { 0.0f };
  float sum = 0.0f;

  for (size_t i = 0; i + LANES <= n; i += LANES)
    for (size_t l = 0; l < LANES; l++) {
      float d = a[i + l] - b[i + l];

      lanes[l] += d * d;
    }
  for (size_t i = n / LANES * LANES; i < n; i++) {
    float d = a[i] - b[i];

    lanes[i % LANES] += d * d;
  }
  for (size_t l = 0; l < LANES; l++)
    sum += lanes[l];

  return sum;
}

DUB_CLONES double
_dub_squared_distance (const float *a,
                       const float *b,
                       size_t       n,
                       double       limit)
{
  double sum = 0.0;

  for (size_t i = 0; i < n && sum <= limit; i += STRIP)
    sum += (double) strip_distance (a + i, b + i, MIN (n - i, STRIP));

  return sum;
}

DUB_CLONES size_t
_dub_first_near (const float *signature,
                 const float *others,
                 size_t       n,
                 size_t       width,
                 float        limit)
{
  for (size_t row = 0; row < n; row++) {
    const float *other = others + row * width;
    float sum = 0.0f;

    for (size_t i = 0; i < width && sum <= limit; i += LANES)
      sum += strip_distance (signature + i, other + i, LANES);
    if (sum <= limit)
      return row;
  }

  return n;
}
