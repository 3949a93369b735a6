#include "ui/figures/decimate.h"

#include <math.h>

/* One column's points by their place in the series; value order is pixel order, because axes are monotone. */
typedef struct {
  size_t first, lowest, highest, last;
} Column;

static gboolean
is_drawable (const DubSeries       *series,
             const DubFigureLayout *layout,
             size_t                 i)
{
  return isfinite (series->x[i]) && isfinite (series->y[i])
         && (layout->x_kind == DUB_AXIS_LINEAR || series->x[i] > 0.0)
         && (layout->y_kind == DUB_AXIS_LINEAR || series->y[i] > 0.0);
}

static void
append_point (GArray                *points,
              const DubSeries       *series,
              const DubFigureLayout *layout,
              size_t                 i)
{
  DubPoint point = {
    dub_figure_layout_to_px_x (layout, series->x[i]),
    dub_figure_layout_to_px_y (layout, series->y[i]),
  };
  /* A value far outside stays outside, but within what Cairo's fixed point can hold. */
  double reach = 4.0 * (layout->height + layout->width) + 1000.0;

  point.y = CLAMP (point.y, layout->y - reach, layout->y + layout->height + reach);
  point.x = CLAMP (point.x, layout->x - reach, layout->x + layout->width + reach);
  g_array_append_val (points, point);
}

static void
append_break (GArray *points)
{
  const DubPoint gap = { NAN, NAN };

  if (points->len > 0 && !isnan (g_array_index (points, DubPoint, points->len - 1).x))
    g_array_append_val (points, gap);
}

static void
append_column (GArray                *points,
               const DubSeries       *series,
               const DubFigureLayout *layout,
               const Column          *column)
{
  size_t order[4] = {
    column->first,
    MIN (column->lowest, column->highest),
    MAX (column->lowest, column->highest),
    column->last,
  };

  for (int i = 0; i < 4; i++)
    if (i == 0 || order[i] != order[i - 1])
      append_point (points, series, layout, order[i]);
}

GArray *
dub_decimate (const DubSeries       *series,
              const DubFigureLayout *layout,
              double                 density)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (DubPoint));
  size_t n_columns = (size_t) MAX (1.0, ceil (layout->width * density));
  gboolean sparse = series->n <= n_columns;
  gboolean gap = FALSE;
  double current = NAN;
  Column column = { 0 };

  for (size_t i = 0; i < series->n; i++) {
    if (!is_drawable (series, layout, i)) {
      gap = TRUE;
      continue;
    }
    if (sparse) {
      if (gap)
        append_break (points);
      gap = FALSE;
      append_point (points, series, layout, i);
      continue;
    }

    double place = floor ((dub_figure_layout_to_px_x (layout, series->x[i]) - layout->x) * density);

    /* All that lies outside shares one column to each side. */
    place = CLAMP (place, -1.0, (double) n_columns);
    /* A gap that leaves no column empty is narrower than what can be seen. */
    if (place == current) {
      gap = FALSE;
      if (series->y[i] < series->y[column.lowest])
        column.lowest = i;
      if (series->y[i] > series->y[column.highest])
        column.highest = i;
      column.last = i;
      continue;
    }
    if (!isnan (current))
      append_column (points, series, layout, &column);
    if (gap && place > current + 1.0)
      append_break (points);
    gap = FALSE;
    current = place;
    column = (Column) { i, i, i, i };
  }
  if (!isnan (current))
    append_column (points, series, layout, &column);

  return points;
}
