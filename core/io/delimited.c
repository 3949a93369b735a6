#include "core/io/delimited.h"

#include "core/io/file.h"

#include <string.h>

static const guint64 LARGEST_FILE = (guint64) 64 << 20;
static const size_t MOST_COLUMNS = 100000;

/* Reading position. Cells are written over the text that they come from, which is never shorter. */
typedef struct {
  DubDelimited *table;
  const char   *at;
  const char   *end;
  char         *out;
  size_t        line;
} Reader;

static gboolean
refuse (const DubDelimited  *self,
        size_t               line,
        GError             **error,
        const char          *what)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: line %" G_GSIZE_FORMAT " %s.", self->name, line, what);

  return FALSE;
}

/* Tab, semicolon or comma: what the first row has most of, the first of them where there is none. */
static char
find_separator (const char *at,
                const char *end)
{
  static const char SEPARATORS[] = { '\t', ';', ',' };
  size_t counts[3] = { 0 };
  gboolean quoted = FALSE;
  int best = 2;

  for (; at < end && (quoted || (*at != '\n' && *at != '\r')); at++) {
    if (*at == '"')
      quoted = !quoted;
    for (int i = 0; i < 3 && !quoted; i++)
      counts[i] += *at == SEPARATORS[i];
  }
  for (int i = 2; i >= 0; i--)
    if (counts[i] > counts[best])
      best = i;

  return SEPARATORS[best];
}

static inline gboolean
is_end (const Reader *reader)
{
  return reader->at >= reader->end || *reader->at == '\n' || *reader->at == '\r';
}

/* Spaces, and tabs where these do not separate. */
static inline gboolean
is_blank (const Reader *reader)
{
  return !is_end (reader) && (*reader->at == ' ' || (*reader->at == '\t' && reader->table->separator != '\t'));
}

static void
pass_line_end (Reader *reader)
{
  if (reader->at < reader->end && *reader->at == '\r')
    reader->at++;
  if (reader->at < reader->end && *reader->at == '\n')
    reader->at++;
  reader->line++;
}

static gboolean
read_quoted (Reader  *reader,
             GError **error)
{
  size_t first_line = reader->line;

  for (reader->at++;; reader->at++) {
    if (reader->at >= reader->end)
      return refuse (reader->table, first_line, error, "opens a quote that is never closed");
    if (*reader->at == '"') {
      reader->at++;
      if (reader->at >= reader->end || *reader->at != '"')
        return TRUE;
    }
    reader->line += *reader->at == '\n';
    *reader->out++ = *reader->at;
  }
}

static gboolean
read_cell (Reader  *reader,
           GError **error)
{
  DubDelimited *table = reader->table;
  guint32 start = (guint32) (reader->out - table->text);

  while (is_blank (reader))
    reader->at++;
  if (reader->at < reader->end && *reader->at == '"') {
    if (!read_quoted (reader, error))
      return FALSE;
    while (is_blank (reader))
      reader->at++;
    if (!is_end (reader) && *reader->at != table->separator)
      return refuse (table, reader->line, error, "has text behind a closing quote; expected a separator");
  } else {
    while (!is_end (reader) && *reader->at != table->separator)
      *reader->out++ = *reader->at++;
    while (reader->out > table->text + start && (reader->out[-1] == ' ' || reader->out[-1] == '\t'))
      reader->out--;
  }
  g_array_append_val (table->cells, start);

  return TRUE;
}

/* One record. The zero behind a cell goes where its separator or line's end was, which has been passed by then. */
static gboolean
read_row (Reader  *reader,
          size_t  *n_cells,
          GError **error)
{
  for (*n_cells = 0;;) {
    if (!read_cell (reader, error))
      return FALSE;
    if (++*n_cells > MOST_COLUMNS)
      return refuse (reader->table, reader->line, error, "has more than 100000 cells");

    gboolean more = !is_end (reader);

    if (more)
      reader->at++;
    else
      pass_line_end (reader);
    *reader->out++ = '\0';
    if (!more)
      return TRUE;
  }
}

static gboolean
is_blank_line (const Reader *reader)
{
  const char *at = reader->at;

  while (at < reader->end && *at == ' ')
    at++;

  return at >= reader->end || *at == '\n' || *at == '\r';
}

static gboolean
check_names (const DubDelimited  *self,
             GError             **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (size_t i = 0; i < self->n_columns; i++) {
    const char *name = dub_delimited_column_name (self, i);

    /* The unnamed first column is the row number that pandas writes. */
    if ((*name != '\0' || i == 0) && g_hash_table_add (seen, (char *) name))
      continue;
    if (*name == '\0')
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: column %" G_GSIZE_FORMAT " has no name.", self->name,
                   i + 1);
    else
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: two columns are named \"%.60s\".", self->name, name);
    return FALSE;
  }

  return TRUE;
}

static gboolean
read_rows (Reader   *reader,
           gboolean  skip,
           GError  **error)
{
  DubDelimited *self = reader->table;

  while (reader->at < reader->end) {
    size_t line = reader->line, n_cells;

    if (is_blank_line (reader)) {
      while (!is_end (reader))
        reader->at++;
      pass_line_end (reader);
      continue;
    }
    if (!read_row (reader, &n_cells, error))
      return FALSE;
    if (self->n_columns == 0) {
      self->n_columns = n_cells;
      if (!check_names (self, error))
        return FALSE;
      continue;
    }
    if (n_cells != self->n_columns) {
      g_autoptr (GError) reason = NULL;

      g_set_error (&reason, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s: line %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT " cells; expected %" G_GSIZE_FORMAT
                   ", as the first row.", self->name, line, n_cells, self->n_columns);
      if (!skip) {
        g_propagate_error (error, g_steal_pointer (&reason));
        return FALSE;
      }
      g_ptr_array_add (self->left_out, g_strdup (reason->message));
      g_array_set_size (self->cells, (guint) ((self->n_rows + 1) * self->n_columns));
      continue;
    }
    g_array_append_val (self->lines, line);
    self->n_rows++;
  }
  if (self->n_columns == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is empty; expected a row of column names.", self->name);
    return FALSE;
  }

  return TRUE;
}

DubDelimited *
dub_delimited_parse (const char  *bytes,
                     size_t       n_bytes,
                     const char  *name,
                     gboolean     skip,
                     GError     **error)
{
  g_autoptr (DubDelimited) self = g_new0 (DubDelimited, 1);
  const char *invalid;

  self->name = g_strdup (name);
  self->left_out = g_ptr_array_new_with_free_func (g_free);
  if (n_bytes > LARGEST_FILE) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "%s has %" G_GSIZE_FORMAT " bytes; expected at most %" G_GUINT64_FORMAT
                 ".", name, n_bytes, LARGEST_FILE);
    return NULL;
  }
  if (n_bytes >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0) {
    bytes += 3;
    n_bytes -= 3;
  }
  if (!g_utf8_validate_len (bytes, n_bytes, &invalid)) {
    size_t line = 1;

    for (const char *at = bytes; at < invalid; at++)
      line += *at == '\n';
    refuse (self, line, error, "is no UTF-8 text; expected a table of text");
    return NULL;
  }
  self->separator = find_separator (bytes, bytes + n_bytes);
  self->cells = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->lines = g_array_new (FALSE, FALSE, sizeof (size_t));
  /* The last line may lack its end: one byte more. */
  self->text = g_malloc (n_bytes + 1);

  Reader reader = { .table = self, .at = bytes, .end = bytes + n_bytes, .out = self->text, .line = 1 };

  if (!read_rows (&reader, skip, error))
    return NULL;

  return g_steal_pointer (&self);
}

DubDelimited *
dub_delimited_load (const char  *path,
                    gboolean     skip,
                    GError     **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = dub_file_read (path, LARGEST_FILE, error);
  gsize n;

  if (bytes == NULL)
    return NULL;

  const char *data = g_bytes_get_data (bytes, &n);

  return dub_delimited_parse (data, n, name, skip, error);
}

void
dub_delimited_free (DubDelimited *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->cells, g_array_unref);
  g_clear_pointer (&self->lines, g_array_unref);
  g_ptr_array_unref (self->left_out);
  g_free (self->text);
  g_free (self->name);
  g_free (self);
}

const char *
dub_delimited_column_name (const DubDelimited *self,
                           size_t              column)
{
  return self->text + g_array_index (self->cells, guint32, column);
}

int
dub_delimited_column (const DubDelimited *self,
                      const char *const  *names)
{
  for (; *names != NULL; names++)
    for (size_t i = 0; i < self->n_columns; i++)
      if (g_ascii_strcasecmp (dub_delimited_column_name (self, i), *names) == 0)
        return (int) i;

  return -1;
}

const char *
dub_delimited_cell (const DubDelimited *self,
                    size_t              row,
                    size_t              column)
{
  g_return_val_if_fail (row < self->n_rows && column < self->n_columns, "");

  return self->text + g_array_index (self->cells, guint32, (row + 1) * self->n_columns + column);
}

size_t
dub_delimited_line (const DubDelimited *self,
                    size_t              row)
{
  return g_array_index (self->lines, size_t, row);
}
