/* Whole files in and out, with the core's errors and limits. */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

/* Bytes of a file of at most @limit; the message names the path, the size and the limit. */
G_GNUC_WARN_UNUSED_RESULT
GBytes  *dub_file_read         (const char    *path,
                                guint64        limit,
                                GError       **error);
/* Writes beside the file, flushes, then renames: a full disk leaves the old file whole. */
gboolean dub_file_write_atomic (const char    *path,
                                const void    *bytes,
                                size_t         n_bytes,
                                GError       **error);
/* Makes the folder and those above it, where they are not there yet. */
gboolean dub_file_make_folder  (const char    *path,
                                GError       **error);
/* SHA-256 of a regular file's bytes, as 64 hexadecimal digits; a file of any size takes little memory. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
char    *dub_file_sha256       (const char    *path,
                                GError       **error);
/* SHA-256 of a regular file's size and of 64 KiB at either end of it: as quick for a large file as for a small one. Files that
 * differ only in between have the same one: enough to tell a network from another one in its place, whose weights differ
 * everywhere, and nothing to trust. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
char    *dub_file_fingerprint  (const char    *path,
                                GError       **error);
/* Joins @folder and the relative @name if the result stays inside @folder (symbolic links resolved),
 * else NULL with DUB_ERROR_FORMAT. */
G_GNUC_WARN_UNUSED_RESULT
char    *dub_file_inside       (const char    *folder,
                                const char    *name,
                                GError       **error);

G_END_DECLS
