#include "ui/figures/compose.h"

#include <math.h>
#include <string.h>

#include "phantom.h"

enum { SIZE = 120, BLACK_RGB = 0 };

typedef guint32 Pixels[SIZE * SIZE];

static float
ball_only (int r,
           int a,
           int s)
{
  return phantom_value (r, a, s) == 1.0f ? 1.0f : 0.0f;
}

static float
slope (int r,
       int a,
       int s)
{
  return (float) r / (PHANTOM_R - 1);
}

static void
compose (const DubSliceView *view,
         const DubPaneStyle *style,
         Pixels              pixels)
{
  g_autoptr (DubComposer) composer = dub_composer_new ();

  dub_composer_compose (composer, view, style, SIZE, SIZE, 4 * SIZE, (guint8 *) pixels);
}

static guint
red (guint32 pixel)
{
  return (pixel >> 16) & 0xff;
}

static guint
blue (guint32 pixel)
{
  return pixel & 0xff;
}

/* Mean place of the pixels brighter than the head. */
static void
find_ball (const Pixels pixels,
           double       place[2])
{
  double n = 0.0;

  place[0] = place[1] = 0.0;
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      if (red (pixels[y * SIZE + x]) > 200) {
        place[0] += x + 0.5;
        place[1] += y + 0.5;
        n += 1.0;
      }
  g_assert_cmpfloat (n, >, 0.0);
  place[0] /= n;
  place[1] /= n;
}

/* The ball is at the right, front, upper side: it has to be near the edges with R, A and S. */
static void
test_sides (void)
{
  static const char *const orientations[] = { "LAS", "RAS", "LIA", "PIR" };
  const char *near = "RAS";

  for (size_t o = 0; o < G_N_ELEMENTS (orientations); o++)
    for (int plane = 0; plane < DUB_N_PLANES; plane++)
      for (int radiological = 0; radiological < 2; radiological++) {
        g_autoptr (DubVolume) volume = phantom_new (orientations[o], phantom_value);
        DubPaneStyle style;
        DubSliceView view;
        double place[2];
        char letters[5];
        Pixels pixels;

        dub_pane_style_init (&style);
        dub_slice_view_init (&view, plane, volume);
        view.radiological = radiological;
        phantom_ball_world (view.cursor);
        compose (&view, &style, pixels);
        find_ball (pixels, place);
        dub_slice_view_letters (&view, letters);
        for (int which = 0; which < 2; which++) {
          gboolean at_low_edge = strchr (near, letters[2 * which]) != NULL;

          if (at_low_edge)
            g_assert_cmpfloat (place[which], <, SIZE / 2.0 - 8.0);
          else
            g_assert_cmpfloat (place[which], >, SIZE / 2.0 + 8.0);
        }
      }
}

/* The order of voxels in memory is no part of the picture. */
static void
test_orientation_does_not_show (void)
{
  for (int plane = 0; plane < DUB_N_PLANES; plane++) {
    g_autoptr (DubVolume) ras = phantom_new ("RAS", phantom_value);
    g_autoptr (DubVolume) lia = phantom_new ("LIA", phantom_value);
    DubPaneStyle style;
    DubSliceView view;
    Pixels first, second;

    dub_pane_style_init (&style);
    dub_slice_view_init (&view, plane, ras);
    phantom_ball_world (view.cursor);
    compose (&view, &style, first);
    view.base = lia;
    compose (&view, &style, second);
    g_assert_cmpmem (first, sizeof first, second, sizeof second);
  }
}

static void
test_radiological_mirrors (void)
{
  g_autoptr (DubVolume) volume = phantom_new ("RAS", phantom_value);
  DubPaneStyle style;
  DubSliceView view;
  Pixels radiological, neurological;

  dub_pane_style_init (&style);
  style.interpolation = DUB_INTERPOLATION_NEAREST;
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, volume);
  phantom_ball_world (view.cursor);
  compose (&view, &style, radiological);
  view.radiological = FALSE;
  compose (&view, &style, neurological);
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      g_assert_cmphex (radiological[y * SIZE + x], ==, neurological[y * SIZE + SIZE - 1 - x]);
}

/* An overlay with other voxel axes takes the general path; it has to look like the fast one. */
static void
test_overlay_on_another_grid (void)
{
  g_autoptr (DubVolume) base = phantom_new ("RAS", phantom_value);
  g_autoptr (DubVolume) same = phantom_new ("RAS", ball_only);
  g_autoptr (DubVolume) other = phantom_new ("LIA", ball_only);

  for (int interpolation = 0; interpolation < 2; interpolation++) {
    DubPaneStyle style;
    DubSliceView view;
    Pixels fast, general;
    guint differ = 0;

    dub_pane_style_init (&style);
    style.overlay.interpolation = interpolation;
    style.overlay.volume = same;
    dub_slice_view_init (&view, DUB_PLANE_SAGITTAL, base);
    phantom_ball_world (view.cursor);
    compose (&view, &style, fast);
    style.overlay.volume = other;
    compose (&view, &style, general);
    for (int i = 0; i < SIZE * SIZE; i++)
      for (int shift = 0; shift < 24; shift += 8)
        differ += ABS ((int) ((fast[i] >> shift) & 0xff) - (int) ((general[i] >> shift) & 0xff)) > 2;
    g_assert_cmpuint (differ, ==, 0);
  }
}

/* Every pixel whose value is below the clip shows the image, every other one shows heat; with both mask forms. */
static void
test_clip_is_exact (void)
{
  g_autoptr (DubVolume) base = phantom_new ("RAS", phantom_value);
  g_autoptr (DubVolume) heat = phantom_new ("RAS", slope);

  for (int hard = 0; hard < 2; hard++) {
    DubPaneStyle style;
    DubSliceView view;
    DubSliceGeometry geometry;
    Pixels plain, covered;

    dub_pane_style_init (&style);
    style.overlay.hard = hard;
    style.overlay.clip = 0.5;
    style.interpolation = style.overlay.interpolation = DUB_INTERPOLATION_NEAREST;
    dub_slice_view_init (&view, DUB_PLANE_AXIAL, base);
    compose (&view, &style, plain);
    style.overlay.volume = heat;
    compose (&view, &style, covered);
    g_assert_true (dub_slice_view_geometry (&view, SIZE, SIZE, &geometry));
    for (int x = 0; x < SIZE; x++) {
      const double pane[2] = { x + 0.5, SIZE / 2.0 };
      double slice[3], voxel[3];
      int at = SIZE / 2 * SIZE + x;

      dub_slice_pane_to_slice (&geometry, pane, slice);
      dub_slice_slice_to_voxel (&geometry, slice, voxel);
      if (voxel[0] < -0.5 || voxel[0] >= PHANTOM_R - 0.5)
        continue;
      if (floor (voxel[0] + 0.5) / (PHANTOM_R - 1) < 0.5)
        g_assert_cmphex (covered[at], ==, plain[at]);
      else
        g_assert_cmphex (covered[at], !=, plain[at]);
    }
  }
}

static void
test_overlay_colour (void)
{
  DubPaneStyle style;
  guint8 below[4], at[4], above[4], top[4];

  dub_pane_style_init (&style);
  style.overlay.opacity = 1.0;
  dub_overlay_color (&style.overlay, 0.0499, below);
  dub_overlay_color (&style.overlay, 0.05, at);
  dub_overlay_color (&style.overlay, 0.2, above);
  dub_overlay_color (&style.overlay, 5.0, top);
  g_assert_cmpuint (below[3], ==, 0);
  g_assert_cmpuint (at[3], >, 0);
  g_assert_cmpuint (at[3], <, above[3]);
  g_assert_cmpuint (top[3], ==, 255);
  g_assert_cmpuint (top[0], ==, 252);
  style.overlay.hard = TRUE;
  dub_overlay_color (&style.overlay, 0.05, at);
  g_assert_cmpuint (at[3], ==, 255);
  dub_overlay_color (&style.overlay, NAN, at);
  g_assert_cmpuint (at[3], ==, 0);

  /* Signed maps: symmetric, and clipped around zero. */
  style.overlay.colormap = DUB_COLORMAP_BURD;
  style.overlay.clip = 0.1;
  dub_overlay_color (&style.overlay, -0.05, below);
  dub_overlay_color (&style.overlay, -1.0, at);
  dub_overlay_color (&style.overlay, 1.0, above);
  g_assert_cmpuint (below[3], ==, 0);
  g_assert_cmpuint (at[2], >, at[0]);
  g_assert_cmpuint (above[0], >, above[2]);
}

/* A mask m and its heat 1 - m are one picture. */
static void
test_complement (void)
{
  g_autoptr (DubVolume) base = phantom_new ("RAS", phantom_value);
  g_autoptr (DubVolume) heat = phantom_new ("RAS", ball_only);
  g_autoptr (DubTensor) mask_voxels = dub_tensor_copy (heat->voxels, NULL);

  for (size_t i = 0; i < dub_tensor_n_elements (mask_voxels); i++)
    dub_tensor_f32 (mask_voxels)[i] = 1.0f - dub_tensor_f32 (mask_voxels)[i];

  g_autoptr (DubVolume) mask = dub_volume_new (mask_voxels, heat->affine, NULL);
  DubPaneStyle style;
  DubSliceView view;
  Pixels first, second;

  dub_pane_style_init (&style);
  style.overlay.interpolation = DUB_INTERPOLATION_NEAREST;
  style.overlay.volume = heat;
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, base);
  phantom_ball_world (view.cursor);
  compose (&view, &style, first);
  style.overlay.volume = mask;
  style.overlay.complement = TRUE;
  compose (&view, &style, second);
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
}

static void
test_nothing_to_show (void)
{
  g_autoptr (DubVolume) volume = phantom_new ("RAS", phantom_value);
  g_autoptr (DubComposer) composer = dub_composer_new ();
  float *data = dub_tensor_f32 (volume->voxels);
  DubPaneStyle style;
  DubSliceView view;
  Pixels pixels;

  dub_pane_style_init (&style);
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, NULL);
  compose (&view, &style, pixels);
  for (int i = 0; i < SIZE * SIZE; i++)
    g_assert_cmphex (pixels[i], ==, 0xff000000);

  /* NaN is black in the image and transparent in the heat. */
  for (size_t i = 0; i < dub_tensor_n_elements (volume->voxels); i++)
    data[i] = NAN;
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, volume);
  style.overlay.volume = volume;
  style.contour = volume;
  compose (&view, &style, pixels);
  for (int i = 0; i < SIZE * SIZE; i++)
    g_assert_cmphex (pixels[i], ==, 0xff000000);
  dub_composer_compose (composer, &view, &style, 0, 0, 0, (guint8 *) pixels);
}

/* A half space's contour is a line of the width asked for. */
static float
right_half (int r,
            int a,
            int s)
{
  return r >= PHANTOM_R / 2 ? 3.0f : 0.0f;
}

static void
test_contour (void)
{
  g_autoptr (DubVolume) base = phantom_new ("RAS", phantom_value);
  g_autoptr (DubVolume) label = phantom_new ("RAS", right_half);
  DubPaneStyle style;
  DubSliceView view;
  Pixels pixels;

  dub_pane_style_init (&style);
  style.high = 1000.0;
  style.contour = label;
  style.contour_width = 2.0;
  style.contour_color = dub_rgba_from_hex (0x0000ff);
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, base);
  compose (&view, &style, pixels);
  for (int y = 20; y < SIZE - 20; y++) {
    double width = 0.0, place = 0.0;

    /* The label ends at the border of the volume as well; that line is not measured. */
    for (int x = 30; x < SIZE - 30; x++) {
      width += blue (pixels[y * SIZE + x]) / 255.0;
      place += (x + 0.5) * blue (pixels[y * SIZE + x]) / 255.0;
    }
    g_assert_cmpfloat (fabs (width - 2.0), <, 0.15);
    g_assert_cmpfloat (fabs (place / width - SIZE / 2.0), <, 0.1);
  }
}

/* Three slabs: class 0, 1 and 2 from left to right. */
static float
three_slabs (int r,
             int a,
             int s)
{
  return (float) (r < PHANTOM_R / 3 ? 0 : r < 2 * (PHANTOM_R / 3) ? 1 : 2);
}

static double
weight_of (const guint32 *row,
           int            shift,
           double        *place)
{
  double sum = 0.0, moment = 0.0;

  for (int x = 20; x < SIZE - 20; x++) {
    double share = (double) ((row[x] >> shift) & 0xff) / 255.0;

    sum += share;
    moment += share * (x + 0.5);
  }
  *place = moment / sum;

  return sum;
}

/* Each class has a line of its own colour; where two meet it is the lower one's, and a class without a colour has none. */
static void
test_outlines (void)
{
  g_autoptr (DubVolume) base = phantom_new ("RAS", right_half);
  g_autoptr (DubVolume) classes = phantom_new ("RAS", three_slabs);
  DubPaneStyle style;
  DubSliceView view;
  DubSliceGeometry geometry;
  Pixels pixels;

  dub_pane_style_init (&style);
  style.low = 10.0;
  style.high = 11.0;
  style.classes = classes;
  style.outline_width = 2.0;
  style.outline_color[0] = dub_rgba_from_hex (0xff0000);
  style.outline_color[1] = dub_rgba_from_hex (0x0000ff);
  dub_slice_view_init (&view, DUB_PLANE_AXIAL, base);
  view.radiological = FALSE;
  compose (&view, &style, pixels);
  g_assert_true (dub_slice_view_geometry (&view, SIZE, SIZE, &geometry));

  const guint32 *row = pixels + SIZE / 2 * SIZE;
  double red, blue_place, at[2], width;

  for (int side = 1; side <= 2; side++) {
    const double edge[3] = { side * (PHANTOM_R / 3) - 0.5, 0.0, 0.0 };
    double slice[3], pane[2];

    dub_slice_voxel_to_slice (&geometry, edge, slice);
    dub_slice_slice_to_pane (&geometry, slice, pane);
    at[side - 1] = pane[0];
  }
  /* Class 1 has two borders, and the second hides that of class 2. */
  width = weight_of (row, 16, &red);
  g_assert_cmpfloat (fabs (width - 4.0), <, 0.4);
  g_assert_cmpfloat (fabs (red - (at[0] + at[1]) / 2.0), <, 0.15);
  for (int x = 20; x < SIZE - 20; x++)
    g_assert_cmpuint (row[x] & 0xff, ==, 0);

  style.outline_color[0].alpha = 0.0;
  compose (&view, &style, pixels);
  width = weight_of (row, 0, &blue_place);
  g_assert_cmpfloat (fabs (width - 2.0), <, 0.2);
  g_assert_cmpfloat (fabs (blue_place - at[1]), <, 0.15);
  for (int x = 20; x < SIZE - 20; x++)
    g_assert_cmpuint (row[x] >> 16 & 0xff, ==, 0);
}

/* A composer that keeps slices must notice every change that shows. */
static void
test_cache (void)
{
  g_autoptr (DubVolume) first = phantom_new ("RAS", phantom_value);
  g_autoptr (DubVolume) second = phantom_new ("LIA", slope);
  g_autoptr (DubComposer) composer = dub_composer_new ();
  DubPaneStyle style;

  dub_pane_style_init (&style);
  for (int step = 0; step < 30; step++) {
    DubSliceView view;
    Pixels fresh, kept;

    /* One thing changes at a time: the side, then the slice, the plane, the volumes. */
    dub_slice_view_init (&view, (step / 6) % 3, step < 18 ? first : second);
    view.radiological = step % 2;
    dub_slice_view_move (&view, 0, 0, (step + 1) / 2 % 3);
    style.overlay.volume = step < 18 ? first : second;
    style.contour = step < 12 ? first : second;
    style.classes = step % 4 < 2 ? first : second;
    style.outline_color[0] = dub_rgba_from_hex (step % 3 ? 0xff0000 : 0x00ff00);
    compose (&view, &style, fresh);
    dub_composer_compose (composer, &view, &style, SIZE, SIZE, 4 * SIZE, (guint8 *) kept);
    g_assert_cmpmem (fresh, sizeof fresh, kept, sizeof kept);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compose/sides", test_sides);
  g_test_add_func ("/compose/orientation-does-not-show", test_orientation_does_not_show);
  g_test_add_func ("/compose/radiological-mirrors", test_radiological_mirrors);
  g_test_add_func ("/compose/overlay-on-another-grid", test_overlay_on_another_grid);
  g_test_add_func ("/compose/clip-is-exact", test_clip_is_exact);
  g_test_add_func ("/compose/overlay-colour", test_overlay_colour);
  g_test_add_func ("/compose/complement", test_complement);
  g_test_add_func ("/compose/nothing-to-show", test_nothing_to_show);
  g_test_add_func ("/compose/contour", test_contour);
  g_test_add_func ("/compose/outlines", test_outlines);
  g_test_add_func ("/compose/cache", test_cache);

  return g_test_run ();
}
