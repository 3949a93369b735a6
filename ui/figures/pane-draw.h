/* A pane on a canvas: the composed picture, and what is written and drawn on it. */
#pragma once

#include "ui/figures/canvas.h"
#include "ui/figures/compose.h"

G_BEGIN_DECLS

/* Composes at the canvas's density and paints it at (@x, @y), snapped to its pixels. view->fit is in user
 * units per mm here, style->contour_width in user units. */
void dub_pane_draw           (DubCanvas          *canvas,
                              DubComposer        *composer,
                              const DubSliceView *view,
                              const DubPaneStyle *style,
                              double              x,
                              double              y,
                              double              width,
                              double              height);

/* The letters at the four edges, the slice in the upper left corner ("Coronal · y −31.5 mm", shortened to what
 * fits) and @convention in the lower right one.
 * @plane: (nullable): name of the plane: the translation of dub_plane_name ()
 * @convention: (nullable): "radiological"
 */
void dub_pane_draw_letters   (DubCanvas          *canvas,
                              const DubSliceView *view,
                              const char         *plane,
                              const char         *convention,
                              double              x,
                              double              y,
                              double              width,
                              double              height);

/* Two lines through the cursor with a gap of @gap around it. */
void dub_pane_draw_crosshair (DubCanvas          *canvas,
                              const DubSliceView *view,
                              double              gap,
                              double              x,
                              double              y,
                              double              width,
                              double              height);

G_END_DECLS
