/* The dialog that asks a page's figure for a place, and what is told afterwards. */
#include "tests/ui/find.h"
#include "ui/pages/save-figure.h"

typedef struct {
  DubSession *session;
  GtkWidget  *window;
  GtkWidget  *page;
  char       *toast;
  char       *failure;
} Fixture;

static void
toast_cb (DubSession *session,
          const char *text,
          Fixture    *fixture)
{
  g_assert_null (fixture->toast);
  fixture->toast = g_strdup (text);
}

static void
failure_cb (DubSession *session,
            const char *heading,
            const char *message,
            Fixture    *fixture)
{
  g_assert_null (fixture->failure);
  fixture->failure = g_strdup_printf ("%s: %s", heading, message);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->session = dub_session_new (NULL);
  g_signal_connect (fixture->session, "toast", G_CALLBACK (toast_cb), fixture);
  g_signal_connect (fixture->session, "failure", G_CALLBACK (failure_cb), fixture);
  fixture->window = gtk_window_new ();
  fixture->page = gtk_label_new ("page");
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->page);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_signal_handlers_disconnect_by_data (fixture->session, fixture);
  g_assert_finalize_object (fixture->session);
  g_free (fixture->toast);
  g_free (fixture->failure);
}

static GtkWidget *
find_dialog (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *item = windows; item != NULL; item = item->next)
    if (GTK_IS_FILE_CHOOSER_DIALOG (item->data) && gtk_widget_get_visible (item->data))
      return item->data;

  return NULL;
}

static gboolean
save (GtkWidget               *page,
      const char              *path,
      const DubExportOptions  *options,
      GError                 **error)
{
  g_assert_not_reached ();
}

static void
test_one_at_a_time (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GListModel) filters = NULL;
  guint n_dialogs = 0;

  dub_save_figure (fixture->page, fixture->session, DUB_SAVE_FIGURE, "a", save);
  dub_save_figure (fixture->page, fixture->session, DUB_SAVE_NUMBERS, "b", save);
  wait_until (find_dialog () != NULL);
  filters = gtk_file_chooser_get_filters (GTK_FILE_CHOOSER (find_dialog ()));
  g_assert_cmpuint (g_list_model_get_n_items (filters), ==, 3);
  while (find_dialog () != NULL) {
    gtk_dialog_response (GTK_DIALOG (find_dialog ()), GTK_RESPONSE_CANCEL);
    n_dialogs++;
  }
  g_assert_cmpuint (n_dialogs, ==, 1);

  /* After an answer it may be asked again; a cancelled export saves and tells nothing. */
  dub_save_figure (fixture->page, fixture->session, DUB_SAVE_NUMBERS, "b", save);
  wait_until (find_dialog () != NULL);
  gtk_dialog_response (GTK_DIALOG (find_dialog ()), GTK_RESPONSE_CANCEL);
  g_assert_null (fixture->toast);
  g_assert_null (fixture->failure);
}

static void
test_told (Fixture       *fixture,
              gconstpointer  data)
{
  dub_save_tell (fixture->session, "/nowhere/figure.png", &(GError) { DUB_ERROR, DUB_ERROR_IO, (char *) "Disk full." });
  g_assert_true (g_str_has_prefix (fixture->failure, "figure.png was not saved: Disk full."));
  g_assert_nonnull (strstr (fixture->failure, "choose another folder"));
  dub_save_tell (fixture->session, "/tmp/figure.png", NULL);
  g_assert_cmpstr (fixture->toast, ==, "figure.png saved");
}

static void
count_path_cb (GtkWidget  *page,
               const char *path,
               gpointer    data)
{
  guint *n = data;

  g_assert_null (path);
  (*n)++;
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  const DubPathQuestion question = { .title = "Where?", .action = GTK_FILE_CHOOSER_ACTION_OPEN };
  guint n_answers = 0;

  dub_choose_path (fixture->page, &question, count_path_cb, &n_answers, NULL);
  wait_until (find_dialog () != NULL);
  gtk_dialog_response (GTK_DIALOG (find_dialog ()), GTK_RESPONSE_CANCEL);
  wait_until (n_answers == 1);
}

/* A page that goes takes its dialog with it, and nobody is answered. */
static void
test_page_goes (Fixture       *fixture,
                gconstpointer  data)
{
  dub_save_figure (fixture->page, fixture->session, DUB_SAVE_FIGURE, "a", save);
  wait_until (find_dialog () != NULL);
  gtk_window_set_child (GTK_WINDOW (fixture->window), NULL);
  wait_until (find_dialog () == NULL);
  g_assert_null (fixture->toast);
  g_assert_null (fixture->failure);
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
  g_test_add ("/save-figure/one-at-a-time", Fixture, NULL, set_up, test_one_at_a_time, tear_down);
  g_test_add ("/save-figure/told", Fixture, NULL, set_up, test_told, tear_down);
  g_test_add ("/save-figure/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/save-figure/page-goes", Fixture, NULL, set_up, test_page_goes, tear_down);

  return g_test_run ();
}
