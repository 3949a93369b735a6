/* The window, the welcome page, preferences and rows, on a real display connection. */
#include <glib/gstdio.h>

#include "app/dub-preferences.h"
#include "app/dub-study-dialog.h"
#include "core/base/error.h"
#include "tests/ui/application.h"
#include "tests/ui/find.h"
#include "tests/ui/mask-fixture.h"
#include "tests/ui/squares-fixture.h"
#include "ui/pages/welcome-page.h"
#include "ui/widgets/job-row.h"

static char *data_folder;
static AdwApplication *application;

/* The window must be gone after it was closed, with everything in it. */
static void
destroy_window (gpointer window)
{
  g_object_add_weak_pointer (window, &window);
  gtk_window_destroy (GTK_WINDOW (window));
  wait_until (window == NULL);
}

static AdwMessageDialog *
find_dialog (DubWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  AdwMessageDialog *dialog = NULL;

  for (GList *item = windows; item != NULL; item = item->next)
    if (ADW_IS_MESSAGE_DIALOG (item->data) && gtk_window_get_transient_for (item->data) == GTK_WINDOW (window))
      dialog = item->data;

  return dialog;
}

/* Answers the question that stands above @window. */
static void
answer (DubWindow  *window,
        const char *response)
{
  AdwMessageDialog *dialog;

  wait_until (find_dialog (window) != NULL);
  dialog = find_dialog (window);
  iterate (50);
  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog));
  iterate (200);
}

static DubWindow *
make_window (int width)
{
  return application_window (application, data_folder, width, 700);
}

static DubStudy *
make_study (gboolean with_case)
{
  DubStudy *study = dub_study_new ("Test study");

  if (with_case)
    dub_study_add_case (study, "sub-1", "/nowhere/sub-1.nii", -1);

  return study;
}

static void
test_welcome (void)
{
  DubWindow *window = make_window (1280);

  gtk_window_present (GTK_WINDOW (window));
  wait_until (shows_text (GTK_WIDGET (window), "Drop a network and its data"));
  g_assert_true (shows_text (GTK_WIDGET (window), "Studies that you open are listed here."));
  g_assert_true (shows_text (GTK_WIDGET (window), "Atrophy masks"));
  destroy_window (window);
}

/* The cards tell whether a demo has to be made, goes on being made, or is there. */
static void
test_demos (void)
{
  g_autofree char *lesions = g_build_filename (data_folder, "dubito", "lesions-demo.dubito", NULL);
  g_autofree char *brain = g_build_filename (data_folder, "dubito", "brain-demo.dubito", NULL);
  g_autofree char *truth = g_build_filename (lesions, "truth.csv", NULL);
  g_autofree char *study = g_build_filename (brain, "study.json", NULL);
  DubWindow *window = make_window (1280);

  gtk_window_present (GTK_WINDOW (window));
  wait_until (shows_text (GTK_WIDGET (window), "Doubtful lesions"));
  g_assert_true (shows_text (GTK_WIDGET (window), "Make it and open it · about 2 min"));
  g_assert_true (shows_text (GTK_WIDGET (window), "Make it and open it · about 3 min"));
  g_assert_true (shows_text (GTK_WIDGET (window), "made on this machine, once"));
  destroy_window (window);

  /* What a stopped making leaves, and a demo that is there. */
  g_assert_cmpint (g_mkdir_with_parents (lesions, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (brain, 0700), ==, 0);
  g_assert_true (g_file_set_contents (truth, "id\n", -1, NULL));
  g_assert_true (g_file_set_contents (study, "{}", -1, NULL));
  window = make_window (1280);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (shows_text (GTK_WIDGET (window), "Go on making it, and open it"));
  g_assert_true (shows_text (GTK_WIDGET (window), "24 volumes · 2 mm · 1 network"));
  g_assert_true (shows_text (GTK_WIDGET (window), "made on this machine, once"));
  destroy_window (window);
  g_remove (truth);
  g_remove (study);
  g_remove (lesions);
  g_remove (brain);
}

/* One half is kept and the other is asked for. */
static void
test_pending (void)
{
  DubWindow *window = make_window (1280);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree char *path = g_build_filename (data_folder, "patch.onnx", NULL), *written = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  gtk_window_present (GTK_WINDOW (window));
  g_list_store_append (files, file);
  dub_window_open_files (window, G_LIST_MODEL (files));
  wait_until (shows_text (GTK_WIDGET (window), "“patch.onnx” is not there"));

  written = fixture_network (data_folder, "patch.onnx", 2);
  g_assert_cmpstr (written, ==, path);
  dub_window_open_files (window, G_LIST_MODEL (files));
  wait_until (shows_text (GTK_WIDGET (window), "patch.onnx is ready: now drop a brain"));
  g_remove (path);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.forget-pending", NULL);
  wait_until (shows_text (GTK_WIDGET (window), "Drop a network and its data"));
  destroy_window (window);
}

/* Opens @name of the data folder with @text in it, and expects a dialog that says @heading and @reason. */
static void
check_refusal (const char *name,
               const char *text,
               const char *heading,
               const char *reason)
{
  DubWindow *window = make_window (1280);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree char *path = g_build_filename (data_folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  gtk_window_present (GTK_WINDOW (window));
  g_list_store_append (files, file);
  dub_window_open_files (window, G_LIST_MODEL (files));
  wait_until (find_dialog (window) != NULL);
  g_assert_cmpstr (adw_message_dialog_get_heading (find_dialog (window)), ==, heading);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (find_dialog (window)), reason));
  answer (window, "close");
  wait_until (shows_text (GTK_WIDGET (window), "Drop a network and its data"));
  g_remove (path);
  destroy_window (window);
}

/* What cannot be opened is told with its reason, and nothing of it stays on the page. */
static void
test_broken (void)
{
  check_refusal ("study.json", "{\"format\": ", "The study could not be opened", "study.json");
  check_refusal ("broken.onnx", "no network", "This file cannot be read", "broken.onnx");
  check_refusal ("broken.nii", "no volume", "This file cannot be read", "broken.nii");
}

static void
test_study (void)
{
  DubWindow *window = make_window (1280);
  DubSession *session = dub_window_get_session (window);
  g_autoptr (DubStudy) study = make_study (TRUE);

  gtk_window_present (GTK_WINDOW (window));
  dub_session_set_study (session, study);
  wait_until (shows_text (GTK_WIDGET (window), "Test study"));
  wait_until (shows_text (GTK_WIDGET (window), "sub-1"));
  wait_until (shows_text (GTK_WIDGET (window), "This study has no network"));

  /* A job appears in the foot, and goes when it is over. */
  g_autoptr (DubJob) job = dub_job_new ("Mask · sub-1");

  dub_job_set_stage (job, "90 / 300");
  dub_job_set_fraction (job, 0.3);
  dub_jobs_add (dub_session_get_jobs (session), job);
  wait_until (shows_text (GTK_WIDGET (window), "90 / 300"));
  dub_job_finish (job, NULL);
  wait_until (!shows_text (GTK_WIDGET (window), "90 / 300"));

  /* A study in memory is not lost without a question. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close-study", NULL);
  answer (window, "cancel");
  g_assert_true (dub_session_get_study (session) == study);
  gtk_window_close (GTK_WINDOW (window));
  answer (window, "cancel");
  g_assert_true (dub_session_get_study (session) == study);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close-study", NULL);
  answer (window, "discard");
  g_assert_null (dub_session_get_study (session));
  g_assert_true (shows_text (GTK_WIDGET (window), "Drop a network and its data"));
  destroy_window (window);
}

/* What is dropped while the question is asked is what the assistant begins with when it is answered. */
static void
test_drop_beside_unsaved (void)
{
  DubWindow *window = make_window (1280);
  DubSession *session = dub_window_get_session (window);
  g_autoptr (DubStudy) study = make_study (TRUE);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree char *path = g_build_filename (data_folder, "answers.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, "label,p_0,p_1\n0,0.9,0.1\n1,0.2,0.8\n1,0.6,0.4\n", -1, NULL));
  g_list_store_append (files, file);
  gtk_window_present (GTK_WINDOW (window));
  dub_session_set_study (session, study);
  dub_window_open_files (window, G_LIST_MODEL (files));
  answer (window, "discard");
  g_assert_null (dub_session_get_study (session));
  wait_until (shows_text (GTK_WIDGET (window), "answers"));
  wait_until (shows_text (GTK_WIDGET (window), "3"));
  g_remove (path);
  destroy_window (window);
}

/* A network that is dropped on a study of a data set is imported with these data; it is no network for volumes. */
static void
test_network_beside_data (void)
{
  DubWindow *window = make_window (1280);
  DubSession *session = dub_window_get_session (window);
  g_autofree char *folder = NULL;
  char *root = squares_new (FALSE, &folder);
  g_autofree char *path = fixture_network (data_folder, "beside.onnx", 2);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (dub_window_open_study (window, folder));
  g_list_store_append (files, file);
  dub_window_open_files (window, G_LIST_MODEL (files));
  g_assert_cmpuint (dub_session_get_study (session)->models->len, ==, 0);
  wait_until (shows_text (GTK_WIDGET (window), "squares.npz"));
  wait_until (shows_text (GTK_WIDGET (window), "beside.onnx"));
  g_remove (path);
  destroy_window (window);
  squares_remove (root);
}

static void
test_undo_actions (void)
{
  DubWindow *window = make_window (1280);
  DubSession *session = dub_window_get_session (window);
  g_autoptr (DubStudy) study = make_study (FALSE);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree char *path = g_build_filename (data_folder, "sub-2.nii.gz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  dub_session_set_study (session, study);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_list_store_append (files, file);
  dub_window_open_files (window, G_LIST_MODEL (files));
  g_remove (path);
  g_assert_cmpuint (study->cases->len, ==, 1);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.undo", NULL));
  g_assert_cmpuint (study->cases->len, ==, 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.redo", NULL));
  g_assert_cmpuint (study->cases->len, ==, 1);
  destroy_window (window);
}

static void
test_fold (void)
{
  DubWindow *narrow = make_window (800), *wide = make_window (1280);
  g_autoptr (DubStudy) study = make_study (TRUE);

  gtk_window_present (GTK_WINDOW (narrow));
  dub_session_set_study (dub_window_get_session (narrow), study);
  wait_until (adw_leaflet_get_folded (ADW_LEAFLET (find_widget (GTK_WIDGET (narrow), ADW_TYPE_LEAFLET))));
  gtk_widget_activate_action (GTK_WIDGET (narrow), "win.toggle-sidebar", NULL);
  wait_until (g_strcmp0 (adw_leaflet_get_visible_child_name (ADW_LEAFLET (find_widget (GTK_WIDGET (narrow), ADW_TYPE_LEAFLET))),
                         "sidebar") == 0);
  destroy_window (narrow);

  gtk_window_present (GTK_WINDOW (wide));
  dub_session_set_study (dub_window_get_session (wide), study);
  wait_until (gtk_widget_get_width (GTK_WIDGET (wide)) > 0);
  wait_until (!adw_leaflet_get_folded (ADW_LEAFLET (find_widget (GTK_WIDGET (wide), ADW_TYPE_LEAFLET))));
  destroy_window (wide);
}

static void
test_schemes (void)
{
  DubWindow *window = make_window (1280);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  gtk_window_present (GTK_WINDOW (window));
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  wait_until (adw_style_manager_get_dark (manager));
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  wait_until (!adw_style_manager_get_dark (manager));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.color-scheme", "s", "dark");
  g_assert_cmpstr (dub_settings_state_get_color_scheme (dub_session_get_settings (dub_window_get_session (window))), ==,
                   "dark");
  destroy_window (window);
}

static void
test_preferences (void)
{
  g_autoptr (DubSettingsState) settings = dub_settings_state_new ();
  GtkWidget *window = dub_preferences_new (settings);

  g_object_set (settings, "radiological", FALSE, "figure-preset", "single", "overlay-map", "viridis", NULL);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (window));
  /* A value that the rows do not know is left as it is. */
  g_object_set (settings, "overlay-map", "rainbow", NULL);
  g_assert_cmpstr (dub_settings_state_get_overlay_map (settings), ==, "rainbow");
  g_assert_false (dub_settings_state_get_radiological (settings));
  destroy_window (window);
}

static void
created_cb (DubStudyDialog *dialog,
            DubStudy       *study,
            gboolean       *created)
{
  *created = TRUE;
}

/* Files that are no network and no volume are named, and nothing can be created from them. */
static void
test_dialog_bad_files (void)
{
  g_autofree char *network = g_build_filename (data_folder, "bad.onnx", NULL);
  g_autofree char *volume = g_build_filename (data_folder, "bad.nii", NULL);
  char *networks[] = { network, NULL }, *volumes[] = { volume, NULL };
  gboolean created = FALSE;

  g_assert_true (g_file_set_contents (network, "this is no protobuf", -1, NULL));
  g_assert_true (g_file_set_contents (volume, "nor is this a brain", -1, NULL));

  DubStudyDialog *dialog = dub_study_dialog_new (NULL, networks, volumes);

  g_signal_connect (dialog, "created", G_CALLBACK (created_cb), &created);
  gtk_window_present (GTK_WINDOW (dialog));
  wait_until (shows_text (GTK_WIDGET (dialog), "bad.nii"));
  gtk_widget_activate_action (GTK_WIDGET (dialog), "dialog.create", NULL);
  g_assert_false (created);
  destroy_window (dialog);
  g_remove (network);
  g_remove (volume);
}

/* A volume of another shape: nothing is done to it that the person has not chosen. */
static void
test_dialog_misfit (void)
{
  g_autofree char *network = fixture_network (data_folder, "misfit.onnx", 2);
  g_autofree char *volume = fixture_volume (data_folder, "misfit.nii", FIXTURE_N + 2, 1.0f, 0.2f);
  char *networks[] = { network, NULL };
  char *volumes[] = { volume, NULL };
  gboolean created = FALSE;
  DubStudyDialog *dialog = dub_study_dialog_new (NULL, networks, volumes);
  GtkWidget *fit;

  g_signal_connect (dialog, "created", G_CALLBACK (created_cb), &created);
  gtk_window_present (GTK_WINDOW (dialog));
  wait_until (shows_text (GTK_WIDGET (dialog), "The volume has 14 × 14 × 14 voxels, the network reads 12 × 12 × 12"));
  gtk_widget_activate_action (GTK_WIDGET (dialog), "dialog.create", NULL);
  g_assert_false (created);
  fit = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (dialog), DUB_TYPE_STUDY_DIALOG, "fit_row"));
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (fit)), ==, DUB_FIT_REFUSE);
  adw_combo_row_set_selected (ADW_COMBO_ROW (fit), DUB_FIT_CROP_PAD);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "dialog.create", NULL);
  g_assert_true (created);
  iterate (50);
  g_remove (network);
  g_remove (volume);
}

/* A network that gives an image is no classifier, and the dialog says so before a study is made of it. */
static void
test_dialog_no_classifier (void)
{
  const DubShape shape = DUB_SHAPE (-1, 1, FIXTURE_N, FIXTURE_N, FIXTURE_N);
  g_autofree char *network = g_build_filename (data_folder, "relu.onnx", NULL);
  g_autofree char *volume = fixture_volume (data_folder, "image.nii", FIXTURE_N, 1.0f, 0.2f);
  char *networks[] = { network, NULL };
  char *volumes[] = { volume, NULL };
  g_autoptr (DubGraph) graph = dub_graph_new ("relu", 13);
  g_autoptr (GError) error = NULL;
  gboolean created = FALSE;
  int input = dub_graph_add_input (graph, "image", DUB_DTYPE_F32, &shape);

  dub_graph_add_output (graph, dub_graph_apply (graph, "Relu", "out", NULL, &input, 1));
  g_assert_true (dub_onnx_save (graph, network, &error));

  DubStudyDialog *dialog = dub_study_dialog_new (NULL, networks, volumes);

  g_signal_connect (dialog, "created", G_CALLBACK (created_cb), &created);
  gtk_window_present (GTK_WINDOW (dialog));
  wait_until (shows_text (GTK_WIDGET (dialog), "relu.onnx is no classifier"));
  gtk_widget_activate_action (GTK_WIDGET (dialog), "dialog.create", NULL);
  g_assert_false (created);
  destroy_window (dialog);
  g_remove (network);
  g_remove (volume);
}

static guint
count_study_dialogs (void)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();
  guint n = 0;

  for (GList *one = all; one != NULL; one = one->next)
    n += DUB_IS_STUDY_DIALOG (one->data) && gtk_widget_get_visible (one->data);

  return n;
}

/* Files that come from outside while a study is being asked about belong to that question; there is no second one. */
static void
test_one_question_at_a_time (void)
{
  DubWindow *window = make_window (1280);
  g_autofree char *network = fixture_network (data_folder, "asked.onnx", 2);
  g_autofree char *first = fixture_volume (data_folder, "first.nii", FIXTURE_N, 1.0f, 0.2f);
  g_autofree char *second = fixture_volume (data_folder, "second.nii", FIXTURE_N, 1.0f, 0.2f);
  const char *paths[] = { network, first, second };

  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
    g_autoptr (GFile) file = g_file_new_for_path (paths[i]);

    g_list_store_append (files, file);
    dub_window_open_files (window, G_LIST_MODEL (files));
    iterate (300);
    wait_until (count_study_dialogs () == (i > 0 ? 1 : 0));
  }

  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *one = all; one != NULL; one = one->next)
    if (DUB_IS_STUDY_DIALOG (one->data)) {
      wait_until (shows_text (one->data, "2 volumes"));
      gtk_window_close (one->data);
    }
  iterate (100);
  destroy_window (window);
  for (guint i = 0; i < 3; i++)
    g_remove (paths[i]);
}

static void
test_job_row (void)
{
  g_autoptr (DubJob) job = dub_job_new ("Brain demo");
  GtkWidget *row = g_object_ref_sink (dub_job_row_new (job));
  g_autofree char *seconds = dub_format_time_left (41.2);
  g_autofree char *minutes = dub_format_time_left (131.0);

  g_assert_cmpstr (seconds, ==, "42 s left");
  g_assert_cmpstr (minutes, ==, "2 min 11 s left");
  g_assert_null (dub_format_time_left (-1.0));
  dub_job_set_stage (job, "Training");
  dub_job_set_seconds_left (job, 131.0);
  g_assert_true (shows_text (row, "Training"));
  g_assert_true (shows_text (row, "2 min 11 s left"));
  dub_job_set_paused (job, TRUE);
  g_assert_true (shows_text (row, "paused"));
  g_assert_false (shows_text (row, "2 min 11 s left"));
  g_assert_finalize_object (row);
}

int
main (int   argc,
      char *argv[])
{
  data_folder = application_folder ("dubito-shell-XXXXXX");
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ()) {
    g_print ("1..0 # SKIP no display\n");
    return 0;
  }
  application = application_new ();

  g_test_add_func ("/shell/welcome", test_welcome);
  g_test_add_func ("/shell/demos", test_demos);
  g_test_add_func ("/shell/pending", test_pending);
  g_test_add_func ("/shell/broken", test_broken);
  g_test_add_func ("/shell/study", test_study);
  g_test_add_func ("/shell/drop-beside-unsaved", test_drop_beside_unsaved);
  g_test_add_func ("/shell/network-beside-data", test_network_beside_data);
  g_test_add_func ("/shell/undo-actions", test_undo_actions);
  g_test_add_func ("/shell/fold", test_fold);
  g_test_add_func ("/shell/schemes", test_schemes);
  g_test_add_func ("/shell/preferences", test_preferences);
  g_test_add_func ("/shell/dialog-bad-files", test_dialog_bad_files);
  g_test_add_func ("/shell/dialog-misfit", test_dialog_misfit);
  g_test_add_func ("/shell/dialog-no-classifier", test_dialog_no_classifier);
  g_test_add_func ("/shell/one-question-at-a-time", test_one_question_at_a_time);
  g_test_add_func ("/shell/job-row", test_job_row);

  int result = g_test_run ();

  g_object_unref (application);
  g_rmdir (data_folder);
  g_free (data_folder);

  return result;
}
