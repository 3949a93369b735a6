/* A drawing of ui/figures as a texture, so that it is drawn anew only when it or its place has changed. */
#pragma once

#include <gtk/gtk.h>

#include "ui/figures/canvas.h"

G_BEGIN_DECLS

typedef void (*DubPaintFunc) (DubCanvas *canvas,
                              int        width,
                              int        height,
                              gpointer   data);

/* Paints @width × @height logical pixels at the resolution of @widget's device, over nothing. (transfer full) */
GdkTexture *dub_canvas_texture (GtkWidget      *widget,
                                const DubTheme *theme,
                                int             width,
                                int             height,
                                DubPaintFunc    paint,
                                gpointer        data);

G_END_DECLS
