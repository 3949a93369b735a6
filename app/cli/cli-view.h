/* How a mask is drawn, as the command line asks for it: what the window has in its popover "Display", under the same
 * defaults. */
#pragma once

#include "app/cli/cli-command.h"
#include "ui/figures/mask-figure.h"

G_BEGIN_DECLS

typedef struct {
  DubPaneStyle  style;       /* the defaults that the window starts with, until an option changes them */
  gboolean      hides_overlay;
  gboolean      hides_crosshair;
  gboolean      nearest;
  gint          truth_contour; /* -1 = not given */
  int           min_cluster;
  char         *colormap;    /* (nullable) */
  char         *range;       /* (nullable): "0,1" */
  char         *window;      /* (nullable): "0,0.9" */
  char         *convention;  /* (nullable) */
  gboolean      has_window;
  gboolean      radiological;
} CliViewOptions;

void          cli_view_options_init  (CliViewOptions       *self);
void          cli_view_options_clear (CliViewOptions       *self);
/* (transfer full), free with g_free. */
GOptionEntry *cli_view_entries       (CliViewOptions       *self);
/* Options that were typed become a style; wrong ones are usage errors. */
gboolean      cli_view_options_parse (CliViewOptions       *self,
                                      GError              **error);
/* Puts the style into @figure, whose volumes are set. */
gboolean      cli_view_options_apply (const CliViewOptions *self,
                                      DubMaskFigure        *figure,
                                      GError              **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliViewOptions, cli_view_options_clear)

G_END_DECLS
