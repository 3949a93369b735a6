/* dubito-cli figure ece-beta: calibration error against the weight of DCA. */
#include "app/cli/cli-calibration-table.h"
#include "app/cli/cli-figure.h"
#include "app/cli/cmd-figure.h"
#include "ui/figures/ece-beta-figure.h"

static const char DESCRIPTION[] = N_(
  "A panel for every data set and architecture whose networks were trained with several weights of DCA: ECE on the test part\n"
  "against the weight, plain cross-entropy at 0, its temperature as a dotted line. Studies that differ by their seed alone are\n"
  "repeats of one panel: discs, with their mean as the line and its t-interval as whiskers; else whiskers are bootstrap intervals\n"
  "of the cases. Networks that were not run yet are run first. FIG ends in .png, .svg, .pdf or .csv (the numbers).");

typedef struct {
  CliFigureOptions           figure;
  CliCalibrationTableOptions table;
} Options;

static void
options_clear (Options *self)
{
  cli_figure_options_clear (&self->figure);
  cli_calibration_table_options_clear (&self->table);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
draw (const Options  *options,
      char *const    *folders,
      DubRun         *run,
      GError        **error)
{
  const char *const *outs = (const char *const *) options->figure.outs;
  g_autoptr (DubCalibrationTable) table =
    cli_calibration_table_load (&options->table, folders, outs, g_strv_length (options->figure.outs), run, error);
  g_autoptr (DubEceBetaFigure) figure = table != NULL ? dub_ece_beta_figure_new (table, error) : NULL;

  if (figure == NULL)
    return FALSE;
  for (guint i = 0; outs[i] != NULL; i++)
    if (!dub_ece_beta_figure_export (figure, outs[i], &options->figure.export, error))
      return FALSE;

  return TRUE;
}

gboolean
cmd_figure_ece_beta (const char *path,
                     int         argc,
                     char      **argv,
                     GError    **error)
{
  g_auto (Options) options = { 0 };
  g_auto (CliRunOptions) run_options = { 0 };
  g_autofree GOptionEntry *figure_entries = cli_figure_entries (&options.figure);
  g_autofree GOptionEntry *table_entries = cli_calibration_table_entries (&options.table);
  g_autofree GOptionEntry *run_entries = cli_run_entries (&run_options);
  const GOptionEntry *const groups[] = { figure_entries, table_entries, run_entries };

  if (!cli_parse (path, _("STUDY.dubito…"), _("Draws the calibration error against the weight of DCA."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, -1, &argc, &argv, error) ||
      !cli_figure_check (&options.figure, NULL, 0, error) || !cli_calibration_table_check (&options.table, error))
    return FALSE;

  g_autoptr (CliRun) cli = cli_run_new (&run_options, _("Measuring"), error);

  if (cli == NULL || !draw (&options, argv + 1, cli_run_get (cli), error))
    return FALSE;
  cli_figure_print (&options.figure);

  return TRUE;
}
