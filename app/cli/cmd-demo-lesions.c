/* dubito-cli demo lesions: pictures of lesions with known truth. */
#include "app/cli/cmd-demo.h"

#include "app/cli/cli-json.h"
#include "app/cli/cli-run.h"
#include "core/study/demo-lesions.h"

#include <stdio.h>

static const char DESCRIPTION[] = N_(
  "DIR, which must not exist or be empty, becomes a data set: lesions.npz in MedMNIST's form, truth.csv with the\n"
  "difficulty of each case and whether its label is wrong, and provenance.json. Malignant lesions tend to have a\n"
  "more irregular margin and a more uneven echo; the two overlap, so that some cases are truly ambiguous.\n"
  "The same seed gives the same bytes for any number of threads.");

gboolean
cmd_demo_lesions (const char *path,
                  int         argc,
                  char      **argv,
                  GError    **error)
{
  DubLesionsOptions options = DUB_LESIONS_DEFAULT;
  int n = (int) options.n;
  gint64 seed = (gint64) options.seed;
  gboolean json = FALSE;
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_INT, &options.size, N_("Pixels each way: 28 or 64 (28)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of shapes, speckle and wrong labels (1)"), "N" },
    { "n", 0, 0, G_OPTION_ARG_INT, &n, N_("Images (2000)"), "N" },
    { "label-noise", 0, 0, G_OPTION_ARG_DOUBLE, &options.label_noise, N_("Share of labels that are wrong (0.04)"), "X" },
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

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Drawing lesions"), error);
  DubLesionsResult result = { 0 };
  gint64 start = g_get_monotonic_time ();

  if (cli == NULL || !dub_demo_lesions (argv[1], &options, &result, cli_run_get (cli), error))
    return FALSE;

  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

  if (!json) {
    printf (_("%s: %u images, %u of them malignant, %u with a wrong label, %u ambiguous; made in %.1f s.\n"), argv[1],
            options.n, result.n_malignant, result.n_flipped, result.n_ambiguous, seconds);
    return TRUE;
  }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "folder", argv[1]);
  cli_json_int (builder, "cases", options.n);
  cli_json_int (builder, "malignant", result.n_malignant);
  cli_json_int (builder, "flipped", result.n_flipped);
  cli_json_int (builder, "ambiguous", result.n_ambiguous);
  cli_json_double (builder, "seconds", seconds);
  json_builder_end_object (builder);
  cli_json_print (builder);

  return TRUE;
}
