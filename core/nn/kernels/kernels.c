#include "core/nn/kernels/kernels.h"

#include <stdlib.h>

const DubKernels *
dub_kernels (void)
{
#if defined (__x86_64__)
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512cd") && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
    return &dub_kernels_v4;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") && __builtin_cpu_supports ("bmi2"))
    return &dub_kernels_v3;
#endif

  return &dub_kernels_base;
}

/* The size stands before the memory that callers see. */
enum { HEADER = 64 };

static GPrivate scratch_of_thread = G_PRIVATE_INIT (free);

void *
dub_kernel_scratch (size_t n_bytes)
{
  char *memory = g_private_get (&scratch_of_thread);

  if (memory == NULL || *(size_t *) (void *) memory < n_bytes) {
    size_t total = (n_bytes + HEADER + 63) / 64 * 64;

    free (memory);
    memory = aligned_alloc (64, total);
    g_private_set (&scratch_of_thread, memory);
    if (memory == NULL)
      return NULL;
    *(size_t *) (void *) memory = n_bytes;
  }

  return memory + HEADER;
}
