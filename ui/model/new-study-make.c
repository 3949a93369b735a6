/* Writing the study, on a thread. */
#include "ui/model/new-study-private.h"

#include <glib/gi18n.h>

#include "core/base/error.h"

typedef struct {
  char               *folder;
  char               *path;
  char               *patients;
  char               *title;
  char               *positive;
  GStrv               names;
  GStrv               networks;   /* (nullable): imported, instead of nothing */
  char              **train_ids;  /* [networks], each nullable */
  int                *scalings;   /* [networks] DubScaling, -1 = as for all */
  gboolean            outputs;    /* @path is a file of outputs */
  gboolean            has_prepare;
  DubPrepare          prepare;
  DubDataset         *dataset;    /* (nullable): for fitting the preparation */
  GArray             *train;      /* (nullable) of size_t */
  DubStudyDataOptions options;
} Making;

static void
making_free (gpointer data)
{
  Making *making = data;

  g_free (making->folder);
  g_free (making->path);
  g_free (making->patients);
  g_free (making->title);
  g_free (making->positive);
  g_strfreev (making->names);
  for (guint i = 0; making->networks != NULL && making->networks[i] != NULL; i++)
    g_free (making->train_ids[i]);
  g_free (making->train_ids);
  g_free (making->scalings);
  g_strfreev (making->networks);
  g_clear_pointer (&making->dataset, dub_dataset_unref);
  g_clear_pointer (&making->train, g_array_unref);
  g_free (making);
}

static DubStudy *
import_networks (Making  *making,
                 DubRun  *run,
                 GError **error)
{
  g_autofree DubImportModel *models = g_new0 (DubImportModel, g_strv_length (making->networks));
  g_autofree DubScaling *scalings = g_new0 (DubScaling, g_strv_length (making->networks));
  DubImportNetworks options = {
    .data = making->options,
    .prepare = making->has_prepare ? &making->prepare : NULL,
    .models = models,
    .n_models = g_strv_length (making->networks),
  };

  for (size_t i = 0; i < options.n_models; i++) {
    scalings[i] = (DubScaling) MAX (making->scalings[i], 0);
    models[i] = (DubImportModel) {
      .path = making->networks[i],
      .train_ids = making->train_ids[i],
      .scaling = making->scalings[i] >= 0 ? &scalings[i] : NULL,
    };
  }
  if (making->has_prepare && !dub_prepare_fit (&making->prepare, making->dataset,
                                               (const size_t *) (const void *) making->train->data, making->train->len,
                                               run, error))
    return NULL;

  return dub_study_import_networks (making->folder, &options, run, error);
}

static gpointer
make (DubRun   *run,
      gpointer  data,
      GError  **error)
{
  Making *making = data;
  g_autofree char *parent = g_path_get_dirname (making->folder);

  if (g_mkdir_with_parents (parent, 0755) != 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_IO, _("The folder “%s” cannot be made."), parent);
    return NULL;
  }
  if (making->outputs) {
    const DubSplitOptions *split = &making->options.split;
    DubImportOutputs options = {
      .path = making->path,
      .title = making->title,
      .positive = making->positive,
      .classes = (const char *const *) making->names,
      .has_split = !split->given,
      .split = *split,
    };

    return dub_study_import_outputs (making->folder, &options, run, error);
  }
  if (making->networks != NULL)
    return import_networks (making, run, error);

  return dub_study_from_data (making->folder, &making->options, run, error);
}

static void
made_cb (gpointer     *result,
         const GError *error,
         gpointer      user_data)
{
  DubNewStudy *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->making_task);

  self->making = FALSE;
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
  _dub_new_study_changed (self);
}

void
_dub_new_study_stop_making (DubNewStudy *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->making_task);

  if (self->maker != NULL)
    dub_compute_slot_cancel (self->maker);
  self->making = FALSE;
  if (task != NULL)
    g_task_return_new_error (task, DUB_ERROR, DUB_ERROR_CANCELLED, "The study was not made.");
}

void
dub_new_study_make_async (DubNewStudy         *self,
                          const char          *title,
                          const char          *folder,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (DUB_IS_NEW_STUDY (self));
  g_return_if_fail ((self->dataset != NULL || self->outputs != NULL) && !self->making);

  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->outputs == NULL && self->split == NULL) {
    g_task_return_new_error (task, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s", self->split_error);
    return;
  }
  if (g_file_test (folder, G_FILE_TEST_EXISTS)) {
    g_task_return_new_error (task, DUB_ERROR, DUB_ERROR_ARGUMENT, _("“%s” is there already; choose another name."), folder);
    return;
  }

  Making *making = g_new0 (Making, 1);
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < self->names->len; i++)
    g_ptr_array_add (names, g_strdup (g_ptr_array_index (self->names, i)));
  g_ptr_array_add (names, NULL);
  making->names = (GStrv) g_ptr_array_free (names, FALSE);
  making->folder = g_strdup (folder);
  making->path = g_strdup (self->path);
  making->patients = g_strdup (self->patients);
  making->title = g_strdup (title);
  making->outputs = self->outputs != NULL;
  making->networks = g_strdupv (self->networks);
  making->train_ids = g_new0 (char *, self->facts->len + 1);
  making->scalings = g_new0 (int, self->facts->len + 1);
  for (guint i = 0; i < self->facts->len; i++) {
    const DubNetworkFacts *facts = &g_array_index (self->facts, DubNetworkFacts, i);

    making->train_ids[i] = g_strdup (facts->train_ids);
    making->scalings[i] = facts->scaling;
  }
  if (self->outputs != NULL && self->outputs->n_classes == 2)
    making->positive = g_strdup_printf ("%d", self->choices.positive);
  if (self->dataset != NULL) {
    making->positive = g_strdup (g_ptr_array_index (self->dataset->classes, self->choices.positive));
    making->dataset = dub_dataset_ref (self->dataset);
    making->train = dub_split_indices (self->split, DUB_PART_TRAIN);
    /* What nobody changed is better known by what stands beside the networks. */
    making->has_prepare = self->prepare_edited;
    dub_new_study_make_prepare (self, &making->prepare);
  }
  making->options = (DubStudyDataOptions) {
    .path = making->path,
    .patients = making->patients,
    .skip_bad = self->skip_bad,
    .positive = making->positive,
    .title = making->title,
    .class_names = (const char *const *) making->names,
    .split = self->choices.split,
  };
  self->making = TRUE;
  self->making_task = g_steal_pointer (&task);
  if (self->maker == NULL)
    self->maker = dub_compute_slot_new (0);
  dub_compute_slot_submit (self->maker, make, making, making_free, (GDestroyNotify) dub_study_unref, made_cb, self);
  _dub_new_study_changed (self);
}

gboolean
dub_new_study_make_finish (DubNewStudy   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
