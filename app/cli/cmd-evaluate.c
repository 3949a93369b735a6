/* dubito-cli evaluate: how good the networks of a study are, on every part of its data. */
#include "app/cli/cmd-evaluate.h"

#include "app/cli/cli-estimate.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/study/evaluate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "Every network and the ensemble of every family (the mean of its networks' probabilities), on the training, calibration\n"
  "and test part. Of a network, train is what it learned from and validation its own fold; of an ensemble, validation is\n"
  "every training case answered by the one network that did not learn from it. Networks are run once, their outputs are\n"
  "kept in STUDY/results. With --temperature, what a temperature fitted on the calibration part makes of the test part.\n"
  "The same seed gives the same bytes for any number of threads.");

typedef struct {
  char    *split;
  char    *family;
  char    *seed;
  int      bins;
  int      resamples;
  gboolean temperature;
  gboolean json;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->split);
  g_free (self->family);
  g_free (self->seed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --- the document --- */

static void
build_row (JsonBuilder          *b,
           const DubEvaluateRow *row)
{
  json_builder_set_member_name (b, dub_evaluate_split_name (row->split));
  json_builder_begin_object (b);
  cli_json_int (b, "n", (gint64) row->metrics.n_cases);
  json_builder_set_member_name (b, "counts");
  json_builder_begin_array (b);
  for (size_t c = 0; c < row->metrics.n_classes; c++)
    json_builder_add_int_value (b, (gint64) row->counts[c]);
  json_builder_end_array (b);
  for (int i = 0; i < DUB_N_METRICS; i++)
    cli_json_estimate (b, dub_metric_name ((DubMetric) i), &row->metrics.estimate[i]);
  if (row->recalibration != NULL) {
    json_builder_set_member_name (b, "recalibration");
    dub_recalibration_build_json (row->recalibration, b);
  }
  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (guint i = 0; i < row->warnings->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (row->warnings, i));
  json_builder_end_array (b);
  json_builder_end_object (b);
}

static const char *
kind_name (DubTemperatureKind kind)
{
  static const char *const names[] = { "found", "chance", "separable" };

  return names[kind];
}

static void
build_temperature (JsonBuilder          *b,
                   const DubEvaluateRow *row)
{
  json_builder_set_member_name (b, "temperature");
  json_builder_begin_object (b);
  cli_json_double (b, "value", row->temperature->temperature);
  cli_json_string (b, "kind", kind_name (row->temperature->kind));
  cli_json_string (b, "fitted_on", row->temperature->split);
  cli_json_int (b, "n", (gint64) row->temperature->n_cases);
  cli_json_double (b, "nll_before", row->temperature->nll_before);
  cli_json_double (b, "nll_after", row->temperature->nll_after);
  cli_json_string (b, "measured_on", dub_evaluate_split_name (row->split));
  json_builder_set_member_name (b, "splits");
  json_builder_begin_object (b);
  build_row (b, row);
  json_builder_end_object (b);
  json_builder_end_object (b);
}

static gboolean
same_answerer (const DubEvaluateRow *a,
               const DubEvaluateRow *b)
{
  return strcmp (a->family, b->family) == 0 && g_strcmp0 (a->model, b->model) == 0;
}

/* All rows of one answerer from @first on, as the members of an object. Returns the row after them. */
static guint
build_answerer (JsonBuilder         *b,
                const DubEvaluation *evaluation,
                guint                first)
{
  const DubEvaluateRow *head = g_ptr_array_index (evaluation->rows, first);
  const DubEvaluateRow *scaled = NULL;
  guint at;

  if (head->model != NULL) {
    cli_json_string (b, "id", head->model);
    cli_json_int (b, "fold", head->fold);
  } else {
    cli_json_int (b, "n_models", (gint64) head->n_models);
  }
  json_builder_set_member_name (b, "splits");
  json_builder_begin_object (b);
  for (at = first; at < evaluation->rows->len; at++) {
    const DubEvaluateRow *row = g_ptr_array_index (evaluation->rows, at);

    if (!same_answerer (head, row))
      break;
    if (row->temperature != NULL)
      scaled = row;
    else
      build_row (b, row);
  }
  json_builder_end_object (b);
  if (scaled != NULL)
    build_temperature (b, scaled);

  return at;
}

static guint
build_family (JsonBuilder         *b,
              const DubEvaluation *evaluation,
              guint                first)
{
  const DubEvaluateRow *head = g_ptr_array_index (evaluation->rows, first);
  guint at = first;

  json_builder_begin_object (b);
  cli_json_string (b, "name", head->family);
  json_builder_set_member_name (b, "models");
  json_builder_begin_array (b);
  while (((const DubEvaluateRow *) g_ptr_array_index (evaluation->rows, at))->model != NULL) {
    json_builder_begin_object (b);
    at = build_answerer (b, evaluation, at);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
  /* An ensemble always stands behind its models. */
  json_builder_set_member_name (b, "ensemble");
  json_builder_begin_object (b);
  at = build_answerer (b, evaluation, at);
  json_builder_end_object (b);
  json_builder_end_object (b);

  return at;
}

/* Each sentence once. */
static void
build_warnings (JsonBuilder         *b,
                const DubEvaluation *evaluation)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (guint i = 0; i < evaluation->rows->len; i++) {
    const DubEvaluateRow *row = g_ptr_array_index (evaluation->rows, i);

    for (guint w = 0; w < row->warnings->len; w++) {
      g_autofree char *sentence =
        g_strdup_printf ("%s: %s", dub_evaluate_split_name (row->split), (const char *) g_ptr_array_index (row->warnings, w));

      if (g_hash_table_contains (seen, sentence))
        continue;
      json_builder_add_string_value (b, sentence);
      g_hash_table_add (seen, g_steal_pointer (&sentence));
    }
  }
  json_builder_end_array (b);
}

static void
print_json (const DubStudy           *study,
            const DubEvaluation      *evaluation,
            const DubEvaluateOptions *options)
{
  const DubStudyData *data = study->data;
  const DubEvaluateRow *any = g_ptr_array_index (evaluation->rows, 0);
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "study", study->folder);
  cli_json_string (b, "title", study->title);
  cli_json_string (b, "data", data->path);
  cli_json_string (b, "data_hash", data->hash);
  cli_json_string (b, "split_hash", data->split_hash);
  json_builder_set_member_name (b, "classes");
  json_builder_begin_array (b);
  for (guint i = 0; i < study->classes->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (study->classes, i));
  json_builder_end_array (b);
  json_builder_set_member_name (b, "positive");
  if (any->metrics.positive >= 0)
    json_builder_add_string_value (b, g_ptr_array_index (study->classes, (guint) any->metrics.positive));
  else
    json_builder_add_null_value (b);
  cli_json_int (b, "bins", (gint64) any->metrics.n_bins);
  cli_json_string (b, "brier_form", any->metrics.brier_form);
  cli_json_double (b, "confidence", DUB_CONFIDENCE);
  cli_json_int (b, "resamples", (gint64) options->n_resamples);
  cli_json_int (b, "seed", (gint64) options->seed);
  json_builder_set_member_name (b, "families");
  json_builder_begin_array (b);
  for (guint at = 0; at < evaluation->rows->len;)
    at = build_family (b, evaluation, at);
  json_builder_end_array (b);
  build_warnings (b, evaluation);
  json_builder_end_object (b);
  cli_json_print (b);
}

/* --- the table --- */

static void
print_table (const DubStudy      *study,
             const DubEvaluation *evaluation)
{
  static const DubMetric shown[] = {
    DUB_METRIC_ACCURACY, DUB_METRIC_BALANCED_ACCURACY, DUB_METRIC_SENSITIVITY, DUB_METRIC_SPECIFICITY, DUB_METRIC_AUROC,
    DUB_METRIC_ECE, DUB_METRIC_NLL,
  };
  const DubEvaluateRow *any = g_ptr_array_index (evaluation->rows, 0);
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);

  if (any->metrics.positive >= 0)
    printf (_("Positive class: %s. Intervals cover 95 %% (ECE: about 90 %%).\n"),
            (const char *) g_ptr_array_index (study->classes, (guint) any->metrics.positive));
  printf ("%-22s %-12s %6s", "", "", "n");
  for (size_t i = 0; i < G_N_ELEMENTS (shown); i++)
    printf (" %-19s", dub_metric_name (shown[i]));
  putchar ('\n');
  for (guint i = 0; i < evaluation->rows->len; i++) {
    const DubEvaluateRow *row = g_ptr_array_index (evaluation->rows, i);
    g_autofree char *name = row->model != NULL ? g_strdup (row->model)
                                               : g_strdup_printf (_("%s, mean of %zu"), row->family, row->n_models);
    g_autofree char *part =
      row->temperature != NULL ? g_strdup_printf ("test, T=%.2f", row->temperature->temperature)
                               : g_strdup (dub_evaluate_split_name (row->split));

    printf ("%-22s %-12s %6zu", name, part, row->metrics.n_cases);
    for (size_t k = 0; k < G_N_ELEMENTS (shown); k++)
      cli_print_estimate (&row->metrics.estimate[shown[k]]);
    putchar ('\n');
    if (row->recalibration != NULL) {
      g_autofree char *words = dub_recalibration_summary (row->recalibration);
      g_autofree char *sentence = g_strdup_printf (_("%s: recalibrated, %s."), name, words);

      if (!g_ptr_array_find_with_equal_func (seen, sentence, g_str_equal, NULL))
        g_ptr_array_add (seen, g_steal_pointer (&sentence));
    }
    for (guint w = 0; w < row->warnings->len; w++) {
      g_autofree char *sentence = g_strdup_printf ("%s: %s", part, (const char *) g_ptr_array_index (row->warnings, w));

      if (!g_ptr_array_find_with_equal_func (seen, sentence, g_str_equal, NULL))
        g_ptr_array_add (seen, g_steal_pointer (&sentence));
    }
  }
  for (guint i = 0; i < seen->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (seen, i));
}

/* --- the options --- */

static gboolean
read_splits (const char  *text,
             guint       *splits,
             GError     **error)
{
  g_auto (GStrv) names = g_strsplit (text != NULL ? text : "all", ",", -1);

  *splits = 0;
  for (size_t i = 0; names[i] != NULL; i++) {
    int split;

    if (strcmp (names[i], "all") == 0) {
      *splits |= (1u << DUB_N_EVALUATE_SPLITS) - 1;
      continue;
    }
    for (split = 0; split < DUB_N_EVALUATE_SPLITS; split++)
      if (strcmp (names[i], dub_evaluate_split_name ((DubEvaluateSplit) split)) == 0)
        break;
    if (split == DUB_N_EVALUATE_SPLITS)
      return cli_usage_error (error, _("--split is “%s”, expected some of train,validation,calibration,test, or all."), text);
    *splits |= 1u << split;
  }

  return TRUE;
}

static gboolean
read_options (const Options       *options,
              DubEvaluateOptions  *evaluate,
              GError             **error)
{
  guint64 seed = 0;

  if (!read_splits (options->split, &evaluate->splits, error) ||
      !cli_read_seed ("--seed", options->seed, G_MAXINT64, &seed, error))
    return FALSE;
  if (options->bins < 1 || options->bins > 1000)
    return cli_usage_error (error, _("--bins is %d, expected 1 to 1000."), options->bins);
  if (!cli_check_resamples (options->resamples, error))
    return FALSE;
  if (options->temperature && (evaluate->splits & 1u << DUB_EVALUATE_TEST) == 0)
    return cli_usage_error (error, _("--temperature is measured on the test part, which --split leaves out."));
  evaluate->family = options->family;
  evaluate->temperature = options->temperature;
  evaluate->n_bins = (size_t) options->bins;
  evaluate->n_resamples = (size_t) options->resamples;
  evaluate->seed = seed;

  return TRUE;
}

gboolean
cmd_evaluate (const char *path,
              int         argc,
              char      **argv,
              GError    **error)
{
  g_auto (Options) options = { .bins = 15, .resamples = 9999 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "split", 0, 0, G_OPTION_ARG_STRING, &options.split, N_("Some of train,validation,calibration,test, or all (all)"), "PARTS" },
    { "family", 0, 0, G_OPTION_ARG_STRING, &options.family, N_("Only the networks of this name, such as ce-dca15"), "NAME" },
    { "temperature", 0, 0, G_OPTION_ARG_NONE, &options.temperature,
      N_("Also with a temperature that is fitted on the calibration part"), NULL },
    { "bins", 0, 0, G_OPTION_ARG_INT, &options.bins, N_("Bins of the calibration errors (15)"), "N" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &options.resamples, N_("Resamples of the bootstrap (9999)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed, N_("Seed of the bootstrap (0)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };
  DubEvaluateOptions evaluate = { 0 };

  if (!cli_parse (path, _("STUDY.dubito"), _("Measures the networks of a study, with intervals."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !read_options (&options, &evaluate, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Evaluating"), error);
  g_autoptr (DubStudy) study = cli != NULL ? dub_study_load (argv[1], error) : NULL;
  g_autoptr (DubEvaluation) evaluation =
    study != NULL ? dub_study_evaluate (study, &evaluate, cli_run_get (cli), error) : NULL;

  if (evaluation == NULL)
    return FALSE;
  if (options.json)
    print_json (study, evaluation, &evaluate);
  else
    print_table (study, evaluation);

  return TRUE;
}
