/* A latent space on the screen: pan, zoom, lasso, hover.
 *
 * Left button: pans, or draws the lasso, or zooms to a box, by the tool; middle button pans always, wheel zooms at the pointer,
 * double click opens the case, 0 or Home shows all. A click takes the case under the pointer. Shift with the lasso adds to the set.
 * Keys without a pointer: arrows go to the nearest case in that direction, Enter opens it, Ctrl+A selects what is seen, + and −
 * zoom. Shift with arrows pans. What stands still is kept as a picture: it is drawn larger than the view while a hand pans, and
 * shifted; what is zoomed, and a map that runs, is drawn anew within the frame. Role IMG.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/latent-figure.h"

G_BEGIN_DECLS

#define DUB_TYPE_SCATTER_VIEW (dub_scatter_view_get_type ())
G_DECLARE_FINAL_TYPE (DubScatterView, dub_scatter_view, DUB, SCATTER_VIEW, GtkWidget)

typedef enum { DUB_SCATTER_PAN, DUB_SCATTER_ZOOM, DUB_SCATTER_LASSO } DubScatterTool;

/* Signals:
 *   "hovered" (int index, double x, double y): the case under the pointer, at a place in the widget; -1 = none
 *   "picked" (int index): clicked or reached by arrows; -1 = a click beside all points
 *   "activated" (int index): double click or Enter
 *   "lassoed" (gpointer indices [n] of guint, guint n, gboolean add): borrowed for the call
 */
GtkWidget      *dub_scatter_view_new          (void);
/* dub_scatter_view_set_points:
 * @points: (nullable), stays the caller's, as do its arrays: set others, or NULL, before they die
 * @moved: the places are others (a running map): the plane follows them unless the person has moved it, density and index are
 *   made anew; FALSE = only colours, selection, current case
 */
void            dub_scatter_view_set_points   (DubScatterView        *self,
                                               const DubLatentPoints *points,
                                               gboolean               moved);
void            dub_scatter_view_set_tool     (DubScatterView        *self,
                                               DubScatterTool         tool);
void            dub_scatter_view_show_all     (DubScatterView        *self);
/* The last lasso stays drawn with a pill "65 / 234" until another selection comes; NULL = none is drawn. */
void            dub_scatter_view_set_pill     (DubScatterView        *self,
                                               const char            *text);
/* dub_scatter_view_lasso:
 * @corners: [@n][2] in units of the plane, at least 3
 *
 * Selects as if a hand had drawn this line: it is drawn, and "lassoed" follows.
 */
void            dub_scatter_view_lasso        (DubScatterView        *self,
                                               const double          *corners,
                                               size_t                 n);
/* The lines that are drawn. (transfer full) (element-type GArray of double, two a corner, not to be changed) */
GPtrArray      *dub_scatter_view_get_lassos   (DubScatterView        *self);
/* Draws these lines again, with a pill, instead of those that are there; a line that a hand is drawing stays. @lassos: (nullable) */
void            dub_scatter_view_set_lassos   (DubScatterView        *self,
                                               GPtrArray             *lassos,
                                               const char            *pill);
void            dub_scatter_view_describe     (DubScatterView        *self,
                                               const char            *label,
                                               const char            *description);

G_END_DECLS
