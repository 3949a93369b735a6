#include "core/nn/kernels/vector-math.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* One copy of each loop per x86-64 level, chosen when the program is loaded. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
#define CLONED __attribute__ ((target_clones ("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONED
#endif

static inline float
power_of_two (int32_t exponent)
{
  uint32_t bits = ((uint32_t) exponent + 127u) << 23;
  float value;

  memcpy (&value, &bits, sizeof value);

  return value;
}

/* e^x = 2^k e^r with |r| <= ln 2 / 2. Adding and subtracting 1.5 * 2^23 rounds to
 * the nearest whole number and leaves it in the low bits, which vectorises
 * everywhere; ln 2 is split so that k ln 2 loses nothing. The power of two is
 * applied in two halves, so that results below 2^-126 come out as subnormals. */
static inline float
exp_of (float x)
{
  const float magic = 12582912.0f;
  float clamped = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;
  float shifted = clamped * 1.44269504088896f + magic;
  float k = shifted - magic;
  float r = (clamped - k * 0.693359375f) - k * -2.12194440e-4f;
  float p = 1.0f / 5040.0f;
  uint32_t bits;

  /* Taylor to the seventh order: the rest is below 2^-26 of the value. */
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;

  memcpy (&bits, &shifted, sizeof bits);
  int32_t exponent = (int32_t) (bits - 0x4b400000u);
  int32_t half = exponent / 2;

  return p * power_of_two (half) * power_of_two (exponent - half);
}

CLONED void
dub_vector_exp (const float *x,
                float       *y,
                size_t       n)
{
  for (size_t i = 0; i < n; i++)
    y[i] = exp_of (x[i]);
}

/* Between -0.35 and 0.35, where the difference would cancel, the series of Taylor. */
CLONED void
dub_vector_expm1 (const float *x,
                  float       *y,
                  size_t       n)
{
  for (size_t i = 0; i < n; i++) {
    float v = x[i];
    float p = 1.0f / 5040.0f;

    p = p * v + 1.0f / 720.0f;
    p = p * v + 1.0f / 120.0f;
    p = p * v + 1.0f / 24.0f;
    p = p * v + 1.0f / 6.0f;
    p = p * v + 0.5f;

    float near = p * v * v + v;
    float far = exp_of (v) - 1.0f;

    y[i] = v > -0.35f && v < 0.35f ? near : far;
  }
}

/* max (x, 0) + log (1 + u) with u = e^-|x|, which cannot overflow; log (1 + u) = 2 artanh (u / (2 + u)), whose series
 * is below 2^-26 of the value after t^15, t being at most 1/3. */
CLONED void
dub_vector_softplus (const float *x,
                     float       *y,
                     size_t       n)
{
  for (size_t i = 0; i < n; i++) {
    float u = exp_of (-fabsf (x[i]));
    float t = u / (2.0f + u);
    float s = t * t;
    float p = 1.0f / 15.0f;

    p = p * s + 1.0f / 13.0f;
    p = p * s + 1.0f / 11.0f;
    p = p * s + 1.0f / 9.0f;
    p = p * s + 1.0f / 7.0f;
    p = p * s + 1.0f / 5.0f;
    p = p * s + 1.0f / 3.0f;
    p = p * s + 1.0f;

    y[i] = (x[i] > 0.0f ? x[i] : 0.0f) + 2.0f * t * p;
  }
}

CLONED void
dub_vector_sigmoid (const float *x,
                    float       *y,
                    size_t       n)
{
  for (size_t i = 0; i < n; i++) {
    float e = exp_of (-fabsf (x[i]));
    float upper = 1.0f / (1.0f + e);

    y[i] = x[i] < 0.0f ? e * upper : upper;
  }
}

/* Near 0 an odd polynomial of the argument (a minimax fit up to 0.625), because
 * 1 - 2 / (e^2x + 1) cancels there. */
CLONED void
dub_vector_tanh (const float *x,
                 float       *y,
                 size_t       n)
{
  for (size_t i = 0; i < n; i++) {
    float a = fabsf (x[i]);
    float s = a * a;
    float p = -5.70498872745e-3f;

    p = p * s + 2.06390887954e-2f;
    p = p * s - 5.37397155531e-2f;
    p = p * s + 1.33314422036e-1f;
    p = p * s - 3.33332819422e-1f;

    float near = a + a * s * p;
    float far = 1.0f - 2.0f / (exp_of (2.0f * a) + 1.0f);

    y[i] = copysignf (a < 0.625f ? near : far, x[i]);
  }
}
