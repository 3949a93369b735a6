/* The Mask page with a session, as a person uses it: what it shows, sliders, undo, errors with a way out. */
#include "tests/ui/find.h"
#include "tests/ui/mask-fixture.h"
#include "ui/model/mask-session.h"
#include "ui/pages/mask-page.h"
#include "ui/widgets/lambda-row.h"
#include "ui/widgets/region-table.h"
#include "ui/widgets/tri-view.h"

#include <math.h>

typedef struct {
  MaskFixture  fixture;
  DubSession  *session;
  GtkWidget   *window;
  GtkWidget   *page;
} Fixture;

static gpointer
find (Fixture *fixture,
      GType    type,
      int      index)
{
  GtkWidget *found = find_nth_widget (fixture->page, type, index);

  g_assert_nonnull (found);

  return found;
}

static void
activate (Fixture    *fixture,
          const char *name)
{
  g_assert_true (gtk_widget_activate_action_variant (fixture->page, name, NULL));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture_set_up (&fixture->fixture);
  fixture->session = dub_session_new (NULL);
  fixture->window = gtk_window_new ();
  fixture->page = dub_mask_page_new (fixture->session);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->page);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1080, 750);
  gtk_widget_show (fixture->window);
  wait_until (gtk_widget_get_width (fixture->page) > 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gpointer page = fixture->page;

  g_object_add_weak_pointer (G_OBJECT (fixture->page), &page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  wait_until (page == NULL);
  g_assert_finalize_object (fixture->session);
  fixture_tear_down (&fixture->fixture);
}

static void
test_empty_to_done (Fixture       *fixture,
                    gconstpointer  data)
{
  g_assert_true (shows_text (fixture->page, "Nothing to mask yet"));
  dub_session_set_study (fixture->session, fixture->fixture.study);
  wait_for_text (fixture->page, "iteration 0 of");
  g_assert_true (shows_text (fixture->page, "patient · AD"));
  g_assert_true (shows_text (fixture->page, "AD · true class"));
  g_assert_true (shows_text (fixture->page, "every masked voxel becomes 1"));
  g_assert_false (shows_text (fixture->page, "GM"));
  g_assert_true (shows_text (fixture->page, "p(AD)"));

  /* The start is no result. */
  g_assert_false (shows_text (fixture->page, "replaced"));
  g_assert_true (shows_text (fixture->page, "p(CN) 0.0180"));

  /* A weight with which the mask of this small study is worth its area. */
  gtk_range_set_value (GTK_RANGE (dub_lambda_row_get_scale (find (fixture, DUB_TYPE_LAMBDA_ROW, 0))), log10 (0.5));
  gtk_range_set_value (GTK_RANGE (dub_lambda_row_get_scale (find (fixture, DUB_TYPE_LAMBDA_ROW, 1))), log10 (0.1));
  activate (fixture, "mask.play");
  wait_for_text (fixture->page, "done");
  g_assert_true (shows_text (fixture->page, "within 2 voxels of the truth"));
  wait_for_text (fixture->page, "Patch R");

  /* The strongest region is the patch; clicking it brings the crosshair there. */
  DubRegionTable *table = find (fixture, DUB_TYPE_REGION_TABLE, 0);
  DubViewer *viewer = dub_tri_view_get_viewer (find (fixture, DUB_TYPE_TRI_VIEW, 0));
  const double far[3] = { -12.0, -10.0, -8.0 };
  int64_t voxel[3];

  dub_viewer_set_cursor (viewer, far);
  g_assert_cmpstr (dub_viewer_get_region (viewer)->name, ==, "Rest");
  g_signal_emit_by_name (table, "jump", 2);
  g_assert_cmpstr (dub_viewer_get_region (viewer)->name, ==, "Patch R");
  g_assert_true (dub_viewer_get_voxel (viewer, voxel));
  g_assert_true (fixture_in_patch ((int) voxel[0], (int) voxel[1], (int) voxel[2]));
}

static void
test_undo (Fixture       *fixture,
           gconstpointer  data)
{
  dub_session_set_study (fixture->session, fixture->fixture.study);
  wait_for_text (fixture->page, "iteration 0 of");

  DubLambdaRow *row = find (fixture, DUB_TYPE_LAMBDA_ROW, 0);
  DubHistory *history = dub_session_get_history (fixture->session);
  double before = dub_lambda_row_get_value (row);

  g_assert_false (dub_history_get_can_undo (history));
  gtk_range_set_value (GTK_RANGE (dub_lambda_row_get_scale (row)), 0.0);
  g_assert_cmpfloat_with_epsilon (dub_lambda_row_get_value (row), 1.0, 1e-9);
  /* The change is written down when the slider has come to rest. */
  wait_until (dub_history_get_can_undo (history));
  g_assert_cmpfloat_with_epsilon (dub_lambda_row_get_value (row), 1.0, 1e-9);
  g_assert_true (dub_history_undo (history));
  g_assert_cmpfloat_with_epsilon (dub_lambda_row_get_value (row), before, 1e-9);
  g_assert_true (dub_history_redo (history));
  g_assert_cmpfloat_with_epsilon (dub_lambda_row_get_value (row), 1.0, 1e-9);
}

static void
test_volume_that_does_not_fit (Fixture       *fixture,
                               gconstpointer  data)
{
  dub_session_set_study (fixture->session, fixture->fixture.study);
  wait_for_text (fixture->page, "iteration 0 of");
  dub_session_select (fixture->session, 2, -1);
  wait_for_text (fixture->page, "The volume does not fit the network");
  g_assert_true (shows_text (fixture->page, "Crop or Pad around the Centre") || shows_text (fixture->page, "_Crop"));
  activate (fixture, "mask.fit-crop-pad");
  wait_for_text (fixture->page, "it/s");
  /* The choice is the study's. */
  g_assert_cmpint (dub_session_get_model (fixture->session)->preprocess.fit, ==, DUB_FIT_CROP_PAD);

  dub_session_select (fixture->session, 3, -1);
  wait_for_text (fixture->page, "This mask cannot be computed");
  g_assert_true (shows_text (fixture->page, "missing.nii"));
  /* No classes are known, and GTK's word for that is not shown. */
  g_assert_true (shows_text (fixture->page, "—"));
  g_assert_false (shows_text (fixture->page, "(None)"));
  dub_session_select (fixture->session, 1, -1);
  wait_for_text (fixture->page, "p(CN)");
}

/* While a mask runs, its frames leave the main loop no idle moment; another subject must not wait for one. */
static void
test_subject_changes_at_once (Fixture       *fixture,
                              gconstpointer  data)
{
  DubViewer *viewer = dub_tri_view_get_viewer (find (fixture, DUB_TYPE_TRI_VIEW, 0));

  dub_session_set_study (fixture->session, fixture->fixture.study);
  wait_for_text (fixture->page, "iteration 0 of");
  /* Long enough for the whole test: the second spin button is the number of iterations. */
  gtk_spin_button_set_value (find (fixture, GTK_TYPE_SPIN_BUTTON, 1), 5000);
  activate (fixture, "mask.play");
  wait_for_text (fixture->page, "it/s");
  g_assert_nonnull (dub_viewer_get_base (viewer));

  dub_session_select (fixture->session, 1, -1);
  g_assert_null (dub_viewer_get_base (viewer));
  g_assert_null (dub_viewer_get_overlay (viewer));
  g_assert_null (dub_viewer_get_truth (viewer));
  g_assert_true (shows_text (fixture->page, "Reading control"));
  wait_for_text (fixture->page, "p(CN)");
  g_assert_nonnull (dub_viewer_get_base (viewer));
}

/* A start with a remembered case: the study's first case is chosen, and another one before it was read. */
static void
test_remembered_case (Fixture       *fixture,
                      gconstpointer  data)
{
  dub_session_set_study (fixture->session, fixture->fixture.study);
  dub_session_select (fixture->session, 1, -1);
  g_assert_true (shows_text (fixture->page, "Reading control"));
  wait_for_text (fixture->page, "iteration 0 of");
  g_assert_true (shows_text (fixture->page, "p(CN)"));
}

static void
toast_cb (DubSession *session,
          const char *text,
          guint      *n_toasts)
{
  (*n_toasts)++;
}

static void
failure_cb (DubSession *session,
            const char *heading,
            const char *message,
            guint      *n_failures)
{
  (*n_failures)++;
}

static void
test_export (Fixture       *fixture,
             gconstpointer  data)
{
  const char *endings[] = { "png", "svg", "pdf", "csv", "nii.gz" };
  guint n_toasts = 0;
  guint n_failures = 0;

  g_signal_connect (fixture->session, "toast", G_CALLBACK (toast_cb), &n_toasts);
  g_signal_connect (fixture->session, "failure", G_CALLBACK (failure_cb), &n_failures);
  dub_session_set_study (fixture->session, fixture->fixture.study);
  wait_for_text (fixture->page, "iteration 0 of");
  activate (fixture, "mask.step");
  wait_for_text (fixture->page, "iteration 1 of");
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strdup_printf ("export.%s", endings[i]);
    g_autofree char *path = g_build_filename (fixture->fixture.folder, name, NULL);

    g_assert_true (gtk_widget_activate_action (fixture->page, "mask.export-to", "s", path));
    wait_until (n_toasts > i || n_failures > 0);
    g_assert_cmpuint (n_toasts, ==, i + 1);
    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  }

  /* The mask in the space of its image. */
  g_autofree char *path = g_build_filename (fixture->fixture.folder, "export.nii.gz", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubVolume) mask = dub_nifti_load (path, &error);
  g_autoptr (DubVolume) image = dub_nifti_load (((DubStudyCase *) g_ptr_array_index (fixture->fixture.study->cases, 0))->path, &error);

  g_assert_no_error (error);
  g_assert_true (dub_volume_same_space (mask, image));
  g_assert_cmpfloat (dub_volume_get (mask, 5, 5, 5), <, 1.0f);
  g_assert_cmpfloat (dub_volume_get (mask, 0, 0, 0), >, dub_volume_get (mask, 5, 5, 5));

  /* A place that cannot be written is said, not swallowed. */
  g_assert_true (gtk_widget_activate_action (fixture->page, "mask.export-to", "s", "/nowhere/at/all.png"));
  wait_until (n_failures > 0);
  g_assert_cmpuint (n_failures, ==, 1);
}

/* Exports a file and waits until the page says so. */
static void
export_to (Fixture    *fixture,
           const char *path)
{
  guint n_toasts = 0;
  gulong handler = g_signal_connect (fixture->session, "toast", G_CALLBACK (toast_cb), &n_toasts);

  g_assert_true (gtk_widget_activate_action (fixture->page, "mask.export-to", "s", path));
  wait_until (n_toasts > 0);
  g_assert_cmpuint (n_toasts, ==, 1);
  g_signal_handler_disconnect (fixture->session, handler);
}

/* Runs the command line; what it says is the message of a failure. */
static void
run_command (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *told = NULL;
  g_autofree char *said = NULL;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &told, &said, &status, &error));
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s", said);
}

static void
assert_same_bytes (const char *ours,
                   const char *theirs)
{
  g_autofree char *bytes[2] = { NULL, NULL };
  gsize length[2];

  g_assert_true (g_file_get_contents (ours, &bytes[0], &length[0], NULL));
  g_assert_true (g_file_get_contents (theirs, &bytes[1], &length[1], NULL));
  g_test_message ("%s: %" G_GSIZE_FORMAT " bytes", ours, length[0]);
  g_assert_cmpmem (bytes[0], length[0], bytes[1], length[1]);
}

/* Exports every kind of figure and lets the command line draw the same ones, with @options in addition. */
static void
compare_figures (Fixture           *fixture,
                 const char        *program,
                 const char        *folder,
                 const char *const *options)
{
  const char *const endings[] = { "png", "svg", "pdf", "csv" };
  DubViewer *viewer = dub_tri_view_get_viewer (find (fixture, DUB_TYPE_TRI_VIEW, 0));
  const double *cursor = dub_viewer_get_cursor (viewer);
  g_autofree char *place = g_strdup_printf ("--at=%.17g,%.17g,%.17g", cursor[0], cursor[1], cursor[2]);
  const char *const command[] = { program, "figure", "mask", folder, "--case", "patient", "--network", "patch", "--lambda1",
                                  "1", "--lambda2", "0.1", place, NULL };
  g_autoptr (GPtrArray) ours = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) theirs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  g_strv_builder_addv (words, (const char **) command);
  g_strv_builder_addv (words, (const char **) options);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_ptr_array_add (ours, g_strdup_printf ("%s/window.%s", fixture->fixture.folder, endings[i]));
    g_ptr_array_add (theirs, g_strdup_printf ("%s/command-line.%s", fixture->fixture.folder, endings[i]));
    export_to (fixture, ours->pdata[i]);
    g_strv_builder_add (words, "-o");
    g_strv_builder_add (words, theirs->pdata[i]);
  }

  g_auto (GStrv) argv = g_strv_builder_end (words);

  run_command ((const char *const *) argv);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    assert_same_bytes (ours->pdata[i], theirs->pdata[i]);
}

/* The window and the command line are two mouths of one core: the same settings give the same files, byte for byte,
 * with the note of where they come from. Under the defaults of both, and with everything that moves a pixel away from its
 * default. */
static void
test_export_like_the_command_line (Fixture       *fixture,
                                   gconstpointer  data)
{
  static const char *const defaults[] = { NULL };
  static const char *const others[] = { "--truth-contour", "--opacity", "0.7", "--colormap", "viridis", "--threshold", "0.1",
                                        "--hard", "--cluster", "3", "--window-level", "0.1,0.9", "--range", "0,0.8",
                                        "--no-crosshair", "--convention", "neurological", "--no-interpolation", NULL };
  const char *program = g_getenv ("DUBITO_CLI");
  g_autofree char *folder = g_build_filename (fixture->fixture.folder, "fixture.dubito", NULL);
  g_autofree char *ours = g_build_filename (fixture->fixture.folder, "window.nii.gz", NULL);
  g_autofree char *theirs = g_build_filename (fixture->fixture.folder, "command-line.nii.gz", NULL);
  g_autoptr (GError) error = NULL;

  if (program == NULL) {
    g_test_skip ("DUBITO_CLI names no program");
    return;
  }

  g_assert_true (dub_study_save (fixture->fixture.study, folder, &error));
  dub_session_set_study (fixture->session, fixture->fixture.study);
  wait_for_text (fixture->page, "iteration 0 of");
  gtk_range_set_value (GTK_RANGE (dub_lambda_row_get_scale (find (fixture, DUB_TYPE_LAMBDA_ROW, 0))), 0.0);
  gtk_range_set_value (GTK_RANGE (dub_lambda_row_get_scale (find (fixture, DUB_TYPE_LAMBDA_ROW, 1))), -1.0);
  activate (fixture, "mask.play");
  wait_for_text (fixture->page, "done");
  wait_for_text (fixture->page, "Patch R");

  DubViewer *viewer = dub_tri_view_get_viewer (find (fixture, DUB_TYPE_TRI_VIEW, 0));

  compare_figures (fixture, program, folder, defaults);

  dub_viewer_set_truth_visible (viewer, TRUE);
  dub_viewer_set_opacity (viewer, 0.7);
  dub_viewer_set_colormap (viewer, DUB_COLORMAP_VIRIDIS);
  dub_viewer_set_range (viewer, 0.0, 0.8);
  dub_viewer_set_clip (viewer, 0.1);
  dub_viewer_set_hard (viewer, TRUE);
  dub_viewer_set_min_cluster (viewer, 3);
  dub_viewer_set_window (viewer, 0.1, 0.9);
  dub_viewer_set_crosshair_visible (viewer, FALSE);
  dub_viewer_set_radiological (viewer, FALSE);
  dub_viewer_set_smooth (viewer, FALSE);
  compare_figures (fixture, program, folder, others);

  DubStudyModel *model = g_ptr_array_index (fixture->fixture.study->models, 0);
  DubStudyCase *subject = g_ptr_array_index (fixture->fixture.study->cases, 0);
  const char *const command[] = { program, "mask", model->path, subject->path, "--class", "1", "--lambda1", "1", "--lambda2",
                                  "0.1", "-o", theirs, NULL };

  export_to (fixture, ours);
  run_command (command);
  assert_same_bytes (ours, theirs);

  g_autofree char *file = g_build_filename (folder, "study.json", NULL);

  /* The folder itself goes with the others. */
  g_remove (file);
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  AdwFlap *flap = ADW_FLAP (find_widget (fixture->page, ADW_TYPE_FLAP));

  g_assert_false (adw_flap_get_folded (flap));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 600, 700);
  wait_until (adw_flap_get_folded (flap) && !adw_flap_get_reveal_flap (flap));
  activate (fixture, "mask.panel");
  g_assert_true (adw_flap_get_reveal_flap (flap));
}

#define ADD(name, func) g_test_add ("/mask-page/" name, Fixture, NULL, set_up, func, tear_down)

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

  ADD ("empty-to-done", test_empty_to_done);
  ADD ("undo", test_undo);
  ADD ("subject-changes-at-once", test_subject_changes_at_once);
  ADD ("remembered-case", test_remembered_case);
  ADD ("volume-that-does-not-fit", test_volume_that_does_not_fit);
  ADD ("export", test_export);
  ADD ("export-like-the-command-line", test_export_like_the_command_line);
  ADD ("narrow", test_narrow);

  return g_test_run ();
}
