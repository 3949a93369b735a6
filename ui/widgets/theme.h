/* The figures' theme in a window: its own colours of data, the toolkit's of paper and text. */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/theme.h"

G_BEGIN_DECLS

/* Light or dark as @widget is shown now. Ask again in css_changed. */
void    dub_widget_theme (GtkWidget *widget,
                          DubTheme  *theme);
GdkRGBA dub_rgba_to_gdk  (DubRgba    color);

G_END_DECLS
