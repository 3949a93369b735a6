/* Reliability diagrams, looked at: bars, hatching, bands and lines where they belong, and nothing where nothing is known. */
#include <math.h>
#include <string.h>

#include "tests/figures/reliability-fixture.h"
#include "ui/figures/reliability-figure-private.h"

#define FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

/* --- what is drawn --- */

/* Place of a bin's centre and of a value in the plot. */
static guint32
plot_pixel (cairo_surface_t            *surface,
            const DubReliabilityLayout *layout,
            double                      confidence,
            double                      value)
{
  return pixel (surface, dub_figure_layout_to_px_x (&layout->plot, confidence), dub_figure_layout_to_px_y (&layout->plot, value));
}

static int
brightness (guint32 rgb)
{
  return (int) ((rgb >> 16 & 0xff) + (rgb >> 8 & 0xff) + (rgb & 0xff));
}

/* Two bins of ten have cases: .25 (3 of 30 right) and .85 (2 of 4). */
static void
test_bars (void)
{
  double confidence[34];
  gboolean correct[34];
  g_autoptr (DubReliabilityFigure) figure = dub_reliability_figure_new (NULL);
  g_auto (Made) made = { 0 };
  DubReliabilityLayout layout;

  for (int i = 0; i < 34; i++) {
    confidence[i] = i < 30 ? 0.27 : 0.85;
    correct[i] = i < 3 || i >= 32;
  }
  made_init (&made, "", confidence, correct, 34, 10, DUB_BINS_EQUAL_WIDTH);
  made.low[2] = 0.02;
  made.high[2] = 0.22;
  made.low[8] = 0.1;
  made.high[8] = 0.9;
  dub_reliability_figure_add_panel (figure, NULL, &made.curve, 1, FALSE);

  cairo_surface_t *plain = draw (figure, 0, DUB_THEME_LIGHT, WIDTH, HEIGHT, -1, &layout);
  cairo_surface_t *chosen = draw (figure, 0, DUB_THEME_LIGHT, WIDTH, HEIGHT, 8, &layout);
  guint32 paper = pixel (plain, -AROUND, -AROUND);

  /* Empty bins are empty, away from the diagonal and the grid. */
  for (int m = 0; m < 10; m++)
    if (m != 2 && m != 8)
      for (double value = 0.03; value < 1.0; value += 0.1)
        if (fabs (value - (m + 0.43) / 10.0) > 0.03)
          g_assert_cmphex (plot_pixel (plain, &layout, (m + 0.43) / 10.0, value), ==, paper);
  /* A bar to the accuracy, in purple: less green than red and blue; nothing above the confidence. */
  guint32 bar = plot_pixel (plain, &layout, 0.82, 0.27);

  g_assert_cmpint (bar >> 8 & 0xff, <, (int) (bar >> 16 & 0xff));
  g_assert_cmpint (bar >> 8 & 0xff, <, (int) (bar & 0xff));
  g_assert_cmphex (plot_pixel (plain, &layout, 0.82, 0.97), ==, paper);
  /* Between accuracy and confidence some pixels are hatched in pink and some are paper. */
  guint n_paper = 0, n_pink = 0;

  for (double y = dub_figure_layout_to_px_y (&layout.plot, 0.75); y < dub_figure_layout_to_px_y (&layout.plot, 0.55); y += 1.0) {
    guint32 rgb = pixel (plain, dub_figure_layout_to_px_x (&layout.plot, 0.82), y);

    n_paper += rgb == paper;
    n_pink += (int) (rgb >> 16 & 0xff) > (int) (rgb >> 8 & 0xff) + 60;
  }
  g_assert_cmpuint (n_paper, >, 3);
  g_assert_cmpuint (n_pink, >, 3);
  /* The whisker of four cases is fainter than that of thirty, both away from their dots. */
  int faint = 800, strong = 800;

  for (int d = -2; d <= 2; d++) {
    double aside = d / layout.plot.width;

    faint = MIN (faint, brightness (plot_pixel (plain, &layout, 0.85 + aside, 0.3)));
    strong = MIN (strong, brightness (plot_pixel (plain, &layout, 0.27 + aside, 0.05)));
  }
  g_assert_cmpint (strong + 100, <, faint);
  /* The chosen bin is framed in blue in both boxes, and only there. */
  for (int box = 0; box < 2; box++) {
    const DubFigureLayout *where = box == 0 ? &layout.plot : &layout.counts;
    double x = dub_figure_layout_to_px_x (where, 0.8), y = where->y + 6.0;
    gboolean blue = FALSE;

    for (int d = -2; d <= 2; d++) {
      guint32 rgb = pixel (chosen, x + d, y);

      blue = blue || (int) (rgb & 0xff) > (int) (rgb >> 16 & 0xff) + 80;
    }
    g_assert_true (blue);
  }
  g_assert_cmphex (plot_pixel (chosen, &layout, 0.5, 0.7), ==, paper);
  cairo_surface_destroy (plain);
  cairo_surface_destroy (chosen);
}

/* No line goes through an empty bin: the first curve has cases at .3 and .9 only. */
static void
test_no_line_through_empty (void)
{
  const double confidence[] = { 0.3, 0.3, 0.9, 0.9 };
  const gboolean correct[] = { TRUE, TRUE, TRUE, TRUE };
  g_autoptr (DubReliabilityFigure) figure = dub_reliability_figure_new (NULL);
  g_auto (Made) made = { 0 };
  DubReliabilityCurve curves[2];
  DubReliabilityLayout layout;

  made_init (&made, "", confidence, correct, 4, 10, DUB_BINS_EQUAL_WIDTH);
  for (int m = 0; m < 10; m++)
    made.low[m] = made.high[m] = (double) NAN;
  /* At 0.75 of the axis, away from the grid. */
  made.bins->accuracy[2] = made.bins->accuracy[8] = 0.75;
  curves[0] = curves[1] = made.curve;
  dub_reliability_figure_add_panel (figure, NULL, curves, 2, FALSE);

  cairo_surface_t *surface = draw (figure, 0, DUB_THEME_LIGHT, WIDTH, HEIGHT, -1, &layout);
  guint32 paper = pixel (surface, -AROUND, -AROUND);

  g_assert_cmphex (plot_pixel (surface, &layout, 0.3, 0.75), !=, paper);
  g_assert_cmphex (plot_pixel (surface, &layout, 0.9, 0.75), !=, paper);
  g_assert_cmphex (plot_pixel (surface, &layout, 0.52, 0.75), ==, paper);
  g_assert_cmphex (plot_pixel (surface, &layout, 0.65, 0.75), ==, paper);
  cairo_surface_destroy (surface);
}

/* --- numbers of counts --- */

typedef struct {
  double left, right, top, bottom;
} Box;

/* The small texts of a drawing: the numbers above the bars of counts. */
static GArray *
count_numbers (const DubReliabilityFigure *figure,
               int                         width,
               int                         height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  GArray *boxes = g_array_new (FALSE, FALSE, sizeof (Box));
  DubTheme theme;
  DubReliabilityLayout layout;

  dub_theme_init (&theme, DUB_THEME_LIGHT);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);
  g_autoptr (DubCanvas) ruler = dub_canvas_new (cr, &theme, 1.0);

  dub_canvas_collect_text (canvas);
  dub_reliability_figure_draw (figure, 0, canvas, width, height, &layout);

  g_auto (GStrv) lines = g_strsplit (dub_canvas_collected (canvas), "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    const char *x = strstr (lines[i], "x=\""), *y = strstr (lines[i], "y=\""), *size = strstr (lines[i], "font-size=\"");
    const char *text = strchr (lines[i], '>');

    if (x == NULL || y == NULL || size == NULL || text == NULL || strstr (lines[i], "text-anchor") != NULL)
      continue;

    double points = g_ascii_strtod (size + 11, NULL), left = g_ascii_strtod (x + 3, NULL), baseline = g_ascii_strtod (y + 3, NULL);

    if (fabs (points - 0.86 * theme.font_caption) > 0.01)
      continue;

    g_autofree char *number = g_strndup (text + 1, strcspn (text + 1, "<"));
    Box box = { left, left + dub_canvas_text_width (ruler, number, points, DUB_TEXT_LEFT), baseline - 0.73 * points, baseline };

    g_assert_cmpfloat (box.top, >=, layout.counts.y - 1.0);
    g_assert_cmpfloat (box.right, <=, width);
    g_array_append_val (boxes, box);
  }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return boxes;
}

static void
test_count_numbers (void)
{
  static const int WIDTHS[] = { 220, 250, 300, 400, 600, 1200 };
  static const size_t BINS[] = { 1, 10, 15, 30, 50 };
  guint wide = 0, narrow = 0, there = 0;

  for (guint b = 0; b < G_N_ELEMENTS (BINS); b++) {
    g_autoptr (DubReliabilityFigure) figure = figure_new (BINS[b], DUB_BINS_EQUAL_WIDTH);

    for (guint w = 0; w < G_N_ELEMENTS (WIDTHS); w++) {
      g_autoptr (GArray) boxes = count_numbers (figure, WIDTHS[w], 400);

      g_assert_cmpuint (boxes->len, >, 0);
      for (guint i = 0; i < boxes->len; i++)
        for (guint k = 0; k < i; k++) {
          const Box *a = &g_array_index (boxes, Box, i), *c = &g_array_index (boxes, Box, k);

          g_assert_false (a->left < c->right && c->left < a->right && a->top < c->bottom && c->top < a->bottom);
        }
      if (BINS[b] == 15 && WIDTHS[w] == 1200) {
        wide = boxes->len;
        for (size_t m = 0; m < 15; m++)
          there += dub_reliability_figure_get_count (figure, 0, m) > 0;
      }
      if (BINS[b] == 50 && WIDTHS[w] == 220)
        narrow = boxes->len;
    }
  }
  /* All that there are where there is room. */
  g_assert_cmpuint (there, >, 8);
  g_assert_cmpuint (wide, ==, there);
  g_assert_cmpuint (narrow, <, there);
}

/* Eight curves are told apart by their marks, whatever the colours: no two are the same picture in grey. */
static void
test_marks_differ (void)
{
  enum { SIDE = 24 };
  guint8 pictures[MOST_CURVES][SIDE * SIDE];
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  theme.series[1] = theme.series[2] = theme.series[3] = theme.series[0];
  for (guint i = 0; i < MOST_CURVES; i++) {
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SIDE, SIDE);
    cairo_t *cr = cairo_create (surface);
    g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

    dub_canvas_set_color (canvas, theme.view);
    cairo_paint (cr);
    cairo_scale (cr, 2.5, 2.5);
    _dub_reliability_draw_mark (canvas, i, SIDE / 5.0, SIDE / 5.0);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    for (int p = 0; p < SIDE * SIDE; p++)
      pictures[i][p] = cairo_image_surface_get_data (surface)[p / SIDE * cairo_image_surface_get_stride (surface) + p % SIDE * 4];
    cairo_surface_destroy (surface);
    for (guint k = 0; k < i; k++) {
      int differ = 0;

      for (int p = 0; p < SIDE * SIDE; p++)
        differ += ABS (pictures[i][p] - pictures[k][p]) > 100;
      if (differ < 8)
        g_error ("The marks of curves %u and %u differ in %d pixels.", k, i, differ);
    }
  }
}

/* Many curves leave the plot its room: their legend stands in columns where the panel is wide. */
static void
test_many_curves (void)
{
  g_autoptr (DubReliabilityFigure) few = curves_new (3, 12), many = curves_new (MOST_CURVES, 12);
  DubReliabilityLayout layout[2];

  for (int wide = 0; wide < 2; wide++) {
    int width = wide ? 1000 : 330;

    cairo_surface_destroy (draw (few, 0, DUB_THEME_LIGHT, width, HEIGHT, -1, &layout[0]));

    cairo_surface_t *surface = draw (many, 0, DUB_THEME_LIGHT, width, HEIGHT, -1, &layout[1]);

    assert_clean_frame (surface, width, HEIGHT);
    cairo_surface_destroy (surface);
    if (wide)
      g_assert_cmpfloat_with_epsilon (layout[1].plot.y, layout[0].plot.y, 0.5);
    else
      g_assert_cmpfloat (layout[1].plot.y, >, layout[0].plot.y + 60.0);
    g_assert_cmpfloat (layout[1].plot.height, >, 80.0);
  }
}

/* The current case is marked between the boxes, right and wrong by shape; the selected part of a count in blue. */
static void
test_picked_out (void)
{
  g_autoptr (DubReliabilityFigure) figure = figure_new (10, DUB_BINS_EQUAL_WIDTH);
  guint selected[10] = { 0 };
  DubReliabilityLayout layout;

  selected[9] = 20;

  cairo_surface_t *surface = draw (figure, 0, DUB_THEME_LIGHT, WIDTH, HEIGHT, -1, &layout);
  guint32 paper = pixel (surface, -AROUND, -AROUND);
  double x = dub_figure_layout_to_px_x (&layout.plot, 0.55), y = (layout.plot.y + layout.plot.height + layout.counts.y) / 2.0;
  double right = dub_figure_layout_to_px_x (&layout.counts, 0.95), low = dub_figure_layout_to_px_y (&layout.counts, 3.0);
  double high = dub_figure_layout_to_px_y (&layout.counts, 40.0);
  guint32 grey = pixel (surface, right, low);

  g_assert_cmphex (pixel (surface, x, y), ==, paper);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  cairo_translate (cr, AROUND, AROUND);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_reliability_figure_draw_marks (figure, 0, &(DubReliabilityMarks) { 0.55, FALSE, selected }, canvas, &layout);
  cairo_surface_flush (surface);
  g_assert_cmphex (pixel (surface, x, y), ==, 0xd55e00);
  /* A triangle has no upper corners. */
  g_assert_cmphex (pixel (surface, x - 3.0, y - 3.0), ==, paper);
  g_assert_cmphex (pixel (surface, right, low), ==, 0x3584e4);
  g_assert_cmphex (pixel (surface, right, high), ==, grey);
  dub_reliability_figure_draw_marks (figure, 0, &(DubReliabilityMarks) { 0.55, TRUE, NULL }, canvas, &layout);
  cairo_surface_flush (surface);
  g_assert_cmphex (pixel (surface, x, y), ==, 0x0a6ab6);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* A figure whose bands are there, or still come, or are not wanted. */
static DubReliabilityFigure *
waiting_new (gboolean there,
             gboolean comes)
{
  DubReliabilityFigure *self = dub_reliability_figure_new (NULL);
  g_auto (Made) made = { 0 };

  made_usual (&made, "uncalibrated", 15, DUB_BINS_EQUAL_WIDTH);
  if (!there)
    made.curve.low = made.curve.high = NULL;
  made.curve.band_comes = made.curve.ece_is_old = comes;
  dub_reliability_figure_add_panel (self, "Before", &made.curve, 1, FALSE);

  return self;
}

static cairo_surface_t *
draw_key_of (const DubReliabilityFigure *figure)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 60);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_canvas_set_color (canvas, theme.view);
  cairo_paint (cr);
  dub_reliability_figure_draw_key (figure, canvas, 0.0, 0.0, 400.0, TRUE);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

static gboolean
same_picture (cairo_surface_t *a,
              cairo_surface_t *b)
{
  size_t n = (size_t) cairo_image_surface_get_stride (a) * (size_t) cairo_image_surface_get_height (a);

  return memcmp (cairo_image_surface_get_data (a), cairo_image_surface_get_data (b), n) == 0;
}

/* While bands are made the key and the boxes stand still, and the old interval is fainter than a new one. */
static void
test_waiting (void)
{
  g_autoptr (DubReliabilityFigure) there = waiting_new (TRUE, FALSE), comes = waiting_new (FALSE, TRUE), none = waiting_new (FALSE, FALSE);
  cairo_surface_t *keys[] = { draw_key_of (there), draw_key_of (comes), draw_key_of (none) }, *heads[2];
  DubReliabilityLayout layout[2];
  int darkest[2] = { 765, 765 };

  g_assert_true (same_picture (keys[0], keys[1]));
  g_assert_false (same_picture (keys[0], keys[2]));
  heads[0] = draw (none, 0, DUB_THEME_LIGHT, WIDTH, HEIGHT, -1, &layout[0]);
  heads[1] = draw (comes, 0, DUB_THEME_LIGHT, WIDTH, HEIGHT, -1, &layout[1]);
  g_assert_cmpfloat_with_epsilon (layout[0].plot.y, layout[1].plot.y, 1e-12);
  for (int k = 0; k < 2; k++) {
    /* The right end of the head is the interval's. */
    for (int y = 0; y < (int) layout[0].plot.y - 4; y++)
      for (int x = WIDTH - 40; x < WIDTH; x++)
        darkest[k] = MIN (darkest[k], brightness (pixel (heads[k], x, y)));
    cairo_surface_destroy (heads[k]);
  }
  g_assert_cmpint (darkest[0] + 100, <, darkest[1]);
  for (int k = 0; k < 3; k++)
    cairo_surface_destroy (keys[k]);
}

/* Bars, hatching and lines against pictures that were looked at. */
static void
test_golden (gconstpointer data)
{
  gboolean several = GPOINTER_TO_INT (data) == 1;

  if (!g_file_test (FONT, G_FILE_TEST_EXISTS)) {
    g_test_skip ("DejaVu Sans is not installed (package fonts-dejavu-core)");
    return;
  }

  g_autoptr (DubReliabilityFigure) figure = several ? overlay_new (12) : figure_new (15, DUB_BINS_EQUAL_WIDTH);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "figures", "golden",
                                                 several ? "reliability-lines.png" : "reliability-bars.png", NULL);
  DubReliabilityLayout layout;
  cairo_surface_t *found = draw (figure, 0, several ? DUB_THEME_DARK : DUB_THEME_LIGHT, WIDTH, HEIGHT, 9, &layout);

  if (g_getenv ("DUBITO_UPDATE_GOLDEN") != NULL) {
    g_assert_cmpint (cairo_surface_write_to_png (found, path), ==, CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy (found);
    g_test_skip ("golden picture written, not compared");
    return;
  }

  cairo_surface_t *golden = cairo_image_surface_create_from_png (path);
  int width = WIDTH + 2 * AROUND, height = HEIGHT + 2 * AROUND;
  size_t differ = 0;

  g_assert_cmpint (cairo_surface_status (golden), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (golden), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (golden), ==, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width * 4; x++) {
      int a = cairo_image_surface_get_data (golden)[y * cairo_image_surface_get_stride (golden) + x];
      int b = cairo_image_surface_get_data (found)[y * cairo_image_surface_get_stride (found) + x];

      differ += x % 4 < 3 && ABS (a - b) > 24;
    }
  cairo_surface_destroy (golden);
  cairo_surface_destroy (found);
  /* What an antialiased edge may. */
  g_assert_cmpuint (differ, <, (size_t) (3 * width * height / 500));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reliability-drawing/bars", test_bars);
  g_test_add_func ("/reliability-drawing/no-line-through-empty", test_no_line_through_empty);
  g_test_add_func ("/reliability-drawing/count-numbers", test_count_numbers);
  g_test_add_func ("/reliability-drawing/marks-differ", test_marks_differ);
  g_test_add_func ("/reliability-drawing/many-curves", test_many_curves);
  g_test_add_func ("/reliability-drawing/picked-out", test_picked_out);
  g_test_add_func ("/reliability-drawing/waiting", test_waiting);
  g_test_add_data_func ("/reliability-drawing/golden/bars", GINT_TO_POINTER (0), test_golden);
  g_test_add_data_func ("/reliability-drawing/golden/lines", GINT_TO_POINTER (1), test_golden);

  return g_test_run ();
}
