/* The reader's side of a run folder. */
#include "core/train/run-folder.h"

#include "core/train/run-log.h"
#include "core/train/run-record.h"

#include <string.h>

void
dub_run_summary_free (DubRunSummary *self)
{
  if (self == NULL)
    return;
  g_free (self->folder);
  g_free (self->id);
  g_free (self->family);
  g_free (self->loss_name);
  g_free (self->arch);
  g_free (self->optimizer);
  g_free (self->select_by);
  g_free (self->failure);
  g_clear_pointer (&self->epochs, g_array_unref);
  g_free (self);
}

static int
find_best (const GArray *epochs)
{
  for (int i = (int) epochs->len - 1; i >= 0; i--)
    if (g_array_index (epochs, DubEpoch, i).best)
      return i;

  return -1;
}

static DubRunState
state_of (const DubRunRecord *record,
          const char         *folder,
          guint               n_epochs)
{
  /* The lock counts most: what is written may be older than the process that goes on. */
  if (dub_run_is_locked (folder))
    return DUB_RUN_STATE_RUNNING;
  if (record->failure != NULL)
    return DUB_RUN_STATE_FAILED;
  if (record->done)
    return DUB_RUN_STATE_DONE;

  return n_epochs > 0 ? DUB_RUN_STATE_STOPPED : DUB_RUN_STATE_NEW;
}

DubRunSummary *
dub_run_summary_load (const char  *folder,
                      GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autoptr (DubRunRecord) record = dub_run_record_load (absolute, error);
  g_autoptr (DubRunSummary) self = g_new0 (DubRunSummary, 1);

  if (record == NULL || (self->epochs = dub_run_log_read (absolute, error)) == NULL)
    return NULL;

  self->state = state_of (record, absolute, self->epochs->len);
  self->process = self->state == DUB_RUN_STATE_RUNNING ? dub_run_lock_owner (absolute) : 0;
  self->folder = g_steal_pointer (&absolute);
  self->id = g_steal_pointer (&record->id);
  self->family = g_steal_pointer (&record->family);
  self->loss_name = dub_recipe_loss_name (record->recipe);
  self->dca = record->recipe->dca;
  self->fold = record->fold;
  self->n_epochs = record->recipe->n_epochs;
  self->batch = record->recipe->batch;
  self->arch = g_steal_pointer (&record->architecture);
  self->optimizer = dub_recipe_optimizer_name (record->recipe);
  self->select_by = g_strdup (record->recipe->select_by);
  self->n_parameters = record->n_parameters;
  self->failure = g_steal_pointer (&record->failure);
  self->best = find_best (self->epochs);

  return g_steal_pointer (&self);
}

static gint
by_id_cb (gconstpointer a,
          gconstpointer b)
{
  const DubRunSummary *left = *(DubRunSummary *const *) a;
  const DubRunSummary *right = *(DubRunSummary *const *) b;
  int order = strcmp (left->family, right->family);

  return order != 0 ? order : left->fold - right->fold;
}

GPtrArray *
dub_run_summary_list (const char *models_folder,
                      GPtrArray  *skipped)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_run_summary_free);
  g_autoptr (GDir) dir = g_dir_open (models_folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename (models_folder, name, NULL);
    g_autofree char *file = g_build_filename (folder, "run.json", NULL);
    g_autoptr (GError) error = NULL;

    /* An imported network has no run.json. */
    if (!g_file_test (file, G_FILE_TEST_EXISTS))
      continue;

    DubRunSummary *run = dub_run_summary_load (folder, &error);

    if (run != NULL)
      g_ptr_array_add (runs, run);
    else if (skipped != NULL)
      g_ptr_array_add (skipped, g_strdup (error->message));
  }
  g_ptr_array_sort (runs, by_id_cb);

  return runs;
}
