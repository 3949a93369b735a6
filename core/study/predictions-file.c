#include "core/study/predictions-file.h"

#include "core/study/outputs-file-private.h"

#include <math.h>
#include <string.h>

static const char *const TRUE_LABEL[] = { "true_label", "label", "y_true", "target", "class", "diagnosis", "y", NULL };
static const char *const PREDICTED_LABEL[] = { "pred_label", "predicted_label", "prediction", "predicted", "pred", "y_pred", NULL };
/* Not msr: where that is a column of scores, it is higher where the answer is less sure. */
static const char *const CONFIDENCE[] = { "confidence", "max_prob", NULL };
static const char *const CORRECT[] = { "correct", NULL };
static const char *const ID[] = { "id", "case", "file", "name", NULL };
static const char *const PATIENT[] = { "patient", "participant_id", NULL };
static const char *const TRUTH[] = { "truth", "y_true", "true", "target", "y", NULL };
static const char *const MEAN[] = { "mean", "mu", "prediction", "predicted", "pred", "y_pred", NULL };
static const char *const SD[] = { "sd", "sigma", "std", "stddev", NULL };

static DubPredictionsFile *
file_new (const char *name)
{
  DubPredictionsFile *self = g_new0 (DubPredictionsFile, 1);

  self->name = g_strdup (name);
  self->n_models = 1;
  self->notes = g_ptr_array_new_with_free_func (g_free);

  return self;
}

DubPredictionsFile *
dub_predictions_file_new (const char      *name,
                          DubPredictions  *predictions,
                          char           **ids,
                          char           **classes,
                          size_t           n_models)
{
  DubPredictionsFile *self = file_new (name);

  self->predictions = predictions;
  self->ids = ids;
  self->classes = classes;
  self->n_models = n_models;

  return self;
}

void
dub_predictions_file_free (DubPredictionsFile *self)
{
  if (self == NULL)
    return;
  dub_predictions_free (self->predictions);
  dub_regression_cases_free (self->regression);
  g_strfreev (self->ids);
  g_strfreev (self->classes);
  g_ptr_array_unref (self->notes);
  g_free (self->name);
  g_free (self);
}

static gboolean
refuse_unlabelled (const char  *name,
                   GError     **error)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "%s has no case with a label; calibration compares answers with labels, so give at least one.", name);

  return FALSE;
}

/* The number of a patient: of the first case that has its name; a case without a name is a patient of its own. */
static int
number_patient (GHashTable *known,
                const char *name,
                size_t      at)
{
  gpointer number;

  if (name == NULL || *name == '\0')
    return (int) at;
  if (g_hash_table_lookup_extended (known, name, NULL, &number))
    return GPOINTER_TO_INT (number);
  g_hash_table_insert (known, (gpointer) name, GINT_TO_POINTER ((int) at));

  return (int) at;
}

/* --- answers of all classes --- */

static gboolean
take_answers (DubPredictionsFile    *self,
              const DubOutputsFile  *file,
              GError               **error)
{
  size_t n_classes = file->n_classes, n = 0;
  gboolean whole = file->logits != NULL && file->n_models == 1 && file->answers == NULL;
  g_autofree double *mean = dub_outputs_file_mean (file);
  g_autofree double *logits = whole ? g_new (double, file->n_cases * n_classes) : NULL;
  g_autofree int *labels = g_new (int, file->n_cases), *groups = g_new (int, file->n_cases);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean named = !g_str_has_prefix (file->ids[0], "row-");

  if (named)
    self->ids = g_new0 (char *, file->n_cases + 1);
  for (size_t i = 0; i < file->n_cases; i++) {
    if (file->labels[i] < 0)
      continue;
    memmove (mean + n * n_classes, mean + i * n_classes, n_classes * sizeof (double));
    for (size_t c = 0; whole && c < n_classes; c++)
      logits[n * n_classes + c] = file->exact != NULL ? file->exact[i * n_classes + c]
                                                      : (double) dub_tensor_f32 (file->logits)[i * n_classes + c];
    labels[n] = file->labels[i];
    groups[n] = file->patient != NULL ? number_patient (known, file->patient[i], n) : 0;
    if (named)
      self->ids[n] = g_strdup (file->ids[i]);
    n++;
  }
  if (n == 0)
    return refuse_unlabelled (self->name, error);

  self->n_models = file->n_models;
  self->n_unlabelled = file->n_cases - n;
  self->classes = g_strdupv (file->classes);
  for (guint i = 0; i < file->notes->len; i++)
    g_ptr_array_add (self->notes, g_strdup (g_ptr_array_index (file->notes, i)));
  self->predictions = dub_predictions_new (mean, logits, labels, n, n_classes, file->patient != NULL ? groups : NULL, error);
  if (self->predictions == NULL)
    g_prefix_error (error, "%s: ", self->name);

  return self->predictions != NULL;
}

/* --- tables --- */

typedef struct {
  const DubDelimited *table;
  int                 id;
  GError            **error;
} Reader;

static gboolean
refuse_cell (const Reader *reader,
             size_t        row,
             int           column,
             DubError      code,
             const char   *expected)
{
  const DubDelimited *table = reader->table;
  const char *id = reader->id >= 0 ? dub_delimited_cell (table, row, (size_t) reader->id) : "";
  g_autofree char *whose = *id != '\0' ? g_strdup_printf (", case “%s”", id) : g_strdup ("");

  g_set_error (reader->error, DUB_ERROR, code, "%s: line %zu%s, column “%s” is “%s”; expected %s.", table->name,
               dub_delimited_line (table, row), whose, dub_delimited_column_name (table, (size_t) column),
               dub_delimited_cell (table, row, (size_t) column), expected);

  return FALSE;
}

static gboolean
parse_number (const char *cell,
              double     *value)
{
  char *end;

  *value = g_ascii_strtod (cell, &end);

  return end != cell && *end == '\0';
}

static gboolean
read_number (const Reader *reader,
             size_t        row,
             int           column,
             double       *value)
{
  if (!parse_number (dub_delimited_cell (reader->table, row, (size_t) column), value))
    return refuse_cell (reader, row, column, DUB_ERROR_FORMAT, "a number");
  if (!isfinite (*value))
    return refuse_cell (reader, row, column, DUB_ERROR_NUMERIC, "a finite number");

  return TRUE;
}

static gboolean
is_unknown (const char *cell)
{
  return *cell == '\0' || g_ascii_strcasecmp (cell, "n/a") == 0 || strcmp (cell, "-1") == 0;
}

/* A number that can be a class's: whole and from 0, however it is written. */
static gboolean
is_class_number (const char *cell)
{
  double value;

  return parse_number (cell, &value) && value >= 0.0 && value <= (double) G_MAXINT32 && fabs (value - floor (value)) <= 0.0;
}

/* Names, or numbers however they are written: "3" is "3.0". */
static gboolean
same_label (const char *a,
            const char *b)
{
  double x, y;

  return strcmp (a, b) == 0 || (parse_number (a, &x) && parse_number (b, &y) && fabs (x - y) <= 0.0);
}

/* Where all answers are class numbers, a label that is none is a mistake of the table, and not a wrong answer of the network. */
static gboolean
check_class_numbers (const Reader *reader,
                     const int     columns[2])
{
  size_t n = reader->table->n_rows;

  for (size_t i = 0; i < n; i++)
    if (!is_class_number (dub_delimited_cell (reader->table, i, (size_t) columns[1])))
      return TRUE;
  for (size_t i = 0; i < n; i++) {
    const char *label = dub_delimited_cell (reader->table, i, (size_t) columns[0]);

    if (!is_unknown (label) && !is_class_number (label))
      return refuse_cell (reader, i, columns[0], DUB_ERROR_FORMAT,
                          "a whole number from 0, as every answer is one (nothing, n/a or -1 where the label is not known)");
  }

  return TRUE;
}

/* Names are taken as they are written; two that differ in the case of letters alone are seldom meant as two classes. */
static void
note_alike_names (DubPredictionsFile *self,
                  const Reader       *reader,
                  const int           columns[2])
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (size_t i = 0; i < reader->table->n_rows; i++)
    for (int k = 0; k < 2; k++) {
      const char *name = dub_delimited_cell (reader->table, i, (size_t) columns[k]), *first;
      char *folded;

      if (is_unknown (name))
        continue;
      folded = g_utf8_validate (name, -1, NULL) ? g_utf8_casefold (name, -1) : g_ascii_strdown (name, -1);
      first = g_hash_table_lookup (known, folded);
      if (first == NULL) {
        g_hash_table_insert (known, folded, (gpointer) name);
        continue;
      }
      g_free (folded);
      if (strcmp (first, name) != 0) {
        g_ptr_array_add (self->notes, g_strdup_printf ("“%s” and “%s” differ in capital letters alone and count as two classes; write "
                                                       "them alike if they are one.", first, name));
        return;
      }
    }
}

/* FALSE without an error: the case has no label. */
static gboolean
read_outcome (const Reader *reader,
              size_t        row,
              const int     columns[2],
              gboolean     *correct,
              gboolean     *failed)
{
  static const char *const words[] = { "0", "1", "false", "true", "0.0", "1.0" };
  const char *first = dub_delimited_cell (reader->table, row, (size_t) columns[0]);

  if (is_unknown (first))
    return FALSE;
  if (columns[1] >= 0) {
    const char *answer = dub_delimited_cell (reader->table, row, (size_t) columns[1]);

    *failed = *answer == '\0';
    *correct = same_label (first, answer);
    return !*failed || refuse_cell (reader, row, columns[1], DUB_ERROR_FORMAT, "the class that was answered");
  }
  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (first, words[i]) == 0) {
      *correct = i % 2 == 1;
      return TRUE;
    }
  *failed = TRUE;

  return refuse_cell (reader, row, columns[0], DUB_ERROR_FORMAT, "0 for a wrong answer or 1 for a right one");
}

/* @columns: of the true and the predicted label, or of what is correct and -1 */
static gboolean
read_top_label (DubPredictionsFile *self,
                const Reader       *reader,
                const int           columns[2],
                int                 confidence_column)
{
  size_t n_rows = reader->table->n_rows, n = 0;
  int patient = dub_delimited_column (reader->table, PATIENT);
  g_autofree double *confidence = g_new (double, n_rows + 1);
  g_autofree gboolean *correct = g_new (gboolean, n_rows + 1);
  g_autofree int *groups = g_new (int, n_rows + 1);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  if (columns[1] >= 0) {
    if (!check_class_numbers (reader, columns))
      return FALSE;
    note_alike_names (self, reader, columns);
  }
  if (reader->id >= 0)
    self->ids = g_new0 (char *, n_rows + 1);
  for (size_t i = 0; i < n_rows; i++) {
    gboolean failed = FALSE;

    if (!read_outcome (reader, i, columns, &correct[n], &failed)) {
      if (failed)
        return FALSE;
      continue;
    }
    if (!read_number (reader, i, confidence_column, &confidence[n]))
      return FALSE;
    if (!(confidence[n] >= 0.0 && confidence[n] <= 1.0))
      return refuse_cell (reader, i, confidence_column, DUB_ERROR_NUMERIC,
                          "a confidence from 0 to 1 (divide percentages by 100, and take the softmax of logits)");
    if (patient >= 0)
      groups[n] = number_patient (known, dub_delimited_cell (reader->table, i, (size_t) patient), n);
    if (reader->id >= 0)
      self->ids[n] = g_strdup (dub_delimited_cell (reader->table, i, (size_t) reader->id));
    n++;
  }
  if (n == 0)
    return refuse_unlabelled (self->name, reader->error);
  self->n_unlabelled = n_rows - n;
  self->predictions = dub_predictions_new_top (confidence, correct, n, patient >= 0 ? groups : NULL, reader->error);

  return self->predictions != NULL;
}

/* @columns: truth, mean, sd */
static gboolean
read_regression (DubPredictionsFile *self,
                 const Reader       *reader,
                 const int           columns[3])
{
  size_t n = reader->table->n_rows;
  g_autofree double *numbers = g_new (double, 3 * n + 1);

  if (reader->id >= 0)
    self->ids = g_new0 (char *, n + 1);
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < 3; k++)
      if (!read_number (reader, i, columns[k], &numbers[k * n + i]))
        return FALSE;
    if (!(numbers[2 * n + i] > 0.0))
      return refuse_cell (reader, i, columns[2], DUB_ERROR_NUMERIC, "a standard deviation above 0");
    if (reader->id >= 0)
      self->ids[i] = g_strdup (dub_delimited_cell (reader->table, i, (size_t) reader->id));
  }
  self->regression = dub_regression_cases_new (numbers, numbers + n, numbers + 2 * n, n, reader->error);
  if (self->regression == NULL)
    g_prefix_error (reader->error, "%s: ", self->name);

  return self->regression != NULL;
}

static gboolean
refuse_columns (const DubDelimited *table,
                GError            **error)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (size_t c = 0; c < table->n_columns && c < 8; c++)
    g_string_append_printf (found, "%s%s", c > 0 ? ", " : "", dub_delimited_column_name (table, c));
  if (table->n_columns > 8)
    g_string_append (found, " …");
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "%s has the columns %s; expected label, p_0, p_1 … (or logit_0, logit_1 …), or true_label, pred_label, confidence, "
               "or for regression truth, mean, sd.", table->name, found->str);

  return FALSE;
}

/* All columns are there, and no two of them are the same. */
static gboolean
are_there (const int *columns,
           size_t     n)
{
  for (size_t i = 0; i < n; i++) {
    if (columns[i] < 0)
      return FALSE;
    for (size_t k = 0; k < i; k++)
      if (columns[k] == columns[i])
        return FALSE;
  }

  return TRUE;
}

static gboolean
read_table (DubPredictionsFile  *self,
            const DubDelimited  *table,
            GError             **error)
{
  const Reader reader = { table, dub_delimited_column (table, ID), error };
  const int top[] = { dub_delimited_column (table, TRUE_LABEL), dub_delimited_column (table, PREDICTED_LABEL),
                      dub_delimited_column (table, CONFIDENCE) };
  const int told[] = { dub_delimited_column (table, CORRECT), -1, dub_delimited_column (table, CONFIDENCE) };
  const int numbers[] = { dub_delimited_column (table, TRUTH), dub_delimited_column (table, MEAN), dub_delimited_column (table, SD) };

  if (table->n_rows == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no cases below the names of its columns.", table->name);
    return FALSE;
  }
  if (!_dub_outputs_file_has_classes (table)) {
    if (are_there (numbers, 3))
      return read_regression (self, &reader, numbers);
    if (are_there (top, 3))
      return read_top_label (self, &reader, top, top[2]);
    if (told[0] >= 0 && told[2] >= 0)
      return read_top_label (self, &reader, told, told[2]);
    if (!_dub_outputs_file_has_one (table))
      return refuse_columns (table, error);
  }

  g_autoptr (DubOutputsFile) file = _dub_outputs_file_read_table (table, error);

  return file != NULL && take_answers (self, file, error);
}

/* --- archives --- */

static const char *
find_array (const DubNpz      *archive,
            const char *const *names)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (dub_npz_has (archive, names[i]))
      return names[i];

  return NULL;
}

static double *
read_column (DubNpz      *archive,
             const char  *array,
             const char  *name,
             size_t      *n,
             GError     **error)
{
  g_autoptr (DubTensor) found = dub_npz_read (archive, array, error);
  size_t n_found = found != NULL ? dub_tensor_n_elements (found) : 0;

  if (found == NULL)
    return NULL;
  if (n_found == 0 || (*n > 0 && n_found != *n) || !(found->shape.rank == 1 || (found->shape.rank == 2 && found->shape.dim[1] == 1))) {
    g_autofree char *shape = dub_shape_to_string (&found->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "%s: array %s is of shape %s; expected (cases), as many as in truth, mean and sd.",
                 name, array, shape);
    return NULL;
  }
  *n = n_found;

  double *values = g_new (double, n_found);

  for (size_t i = 0; i < n_found; i++)
    values[i] = dub_tensor_get_double (found, i);

  return values;
}

static gboolean
read_archive (DubPredictionsFile  *self,
              DubNpz              *archive,
              GError             **error)
{
  const char *truth = find_array (archive, TRUTH), *mean = find_array (archive, MEAN), *sd = find_array (archive, SD);

  if (truth == NULL || mean == NULL || sd == NULL) {
    g_autoptr (DubOutputsFile) file = _dub_outputs_file_read_npz (archive, self->name, error);

    return file != NULL && take_answers (self, file, error);
  }

  size_t n = 0;
  g_autofree double *y = read_column (archive, truth, self->name, &n, error);
  g_autofree double *mu = y != NULL ? read_column (archive, mean, self->name, &n, error) : NULL;
  g_autofree double *sigma = mu != NULL ? read_column (archive, sd, self->name, &n, error) : NULL;

  if (sigma == NULL)
    return FALSE;
  self->regression = dub_regression_cases_new (y, mu, sigma, n, error);
  if (self->regression == NULL)
    g_prefix_error (error, "%s: ", self->name);

  return self->regression != NULL;
}

/* --- files --- */

DubPredictionsFile *
dub_predictions_file_load (const char  *path,
                           GError     **error)
{
  g_autoptr (DubPredictionsFile) self = file_new (path);

  if (g_str_has_suffix (path, ".npz")) {
    g_autoptr (DubNpz) archive = dub_npz_open (path, error);

    return archive != NULL && read_archive (self, archive, error) ? g_steal_pointer (&self) : NULL;
  }

  g_autoptr (DubDelimited) table = dub_delimited_load (path, FALSE, error);

  return table != NULL && read_table (self, table, error) ? g_steal_pointer (&self) : NULL;
}

DubPredictionsFile *
dub_predictions_file_parse (GBytes      *bytes,
                            const char  *name,
                            GError     **error)
{
  g_autoptr (DubPredictionsFile) self = file_new (name);
  gsize n;
  const char *text = g_bytes_get_data (bytes, &n);

  if (n >= 2 && memcmp (text, "PK", 2) == 0) {
    g_autoptr (DubNpz) archive = dub_npz_open_bytes (bytes, name, error);

    return archive != NULL && read_archive (self, archive, error) ? g_steal_pointer (&self) : NULL;
  }

  g_autoptr (DubDelimited) table = dub_delimited_parse (text, n, name, FALSE, error);

  return table != NULL && read_table (self, table, error) ? g_steal_pointer (&self) : NULL;
}

/* --- two files --- */

static gboolean
same_numbers (const DubPredictionsFile *self,
              const DubPredictionsFile *other)
{
  const DubPredictions *a = self->predictions, *b = other->predictions;

  if (self->regression != NULL && other->regression != NULL) {
    size_t n = self->regression->n_cases * sizeof (double);

    return self->regression->n_cases == other->regression->n_cases &&
           memcmp (self->regression->truth, other->regression->truth, n) == 0 &&
           memcmp (self->regression->mean, other->regression->mean, n) == 0 &&
           memcmp (self->regression->sd, other->regression->sd, n) == 0;
  }

  return a != NULL && b != NULL && a->n_cases == b->n_cases &&
         memcmp (a->confidence, b->confidence, a->n_cases * sizeof (double)) == 0 &&
         memcmp (a->correct, b->correct, a->n_cases * sizeof (gboolean)) == 0;
}

size_t
dub_predictions_file_count_shared (const DubPredictionsFile *self,
                                   const DubPredictionsFile *other)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  size_t n = 0;

  if (self->ids == NULL || other->ids == NULL) {
    if (!same_numbers (self, other))
      return 0;
    return self->regression != NULL ? self->regression->n_cases : self->predictions->n_cases;
  }
  for (size_t i = 0; other->ids[i] != NULL; i++)
    if (*other->ids[i] != '\0')
      g_hash_table_add (ids, other->ids[i]);
  for (size_t i = 0; self->ids[i] != NULL; i++)
    n += g_hash_table_contains (ids, self->ids[i]) ? 1 : 0;

  return n;
}
