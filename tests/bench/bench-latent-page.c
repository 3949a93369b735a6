/* How long the Latent Space page holds the main loop: STUDY.dubito [SECONDS]. Opens the page, lays the study's cases out anew for a
 * while, moves the pointer over them, selects half of them, and tells the longest turns of the main loop (its own
 * processor time) in each of these.
 */
#include <adwaita.h>
#include <time.h>

#include "tests/ui/application.h"
#include "tests/ui/find.h"
#include "ui/pages/latent-page-private.h"

typedef struct {
  double longest, sum;
  guint  n, n_long;
} Turns;

/* Of the main thread alone, so that others' work on the machine is not counted. In ms. */
static double
own_time (void)
{
  struct timespec at;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &at);

  return 1e3 * (double) at.tv_sec + 1e-6 * (double) at.tv_nsec;
}

static void
turn (Turns *turns)
{
  double began = own_time ();

  if (!g_main_context_iteration (NULL, FALSE)) {
    g_usleep (500);
    return;
  }

  double ms = own_time () - began;

  turns->longest = MAX (turns->longest, ms);
  turns->sum += ms;
  turns->n++;
  turns->n_long += ms > 10.0;
}

static void
tell (const char  *what,
      const Turns *turns)
{
  g_print ("%-28s %6u turns, longest %6.1f ms, %u above 10 ms, %.0f ms in all\n", what, turns->n, turns->longest, turns->n_long, turns->sum);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = application_folder ("dubito-bench-XXXXXX");
  double seconds = argc > 2 ? g_ascii_strtod (argv[2], NULL) : 10.0;
  g_autoptr (GError) error = NULL;
  Turns turns = { 0 };

  if (argc < 2) {
    g_printerr ("bench-latent-page STUDY.dubito [SECONDS]\n");
    return 2;
  }
  gtk_init ();
  adw_init ();

  g_autoptr (AdwApplication) application = application_new ();
  DubWindow *window = application_window (application, folder, 1280, 800);

  gtk_window_present (GTK_WINDOW (window));
  if (!dub_session_open (dub_window_get_session (window), argv[1], &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  iterate (1500);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.page", "s", "latent");

  DubLatentPage *page = DUB_LATENT_PAGE (find_widget (GTK_WIDGET (window), DUB_TYPE_LATENT_PAGE));
  DubLatentLive *map = dub_latent_bench_get_map (page->bench, DUB_LATENT_MAIN);
  gint64 began = g_get_monotonic_time ();

  while (dub_latent_bench_get_points (page->bench, DUB_LATENT_MAIN) == NULL)
    turn (&turns);
  g_print ("first places after %.1f s\n", (double) (g_get_monotonic_time () - began) / 1e6);
  tell ("reading", &turns);
  turns = (Turns) { 0 };
  dub_latent_bench_restart (page->bench);
  while (dub_latent_live_get_state (map) == DUB_LATENT_STARTING)
    turn (&turns);
  g_print ("neighbours after %.1f s\n", (double) (g_get_monotonic_time () - began) / 1e6);
  tell ("finding neighbours", &turns);
  turns = (Turns) { 0 };
  began = g_get_monotonic_time ();
  while ((double) (g_get_monotonic_time () - began) < seconds * 1e6)
    turn (&turns);
  g_print ("iteration %u\n", dub_latent_live_get_iteration (map));
  tell ("laying out", &turns);
  dub_latent_bench_pause (page->bench);
  iterate (1000);
  turns = (Turns) { 0 };
  for (int k = 0; k < 40; k++) {
    g_signal_emit_by_name (page->planes[0].view, "hovered", 100 * k, 20.0 * k, 300.0);
    for (int i = 0; i < 20; i++)
      turn (&turns);
  }
  tell ("hovering", &turns);
  turns = (Turns) { 0 };
  double before = own_time ();

  gtk_widget_activate_action (GTK_WIDGET (page), "latent.lasso", "s", "0,-1e6 1e6,-1e6 1e6,1e6 0,1e6");
  g_print ("lasso action %.1f ms\n", own_time () - before);
  for (int i = 0; i < 400; i++)
    turn (&turns);
  tell ("after a lasso", &turns);
  gtk_window_destroy (GTK_WINDOW (window));

  return 0;
}
