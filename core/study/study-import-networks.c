/* A study from a person's own networks and their data. */
#include "core/study/study-import-private.h"

#include "core/io/file.h"
#include "core/io/json-member.h"
#include "core/io/onnx.h"
#include "core/study/study-private.h"
#include "core/train/run-record.h"

#include <string.h>

static const guint64 LARGEST_NETWORK = (guint64) 4 << 30;

/* One network on its way into the study. */
typedef struct {
  const DubImportModel *model;
  DubRunRecord         *record;     /* (nullable): run.json beside it */
  DubGraph             *graph;
  DubPrepare            prepare;
  const char           *prepare_by; /* "given", "run", "suggested" */
  DubAnswer             answer;
  gboolean              known;      /* which cases it learned from */
  gboolean              checked;    /* reference.npz was re-run */
} Guest;

static void
guest_free (gpointer data)
{
  Guest *self = data;

  g_clear_pointer (&self->record, dub_run_record_free);
  g_clear_pointer (&self->graph, dub_graph_unref);
  g_free (self);
}

/* A run.json that cannot be read is an error: its preparation is what the network needs. */
static gboolean
find_record (Guest   *self,
             GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->model->path);
  g_autofree char *file = g_build_filename (folder, "run.json", NULL);

  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return TRUE;
  self->record = dub_run_record_load (folder, error);

  return self->record != NULL;
}

/* --- the preparation --- */

/* What the network declares of its input: (N, channels, spatial …). */
static gboolean
fit_to_input (Guest             *self,
              const DubDataset  *dataset,
              GError           **error)
{
  const DubGraphInput *input = dub_graph_n_inputs (self->graph) > 0 ? dub_graph_input (self->graph, 0) : NULL;

  if (input == NULL || !input->has_shape || input->shape.rank != dataset->n_axes + 2)
    return TRUE;
  if (input->shape.dim[1] == 1 || input->shape.dim[1] == 3) {
    self->prepare.channels = (int) input->shape.dim[1];
  } else if (input->shape.dim[1] > 0) {
    g_autofree char *shape = dub_shape_to_string (&input->shape);

    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s reads an input of %s, whose second extent is %d; expected 1 or 3 channels there, before the spatial extents.",
                 self->model->path, shape, (int) input->shape.dim[1]);
    return FALSE;
  }
  for (int a = 0; a < dataset->n_axes; a++)
    if (input->shape.dim[2 + a] > 0)
      self->prepare.size[a] = input->shape.dim[2 + a];

  return TRUE;
}

static gboolean
fit_to_training (Guest     *self,
                 DubStudy  *study,
                 DubRun    *run,
                 GError   **error)
{
  g_autoptr (GArray) train = dub_split_indices (study->data->split, DUB_PART_TRAIN);

  return train->len == 0 || dub_prepare_fit (&self->prepare, study->data->dataset, (const size_t *) (const void *) train->data,
                                             train->len, run, error);
}

static gboolean
choose_prepare (Guest             *self,
                const DubPrepare  *given,
                DubStudy          *study,
                DubRun            *run,
                GError           **error)
{
  if (self->model->prepare != NULL)
    given = self->model->prepare;
  if (given != NULL || self->record != NULL) {
    self->prepare = given != NULL ? *given : self->record->prepare;
    self->prepare_by = given != NULL ? "given" : "run";
    if (self->model->scaling == NULL || *self->model->scaling == self->prepare.scaling)
      return TRUE;
    self->prepare_by = "given";
    self->prepare.scaling = *self->model->scaling;
    return fit_to_training (self, study, run, error);
  }

  self->prepare_by = self->model->scaling != NULL ? "given" : "suggested";
  dub_prepare_init (&self->prepare, study->data->dataset);
  if (self->model->scaling != NULL)
    self->prepare.scaling = *self->model->scaling;
  if (!fit_to_input (self, study->data->dataset, error) || !fit_to_training (self, study, run, error))
    return FALSE;
  if (run != NULL && self->model->scaling == NULL) {
    g_autofree char *how = dub_prepare_describe (&self->prepare);

    dub_run_log (run, "How the cases of %s are prepared is a guess: %s. Where it was trained otherwise, say so with a preparation file.",
                 self->model->path, how);
  }

  return TRUE;
}

/* Reads the cases, answers with the classes. */
static gboolean
try_network (Guest     *self,
             DubStudy  *study,
             DubRun    *run,
             GError   **error)
{
  DubShape shape = dub_prepare_shape (&self->prepare);
  g_autoptr (DubClassifier) network =
    dub_classifier_new (self->model->path, self->model->path, &shape, study->classes->len, 1, run, error);

  if (network == NULL)
    return FALSE;
  self->answer = network->answer;

  return TRUE;
}

/* --- into the folder --- */

static gboolean
write_note (const Guest  *self,
            const char   *folder,
            GError      **error)
{
  g_autofree char *file = g_build_filename (folder, "import.json", NULL);
  g_autofree char *source = g_canonicalize_filename (self->model->path, NULL);
  g_autofree char *hash = dub_file_sha256 (self->model->path, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (hash == NULL)
    return FALSE;
  json_builder_begin_object (builder);
  dub_json_add_string (builder, "format", "dubito-import");
  dub_json_add_int (builder, "format_version", 1);
  dub_json_add_string (builder, "source", source);
  dub_json_add_string (builder, "sha256", hash);
  dub_json_add_string (builder, "answer", dub_answer_name (self->answer));
  dub_json_add_string (builder, "prepare", self->prepare_by);
  dub_json_add_boolean (builder, "training_known", self->known);
  dub_json_add_string (builder, "train_ids", self->model->train_ids);
  dub_json_add_boolean (builder, "reference_checked", self->checked);
  json_builder_end_object (builder);

  return dub_json_save (builder, file, error);
}

/* The file as it is, unless its numbers lie in other files beside it. */
static gboolean
copy_network (const Guest  *self,
              const char   *target,
              GError      **error)
{
  g_autoptr (GBytes) bytes = dub_file_read (self->model->path, LARGEST_NETWORK, error);

  if (bytes == NULL ||
      !dub_file_write_atomic (target, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return FALSE;

  g_autoptr (DubGraph) alone = dub_onnx_load (target, NULL);

  return alone != NULL || dub_onnx_save (self->graph, target, error);
}

/* "nets/a.onnx" is called a; models/ce-f0/model.onnx is called ce-f0. */
static char *
name_of (const Guest *self)
{
  g_autofree char *absolute = g_canonicalize_filename (self->model->path, NULL);
  g_autofree char *name = g_path_get_basename (absolute);
  g_autofree char *folder = g_path_get_dirname (absolute);

  if (g_str_has_suffix (name, ".onnx"))
    name[strlen (name) - strlen (".onnx")] = '\0';

  return strcmp (name, "model") == 0 ? g_path_get_basename (folder) : g_steal_pointer (&name);
}

static gboolean
settle (const Guest  *self,
        DubStudy     *study,
        const char   *folder,
        const char   *family,
        const char   *split_before,
        GError      **error)
{
  static const DubPreprocess none = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autofree char *stem = name_of (self);
  g_autofree char *id = _dub_study_import_id (study, stem);
  g_autofree char *own = _dub_study_import_folder (folder, id, error);
  g_autofree char *target = own != NULL ? g_build_filename (own, "model.onnx", NULL) : NULL;

  if (target == NULL || !copy_network (self, target, error) || !write_note (self, own, error))
    return FALSE;
  dub_study_add_model (study, id, target, none);

  DubStudyModel *model = g_ptr_array_index (study->models, study->models->len - 1);

  model->family = g_strdup (family);
  model->prepare = g_memdup2 (&self->prepare, sizeof (DubPrepare));
  model->split_hash = g_strdup (study->data->split_hash);
  model->training_unknown = !self->known;
  /* A fold means something in the split that the network was trained on alone. */
  if (self->record != NULL && strcmp (self->record->split_hash, split_before) == 0)
    model->fold = self->record->fold;

  return TRUE;
}

/* --- all of them --- */

static GPtrArray *
invite (const DubImportNetworks  *options,
        DubStudy                 *study,
        DubRun                   *run,
        GError                  **error)
{
  g_autoptr (GPtrArray) guests = g_ptr_array_new_with_free_func (guest_free);
  g_autofree gboolean *learned = g_new0 (gboolean, study->data->n_cases + 1);

  for (size_t i = 0; i < options->n_models; i++) {
    Guest *guest = g_new0 (Guest, 1);

    g_ptr_array_add (guests, guest);
    guest->model = &options->models[i];
    guest->graph = dub_onnx_load (guest->model->path, error);
    if (guest->graph == NULL || !find_record (guest, error) ||
        !dub_study_check_reference (guest->model->path, &guest->checked, run, error) ||
        !_dub_import_mark_learned (guest->model, study, guest->record != NULL ? guest->record->split_hash : NULL, learned,
                                   &guest->known, run, error))
      return NULL;
  }
  _dub_import_move_learned (study, learned, run);
  for (size_t i = 0; i < guests->len; i++) {
    Guest *guest = g_ptr_array_index (guests, i);

    if (dub_run_check_cancelled (run, error) || !choose_prepare (guest, options->prepare, study, run, error) ||
        !try_network (guest, study, run, error))
      return NULL;
    if (run != NULL)
      dub_run_log (run, "%s answers with %s.", guest->model->path, dub_answer_name (guest->answer));
  }

  return g_steal_pointer (&guests);
}

DubStudy *
dub_study_import_networks (const char               *folder,
                           const DubImportNetworks  *options,
                           DubRun                   *run,
                           GError                  **error)
{
  const char *family = options->family != NULL ? options->family : "imported";

  if (options->n_models == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "No network is given that could be imported.");
    return NULL;
  }

  g_autoptr (DubStudy) study =
    _dub_study_import_is_free (folder, error) ? _dub_study_new_from_data (&options->data, run, error) : NULL;
  g_autofree char *split_before = study != NULL ? g_strdup (study->data->split_hash) : NULL;
  g_autoptr (GPtrArray) guests = study != NULL && _dub_study_import_task (study, options->data.path, options->n_classes, error)
                                   ? invite (options, study, run, error)
                                   : NULL;

  if (guests == NULL)
    return NULL;
  for (guint i = 0; i < guests->len; i++)
    if (!settle (g_ptr_array_index (guests, i), study, folder, family, split_before, error))
      return NULL;

  return dub_study_save (study, folder, error) ? g_steal_pointer (&study) : NULL;
}
