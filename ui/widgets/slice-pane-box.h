/* The viewer's box on a slice pane, above its pixels. */
#pragma once

#include <gtk/gtk.h>

#include "ui/widgets/viewer.h"

G_BEGIN_DECLS

/* @width, @height: of the pane in px; @scale: device px each */
void _dub_slice_pane_snapshot_box (DubViewer   *viewer,
                                   DubPlane     plane,
                                   GtkSnapshot *snapshot,
                                   int          width,
                                   int          height,
                                   int          scale);

G_END_DECLS
