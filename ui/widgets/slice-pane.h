/* One pane of a viewer: a slice with its overlay, the crosshair, letters and position.
 *
 * A viewport: never larger than what is visible. Pixels are composed on the CPU at
 * device resolution into one immutable texture, only when something below the marks
 * has changed; crosshair and letters are drawn above it.
 *
 *   left button      crosshair (drag too); double click emits "maximize"
 *   wheel            slice;  with Ctrl: zoom at the pointer
 *   middle button    pan
 *   right drag       window: up is brighter, right is wider
 *   two fingers      zoom
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/widgets/viewer.h"

G_BEGIN_DECLS

#define DUB_TYPE_SLICE_PANE (dub_slice_pane_get_type ())
G_DECLARE_FINAL_TYPE (DubSlicePane, dub_slice_pane, DUB, SLICE_PANE, GtkWidget)

/* Signals: "maximize", "activated" (the pane was pressed or scrolled in) */
GtkWidget *dub_slice_pane_new         (DubViewer    *viewer,
                                       DubPlane      plane);
DubPlane   dub_slice_pane_get_plane   (DubSlicePane *self);
/* Size in device pixels. */
void       dub_slice_pane_get_size    (DubSlicePane *self,
                                       int          *width,
                                       int          *height);
/* Shows "radiological" or "neurological" in the corner. */
void       dub_slice_pane_set_shows_convention (DubSlicePane *self,
                                       gboolean      shows);
/* Right margin left free at the top for buttons, in px. */
void       dub_slice_pane_set_inset   (DubSlicePane *self,
                                       int           inset);
/* Seconds of our own CPU that the last composed frame took, for the benchmark. */
double     dub_slice_pane_get_compose_time (DubSlicePane *self);

G_END_DECLS
