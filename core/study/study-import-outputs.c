/* A study from outputs alone. */
#include "core/study/study-import.h"

#include "core/io/file.h"
#include "core/io/npy.h"
#include "core/study/outputs-file.h"
#include "core/study/study-private.h"

#include <string.h>

/* --- the split --- */

/* The cases as the splitter sees them: ids, labels and patients, and no images behind them. Borrows all.
 * @cases: [N] zeros */
static void
fill_sham (DubDataset           *sham,
           DubDatasetCase       *cases,
           const DubOutputsFile *file,
           const char           *name,
           const GPtrArray      *classes)
{
  *sham = (DubDataset) {
    .name = (char *) name, .classes = (GPtrArray *) classes, .n_cases = file->n_cases, .cases = cases,
  };
  for (size_t i = 0; i < file->n_cases; i++) {
    cases[i].id = file->ids[i];
    cases[i].label = file->labels[i];
    cases[i].patient = file->patient != NULL ? file->patient[i] : NULL;
    sham->has_patients |= cases[i].patient != NULL;
  }
}

/* The splitter always trains on something: where nothing is for training, calibration takes its place. */
static DubSplit *
split_by_fractions (const DubDataset       *sham,
                    const DubSplitOptions  *wanted,
                    GError                **error)
{
  DubSplitOptions options = *wanted;
  gboolean untrained = options.fractions[0] <= 0.0 && options.fractions[1] > 0.0;

  options.given = FALSE;
  options.twins = DUB_TWINS_KEEP;
  options.contradictions = DUB_CONTRADICTION_KEEP;
  options.n_folds = 1;
  if (untrained) {
    options.fractions[0] = options.fractions[1];
    options.fractions[1] = 0.0;
  }

  DubSplit *split = dub_split_new (sham, NULL, &options, error);

  if (split == NULL)
    return NULL;
  for (size_t i = 0; i < split->n_cases; i++) {
    if (untrained && split->part[i] == DUB_PART_TRAIN)
      split->part[i] = DUB_PART_CALIBRATION;
    /* Nobody held a fold back when these outputs were made. */
    split->fold[i] = -1;
  }
  memcpy (split->options.fractions, wanted->fractions, sizeof wanted->fractions);

  return split;
}

static DubSplit *
split_as_given (const DubOutputsFile *file)
{
  DubSplit *split = dub_split_new_empty (file->n_cases);
  int n_folds = 1;

  split->options = (DubSplitOptions) {
    .given = TRUE, .twins = DUB_TWINS_KEEP, .contradictions = DUB_CONTRADICTION_KEEP, .fractions = { 0.0, 0.0, 1.0 },
  };
  for (size_t i = 0; i < file->n_cases; i++) {
    split->part[i] = file->part != NULL ? file->part[i] : (guint8) DUB_PART_TEST;
    split->fold[i] = file->fold[i];
    n_folds = MAX (n_folds, file->fold[i] + 1);
  }
  for (size_t m = 0; m < file->n_models; m++)
    n_folds = MAX (n_folds, file->model_fold[m] + 1);
  split->options.n_folds = (guint) n_folds;

  return split;
}

/* --- the study --- */

static gboolean
name_classes (DubStudy                *study,
              const DubOutputsFile    *file,
              const DubImportOutputs  *options,
              GError                 **error)
{
  size_t n = options->classes != NULL ? g_strv_length ((char **) options->classes) : file->n_classes;

  if (n != file->n_classes) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%zu names of classes are given; %s has %zu classes.", n, options->path,
                 file->n_classes);
    return FALSE;
  }
  for (size_t c = 0; c < n; c++)
    g_ptr_array_add (study->classes, options->classes != NULL ? g_strdup (options->classes[c])
                                     : file->classes != NULL  ? g_strdup (file->classes[c])
                                                              : g_strdup_printf ("%zu", c));

  return TRUE;
}

static gboolean
make_data (DubStudy                *study,
           const DubOutputsFile    *file,
           const DubImportOutputs  *options,
           GError                 **error)
{
  g_autoptr (DubStudyData) data = g_new0 (DubStudyData, 1);
  g_autofree DubDatasetCase *cases = g_new0 (DubDatasetCase, file->n_cases + 1);
  DubDataset sham;

  fill_sham (&sham, cases, file, options->path, study->classes);
  data->task = file->n_classes == 2 ? DUB_TASK_BINARY : DUB_TASK_MULTICLASS;
  data->kind = g_strdup ("outputs");
  data->n_cases = file->n_cases;
  data->ids = g_strdupv (file->ids);
  data->labels = g_memdup2 (file->labels, file->n_cases * sizeof *file->labels);
  data->patient = g_new0 (char *, file->n_cases + 1);
  for (size_t i = 0; file->patient != NULL && i < file->n_cases; i++)
    data->patient[i] = g_strdup (file->patient[i]);
  data->split = options->has_split && !options->split.given ? split_by_fractions (&sham, &options->split, error)
                                                            : split_as_given (file);
  if (data->split == NULL ||
      !_dub_study_find_positive (study->classes, options->path, options->positive, &data->positive, error) ||
      (data->hash = dub_file_sha256 (options->path, error)) == NULL)
    return FALSE;
  if (options->positive == NULL && file->positive >= 0)
    data->positive = file->positive;
  data->split_hash = dub_split_hash (data->split, &sham);
  study->data = g_steal_pointer (&data);

  return TRUE;
}

/* Table @m of (M, N, columns) as (N, columns). */
static DubTensor *
one_of (DubTensor  *tensor,
        size_t      m,
        GError    **error)
{
  g_autoptr (DubTensor) slice = dub_tensor_slice (tensor, 0, (int64_t) m, 1, 1, error);

  return slice != NULL
           ? dub_tensor_reshape (slice, DUB_SHAPE (tensor->shape.dim[1], tensor->shape.dim[2]), error)
           : NULL;
}

static gboolean
add_model (DubStudy              *study,
           const char            *folder,
           const DubOutputsFile  *file,
           const char            *family,
           size_t                 m,
           GError               **error)
{
  static const DubPreprocess none = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autofree char *stem = file->models != NULL     ? g_strdup (file->models[m])
                          : file->n_models > 1     ? g_strdup_printf ("%s-%zu", family, m)
                                                   : g_strdup (family);
  g_autofree char *id = _dub_study_import_id (study, stem);
  g_autofree char *own = _dub_study_import_folder (folder, id, error);
  g_autofree char *path = own != NULL ? g_build_filename (own, "outputs.npz", NULL) : NULL;
  g_autoptr (DubTensor) answers =
    path != NULL ? one_of (file->logits != NULL ? file->logits : file->probabilities, m, error) : NULL;
  g_autoptr (DubTensor) features = answers != NULL && file->features != NULL ? one_of (file->features, m, error) : NULL;
  const char *const names[] = { file->logits != NULL ? "logits" : "probabilities", "features" };
  DubTensor *const tensors[] = { answers, features };

  if (answers == NULL || (file->features != NULL && features == NULL) ||
      !dub_npz_save (path, names, tensors, features != NULL ? 2 : 1, error))
    return FALSE;
  dub_study_add_model (study, id, path, none);

  DubStudyModel *model = g_ptr_array_index (study->models, study->models->len - 1);

  model->family = g_strdup (family);
  model->fold = file->model_fold[m];
  model->split_hash = g_strdup (study->data->split_hash);

  return TRUE;
}

static void
tell_notes (const DubOutputsFile   *file,
            const DubImportOutputs *options,
            const DubStudy         *study,
            DubRun                 *run)
{
  if (run == NULL)
    return;
  for (guint i = 0; i < file->notes->len; i++)
    dub_run_log (run, "%s", (const char *) g_ptr_array_index (file->notes, i));
  if (file->part == NULL && !options->has_split)
    dub_run_log (run, "%s does not say how its cases are split: all are taken for test cases that no network learned from.",
                 options->path);
  for (guint i = 0; i < study->data->split->warnings->len; i++)
    dub_run_log (run, "%s", (const char *) g_ptr_array_index (study->data->split->warnings, i));
}

DubStudy *
dub_study_import_outputs (const char              *folder,
                          const DubImportOutputs  *options,
                          DubRun                  *run,
                          GError                 **error)
{
  g_autoptr (DubOutputsFile) file =
    _dub_study_import_is_free (folder, error) ? dub_outputs_file_load (options->path, error) : NULL;
  g_autofree char *title = g_path_get_basename (options->path);
  const char *family = options->family != NULL ? options->family : file != NULL && file->family != NULL ? file->family : "imported";

  if (file == NULL)
    return NULL;
  if (options->has_split && options->split.given && file->part == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s does not say how its cases are split; expected a column or array split.",
                 options->path);
    return NULL;
  }
  if (strrchr (title, '.') != NULL)
    *strrchr (title, '.') = '\0';

  g_autoptr (DubStudy) study = dub_study_new (options->title != NULL ? options->title : title);

  study->seed = options->split.seed;
  if (!name_classes (study, file, options, error) ||
      !_dub_study_import_task (study, options->path, options->n_classes, error) || !make_data (study, file, options, error))
    return NULL;
  tell_notes (file, options, study, run);
  for (size_t m = 0; m < file->n_models; m++)
    if (dub_run_check_cancelled (run, error) || !add_model (study, folder, file, family, m, error))
      return NULL;

  return dub_study_save (study, folder, error) ? g_steal_pointer (&study) : NULL;
}
