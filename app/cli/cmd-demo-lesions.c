/* dubito-cli demo lesions: pictures of lesions with known truth. */
#include "app/cli/cmd-demo.h"

#include "app/cli/cli-epoch.h"
#include "app/cli/cli-json.h"
#include "core/study/demo-lesions.h"

#include <stdio.h>

static const char DESCRIPTION[] = N_(
  "DIR, which must not exist or be empty, becomes a data set: lesions.npz in MedMNIST's form, truth.csv with the\n"
  "difficulty of each case and whether its label is wrong, and provenance.json. Malignant lesions tend to have a\n"
  "more irregular margin and a more uneven echo; the two overlap, so that some cases are truly ambiguous.\n"
  "The same seed gives the same bytes for any number of threads.\n"
  "With --train DIR becomes a study, too: five CNN learn from five folds, with the defaults of train and --augment flip. The images\n"
  "may be there already, and networks that were stopped: the same command goes on where it was.");

static gboolean
make (const char               *folder,
      const DubLesionsOptions  *options,
      gboolean                  train,
      DubLesionsResult         *result,
      GPtrArray                *networks,
      CliRun                   *cli,
      GError                  **error)
{
  DubStudyTrainOptions training = { .progress = cli_epoch_tell_cb, .user_data = cli, .runs = networks };

  return train ? dub_demo_lesions_study (folder, options, &training, result, cli_run_get (cli), error)
               : dub_demo_lesions (folder, options, result, cli_run_get (cli), error);
}

gboolean
cmd_demo_lesions (const char *path,
                  int         argc,
                  char      **argv,
                  GError    **error)
{
  DubLesionsOptions options = DUB_LESIONS_DEFAULT;
  int n = (int) options.n;
  gint64 seed = (gint64) options.seed;
  gboolean train = FALSE, json = FALSE;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_INT, &options.size, N_("Pixels each way: 28 or 64 (28)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of shapes, speckle and wrong labels (1)"), "N" },
    { "n", 0, 0, G_OPTION_ARG_INT, &n, N_("Images (2000)"), "N" },
    { "label-noise", 0, 0, G_OPTION_ARG_DOUBLE, &options.label_noise, N_("Share of labels that are wrong (0.04)"), "X" },
    { "train", 0, 0, G_OPTION_ARG_NONE, &train, N_("Train five networks on them as well (some minutes)"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };

  if (!cli_parse (path, "DIR", _("Makes pictures of lesions with known truth."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error))
    return FALSE;
  if (options.size != 28 && options.size != 64)
    return cli_usage_error (error, _("--size is %d, expected 28 or 64."), options.size);
  if (n < 20 || n > 100000)
    return cli_usage_error (error, _("--n is %d, expected 20 to 100000."), n);
  if (!(options.label_noise >= 0.0 && options.label_noise < 0.5))
    return cli_usage_error (error, _("--label-noise is %g, expected 0 to less than 0.5."), options.label_noise);
  options.n = (guint) n;
  options.seed = (uint64_t) seed;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, train ? _("Making the lesions demo") : _("Drawing lesions"), error);
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func (g_free);
  DubLesionsResult result = { 0 };
  gint64 start = g_get_monotonic_time ();

  if (cli == NULL || !make (argv[1], &options, train, &result, networks, cli, error))
    return FALSE;

  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

  if (!json) {
    printf (_("%s: %u images, %u of them malignant, %u with a wrong label, %u ambiguous; made in %.1f s.\n"), argv[1],
            options.n, result.n_malignant, result.n_flipped, result.n_ambiguous, seconds);
    if (train)
      printf (g_dngettext (NULL, "%s: a study with %u network; dubito-cli evaluate measures it.\n", "%s: a study with %u networks; dubito-cli evaluate measures them.\n", networks->len), argv[1], networks->len);
    return TRUE;
  }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "folder", argv[1]);
  cli_json_int (builder, "cases", options.n);
  cli_json_int (builder, "malignant", result.n_malignant);
  cli_json_int (builder, "flipped", result.n_flipped);
  cli_json_int (builder, "ambiguous", result.n_ambiguous);
  if (train) {
    json_builder_set_member_name (builder, "networks");
    json_builder_begin_array (builder);
    for (guint i = 0; i < networks->len; i++)
      json_builder_add_string_value (builder, g_ptr_array_index (networks, i));
    json_builder_end_array (builder);
  }
  cli_json_double (builder, "seconds", seconds);
  json_builder_end_object (builder);
  cli_json_print (builder);

  return TRUE;
}
