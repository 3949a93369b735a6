/* Numbers for a kernel to work on. */
#pragma once

#include "core/base/rng.h"

/* @n numbers in [-1, 1), the same for the same @purpose. (transfer full) */
static inline float *
random_floats (size_t      n,
               const char *purpose)
{
  float *x = g_new (float, n);
  DubRng rng;

  dub_rng_init (&rng, 1, purpose, 0);
  for (size_t i = 0; i < n; i++)
    x[i] = 2.0f * dub_rng_float (&rng) - 1.0f;

  return x;
}
