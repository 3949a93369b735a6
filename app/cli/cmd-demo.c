/* dubito-cli demo brain: a study with known truth, and a network trained on it here. */
#include "app/cli/cmd-demo.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/study/demo.h"

#include <stdio.h>

static const char DESCRIPTION[] = N_(
  "DIR, which must not exist or be empty, becomes a study: brains deformed from Colin27, half of them with\n"
  "atrophy of random severity in hippocampus, parahippocampal gyrus and amygdala (stored as truth), and a\n"
  "3-D network trained to tell them apart. The same seed gives the same bytes for any number of threads.");

typedef struct {
  DubRun *run;
  char   *stage;
} Telling;

static void
tell_cb (const char *stage,
         double      fraction,
         gpointer    data)
{
  Telling *telling = data;

  dub_run_set_progress (telling->run, fraction);
  if (g_strcmp0 (stage, telling->stage) != 0) {
    g_free (telling->stage);
    telling->stage = g_strdup (stage);
    dub_run_log (telling->run, "%s", stage);
  }
}

static void
print_result (const char          *folder,
              const DubDemoResult *result,
              double               seconds,
              gboolean             json)
{
  if (!json) {
    printf (_("%s: %u of %u held-out subjects are classified correctly; made in %.0f s.\n"), folder,
            result->n_correct, result->n_test, seconds);
    return;
  }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "study", folder);
  cli_json_int (builder, "correct", result->n_correct);
  cli_json_int (builder, "test", result->n_test);
  cli_json_double (builder, "loss", result->loss);
  cli_json_double (builder, "seconds", seconds);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

gboolean
cmd_demo_brain (const char *path,
                int         argc,
                char      **argv,
                GError    **error)
{
  DubDemoOptions options = DUB_DEMO_DEFAULT;
  int n_train = (int) options.n_train, n_test = (int) options.n_test, n_epochs = (int) options.n_epochs;
  gint64 seed = (gint64) options.seed;
  g_autofree char *templates = NULL;
  gboolean json = FALSE;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of deformations, atrophy, weights and order (1)"), "N" },
    { "train", 0, 0, G_OPTION_ARG_INT, &n_train, N_("Subjects that the network learns from (64)"), "N" },
    { "test", 0, 0, G_OPTION_ARG_INT, &n_test, N_("Subjects held out and stored (24)"), "N" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &n_epochs, N_("Rounds of training (20)"), "N" },
    { "voxel-size", 0, 0, G_OPTION_ARG_DOUBLE, &options.voxel_size, N_("Edge of a voxel in mm (2)"), "MM" },
    { "templates", 0, 0, G_OPTION_ARG_FILENAME, &templates, N_("Folder of ch2bet.nii.gz, aal.nii.gz, aal.nii.txt (MRIcron's)"), "DIR" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };

  if (!cli_parse (path, "DIR", _("Makes the demonstration study."), _(DESCRIPTION), groups, G_N_ELEMENTS (groups), 1,
                  1, &argc, &argv, error))
    return FALSE;
  if (n_train < 2 || n_test < 2 || n_epochs < 1)
    return cli_usage_error (error, _("--train and --test must be at least 2 and --epochs at least 1."));
  if (!(options.voxel_size >= 1.0 && options.voxel_size <= 8.0))
    return cli_usage_error (error, _("--voxel-size is %g, expected 1 to 8 mm."), options.voxel_size);

  options.n_train = (guint) n_train;
  options.n_test = (guint) n_test;
  options.n_epochs = (guint) n_epochs;
  options.seed = (uint64_t) seed;
  options.templates = templates;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Making the brain demo"), error);

  if (cli == NULL)
    return FALSE;

  Telling telling = { .run = cli_run_get (cli) };
  DubDemoResult result = { 0 };
  gint64 start = g_get_monotonic_time ();
  gboolean made = dub_demo_brain (argv[1], &options, tell_cb, &telling, &result, telling.run, error);

  g_free (telling.stage);
  if (!made)
    return FALSE;
  print_result (argv[1], &result, (double) (g_get_monotonic_time () - start) / 1e6, json);

  return TRUE;
}
