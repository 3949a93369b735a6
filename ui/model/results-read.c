#include "ui/model/results-read.h"

#include <string.h>

/* --- outputs of one family --- */

/* Rows of the models in @ids, moved to the front; the others are let go. */
static void
keep_models (DubOutputs        *self,
             const char *const *ids)
{
  size_t n = 0, answers = self->n_cases * self->n_classes, features = self->n_cases * self->n_features;

  for (size_t m = 0; m < self->n_models; m++) {
    if (!g_strv_contains (ids, self->models[m])) {
      g_clear_pointer (&self->models[m], g_free);
      continue;
    }
    if (n != m) {
      self->models[n] = g_steal_pointer (&self->models[m]);
      memmove (self->probabilities + n * answers, self->probabilities + m * answers, answers * sizeof (float));
      if (self->logits != NULL)
        memmove (self->logits + n * answers, self->logits + m * answers, answers * sizeof (float));
      if (self->features != NULL)
        memmove (self->features + n * features, self->features + m * features, features * sizeof (float));
    }
    n++;
  }
  self->n_models = n;
}

static DubOutputs *
peek_family (DubStudy          *study,
             const char *const *ids,
             GError           **error)
{
  g_autoptr (DubOutputs) outputs = dub_outputs_peek (study, error);

  if (outputs == NULL)
    return NULL;
  keep_models (outputs, ids);

  return outputs->n_models > 0 ? g_steal_pointer (&outputs) : NULL;
}

/* --- all of it --- */

DubResultsRead *
dub_results_read_ref (DubResultsRead *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
dub_results_read_unref (DubResultsRead *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->outputs, dub_outputs_free);
  g_clear_pointer (&self->scores, dub_scores_free);
  g_free (self);
}

DubResultsRead *
dub_results_read (const char          *folder,
                  const char          *family,
                  DubResultsReadWork   work,
                  DubRun              *run,
                  GError             **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);

  if (study == NULL)
    return NULL;
  g_return_val_if_fail (study->data != NULL, NULL);

  g_autoptr (DubResultsRead) self = g_new0 (DubResultsRead, 1);
  g_auto (GStrv) ids = dub_study_family_models (study, family);
  g_autoptr (GError) inner = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  if (ids == NULL || ids[0] == NULL)
    return g_steal_pointer (&self);
  if (work == DUB_RESULTS_READ_STORED)
    self->outputs = peek_family (study, (const char *const *) ids, &inner);
  else
    self->outputs = dub_outputs_load (study, (const char *const *) ids, run, &inner);
  if (inner == NULL && self->outputs != NULL) {
    const DubScoresOptions options = { .family = family, .views = work == DUB_RESULTS_READ_VIEWS, .estimator = DUB_ESTIMATOR_DEFAULT };

    self->scores = work == DUB_RESULTS_READ_STORED ? dub_study_scores_peek (study, &options, run, &inner)
                                                   : dub_study_scores (study, &options, run, &inner);
    self->complete = self->outputs->n_models == g_strv_length (ids) && !self->outputs->stale;
  }
  if (inner != NULL) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return NULL;
  }

  return g_steal_pointer (&self);
}
