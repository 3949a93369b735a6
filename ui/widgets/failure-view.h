/* One of the three plots of failure detection on the screen, with the operating point to drag.
 *
 * What stands still is kept as a texture; the point, its box and the current case are drawn above it. Keys: ← → to the
 * neighbouring threshold, Shift for ten, Home and End, Enter to open the case that stands there. Role IMG; label and
 * description are the caller's words and numbers.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/failure-figure.h"

G_BEGIN_DECLS

#define DUB_TYPE_FAILURE_VIEW (dub_failure_view_get_type ())
G_DECLARE_FINAL_TYPE (DubFailureView, dub_failure_view, DUB, FAILURE_VIEW, GtkWidget)

/* Signals: "picked" (threshold): the person moves the operating point there. "activated": double click or Enter. */
GtkWidget *dub_failure_view_new        (DubFailurePlot          plot);
/* @figure: (nullable), stays the caller's: set another one, or NULL, before it dies */
void       dub_failure_view_set_figure (DubFailureView         *self,
                                        const DubFailureFigure *figure);
/* The figure's operating point, or its current case, has moved; cheap. */
void       dub_failure_view_moved      (DubFailureView         *self);
void       dub_failure_view_describe   (DubFailureView         *self,
                                        const char             *label,
                                        const char             *description);

G_END_DECLS
