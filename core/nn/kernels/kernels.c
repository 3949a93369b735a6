#include "core/nn/kernels/kernels.h"

#include <stdlib.h>
#include <sys/mman.h>

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

/* The size stands before the memory that callers see. Large scratch lies on huge pages: the transforms of a
 * convolution write dozens of planes at once, more than there are entries for small pages. */
enum { HEADER = 64, HUGE_PAGE = 2 << 20 };

static GPrivate scratch_of_thread = G_PRIVATE_INIT (free);

void *
dub_kernel_scratch (size_t n_bytes)
{
  char *memory = g_private_get (&scratch_of_thread);

  if (memory == NULL || *(size_t *) (void *) memory < n_bytes) {
    size_t unit = n_bytes + HEADER > HUGE_PAGE / 2 ? HUGE_PAGE : 64;
    size_t total = (n_bytes + HEADER + unit - 1) / unit * unit;

    free (memory);
    memory = aligned_alloc (unit, total);
#ifdef MADV_HUGEPAGE
    if (memory != NULL && unit == HUGE_PAGE)
      madvise (memory, total, MADV_HUGEPAGE);
#endif
    g_private_set (&scratch_of_thread, memory);
    if (memory == NULL)
      return NULL;
    *(size_t *) (void *) memory = n_bytes;
  }

  return memory + HEADER;
}
