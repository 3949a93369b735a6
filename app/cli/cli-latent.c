#include "app/cli/cli-latent.h"

#include "core/study/answers.h"
#include "core/study/evaluate.h"
#include "core/study/scores.h"

#include <math.h>
#include <string.h>

void
cli_latent_clear (CliLatent *self)
{
  g_clear_pointer (&self->study, dub_study_unref);
  g_strfreev (self->ids);
  g_free (self->labels);
  g_free (self->judged);
  g_free (self->part);
  g_strfreev (self->classes);
  for (int k = 0; k < 2; k++) {
    g_free (self->spaces[k].title);
    g_free (self->spaces[k].family);
    g_free (self->spaces[k].features);
    g_free (self->spaces[k].predicted);
    g_free (self->spaces[k].failed);
    g_free (self->spaces[k].value);
    g_free (self->spaces[k].value_name);
  }
}

/* The cases are those of the first outputs: all families of a study have the same. */
static void
take_cases (CliLatent        *self,
            DubStudy         *study,
            const DubOutputs *outputs)
{
  GPtrArray *classes = g_ptr_array_new (), *ids = g_ptr_array_new ();

  self->n_cases = outputs->n_cases;
  for (size_t i = 0; i < outputs->n_cases; i++)
    g_ptr_array_add (ids, g_strdup (outputs->ids[i]));
  for (guint k = 0; k < study->classes->len; k++)
    g_ptr_array_add (classes, g_strdup (study->classes->pdata[k]));
  g_ptr_array_add (ids, NULL);
  g_ptr_array_add (classes, NULL);
  self->ids = (char **) g_ptr_array_free (ids, FALSE);
  self->classes = (char **) g_ptr_array_free (classes, FALSE);
  self->labels = g_memdup2 (outputs->labels, outputs->n_cases * sizeof (int));
  self->part = g_memdup2 (outputs->part, outputs->n_cases);
  self->judged = dub_latent_labels (study);
  self->positive = study->data != NULL ? study->data->positive : 0;
}

/* What the family answers, after its recalibration where it has one. */
static gboolean
take_answers (CliLatentSpace    *space,
              DubStudy          *study,
              const DubOutputs  *outputs,
              const char        *family,
              GError           **error)
{
  size_t n_classes = outputs->n_classes;
  g_autofree float *answers = g_new (float, outputs->n_cases * n_classes);
  g_autofree size_t *rows = g_new (size_t, outputs->n_models);

  for (size_t m = 0; m < outputs->n_models; m++)
    rows[m] = m;
  if (!dub_study_answers (study, outputs, family, rows, outputs->n_models, answers, error))
    return FALSE;
  space->predicted = g_new (int, outputs->n_cases);
  space->failed = g_new (guint8, outputs->n_cases);
  for (size_t i = 0; i < outputs->n_cases; i++) {
    const float *row = answers + i * n_classes;
    int best = 0;

    for (size_t c = 1; c < n_classes; c++)
      if (row[c] > row[best])
        best = (int) c;
    space->predicted[i] = best;
    space->failed[i] = outputs->labels[i] < 0 ? 2 : best != outputs->labels[i];
  }

  return TRUE;
}

static gboolean
take_score (CliLatentSpace  *space,
            DubStudy        *study,
            const char      *family,
            const char      *id,
            size_t           n_cases,
            DubRun          *run,
            GError         **error)
{
  const char *const ids[] = { id, NULL };
  const DubScoresOptions options = { .family = family, .ids = ids };
  g_autoptr (DubScores) scores = dub_study_scores (study, &options, run, error);
  const DubScore *score = scores != NULL ? dub_scores_find (scores, id) : NULL;

  if (scores == NULL)
    return FALSE;
  if (score == NULL || score->values == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The family %s has no score “%s”%s%s."), family, id,
                 score != NULL && score->missing != NULL ? ": " : "", score != NULL && score->missing != NULL ? score->missing : "");
    return FALSE;
  }
  space->value = g_memdup2 (score->values, n_cases * sizeof (double));
  space->value_name = g_strdup (score->title);

  return TRUE;
}

static gboolean
load_family (CliLatent               *self,
             DubStudy                *study,
             const char              *family,
             const CliLatentOptions  *options,
             DubRun                  *run,
             GError                 **error)
{
  CliLatentSpace *space = &self->spaces[self->n_spaces++];
  g_auto (GStrv) models = dub_study_family_models (study, family);
  g_autoptr (DubOutputs) outputs = NULL;

  if (models == NULL || models[0] == NULL) {
    g_autoptr (GPtrArray) families = dub_study_families (study);
    g_autoptr (GString) names = g_string_new (NULL);

    for (guint i = 0; i < families->len; i++)
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", (const char *) families->pdata[i]);
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study has no family “%s”; it has: %s."), family, names->str);
    return FALSE;
  }
  outputs = dub_outputs_load (study, (const char *const *) models, run, error);
  if (outputs == NULL)
    return FALSE;
  if (self->ids == NULL)
    take_cases (self, study, outputs);
  space->family = g_strdup (family);
  space->title = dub_latent_title (family, options->model);
  space->features = dub_latent_features (outputs, study, family, options->model, &space->n_features, error);

  return space->features != NULL && take_answers (space, study, outputs, family, error)
         && (options->score == NULL || take_score (space, study, family, options->score, self->n_cases, run, error));
}

gboolean
cli_latent_load (CliLatent               *self,
                 const char              *path,
                 const CliLatentOptions  *options,
                 DubRun                  *run,
                 GError                 **error)
{
  *self = (CliLatent) { .n_cases = 0 };
  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    if (options->families != NULL)
      return cli_usage_error (error, _("--family needs a study, and “%s” is a file."), path);
    return cli_latent_load_file (self, path, options, error);
  }
  self->study = dub_study_load (path, error);
  if (self->study == NULL)
    return FALSE;

  g_autoptr (GPtrArray) all = dub_study_families (self->study);

  if (all->len == 0 || self->study->data == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 _("The study “%s” has no networks that answer the cases of a data set; train or import some first."), path);
    return FALSE;
  }
  if (options->families == NULL)
    return load_family (self, self->study, all->pdata[0], options, run, error);
  for (guint k = 0; options->families[k] != NULL; k++)
    if (!load_family (self, self->study, options->families[k], options, run, error))
      return FALSE;

  return TRUE;
}
