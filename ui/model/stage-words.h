/* What the core and its child processes say of their stages is English; here it finds the reader's language. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @stage in the reader's language, or as it is where it is none of the known ones. (transfer full) */
char *dub_stage_words (const char *stage);

G_END_DECLS
