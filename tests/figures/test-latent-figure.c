/* The latent space as a picture: where marks stand and in which colour, what covers what, how much the bands enclose, and files. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/figures/latent-cloud.h"
#include "ui/figures/latent-stamp.h"

enum { WIDTH = 240, HEIGHT = 200 };

/* One unit is 20 pixels; the origin is in the middle. */
static const DubLatentPlane PLANE = { -6.0, 6.0, -5.0, 5.0 };

static cairo_surface_t *
draw (const Cloud *cloud,
      DubThemeKind kind)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, kind);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);
  g_autoptr (DubLatentDensity) density = dub_latent_density_new (&cloud->points);

  dub_canvas_set_color (canvas, theme.view);
  cairo_paint (cr);
  dub_latent_draw_ground (&cloud->points, density, &PLANE, canvas, WIDTH, HEIGHT);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

static guint32
pixel (cairo_surface_t *surface,
       int              x,
       int              y)
{
  const guint8 *row = cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (const void *) row)[x] & 0xffffff;
}

static guint32
rgb (DubRgba color)
{
  return (guint32) lrint (255.0 * color.red) << 16 | (guint32) lrint (255.0 * color.green) << 8 | (guint32) lrint (255.0 * color.blue);
}

static void
assert_near (guint32 found,
             guint32 expected,
             int     tolerance)
{
  for (int shift = 0; shift < 24; shift += 8)
    if (abs ((int) ((found >> shift) & 255) - (int) ((expected >> shift) & 255)) > tolerance)
      g_error ("found #%06x, expected #%06x", found, expected);
}

static void
place (Cloud *cloud,
       size_t i,
       double x,
       double y)
{
  cloud->xy[2 * i] = (float) x;
  cloud->xy[2 * i + 1] = (float) y;
}

static void
test_places (void)
{
  g_autoptr (Cloud) cloud = cloud_new (4);
  DubTheme theme;
  cairo_surface_t *surface;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  place (cloud, 0, 0.025, -0.025);  /* the middle of pixel 120, 100 */
  place (cloud, 1, 3.025, 2.025);   /* that of 180, 59 */
  place (cloud, 2, -3.025, 2.025);
  place (cloud, 3, 3.0, -3.0);
  cloud->failed[1] = 1;
  cloud->hidden[2] = 1;
  cloud->failed[3] = 2;
  surface = draw (cloud, DUB_THEME_LIGHT);
  g_assert_cmphex (pixel (surface, 120, 100), ==, rgb (theme.correct));
  g_assert_cmphex (pixel (surface, 180, 59), ==, rgb (theme.failed));
  g_assert_cmphex (pixel (surface, 59, 59), ==, 0xffffff);
  /* A ring is hollow. */
  g_assert_cmphex (pixel (surface, 180, 160), ==, 0xffffff);
  g_assert_cmphex (pixel (surface, 183, 160), !=, 0xffffff);
  /* A disc is round, a triangle is wide below. */
  g_assert_cmphex (pixel (surface, 120 + 3, 100 + 3), !=, rgb (theme.correct));
  g_assert_cmphex (pixel (surface, 180 + 3, 59 + 3), ==, rgb (theme.failed));
  g_assert_cmphex (pixel (surface, 180 + 3, 59 - 3), ==, 0xffffff);
  cairo_surface_destroy (surface);
}

/* Failures lie on top, whatever their index; outside of the set marks are fainter. */
static void
test_order (void)
{
  g_autoptr (Cloud) cloud = cloud_new (4);
  DubTheme theme;
  cairo_surface_t *surface;
  guint32 faint;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  for (size_t i = 0; i < 3; i++)
    place (cloud, i, 0.025, -0.025);
  place (cloud, 3, 3.025, 2.025);
  cloud->failed[0] = 1;
  cloud->part[2] = DUB_PART_TRAIN;
  cloud->points.density = FALSE;
  surface = draw (cloud, DUB_THEME_LIGHT);
  g_assert_cmphex (pixel (surface, 120, 100), ==, rgb (theme.failed));
  cairo_surface_destroy (surface);

  cloud->points.selected = cloud->selected;
  surface = draw (cloud, DUB_THEME_LIGHT);
  faint = rgb ((DubRgba) { 1.0 + 0.62 * (theme.correct.red - 1.0), 1.0 + 0.62 * (theme.correct.green - 1.0),
                           1.0 + 0.62 * (theme.correct.blue - 1.0), 1.0 });
  assert_near (pixel (surface, 180, 59), faint, 1);
  cairo_surface_destroy (surface);
  cloud->selected[3] = 1;
  surface = draw (cloud, DUB_THEME_LIGHT);
  g_assert_cmphex (pixel (surface, 180, 59), ==, rgb (theme.correct));
  cairo_surface_destroy (surface);
}

/* What is stamped is what Cairo draws, at every quarter of a pixel, for every shape. */
static void
test_stamps (void)
{
  enum { SIDE = 40 };
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  for (int shape = 0; shape < DUB_LATENT_N_SHAPES; shape++)
    for (int k = 0; k < 16; k++)
      for (int size = 0; size < 3; size++) {
        double radius = (const double[]) { 1.6, 4.0, 9.0 }[size], x = 20.0 + k % 4 / 4.0, y = 20.0 + k / 4 / 4.0;
        g_autoptr (DubStamps) stamps = _dub_stamps_new (radius, theme.view);
        cairo_surface_t *stamped = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIDE, SIDE);
        cairo_surface_t *drawn = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIDE, SIDE);
        cairo_t *cr = cairo_create (drawn);
        g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);
        DubRgba color = dub_rgba_with_alpha (theme.failed, size == 1 ? 0.62 : 1.0);
        DubStampTarget target = { cairo_image_surface_get_data (stamped), cairo_image_surface_get_stride (stamped), 0, 0, SIDE, SIDE };
        DubStampMark mark = { _dub_stamps_get (stamps, shape, color), x, y };
        double sum = 0.0;
        int n = 0;

        cairo_set_tolerance (cr, 0.01);
        /* A mark is one thing: its rim does not shine through it where it is faint. */
        if (color.alpha < 1.0)
          cairo_push_group (cr);
        dub_latent_draw_mark (canvas, shape, dub_rgba_with_alpha (color, 1.0), radius, x, y);
        if (color.alpha < 1.0) {
          cairo_pop_group_to_source (cr);
          cairo_paint_with_alpha (cr, color.alpha);
        }
        cairo_surface_flush (drawn);
        _dub_stamps_put (stamps, &target, &mark, 1);
        /* At a slanted rim a pixel may differ by a row of Cairo's sampling grid; all in all they are the same. */
        for (int i = 0; i < SIDE * SIDE * 4; i++) {
          int found = cairo_image_surface_get_data (stamped)[i], expected = cairo_image_surface_get_data (drawn)[i];

          if (abs (found - expected) > 20)
            g_error ("shape %d of radius %g at %g, %g: byte %d is %d, expected %d", shape, radius, x, y, i, found, expected);
          sum += abs (found - expected);
          n += found > 0 || expected > 0;
        }
        g_assert_cmpint (n, >, 0);
        g_assert_cmpfloat (sum / n, <, 1.5);
        cairo_destroy (cr);
        cairo_surface_destroy (stamped);
        cairo_surface_destroy (drawn);
      }
}

/* Nothing is written outside of the target, wherever a mark stands. */
static void
test_border (void)
{
  enum { SIDE = 48 };
  g_autofree guint32 *pixels = g_new (guint32, SIDE * SIDE);
  g_autofree guint32 *whole = g_new (guint32, SIDE * SIDE);
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  for (int k = 0; k < 4000; k++) {
    g_autoptr (DubStamps) stamps = _dub_stamps_new (1.0 + k % 7, theme.view);
    DubStampTarget target = { (guint8 *) pixels, SIDE * 4, 11, 9, 37, 33 }, all = { (guint8 *) whole, SIDE * 4, 0, 0, SIDE, SIDE };
    DubStampMark mark = { _dub_stamps_get (stamps, k % DUB_LATENT_N_SHAPES, theme.correct), -8.0 + k * 0.37 - floor (k * 0.37 / 64.0) * 64.0,
                          -8.0 + k * 0.61 - floor (k * 0.61 / 64.0) * 64.0 };

    for (int i = 0; i < SIDE * SIDE; i++)
      pixels[i] = whole[i] = 0xff102030;
    _dub_stamps_put (stamps, &target, &mark, 1);
    _dub_stamps_put (stamps, &all, &mark, 1);
    for (int y = 0; y < SIDE; y++)
      for (int x = 0; x < SIDE; x++) {
        gboolean inside = x >= 11 && x < 37 && y >= 9 && y < 33;

        g_assert_cmphex (pixels[y * SIDE + x], ==, inside ? whole[y * SIDE + x] : 0xff102030);
      }
  }
  /* Places that no int holds. */
  g_autoptr (DubStamps) stamps = _dub_stamps_new (4.0, theme.view);
  DubStampTarget target = { (guint8 *) pixels, SIDE * 4, 0, 0, SIDE, SIDE };

  for (int k = 0; k < 4; k++) {
    double far = (const double[]) { 1e300, -1e300, (double) NAN, (double) INFINITY }[k];
    DubStampMark marks[] = { { _dub_stamps_get (stamps, 0, theme.correct), far, 5.0 }, { _dub_stamps_get (stamps, 0, theme.correct), 5.0, far } };

    _dub_stamps_put (stamps, &target, marks, 2);
  }
}

/* A hundred thousand stamps and the same number of strokes agree in every pixel but for rounding: the picture on paper is the picture
 * on the screen. */
static void
test_paper_is_screen (void)
{
  g_autoptr (Cloud) cloud = cloud_new_mixed (300, 3);
  cairo_surface_t *screen, *recorded, *paper = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  const cairo_rectangle_t extents = { 0, 0, WIDTH, HEIGHT };
  DubTheme theme;
  cairo_t *cr;
  double sum = 0.0;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  cloud->points.density = FALSE;
  screen = draw (cloud, DUB_THEME_LIGHT);
  recorded = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &extents);
  cr = cairo_create (recorded);
  {
    g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

    dub_latent_draw_ground (&cloud->points, NULL, &PLANE, canvas, WIDTH, HEIGHT);
  }
  cairo_destroy (cr);
  cr = cairo_create (paper);
  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_paint (cr);
  cairo_set_source_surface (cr, recorded, 0.0, 0.0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_flush (paper);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int shift = 0; shift < 24; shift += 8)
        sum += abs ((int) ((pixel (screen, x, y) >> shift) & 255) - (int) ((pixel (paper, x, y) >> shift) & 255));
  /* An eighth of a pixel at most parts the two. */
  g_assert_cmpfloat (sum / (3.0 * WIDTH * HEIGHT), <, 2.0);
  cairo_surface_destroy (screen);
  cairo_surface_destroy (recorded);
  cairo_surface_destroy (paper);
}

/* A canvas within a canvas, at a fraction of a pixel: stamped all the same, and nothing beside it. */
static void
test_inset (void)
{
  g_autoptr (Cloud) cloud = cloud_new_mixed (DUB_LATENT_STAMPED * 2, 8);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  cairo_set_source_rgb (cr, 1.0, 1.0, 1.0);
  cairo_paint (cr);
  cairo_translate (cr, 40.3, 30.7);
  {
    g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

    cloud->points.density = FALSE;
    dub_latent_draw_ground (&cloud->points, NULL, &(DubLatentPlane) { 0.0, 2.0, -1.0, 1.0 }, canvas, 100.0, 100.0);
  }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (x < 40 || x >= 140 || y < 31 || y >= 131)
        g_assert_cmphex (pixel (surface, x, y), ==, 0xffffff);
  /* So many marks that no paper is left between them. */
  g_assert_cmphex (pixel (surface, 40, 80) & pixel (surface, 139, 81) & pixel (surface, 90, 31), !=, 0xffffff);
  cairo_surface_destroy (surface);
}

/* --- density --- */

static guint32
distinct_from (cairo_surface_t *surface,
               int              x,
               int              y)
{
  return pixel (surface, x, y) != 0xffffff;
}

/* The share m of a Gaussian of spread s that is densest lies within s √(−2 ln (1 − m)): so far from its middle the grey begins. */
static void
test_density_radius (void)
{
  enum { N = 40000 };
  static const double MASS[] = { 0.985, 0.94, 0.85, 0.70, 0.52, 0.34, 0.16 };
  g_autoptr (Cloud) cloud = cloud_new (N);
  cairo_surface_t *surface;
  guint band = 0;
  double sigma = 1.5, kernel = 0.42 * sigma * pow (N, -1.0 / 6.0), spread = hypot (sigma, kernel);

  /* As evenly as seeds in a sunflower: chance plays no part. */
  for (size_t i = 0; i < N; i++) {
    double radius = sigma * sqrt (-2.0 * log (1.0 - ((double) i + 0.5) / N)), angle = 2.399963229728653 * (double) i;

    place (cloud, i, radius * cos (angle), radius * sin (angle));
    cloud->part[i] = DUB_PART_TRAIN;
  }
  cloud->points.marks = FALSE;
  surface = draw (cloud, DUB_THEME_LIGHT);
  for (int x = 1; x <= 120; x++) {
    guint32 before = pixel (surface, x - 1, 100), here = pixel (surface, x, 100);

    if (here == before || (x > 1 && before != pixel (surface, x - 2, 100)))
      continue;
    g_assert_cmpuint (band, <, G_N_ELEMENTS (MASS));
    /* Within a pixel and a half, of 20 a unit. */
    g_assert_cmpfloat_with_epsilon ((120.0 - x) / 20.0, spread * sqrt (-2.0 * log (1.0 - MASS[band])), 0.075);
    band++;
  }
  g_assert_cmpuint (band, ==, G_N_ELEMENTS (MASS));
  cairo_surface_destroy (surface);
}

/* A wreath has a hole; other parts make no density; one case makes a spot; none makes nothing. */
static void
test_density_shapes (void)
{
  g_autoptr (Cloud) cloud = cloud_new (4000);
  cairo_surface_t *surface;

  for (size_t i = 0; i < 4000; i++) {
    place (cloud, i, 4.0 * cos (0.1 * (double) i), 4.0 * sin (0.1 * (double) i));
    cloud->part[i] = DUB_PART_TRAIN;
  }
  cloud->points.marks = FALSE;
  surface = draw (cloud, DUB_THEME_LIGHT);
  g_assert_false (distinct_from (surface, 120, 100));
  g_assert_true (distinct_from (surface, 120 + 80, 100));
  g_assert_true (distinct_from (surface, 120, 100 - 80));
  g_assert_false (distinct_from (surface, 2, 2));
  cairo_surface_destroy (surface);
  surface = draw (cloud, DUB_THEME_DARK);
  g_assert_cmphex (pixel (surface, 120, 100), ==, 0x1e1e1e);
  g_assert_cmphex (pixel (surface, 200, 100), >, 0x1e1e1e);
  cairo_surface_destroy (surface);

  cloud->points.n = 1;
  surface = draw (cloud, DUB_THEME_LIGHT);
  g_assert_true (distinct_from (surface, 200, 100));
  g_assert_false (distinct_from (surface, 120, 100));
  cairo_surface_destroy (surface);

  for (int k = 0; k < 3; k++) {
    cloud->points.n = k == 0 ? 0 : 4000;
    memset (cloud->part, k == 1 ? DUB_PART_CALIBRATION : DUB_PART_TRAIN, 4000);
    memset (cloud->hidden, 1, 4000);
    surface = draw (cloud, DUB_THEME_LIGHT);
    g_assert_false (distinct_from (surface, 200, 100));
    cairo_surface_destroy (surface);
  }
}

/* --- plane, colours --- */

static void
test_plane (void)
{
  DubLatentPlane plane;

  for (size_t n = 0; n < 3; n++) {
    g_autoptr (Cloud) cloud = cloud_new (n);

    for (size_t i = 0; i < n; i++)
      place (cloud, i, 1e6, -3.0);
    dub_latent_plane_fit (&plane, &cloud->points, 400.0, 100.0);
    g_assert_cmpfloat (plane.left, <, plane.right);
    g_assert_cmpfloat_with_epsilon ((plane.right - plane.left) / (plane.top - plane.bottom), 4.0, 1e-6);
    g_assert_cmpfloat_with_epsilon (0.5 * (plane.left + plane.right), n > 0 ? 1e6 : 0.0, 1e-6);
  }

  g_autoptr (Cloud) cloud = cloud_new_mixed (500, 9);

  place (cloud, 3, 1e9, 0.0);
  cloud->hidden[3] = 1;
  for (int k = 0; k < 2; k++) {
    dub_latent_plane_fit (&plane, &cloud->points, k == 0 ? 100.0 : 300.0, 200.0);
    g_assert_cmpfloat_with_epsilon ((plane.right - plane.left) / (plane.top - plane.bottom), k == 0 ? 0.5 : 1.5, 1e-9);
    for (size_t i = 0; i < 500; i++)
      if (isfinite (cloud->xy[2 * i]) && !cloud->hidden[i])
        g_assert_true ((double) cloud->xy[2 * i] > plane.left && (double) cloud->xy[2 * i] < plane.right
                       && (double) cloud->xy[2 * i + 1] > plane.bottom && (double) cloud->xy[2 * i + 1] < plane.top);
    g_assert_cmpfloat (MIN ((plane.right - plane.left) / 11.0, (plane.top - plane.bottom) / 6.0), <, 1.3);
  }
}

/* Values: the ends of the map, one value alone, none; and a picture of each. */
static void
test_values (void)
{
  g_autoptr (Cloud) cloud = cloud_new (3);
  DubTheme theme;
  double range[2];
  guint8 low[3], high[3];

  dub_theme_init (&theme, DUB_THEME_LIGHT);
  dub_colormap_lookup (DUB_LATENT_COLORMAP, 0.0, low);
  dub_colormap_lookup (DUB_LATENT_COLORMAP, 1.0, high);
  cloud->points.color = DUB_LATENT_BY_VALUE;
  cloud->value[0] = 0.2;
  cloud->value[1] = 0.7;
  cloud->value[2] = (double) NAN;
  g_assert_true (dub_latent_value_range (&cloud->points, range));
  g_assert_cmpfloat (range[0], ==, 0.2);
  g_assert_cmpfloat (range[1], ==, 0.7);
  assert_near (rgb (dub_latent_color (&cloud->points, &theme, range, 0)), (guint32) low[0] << 16 | (guint32) low[1] << 8 | low[2], 0);
  assert_near (rgb (dub_latent_color (&cloud->points, &theme, range, 1)), (guint32) high[0] << 16 | (guint32) high[1] << 8 | high[2], 0);
  g_assert_cmpfloat (dub_latent_color (&cloud->points, &theme, range, 2).alpha, ==, theme.faint.alpha);
  /* One scale for two maps, whatever each of them holds. */
  cloud->points.value_range = (const double[]) { 0.0, 1.0 };
  g_assert_true (dub_latent_value_range (&cloud->points, range));
  g_assert_cmpfloat (range[1], ==, 1.0);
  cloud->points.value_range = NULL;

  for (int k = 0; k < 3; k++) {
    cloud->value[0] = cloud->value[1] = k == 0 ? 0.3 : (double) NAN;
    if (k == 2)
      cloud->points.value = NULL;
    g_assert_cmpint (dub_latent_value_range (&cloud->points, range), ==, k == 0);

    cairo_surface_t *surface = draw (cloud, DUB_THEME_LIGHT);

    g_assert_cmphex (pixel (surface, 120, 100), !=, 0xffffff);
    cairo_surface_destroy (surface);
  }
}

static void
lab_of (const double linear[3],
        double       lab[3])
{
  static const double TO_XYZ[3][3] = { { 0.4124, 0.3576, 0.1805 }, { 0.2126, 0.7152, 0.0722 }, { 0.0193, 0.1192, 0.9505 } };
  static const double WHITE[3] = { 0.9505, 1.0, 1.089 };
  double f[3];

  for (int k = 0; k < 3; k++) {
    double t = 0.0;

    for (int c = 0; c < 3; c++)
      t += TO_XYZ[k][c] * CLAMP (linear[c], 0.0, 1.0) / WHITE[k];
    f[k] = t > 0.008856 ? cbrt (t) : 7.787 * t + 16.0 / 116.0;
  }
  lab[0] = 116.0 * f[1] - 16.0;
  lab[1] = 500.0 * (f[0] - f[1]);
  lab[2] = 200.0 * (f[1] - f[2]);
}

/* Least distance of two colours to normal, protan and deutan eyes (Machado et al. 2009, full severity). */
static double
seen_distance (DubRgba a,
               DubRgba b)
{
  static const double EYES[3][3][3] = {
    { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
    { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } },
    { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } },
  };
  double least = (double) INFINITY;

  for (int eye = 0; eye < 3; eye++) {
    double lab[2][3];

    for (int k = 0; k < 2; k++) {
      const double gamma[3] = { k == 0 ? a.red : b.red, k == 0 ? a.green : b.green, k == 0 ? a.blue : b.blue };
      double linear[3], seen[3] = { 0.0, 0.0, 0.0 };

      for (int c = 0; c < 3; c++)
        linear[c] = gamma[c] <= 0.04045 ? gamma[c] / 12.92 : pow ((gamma[c] + 0.055) / 1.055, 2.4);
      for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
          seen[i] += EYES[eye][i][c] * linear[c];
      lab_of (seen, lab[k]);
    }
    least = MIN (least, sqrt ((lab[0][0] - lab[1][0]) * (lab[0][0] - lab[1][0]) + (lab[0][1] - lab[1][1]) * (lab[0][1] - lab[1][1])
                              + (lab[0][2] - lab[1][2]) * (lab[0][2] - lab[1][2])));
  }

  return least;
}

/* A difference of 2.3 is just seen; classes differ by far more. */
static void
test_class_colors (void)
{
  for (int kind = 0; kind < DUB_N_THEMES; kind++) {
    DubTheme theme;

    dub_theme_init (&theme, (DubThemeKind) kind);
    for (int i = 0; i < DUB_LATENT_N_CLASS_COLORS; i++) {
      for (int k = 0; k < i; k++)
        g_assert_cmpfloat (seen_distance (dub_latent_class_color (&theme, i), dub_latent_class_color (&theme, k)), >, i < 4 ? 30.0 : i < 6 ? 22.0 : 16.0);
      g_assert_cmpfloat (seen_distance (dub_latent_class_color (&theme, i), theme.view), >, 30.0);
    }
  }
}

static void
test_shapes (void)
{
  g_autoptr (Cloud) cloud = cloud_new (3);

  cloud->part[1] = cloud->part[2] = DUB_PART_TRAIN;
  cloud->label[2] = 1;
  g_assert_cmpint (dub_latent_shape (&cloud->points, 0), ==, DUB_LATENT_DISC);
  /* Of two classes the one looked for is +. */
  g_assert_cmpint (dub_latent_shape (&cloud->points, 1), ==, DUB_LATENT_SIGN);
  g_assert_cmpint (dub_latent_shape (&cloud->points, 2), ==, DUB_LATENT_SIGN + 1);
  cloud->points.positive = 1;
  g_assert_cmpint (dub_latent_shape (&cloud->points, 1), ==, DUB_LATENT_SIGN + 1);
  g_assert_cmpint (dub_latent_shape (&cloud->points, 2), ==, DUB_LATENT_SIGN);
  cloud->label[2] = 1000;
  g_assert_cmpint (dub_latent_shape (&cloud->points, 2), <, DUB_LATENT_N_SHAPES);
  cloud->label[2] = -1;
  g_assert_cmpint (dub_latent_shape (&cloud->points, 2), <, DUB_LATENT_N_SHAPES);
  g_assert_false (dub_latent_is_visible (&(DubLatentPoints) { .n = 1, .xy = (const float[]) { NAN, 0 }, .part = cloud->part }, 0));
}

/* --- files --- */

static char *
export_one (const Cloud *cloud,
            size_t       n_panels,
            const char  *ending,
            gsize       *length)
{
  g_autofree char *folder = g_dir_make_tmp ("dubito-latent-XXXXXX", NULL);
  g_autofree char *path = g_strdup_printf ("%s/figure.%s", folder, ending);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  const DubLatentPanel panels[] = {
    { &cloud->points, "cross-entropy, \"plain\"", "silhouette 0.213 · trustworthiness 0.961 · continuity 0.966 · and more · and more" },
    { &cloud->points, "dca", NULL },
  };
  g_autoptr (GError) error = NULL;
  DubExportOptions options;
  char *bytes;

  for (size_t i = 0; i < cloud->points.n; i++)
    g_ptr_array_add (ids, g_strdup_printf ("case-%zu", i));
  g_ptr_array_add (ids, NULL);
  dub_export_options_init (&options);
  options.dpi = 72.0;
  g_assert_true (dub_latent_export (panels, n_panels, (const char *const *) ids->pdata, (const char *const[]) { "method", "tsne", NULL },
                                    path, &options, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &bytes, length, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);

  return bytes;
}

static void
test_table (void)
{
  g_autoptr (Cloud) cloud = cloud_new (4);
  gsize length;

  place (cloud, 0, 1.5, -0.1);
  place (cloud, 1, 2.0, (double) NAN);
  cloud->part[1] = DUB_PART_TRAIN;
  cloud->label[1] = 1;
  cloud->failed[1] = 1;
  cloud->value[0] = 0.25;
  cloud->value[1] = (double) NAN;
  cloud->hidden[2] = 1;
  cloud->label[3] = cloud->predicted[3] = -1;
  cloud->failed[3] = 2;

  g_autofree char *csv = export_one (cloud, 2, "csv", &length);

  g_assert_true (strstr (csv, "# method: tsne\n") != NULL);
  g_assert_true (strstr (csv, "panel,id,x,y,part,label,predicted,failed,value\n"
                              "\"cross-entropy, \"\"plain\"\"\",case-0,1.5,-0.100000001,test,malignant,malignant,0,0.25\n"
                              "\"cross-entropy, \"\"plain\"\"\",case-1,2,,train,benign,malignant,1,\n"
                              "\"cross-entropy, \"\"plain\"\"\",case-3,0,0,test,,,,0\n"
                              "dca,case-0,1.5,-0.100000001,test,malignant,malignant,0,0.25\n") != NULL);
}

static void
test_files (void)
{
  static const char *const ENDINGS[] = { "png", "svg", "pdf" };

  for (guint k = 0; k < G_N_ELEMENTS (ENDINGS); k++)
    for (int by = 0; by <= DUB_LATENT_BY_VALUE; by++)
      for (size_t n_panels = 1; n_panels <= 2; n_panels++) {
        g_autoptr (Cloud) cloud = cloud_new_mixed (200, 4);
        gsize one, two;

        cloud->points.color = (DubLatentColor) by;
        cloud->points.current = 5;

        g_autofree char *first = export_one (cloud, n_panels, ENDINGS[k], &one), *second = export_one (cloud, n_panels, ENDINGS[k], &two);

        g_assert_cmpmem (first, one, second, two);
        if (k == 1) {
          g_assert_true (strstr (first, "t-SNE 1 →") != NULL);
          g_assert_true (strstr (first, "trustworthiness 0.961") != NULL);
          g_assert_true ((strstr (first, ">Entropy<") != NULL) == (by == DUB_LATENT_BY_VALUE));
          g_assert_true ((strstr (first, ">correct<") != NULL) == (by == DUB_LATENT_BY_OUTCOME || by == DUB_LATENT_BY_VALUE));
          g_assert_true (strstr (first, ">failed<") != NULL);
          g_assert_true (strstr (first, ">benign, training<") != NULL);
          g_assert_true (strstr (first, "<image") == NULL);
        }
      }
}

/* So many points are a picture inside of the drawing. */
static void
test_many (void)
{
  g_autoptr (Cloud) cloud = cloud_new_mixed (DUB_LATENT_STAMPED * 3 / 2, 4);
  gsize length;
  g_autofree char *svg = export_one (cloud, 1, "svg", &length);

  g_assert_true (strstr (svg, "<image") != NULL);
  g_assert_true (strstr (svg, "t-SNE 1 →") != NULL);
  g_assert_cmpuint (length, <, 4000000);
}

/* Nothing, one, two, all in one place, all nowhere: a picture all the same. */
static void
test_empty (void)
{
  for (size_t n = 0; n < 4; n++)
    for (int k = 0; k < 3; k++) {
      g_autoptr (Cloud) cloud = cloud_new (n);
      gsize length;

      for (size_t i = 0; i < n; i++) {
        cloud->part[i] = k == 1 ? DUB_PART_TRAIN : DUB_PART_TEST;
        place (cloud, i, k == 2 ? (double) NAN : 3.0, 3.0);
      }

      g_free (export_one (cloud, 2, "png", &length));

      g_assert_cmpuint (length, >, 1000);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latent-figure/places", test_places);
  g_test_add_func ("/latent-figure/order", test_order);
  g_test_add_func ("/latent-figure/stamps", test_stamps);
  g_test_add_func ("/latent-figure/border", test_border);
  g_test_add_func ("/latent-figure/paper-is-screen", test_paper_is_screen);
  g_test_add_func ("/latent-figure/inset", test_inset);
  g_test_add_func ("/latent-figure/density-radius", test_density_radius);
  g_test_add_func ("/latent-figure/density-shapes", test_density_shapes);
  g_test_add_func ("/latent-figure/plane", test_plane);
  g_test_add_func ("/latent-figure/values", test_values);
  g_test_add_func ("/latent-figure/class-colors", test_class_colors);
  g_test_add_func ("/latent-figure/shapes", test_shapes);
  g_test_add_func ("/latent-figure/table", test_table);
  g_test_add_func ("/latent-figure/files", test_files);
  g_test_add_func ("/latent-figure/many", test_many);
  g_test_add_func ("/latent-figure/empty", test_empty);

  return g_test_run ();
}
