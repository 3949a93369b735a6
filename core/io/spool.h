/* Bytes that are too many for memory: an unlinked temporary file, and reading at a place of any file.
 *
 * Reading is done with pread: several threads may share a descriptor, a file that another program
 * cuts short is an error and not a signal, and what was read once is not counted to the process.
 */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

/* dub_spool_new:
 * @n_bytes: that will be written; refused at once where no folder has room for them
 * @name: what is spooled, for messages
 *
 * Looks at $TMPDIR, the user's cache folder and the system's temporary folder, in this order. The file has no name
 * and is gone with its descriptor.
 *
 * Returns: a descriptor to be closed, or -1 with @error set.
 */
G_GNUC_WARN_UNUSED_RESULT
int      dub_spool_new   (guint64      n_bytes,
                          const char  *name,
                          GError     **error);
/* Appends. */
gboolean dub_spool_write (int          fd,
                          const void  *bytes,
                          size_t       n_bytes,
                          const char  *name,
                          GError     **error);
/* Exactly @n_bytes from @start on. Without @name there is no message. */
gboolean dub_spool_read  (int          fd,
                          guint64      start,
                          void        *bytes,
                          size_t       n_bytes,
                          const char  *name,  /* (nullable) */
                          GError     **error);

G_END_DECLS
