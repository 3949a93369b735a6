/* The viewer and its widgets on a real display connection: every key's action, layout, sliders, tables, plots. */
#include "core/data/volume.h"
#include "ui/model/region-row.h"
#include "ui/figures/energy-figure.h"
#include "ui/figures/clusters.h"
#include "ui/widgets/cursor-strip.h"
#include "ui/widgets/figure-view.h"
#include "ui/widgets/lambda-row.h"
#include "ui/widgets/region-table.h"
#include "ui/widgets/tri-view.h"
#include "tests/ui/wait.h"

#include <adwaita.h>
#include <math.h>

static DubVolume *
ramp_volume (int ni,
             int nj,
             int nk)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (ni, nj, nk), NULL);
  const double affine[4][4] = { { 1, 0, 0, -10 }, { 0, 2, 0, -20 }, { 0, 0, 1, -5 }, { 0, 0, 0, 1 } };
  float *v = dub_tensor_f32 (voxels);

  for (int i = 0; i < ni; i++)
    for (int j = 0; j < nj; j++)
      for (int k = 0; k < nk; k++)
        *v++ = (float) (100 * i + 10 * j + k);

  return dub_volume_new (voxels, affine, NULL);
}

typedef struct {
  GtkWidget *window;
  GtkWidget *view;
  DubViewer *viewer;
  guint      n_committed;
} Fixture;

static void
committed_cb (DubViewer  *viewer,
              const char *label,
              const char *kind,
              Fixture    *fixture)
{
  fixture->n_committed++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (DubVolume) base = ramp_volume (20, 24, 16);

  fixture->window = gtk_window_new ();
  fixture->view = dub_tri_view_new ();
  fixture->viewer = dub_tri_view_get_viewer (DUB_TRI_VIEW (fixture->view));
  g_signal_connect (fixture->viewer, "committed", G_CALLBACK (committed_cb), fixture);
  dub_viewer_set_base (fixture->viewer, base);
  dub_viewer_set_overlay (fixture->viewer, base, FALSE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 500);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->view);
  gtk_widget_show (fixture->window);
  wait_until (dub_viewer_get_view (fixture->viewer, DUB_PLANE_AXIAL)->fit > 0.0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gpointer view = fixture->view;

  g_object_add_weak_pointer (G_OBJECT (fixture->view), &view);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  wait_until (view == NULL);
}

static void
activate (Fixture    *fixture,
          const char *name,
          const char *format,
          ...)
{
  GVariant *parameter = NULL;
  va_list args;

  va_start (args, format);
  if (format != NULL)
    parameter = g_variant_new_va (format, NULL, &args);
  va_end (args);
  g_assert_true (gtk_widget_activate_action_variant (fixture->view, name, parameter));
}

static void
test_moves (Fixture       *fixture,
            gconstpointer  data)
{
  int64_t before[3];
  int64_t after[3];

  g_assert_true (dub_viewer_get_voxel (fixture->viewer, before));
  /* In the coronal pane of a radiological viewer, right on the screen is the patient's left: x falls. */
  activate (fixture, "viewer.move", "(iii)", 1, 0, 0);
  g_assert_true (dub_viewer_get_voxel (fixture->viewer, after));
  g_assert_cmpint (after[0], ==, before[0] - 1);
  activate (fixture, "viewer.move", "(iii)", 0, 5, 0);
  g_assert_true (dub_viewer_get_voxel (fixture->viewer, after));
  g_assert_cmpint (after[2], ==, before[2] - 5);
  activate (fixture, "viewer.move", "(iii)", 0, 0, 1);
  g_assert_true (dub_viewer_get_voxel (fixture->viewer, after));
  g_assert_cmpint (after[1], ==, before[1] + 1);
  /* The cursor never leaves the volume. */
  activate (fixture, "viewer.move", "(iii)", 0, 0, 1000);
  g_assert_true (dub_viewer_get_voxel (fixture->viewer, after));
  g_assert_cmpint (after[1], ==, 23);

  dub_viewer_set_radiological (fixture->viewer, FALSE);
  g_assert_true (dub_viewer_get_voxel (fixture->viewer, before));
  activate (fixture, "viewer.move", "(iii)", 1, 0, 0);
  g_assert_true (dub_viewer_get_voxel (fixture->viewer, after));
  g_assert_cmpint (after[0], ==, before[0] + 1);
}

static void
test_linked (Fixture       *fixture,
             gconstpointer  data)
{
  const double world[3] = { -3.2, 7.9, 2.1 };

  dub_viewer_set_cursor (fixture->viewer, world);
  for (int p = 0; p < DUB_N_PLANES; p++) {
    const DubSliceView *view = dub_viewer_get_view (fixture->viewer, (DubPlane) p);

    /* The nearest voxel centre, the same in every pane. */
    g_assert_cmpfloat_with_epsilon (view->cursor[0], -3.0, 1e-9);
    g_assert_cmpfloat_with_epsilon (view->cursor[1], 8.0, 1e-9);
    g_assert_cmpfloat_with_epsilon (view->cursor[2], 2.0, 1e-9);
  }
  g_assert_cmpfloat (dub_viewer_get_heat (fixture->viewer), ==, 100 * 7 + 10 * 14 + 7);
}

static void
test_overlay_keys (Fixture       *fixture,
                   gconstpointer  data)
{
  double opacity;

  activate (fixture, "viewer.overlay", NULL);
  g_assert_false (dub_viewer_get_overlay_visible (fixture->viewer));
  g_assert_null (dub_viewer_get_style (fixture->viewer)->overlay.volume);
  activate (fixture, "viewer.overlay", NULL);
  g_assert_nonnull (dub_viewer_get_style (fixture->viewer)->overlay.volume);

  dub_viewer_set_opacity (fixture->viewer, 0.5);
  activate (fixture, "viewer.opacity", "i", 1);
  opacity = dub_viewer_get_opacity (fixture->viewer);
  g_assert_cmpfloat_with_epsilon (opacity, 0.55, 1e-9);
  for (int i = 0; i < 30; i++)
    activate (fixture, "viewer.opacity", "i", -1);
  g_assert_cmpfloat (dub_viewer_get_opacity (fixture->viewer), ==, 0.0);
  g_assert_cmpuint (fixture->n_committed, ==, 31);

  dub_viewer_set_opacity (fixture->viewer, 0.8);
  dub_viewer_set_stale (fixture->viewer, TRUE);
  g_assert_cmpfloat_with_epsilon (dub_viewer_get_style (fixture->viewer)->overlay.opacity, 0.4, 1e-9);

  activate (fixture, "viewer.crosshair", NULL);
  g_assert_false (dub_viewer_get_crosshair_visible (fixture->viewer));
}

static void
test_window (Fixture       *fixture,
             gconstpointer  data)
{
  double low, high, first_low, first_high;

  dub_viewer_get_window (fixture->viewer, &first_low, &first_high);
  g_assert_cmpfloat (first_low, ==, 0.0);
  g_assert_cmpfloat (first_high, >, 2000.0);
  dub_viewer_set_window (fixture->viewer, 50.0, 50.0);
  dub_viewer_get_window (fixture->viewer, &low, &high);
  g_assert_cmpfloat (high, >, low);
  activate (fixture, "viewer.reset-window", NULL);
  dub_viewer_get_window (fixture->viewer, &low, &high);
  g_assert_cmpfloat (low, ==, first_low);
  g_assert_cmpfloat (high, ==, first_high);
  activate (fixture, "viewer.auto-window", NULL);
  dub_viewer_get_window (fixture->viewer, &low, &high);
  g_assert_cmpfloat (low, >, first_low);
  g_assert_cmpfloat (high, <, first_high);
}

static int
count_visible_panes (GtkWidget *view)
{
  int n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (view); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (g_str_equal (gtk_widget_get_css_name (child), "slicepane") && gtk_widget_get_child_visible (child))
      n++;

  return n;
}

static void
test_layout (Fixture       *fixture,
             gconstpointer  data)
{
  g_assert_cmpint (count_visible_panes (fixture->view), ==, 3);
  activate (fixture, "viewer.layout", "i", 1);
  wait_until (count_visible_panes (fixture->view) == 1);
  g_assert_cmpint (dub_tri_view_get_active (DUB_TRI_VIEW (fixture->view)), ==, DUB_PLANE_AXIAL);
  activate (fixture, "viewer.layout", "i", 4);
  g_assert_cmpint (count_visible_panes (fixture->view), ==, 3);
  activate (fixture, "viewer.maximize", NULL);
  g_assert_cmpint (count_visible_panes (fixture->view), ==, 1);
  activate (fixture, "viewer.maximize", NULL);
  wait_until (count_visible_panes (fixture->view) == 3);

  /* The two small panes have one scale. */
  DubSliceGeometry axial, sagittal;

  wait_until (dub_viewer_get_view (fixture->viewer, DUB_PLANE_AXIAL)->fit > 0.0 &&
              dub_viewer_get_view (fixture->viewer, DUB_PLANE_AXIAL)->fit ==
                dub_viewer_get_view (fixture->viewer, DUB_PLANE_SAGITTAL)->fit);
  g_assert_true (dub_slice_view_geometry (dub_viewer_get_view (fixture->viewer, DUB_PLANE_AXIAL), 300, 260, &axial));
  g_assert_true (dub_slice_view_geometry (dub_viewer_get_view (fixture->viewer, DUB_PLANE_SAGITTAL), 300, 230, &sagittal));
  g_assert_cmpfloat_with_epsilon (axial.scale, sagittal.scale, 1e-9);
}

static void
test_composes (Fixture       *fixture,
               gconstpointer  data)
{
  activate (fixture, "viewer.move", "(iii)", 0, 0, 1);
  wait_until (dub_tri_view_get_compose_time (DUB_TRI_VIEW (fixture->view)) > 0.0);
}

static void
test_same_space_keeps_place (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (DubVolume) again = ramp_volume (20, 24, 16);
  g_autoptr (DubVolume) other = ramp_volume (10, 10, 10);
  const double world[3] = { 5.0, 10.0, 3.0 };
  const double pane[2] = { 100.0, 80.0 };

  dub_viewer_set_cursor (fixture->viewer, world);
  dub_viewer_zoom_at (fixture->viewer, DUB_PLANE_CORONAL, 480, 500, pane, 2.0);
  dub_viewer_set_base (fixture->viewer, again);
  g_assert_cmpfloat (dub_viewer_get_cursor (fixture->viewer)[0], ==, 5.0);
  g_assert_cmpfloat (dub_viewer_get_view (fixture->viewer, DUB_PLANE_CORONAL)->zoom, ==, 2.0);
  dub_viewer_set_base (fixture->viewer, other);
  g_assert_cmpfloat (dub_viewer_get_view (fixture->viewer, DUB_PLANE_CORONAL)->zoom, ==, 1.0);
}

static void
test_clusters (void)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (6, 6, 6), NULL);
  g_autoptr (DubVolume) map = dub_volume_new (voxels, NULL, NULL);
  float *v = dub_tensor_f32 (voxels);

  /* Three voxels that touch at a corner only, and one alone. */
  v[0] = v[36 + 6 + 1] = v[72 + 12 + 2] = 0.9f;
  v[5 * 36 + 5] = 0.9f;

  g_autoptr (DubVolume) three = dub_clusters_filter (map, FALSE, 0.5, 2, NULL);
  g_autoptr (DubVolume) none = dub_clusters_filter (map, FALSE, 0.5, 4, NULL);
  g_autoptr (DubVolume) all = dub_clusters_filter (map, FALSE, 0.5, 1, NULL);

  g_assert_cmpfloat (dub_volume_get (three, 1, 1, 1), ==, 0.9f);
  g_assert_cmpfloat (dub_volume_get (three, 5, 0, 5), ==, 0.0f);
  g_assert_cmpfloat (dub_volume_get (none, 1, 1, 1), ==, 0.0f);
  g_assert_true (all == map);

  /* A mask's heat is 1 - m: here everything is hot except four voxels. */
  g_autoptr (DubVolume) mask = dub_clusters_filter (map, TRUE, 0.5, 300, NULL);

  g_assert_cmpfloat (dub_volume_get (mask, 3, 3, 3), ==, 1.0f);
}

typedef struct {
  guint  n_moved;
  guint  n_committed;
  double before;
  double after;
} Lambda;

static void
moved_cb (DubLambdaRow *row,
          double        value,
          Lambda       *lambda)
{
  lambda->n_moved++;
}

static void
lambda_committed_cb (DubLambdaRow *row,
                     double        before,
                     double        after,
                     Lambda       *lambda)
{
  lambda->n_committed++;
  lambda->before = before;
  lambda->after = after;
}

static void
test_lambda (void)
{
  GtkWidget *widget = g_object_ref_sink (dub_lambda_row_new (1, "area"));
  DubLambdaRow *row = DUB_LAMBDA_ROW (widget);
  GtkRange *range = GTK_RANGE (dub_lambda_row_get_scale (row));
  Lambda lambda = { 0 };

  g_signal_connect (row, "moved", G_CALLBACK (moved_cb), &lambda);
  g_signal_connect (row, "committed", G_CALLBACK (lambda_committed_cb), &lambda);
  dub_lambda_row_set_value (row, 10.0);
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (range), 1.0, 1e-9);
  g_assert_cmpuint (lambda.n_moved, ==, 0);

  /* Two moves without a hand on it: one commit when they have settled. */
  gtk_range_set_value (range, 1.5);
  gtk_range_set_value (range, 2.0);
  g_assert_cmpuint (lambda.n_moved, ==, 2);
  g_assert_cmpuint (lambda.n_committed, ==, 0);
  g_assert_cmpfloat_with_epsilon (dub_lambda_row_get_value (row), 100.0, 1e-9);
  wait_until (lambda.n_committed > 0);
  g_assert_cmpuint (lambda.n_committed, ==, 1);
  g_assert_cmpfloat_with_epsilon (lambda.before, 10.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (lambda.after, 100.0, 1e-9);

  /* Three digits. */
  gtk_range_set_value (range, log10 (123.456));
  g_assert_cmpfloat_with_epsilon (dub_lambda_row_get_value (row), 123.0, 1e-9);
  g_object_unref (widget);
}

static void
test_scientific (void)
{
  const struct {
    double      value;
    const char *text;
  } cases[] = {
    { 4.71e-6, "4.71 × 10⁻⁶" }, { 0.0, "0" }, { 30.0, "30" }, { 0.05, "0.05" }, { 1e-4, "1.00 × 10⁻⁴" }, { 1e10, "1.00 × 10¹⁰" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = dub_format_scientific (cases[i].value);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
jump_cb (DubRegionTable *table,
         int             value,
         int            *jumped)
{
  *jumped = value;
}

static gboolean
row_is (DubRegionTable *table,
        guint           position,
        const char     *name)
{
  g_autoptr (DubRegionRow) row = g_list_model_get_item (dub_region_table_get_model (table), position);

  return g_str_equal (dub_region_row_get_name (row), name);
}

static void
assert_row (DubRegionTable *table,
            guint           position,
            const char     *name)
{
  g_autoptr (DubRegionRow) row = g_list_model_get_item (dub_region_table_get_model (table), position);

  g_assert_cmpstr (dub_region_row_get_name (row), ==, name);
}

static void
test_region_table (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *widget = dub_region_table_new ();
  DubRegionTable *table = DUB_REGION_TABLE (widget);
  DubRegion regions[] = { { 3, (char *) "A", 10, { 0 } }, { 7, (char *) "B", 20, { 0 } }, { 9, (char *) "C", 30, { 0 } } };
  g_autoptr (GArray) densities = g_array_new (FALSE, TRUE, sizeof (DubRegionDensity));
  int jumped = -1;

  for (guint i = 0; i < 3; i++) {
    DubRegionDensity density = { &regions[i], 0.1 * (3 - i), 0.2 };

    g_array_append_val (densities, density);
  }
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 200);
  gtk_widget_show (window);
  g_signal_connect (table, "jump", G_CALLBACK (jump_cb), &jumped);
  dub_region_table_set_regions (table, densities);
  wait_until (g_list_model_get_n_items (dub_region_table_get_model (table)) == 3);
  assert_row (table, 0, "A");
  dub_region_table_select (table, 9);
  g_assert_cmpuint (gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (dub_region_table_get_model (table))), ==, 2);
  g_assert_cmpint (jumped, ==, -1);

  /* New numbers, new order, the same rows, and the selection goes along. */
  g_autoptr (DubRegionRow) last = g_list_model_get_item (dub_region_table_get_model (table), 2);

  g_array_index (densities, DubRegionDensity, 2).density = 0.9;
  dub_region_table_set_regions (table, densities);
  wait_until (row_is (table, 0, "C"));

  g_autoptr (DubRegionRow) first = g_list_model_get_item (dub_region_table_get_model (table), 0);

  g_assert_true (first == last);
  g_assert_cmpuint (gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (dub_region_table_get_model (table))), ==, 0);
  dub_region_table_set_regions (table, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (dub_region_table_get_model (table)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_figure_view (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *view = dub_figure_view_new ();
  DubMaskEnergy rows[5];

  for (guint i = 0; i < 5; i++)
    rows[i] = (DubMaskEnergy) { i, 1.0 / (i + 1), 0.5 / (i + 1), 0.25 / (i + 1), 0.25 / (i + 1) };
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 240);
  dub_figure_view_set_figure (DUB_FIGURE_VIEW (view), dub_energy_figure_new (rows, 5, 5, 4, NULL));
  dub_figure_view_describe (DUB_FIGURE_VIEW (view), "Energy", "sum 0.2");
  gtk_widget_show (window);
  wait_until (gtk_widget_get_mapped (view));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "sum 0.2");
  dub_figure_view_set_cursor (DUB_FIGURE_VIEW (view), 2.0);
  g_assert_cmpfloat (dub_figure_view_get_figure (DUB_FIGURE_VIEW (view))->cursor, ==, 2.0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_slider_is_a_slider (void)
{
  GtkWidget *widget = g_object_ref_sink (dub_lambda_row_new (2, "smoothness"));
  GtkAccessible *scale = GTK_ACCESSIBLE (dub_lambda_row_get_scale (DUB_LAMBDA_ROW (widget)));

  gtk_test_accessible_assert_role (scale, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_test_accessible_assert_property (scale, GTK_ACCESSIBLE_PROPERTY_LABEL, "λ2 smoothness");
  g_object_unref (widget);
}

#define ADD(name, func) g_test_add ("/viewer/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ()) {
    g_print ("1..0 # SKIP there is no display\n");
    return 0;
  }
  adw_init ();

  ADD ("moves", test_moves);
  ADD ("linked", test_linked);
  ADD ("overlay-keys", test_overlay_keys);
  ADD ("window", test_window);
  ADD ("layout", test_layout);
  ADD ("composes", test_composes);
  ADD ("same-space-keeps-place", test_same_space_keeps_place);
  g_test_add_func ("/widgets/clusters", test_clusters);
  g_test_add_func ("/widgets/lambda", test_lambda);
  g_test_add_func ("/widgets/scientific", test_scientific);
  g_test_add_func ("/widgets/region-table", test_region_table);
  g_test_add_func ("/widgets/figure-view", test_figure_view);
  g_test_add_func ("/widgets/slider-is-a-slider", test_slider_is_a_slider);

  return g_test_run ();
}
