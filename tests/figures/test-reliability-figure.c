/* Reliability diagrams: where things stand, which bin is under a place, what the files say. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tests/figures/reliability-fixture.h"

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
  g_assert_cmpstr (pair, ==, "(0.67, 0.73]\none: 3 cases · confidence 0.700 · share of the class 0.667 (2 / 3)\n"
                             "two: 3 cases · confidence 0.700 · share of the class 0.667 (2 / 3)");
  g_assert_cmpuint (dub_reliability_figure_get_n_panels (figure), ==, 2);
  g_assert_cmpstr (dub_reliability_figure_get_title (figure, 1), ==, "Both");
  g_assert_cmpuint (dub_reliability_figure_get_n_bins (figure, 0), ==, 15);
  g_assert_cmpuint (dub_reliability_figure_get_count (figure, 0, 10), ==, 3);
  g_assert_cmpuint (dub_reliability_figure_get_count (figure, 0, 14), ==, 0);
  g_assert_cmpuint (dub_reliability_figure_get_count (figure, 0, 99), ==, 0);
}

/* Edges of narrow bins are told apart, and each curve has its own. */
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

  const double wider[] = { 0.1, 0.2, 0.3, 0.4 };
  g_auto (Made) second = { 0 };
  DubReliabilityCurve both[2];

  made_init (&second, "two", wider, correct, 4, 4, DUB_BINS_EQUAL_MASS);
  both[0] = made.curve;
  both[0].name = "one";
  both[1] = second.curve;
  dub_reliability_figure_add_panel (figure, NULL, both, 2, FALSE);

  g_autofree char *own = dub_reliability_figure_describe_bin (figure, 1, 1);

  g_assert_cmpstr (own, ==, "one: (0.99911, 0.99922] · 1 case · confidence 0.999 · accuracy 0.000 (0 / 1)\n"
                            "two: (0.10, 0.20] · 1 case · confidence 0.200 · accuracy 0.000 (0 / 1)");
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
  g_test_add_func ("/reliability-figure/nothing-undefined", test_nothing_undefined);
  g_test_add_func ("/reliability-figure/files", test_files);

  return g_test_run ();
}
