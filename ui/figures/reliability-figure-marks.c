/* What a person has picked out of the data, above a panel: where the current case stands, and how the selected set lies in the
 * bins. */
#include <math.h>

#include "ui/figures/reliability-figure-private.h"

/* Of the caption's size. */
#define MARK 0.36

/* Part of the bin's bar, from below: on a log axis a share is where it is read, not how much of the bar it fills. */
static void
draw_selected (const DubReliabilityTrace *trace,
               const guint               *selected,
               DubCanvas                 *canvas,
               const DubFigureLayout     *counts)
{
  DubRgba color = dub_canvas_get_theme (canvas)->accent;
  double bottom = counts->y + counts->height, from, to;

  for (size_t m = 0; m < trace->n_bins; m++) {
    if (selected[m] == 0 || !_dub_reliability_bar (trace, m, canvas, counts, &from, &to))
      continue;

    double top = dub_figure_layout_to_px_y (counts, (double) MIN (selected[m], trace->count[m]));

    dub_canvas_box (canvas, color, from, top, to - from, bottom - top, 0.0);
  }
}

/* Between the boxes, where nothing else is drawn. */
static void
draw_case (const DubReliabilityMarks  *marks,
           DubCanvas                  *canvas,
           const DubReliabilityLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double x = dub_figure_layout_to_px_x (&layout->plot, marks->confidence), radius = MARK * theme->font_caption;
  double y = (layout->plot.y + layout->plot.height + layout->counts.y) / 2.0;

  cairo_new_path (cr);
  if (marks->correct) {
    cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
  } else {
    cairo_move_to (cr, x, y - 1.15 * radius);
    cairo_line_to (cr, x + 1.15 * radius, y + radius);
    cairo_line_to (cr, x - 1.15 * radius, y + radius);
    cairo_close_path (cr);
  }
  dub_canvas_set_color (canvas, marks->correct ? theme->correct : theme->failed);
  cairo_fill (cr);
}

void
dub_reliability_figure_draw_marks (const DubReliabilityFigure *self,
                                   guint                       panel,
                                   const DubReliabilityMarks  *marks,
                                   DubCanvas                  *canvas,
                                   const DubReliabilityLayout *layout)
{
  g_return_if_fail (self != NULL && panel < self->panels->len && marks != NULL && canvas != NULL && layout != NULL);

  const DubReliabilityPanel *one = _dub_reliability_panel (self, panel);

  if (marks->selected != NULL && one->traces->len == 1)
    draw_selected (_dub_reliability_trace (one, 0), marks->selected, canvas, &layout->counts);
  if (isfinite (marks->confidence))
    draw_case (marks, canvas, layout);
}
