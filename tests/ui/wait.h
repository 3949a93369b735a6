/* Waiting for what a busy machine does late: the main loop works until something holds, and a minute is its deadline. */
#pragma once

#include <glib.h>

/* Long, because it is only ever waited for in full where a test fails. */
#define WAIT_SECONDS 60

/* Lets the main loop work until @condition holds. */
#define wait_until(condition) \
  G_STMT_START { \
    const gint64 wait_end_ = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC; \
\
    while (!(condition)) { \
      if (g_get_monotonic_time () > wait_end_) \
        g_error ("%s:%d: never came true: %s", __FILE__, __LINE__, #condition); \
      if (!g_main_context_iteration (NULL, FALSE)) \
        g_usleep (500); \
    } \
  } G_STMT_END

/* Lets the main loop work for a while. */
static inline void
iterate (int milliseconds)
{
  const gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
}
