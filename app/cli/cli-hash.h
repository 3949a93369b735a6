/* Where numbers come from: the SHA-256 of a file. */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

/* Sixty-four hexadecimal digits of the file's bytes. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
char *cli_hash_file (const char  *path,
                     GError     **error);

G_END_DECLS
