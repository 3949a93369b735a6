#include "ui/figures/figure.h"

#include <math.h>

#include "core/io/csv.h"
#include "ui/figures/ticks.h"

static void
series_free (DubSeries *series)
{
  g_free (series->name);
  g_free (series->x);
  g_free (series->y);
  g_free (series);
}

static void
note_clear (gpointer data)
{
  g_free (((DubNote *) data)->text);
}

static void
rule_clear (gpointer data)
{
  g_free (((DubRule *) data)->text);
}

DubFigure *
dub_figure_new (void)
{
  DubFigure *self = g_new0 (DubFigure, 1);

  self->series = g_ptr_array_new_with_free_func ((GDestroyNotify) series_free);
  self->notes = g_array_new (FALSE, FALSE, sizeof (DubNote));
  g_array_set_clear_func (self->notes, note_clear);
  self->rules = g_array_new (FALSE, FALSE, sizeof (DubRule));
  g_array_set_clear_func (self->rules, rule_clear);
  self->legend = TRUE;
  self->cursor = NAN;
  self->pending = NAN;

  return self;
}

void
dub_figure_free (DubFigure *self)
{
  if (self == NULL)
    return;
  g_free (self->x.label);
  g_free (self->y.label);
  g_free (self->empty);
  g_clear_pointer (&self->x_ticks, g_array_unref);
  g_ptr_array_unref (self->series);
  g_array_unref (self->notes);
  g_array_unref (self->rules);
  g_free (self);
}

static void
set_axis (DubAxis    *axis,
          DubAxisKind kind,
          double      low,
          double      high,
          const char *label)
{
  char *copy = g_strdup (label);

  g_free (axis->label);
  *axis = (DubAxis) { kind, low, high, copy };
}

void
dub_figure_set_x (DubFigure  *self,
                  DubAxisKind kind,
                  double      low,
                  double      high,
                  const char *label)
{
  g_return_if_fail (self != NULL);

  set_axis (&self->x, kind, low, high, label);
}

void
dub_figure_set_y (DubFigure  *self,
                  DubAxisKind kind,
                  double      low,
                  double      high,
                  const char *label)
{
  g_return_if_fail (self != NULL);

  set_axis (&self->y, kind, low, high, label);
}

DubSeries *
dub_figure_add_series (DubFigure    *self,
                       const char   *name,
                       DubStroke     stroke,
                       guint         color,
                       const double *x,
                       const double *y,
                       size_t        n)
{
  g_return_val_if_fail (self != NULL, NULL);

  DubSeries *series = g_new0 (DubSeries, 1);

  series->name = g_strdup (name);
  series->stroke = stroke;
  series->color = color;
  series->weight = 1.0;
  series->alpha = 1.0;
  series->n = n;
  series->x = g_memdup2 (x, n * sizeof *x);
  series->y = g_memdup2 (y, n * sizeof *y);
  g_ptr_array_add (self->series, series);

  return series;
}

void
dub_figure_add_note (DubFigure  *self,
                     const char *text,
                     double      x,
                     double      y,
                     gboolean    ring,
                     guint       color)
{
  g_return_if_fail (self != NULL);

  DubNote note = { .text = g_strdup (text), .x = x, .y = y, .ring = ring, .color = color };

  g_array_append_val (self->notes, note);
}

void
dub_figure_add_rule (DubFigure  *self,
                     gboolean    vertical,
                     double      value,
                     const char *text)
{
  g_return_if_fail (self != NULL);

  DubRule rule = { .vertical = vertical, .value = value, .text = g_strdup (text) };

  g_array_append_val (self->rules, rule);
}

void
dub_figure_set_x_ticks (DubFigure    *self,
                        const double *values,
                        size_t        n)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->x_ticks, g_array_unref);
  self->x_ticks = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_vals (self->x_ticks, values, (guint) MIN (n, DUB_MAX_TICKS));
}

static gboolean
drawable (double      value,
          DubAxisKind kind)
{
  return isfinite (value) && (kind == DUB_AXIS_LINEAR || value > 0.0);
}

/* Smallest and largest drawable values of one coordinate, over points drawable in both. */
static gboolean
data_range (const DubFigure *self,
            gboolean         of_y,
            double           range[2])
{
  gboolean any = FALSE;

  for (guint s = 0; s < self->series->len; s++) {
    const DubSeries *series = self->series->pdata[s];

    for (size_t i = 0; i < series->n; i++) {
      double value = of_y ? series->y[i] : series->x[i];

      if (!drawable (series->x[i], self->x.kind) || !drawable (series->y[i], self->y.kind))
        continue;
      range[0] = any ? MIN (range[0], value) : value;
      range[1] = any ? MAX (range[1], value) : value;
      any = TRUE;
    }
  }

  return any;
}

gboolean
dub_figure_has_points (const DubFigure *self)
{
  double range[2];

  return data_range (self, FALSE, range);
}

static void
axis_range (const DubFigure *self,
            gboolean         of_y,
            double           range[2])
{
  const DubAxis *axis = of_y ? &self->y : &self->x;
  gboolean given = axis->high > axis->low && isfinite (axis->high - axis->low);

  if (given && drawable (axis->low, axis->kind)) {
    range[0] = axis->low;
    range[1] = axis->high;
    return;
  }
  if (!data_range (self, of_y, range)) {
    range[0] = axis->kind == DUB_AXIS_LOG ? 1e-4 : 0.0;
    range[1] = axis->kind == DUB_AXIS_LOG ? 10.0 : 1.0;
    return;
  }
  if (axis->kind == DUB_AXIS_LOG) {
    double first = floor (log10 (range[0]) + 1e-9), last = ceil (log10 (range[1]) - 1e-9);

    range[0] = pow (10.0, first);
    range[1] = pow (10.0, MAX (last, first + 1.0));
    return;
  }
  if (range[0] == range[1]) {
    double half = range[0] == 0.0 ? 0.5 : 0.05 * fabs (range[0]);

    range[0] -= half;
    range[1] += half;
  }

  double step = dub_ticks_step (range[0], range[1], 6);

  range[0] = floor (range[0] / step + 1e-9) * step;
  range[1] = ceil (range[1] / step - 1e-9) * step;
}

void
dub_figure_get_range (const DubFigure *self,
                      double           x_range[2],
                      double           y_range[2])
{
  axis_range (self, FALSE, x_range);
  axis_range (self, TRUE, y_range);
}

double
dub_series_value_at (const DubSeries *self,
                     double           x)
{
  double best = INFINITY, value = NAN;

  for (size_t i = 0; i < self->n; i++) {
    double distance = fabs (self->x[i] - x);

    if (isfinite (self->y[i]) && distance < best) {
      best = distance;
      value = self->y[i];
    }
  }

  return value;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return (first > second) - (first < second);
}

static void
append_value (GString *out,
              double   value)
{
  g_autofree char *digits = dub_number_format_exact (value);

  g_string_append (out, digits);
}

char *
dub_figure_to_csv (const DubFigure *self)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree size_t *next = g_new0 (size_t, MAX (self->series->len, 1));

  dub_csv_append (out, self->x.label != NULL ? self->x.label : "x");
  for (guint s = 0; s < self->series->len; s++) {
    const DubSeries *series = self->series->pdata[s];

    g_string_append_c (out, ',');
    if (series->name != NULL)
      dub_csv_append (out, series->name);
    else
      g_string_append_printf (out, "series %u", s + 1);
    for (size_t i = 0; i < series->n; i++)
      if (isfinite (series->x[i]))
        g_array_append_val (places, series->x[i]);
  }
  g_string_append_c (out, '\n');
  g_array_sort (places, compare_doubles);

  for (guint p = 0; p < places->len; p++) {
    double x = g_array_index (places, double, p);

    if (p > 0 && x == g_array_index (places, double, p - 1))
      continue;
    append_value (out, x);
    for (guint s = 0; s < self->series->len; s++) {
      const DubSeries *series = self->series->pdata[s];

      /* x does not fall, so that each series is walked once. */
      while (next[s] < series->n && !(series->x[next[s]] >= x))
        next[s]++;
      g_string_append_c (out, ',');
      if (next[s] < series->n && series->x[next[s]] == x)
        append_value (out, series->y[next[s]]);
    }
    g_string_append_c (out, '\n');
  }

  return g_string_free (out, FALSE);
}
