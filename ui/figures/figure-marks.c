#include "ui/figures/figure-marks.h"

#include <math.h>

void
_dub_figure_draw_mark (DubCanvas *canvas,
                       DubMark    mark,
                       DubRgba    color,
                       double     x,
                       double     y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double radius = 1.9 * theme->line_width;

  cairo_save (cr);
  dub_canvas_set_color (canvas, color);
  cairo_new_sub_path (cr);
  if (mark == DUB_MARK_TRIANGLE) {
    cairo_move_to (cr, x, y - 1.3 * radius);
    cairo_line_to (cr, x + 1.2 * radius, y + 0.9 * radius);
    cairo_line_to (cr, x - 1.2 * radius, y + 0.9 * radius);
    cairo_close_path (cr);
  } else {
    cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
  }
  if (mark == DUB_MARK_RING) {
    /* The line below must not show through: a ring means that the value may still change. */
    dub_canvas_set_color (canvas, theme->view);
    cairo_fill_preserve (cr);
    dub_canvas_set_color (canvas, color);
    cairo_set_line_width (cr, 0.8 * theme->line_width);
    cairo_stroke (cr);
  } else {
    cairo_fill (cr);
  }
  cairo_restore (cr);
}

void
_dub_figure_draw_rules (const DubFigure       *self,
                        DubCanvas             *canvas,
                        const DubFigureLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, dashes[2] = { theme->line_width, 1.6 * theme->line_width };

  for (guint i = 0; i < self->rules->len; i++) {
    const DubRule *rule = &g_array_index (self->rules, DubRule, i);
    double at = rule->vertical ? dub_figure_layout_to_px_x (layout, rule->value)
                               : dub_figure_layout_to_px_y (layout, rule->value);
    double low = rule->vertical ? layout->x : layout->y;
    double extent = rule->vertical ? layout->width : layout->height;

    if (!isfinite (at) || at < low - 0.5 || at > low + extent + 0.5)
      continue;
    cairo_save (cr);
    dub_canvas_set_color (canvas, theme->dim);
    cairo_set_line_width (cr, 0.6 * theme->line_width);
    cairo_set_dash (cr, dashes, 2, 0.0);
    cairo_move_to (cr, rule->vertical ? at : layout->x, rule->vertical ? layout->y : at);
    cairo_line_to (cr, rule->vertical ? at : layout->x + layout->width, rule->vertical ? layout->y + layout->height : at);
    cairo_stroke (cr);
    cairo_restore (cr);
    if (rule->text == NULL)
      continue;
    if (rule->vertical) {
      double room = layout->x + layout->width - at;
      gboolean left = room < dub_canvas_text_width (canvas, rule->text, size, DUB_TEXT_LEFT) + size;

      dub_canvas_text (canvas, rule->text, size, left ? DUB_TEXT_RIGHT : DUB_TEXT_LEFT, theme->dim,
                       at + (left ? -0.4 : 0.4) * size, layout->y + size);
    } else {
      dub_canvas_text (canvas, rule->text, size, DUB_TEXT_RIGHT, theme->dim, layout->x + layout->width - 0.3 * size,
                       at - 0.35 * size);
    }
  }
}

void
_dub_figure_draw_notes (const DubFigure       *self,
                        DubCanvas             *canvas,
                        const DubFigureLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption;

  for (guint i = 0; i < self->notes->len; i++) {
    const DubNote *note = &g_array_index (self->notes, DubNote, i);
    double x = dub_figure_layout_to_px_x (layout, note->x), y = dub_figure_layout_to_px_y (layout, note->y);

    if (!isfinite (x) || !isfinite (y) || x < layout->x || x > layout->x + layout->width || y < layout->y
        || y > layout->y + layout->height)
      continue;
    if (note->ring)
      _dub_figure_draw_mark (canvas, DUB_MARK_RING, theme->series[MIN (note->color, G_N_ELEMENTS (theme->series) - 1)],
                             x, y);

    double width = dub_canvas_text_width (canvas, note->text, size, DUB_TEXT_LEFT);
    double left = CLAMP (x - width / 2.0, layout->x + 0.4 * size, MAX (layout->x + layout->width - width, layout->x));
    double baseline = y + 1.9 * size;

    if (baseline > layout->y + layout->height - 0.3 * size)
      baseline = y - 1.1 * size;
    dub_canvas_text (canvas, note->text, size, DUB_TEXT_LEFT, theme->dim, left, baseline);
  }
}

void
_dub_figure_draw_pending (const DubFigure       *self,
                          DubCanvas             *canvas,
                          const DubFigureLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double x = dub_figure_layout_to_px_x (layout, self->pending), right = layout->x + layout->width;

  if (!isfinite (self->pending) || !isfinite (x) || x >= right)
    return;
  x = MAX (x, layout->x);
  dub_canvas_box (canvas, dub_rgba_with_alpha (theme->faint, 0.1), x, layout->y, right - x, layout->height, 0.0);
}
