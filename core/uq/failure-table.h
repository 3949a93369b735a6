/* A table of any scores of uncertainty, with what came of each case: for scores that another program made.
 *
 *   correct            0 or 1 (false, true): whether the network's answer was right
 *   id, case, patient  (optional) names; cases of one patient are drawn together
 *   split, label, prediction, fold   (optional) passed over
 *   every other column one score; higher = less sure
 *
 * Letters: K scores, N cases.
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  char     *name;     /* of the file: for messages */
  size_t    n_cases;  /* N */
  size_t    n_scores; /* K */
  char    **scores;   /* [K + 1] names, NULL-terminated, in the order of the columns */
  double  **values;   /* [K][N] finite */
  gboolean *correct;  /* [N] */
  char    **ids;      /* (nullable) [N + 1] */
  int      *patients; /* (nullable) [N] one number a patient; a case without a name is one of its own */
} DubFailureTable;

/* dub_failure_table_load:
 *
 * Returns: (transfer full), or NULL with @error set: as dub_delimited_load; DUB_ERROR_FORMAT for a table without the column
 *   correct (those that are there are named), without a score or without cases, and for a cell that is neither (file, line and
 *   column are named); DUB_ERROR_NUMERIC for a score that is NaN or infinite (the case
 *   is named where it has an id).
 */
G_GNUC_WARN_UNUSED_RESULT
DubFailureTable *dub_failure_table_load  (const char             *path,
                                          GError                **error);
G_GNUC_WARN_UNUSED_RESULT
DubFailureTable *dub_failure_table_parse (const char             *bytes,
                                          size_t                  n_bytes,
                                          const char             *name,
                                          GError                **error);
void             dub_failure_table_free  (DubFailureTable        *self);

/* The score's values, or NULL. (transfer none) */
const double    *dub_failure_table_find  (const DubFailureTable  *self,
                                          const char             *score);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFailureTable, dub_failure_table_free)

G_END_DECLS
