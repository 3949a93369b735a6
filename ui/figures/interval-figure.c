#include "ui/figures/interval-figure.h"

#include <math.h>

#include "core/io/csv.h"
#include "ui/figures/ticks.h"

/* In units of the caption's size. */
#define ROW       1.75
#define AXIS      1.9
#define STRIP     1.3
#define LABEL_GAP 0.9

static void
row_clear (gpointer data)
{
  g_free (((DubIntervalRow *) data)->label);
}

DubIntervalFigure *
dub_interval_figure_new (double low,
                         double high)
{
  g_return_val_if_fail (low < high, NULL);

  DubIntervalFigure *self = g_new0 (DubIntervalFigure, 1);

  self->low = low;
  self->high = high;
  self->rows = g_array_new (FALSE, FALSE, sizeof (DubIntervalRow));
  g_array_set_clear_func (self->rows, row_clear);
  self->reference = NAN;

  return self;
}

void
dub_interval_figure_free (DubIntervalFigure *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->rows);
  g_free (self->reference_text);
  g_free (self);
}

void
dub_interval_figure_add (DubIntervalFigure *self,
                         const char        *label,
                         double             value,
                         double             low,
                         double             high,
                         gboolean           strong)
{
  DubIntervalRow row = { .label = g_strdup (label), .value = value, .low = low, .high = high, .strong = strong };

  g_array_append_val (self->rows, row);
}

void
dub_interval_figure_set_reference (DubIntervalFigure *self,
                                   double             value,
                                   const char        *text)
{
  self->reference = value;
  g_free (self->reference_text);
  self->reference_text = g_strdup (text);
}

void
dub_interval_figure_reserve (DubIntervalFigure *self)
{
  self->reserved = TRUE;
}

/* What stands below the rows, in units of the caption's size. */
static double
below_rows (const DubIntervalFigure *self)
{
  return AXIS + (self->reserved || self->reference_text != NULL ? STRIP : 0.0);
}

double
dub_interval_figure_height (const DubIntervalFigure *self,
                            const DubTheme          *theme)
{
  return (ROW * self->rows->len + below_rows (self)) * theme->font_caption;
}

typedef struct {
  double x, width;  /* of the plot */
  double low, high; /* of the axis */
} Scale;

static double
to_px (const Scale *scale,
       double       value)
{
  return scale->x + scale->width * CLAMP ((value - scale->low) / (scale->high - scale->low), 0.0, 1.0);
}

static void
draw_row (const DubIntervalRow *row,
          DubCanvas            *canvas,
          const Scale          *scale,
          double                y)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, side = (row->strong ? 2.4 : 1.6) * theme->line_width;
  DubRgba color = row->strong ? theme->series[1] : theme->dim;

  dub_canvas_text (canvas, row->label, size, row->strong ? DUB_TEXT_CENTRE | DUB_TEXT_BOLD : DUB_TEXT_CENTRE,
                   row->strong ? theme->text : theme->dim, scale->x - 1.6 * LABEL_GAP * size, y + 0.36 * size);
  if (!isfinite (row->value))
    return;
  cairo_save (cr);
  dub_canvas_set_color (canvas, color);
  if (isfinite (row->low) && isfinite (row->high)) {
    cairo_set_line_width (cr, (row->strong ? 1.5 : 0.8) * theme->line_width);
    cairo_move_to (cr, to_px (scale, row->low), y);
    cairo_line_to (cr, to_px (scale, row->high), y);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
  dub_canvas_box (canvas, row->strong ? color : theme->text, to_px (scale, row->value) - side, y - side, 2.0 * side,
                  2.0 * side, 0.5 * theme->line_width);
}

void
dub_interval_figure_draw (const DubIntervalFigure *self,
                          DubCanvas               *canvas,
                          double                   width,
                          double                   height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  cairo_t *cr = dub_canvas_get_cairo (canvas);
  double size = theme->font_caption, bottom = height - below_rows (self) * size, axis = height - AXIS * size;
  double left = 2.6 * size, row_height = self->rows->len > 0 ? bottom / self->rows->len : bottom;
  Scale scale = { .x = left, .width = MAX (10.0, width - left - 1.2 * size), .low = self->low, .high = self->high };

  /* Both ends and the middle: small plots in one row are read against each other, not in detail. */
  for (int i = 0; i < 3; i++) {
    double tick = self->low + 0.5 * i * (self->high - self->low), x = to_px (&scale, tick);
    g_autofree char *text = dub_number_format_short (tick, 3);

    dub_canvas_rule (canvas, theme->grid, x, 0.0, x, bottom);
    dub_canvas_text (canvas, text, size, DUB_TEXT_CENTRE, theme->dim, x, axis + 1.25 * size);
  }
  if (isfinite (self->reference) && self->reference >= self->low && self->reference <= self->high) {
    double x = to_px (&scale, self->reference), dashes[2] = { theme->line_width, 1.6 * theme->line_width };

    cairo_save (cr);
    dub_canvas_set_color (canvas, theme->dim);
    cairo_set_line_width (cr, 0.6 * theme->line_width);
    cairo_set_dash (cr, dashes, 2, 0.0);
    cairo_move_to (cr, x, 0.0);
    cairo_line_to (cr, x, bottom);
    cairo_stroke (cr);
    cairo_restore (cr);
    if (self->reference_text != NULL) {
      /* Below the rows, where it hides no estimate; at the edges it moves inwards. */
      g_autofree char *text =
        dub_canvas_ellipsize (canvas, self->reference_text, size, DUB_TEXT_LEFT, MAX (width - left, size));
      double half = 0.5 * dub_canvas_text_width (canvas, text, size, DUB_TEXT_LEFT);

      dub_canvas_text (canvas, text, size, DUB_TEXT_CENTRE, theme->dim,
                       MAX (left + half, MIN (x, width - half)), bottom + 1.0 * size);
    }
  }
  for (guint i = 0; i < self->rows->len; i++)
    draw_row (&g_array_index (self->rows, DubIntervalRow, i), canvas, &scale, (i + 0.5) * row_height);
}

int
dub_interval_figure_row_at (const DubIntervalFigure *self,
                            const DubTheme          *theme,
                            double                   height,
                            double                   y)
{
  double bottom = height - below_rows (self) * theme->font_caption;

  if (self->rows->len == 0 || y < 0.0 || y >= bottom)
    return -1;

  return MIN ((int) (y / bottom * self->rows->len), (int) self->rows->len - 1);
}

char *
dub_interval_figure_to_csv (const DubIntervalFigure *self)
{
  GString *out = g_string_new ("label,value,low,high\n");

  for (guint i = 0; i < self->rows->len; i++) {
    const DubIntervalRow *row = &g_array_index (self->rows, DubIntervalRow, i);
    g_autofree char *value = dub_number_format_exact (row->value);
    g_autofree char *low = dub_number_format_exact (row->low);
    g_autofree char *high = dub_number_format_exact (row->high);

    dub_csv_append (out, row->label);
    g_string_append_printf (out, ",%s,%s,%s\n", value, low, high);
  }

  return g_string_free (out, FALSE);
}
