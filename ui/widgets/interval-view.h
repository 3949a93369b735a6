/* Estimates with their intervals on the screen: a figure (ui/figures/interval-figure.h) in the window's theme.
 *
 * The picture is kept as a texture until figure, size or theme change. Role IMG; label and description are the
 * caller's words and numbers.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/interval-figure.h"

G_BEGIN_DECLS

#define DUB_TYPE_INTERVAL_VIEW (dub_interval_view_get_type ())
G_DECLARE_FINAL_TYPE (DubIntervalView, dub_interval_view, DUB, INTERVAL_VIEW, GtkWidget)

GtkWidget *dub_interval_view_new        (void);
/* @figure: (nullable), stays the caller's: set another one, or NULL, before it dies
 * @tooltips: (nullable): one text a row, shown above it; copied */
void       dub_interval_view_set_figure (DubIntervalView         *self,
                                         const DubIntervalFigure *figure,
                                         const char *const       *tooltips);
void       dub_interval_view_describe   (DubIntervalView         *self,
                                         const char              *label,
                                         const char              *description);

G_END_DECLS
