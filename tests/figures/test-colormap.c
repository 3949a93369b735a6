#include "ui/figures/colormap.h"

#include <math.h>

/* CIE lightness of an sRGB colour, in [0, 100]. */
static double
lightness (const guint8 rgb[3])
{
  static const double weight[3] = { 0.2126, 0.7152, 0.0722 };
  double y = 0.0;

  for (int c = 0; c < 3; c++) {
    double v = rgb[c] / 255.0;

    y += weight[c] * (v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4));
  }

  return y > 0.008856 ? 116.0 * cbrt (y) - 16.0 : 903.3 * y;
}

static void
test_published_colours (void)
{
  /* Rows 0, 64, 128, 192 and 255 of the public tables of 256. */
  static const guint8 inferno[5][3] =
    { { 0, 0, 4 }, { 87, 16, 110 }, { 188, 55, 84 }, { 249, 142, 9 }, { 252, 255, 164 } };
  static const guint8 viridis[5][3] =
    { { 68, 1, 84 }, { 59, 82, 139 }, { 33, 145, 140 }, { 94, 201, 98 }, { 253, 231, 37 } };
  static const int rows[5] = { 0, 64, 128, 192, 255 };

  for (int i = 0; i < 5; i++) {
    guint8 rgb[3];

    dub_colormap_lookup (DUB_COLORMAP_INFERNO, rows[i] / 255.0, rgb);
    for (int c = 0; c < 3; c++)
      g_assert_cmpint (ABS (rgb[c] - inferno[i][c]), <=, 6);
    dub_colormap_lookup (DUB_COLORMAP_VIRIDIS, rows[i] / 255.0, rgb);
    for (int c = 0; c < 3; c++)
      g_assert_cmpint (ABS (rgb[c] - viridis[i][c]), <=, 6);
  }
}

static void
test_lightness_is_monotone (void)
{
  for (int map = 0; map < DUB_N_COLORMAPS; map++) {
    gboolean diverging = dub_colormap_is_diverging (map);
    guint8 lut[256][3];

    dub_colormap_fill_lut (map, lut);
    for (int i = 1; i < 256; i++) {
      double step = lightness (lut[i]) - lightness (lut[i - 1]);

      /* Rounding to 8 bits may turn a step by a little. */
      if (diverging && i >= 128)
        step = -step;
      g_assert_cmpfloat (step, >, -0.25);
      g_assert_cmpfloat (step, <, 2.5);
    }
  }
}

static void
test_diverging_ends_weigh_alike (void)
{
  for (int map = 0; map < DUB_N_COLORMAPS; map++) {
    guint8 low[3], high[3], middle[3];

    if (!dub_colormap_is_diverging (map))
      continue;
    dub_colormap_lookup (map, 0.0, low);
    dub_colormap_lookup (map, 1.0, high);
    dub_colormap_lookup (map, 0.5, middle);
    g_assert_cmpfloat (fabs (lightness (low) - lightness (high)), <, 8.0);
    g_assert_cmpfloat (lightness (middle), >, 94.0);
  }
}

static void
test_outside (void)
{
  guint8 first[3], rgb[3];

  dub_colormap_lookup (DUB_COLORMAP_INFERNO, 0.0, first);
  dub_colormap_lookup (DUB_COLORMAP_INFERNO, -INFINITY, rgb);
  g_assert_cmpmem (rgb, 3, first, 3);
  dub_colormap_lookup (DUB_COLORMAP_INFERNO, NAN, rgb);
  g_assert_cmpmem (rgb, 3, first, 3);
  dub_colormap_lookup (DUB_COLORMAP_GREY, 7.0, rgb);
  g_assert_cmpint (rgb[1], ==, 255);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/colormap/published-colours", test_published_colours);
  g_test_add_func ("/colormap/lightness-is-monotone", test_lightness_is_monotone);
  g_test_add_func ("/colormap/diverging-ends-weigh-alike", test_diverging_ends_weigh_alike);
  g_test_add_func ("/colormap/outside", test_outside);

  return g_test_run ();
}
