/* Reliability diagrams: where things stand, which bin is under a place, what the files say, and that nothing is drawn that is
 * not there. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "ui/figures/reliability-figure.h"

#define FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

enum { WIDTH = 330, HEIGHT = 400, AROUND = 30 };

/* Cases of a made-up network, more and more of them with the confidence: bins of 1, 3, 12 … cases, empty ones below 0.27. */
enum { N = 800 };

typedef struct {
  double   confidence[N];
  gboolean correct[N];
} Cases;

static void
make_cases (Cases *cases)
{
  for (int i = 0; i < N; i++) {
    double share = (double) i / (N - 1);

    cases->confidence[i] = 0.27 + 0.73 * pow (share, 0.25);
    cases->correct[i] = (i * 7919) % 1000 < 1000.0 * pow (cases->confidence[i], 1.6);
  }
}

/* A curve with made-up bands: half a standard error each, NaN where there is no case. */
typedef struct {
  DubReliability     *bins;
  double             *low, *high, *near_low, *near_high;
  DubReliabilityCurve curve;
} Made;

static void
made_clear (Made *self)
{
  dub_reliability_free (self->bins);
  g_free (self->low);
  g_free (self->high);
  g_free (self->near_low);
  g_free (self->near_high);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

static void
made_init (Made         *self,
           const char   *name,
           const double *confidence,
           const gboolean *correct,
           size_t        n_cases,
           size_t        n_bins,
           DubBinning    binning)
{
  g_autoptr (GError) error = NULL;

  *self = (Made) { .bins = binning == DUB_BINS_EQUAL_MASS
                             ? dub_reliability_new_equal_mass (confidence, correct, n_cases, n_bins, &error)
                             : dub_reliability_new (confidence, correct, n_cases, n_bins, &error) };
  g_assert_no_error (error);
  self->low = g_new (double, n_bins);
  self->high = g_new (double, n_bins);
  self->near_low = g_new (double, n_bins);
  self->near_high = g_new (double, n_bins);
  for (size_t m = 0; m < n_bins; m++) {
    double wide = 0.8 / sqrt ((double) self->bins->count[m]);

    self->low[m] = self->bins->count[m] > 0 ? MAX (0.0, self->bins->accuracy[m] - wide) : (double) NAN;
    self->high[m] = self->bins->count[m] > 0 ? MIN (1.0, self->bins->accuracy[m] + wide) : (double) NAN;
    self->near_low[m] = self->bins->count[m] > 0 ? MAX (0.0, self->bins->confidence[m] - wide) : (double) NAN;
    self->near_high[m] = self->bins->count[m] > 0 ? MIN (1.0, self->bins->confidence[m] + wide) : (double) NAN;
  }
  self->curve = (DubReliabilityCurve) {
    .name = name, .bins = self->bins, .low = self->low, .high = self->high,
    .ece = { .value = 0.0465, .low = 0.0413, .high = 0.0542, .method = "percentile" },
  };
}

static void
made_usual (Made       *self,
            const char *name,
            size_t      n_bins,
            DubBinning  binning)
{
  Cases cases;

  make_cases (&cases);
  made_init (self, name, cases.confidence, cases.correct, N, n_bins, binning);
}

static DubReliabilityFigure *
figure_new (size_t     n_bins,
            DubBinning binning)
{
  DubReliabilityFigure *self = dub_reliability_figure_new (NULL);
  g_auto (Made) one = { 0 };

  made_usual (&one, "uncalibrated", n_bins, binning);
  g_assert_cmpuint (dub_reliability_figure_add_panel (self, "Before", &one.curve, 1, FALSE), ==, 0);

  return self;
}

/* Three curves of one data set, the second and third less sure. */
static DubReliabilityFigure *
overlay_new (size_t n_bins)
{
  DubReliabilityFigure *self = dub_reliability_figure_new (NULL);
  static const char *const NAMES[] = { "uncalibrated", "temperature", "DCA" };
  Made made[3];
  DubReliabilityCurve curves[3];
  Cases cases;

  make_cases (&cases);
  for (int c = 0; c < 3; c++) {
    made_init (&made[c], NAMES[c], cases.confidence, cases.correct, N, n_bins, DUB_BINS_EQUAL_WIDTH);
    curves[c] = made[c].curve;
    for (int i = 0; i < N; i++)
      cases.confidence[i] = pow (cases.confidence[i], 1.4);
  }
  dub_reliability_figure_add_panel (self, NULL, curves, 3, FALSE);
  for (int c = 0; c < 3; c++)
    made_clear (&made[c]);

  return self;
}

/* The panel with a frame of paper around it, which has to stay empty. */
static cairo_surface_t *
draw (const DubReliabilityFigure *figure,
      guint                       panel,
      DubThemeKind                kind,
      int                         width,
      int                         height,
      int                         bin,
      DubReliabilityLayout       *layout)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width + 2 * AROUND, height + 2 * AROUND);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, kind);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_canvas_set_color (canvas, theme.view);
  cairo_paint (cr);
  cairo_translate (cr, AROUND, AROUND);
  dub_reliability_figure_draw (figure, panel, canvas, width, height, layout);
  if (bin >= 0)
    dub_reliability_figure_draw_bin (figure, panel, (size_t) bin, canvas, layout);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

static guint32
pixel (cairo_surface_t *surface,
       double           x,
       double           y)
{
  const guint8 *row = cairo_image_surface_get_data (surface)
                      + ((int) floor (y) + AROUND) * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (const void *) row)[(int) floor (x) + AROUND] & 0xffffff;
}

static void
assert_clean_frame (cairo_surface_t *surface,
                    int              width,
                    int              height)
{
  guint32 paper = pixel (surface, -AROUND, -AROUND);

  for (int y = -AROUND; y < height + AROUND; y++)
    for (int x = -AROUND; x < width + AROUND; x++)
      if ((x < 0 || x >= width || y < 0 || y >= height) && pixel (surface, x, y) != paper)
        g_error ("Something is drawn at (%d, %d) of a panel of %d × %d.", x, y, width, height);
}

/* --- numbers --- */

static void
test_words (void)
{
  const double confidence[] = { 0.7, 0.7, 0.7, 0.05, 0.9 };
  const gboolean correct[] = { TRUE, FALSE, TRUE, FALSE, TRUE };
  g_autoptr (DubReliabilityFigure) figure = dub_reliability_figure_new (NULL);
  g_auto (Made) made = { 0 };
  DubReliabilityCurve both[2];

  made_init (&made, "one", confidence, correct, 5, 15, DUB_BINS_EQUAL_WIDTH);
  dub_reliability_figure_add_panel (figure, "Before", &made.curve, 1, FALSE);
  both[0] = both[1] = made.curve;
  both[1].name = "two";
  dub_reliability_figure_add_panel (figure, "Both", both, 2, TRUE);

  g_autofree char *full = dub_reliability_figure_describe_bin (figure, 0, 10);
  g_autofree char *single = dub_reliability_figure_describe_bin (figure, 0, 0);
  g_autofree char *empty = dub_reliability_figure_describe_bin (figure, 0, 14);
  g_autofree char *pair = dub_reliability_figure_describe_bin (figure, 1, 10);

  g_assert_cmpstr (full, ==, "(0.67, 0.73] · 3 cases · confidence 0.700 · accuracy 0.667 (2 / 3)");
  g_assert_cmpstr (single, ==, "[0, 0.07] · 1 case · confidence 0.050 · accuracy 0.000 (0 / 1)");
  g_assert_cmpstr (empty, ==, "(0.93, 1] · no cases");
  g_assert_cmpstr (pair, ==, "one: (0.67, 0.73] · 3 cases · confidence 0.700 · share of the class 0.667 (2 / 3)\n"
                             "two: (0.67, 0.73] · 3 cases · confidence 0.700 · share of the class 0.667 (2 / 3)");
  g_assert_cmpuint (dub_reliability_figure_get_n_panels (figure), ==, 2);
  g_assert_cmpstr (dub_reliability_figure_get_title (figure, 1), ==, "Both");
  g_assert_cmpuint (dub_reliability_figure_get_n_bins (figure, 0), ==, 15);
  g_assert_cmpuint (dub_reliability_figure_get_count (figure, 0, 10), ==, 3);
  g_assert_cmpuint (dub_reliability_figure_get_count (figure, 0, 14), ==, 0);
  g_assert_cmpuint (dub_reliability_figure_get_count (figure, 0, 99), ==, 0);
}

/* Edges of narrow bins are told apart. */
static void
test_narrow_edges (void)
{
  const double confidence[] = { 0.99911, 0.99922, 0.99933, 0.99944 };
  const gboolean correct[] = { TRUE, FALSE, TRUE, TRUE };
  g_autoptr (DubReliabilityFigure) figure = dub_reliability_figure_new (NULL);
  g_auto (Made) made = { 0 };

  made_init (&made, "", confidence, correct, 4, 4, DUB_BINS_EQUAL_MASS);
  dub_reliability_figure_add_panel (figure, NULL, &made.curve, 1, FALSE);

  g_autofree char *text = dub_reliability_figure_describe_bin (figure, 0, 1);

  g_assert_cmpstr (text, ==, "(0.99911, 0.99922] · 1 case · confidence 0.999 · accuracy 0.000 (0 / 1)");
}

static void
test_csv (void)
{
  const double confidence[] = { 0.25, 0.75, 0.75, 0.5 };
  const gboolean correct[] = { FALSE, TRUE, FALSE, TRUE };
  const double low[] = { 0.0, 0.25, (double) NAN }, high[] = { 0.5, 1.0, (double) NAN };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, 4, 3, &error);
  const DubReliabilityCurve curve = { .name = "a, b", .bins = bins, .low = low, .high = high };
  g_autoptr (DubReliabilityFigure) figure = dub_reliability_figure_new (NULL);

  g_assert_no_error (error);
  dub_reliability_figure_add_panel (figure, "After", &curve, 1, FALSE);
  dub_reliability_figure_note (figure, "study", "four cases");

  g_autofree char *csv = dub_reliability_figure_to_csv (figure);

  g_assert_nonnull (strstr (csv, "# study: four cases\n"));
  g_assert_nonnull (strstr (csv, "\npanel,curve,bin,low,high,count,confidence,accuracy,band_low,band_high,"
                                 "consistent_low,consistent_high\n"
                                 "After,\"a, b\",1,0,0.3333333333333333,1,0.25,0,0,0.5,,\n"
                                 "After,\"a, b\",2,0.3333333333333333,0.6666666666666666,1,0.5,1,0.25,1,,\n"
                                 "After,\"a, b\",3,0.6666666666666666,1,2,0.75,0.5,,,,\n"));
}

/* --- places --- */

static void
assert_boxes (const DubReliabilityLayout *layout,
              int                         width,
              int                         height)
{
  const DubFigureLayout *plot = &layout->plot, *counts = &layout->counts;

  g_assert_cmpfloat (plot->x, ==, counts->x);
  g_assert_cmpfloat (plot->width, ==, counts->width);
  g_assert_cmpfloat (plot->x, >, 0.0);
  g_assert_cmpfloat (plot->x + plot->width, <, width);
  g_assert_cmpfloat (plot->y + plot->height, <, counts->y);
  g_assert_cmpfloat (counts->y + counts->height, <, height);
  g_assert_cmpfloat (plot->height, >, counts->height);
  g_assert_cmpfloat (plot->x_range[0], ==, 0.0);
  g_assert_cmpfloat (plot->x_range[1], ==, 1.0);
}

/* Nothing reaches beyond a panel of any size, whatever it shows. */
static void
test_inside (void)
{
  static const int SIZES[][2] = { { 220, 240 }, { 250, 300 }, { 330, 400 }, { 520, 380 }, { 900, 700 } };
  static const size_t BINS[] = { 1, 2, 15, 50 };

  for (guint b = 0; b < G_N_ELEMENTS (BINS); b++) {
    g_autoptr (DubReliabilityFigure) width = figure_new (BINS[b], DUB_BINS_EQUAL_WIDTH);
    g_autoptr (DubReliabilityFigure) mass = figure_new (BINS[b], DUB_BINS_EQUAL_MASS);
    g_autoptr (DubReliabilityFigure) several = overlay_new (BINS[b]);
    const DubReliabilityFigure *const all[] = { width, mass, several };

    for (guint f = 0; f < G_N_ELEMENTS (all); f++)
      for (guint s = 0; s < G_N_ELEMENTS (SIZES); s++) {
        DubReliabilityLayout layout;
        cairo_surface_t *surface = draw (all[f], 0, s % 2 == 0 ? DUB_THEME_LIGHT : DUB_THEME_DARK, SIZES[s][0], SIZES[s][1],
                                         (int) BINS[b] - 1, &layout);

        assert_clean_frame (surface, SIZES[s][0], SIZES[s][1]);
        assert_boxes (&layout, SIZES[s][0], SIZES[s][1]);
        cairo_surface_destroy (surface);
      }
  }
}

/* A long title moves the error below itself in every panel: what stands side by side keeps one height. */
static void
test_same_boxes (void)
{
  g_autoptr (DubReliabilityFigure) figure = figure_new (15, DUB_BINS_EQUAL_WIDTH);
  g_auto (Made) made = { 0 };
  DubReliabilityLayout first, second;

  cairo_surface_destroy (draw (figure, 0, DUB_THEME_LIGHT, 300, 360, -1, &first));
  made_usual (&made, "", 5, DUB_BINS_EQUAL_WIDTH);
  dub_reliability_figure_add_panel (figure, "After temperature scaling on the calibration part", &made.curve, 1, FALSE);
  cairo_surface_destroy (draw (figure, 1, DUB_THEME_LIGHT, 300, 360, -1, &second));
  g_assert_cmpfloat (second.plot.y, >, first.plot.y);
  cairo_surface_destroy (draw (figure, 0, DUB_THEME_LIGHT, 300, 360, -1, &first));
  g_assert_cmpfloat (first.plot.y, ==, second.plot.y);
  g_assert_cmpfloat (first.plot.x, ==, second.plot.x);
  g_assert_cmpfloat (first.counts.y, ==, second.counts.y);
  g_assert_cmpfloat (first.counts.y_range[1], ==, second.counts.y_range[1]);
}

static void
test_pick (void)
{
  static const size_t BINS[] = { 1, 2, 15, 50 };

  for (guint b = 0; b < G_N_ELEMENTS (BINS); b++)
    for (int binning = DUB_BINS_EQUAL_WIDTH; binning <= DUB_BINS_EQUAL_MASS; binning++) {
      g_autoptr (DubReliabilityFigure) figure = figure_new (BINS[b], (DubBinning) binning);
      g_auto (Made) made = { 0 };
      DubReliabilityLayout layout;

      made_usual (&made, "", BINS[b], (DubBinning) binning);
      cairo_surface_destroy (draw (figure, 0, DUB_THEME_LIGHT, WIDTH, HEIGHT, -1, &layout));
      for (size_t m = 0; m < BINS[b]; m++) {
        double x = dub_figure_layout_to_px_x (&layout.plot, (made.bins->edge[m] + made.bins->edge[m + 1]) / 2.0);

        g_assert_cmpint (dub_reliability_figure_pick (figure, 0, &layout, x, layout.plot.y + 40.0), ==, (int) m);
        g_assert_cmpint (dub_reliability_figure_pick (figure, 0, &layout, x, layout.counts.y + 5.0), ==, (int) m);
        /* Neither between the boxes, nor above, nor below. */
        g_assert_cmpint (dub_reliability_figure_pick (figure, 0, &layout, x, layout.counts.y - 2.0), ==, -1);
        g_assert_cmpint (dub_reliability_figure_pick (figure, 0, &layout, x, layout.plot.y - 2.0), ==, -1);
        g_assert_cmpint (dub_reliability_figure_pick (figure, 0, &layout, x, HEIGHT - 1.0), ==, -1);
      }
      g_assert_cmpint (dub_reliability_figure_pick (figure, 0, &layout, layout.plot.x - 3.0, layout.plot.y + 40.0), ==, -1);
      g_assert_cmpint (dub_reliability_figure_pick (figure, 0, &layout, layout.plot.x + layout.plot.width + 3.0,
                                                    layout.plot.y + 40.0), ==, -1);
    }
}

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

/* --- unusual figures --- */

static guint
count_of (const char *text,
          const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at != NULL; at = strstr (at + 1, what))
    n++;

  return n;
}

static char *
save (const DubReliabilityFigure *figure,
      const char                 *folder,
      const char                 *name,
      double                      width_mm,
      gsize                      *n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  DubExportOptions options;
  char *bytes = NULL;

  dub_export_options_init (&options);
  options.dpi = 72.0;
  options.width_mm = width_mm;
  g_assert_true (dub_reliability_figure_export (figure, path, &options, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &bytes, n, &error));
  g_remove (path);

  return bytes;
}

/* Bands that are not there, an estimate without an interval, no case at all, no curve at all: no NaN gets into a path. */
static void
test_nothing_undefined (void)
{
  g_autofree char *folder = g_dir_make_tmp ("dubito-reliability-XXXXXX", NULL);
  g_autoptr (DubReliabilityFigure) figure = figure_new (15, DUB_BINS_EQUAL_WIDTH), none = dub_reliability_figure_new (NULL);
  g_autoptr (DubReliabilityFigure) several = overlay_new (50);
  const double corp_x[] = { 0.3, 0.6, 0.6, 1.0 }, corp_y[] = { 0.2, 0.2, 0.7, 0.7 }, corp_low[] = { 0.1, 0.1, (double) NAN, 0.6 };
  const DubCorp corp = { .n_points = 4, .confidence = (double *) corp_x, .share = (double *) corp_y, .low = (double *) corp_low,
                         .high = (double *) corp_y };
  const DubReliabilityFigure *all[] = { figure, several, none };
  g_auto (Made) made = { 0 };
  DubReliabilityLayout layout;

  made_usual (&made, NULL, 15, DUB_BINS_EQUAL_WIDTH);
  made.curve.ece = (DubEstimate) { .value = 0.05, .low = (double) NAN, .high = (double) NAN };
  made.curve.consistent_low = made.near_low;
  made.curve.consistent_high = made.near_high;
  made.curve.corp = &corp;
  made.low[14] = (double) NAN;
  dub_reliability_figure_add_panel (figure, NULL, &made.curve, 1, TRUE);
  made.curve.ece.value = (double) NAN;
  made.curve.low = made.curve.high = NULL;
  dub_reliability_figure_add_panel (figure, "no error yet", &made.curve, 1, TRUE);
  for (size_t m = 0; m < 15; m++) {
    made.bins->count[m] = 0;
    made.bins->accuracy[m] = made.bins->confidence[m] = (double) NAN;
  }
  dub_reliability_figure_add_panel (figure, "no cases", &made.curve, 1, FALSE);
  dub_reliability_figure_add_panel (figure, "no curves", NULL, 0, FALSE);
  dub_reliability_figure_add_panel (none, NULL, NULL, 0, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    gsize n;
    g_autofree char *svg = save (all[i], folder, "figure.svg", 174.0, &n);

    g_assert_cmpuint (count_of (svg, "nan"), ==, count_of (svg, "provenance"));
    g_assert_cmpuint (count_of (svg, "inf"), ==, 0);
  }
  g_assert_cmpint (dub_reliability_figure_pick (figure, 4, &layout, 100.0, 100.0), ==, -1);
  for (guint p = 0; p < dub_reliability_figure_get_n_panels (figure); p++)
    cairo_surface_destroy (draw (figure, p, DUB_THEME_DARK, WIDTH, HEIGHT, 3, &layout));
  g_rmdir (folder);
}

static void
test_files (void)
{
  static const char *const NAMES[] = { "a.png", "a.svg", "a.pdf", "a.csv" };
  g_autofree char *folder = g_dir_make_tmp ("dubito-reliability-XXXXXX", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    char *bytes[2];
    gsize n[2];

    for (int again = 0; again < 2; again++) {
      g_autoptr (DubReliabilityFigure) figure = figure_new (15, DUB_BINS_EQUAL_WIDTH);

      dub_reliability_figure_set_heading (figure, "ResNet-110", "test · 800 cases");
      dub_reliability_figure_note (figure, "data-hash", "abc");
      bytes[again] = save (figure, folder, NAMES[i], i == 1 ? 85.0 : 174.0, &n[again]);
    }
    g_assert_cmpmem (bytes[0], n[0], bytes[1], n[1]);
    g_assert_cmpuint (n[0], >, 500);
    if (i == 1) {
      g_assert_nonnull (strstr (bytes[0], "data-hash"));
      g_assert_nonnull (strstr (bytes[0], ">ResNet-110</text>"));
      g_assert_nonnull (strstr (bytes[0], ">0.0465</text>"));
      g_assert_nonnull (strstr (bytes[0], ">[0.0413, 0.0542]</text>"));
      g_assert_nonnull (strstr (bytes[0], ">fewer than 10 cases</text>"));
      g_assert_null (strstr (bytes[0], "isotonic"));
    }
    g_free (bytes[0]);
    g_free (bytes[1]);
  }
  g_rmdir (folder);
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
  g_test_add_func ("/reliability-figure/words", test_words);
  g_test_add_func ("/reliability-figure/narrow-edges", test_narrow_edges);
  g_test_add_func ("/reliability-figure/csv", test_csv);
  g_test_add_func ("/reliability-figure/inside", test_inside);
  g_test_add_func ("/reliability-figure/same-boxes", test_same_boxes);
  g_test_add_func ("/reliability-figure/pick", test_pick);
  g_test_add_func ("/reliability-figure/bars", test_bars);
  g_test_add_func ("/reliability-figure/no-line-through-empty", test_no_line_through_empty);
  g_test_add_func ("/reliability-figure/count-numbers", test_count_numbers);
  g_test_add_func ("/reliability-figure/nothing-undefined", test_nothing_undefined);
  g_test_add_func ("/reliability-figure/files", test_files);
  g_test_add_data_func ("/reliability-figure/golden/bars", GINT_TO_POINTER (0), test_golden);
  g_test_add_data_func ("/reliability-figure/golden/lines", GINT_TO_POINTER (1), test_golden);

  return g_test_run ();
}
