/* dubito-cli toy: figure 3 of source 002, a probability that is known recovered by three ways of training. */
#include "app/cli/cmd-toy.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/io/file.h"
#include "core/train/toy.h"
#include "ui/figures/toy-figure.h"

#include <stdio.h>

static const char DESCRIPTION[] = N_(
  "A two-layer network learns from a few cases on [-2, 2] whose labels are drawn with the known probability\n"
  "(x + 2) / 4: once plainly, which is then also temperature-scaled, and once with DCA. DIR gets toy.csv,\n"
  "toy.png, toy.svg and toy.pdf: the recovered probabilities of the first data set over the truth, and the\n"
  "calibration over all data sets. The same seed gives the same bytes.");

static const char *const FILES[] = { "toy.csv", "toy.png", "toy.svg", "toy.pdf" };

static gboolean
write_files (const DubToy *toy,
             const char   *folder,
             GError      **error)
{
  DubExportOptions options;

  dub_export_options_init (&options);
  for (size_t i = 0; i < G_N_ELEMENTS (FILES); i++) {
    g_autofree char *path = g_build_filename (folder, FILES[i], NULL);

    if (!dub_toy_figure_export (toy, path, &options, error))
      return FALSE;
  }

  return TRUE;
}

static void
add_measure (JsonBuilder *builder,
             const char  *name,
             double       mean,
             double       deviation)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  cli_json_double (builder, "mean", mean);
  cli_json_double (builder, "sd", deviation);
  json_builder_end_object (builder);
}

static void
print_json (const DubToy *toy,
            const char   *folder)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "folder", folder);
  cli_json_int (builder, "seed", (gint64) toy->options.seed);
  cli_json_int (builder, "train_cases", (gint64) toy->options.n_train);
  cli_json_int (builder, "data_sets", toy->options.n_repeats);
  cli_json_double (builder, "dca", toy->options.dca);
  cli_json_doubles (builder, "temperatures", toy->temperature, toy->options.n_repeats);
  json_builder_set_member_name (builder, "methods");
  json_builder_begin_object (builder);
  for (int method = 0; method < DUB_N_TOY_METHODS; method++) {
    const DubToyMeasures *mean = &toy->mean[method], *sd = &toy->deviation[method];

    json_builder_set_member_name (builder, dub_toy_method_name ((DubToyMethod) method));
    json_builder_begin_object (builder);
    add_measure (builder, "accuracy", mean->accuracy, sd->accuracy);
    add_measure (builder, "confidence", mean->confidence, sd->confidence);
    add_measure (builder, "ece", mean->ece, sd->ece);
    add_measure (builder, "mce", mean->mce, sd->mce);
    add_measure (builder, "nll", mean->nll, sd->nll);
    add_measure (builder, "distance", mean->distance, sd->distance);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  cli_json_print (builder);
}

static void
print_text (const DubToy *toy,
            const char   *folder)
{
  printf (_("Mean ± SD over %u data sets of %zu cases; distance is the mean |recovered - true probability|.\n"),
          toy->options.n_repeats, toy->options.n_train);
  printf ("%-14s %-16s %-16s %-16s %s\n", "", _("accuracy"), _("ECE"), _("NLL"), _("distance"));
  for (int method = 0; method < DUB_N_TOY_METHODS; method++) {
    const DubToyMeasures *mean = &toy->mean[method], *sd = &toy->deviation[method];

    printf ("%-14s %.3f ± %.3f    %.3f ± %.3f    %.3f ± %.3f    %.3f ± %.3f\n",
            dub_toy_method_name ((DubToyMethod) method), mean->accuracy, sd->accuracy, mean->ece, sd->ece, mean->nll,
            sd->nll, mean->distance, sd->distance);
  }
  printf (_("Drawn in %s: toy.png, toy.svg, toy.pdf, with the numbers in toy.csv.\n"), folder);
}

gboolean
cmd_toy (const char *path,
         int         argc,
         char      **argv,
         GError    **error)
{
  DubToyOptions options = DUB_TOY_DEFAULT;
  gint64 seed = (gint64) options.seed;
  int n_train = (int) options.n_train, n_epochs = (int) options.n_epochs, n_repeats = (int) options.n_repeats;
  g_autofree char *out = NULL;
  gboolean json = FALSE;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Folder that the figure is written to (needed)"), "DIR" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of cases, labels and weights (1)"), "N" },
    { "cases", 0, 0, G_OPTION_ARG_INT, &n_train, N_("Cases that the networks learn from, and as many for the temperature (64)"), "N" },
    { "data-sets", 0, 0, G_OPTION_ARG_INT, &n_repeats, N_("How often all is repeated with other cases and weights (10)"), "N" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &n_epochs, N_("Rounds of training (1000)"), "N" },
    { "hidden", 0, 0, G_OPTION_ARG_INT, &options.hidden, N_("Hidden units (256)"), "N" },
    { "dca", 0, 0, G_OPTION_ARG_DOUBLE, &options.dca, N_("Weight β of DCA (10)"), "B" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON document"), NULL },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries, run_entries };

  if (!cli_parse (path, "", _("Shows on a toy how training with DCA recovers a known probability."), _(DESCRIPTION),
                  groups, G_N_ELEMENTS (groups), 0, 0, &argc, &argv, error))
    return FALSE;
  if (out == NULL)
    return cli_usage_error (error, _("The option -o DIR is missing."));
  if (n_train < 2 || n_epochs < 1 || n_repeats < 1 || options.hidden < 1)
    return cli_usage_error (error, _("--cases must be at least 2, --epochs, --data-sets and --hidden at least 1."));
  if (!(options.dca >= 0.0 && options.dca <= 1e6))
    return cli_usage_error (error, _("--dca is %g, expected 0 to 1000000."), options.dca);

  options.seed = (uint64_t) seed;
  options.n_train = options.n_calibration = (size_t) n_train;
  options.n_epochs = (guint) n_epochs;
  options.n_repeats = (guint) n_repeats;
  if (!dub_file_make_folder (out, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Training the toy networks"), error);
  g_autoptr (DubToy) toy = cli != NULL ? dub_toy_run (&options, cli_run_get (cli), error) : NULL;

  if (toy == NULL || !write_files (toy, out, error))
    return FALSE;
  if (json)
    print_json (toy, out);
  else
    print_text (toy, out);

  return TRUE;
}
