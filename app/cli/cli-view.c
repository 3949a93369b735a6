#include "app/cli/cli-view.h"

#include <math.h>
#include <stdio.h>

static const char *const CONVENTIONS[] = { "radiological", "neurological", NULL };

/* As the window offers them: sequential ones for a heat from 0 to 1. */
static const char *const COLORMAPS[] = { "inferno", "magma", "viridis", "grey", NULL };

void
cli_view_options_init (CliViewOptions *self)
{
  *self = (CliViewOptions) { .truth_contour = -1, .min_cluster = 1, .radiological = TRUE };
  dub_pane_style_init (&self->style);
}

void
cli_view_options_clear (CliViewOptions *self)
{
  g_clear_pointer (&self->colormap, g_free);
  g_clear_pointer (&self->range, g_free);
  g_clear_pointer (&self->window, g_free);
  g_clear_pointer (&self->convention, g_free);
}

GOptionEntry *
cli_view_entries (CliViewOptions *self)
{
  DubOverlay *overlay = &self->style.overlay;
  const GOptionEntry entries[] = {
    { "opacity", 0, 0, G_OPTION_ARG_DOUBLE, &overlay->opacity, N_("Opacity of the mask, 0 to 1 (0.95)"), "X" },
    { "colormap", 0, 0, G_OPTION_ARG_STRING, &self->colormap, N_("Colours of the mask (inferno)"), "inferno|magma|viridis|grey" },
    { "range", 0, 0, G_OPTION_ARG_STRING, &self->range, N_("Values at the ends of the colours (0,1)"), "LOW,HIGH" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &overlay->clip, N_("Smaller values of 1 - m are transparent (0.05)"), "X" },
    { "hard", 0, 0, G_OPTION_ARG_NONE, &overlay->hard, N_("Opaque above the threshold, instead of rising opacity"), NULL },
    { "cluster", 0, 0, G_OPTION_ARG_INT, &self->min_cluster, N_("Clusters of fewer voxels are not drawn (1)"), "N" },
    { "no-overlay", 0, 0, G_OPTION_ARG_NONE, &self->hides_overlay, N_("Draw the image alone"), NULL },
    { "no-crosshair", 0, 0, G_OPTION_ARG_NONE, &self->hides_crosshair, N_("Leave the crosshair out"), NULL },
    { "no-interpolation", 0, 0, G_OPTION_ARG_NONE, &self->nearest, N_("Show voxels as squares"), NULL },
    { "window-level", 0, 0, G_OPTION_ARG_STRING, &self->window, N_("Intensities shown black and white (from the image)"), "BLACK,WHITE" },
    { "convention", 0, 0, G_OPTION_ARG_STRING, &self->convention, N_("Side of the screen for the right side of the body (radiological: left)"), "radiological|neurological" },
    { "truth-contour", 0, 0, G_OPTION_ARG_NONE, &self->truth_contour, N_("Outline the truly affected voxels (only with --truth)"), NULL },
    { "no-truth-contour", 0, G_OPTION_FLAG_REVERSE, G_OPTION_ARG_NONE, &self->truth_contour, N_("Do not"), NULL },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

static gboolean
parse_pair (const char *option,
            const char *text,
            double     *low,
            double     *high,
            GError    **error)
{
  char trailing;

  if (sscanf (text, "%lf,%lf%c", low, high, &trailing) == 2 && isfinite (*low) && isfinite (*high) && *low < *high)
    return TRUE;

  return cli_usage_error (error, _("%s is “%s”, expected two rising numbers with a comma between them."), option, text);
}

gboolean
cli_view_options_parse (CliViewOptions *self,
                        GError        **error)
{
  DubOverlay *overlay = &self->style.overlay;
  int map = 0, convention = 0;

  if (!(overlay->opacity >= 0.0 && overlay->opacity <= 1.0))
    return cli_usage_error (error, _("--opacity is %g, expected a number from 0 to 1."), overlay->opacity);
  if (self->min_cluster < 1)
    return cli_usage_error (error, _("--cluster is %d, expected at least 1."), self->min_cluster);
  if ((self->colormap != NULL && !cli_choose ("--colormap", self->colormap, COLORMAPS, &map, error))
      || (self->convention != NULL && !cli_choose ("--convention", self->convention, CONVENTIONS, &convention, error))
      || (self->range != NULL && !parse_pair ("--range", self->range, &overlay->low, &overlay->high, error))
      || (self->window != NULL && !parse_pair ("--window-level", self->window, &self->style.low, &self->style.high, error)))
    return FALSE;
  if (!(overlay->low >= 0.0 && overlay->high <= 1.0))
    return cli_usage_error (error, _("--range is “%s”, expected numbers from 0 to 1."), self->range);
  if (!(overlay->clip >= 0.0 && overlay->clip <= overlay->high))
    return cli_usage_error (error, _("--threshold is %g, expected a number from 0 to the upper end of the range, %g."),
                            overlay->clip, overlay->high);

  for (int i = 0; self->colormap != NULL && i < DUB_N_COLORMAPS; i++)
    if (g_ascii_strcasecmp (COLORMAPS[map], dub_colormap_name ((DubColormap) i)) == 0)
      overlay->colormap = (DubColormap) i;
  if (self->nearest)
    self->style.interpolation = overlay->interpolation = DUB_INTERPOLATION_NEAREST;
  self->has_window = self->window != NULL;
  self->radiological = convention == 0;

  return TRUE;
}

gboolean
cli_view_options_apply (const CliViewOptions *self,
                        DubMaskFigure        *figure,
                        GError              **error)
{
  double low = figure->style.low, high = figure->style.high;

  figure->style = self->style;
  if (!self->has_window) {
    figure->style.low = low;
    figure->style.high = high;
  }
  figure->hides_overlay = self->hides_overlay;
  figure->crosshair = !self->hides_crosshair;
  figure->radiological = self->radiological;

  return dub_mask_figure_set_min_cluster (figure, (guint) self->min_cluster, error);
}
