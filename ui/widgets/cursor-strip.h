/* The line under a viewer: region, image value, heat; voxel, mm, origin of the affine. */
#pragma once

#include <gtk/gtk.h>

#include "ui/widgets/viewer.h"

G_BEGIN_DECLS

#define DUB_TYPE_CURSOR_STRIP (dub_cursor_strip_get_type ())
G_DECLARE_FINAL_TYPE (DubCursorStrip, dub_cursor_strip, DUB, CURSOR_STRIP, GtkWidget)

GtkWidget *dub_cursor_strip_new            (void);
void       dub_cursor_strip_set_viewer     (DubCursorStrip *self,
                                            DubViewer      *viewer);
/* What the image's numbers are: "GM" for grey-matter maps, "value" otherwise. */
void       dub_cursor_strip_set_value_name (DubCursorStrip *self,
                                            const char     *name);

G_END_DECLS
