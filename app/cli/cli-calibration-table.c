#include "app/cli/cli-calibration-table.h"

#include "app/cli/cli-output.h"

#include <string.h>

GOptionEntry *
cli_calibration_table_entries (CliCalibrationTableOptions *self)
{
  const GOptionEntry entries[] = {
    { "family", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->families,
      N_("Only the networks of this name, such as ce-dca15; may be repeated"), "NAME" },
    { "bins", 0, 0, G_OPTION_ARG_INT, &self->bins, N_("Bins of the calibration errors (15)"), "N" },
    { "resamples", 0, 0, G_OPTION_ARG_INT, &self->resamples, N_("Resamples of the bootstrap (9999)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed, N_("Seed of the bootstrap (0)"), "N" },
    { NULL },
  };

  self->bins = 15;
  self->resamples = 9999;

  return g_memdup2 (entries, sizeof entries);
}

void
cli_calibration_table_options_clear (CliCalibrationTableOptions *self)
{
  g_strfreev (self->families);
  g_free (self->seed);
}

gboolean
cli_calibration_table_check (const CliCalibrationTableOptions *self,
                             GError                          **error)
{
  guint64 seed = 0;

  if (self->bins < 1 || self->bins > 1000)
    return cli_usage_error (error, _("--bins is %d, expected 1 to 1000."), self->bins);

  return cli_check_resamples (self->resamples, error) && cli_read_seed ("--seed", self->seed, G_MAXINT64, &seed, error);
}

/* One folder, by whatever name, is one study: its networks are not repeats of themselves. */
static gboolean
check_twice (char *const *folders,
             GError     **error)
{
  for (size_t i = 0; folders[i] != NULL; i++)
    for (size_t k = 0; k < i; k++) {
      g_autofree char *a = g_canonicalize_filename (folders[i], NULL), *b = g_canonicalize_filename (folders[k], NULL);

      if (strcmp (a, b) == 0)
        return cli_usage_error (error, _("The study “%s” is named twice."), folders[i]);
    }

  return TRUE;
}

DubCalibrationTable *
cli_calibration_table_load (const CliCalibrationTableOptions *self,
                            char *const                      *folders,
                            const char *const                *outputs,
                            size_t                            n_outputs,
                            DubRun                           *run,
                            GError                          **error)
{
  g_autoptr (GPtrArray) studies = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_study_unref);
  DubCalibrationTableOptions options = {
    .families = (const char *const *) self->families, .n_bins = (size_t) self->bins, .n_resamples = (size_t) self->resamples,
  };

  if (!check_twice (folders, error) || !cli_read_seed ("--seed", self->seed, G_MAXINT64, &options.seed, error))
    return NULL;
  for (size_t i = 0; folders[i] != NULL; i++) {
    DubStudy *study = dub_study_load (folders[i], error);

    if (study == NULL)
      return NULL;
    g_ptr_array_add (studies, study);
    if (!cli_check_study_outputs (outputs, n_outputs, study, error))
      return NULL;
  }

  return dub_calibration_table_new ((DubStudy *const *) (void *) studies->pdata, studies->len, &options, run, error);
}
