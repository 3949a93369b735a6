#include "app/cli/cli-scores.h"

#include <string.h>

static const GOptionEntry END = { NULL };

GOptionEntry *
cli_scores_entries (CliScoresOptions *options)
{
  const GOptionEntry entries[] = {
    { "family", 0, 0, G_OPTION_ARG_STRING, &options->family, N_("The networks of this name (the study's first)"), "NAME" },
    { "scores", 0, 0, G_OPTION_ARG_STRING, &options->scores,
      N_("Only these, such as msr,knn-shap,mean; those that look at changed images are run (all that need no changed images)"),
      "A,B,…" },
    { "fuse", 0, 0, G_OPTION_ARG_STRING, &options->fuse,
      N_("What mean, max, min and perceptron combine (msr,temperature,ensemble-sd,tta,gps,knn-all,knn-shap as far as they are there)"),
      "A,B,…" },
    { "views", 0, 0, G_OPTION_ARG_NONE, &options->views,
      N_("Also scores that run the networks on changed images (TTA, GPS) or with Dropout active"), NULL },
    { "gps-objective", 0, 0, G_OPTION_ARG_STRING, &options->gps_objective,
      N_("What GPS searches for: auroc of wrong answers, or likelihood (auroc)"), "WHAT" },
    { "feature-model", 0, 0, G_OPTION_ARG_STRING, &options->feature_model,
      N_("The network whose features KNN and Mahalanobis read, or mean for all (the family's first)"), "ID" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options->seed, N_("Seed of views, searches and resamples (0)"), "N" },
    END,
  };

  return g_memdup2 (entries, sizeof entries);
}

void
cli_scores_options_clear (CliScoresOptions *options)
{
  g_free (options->family);
  g_free (options->scores);
  g_free (options->fuse);
  g_free (options->gps_objective);
  g_free (options->feature_model);
  g_free (options->seed);
  g_strfreev (options->ids);
  g_strfreev (options->parts);
}

gboolean
cli_scores_parse (CliScoresOptions  *options,
                  DubScoresOptions  *scores,
                  GError           **error)
{
  static const char *const objectives[] = { "auroc", "likelihood", NULL };
  int objective = 0;

  if (options->gps_objective != NULL && !cli_choose ("--gps-objective", options->gps_objective, objectives, &objective, error))
    return FALSE;
  *scores = (DubScoresOptions) { .estimator = DUB_ESTIMATOR_DEFAULT };
  if (!cli_read_seed ("--seed", options->seed, G_MAXINT64, &scores->seed, error))
    return FALSE;
  if (options->scores != NULL)
    options->ids = g_strsplit (options->scores, ",", -1);
  if (options->fuse != NULL)
    options->parts = g_strsplit (options->fuse, ",", -1);
  scores->family = options->family;
  scores->ids = (const char *const *) options->ids;
  scores->fuse = (const char *const *) options->parts;
  scores->views = options->views;
  scores->feature_model = options->feature_model;
  scores->estimator.gps_likelihood = objective == 1;

  return TRUE;
}

void
cli_scores_build (JsonBuilder    *b,
                  const DubScore *score)
{
  cli_json_string (b, "title", score->title);
  cli_json_string (b, "needs", score->needs_text);
  cli_json_string (b, "fitted_on", score->fitted_on);
  cli_json_string (b, "fitted", score->fitted);
  cli_json_string (b, "sentence", score->sentence);
  cli_json_string (b, "formula", score->formula);
  cli_json_string (b, "missing", score->missing);
}

void
cli_scores_build_texts (JsonBuilder *b,
                        const char  *name,
                        char *const *texts,
                        size_t       n)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_array (b);
  for (size_t i = 0; i < n; i++)
    json_builder_add_string_value (b, texts[i]);
  json_builder_end_array (b);
}
