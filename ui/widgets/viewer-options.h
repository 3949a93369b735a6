/* The popover of a viewer: everything about overlay and window that has no gesture, and what has one, in numbers. */
#pragma once

#include <gtk/gtk.h>

#include "ui/widgets/viewer.h"

G_BEGIN_DECLS

#define DUB_TYPE_VIEWER_OPTIONS (dub_viewer_options_get_type ())
G_DECLARE_FINAL_TYPE (DubViewerOptions, dub_viewer_options, DUB, VIEWER_OPTIONS, GtkPopover)

GtkWidget *dub_viewer_options_new (DubViewer *viewer);

G_END_DECLS
