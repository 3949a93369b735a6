/* The panes of the mask figure with their colour bar. */
#pragma once

#include "ui/figures/mask-figure.h"

G_BEGIN_DECLS

/* dub_mask_figure_draw_panes:
 * @wide: three panes in a row and the bar beside them; otherwise two rows, with the bar in the free corner
 * @draw: FALSE to measure only
 *
 * One scale for all panes, cropped to what is in the image. Returns the height in pt; 0 without an image.
 */
double dub_mask_figure_draw_panes (const DubMaskFigure *figure,
                                   DubCanvas           *canvas,
                                   double               y,
                                   double               width,
                                   gboolean             wide,
                                   gboolean             draw);

G_END_DECLS
