/* One panel of a reliability diagram on the screen, with a bin to choose.
 *
 * What stands still is kept as a texture; the chosen bin's frame is drawn above it. Hovering a bin tells its numbers in a tooltip.
 * Keys: ← → to the neighbouring bin that is not empty, Home and End, Enter to show its cases, Escape none. Role IMG; label and
 * description are the caller's words and numbers.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/reliability-figure.h"

G_BEGIN_DECLS

#define DUB_TYPE_RELIABILITY_VIEW (dub_reliability_view_get_type ())
G_DECLARE_FINAL_TYPE (DubReliabilityView, dub_reliability_view, DUB, RELIABILITY_VIEW, GtkWidget)

/* Signals: "picked" (int bin, -1 = none): the person chooses a bin. "activated" (int bin): double click or Enter. */
GtkWidget *dub_reliability_view_new        (void);
/* @figure: (nullable), stays the caller's: set another one, or NULL, before it dies */
void       dub_reliability_view_set_figure (DubReliabilityView         *self,
                                            const DubReliabilityFigure *figure,
                                            guint                       panel);
/* -1 = none; cheap. */
void       dub_reliability_view_set_bin    (DubReliabilityView         *self,
                                            int                         bin);
/* @marks: (nullable) copied; its counts are those of the figure's bins, and are forgotten with another figure. Cheap. */
void       dub_reliability_view_set_marks  (DubReliabilityView         *self,
                                            const DubReliabilityMarks  *marks);
void       dub_reliability_view_describe   (DubReliabilityView         *self,
                                            const char                 *label,
                                            const char                 *description);

G_END_DECLS
