#include "ui/figures/slice.h"

#include <math.h>
#include <string.h>

#include "phantom.h"

static const char *const ORIENTATIONS[] = { "RAS", "LAS", "LIA", "PSR", "ILP", "SAR" };

static void
test_round_trips (void)
{
  for (size_t o = 0; o < G_N_ELEMENTS (ORIENTATIONS); o++)
    for (int plane = 0; plane < DUB_N_PLANES; plane++)
      for (int radiological = 0; radiological < 2; radiological++) {
        g_autoptr (DubVolume) volume = phantom_new (ORIENTATIONS[o], phantom_value);
        DubSliceView view;
        DubSliceGeometry geometry;
        const double pane[2] = { 31.25, 77.5 };
        double slice[3], voxel[3], world[3], again[3];

        dub_slice_view_init (&view, plane, volume);
        view.radiological = radiological;
        view.zoom = 1.7;
        view.pan[0] = 3.0;
        g_assert_true (dub_slice_view_geometry (&view, 123, 97, &geometry));

        dub_slice_pane_to_slice (&geometry, pane, slice);
        dub_slice_slice_to_voxel (&geometry, slice, voxel);
        dub_slice_voxel_to_slice (&geometry, voxel, again);
        for (int i = 0; i < 3; i++)
          g_assert_cmpfloat (fabs (again[i] - slice[i]), <, 1e-9);
        dub_slice_slice_to_pane (&geometry, slice, again);
        for (int i = 0; i < 2; i++)
          g_assert_cmpfloat (fabs (again[i] - pane[i]), <, 1e-9);
        dub_slice_pane_to_world (&view, &geometry, pane, world);
        dub_slice_world_to_pane (&view, &geometry, world, again);
        for (int i = 0; i < 2; i++)
          g_assert_cmpfloat (fabs (again[i] - pane[i]), <, 1e-9);
      }
}

/* Moving right in the pane moves the world towards the letter on the right edge; down, towards the one below. */
static void
test_letters_tell_the_truth (void)
{
  const char *all = "RLAPSI";

  for (size_t o = 0; o < G_N_ELEMENTS (ORIENTATIONS); o++)
    for (int plane = 0; plane < DUB_N_PLANES; plane++)
      for (int radiological = 0; radiological < 2; radiological++) {
        g_autoptr (DubVolume) volume = phantom_new (ORIENTATIONS[o], phantom_value);
        const double centre[2] = { 50.0, 50.0 }, right[2] = { 60.0, 50.0 }, below[2] = { 50.0, 60.0 };
        double from[3], to[3];
        DubSliceGeometry geometry;
        DubSliceView view;
        char letters[5];

        dub_slice_view_init (&view, plane, volume);
        view.radiological = radiological;
        g_assert_true (dub_slice_view_geometry (&view, 100, 100, &geometry));
        dub_slice_view_letters (&view, letters);
        dub_slice_pane_to_world (&view, &geometry, centre, from);
        for (int edge = 1; edge < 4; edge += 2) {
          int place = (int) (strchr (all, letters[edge]) - all);
          int opposite = (int) (strchr (all, letters[edge - 1]) - all);

          g_assert_cmpint (opposite, ==, place ^ 1);
          dub_slice_pane_to_world (&view, &geometry, edge == 1 ? right : below, to);
          g_assert_cmpfloat ((to[place / 2] - from[place / 2]) * (place % 2 == 0 ? 1.0 : -1.0), >, 1.0);
        }
      }
}

static void
test_conventions (void)
{
  static const struct {
    DubPlane    plane;
    gboolean    radiological;
    const char *letters;
  } CASES[] = {
    { DUB_PLANE_AXIAL, TRUE, "RLAP" },     { DUB_PLANE_AXIAL, FALSE, "LRAP" },
    { DUB_PLANE_CORONAL, TRUE, "RLSI" },   { DUB_PLANE_CORONAL, FALSE, "LRSI" },
    { DUB_PLANE_SAGITTAL, TRUE, "PASI" },  { DUB_PLANE_SAGITTAL, FALSE, "PASI" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    DubSliceView view;
    char letters[5];

    dub_slice_view_init (&view, CASES[i].plane, NULL);
    view.radiological = CASES[i].radiological;
    dub_slice_view_letters (&view, letters);
    g_assert_cmpstr (letters, ==, CASES[i].letters);
  }
}

static void
test_cursor (void)
{
  for (size_t o = 0; o < G_N_ELEMENTS (ORIENTATIONS); o++) {
    g_autoptr (DubVolume) volume = phantom_new (ORIENTATIONS[o], phantom_value);
    DubSliceView view;
    double before[3];

    dub_slice_view_init (&view, DUB_PLANE_CORONAL, volume);
    view.cursor[0] = view.cursor[1] = view.cursor[2] = 0.3;
    g_assert_cmpfloat (fabs (dub_slice_view_position (&view)), <, 1e-9);
    dub_slice_view_snap (&view, view.cursor, view.cursor);

    /* One slice on in a coronal pane is 2 mm to the front. */
    memcpy (before, view.cursor, sizeof before);
    dub_slice_view_move (&view, 0, 0, 1);
    g_assert_cmpfloat (fabs (view.cursor[1] - before[1] - 2.0), <, 1e-9);
    g_assert_cmpfloat (fabs (view.cursor[0] - before[0]), <, 1e-9);
    /* Right in a radiological pane is to the patient's left. */
    dub_slice_view_move (&view, 2, 0, 0);
    g_assert_cmpfloat (fabs (view.cursor[0] - before[0] + 4.0), <, 1e-9);
    /* Down is down. */
    dub_slice_view_move (&view, 0, 1, 0);
    g_assert_cmpfloat (fabs (view.cursor[2] - before[2] + 2.0), <, 1e-9);

    dub_slice_view_move (&view, -1000, -1000, 1000);
    g_assert_cmpfloat (fabs (view.cursor[0] - (2.0 * (PHANTOM_R - 1) - 20.0)), <, 1e-9);
    g_assert_cmpfloat (fabs (view.cursor[1] - (2.0 * (PHANTOM_A - 1) - 20.0)), <, 1e-9);
    g_assert_cmpfloat (fabs (view.cursor[2] - (2.0 * (PHANTOM_S - 1) - 20.0)), <, 1e-9);
  }
}

static void
test_zoom_keeps_the_point (void)
{
  g_autoptr (DubVolume) volume = phantom_new ("LIA", phantom_value);
  const double pane[2] = { 20.0, 70.0 };
  double before[3], after[3], centre[2];
  DubSliceGeometry geometry;
  DubSliceView view;

  dub_slice_view_init (&view, DUB_PLANE_AXIAL, volume);
  g_assert_true (dub_slice_view_geometry (&view, 101, 80, &geometry));
  dub_slice_pane_to_world (&view, &geometry, pane, before);
  for (int i = 0; i < 5; i++)
    dub_slice_view_zoom_at (&view, 101, 80, pane, 1.3);
  dub_slice_view_zoom_at (&view, 101, 80, pane, 0.6);
  g_assert_true (dub_slice_view_geometry (&view, 101, 80, &geometry));
  dub_slice_pane_to_world (&view, &geometry, pane, after);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (fabs (after[i] - before[i]), <, 1e-9);
  dub_slice_view_centre (&view, 101, 80);
  g_assert_true (dub_slice_view_geometry (&view, 101, 80, &geometry));
  dub_slice_world_to_pane (&view, &geometry, view.cursor, centre);
  g_assert_cmpfloat (fabs (centre[0] - 50.5), <, 1e-9);
  g_assert_cmpfloat (fabs (centre[1] - 40.0), <, 1e-9);
}

static void
test_fit_has_true_aspect (void)
{
  double affine[4][4] = { { 1.0, 0, 0, 0 }, { 0, 2.0, 0, 0 }, { 0, 0, 4.0, 0 }, { 0, 0, 0, 1.0 } };
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (40, 40, 10), NULL);
  g_autoptr (DubVolume) volume = dub_volume_new (voxels, affine, NULL);
  DubSliceGeometry geometry;
  DubSliceView view;

  dub_slice_view_init (&view, DUB_PLANE_CORONAL, volume);
  g_assert_true (dub_slice_view_geometry (&view, 400, 200, &geometry));
  /* 40 × 1 mm across, 10 × 4 mm down: a square of 40 mm in a pane of 400 × 200. */
  g_assert_cmpfloat (fabs (geometry.scale - 5.0), <, 1e-9);
  g_assert_cmpfloat (fabs (geometry.px[0] - 5.0), <, 1e-9);
  g_assert_cmpfloat (fabs (geometry.px[1] - 20.0), <, 1e-9);
  g_assert_false (dub_slice_view_geometry (&view, 0, 200, &geometry));
  view.base = NULL;
  g_assert_false (dub_slice_view_geometry (&view, 400, 200, &geometry));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slice/round-trips", test_round_trips);
  g_test_add_func ("/slice/letters-tell-the-truth", test_letters_tell_the_truth);
  g_test_add_func ("/slice/conventions", test_conventions);
  g_test_add_func ("/slice/cursor", test_cursor);
  g_test_add_func ("/slice/zoom-keeps-the-point", test_zoom_keeps_the_point);
  g_test_add_func ("/slice/fit-has-true-aspect", test_fit_has_true_aspect);

  return g_test_run ();
}
