#include "core/study/evaluate.h"

#include "core/calibration/reliability.h"
#include "core/calibration/scores.h"
#include "core/study/answers.h"

#include <math.h>
#include <string.h>

/* Below these a part or a class is called small. */
static const size_t FEW_CASES = 50;
static const size_t FEW_OF_CLASS = 10;

/* One answerer: probabilities of every case, and which cases count in a part. */
typedef struct {
  const DubStudy            *study;
  const DubOutputs          *outputs;
  const DubEvaluateOptions  *options;
  const int                 *groups;        /* (nullable) */
  const char                *family;
  const char                *model;         /* NULL = the ensemble */
  int                        fold;
  const size_t              *members;       /* [n_members] rows of the outputs */
  const int                 *member_fold;   /* [n_members] */
  size_t                     n_members;
  const float               *probabilities; /* (N, C) */
  const float               *plain;         /* (N, C) the same before any recalibration */
  DubRecalibration          *recalibration; /* (nullable) what makes the two differ */
  const float               *logits;        /* (nullable) (N, C): of a model */
  DubRun                    *run;
} Answerer;

const char *
dub_evaluate_split_name (DubEvaluateSplit split)
{
  static const char *const names[] = { "train", "validation", "calibration", "test" };

  return names[split];
}

static void
row_free (gpointer data)
{
  DubEvaluateRow *self = data;

  g_free (self->family);
  g_free (self->model);
  g_clear_pointer (&self->temperature, dub_temperature_free);
  g_clear_pointer (&self->recalibration, dub_recalibration_unref);
  g_free (self->counts);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

void
dub_evaluation_free (DubEvaluation *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/* --- families --- */

static const char *
family_of (const DubStudyModel *model)
{
  return model->family != NULL ? model->family : model->id;
}

GPtrArray *
dub_study_families (const DubStudy *study)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < study->models->len; i++) {
    const char *name = family_of (g_ptr_array_index (study->models, i));

    if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
      g_ptr_array_add (names, g_strdup (name));
  }

  return names;
}

static gint
by_fold_cb (gconstpointer a,
            gconstpointer b)
{
  const DubStudyModel *left = *(const DubStudyModel *const *) a;
  const DubStudyModel *right = *(const DubStudyModel *const *) b;

  return left->fold != right->fold ? left->fold - right->fold : strcmp (left->id, right->id);
}

char **
dub_study_family_models (const DubStudy *study,
                         const char     *family)
{
  g_autoptr (GPtrArray) models = g_ptr_array_new ();
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < study->models->len; i++)
    if (strcmp (family_of (g_ptr_array_index (study->models, i)), family) == 0)
      g_ptr_array_add (models, g_ptr_array_index (study->models, i));
  g_ptr_array_sort (models, by_fold_cb);
  for (guint i = 0; i < models->len; i++)
    g_ptr_array_add (ids, g_strdup (((const DubStudyModel *) g_ptr_array_index (models, i))->id));
  g_ptr_array_add (ids, NULL);

  return (char **) g_ptr_array_free (ids, FALSE);
}

/* --- which cases, and what is answered --- */

/* The member that did not learn from the case, or -1. */
static gssize
stranger (const Answerer *self,
          size_t          at)
{
  int fold = self->study->data->split->fold[at];

  for (size_t m = 0; m < self->n_members && fold >= 0; m++)
    if (self->member_fold[m] == fold)
      return (gssize) self->members[m];

  return -1;
}

/* The probabilities of a case in a part, or NULL where it does not belong there. */
static const float *
answer_of (const Answerer   *self,
           DubEvaluateSplit  split,
           size_t            at)
{
  const DubSplit *parts = self->study->data->split;
  const float *own = self->probabilities + at * self->outputs->n_classes;
  gboolean held_back = self->fold >= 0 && parts->fold[at] == self->fold;
  gssize member;

  switch (split) {
  case DUB_EVALUATE_TRAIN:
    return parts->part[at] == DUB_PART_TRAIN && !held_back ? own : NULL;
  case DUB_EVALUATE_VALIDATION:
    if (parts->part[at] != DUB_PART_TRAIN)
      return NULL;
    if (self->model != NULL)
      return held_back ? own : NULL;
    member = stranger (self, at);
    return member < 0 ? NULL
                      : self->outputs->probabilities +
                          ((size_t) member * self->outputs->n_cases + at) * self->outputs->n_classes;
  case DUB_EVALUATE_CALIBRATION:
    return parts->part[at] == DUB_PART_CALIBRATION ? own : NULL;
  case DUB_EVALUATE_TEST:
    return parts->part[at] == DUB_PART_TEST ? own : NULL;
  }

  return NULL;
}

/* The labelled cases of a part. */
typedef struct {
  size_t  n;
  size_t  n_unlabelled;
  size_t *index;          /* [n] */
  int    *labels;         /* [n] */
  int    *groups;         /* (nullable) [n] */
  double *probabilities;  /* [n][C] */
} Cases;

static void
cases_clear (Cases *self)
{
  g_free (self->index);
  g_free (self->labels);
  g_free (self->groups);
  g_free (self->probabilities);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cases, cases_clear)

static void
gather (const Answerer    *self,
        DubEvaluateSplit   split,
        Cases             *cases)
{
  size_t n_all = self->outputs->n_cases, n_classes = self->outputs->n_classes;

  cases->index = g_new (size_t, MAX (n_all, 1));
  cases->labels = g_new (int, MAX (n_all, 1));
  cases->groups = self->groups != NULL ? g_new (int, MAX (n_all, 1)) : NULL;
  for (size_t i = 0; i < n_all; i++) {
    if (answer_of (self, split, i) == NULL)
      continue;
    if (self->outputs->labels[i] < 0) {
      cases->n_unlabelled++;
      continue;
    }
    cases->index[cases->n] = i;
    cases->labels[cases->n] = self->outputs->labels[i];
    if (self->groups != NULL)
      cases->groups[cases->n] = self->groups[i];
    cases->n++;
  }
  cases->probabilities = g_new (double, MAX (cases->n * n_classes, 1));
  for (size_t i = 0; i < cases->n; i++) {
    const float *answer = answer_of (self, split, cases->index[i]);

    for (size_t c = 0; c < n_classes; c++)
      cases->probabilities[i * n_classes + c] = (double) answer[c];
  }
}

/* --- warnings --- */

static void G_GNUC_PRINTF (2, 3)
warn (DubEvaluateRow *row,
      const char     *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (row->warnings, g_strdup_vprintf (format, args));
  va_end (args);
}

static gboolean
is_training_unknown (const Answerer *self)
{
  for (size_t m = 0; m < self->n_members; m++)
    if (dub_study_find_model (self->study, self->outputs->models[self->members[m]])->training_unknown)
      return TRUE;

  return FALSE;
}

static void
warn_of_part (const Answerer *self,
              DubEvaluateRow *row)
{
  if (row->split == DUB_EVALUATE_TRAIN && self->member_fold[0] >= 0)
    warn (row, "Measured on cases that the network%s learned from: too good.", self->n_members > 1 ? "s" : "");
  else if (row->split == DUB_EVALUATE_TRAIN)
    warn (row, "Measured on training cases, from which the network%s may have learned: maybe too good.",
          self->n_members > 1 ? "s" : "");
  else if (row->split == DUB_EVALUATE_VALIDATION && self->model != NULL)
    warn (row, "The best epoch was chosen on these cases: slightly too good.");
  else if (row->split == DUB_EVALUATE_VALIDATION)
    warn (row, "Each case is answered by the one network that did not learn from it, whose best epoch was chosen on its fold.");
  else if (is_training_unknown (self))
    warn (row, "Nobody said which cases the network%s learned from: maybe too good.", self->n_members > 1 ? "s" : "");
}

static void
warn_of_numbers (const Answerer *self,
                 DubEvaluateRow *row,
                 size_t          n)
{
  if (row->n_unlabelled > 0)
    warn (row, "%zu cases without a label are not counted.", row->n_unlabelled);
  if (n == 0) {
    warn (row, "There are no cases here.");
    return;
  }
  if (n < FEW_CASES)
    warn (row, "Only %zu cases: the intervals are wide.", n);
  for (size_t c = 0; c < self->outputs->n_classes; c++) {
    const char *name = g_ptr_array_index (self->study->classes, (guint) c);

    if (row->counts[c] == 0)
      warn (row, "No case of class %s: what needs one is undefined.", name);
    else if (row->counts[c] < FEW_OF_CLASS)
      warn (row, "Only %zu cases of class %s.", row->counts[c], name);
  }
}

static void
warn_of_recalibration (const Answerer *self,
                       DubEvaluateRow *row)
{
  if (self->recalibration != NULL && row->split == DUB_EVALUATE_VALIDATION)
    warn (row, "The recalibration of the ensemble is not applied: one network answers each case.");
  if (row->recalibration == NULL)
    return;
  if (strcmp (dub_recalibration_get_split (row->recalibration), dub_evaluate_split_name (row->split)) == 0)
    warn (row, "The recalibration was fitted on these cases: too good.");
  if (dub_study_recalibration_is_old (self->study, self->family))
    warn (row, "The recalibration was fitted when the family had other networks; fit it again.");
}

static void
warn_of_temperature (DubEvaluateRow *row)
{
  if (row->temperature == NULL)
    return;
  if (row->temperature->kind == DUB_TEMPERATURE_CHANCE)
    warn (row, "On the calibration part the answers are no better than chance: the best temperature is infinite and hides them.");
  else if (row->temperature->kind == DUB_TEMPERATURE_SEPARABLE)
    warn (row, "On the calibration part every answer is right: the best temperature is 0 and makes all answers certain.");
}

/* --- measuring --- */

static void
no_cases (const Answerer *self,
          DubMetrics     *metrics)
{
  *metrics = (DubMetrics) {
    .n_classes = self->outputs->n_classes,
    .positive = self->outputs->n_classes == 2 ? self->study->data->positive : -1,
    .n_bins = self->options->n_bins > 0 ? self->options->n_bins : DUB_RELIABILITY_BINS,
    .brier_form = self->outputs->n_classes == 2 ? "binary, 0 to 1" : "sum over classes, 0 to 2",
  };
  for (int i = 0; i < DUB_N_METRICS; i++)
    metrics->estimate[i] = dub_estimate_undefined ("no cases");
}

/* Takes @temperature, which has been applied to the cases, the plain ones, already. */
static gboolean
add_row (const Answerer    *self,
         DubEvaluation     *evaluation,
         DubEvaluateSplit   split,
         const Cases       *cases,
         DubTemperature    *temperature,
         GError           **error)
{
  DubEvaluateRow *row = g_new0 (DubEvaluateRow, 1);
  DubMetricsOptions options = {
    .positive = self->study->data->positive, .n_bins = self->options->n_bins, .n_resamples = self->options->n_resamples,
    .seed = self->options->seed, .groups = cases->groups,
  };

  row->family = g_strdup (self->family);
  row->model = g_strdup (self->model);
  row->fold = self->fold;
  row->n_models = self->n_members;
  row->split = split;
  row->temperature = temperature;
  if (self->recalibration != NULL && temperature == NULL && split != DUB_EVALUATE_VALIDATION)
    row->recalibration = dub_recalibration_ref (self->recalibration);
  row->n_unlabelled = cases->n_unlabelled;
  row->counts = g_new0 (size_t, MAX (self->outputs->n_classes, 1));
  row->warnings = g_ptr_array_new_with_free_func (g_free);
  for (size_t i = 0; i < cases->n; i++)
    row->counts[cases->labels[i]]++;
  g_ptr_array_add (evaluation->rows, row);
  warn_of_part (self, row);
  warn_of_numbers (self, row, cases->n);
  warn_of_temperature (row);
  warn_of_recalibration (self, row);
  if (cases->n == 0) {
    no_cases (self, &row->metrics);
    return !dub_run_check_cancelled (self->run, error);
  }

  return dub_metrics_measure (cases->probabilities, cases->labels, cases->n, self->outputs->n_classes, &options, self->run,
                              &row->metrics, error);
}

/* Logits of a model; of an ensemble, or where there are none, the logarithms of the probabilities. */
static double *
logits_of (const Answerer *self,
           const Cases    *cases)
{
  size_t n_classes = self->outputs->n_classes;
  double *logits = g_new (double, MAX (cases->n * n_classes, 1));

  for (size_t i = 0; i < cases->n; i++)
    for (size_t c = 0; c < n_classes; c++)
      logits[i * n_classes + c] = self->logits != NULL
                                    ? (double) self->logits[cases->index[i] * n_classes + c]
                                    : log (MAX (cases->probabilities[i * n_classes + c], DUB_NLL_SMALLEST));

  return logits;
}

static gboolean
add_scaled_row (const Answerer  *self,
                DubEvaluation   *evaluation,
                GError         **error)
{
  g_auto (Cases) calibration = { 0 };
  g_auto (Cases) test = { 0 };
  Answerer plain = *self;

  plain.probabilities = self->plain;
  gather (&plain, DUB_EVALUATE_CALIBRATION, &calibration);
  gather (&plain, DUB_EVALUATE_TEST, &test);
  if (calibration.n == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The study %s has no labelled cases in its calibration part, on which a temperature could be fitted.",
                 self->study->title);
    return FALSE;
  }

  g_autofree double *fitted = logits_of (self, &calibration);
  g_autofree double *scaled = logits_of (self, &test);
  DubTemperature *temperature =
    dub_temperature_fit (fitted, calibration.labels, calibration.n, self->outputs->n_classes,
                         dub_evaluate_split_name (DUB_EVALUATE_CALIBRATION), self->run, error);

  if (temperature == NULL)
    return FALSE;
  dub_temperature_apply (temperature->beta, scaled, test.n, self->outputs->n_classes, test.probabilities);

  return add_row (self, evaluation, DUB_EVALUATE_TEST, &test, temperature, error);
}

static gboolean
measure (const Answerer  *self,
         DubEvaluation   *evaluation,
         GError         **error)
{
  guint wanted = self->options->splits != 0 ? self->options->splits : (1u << DUB_N_EVALUATE_SPLITS) - 1;

  for (int split = 0; split < DUB_N_EVALUATE_SPLITS; split++) {
    g_auto (Cases) cases = { 0 };

    if ((wanted & 1u << split) == 0)
      continue;
    gather (self, (DubEvaluateSplit) split, &cases);
    /* A network without a fold has no validation part, rather than an empty one. */
    if (split == DUB_EVALUATE_VALIDATION && cases.n + cases.n_unlabelled == 0)
      continue;
    if (!add_row (self, evaluation, (DubEvaluateSplit) split, &cases, NULL, error))
      return FALSE;
  }

  return !self->options->temperature || (wanted & 1u << DUB_EVALUATE_TEST) == 0 || add_scaled_row (self, evaluation, error);
}

/* --- families, one after another --- */

static gboolean
measure_family (Answerer       *self,
                DubEvaluation  *evaluation,
                GError        **error)
{
  const DubOutputs *outputs = self->outputs;
  size_t n = outputs->n_cases * outputs->n_classes;
  g_auto (GStrv) ids = dub_study_family_models (self->study, self->family);
  size_t n_wanted = g_strv_length (ids), n_members = 0;
  g_autofree size_t *members = g_new0 (size_t, MAX (n_wanted, 1));
  g_autofree int *folds = g_new0 (int, MAX (n_wanted, 1));
  g_autofree float *mean = g_new (float, MAX (n, 1));
  g_autofree float *mapped = g_new (float, MAX (n, 1));

  /* Networks that stand in the table, by fold. */
  for (size_t i = 0; i < n_wanted; i++)
    for (size_t m = 0; m < outputs->n_models; m++)
      if (strcmp (outputs->models[m], ids[i]) == 0) {
        members[n_members] = m;
        folds[n_members++] = dub_study_find_model (self->study, ids[i])->fold;
        break;
      }
  if (n_members == 0)
    return TRUE;

  for (size_t i = 0; i < n_members; i++) {
    self->model = outputs->models[members[i]];
    self->fold = folds[i];
    self->members = members + i;
    self->member_fold = folds + i;
    self->n_members = 1;
    self->plain = self->probabilities = outputs->probabilities + members[i] * n;
    self->recalibration = NULL;
    self->logits = outputs->logits != NULL ? outputs->logits + members[i] * n : NULL;
    if (!measure (self, evaluation, error))
      return FALSE;
  }

  dub_outputs_mean (outputs, members, n_members, mean);
  self->recalibration = dub_study_get_recalibration (self->study, self->family);
  if (self->recalibration != NULL &&
      !dub_recalibration_apply_mean (self->recalibration, mean, outputs->n_cases, outputs->n_classes, mapped, error))
    return FALSE;
  self->model = NULL;
  self->fold = -1;
  self->members = members;
  self->member_fold = folds;
  self->n_members = n_members;
  self->plain = mean;
  self->probabilities = self->recalibration != NULL ? mapped : mean;
  self->logits = NULL;

  return measure (self, evaluation, error);
}

/* The families that are asked for, and the ids of all their networks. */
static GPtrArray *
choose_families (const DubStudy  *study,
                 const char      *wanted,
                 GPtrArray       *ids,
                 GError         **error)
{
  g_autoptr (GPtrArray) families = dub_study_families (study);

  if (wanted != NULL && !g_ptr_array_find_with_equal_func (families, wanted, g_str_equal, NULL)) {
    g_ptr_array_add (families, NULL);

    g_autofree char *list = g_strjoinv (", ", (char **) families->pdata);

    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no networks called %s; it has %s.", study->title,
                 wanted, *list != '\0' ? list : "none");
    g_ptr_array_set_size (families, (int) families->len - 1);
    return NULL;
  }
  for (guint i = families->len; wanted != NULL && i-- > 0;)
    if (strcmp (g_ptr_array_index (families, i), wanted) != 0)
      g_ptr_array_remove_index (families, i);
  for (guint i = 0; i < families->len; i++) {
    g_auto (GStrv) own = dub_study_family_models (study, g_ptr_array_index (families, i));

    for (size_t m = 0; own[m] != NULL; m++)
      g_ptr_array_add (ids, g_steal_pointer (&own[m]));
  }
  g_ptr_array_add (ids, NULL);

  return g_steal_pointer (&families);
}

/* What has no classes of whole cases has none of these figures. */
static gboolean
check_task (const DubStudy  *study,
            GError         **error)
{
  if (study->data == NULL || (study->data->task != DUB_TASK_SEGMENTATION && study->data->task != DUB_TASK_REGRESSION))
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
               "The study %s has a task without classes of whole cases; accuracy and its kin are not defined for it.",
               study->title);

  return FALSE;
}

static DubEvaluation *
evaluate (DubStudy                  *study,
          const DubOutputs          *outputs,
          const GPtrArray           *families,
          const DubEvaluateOptions  *options,
          DubRun                    *run,
          GError                   **error)
{
  g_autoptr (DubEvaluation) evaluation = g_new0 (DubEvaluation, 1);
  g_autofree int *groups = dub_study_data_patients (study->data);
  Answerer answerer = { .study = study, .outputs = outputs, .options = options, .groups = groups, .run = run };

  evaluation->rows = g_ptr_array_new_with_free_func (row_free);
  evaluation->n_classes = outputs->n_classes;
  for (guint i = 0; i < families->len; i++) {
    answerer.family = g_ptr_array_index (families, i);
    if (!measure_family (&answerer, evaluation, error))
      return NULL;
    if (run != NULL)
      dub_run_set_progress (run, (double) (i + 1) / (double) families->len);
  }

  return g_steal_pointer (&evaluation);
}

DubEvaluation *
dub_study_evaluate (DubStudy                  *study,
                    const DubEvaluateOptions  *options,
                    DubRun                    *run,
                    GError                   **error)
{
  if (!check_task (study, error))
    return NULL;

  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) families = choose_families (study, options->family, ids, error);
  g_autoptr (DubOutputs) outputs =
    families != NULL ? dub_outputs_load (study, (const char *const *) ids->pdata, run, error) : NULL;

  return outputs != NULL ? evaluate (study, outputs, families, options, run, error) : NULL;
}

DubEvaluation *
dub_evaluate_outputs (DubStudy                  *study,
                      const DubOutputs          *outputs,
                      const DubEvaluateOptions  *options,
                      DubRun                    *run,
                      GError                   **error)
{
  if (!check_task (study, error))
    return NULL;

  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) families = choose_families (study, options->family, ids, error);

  return families != NULL ? evaluate (study, outputs, families, options, run, error) : NULL;
}
