/* A frame of the viewer: three panes on 256³ with an overlay, at 1280x800, composed and snapshotted.
 *
 * Needs a display connection; tells our own CPU time, without what the renderer does with the nodes.
 */
#include "ui/widgets/tri-view.h"

#include <adwaita.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { N = 256, N_FRAMES = 100 };

static DubVolume *
ball (double radius,
      double soft)
{
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (N, N, N), NULL);
  const double affine[4][4] = { { 1, 0, 0, -N / 2.0 }, { 0, 1, 0, -N / 2.0 }, { 0, 0, 1, -N / 2.0 }, { 0, 0, 0, 1 } };
  float *v = dub_tensor_f32 (voxels);

  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      for (int k = 0; k < N; k++) {
        double r = sqrt ((i - 128.0) * (i - 128.0) + (j - 128.0) * (j - 128.0) + (k - 128.0) * (k - 128.0));

        *v++ = (float) (1.0 / (1.0 + exp ((r - radius) / soft)) * (0.7 + 0.3 * sin (0.3 * i) * sin (0.2 * j)));
      }

  return dub_volume_new (voxels, affine, NULL);
}

static double
cpu_milliseconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);

  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec * 1e-6;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
settle (int milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

static void
scroll (GtkWidget  *view,
        const char *name,
        int         du,
        int         dv,
        int         dw)
{
  double total[N_FRAMES];
  double compose[N_FRAMES];

  for (int i = 0; i < N_FRAMES; i++) {
    double start = cpu_milliseconds ();

    gtk_widget_activate_action (view, "viewer.move", "(iii)", du * (i < N_FRAMES / 2 ? 1 : -1),
                                dv * (i < N_FRAMES / 2 ? 1 : -1), dw * (i < N_FRAMES / 2 ? 1 : -1));

    GtkSnapshot *snapshot = gtk_snapshot_new ();

    GTK_WIDGET_GET_CLASS (view)->snapshot (view, snapshot);
    for (GtkWidget *child = gtk_widget_get_first_child (view); child != NULL; child = gtk_widget_get_next_sibling (child))
      if (g_str_equal (gtk_widget_get_css_name (child), "slicepane"))
        GTK_WIDGET_GET_CLASS (child)->snapshot (child, snapshot);

    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);

    total[i] = cpu_milliseconds () - start;
    compose[i] = 1e3 * dub_tri_view_get_compose_time (DUB_TRI_VIEW (view));
    gsk_render_node_unref (node);
  }
  qsort (total, N_FRAMES, sizeof (double), compare);
  qsort (compose, N_FRAMES, sizeof (double), compare);
  g_print ("%-10s frame: min %5.2f  median %5.2f  p95 %5.2f ms CPU    (compose: min %5.2f  median %5.2f)\n", name, total[0],
           total[N_FRAMES / 2], total[N_FRAMES * 95 / 100], compose[0], compose[N_FRAMES / 2]);
}

int
main (int   argc,
      char *argv[])
{
  if (!gtk_init_check ()) {
    g_printerr ("bench-viewer needs a display\n");
    return 1;
  }
  adw_init ();

  g_autoptr (DubVolume) base = ball (90.0, 4.0);
  g_autoptr (DubVolume) heat = ball (40.0, 8.0);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *view = dub_tri_view_new ();

  dub_viewer_set_base (dub_tri_view_get_viewer (DUB_TRI_VIEW (view)), base);
  dub_viewer_set_overlay (dub_tri_view_get_viewer (DUB_TRI_VIEW (view)), heat, FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_widget_show (window);
  settle (500);
  g_print ("three panes, %d x %d px\n", gtk_widget_get_width (view), gtk_widget_get_height (view));
  scroll (view, "coronal", 0, 0, 1);
  scroll (view, "sagittal", 1, 0, 0);
  scroll (view, "axial", 0, 1, 0);
  gtk_widget_activate_action (view, "viewer.layout", "i", 2);
  settle (300);
  g_print ("one pane\n");
  scroll (view, "coronal", 0, 0, 1);
  gtk_window_destroy (GTK_WINDOW (window));

  return 0;
}
