#include <math.h>
#include <string.h>

#include "ui/figures/figure-draw.h"
#include "ui/figures/interval-figure.h"
#include "ui/figures/training-figure.h"

enum { N_FOLDS = 3, N_EPOCHS = 20, WIDTH = 360, HEIGHT = 180 };

/* Folds whose validation loss turns at epoch 5, the last two with fewer epochs done. */
static void
make_runs (DubRunSummary *runs,
           guint          reached,
           DubRunState    state)
{
  for (guint r = 0; r < N_FOLDS; r++) {
    runs[r] = (DubRunSummary) { .fold = (int) r, .n_epochs = N_EPOCHS, .state = state, .best = -1,
                                .epochs = g_array_new (FALSE, TRUE, sizeof (DubEpoch)) };
    for (guint e = 1; e <= reached - MIN (r, reached); e++) {
      DubEpoch epoch = { .epoch = e, .train_loss = exp (-0.3 * e) + 0.01 * r,
                         .validation_loss = 0.5 + 0.01 * (e - 5.0) * (e - 5.0) + 0.02 * r,
                         .train_accuracy = 1.0 - 0.4 * exp (-0.3 * e), .validation_accuracy = 0.7 + 0.005 * e - 0.02 * r,
                         .train_ece = 0.05, .validation_ece = 0.1 + 0.01 * r };

      g_array_append_val (runs[r].epochs, epoch);
      runs[r].best = 4;
    }
  }
}

static void
clear_runs (DubRunSummary *runs)
{
  for (guint r = 0; r < N_FOLDS; r++)
    g_array_unref (runs[r].epochs);
}

static void
test_mean (void)
{
  DubRunSummary runs[N_FOLDS];
  const DubRunSummary *list[N_FOLDS] = { &runs[0], &runs[1], &runs[2] };
  double train, validation;

  make_runs (runs, 10, DUB_RUN_STATE_RUNNING);
  dub_training_mean_at (list, N_FOLDS, DUB_CURVE_LOSS, 5, &train, &validation);
  g_assert_cmpfloat_with_epsilon (train, exp (-1.5) + 0.01, 1e-12);
  g_assert_cmpfloat_with_epsilon (validation, 0.52, 1e-12);
  /* The third fold has eight epochs: there is no mean at the ninth. One that waits has no say. */
  dub_training_mean_at (list, N_FOLDS, DUB_CURVE_LOSS, 9, &train, &validation);
  g_assert_true (isnan (train) && isnan (validation));

  g_autoptr (DubFigure) figure = dub_training_figure_new (list, N_FOLDS, DUB_CURVE_LOSS, 5.0, NULL);
  const DubSeries *mean = figure->series->pdata[0];

  g_assert_cmpuint (figure->series->len, ==, 2 + 2 * N_FOLDS);
  g_assert_cmpuint (mean->n, ==, 8);
  g_assert_cmpfloat (figure->pending, ==, 8.0);
  g_assert_cmpuint (figure->notes->len, ==, 1);
  g_assert_cmpstr (g_array_index (figure->notes, DubNote, 0).text, ==, "lowest at 5");
  g_assert_cmpfloat (g_array_index (figure->notes, DubNote, 0).x, ==, 5.0);
  clear_runs (runs);
}

static void
test_done_and_empty (void)
{
  DubRunSummary runs[N_FOLDS];
  const DubRunSummary *list[N_FOLDS] = { &runs[0], &runs[1], &runs[2] };

  make_runs (runs, N_EPOCHS, DUB_RUN_STATE_DONE);
  {
    g_autoptr (DubFigure) figure = dub_training_figure_new (list, N_FOLDS, DUB_CURVE_ACCURACY, NAN, NULL);

    g_assert_true (isnan (figure->pending));
    g_assert_cmpfloat (figure->y.high, ==, 1.0);
    g_assert_cmpuint (figure->notes->len, ==, 0);
  }
  clear_runs (runs);

  make_runs (runs, 0, DUB_RUN_STATE_NEW);
  {
    g_autoptr (DubFigure) figure = dub_training_figure_new (list, N_FOLDS, DUB_CURVE_LOSS, NAN, NULL);

    g_assert_false (dub_figure_has_points (figure));
    g_assert_cmpstr (figure->empty, ==, "No epoch yet");
    g_assert_null (dub_dca_figure_new (list, N_FOLDS, "beta", "ECE"));
  }
  clear_runs (runs);
}

static void
test_dca (void)
{
  DubRunSummary runs[N_FOLDS];
  const DubRunSummary *list[N_FOLDS] = { &runs[2], &runs[1], &runs[0] };

  make_runs (runs, 10, DUB_RUN_STATE_DONE);
  runs[1].dca = runs[2].dca = 15.0;
  runs[2].state = DUB_RUN_STATE_RUNNING;

  g_autoptr (DubFigure) figure = dub_dca_figure_new (list, N_FOLDS, "β", "ECE");
  const DubSeries *ring = figure->series->pdata[0], *mean = figure->series->pdata[1];

  g_assert_cmpuint (mean->n, ==, 2);
  g_assert_cmpfloat (mean->x[1], ==, 15.0);
  g_assert_cmpfloat_with_epsilon (mean->y[0], 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (mean->y[1], 0.115, 1e-12);
  g_assert_cmpuint (ring->n, ==, 1);
  g_assert_cmpfloat (ring->x[0], ==, 15.0);
  clear_runs (runs);
}

/* Alpha of the pixel at (x, y) of an ARGB surface. */
static guint32
pixel (cairo_surface_t *surface,
       int              x,
       int              y)
{
  const unsigned char *row = cairo_image_surface_get_data (surface)
                             + (gssize) y * cairo_image_surface_get_stride (surface);
  guint32 value;

  memcpy (&value, row + 4 * x, sizeof value);

  return value;
}

static void
test_pending_is_grey (void)
{
  DubRunSummary runs[N_FOLDS];
  const DubRunSummary *list[N_FOLDS] = { &runs[0], &runs[1], &runs[2] };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;
  DubFigureLayout layout;

  make_runs (runs, 10, DUB_RUN_STATE_RUNNING);
  dub_theme_init (&theme, DUB_THEME_LIGHT);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);
  g_autoptr (DubFigure) figure = dub_training_figure_new (list, N_FOLDS, DUB_CURVE_LOSS, 5.0, NULL);

  dub_figure_draw (figure, canvas, WIDTH, HEIGHT, &layout);
  dub_figure_draw_cursor (figure, canvas, &layout);
  cairo_surface_flush (surface);

  int y = (int) (layout.y + 0.55 * layout.height) + 3;
  int right = (int) dub_figure_layout_to_px_x (&layout, 18.0);

  g_assert_cmpuint (pixel (surface, right, y) >> 24, >, 0);
  g_assert_cmpuint (pixel (surface, right, 0), ==, 0);
  clear_runs (runs);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_intervals (void)
{
  g_autoptr (DubIntervalFigure) figure = dub_interval_figure_new (0.5, 1.0);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  dub_interval_figure_add (figure, "E", 0.81, 0.75, 0.85, TRUE);
  dub_interval_figure_add (figure, "1", 0.8, NAN, NAN, FALSE);
  dub_interval_figure_add (figure, "2, \"b\"", NAN, NAN, NAN, FALSE);
  dub_interval_figure_set_reference (figure, 0.73, "always benign");
  g_assert_cmpfloat (dub_interval_figure_height (figure, &theme), >, 3.0 * theme.font_caption);

  g_autofree char *csv = dub_interval_figure_to_csv (figure);

  g_assert_cmpstr (csv, ==, "label,value,low,high\nE,0.81,0.75,0.85\n1,0.8,,\n\"2, \"\"b\"\"\",,,\n");

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_interval_figure_draw (figure, canvas, WIDTH, HEIGHT);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_flush (surface);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/training-figure/mean", test_mean);
  g_test_add_func ("/training-figure/done-and-empty", test_done_and_empty);
  g_test_add_func ("/training-figure/dca", test_dca);
  g_test_add_func ("/training-figure/pending", test_pending_is_grey);
  g_test_add_func ("/interval-figure/rows", test_intervals);

  return g_test_run ();
}
