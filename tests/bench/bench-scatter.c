/* The latent space at 100 000 points: what a density, a drawing, a frame of panning, of zooming, of a running map, a point under the
 * pointer and a lasso cost. One JSON document.
 *
 * Milliseconds of processor time (least, median, worst of the repeats): of our own in the thread that draws, of whole frames in a real
 * window with what GTK's renderer does; and from one frame to the next on the clock, which says little where others use the machine. Needs a display; `GSK_RENDERER=cairo xvfb-run -s '-screen 0 1280x800x24'
 * bench-scatter [POINTS]`. With a second word, the window is also kept as that PNG.
 */
#include "ui/widgets/scatter-view-private.h"

#include <adwaita.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/data/split.h"

enum { N_REPEATS = 40, N_CLASSES = 9, WIDTH = 810, HEIGHT = 700 };

typedef struct {
  DubLatentPoints points;
  float          *xy;
  guint8         *part, *failed, *selected;
  int            *label, *predicted;
  double         *value;
} Cloud;

static double
normal (GRand *rand)
{
  return sqrt (-2.0 * log (1.0 - g_rand_double (rand))) * cos (2.0 * G_PI * g_rand_double (rand));
}

/* Nine clusters; a quarter of the points is the training set. */
static void
cloud_init (Cloud *self,
            size_t n)
{
  static const char *const NAMES[N_CLASSES + 1] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", NULL };
  GRand *rand = g_rand_new_with_seed (7);

  *self = (Cloud) { .xy = g_new (float, 2 * n), .part = g_new (guint8, n), .failed = g_new (guint8, n),
                    .selected = g_new0 (guint8, n), .label = g_new (int, n), .predicted = g_new (int, n), .value = g_new (double, n) };
  for (size_t i = 0; i < n; i++) {
    int k = g_rand_int_range (rand, 0, N_CLASSES);
    double angle = 2.0 * G_PI * k / N_CLASSES, along = 3.0 * g_rand_double (rand) - 1.5;

    self->xy[2 * i] = (float) (9.0 * cos (angle) + along * cos (angle + 1.0) + 0.9 * normal (rand));
    self->xy[2 * i + 1] = (float) (7.0 * sin (angle) + along * sin (angle + 1.0) + 0.9 * normal (rand));
    self->part[i] = g_rand_double (rand) < 0.25 ? DUB_PART_TRAIN : DUB_PART_TEST;
    self->label[i] = k;
    self->failed[i] = g_rand_double (rand) < 0.1;
    self->predicted[i] = self->failed[i] ? (k + 1) % N_CLASSES : k;
    self->value[i] = g_rand_double (rand);
  }
  self->points = (DubLatentPoints) {
    .n = n, .xy = self->xy, .part = self->part, .label = self->label, .predicted = self->predicted, .failed = self->failed,
    .value = self->value, .classes = NAMES, .value_name = "Entropy", .x_name = "UMAP 1", .y_name = "UMAP 2", .density = TRUE,
    .marks = TRUE, .current = 17,
  };
  g_rand_free (rand);
}

static void
cloud_clear (Cloud *self)
{
  g_free (self->xy);
  g_free (self->part);
  g_free (self->failed);
  g_free (self->selected);
  g_free (self->label);
  g_free (self->predicted);
  g_free (self->value);
}

static double
cpu_milliseconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);

  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec * 1e-6;
}

/* Of all threads, the renderer's part included: what a frame costs, however many others use the machine. */
static double
process_milliseconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);

  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec * 1e-6;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
tell (const char *name,
      double     *ms,
      int         n,
      gboolean    last)
{
  qsort (ms, (size_t) n, sizeof *ms, compare);
  g_print ("    \"%s\": {\"min\": %.3f, \"median\": %.3f, \"max\": %.3f}%s\n", name, ms[0], ms[n / 2], ms[n - 1], last ? "" : ",");
}

/* --- without a window --- */

static void
measure_figure (Cloud *cloud)
{
  static const char *const NAMES[] = { "draw outcome", "draw class", "draw predicted", "draw part", "draw value" };
  double density_ms[N_REPEATS], index_ms[N_REPEATS], pick_ms[N_REPEATS], lasso_ms[N_REPEATS], draw_ms[N_REPEATS];
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  DubLatentPlane plane;
  DubTheme theme;
  g_autoptr (DubLatentDensity) density = NULL;
  g_autoptr (DubLatentIndex) index = NULL;

  dub_theme_init (&theme, DUB_THEME_LIGHT);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);

  dub_latent_plane_fit (&plane, &cloud->points, WIDTH, HEIGHT);
  for (int k = 0; k < N_REPEATS; k++) {
    double corners[2 * 300], start = cpu_milliseconds (), reach = 10.0 * (plane.right - plane.left) / WIDTH;
    size_t n;

    g_clear_pointer (&density, dub_latent_density_free);
    density = dub_latent_density_new (&cloud->points);
    density_ms[k] = cpu_milliseconds () - start;
    start = cpu_milliseconds ();
    g_clear_pointer (&index, dub_latent_index_free);
    index = dub_latent_index_new (&cloud->points);
    index_ms[k] = cpu_milliseconds () - start;
    start = cpu_milliseconds ();
    for (int i = 0; i < 100; i++)
      dub_latent_index_pick (index, &cloud->points, 9.0 * cos (0.1 * i), 7.0 * sin (0.1 * i), reach);
    pick_ms[k] = (cpu_milliseconds () - start) / 100.0;
    for (int i = 0; i < 300; i++) {
      corners[2 * i] = 8.0 * cos (i / 300.0 * 2.0 * G_PI) * (1.0 + 0.1 * sin (0.5 * i));
      corners[2 * i + 1] = 6.0 * sin (i / 300.0 * 2.0 * G_PI);
    }
    start = cpu_milliseconds ();
    g_free (dub_latent_index_inside (index, &cloud->points, corners, 300, &n));
    lasso_ms[k] = cpu_milliseconds () - start;
  }
  tell ("density", density_ms, N_REPEATS, FALSE);
  tell ("index", index_ms, N_REPEATS, FALSE);
  tell ("pick", pick_ms, N_REPEATS, FALSE);
  tell ("lasso of 300 corners", lasso_ms, N_REPEATS, FALSE);
  for (int k = 0; k < N_REPEATS; k++) {
    double start = cpu_milliseconds ();

    dub_latent_density_draw (density, &plane, canvas, WIDTH, HEIGHT);
    draw_ms[k] = cpu_milliseconds () - start;
  }
  tell ("draw density", draw_ms, N_REPEATS, FALSE);
  for (int by = DUB_LATENT_BY_OUTCOME; by <= DUB_LATENT_BY_VALUE; by++) {
    cloud->points.color = (DubLatentColor) by;
    for (int k = 0; k < N_REPEATS; k++) {
      double start = cpu_milliseconds ();

      dub_latent_draw (&cloud->points, density, &plane, canvas, WIDTH, HEIGHT);
      draw_ms[k] = cpu_milliseconds () - start;
    }
    tell (NAMES[by], draw_ms, N_REPEATS, FALSE);
  }
  cloud->points.color = DUB_LATENT_BY_OUTCOME;
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* --- in a window --- */

static void
settle (int milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

static double
snapshot_ms (GtkWidget *view)
{
  double start = cpu_milliseconds ();
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  GTK_WIDGET_GET_CLASS (view)->snapshot (view, snapshot);

  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  double ms = cpu_milliseconds () - start;

  gsk_render_node_unref (node);

  return ms;
}

typedef enum { PAN, ZOOM, MAP, N_KINDS } Kind;

/* One step of what a hand or a running map does. */
static void
step (DubScatterView *view,
      Cloud          *cloud,
      Kind            kind,
      int             k)
{
  if (kind == PAN) {
    _dub_scatter_view_update (view, 400.0 + 9.0 * (k + 1), 350.0 + 4.0 * (k + 1));
  } else if (kind == ZOOM) {
    _dub_scatter_view_zoom (view, k < N_REPEATS / 2 ? 1.1 : 1.0 / 1.1, 300.0, 300.0);
  } else {
    for (size_t i = 0; i < 2 * cloud->points.n; i++)
      cloud->xy[i] *= 1.002f;
    dub_scatter_view_set_points (view, &cloud->points, TRUE);
  }
}

typedef struct {
  DubScatterView *view;
  Cloud          *cloud;
  Kind            kind;
  int             frame;
  gint64          began;
  double          spent;
  double          ms[N_REPEATS], processor[N_REPEATS];
} Frames;

static gboolean
frame_cb (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       data)
{
  Frames *frames = data;
  gint64 now = g_get_monotonic_time ();

  if (frames->frame > 0) {
    frames->ms[frames->frame - 1] = (double) (now - frames->began) * 1e-3;
    frames->processor[frames->frame - 1] = process_milliseconds () - frames->spent;
  }
  frames->began = now;
  frames->spent = process_milliseconds ();
  if (frames->frame == N_REPEATS) {
    frames->frame++;
    return G_SOURCE_REMOVE;
  }
  step (frames->view, frames->cloud, frames->kind, frames->frame++);

  return G_SOURCE_CONTINUE;
}

static void
measure_window (GtkWidget *widget,
                Cloud     *cloud)
{
  static const char *const NAMES[N_KINDS] = { "pan", "zoom", "running map" };
  DubScatterView *view = DUB_SCATTER_VIEW (widget);
  double ms[N_REPEATS];

  for (int kind = PAN; kind < N_KINDS; kind++) {
    g_autofree char *name = g_strdup_printf ("%s: our part of a frame", NAMES[kind]);
    g_autofree char *processor = g_strdup_printf ("%s: a frame with its rendering", NAMES[kind]);
    g_autofree char *on_clock = g_strdup_printf ("%s: frame to frame on the clock", NAMES[kind]);
    Frames frames = { .view = view, .cloud = cloud, .kind = (Kind) kind };
    guint painted = view->n_painted;

    dub_scatter_view_show_all (view);
    settle (700);
    if (kind == PAN)
      _dub_scatter_view_begin (view, TRUE, 400.0, 350.0);
    for (int k = 0; k < N_REPEATS; k++) {
      double start = cpu_milliseconds ();

      step (view, cloud, (Kind) kind, k);
      ms[k] = cpu_milliseconds () - start + snapshot_ms (widget);
    }
    tell (name, ms, N_REPEATS, FALSE);
    g_print ("    \"%s: drawn anew\": %u,\n", NAMES[kind], view->n_painted - painted);
    _dub_scatter_view_cancel (view);
    dub_scatter_view_show_all (view);
    settle (700);
    if (kind == PAN)
      _dub_scatter_view_begin (view, TRUE, 400.0, 350.0);
    gtk_widget_add_tick_callback (widget, frame_cb, &frames, NULL);
    while (frames.frame <= N_REPEATS)
      g_main_context_iteration (NULL, TRUE);
    tell (processor, frames.processor, N_REPEATS, FALSE);
    tell (on_clock, frames.ms, N_REPEATS, kind == MAP);
    _dub_scatter_view_cancel (view);
  }
}

int
main (int   argc,
      char *argv[])
{
  size_t n = argc > 1 ? (size_t) g_ascii_strtoull (argv[1], NULL, 10) : 100000;
  Cloud cloud;

  if (n == 0 || n > 10000000 || !gtk_init_check ()) {
    g_printerr ("bench-scatter needs a display, and POINTS from 1 to 10000000\n");
    return 1;
  }
  adw_init ();
  cloud_init (&cloud, n);

  GtkWidget *window = gtk_window_new (), *view = dub_scatter_view_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_set_titlebar (GTK_WINDOW (window), g_object_new (GTK_TYPE_BOX, "visible", FALSE, NULL));
  dub_scatter_view_set_points (DUB_SCATTER_VIEW (view), &cloud.points, TRUE);
  gtk_widget_show (window);
  settle (700);
  g_print ("{\n  \"points\": %zu, \"width\": %d, \"height\": %d, \"unit\": \"ms\",\n  \"times\": {\n", n,
           gtk_widget_get_width (view), gtk_widget_get_height (view));
  measure_figure (&cloud);
  measure_window (view, &cloud);
  g_print ("  }\n}\n");
  if (argc > 2) {
    dub_scatter_view_show_all (DUB_SCATTER_VIEW (view));
    settle (700);
    cairo_surface_write_to_png (DUB_SCATTER_VIEW (view)->picture, argv[2]);
  }
  dub_scatter_view_set_points (DUB_SCATTER_VIEW (view), NULL, TRUE);
  gtk_window_destroy (GTK_WINDOW (window));
  cloud_clear (&cloud);

  return 0;
}
