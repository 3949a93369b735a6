#include "core/study/scorer.h"

#include "core/study/scoring-private.h"

#include <string.h>

typedef struct {
  const DubEstimator *estimator;
  gpointer            fitted; /* (nullable) */
} Part;

struct _DubScorer {
  DubScoring      *scoring;
  GArray          *parts;  /* of Part: one, or what is combined */
  DubScores       *known;  /* (nullable) of a fusion */
  const DubFusion *fusion; /* (nullable) of @known */
};

static void
part_clear (gpointer data)
{
  Part *part = data;

  if (part->fitted != NULL && part->estimator->free != NULL)
    part->estimator->free (part->fitted);
}

void
dub_scorer_free (DubScorer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->parts, g_array_unref);
  g_clear_pointer (&self->known, dub_scores_free);
  g_clear_pointer (&self->scoring, _dub_scoring_free);
  g_free (self);
}

/* "msr, entropy, …": what can be scored without looking at changed images. (transfer full) */
static char *
list_usable (void)
{
  size_t n;
  const DubEstimator *estimators = dub_estimators (&n);
  GString *text = g_string_new (NULL);

  for (size_t i = 0; i < n; i++)
    if (estimators[i].views < 0)
      g_string_append_printf (text, "%s, ", estimators[i].id);
  for (int k = DUB_FUSION_MEAN; k <= DUB_FUSION_PERCEPTRON; k++)
    g_string_append_printf (text, "%s%s", k > DUB_FUSION_MEAN ? ", " : "", dub_fusion_id ((DubFusionKind) k));

  return g_string_free (text, FALSE);
}

static gboolean
add_part (DubScorer   *self,
          const char  *id,
          DubRun      *run,
          GError     **error)
{
  const DubEstimator *estimator = dub_estimator_find (id);
  Part part = { .estimator = estimator };
  gboolean absent = FALSE;

  if (estimator == NULL || estimator->views >= 0) {
    g_autofree char *usable = list_usable ();

    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, estimator == NULL ? "There is no score %s; there are %s."
                                                                         : "%s runs the networks on changed images for every answer; "
                                                                           "scores that do not are %s.", id, usable);
    return FALSE;
  }

  g_autofree char *missing = dub_estimator_missing (estimator, self->scoring->have, self->scoring->outputs->n_classes);

  if (missing != NULL) {
    g_set_error_literal (error, DUB_ERROR, DUB_ERROR_ARGUMENT, missing);
    return FALSE;
  }
  if (!_dub_scoring_fit (self->scoring, estimator, FALSE, &part.fitted, &absent, run, error))
    return FALSE;
  g_array_append_val (self->parts, part);

  return TRUE;
}

static gboolean
is_fusion (const char *id)
{
  for (int k = DUB_FUSION_MEAN; k <= DUB_FUSION_PERCEPTRON; k++)
    if (strcmp (dub_fusion_id ((DubFusionKind) k), id) == 0)
      return TRUE;

  return FALSE;
}

/* A combination is fitted on the columns of the study's cases, its parts on what those are fitted on. */
static gboolean
add_fusion (DubScorer   *self,
            const char  *id,
            DubRun      *run,
            GError     **error)
{
  const DubScore *score;

  self->known = _dub_scores_compute (self->scoring, FALSE, run, error);
  if (self->known == NULL)
    return FALSE;
  score = dub_scores_find (self->known, id);
  if (score == NULL || score->fusion == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "%s cannot be had: %s", id,
                 score != NULL && score->missing != NULL ? score->missing : "there is nothing to combine.");
    return FALSE;
  }
  self->fusion = score->fusion;
  for (size_t k = 0; self->known->fused_of[k] != NULL; k++)
    if (!add_part (self, self->known->fused_of[k], run, error))
      return FALSE;

  return TRUE;
}

/* What combinations are made of by default, without what needs changed images. (transfer full) */
static char **
usual_parts (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (size_t i = 0; _dub_scores_fused[i] != NULL; i++) {
    const DubEstimator *estimator = dub_estimator_find (_dub_scores_fused[i]);

    if (estimator != NULL && estimator->views < 0)
      g_strv_builder_add (builder, _dub_scores_fused[i]);
  }

  return g_strv_builder_end (builder);
}

DubScorer *
dub_scorer_new (DubStudy                *study,
                const DubScoresOptions  *options,
                const char              *id,
                DubRun                  *run,
                GError                 **error)
{
  g_autoptr (DubScorer) self = g_new0 (DubScorer, 1);
  g_auto (GStrv) parts = NULL;
  DubScoresOptions own = *options;

  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, part_clear);
  own.ids = NULL;
  own.views = FALSE;
  if (!_dub_scores_check (&own, error))
    return NULL;
  self->scoring = _dub_scoring_new (study, &own, FALSE, run, error);
  if (self->scoring == NULL)
    return NULL;
  if (own.fuse == NULL && is_fusion (id)) {
    g_autoptr (GPtrArray) usable = g_ptr_array_new ();

    parts = usual_parts ();
    for (size_t i = 0; parts[i] != NULL; i++) {
      const DubEstimator *estimator = dub_estimator_find (parts[i]);
      g_autofree char *missing = dub_estimator_missing (estimator, self->scoring->have, self->scoring->outputs->n_classes);

      if (missing == NULL)
        g_ptr_array_add (usable, parts[i]);
    }
    g_ptr_array_add (usable, NULL);
    self->scoring->options.fuse = (const char *const *) usable->pdata;

    gboolean added = add_fusion (self, id, run, error);

    self->scoring->options.fuse = NULL;
    return added ? g_steal_pointer (&self) : NULL;
  }

  return (is_fusion (id) ? add_fusion (self, id, run, error) : add_part (self, id, run, error)) ? g_steal_pointer (&self) : NULL;
}

char *const *
dub_scorer_models (const DubScorer *self)
{
  return self->scoring->models;
}

static gboolean
score (const DubScorer   *self,
       const DubAnswers  *answers,
       double            *scores,
       DubRun            *run,
       GError           **error)
{
  const DubEstimatorOptions *options = &self->scoring->options.estimator;
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);

  for (guint k = 0; k < self->parts->len; k++) {
    const Part *part = &g_array_index (self->parts, Part, k);
    double *values = self->fusion == NULL ? scores : g_new (double, MAX (answers->n_cases, 1));

    if (self->fusion != NULL)
      g_ptr_array_add (columns, values);
    if (!part->estimator->score (part->fitted, options, answers, values, run, error))
      return FALSE;
  }
  if (self->fusion != NULL)
    dub_fusion_score (self->fusion, (const double *const *) columns->pdata, answers->n_cases, scores);

  return TRUE;
}

gboolean
dub_scorer_score (const DubAnswers  *answers,
                  double            *scores,
                  gpointer           scorer,
                  DubRun            *run,
                  GError           **error)
{
  const DubScorer *self = scorer;
  const DubRecalibration *recalibration = self->scoring->recalibration;
  g_autoptr (DubAnswers) mapped = recalibration != NULL ? dub_answers_recalibrated (answers, recalibration, error) : NULL;

  if (recalibration != NULL && mapped == NULL)
    return FALSE;

  return score (self, mapped != NULL ? mapped : answers, scores, run, error);
}
