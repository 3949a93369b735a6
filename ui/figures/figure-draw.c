#include "ui/figures/figure-draw.h"

#include <math.h>

#include "ui/figures/decimate.h"
#include "ui/figures/figure-marks.h"
#include "ui/figures/ticks.h"

/* Distances in units of the caption's size, so that screen and paper keep one look. */
#define LEGEND_ROW 1.7
#define SWATCH     1.75
#define GAP        0.45
#define TICK_GAP   0.2
#define MIN_PLOT   20.0

/* Strokes of long lines are short: Cairo's time grows faster than the length of a path. */
enum { CHUNK_COLUMNS = 64, SHORT_LINE = 512 };

static double
to_unit (double      value,
         DubAxisKind kind,
         const double range[2])
{
  if (kind == DUB_AXIS_LOG)
    return (log10 (value) - log10 (range[0])) / (log10 (range[1]) - log10 (range[0]));

  return (value - range[0]) / (range[1] - range[0]);
}

double
dub_figure_layout_to_px_x (const DubFigureLayout *layout,
                           double                 value)
{
  return layout->x + layout->width * to_unit (value, layout->x_kind, layout->x_range);
}

double
dub_figure_layout_to_px_y (const DubFigureLayout *layout,
                           double                 value)
{
  return layout->y + layout->height * (1.0 - to_unit (value, layout->y_kind, layout->y_range));
}

double
dub_figure_layout_from_px_x (const DubFigureLayout *layout,
                             double                 px)
{
  double unit = (px - layout->x) / layout->width;

  if (layout->x_kind == DUB_AXIS_LOG)
    return layout->x_range[0] * pow (layout->x_range[1] / layout->x_range[0], unit);

  return layout->x_range[0] + unit * (layout->x_range[1] - layout->x_range[0]);
}

typedef struct {
  int    n;
  double value[DUB_MAX_TICKS];
  char  *text[DUB_MAX_TICKS];
  double widest;
} Ticks;

static void
ticks_init (Ticks       *self,
            DubCanvas   *canvas,
            DubAxisKind  kind,
            const double range[2],
            int          max_ticks,
            gboolean     is_unsigned)
{
  double size = dub_canvas_get_theme (canvas)->font_caption;
  double step = dub_ticks_step (range[0], range[1], max_ticks);

  self->n = kind == DUB_AXIS_LOG ? dub_ticks_log (range[0], range[1], max_ticks, self->value)
                                 : dub_ticks_linear (range[0], range[1], max_ticks, self->value);
  self->widest = 0.0;
  for (int i = 0; i < self->n; i++) {
    self->text[i] = kind == DUB_AXIS_LOG ? dub_tick_format_log (self->value[i])
                                         : dub_tick_format_linear (is_unsigned ? fabs (self->value[i]) : self->value[i], step);
    self->widest = MAX (self->widest, dub_canvas_text_width (canvas, self->text[i], size, DUB_TEXT_LEFT));
  }
}

/* Of the values that were asked for, those inside of @layout's x range, with a number where it does not touch the one before. */
static void
ticks_init_at (Ticks                 *self,
               DubCanvas             *canvas,
               const GArray          *values,
               const DubFigureLayout *layout)
{
  double size = dub_canvas_get_theme (canvas)->font_caption, end = -HUGE_VAL;

  self->n = 0;
  self->widest = 0.0;
  for (guint i = 0; i < values->len && self->n < DUB_MAX_TICKS; i++) {
    double value = g_array_index (values, double, i), x = dub_figure_layout_to_px_x (layout, value);
    g_autofree char *text = dub_number_format_short (value, 3);
    double width = dub_canvas_text_width (canvas, text, size, DUB_TEXT_LEFT);
    gboolean fits = x - 0.5 * width >= end + TICK_GAP * size;

    if (!(value >= layout->x_range[0] && value <= layout->x_range[1]))
      continue;
    self->value[self->n] = value;
    self->text[self->n++] = fits ? g_steal_pointer (&text) : g_strdup ("");
    if (fits) {
      end = x + 0.5 * width;
      self->widest = MAX (self->widest, width);
    }
  }
}

static void
ticks_clear (Ticks *self)
{
  for (int i = 0; i < self->n; i++)
    g_free (self->text[i]);
}

static DubRgba
series_color (const DubTheme  *theme,
              const DubSeries *series)
{
  DubRgba color = theme->series[MIN (series->color, G_N_ELEMENTS (theme->series) - 1)];

  return dub_rgba_with_alpha (color, color.alpha * series->alpha);
}

static double
line_width (const DubTheme  *theme,
            const DubSeries *series)
{
  return theme->line_width * series->weight;
}

/* Dashes in units of the line's width; returns the period. */
static double
set_dash (cairo_t         *cr,
          const DubSeries *series,
          double           width,
          double           offset)
{
  double dashes[2] = { (series->stroke == DUB_STROKE_DASHED ? 3.5 : 1.0) * width,
                       (series->stroke == DUB_STROKE_DASHED ? 1.75 : 1.6) * width };

  if (series->stroke == DUB_STROKE_SOLID)
    cairo_set_dash (cr, NULL, 0, 0.0);
  else
    cairo_set_dash (cr, dashes, 2, offset);

  return dashes[0] + dashes[1];
}

/* Draws the legend, or only measures it; returns its height. */
static double
legend (const DubFigure *self,
        DubCanvas       *canvas,
        double           x,
        double           y,
        double           width,
        gboolean         draw)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, place = x, row = y;
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  if (!self->legend || self->series->len == 0)
    return 0.0;
  for (guint s = 0; s < self->series->len; s++) {
    const DubSeries *series = self->series->pdata[s];

    if (series->name == NULL)
      continue;

    double entry = (SWATCH + GAP) * size + dub_canvas_text_width (canvas, series->name, size, DUB_TEXT_LEFT);

    if (place > x && place + entry > x + width) {
      place = x;
      row += LEGEND_ROW * size;
    }
    if (draw) {
      double middle = row + 0.62 * size;

      cairo_save (cr);
      dub_canvas_set_color (canvas, series_color (theme, series));
      if (series->weight > 0.0) {
        cairo_set_line_width (cr, line_width (theme, series));
        set_dash (cr, series, line_width (theme, series), 0.0);
        cairo_move_to (cr, place, middle);
        cairo_line_to (cr, place + SWATCH * size, middle);
        cairo_stroke (cr);
      }
      cairo_restore (cr);
      if (series->mark != DUB_MARK_NONE)
        _dub_figure_draw_mark (canvas, series->mark, series_color (theme, series), place + 0.5 * SWATCH * size, middle);
      dub_canvas_text (canvas, series->name, size, DUB_TEXT_LEFT, theme->text, place + (SWATCH + GAP) * size,
                       row + size);
    }
    place += entry + 1.1 * size;
  }

  return row - y + LEGEND_ROW * size;
}

/* The path of points [from, to), with the dash going on from the chunk before. */
static double
stroke_chunk (cairo_t        *cr,
              const DubPoint *points,
              guint           from,
              guint           to)
{
  double length = 0.0;

  cairo_move_to (cr, points[from].x, points[from].y);
  for (guint i = from + 1; i < to; i++) {
    cairo_line_to (cr, points[i].x, points[i].y);
    length += hypot (points[i].x - points[i - 1].x, points[i].y - points[i - 1].y);
  }
  cairo_stroke (cr);

  return length;
}

static void
draw_marks (const DubSeries       *series,
            DubCanvas             *canvas,
            const DubFigureLayout *layout)
{
  DubRgba color = series_color (dub_canvas_get_theme (canvas), series);

  for (size_t i = 0; series->mark != DUB_MARK_NONE && i < series->n; i++) {
    double x = dub_figure_layout_to_px_x (layout, series->x[i]), y = dub_figure_layout_to_px_y (layout, series->y[i]);

    if (isfinite (x) && isfinite (y))
      _dub_figure_draw_mark (canvas, series->mark, color, x, y);
  }
}

static void
draw_series (const DubSeries       *series,
             DubCanvas             *canvas,
             const DubFigureLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double density = dub_canvas_get_density (canvas), width = line_width (theme, series);
  g_autoptr (GArray) line = dub_decimate (series, layout, density);
  const DubPoint *points = (const DubPoint *) (void *) line->data;
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  if (!(series->weight > 0.0)) {
    draw_marks (series, canvas, layout);
    return;
  }
  cairo_save (cr);
  cairo_set_line_width (cr, width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  /* Round ends close the joints between chunks; dashes need their flat ends. */
  cairo_set_line_cap (cr, series->stroke == DUB_STROKE_SOLID ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
  dub_canvas_set_color (canvas, series_color (theme, series));
  for (guint start = 0; start < line->len;) {
    guint end = start;
    double dash = 0.0;

    while (end < line->len && !isnan (points[end].x))
      end++;
    if (end == start + 1) {
      /* A lone point is a line without length: draw it as a dot. */
      cairo_arc (cr, points[start].x, points[start].y, width, 0.0, 2.0 * G_PI);
      cairo_fill (cr);
    }
    for (guint from = start; from + 1 < end;) {
      guint to = from + 1;

      if (end - start <= SHORT_LINE)
        to = end;
      while (to < end && points[to].x - points[from].x <= CHUNK_COLUMNS / density)
        to++;
      to = MIN (MAX (to, from + 2), end);

      double period = set_dash (cr, series, width, dash);

      dash = fmod (dash + stroke_chunk (cr, points, from, to), period);
      from = to - 1;
    }
    start = end + 1;
  }
  cairo_restore (cr);
  draw_marks (series, canvas, layout);
}

/* Short marks at 2 … 9 of each decade, where a decade is tall enough to tell them apart. */
static void
draw_minor_ticks (DubCanvas             *canvas,
                  const DubFigureLayout *layout,
                  double                 length)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  int first = (int) floor (log10 (layout->y_range[0]) + 1e-9);
  int last = (int) ceil (log10 (layout->y_range[1]) - 1e-9);

  if (last - first < 1 || layout->height / (last - first) < 3.0 * theme->font_caption)
    return;
  for (int power = first; power < last; power++)
    for (int i = 2; i < 10; i++) {
      double value = i * pow (10.0, power);

      if (value <= layout->y_range[0] || value >= layout->y_range[1])
        continue;

      double y = dub_figure_layout_to_px_y (layout, value);

      dub_canvas_rule (canvas, theme->faint, layout->x - length, y, layout->x, y);
    }
}

static void
draw_axes (const DubFigure       *self,
           DubCanvas             *canvas,
           const DubFigureLayout *layout,
           const Ticks           *x_ticks,
           const Ticks           *y_ticks,
           double                 y_label_x)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, gap = GAP * size;
  double right = layout->x + layout->width, bottom = layout->y + layout->height;
  double mark = 0.3 * size;

  for (int i = 0; i < y_ticks->n; i++) {
    double y = dub_figure_layout_to_px_y (layout, y_ticks->value[i]);

    if (y < bottom - 0.5)
      dub_canvas_rule (canvas, theme->grid, layout->x, y, right, y);
    dub_canvas_rule (canvas, theme->faint, layout->x - mark, y, layout->x, y);
    dub_canvas_text (canvas, y_ticks->text[i], size, DUB_TEXT_RIGHT, theme->dim, layout->x - gap - mark,
                     y + 0.36 * size);
  }
  if (layout->y_kind == DUB_AXIS_LOG)
    draw_minor_ticks (canvas, layout, 0.6 * mark);
  for (int i = 0; i < x_ticks->n; i++) {
    double x = dub_figure_layout_to_px_x (layout, x_ticks->value[i]);

    dub_canvas_rule (canvas, theme->faint, x, bottom, x, bottom + mark);
    if (*x_ticks->text[i] != '\0')
      dub_canvas_text (canvas, x_ticks->text[i], size, DUB_TEXT_CENTRE, theme->dim, x, bottom + mark + gap + 0.8 * size);
  }
  dub_canvas_rule (canvas, theme->faint, layout->x, bottom, right, bottom);
  dub_canvas_rule (canvas, theme->faint, layout->x, layout->y, layout->x, bottom);
  if (self->x.label != NULL)
    dub_canvas_text (canvas, self->x.label, size, DUB_TEXT_CENTRE, theme->dim, layout->x + layout->width / 2.0,
                     bottom + mark + 2.0 * gap + 1.85 * size);
  if (self->y.label != NULL)
    dub_canvas_text (canvas, self->y.label, size, DUB_TEXT_CENTRE | DUB_TEXT_UP, theme->dim, y_label_x,
                     layout->y + layout->height / 2.0);
}

void
dub_figure_draw (const DubFigure *self,
                 DubCanvas       *canvas,
                 double           width,
                 double           height,
                 DubFigureLayout *layout)
{
  g_return_if_fail (self != NULL && canvas != NULL);

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, gap = GAP * size, mark = 0.3 * size;
  DubFigureLayout box = { .x_kind = self->x.kind, .y_kind = self->y.kind };
  Ticks x_ticks, y_ticks;
  double top, bottom, left;

  dub_figure_get_range (self, box.x_range, box.y_range);
  top = legend (self, canvas, 0.0, 0.0, width, FALSE) + 0.5 * size;
  bottom = mark + gap + 1.2 * size + (self->x.label != NULL ? gap + 1.1 * size : 0.0);
  box.y = dub_canvas_snap (canvas, top);
  box.height = dub_canvas_snap (canvas, MAX (MIN_PLOT, height - top - bottom));
  ticks_init (&y_ticks, canvas, box.y_kind, box.y_range, (int) CLAMP (box.height / (1.6 * size), 2, 9), self->y_unsigned);
  left = y_ticks.widest + gap + mark + (self->y.label != NULL ? 1.25 * size + gap : 0.0);
  box.x = dub_canvas_snap (canvas, left);
  /* The last number of the x axis may reach beyond the box by half its width. */
  box.width = dub_canvas_snap (canvas, MAX (MIN_PLOT, width - left - 1.1 * size));
  if (self->x_ticks != NULL && box.x_kind == DUB_AXIS_LINEAR)
    ticks_init_at (&x_ticks, canvas, self->x_ticks, &box);
  else
    ticks_init (&x_ticks, canvas, box.x_kind, box.x_range, (int) CLAMP (box.width / (4.5 * size), 2, 9), FALSE);

  legend (self, canvas, box.x, 0.0, width - box.x, TRUE);
  _dub_figure_draw_pending (self, canvas, &box);
  draw_axes (self, canvas, &box, &x_ticks, &y_ticks, 1.0 * size);
  _dub_figure_draw_rules (self, canvas, &box);
  if (dub_figure_has_points (self)) {
    cairo_save (cr);
    cairo_rectangle (cr, box.x, box.y - theme->line_width, box.width + theme->line_width,
                     box.height + theme->line_width);
    cairo_clip (cr);
    for (guint s = self->series->len; s > 0; s--)
      draw_series (self->series->pdata[s - 1], canvas, &box);
    cairo_restore (cr);
    _dub_figure_draw_notes (self, canvas, &box);
  } else if (self->empty != NULL) {
    dub_canvas_text (canvas, self->empty, theme->font_body, DUB_TEXT_CENTRE, theme->dim, box.x + box.width / 2.0,
                     box.y + box.height / 2.0 + 0.36 * theme->font_body);
  }
  ticks_clear (&x_ticks);
  ticks_clear (&y_ticks);
  if (layout != NULL)
    *layout = box;
}

/* A series of its own colour keeps it; the first one, whose value the cursor is about, takes the cursor's. */
static void
draw_cursor_marker (const DubFigure       *self,
                    DubCanvas             *canvas,
                    const DubFigureLayout *layout,
                    const DubSeries       *series)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double x = dub_figure_layout_to_px_x (layout, self->cursor);
  double y = dub_figure_layout_to_px_y (layout, dub_series_value_at (series, self->cursor));

  if (!isfinite (y) || y < layout->y || y > layout->y + layout->height)
    return;
  cairo_save (cr);
  dub_canvas_set_color (canvas, series->cursor_marker ? series_color (theme, series) : theme->accent);
  cairo_arc (cr, x, y, 2.3 * theme->line_width, 0.0, 2.0 * G_PI);
  cairo_fill_preserve (cr);
  dub_canvas_set_color (canvas, theme->view);
  cairo_set_line_width (cr, 0.6 * theme->line_width);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
dub_figure_draw_cursor (const DubFigure       *self,
                        DubCanvas             *canvas,
                        const DubFigureLayout *layout)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double x = dub_figure_layout_to_px_x (layout, self->cursor);

  if (!isfinite (self->cursor) || !isfinite (x) || x < layout->x - 0.5 || x > layout->x + layout->width + 0.5)
    return;
  cairo_save (cr);
  dub_canvas_set_color (canvas, theme->accent);
  cairo_set_line_width (cr, theme->line_width);
  cairo_move_to (cr, x, layout->y);
  cairo_line_to (cr, x, layout->y + layout->height);
  cairo_stroke (cr);
  cairo_restore (cr);
  for (guint s = self->series->len; s > 0; s--) {
    const DubSeries *series = self->series->pdata[s - 1];

    if (series->cursor_marker || (self->cursor_marker && s == 1))
      draw_cursor_marker (self, canvas, layout, series);
  }
}

gboolean
dub_figure_pick_x (const DubFigure       *self,
                   const DubFigureLayout *layout,
                   double                 px,
                   double                 py,
                   double                *x)
{
  double best = INFINITY;
  const double reach = 6.0;

  if (px < layout->x - reach || px > layout->x + layout->width + reach || py < layout->y - reach
      || py > layout->y + layout->height + reach)
    return FALSE;
  for (guint s = 0; s < self->series->len; s++) {
    const DubSeries *series = self->series->pdata[s];

    for (size_t i = 0; i < series->n; i++) {
      double distance = fabs (dub_figure_layout_to_px_x (layout, series->x[i]) - px);

      /* Written so that NaN is not nearest. */
      if (distance < best) {
        best = distance;
        *x = series->x[i];
      }
    }
  }

  return best < INFINITY;
}
