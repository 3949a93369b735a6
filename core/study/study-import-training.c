/* Which cases an imported network learned from: as its owner says, or as the study that it was trained in has it. */
#include "core/study/study-import-private.h"

#include "core/io/delimited.h"

#include <string.h>

/* The ids in a file: the column id of a table, or every line of a list. The first line of a list is an id, too. */
static gboolean
mark_listed (const char        *file,
             const DubDataset  *dataset,
             gboolean          *learned,
             size_t            *n_found,
             size_t            *n_listed,
             GError           **error)
{
  static const char *const columns[] = { "id", "ids", NULL };
  g_autoptr (DubDelimited) table = dub_delimited_load (file, FALSE, error);

  if (table == NULL)
    return FALSE;

  int column = dub_delimited_column (table, columns);
  gboolean bare = column < 0 && table->n_columns == 1;

  if (column < 0 && !bare) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s has no column id; expected one id a line, or a table with a column id.",
                 file);
    return FALSE;
  }
  *n_found = 0;
  *n_listed = table->n_rows + (bare ? 1 : 0);
  for (size_t i = 0; i < *n_listed; i++) {
    const char *id = !bare ? dub_delimited_cell (table, i, (size_t) column)
                     : i == 0 ? dub_delimited_column_name (table, 0)
                              : dub_delimited_cell (table, i - 1, 0);
    gssize at = dub_dataset_find (dataset, id);

    if (at < 0)
      continue;
    learned[at] = TRUE;
    (*n_found)++;
  }

  return TRUE;
}

static gboolean
mark_from_list (const DubImportModel  *model,
                const DubDataset      *dataset,
                gboolean              *learned,
                DubRun                *run,
                GError               **error)
{
  size_t n_found, n_listed;

  if (!mark_listed (model->train_ids, dataset, learned, &n_found, &n_listed, error))
    return FALSE;
  if (n_found == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s: none of its %zu ids is in %s, whose first one is %s.",
                 model->train_ids, n_listed, dataset->name, dataset->n_cases > 0 ? dataset->cases[0].id : "none");
    return FALSE;
  }
  if (n_found < n_listed && run != NULL)
    dub_run_log (run, "%s: %zu of its %zu ids are not in %s.", model->train_ids, n_listed - n_found, n_listed, dataset->name);

  return TRUE;
}

/* The study in whose models/<id>/ the network stands, if it was made from the same data. */
static gboolean
mark_from_home (const DubImportModel *model,
                const DubStudy       *study,
                gboolean             *learned)
{
  g_autofree char *absolute = g_canonicalize_filename (model->path, NULL);
  g_autofree char *own = g_path_get_dirname (absolute);
  g_autofree char *models = g_path_get_dirname (own);
  g_autofree char *home = g_path_get_dirname (models);
  g_autofree char *file = g_build_filename (home, "study.json", NULL);
  g_autoptr (DubStudy) other = g_file_test (file, G_FILE_TEST_EXISTS) ? dub_study_load (home, NULL) : NULL;

  if (other == NULL || other->data == NULL || strcmp (other->data->hash, study->data->hash) != 0 ||
      other->data->n_cases != study->data->n_cases)
    return FALSE;
  /* Its own fold counts, too: the best epoch was chosen on it. */
  for (size_t i = 0; i < study->data->n_cases; i++)
    learned[i] |= other->data->split->part[i] == DUB_PART_TRAIN;

  return TRUE;
}

gboolean
_dub_import_mark_learned (const DubImportModel  *model,
                          const DubStudy        *study,
                          const char            *run_split_hash,
                          gboolean              *learned,
                          gboolean              *known,
                          DubRun                *run,
                          GError               **error)
{
  *known = TRUE;
  if (model->train_ids != NULL)
    return mark_from_list (model, study->data->dataset, learned, run, error);
  /* Trained on this very split: its training cases are the study's. */
  if (g_strcmp0 (run_split_hash, study->data->split_hash) == 0)
    return TRUE;
  *known = mark_from_home (model, study, learned);
  if (!*known && run != NULL)
    dub_run_log (run, "Nobody says which cases %s was trained on: what is measured may be too good.", model->path);

  return TRUE;
}

void
_dub_import_move_learned (DubStudy       *study,
                          const gboolean *learned,
                          DubRun         *run)
{
  DubSplit *split = study->data->split;
  size_t n_moved = 0;

  for (size_t i = 0; i < split->n_cases; i++) {
    if (!learned[i] || (split->part[i] != DUB_PART_CALIBRATION && split->part[i] != DUB_PART_TEST))
      continue;
    split->part[i] = DUB_PART_TRAIN;
    split->fold[i] = -1;
    n_moved++;
  }
  if (n_moved == 0)
    return;
  g_free (study->data->split_hash);
  study->data->split_hash = dub_split_hash (split, study->data->dataset);
  if (run != NULL)
    dub_run_log (run, "%zu cases that a network learned from were moved out of calibration and test, into train.", n_moved);
}
