/* Made-up reliability diagrams, and a surface to draw them on. */
#pragma once

#include <math.h>

#include "ui/figures/reliability-figure.h"

enum { WIDTH = 330, HEIGHT = 400, AROUND = 30 };

/* Cases of a made-up network, more and more of them with the confidence: bins of 1, 3, 12 … cases, empty ones below 0.27. */
enum { N = 800 };

typedef struct {
  double   confidence[N];
  gboolean correct[N];
} Cases;

static inline void
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

static inline void
made_clear (Made *self)
{
  dub_reliability_free (self->bins);
  g_free (self->low);
  g_free (self->high);
  g_free (self->near_low);
  g_free (self->near_high);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

static inline void
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

static inline void
made_usual (Made       *self,
            const char *name,
            size_t      n_bins,
            DubBinning  binning)
{
  Cases cases;

  make_cases (&cases);
  made_init (self, name, cases.confidence, cases.correct, N, n_bins, binning);
}

static inline DubReliabilityFigure *
figure_new (size_t     n_bins,
            DubBinning binning)
{
  DubReliabilityFigure *self = dub_reliability_figure_new (NULL);
  g_auto (Made) one = { 0 };

  made_usual (&one, "uncalibrated", n_bins, binning);
  g_assert_cmpuint (dub_reliability_figure_add_panel (self, "Before", &one.curve, 1, FALSE), ==, 0);

  return self;
}

/* Curves of one data set, each less sure than the one before. */
enum { MOST_CURVES = 8 };

static inline DubReliabilityFigure *
curves_new (guint  n_curves,
            size_t n_bins)
{
  DubReliabilityFigure *self = dub_reliability_figure_new (NULL);
  static const char *const NAMES[MOST_CURVES] = { "uncalibrated", "temperature", "DCA", "d", "e", "f", "g", "h" };
  Made made[MOST_CURVES];
  DubReliabilityCurve curves[MOST_CURVES];
  Cases cases;

  make_cases (&cases);
  for (guint c = 0; c < n_curves; c++) {
    made_init (&made[c], NAMES[c], cases.confidence, cases.correct, N, n_bins, DUB_BINS_EQUAL_WIDTH);
    curves[c] = made[c].curve;
    for (int i = 0; i < N; i++)
      cases.confidence[i] = pow (cases.confidence[i], 1.4);
  }
  dub_reliability_figure_add_panel (self, NULL, curves, n_curves, FALSE);
  for (guint c = 0; c < n_curves; c++)
    made_clear (&made[c]);

  return self;
}

static inline DubReliabilityFigure *
overlay_new (size_t n_bins)
{
  return curves_new (3, n_bins);
}

/* The panel with a frame of paper around it, which has to stay empty. */
static inline cairo_surface_t *
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

static inline guint32
pixel (cairo_surface_t *surface,
       double           x,
       double           y)
{
  const guint8 *row = cairo_image_surface_get_data (surface)
                      + ((int) floor (y) + AROUND) * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (const void *) row)[(int) floor (x) + AROUND] & 0xffffff;
}

static inline void
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
