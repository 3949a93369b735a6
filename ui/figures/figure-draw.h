/* Drawing a figure on a canvas of any size, and finding what is under a point of it.
 *
 * The static part and the cursor are drawn apart, so that a window can keep the first as
 * a picture and draw the second above it.
 */
#pragma once

#include "ui/figures/canvas.h"
#include "ui/figures/figure.h"

G_BEGIN_DECLS

/* Where the numbers are: filled by dub_figure_draw, used for the cursor and for hit tests. */
typedef struct {
  double      x, y, width, height; /* the plot's box, in user units */
  DubAxisKind x_kind, y_kind;
  double      x_range[2];
  double      y_range[2];
} DubFigureLayout;

/* Background is the caller's. @layout: (out) (optional) */
void     dub_figure_draw           (const DubFigure       *self,
                                    DubCanvas             *canvas,
                                    double                 width,
                                    double                 height,
                                    DubFigureLayout       *layout);
void     dub_figure_draw_cursor    (const DubFigure       *self,
                                    DubCanvas             *canvas,
                                    const DubFigureLayout *layout);

/* Conversions between values and user units; values may lie outside the box. */
double   dub_figure_layout_to_px_x (const DubFigureLayout *layout,
                                    double                 value);
double   dub_figure_layout_to_px_y (const DubFigureLayout *layout,
                                    double                 value);
double   dub_figure_layout_from_px_x (const DubFigureLayout *layout,
                                    double                 px);

/* Hit test: x of the data point nearest to @px, e.g. the iteration to rewind to; FALSE outside of
 * the box (widened by 6 units to each side) or without points. */
gboolean dub_figure_pick_x         (const DubFigure       *self,
                                    const DubFigureLayout *layout,
                                    double                 px,
                                    double                 py,
                                    double                *x);

G_END_DECLS
