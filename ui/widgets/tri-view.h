/* Three linked orthogonal panes, one of them large, with colour bar and tools above it.
 *
 * Every key of the viewer is a named action of this widget ("viewer.…"), so menus,
 * shortcuts, accessibility and tests share them:
 *
 *   S overlay   Q / E opacity − / +   T truth or outlines of classes   X crosshair   C centre   R reset window   I auto window
 *   1 axial   2 coronal   3 sagittal   4 all   F maximise   arrows 1 voxel   Shift+arrows 5   PgUp / PgDn slice
 *   Home: zoom 1
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/widgets/viewer.h"

G_BEGIN_DECLS

#define DUB_TYPE_TRI_VIEW (dub_tri_view_get_type ())
G_DECLARE_FINAL_TYPE (DubTriView, dub_tri_view, DUB, TRI_VIEW, GtkWidget)

GtkWidget *dub_tri_view_new          (void);
/* (transfer none), lives as long as the widget */
DubViewer *dub_tri_view_get_viewer   (DubTriView *self);
/* (transfer floating) (nullable): in the lower right corner of the large pane */
void       dub_tri_view_set_legend   (DubTriView *self,
                                      GtkWidget  *legend);
/* The plane of the pane last worked in. */
DubPlane   dub_tri_view_get_active   (DubTriView *self);
/* Seconds that the panes took to compose their last pixels, together. */
double     dub_tri_view_get_compose_time (DubTriView *self);

G_END_DECLS
