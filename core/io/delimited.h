/* Tables of text: CSV, TSV and the semicolons of spreadsheets, one record a row, the first one naming the columns.
 *
 * Source: RFC 4180: a cell may stand in double quotes, inside which a quote is doubled and a separator or a line's end
 * is text. The separator is the one of tab, semicolon and comma that the first row has most of outside of quotes.
 * A byte order mark and blank lines are passed over; space around unquoted cells is cut off.
 */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

typedef struct {
  char       *name;      /* of the file: for messages */
  char        separator;
  size_t      n_columns;
  size_t      n_rows;    /* without the first one and those left out */
  GPtrArray  *left_out;  /* of char *: one sentence for each row that was left out */
  /* private: */
  char       *text;      /* all cells, each ending with a zero */
  GArray     *cells;     /* of guint32: offsets in text, row by row, the columns' names first */
  GArray     *lines;     /* of size_t: the line of the file on which each row starts, from 1 */
} DubDelimited;

/* dub_delimited_load:
 * @skip: leave out rows with more or fewer cells than the first, with a sentence each, instead of failing
 *
 * Returns: (transfer full), or NULL with @error set, naming the file and the line:
 *   DUB_ERROR_FORMAT   bytes that are no UTF-8 text, a row with more or fewer cells than the first, a quote without end,
 *                      a column without a name or with that of another
 *   DUB_ERROR_MEMORY   a file of more than 64 MB
 */
G_GNUC_WARN_UNUSED_RESULT
DubDelimited *dub_delimited_load   (const char          *path,
                                    gboolean             skip,
                                    GError             **error);
G_GNUC_WARN_UNUSED_RESULT
DubDelimited *dub_delimited_parse  (const char          *bytes,
                                    size_t               n_bytes,
                                    const char          *name,
                                    gboolean             skip,
                                    GError             **error);
void          dub_delimited_free   (DubDelimited        *self);

const char   *dub_delimited_column_name (const DubDelimited *self,
                                    size_t               column);
/* Index of the first column that has one of @names (NULL-terminated; capitals or not, in the order of @names), or -1. */
int           dub_delimited_column (const DubDelimited  *self,
                                    const char *const   *names);
/* (transfer none): never NULL. */
const char   *dub_delimited_cell   (const DubDelimited  *self,
                                    size_t               row,
                                    size_t               column);
/* The line of the file on which @row starts, from 1: what a person counts. */
size_t        dub_delimited_line   (const DubDelimited  *self,
                                    size_t               row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubDelimited, dub_delimited_free)

G_END_DECLS
