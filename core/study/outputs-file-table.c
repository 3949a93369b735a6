/* Outputs in a table: one model, one case a row. */
#include "core/study/outputs-file-private.h"

#include <math.h>
#include <string.h>

static const char *const LABEL[] = { "label", "true_label", "y_true", "target", "class", "diagnosis", "y", NULL };
static const char *const ID[] = { "id", "case", "file", "name", NULL };
static const char *const SPLIT[] = { "split", "part", NULL };
static const char *const FOLD[] = { "fold", NULL };
static const char *const PATIENT[] = { "patient", "participant_id", NULL };
static const char *const RECALIBRATION[] = { "recalibration", NULL };
static const char *const ONE_PROBABILITY[] = { "p", "prob", "probability", "score", NULL };
static const char *const ONE_LOGIT[] = { "logit", "z", NULL };
static const char *const CONFIDENCE[] = { "confidence", "msr", "max_prob", NULL };
static const char *const PROBABILITY_STEMS[] = { "p_", "prob_", "probability_", NULL };
static const char *const LOGIT_STEMS[] = { "logit_", "logits_", "z_", NULL };

typedef struct {
  const DubDelimited *table;
  GPtrArray          *columns; /* of GUINT_TO_POINTER: the column of each class */
  gboolean            logits;
  gboolean            one;     /* one column, of class 1 */
  GError            **error;
} Reader;

static gboolean
refuse_cell (const Reader *reader,
             size_t        row,
             size_t        column,
             const char   *expected)
{
  g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: line %zu, column %s is \"%s\"; expected %s.",
               reader->table->name, dub_delimited_line (reader->table, row),
               dub_delimited_column_name (reader->table, column), dub_delimited_cell (reader->table, row, column), expected);

  return FALSE;
}

/* What follows the stem in the name of a column, or NULL. */
static const char *
suffix_of (const char        *name,
           const char *const *stems)
{
  for (size_t i = 0; stems[i] != NULL; i++)
    if (g_ascii_strncasecmp (name, stems[i], strlen (stems[i])) == 0 && name[strlen (stems[i])] != '\0')
      return name + strlen (stems[i]);

  return NULL;
}

gboolean
_dub_outputs_file_has_classes (const DubDelimited *table)
{
  for (size_t c = 0; c < table->n_columns; c++)
    if (suffix_of (dub_delimited_column_name (table, c), PROBABILITY_STEMS) != NULL ||
        suffix_of (dub_delimited_column_name (table, c), LOGIT_STEMS) != NULL)
      return TRUE;

  return FALSE;
}

gboolean
_dub_outputs_file_has_one (const DubDelimited *table)
{
  return dub_delimited_column (table, ONE_PROBABILITY) >= 0 || dub_delimited_column (table, ONE_LOGIT) >= 0;
}

static void
collect (Reader            *reader,
         const char *const *stems)
{
  for (size_t c = 0; c < reader->table->n_columns; c++)
    if (suffix_of (dub_delimited_column_name (reader->table, c), stems) != NULL)
      g_ptr_array_add (reader->columns, GSIZE_TO_POINTER (c));
}

static gboolean
refuse_columns (const Reader *reader)
{
  if (dub_delimited_column (reader->table, CONFIDENCE) >= 0)
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has the confidence of the chosen class alone; the probabilities of the other classes are missing: "
                 "expected columns p_0, p_1 … or logit_0, logit_1 …, one for each class.", reader->table->name);
  else
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has no outputs; expected columns p_0, p_1 … or logit_0, logit_1 …, one for each class, or one column p of class 1.",
                 reader->table->name);

  return FALSE;
}

/* Columns whose names end in numbers stand for these classes, whatever their order. */
static gboolean
order_by_number (Reader            *reader,
                 const char *const *stems,
                 gboolean          *numbered)
{
  guint n = reader->columns->len;
  g_autofree gpointer *sorted = g_new (gpointer, n);
  g_autofree gboolean *seen = g_new0 (gboolean, n);
  guint n_numbers = 0;

  for (guint i = 0; i < n; i++) {
    const char *name = dub_delimited_column_name (reader->table, GPOINTER_TO_SIZE (reader->columns->pdata[i]));
    guint64 number;

    if (!g_ascii_string_to_unsigned (suffix_of (name, stems), 10, 0, G_MAXUINT64, &number, NULL))
      continue;
    n_numbers++;
    if (number >= n || seen[number]) {
      g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: column %s stands for no class of its own; expected 0 to %u, once each.",
                   reader->table->name, name, n - 1);
      return FALSE;
    }
    seen[number] = TRUE;
    sorted[number] = reader->columns->pdata[i];
  }
  *numbered = n_numbers == n;
  if (*numbered)
    memcpy (reader->columns->pdata, sorted, n * sizeof *sorted);
  else if (n_numbers > 0)
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s: some columns of outputs end in numbers and some in names; expected one or the other.", reader->table->name);

  return *numbered || n_numbers == 0;
}

static gboolean
find_columns (Reader         *reader,
              DubOutputsFile *self)
{
  const char *const *stems;
  gboolean numbered;
  int one;

  collect (reader, PROBABILITY_STEMS);

  guint n_probabilities = reader->columns->len;

  collect (reader, LOGIT_STEMS);
  if (n_probabilities > 0 && reader->columns->len > n_probabilities) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has columns of probabilities and of logits; leave one of the two out.",
                 reader->table->name);
    return FALSE;
  }
  if (reader->columns->len == 0) {
    one = dub_delimited_column (reader->table, ONE_PROBABILITY);
    reader->logits = one < 0;
    one = one >= 0 ? one : dub_delimited_column (reader->table, ONE_LOGIT);
    if (one < 0)
      return refuse_columns (reader);
    g_ptr_array_add (reader->columns, GSIZE_TO_POINTER ((size_t) one));
    reader->one = TRUE;
    self->n_classes = 2;
    g_ptr_array_add (self->notes, g_strdup_printf ("Column %s is taken for class 1 of two.",
                                                   dub_delimited_column_name (reader->table, (size_t) one)));
    return TRUE;
  }

  reader->logits = n_probabilities == 0;
  stems = reader->logits ? LOGIT_STEMS : PROBABILITY_STEMS;
  self->n_classes = reader->columns->len;
  if (!order_by_number (reader, stems, &numbered))
    return FALSE;
  if (!numbered) {
    self->classes = g_new0 (char *, self->n_classes + 1);
    for (size_t c = 0; c < self->n_classes; c++)
      self->classes[c] =
        g_strdup (suffix_of (dub_delimited_column_name (reader->table, GPOINTER_TO_SIZE (reader->columns->pdata[c])), stems));
  }

  return TRUE;
}

/* --- cells --- */

static gboolean
read_number (const Reader *reader,
             size_t        row,
             size_t        column,
             double       *out)
{
  const char *cell = dub_delimited_cell (reader->table, row, column);
  char *end;
  double value = g_ascii_strtod (cell, &end);

  if (end == cell || *end != '\0' || !isfinite (value) || fabs (value) > (double) G_MAXFLOAT)
    return refuse_cell (reader, row, column, "a finite number");
  if (!reader->logits && !(value >= 0.0 && value <= 1.0))
    return refuse_cell (reader, row, column, "a probability from 0 to 1");
  *out = value;

  return TRUE;
}

static gboolean
read_answers (const Reader   *reader,
              DubOutputsFile *self)
{
  size_t n = self->n_cases, n_classes = self->n_classes;
  DubTensor *tensor =
    dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (1, (int64_t) n, (int64_t) n_classes), reader->error);

  *(reader->logits ? &self->logits : &self->probabilities) = tensor;
  if (tensor == NULL)
    return FALSE;
  self->exact = g_new (double, MAX (n * n_classes, 1));
  for (size_t i = 0; i < n; i++) {
    double *row = self->exact + i * n_classes;

    for (guint c = 0; c < reader->columns->len; c++)
      if (!read_number (reader, i, GPOINTER_TO_SIZE (reader->columns->pdata[c]), &row[reader->one ? 1 : c]))
        return FALSE;
    if (reader->one && reader->logits)
      row[1] *= 0.5;
    if (reader->one)
      row[0] = reader->logits ? -row[1] : 1.0 - row[1];
    for (size_t c = 0; c < n_classes; c++)
      dub_tensor_f32 (tensor)[i * n_classes + c] = (float) row[c];
  }

  return TRUE;
}

/* An index or a name; -1 where it is empty or n/a. */
static gboolean
read_label (const Reader   *reader,
            DubOutputsFile *self,
            size_t          row,
            size_t          column)
{
  const char *cell = dub_delimited_cell (reader->table, row, column);
  gint64 number;

  self->labels[row] = -1;
  if (*cell == '\0' || g_ascii_strcasecmp (cell, "n/a") == 0)
    return TRUE;
  for (size_t c = 0; self->classes != NULL && c < self->n_classes; c++)
    if (strcmp (self->classes[c], cell) == 0) {
      self->labels[row] = (int) c;
      return TRUE;
    }
  if (g_ascii_string_to_signed (cell, 10, -1, (gint64) self->n_classes - 1, &number, NULL)) {
    self->labels[row] = (int) number;
    return TRUE;
  }

  g_autofree char *expected = g_strdup_printf ("%s0 to %zu, or -1, n/a or nothing where it is unknown",
                                               self->classes != NULL ? "the name of a class, " : "", self->n_classes - 1);

  return refuse_cell (reader, row, column, expected);
}

static gboolean
read_row (const Reader   *reader,
          DubOutputsFile *self,
          size_t          row,
          int             label,
          int             split,
          int             fold)
{
  gint64 number = -1;

  if (!read_label (reader, self, row, (size_t) label))
    return FALSE;
  if (split >= 0 && !_dub_outputs_file_part (dub_delimited_cell (reader->table, row, (size_t) split), &self->part[row]))
    return refuse_cell (reader, row, (size_t) split, "train, calibration, test or none");
  if (fold >= 0 && !g_ascii_string_to_signed (dub_delimited_cell (reader->table, row, (size_t) fold), 10, -1,
                                              G_MAXINT16 - 1, &number, NULL))
    return refuse_cell (reader, row, (size_t) fold, "-1, or the fold of a training case");
  self->fold[row] = self->part != NULL && self->part[row] == DUB_PART_TRAIN ? (gint16) number : -1;

  return TRUE;
}

static gboolean
read_cases (const Reader   *reader,
            DubOutputsFile *self)
{
  const DubDelimited *table = reader->table;
  int label = dub_delimited_column (table, LABEL), id = dub_delimited_column (table, ID);
  int split = dub_delimited_column (table, SPLIT), fold = dub_delimited_column (table, FOLD);
  int patient = dub_delimited_column (table, PATIENT);

  if (label < 0) {
    g_set_error (reader->error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no column label, which holds the true class of every case.",
                 table->name);
    return FALSE;
  }
  self->ids = g_new0 (char *, self->n_cases + 1);
  self->labels = g_new (int, self->n_cases + 1);
  self->fold = g_new (gint16, self->n_cases + 1);
  self->part = split >= 0 ? g_new (guint8, self->n_cases + 1) : NULL;
  self->patient = patient >= 0 ? g_new0 (char *, self->n_cases + 1) : NULL;
  for (size_t i = 0; i < self->n_cases; i++) {
    const char *own = patient >= 0 ? dub_delimited_cell (table, i, (size_t) patient) : "";

    self->ids[i] = id >= 0 ? g_strdup (dub_delimited_cell (table, i, (size_t) id)) : g_strdup_printf ("row-%zu", i);
    if (*own != '\0')
      self->patient[i] = g_strdup (own);
    if (!read_row (reader, self, i, label, split, fold))
      return FALSE;
  }

  return TRUE;
}

/* What was done to the probabilities before they were written, the same in every row. */
static void
note_recalibration (const DubDelimited *table,
                    DubOutputsFile     *self)
{
  int column = dub_delimited_column (table, RECALIBRATION);
  const char *words = column >= 0 && table->n_rows > 0 ? dub_delimited_cell (table, 0, (size_t) column) : "";

  if (*words != '\0')
    g_ptr_array_add (self->notes, g_strdup_printf ("The probabilities were recalibrated: %s.", words));
}

DubOutputsFile *
_dub_outputs_file_from_table (const DubDelimited  *table,
                              GError             **error)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new ();
  g_autoptr (DubOutputsFile) self = _dub_outputs_file_new ();
  Reader reader = { .table = table, .columns = columns, .error = error };

  self->n_models = 1;
  self->n_cases = table->n_rows;
  self->model_fold = g_new (int, 1);
  self->model_fold[0] = -1;
  if (!find_columns (&reader, self) || !read_cases (&reader, self) || !read_answers (&reader, self))
    return NULL;
  note_recalibration (table, self);

  return g_steal_pointer (&self);
}
