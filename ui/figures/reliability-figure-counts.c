/* The cases of every bin: bars with their numbers, or outlines of several curves. */
#include <math.h>

#include "ui/figures/reliability-figure-private.h"

/* Of the caption's size. */
#define NUMBER 0.86

typedef struct {
  double left, right, top, bottom;
} Box;

static gboolean
boxes_meet (const Box *a,
            const Box *b)
{
  return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static double
top_of (const DubReliabilityTrace *trace,
        size_t                     bin,
        const DubFigureLayout     *counts)
{
  return dub_figure_layout_to_px_y (counts, (double) trace->count[bin]);
}

void
_dub_reliability_draw_count (const DubReliabilityTrace *trace,
                             size_t                     bin,
                             DubCanvas                 *canvas,
                             const DubFigureLayout     *counts,
                             DubRgba                    color)
{
  double from, to;

  if (!_dub_reliability_bar (trace, bin, canvas, counts, &from, &to))
    return;

  double top = top_of (trace, bin, counts);

  dub_canvas_box (canvas, color, from, top, to - from, counts->y + counts->height - top, 0.0);
}

/* --- numbers --- */

typedef struct {
  size_t bin;
  size_t count;
  char   text[24];
  Box    box;
} Number;

static int
compare_counts (gconstpointer a,
                gconstpointer b)
{
  const Number *left = a, *right = b;

  if (left->count != right->count)
    return left->count > right->count ? -1 : 1;

  return left->bin < right->bin ? -1 : 1;
}

/* Whether a number at this place covers no other number, and no bar but its own. */
static gboolean
is_free (const Number              *number,
         const GArray              *kept,
         const DubReliabilityTrace *trace,
         DubCanvas                 *canvas,
         const DubFigureLayout     *counts)
{
  for (guint i = 0; i < kept->len; i++)
    if (boxes_meet (&number->box, &g_array_index (kept, Box, i)))
      return FALSE;
  for (size_t m = 0; m < trace->n_bins; m++) {
    Box bar = { .top = top_of (trace, m, counts), .bottom = counts->y + counts->height };

    if (m != number->bin && _dub_reliability_bar (trace, m, canvas, counts, &bar.left, &bar.right) && boxes_meet (&number->box, &bar))
      return FALSE;
  }

  return TRUE;
}

/* The fullest bins first, each where it fits. */
static void
draw_numbers (const DubReliabilityTrace *trace,
              DubCanvas                 *canvas,
              const DubFigureLayout     *counts)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = NUMBER * theme->font_caption, reach = counts->x + counts->width + 0.8 * theme->font_caption;
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (Number)), kept = g_array_new (FALSE, FALSE, sizeof (Box));

  for (size_t m = 0; m < trace->n_bins; m++) {
    double from, to;
    Number number = { .bin = m, .count = trace->count[m] };

    if (!_dub_reliability_bar (trace, m, canvas, counts, &from, &to))
      continue;
    g_snprintf (number.text, sizeof number.text, "%zu", number.count);

    double width = dub_canvas_text_width (canvas, number.text, size, DUB_TEXT_LEFT);
    double baseline = top_of (trace, m, counts) - 0.22 * size;
    double left = MIN (MAX ((from + to - width) / 2.0, counts->x), reach - width);

    number.box = (Box) { left, left + width, baseline - 0.76 * size, baseline };
    g_array_append_val (numbers, number);
  }
  g_array_sort (numbers, compare_counts);
  for (guint i = 0; i < numbers->len; i++) {
    Number *number = &g_array_index (numbers, Number, i);
    Box roomy = { number->box.left - 0.15 * size, number->box.right + 0.15 * size, number->box.top, number->box.bottom };

    if (!is_free (number, kept, trace, canvas, counts))
      continue;
    g_array_append_val (kept, roomy);
    dub_canvas_text (canvas, number->text, size, DUB_TEXT_LEFT, theme->dim, number->box.left, number->box.bottom);
  }
}

/* --- outlines --- */

static void
draw_outline (const DubReliabilityTrace *trace,
              guint                      index,
              DubCanvas                 *canvas,
              const DubFigureLayout     *counts)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double bottom = counts->y + counts->height;
  gboolean open = FALSE;

  cairo_save (cr);
  cairo_new_path (cr);
  for (size_t m = 0; m < trace->n_bins; m++) {
    double from = dub_figure_layout_to_px_x (counts, trace->edge[m]), to = dub_figure_layout_to_px_x (counts, trace->edge[m + 1]);

    if (trace->count[m] == 0 && !(to > from))
      continue;
    if (trace->count[m] > 0) {
      if (!open)
        cairo_move_to (cr, from, bottom);
      cairo_line_to (cr, from, top_of (trace, m, counts));
      cairo_line_to (cr, to, top_of (trace, m, counts));
    } else if (open) {
      cairo_line_to (cr, from, bottom);
    }
    open = trace->count[m] > 0;
  }
  if (open)
    cairo_line_to (cr, dub_figure_layout_to_px_x (counts, trace->edge[trace->n_bins]), bottom);
  dub_canvas_set_color (canvas, _dub_reliability_color (theme, index));
  _dub_reliability_set_stroke (cr, index, 0.75 * theme->line_width);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
_dub_reliability_draw_counts (const DubReliabilityPanel *panel,
                              DubCanvas                 *canvas,
                              const DubFigureLayout     *counts)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);

  if (panel->traces->len == 1) {
    const DubReliabilityTrace *trace = _dub_reliability_trace (panel, 0);

    for (size_t m = 0; m < trace->n_bins; m++)
      _dub_reliability_draw_count (trace, m, canvas, counts, theme->dim);
    draw_numbers (trace, canvas, counts);
    return;
  }
  for (guint i = panel->traces->len; i-- > 0;)
    draw_outline (_dub_reliability_trace (panel, i), i, canvas, counts);
}
