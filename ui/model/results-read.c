#include "ui/model/results-read.h"

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
    self->outputs = dub_outputs_peek_models (study, (const char *const *) ids, &inner);
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
