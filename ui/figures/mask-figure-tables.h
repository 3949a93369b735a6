/* The tables of the mask figure: effect on the classes, and regions. */
#pragma once

#include "ui/figures/mask-figure.h"

G_BEGIN_DECLS

/* Returns the height that the tables take at @width; draws them where @draw is TRUE. */
double dub_mask_figure_draw_tables (const DubMaskFigure *figure,
                                    DubCanvas           *canvas,
                                    double               x,
                                    double               y,
                                    double               width,
                                    gboolean             draw);

G_END_DECLS
