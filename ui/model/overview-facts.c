#include "ui/model/overview-facts.h"

#include <gio/gio.h>
#include <string.h>

#include "core/study/answers.h"
#include "core/study/study-import.h"

/* Two cases are twins below this share of the range of values, as when the study was made. */
static const double TWIN_RMS = 0.01;

static void
family_free (gpointer data)
{
  DubOverviewFamily *self = data;

  g_free (self->name);
  g_free (self->disagreement);
  g_clear_pointer (&self->confusion, dub_confusion_free);
  g_free (self);
}

void
dub_overview_measured_free (DubOverviewMeasured *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->families);
  g_clear_pointer (&self->evaluation, dub_evaluation_free);
  g_free (self->failure);
  g_free (self);
}

const DubOverviewFamily *
dub_overview_measured_find (const DubOverviewMeasured *self,
                            const char                *name)
{
  for (guint i = 0; self != NULL && i < self->families->len; i++) {
    const DubOverviewFamily *family = g_ptr_array_index (self->families, i);

    if (g_strcmp0 (family->name, name) == 0)
      return family;
  }

  return NULL;
}

/* --- networks --- */

static gboolean
is_of_split (const DubStudy      *study,
             const DubStudyModel *model)
{
  return g_strcmp0 (model->split_hash, study->data->split_hash) == 0;
}

/* Runs what was not run yet. Networks of another split are left out: the page names them. */
static gboolean
run_missing (DubStudy  *study,
             DubRun    *run,
             GError   **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < study->models->len; i++) {
    const DubStudyModel *model = g_ptr_array_index (study->models, i);

    if (is_of_split (study, model))
      g_ptr_array_add (ids, model->id);
  }
  if (ids->len == 0)
    return TRUE;
  g_ptr_array_add (ids, NULL);

  g_autoptr (DubOutputs) outputs = dub_outputs_load (study, (const char *const *) ids->pdata, run, error);

  return outputs != NULL;
}

static void
check_references (DubOverviewFamily *self,
                  const DubStudy    *study,
                  char             **ids,
                  DubRun            *run)
{
  for (size_t i = 0; ids[i] != NULL && !(run != NULL && dub_run_is_cancelled (run)); i++) {
    const DubStudyModel *model = dub_study_find_model (study, ids[i]);
    g_autoptr (GError) error = NULL;
    gboolean checked = FALSE, agrees;

    if (model == NULL || !g_str_has_suffix (model->path, ".onnx"))
      continue;
    agrees = dub_study_check_reference (model->path, &checked, run, &error);
    self->n_references += checked;
    self->n_agreeing += checked && agrees;
    if (error != NULL && self->disagreement == NULL)
      self->disagreement = g_strdup (error->message);
  }
}

/* The answers of an ensemble against the labels of one part. NULL where it has no labelled case. */
static DubConfusion *
confuse (const DubOutputs *outputs,
         const float      *mean,
         DubPart           part)
{
  size_t n_classes = outputs->n_classes, n = 0;
  g_autofree int *labels = g_new (int, MAX (outputs->n_cases, 1));
  g_autofree int *answers = g_new (int, MAX (outputs->n_cases, 1));

  for (size_t i = 0; i < outputs->n_cases; i++) {
    const float *p = mean + i * n_classes;
    size_t answer = 0;

    if (outputs->part[i] != part || outputs->labels[i] < 0 || (size_t) outputs->labels[i] >= n_classes)
      continue;
    for (size_t c = 1; c < n_classes; c++)
      if (p[c] > p[answer])
        answer = c;
    labels[n] = outputs->labels[i];
    answers[n++] = (int) answer;
  }

  return n > 0 ? dub_confusion_new (labels, answers, n, n_classes, NULL) : NULL;
}

static DubOverviewFamily *
family_new (const DubStudy   *study,
            const DubOutputs *outputs,
            const char       *name,
            DubRun           *run)
{
  DubOverviewFamily *self = g_new0 (DubOverviewFamily, 1);
  g_auto (GStrv) ids = dub_study_family_models (study, name);
  g_autofree size_t *members = g_new0 (size_t, MAX (g_strv_length (ids), 1));

  self->name = g_strdup (name);
  self->n_networks = g_strv_length (ids);
  for (size_t i = 0; i < self->n_networks; i++) {
    const DubStudyModel *model = dub_study_find_model (study, ids[i]);

    self->n_mismatched += model != NULL && !is_of_split (study, model);
    self->n_unknown += model != NULL && model->training_unknown;
    for (size_t m = 0; outputs != NULL && m < outputs->n_models; m++)
      if (strcmp (outputs->models[m], ids[i]) == 0)
        members[self->n_measured++] = m;
  }
  check_references (self, study, ids, run);
  if (self->n_measured == 0)
    return self;

  g_autofree float *mean = g_new (float, MAX (outputs->n_cases * outputs->n_classes, 1));

  /* A map that does not fit the classes is refused when the study is read. */
  if (!dub_study_answers (study, outputs, name, members, self->n_measured, mean, NULL))
    return self;
  self->confusion = confuse (outputs, mean, DUB_PART_TEST);

  g_autoptr (DubConfusion) calibration = confuse (outputs, mean, DUB_PART_CALIBRATION);

  if (calibration != NULL) {
    DubRate right = dub_confusion_accuracy (calibration);

    self->n_calibration = calibration->n_cases;
    self->n_failed_calibration = calibration->n_cases - right.n;
  }

  return self;
}

/* When the newest of the stored outputs was written. */
static gint64
newest_in (const char *folder)
{
  g_autofree char *outputs = g_build_filename (folder, "results", "outputs", NULL);
  g_autoptr (GDir) dir = g_dir_open (outputs, 0, NULL);
  const char *name;
  gint64 newest = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autoptr (GFile) file = g_file_new_build_filename (outputs, name, NULL);
    g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, NULL, NULL);

    if (info != NULL)
      newest = MAX (newest, (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED));
  }

  return newest;
}

DubOverviewMeasured *
dub_overview_measure (const char  *folder,
                      gboolean     run_networks,
                      DubRun      *run,
                      GError     **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);
  g_autoptr (DubOutputs) outputs = NULL;
  g_autoptr (GPtrArray) families = NULL;
  g_autoptr (GError) inner = NULL;
  const DubEvaluateOptions options = { .splits = 1u << DUB_EVALUATE_TEST };

  if (study == NULL)
    return NULL;
  g_return_val_if_fail (study->data != NULL, NULL);
  if (run_networks && !run_missing (study, run, error))
    return NULL;

  g_autoptr (DubOverviewMeasured) self = g_new0 (DubOverviewMeasured, 1);

  self->families = g_ptr_array_new_with_free_func (family_free);
  outputs = dub_outputs_peek (study, &inner);
  if (outputs != NULL)
    self->evaluation = dub_evaluate_outputs (study, outputs, &options, run, &inner);
  if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return NULL;
  }
  if (inner != NULL)
    self->failure = g_strdup (inner->message);

  families = dub_study_families (study);
  for (guint i = 0; i < families->len; i++)
    g_ptr_array_add (self->families, family_new (study, outputs, g_ptr_array_index (families, i), run));
  self->n_networks = study->models->len;
  self->n_cases = study->data->n_cases;
  if (outputs != NULL) {
    self->n_outputs = outputs->n_models;
    self->stale = outputs->stale;
    self->date = newest_in (folder);
  }

  return g_steal_pointer (&self);
}

/* --- data --- */

void
dub_overview_checked_free (DubOverviewChecked *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->data, dub_study_data_free);
  g_clear_pointer (&self->duplicates, dub_duplicates_free);
  g_free (self->failure);
  g_free (self);
}

static void
count_pairs (DubOverviewChecked *self)
{
  const guint8 *part = self->data->split->part;
  g_autofree guint8 *twin = g_new0 (guint8, MAX (self->data->n_cases, 1));

  for (size_t i = 0; i < self->duplicates->n_pairs; i++) {
    const DubDuplicate *pair = &self->duplicates->pairs[i];

    if (part[pair->a] == DUB_PART_NONE || part[pair->b] == DUB_PART_NONE)
      continue;
    self->n_opposite += pair->opposite;
    if (part[pair->a] == part[pair->b]) {
      self->n_together++;
      continue;
    }
    self->n_across++;
    twin[pair->a] |= part[pair->a] == DUB_PART_TEST;
    twin[pair->b] |= part[pair->b] == DUB_PART_TEST;
  }
  for (size_t i = 0; i < self->data->n_cases; i++)
    self->n_test_twins += twin[i];
}

DubOverviewChecked *
dub_overview_check (const char  *folder,
                    DubRun      *run,
                    GError     **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);
  g_autoptr (GError) inner = NULL;

  if (study == NULL)
    return NULL;
  g_return_val_if_fail (study->data != NULL, NULL);

  g_autoptr (DubOverviewChecked) self = g_new0 (DubOverviewChecked, 1);

  self->data = g_steal_pointer (&study->data);
  if (self->data->path == NULL) {
    self->outputs_only = TRUE;
    return g_steal_pointer (&self);
  }
  self->moved = !g_file_test (self->data->path, G_FILE_TEST_EXISTS);
  if (dub_study_data_open (self->data, run, &inner))
    self->duplicates = dub_duplicates_find (self->data->dataset, TWIN_RMS, run, &inner);
  if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return NULL;
  }
  if (inner != NULL)
    self->failure = g_strdup (inner->message);
  else
    count_pairs (self);

  return g_steal_pointer (&self);
}

gboolean
dub_overview_relocate (const char  *folder,
                       const char  *path,
                       DubRun      *run,
                       GError     **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);

  if (study == NULL)
    return FALSE;
  g_return_val_if_fail (study->data != NULL, FALSE);
  g_free (study->data->path);
  study->data->path = g_strdup (path);

  return dub_study_data_open (study->data, run, error) && dub_study_save (study, folder, error);
}
