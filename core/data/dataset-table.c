/* Tables of cases: file and label, or ClinicaDL's participant, session and diagnosis. */
#include "core/data/dataset-private.h"

#include "core/io/delimited.h"
#include "core/io/file.h"

#include <stdlib.h>
#include <string.h>

static const char *const FILES[] = { "file", "path", "image", "filename", NULL };
static const char *const LABELS[] = { "label", "class", "diagnosis", NULL };
static const char *const SPLITS[] = { "split", NULL };
static const char *const PATIENTS[] = { "patient", "patient_id", "participant_id", "subject", NULL };
static const char *const SESSIONS[] = { "session_id", NULL };
static const char *const PARTICIPANTS[] = { "participant_id", NULL };

/* An open table and what its columns mean; -1 where it lacks one. */
typedef struct {
  DubDelimited       *table;
  char               *folder;
  int                 file, label, split, patient, session;
  gboolean            clinica;
  DubDatasetSessions *sessions; /* where files must be found */
} Reader;

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->table, dub_delimited_free);
  g_clear_pointer (&self->sessions, _dub_dataset_sessions_free);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
find_columns (Reader  *self,
              GError **error)
{
  self->file = dub_delimited_column (self->table, FILES);
  self->label = dub_delimited_column (self->table, LABELS);
  self->split = dub_delimited_column (self->table, SPLITS);
  self->patient = dub_delimited_column (self->table, PATIENTS);
  self->session = dub_delimited_column (self->table, SESSIONS);
  self->clinica = self->session >= 0 && dub_delimited_column (self->table, PARTICIPANTS) >= 0;
  if (self->clinica)
    self->patient = dub_delimited_column (self->table, PARTICIPANTS);
  if (self->label >= 0 && (self->file >= 0 || self->clinica))
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "%s has no column \"%s\"; expected file and label, or participant_id, session_id and diagnosis.",
               self->table->name, self->label < 0 ? "label" : "file");

  return FALSE;
}

static const char *
cell (const Reader *self,
      size_t        row,
      int           column)
{
  return column >= 0 ? dub_delimited_cell (self->table, row, (size_t) column) : "";
}

/* --- classes --- */

static gboolean
is_unknown (const char *label)
{
  return *label == '\0' || g_ascii_strcasecmp (label, "n/a") == 0;
}

static gboolean
is_number (const char *text)
{
  return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL);
}

static int
compare_text (gconstpointer a,
              gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  gint64 left = g_ascii_strtoll (*(const char *const *) a, NULL, 10);
  gint64 right = g_ascii_strtoll (*(const char *const *) b, NULL, 10);

  return left < right ? -1 : left > right;
}

/* Names in the order of the alphabet, or of numbers where all are. */
static gboolean
collect_classes (DubDataset               *dataset,
                 const Reader             *self,
                 const DubDatasetOptions  *options,
                 GError                  **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean numbers = TRUE;

  for (const char *const *name = options->classes; name != NULL && *name != NULL; name++)
    g_ptr_array_add (dataset->classes, g_strdup (*name));
  if (options->classes != NULL)
    return TRUE;
  for (size_t row = 0; row < self->table->n_rows; row++) {
    const char *label = cell (self, row, self->label);

    if (is_unknown (label) || !g_hash_table_add (seen, (char *) label))
      continue;
    numbers = numbers && is_number (label);
    g_ptr_array_add (dataset->classes, g_strdup (label));
    if (dataset->classes->len > DUB_MOST_CLASSES) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s: column \"%s\" has more than %d different values; expected classes.", self->table->name,
                   dub_delimited_column_name (self->table, (size_t) self->label), DUB_MOST_CLASSES);
      return FALSE;
    }
  }
  g_ptr_array_sort (dataset->classes, numbers ? compare_numbers : compare_text);

  return TRUE;
}

/* A name, or the index of a given class. */
static gboolean
label_of (DubDataset               *dataset,
          const DubDatasetOptions  *options,
          const char               *text,
          int                      *label,
          GError                  **error)
{
  gint64 index;

  *label = DUB_LABEL_UNKNOWN;
  if (is_unknown (text))
    return TRUE;
  for (guint i = 0; i < dataset->classes->len && *label < 0; i++)
    if (strcmp (dataset->classes->pdata[i], text) == 0)
      *label = (int) i;
  if (*label < 0 && options->classes != NULL && dataset->classes->len > 0 &&
      g_ascii_string_to_signed (text, 10, 0, (gint64) dataset->classes->len - 1, &index, NULL))
    *label = (int) index;
  if (*label >= 0)
    return TRUE;

  g_autofree char *names = g_strjoinv (", ", (char **) options->classes);

  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "the label is \"%.60s\"; expected one of %s.", text, names);

  return FALSE;
}

static gboolean
given_of (const char  *text,
          const char **given,
          GError     **error)
{
  static const struct {
    const char *name, *given;
  } NAMES[] = {
    { "train", "train" }, { "training", "train" }, { "val", "validation" }, { "valid", "validation" },
    { "validation", "validation" }, { "calibration", "validation" }, { "test", "test" }, { "testing", "test" },
  };

  *given = NULL;
  if (is_unknown (text))
    return TRUE;
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++)
    if (g_ascii_strcasecmp (text, NAMES[i].name) == 0) {
      *given = NAMES[i].given;
      return TRUE;
    }
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "the split is \"%.60s\"; expected train, validation or test.", text);

  return FALSE;
}

/* --- cases --- */

/* The path and the name of the case on @row. */
static gboolean
identify (const Reader  *self,
          size_t         row,
          char         **path,
          char         **id,
          GError       **error)
{
  const char *file = cell (self, row, self->file);
  const char *participant = cell (self, row, self->patient), *session = cell (self, row, self->session);

  if (self->clinica) {
    if (*participant == '\0' || *session == '\0') {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "participant_id or session_id is empty.");
      return FALSE;
    }
    *id = g_strconcat (participant, "_", session, NULL);
  } else {
    *id = _dub_dataset_stem (file);
  }
  if (self->file >= 0 && *file == '\0') {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "the name of the file is empty.");
    return FALSE;
  }
  *path = self->file >= 0 ? dub_file_inside (self->folder, file, error)
                          : _dub_dataset_sessions_find (self->sessions, participant, session, error);

  return *path != NULL;
}

static gboolean
add_row (DubDataset               *dataset,
         const Reader             *self,
         const DubDatasetOptions  *options,
         size_t                    row,
         GError                  **error)
{
  const char *patient = cell (self, row, self->patient);
  g_autofree char *where = g_strdup_printf ("%s, line %" G_GSIZE_FORMAT, self->table->name,
                                            dub_delimited_line (self->table, row));
  g_autofree char *path = NULL, *id = NULL;
  DubDatasetCase item = { .patient = *patient != '\0' ? patient : NULL, .row = row };
  GError *reason = NULL;

  if (!identify (self, row, &path, &id, &reason) ||
      !label_of (dataset, options, cell (self, row, self->label), &item.label, &reason) ||
      !given_of (cell (self, row, self->split), &item.given, &reason)) {
    g_prefix_error (&reason, "%s: ", where);
    return _dub_dataset_bad (dataset, options, row, reason, error);
  }
  item.id = id;
  item.path = path;

  return _dub_dataset_add_file (dataset, options, &item, where, error);
}

static gboolean
add_rows (DubDataset               *dataset,
          const Reader             *self,
          const DubDatasetOptions  *options,
          DubRun                   *run,
          GError                  **error)
{
  size_t n_unknown = 0;

  for (guint i = 0; i < self->table->left_out->len; i++) {
    GError *reason = g_error_new (DUB_ERROR, DUB_ERROR_FORMAT, "%s", (char *) self->table->left_out->pdata[i]);

    if (!_dub_dataset_bad (dataset, options, 0, reason, error))
      return FALSE;
  }
  for (size_t row = 0; row < self->table->n_rows; row++) {
    n_unknown += is_unknown (cell (self, row, self->label));
    if (dub_run_check_cancelled (run, error) || !add_row (dataset, self, options, row, error))
      return FALSE;
  }
  if (n_unknown > 0)
    _dub_dataset_warn (dataset, 0, "%s: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " rows have no label.",
                       self->table->name, n_unknown, self->table->n_rows);

  return TRUE;
}

DubDataset *
_dub_dataset_table (const char               *path,
                    const DubDatasetOptions  *options,
                    DubRun                   *run,
                    GError                  **error)
{
  g_auto (Reader) reader = { .table = dub_delimited_load (path, options->bad == DUB_BAD_SKIP, error) };

  if (reader.table == NULL || !find_columns (&reader, error))
    return NULL;
  reader.folder = g_path_get_dirname (path);
  if (reader.file < 0)
    reader.sessions = _dub_dataset_sessions_new (reader.folder);

  g_autoptr (DubDataset) dataset = _dub_dataset_new (reader.clinica ? DUB_DATASET_NIFTI : DUB_DATASET_TABLE, path,
                                                     _dub_dataset_file_source ());

  if (!collect_classes (dataset, &reader, options, error) || !add_rows (dataset, &reader, options, run, error) ||
      !_dub_dataset_check_files (dataset, options, run, error) ||
      !_dub_dataset_check_numbers (dataset, options, run, error) || !_dub_dataset_finish (dataset, options, error))
    return NULL;

  return g_steal_pointer (&dataset);
}
