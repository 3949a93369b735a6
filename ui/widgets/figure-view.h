/* A plot on the screen: a figure (ui/figures/figure.h) in the window's theme, with a cursor to drag.
 *
 * The static part is kept as a texture; the cursor is drawn above it. Role IMG, label
 * and description are the caller's words and numbers.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/figure.h"

G_BEGIN_DECLS

#define DUB_TYPE_FIGURE_VIEW (dub_figure_view_get_type ())
G_DECLARE_FINAL_TYPE (DubFigureView, dub_figure_view, DUB, FIGURE_VIEW, GtkWidget)

/* Signals: "picked" (x): the person drags or moves the cursor to the data point at x. */
GtkWidget *dub_figure_view_new        (void);
/* (transfer full) (nullable) */
void       dub_figure_view_set_figure (DubFigureView *self,
                                       DubFigure     *figure);
/* (transfer none) (nullable) */
DubFigure *dub_figure_view_get_figure (DubFigureView *self);
/* Moves the cursor of the figure; cheap. NaN hides it. */
void       dub_figure_view_set_cursor (DubFigureView *self,
                                       double         x);
void       dub_figure_view_describe   (DubFigureView *self,
                                       const char    *label,
                                       const char    *description);

G_END_DECLS
