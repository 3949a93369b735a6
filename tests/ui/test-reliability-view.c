/* The reliability diagram as a widget: keys, clicks, tooltips, what is drawn anew, and how long that takes. */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/ui/wait.h"
#include "ui/widgets/reliability-view.h"

enum { WIDTH = 380, HEIGHT = 480 };

/* Ten bins: .15 (1 case), .55 (4) and .95 (95) have cases. */
static DubReliabilityFigure *
figure_new (size_t n_bins)
{
  double confidence[100], low[60], high[60];
  gboolean correct[100];
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 100; i++) {
    confidence[i] = i == 0 ? 0.15 : i < 5 ? 0.55 : 0.95;
    correct[i] = i % 4 != 0;
  }

  g_autoptr (DubReliability) bins = dub_reliability_new (confidence, correct, 100, n_bins, &error);

  g_assert_no_error (error);
  for (size_t m = 0; m < n_bins; m++) {
    low[m] = bins->accuracy[m] * 0.9;
    high[m] = bins->accuracy[m] * 0.5 + 0.5;
  }

  const DubReliabilityCurve curve = { .name = "", .bins = bins, .low = low, .high = high, .ece = { .value = 0.1, .low = 0.05, .high = 0.2 } };
  DubReliabilityFigure *self = dub_reliability_figure_new (NULL);

  dub_reliability_figure_add_panel (self, "Before", &curve, 1, FALSE);

  return self;
}

typedef struct {
  GtkWidget            *window, *view;
  DubReliabilityFigure *figure;
  int                   picked, activated;
  guint                 n_picked, n_activated;
} Fixture;

/* As a page does: what is asked for is set. */
static void
picked_cb (DubReliabilityView *view,
           int                 bin,
           Fixture            *fixture)
{
  fixture->picked = bin;
  fixture->n_picked++;
  dub_reliability_view_set_bin (view, bin);
}

static void
activated_cb (DubReliabilityView *view,
              int                 bin,
              Fixture            *fixture)
{
  fixture->activated = bin;
  fixture->n_activated++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->figure = figure_new (10);
  fixture->window = gtk_window_new ();
  fixture->view = dub_reliability_view_new ();
  fixture->picked = fixture->activated = -7;
  g_signal_connect (fixture->view, "picked", G_CALLBACK (picked_cb), fixture);
  g_signal_connect (fixture->view, "activated", G_CALLBACK (activated_cb), fixture);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->view);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDTH, HEIGHT);
  dub_reliability_view_set_figure (DUB_RELIABILITY_VIEW (fixture->view), fixture->figure, 0);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_until (gtk_widget_get_mapped (fixture->view) && gtk_widget_get_height (fixture->view) > 0);
  iterate (150);
  gtk_widget_grab_focus (fixture->view);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  dub_reliability_view_set_figure (DUB_RELIABILITY_VIEW (fixture->view), NULL, 0);
  dub_reliability_figure_free (fixture->figure);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  iterate (20);
}

/* The binding of the widget's class: no window manager is needed for it. */
static gboolean
press_key (Fixture *fixture,
           guint    key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (fixture->view);
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !handled; i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    for (guint k = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) && k < g_list_model_get_n_items (G_LIST_MODEL (controller)); k++) {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
      g_autofree char *name = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));
      g_autofree char *wanted = gtk_accelerator_name (key, 0);

      if (strcmp (name, wanted) == 0)
        handled = gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, fixture->view,
                                                gtk_shortcut_get_arguments (shortcut));
    }
  }

  return handled;
}

static void
test_keys (Fixture       *fixture,
           gconstpointer  data)
{
  /* Nothing is chosen: Enter and Escape are the window's. */
  g_assert_false (press_key (fixture, GDK_KEY_Return));
  g_assert_false (press_key (fixture, GDK_KEY_Escape));
  /* Empty bins are stepped over. */
  g_assert_true (press_key (fixture, GDK_KEY_Right));
  g_assert_cmpint (fixture->picked, ==, 1);
  press_key (fixture, GDK_KEY_Right);
  g_assert_cmpint (fixture->picked, ==, 5);
  press_key (fixture, GDK_KEY_Right);
  g_assert_cmpint (fixture->picked, ==, 9);
  g_assert_cmpuint (fixture->n_picked, ==, 3);
  /* At the end nothing moves, and the key is still the widget's. */
  g_assert_true (press_key (fixture, GDK_KEY_Right));
  g_assert_cmpuint (fixture->n_picked, ==, 3);
  press_key (fixture, GDK_KEY_Left);
  g_assert_cmpint (fixture->picked, ==, 5);
  press_key (fixture, GDK_KEY_End);
  g_assert_cmpint (fixture->picked, ==, 9);
  press_key (fixture, GDK_KEY_Home);
  g_assert_cmpint (fixture->picked, ==, 1);
  g_assert_true (press_key (fixture, GDK_KEY_Return));
  g_assert_cmpint (fixture->activated, ==, 1);
  g_assert_true (press_key (fixture, GDK_KEY_Escape));
  g_assert_cmpint (fixture->picked, ==, -1);
  press_key (fixture, GDK_KEY_Left);
  g_assert_cmpint (fixture->picked, ==, 9);
}

/* The centre of a bin in the plot, as the figure itself would place it. */
static void
place_of (Fixture *fixture,
          double   confidence,
          double  *x,
          double  *y)
{
  int width = gtk_widget_get_width (fixture->view), height = gtk_widget_get_height (fixture->view);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;
  DubReliabilityLayout layout;

  dub_theme_init (&theme, DUB_THEME_LIGHT);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_reliability_figure_draw (fixture->figure, 0, canvas, width, height, &layout);
  *x = dub_figure_layout_to_px_x (&layout.plot, confidence);
  *y = layout.plot.y + layout.plot.height / 2.0;
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
click (Fixture *fixture,
       double   confidence,
       int      n_press)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (fixture->view);
  double x, y;

  place_of (fixture, confidence, &x, &y);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_GESTURE_CLICK (controller))
      g_signal_emit_by_name (controller, "pressed", n_press, x, y);
  }
}

static void
test_clicks (Fixture       *fixture,
             gconstpointer  data)
{
  click (fixture, 0.55, 1);
  g_assert_cmpint (fixture->picked, ==, 5);
  click (fixture, 0.55, 1);
  g_assert_cmpuint (fixture->n_picked, ==, 1);
  g_assert_cmpuint (fixture->n_activated, ==, 0);
  click (fixture, 0.55, 2);
  g_assert_cmpint (fixture->activated, ==, 5);
  /* An empty bin is none; outside of the boxes nothing happens. */
  click (fixture, 0.35, 1);
  g_assert_cmpint (fixture->picked, ==, -1);
  click (fixture, 0.35, 2);
  g_assert_cmpuint (fixture->n_activated, ==, 1);
  click (fixture, 0.95, 1);
  click (fixture, -0.05, 1);
  g_assert_cmpint (fixture->picked, ==, 9);
}

static void
test_tooltip (Fixture       *fixture,
              gconstpointer  data)
{
  GtkTooltip *tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  GtkWidgetClass *klass = GTK_WIDGET_GET_CLASS (fixture->view);
  double x, y;

  g_assert_true (gtk_widget_get_has_tooltip (fixture->view));
  place_of (fixture, 0.55, &x, &y);
  g_assert_true (klass->query_tooltip (fixture->view, (int) x, (int) y, FALSE, tooltip));
  /* An empty bin says that it is one. */
  place_of (fixture, 0.35, &x, &y);
  g_assert_true (klass->query_tooltip (fixture->view, (int) x, (int) y, FALSE, tooltip));
  g_assert_false (klass->query_tooltip (fixture->view, 1, 1, FALSE, tooltip));
  /* Asked for by the keyboard, it is of the chosen bin. */
  g_assert_false (klass->query_tooltip (fixture->view, 0, 0, TRUE, tooltip));
  dub_reliability_view_set_bin (DUB_RELIABILITY_VIEW (fixture->view), 9);
  g_assert_true (klass->query_tooltip (fixture->view, 0, 0, TRUE, tooltip));
  g_object_unref (tooltip);
}

/* A snapshot as the frame clock takes it: once everything, afterwards the frame of the bin alone. */
static double
snapshot_ms (Fixture *fixture)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gint64 begin = g_get_monotonic_time ();

  GTK_WIDGET_GET_CLASS (fixture->view)->snapshot (fixture->view, snapshot);

  double ms = (double) (g_get_monotonic_time () - begin) / 1000.0;
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);

  g_assert_nonnull (node);
  gsk_render_node_unref (node);

  return ms;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const double *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

/* What the slider of bins asks for at every step: another figure, drawn within a frame of 16 ms. The middle one of many, for
 * others work on this machine too. */
static void
test_within_a_frame (Fixture       *fixture,
                     gconstpointer  data)
{
  enum { LEAST = 2, MOST = 50, N = MOST - LEAST + 1 };
  double anew[N], cached[N];

  for (int i = 0; i < N; i++) {
    size_t n_bins = (size_t) (LEAST + i);
    DubReliabilityFigure *figure = figure_new (n_bins);

    dub_reliability_view_set_figure (DUB_RELIABILITY_VIEW (fixture->view), figure, 0);
    dub_reliability_figure_free (fixture->figure);
    fixture->figure = figure;
    dub_reliability_view_set_bin (DUB_RELIABILITY_VIEW (fixture->view), (int) n_bins - 1);
    anew[i] = snapshot_ms (fixture);
    cached[i] = snapshot_ms (fixture);
  }
  qsort (anew, N, sizeof *anew, compare);
  qsort (cached, N, sizeof *cached, compare);
  g_test_message ("%.2f ms with another figure, %.2f ms with the same", anew[N / 2], cached[N / 2]);
  g_assert_cmpfloat (anew[N / 2], <, 16.0);
  g_assert_cmpfloat (cached[N / 2], <, anew[N / 2]);
}

/* A chosen bin beyond a figure of fewer bins is none, and no crash. */
static void
test_fewer_bins (Fixture       *fixture,
                 gconstpointer  data)
{
  DubReliabilityFigure *figure = figure_new (3);

  dub_reliability_view_set_bin (DUB_RELIABILITY_VIEW (fixture->view), 9);
  dub_reliability_view_set_figure (DUB_RELIABILITY_VIEW (fixture->view), figure, 0);
  dub_reliability_figure_free (fixture->figure);
  fixture->figure = figure;
  snapshot_ms (fixture);
  g_assert_false (press_key (fixture, GDK_KEY_Return));
  press_key (fixture, GDK_KEY_Right);
  g_assert_cmpint (fixture->picked, ==, 0);
  dub_reliability_view_set_figure (DUB_RELIABILITY_VIEW (fixture->view), NULL, 0);
  g_assert_false (press_key (fixture, GDK_KEY_Right));
  click (fixture, 0.5, 1);
  g_assert_cmpuint (fixture->n_picked, ==, 1);
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  dub_reliability_view_describe (DUB_RELIABILITY_VIEW (fixture->view), "Reliability before", "ECE 0.1");
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (fixture->view)), ==, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->view), GTK_ACCESSIBLE_PROPERTY_LABEL, "Reliability before");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "ECE 0.1");
  g_assert_true (gtk_widget_get_focusable (fixture->view));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ()) {
    g_print ("1..0 # SKIP no display\n");
    return 0;
  }
  g_test_add ("/reliability-view/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/reliability-view/clicks", Fixture, NULL, set_up, test_clicks, tear_down);
  g_test_add ("/reliability-view/tooltip", Fixture, NULL, set_up, test_tooltip, tear_down);
  g_test_add ("/reliability-view/within-a-frame", Fixture, NULL, set_up, test_within_a_frame, tear_down);
  g_test_add ("/reliability-view/fewer-bins", Fixture, NULL, set_up, test_fewer_bins, tear_down);
  g_test_add ("/reliability-view/accessible", Fixture, NULL, set_up, test_accessible, tear_down);

  return g_test_run ();
}
