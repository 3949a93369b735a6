#include "ui/figures/energy-figure.h"

#include <math.h>

void
dub_energy_words_init (DubEnergyWords *self)
{
  *self = (DubEnergyWords) {
    .sum = "sum",
    .score = "p(class)",
    .area = "area",
    .smoothness = "smoothness",
    .iteration = "iteration",
    .energy = "energy (log scale)",
    .empty = "No iterations yet",
  };
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return (first > second) - (first < second);
}

/* The y axis shows where the terms live, not the instant at which they leave zero: all but the lowest
 * fiftieth of their values, the last of each, and nothing below a millionth of the largest. */
static void
fit_range (DubFigure *figure)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  double low = INFINITY, high;

  for (guint s = 0; s < figure->series->len; s++) {
    const DubSeries *series = figure->series->pdata[s];

    for (size_t i = 0; i < series->n; i++) {
      if (!isfinite (series->y[i]) || !(series->y[i] > 0.0))
        continue;
      g_array_append_val (values, series->y[i]);
      if (i == series->n - 1)
        low = MIN (low, series->y[i]);
    }
  }
  if (values->len == 0)
    return;
  g_array_sort (values, compare_doubles);
  high = g_array_index (values, double, values->len - 1);
  low = MIN (low, g_array_index (values, double, values->len / 50));
  low = MAX (low, 1e-6 * high);

  double first = floor (log10 (low) + 1e-9), last = ceil (log10 (high) - 1e-9);

  figure->y.low = pow (10.0, first);
  figure->y.high = pow (10.0, MAX (last, first + 1.0));
}

DubFigure *
dub_energy_figure_new (const DubMaskEnergy  *rows,
                       size_t                n_rows,
                       guint                 n_iterations,
                       int                   cursor,
                       const DubEnergyWords *words)
{
  DubFigure *figure = dub_figure_new ();
  g_autofree double *columns = g_new (double, 5 * MAX (n_rows, 1));
  double *x = columns, *total = x + n_rows, *score = total + n_rows, *area = score + n_rows,
         *smoothness = area + n_rows;
  DubEnergyWords english;

  if (words == NULL) {
    dub_energy_words_init (&english);
    words = &english;
  }
  for (size_t i = 0; i < n_rows; i++) {
    x[i] = rows[i].iteration;
    total[i] = rows[i].total;
    score[i] = rows[i].score;
    area[i] = rows[i].area;
    smoothness[i] = rows[i].smoothness;
  }
  dub_figure_set_x (figure, DUB_AXIS_LINEAR, 0.0, n_iterations, words->iteration);
  dub_figure_set_y (figure, DUB_AXIS_LOG, 0.0, 0.0, words->energy);
  dub_figure_add_series (figure, words->sum, DUB_STROKE_SOLID, 0, x, total, n_rows)->weight = 1.15;
  dub_figure_add_series (figure, words->score, DUB_STROKE_SOLID, 1, x, score, n_rows);
  dub_figure_add_series (figure, words->area, DUB_STROKE_DASHED, 2, x, area, n_rows);
  dub_figure_add_series (figure, words->smoothness, DUB_STROKE_DOTTED, 3, x, smoothness, n_rows);
  fit_range (figure);
  figure->cursor = cursor >= 0 ? cursor : NAN;
  figure->cursor_marker = TRUE;
  figure->empty = g_strdup (words->empty);

  return figure;
}
