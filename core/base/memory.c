#include "core/base/memory.h"

#include <sys/resource.h>
#include <unistd.h>

size_t
dub_memory_limit (void)
{
  long pages = sysconf (_SC_PHYS_PAGES);
  long size = sysconf (_SC_PAGESIZE);

  size_t memory = pages > 0 && size > 0 ? (size_t) pages * (size_t) size : 0;
  struct rlimit allowed;

  if (getrlimit (RLIMIT_AS, &allowed) == 0 && allowed.rlim_cur != RLIM_INFINITY && (memory == 0 || allowed.rlim_cur < memory))
    memory = (size_t) allowed.rlim_cur;

  return memory / 10 * 8;
}
