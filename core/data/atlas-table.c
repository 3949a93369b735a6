#include "core/data/atlas-table.h"

#include <string.h>

/* Labels are stored as float32 and index tables: this is far above every atlas of the human brain. */
static const gint64 LARGEST_LABEL = 1000000;

static const struct {
  const char *value;
  const char *name;
} COLUMNS[] = {
  { "roi_value", "roi_name" },
  { "index", "name" },
};

static const struct {
  const char *word;
  int         side;
} SIDES[] = {
  { "L", -1 }, { "R", 1 }, { "Left", -1 }, { "Right", 1 }, { "lh", -1 }, { "rh", 1 },
};

static void
clear_name (gpointer data)
{
  DubAtlasName *self = data;

  g_free (self->name);
}

static int
column_of (char       **cells,
           const char  *title)
{
  for (int i = 0; cells[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (cells[i]), title) == 0)
      return i;

  return -1;
}

/* Columns of a TSV whose first line is @line; FALSE where it names none that we know. */
static gboolean
find_columns (const char *line,
              int        *value_column,
              int        *name_column)
{
  g_auto (GStrv) cells = g_strsplit (line, "\t", -1);

  for (size_t i = 0; i < G_N_ELEMENTS (COLUMNS); i++) {
    *value_column = column_of (cells, COLUMNS[i].value);
    *name_column = column_of (cells, COLUMNS[i].name);
    if (*value_column >= 0 && *name_column >= 0)
      return TRUE;
  }

  return FALSE;
}

/* "value name …": the first two words, which one or more blanks or tabs separate. */
static gboolean
split_words (const char  *line,
             char       **value,
             char       **name)
{
  size_t n_value, n_name;

  line += strspn (line, " \t");
  n_value = strcspn (line, " \t");
  *value = g_strndup (line, n_value);
  line += n_value;
  line += strspn (line, " \t");
  n_name = strcspn (line, " \t");
  *name = g_strndup (line, n_name);

  return n_value > 0 && n_name > 0;
}

static gboolean
split_cells (const char  *line,
             int          value_column,
             int          name_column,
             char       **value,
             char       **name)
{
  g_auto (GStrv) cells = g_strsplit (line, "\t", -1);
  int n = (int) g_strv_length (cells);

  *value = g_strdup (value_column < n ? g_strstrip (cells[value_column]) : "");
  *name = g_strdup (name_column < n ? g_strstrip (cells[name_column]) : "");

  return **value != '\0' && **name != '\0';
}

GArray *
dub_atlas_table_parse (const guint8  *bytes,
                       size_t         n_bytes,
                       const char    *table_name,
                       GError       **error)
{
  g_autoptr (GArray) table = g_array_new (FALSE, FALSE, sizeof (DubAtlasName));
  gboolean has_mark = n_bytes >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0;
  g_autofree char *text =
    g_utf8_make_valid ((const char *) bytes + (has_mark ? 3 : 0), (gssize) (n_bytes - (has_mark ? 3 : 0)));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  int value_column = 0, name_column = 0;
  gboolean tsv = lines[0] != NULL && find_columns (lines[0], &value_column, &name_column);

  g_array_set_clear_func (table, clear_name);
  for (guint i = tsv ? 1 : 0; lines[i] != NULL; i++) {
    g_autofree char *value = NULL, *region = NULL;
    DubAtlasName entry = { .line = i + 1 };
    gint64 number;

    g_strchomp (lines[i]);
    if (lines[i][strspn (lines[i], " \t")] == '\0')
      continue;
    if (!(tsv ? split_cells (lines[i], value_column, name_column, &value, &region)
              : split_words (lines[i], &value, &region))) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: line %u has no value or no name; expected both.",
                   table_name, i + 1);
      return NULL;
    }
    if (!g_ascii_string_to_signed (value, 10, 0, LARGEST_LABEL, &number, NULL)) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s: line %u starts with \"%.40s\"; expected a label, a whole number from 0 to %" G_GINT64_FORMAT
                   ".",
                   table_name, i + 1, value, LARGEST_LABEL);
      return NULL;
    }
    entry.value = (int) number;
    entry.name = g_strdelimit (g_steal_pointer (&region), "_", ' ');
    g_array_append_val (table, entry);
  }
  if (table->len == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s names no region; expected lines \"value name\" or columns roi_value and roi_name.", table_name);
    return NULL;
  }

  return g_steal_pointer (&table);
}

/* The word of @name that says the side, first or last, or NULL. */
static const char *
find_side (const char *name,
           size_t     *length,
           int        *side)
{
  size_t n_name = strlen (name);

  for (size_t i = 0; i < G_N_ELEMENTS (SIDES); i++) {
    size_t n = strlen (SIDES[i].word);

    *length = n;
    *side = SIDES[i].side;
    if (n_name <= n)
      continue;
    if (name[n_name - n - 1] == ' ' && g_ascii_strcasecmp (name + n_name - n, SIDES[i].word) == 0)
      return name + n_name - n;
    if (name[n] == ' ' && g_ascii_strncasecmp (name, SIDES[i].word, n) == 0)
      return name;
  }
  *side = 0;

  return NULL;
}

int
dub_atlas_name_side (const char *name)
{
  size_t length;
  int side;

  find_side (name, &length, &side);

  return side;
}

char *
dub_atlas_name_stem (const char *name)
{
  size_t length;
  int side;
  const char *word = find_side (name, &length, &side);

  if (word == NULL)
    return g_strdup (name);

  g_autofree char *before = g_strndup (name, (size_t) (word - name));

  return g_strstrip (g_strconcat (before, word + length, NULL));
}
