#include "core/io/csv.h"

#include <string.h>

void
dub_csv_append_quoted (GString    *text,
                       const char *field)
{
  g_string_append_c (text, '"');
  for (const char *c = field; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}

void
dub_csv_append (GString    *text,
                const char *field)
{
  if (strpbrk (field, ",;\t\"\r\n") == NULL && !g_str_has_prefix (field, " ") && !g_str_has_suffix (field, " "))
    g_string_append (text, field);
  else
    dub_csv_append_quoted (text, field);
}
