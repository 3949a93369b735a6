/* How much memory one computation may take. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes: four fifths of the machine's memory, or of what this process may have of it where that is less (ulimit -v, as
 * batch schedulers set it); 0 where the system does not tell.
 * What a file asks for beyond that is refused in words, before the system ends the program without any. */
size_t dub_memory_limit (void);

G_END_DECLS
