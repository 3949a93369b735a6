/* The three plots of failure detection: which numbers they hold, where the point is found, what the files say, how they look. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "ui/figures/failure-figure.h"

#define FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

/* Ten cases; the failures are at .3, .3 (tied with a correct one) and .9. */
enum { N = 10 };
static const double SCORES[N] = { 0.05, 0.1, 0.2, 0.3, 0.3, 0.3, 0.5, 0.6, 0.8, 0.9 };
static const gboolean CORRECT[N] = { TRUE, TRUE, TRUE, FALSE, TRUE, FALSE, TRUE, TRUE, TRUE, FALSE };

static DubAcceptance *
acceptance_new (gboolean reversed)
{
  g_autoptr (GError) error = NULL;
  double scores[N];

  for (int i = 0; i < N; i++)
    scores[i] = reversed ? 1.0 - SCORES[i] : SCORES[i];

  DubAcceptance *self = dub_acceptance_new (scores, CORRECT, N, &error);

  g_assert_no_error (error);

  return self;
}

static DubFailureFigure *
figure_new (double threshold)
{
  g_autoptr (DubAcceptance) chosen = acceptance_new (FALSE), other = acceptance_new (TRUE);
  const DubFailureCurve curves[] = {
    { "msr", "MSR", "1 − max p", chosen, 0.595 },
    { "dhl", "DHL", "1 − max p", chosen, 0.595 },
    { "odd", "Odd", "odd", other, 0.405 },
  };
  DubFailureFigure *self = dub_failure_figure_new (curves, G_N_ELEMENTS (curves), NULL);
  DubOperatingPoint point = dub_failure_point (chosen, threshold, 0.95);

  dub_failure_figure_set_point (self, &point);
  self->fitted_on = g_strdup ("calibration");
  dub_failure_figure_note (self, "study", "ten cases");
  dub_failure_figure_note (self, "data-hash", "abc");

  return self;
}

static void
test_numbers (void)
{
  g_autoptr (DubFailureFigure) figure = figure_new (0.3);
  const DubSeries *roc = g_ptr_array_index (figure->plot[DUB_FAILURE_PLOT_ROC]->series, 0);
  const DubSeries *risk = g_ptr_array_index (figure->plot[DUB_FAILURE_PLOT_RISK]->series, 0);
  double sum = 0.0, failed = 0.0;

  /* Eight distinct scores and the point that accepts nothing. */
  g_assert_cmpuint (figure->n_points, ==, 9);
  g_assert_cmpuint (roc->n, ==, 9);
  g_assert_cmpfloat (roc->x[4], ==, 2.0 / 3.0);
  g_assert_cmpfloat (roc->y[4], ==, 4.0 / 7.0);
  g_assert_cmpfloat (roc->x[8], ==, 1.0);
  g_assert_cmpfloat (roc->y[8], ==, 1.0);
  /* Nothing accepted has no risk. */
  g_assert_cmpuint (risk->n, ==, 8);
  g_assert_cmpfloat (risk->y[3], ==, 2.0 / 6.0);
  g_assert_cmpfloat (risk->y[7], ==, 0.3);
  g_assert_cmpfloat (figure->zero_coverage, ==, 0.3);
  /* Two scores of one ranking are drawn once: chosen, odd, chance. */
  g_assert_cmpuint (figure->plot[DUB_FAILURE_PLOT_ROC]->series->len, ==, 3);
  g_assert_cmpuint (figure->plot[DUB_FAILURE_PLOT_RISK]->series->len, ==, 2);
  for (guint b = 0; b < figure->n_bins; b++) {
    sum += figure->correct_share[b];
    failed += figure->failed_share[b];
  }
  g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (failed, 1.0, 1e-12);
  g_assert_cmpfloat (figure->low, <=, 0.05);
  g_assert_cmpfloat (figure->high, >=, 0.9);

  /* The mark is the operating point. */
  g_assert_cmpuint (figure->mark.at, ==, 4);
  g_assert_cmpfloat (figure->mark.coverage, ==, 0.6);
  g_assert_cmpfloat (figure->mark.risk, ==, 2.0 / 6.0);
  g_assert_cmpfloat (figure->mark.specificity, ==, 1.0 / 3.0);
  g_assert_cmpfloat (figure->mark.sensitivity_range[0], <, 4.0 / 7.0);
}

static void
test_find (void)
{
  g_autoptr (DubFailureFigure) figure = figure_new (0.3);

  g_assert_cmpuint (dub_failure_figure_find (figure, (double) -INFINITY), ==, 0);
  g_assert_cmpuint (dub_failure_figure_find (figure, 0.04), ==, 0);
  g_assert_cmpuint (dub_failure_figure_find (figure, 0.05), ==, 1);
  g_assert_cmpuint (dub_failure_figure_find (figure, 0.31), ==, 4);
  g_assert_cmpuint (dub_failure_figure_find (figure, 7.0), ==, 8);
}

static cairo_surface_t *
draw (const DubFailureFigure *figure,
      DubFailurePlot          plot,
      DubFigureLayout        *layout)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 250, 280);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_canvas_set_color (canvas, theme.view);
  cairo_paint (cr);
  dub_failure_figure_draw (figure, plot, canvas, 250.0, 280.0, layout);
  dub_failure_figure_draw_point (figure, plot, canvas, layout);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

/* Every place of a curve leads back to its own point, in all three plots. */
static void
test_pick (void)
{
  g_autoptr (DubFailureFigure) figure = figure_new (0.3);
  DubFigureLayout layout;

  cairo_surface_destroy (draw (figure, DUB_FAILURE_PLOT_ROC, &layout));
  for (size_t k = 0; k < figure->n_points; k++) {
    double x = dub_figure_layout_to_px_x (&layout, (double) figure->failures[k] / 3.0);
    double y = dub_figure_layout_to_px_y (&layout, (double) (figure->accepted[k] - figure->failures[k]) / 7.0);

    g_assert_cmpuint (dub_failure_figure_pick (figure, DUB_FAILURE_PLOT_ROC, &layout, x + 1.0, y - 1.0), ==, k);
  }
  cairo_surface_destroy (draw (figure, DUB_FAILURE_PLOT_RISK, &layout));
  for (size_t k = 0; k < figure->n_points; k++)
    g_assert_cmpuint (dub_failure_figure_pick (figure, DUB_FAILURE_PLOT_RISK, &layout,
                                               dub_figure_layout_to_px_x (&layout, (double) figure->accepted[k] / 10.0), 90.0), ==, k);
  cairo_surface_destroy (draw (figure, DUB_FAILURE_PLOT_OUTCOME, &layout));
  g_assert_cmpuint (dub_failure_figure_pick (figure, DUB_FAILURE_PLOT_OUTCOME, &layout, -50.0, 90.0), ==, 0);
  g_assert_cmpuint (dub_failure_figure_pick (figure, DUB_FAILURE_PLOT_OUTCOME, &layout, dub_figure_layout_to_px_x (&layout, 0.55), 90.0),
                    ==, 5);
  g_assert_cmpuint (dub_failure_figure_pick (figure, DUB_FAILURE_PLOT_OUTCOME, &layout, 900.0, 90.0), ==, 8);
}

/* Without failures there is no ROC, and it is said; nothing divides by them. */
static void
test_one_outcome (void)
{
  g_autoptr (GError) error = NULL;
  const double scores[] = { 0.2, 0.2, 0.4 };
  const gboolean correct[] = { TRUE, TRUE, TRUE };
  g_autoptr (DubAcceptance) acceptance = dub_acceptance_new (scores, correct, 3, &error);
  const DubFailureCurve curve = { "msr", "MSR", "1 − max p", acceptance, (double) NAN };
  g_autoptr (DubFailureFigure) figure = dub_failure_figure_new (&curve, 1, NULL);
  DubOperatingPoint point = dub_failure_point (acceptance, 0.2, 0.95);
  DubFigureLayout layout;

  dub_failure_figure_set_point (figure, &point);
  g_assert_cmpuint (figure->plot[DUB_FAILURE_PLOT_ROC]->series->len, ==, 0);
  g_assert_cmpstr (figure->plot[DUB_FAILURE_PLOT_ROC]->empty, ==, "no failures");
  g_assert_true (isnan (figure->zero_coverage));
  for (int i = 0; i < DUB_N_FAILURE_PLOTS; i++) {
    cairo_surface_t *surface = draw (figure, (DubFailurePlot) i, &layout);

    g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy (surface);
  }
}

static void
test_files (void)
{
  g_autoptr (DubFailureFigure) figure = figure_new (0.3);
  g_autofree char *csv = dub_failure_figure_to_csv (figure);
  g_autofree char *folder = g_dir_make_tmp ("dubito-failure-XXXXXX", NULL);
  static const char *const endings[] = { "png", "svg", "pdf", "csv" };
  DubExportOptions options;

  g_assert_nonnull (strstr (csv, "score,threshold,accepted,failures_accepted,coverage,risk,sensitivity,specificity\n"));
  g_assert_nonnull (strstr (csv, "\nmsr,,0,0,0,,0,1\n"));
  g_assert_nonnull (strstr (csv, "\nmsr,0.3,6,2,0.6,"));
  g_assert_nonnull (strstr (csv, "\nodd,"));
  g_assert_nonnull (strstr (csv, "ten cases"));
  dub_export_options_init (&options);
  options.dpi = 72.0;
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strdup_printf ("failure.%s", endings[i]);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *bytes = NULL;
    g_autoptr (GError) error = NULL;
    gsize n;

    options.width_mm = i == 1 ? DUB_EXPORT_ONE_COLUMN_MM : DUB_EXPORT_TWO_COLUMNS_MM;
    g_assert_true (dub_failure_figure_export (figure, path, &options, &error));
    g_assert_no_error (error);
    g_assert_true (g_file_get_contents (path, &bytes, &n, &error));
    g_assert_cmpuint (n, >, 300);
    if (i == 1) {
      g_assert_nonnull (strstr (bytes, "data-hash"));
      g_assert_nonnull (strstr (bytes, "At threshold 0.3, chosen on calibration: 1/3"));
    }
    g_remove (path);
  }
  g_rmdir (folder);
}

/* Lines, bars and marks against pictures that were looked at. */
static void
test_golden (gconstpointer data)
{
  DubFailurePlot plot = (DubFailurePlot) GPOINTER_TO_INT (data);
  static const char *const NAMES[] = { "failure-roc.png", "failure-risk.png", "failure-outcome.png" };

  if (!g_file_test (FONT, G_FILE_TEST_EXISTS)) {
    g_test_skip ("DejaVu Sans is not installed (package fonts-dejavu-core)");
    return;
  }

  g_autoptr (DubFailureFigure) figure = figure_new (0.3);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "figures", "golden", NAMES[plot], NULL);
  DubFigureLayout layout;

  figure->case_score = 0.6;

  cairo_surface_t *found = draw (figure, plot, &layout);

  if (g_getenv ("DUBITO_UPDATE_GOLDEN") != NULL) {
    g_assert_cmpint (cairo_surface_write_to_png (found, path), ==, CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy (found);
    g_test_skip ("golden picture written, not compared");
    return;
  }

  cairo_surface_t *golden = cairo_image_surface_create_from_png (path);
  size_t differ = 0;

  g_assert_cmpint (cairo_surface_status (golden), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (golden), ==, 250);
  g_assert_cmpint (cairo_image_surface_get_height (golden), ==, 280);
  for (int y = 0; y < 280; y++)
    for (int x = 0; x < 250 * 4; x++) {
      int a = cairo_image_surface_get_data (golden)[y * cairo_image_surface_get_stride (golden) + x];
      int b = cairo_image_surface_get_data (found)[y * cairo_image_surface_get_stride (found) + x];

      differ += x % 4 < 3 && ABS (a - b) > 24;
    }
  cairo_surface_destroy (golden);
  cairo_surface_destroy (found);
  /* What an antialiased edge may. */
  g_assert_cmpuint (differ, <, 3 * 250 * 280 / 500);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/failure-figure/numbers", test_numbers);
  g_test_add_func ("/failure-figure/find", test_find);
  g_test_add_func ("/failure-figure/pick", test_pick);
  g_test_add_func ("/failure-figure/one-outcome", test_one_outcome);
  g_test_add_func ("/failure-figure/files", test_files);
  g_test_add_data_func ("/failure-figure/golden/roc", GINT_TO_POINTER (DUB_FAILURE_PLOT_ROC), test_golden);
  g_test_add_data_func ("/failure-figure/golden/risk", GINT_TO_POINTER (DUB_FAILURE_PLOT_RISK), test_golden);
  g_test_add_data_func ("/failure-figure/golden/outcome", GINT_TO_POINTER (DUB_FAILURE_PLOT_OUTCOME), test_golden);

  return g_test_run ();
}
