/* Comma-separated text (RFC 4180): fields that hold a comma, a quote or a newline stand in quotes, and quotes are doubled. */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

/* Appends one field, quoted where it must be. */
void       dub_csv_append (GString     *text,
                           const char  *field);

/* dub_csv_parse:
 * @name: of the file, for messages
 *
 * Rows of fields. Line ends are \n or \r\n; empty lines are left out.
 *
 * Returns: (transfer full) (element-type GStrv), or NULL with DUB_ERROR_FORMAT: not UTF-8, an open quote, text behind a
 * closing one (the row is named, counted from 1).
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *dub_csv_parse  (const char  *text,
                           size_t       n,
                           const char  *name,
                           GError     **error);

G_END_DECLS
