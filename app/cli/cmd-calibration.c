/* dubito-cli calibration: whether confidences, or the intervals of a regression, can be believed. */
#include "app/cli/cmd-calibration.h"

#include "app/cli/cli-calibration.h"
#include "app/cli/cli-failure.h"
#include "app/cli/cli-predictions.h"
#include "app/cli/cli-run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* An error of a bin with fewer cases is mostly chance. */
#define FEW_IN_BIN 10
#define FEW_CASES  30

/* That their number was not said. */
#define NO_BINS G_MININT

static const char DESCRIPTION[] = N_(
  "PRED and CAL are .npz files with probabilities or logits (N, C) and labels (N), as “dubito-cli export” writes them (of several\n"
  "networks the mean of their probabilities is taken); or tables with label and p_0, p_1 … or logit_0, logit_1 …; or tables with\n"
  "true_label, pred_label, confidence, where only the confidence of the answer is known. With truth, mean, sd (table or .npz) the\n"
  "intervals of a regression are measured instead. STUDY.dubito is measured on its test part, recalibrated on its calibration part.\n"
  "Bins are right-closed. A recalibration is fitted on CAL and shown before and after. CAL should be other cases than PRED: where\n"
  "both files share cases, or are one, it looks better than it is, and a warning says so.\n"
  "Without CAL the temperature alone is fitted, on the measured cases themselves, and that is said.");

/* --- warnings --- */

static void
warn_of_cases (const DubPredictionsFile *file,
               GPtrArray                *warnings)
{
  const DubPredictions *p = file->predictions;
  const char *name = file->name;
  size_t n_right = 0;
  gboolean one_label = p->labels != NULL;

  for (size_t i = 0; i < p->n_cases; i++) {
    n_right += p->correct[i] ? 1 : 0;
    one_label = one_label && p->labels[i] == p->labels[0];
  }
  if (p->n_cases < FEW_CASES) {
    g_autofree char *cases = cli_count_cases (p->n_cases);

    cli_warn (warnings, _("%s: only %s: look at the intervals before the values."), name, cases);
  }
  if (one_label) {
    g_autofree char *only = cli_predictions_class (file, (size_t) p->labels[0]);

    cli_warn (warnings, _("%s: every label is class %s: what is measured says nothing about the other classes."), name, only);
  } else if (n_right == p->n_cases)
    cli_warn (warnings, _("%s: every answer is right: calibration where answers are wrong cannot be seen."), name);
  else if (n_right == 0)
    cli_warn (warnings, _("%s: every answer is wrong: look whether labels and classes are in the same order."), name);
}

static void
warn_of_measures (const CliCalibration *measured,
                  GPtrArray            *warnings)
{
  const DubCalibration *c = &measured->measured;

  if (c->worst_count > 0 && c->worst_count < FEW_IN_BIN && c->n_cases > c->worst_count) {
    g_autofree char *cases = cli_count_cases (c->worst_count);

    cli_warn (warnings, _("The maximum calibration error is that of a bin with %s, and mostly chance."), cases);
  }
  if (c->n_clipped > 0) {
    g_autofree char *cases = cli_count_cases (c->n_clipped);

    cli_warn (warnings, _("%s gave what happened a probability of 0, which was taken as 1e-15 in the likelihood."), cases);
  }
}

/* What a person who looks at @after only would miss. */
static void
warn_of_harm (const DubPredictions *predictions,
              const DubPredictions *mended,
              const CliCalibration *before,
              const CliCalibration *after,
              GPtrArray            *warnings)
{
  double first = before->measured.estimate[DUB_CALIBRATION_ECE].value, then = after->measured.estimate[DUB_CALIBRATION_ECE].value;
  size_t n_changed = 0;

  const DubEstimate *change = &after->change[DUB_CALIBRATION_ECE];

  if (then > first && after->has_change && change->low > 0.0)
    cli_warn (warnings, _("It makes the expected calibration error on these cases worse: %.4f before, %.4f after, and the interval of "
                          "the change lies above 0."), first, then);
  else if (then > first)
    cli_warn (warnings, _("It makes the expected calibration error on these cases worse: %.4f before, %.4f after, which may be chance."),
              first, then);
  for (size_t i = 0; predictions->answers != NULL && mended->answers != NULL && i < predictions->n_cases; i++)
    n_changed += predictions->answers[i] != mended->answers[i] ? 1 : 0;
  if (n_changed > 0) {
    g_autofree char *cases = cli_count_cases (n_changed);

    cli_warn (warnings, _("It changes the answers of %s, not only their confidence."), cases);
  }
}

/* --- telling --- */

typedef struct {
  const CliCalibrationOptions *options;
  const DubPredictionsFile    *file, *fit;
  int                          class_index; /* -1 = the answers */
  const DubRecalibration      *temperature; /* (nullable) */
  const CliCalibration        *before;
  const CliCalibration        *after;       /* (nullable) */
  const GPtrArray             *warnings;
} Told;

static void
build_after (JsonBuilder *b,
             const Told  *told)
{
  json_builder_set_member_name (b, "after");
  if (told->after == NULL) {
    json_builder_add_null_value (b);
    return;
  }

  g_autofree char *text = dub_recalibration_to_json (told->after->recalibration);
  JsonNode *node = json_from_string (text, NULL);

  json_builder_begin_object (b);
  json_builder_set_member_name (b, "recalibration");
  if (node != NULL)
    json_builder_add_value (b, node);
  else
    json_builder_add_null_value (b);
  cli_calibration_build (b, told->after);
  json_builder_end_object (b);
}

static void
print_json (const Told *told)
{
  const DubPredictionsFile *file = told->file;
  size_t n_classes = file->predictions->n_classes;
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "file", file->name);
  cli_json_string (b, "fit", told->fit != NULL ? told->fit->name : NULL);
  cli_json_int (b, "n", (gint64) file->predictions->n_cases);
  cli_json_int (b, "n_fit", told->fit != NULL ? (gint64) told->fit->predictions->n_cases : 0);
  cli_json_int (b, "n_models", (gint64) file->n_models);
  cli_json_int (b, "n_classes", (gint64) n_classes);
  json_builder_set_member_name (b, "classes");
  json_builder_begin_array (b);
  for (size_t c = 0; c < n_classes; c++) {
    g_autofree char *name = cli_predictions_class (file, c);

    json_builder_add_string_value (b, name);
  }
  json_builder_end_array (b);
  if (told->class_index >= 0) {
    g_autofree char *name = cli_predictions_class (file, (size_t) told->class_index);

    cli_json_string (b, "class", name);
  } else {
    cli_json_string (b, "class", NULL);
  }
  cli_json_int (b, "n_bins", told->options->bins);
  cli_json_string (b, "binning", told->options->equal == DUB_BINS_EQUAL_MASS ? "mass" : "width");
  cli_json_double (b, "confidence", DUB_CONFIDENCE);
  cli_json_int (b, "resamples", told->options->resamples);
  cli_json_int (b, "seed", (gint64) told->options->seed);
  cli_calibration_build (b, told->before);
  cli_calibration_build_temperature (b, told->temperature);
  if (told->options->recalibrate != NULL)
    build_after (b, told);
  cli_calibration_build_warnings (b, told->warnings);
  json_builder_end_object (b);
  cli_json_print (b);
}

static void
print_text (const Told *told)
{
  const DubPredictionsFile *file = told->file;
  size_t n_classes = file->predictions->n_classes;
  g_autofree char *cases = cli_count_cases (file->predictions->n_cases);
  const char *bins = told->options->equal == DUB_BINS_EQUAL_MASS ? _("bins of equal mass") : _("bins of equal width");

  printf ("%s: %s", file->name, cases);
  if (n_classes > 0)
    printf (_(", %zu classes"), n_classes);
  if (file->n_models > 1)
    printf (_(", mean of %zu networks"), file->n_models);
  if (told->class_index >= 0) {
    g_autofree char *name = cli_predictions_class (file, (size_t) told->class_index);

    printf (_(", class %s against the rest"), name);
  }
  printf ("; %d %s\n\n", told->options->bins, bins);
  cli_calibration_print (told->before, told->after);
  putchar ('\n');
  if (told->temperature != NULL) {
    g_autofree char *words = dub_recalibration_describe (told->temperature);
    size_t n = dub_recalibration_get_n_cases (told->temperature);

    printf (g_dngettext (NULL, "Temperature of %s: %s, fitted on %zu %s case\n", "Temperature of %s: %s, fitted on %zu %s cases\n", n),
            n_classes == 0 ? _("the confidence's log-odds") : _("the logits"), words, n,
            dub_recalibration_get_split (told->temperature));
  }
  if (told->after != NULL && dub_recalibration_get_method (told->after->recalibration) != DUB_RECALIBRATE_TEMPERATURE) {
    g_autofree char *words = dub_recalibration_describe (told->after->recalibration);

    printf ("%s: %s\n", dub_recalibrate_title (dub_recalibration_get_method (told->after->recalibration)), words);
  }
  for (guint i = 0; i < told->warnings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (told->warnings, i));
}

/* --- measuring --- */

/* A fit that cannot be made leaves the measures, which need none: @needed says whether that is an error. */
static gboolean
fit_map (DubRecalibrate         method,
         const DubPredictions  *cases,
         const char            *split,
         gboolean               needed,
         GPtrArray             *warnings,
         DubRun                *run,
         DubRecalibration     **map,
         GError               **error)
{
  g_autoptr (GError) failed = NULL;

  *map = dub_recalibration_fit (method, cases, split, run, &failed);
  if (*map != NULL) {
    cli_calibration_warn_all (warnings, dub_recalibration_warnings (*map), dub_recalibrate_title (method));
    return TRUE;
  }
  if (needed || g_error_matches (failed, DUB_ERROR, DUB_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&failed));
    return FALSE;
  }
  cli_warn (warnings, _("No temperature: %s"), failed->message);

  return TRUE;
}

/* Of @before and @after, or of one class of them. */
static gboolean
add_change (CliCalibration               *measured,
            const DubPredictions         *before,
            const DubPredictions         *after,
            int                           class_index,
            const CliCalibrationOptions  *options,
            DubRun                       *run,
            GError                      **error)
{
  size_t c = (size_t) MAX (class_index, 0);
  g_autoptr (DubPredictions) first = class_index >= 0 ? dub_predictions_of_class (before, c) : NULL;
  g_autoptr (DubPredictions) then = class_index >= 0 ? dub_predictions_of_class (after, c) : NULL;

  return cli_calibration_add_change (measured, first != NULL ? first : before, then != NULL ? then : after, options, run, error);
}

static CliCalibration *
measure_one (const DubPredictions         *predictions,
             DubRecalibration             *recalibration,
             int                           class_index,
             const CliCalibrationOptions  *options,
             DubRun                       *run,
             GError                      **error)
{
  g_autoptr (DubPredictions) one = class_index >= 0 ? dub_predictions_of_class (predictions, (size_t) class_index) : NULL;

  return cli_calibration_new (one != NULL ? one : predictions, recalibration, options, run, error);
}

static gboolean
measure (const CliCalibrationOptions  *options,
         const CliPredictions         *sources,
         GPtrArray                    *warnings,
         DubRun                       *run,
         GError                      **error)
{
  const DubPredictions *predictions = sources->file->predictions;
  const DubPredictions *cases = sources->fit != NULL ? sources->fit->predictions : predictions;
  const char *split = sources->fit != NULL ? "calibration" : "measured";
  g_autoptr (DubRecalibration) temperature = NULL, other = NULL;
  g_autoptr (DubPredictions) mended = NULL;
  g_autoptr (CliCalibration) before = NULL, after = NULL;
  DubRecalibrate method = DUB_RECALIBRATE_TEMPERATURE;
  int class_index;

  if (options->recalibrate != NULL && !dub_recalibrate_from_id (options->recalibrate, &method))
    return cli_usage_error (error, _("--recalibrate is “%s”, which is for regression; expected temperature, vector, platt, isotonic "
                                     "or beta for %s."), options->recalibrate, cli_predictions_kind (sources->file));
  if (options->recalibrate != NULL && sources->fit == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 _("%s has no labelled calibration part to fit on; export its parts and give one of your own with --fit."),
                 sources->file->name);
    return FALSE;
  }
  if (!cli_predictions_find_class (sources->file->name, (const char *const *) sources->file->classes, predictions->n_classes,
                                   options->class_name, &class_index, error))
    return FALSE;

  dub_run_set_span (run, 0.0, options->recalibrate != NULL ? 0.4 : 1.0);
  before = measure_one (predictions, NULL, class_index, options, run, error);
  if (before == NULL)
    return FALSE;
  warn_of_cases (sources->file, warnings);
  warn_of_measures (before, warnings);
  if (sources->fit != NULL)
    warn_of_cases (sources->fit, warnings);
  else
    cli_warn (warnings, _("The temperature is fitted on the cases that it is shown with: give others with --fit before you "
                                      "use it."));
  if (!fit_map (DUB_RECALIBRATE_TEMPERATURE, cases, split,
                options->recalibrate != NULL && method == DUB_RECALIBRATE_TEMPERATURE, warnings, run, &temperature, error))
    return FALSE;

  if (options->recalibrate != NULL) {
    DubRecalibration *map = temperature;

    if (method != DUB_RECALIBRATE_TEMPERATURE) {
      if (!fit_map (method, cases, split, TRUE, warnings, run, &other, error))
        return FALSE;
      map = other;
    }
    if (dub_recalibration_is_usable (map)) {
      dub_run_set_span (run, 0.4, 0.8);
      mended = dub_recalibration_apply (map, predictions, error);
      after = mended != NULL ? measure_one (mended, map, class_index, options, run, error) : NULL;
      dub_run_set_span (run, 0.8, 1.0);
      if (after == NULL || !add_change (after, predictions, mended, class_index, options, run, error))
        return FALSE;
      warn_of_harm (predictions, mended, before, after, warnings);
    } else {
      cli_warn (warnings, _("%s was not applied: its best map makes every answer certain."), dub_recalibrate_title (method));
    }
  }

  const Told told = { options, sources->file, sources->fit, class_index, temperature, before, after, warnings };

  if (options->json)
    print_json (&told);
  else
    print_text (&told);

  return TRUE;
}

/* --- the command --- */

static gboolean
read_options (CliCalibrationOptions  *options,
              const char             *path,
              GError                **error)
{
  static const char *const methods[] = { "temperature", "vector", "platt", "isotonic", "beta", "variance", NULL };
  static const char *const binnings[] = { "width", "mass", NULL };
  gboolean study = g_file_test (path, G_FILE_TEST_IS_DIR);
  int choice = 0;

  if (options->recalibrate != NULL && !cli_choose ("--recalibrate", options->recalibrate, methods, &choice, error))
    return FALSE;
  choice = 0;
  if (options->binning != NULL && !cli_choose ("--binning", options->binning, binnings, &choice, error))
    return FALSE;
  options->equal = choice == 1 ? DUB_BINS_EQUAL_MASS : DUB_BINS_EQUAL_WIDTH;
  options->asks_bins = options->bins != NO_BINS || options->binning != NULL;
  if (options->bins == NO_BINS)
    options->bins = DUB_RELIABILITY_BINS;
  if (options->bins < 1 || options->bins > 1000)
    return cli_usage_error (error, _("--bins is %d, expected 1 to 1000."), options->bins);
  if (!isnan (options->level) && !(options->level > 0.0 && options->level < 1.0))
    return cli_usage_error (error, _("--level is %g, expected a number above 0 and below 1."), options->level);
  if (!cli_calibration_read_measures (options, error) || !cli_check_resamples (options->resamples, error) ||
      !cli_read_seed ("--seed", options->seed_text, G_MAXINT64, &options->seed, error))
    return FALSE;
  if (study && options->fit != NULL)
    return cli_usage_error (error, _("--fit is for files: a study is recalibrated on its own calibration part."));
  if (!study && (options->family != NULL || options->model != NULL))
    return cli_usage_error (error, _("--family and --model are for studies; %s is none."), path);
  if (!study && options->recalibrate != NULL && options->fit == NULL)
    return cli_usage_error (error, _("--recalibrate needs --fit CAL: fitted on the cases that it is measured on, a recalibration looks "
                                     "better than it is."));

  return TRUE;
}

gboolean
cmd_calibration (const char *path,
                 int         argc,
                 char      **argv,
                 GError    **error)
{
  g_auto (CliCalibrationOptions) options = { .bins = NO_BINS, .resamples = 9999, .level = (double) NAN };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "bins", 0, 0, G_OPTION_ARG_INT, &options.bins, N_("Bins (15)"), "N" },
    { "binning", 0, 0, G_OPTION_ARG_STRING, &options.binning,
      N_("width or mass: bins as wide or as full as each other (width); ECE is always of equal width, the adaptive one of equal mass"),
      "KIND" },
    { "recalibrate", 0, 0, G_OPTION_ARG_STRING, &options.recalibrate,
      N_("temperature, vector, platt, isotonic or beta; of regression variance or isotonic: also measure what it makes of PRED"),
      "METHOD" },
    { "fit", 0, 0, G_OPTION_ARG_FILENAME, &options.fit, N_("Other cases, on which it is fitted"), "CAL" },
    { "measures", 0, 0, G_OPTION_ARG_STRING, &options.measures_text,
      N_("Only these, which is faster: names as in the JSON document (all)"), "A,B,…" },
    { "class", 0, 0, G_OPTION_ARG_STRING, &options.class_name, N_("Look at the probability of one class, by name or index"), "C" },
    { "level", 0, 0, G_OPTION_ARG_DOUBLE, &options.level, N_("Regression: the level of the interval (0.95)"), "P" },
    { "family", 0, 0, G_OPTION_ARG_STRING, &options.family, N_("Study: the networks of this name, where there are several"), "NAME" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, N_("Study: one network alone, by its id (the mean of the family)"), "ID" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.figure.outs,
      N_("Regression: also draw its curve (of answers “dubito-cli figure reliability” does); may be repeated"), "FIG" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &options.resamples, N_("Resamples of the bootstrap (9999)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed_text, N_("Seed of the bootstrap (0)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };
  const char *inputs[] = { NULL, NULL };
  g_auto (CliPredictions) sources = { 0 };
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  if (!cli_parse (path, _("PRED"), _("Measures how far confidences can be believed, with intervals."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !read_options (&options, argv[1], error))
    return FALSE;
  inputs[0] = argv[1];
  inputs[1] = options.fit;
  dub_export_options_init (&options.figure.export);
  options.figure.export.width_mm = DUB_EXPORT_ONE_COLUMN_MM;
  if (options.figure.outs != NULL && !cli_figure_check (&options.figure, inputs, G_N_ELEMENTS (inputs), error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Measuring"), error);

  if (cli == NULL ||
      !cli_predictions_load (&sources, argv[1], options.fit, options.family, options.model, warnings, cli_run_get (cli), error))
    return FALSE;
  if (sources.file->regression != NULL)
    return cmd_calibration_regression (&options, sources.file, sources.fit, warnings, cli_run_get (cli), error);
  if (options.figure.outs != NULL)
    return cli_usage_error (error, _("-o draws the curve of a regression; for %s use “dubito-cli figure reliability”."), argv[1]);
  if (!isnan (options.level))
    return cli_usage_error (error, _("--level is for regression; %s has %s."), argv[1], cli_predictions_kind (sources.file));

  return measure (&options, &sources, warnings, cli_run_get (cli), error);
}
