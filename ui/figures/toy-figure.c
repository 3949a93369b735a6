#include "ui/figures/toy-figure.h"

#include <math.h>

#include "dub-config.h"
#include "ui/figures/figure-draw.h"
#include "ui/figures/ticks.h"

/* Distances in units of the caption's size. */
#define MARGIN     0.8
#define GAP        2.0
#define HEADLINE   4.4
#define FOOT       6.4
#define FOOT_ROW   1.7
/* Height of a plot over its width. */
#define ASPECT     0.95

/* Colours of the theme's series. */
enum { TRUTH = 2, RECOVERED = 1, CASES = 0 };

static const char *const TITLES[DUB_N_TOY_METHODS] = { "Uncalibrated", "Temperature", "DCA" };

typedef struct {
  double x, y;
} Point;

static int
compare_points (gconstpointer a,
                gconstpointer b)
{
  double first = ((const Point *) a)->x, second = ((const Point *) b)->x;

  return (first > second) - (first < second);
}

/* The cases that the network saw, as discs on the lines y = 0 and y = 1. */
static void
add_cases (DubFigure    *figure,
           const DubToy *toy)
{
  size_t n = toy->options.n_train;
  g_autofree Point *points = g_new (Point, n);
  g_autofree double *x = g_new (double, n);
  g_autofree double *y = g_new (double, n);

  for (size_t i = 0; i < n; i++)
    points[i] = (Point) { toy->train_x[i], toy->train_y[i] };
  qsort (points, n, sizeof *points, compare_points);
  for (size_t i = 0; i < n; i++) {
    x[i] = points[i].x;
    y[i] = points[i].y;
  }

  DubSeries *series = dub_figure_add_series (figure, NULL, DUB_STROKE_SOLID, CASES, x, y, n);

  series->weight = 0.0;
  series->mark = DUB_MARK_DISC;
  series->alpha = 0.25;
}

DubFigure *
dub_toy_figure_new (const DubToy *toy,
                    DubToyMethod  method)
{
  DubFigure *figure = dub_figure_new ();
  size_t n = toy->options.n_grid;

  dub_figure_set_x (figure, DUB_AXIS_LINEAR, -2.0, 2.0, "x");
  dub_figure_set_y (figure, DUB_AXIS_LINEAR, -0.05, 1.05, "P(y = 1 | x)");
  dub_figure_add_series (figure, "recovered", DUB_STROKE_SOLID, RECOVERED, toy->x, toy->recovered[method], n);
  dub_figure_add_series (figure, "true", DUB_STROKE_DASHED, TRUTH, toy->x, toy->truth, n);
  add_cases (figure, toy);
  figure->legend = TRUE;

  return figure;
}

/* --- the sheet --- */

static double
sheet_height (gconstpointer figure,
              double        width)
{
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  double size = theme.font_caption;
  double plot = (width - 2.0 * (MARGIN + GAP) * size) / DUB_N_TOY_METHODS;

  return ceil (ASPECT * plot + (2.0 * MARGIN + HEADLINE + FOOT) * size);
}

static void
draw_plot (const DubToy *toy,
           DubToyMethod  method,
           DubCanvas    *canvas,
           double        x,
           double        y,
           double        width,
           double        height)
{
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  g_autoptr (DubFigure) figure = dub_toy_figure_new (toy, method);
  double size = theme->font_caption;
  const DubToyMeasures *first = &toy->measures[method][0];
  g_autofree char *detail = method == DUB_TOY_TEMPERATURE ? g_strdup_printf (", T = %.2f", toy->temperature[0])
                            : method == DUB_TOY_DCA       ? g_strdup_printf (", β = %g", toy->options.dca)
                                                          : g_strdup ("");
  g_autofree char *title = g_strconcat (TITLES[method], detail, NULL);
  g_autofree char *numbers = g_strdup_printf ("ECE %.3f, distance %.3f", first->ece, first->distance);
  cairo_t *cr = dub_canvas_get_cairo (canvas);

  dub_canvas_text (canvas, title, theme->font_body, DUB_TEXT_BOLD, theme->text, x, y + 1.2 * size);
  dub_canvas_text (canvas, numbers, size, DUB_TEXT_LEFT, theme->dim, x, y + 2.8 * size);
  cairo_save (cr);
  cairo_translate (cr, x, y + HEADLINE * size);
  dub_figure_draw (figure, canvas, width, height, NULL);
  cairo_restore (cr);
}

/* "uncalibrated 0.129 ± 0.034, temperature …" of the measure at @offset of DubToyMeasures. */
static char *
over_data_sets (const DubToy *toy,
                size_t        offset)
{
  GString *text = g_string_new (NULL);

  for (int method = 0; method < DUB_N_TOY_METHODS; method++)
    g_string_append_printf (text, "%s%s %.3f ± %.3f", method > 0 ? ", " : "", TITLES[method],
                            G_STRUCT_MEMBER (double, &toy->mean[method], offset),
                            G_STRUCT_MEMBER (double, &toy->deviation[method], offset));

  return g_string_free (text, FALSE);
}

static void
draw_sheet (gconstpointer data,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const DubToy *toy = data;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  double size = theme->font_caption;
  double plot = (width - 2.0 * (MARGIN + GAP) * size) / DUB_N_TOY_METHODS;
  double plot_height = height - (2.0 * MARGIN + HEADLINE + FOOT) * size;
  g_autofree char *ece = over_data_sets (toy, G_STRUCT_OFFSET (DubToyMeasures, ece));
  g_autofree char *distance = over_data_sets (toy, G_STRUCT_OFFSET (DubToyMeasures, distance));
  g_autofree char *cases =
    g_strdup_printf ("Discs: the %zu cases learned from, of the first of %u data sets. Over all of them, mean ± SD:",
                     toy->options.n_train, toy->options.n_repeats);
  g_autofree char *first = g_strdup_printf ("ECE: %s", ece);
  g_autofree char *second = g_strdup_printf ("Mean distance from the truth: %s", distance);
  const char *const lines[] = { cases, first, second };

  for (int method = 0; method < DUB_N_TOY_METHODS; method++)
    draw_plot (toy, (DubToyMethod) method, canvas, MARGIN * size + method * (plot + GAP * size), MARGIN * size, plot,
               plot_height);
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
    double y = height - (MARGIN + FOOT_ROW * (double) (G_N_ELEMENTS (lines) - 1 - i)) * size;
    g_autofree char *line =
      dub_canvas_ellipsize (canvas, lines[i], size, DUB_TEXT_LEFT, width - 2.0 * MARGIN * size);

    dub_canvas_text (canvas, line, size, DUB_TEXT_LEFT, theme->dim, MARGIN * size, y);
  }
}

/* --- tables --- */

static void
append_measures (GString              *out,
                 const DubToyMeasures *measures)
{
  dub_number_append_cell (out, measures->accuracy);
  dub_number_append_cell (out, measures->confidence);
  dub_number_append_cell (out, measures->ece);
  dub_number_append_cell (out, measures->mce);
  dub_number_append_cell (out, measures->nll);
  dub_number_append_cell (out, measures->distance);
  g_string_append_c (out, '\n');
}

static char *
tables (gconstpointer data)
{
  const DubToy *toy = data;
  GString *out = g_string_new ("# table: recovered probability\nx,truth");

  for (int method = 0; method < DUB_N_TOY_METHODS; method++)
    g_string_append_printf (out, ",%s", dub_toy_method_name ((DubToyMethod) method));
  g_string_append_c (out, '\n');
  for (size_t g = 0; g < toy->options.n_grid; g++) {
    g_autofree char *x = dub_number_format_exact (toy->x[g]);

    g_string_append (out, x);
    dub_number_append_cell (out, toy->truth[g]);
    for (int method = 0; method < DUB_N_TOY_METHODS; method++)
      dub_number_append_cell (out, toy->recovered[method][g]);
    g_string_append_c (out, '\n');
  }

  g_string_append (out, "\n# table: cases\nx,y\n");
  for (size_t i = 0; i < toy->options.n_train; i++) {
    g_autofree char *x = dub_number_format_exact (toy->train_x[i]);

    g_string_append_printf (out, "%s,%d\n", x, toy->train_y[i]);
  }

  g_string_append (out, "\n# table: measures\nmethod,data set,accuracy,confidence,ece,mce,nll,distance\n");
  for (int method = 0; method < DUB_N_TOY_METHODS; method++) {
    const char *name = dub_toy_method_name ((DubToyMethod) method);

    for (guint repeat = 0; repeat < toy->options.n_repeats; repeat++) {
      g_string_append_printf (out, "%s,%u", name, repeat + 1);
      append_measures (out, &toy->measures[method][repeat]);
    }
    g_string_append_printf (out, "%s,mean", name);
    append_measures (out, &toy->mean[method]);
    g_string_append_printf (out, "%s,sd", name);
    append_measures (out, &toy->deviation[method]);
  }

  return g_string_free (out, FALSE);
}

static void
add_entry (GPtrArray  *list,
           const char *key,
           char       *value)
{
  g_ptr_array_add (list, g_strdup (key));
  g_ptr_array_add (list, value);
}

static GPtrArray *
provenance_of (const DubToy *toy)
{
  const DubToyOptions *options = &toy->options;
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  add_entry (list, "calibration-cases", g_strdup_printf ("%zu", options->n_calibration));
  add_entry (list, "data-sets", g_strdup_printf ("%u", options->n_repeats));
  add_entry (list, "dca", dub_number_format_exact (options->dca));
  add_entry (list, "epochs", g_strdup_printf ("%u", options->n_epochs));
  add_entry (list, "hidden", g_strdup_printf ("%d", options->hidden));
  add_entry (list, "rate", dub_number_format_exact (options->rate));
  add_entry (list, "seed", g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) options->seed));
  add_entry (list, "software", g_strdup ("Dubito " DUB_VERSION));
  add_entry (list, "test-cases", g_strdup_printf ("%zu", options->n_test));
  add_entry (list, "train-cases", g_strdup_printf ("%zu", options->n_train));
  add_entry (list, "truth", g_strdup ("P(y = 1 | x) = (x + 2) / 4"));
  g_ptr_array_add (list, NULL);

  return list;
}

gboolean
dub_toy_figure_export (const DubToy            *toy,
                       const char              *path,
                       const DubExportOptions  *options,
                       GError                 **error)
{
  g_autoptr (GPtrArray) provenance = provenance_of (toy);
  DubExport export = {
    .figure = toy,
    .title = "Recovered probability: uncalibrated, temperature, DCA",
    .provenance = (const char *const *) provenance->pdata,
    .height = sheet_height,
    .draw = draw_sheet,
    .table = tables,
  };

  return dub_export_save (&export, path, options, error);
}
