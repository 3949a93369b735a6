/* The files inner-*.c are compiled three times: for any x86-64 (or another
 * processor), for x86-64-v3 (AVX2) and for x86-64-v4 (AVX-512). Each compilation
 * gives its functions the suffix of its level, and kernels.c chooses one table
 * when the program runs. GCC's and Clang's vector extensions are used, no intrinsics. */
#pragma once

#include "core/nn/kernels/kernels.h"

#include <stdint.h>

#if defined (__AVX512F__)
#define DUB_LANES 16
#define DUB_LEVEL(name) name##_v4
#elif defined (__AVX2__)
#define DUB_LANES 8
#define DUB_LEVEL(name) name##_v3
#else
#define DUB_LANES 4
#define DUB_LEVEL(name) name##_base
#endif

typedef float dub_vec __attribute__ ((vector_size (4 * DUB_LANES)));
/* The same at any address of a float. */
typedef float dub_vec_u __attribute__ ((vector_size (4 * DUB_LANES), aligned (4)));

#define DUB_INLINE static inline __attribute__ ((always_inline))

DUB_INLINE dub_vec
dub_load (const float *x)
{
  return *(const dub_vec_u *) x;
}

DUB_INLINE void
dub_store (float   *x,
           dub_vec  v)
{
  *(dub_vec_u *) x = v;
}

/* The same, kept in a register: otherwise the compiler may read it again from memory for every
 * use, and unaligned reads are what the loops have too few of. */
DUB_INLINE dub_vec
dub_load_once (const float *x)
{
  dub_vec v = dub_load (x);

#if defined (__AVX512F__)
  __asm__ ("" : "+v" (v));
#elif defined (__SSE__)
  __asm__ ("" : "+x" (v));
#endif

  return v;
}

DUB_INLINE dub_vec
dub_broadcast (float x)
{
  return x - (dub_vec) { 0 };
}
