/* The assistant in the window, walked through by its actions. */
#include "tests/ui/application.h"
#include "tests/ui/data-fixture.h"
#include "tests/ui/find.h"
#include "ui/pages/assistant-page.h"

static char *folder;
static AdwApplication *application;

static DubWindow *
make_window (int width)
{
  return application_window (application, folder, width, 800);
}

static void
open_path (DubWindow  *window,
           const char *path)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_list_store_append (files, file);
  dub_window_open_files (window, G_LIST_MODEL (files));
}

static void
destroy_window (gpointer window)
{
  g_object_add_weak_pointer (window, &window);
  gtk_window_destroy (GTK_WINDOW (window));
  iterate (300);
  g_assert_null (window);
}

/* From a dropped archive to a study without networks. */
static void
test_walk (void)
{
  DubWindow *window = make_window (1280);
  GtkWidget *widget = GTK_WIDGET (window), *page;
  g_autofree char *path = data_fixture_new (folder, "breast-like.npz");
  g_autofree char *made = g_build_filename (folder, "breast-like.dubito", NULL);

  gtk_window_present (GTK_WINDOW (window));
  open_path (window, path);
  wait_for_text (widget, "recognised as a MedMNIST archive, with its own split");
  wait_for_text (widget, "1 near-identical pair with opposite labels");
  g_assert_true (shows_text (widget, "1 near-identical pair"));
  g_assert_true (shows_text (widget, "2 classes"));
  wait_for_text (widget, "What 24 test cases can show");

  page = find_widget (widget, DUB_TYPE_ASSISTANT_PAGE);
  g_assert_nonnull (page);
  dub_assistant_page_set_parent (DUB_ASSISTANT_PAGE (page), folder);

  /* The counts on the page follow the choice. */
  DubNewStudy *study = dub_assistant_page_get_study (DUB_ASSISTANT_PAGE (page));
  DubNewStudyChoices choices = *dub_new_study_get_choices (study);

  choices.split.given = TRUE;
  dub_new_study_set_choices (study, &choices);
  wait_for_text (widget, "What 20 test cases can show");

  g_assert_true (gtk_widget_activate_action (page, "assistant.next", NULL));
  wait_for_text (widget, "What will be done");
  g_assert_true (shows_text (widget, "50 train, 10 calibration, 20 test"));
  g_assert_true (gtk_widget_activate_action (page, "assistant.back", NULL));
  wait_for_text (widget, "recognised as a MedMNIST archive");
  g_assert_true (gtk_widget_activate_action (page, "assistant.next", NULL));
  g_assert_true (gtk_widget_activate_action (page, "assistant.make", NULL));
  for (int i = 0; i < 600 && dub_session_get_study (dub_window_get_session (window)) == NULL; i++)
    iterate (50);

  DubStudy *opened = dub_session_get_study (dub_window_get_session (window));

  g_assert_nonnull (opened);
  g_assert_cmpstr (opened->folder, ==, made);
  g_assert_nonnull (opened->data);
  g_assert_true (opened->data->split->options.given);
  g_assert_cmpuint (opened->models->len, ==, 0);
  iterate (300);
  g_assert_false (gtk_widget_get_mapped (page));
  destroy_window (window);
}

/* What cannot be read is told in the page, and leaving brings the welcome page back. */
static void
test_refusal (void)
{
  DubWindow *window = make_window (800);
  GtkWidget *widget = GTK_WIDGET (window), *page;
  g_autofree char *path = g_build_filename (folder, "broken.npz", NULL);

  g_assert_true (g_file_set_contents (path, "no archive", -1, NULL));
  gtk_window_present (GTK_WINDOW (window));
  iterate (200);
  g_assert_true (gtk_widget_activate_action (widget, "win.new", NULL));
  wait_for_text (widget, "Drop a data set here");
  open_path (window, path);
  wait_for_text (widget, "These data cannot be used as they are");
  g_assert_true (shows_text (widget, "broken.npz"));

  page = find_widget (widget, DUB_TYPE_ASSISTANT_PAGE);
  gtk_widget_activate_action (page, "assistant.next", NULL);
  g_assert_true (shows_text (widget, "Drop a data set here"));
  g_assert_true (gtk_widget_activate_action (page, "assistant.cancel", NULL));
  wait_for_text (widget, "Drop a network and its data");
  destroy_window (window);
}

int
main (int   argc,
      char *argv[])
{
  folder = application_folder ("dubito-assistant-XXXXXX");
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ()) {
    g_print ("1..0 # SKIP no display\n");
    return 0;
  }
  application = application_new ();

  g_test_add_func ("/assistant/walk", test_walk);
  g_test_add_func ("/assistant/refusal", test_refusal);

  int result = g_test_run ();

  g_object_unref (application);
  remove_tree (folder);
  g_free (folder);

  return result;
}
