/* Training seen from the window: the watched run folders, the process, the page. */
#include <signal.h>
#include <stdlib.h>

#include "tests/ui/find.h"
#include "tests/ui/squares-fixture.h"
#include "ui/model/training.h"
#include "ui/pages/new-runs-dialog.h"
#include "ui/pages/training-page.h"
#include "ui/widgets/run-table.h"

typedef struct {
  char       *root;
  char       *folder; /* of the study */
  DubSession *session;
} Fixture;

static void
iterate_until (gboolean (*good) (gpointer),
               gpointer   data,
               int        seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  while (!good (data) && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->root = squares_new (FALSE, &fixture->folder);
  fixture->session = dub_session_new (NULL);
  g_assert_true (dub_session_open (fixture->session, fixture->folder, &error));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_object (&fixture->session);
  squares_remove (fixture->root);
  g_free (fixture->folder);
}

static gboolean
is_idle (gpointer data)
{
  return !dub_training_is_running (data);
}

static gboolean
two_epochs (gpointer data)
{
  DubRuns *runs = dub_training_get_runs (data);

  return dub_runs_get_n (runs) > 0 && dub_runs_get (runs, 0)->epochs->len >= 2;
}

static void
test_process (Fixture       *fixture,
              gconstpointer  data)
{
  DubTraining *training = dub_training_of_session (fixture->session);
  DubRuns *runs = dub_training_get_runs (training);
  const char *const arguments[] = { "--arch", "mlp", "--epochs", "4", "--augment", "none", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (dub_runs_get_n (runs), ==, 0);
  g_assert_true (dub_training_start (training, arguments, &error));
  g_assert_no_error (error);
  g_assert_true (dub_training_is_running (training));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (dub_session_get_jobs (fixture->session))), ==, 1);
  /* One at a time: two would fight for the processors and for the study. */
  g_assert_false (dub_training_start (training, arguments, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);

  iterate_until (is_idle, training, 120);
  g_assert_false (dub_training_is_running (training));
  g_assert_cmpuint (dub_runs_get_n (runs), ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (dub_runs_get (runs, i)->state, ==, DUB_RUN_STATE_DONE);
    g_assert_cmpuint (dub_runs_get (runs, i)->epochs->len, ==, 4);
  }
  /* The networks are in the study of the window, which was read again, and the job is gone. */
  g_assert_cmpuint (dub_session_get_study (fixture->session)->models->len, ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (dub_session_get_jobs (fixture->session))), ==, 0);
  g_assert_false (dub_training_can_resume (training));
}

static void
count_failure (DubSession *session,
               const char *heading,
               const char *message,
               guint      *count)
{
  (*count)++;
  g_assert_nonnull (strstr (message, "transformer"));
}

static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  DubTraining *training = dub_training_of_session (fixture->session);
  const char *const arguments[] = { "--arch", "transformer", NULL };
  g_autoptr (GError) error = NULL;
  guint n_failures = 0;

  g_signal_connect (fixture->session, "failure", G_CALLBACK (count_failure), &n_failures);
  g_assert_true (dub_training_start (training, arguments, &error));
  iterate_until (is_idle, training, 120);
  g_assert_cmpuint (n_failures, ==, 1);
}

/* Stopped by whoever looks, also where another process began it; resumed to the end. */
static void
test_stop_and_resume (Fixture       *fixture,
                      gconstpointer  data)
{
  DubTraining *training = dub_training_of_session (fixture->session);
  DubRuns *runs = dub_training_get_runs (training);
  const char *program = g_getenv ("DUBITO_CLI");
  const char *const argv[] = { program, "train", "--out", fixture->folder, "--arch", "mlp", "--epochs", "20000", "--augment",
                               "none", "--progress", "none", "--threads", "1", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) stranger = NULL;

  if (program == NULL) {
    g_test_skip ("DUBITO_CLI is not set");
    return;
  }
  stranger = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  iterate_until (two_epochs, training, 120);
  g_assert_true (dub_training_is_running (training));
  g_assert_cmpint (dub_runs_get (runs, 0)->process, ==, atoi (g_subprocess_get_identifier (stranger)));
  g_assert_cmpfloat (dub_training_get_fraction (training), >, 0.0);

  dub_training_stop (training);
  g_assert_true (g_subprocess_wait (stranger, NULL, &error));
  dub_runs_refresh (runs);
  g_assert_false (dub_training_is_running (training));
  g_assert_true (dub_training_can_resume (training));
  g_assert_cmpint (dub_runs_get (runs, 0)->state, ==, DUB_RUN_STATE_STOPPED);
}

static void
keep_arguments (DubNewRunsDialog *dialog,
                GStrv             arguments,
                GStrv            *kept)
{
  *kept = g_strdupv (arguments);
}

static void
test_page (Fixture       *fixture,
           gconstpointer  data)
{
  GtkWidget *window = adw_window_new (), *page = dub_training_page_new (fixture->session);
  DubTraining *training = dub_training_of_session (fixture->session);
  g_auto (GStrv) kept = NULL;

  gtk_window_set_default_size (GTK_WINDOW (window), 1080, 760);
  adw_window_set_content (ADW_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (shows_text (page, "No network was trained here yet"));

  gtk_widget_activate_action (page, "training.start-with", "^as",
                              (const char *[]) { "--arch", "mlp", "--epochs", "3", "--augment", "none", NULL });
  iterate_until (is_idle, training, 120);
  wait_until (!shows_text (page, "No network was trained here yet"));
  wait_until (shows_text (page, "2 runs · 2 done"));
  wait_until (shows_text (page, "3/3"));

  /* What the networks learn from is said, too. */
  g_autoptr (GArray) train = dub_split_indices (dub_session_get_study (fixture->session)->data->split, DUB_PART_TRAIN);
  g_autofree char *badge = g_strdup_printf ("train %u", train->len);

  wait_until (shows_text (page, badge));

  /* The dialog keeps the network of the runs that are there and asks for another loss. */
  DubNewRunsDialog *dialog = dub_new_runs_dialog_new (GTK_WINDOW (window), fixture->session, dub_training_get_runs (training),
                                                      FALSE);

  g_signal_connect (dialog, "accepted", G_CALLBACK (keep_arguments), &kept);
  gtk_window_present (GTK_WINDOW (dialog));
  iterate (1000);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "runs.accept", NULL);
  g_assert_nonnull (kept);
  g_assert_true (g_strv_contains ((const char *const *) kept, "mlp"));
  g_assert_true (g_strv_contains ((const char *const *) kept, "--dca"));
  g_assert_false (g_strv_contains ((const char *const *) kept, "--class-weights"));

  /* Asked for because of a rare class, it weighs the classes and adds no term. */
  g_auto (GStrv) weighted = NULL;

  dialog = dub_new_runs_dialog_new (GTK_WINDOW (window), fixture->session, dub_training_get_runs (training), TRUE);
  g_signal_connect (dialog, "accepted", G_CALLBACK (keep_arguments), &weighted);
  gtk_window_present (GTK_WINDOW (dialog));
  iterate (1000);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "runs.accept", NULL);
  g_assert_nonnull (weighted);
  g_assert_true (g_strv_contains ((const char *const *) weighted, "--class-weights"));
  g_assert_false (g_strv_contains ((const char *const *) weighted, "--dca"));
  gtk_widget_activate_action (page, "training.start-with", "^as", kept);
  iterate_until (is_idle, training, 120);
  wait_until (dub_runs_get_n (dub_training_get_runs (training)) == 4);
  wait_until (shows_text (page, "CE + 15 DCA"));
  wait_until (shows_text (page, "ECE against β"));
  g_assert_nonnull (find_widget (page, DUB_TYPE_RUN_TABLE));
  gtk_window_destroy (GTK_WINDOW (window));
}

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
  g_test_add ("/training/process", Fixture, NULL, set_up, test_process, tear_down);
  g_test_add ("/training/failure", Fixture, NULL, set_up, test_failure, tear_down);
  g_test_add ("/training/stop-and-resume", Fixture, NULL, set_up, test_stop_and_resume, tear_down);
  g_test_add ("/training/page", Fixture, NULL, set_up, test_page, tear_down);

  return g_test_run ();
}
