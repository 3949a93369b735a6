#include "ui/model/results-read.h"

#include <math.h>
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

/* --- scores of outputs alone --- */

static void
score_free (gpointer data)
{
  DubScore *self = data;

  g_free (self->id);
  g_free (self->title);
  g_free (self->sentence);
  g_free (self->formula);
  g_free (self->values);
  g_free (self);
}

static void
scores_free (DubScores *self)
{
  g_free (self->family);
  g_strfreev (self->models);
  g_ptr_array_unref (self->scores);
  g_free (self->mean);
  g_free (self->predicted);
  g_free (self->failed);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

static double *
add_score (DubScores  *self,
           const char *id,
           const char *title,
           const char *sentence,
           const char *formula)
{
  DubScore *score = g_new0 (DubScore, 1);

  score->id = g_strdup (id);
  score->title = g_strdup (title);
  score->sentence = g_strdup (sentence);
  score->formula = g_strdup (formula);
  score->values = g_new (double, MAX (self->n_cases, 1));
  g_ptr_array_add (self->scores, score);

  return score->values;
}

static DubScores *
score_outputs (const DubOutputs  *outputs,
               const char        *family,
               const char *const *ids)
{
  DubScores *self = g_new0 (DubScores, 1);
  size_t n_classes = outputs->n_classes;

  self->family = g_strdup (family);
  self->models = g_strdupv ((char **) ids);
  self->n_cases = outputs->n_cases;
  self->scores = g_ptr_array_new_with_free_func (score_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->mean = dub_outputs_ensemble (outputs);
  self->predicted = g_new (int, MAX (self->n_cases, 1));
  self->failed = g_new (guint8, MAX (self->n_cases, 1));

  double *msr = add_score (self, "msr", "1 − max p", "How far the answer's probability is from 1.", "1 − max p");
  double *entropy = add_score (self, "entropy", "Entropy", "How evenly the probability is spread over the classes.", "−Σ p log p");
  double *sd = outputs->n_models > 1
                 ? add_score (self, "ensemble-sd", "Ensemble SD", "How far the networks disagree about the answer.", "SD over networks of p of the answer")
                 : NULL;

  for (size_t i = 0; i < self->n_cases; i++) {
    const float *p = self->mean + i * n_classes;
    size_t answer = 0;
    double sum = 0.0, squares = 0.0, mean;

    entropy[i] = 0.0;
    for (size_t c = 0; c < n_classes; c++) {
      answer = p[c] > p[answer] ? c : answer;
      entropy[i] -= p[c] > 0.0f ? (double) p[c] * log ((double) p[c]) : 0.0;
    }
    msr[i] = 1.0 - (double) p[answer];
    self->predicted[i] = (int) answer;
    self->failed[i] = outputs->labels[i] < 0 ? 2 : outputs->labels[i] != (int) answer;
    for (size_t m = 0; m < outputs->n_models; m++)
      sum += (double) outputs->probabilities[(m * self->n_cases + i) * n_classes + answer];
    mean = sum / (double) outputs->n_models;
    for (size_t m = 0; m < outputs->n_models; m++)
      squares += pow ((double) outputs->probabilities[(m * self->n_cases + i) * n_classes + answer] - mean, 2.0);
    if (sd != NULL)
      sd[i] = sqrt (squares / (double) outputs->n_models);
  }

  return self;
}

/* --- all of it --- */

void
dub_results_read_free (DubResultsRead *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->outputs, dub_outputs_free);
  g_clear_pointer (&self->scores, scores_free);
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

  if (ids == NULL || ids[0] == NULL)
    return g_steal_pointer (&self);
  if (work == DUB_RESULTS_READ_STORED)
    self->outputs = peek_family (study, (const char *const *) ids, &inner);
  else
    self->outputs = dub_outputs_load (study, (const char *const *) ids, run, &inner);
  if (inner != NULL) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return NULL;
  }
  if (self->outputs != NULL)
    self->scores = score_outputs (self->outputs, family, (const char *const *) ids);

  return g_steal_pointer (&self);
}
