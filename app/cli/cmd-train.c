/* dubito-cli train: networks by cross-validation, into a study. */
#include "app/cli/cmd-train.h"

#include "app/cli/cli-epoch.h"
#include "app/cli/cli-json.h"
#include "app/cli/cli-train.h"
#include "core/train/run-folder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>

static const char DESCRIPTION[] = N_(
  "Makes the study where there is none (DATA is split into train, calibration and test, with folds inside train), or adds\n"
  "networks to it, and trains one network a fold: the best epoch is chosen on the fold, never on calibration or test.\n"
  "The same seed gives the same bytes for any number of threads. A run that was stopped or killed goes on with --resume\n"
  "and ends with the bytes of one that was not; with --resume and without --arch all that is unfinished goes on.");

/* --- the answer --- */

static const char *
state_name (DubRunState state)
{
  switch (state) {
  case DUB_RUN_STATE_NEW:
    return "new";
  case DUB_RUN_STATE_RUNNING:
    return "running";
  case DUB_RUN_STATE_STOPPED:
    return "stopped";
  case DUB_RUN_STATE_DONE:
    return "done";
  case DUB_RUN_STATE_FAILED:
    return "failed";
  }

  return "new";
}

static void
build_run (JsonBuilder         *b,
           const DubRunSummary *run)
{
  const DubEpoch *best = run->best >= 0 ? &g_array_index (run->epochs, DubEpoch, run->best) : NULL;
  const DubEpoch *last = run->epochs->len > 0 ? &g_array_index (run->epochs, DubEpoch, run->epochs->len - 1) : NULL;

  json_builder_begin_object (b);
  cli_json_string (b, "id", run->id);
  cli_json_string (b, "family", run->family);
  cli_json_string (b, "loss", run->loss_name);
  cli_json_int (b, "fold", run->fold);
  cli_json_string (b, "architecture", run->arch);
  cli_json_int (b, "parameters", (gint64) run->n_parameters);
  cli_json_string (b, "state", state_name (run->state));
  cli_json_int (b, "epochs", run->epochs->len);
  cli_json_double (b, "seconds", last != NULL ? last->seconds : (double) NAN);
  json_builder_set_member_name (b, "best");
  if (best == NULL) {
    json_builder_add_null_value (b);
  } else {
    json_builder_begin_object (b);
    cli_json_int (b, "epoch", best->epoch);
    cli_json_double (b, "validation_loss", best->validation_loss);
    cli_json_double (b, "validation_accuracy", best->validation_accuracy);
    cli_json_double (b, "validation_ece", best->validation_ece);
    cli_json_double (b, "validation_auroc", best->validation_auroc);
    cli_json_int (b, "n", best->n_validation);
    cli_json_int (b, "correct", best->n_validation_correct);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
}

static void
print_run (const DubRunSummary *run)
{
  const DubEpoch *best = run->best >= 0 ? &g_array_index (run->epochs, DubEpoch, run->best) : NULL;

  if (best == NULL)
    printf (_("%s: no epoch yet.\n"), run->id);
  else
    printf (_("%s: %s, best epoch %u of %u: validation accuracy %.3f (%u/%u), AUROC %.3f, loss %.4f, ECE %.3f.\n"), run->id,
            run->arch, best->epoch, run->epochs->len, best->validation_accuracy, best->n_validation_correct,
            best->n_validation, best->validation_auroc, best->validation_loss, best->validation_ece);
}

static gboolean
print_result (const char       *folder,
              const GPtrArray  *ids,
              double            seconds,
              gboolean          json,
              GError          **error)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  cli_json_string (b, "study", folder);
  cli_json_double (b, "seconds", seconds);
  json_builder_set_member_name (b, "runs");
  json_builder_begin_array (b);
  for (guint i = 0; i < ids->len; i++) {
    g_autofree char *run_folder = g_build_filename (folder, "models", g_ptr_array_index (ids, i), NULL);
    g_autoptr (DubRunSummary) run = dub_run_summary_load (run_folder, error);

    if (run == NULL)
      return FALSE;
    if (json)
      build_run (b, run);
    else
      print_run (run);
  }
  json_builder_end_array (b);
  json_builder_end_object (b);
  if (json)
    cli_json_print (b);
  else
    printf (g_dngettext (NULL, "%s: %u network in %.0f s.\n", "%s: %u networks in %.0f s.\n", ids->len), folder, ids->len, seconds);

  return TRUE;
}

/* --- the work --- */

static gboolean
study_exists (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "study.json", NULL);

  return g_file_test (file, G_FILE_TEST_EXISTS);
}

static DubStudy *
open_study (const CliTrainOptions  *options,
            const char             *out,
            DubRun                 *run,
            GError                **error)
{
  DubStudyDataOptions data = {
    .path = options->data, .patients = options->patients, .skip_bad = options->skip_bad, .positive = options->positive,
  };

  if (!cli_train_split (options, &data.split, error))
    return NULL;
  if (!study_exists (out))
    return dub_study_from_data (out, &data, run, error);

  g_autoptr (DubStudy) study = dub_study_load (out, error);

  /* A seed alone is of the new networks: the split of the study stays. */
  if (study != NULL && study->data != NULL && options->split_seed == NULL)
    data.split.seed = study->data->split->options.seed;
  if (study == NULL ||
      !dub_study_data_agrees (study, options->data, cli_train_has_split (options) ? &data.split : NULL, run, error))
    return NULL;

  return g_steal_pointer (&study);
}

/* A study that was made a moment ago, and that nothing came of. */
static void
remove_study (const char *folder)
{
  g_autofree char *models = g_build_filename (folder, "models", NULL), *study = g_build_filename (folder, "study.json", NULL);
  g_autofree char *cases = g_build_filename (folder, "cases.csv", NULL);

  /* Runs that were begun are worth more than a tidy folder. */
  g_rmdir (models);
  if (g_file_test (models, G_FILE_TEST_EXISTS))
    return;
  g_remove (study);
  g_remove (cases);
  g_rmdir (folder);
}

static gboolean
work (const CliTrainOptions       *options,
      const char                  *out,
      const char                  *name,
      gboolean                     resume,
      const DubStudyTrainOptions  *train,
      DubRun                      *run,
      GError                     **error)
{
  gboolean is_new = !study_exists (out);
  g_autoptr (DubStudy) study = open_study (options, out, run, error);

  if (study == NULL)
    return FALSE;
  if (options->arch == NULL)
    return dub_study_resume (study, train, run, error);

  g_autoptr (DubRecipe) recipe = cli_train_recipe (options, study->data->dataset, error);
  g_autofree char *begun = NULL;
  DubPrepare prepare;

  if (recipe != NULL && cli_train_prepare (options, study, &prepare, run, error))
    begun = dub_study_begin (study, recipe, &prepare, name, resume, run, error);
  if (begun == NULL) {
    if (is_new)
      remove_study (out);
    return FALSE;
  }

  g_autoptr (DubRecipe) plain = cli_train_plain (options, recipe);
  g_autofree char *plain_family = NULL;

  if (plain == NULL)
    return dub_study_train (study, recipe, &prepare, begun, TRUE, train, run, error);

  /* Both are written down before either is trained: whatever stops the first, --resume alone goes on with the second, too. */
  plain_family = dub_study_begin (study, plain, &prepare, NULL, resume, run, error);
  if (plain_family == NULL)
    return FALSE;
  dub_run_set_span (run, 0.0, 0.5);
  if (!dub_study_train (study, recipe, &prepare, begun, TRUE, train, run, error))
    return FALSE;
  dub_run_set_span (run, 0.5, 1.0);

  return dub_study_train (study, plain, &prepare, plain_family, TRUE, train, run, error);
}

static gboolean
check_options (const CliTrainOptions  *options,
               const char             *out,
               const char             *name,
               gboolean                resume,
               GError                **error)
{
  const char *given = cli_train_recipe_given (options);
  g_autoptr (GError) inner = NULL;

  if (out == NULL)
    return cli_usage_error (error, _("--out is missing: the folder of the study, such as NAME.dubito."));
  if (name != NULL && !dub_study_check_name (name, &inner))
    return cli_usage_error (error, "%s", inner->message);
  if (options->arch == NULL && !resume)
    return cli_usage_error (error, _("--arch is missing: resnet18, cnn3d, cnn2d, mlp or onnx:MODEL@NODE."));
  if (options->arch == NULL && given != NULL)
    return cli_usage_error (error, _("%s is given without --arch: --resume alone goes on with the recipes that runs began with."),
                            given);
  if (!study_exists (out) && options->data == NULL)
    return cli_usage_error (error, _("--data is missing, as there is no study in “%s” yet."), out);
  if (!study_exists (out) && options->arch == NULL)
    return cli_usage_error (error, _("There is no study in “%s” to resume."), out);

  return TRUE;
}

gboolean
cmd_train (const char *path,
           int         argc,
           char      **argv,
           GError    **error)
{
  g_auto (CliTrainOptions) options;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree char *out = NULL;
  g_autofree char *name = NULL;
  gboolean resume = FALSE, json = FALSE;

  cli_train_options_init (&options);

  g_autofree GOptionEntry *data_entries = cli_train_data_entries (&options);
  g_autofree GOptionEntry *recipe_entries = cli_train_recipe_entries (&options);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, N_("The study: a folder that is made, or added to"), "STUDY.dubito" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_("Name of the networks (from the loss: ce, ce-dca15)"), "NAME" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &resume, N_("Go on with runs that were stopped"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, data_entries, recipe_entries, run_entries };

  if (!cli_parse (path, "", _("Trains networks by cross-validation."), _(DESCRIPTION), groups, G_N_ELEMENTS (groups), 0, 0,
                  &argc, &argv, error) ||
      !check_options (&options, out, name, resume, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Training"), error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (cli == NULL)
    return FALSE;

  DubStudyTrainOptions train = { .progress = cli_epoch_tell_cb, .user_data = cli, .runs = ids };
  gint64 start = g_get_monotonic_time ();

  return work (&options, out, name, resume, &train, cli_run_get (cli), error) &&
         print_result (out, ids, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC, json, error);
}
