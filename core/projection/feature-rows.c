#include "core/projection/feature-rows.h"

#include "core/base/clones.h"

#include <math.h>
#include <stdint.h>

/* x - x is 0 for a finite number alone; summing lets the compiler take many at once. */
DUB_CLONES static gboolean
all_finite (const float *x,
            size_t       n)
{
  int wrong = 0;

  for (size_t i = 0; i < n; i++)
    wrong |= !(x[i] - x[i] == 0.0f);

  return !wrong;
}

gboolean
dub_features_check (const char   *what,
                    const float  *features,
                    size_t        n_cases,
                    size_t        n_features,
                    GError      **error)
{
  size_t n_wrong = 0, first = 0;

  if (n_cases == 0 || n_features == 0 || n_cases >= UINT32_MAX) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE,
                 "%s are %zu cases of %zu features, expected 1 to %u cases of at least 1 feature.", what, n_cases,
                 n_features, UINT32_MAX - 1);
    return FALSE;
  }
  for (size_t i = 0; i < n_cases; i++)
    if (!all_finite (features + i * n_features, n_features) && n_wrong++ == 0)
      first = i;
  if (n_wrong == 0)
    return TRUE;

  size_t feature = 0;

  while (isfinite (features[first * n_features + feature]))
    feature++;
  g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC,
               "%s have %s in case %zu, feature %zu (both counted from 0; %zu of %zu cases are not finite): leave these "
               "cases out, or look for where their numbers come from.", what,
               isnan (features[first * n_features + feature]) ? "NaN" : "infinity", first, feature, n_wrong, n_cases);

  return FALSE;
}

DUB_CLONES double
dub_features_squared_distance (const float *a,
                               const float *b,
                               size_t       n_features)
{
  double lane[8] = { 0.0 };
  size_t f = 0;

  for (; f + 8 <= n_features; f += 8)
    for (size_t l = 0; l < 8; l++) {
      double difference = (double) a[f + l] - (double) b[f + l];

      lane[l] += difference * difference;
    }
  for (; f < n_features; f++) {
    double difference = (double) a[f] - (double) b[f];

    lane[f % 8] += difference * difference;
  }

  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

DUB_CLONES double
dub_features_dot (const double *a,
                  const double *b,
                  size_t        n)
{
  double lane[16] = { 0.0 }, sum = 0.0;
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    for (size_t l = 0; l < 16; l++)
      lane[l] += a[i + l] * b[i + l];
  for (; i < n; i++)
    lane[i % 16] += a[i] * b[i];
  for (size_t l = 0; l < 16; l++)
    sum += lane[l];

  return sum;
}

DUB_CLONES float
dub_features_dot_f32 (const float *a,
                      const float *b,
                      size_t       n)
{
  float lane[32] = { 0.0f }, sum = 0.0f;
  size_t i = 0;

  for (; i + 32 <= n; i += 32)
    for (size_t l = 0; l < 32; l++)
      lane[l] += a[i + l] * b[i + l];
  for (; i < n; i++)
    lane[i % 32] += a[i] * b[i];
  for (size_t l = 0; l < 32; l++)
    sum += lane[l];

  return sum;
}
