/* dubito-cli figure training: the curves of a study's training runs, losses beside each other. */
#include "app/cli/cli-figure.h"
#include "app/cli/cmd-figure.h"

#include <string.h>

#include "core/study/study.h"
#include "ui/figures/training-export.h"

static const char DESCRIPTION[] = N_(
  "Every family of runs (one loss, its folds) gets a column: cross-entropy above, accuracy below, thin lines for folds and\n"
  "thick ones for their mean, solid for train and dashed for validation. A CSV holds every epoch of every fold.");

typedef struct {
  CliFigureOptions figure;
  char           **families;
} Options;

static void
options_clear (Options *self)
{
  cli_figure_options_clear (&self->figure);
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

  if (study == NULL || !cli_figure_check_study (&options->figure, study, error))
    return FALSE;

  g_autofree char *models = g_build_filename (study->folder, "models", NULL);
  g_autoptr (GPtrArray) all = dub_run_summary_list (models, NULL), names = families_of (all, options);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autofree DubTrainingColumn *columns = g_new0 (DubTrainingColumn, MAX (names->len, 1));

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
  for (guint i = 0; options->figure.outs[i] != NULL; i++)
    if (!dub_training_export (columns, names->len, study->title, options->figure.outs[i], &options->figure.export, error))
      return FALSE;

  return TRUE;
}

gboolean
cmd_figure_training (const char *path,
                     int         argc,
                     char      **argv,
                     GError    **error)
{
  g_auto (Options) options = { 0 };
  g_autofree GOptionEntry *figure_entries = cli_figure_entries (&options.figure);
  const GOptionEntry entries[] = {
    { "family", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.families, N_("Only these runs (ce, ce-dca15 …); may be repeated"), "NAME" },
    { NULL },
  };
  const GOptionEntry *const groups[] = { figure_entries, entries };

  if (!cli_parse (path, "STUDY.dubito", _("Draws the curves of training runs."), _(DESCRIPTION), groups,
                  G_N_ELEMENTS (groups), 1, 1, &argc, &argv, error) ||
      !cli_figure_check (&options.figure, NULL, 0, error) || !draw (argv[1], &options, error))
    return FALSE;
  cli_figure_print (&options.figure);

  return TRUE;
}
