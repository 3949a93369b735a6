#include "core/base/memory.h"

#include <unistd.h>

size_t
dub_memory_limit (void)
{
  long pages = sysconf (_SC_PHYS_PAGES);
  long size = sysconf (_SC_PAGESIZE);

  return pages > 0 && size > 0 ? (size_t) pages * (size_t) size / 10 * 8 : 0;
}
