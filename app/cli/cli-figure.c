#include "app/cli/cli-figure.h"

#include "app/cli/cli-output.h"

#include <stdio.h>

GOptionEntry *
cli_figure_entries (CliFigureOptions *self)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->outs, N_("Where the figure is written (needed); may be repeated"), "FIG" },
    { "width", 0, 0, G_OPTION_ARG_DOUBLE, &self->export.width_mm, N_("Width in mm: 85 one column, 174 two (default)"), "MM" },
    { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &self->export.dpi, N_("Resolution of PNG and of images (300)"), "N" },
    { NULL },
  };

  dub_export_options_init (&self->export);

  return g_memdup2 (entries, sizeof entries);
}

void
cli_figure_options_clear (CliFigureOptions *self)
{
  g_clear_pointer (&self->outs, g_strfreev);
}

gboolean
cli_figure_check (const CliFigureOptions *self,
                  const char *const      *inputs,
                  size_t                  n_inputs,
                  GError                **error)
{
  g_autoptr (GError) refused = NULL;
  DubExportFormat format;

  if (self->outs == NULL)
    return cli_usage_error (error, _("The option -o FIG.(png|svg|pdf|csv) is missing."));
  for (size_t i = 0; self->outs[i] != NULL; i++)
    if (*self->outs[i] != '\0' && !dub_export_format_from_path (self->outs[i], &format, &refused))
      return cli_usage_error (error, "%s", refused->message);
  if (!dub_export_options_check (&self->export, &refused))
    return cli_usage_error (error, "%s", refused->message);

  return cli_check_outputs ((const char *const *) self->outs, g_strv_length (self->outs), inputs, n_inputs, error);
}

gboolean
cli_figure_check_study (const CliFigureOptions  *self,
                        const DubStudy          *study,
                        GError                 **error)
{
  return cli_check_study_outputs ((const char *const *) self->outs, g_strv_length (self->outs), study, error);
}

void
cli_figure_print (const CliFigureOptions *self)
{
  for (size_t i = 0; self->outs[i] != NULL; i++)
    printf ("%s\n", self->outs[i]);
}
