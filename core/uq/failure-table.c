#include "core/uq/failure-table.h"

#include "core/io/delimited.h"

#include <math.h>
#include <string.h>

static const char *const CORRECT[] = { "correct", NULL };
static const char *const ID[] = { "id", "case", NULL };
static const char *const PATIENT[] = { "patient", NULL };
/* What tables of cases have beside: no scores. */
static const char *const PASSED_OVER[] = { "split", "label", "prediction", "fold", NULL };

static gboolean
refuse_cell (const DubDelimited *table,
             size_t              row,
             size_t              column,
             DubError            code,
             const char         *expected,
             GError            **error)
{
  g_set_error (error, DUB_ERROR, code, "%s: line %zu, column “%s” is “%s”; expected %s.", table->name,
               dub_delimited_line (table, row), dub_delimited_column_name (table, column),
               dub_delimited_cell (table, row, column), expected);

  return FALSE;
}

static gboolean
read_outcome (const DubDelimited *table,
              size_t              row,
              size_t              column,
              gboolean           *correct,
              GError            **error)
{
  static const char *const words[] = { "0", "1", "false", "true", "0.0", "1.0" };
  const char *cell = dub_delimited_cell (table, row, column);

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (cell, words[i]) == 0) {
      *correct = i % 2 == 1;
      return TRUE;
    }

  return refuse_cell (table, row, column, DUB_ERROR_FORMAT, "0 for a wrong answer or 1 for a right one", error);
}

static gboolean
read_score (const DubDelimited *table,
            size_t              row,
            size_t              column,
            int                 id_column,
            double             *value,
            GError            **error)
{
  const char *cell = dub_delimited_cell (table, row, column);
  char *end;

  *value = g_ascii_strtod (cell, &end);
  if (end == cell || *end != '\0')
    return refuse_cell (table, row, column, DUB_ERROR_FORMAT, "a number, as this column is a score", error);
  if (isfinite (*value))
    return TRUE;
  if (id_column < 0 || *dub_delimited_cell (table, row, (size_t) id_column) == '\0')
    return refuse_cell (table, row, column, DUB_ERROR_NUMERIC, "a finite number", error);
  g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "%s: line %zu, case “%s”, column “%s” is “%s”; expected a finite number.",
               table->name, dub_delimited_line (table, row), dub_delimited_cell (table, row, (size_t) id_column),
               dub_delimited_column_name (table, column), cell);

  return FALSE;
}

/* Names become numbers in the order in which they appear. */
static void
read_patients (DubFailureTable    *self,
               const DubDelimited *table,
               size_t              column)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  int next = 0;

  self->patients = g_new (int, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++) {
    const char *name = dub_delimited_cell (table, i, column);
    gpointer number;

    if (*name != '\0' && g_hash_table_lookup_extended (known, name, NULL, &number)) {
      self->patients[i] = GPOINTER_TO_INT (number);
      continue;
    }
    self->patients[i] = next++;
    if (*name != '\0')
      g_hash_table_insert (known, (gpointer) name, GINT_TO_POINTER (self->patients[i]));
  }
}

static gboolean
is_passed_over (const DubDelimited *table,
                size_t              column)
{
  for (size_t i = 0; PASSED_OVER[i] != NULL; i++)
    if (g_ascii_strcasecmp (dub_delimited_column_name (table, column), PASSED_OVER[i]) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
read_scores (DubFailureTable    *self,
             const DubDelimited *table,
             const int           others[3],
             GError            **error)
{
  self->scores = g_new0 (char *, table->n_columns + 1);
  self->values = g_new0 (double *, table->n_columns + 1);
  for (size_t c = 0; c < table->n_columns; c++) {
    if ((int) c == others[0] || (int) c == others[1] || (int) c == others[2] || is_passed_over (table, c))
      continue;
    self->scores[self->n_scores] = g_strdup (dub_delimited_column_name (table, c));
    self->values[self->n_scores] = g_new (double, self->n_cases);
    self->n_scores++;
    for (size_t i = 0; i < self->n_cases; i++)
      if (!read_score (table, i, c, others[1], &self->values[self->n_scores - 1][i], error))
        return FALSE;
  }
  if (self->n_scores == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no column beside “correct”; expected one or more scores.",
                 table->name);
    return FALSE;
  }

  return TRUE;
}

static void
refuse_columns (const DubDelimited *table,
                GError            **error)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (size_t c = 0; c < table->n_columns && c < 8; c++)
    g_string_append_printf (found, "%s%s", c > 0 ? ", " : "", dub_delimited_column_name (table, c));
  if (table->n_columns > 8)
    g_string_append (found, " …");
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "%s has no column “correct”, which holds 1 for every right answer and 0 for every wrong one; it has %s.",
               table->name, found->str);
}

static DubFailureTable *
from_delimited (const DubDelimited *table,
                GError            **error)
{
  g_autoptr (DubFailureTable) self = g_new0 (DubFailureTable, 1);
  const int columns[] = {
    dub_delimited_column (table, CORRECT), dub_delimited_column (table, ID), dub_delimited_column (table, PATIENT),
  };

  self->name = g_strdup (table->name);
  self->n_cases = table->n_rows;
  if (columns[0] < 0) {
    refuse_columns (table, error);
    return NULL;
  }
  if (table->n_rows == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no cases below the names of its columns.", table->name);
    return NULL;
  }

  self->correct = g_new (gboolean, self->n_cases);
  for (size_t i = 0; i < self->n_cases; i++)
    if (!read_outcome (table, i, (size_t) columns[0], &self->correct[i], error))
      return NULL;
  if (columns[1] >= 0) {
    self->ids = g_new0 (char *, self->n_cases + 1);
    for (size_t i = 0; i < self->n_cases; i++)
      self->ids[i] = g_strdup (dub_delimited_cell (table, i, (size_t) columns[1]));
  }
  if (columns[2] >= 0)
    read_patients (self, table, (size_t) columns[2]);

  return read_scores (self, table, columns, error) ? g_steal_pointer (&self) : NULL;
}

DubFailureTable *
dub_failure_table_load (const char *path,
                        GError    **error)
{
  g_autoptr (DubDelimited) table = dub_delimited_load (path, FALSE, error);

  return table != NULL ? from_delimited (table, error) : NULL;
}

DubFailureTable *
dub_failure_table_parse (const char *bytes,
                         size_t      n_bytes,
                         const char *name,
                         GError    **error)
{
  g_autoptr (DubDelimited) table = dub_delimited_parse (bytes, n_bytes, name, FALSE, error);

  return table != NULL ? from_delimited (table, error) : NULL;
}

void
dub_failure_table_free (DubFailureTable *self)
{
  if (self == NULL)
    return;
  for (size_t k = 0; k < self->n_scores; k++)
    g_free (self->values[k]);
  g_free (self->values);
  g_strfreev (self->scores);
  g_strfreev (self->ids);
  g_free (self->correct);
  g_free (self->patients);
  g_free (self->name);
  g_free (self);
}

const double *
dub_failure_table_find (const DubFailureTable *self,
                        const char            *score)
{
  for (size_t k = 0; k < self->n_scores; k++)
    if (strcmp (self->scores[k], score) == 0)
      return self->values[k];

  return NULL;
}
