#include "core/study/score-images.h"

#include "core/study/classifier.h"
#include "core/study/outputs-private.h"
#include "core/study/scoring-private.h"

#include <math.h>
#include <string.h>

/* A batch is about a million numbers, and at most this many images. */
static const size_t BATCH_NUMBERS = (size_t) 1 << 20;
static const size_t LARGEST_BATCH = 64;

typedef struct {
  DubScoring         *scoring;
  const DubScores    *known;    /* the study's own */
  DubTensor *const   *raw;
  const double      (*spacing)[3];
  const char *const  *names;
  size_t              n;
  float              *logits;   /* (M, n, C) */
  float              *features; /* (nullable) (M, n, F) */
  DubAnswers         *answers;
  DubRun             *run;
} Work;

void
dub_image_scores_free (DubImageScores *self)
{
  if (self == NULL)
    return;
  g_free (self->family);
  g_strfreev (self->models);
  g_free (self->probabilities);
  g_free (self->mean);
  g_free (self->recalibration);
  g_free (self->predicted);
  g_clear_pointer (&self->scores, g_ptr_array_unref);
  g_free (self->percentile);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_free (self);
}

/* --- what the networks say --- */

static gboolean
prepare (const Work        *work,
         const DubPrepare  *how,
         size_t             at,
         float             *target,
         GError           **error)
{
  g_autoptr (GError) inner = NULL;

  if (dub_prepare_apply (how, work->raw[at], work->spacing[at], target, &inner))
    return TRUE;
  if (work->names != NULL)
    g_set_error (error, DUB_ERROR, inner->code, "%s: %s", work->names[at], inner->message);
  else
    g_set_error (error, DUB_ERROR, inner->code, "Image %zu: %s", at, inner->message);

  return FALSE;
}

static gboolean
run_batch (Work                 *work,
           const DubStudyModel  *model,
           DubClassifier        *network,
           size_t                m,
           size_t                first,
           size_t                n,
           float                *cases,
           GError              **error)
{
  const DubOutputs *outputs = work->scoring->outputs;
  DubShape shape = dub_prepare_shape (model->prepare);
  size_t n_numbers = dub_shape_n_elements (&shape), row = m * work->n + first, bad = 0;
  g_autoptr (GError) inner = NULL;

  for (size_t i = 0; i < n; i++)
    if (!prepare (work, model->prepare, first + i, cases + i * n_numbers, error))
      return FALSE;
  if (dub_classifier_run (network, cases, n, work->logits + row * outputs->n_classes,
                          work->features != NULL ? work->features + row * outputs->n_features : NULL, &bad, work->run, &inner))
    return TRUE;
  if (g_error_matches (inner, DUB_ERROR, DUB_ERROR_NUMERIC)) {
    g_autofree char *name =
      work->names != NULL ? g_strdup (work->names[first + bad]) : g_strdup_printf ("image %zu", first + bad);

    g_set_error (error, DUB_ERROR, DUB_ERROR_NUMERIC, "The network %s gives no number for %s: %s.", model->id, name,
                 inner->message);
  } else {
    g_propagate_error (error, g_steal_pointer (&inner));
  }

  return FALSE;
}

static gboolean
run_network (Work    *work,
             size_t   m,
             GError **error)
{
  const DubOutputs *outputs = work->scoring->outputs;
  const DubStudyModel *model = dub_study_find_model (work->scoring->study, work->scoring->models[m]);

  if (model == NULL || model->prepare == NULL || _dub_model_has_outputs_alone (model)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "Of the network %s only outputs were imported; new images need the network itself.", work->scoring->models[m]);
    return FALSE;
  }

  DubShape shape = dub_prepare_shape (model->prepare);
  size_t n_numbers = dub_shape_n_elements (&shape);
  size_t batch = MIN (CLAMP (BATCH_NUMBERS / MAX (n_numbers, 1), 1, LARGEST_BATCH), work->n);
  g_autoptr (DubClassifier) network =
    dub_classifier_new (model->id, model->path, &shape, outputs->n_classes, batch, work->run, error);
  g_autofree float *cases = network != NULL ? g_try_malloc_n (network->batch, n_numbers * sizeof (float)) : NULL;

  if (network == NULL)
    return FALSE;
  if (cases == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for %zu prepared images.", network->batch);
    return FALSE;
  }
  for (size_t first = 0; first < work->n; first += network->batch) {
    if (!run_batch (work, model, network, m, first, MIN (network->batch, work->n - first), cases, error))
      return FALSE;
    if (work->run != NULL)
      dub_run_set_progress (work->run, ((double) m + (double) first / (double) work->n) / (double) work->scoring->n_models);
  }

  return TRUE;
}

static gboolean
run_networks (Work    *work,
              GError **error)
{
  const DubOutputs *outputs = work->scoring->outputs;
  size_t n_models = work->scoring->n_models, n_row = work->n * outputs->n_classes;

  work->logits = g_try_malloc_n (n_models * n_row, sizeof (float));
  work->features = outputs->features != NULL ? g_try_malloc_n (n_models * work->n * outputs->n_features, sizeof (float)) : NULL;

  g_autofree float *probabilities = g_try_malloc_n (n_models * n_row, sizeof (float));

  if (work->logits == NULL || probabilities == NULL || (outputs->features != NULL && work->features == NULL)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "No memory for the answers to %zu images.", work->n);
    return FALSE;
  }
  for (size_t m = 0; m < n_models; m++)
    if (!run_network (work, m, error))
      return FALSE;

  _dub_outputs_softmax (work->logits, n_models * work->n, outputs->n_classes, probabilities);
  work->answers = dub_answers_new (outputs->logits != NULL ? work->logits : NULL, probabilities, work->features, work->n,
                                   outputs->n_classes, outputs->n_features, NULL, n_models, NULL, work->n, error);

  return work->answers != NULL && (work->scoring->recalibration == NULL ||
                                   dub_answers_recalibrate (work->answers, work->scoring->recalibration, error));
}

/* --- scores --- */

/* Looks at the images as the estimator looks at cases. (transfer full) */
static DubStudyViews *
look (Work                *work,
      const DubEstimator  *estimator,
      gconstpointer        fitted,
      GError             **error)
{
  DubScoring *scoring = work->scoring;
  DubViewsOptions options;
  g_autoptr (GArray) policies = NULL;

  _dub_scoring_views (scoring, estimator, fitted, &policies, &options);

  DubStudyViews *views = dub_study_views_of (scoring->study, (const char *const *) scoring->models, work->raw, work->spacing, work->n,
                                             &options, work->run, error);

  if (views != NULL)
    work->answers->views[options.kind] =
      (DubViews) { .n_views = views->n_views, .policy = views->policy, .probabilities = views->probabilities };

  return views;
}

static gboolean
score_by (Work                *work,
          const DubEstimator  *estimator,
          double              *values,
          GError             **error)
{
  DubStudyViews *views = NULL;
  gpointer fitted = NULL;
  gboolean absent = FALSE;
  gboolean done = _dub_scoring_fit (work->scoring, estimator, TRUE, &fitted, &absent, work->run, error);

  if (done && estimator->views >= 0) {
    views = look (work, estimator, fitted, error);
    done = views != NULL;
  }
  done = done && estimator->score (fitted, &work->scoring->options.estimator, work->answers, values, work->run, error);
  if (fitted != NULL && estimator->free != NULL)
    estimator->free (fitted);
  if (views != NULL) {
    work->answers->views[estimator->views] = (DubViews) { 0 };
    dub_study_views_free (views);
  }

  return done;
}

static DubScore *
copy_head (const DubScore *score)
{
  DubScore *self = g_new0 (DubScore, 1);

  self->id = g_strdup (score->id);
  self->title = g_strdup (score->title);
  self->family = score->family;
  self->needs = score->needs;
  self->needs_text = g_strdup (score->needs_text);
  self->fitted_on = g_strdup (score->fitted_on);
  self->fitted = g_strdup (score->fitted);
  self->sentence = g_strdup (score->sentence);
  self->formula = g_strdup (score->formula);
  self->missing = g_strdup (score->missing);

  return self;
}

/* From the parts, which stand before it. */
static void
combine (const Work            *work,
         const DubImageScores  *self,
         const DubFusion       *fusion,
         double                *values)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  for (size_t k = 0; work->known->fused_of[k] != NULL; k++)
    for (guint j = 0; j < self->scores->len; j++) {
      const DubScore *score = g_ptr_array_index (self->scores, j);

      if (strcmp (score->id, work->known->fused_of[k]) == 0)
        g_ptr_array_add (parts, score->values);
    }
  dub_fusion_score (fusion, (const double *const *) parts->pdata, work->n, values);
}

static gboolean
add_scores (Work            *work,
            DubImageScores  *self,
            GError         **error)
{
  size_t n_scores = work->known->scores->len;

  self->scores = g_ptr_array_new_with_free_func ((GDestroyNotify) _dub_score_free);
  self->percentile = g_new (double, n_scores * work->n);
  for (size_t k = 0; k < n_scores; k++) {
    const DubScore *known = g_ptr_array_index (work->known->scores, k);
    const DubEstimator *estimator = dub_estimator_find (known->id);
    DubScore *score = copy_head (known);

    g_ptr_array_add (self->scores, score);
    for (size_t i = 0; i < work->n; i++)
      self->percentile[k * work->n + i] = (double) NAN;
    if (known->values == NULL)
      continue;
    score->values = g_new (double, work->n);
    if (known->fusion != NULL)
      combine (work, self, known->fusion, score->values);
    else if (!score_by (work, estimator, score->values, error))
      return FALSE;
    for (size_t i = 0; i < work->n; i++)
      self->percentile[k * work->n + i] =
        dub_scores_percentile (work->known, work->scoring->study, known, score->values[i]);
  }

  return TRUE;
}

static DubImageScores *
take_answers (const Work *work)
{
  const DubAnswers *answers = work->answers;
  DubImageScores *self = g_new0 (DubImageScores, 1);
  size_t n_row = answers->n_cases * answers->n_classes;

  self->family = g_strdup (work->scoring->family);
  self->models = g_strdupv (work->scoring->models);
  self->n_models = answers->n_models;
  self->n_cases = answers->n_cases;
  self->n_classes = answers->n_classes;
  self->probabilities = g_memdup2 (answers->probabilities, answers->n_models * n_row * sizeof (float));
  self->mean = g_memdup2 (answers->mean, n_row * sizeof (float));
  self->recalibration = g_strdup (work->known->recalibration);
  self->predicted = g_memdup2 (answers->predicted, answers->n_cases * sizeof (int));
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < work->known->warnings->len; i++)
    g_ptr_array_add (self->warnings, g_strdup (g_ptr_array_index (work->known->warnings, i)));

  return self;
}

static void
work_clear (Work *work)
{
  dub_answers_free (work->answers);
  g_free (work->logits);
  g_free (work->features);
}

DubImageScores *
dub_study_score_images (DubStudy                *study,
                        const DubScoresOptions  *options,
                        DubTensor *const        *raw,
                        const double           (*spacing)[3],
                        const char *const       *names,
                        size_t                   n_cases,
                        DubRun                  *run,
                        GError                 **error)
{
  if (n_cases == 0) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_SHAPE, "There are no images to score.");
    return NULL;
  }

  g_autoptr (DubScoring) scoring = _dub_scores_check (options, error) ? _dub_scoring_new (study, options, FALSE, run, error) : NULL;
  g_autoptr (DubScores) known = scoring != NULL ? _dub_scores_compute (scoring, FALSE, run, error) : NULL;

  if (known == NULL)
    return NULL;
  if (run != NULL)
    dub_run_set_span (run, 0.0, 1.0);

  Work work = {
    .scoring = scoring, .known = known, .raw = raw, .spacing = spacing, .names = names, .n = n_cases, .run = run,
  };
  g_autoptr (DubImageScores) self = run_networks (&work, error) ? take_answers (&work) : NULL;
  gboolean done = self != NULL && add_scores (&work, self, error);

  work_clear (&work);

  return done ? g_steal_pointer (&self) : NULL;
}
