/* The names of an atlas: a text table from label to name.
 *
 * Two forms are read. Lines "value name …" separated by blanks or tabs, as MRIcron keeps them; or, where the
 * first line names columns, a TSV with roi_value and roi_name (or BIDS's index and name).
 */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

typedef struct {
  int   value;
  char *name;  /* "Hippocampus L": underscores are blanks */
  guint line;  /* in the file, from 1 */
} DubAtlasName;

/* Returns: (transfer full) (element-type DubAtlasName): in the order of the file, or NULL with DUB_ERROR_FORMAT. */
G_GNUC_WARN_UNUSED_RESULT
GArray *dub_atlas_table_parse (const guint8  *bytes,
                               size_t         n_bytes,
                               const char    *name,  /* for messages */
                               GError       **error);

/* -1 for a name of the left half ("Hippocampus L", "lh insula"), 1 for the right one, 0 for neither. */
int     dub_atlas_name_side   (const char    *name);

/* The name without the word of its side: "Hippocampus". (transfer full) */
char   *dub_atlas_name_stem   (const char    *name);

G_END_DECLS
