/* What stands in the plot of accuracies: bars with their gaps, or lines with marks; bands, and the isotonic line. */
#include <math.h>

#include "ui/figures/reliability-figure-private.h"

/* Sizes in widths of a line. */
#define DOT      1.75
#define EDGE     1.25
#define CAP      2.5
#define WHISKER  0.65
#define HATCH    3.0

/* Bins of few cases have bands of this strength. */
#define FAINT 0.38

/* As many colours, strokes and shapes of marks. */
enum { N_LOOKS = 4 };

DubRgba
_dub_reliability_color (const DubTheme *theme,
                        guint           index)
{
  static const guint COLOR[N_LOOKS] = { 1, 2, 3, 0 };

  return theme->series[COLOR[index % N_LOOKS]];
}

void
_dub_reliability_set_stroke (cairo_t *cr,
                             guint    index,
                             double   width)
{
  static const double DASHES[N_LOOKS][2] = { { 0.0, 0.0 }, { 3.5, 1.75 }, { 1.0, 1.6 }, { 7.0, 2.0 } };
  const double *dash = DASHES[index % N_LOOKS];
  double scaled[2] = { dash[0] * width, dash[1] * width };

  cairo_set_line_width (cr, width);
  cairo_set_dash (cr, scaled, dash[0] > 0.0 ? 2 : 0, 0.0);
}

static void
trace_mark (cairo_t *cr,
            guint    shape,
            double   x,
            double   y,
            double   radius)
{
  cairo_new_path (cr);
  switch (shape) {
  case 1:
    cairo_rectangle (cr, x - 0.88 * radius, y - 0.88 * radius, 1.76 * radius, 1.76 * radius);
    break;
  case 2:
    cairo_move_to (cr, x, y - 1.3 * radius);
    cairo_line_to (cr, x + 1.3 * radius, y);
    cairo_line_to (cr, x, y + 1.3 * radius);
    cairo_line_to (cr, x - 1.3 * radius, y);
    cairo_close_path (cr);
    break;
  case 3:
    for (int arm = 0; arm < 4; arm++) {
      double along = 1.35 * radius, half = 0.42 * radius, c = cos (arm * G_PI_2), d = sin (arm * G_PI_2);

      cairo_line_to (cr, x + c * half - d * -half, y + d * half + c * -half);
      cairo_line_to (cr, x + c * along - d * -half, y + d * along + c * -half);
      cairo_line_to (cr, x + c * along - d * half, y + d * along + c * half);
    }
    cairo_close_path (cr);
    break;
  default:
    cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
  }
}

/* Disc, square, diamond, cross; then the same hollow: no triangle, which is a failure everywhere. */
void
_dub_reliability_draw_mark (DubCanvas *canvas,
                            guint      index,
                            double     x,
                            double     y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_save (cr);
  trace_mark (cr, index % N_LOOKS, x, y, 1.85 * theme->line_width);
  dub_canvas_set_color (canvas, _dub_reliability_color (theme, index));
  if (index / N_LOOKS % 2 == 1) {
    /* The line below must not show through. */
    dub_canvas_set_color (canvas, theme->view);
    cairo_fill_preserve (cr);
    dub_canvas_set_color (canvas, _dub_reliability_color (theme, index));
    cairo_set_line_width (cr, 0.8 * theme->line_width);
    cairo_stroke (cr);
  } else {
    cairo_fill (cr);
  }
  cairo_restore (cr);
}

/* Lines x + y = c with c at multiples of one distance: those of neighbouring bins go on in each other. */
void
_dub_reliability_draw_hatch (DubCanvas *canvas,
                             double     x,
                             double     y,
                             double     width,
                             double     height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double step = HATCH * theme->line_width, right = x + width, bottom = y + height;

  if (!(width > 0.0) || !(height > 0.0))
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  dub_canvas_set_color (canvas, dub_rgba_with_alpha (theme->series[2], 0.85));
  cairo_set_line_width (cr, 0.6 * theme->line_width);
  for (double k = ceil ((x + y) / step); k * step < right + bottom; k += 1.0) {
    double c = k * step;

    cairo_move_to (cr, MAX (x, c - bottom), MIN (bottom, c - x));
    cairo_line_to (cr, MIN (right, c - y), MAX (y, c - right));
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
_dub_reliability_draw_whisker (DubCanvas *canvas,
                               DubRgba    color,
                               double     x,
                               double     low,
                               double     high,
                               double     cap,
                               double     width)
{
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  if (!isfinite (x) || !isfinite (low) || !isfinite (high))
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  dub_canvas_set_color (canvas, color);
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, x, low);
  cairo_line_to (cr, x, high);
  cairo_move_to (cr, x - cap, low);
  cairo_line_to (cr, x + cap, low);
  cairo_move_to (cr, x - cap, high);
  cairo_line_to (cr, x + cap, high);
  cairo_stroke (cr);
  cairo_restore (cr);
}

DubRgba
_dub_reliability_bar_fill (const DubTheme *theme)
{
  return dub_rgba_with_alpha (theme->series[1], 0.27);
}

DubRgba
_dub_reliability_area_fill (const DubTheme *theme)
{
  return dub_rgba_with_alpha (theme->text, 0.13);
}

/* --- bars --- */

gboolean
_dub_reliability_bar (const DubReliabilityTrace *trace,
                      size_t                     bin,
                      DubCanvas                 *canvas,
                      const DubFigureLayout     *layout,
                      double                    *from,
                      double                    *to)
{
  double line = dub_canvas_get_theme (canvas)->line_width;
  double left = dub_figure_layout_to_px_x (layout, trace->edge[bin]);
  double right = dub_figure_layout_to_px_x (layout, trace->edge[bin + 1]);
  double gap = MIN (0.14 * (right - left), 1.7 * line);

  if (trace->count[bin] == 0)
    return FALSE;
  /* Edges on whole pixels where that does not change what is seen. */
  if (right - left > 5.0 * line) {
    left = dub_canvas_snap (canvas, left);
    right = dub_canvas_snap (canvas, right);
    gap = dub_canvas_snap (canvas, gap);
  }
  *from = left + gap / 2.0;
  *to = right - gap / 2.0;

  return isfinite (trace->confidence[bin]) && isfinite (trace->accuracy[bin]);
}

static void
draw_consistency (const DubReliabilityTrace *trace,
                  size_t                     bin,
                  DubCanvas                 *canvas,
                  const DubFigureLayout     *plot,
                  double                     from,
                  double                     to)
{
  if (trace->consistent_low == NULL || trace->consistent_high == NULL)
    return;

  double low = dub_figure_layout_to_px_y (plot, trace->consistent_low[bin]);
  double high = dub_figure_layout_to_px_y (plot, trace->consistent_high[bin]);

  if (isfinite (low) && isfinite (high) && low > high)
    dub_canvas_box (canvas, _dub_reliability_area_fill (dub_canvas_get_theme (canvas)), from, high, to - from, low - high, 0.0);
}

/* The bar to the accuracy, and what is between that and the confidence. */
static void
draw_bar (const DubReliabilityTrace *trace,
          size_t                     bin,
          DubCanvas                 *canvas,
          const DubFigureLayout     *plot)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double from, to;

  if (!_dub_reliability_bar (trace, bin, canvas, plot, &from, &to))
    return;

  double bottom = plot->y + plot->height, top = dub_figure_layout_to_px_y (plot, trace->accuracy[bin]);
  double mean = dub_figure_layout_to_px_y (plot, trace->confidence[bin]);

  dub_canvas_box (canvas, _dub_reliability_bar_fill (theme), from, top, to - from, bottom - top, 0.0);
  _dub_reliability_draw_hatch (canvas, from, MIN (top, mean), to - from, fabs (mean - top));
  draw_consistency (trace, bin, canvas, plot, from, to);
}

static void
draw_edge (const DubReliabilityTrace *trace,
           size_t                     bin,
           DubCanvas                 *canvas,
           const DubFigureLayout     *plot)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double from, to, thick = EDGE * theme->line_width;

  if (_dub_reliability_bar (trace, bin, canvas, plot, &from, &to))
    dub_canvas_box (canvas, theme->series[1], from, dub_figure_layout_to_px_y (plot, trace->accuracy[bin]) - thick / 2.0, to - from,
                    thick, 0.0);
}

/* Both through the dot: at the mean confidence, not in the middle of the bin. */
static void
draw_dot (const DubReliabilityTrace *trace,
          size_t                     bin,
          DubCanvas                 *canvas,
          const DubFigureLayout     *plot)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double from, to, line = theme->line_width;

  if (!_dub_reliability_bar (trace, bin, canvas, plot, &from, &to))
    return;

  double x = dub_figure_layout_to_px_x (plot, trace->confidence[bin]);
  double y = dub_figure_layout_to_px_y (plot, trace->accuracy[bin]);
  DubRgba ink = theme->series[0];

  if (trace->low != NULL && trace->high != NULL)
    _dub_reliability_draw_whisker (canvas, dub_rgba_with_alpha (ink, trace->count[bin] < DUB_RELIABILITY_FEW ? FAINT : 1.0), x,
                                   dub_figure_layout_to_px_y (plot, trace->low[bin]),
                                   dub_figure_layout_to_px_y (plot, trace->high[bin]), CLAMP (0.36 * (to - from), line, CAP * line),
                                   WHISKER * line);
  cairo_save (cr);
  cairo_new_path (cr);
  dub_canvas_set_color (canvas, ink);
  cairo_arc (cr, x, y, CLAMP (0.3 * (to - from), line, DOT * line), 0.0, 2.0 * G_PI);
  cairo_fill (cr);
  cairo_restore (cr);
}

void
_dub_reliability_draw_bars (const DubReliabilityTrace *trace,
                            DubCanvas                 *canvas,
                            const DubFigureLayout     *plot)
{
  for (size_t m = 0; m < trace->n_bins; m++)
    draw_bar (trace, m, canvas, plot);
  for (size_t m = 0; m < trace->n_bins; m++)
    draw_edge (trace, m, canvas, plot);
}

void
_dub_reliability_draw_dots (const DubReliabilityTrace *trace,
                            DubCanvas                 *canvas,
                            const DubFigureLayout     *plot)
{
  for (size_t m = 0; m < trace->n_bins; m++)
    draw_dot (trace, m, canvas, plot);
}

/* --- the isotonic line --- */

void
_dub_reliability_draw_corp (const DubReliabilityTrace *trace,
                            gboolean                   band,
                            DubCanvas                 *canvas,
                            const DubFigureLayout     *plot,
                            DubRgba                    color)
{
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double line = dub_canvas_get_theme (canvas)->line_width;
  size_t n = trace->n_corp;

  if (n == 0)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  if (band && trace->corp_low != NULL && trace->corp_high != NULL) {
    for (size_t i = 0; i < n; i++)
      cairo_line_to (cr, dub_figure_layout_to_px_x (plot, trace->corp_confidence[i]),
                     dub_figure_layout_to_px_y (plot, isfinite (trace->corp_low[i]) ? trace->corp_low[i] : trace->corp_share[i]));
    for (size_t i = n; i-- > 0;)
      cairo_line_to (cr, dub_figure_layout_to_px_x (plot, trace->corp_confidence[i]),
                     dub_figure_layout_to_px_y (plot, isfinite (trace->corp_high[i]) ? trace->corp_high[i] : trace->corp_share[i]));
    cairo_close_path (cr);
    dub_canvas_set_color (canvas, dub_rgba_with_alpha (color, 0.16 * color.alpha));
    cairo_fill (cr);
  }
  for (size_t i = 0; i < n; i++)
    cairo_line_to (cr, dub_figure_layout_to_px_x (plot, trace->corp_confidence[i]),
                   dub_figure_layout_to_px_y (plot, trace->corp_share[i]));
  dub_canvas_set_color (canvas, color);
  cairo_set_line_width (cr, 1.1 * line);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* --- several curves --- */

/* A bin of equal mass that has neither cases nor width is not there at all. */
static gboolean
is_absent (const DubReliabilityTrace *trace,
           size_t                     bin)
{
  return trace->count[bin] == 0 && !(trace->edge[bin + 1] > trace->edge[bin]);
}

static void
draw_line (const DubReliabilityTrace *trace,
           guint                      index,
           DubCanvas                 *canvas,
           const DubFigureLayout     *plot)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  cairo_save (cr);
  cairo_new_path (cr);
  for (size_t m = 0; m < trace->n_bins; m++) {
    if (is_absent (trace, m))
      continue;
    if (trace->count[m] == 0)
      cairo_new_sub_path (cr);
    else
      cairo_line_to (cr, dub_figure_layout_to_px_x (plot, trace->confidence[m]),
                     dub_figure_layout_to_px_y (plot, trace->accuracy[m]));
  }
  dub_canvas_set_color (canvas, _dub_reliability_color (theme, index));
  _dub_reliability_set_stroke (cr, index, theme->line_width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* Runs of bins that have cases, as one area each. */
static void
draw_consistent_area (const DubReliabilityTrace *trace,
                      guint                      index,
                      DubCanvas                 *canvas,
                      const DubFigureLayout     *plot)
{
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  if (trace->consistent_low == NULL || trace->consistent_high == NULL)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  for (size_t m = 0; m < trace->n_bins; m++) {
    double from = dub_figure_layout_to_px_x (plot, trace->edge[m]), to = dub_figure_layout_to_px_x (plot, trace->edge[m + 1]);
    double low = dub_figure_layout_to_px_y (plot, trace->consistent_low[m]);
    double high = dub_figure_layout_to_px_y (plot, trace->consistent_high[m]);

    if (trace->count[m] > 0 && isfinite (low) && isfinite (high))
      cairo_rectangle (cr, from, high, to - from, low - high);
  }
  dub_canvas_set_color (canvas, dub_rgba_with_alpha (_dub_reliability_color (dub_canvas_get_theme (canvas), index), 0.12));
  cairo_fill (cr);
  cairo_restore (cr);
}

void
_dub_reliability_draw_lines (const DubReliabilityPanel *panel,
                             DubCanvas                 *canvas,
                             const DubFigureLayout     *plot)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  guint n = panel->traces->len;
  double line = theme->line_width;

  for (guint i = 0; i < n; i++)
    draw_consistent_area (_dub_reliability_trace (panel, i), i, canvas, plot);
  /* The first one is drawn on top. */
  for (guint i = n; i-- > 0;) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);
    DubRgba color = _dub_reliability_color (theme, i);
    double aside = ((double) i - ((double) n - 1.0) / 2.0) * 1.4 * line;

    /* Bands around each other's lines would say nothing. */
    _dub_reliability_draw_corp (trace, FALSE, canvas, plot, dub_rgba_with_alpha (color, 0.6));
    for (size_t m = 0; trace->low != NULL && trace->high != NULL && m < trace->n_bins; m++)
      if (trace->count[m] > 0)
        _dub_reliability_draw_whisker (canvas, dub_rgba_with_alpha (color, trace->count[m] < DUB_RELIABILITY_FEW ? FAINT : 0.8),
                                       dub_figure_layout_to_px_x (plot, trace->confidence[m]) + aside,
                                       dub_figure_layout_to_px_y (plot, trace->low[m]),
                                       dub_figure_layout_to_px_y (plot, trace->high[m]), 1.2 * line, 0.5 * line);
  }
  for (guint i = n; i-- > 0;) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);

    draw_line (trace, i, canvas, plot);
    for (size_t m = 0; m < trace->n_bins; m++)
      if (trace->count[m] > 0)
        _dub_reliability_draw_mark (canvas, i, dub_figure_layout_to_px_x (plot, trace->confidence[m]),
                                    dub_figure_layout_to_px_y (plot, trace->accuracy[m]));
  }
}
