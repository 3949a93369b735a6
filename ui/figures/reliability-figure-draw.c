/* A panel on a canvas: head, two boxes with one x axis, what lies in them, and what is under a place. */
#include "ui/figures/reliability-figure.h"

#include <math.h>

#include "ui/figures/reliability-figure-private.h"
#include "ui/figures/ticks.h"

/* Distances in units of the caption's size. */
#define GAP       0.45
#define MARK      0.3
#define BETWEEN   1.15
#define LEAST_BOX 20.0

/* Counts begin below one, so that a bin of one case has a bar. */
#define LEAST_COUNT 0.6

typedef struct {
  int    n;
  double value[DUB_MAX_TICKS];
  char  *text[DUB_MAX_TICKS];
  double widest;
} Ticks;

static void
ticks_clear (Ticks *self)
{
  for (int i = 0; i < self->n; i++)
    g_free (self->text[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ticks, ticks_clear)

static void
ticks_init (Ticks                 *self,
            DubCanvas             *canvas,
            DubAxisKind            kind,
            const double           range[2],
            int                    most)
{
  double size = dub_canvas_get_theme (canvas)->font_caption, step = dub_ticks_step (range[0], range[1], most);

  *self = (Ticks) { 0 };
  self->n = kind == DUB_AXIS_LOG ? dub_ticks_log (range[0], range[1], most, self->value)
                                 : dub_ticks_linear (range[0], range[1], most, self->value);
  for (int i = 0; i < self->n; i++) {
    if (kind != DUB_AXIS_LOG)
      self->text[i] = dub_tick_format_linear (self->value[i], step);
    else if (self->value[i] >= 1.0 && self->value[i] < 1e4)
      self->text[i] = g_strdup_printf ("%.0f", self->value[i]);
    else
      self->text[i] = dub_tick_format_log (self->value[i]);
    self->widest = MAX (self->widest, dub_canvas_text_width (canvas, self->text[i], size, DUB_TEXT_LEFT));
  }
}

/* --- where things are --- */

/* The number above the fullest bin is inside of the box too. */
static double
count_axis_end (double most,
                double height,
                double number)
{
  double share = CLAMP (1.0 - number / height, 0.3, 0.95);

  return LEAST_COUNT * pow (most / LEAST_COUNT, 1.0 / share);
}

static void
place_boxes (const DubReliabilityFigure *self,
             guint                       panel,
             DubCanvas                  *canvas,
             double                      width,
             double                      height,
             DubReliabilityLayout       *out,
             Ticks                      *y_ticks,
             Ticks                      *count_ticks)
{
  double size = dub_canvas_get_theme (canvas)->font_caption, right = MAX (LEAST_BOX, width - 0.9 * size);
  double head = _dub_reliability_draw_head (self, panel, canvas, right, FALSE);
  double foot = (MARK + 2.0 * GAP + 1.2 + 1.1) * size;
  double top = head + 0.5 * size, room = height - top - foot - BETWEEN * size;
  double counts = CLAMP (0.14 * height, 3.4 * size, 6.5 * size);
  DubFigureLayout *plot = &out->plot, *below = &out->counts;

  /* Where there is little height, the counts take no more than their third. */
  counts = MIN (counts, room / 3.0);
  *plot = (DubFigureLayout) { .x_range = { 0.0, 1.0 }, .y_range = { 0.0, 1.0 } };
  plot->y = dub_canvas_snap (canvas, top);
  plot->height = dub_canvas_snap (canvas, MAX (LEAST_BOX, room - counts));
  *below = (DubFigureLayout) { .x_range = { 0.0, 1.0 }, .y_kind = DUB_AXIS_LOG };
  below->y = dub_canvas_snap (canvas, plot->y + plot->height + BETWEEN * size);
  below->height = dub_canvas_snap (canvas, MAX (LEAST_BOX, counts));
  below->y_range[0] = LEAST_COUNT;
  below->y_range[1] = count_axis_end (MAX ((double) self->most, 1.0), below->height, 1.15 * size);
  ticks_init (y_ticks, canvas, DUB_AXIS_LINEAR, plot->y_range, (int) CLAMP (plot->height / (2.2 * size), 2, 7));
  ticks_init (count_ticks, canvas, DUB_AXIS_LOG, below->y_range, (int) CLAMP (below->height / (1.25 * size), 2, 6));

  double left = MAX (y_ticks->widest, count_ticks->widest) + (GAP + MARK + 1.25 + GAP) * size;

  plot->x = below->x = dub_canvas_snap (canvas, left);
  plot->width = below->width = dub_canvas_snap (canvas, MAX (LEAST_BOX, right - left));
}

/* --- axes --- */

static void
draw_y_axis (DubCanvas             *canvas,
             const DubFigureLayout *box,
             const Ticks           *ticks,
             const char            *label,
             double                 label_room)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, bottom = box->y + box->height, right = box->x + box->width;

  for (int i = 0; i < ticks->n; i++) {
    double y = dub_figure_layout_to_px_y (box, ticks->value[i]);

    dub_canvas_rule (canvas, theme->grid, box->x, y, right, y);
    dub_canvas_rule (canvas, theme->faint, box->x - MARK * size, y, box->x, y);
    dub_canvas_text (canvas, ticks->text[i], size, DUB_TEXT_RIGHT, theme->dim, box->x - (GAP + MARK) * size, y + 0.36 * size);
  }
  dub_canvas_rule (canvas, theme->faint, box->x, box->y, box->x, bottom);
  dub_canvas_rule (canvas, theme->faint, box->x, bottom, right, bottom);

  g_autofree char *fitting = dub_canvas_ellipsize (canvas, label, size, DUB_TEXT_LEFT, label_room);

  dub_canvas_text (canvas, fitting, size, DUB_TEXT_CENTRE | DUB_TEXT_UP, theme->dim, 0.95 * size, box->y + box->height / 2.0);
}

static void
draw_x_axis (DubCanvas             *canvas,
             const DubFigureLayout *plot,
             const DubFigureLayout *counts,
             const char            *label)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption, bottom = counts->y + counts->height;
  g_auto (Ticks) ticks = { 0 };

  ticks_init (&ticks, canvas, DUB_AXIS_LINEAR, plot->x_range, (int) CLAMP (plot->width / (3.2 * size), 2, 6));
  for (int i = 0; i < ticks.n; i++) {
    double x = dub_figure_layout_to_px_x (plot, ticks.value[i]);

    dub_canvas_rule (canvas, theme->grid, x, plot->y, x, plot->y + plot->height);
    dub_canvas_rule (canvas, theme->grid, x, counts->y, x, bottom);
    dub_canvas_rule (canvas, theme->faint, x, plot->y + plot->height, x, plot->y + plot->height + MARK * size);
    dub_canvas_rule (canvas, theme->faint, x, bottom, x, bottom + MARK * size);
    dub_canvas_text (canvas, ticks.text[i], size, DUB_TEXT_CENTRE, theme->dim, x, bottom + (MARK + GAP + 0.8) * size);
  }
  dub_canvas_text (canvas, label, size, DUB_TEXT_CENTRE, theme->dim, plot->x + plot->width / 2.0,
                   bottom + (MARK + 2.0 * GAP + 1.85) * size);
}

/* Where confidence and accuracy are equal. */
static void
draw_diagonal (DubCanvas             *canvas,
               const DubFigureLayout *plot)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double dashes[2] = { 2.2 * theme->line_width, 1.6 * theme->line_width };

  cairo_save (cr);
  cairo_new_path (cr);
  dub_canvas_set_color (canvas, theme->dim);
  cairo_set_line_width (cr, 0.6 * theme->line_width);
  cairo_set_dash (cr, dashes, 2, 0.0);
  cairo_move_to (cr, plot->x, plot->y + plot->height);
  cairo_line_to (cr, plot->x + plot->width, plot->y);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static gboolean
has_cases (const DubReliabilityPanel *panel)
{
  for (guint i = 0; i < panel->traces->len; i++) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (panel, i);

    for (size_t m = 0; m < trace->n_bins; m++)
      if (trace->count[m] > 0)
        return TRUE;
  }

  return FALSE;
}

void
dub_reliability_figure_draw (const DubReliabilityFigure *self,
                             guint                       panel,
                             DubCanvas                  *canvas,
                             double                      width,
                             double                      height,
                             DubReliabilityLayout       *layout)
{
  g_return_if_fail (self != NULL && panel < self->panels->len && canvas != NULL);

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  const DubReliabilityPanel *one = _dub_reliability_panel (self, panel);
  double size = theme->font_caption;
  g_auto (Ticks) y_ticks = { 0 }, count_ticks = { 0 };
  DubReliabilityLayout boxes;

  place_boxes (self, panel, canvas, width, height, &boxes, &y_ticks, &count_ticks);
  _dub_reliability_draw_head (self, panel, canvas, boxes.plot.x + boxes.plot.width, TRUE);
  draw_x_axis (canvas, &boxes.plot, &boxes.counts, self->words[DUB_RELIABILITY_SAYS_CONFIDENCE]);
  draw_y_axis (canvas, &boxes.plot, &y_ticks, self->words[one->one_class ? DUB_RELIABILITY_SAYS_SHARE : DUB_RELIABILITY_SAYS_ACCURACY],
               boxes.plot.height);
  draw_y_axis (canvas, &boxes.counts, &count_ticks, self->words[DUB_RELIABILITY_SAYS_CASES],
               boxes.counts.height + BETWEEN * size);
  if (!has_cases (one)) {
    draw_diagonal (canvas, &boxes.plot);
    dub_canvas_text (canvas, self->words[DUB_RELIABILITY_SAYS_NO_CASES], theme->font_body, DUB_TEXT_CENTRE, theme->dim,
                     boxes.plot.x + boxes.plot.width / 2.0, boxes.plot.y + 0.3 * boxes.plot.height);
  } else if (one->traces->len == 1) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (one, 0);

    _dub_reliability_draw_bars (trace, canvas, &boxes.plot);
    draw_diagonal (canvas, &boxes.plot);
    _dub_reliability_draw_corp (trace, TRUE, canvas, &boxes.plot, theme->series[3]);
    _dub_reliability_draw_dots (trace, canvas, &boxes.plot);
  } else {
    draw_diagonal (canvas, &boxes.plot);
    _dub_reliability_draw_lines (one, canvas, &boxes.plot);
  }
  _dub_reliability_draw_counts (one, canvas, &boxes.counts);
  if (layout != NULL)
    *layout = boxes;
}

/* --- the chosen bin --- */

static void
draw_frame (DubCanvas             *canvas,
            const DubFigureLayout *box,
            double                 from,
            double                 to)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  dub_canvas_box (canvas, dub_rgba_with_alpha (theme->accent, 0.14), from, box->y, to - from, box->height, 0.0);
  cairo_save (cr);
  cairo_new_path (cr);
  dub_canvas_set_color (canvas, theme->accent);
  cairo_set_line_width (cr, 0.9 * theme->line_width);
  cairo_rectangle (cr, from, box->y, to - from, box->height);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* Both edges of a frame, apart far enough to be seen. */
static void
span_of (const DubReliabilityTrace *trace,
         size_t                     bin,
         const DubFigureLayout     *box,
         double                     least,
         double                    *from,
         double                    *to)
{
  *from = dub_figure_layout_to_px_x (box, trace->edge[bin]);
  *to = dub_figure_layout_to_px_x (box, trace->edge[bin + 1]);
  if (*to - *from < least) {
    double middle = (*from + *to) / 2.0;

    *from = MAX (middle - least / 2.0, box->x);
    *to = *from + least;
  }
}

void
dub_reliability_figure_draw_bin (const DubReliabilityFigure *self,
                                 guint                       panel,
                                 size_t                      bin,
                                 DubCanvas                  *canvas,
                                 const DubReliabilityLayout *layout)
{
  g_return_if_fail (self != NULL && panel < self->panels->len && canvas != NULL && layout != NULL);

  if (bin >= dub_reliability_figure_get_n_bins (self, panel))
    return;

  const DubTheme *theme = dub_canvas_get_theme (canvas);
  const DubReliabilityPanel *one = _dub_reliability_panel (self, panel);
  const DubReliabilityTrace *trace = _dub_reliability_trace (one, 0);
  double from, to;

  span_of (trace, bin, &layout->plot, 2.0 * theme->line_width, &from, &to);
  from = dub_canvas_snap (canvas, from);
  to = dub_canvas_snap (canvas, to);
  draw_frame (canvas, &layout->plot, from, to);
  if (one->traces->len == 1)
    _dub_reliability_draw_count (trace, bin, canvas, &layout->counts, theme->accent);
  draw_frame (canvas, &layout->counts, from, to);
}

int
dub_reliability_figure_pick (const DubReliabilityFigure *self,
                             guint                       panel,
                             const DubReliabilityLayout *layout,
                             double                      px,
                             double                      py)
{
  g_return_val_if_fail (self != NULL && panel < self->panels->len && layout != NULL, -1);

  const DubFigureLayout *plot = &layout->plot, *counts = &layout->counts;
  const DubReliabilityPanel *one = _dub_reliability_panel (self, panel);
  gboolean in_plot = py >= plot->y && py <= plot->y + plot->height;
  gboolean in_counts = py >= counts->y && py <= counts->y + counts->height;
  double value = dub_figure_layout_from_px_x (plot, px), nearest = 2.0;
  int found = -1, empty = -1;

  if (one->traces->len == 0 || !(value >= 0.0 && value <= 1.0) || !(in_plot || in_counts))
    return -1;

  const DubReliabilityTrace *trace = _dub_reliability_trace (one, 0);
  /* What a hand can point at, in widths of the axis. */
  double reach = 1.5 / plot->width;

  for (size_t m = 0; m < trace->n_bins; m++) {
    double low = trace->edge[m], high = trace->edge[m + 1], narrow = MAX (0.0, reach - (high - low)) / 2.0;
    double away = fabs (value - (low + high) / 2.0);

    if (value < low - narrow || value > high + narrow)
      continue;
    if (trace->count[m] == 0) {
      if (value > low || m == 0)
        empty = (int) m;
    } else if (away < nearest) {
      nearest = away;
      found = (int) m;
    }
  }

  return found >= 0 ? found : empty;
}
