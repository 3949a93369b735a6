/* The three plots on a canvas, their operating point above them, and what is under a place of them. */
#include "ui/figures/failure-figure.h"

#include <math.h>

#include "ui/figures/ticks.h"

/* Sizes in widths of a line. */
#define DISC 3.9
#define RING 2.6

static void
draw_bars (const DubFailureFigure *self,
           DubCanvas              *canvas,
           const DubFigureLayout  *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double zero = dub_canvas_snap (canvas, dub_figure_layout_to_px_y (layout, 0.0));
  double size = theme->font_caption, right = layout->x + layout->width;

  for (guint b = 0; b < self->n_bins; b++) {
    double width = (self->high - self->low) / self->n_bins;
    double from = dub_canvas_snap (canvas, dub_figure_layout_to_px_x (layout, self->low + b * width));
    double to = dub_canvas_snap (canvas, dub_figure_layout_to_px_x (layout, self->low + (b + 1) * width));
    double top = dub_figure_layout_to_px_y (layout, self->correct_share[b]);
    double bottom = dub_figure_layout_to_px_y (layout, -self->failed_share[b]);
    double gap = MIN (0.6 * theme->line_width, 0.25 * (to - from));

    if (self->correct_share[b] > 0.0)
      dub_canvas_box (canvas, dub_rgba_with_alpha (theme->correct, 0.82), from, top, to - from - gap, zero - top, 0.0);
    if (self->failed_share[b] > 0.0)
      dub_canvas_box (canvas, theme->failed, from, zero, to - from - gap, bottom - zero, 0.0);
  }
  dub_canvas_rule (canvas, theme->faint, layout->x, zero, right, zero);
  dub_canvas_text (canvas, self->n_correct_text, size, DUB_TEXT_RIGHT, theme->text, right - 0.4 * size, layout->y + 1.4 * size);
  dub_canvas_text (canvas, self->n_failed_text, size, DUB_TEXT_RIGHT, theme->text, right - 0.4 * size,
                   layout->y + layout->height - 0.9 * size);
}

static void
draw_area (const DubFailureFigure *self,
           DubCanvas              *canvas,
           const DubFigureLayout  *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  g_autofree char *number = dub_number_format (self->auroc, 3);
  g_autofree char *text = g_strdup_printf ("AUC %s", number);

  if (isfinite (self->auroc))
    dub_canvas_text (canvas, text, 1.05 * theme->font_caption, DUB_TEXT_RIGHT | DUB_TEXT_BOLD, theme->text,
                     layout->x + layout->width - 0.4 * theme->font_caption, layout->y + layout->height - theme->font_caption);
}

/* Above its line, on paper of its own: curves pass behind the words. */
static void
draw_base (const DubFailureFigure *self,
           DubCanvas              *canvas,
           const DubFigureLayout  *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, width = dub_canvas_text_width (canvas, self->base_text, size, DUB_TEXT_LEFT);
  double right = layout->x + layout->width - 0.3 * size, y = dub_figure_layout_to_px_y (layout, self->base) - 0.35 * size;

  dub_canvas_box (canvas, dub_rgba_with_alpha (theme->view, 0.9), right - width - 0.2 * size, y - 0.95 * size, width + 0.4 * size,
                  1.2 * size, 0.0);
  dub_canvas_text (canvas, self->base_text, size, DUB_TEXT_RIGHT, theme->dim, right, y);
}

static void
draw_ring (DubCanvas *canvas,
           DubRgba    color,
           double     x,
           double     y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_save (cr);
  cairo_new_path (cr);
  dub_canvas_set_color (canvas, color);
  cairo_set_line_width (cr, theme->line_width);
  cairo_arc (cr, x, y, RING * theme->line_width, 0.0, 2.0 * G_PI);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
dub_failure_figure_draw (const DubFailureFigure *self,
                         DubFailurePlot          plot,
                         DubCanvas              *canvas,
                         double                  width,
                         double                  height,
                         DubFigureLayout        *layout)
{
  g_return_if_fail (self != NULL && canvas != NULL && (guint) plot < DUB_N_FAILURE_PLOTS);

  DubFigureLayout box;

  dub_figure_draw (self->plot[plot], canvas, width, height, &box);
  if (plot == DUB_FAILURE_PLOT_OUTCOME)
    draw_bars (self, canvas, &box);
  if (plot == DUB_FAILURE_PLOT_ROC)
    draw_area (self, canvas, &box);
  if (plot == DUB_FAILURE_PLOT_RISK)
    draw_base (self, canvas, &box);
  if (plot == DUB_FAILURE_PLOT_RISK && isfinite (self->zero_coverage))
    draw_ring (canvas, dub_canvas_get_theme (canvas)->failed, dub_figure_layout_to_px_x (&box, self->zero_coverage),
               dub_figure_layout_to_px_y (&box, 0.0));
  if (layout != NULL)
    *layout = box;
}

/* --- the operating point --- */

static void
draw_disc (DubCanvas *canvas,
           double     x,
           double     y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_save (cr);
  cairo_new_path (cr);
  dub_canvas_set_color (canvas, theme->accent);
  cairo_arc (cr, x, y, DISC * theme->line_width, 0.0, 2.0 * G_PI);
  cairo_fill_preserve (cr);
  dub_canvas_set_color (canvas, theme->view);
  cairo_set_line_width (cr, 1.1 * theme->line_width);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_box (const DubFailureMark  *mark,
          DubCanvas             *canvas,
          const DubFigureLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double left = dub_figure_layout_to_px_x (layout, 1.0 - mark->specificity_range[1]);
  double right = dub_figure_layout_to_px_x (layout, 1.0 - mark->specificity_range[0]);
  double top = dub_figure_layout_to_px_y (layout, mark->sensitivity_range[1]);
  double bottom = dub_figure_layout_to_px_y (layout, mark->sensitivity_range[0]);

  if (isfinite (left) && isfinite (right) && isfinite (top) && isfinite (bottom))
    dub_canvas_box (canvas, dub_rgba_with_alpha (theme->series[1], 0.16), left, top, right - left, bottom - top, 0.0);
}

static void
draw_drop (DubCanvas             *canvas,
           const DubFigureLayout *layout,
           double                 x,
           double                 y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double dashes[2] = { theme->line_width, 1.4 * theme->line_width };

  cairo_save (cr);
  dub_canvas_set_color (canvas, theme->accent);
  cairo_set_line_width (cr, 0.6 * theme->line_width);
  cairo_set_dash (cr, dashes, 2, 0.0);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x, layout->y + layout->height);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* A line over both outcomes, with a handle to take hold of. */
static void
draw_threshold (DubCanvas             *canvas,
                const DubFigureLayout *layout,
                double                 x)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double unit = theme->line_width;

  x = CLAMP (x, layout->x, layout->x + layout->width);
  dub_canvas_box (canvas, theme->accent, x - 0.65 * unit, layout->y, 1.3 * unit, layout->height, 0.0);
  dub_canvas_box (canvas, theme->accent, x - 2.8 * unit, layout->y - unit, 5.6 * unit, 8.0 * unit, 2.8 * unit);
}

static gboolean
place_of (const DubFailureFigure *self,
          DubFailurePlot          plot,
          const DubFigureLayout  *layout,
          size_t                  at,
          double                 *x,
          double                 *y)
{
  size_t n_correct = self->n_cases - self->n_failures, accepted = self->accepted[at], failures = self->failures[at];

  if (plot == DUB_FAILURE_PLOT_ROC && (self->n_failures == 0 || n_correct == 0))
    return FALSE;
  if (plot == DUB_FAILURE_PLOT_ROC) {
    *x = (double) failures / (double) self->n_failures;
    *y = (double) (accepted - failures) / (double) n_correct;
  } else if (plot == DUB_FAILURE_PLOT_RISK) {
    *x = (double) accepted / (double) self->n_cases;
    *y = accepted > 0 ? (double) failures / (double) accepted : 0.0;
  } else {
    *x = MAX (self->threshold[at], self->low);
    *y = 0.0;
  }
  *x = dub_figure_layout_to_px_x (layout, *x);
  *y = MAX (dub_figure_layout_to_px_y (layout, *y), layout->y);

  return TRUE;
}

void
dub_failure_figure_draw_point (const DubFailureFigure *self,
                               DubFailurePlot          plot,
                               DubCanvas              *canvas,
                               const DubFigureLayout  *layout)
{
  g_return_if_fail (self != NULL && canvas != NULL && layout != NULL);

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double x, y;

  if (self->has_mark && place_of (self, plot, layout, self->mark.at, &x, &y)) {
    if (plot == DUB_FAILURE_PLOT_ROC)
      draw_box (&self->mark, canvas, layout);
    if (plot == DUB_FAILURE_PLOT_RISK)
      draw_drop (canvas, layout, x, y);
    if (plot == DUB_FAILURE_PLOT_OUTCOME)
      draw_threshold (canvas, layout, isfinite (self->mark.threshold) ? dub_figure_layout_to_px_x (layout, self->mark.threshold) : x);
    else
      draw_disc (canvas, x, y);
  }
  if (isfinite (self->case_score) && place_of (self, plot, layout, dub_failure_figure_find (self, self->case_score), &x, &y))
    draw_ring (canvas, self->case_failed ? theme->failed : theme->correct, x, y);
}

size_t
dub_failure_figure_pick (const DubFailureFigure *self,
                         DubFailurePlot          plot,
                         const DubFigureLayout  *layout,
                         double                  px,
                         double                  py)
{
  double nearest = INFINITY;
  size_t best = 0;

  g_return_val_if_fail (self != NULL && layout != NULL, 0);

  px = CLAMP (px, layout->x, layout->x + layout->width);
  py = CLAMP (py, layout->y, layout->y + layout->height);
  if (plot == DUB_FAILURE_PLOT_OUTCOME)
    return px <= layout->x ? 0 : dub_failure_figure_find (self, dub_figure_layout_from_px_x (layout, px));
  for (size_t k = 0; k < self->n_points; k++) {
    double x, y;

    if (!place_of (self, plot, layout, k, &x, &y))
      continue;

    /* Risk and coverage: one coverage has one risk, so that the pointer's height says nothing. */
    double distance = plot == DUB_FAILURE_PLOT_RISK ? fabs (x - px) : hypot (x - px, y - py);

    if (distance < nearest) {
      nearest = distance;
      best = k;
    }
  }

  return best;
}
