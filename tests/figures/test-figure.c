#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "ui/figures/decimate.h"
#include "ui/figures/energy-figure.h"
#include "ui/figures/figure-draw.h"

enum { WIDTH = 400, HEIGHT = 200 };

static DubFigure *
noisy (size_t n)
{
  DubFigure *figure = dub_figure_new ();
  g_autofree double *x = g_new (double, n);
  g_autofree double *y = g_new (double, n);
  guint32 state = 1;

  for (size_t i = 0; i < n; i++) {
    state = state * 1664525u + 1013904223u;
    x[i] = (double) i;
    y[i] = (double) (state >> 8) / (1 << 24);
  }
  y[n / 3 + 50] = 5.0;
  y[n / 2 + 50] = -4.0;
  dub_figure_add_series (figure, "noise", DUB_STROKE_SOLID, 1, x, y, n);

  return figure;
}

static DubFigureLayout
draw (const DubFigure *figure,
      cairo_surface_t *surface,
      gboolean         cursor)
{
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;
  DubFigureLayout layout;

  dub_theme_init (&theme, DUB_THEME_LIGHT);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_figure_draw (figure, canvas, WIDTH, HEIGHT, &layout);
  if (cursor)
    dub_figure_draw_cursor (figure, canvas, &layout);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);

  return layout;
}

static cairo_status_t
append (void                *closure,
        const unsigned char *data,
        unsigned int         length)
{
  g_string_append_len (closure, (const char *) data, length);

  return CAIRO_STATUS_SUCCESS;
}

/* What reaches the surface: points of stroked lines in an SVG of the figure. */
static guint
count_path_points (const DubFigure *figure,
                   guint           *longest)
{
  g_autoptr (GString) svg = g_string_new (NULL);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append, svg, WIDTH, HEIGHT);
  guint points = 0;

  draw (figure, surface, FALSE);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  *longest = 0;
  for (const char *stroke = strstr (svg->str, "fill:none;stroke"); stroke != NULL;
       stroke = strstr (stroke + 1, "fill:none;stroke")) {
    const char *path = strstr (stroke, " d=\""), *end = path != NULL ? strchr (path + 4, '"') : NULL;
    guint here = 0;

    g_assert_nonnull (end);
    for (const char *c = path; c < end; c++)
      here += *c == 'L' || *c == 'M' || *c == 'C';
    points += here;
    *longest = MAX (*longest, here);
  }

  return points;
}

static void
test_decimation_cap (void)
{
  g_autoptr (DubFigure) figure = noisy (200000);
  guint longest, points = count_path_points (figure, &longest);

  /* Four points a column at most, one more for each chunk and for the legend. */
  g_assert_cmpuint (points, >, WIDTH);
  g_assert_cmpuint (points, <=, 4 * WIDTH + 32);
  g_assert_cmpuint (longest, <=, 4 * 64 + 8);
}

/* Where glyphs stand in an SVG of the figure. */
static guint
count_glyphs (const DubFigure *figure)
{
  g_autoptr (GString) svg = g_string_new (NULL);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append, svg, WIDTH, HEIGHT);
  guint n = 0;

  draw (figure, surface, FALSE);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  for (const char *use = strstr (svg->str, "<use "); use != NULL; use = strstr (use + 1, "<use "))
    n++;

  return n;
}

/* Ticks that are asked for replace the round numbers; those outside have none, and numbers that would touch are left out. */
static void
test_own_ticks (void)
{
  static const double wide[] = { 0.0, 5.0, 15.0, 99.0 }, tight[] = { 0.0, 5.0, 5.01, 15.0 }, none[] = { 99.0 };
  const double x[] = { 0.0, 20.0 }, y[] = { 0.0, 1.0 };
  g_autoptr (DubFigure) figure = dub_figure_new ();
  guint n_without, n_wide, n_tight;

  figure->legend = FALSE;
  dub_figure_add_series (figure, NULL, DUB_STROKE_SOLID, 1, x, y, 2);
  dub_figure_set_x (figure, DUB_AXIS_LINEAR, 0.0, 20.0, NULL);
  dub_figure_set_x_ticks (figure, none, 1);
  n_without = count_glyphs (figure);
  dub_figure_set_x_ticks (figure, wide, 4);
  n_wide = count_glyphs (figure);
  dub_figure_set_x_ticks (figure, tight, 4);
  n_tight = count_glyphs (figure);
  g_test_message ("%u, %u and %u glyphs", n_without, n_wide, n_tight);
  /* 0, 5 and 15 are four digits, whichever. */
  g_assert_cmpuint (n_wide, ==, n_without + 4);
  g_assert_cmpuint (n_tight, ==, n_wide);
}

/* What decimation keeps: each column's lowest and highest value, and both ends. */
static void
test_decimation_keeps_extremes (void)
{
  g_autoptr (DubFigure) figure = noisy (50000);
  const DubSeries *series = figure->series->pdata[0];
  DubFigureLayout layout = { .width = 300.0, .height = 100.0, .x_range = { 0.0, 50000.0 }, .y_range = { -5.0, 5.0 } };
  g_autoptr (GArray) points = dub_decimate (series, &layout, 1.0);

  for (int column = 0; column < 300; column++) {
    double expected[2] = { INFINITY, -INFINITY }, found[2] = { INFINITY, -INFINITY };

    for (size_t i = 0; i < series->n; i++)
      if ((int) dub_figure_layout_to_px_x (&layout, series->x[i]) == column) {
        expected[0] = MIN (expected[0], dub_figure_layout_to_px_y (&layout, series->y[i]));
        expected[1] = MAX (expected[1], dub_figure_layout_to_px_y (&layout, series->y[i]));
      }
    for (guint i = 0; i < points->len; i++) {
      const DubPoint *point = &g_array_index (points, DubPoint, i);

      if ((int) point->x == column) {
        found[0] = MIN (found[0], point->y);
        found[1] = MAX (found[1], point->y);
      }
    }
    g_assert_cmpfloat (found[0], ==, expected[0]);
    g_assert_cmpfloat (found[1], ==, expected[1]);
  }
  g_assert_cmpfloat (g_array_index (points, DubPoint, 0).x, ==, 0.0);
  g_assert_cmpfloat (fabs (g_array_index (points, DubPoint, points->len - 1).x - 300.0 * 49999.0 / 50000.0), <, 1e-9);
}

/* Holes of every kind never make more points than columns allow. */
static void
test_decimation_of_holes (void)
{
  g_autoptr (DubFigure) figure = noisy (60000);
  DubSeries *series = figure->series->pdata[0];
  DubFigureLayout layout = { .width = 300.0, .height = 100.0, .x_range = { 0.0, 60000.0 }, .y_range = { -5.0, 5.0 } };

  for (size_t i = 0; i < series->n; i += 2)
    series->y[i] = i % 4 == 0 ? NAN : INFINITY;

  g_autoptr (GArray) holes = dub_decimate (series, &layout, 1.0);

  g_assert_cmpuint (holes->len, <=, 5 * 301);
  /* A hole wider than a column breaks the line. */
  for (size_t i = 20000; i < 40000; i++)
    series->y[i] = NAN;

  g_autoptr (GArray) broken = dub_decimate (series, &layout, 1.0);
  guint breaks = 0;

  for (guint i = 0; i < broken->len; i++)
    breaks += isnan (g_array_index (broken, DubPoint, i).x);
  g_assert_cmpuint (breaks, ==, 1);
}

static void
test_ranges (void)
{
  g_autoptr (DubFigure) figure = dub_figure_new ();
  const double x[4] = { 0.0, 1.0, 2.0, 87.0 }, y[4] = { 0.0, 3e-3, NAN, 4.0 };
  double x_range[2], y_range[2];

  dub_figure_get_range (figure, x_range, y_range);
  g_assert_cmpfloat (x_range[0], <, x_range[1]);
  g_assert_false (dub_figure_has_points (figure));

  dub_figure_add_series (figure, "a", DUB_STROKE_SOLID, 0, x, y, 4);
  dub_figure_get_range (figure, x_range, y_range);
  g_assert_cmpfloat (x_range[0], ==, 0.0);
  g_assert_cmpfloat (x_range[1], ==, 100.0);
  g_assert_cmpfloat (y_range[1], ==, 4.0);

  dub_figure_set_y (figure, DUB_AXIS_LOG, 0.0, 0.0, NULL);
  dub_figure_get_range (figure, x_range, y_range);
  g_assert_cmpfloat (fabs (y_range[0] - 1e-3), <, 1e-12);
  g_assert_cmpfloat (fabs (y_range[1] - 10.0), <, 1e-9);

  /* A range given that a log axis cannot show is not taken. */
  dub_figure_set_y (figure, DUB_AXIS_LOG, -1.0, 5.0, NULL);
  dub_figure_get_range (figure, x_range, y_range);
  g_assert_cmpfloat (y_range[0], >, 0.0);
}

static DubFigure *
energy (size_t n_rows,
        int    cursor)
{
  g_autofree DubMaskEnergy *rows = g_new0 (DubMaskEnergy, MAX (n_rows, 1));

  for (size_t i = 0; i < n_rows; i++) {
    rows[i].iteration = (guint) i;
    rows[i].score = exp (-0.2 * (double) i);
    rows[i].area = 2.0 * exp (-0.05 * (double) i);
    rows[i].smoothness = i == 0 ? 0.0 : 0.02;
    rows[i].total = rows[i].score + rows[i].area + rows[i].smoothness;
  }

  return dub_energy_figure_new (rows, n_rows, 0, cursor, NULL);
}

static void
test_pick (void)
{
  g_autoptr (DubFigure) figure = energy (31, 12);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  DubFigureLayout layout = draw (figure, surface, TRUE);
  double x = NAN, middle = layout.y + layout.height / 2.0;

  cairo_surface_destroy (surface);
  g_assert_cmpfloat (layout.x + layout.width, <=, WIDTH);
  g_assert_cmpfloat (layout.y + layout.height, <=, HEIGHT);
  for (int i = 0; i <= 30; i++) {
    double px = dub_figure_layout_to_px_x (&layout, i);

    g_assert_true (dub_figure_pick_x (figure, &layout, px + 0.3, middle, &x));
    g_assert_cmpfloat (x, ==, i);
    g_assert_cmpfloat (fabs (dub_figure_layout_from_px_x (&layout, px) - i), <, 1e-9);
  }
  g_assert_true (dub_figure_pick_x (figure, &layout, layout.x - 5.0, middle, &x));
  g_assert_cmpfloat (x, ==, 0.0);
  g_assert_false (dub_figure_pick_x (figure, &layout, layout.x - 20.0, middle, &x));
  g_assert_false (dub_figure_pick_x (figure, &layout, layout.x + 5.0, HEIGHT + 20.0, &x));
}

static void
test_empty (void)
{
  g_autoptr (DubFigure) figure = energy (0, -1);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  DubFigureLayout layout = draw (figure, surface, TRUE);
  double x;

  g_assert_false (dub_figure_has_points (figure));
  g_assert_false (dub_figure_pick_x (figure, &layout, 200.0, 100.0, &x));
  cairo_surface_destroy (surface);
}

static void
test_csv (void)
{
  g_autoptr (DubFigure) figure = dub_figure_new ();
  const double first_x[3] = { 0.0, 1.0, 2.0 }, first_y[3] = { 0.1, NAN, 1e-9 };
  const double second_x[2] = { 1.0, 3.0 }, second_y[2] = { -2.5, 4.0 };

  dub_figure_set_x (figure, DUB_AXIS_LINEAR, 0.0, 0.0, "iteration");
  dub_figure_add_series (figure, "sum", DUB_STROKE_SOLID, 0, first_x, first_y, 3);
  dub_figure_add_series (figure, "p(\"A\", B)", DUB_STROKE_DASHED, 1, second_x, second_y, 2);

  g_autofree char *csv = dub_figure_to_csv (figure);

  g_assert_cmpstr (csv, ==,
                   "iteration,sum,\"p(\"\"A\"\", B)\"\n"
                   "0,0.1,\n"
                   "1,,-2.5\n"
                   "2,1e-09,\n"
                   "3,,4\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figure/decimation-cap", test_decimation_cap);
  g_test_add_func ("/figure/own-ticks", test_own_ticks);
  g_test_add_func ("/figure/decimation-keeps-extremes", test_decimation_keeps_extremes);
  g_test_add_func ("/figure/decimation-of-holes", test_decimation_of_holes);
  g_test_add_func ("/figure/ranges", test_ranges);
  g_test_add_func ("/figure/pick", test_pick);
  g_test_add_func ("/figure/empty", test_empty);
  g_test_add_func ("/figure/csv", test_csv);

  return g_test_run ();
}
