/* Writing comma-separated text (RFC 4180); delimited.h reads it. */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

/* Appends one field: in quotes, with its quotes doubled, where it would otherwise be read as something else. */
void dub_csv_append        (GString    *text,
                            const char *field);
/* Appends one field in quotes whatever it is, as for names that could begin a line with a comment's sign. */
void dub_csv_append_quoted (GString    *text,
                            const char *field);

G_END_DECLS
