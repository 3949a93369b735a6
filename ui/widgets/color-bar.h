/* The legend of the heat: colours as the panes show them, numbers, and a handle for the clipping value.
 *
 * Lies over a pane. Drag the handle, or the arrow keys with focus on it; what is
 * below the handle is transparent in the panes.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/widgets/viewer.h"

G_BEGIN_DECLS

#define DUB_TYPE_COLOR_BAR (dub_color_bar_get_type ())
G_DECLARE_FINAL_TYPE (DubColorBar, dub_color_bar, DUB, COLOR_BAR, GtkWidget)

/* Above it stands what the viewer calls its heat. */
GtkWidget *dub_color_bar_new (DubViewer *viewer);

G_END_DECLS
