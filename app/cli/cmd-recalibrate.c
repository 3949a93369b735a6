/* dubito-cli recalibrate: makes the confidences of a family as right as they say, as a step that its study keeps. */
#include "app/cli/cmd-recalibrate.h"

#include "app/cli/cli-estimate.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/study/evaluate.h"
#include "core/study/recalibrate.h"

#include <stdio.h>
#include <string.h>

static const char DESCRIPTION[] = N_(
  "The map is fitted on the calibration part, of the mean of the family's networks, and measured on the test part: before and\n"
  "after, and the change on the same cases. Then it is recorded in the study, and from then on evaluate, uq, score, export and\n"
  "the window read the family's answers through it. Single networks stay as they are. --method none takes the step back; with\n"
  "--dry-run nothing is recorded. temperature never changes an answer; vector, platt, isotonic and beta may.");

static const DubCalibrationMeasure MEASURES[] = {
  DUB_CALIBRATION_ACCURACY, DUB_CALIBRATION_ECE, DUB_CALIBRATION_MCE, DUB_CALIBRATION_CLASSWISE_ECE, DUB_CALIBRATION_NLL,
  DUB_CALIBRATION_BRIER,
};

typedef struct {
  char    *method;
  char    *family;
  char    *seed;
  int      bins;
  int      resamples;
  gboolean dry_run;
  gboolean json;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->method);
  g_free (self->family);
  g_free (self->seed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What was done, for either way of telling it. */
typedef struct {
  const DubStudy        *study;
  const char            *family;
  const char            *method;
  const DubRecalibrated *done;     /* (nullable): NULL where a step was taken back */
  gboolean               recorded;
} Told;

/* --- the document --- */

static void
build_measures (JsonBuilder       *b,
                const char        *name,
                const DubEstimate *estimates)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  for (size_t k = 0; k < G_N_ELEMENTS (MEASURES); k++)
    cli_json_estimate (b, dub_calibration_measure_id (MEASURES[k]), &estimates[MEASURES[k]]);
  json_builder_end_object (b);
}

static void
print_json (const Told *told)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  const DubRecalibrated *done = told->done;

  json_builder_begin_object (b);
  cli_json_string (b, "study", told->study->folder);
  cli_json_string (b, "family", told->family);
  cli_json_string (b, "method", told->method);
  cli_json_boolean (b, "recorded", told->recorded);
  json_builder_set_member_name (b, "recalibration");
  if (done != NULL)
    dub_recalibration_build_json (done->recalibration, b);
  else
    json_builder_add_null_value (b);
  if (done != NULL && done->n_test > 0) {
    json_builder_set_member_name (b, "test");
    json_builder_begin_object (b);
    cli_json_int (b, "n", (gint64) done->n_test);
    cli_json_int (b, "bins", (gint64) done->before.n_bins);
    cli_json_int (b, "other_answers", (gint64) done->n_changed);
    build_measures (b, "before", done->before.estimate);
    build_measures (b, "after", done->after.estimate);
    build_measures (b, "change", done->change);
    json_builder_end_object (b);
  }
  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (guint i = 0; done != NULL && i < done->warnings->len; i++)
    json_builder_add_string_value (b, g_ptr_array_index (done->warnings, i));
  json_builder_end_array (b);
  json_builder_end_object (b);
  cli_json_print (b);
}

/* --- on a terminal --- */

static void
print_row (const char        *name,
           const DubEstimate *estimates)
{
  printf ("%-8s", name);
  for (size_t k = 0; k < G_N_ELEMENTS (MEASURES); k++)
    cli_print_estimate (&estimates[MEASURES[k]]);
  putchar ('\n');
}

static void
print_text (const Told *told)
{
  const DubRecalibrated *done = told->done;

  if (done == NULL) {
    printf (_("%s: the answers are as the networks give them.\n"), told->family);
    return;
  }

  g_autofree char *words = dub_recalibration_summary (done->recalibration);

  printf (_("%s: %s, from %zu calibration cases.\n"), told->family, words, dub_recalibration_get_n_cases (done->recalibration));
  if (done->n_test > 0) {
    printf ("%-8s", "");
    for (size_t k = 0; k < G_N_ELEMENTS (MEASURES); k++)
      printf (" %-19s", dub_calibration_measure_id (MEASURES[k]));
    putchar ('\n');
    print_row (_("before"), done->before.estimate);
    print_row (_("after"), done->after.estimate);
    print_row (_("change"), done->change);
  }
  for (guint i = 0; i < done->warnings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (done->warnings, i));
  printf ("%s\n", told->recorded ? _("Recorded in the study.") : _("Not recorded."));
}

/* --- the work --- */

/* The one that is asked for, or the only one. */
static char *
choose_family (const DubStudy  *study,
               const char      *wanted,
               GError         **error)
{
  g_autoptr (GPtrArray) families = dub_study_families (study);
  g_autoptr (GString) list = g_string_new (NULL);

  if (wanted == NULL && families->len == 1)
    return g_strdup (g_ptr_array_index (families, 0));
  if (wanted != NULL && g_ptr_array_find_with_equal_func (families, wanted, g_str_equal, NULL))
    return g_strdup (wanted);
  for (guint i = 0; i < families->len; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (families, i));
  if (families->len == 0)
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study %s has no networks yet; train some, or import them."),
                 study->title);
  else if (wanted == NULL)
    cli_usage_error (error, _("--family is missing, as the study has several: %s."), list->str);
  else
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("The study %s has no networks called %s; it has %s."), study->title,
                 wanted, list->str);

  return NULL;
}

/* What has no classes of whole cases has no confidences to set right. */
static gboolean
check_task (const DubStudy  *study,
            GError         **error)
{
  if (study->data != NULL && (study->data->task == DUB_TASK_BINARY || study->data->task == DUB_TASK_MULTICLASS))
    return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
               _("The study %s was not made from a data set whose cases have classes; there are no confidences to recalibrate."),
               study->title);

  return FALSE;
}

/* A map is fitted on labelled calibration cases: without one, what can be done instead is said. */
static gboolean
check_calibration_part (const DubStudy    *study,
                        const DubOutputs  *outputs,
                        GError           **error)
{
  for (size_t i = 0; i < outputs->n_cases; i++)
    if (outputs->part[i] == DUB_PART_CALIBRATION && outputs->labels[i] >= 0)
      return TRUE;
  g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
               _("The study %s has no labelled cases in its calibration part, on which a map is fitted; train or import it with such "
                 "a part, or fit on a file of other cases: dubito-cli calibration PRED --recalibrate METHOD --fit CAL."), study->title);

  return FALSE;
}

static gboolean
recalibrate (DubStudy                     *study,
             const Options                *options,
             const DubRecalibrate         *method, /* (nullable) */
             const DubCalibrationOptions  *measuring,
             DubRun                       *run,
             GError                      **error)
{
  g_autofree char *family = check_task (study, error) ? choose_family (study, options->family, error) : NULL;
  g_autoptr (DubRecalibrated) done = NULL;
  Told told = { .study = study, .family = family, .method = options->method, .recorded = !options->dry_run };

  if (family == NULL)
    return FALSE;
  if (method != NULL) {
    g_auto (GStrv) models = dub_study_family_models (study, family);
    g_autoptr (DubOutputs) outputs = dub_outputs_load (study, (const char *const *) models, run, error);

    if (outputs == NULL || !check_calibration_part (study, outputs, error))
      return FALSE;
    done = dub_study_recalibrate (study, outputs, family, *method, measuring, run, error);
    if (done == NULL)
      return FALSE;
    told.done = done;
  }
  if (!options->dry_run) {
    dub_study_set_recalibration (study, family, done != NULL ? done->recalibration : NULL);
    if (!dub_study_save (study, study->folder, error))
      return FALSE;
  }
  if (options->json)
    print_json (&told);
  else
    print_text (&told);

  return TRUE;
}

/* @method: (out): unset for "none" */
static gboolean
read_options (const Options          *options,
              DubRecalibrate         *method,
              DubCalibrationOptions  *measuring,
              GError                **error)
{
  guint64 seed = 0;

  if (options->method == NULL)
    return cli_usage_error (error, _("--method is missing; expected temperature, vector, platt, isotonic, beta or none."));
  if (strcmp (options->method, "none") != 0 && !dub_recalibrate_from_id (options->method, method))
    return cli_usage_error (error, _("--method is “%s”, expected temperature, vector, platt, isotonic, beta or none."), options->method);
  if (options->bins < 1 || options->bins > 1000)
    return cli_usage_error (error, _("--bins is %d, expected 1 to 1000."), options->bins);
  if (!cli_check_resamples (options->resamples, error) || !cli_read_seed ("--seed", options->seed, G_MAXINT64, &seed, error))
    return FALSE;
  for (size_t k = 0; k < G_N_ELEMENTS (MEASURES); k++)
    measuring->measures |= 1u << MEASURES[k];
  measuring->n_bins = (size_t) options->bins;
  measuring->n_resamples = (guint) options->resamples;
  measuring->seed = seed;

  return TRUE;
}

gboolean
cmd_recalibrate (const char *path,
                 int         argc,
                 char      **argv,
                 GError    **error)
{
  g_auto (Options) options = { .bins = 15, .resamples = 9999 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "method", 'm', 0, G_OPTION_ARG_STRING, &options.method, N_("temperature, vector, platt, isotonic, beta or none"), "METHOD" },
    { "family", 0, 0, G_OPTION_ARG_STRING, &options.family, N_("The networks of this name, where there are several"), "NAME" },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run, N_("Fit and measure, and record nothing"), NULL },
    { "bins", 0, 0, G_OPTION_ARG_INT, &options.bins, N_("Bins of the calibration errors (15)"), "N" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &options.resamples, N_("Resamples of the bootstrap (9999)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed, N_("Seed of the bootstrap (0)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };
  DubCalibrationOptions measuring = { 0 };
  DubRecalibrate method;

  if (!cli_parse (path, _("STUDY.dubito"), _("Recalibrates the answers of a study's networks, and records that."), _(DESCRIPTION),
                  groups, G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !read_options (&options, &method, &measuring, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Recalibrating"), error);
  g_autoptr (DubStudy) study = cli != NULL ? dub_study_load (argv[1], error) : NULL;

  return study != NULL && recalibrate (study, &options, strcmp (options.method, "none") != 0 ? &method : NULL, &measuring,
                                       cli_run_get (cli), error);
}
