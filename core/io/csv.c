#include "core/io/csv.h"

#include <string.h>

void
dub_csv_append (GString    *text,
                const char *field)
{
  if (strpbrk (field, ",\"\r\n") == NULL) {
    g_string_append (text, field);
    return;
  }

  g_string_append_c (text, '"');
  for (const char *c = field; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}

/* Reads one field from *at into @field; FALSE with @error on misplaced quotes. */
static gboolean
read_field (const char **at,
            const char  *end,
            GString     *field,
            const char  *name,
            guint        row,
            GError     **error)
{
  const char *c = *at;

  g_string_truncate (field, 0);
  if (c == end || *c != '"') {
    while (c < end && *c != ',' && *c != '\n' && *c != '\r')
      g_string_append_c (field, *c++);
    *at = c;
    return TRUE;
  }

  for (c++; c < end && (*c != '"' || (c + 1 < end && c[1] == '"')); c++) {
    if (*c == '"')
      c++;
    g_string_append_c (field, *c);
  }
  if (c == end || (c + 1 < end && c[1] != ',' && c[1] != '\n' && c[1] != '\r')) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: row %u has %s.", name, row,
                 c == end ? "a quote that is never closed" : "text behind a closing quote");
    return FALSE;
  }
  *at = c + 1;

  return TRUE;
}

GPtrArray *
dub_csv_parse (const char  *text,
               size_t       n,
               const char  *name,
               GError     **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GString) field = g_string_new (NULL);
  const char *at = text;
  const char *end = text + n;
  guint row = 1;

  if (!g_utf8_validate (text, (gssize) n, NULL)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s is not UTF-8; expected comma-separated text.", name);
    return NULL;
  }

  while (at < end) {
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    gboolean more = TRUE;
    gboolean is_empty = *at == '\n' || *at == '\r';

    while (more) {
      if (!read_field (&at, end, field, name, row, error))
        return NULL;
      g_strv_builder_add (builder, field->str);
      more = at < end && *at == ',';
      at += more ? 1 : 0;
    }
    at += at < end && *at == '\r' ? 1 : 0;
    at += at < end && *at == '\n' ? 1 : 0;
    if (!is_empty)
      g_ptr_array_add (rows, g_strv_builder_end (builder));
    row++;
  }

  return g_steal_pointer (&rows);
}
