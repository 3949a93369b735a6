#include "core/study/study-data.h"

#include "core/io/csv.h"
#include "core/io/delimited.h"
#include "core/io/file.h"

#include <string.h>

static const char *const HEADER[] = { "id", "label", "patient", "part", "fold", NULL };

DubStudyData *
dub_study_data_new (DubDataset *dataset,
                    DubSplit   *split,
                    DubTask     task,
                    int         positive)
{
  DubStudyData *self = g_new0 (DubStudyData, 1);
  size_t n = dataset->n_cases;

  self->task = task;
  self->positive = positive;
  self->path = g_strdup (dataset->path);
  self->kind = g_strdup (dub_dataset_kind_name (dataset->kind));
  self->hash = dub_dataset_hash (dataset);
  self->n_cases = n;
  self->ids = g_new0 (char *, n + 1);
  self->labels = g_new (int, MAX (n, 1));
  self->patient = g_new0 (char *, n + 1);
  for (size_t i = 0; i < n; i++) {
    self->ids[i] = g_strdup (dataset->cases[i].id);
    self->labels[i] = dataset->cases[i].label;
    self->patient[i] = g_strdup (dataset->cases[i].patient);
  }
  self->split = split;
  self->split_hash = dub_split_hash (split, dataset);
  self->dataset = dub_dataset_ref (dataset);

  return self;
}

void
dub_study_data_free (DubStudyData *self)
{
  if (self == NULL)
    return;
  for (size_t i = 0; i < self->n_cases; i++) {
    g_free (self->ids != NULL ? self->ids[i] : NULL);
    g_free (self->patient != NULL ? self->patient[i] : NULL);
  }
  g_free (self->ids);
  g_free (self->patient);
  g_free (self->labels);
  g_free (self->path);
  g_free (self->kind);
  g_free (self->hash);
  g_free (self->patients);
  g_free (self->split_hash);
  g_clear_pointer (&self->split, dub_split_free);
  g_clear_pointer (&self->dataset, dub_dataset_unref);
  g_free (self);
}

/* --- the data set behind it --- */

static gboolean
check_cases (const DubStudyData  *self,
             const DubDataset    *dataset,
             GError             **error)
{
  for (size_t i = 0; i < MIN (self->n_cases, dataset->n_cases); i++) {
    const DubDatasetCase *item = &dataset->cases[i];

    if (strcmp (self->ids[i], item->id) != 0 || self->labels[i] != item->label) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                   "%s is not the data set that the study was made from: case %zu is %s with label %d, expected %s with label %d.",
                   dataset->path, i, item->id, item->label, self->ids[i], self->labels[i]);
      return FALSE;
    }
  }
  if (self->n_cases != dataset->n_cases) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s is not the data set that the study was made from: it has %zu cases, expected %zu.", dataset->path,
                 dataset->n_cases, self->n_cases);
    return FALSE;
  }

  return TRUE;
}

gboolean
dub_study_data_open (DubStudyData  *self,
                     DubRun        *run,
                     GError       **error)
{
  /* Where cases were left out, the same ones must be left out again. */
  DubDatasetOptions options = {
    .bad = self->skip_bad ? DUB_BAD_SKIP : DUB_BAD_STOP, .patients = self->patients, .check_files = self->skip_bad,
  };

  if (self->dataset != NULL)
    return TRUE;
  if (self->path == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "The study was made from outputs alone and has no data set; import it with its data to see its cases.");
    return FALSE;
  }

  g_autoptr (DubDataset) dataset = dub_dataset_open (self->path, &options, run, error);

  if (dataset == NULL || !check_cases (self, dataset, error))
    return FALSE;

  g_autofree char *hash = dub_dataset_hash (dataset);

  if (g_strcmp0 (hash, self->hash) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "%s has changed since the study was made from it: its hash is %.12s…, expected %.12s….", self->path, hash,
                 self->hash);
    return FALSE;
  }
  g_autofree char *split_hash = dub_split_hash (self->split, dataset);

  if (g_strcmp0 (split_hash, self->split_hash) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
                 "The split in cases.csv is not the one that the study was made with: its hash is %.12s…, expected %.12s….",
                 split_hash, self->split_hash);
    return FALSE;
  }
  self->dataset = g_steal_pointer (&dataset);

  return TRUE;
}

/* --- cases.csv --- */

gboolean
dub_study_data_write_cases (const DubStudyData  *self,
                            const char          *folder,
                            GError             **error)
{
  g_autofree char *file = g_build_filename (folder, "cases.csv", NULL);
  g_autofree char *header = g_strjoinv (",", (char **) HEADER);
  g_autoptr (GString) text = g_string_new (header);

  g_string_append_c (text, '\n');
  for (size_t i = 0; i < self->n_cases; i++) {
    dub_csv_append (text, self->ids[i]);
    g_string_append_printf (text, ",%d,", self->labels[i]);
    dub_csv_append (text, self->patient[i] != NULL ? self->patient[i] : "");
    g_string_append_printf (text, ",%s,%d\n", dub_part_name ((DubPart) self->split->part[i]), self->split->fold[i]);
  }

  return dub_file_write_atomic (file, text->str, text->len, error);
}

static gboolean
refuse_cell (const DubDelimited  *table,
             size_t               row,
             size_t               column,
             const char          *expected,
             GError             **error)
{
  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: line %zu has %s \"%s\"; expected %s.", table->name,
               dub_delimited_line (table, row), HEADER[column], dub_delimited_cell (table, row, column), expected);

  return FALSE;
}

static gboolean
read_whole (const char *text,
            gint64      min,
            gint64      max,
            int        *out)
{
  gint64 number;

  if (!g_ascii_string_to_signed (text, 10, min, max, &number, NULL))
    return FALSE;
  *out = (int) number;

  return TRUE;
}

static gboolean
read_row (DubStudyData        *self,
          const DubDelimited  *table,
          size_t               row,
          GHashTable          *ids,
          GError             **error)
{
  const char *id = dub_delimited_cell (table, row, 0);
  const char *patient = dub_delimited_cell (table, row, 2);
  const char *part_name = dub_delimited_cell (table, row, 3);
  guint part = DUB_PART_TRAIN;
  int fold;

  if (*id == '\0' || !g_hash_table_add (ids, (gpointer) id))
    return refuse_cell (table, row, 0, "a name that no other row has", error);
  if (!read_whole (dub_delimited_cell (table, row, 1), -1, G_MAXINT16, &self->labels[row]))
    return refuse_cell (table, row, 1, "-1 (unknown) or the index of a class", error);
  while (part <= DUB_PART_NONE && strcmp (dub_part_name ((DubPart) part), part_name) != 0)
    part++;
  if (part > DUB_PART_NONE)
    return refuse_cell (table, row, 3, "train, calibration, test or none", error);
  if (!read_whole (dub_delimited_cell (table, row, 4), -1, G_MAXINT16, &fold) || (fold >= 0 && part != DUB_PART_TRAIN))
    return refuse_cell (table, row, 4, "-1, or the fold of a training case", error);

  self->ids[row] = g_strdup (id);
  self->patient[row] = *patient != '\0' ? g_strdup (patient) : NULL;
  self->split->part[row] = (guint8) part;
  self->split->fold[row] = (gint16) fold;

  return TRUE;
}

static gboolean
has_header (const DubDelimited  *table,
            GError             **error)
{
  gboolean fits = table->n_columns == 5;

  for (size_t i = 0; fits && i < 5; i++)
    fits = strcmp (dub_delimited_column_name (table, i), HEADER[i]) == 0;
  if (!fits)
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s does not begin with the row id,label,patient,part,fold.",
                 table->name);

  return fits;
}

gboolean
dub_study_data_read_cases (DubStudyData  *self,
                           const char    *folder,
                           GError       **error)
{
  g_return_val_if_fail (self->ids == NULL, FALSE);

  g_autofree char *file = g_build_filename (folder, "cases.csv", NULL);
  g_autoptr (DubDelimited) table = dub_delimited_load (file, FALSE, error);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  if (table == NULL || !has_header (table, error))
    return FALSE;

  size_t n = table->n_rows;
  DubSplit *split = dub_split_new_empty (n);

  if (self->split != NULL)
    split->options = self->split->options;
  g_clear_pointer (&self->split, dub_split_free);
  self->split = split;
  self->n_cases = n;
  self->ids = g_new0 (char *, n + 1);
  self->labels = g_new (int, MAX (n, 1));
  self->patient = g_new0 (char *, n + 1);
  for (size_t i = 0; i < n; i++)
    if (!read_row (self, table, i, ids, error))
      return FALSE;

  return TRUE;
}

int *
dub_study_data_patients (const DubStudyData *data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree int *groups = g_new (int, MAX (data->n_cases, 1));
  int n = 0;

  for (size_t i = 0; i < data->n_cases; i++) {
    gpointer found = NULL;

    if (data->patient[i] != NULL && g_hash_table_lookup_extended (seen, data->patient[i], NULL, &found)) {
      groups[i] = GPOINTER_TO_INT (found);
      continue;
    }
    groups[i] = n++;
    if (data->patient[i] != NULL)
      g_hash_table_insert (seen, data->patient[i], GINT_TO_POINTER (groups[i]));
  }

  return g_hash_table_size (seen) > 0 ? g_steal_pointer (&groups) : NULL;
}
