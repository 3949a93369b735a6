/* The scatter view under a person's hands: what is picked, selected, moved and kept, with a pointer and without. */
#include "ui/widgets/scatter-view-private.h"

#include <adwaita.h>

#include "tests/figures/latent-cloud.h"
#include "tests/ui/wait.h"

typedef struct {
  Cloud          *cloud;
  GtkWidget      *window;
  DubScatterView *view;
  int             hovered, picked, activated; /* -2 = not told yet */
  guint           n_lassoed;
  GArray         *lassoed;   /* of guint */
  gboolean        added;
} Fixture;

static void
hovered_cb (DubScatterView *view,
            int             index,
            double          x,
            double          y,
            Fixture        *fixture)
{
  fixture->hovered = index;
  if (index >= 0) {
    double at[2];

    /* The place told is the point's. */
    _dub_scatter_view_to_data (view, x, y, at);
    g_assert_cmpfloat_with_epsilon (at[0], (double) fixture->cloud->xy[2 * index], 1e-6);
    g_assert_cmpfloat_with_epsilon (at[1], (double) fixture->cloud->xy[2 * index + 1], 1e-6);
  }
}

static void
picked_cb (DubScatterView *view,
           int             index,
           Fixture        *fixture)
{
  fixture->picked = index;
}

static void
activated_cb (DubScatterView *view,
              int             index,
              Fixture        *fixture)
{
  fixture->activated = index;
}

static void
lassoed_cb (DubScatterView *view,
            const guint    *indices,
            guint           n,
            gboolean        add,
            Fixture        *fixture)
{
  g_array_set_size (fixture->lassoed, 0);
  g_array_append_vals (fixture->lassoed, indices, n);
  fixture->n_lassoed++;
  fixture->added = add;
}

/* A row of five along x, the last of which is the training set. */
static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->cloud = cloud_new (5);
  for (int i = 0; i < 5; i++)
    fixture->cloud->xy[2 * i] = (float) (2 * i);
  fixture->cloud->part[4] = DUB_PART_TRAIN;
  fixture->hovered = fixture->picked = fixture->activated = -2;
  fixture->lassoed = g_array_new (FALSE, FALSE, sizeof (guint));
  fixture->window = gtk_window_new ();
  fixture->view = DUB_SCATTER_VIEW (dub_scatter_view_new ());
  g_signal_connect (fixture->view, "hovered", G_CALLBACK (hovered_cb), fixture);
  g_signal_connect (fixture->view, "picked", G_CALLBACK (picked_cb), fixture);
  g_signal_connect (fixture->view, "activated", G_CALLBACK (activated_cb), fixture);
  g_signal_connect (fixture->view, "lassoed", G_CALLBACK (lassoed_cb), fixture);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 600, 500);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->view));
  gtk_widget_show (fixture->window);
  dub_scatter_view_set_points (fixture->view, &fixture->cloud->points, TRUE);
  wait_until (fixture->view->picture != NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  dub_scatter_view_set_points (fixture->view, NULL, TRUE);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_array_unref (fixture->lassoed);
  cloud_free (fixture->cloud);
}

/* Where point @i stands in the widget. */
static void
place_of (Fixture *fixture,
          int      i,
          double  *x,
          double  *y)
{
  const float *at = fixture->cloud->xy + 2 * i;

  _dub_scatter_view_to_widget (fixture->view, (const double[2]) { (double) at[0], (double) at[1] }, x, y);
}

static void
click (Fixture *fixture,
       double   x,
       double   y)
{
  _dub_scatter_view_begin (fixture->view, FALSE, x, y);
  _dub_scatter_view_update (fixture->view, x + 1.0, y - 1.0);
  _dub_scatter_view_end (fixture->view, FALSE);
}

static void
drag (Fixture     *fixture,
      gboolean     pan,
      gboolean     add,
      const double corners[][2],
      int          n)
{
  _dub_scatter_view_begin (fixture->view, pan, corners[0][0], corners[0][1]);
  for (int i = 1; i < n; i++)
    _dub_scatter_view_update (fixture->view, corners[i][0], corners[i][1]);
  _dub_scatter_view_end (fixture->view, add);
}

/* A box around points @from to @to. */
static void
lasso (Fixture *fixture,
       int      from,
       int      to,
       gboolean add)
{
  double x0, x1, y;

  place_of (fixture, from, &x0, &y);
  place_of (fixture, to, &x1, &y);
  drag (fixture, FALSE, add, (const double[][2]) { { x0 - 15, y - 20 }, { x1 + 15, y - 20 }, { x1 + 15, y + 20 }, { x0 - 15, y + 20 } }, 4);
}

static void
test_pick (Fixture       *fixture,
           gconstpointer  data)
{
  double x, y;

  for (int tool = DUB_SCATTER_PAN; tool <= DUB_SCATTER_LASSO; tool++) {
    dub_scatter_view_set_tool (fixture->view, (DubScatterTool) tool);
    for (int i = 0; i < 5; i++) {
      place_of (fixture, i, &x, &y);
      click (fixture, x + 6.0, y + 5.0);
      g_assert_cmpint (fixture->picked, ==, i);
    }
    click (fixture, x, y + 60.0);
    g_assert_cmpint (fixture->picked, ==, -1);
  }
  g_assert_cmpuint (fixture->n_lassoed, ==, 0);
  g_assert_false (fixture->view->moved);
}

static void
test_hover (Fixture       *fixture,
            gconstpointer  data)
{
  double x, y;

  place_of (fixture, 2, &x, &y);
  _dub_scatter_view_hover (fixture->view, x + 3.0, y);
  g_assert_cmpint (fixture->hovered, ==, 2);
  /* Nothing is told twice. */
  fixture->hovered = -2;
  _dub_scatter_view_hover (fixture->view, x + 2.0, y);
  g_assert_cmpint (fixture->hovered, ==, -2);
  _dub_scatter_view_hover (fixture->view, x, y + 80.0);
  g_assert_cmpint (fixture->hovered, ==, -1);
  _dub_scatter_view_hover (fixture->view, x, y);
  _dub_scatter_view_leave (fixture->view);
  g_assert_cmpint (fixture->hovered, ==, -1);
  /* A hand that drags hides the card. */
  _dub_scatter_view_hover (fixture->view, x, y);
  _dub_scatter_view_begin (fixture->view, TRUE, x, y);
  _dub_scatter_view_update (fixture->view, x + 30.0, y);
  g_assert_cmpint (fixture->hovered, ==, -1);
  _dub_scatter_view_cancel (fixture->view);
  /* Points that die are under no pointer. */
  place_of (fixture, 2, &x, &y);
  _dub_scatter_view_hover (fixture->view, x, y);
  g_assert_cmpint (fixture->hovered, ==, 2);
  dub_scatter_view_set_points (fixture->view, NULL, TRUE);
  g_assert_cmpint (fixture->hovered, ==, -1);
  _dub_scatter_view_hover (fixture->view, x, y);
  g_assert_cmpint (fixture->hovered, ==, -1);
}

/* What is taken hold of stays under the pointer, to the last digits, and no other picture is made for it. */
static void
test_pan (Fixture       *fixture,
          gconstpointer  data)
{
  double before[2], after[2], x, y;
  guint painted;

  _dub_scatter_view_to_data (fixture->view, 100.0, 120.0, before);
  _dub_scatter_view_begin (fixture->view, FALSE, 100.0, 120.0);
  _dub_scatter_view_update (fixture->view, 101.0, 130.0);
  wait_until (fixture->view->picture != NULL && fixture->view->margin > 0);
  painted = fixture->view->n_painted;
  for (int k = 0; k < 40; k++) {
    _dub_scatter_view_update (fixture->view, 101.0 + 2 * k, 130.0 + k);
    iterate (5);
  }
  _dub_scatter_view_to_data (fixture->view, 179.0, 169.0, after);
  g_assert_cmpfloat_with_epsilon (before[0], after[0], 1e-12);
  g_assert_cmpfloat_with_epsilon (before[1], after[1], 1e-12);
  g_assert_cmpuint (fixture->view->n_painted, ==, painted);
  /* Further than what was drawn beyond the view. */
  _dub_scatter_view_update (fixture->view, 400.0, 169.0);
  wait_until (fixture->view->n_painted == painted + 1);
  _dub_scatter_view_end (fixture->view, FALSE);
  g_assert_true (fixture->view->moved);

  /* The middle button pans whatever the tool; nothing is lassoed by it. */
  dub_scatter_view_set_tool (fixture->view, DUB_SCATTER_LASSO);
  place_of (fixture, 1, &x, &y);
  drag (fixture, TRUE, FALSE, (const double[][2]) { { 50, 50 }, { 80, 90 } }, 2);
  place_of (fixture, 1, &before[0], &before[1]);
  g_assert_cmpfloat_with_epsilon (before[0] - x, 30.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (before[1] - y, 40.0, 1e-9);
  g_assert_cmpuint (fixture->n_lassoed, ==, 0);
  dub_scatter_view_show_all (fixture->view);
  g_assert_false (fixture->view->moved);
  wait_until (fixture->view->tick == 0);
}

static cairo_surface_t *
copy_of (cairo_surface_t *picture)
{
  int width = cairo_image_surface_get_width (picture), height = cairo_image_surface_get_height (picture);
  cairo_surface_t *copy = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (copy);

  cairo_surface_set_device_scale (copy, 1.0, 1.0);
  cairo_set_source_surface (cr, picture, 0.0, 0.0);
  cairo_paint (cr);
  cairo_destroy (cr);

  return copy;
}

/* What a pan has put together of old and new is what is drawn at once. */
static void
test_shift (Fixture       *fixture,
            gconstpointer  data)
{
  static const double WAYS[][2] = { { 220, 0 }, { 0, 190 }, { -230, 0 }, { 0, -210 }, { 180, 170 }, { -190, -160 }, { 200, -150 } };
  g_autoptr (Cloud) cloud = cloud_new_mixed (3000, 6);
  DubScatterView *view = fixture->view;

  dub_scatter_view_set_points (view, &cloud->points, TRUE);
  wait_until (view->picture != NULL && view->tick == 0);
  for (guint k = 0; k < G_N_ELEMENTS (WAYS); k++) {
    cairo_surface_t *put_together;
    guint painted;

    _dub_scatter_view_begin (view, FALSE, 300.0, 250.0);
    _dub_scatter_view_update (view, 310.0, 250.0);
    wait_until (view->picture != NULL && view->margin > 0);
    painted = view->n_painted;
    _dub_scatter_view_update (view, 310.0 + WAYS[k][0], 250.0 + WAYS[k][1]);
    wait_until (view->n_painted > painted);
    put_together = copy_of (view->picture);
    g_clear_pointer (&view->picture, cairo_surface_destroy);
    gtk_widget_queue_draw (GTK_WIDGET (view));
    wait_until (view->picture != NULL);

    cairo_surface_t *at_once = copy_of (view->picture);
    int stride = cairo_image_surface_get_stride (at_once), rows = cairo_image_surface_get_height (at_once), n_differ = 0;

    g_assert_cmpint (cairo_image_surface_get_height (put_together), ==, rows);
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < stride; x++)
        n_differ += abs (cairo_image_surface_get_data (put_together)[y * stride + x]
                         - cairo_image_surface_get_data (at_once)[y * stride + x]) > 16;
    /* A mark may lie on the border between two quarters of a pixel. */
    g_assert_cmpint (n_differ, <, stride * rows / 2000);
    cairo_surface_destroy (put_together);
    cairo_surface_destroy (at_once);
    _dub_scatter_view_end (view, FALSE);
  }
  dub_scatter_view_set_points (view, NULL, TRUE);
}

static void
test_zoom (Fixture       *fixture,
           gconstpointer  data)
{
  DubLatentPlane whole = fixture->view->plane;
  double before[2], after[2];

  _dub_scatter_view_to_data (fixture->view, 77.0, 310.0, before);
  _dub_scatter_view_zoom (fixture->view, 2.0, 77.0, 310.0);
  _dub_scatter_view_to_data (fixture->view, 77.0, 310.0, after);
  g_assert_cmpfloat_with_epsilon (before[0], after[0], 1e-9);
  g_assert_cmpfloat_with_epsilon (before[1], after[1], 1e-9);
  g_assert_cmpfloat_with_epsilon ((whole.right - whole.left) / (fixture->view->plane.right - fixture->view->plane.left), 2.0, 1e-9);
  /* There is an end in both directions, and the way back is open from either. */
  for (int k = 0; k < 200; k++)
    _dub_scatter_view_zoom (fixture->view, 1.5, 10.0, 10.0);
  g_assert_cmpfloat (fixture->view->plane.right - fixture->view->plane.left, >, 0.0004 * (whole.right - whole.left));
  for (int k = 0; k < 200; k++)
    _dub_scatter_view_zoom (fixture->view, 1.0 / 1.5, 300.0, 250.0);
  g_assert_cmpfloat (fixture->view->plane.right - fixture->view->plane.left, <, 10.1 * (whole.right - whole.left));
  iterate (50);

  /* A box: its middle comes to the middle, all of it is seen, a unit stays square. */
  dub_scatter_view_show_all (fixture->view);
  wait_until (fixture->view->tick == 0);
  dub_scatter_view_set_tool (fixture->view, DUB_SCATTER_ZOOM);
  _dub_scatter_view_to_data (fixture->view, 150.0, 200.0, before);
  drag (fixture, FALSE, FALSE, (const double[][2]) { { 200, 220 }, { 150, 190 }, { 100, 180 } }, 3);
  g_assert_cmpfloat_with_epsilon (0.5 * (fixture->view->plane.left + fixture->view->plane.right), before[0], 1e-9);
  g_assert_cmpfloat_with_epsilon (0.5 * (fixture->view->plane.top + fixture->view->plane.bottom), before[1], 1e-9);
  g_assert_cmpfloat_with_epsilon ((fixture->view->plane.right - fixture->view->plane.left) / fixture->view->width,
                                  (fixture->view->plane.top - fixture->view->plane.bottom) / fixture->view->height, 1e-12);
  g_assert_cmpfloat_with_epsilon ((whole.right - whole.left) / (fixture->view->plane.right - fixture->view->plane.left),
                                  fixture->view->width / 100.0, 1e-6);
}

static void
test_lasso (Fixture       *fixture,
            gconstpointer  data)
{
  dub_scatter_view_set_tool (fixture->view, DUB_SCATTER_LASSO);
  lasso (fixture, 1, 3, FALSE);
  g_assert_cmpuint (fixture->n_lassoed, ==, 1);
  g_assert_cmpuint (fixture->lassoed->len, ==, 3);
  for (guint k = 0; k < 3; k++)
    g_assert_cmpuint (g_array_index (fixture->lassoed, guint, k), ==, k + 1);
  g_assert_false (fixture->added);
  g_assert_cmpuint (fixture->view->lassos->len, ==, 1);
  dub_scatter_view_set_pill (fixture->view, "3 / 4");
  iterate (60);
  /* Shift adds, and both stay drawn; without it the old one goes. */
  lasso (fixture, 0, 0, TRUE);
  g_assert_true (fixture->added);
  g_assert_cmpuint (fixture->lassoed->len, ==, 1);
  g_assert_cmpuint (fixture->view->lassos->len, ==, 2);
  lasso (fixture, 2, 2, FALSE);
  g_assert_cmpuint (fixture->view->lassos->len, ==, 1);
  /* Another selection comes from elsewhere. */
  dub_scatter_view_set_pill (fixture->view, NULL);
  g_assert_cmpuint (fixture->view->lassos->len, ==, 0);
  /* One that is broken off selects nothing and leaves nothing. */
  _dub_scatter_view_begin (fixture->view, FALSE, 10.0, 10.0);
  _dub_scatter_view_update (fixture->view, 90.0, 10.0);
  _dub_scatter_view_update (fixture->view, 90.0, 90.0);
  iterate (40);
  g_assert_cmpuint (fixture->view->lassos->len, ==, 1);
  _dub_scatter_view_cancel (fixture->view);
  g_assert_cmpuint (fixture->view->lassos->len, ==, 0);
  g_assert_cmpuint (fixture->n_lassoed, ==, 3);
  /* Around nobody. */
  drag (fixture, FALSE, FALSE, (const double[][2]) { { 5, 5 }, { 40, 5 }, { 40, 40 } }, 3);
  g_assert_cmpuint (fixture->n_lassoed, ==, 4);
  g_assert_cmpuint (fixture->lassoed->len, ==, 0);
}

/* A map that runs: the plane follows it, until the person moves it; a hand is not stopped by it. */
static void
test_follow (Fixture       *fixture,
             gconstpointer  data)
{
  DubLatentPlane plane = fixture->view->plane, fit;

  for (int i = 0; i < 5; i++)
    fixture->cloud->xy[2 * i] *= 1.2f;
  dub_scatter_view_set_points (fixture->view, &fixture->cloud->points, TRUE);
  dub_latent_plane_fit (&fit, &fixture->cloud->points, fixture->view->width, fixture->view->height);
  wait_until (fixture->view->tick == 0);
  g_assert_cmpfloat (fixture->view->plane.right, >, plane.right);
  g_assert_cmpfloat_with_epsilon (fixture->view->plane.right, fit.right, 1e-6);

  _dub_scatter_view_begin (fixture->view, TRUE, 100.0, 100.0);
  _dub_scatter_view_update (fixture->view, 130.0, 110.0);
  plane = fixture->view->plane;
  for (int i = 0; i < 5; i++)
    fixture->cloud->xy[2 * i] *= 1.5f;
  dub_scatter_view_set_points (fixture->view, &fixture->cloud->points, TRUE);
  iterate (60);
  g_assert_cmpfloat (fixture->view->plane.right, ==, plane.right);
  g_assert_cmpint (fixture->view->hand, ==, DUB_SCATTER_PANNING);
  _dub_scatter_view_update (fixture->view, 140.0, 110.0);
  g_assert_cmpfloat (fixture->view->plane.right, <, plane.right);
  _dub_scatter_view_end (fixture->view, FALSE);

  /* Colours and the current case move nothing, and what is hovered stays. */
  plane = fixture->view->plane;
  fixture->cloud->points.current = 3;
  dub_scatter_view_set_points (fixture->view, &fixture->cloud->points, FALSE);
  iterate (40);
  g_assert_cmpfloat (fixture->view->plane.left, ==, plane.left);

  /* All of another world at once. */
  dub_scatter_view_show_all (fixture->view);
  wait_until (fixture->view->tick == 0);
  for (int i = 0; i < 5; i++)
    fixture->cloud->xy[2 * i] *= 1000.0f;
  dub_scatter_view_set_points (fixture->view, &fixture->cloud->points, TRUE);
  g_assert_cmpuint (fixture->view->tick, ==, 0);
  dub_latent_plane_fit (&fit, &fixture->cloud->points, fixture->view->width, fixture->view->height);
  g_assert_cmpfloat (fixture->view->plane.right, ==, fit.right);
}

static void
test_arrows (Fixture       *fixture,
             gconstpointer  data)
{
  double x, y;

  /* From nowhere: from the side that the arrow comes from, then along the row; the training case is none to stop at. */
  for (int i = 0; i < 4; i++) {
    g_assert_true (_dub_scatter_view_step (fixture->view, 1, 0));
    g_assert_cmpint (fixture->picked, ==, i);
    fixture->cloud->points.current = i;
    dub_scatter_view_set_points (fixture->view, &fixture->cloud->points, FALSE);
  }
  fixture->picked = -2;
  g_assert_true (_dub_scatter_view_step (fixture->view, 1, 0));
  g_assert_true (_dub_scatter_view_step (fixture->view, 0, 1));
  g_assert_cmpint (fixture->picked, ==, -2);
  g_assert_true (_dub_scatter_view_step (fixture->view, -1, 0));
  g_assert_cmpint (fixture->picked, ==, 2);

  /* What is reached is seen. */
  _dub_scatter_view_zoom (fixture->view, 30.0, 0.0, 0.0);
  fixture->cloud->points.current = 2;
  g_assert_true (_dub_scatter_view_step (fixture->view, -1, 0));
  g_assert_cmpint (fixture->picked, ==, 1);
  place_of (fixture, 1, &x, &y);
  g_assert_true (x > 20.0 && x < fixture->view->width - 20.0 && y > 20.0 && y < fixture->view->height - 20.0);
}

static gboolean
press (Fixture         *fixture,
       guint            key,
       GdkModifierType  state)
{
  GListModel *controllers = gtk_widget_observe_controllers (GTK_WIDGET (fixture->view));
  gboolean found = FALSE;

  /* The class's bindings, as a key event would find them. */
  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !found; i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
      continue;
    for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (controller)) && !found; k++) {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

      if (GTK_IS_KEYVAL_TRIGGER (trigger) && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key
          && gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == state)
        found = gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, GTK_WIDGET (fixture->view),
                                              gtk_shortcut_get_arguments (shortcut));
    }
  }
  g_object_unref (controllers);

  return found;
}

static void
test_keys (Fixture       *fixture,
           gconstpointer  data)
{
  double width = fixture->view->plane.right - fixture->view->plane.left, left;

  g_assert_true (press (fixture, GDK_KEY_plus, 0));
  g_assert_cmpfloat (fixture->view->plane.right - fixture->view->plane.left, <, width);
  g_assert_true (press (fixture, GDK_KEY_minus, 0));
  g_assert_cmpfloat_with_epsilon (fixture->view->plane.right - fixture->view->plane.left, width, 1e-9);
  left = fixture->view->plane.left;
  g_assert_true (press (fixture, GDK_KEY_Right, GDK_SHIFT_MASK));
  g_assert_cmpfloat (fixture->view->plane.left, >, left);
  g_assert_true (press (fixture, GDK_KEY_Home, 0));
  wait_until (fixture->view->tick == 0);
  g_assert_cmpfloat_with_epsilon (fixture->view->plane.left, left, 1e-9);
  g_assert_false (fixture->view->moved);
  g_assert_false (press (fixture, GDK_KEY_Escape, 0));

  g_assert_true (press (fixture, GDK_KEY_Left, 0));
  g_assert_cmpint (fixture->picked, ==, 3);
  g_assert_false (press (fixture, GDK_KEY_Return, 0));
  fixture->cloud->points.current = 3;
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpint (fixture->activated, ==, 3);

  /* All that is seen, training cases as far as they are marked. */
  g_assert_true (press (fixture, GDK_KEY_a, GDK_CONTROL_MASK));
  g_assert_cmpuint (fixture->lassoed->len, ==, 5);
  fixture->cloud->points.marks = FALSE;
  dub_scatter_view_set_points (fixture->view, &fixture->cloud->points, FALSE);
  g_assert_true (press (fixture, GDK_KEY_a, GDK_CONTROL_MASK));
  g_assert_cmpuint (fixture->lassoed->len, ==, 4);
}

/* A resized window keeps what is in the middle, or shows all. */
static void
test_resize (Fixture       *fixture,
             gconstpointer  data)
{
  DubScatterView *view = fixture->view;
  double x, y, pixel;

  gtk_widget_size_allocate (GTK_WIDGET (view), &(GtkAllocation) { 0, 0, 400, 300 }, -1);
  place_of (fixture, 0, &x, &y);
  g_assert_true (x > 0.0 && x < 400.0 && y > 0.0 && y < 300.0);
  _dub_scatter_view_zoom (view, 3.0, 200.0, 150.0);
  x = 0.5 * (view->plane.left + view->plane.right);
  pixel = (view->plane.right - view->plane.left) / 400.0;
  gtk_widget_size_allocate (GTK_WIDGET (view), &(GtkAllocation) { 0, 0, 500, 360 }, -1);
  g_assert_cmpfloat_with_epsilon (0.5 * (view->plane.left + view->plane.right), x, 1e-9);
  g_assert_cmpfloat_with_epsilon ((view->plane.right - view->plane.left) / 500.0, pixel, 1e-12);
}

/* Nothing, one, many in one place, no values at all: all hands may move over it. */
static void
test_few (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (Cloud) cloud = cloud_new (3);

  for (size_t n = 0; n <= 3; n++) {
    cloud->points.n = n;
    cloud->points.color = n == 3 ? DUB_LATENT_BY_VALUE : DUB_LATENT_BY_OUTCOME;
    for (size_t i = 0; i < 3; i++)
      cloud->value[i] = (double) NAN;
    dub_scatter_view_set_points (fixture->view, &cloud->points, TRUE);
    for (int tool = DUB_SCATTER_PAN; tool <= DUB_SCATTER_LASSO; tool++) {
      dub_scatter_view_set_tool (fixture->view, (DubScatterTool) tool);
      _dub_scatter_view_hover (fixture->view, 300.0, 250.0);
      _dub_scatter_view_zoom (fixture->view, 1.3, 300.0, 250.0);
      click (fixture, 300.0, 250.0);
      drag (fixture, FALSE, TRUE, (const double[][2]) { { 20, 20 }, { 500, 30 }, { 400, 480 } }, 3);
      _dub_scatter_view_step (fixture->view, 0, -1);
      press (fixture, GDK_KEY_a, GDK_CONTROL_MASK);
      iterate (30);
    }
    dub_scatter_view_show_all (fixture->view);
  }
  dub_scatter_view_set_points (fixture->view, NULL, TRUE);
  for (int tool = DUB_SCATTER_PAN; tool <= DUB_SCATTER_LASSO; tool++) {
    dub_scatter_view_set_tool (fixture->view, (DubScatterTool) tool);
    click (fixture, 300.0, 250.0);
    drag (fixture, FALSE, TRUE, (const double[][2]) { { 20, 20 }, { 500, 30 }, { 400, 480 } }, 3);
    _dub_scatter_view_zoom (fixture->view, 1.3, 300.0, 250.0);
    press (fixture, GDK_KEY_Home, 0);
    press (fixture, GDK_KEY_Down, 0);
    iterate (20);
  }
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkAccessible *view = GTK_ACCESSIBLE (fixture->view);

  dub_scatter_view_describe (fixture->view, "Latent space", "4 test cases over 1 training case");
  gtk_test_accessible_assert_role (view, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Latent space");
  gtk_test_accessible_assert_property (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "4 test cases over 1 training case");
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (fixture->view)));
}

#define ADD(name, func) g_test_add ("/scatter-view/" name, Fixture, NULL, set_up, func, tear_down)

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
  ADD ("pick", test_pick);
  ADD ("hover", test_hover);
  ADD ("pan", test_pan);
  ADD ("shift", test_shift);
  ADD ("zoom", test_zoom);
  ADD ("lasso", test_lasso);
  ADD ("follow", test_follow);
  ADD ("arrows", test_arrows);
  ADD ("keys", test_keys);
  ADD ("resize", test_resize);
  ADD ("few", test_few);
  ADD ("accessible", test_accessible);

  return g_test_run ();
}
