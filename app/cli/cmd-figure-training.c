/* dubito-cli figure training: the curves of a study's training runs, losses beside each other. */
#include "app/cli/cli-output.h"
#include "app/cli/cmd-figure.h"

#include <stdio.h>
#include <string.h>

#include "core/study/study.h"
#include "ui/figures/training-export.h"

static const char DESCRIPTION[] = N_(
  "Every family of runs (one loss, its folds) gets a column: cross-entropy above, accuracy below, thin lines for folds and\n"
  "thick ones for their mean, solid for train and dashed for validation. A CSV holds every epoch of every fold.");

typedef struct {
  char  **outs;
  char  **families;
  double  width_mm;
  double  dpi;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->outs);
  g_strfreev (self->families);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* The runs of @family, which dub_run_summary_list has sorted by fold. (transfer container) */
static GPtrArray *
runs_of (GPtrArray  *all,
         const char *family)
{
  GPtrArray *runs = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    if (strcmp (((const DubRunSummary *) all->pdata[i])->family, family) == 0)
      g_ptr_array_add (runs, all->pdata[i]);

  return runs;
}

/* The families asked for, or all, in the order of the list. (transfer container) */
static GPtrArray *
families_of (GPtrArray     *all,
             const Options *options)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; options->families != NULL && options->families[i] != NULL; i++)
    g_ptr_array_add (names, options->families[i]);
  for (guint i = 0; options->families == NULL && i < all->len; i++) {
    char *family = ((const DubRunSummary *) all->pdata[i])->family;

    if (!g_ptr_array_find_with_equal_func (names, family, g_str_equal, NULL))
      g_ptr_array_add (names, family);
  }

  return names;
}

static gboolean
draw (const char    *folder,
      const Options *options,
      GError       **error)
{
  g_autoptr (DubStudy) study = dub_study_load (folder, error);

  if (study == NULL)
    return FALSE;

  g_autofree char *models = g_build_filename (study->folder, "models", NULL);
  g_autoptr (GPtrArray) all = dub_run_summary_list (models, NULL), names = families_of (all, options);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autofree DubTrainingColumn *columns = g_new0 (DubTrainingColumn, MAX (names->len, 1));
  DubExportOptions export = { .width_mm = options->width_mm, .dpi = options->dpi };

  for (guint i = 0; i < names->len; i++) {
    GPtrArray *runs = runs_of (all, names->pdata[i]);

    g_ptr_array_add (lists, runs);
    if (runs->len == 0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, _("%s has no runs of the family %s."), folder,
                   (const char *) names->pdata[i]);
      return FALSE;
    }
    columns[i] = (DubTrainingColumn) { .title = ((const DubRunSummary *) runs->pdata[0])->loss_name,
                                       .runs = (const DubRunSummary *const *) (void *) runs->pdata, .n_runs = runs->len };
  }
  for (guint i = 0; options->outs[i] != NULL; i++)
    if (!dub_training_export (columns, names->len, study->title, options->outs[i], &export, error))
      return FALSE;

  return TRUE;
}

gboolean
cmd_figure_training (const char *path,
                     int         argc,
                     char      **argv,
                     GError    **error)
{
  g_auto (Options) options = { .width_mm = DUB_EXPORT_TWO_COLUMNS_MM, .dpi = 300.0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.outs, N_("Where the figure is written (needed); may be repeated"), "FIG" },
    { "family", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.families, N_("Only these runs (ce, ce-dca15 …); may be repeated"), "NAME" },
    { "width", 0, 0, G_OPTION_ARG_DOUBLE, &options.width_mm, N_("Width in mm: 85 one column, 174 two (default)"), "MM" },
    { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &options.dpi, N_("Resolution of PNG (300)"), "N" },
    { NULL },
  };
  const GOptionEntry *const groups[] = { entries };

  if (!cli_parse (path, "STUDY.dubito", _("Draws the curves of training runs."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error))
    return FALSE;
  if (options.outs == NULL)
    return cli_usage_error (error, _("The option -o FIG.(png|svg|pdf|csv) is missing."));
  if (!cli_check_figures ((const char *const *) options.outs, options.width_mm, options.dpi, NULL, 0, error))
    return FALSE;
  if (!draw (argv[1], &options, error))
    return FALSE;
  for (guint i = 0; options.outs[i] != NULL; i++)
    printf ("%s\n", options.outs[i]);

  return TRUE;
}
