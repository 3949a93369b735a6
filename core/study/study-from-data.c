#include "core/study/study-private.h"
#include "core/study/study-train.h"

#include <math.h>
#include <string.h>

/* Two cases are twins below this share of the range of values. */
static const double TWIN_RMS = 0.01;

static void
tell_problems (const DubDataset *dataset,
               DubRun           *run)
{
  for (guint i = 0; i < dataset->problems->len; i++)
    dub_run_log (run, "%s", ((const DubDatasetProblem *) g_ptr_array_index (dataset->problems, i))->message);
}

int
dub_study_likely_positive (const GPtrArray *classes)
{
  static const char *const WORDS[] = { "malign", "patient", "disease", "abnormal", "patholog", "tumor", "tumour", "lesion",
                                       "pneumonia", "hyperplasia" };

  for (guint i = 0; classes->len == 2 && i < 2; i++) {
    g_autofree char *name = g_ascii_strdown (g_ptr_array_index (classes, i), -1);

    if (strcmp (name, "ad") == 0)
      return (int) i;
    for (guint w = 0; w < G_N_ELEMENTS (WORDS); w++)
      if (strstr (name, WORDS[w]) != NULL && !g_str_has_prefix (name, "no "))
        return (int) i;
  }

  return classes->len > 1 ? 1 : 0;
}

gboolean
_dub_study_find_positive (const GPtrArray  *classes,
                          const char       *where,
                          const char       *wanted,
                          int              *positive,
                          GError          **error)
{
  guint n = classes->len;
  guint64 index;

  *positive = dub_study_likely_positive (classes);
  if (wanted == NULL)
    return TRUE;
  for (guint i = 0; i < n; i++)
    if (strcmp (g_ptr_array_index (classes, i), wanted) == 0) {
      *positive = (int) i;
      return TRUE;
    }
  if (n > 0 && g_ascii_string_to_unsigned (wanted, 10, 0, n - 1, &index, NULL)) {
    *positive = (int) index;
    return TRUE;
  }
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The positive class \"%s\" is no class of %s; expected a name or 0 to %u.",
               wanted, where, n - 1);

  return FALSE;
}

/* The classes as the person calls them; the data set keeps its own names. */
static gboolean
name_classes (DubStudy           *study,
              const DubDataset   *dataset,
              const char *const  *names,
              GError            **error)
{
  guint n = names != NULL ? g_strv_length ((char **) names) : dataset->classes->len;

  if (n != dataset->classes->len) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%u names were given for the classes of %s; expected %u.", n,
                 dataset->name, dataset->classes->len);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (study->classes, g_strdup (names != NULL ? names[i] : g_ptr_array_index (dataset->classes, i)));

  return TRUE;
}

static gboolean
make_split (DubDataset             *dataset,
            const DubSplitOptions  *options,
            DubSplit              **split,
            DubRun                 *run,
            GError                **error)
{
  g_autoptr (DubDuplicates) duplicates = NULL;

  if (options->twins != DUB_TWINS_KEEP || options->contradictions != DUB_CONTRADICTION_KEEP) {
    size_t n_opposite = 0;

    duplicates = dub_duplicates_find (dataset, TWIN_RMS, run, error);
    if (duplicates == NULL)
      return FALSE;
    for (size_t i = 0; i < duplicates->n_pairs; i++)
      n_opposite += duplicates->pairs[i].opposite ? 1 : 0;
    if (duplicates->n_pairs > 0)
      dub_run_log (run, "%s holds %zu pairs of nearly the same case, %zu of them under two labels.", dataset->name,
                   duplicates->n_pairs, n_opposite);
  }

  *split = dub_split_new (dataset, duplicates, options, error);
  for (guint i = 0; *split != NULL && i < (*split)->warnings->len; i++)
    dub_run_log (run, "%s", (const char *) g_ptr_array_index ((*split)->warnings, i));

  return *split != NULL;
}

DubStudy *
_dub_study_new_from_data (const DubStudyDataOptions  *options,
                          DubRun                     *run,
                          GError                    **error)
{
  DubDatasetOptions open = {
    .bad = options->skip_bad ? DUB_BAD_SKIP : DUB_BAD_STOP, .patients = options->patients, .check_files = TRUE,
  };
  g_autoptr (DubDataset) dataset = dub_dataset_open (options->path, &open, run, error);
  DubSplit *split = NULL;
  int positive;

  if (dataset == NULL)
    return NULL;
  tell_problems (dataset, run);
  if (!_dub_study_find_positive (dataset->classes, dataset->name, options->positive, &positive, error) ||
      !make_split (dataset, &options->split, &split, run, error))
    return NULL;

  g_autoptr (DubStudy) study = dub_study_new (options->title != NULL ? options->title : dataset->name);

  study->seed = options->split.seed;
  study->data = dub_study_data_new (dataset, split, dataset->classes->len == 2 ? DUB_TASK_BINARY : DUB_TASK_MULTICLASS,
                                    positive);
  study->data->skip_bad = options->skip_bad;
  study->data->patients = options->patients != NULL ? g_canonicalize_filename (options->patients, NULL) : NULL;

  return name_classes (study, dataset, options->class_names, error) ? g_steal_pointer (&study) : NULL;
}

DubStudy *
dub_study_from_data (const char                 *folder,
                     const DubStudyDataOptions  *options,
                     DubRun                     *run,
                     GError                    **error)
{
  g_autoptr (DubStudy) study = _dub_study_new_from_data (options, run, error);

  return study != NULL && dub_study_save (study, folder, error) ? g_steal_pointer (&study) : NULL;
}

/* --- a study that is there already --- */

static char *
split_difference (const DubSplitOptions *found,
                  const DubSplitOptions *wanted)
{
  if (found->given != wanted->given)
    return g_strdup (found->given ? "it keeps the data set's own split" : "it was split by fractions");
  for (int i = 0; !found->given && i < 3; i++)
    if (fabs (found->fractions[i] - wanted->fractions[i]) > 1e-9)
      return g_strdup_printf ("its fractions are %g, %g and %g, not %g, %g and %g", found->fractions[0],
                              found->fractions[1], found->fractions[2], wanted->fractions[0], wanted->fractions[1],
                              wanted->fractions[2]);
  if (found->n_folds != wanted->n_folds)
    return g_strdup_printf ("it has %u folds, not %u", found->n_folds, wanted->n_folds);
  if (found->seed != wanted->seed)
    return g_strdup_printf ("its seed is %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT, (guint64) found->seed,
                            (guint64) wanted->seed);
  if (found->by_patient != wanted->by_patient)
    return g_strdup (found->by_patient ? "it keeps patients together" : "it does not look at patients");
  if (found->twins != wanted->twins)
    return g_strdup ("it treats near-duplicates in another way");
  if (found->contradictions != wanted->contradictions)
    return g_strdup ("it treats contradictory labels in another way");

  return NULL;
}

gboolean
dub_study_data_agrees (DubStudy               *study,
                       const char             *path,
                       const DubSplitOptions  *split,
                       DubRun                 *run,
                       GError                **error)
{
  if (study->data == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s was not made from a data set; choose another folder.",
                 study->title);
    return FALSE;
  }

  g_autofree char *difference = split != NULL ? split_difference (&study->data->split->options, split) : NULL;

  if (difference != NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has another split: %s.", study->title, difference);
    return FALSE;
  }
  if (!dub_study_data_open (study->data, run, error))
    return FALSE;
  if (path == NULL)
    return TRUE;

  DubDatasetOptions open = {
    .bad = study->data->skip_bad ? DUB_BAD_SKIP : DUB_BAD_STOP, .patients = study->data->patients,
    .check_files = study->data->skip_bad,
  };
  g_autoptr (DubDataset) other = dub_dataset_open (path, &open, run, error);
  g_autofree char *hash = other != NULL ? dub_dataset_hash (other) : NULL;

  if (hash == NULL)
    return FALSE;
  if (strcmp (hash, study->data->hash) == 0)
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s was made from other data: from %s, not from %s.",
               study->title, study->data->path, path);

  return FALSE;
}

gboolean
dub_study_prepare (DubStudy    *study,
                   DubPrepare  *prepare,
                   DubRun      *run,
                   GError     **error)
{
  for (guint i = 0; i < study->models->len; i++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, i);

    if (model->prepare != NULL && g_strcmp0 (model->split_hash, study->data->split_hash) == 0) {
      *prepare = *model->prepare;
      return TRUE;
    }
  }
  if (!dub_study_data_open (study->data, run, error))
    return FALSE;
  dub_prepare_init (prepare, study->data->dataset);

  g_autoptr (GArray) train = dub_split_indices (study->data->split, DUB_PART_TRAIN);

  return dub_prepare_fit (prepare, study->data->dataset, (const size_t *) (const void *) train->data, train->len, run,
                          error);
}
