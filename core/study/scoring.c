/* The outputs of a family as answers without labels, and the fitting and scoring of one estimator. */
#include "core/study/scoring-private.h"

#include "core/io/onnx.h"
#include "core/study/outputs-private.h"

#include <math.h>
#include <string.h>

/* Raised when the same estimator of the same answers would give other numbers. */
static const char FORM[] = "dubito-scores-1";

/* --- options --- */

static DubScoresOptions
fill_options (const DubScoresOptions *options)
{
  DubScoresOptions full = *options;
  const DubEstimatorOptions usual = DUB_ESTIMATOR_DEFAULT;
  DubEstimatorOptions *estimator = &full.estimator;

  full.n_tta = full.n_tta > 0 ? full.n_tta : 5;
  full.n_policies = full.n_policies > 0 ? full.n_policies : 500;
  full.n_passes = full.n_passes > 0 ? full.n_passes : 30;
  estimator->n_neighbours = estimator->n_neighbours > 0 ? estimator->n_neighbours : usual.n_neighbours;
  estimator->variance = estimator->variance > 0.0 ? estimator->variance : usual.variance;
  estimator->n_top_features = estimator->n_top_features > 0 ? estimator->n_top_features : usual.n_top_features;
  estimator->temperature = estimator->temperature > 0.0 ? estimator->temperature : usual.temperature;
  estimator->gps_starts = estimator->gps_starts > 0 ? estimator->gps_starts : usual.gps_starts;
  estimator->gps_groups = estimator->gps_groups > 0 ? estimator->gps_groups : usual.gps_groups;
  estimator->seed = full.seed;

  return full;
}

static char *
join (const GPtrArray *names)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (names, i));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
choose_family (DubScoring  *self,
               GError     **error)
{
  g_autoptr (GPtrArray) families = dub_study_families (self->study);
  const char *wanted = self->options.family;

  if (families->len == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no networks yet; train some, or import them.",
                 self->study->title);
    return FALSE;
  }
  if (wanted == NULL)
    wanted = g_ptr_array_index (families, 0);
  if (!g_ptr_array_find_with_equal_func (families, wanted, g_str_equal, NULL)) {
    g_autofree char *list = join (families);

    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The study %s has no networks called \"%s\"; it has %s.",
                 self->study->title, wanted, list);
    return FALSE;
  }
  self->family = g_strdup (wanted);
  self->models = dub_study_family_models (self->study, wanted);

  return TRUE;
}

/* Where the latent scores look: every network, or one of them. */
static gboolean
choose_feature_model (DubScoring  *self,
                      GError     **error)
{
  const char *wanted = self->options.feature_model;

  self->fitting.feature_model = 0;
  if (wanted == NULL)
    return TRUE;
  if (strcmp (wanted, "mean") == 0) {
    self->fitting.feature_model = G_MAXSIZE;
    return TRUE;
  }
  for (size_t m = 0; m < self->n_models; m++)
    if (strcmp (self->models[m], wanted) == 0) {
      self->fitting.feature_model = m;
      return TRUE;
    }

  g_autofree char *list = g_strjoinv (", ", self->models);

  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The networks %s have none called \"%s\" whose features could be read; "
               "expected one of %s, or mean.", self->family, wanted, list);

  return FALSE;
}

/* --- which cases --- */

static void
list_cases (DubScoring *self)
{
  const DubStudyData *data = self->study->data;

  self->train = g_array_new (FALSE, FALSE, sizeof (size_t));
  self->calibration = g_array_new (FALSE, FALSE, sizeof (size_t));
  self->viewed = g_array_new (FALSE, FALSE, sizeof (size_t));
  for (size_t i = 0; i < data->n_cases; i++) {
    guint8 part = data->split->part[i];

    if (part == DUB_PART_TRAIN && data->labels[i] >= 0)
      g_array_append_val (self->train, i);
    if (part == DUB_PART_CALIBRATION && data->labels[i] >= 0)
      g_array_append_val (self->calibration, i);
    if (part == DUB_PART_CALIBRATION || part == DUB_PART_TEST)
      g_array_append_val (self->viewed, i);
  }
}

static int *
take_labels (const DubScoring *self,
             const GArray     *cases)
{
  int *labels = g_new (int, MAX (cases->len, 1));

  for (guint i = 0; i < cases->len; i++)
    labels[i] = self->study->data->labels[g_array_index (cases, size_t, i)];

  return labels;
}

/* --- answers --- */

/* Rows of the family in the outputs, and the names of those that are there. */
static gboolean
find_rows (DubScoring *self)
{
  g_auto (GStrv) family = g_steal_pointer (&self->models);
  size_t n = g_strv_length (family);

  self->models = g_new0 (char *, n + 1);
  self->rows = g_new (size_t, n);
  for (size_t k = 0; k < n; k++)
    for (size_t m = 0; m < self->outputs->n_models; m++)
      if (strcmp (self->outputs->models[m], family[k]) == 0) {
        self->rows[self->n_models] = m;
        self->models[self->n_models++] = g_strdup (family[k]);
      }
  self->n_lacking = n - self->n_models;

  return self->n_models > 0;
}

static DubAnswers *
take_answers (const DubScoring *self,
              const GArray     *cases,
              gboolean          features,
              GError          **error)
{
  const DubOutputs *outputs = self->outputs;

  g_autoptr (DubAnswers) answers =
    dub_answers_new (outputs->logits, outputs->probabilities, features ? outputs->features : NULL, outputs->n_cases,
                     outputs->n_classes, outputs->n_features, self->rows, self->n_models,
                     cases != NULL ? &g_array_index (cases, size_t, 0) : NULL, cases != NULL ? cases->len : outputs->n_cases, error);

  if (answers == NULL || (self->recalibration != NULL && !dub_answers_recalibrate (answers, self->recalibration, error)))
    return NULL;

  return g_steal_pointer (&answers);
}

/* All features are many numbers: they are shared where their order is the same. */
static gboolean
share_features (const DubScoring *self)
{
  gboolean same = self->n_models == self->outputs->n_models;

  for (size_t m = 0; m < self->n_models && same; m++)
    same = self->rows[m] == m;

  return same;
}

static gboolean
make_answers (DubScoring  *self,
              GError     **error)
{
  const DubOutputs *outputs = self->outputs;
  gboolean shared = share_features (self);

  self->all = take_answers (self, NULL, !shared, error);
  if (self->all == NULL)
    return FALSE;
  if (shared && outputs->features != NULL) {
    self->all->features = outputs->features;
    self->all->n_features = outputs->n_features;
  }

  if (self->train->len > 0 && outputs->features != NULL) {
    size_t *reference = g_new (size_t, outputs->n_cases);

    for (size_t i = 0; i < outputs->n_cases; i++)
      reference[i] = G_MAXSIZE;
    for (guint i = 0; i < self->train->len; i++)
      reference[g_array_index (self->train, size_t, i)] = i;
    self->all->reference = reference;
    self->training = take_answers (self, self->train, TRUE, error);
    if (self->training == NULL)
      return FALSE;
  }
  if (self->calibration->len > 0) {
    self->calibrating = take_answers (self, self->calibration, TRUE, error);
    if (self->calibrating == NULL)
      return FALSE;
  }
  self->fitting.training = self->training;
  self->fitting.training_labels = self->train_labels;
  self->fitting.calibration = self->calibrating;
  self->fitting.calibration_labels = self->calibration_labels;

  return TRUE;
}

/* --- networks --- */

static const DubStudyModel *
model_of (const DubScoring *self,
          size_t            m)
{
  return dub_study_find_model (self->study, self->models[m]);
}

/* A single logit z stands for the two (-z/2, z/2), and so do its weights. */
static DubTensor *
halve (DubTensor *row,
       int64_t    n)
{
  DubTensor *both = dub_tensor_new (DUB_DTYPE_F32, n > 1 ? DUB_SHAPE (2, n) : DUB_SHAPE (2), NULL);

  for (int64_t i = 0; both != NULL && i < n; i++) {
    float half = dub_tensor_f32 (row)[i] * 0.5f;

    dub_tensor_f32 (both)[i] = -half;
    dub_tensor_f32 (both)[n + i] = half;
  }

  return both;
}

static gboolean
read_layer (DubScoring *self,
            size_t      m)
{
  const DubStudyModel *model = model_of (self, m);
  g_autoptr (DubGraph) graph = model != NULL && !_dub_model_has_outputs_alone (model) ? dub_onnx_load (model->path, NULL) : NULL;
  g_auto (DubFinalLayerFound) layer = { .features = -1 };
  int64_t n_features = (int64_t) self->outputs->n_features, n_classes = (int64_t) self->outputs->n_classes;

  if (graph == NULL || !dub_final_layer_find (graph, &layer) || layer.weight == NULL || layer.bias == NULL ||
      layer.weight->shape.dim[1] != n_features)
    return FALSE;

  gboolean one = n_classes == 2 && layer.weight->shape.dim[0] == 1;

  if (!one && layer.weight->shape.dim[0] != n_classes)
    return FALSE;

  DubTensor *weight = one ? halve (layer.weight, n_features) : dub_tensor_ref (layer.weight);
  DubTensor *bias = one ? halve (layer.bias, 1) : dub_tensor_ref (layer.bias);

  if (weight != NULL)
    g_ptr_array_add (self->found, weight);
  if (bias != NULL)
    g_ptr_array_add (self->found, bias);
  if (weight == NULL || bias == NULL)
    return FALSE;
  self->layers[m] = (DubFinalLayer) { dub_tensor_f32 (weight), dub_tensor_f32 (bias) };

  return TRUE;
}

static void
find_layers (DubScoring *self)
{
  gboolean all = self->outputs->n_features > 0;

  self->layers = g_new0 (DubFinalLayer, self->n_models);
  for (size_t m = 0; m < self->n_models && all; m++)
    all = read_layer (self, m);
  if (all)
    self->fitting.final_layer = self->layers;
}

static gboolean
have_networks (const DubScoring *self)
{
  const char *data = self->study->data->path;

  if (data == NULL || !g_file_test (data, G_FILE_TEST_EXISTS))
    return FALSE;
  for (size_t m = 0; m < self->n_models; m++) {
    const DubStudyModel *model = model_of (self, m);

    if (model == NULL || model->prepare == NULL || _dub_model_has_outputs_alone (model) ||
        !g_file_test (model->path, G_FILE_TEST_EXISTS))
      return FALSE;
  }

  return TRUE;
}

static guint
list_have (const DubScoring *self)
{
  gboolean networks = have_networks (self);

  return (self->outputs->logits != NULL ? DUB_NEEDS_LOGITS : 0u) | (self->n_models > 1 ? DUB_NEEDS_MODELS : 0u) |
         (self->outputs->features != NULL ? DUB_NEEDS_FEATURES : 0u) | (self->training != NULL ? DUB_NEEDS_TRAINING : 0u) |
         (self->calibrating != NULL ? DUB_NEEDS_CALIBRATION : 0u) |
         (self->fitting.final_layer != NULL ? DUB_NEEDS_FINAL_LAYER : 0u) | (networks ? DUB_NEEDS_NETWORK : 0u) |
         (networks && dub_study_has_dropout (self->study, self->models[0]) ? DUB_NEEDS_DROPOUT : 0u);
}

/* --- the whole --- */

static DubOutputs *
read_outputs (DubScoring  *self,
              gboolean     cached_only,
              DubRun      *run,
              GError     **error)
{
  const char *const *models = (const char *const *) self->models;

  return cached_only ? dub_outputs_peek_models (self->study, models, error)
                     : dub_outputs_load (self->study, models, run, error);
}

DubScoring *
_dub_scoring_new (DubStudy                *study,
                  const DubScoresOptions  *options,
                  gboolean                 cached_only,
                  DubRun                  *run,
                  GError                 **error)
{
  g_autoptr (DubScoring) self = g_new0 (DubScoring, 1);

  self->study = study;
  self->options = fill_options (options);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);
  self->views = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_study_views_free);
  if (study->data == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "The study %s was not made from a data set: there are no cases to score.", study->title);
    return NULL;
  }
  if (study->data->task != DUB_TASK_BINARY && study->data->task != DUB_TASK_MULTICLASS) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED, "The task of the study %s has no classes; these scores need them.",
                 study->title);
    return NULL;
  }
  if (!choose_family (self, error))
    return NULL;
  self->recalibration = dub_study_get_recalibration (study, self->family);
  self->outputs = read_outputs (self, cached_only, run, error);
  if (self->outputs == NULL || !find_rows (self) || !choose_feature_model (self, error))
    return NULL;
  list_cases (self);
  self->train_labels = take_labels (self, self->train);
  self->calibration_labels = take_labels (self, self->calibration);
  if (!make_answers (self, error))
    return NULL;
  find_layers (self);
  self->have = list_have (self);

  return g_steal_pointer (&self);
}

void
_dub_scoring_free (DubScoring *self)
{
  if (self == NULL)
    return;
  if (self->all != NULL)
    g_free ((gpointer) self->all->reference);
  dub_answers_free (self->all);
  dub_answers_free (self->training);
  dub_answers_free (self->calibrating);
  dub_outputs_free (self->outputs);
  g_clear_pointer (&self->train, g_array_unref);
  g_clear_pointer (&self->calibration, g_array_unref);
  g_clear_pointer (&self->viewed, g_array_unref);
  g_free (self->train_labels);
  g_free (self->calibration_labels);
  g_free (self->layers);
  g_ptr_array_unref (self->found);
  g_ptr_array_unref (self->views);
  g_strfreev (self->models);
  g_free (self->rows);
  g_free (self->family);
  g_free (self);
}

char *
_dub_scoring_key (const DubScoring *self)
{
  g_autoptr (GString) text = g_string_new (FORM);
  const DubScoresOptions *options = &self->options;
  const DubEstimatorOptions *estimator = &options->estimator;

  for (size_t m = 0; m < self->n_models; m++) {
    const DubStudyModel *model = model_of (self, m);
    g_autofree char *key = model != NULL ? _dub_outputs_key (self->study, model, NULL) : NULL;

    if (key == NULL)
      return NULL;
    g_string_append_printf (text, "\noutputs %s", key);
  }
  g_string_append_printf (text, "\nfeatures %s\nviews %u %u %u\nseed %" G_GUINT64_FORMAT,
                          options->feature_model != NULL ? options->feature_model : self->models[0], options->n_tta,
                          options->n_policies, options->n_passes, options->seed);
  g_string_append_printf (text, "\nestimator %u %.17g %u %.17g %d %u %u", estimator->n_neighbours, estimator->variance,
                          estimator->n_top_features, estimator->temperature, estimator->gps_likelihood != FALSE,
                          estimator->gps_starts, estimator->gps_groups);

  if (self->recalibration != NULL) {
    g_autofree char *step = dub_recalibration_to_json (self->recalibration);

    g_string_append_printf (text, "\nrecalibration %s", step);
  }

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

/* --- one estimator --- */

/* Points @answers at the views of @cases; *absent where they would have to be run and may not. */
static gboolean
attach_views (DubScoring             *self,
              DubAnswers             *answers,
              const GArray           *cases,
              const DubViewsOptions  *options,
              gboolean                run_views,
              gboolean               *absent,
              DubRun                 *run,
              GError                **error)
{
  g_autoptr (GError) inner = NULL;
  DubStudyViews *views =
    dub_study_views (self->study, (const char *const *) self->models, &g_array_index (cases, size_t, 0), cases->len, options,
                     !run_views, run, &inner);

  if (views == NULL) {
    *absent = inner == NULL;
    if (inner != NULL)
      g_propagate_error (error, g_steal_pointer (&inner));
    return inner == NULL;
  }
  g_ptr_array_add (self->views, views);
  answers->views[options->kind] =
    (DubViews) { .n_views = views->n_views, .policy = views->policy, .probabilities = views->probabilities };

  return TRUE;
}

static DubViewsOptions
views_options (const DubScoring *self,
               DubViewKind       kind)
{
  const DubScoresOptions *options = &self->options;

  return (DubViewsOptions) {
    .kind = kind,
    .n_views = kind == DUB_VIEWS_DROPOUT ? options->n_passes : options->n_tta,
    .n_policies = options->n_policies,
    .n_pool = options->n_policies,
    .seed = options->seed,
  };
}

void
_dub_scoring_views (const DubScoring    *self,
                    const DubEstimator  *estimator,
                    gconstpointer        fitted,
                    GArray             **policies,
                    DubViewsOptions     *views)
{
  *views = views_options (self, (DubViewKind) estimator->views);
  *policies = estimator->policies != NULL && fitted != NULL ? estimator->policies (fitted) : NULL;
  if (*policies != NULL) {
    views->policies = &g_array_index (*policies, guint, 0);
    views->n_policies = (*policies)->len;
  }
}

gboolean
_dub_scoring_fit (DubScoring          *self,
                  const DubEstimator  *estimator,
                  gboolean             run_views,
                  gpointer            *fitted,
                  gboolean            *absent,
                  DubRun              *run,
                  GError             **error)
{
  *fitted = NULL;
  *absent = FALSE;
  if (estimator->fit == NULL)
    return TRUE;

  /* Views of calibration cases are read by estimators that choose among policies alone. */
  if (estimator->views >= 0 && estimator->policies != NULL && self->calibrating != NULL) {
    DubViewsOptions options = views_options (self, (DubViewKind) estimator->views);

    if (self->calibrating->views[options.kind].n_views == 0 &&
        !attach_views (self, self->calibrating, self->calibration, &options, run_views, absent, run, error))
      return FALSE;
    if (*absent)
      return TRUE;
  }
  *fitted = estimator->fit (&self->fitting, &self->options.estimator, run, error);

  return *fitted != NULL;
}

static gboolean
score_viewed (DubScoring          *self,
              const DubEstimator  *estimator,
              gconstpointer        fitted,
              gboolean             run_views,
              double              *values,
              gboolean            *absent,
              DubRun              *run,
              GError             **error)
{
  for (size_t i = 0; i < self->outputs->n_cases; i++)
    values[i] = (double) NAN;
  if (self->viewed->len == 0)
    return TRUE;

  DubViewsOptions options;
  g_autoptr (GArray) policies = NULL;
  g_autoptr (DubAnswers) answers = take_answers (self, self->viewed, FALSE, error);
  g_autofree double *some = g_new (double, self->viewed->len);

  _dub_scoring_views (self, estimator, fitted, &policies, &options);
  if (answers == NULL || !attach_views (self, answers, self->viewed, &options, run_views, absent, run, error))
    return FALSE;
  if (*absent)
    return TRUE;

  gboolean scored = estimator->score (fitted, &self->options.estimator, answers, some, run, error);

  /* The answers alone pointed at them. */
  g_ptr_array_remove_index (self->views, self->views->len - 1);
  for (guint i = 0; i < self->viewed->len && scored; i++)
    values[g_array_index (self->viewed, size_t, i)] = some[i];

  return scored;
}

gboolean
_dub_scoring_score (DubScoring          *self,
                    const DubEstimator  *estimator,
                    gconstpointer        fitted,
                    gboolean             run_views,
                    double              *values,
                    gboolean            *absent,
                    DubRun              *run,
                    GError             **error)
{
  *absent = FALSE;
  if (estimator->views >= 0)
    return score_viewed (self, estimator, fitted, run_views, values, absent, run, error);

  return estimator->score (fitted, &self->options.estimator, self->all, values, run, error);
}
