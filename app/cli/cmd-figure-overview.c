/* dubito-cli figure overview: the Overview page's figures of merit for a paper. */
#include "app/cli/cmd-figure.h"

#include "app/cli/cli-figure.h"
#include "app/cli/cli-run.h"
#include "ui/figures/overview-figure.h"

static const char DESCRIPTION[] = N_(
  "Six figures of merit on the test part (accuracy, balanced accuracy, AUROC, sensitivity, specificity, ECE; of more than two\n"
  "classes their means over the classes), the ensemble above its networks, each with its 95 % interval. Networks that were not\n"
  "run yet are run first. FIG ends in .png, .svg, .pdf or .csv (the numbers).");

typedef struct {
  CliFigureOptions figure;
  char            *family;
} Options;

static void
options_clear (Options *self)
{
  cli_figure_options_clear (&self->figure);
  g_free (self->family);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
draw (const char     *folder,
      const Options  *options,
      DubRun         *run,
      GError        **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);
  const DubEvaluateOptions evaluate = { .splits = 1u << DUB_EVALUATE_TEST, .family = options->family };
  gboolean free_to_write = study != NULL && cli_figure_check_study (&options->figure, study, error);
  g_autoptr (DubEvaluation) evaluation = free_to_write ? dub_study_evaluate (study, &evaluate, run, error) : NULL;

  if (evaluation == NULL)
    return FALSE;

  g_autoptr (GPtrArray) families = dub_study_families (study);
  const char *family = options->family != NULL ? options->family : g_ptr_array_index (families, 0);
  g_autoptr (DubOverviewFigure) figure = dub_overview_figure_new (study, evaluation, family, NULL);

  if (figure == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has no outputs of the family %s on its test part."), folder, family);
    return FALSE;
  }
  for (guint i = 0; options->figure.outs[i] != NULL; i++)
    if (!dub_overview_figure_export (figure, options->figure.outs[i], &options->figure.export, error))
      return FALSE;

  return TRUE;
}

gboolean
cmd_figure_overview (const char *path,
                     int         argc,
                     char      **argv,
                     GError    **error)
{
  g_auto (Options) options = { 0 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *figure_entries = cli_figure_entries (&options.figure);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry entries[] = {
    { "family", 0, 0, G_OPTION_ARG_STRING, &options.family, N_("The networks of this name, such as ce-dca15 (the first)"), "NAME" },
    { NULL },
  };
  const GOptionEntry *const groups[] = { figure_entries, entries, run_entries };

  if (!cli_parse (path, "STUDY.dubito", _("Draws what a study's networks achieve on its test part."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !cli_figure_check (&options.figure, NULL, 0, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Evaluating"), error);

  if (cli == NULL || !draw (argv[1], &options, cli_run_get (cli), error))
    return FALSE;
  cli_figure_print (&options.figure);

  return TRUE;
}
