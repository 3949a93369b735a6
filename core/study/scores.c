#include "core/study/scoring-private.h"

#include <math.h>
#include <string.h>

/* Below these, thresholds and fits are called loose. */
static const size_t FEW_CASES = 50;
static const size_t FEW_FAILURES = 10;

/* Share of the progress that is behind when the networks have answered. */
static const double AFTER_OUTPUTS = 0.1;

/* What source 000 combines. */
const char *const _dub_scores_fused[] = { "msr", "temperature", "ensemble-sd", "tta", "gps", "knn-all", "knn-shap", NULL };

/* One computation of all columns. */
typedef struct {
  DubScoring *scoring;
  DubScores  *scores;
  GHashTable *stored;   /* what the file has, and what is computed */
  gboolean    peek;     /* nothing slow */
  double      behind;   /* of all that is to be computed, about how much is done */
  double      all;
  gboolean    grown;
  DubRun     *run;
} Work;

void
_dub_score_free (DubScore *self)
{
  g_free (self->id);
  g_free (self->title);
  g_free (self->needs_text);
  g_free (self->fitted_on);
  g_free (self->fitted);
  g_free (self->sentence);
  g_free (self->formula);
  g_free (self->missing);
  g_free (self->values);
  dub_fusion_free (self->fusion);
  g_free (self);
}

void
dub_scores_free (DubScores *self)
{
  if (self == NULL)
    return;
  g_free (self->family);
  g_strfreev (self->models);
  g_ptr_array_unref (self->scores);
  g_free (self->mean);
  g_free (self->recalibration);
  g_free (self->predicted);
  g_free (self->failed);
  g_strfreev (self->fused_of);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

const DubScore *
dub_scores_find (const DubScores *self,
                 const char      *id)
{
  for (guint k = 0; k < self->scores->len; k++) {
    const DubScore *score = g_ptr_array_index (self->scores, k);

    if (strcmp (score->id, id) == 0)
      return score;
  }

  return NULL;
}

/* --- words --- */

char *
_dub_scores_needs_text (guint needs)
{
  static const struct {
    DubNeeds    need;
    const char *words;
  } words[] = {
    { DUB_NEEDS_MODELS, "several models" },
    { DUB_NEEDS_NETWORK, "network and images" },
    { DUB_NEEDS_DROPOUT, "Dropout" },
    { DUB_NEEDS_FEATURES, "features" },
    { DUB_NEEDS_TRAINING, "training cases" },
    { DUB_NEEDS_CALIBRATION, "calibration cases" },
    { DUB_NEEDS_FINAL_LAYER, "final layer" },
  };
  GString *text = g_string_new (needs & DUB_NEEDS_LOGITS ? "logits" : "output");

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (needs & words[i].need)
      g_string_append_printf (text, " + %s", words[i].words);

  return g_string_free (text, FALSE);
}

static DubScore *
score_of (const DubEstimator *estimator)
{
  DubScore *self = g_new0 (DubScore, 1);

  self->id = g_strdup (estimator->id);
  self->title = g_strdup (estimator->title);
  self->family = estimator->family;
  self->needs = estimator->needs;
  self->needs_text = _dub_scores_needs_text (estimator->needs);
  self->fitted_on = g_strdup (estimator->fitted_on);
  self->sentence = g_strdup (estimator->sentence);
  self->formula = g_strdup (estimator->formula);

  return self;
}

/* --- what is asked for --- */

static gboolean
is_fusion (const char *id)
{
  for (int kind = 0; kind < DUB_N_FUSIONS; kind++)
    if (strcmp (dub_fusion_id ((DubFusionKind) kind), id) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
check_ids (const char *const  *ids,
           gboolean            fusions,
           GError            **error)
{
  for (size_t i = 0; ids != NULL && ids[i] != NULL; i++) {
    if (dub_estimator_find (ids[i]) != NULL || (fusions && is_fusion (ids[i])))
      continue;

    g_autoptr (GString) list = g_string_new (NULL);
    size_t n;
    const DubEstimator *estimators = dub_estimators (&n);

    for (size_t k = 0; k < n; k++)
      g_string_append_printf (list, "%s%s", k > 0 ? ", " : "", estimators[k].id);
    for (int kind = 0; fusions && kind < DUB_N_FUSIONS; kind++)
      g_string_append_printf (list, ", %s", dub_fusion_id ((DubFusionKind) kind));
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "There is no score called \"%s\"%s; there are %s.", ids[i],
                 fusions ? "" : " that could be combined", list->str);
    return FALSE;
  }

  return TRUE;
}

/* By name, or as what a combination that was asked for by name is made of. */
static gboolean
is_named (const Work *work,
          const char *id)
{
  const DubScoresOptions *options = &work->scoring->options;

  if (options->ids != NULL && g_strv_contains (options->ids, id))
    return TRUE;
  if (options->fuse == NULL || !g_strv_contains (options->fuse, id))
    return FALSE;
  for (size_t i = 0; options->ids != NULL && options->ids[i] != NULL; i++)
    if (is_fusion (options->ids[i]))
      return TRUE;

  return options->ids == NULL;
}

static gboolean
is_wanted (const Work         *work,
           const DubEstimator *estimator)
{
  const DubScoresOptions *options = &work->scoring->options;

  if (options->ids == NULL || is_named (work, estimator->id))
    return TRUE;
  for (size_t i = 0; options->ids[i] != NULL && options->fuse == NULL; i++)
    if (is_fusion (options->ids[i]) && g_strv_contains (_dub_scores_fused, estimator->id))
      return TRUE;

  return FALSE;
}

/* --- one column --- */

static char *
not_run_sentence (const DubEstimator *estimator)
{
  return g_strdup_printf ("%s looks at every case more than once, which was not asked for yet.", estimator->title);
}

/* An estimator that cannot be fitted is a column without values, unless it was asked for by name. */
static gboolean
give_up (Work                *work,
         const DubEstimator  *estimator,
         DubScore            *score,
         GError              *reason, /* (transfer full) */
         GError             **error)
{
  gboolean fatal = g_error_matches (reason, DUB_ERROR, DUB_ERROR_CANCELLED) ||
                   g_error_matches (reason, DUB_ERROR, DUB_ERROR_MEMORY) || g_error_matches (reason, DUB_ERROR, DUB_ERROR_IO);

  g_clear_pointer (&score->values, g_free);
  if (fatal || (!work->peek && is_named (work, estimator->id))) {
    g_propagate_error (error, reason);
    return FALSE;
  }
  score->missing = g_strdup (reason->message);
  g_error_free (reason);

  return TRUE;
}

static void
keep (Work           *work,
      const DubScore *score)
{
  DubStoredScore *stored = g_new0 (DubStoredScore, 1);

  stored->fitted = g_strdup (score->fitted);
  stored->values = g_memdup2 (score->values, work->scores->n_cases * sizeof (double));
  g_hash_table_replace (work->stored, g_strdup (score->id), stored);
  work->grown = TRUE;
}

static gboolean
may_run_views (const Work         *work,
               const DubEstimator *estimator)
{
  return !work->peek && (work->scoring->options.views || is_named (work, estimator->id));
}

/* About how long an estimator takes, in cases that a network answers. */
static double
weigh (const Work         *work,
       const DubEstimator *estimator)
{
  const DubScoresOptions *options = &work->scoring->options;
  double viewed = (double) work->scoring->viewed->len;

  if (estimator->views < 0 || !may_run_views (work, estimator))
    return 0.1 * (double) work->scores->n_cases;
  if (estimator->views == DUB_VIEWS_POOL)
    return 1.1 * options->n_policies * (double) work->scoring->calibration->len + 15.0 * viewed;

  return (estimator->views == DUB_VIEWS_DROPOUT ? options->n_passes : options->n_tta) * viewed;
}

static gboolean
is_due (const Work         *work,
        const DubEstimator *estimator)
{
  return is_wanted (work, estimator) && !g_hash_table_contains (work->stored, estimator->id);
}

static void
tell_progress (Work                *work,
               const DubEstimator  *estimator)
{
  double from = AFTER_OUTPUTS + (1.0 - AFTER_OUTPUTS) * work->behind / work->all;

  work->behind += weigh (work, estimator);
  if (work->run != NULL)
    dub_run_set_span (work->run, from, AFTER_OUTPUTS + (1.0 - AFTER_OUTPUTS) * MIN (work->behind / work->all, 1.0));
}

static gboolean
compute (Work                *work,
         const DubEstimator  *estimator,
         DubScore            *score,
         GError             **error)
{
  gboolean run_views = may_run_views (work, estimator);
  gboolean absent = FALSE, done;
  gpointer fitted = NULL;
  GError *inner = NULL;

  if (work->run != NULL)
    dub_run_log (work->run, "Scoring by %s", estimator->title);
  tell_progress (work, estimator);
  done = _dub_scoring_fit (work->scoring, estimator, run_views, &fitted, &absent, work->run, &inner);
  if (done && !absent) {
    score->values = g_new (double, MAX (work->scores->n_cases, 1));
    done = _dub_scoring_score (work->scoring, estimator, fitted, run_views, score->values, &absent, work->run, &inner);
  }
  if (done && !absent && fitted != NULL && estimator->describe != NULL)
    score->fitted = estimator->describe (fitted);
  if (fitted != NULL && estimator->free != NULL)
    estimator->free (fitted);
  if (!done)
    return give_up (work, estimator, score, inner, error);
  if (absent) {
    g_clear_pointer (&score->values, g_free);
    score->missing = not_run_sentence (estimator);
    return TRUE;
  }
  keep (work, score);

  return TRUE;
}

/* Slow ones are not for a peek: they search, or compare with every training case. */
static gboolean
is_quick (const DubEstimator *estimator)
{
  return estimator->views < 0 && estimator->family != DUB_FAMILY_LATENT;
}

static gboolean
add_estimator (Work                *work,
               const DubEstimator  *estimator,
               GError             **error)
{
  DubScore *score = score_of (estimator);
  const DubStoredScore *stored = g_hash_table_lookup (work->stored, estimator->id);

  g_ptr_array_add (work->scores->scores, score);
  if (stored != NULL) {
    score->values = g_memdup2 (stored->values, work->scores->n_cases * sizeof (double));
    score->fitted = g_strdup (stored->fitted);
    return TRUE;
  }
  score->missing = dub_estimator_missing (estimator, work->scoring->have, work->scoring->outputs->n_classes);
  if (score->missing != NULL) {
    if (work->peek || !is_named (work, estimator->id))
      return TRUE;
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, score->missing);
    return FALSE;
  }
  if (!is_wanted (work, estimator) || (work->peek && !is_quick (estimator))) {
    score->missing = estimator->views >= 0 ? not_run_sentence (estimator)
                                           : g_strdup_printf ("%s was not computed yet.", estimator->title);
    return TRUE;
  }

  return compute (work, estimator, score, error);
}

/* --- all columns --- */

static void
judge (Work *work)
{
  DubScores *scores = work->scores;
  const int *labels = work->scoring->study->data->labels;
  const DubAnswers *all = work->scoring->all;

  if (work->scoring->recalibration != NULL)
    scores->recalibration = dub_recalibration_summary (work->scoring->recalibration);
  scores->mean = g_memdup2 (all->mean, all->n_cases * all->n_classes * sizeof (float));
  scores->predicted = g_memdup2 (all->predicted, all->n_cases * sizeof (int));
  scores->failed = g_new (guint8, MAX (all->n_cases, 1));
  for (size_t i = 0; i < all->n_cases; i++)
    scores->failed[i] = labels[i] < 0 ? 2 : labels[i] != all->predicted[i];
}

static void
warn (const Work *work)
{
  const DubScoring *scoring = work->scoring;
  GPtrArray *warnings = work->scores->warnings;
  size_t n_failures = 0, n = scoring->calibration->len;
  gboolean unknown = FALSE;

  for (guint i = 0; i < n; i++)
    n_failures += work->scores->failed[g_array_index (scoring->calibration, size_t, i)] == 1;
  for (size_t m = 0; m < scoring->n_models; m++) {
    const DubStudyModel *model = dub_study_find_model (scoring->study, scoring->models[m]);

    unknown |= model != NULL && model->training_unknown;
  }
  if (scoring->n_lacking > 0)
    g_ptr_array_add (warnings, g_strdup_printf ("%zu of the %zu networks have no outputs yet.", scoring->n_lacking,
                                                scoring->n_lacking + scoring->n_models));
  if (scoring->recalibration != NULL && dub_study_recalibration_is_old (scoring->study, scoring->family))
    g_ptr_array_add (warnings, g_strdup ("The answers are recalibrated by a map that was fitted when the family had other networks; fit "
                                         "it again."));
  if (scoring->outputs->stale)
    g_ptr_array_add (warnings, g_strdup ("The stored outputs are of an older state of the study."));
  if (unknown)
    g_ptr_array_add (warnings, g_strdup ("Nobody said which cases the networks learned from: what is measured may be too good."));
  if (n == 0)
    g_ptr_array_add (warnings, g_strdup ("There are no labelled calibration cases: nothing can be fitted, and thresholds could only "
                                         "be chosen on the cases that they are measured on."));
  else if (n < FEW_CASES)
    g_ptr_array_add (warnings, g_strdup_printf ("%zu calibration cases: thresholds and fits are loose.", n));
  for (guint c = 0; c < scoring->study->classes->len && n > 0; c++) {
    gboolean found = FALSE;

    for (guint i = 0; i < n && !found; i++)
      found = scoring->calibration_labels[i] == (int) c;
    if (!found)
      g_ptr_array_add (warnings, g_strdup_printf ("No calibration case is of class %s: what is fitted knows nothing of it.",
                                                  (const char *) g_ptr_array_index (scoring->study->classes, c)));
  }
  if (n > 0 && n_failures < FEW_FAILURES)
    g_ptr_array_add (warnings, g_strdup_printf ("%zu failure%s among the calibration cases: thresholds are loose.", n_failures,
                                                n_failures == 1 ? "" : "s"));
}

static gboolean
fill (Work    *work,
      GError **error)
{
  const DubScoring *scoring = work->scoring;
  size_t n;
  const DubEstimator *estimators = dub_estimators (&n);

  work->scores->family = g_strdup (scoring->family);
  work->scores->models = g_strdupv (scoring->models);
  work->scores->n_cases = scoring->outputs->n_cases;
  judge (work);
  for (size_t k = 0; k < n; k++)
    work->all += is_due (work, &estimators[k]) ? weigh (work, &estimators[k]) : 0.0;
  for (size_t k = 0; k < n; k++)
    if (dub_run_check_cancelled (work->run, error) || !add_estimator (work, &estimators[k], error))
      return FALSE;
  if (!_dub_scores_add_fusions (scoring, work->scores, work->peek, error))
    return FALSE;
  warn (work);

  return TRUE;
}

DubScores *
_dub_scores_compute (DubScoring  *scoring,
                     gboolean     peek,
                     DubRun      *run,
                     GError     **error)
{
  const DubStudy *study = scoring->study;
  g_autofree char *key = _dub_scoring_key (scoring);
  g_autoptr (GHashTable) stored = _dub_scores_read (study, scoring->family, key);
  g_autoptr (DubScores) scores = g_new0 (DubScores, 1);
  Work work = { .scoring = scoring, .scores = scores, .stored = stored, .peek = peek, .run = run };

  scores->scores = g_ptr_array_new_with_free_func ((GDestroyNotify) _dub_score_free);
  scores->warnings = g_ptr_array_new_with_free_func (g_free);

  gboolean done = fill (&work, error);

  /* What was computed before a cancel is kept, too. Results can be made again: a folder that cannot be written to costs time
   * only. */
  if (work.grown && !peek && key != NULL && study->folder != NULL) {
    g_autoptr (GError) inner = NULL;

    if (!_dub_scores_write (study, scoring->family, key, stored, &inner) && run != NULL)
      dub_run_log (run, "The scores are not kept: %s", inner->message);
  }

  return done ? g_steal_pointer (&scores) : NULL;
}

gboolean
_dub_scores_check (const DubScoresOptions  *options,
                   GError                 **error)
{
  return check_ids (options->ids, TRUE, error) && check_ids (options->fuse, FALSE, error);
}

static DubScores *
make_scores (DubStudy                *study,
             const DubScoresOptions  *options,
             gboolean                 peek,
             DubRun                  *run,
             GError                 **error)
{
  if (!_dub_scores_check (options, error))
    return NULL;
  if (run != NULL)
    dub_run_set_span (run, 0.0, AFTER_OUTPUTS);

  g_autoptr (DubScoring) scoring = _dub_scoring_new (study, options, peek, run, error);
  DubScores *scores = scoring != NULL ? _dub_scores_compute (scoring, peek, run, error) : NULL;

  if (run != NULL)
    dub_run_set_span (run, 0.0, 1.0);

  return scores;
}

DubScores *
dub_study_scores (DubStudy                *study,
                  const DubScoresOptions  *options,
                  DubRun                  *run,
                  GError                 **error)
{
  return make_scores (study, options, FALSE, run, error);
}

DubScores *
dub_study_scores_peek (DubStudy                *study,
                       const DubScoresOptions  *options,
                       DubRun                  *run,
                       GError                 **error)
{
  if (study->data == NULL || study->models->len == 0)
    return NULL;

  return make_scores (study, options, TRUE, run, error);
}
