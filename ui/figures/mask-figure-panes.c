#include "ui/figures/mask-figure-panes.h"

#include <string.h>

#include "ui/figures/panes-sheet.h"

double
dub_mask_figure_draw_panes (const DubMaskFigure *figure,
                            DubCanvas           *canvas,
                            double               y,
                            double               width,
                            gboolean             wide,
                            gboolean             draw)
{
  DubPanesSheet sheet = {
    .base = figure->base,
    .style = figure->style,
    .heat_name = figure->mask != NULL ? "1 − m" : NULL,
    .radiological = figure->radiological,
    .crosshair = figure->crosshair,
  };

  memcpy (sheet.cursor, figure->cursor, sizeof sheet.cursor);
  sheet.style.overlay.volume = figure->hides_overlay ? NULL : figure->drawn != NULL ? figure->drawn : figure->mask;
  sheet.style.overlay.complement = TRUE;
  sheet.style.contour = figure->truth;
  sheet.style.contour_width = 0.7;
  sheet.style.classes = NULL;

  return dub_panes_sheet_draw (&sheet, canvas, y, width, wide, draw);
}
