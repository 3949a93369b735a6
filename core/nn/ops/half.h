/* The 16-bit floats of model files: IEEE half precision and bfloat16. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <string.h>

G_BEGIN_DECLS

static inline float
dub_float_of_bits (uint32_t bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);

  return value;
}

static inline uint32_t
dub_bits_of_float (float value)
{
  uint32_t bits;

  memcpy (&bits, &value, sizeof bits);

  return bits;
}

static inline float
dub_half_to_float (uint16_t half)
{
  uint32_t sign = (uint32_t) (half & 0x8000u) << 16;
  uint32_t exponent = (half >> 10) & 0x1fu;
  uint32_t fraction = half & 0x3ffu;

  if (exponent == 0x1f)
    return dub_float_of_bits (sign | 0x7f800000u | fraction << 13);
  if (exponent != 0)
    return dub_float_of_bits (sign | (exponent + 112) << 23 | fraction << 13);

  /* Subnormal: fraction * 2^-24. */
  float magnitude = (float) fraction * 0x1p-24f;

  return sign != 0 ? -magnitude : magnitude;
}

/* To the nearest half, ties to even; beyond 65519 infinity. */
static inline uint16_t
dub_half_from_float (float value)
{
  uint32_t bits = dub_bits_of_float (value);
  uint16_t sign = (uint16_t) (bits >> 16 & 0x8000u);
  uint32_t magnitude = bits & 0x7fffffffu;

  if (magnitude > 0x7f800000u)
    return (uint16_t) (sign | 0x7e00u);
  if (magnitude >= 0x477ff000u)
    return (uint16_t) (sign | 0x7c00u);
  if (magnitude >= 0x38800000u) {
    uint32_t rounded = magnitude + 0xfffu + (magnitude >> 13 & 1u);

    return (uint16_t) (sign | ((rounded - 0x38000000u) >> 13));
  }

  /* Adding 1/2 leaves the subnormal's bits, rounded, at the bottom. */
  float shifted = dub_float_of_bits (magnitude) + 0.5f;

  return (uint16_t) (sign | (dub_bits_of_float (shifted) - 0x3f000000u));
}

static inline float
dub_bfloat_to_float (uint16_t bfloat)
{
  return dub_float_of_bits ((uint32_t) bfloat << 16);
}

/* Cut to bfloat16 toward zero, as ONNX's recorded tests of Cast have it. */
static inline float
dub_bfloat_cut (float value)
{
  uint32_t bits = dub_bits_of_float (value);

  if ((bits & 0x7fffffffu) > 0x7f800000u)
    return value;

  return dub_float_of_bits (bits & 0xffff0000u);
}

G_END_DECLS
