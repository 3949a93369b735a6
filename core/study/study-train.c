/* Cross-validation: one recipe, one run a fold. */
#include "core/study/study-train.h"

#include "core/train/run-record.h"

#include <string.h>

enum { MOST_NAMES = 1000, LONGEST_NAME = 100 };

/* One run that is to be trained; its run.json is there. */
typedef struct {
  DubRunRecord *record;
  char         *folder;
} Item;

static void
item_free (gpointer data)
{
  Item *self = data;

  g_clear_pointer (&self->record, dub_run_record_free);
  g_free (self->folder);
  g_free (self);
}

static char *
models_folder (const DubStudy *study)
{
  return g_build_filename (study->folder, "models", NULL);
}

static DubFitJob
job_of (const DubStudy *study,
        const Item     *item)
{
  return (DubFitJob) {
    .folder = item->folder,
    .id = item->record->id,
    .family = item->record->family,
    .fold = item->record->fold,
    .recipe = item->record->recipe,
    .dataset = study->data->dataset,
    .data_hash = study->data->hash,
    .split = study->data->split,
    .split_hash = study->data->split_hash,
    .prepare = &item->record->prepare,
  };
}

/* --- which runs --- */

/* Every run below models/, by name: one that cannot be read is an error, as it may hold what is asked for. */
static GPtrArray *
load_items (const DubStudy  *study,
            GError         **error)
{
  g_autofree char *models = models_folder (study);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) found = dub_run_summary_list (models, skipped);

  if (skipped->len > 0) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_FORMAT, g_ptr_array_index (skipped, 0));
    return NULL;
  }
  for (guint i = 0; i < found->len; i++) {
    const DubRunSummary *summary = g_ptr_array_index (found, i);
    Item *item = g_new0 (Item, 1);

    g_ptr_array_add (items, item);
    item->folder = g_strdup (summary->folder);
    item->record = dub_run_record_load (summary->folder, error);
    if (item->record == NULL)
      return NULL;
  }

  return g_steal_pointer (&items);
}

/* TRUE where no run is called so, or those that are have this recipe: *same says which. */
static gboolean
is_name_free (const GPtrArray  *items,
              const char       *name,
              const DubRecipe  *recipe,
              gboolean         *same,
              char            **difference)
{
  *same = FALSE;
  for (guint i = 0; i < items->len; i++) {
    const Item *item = g_ptr_array_index (items, i);

    if (strcmp (item->record->family, name) != 0)
      continue;
    *difference = dub_recipe_difference (item->record->recipe, recipe);
    *same = *difference == NULL;
    return *same;
  }

  return TRUE;
}

/* (transfer full) the family's name, or NULL with @error. */
static char *
choose_name (const DubStudy   *study,
             const GPtrArray  *items,
             const DubRecipe  *recipe,
             const char       *asked,
             gboolean          resume,
             GError          **error)
{
  g_autofree char *own = dub_recipe_family (recipe);
  const char *stem = asked != NULL ? asked : own;

  for (int i = 1; i <= MOST_NAMES; i++) {
    g_autofree char *name = i == 1 ? g_strdup (stem) : g_strdup_printf ("%s-%d", stem, i);
    g_autofree char *difference = NULL;
    gboolean same;

    if (!is_name_free (items, name, recipe, &same, &difference)) {
      if (asked == NULL)
        continue;
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has runs called %s with another recipe: %s.",
                   study->title, name, difference);
      return NULL;
    }
    if (same && !resume) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "The study %s has the runs %s with this recipe already; resume them, or choose another name or recipe.",
                   study->title, name);
      return NULL;
    }
    return g_steal_pointer (&name);
  }
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has %d families of runs called %s; choose another name.",
               study->title, MOST_NAMES, stem);

  return NULL;
}

/* A class without a training case is found before the first network is trained, not when its fold comes up. */
static gboolean
check_folds (const DubStudy  *study,
             GError         **error)
{
  const DubStudyData *data = study->data;
  guint n_folds = data->split->options.n_folds, n_classes = study->classes->len;
  g_autofree size_t *count = g_new (size_t, n_classes);

  if (n_classes < 2) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The data set %s has one class alone; a network needs two to learn from.",
                 study->title);
    return FALSE;
  }
  for (guint fold = 0; fold < n_folds; fold++) {
    g_autoptr (GArray) cases = dub_split_fold (data->split, (int) fold, FALSE);

    memset (count, 0, n_classes * sizeof *count);
    for (guint i = 0; i < cases->len; i++) {
      int label = data->labels[g_array_index (cases, size_t, i)];

      if (label >= 0)
        count[label]++;
    }
    for (guint c = 0; c < n_classes; c++)
      if (count[c] == 0) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                     "Fold %u of %u leaves no case of %s to learn from; take fewer folds, or another split.", fold + 1, n_folds,
                     (const char *) g_ptr_array_index (study->classes, c));
        return FALSE;
      }
  }

  return TRUE;
}

/* run.json of every fold, so that all of them can be resumed from now on. */
static gboolean
begin_folds (DubStudy          *study,
             const DubRecipe   *recipe,
             const DubPrepare  *prepare,
             const char        *family,
             DubRun            *run,
             GError           **error)
{
  g_autofree char *models = models_folder (study);

  for (guint fold = 0; fold < study->data->split->options.n_folds; fold++) {
    g_autofree char *id = g_strdup_printf ("%s-f%u", family, fold);
    g_autofree char *folder = g_build_filename (models, id, NULL);
    DubFitJob job = {
      .folder = folder,
      .id = id,
      .family = family,
      .fold = (int) fold,
      .recipe = recipe,
      .dataset = study->data->dataset,
      .data_hash = study->data->hash,
      .split = study->data->split,
      .split_hash = study->data->split_hash,
      .prepare = prepare,
    };

    if (!dub_fit_begin (&job, run, error))
      return FALSE;
  }

  return TRUE;
}

/* --- training them --- */

typedef struct {
  const DubStudyTrainOptions *options;
  size_t at;     /* run that is trained */
  size_t n;
  DubRun *run;
} Telling;

static void
tell_cb (const DubFitJob *job,
         const DubEpoch  *epoch,
         double           fraction,
         gpointer         user_data)
{
  Telling *telling = user_data;
  double whole = ((double) telling->at + fraction) / (double) telling->n;

  if (telling->run != NULL)
    dub_run_set_progress (telling->run, whole);
  if (telling->options->progress != NULL)
    telling->options->progress (job, epoch, whole, telling->options->user_data);
}

/* The finished run becomes a model of the study. */
static gboolean
adopt (DubStudy    *study,
       const Item  *item,
       GError     **error)
{
  static const DubPreprocess none = { DUB_AXES_IJK, DUB_SCALE_NONE, DUB_FIT_REFUSE };
  g_autofree char *path = g_build_filename (item->folder, "model.onnx", NULL);

  if (dub_study_find_model (study, item->record->id) != NULL)
    return TRUE;
  dub_study_add_model (study, item->record->id, path, none);

  DubStudyModel *model = g_ptr_array_index (study->models, study->models->len - 1);

  model->family = g_strdup (item->record->family);
  model->fold = item->record->fold;
  model->prepare = g_memdup2 (&item->record->prepare, sizeof (DubPrepare));
  model->split_hash = g_strdup (item->record->split_hash);

  return dub_study_save (study, study->folder, error);
}

/* Errors of one network do not keep the others from being trained. */
static gboolean
is_fatal (const GError *error)
{
  return !g_error_matches (error, DUB_ERROR, DUB_ERROR_NUMERIC);
}

/* Of all the runs together: what an earlier process did. */
static double
done_before (const GPtrArray *items)
{
  double done = 0.0;

  for (guint i = 0; i < items->len; i++) {
    const Item *item = g_ptr_array_index (items, i);
    g_autoptr (DubRunSummary) run = dub_run_summary_load (item->folder, NULL);

    if (item->record->done)
      done += 1.0;
    else if (run != NULL && run->n_epochs > 0)
      done += MIN ((double) run->epochs->len / (double) run->n_epochs, 1.0);
  }

  return items->len > 0 ? done / (double) items->len : 0.0;
}

static gboolean
train_items (DubStudy                    *study,
             GPtrArray                   *items,
             const DubStudyTrainOptions  *options,
             DubRun                      *run,
             GError                     **error)
{
  Telling telling = { .options = options, .n = items->len, .run = run };
  g_autoptr (GError) first = NULL;

  dub_run_add_done_before (run, done_before (items));
  for (guint i = 0; i < items->len; i++) {
    const Item *item = g_ptr_array_index (items, i);
    DubFitJob job = job_of (study, item);
    g_autoptr (GError) inner = NULL;

    telling.at = i;
    if (options->runs != NULL)
      g_ptr_array_add (options->runs, g_strdup (item->record->id));
    if (!dub_fit_run (&job, tell_cb, &telling, run, &inner) || !adopt (study, item, &inner)) {
      if (is_fatal (inner)) {
        g_propagate_error (error, g_steal_pointer (&inner));
        return FALSE;
      }
      dub_run_log (run, "%s", inner->message);
      if (first == NULL)
        first = g_steal_pointer (&inner);
    }
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));

  return FALSE;
}

static gboolean
is_ready (DubStudy  *study,
          DubRun    *run,
          GError   **error)
{
  if (study->folder != NULL && study->data != NULL)
    return dub_study_data_open (study->data, run, error);
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s was not made from a data set, or was never saved.",
               study->title);

  return FALSE;
}

gboolean
dub_study_check_name (const char  *name,
                      GError     **error)
{
  gboolean plain = *name != '\0' && *name != '.' && strlen (name) <= LONGEST_NAME;

  for (const char *at = name; *at != '\0' && plain; at++)
    plain = g_ascii_isalnum (*at) || strchr ("._-+", *at) != NULL;
  if (!plain)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The name of the networks is \"%s\"; expected 1 to %d letters, digits or . _ - +, the first no dot.", name,
                 LONGEST_NAME);

  return plain;
}

char *
dub_study_begin (DubStudy          *study,
                 const DubRecipe   *recipe,
                 const DubPrepare  *prepare,
                 const char        *name,
                 gboolean           resume,
                 DubRun            *run,
                 GError           **error)
{
  if ((name != NULL && !dub_study_check_name (name, error)) || !is_ready (study, run, error) ||
      !dub_recipe_check (recipe, "The recipe's ", error) || !check_folds (study, error))
    return NULL;

  g_autoptr (GPtrArray) there = load_items (study, error);
  g_autofree char *family = there != NULL ? choose_name (study, there, recipe, name, resume, error) : NULL;

  return family != NULL && begin_folds (study, recipe, prepare, family, run, error) ? g_steal_pointer (&family) : NULL;
}

gboolean
dub_study_train (DubStudy                    *study,
                 const DubRecipe             *recipe,
                 const DubPrepare            *prepare,
                 const char                  *name,
                 gboolean                     resume,
                 const DubStudyTrainOptions  *options,
                 DubRun                      *run,
                 GError                     **error)
{
  g_autofree char *family = dub_study_begin (study, recipe, prepare, name, resume, run, error);
  g_autoptr (GPtrArray) items = family != NULL ? load_items (study, error) : NULL;

  if (items == NULL)
    return FALSE;
  for (guint i = items->len; i-- > 0;)
    if (strcmp (((const Item *) g_ptr_array_index (items, i))->record->family, family) != 0)
      g_ptr_array_remove_index (items, i);

  return train_items (study, items, options, run, error);
}

gboolean
dub_study_resume (DubStudy                    *study,
                  const DubStudyTrainOptions  *options,
                  DubRun                      *run,
                  GError                     **error)
{
  g_autoptr (GPtrArray) items = is_ready (study, run, error) ? load_items (study, error) : NULL;

  return items != NULL && train_items (study, items, options, run, error);
}
