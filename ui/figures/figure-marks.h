/* The small things of a plot: marks at points, notes, rules, the part still to come. For figure-draw.c only. */
#pragma once

#include "ui/figures/figure-draw.h"

G_BEGIN_DECLS

/* A mark centred at (x, y), as large as the theme's lines ask for. */
void _dub_figure_draw_mark    (DubCanvas             *canvas,
                               DubMark                mark,
                               DubRgba                color,
                               double                 x,
                               double                 y);
/* Dotted lines with their words at the upper or right end. */
void _dub_figure_draw_rules   (const DubFigure       *self,
                               DubCanvas             *canvas,
                               const DubFigureLayout *layout);
/* Words beside their points, kept inside of the plot. */
void _dub_figure_draw_notes   (const DubFigure       *self,
                               DubCanvas             *canvas,
                               const DubFigureLayout *layout);
/* The grey part on the right. */
void _dub_figure_draw_pending (const DubFigure       *self,
                               DubCanvas             *canvas,
                               const DubFigureLayout *layout);

G_END_DECLS
