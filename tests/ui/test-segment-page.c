/* The Cases page of segmentations, driven through its actions: what it computes, shows, sets and writes. */
#include <adwaita.h>

#include "tests/ui/find.h"
#include "tests/ui/segment-fixture.h"
#include "ui/model/segment-session.h"
#include "ui/model/study-kind.h"
#include "ui/pages/segment-page.h"
#include "ui/widgets/choice.h"
#include "ui/widgets/tri-view.h"

typedef struct {
  SegmentFixture fixture;
  DubSession    *session;
  GtkWidget     *window;
  GtkWidget     *page;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  segment_set_up (&fixture->fixture);
  fixture->session = dub_session_new (NULL);
  dub_session_set_study (fixture->session, fixture->fixture.study);
  fixture->page = dub_segment_page_new (fixture->session);
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1080, 740);
  adw_window_set_content (ADW_WINDOW (fixture->window), fixture->page);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->session);
  segment_tear_down (&fixture->fixture);
}

static gpointer
find (Fixture *fixture,
      GType    type)
{
  return find_widget (fixture->page, type);
}

static DubViewer *
viewer_of (Fixture *fixture)
{
  return dub_tri_view_get_viewer (find (fixture, DUB_TYPE_TRI_VIEW));
}

static void
test_cases (Fixture       *fixture,
            gconstpointer  data)
{
  DubViewer *viewer = viewer_of (fixture);
  int64_t voxel[3];

  /* 8 · 8 · 8 voxels of 8 mm³. */
  wait_for_text (fixture->page, "4.1 mL");
  wait_until (dub_viewer_get_overlay (viewer) != NULL);
  g_assert_nonnull (dub_viewer_get_classes (viewer));
  /* The crosshair begins where the network is least sure: in the sheet i = 4. */
  g_assert_true (dub_viewer_get_voxel (viewer, voxel));
  g_assert_cmpint (voxel[0], <=, 8);
  g_assert_cmpfloat (dub_volume_get (dub_viewer_get_classes (viewer), 6, 6, 6), ==, 1.0);
  g_assert_cmpfloat (dub_volume_get (dub_viewer_get_overlay (viewer), 4, 6, 6), >, 0.6);
  g_assert_cmpfloat (dub_volume_get (dub_viewer_get_overlay (viewer), 9, 9, 9), <, 0.01);

  /* The other cases follow; the one that does not fit says so without stopping them. */
  wait_for_text (fixture->page, "50 %");
  wait_for_text (fixture->page, "failed");
  /* Logit 0.4: entropy 0.6735 in half of the cube, and in an eighth of it; elsewhere nothing. */
  g_assert_true (shows_text (fixture->page, "0.337"));
  g_assert_true (shows_text (fixture->page, "0.084"));
  g_assert_true (shows_text (fixture->page, "one view: no range"));
}

static void
test_that_needs_views (Fixture       *fixture,
                       gconstpointer  data)
{
  DubHistory *history = dub_session_get_history (fixture->session);
  DubViewer *viewer = viewer_of (fixture);
  DubVolume *before;

  wait_for_text (fixture->page, "4.1 mL");
  wait_until (dub_viewer_get_overlay (viewer) != NULL);
  g_assert_true (shows_text (fixture->page, "SD and MI need two networks or views"));
  before = dub_viewer_get_overlay (viewer);
  gtk_widget_activate_action (fixture->page, "segment.score", "s", "mi");
  g_assert_true (dub_viewer_get_overlay (viewer) == before);
  g_assert_false (dub_history_get_can_undo (history));

  gtk_widget_activate_action (fixture->page, "segment.views", "s", "flip,intensity");
  wait_for_text (fixture->page, "range of 6 views, no CI");
  wait_until (!dub_viewer_get_stale (viewer));
  g_assert_false (shows_text (fixture->page, "SD and MI need two networks or views"));
  gtk_widget_activate_action (fixture->page, "segment.score", "s", "sd");
  g_assert_cmpstr (dub_viewer_get_heat_name (viewer), ==, "SD");
  /* 0.9 and 1.1 of the contrast move the unsure voxels, not the sure ones. */
  g_assert_cmpfloat (dub_volume_get (dub_viewer_get_overlay (viewer), 4, 6, 6), >, 0.1);
  g_assert_cmpfloat (dub_volume_get (dub_viewer_get_overlay (viewer), 9, 9, 9), <, 0.001);

  g_assert_true (dub_history_undo (history));
  g_assert_cmpstr (dub_viewer_get_heat_name (viewer), ==, "entropy (nat)");
  g_assert_true (dub_history_undo (history));
  wait_for_text (fixture->page, "one view: no range");
  g_assert_true (dub_history_redo (history));
  wait_for_text (fixture->page, "range of 6 views, no CI");
}

static void
test_going_there (Fixture       *fixture,
                  gconstpointer  data)
{
  DubViewer *viewer = viewer_of (fixture);
  double first[3], last[3];
  int64_t voxel[3];

  wait_for_text (fixture->page, "50 %");
  gtk_widget_activate_action (fixture->page, "segment.go-to", "(ii)", 1, 0);
  g_assert_cmpint (dub_session_get_case_index (fixture->session), ==, 1);
  wait_until (!dub_viewer_get_stale (viewer) && dub_viewer_get_overlay (viewer) != NULL &&
              dub_volume_get (dub_viewer_get_overlay (viewer), 7, 6, 6) > 0.6);
  g_assert_true (dub_viewer_get_voxel (viewer, voxel));
  g_assert_true (dub_viewer_get_box (viewer, first, last));
  for (int a = 0; a < 3; a++) {
    g_assert_cmpfloat ((double) voxel[a], >, first[a]);
    g_assert_cmpfloat ((double) voxel[a], <, last[a]);
  }
  /* The table is sorted by the mean: below the unsure case stands the sure one. */
  for (int step = 0; step < 5 && dub_session_get_case_index (fixture->session) == 1; step++)
    gtk_widget_activate_action (fixture->page, "segment.next-worst", NULL);
  g_assert_cmpint (dub_session_get_case_index (fixture->session), ==, 0);
}

static void
test_settings (Fixture       *fixture,
               gconstpointer  data)
{
  DubHistory *history = dub_session_get_history (fixture->session);
  DubViewer *viewer = viewer_of (fixture);
  const DubStudyModel *model = dub_session_get_model (fixture->session);

  wait_for_text (fixture->page, "4.1 mL");
  wait_until (dub_viewer_get_overlay (viewer) != NULL);
  gtk_widget_activate_action (fixture->page, "segment.contours", NULL);
  g_assert_false (dub_viewer_get_outlines_visible (viewer));
  gtk_widget_activate_action (fixture->page, "segment.opacity", "d", 0.4);
  g_assert_true (shows_text (fixture->page, "40 %"));
  g_assert_true (dub_history_undo (history));
  g_assert_cmpfloat_with_epsilon (dub_viewer_get_opacity (viewer), 0.88, 1e-9);
  g_assert_true (dub_history_undo (history));
  g_assert_true (dub_viewer_get_outlines_visible (viewer));

  gtk_widget_activate_action (fixture->page, "segment.axes", "s", "kji");
  g_assert_cmpint (model->preprocess.axes, ==, DUB_AXES_KJI);
  g_assert_true (dub_history_undo (history));
  g_assert_cmpint (model->preprocess.axes, ==, DUB_AXES_IJK);

  dub_session_select (fixture->session, 2, -1);
  wait_for_text (fixture->page, "The volume does not fit the network");
  gtk_widget_activate_action (fixture->page, "segment.fit", "s", "crop-pad");
  wait_for_text (fixture->page, "one view: no range");
  g_assert_cmpint (model->preprocess.fit, ==, DUB_FIT_CROP_PAD);
}

static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_widget_activate_action (fixture->page, "segment.stop", NULL);
  wait_for_text (fixture->page, "was not segmented: stopped");
  iterate (100);
  g_assert_null (dub_viewer_get_overlay (viewer_of (fixture)));
  gtk_widget_activate_action (fixture->page, "segment.compute-all", NULL);
  wait_for_text (fixture->page, "50 %");
}

static void
wait_for_file (const char *path)
{
  wait_until (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* What is written is what the command line writes. */
static void
test_export (Fixture       *fixture,
             gconstpointer  data)
{
  static const char *const NAMES[] = { "labels.nii.gz", "map.nii.gz" };
  const char *cli = g_getenv ("DUBITO_CLI");
  g_autofree char *table = g_build_filename (fixture->fixture.folder, "table.csv", NULL);
  g_autofree char *figure = g_build_filename (fixture->fixture.folder, "figure.svg", NULL);
  g_autofree char *text = NULL, *svg = NULL;

  wait_for_text (fixture->page, "failed");
  wait_until (dub_viewer_get_overlay (viewer_of (fixture)) != NULL);
  gtk_widget_activate_action (fixture->page, "segment.export-to", "s", table);
  wait_for_file (table);
  g_assert_true (g_file_get_contents (table, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"unsure\""));
  g_assert_nonnull (strstr (text, "ml cube"));
  gtk_widget_activate_action (fixture->page, "segment.export-to", "s", figure);
  wait_for_file (figure);
  g_assert_true (g_file_get_contents (figure, &svg, NULL, NULL));
  g_assert_nonnull (strstr (svg, "Worst patches"));

  if (cli == NULL) {
    g_test_skip ("DUBITO_CLI does not say where the command line is");
    return;
  }

  g_autofree char *ours[2] = { NULL }, *theirs[2] = { NULL };

  for (int i = 0; i < 2; i++) {
    g_autofree char *name = g_strconcat ("cli-", NAMES[i], NULL);

    ours[i] = g_build_filename (fixture->fixture.folder, NAMES[i], NULL);
    theirs[i] = g_build_filename (fixture->fixture.folder, name, NULL);
    gtk_widget_activate_action (fixture->page, i == 0 ? "segment.export-to" : "segment.export-map-to", "s", ours[i]);
    wait_for_file (ours[i]);
  }

  const DubStudyCase *item = dub_session_get_case (fixture->session);
  const char *const argv[] = { cli, "segment", fixture->fixture.network, item->path, "-o", theirs[0], "--map", theirs[1], "--json",
                               NULL };
  int status = 1;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  for (int i = 0; i < 2; i++) {
    g_autofree char *a = NULL, *b = NULL;
    gsize n_a, n_b;

    g_assert_true (g_file_get_contents (ours[i], &a, &n_a, NULL));
    g_assert_true (g_file_get_contents (theirs[i], &b, &n_b, NULL));
    g_assert_cmpmem (a, n_a, b, n_b);
  }
  g_clear_pointer (&ours[1], g_free);
  g_clear_pointer (&theirs[1], g_free);
}

/* Of a saved study the numbers are kept, and what was tampered with is computed again. */
static void
test_kept (void)
{
  SegmentFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);

  segment_set_up (&fixture);
  g_ptr_array_set_size (fixture.study->cases, 2);

  g_autofree char *folder = g_build_filename (fixture.folder, "kept.dubito", NULL);
  g_autofree char *results = g_build_filename (folder, "results", "segment", NULL);

  g_assert_true (dub_study_save (fixture.study, folder, &error));
  for (int pass = 0; pass < 3; pass++) {
    g_autoptr (DubSegmentWork) work = dub_segment_work_new (fixture.study, 1, pass == 2 ? "flip" : "", FALSE);

    g_free (work->folder);
    work->folder = g_strdup (folder);

    g_autoptr (DubSegmentShown) shown = dub_segment_work_run (work, run, &error);

    g_assert_no_error (error);
    g_assert_null (shown->result);
    g_assert_cmpfloat_with_epsilon (shown->numbers->ml[1], 4.096, 1e-9);
    g_assert_cmpuint (shown->numbers->score[DUB_SEGMENT_ENTROPY].n_places, >, 0);
    if (pass == 0) {
      g_autoptr (GDir) dir = g_dir_open (results, 0, &error);
      const char *name = g_dir_read_name (dir);
      g_autofree char *file = g_build_filename (results, name, NULL), *text = NULL;
      g_autoptr (GString) other = NULL;

      /* A number of our own in its place shows that the second pass reads it. */
      g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
      other = g_string_new (text);
      g_assert_cmpuint (g_string_replace (other, "\"mean_foreground\" : ", "\"mean_foreground\" : 7", 0), >, 0);
      g_assert_true (g_file_set_contents (file, other->str, -1, NULL));
    }
    if (pass == 1)
      g_assert_cmpfloat (shown->numbers->score[DUB_SEGMENT_ENTROPY].mean_foreground, >, 7.0);
    else
      g_assert_cmpfloat (shown->numbers->score[DUB_SEGMENT_ENTROPY].mean_foreground, <, 1.0);
  }
  segment_tear_down (&fixture);
  g_assert_null (dub_segment_numbers_parse ("{\"form\": \"dubito-segment-1\", \"classes\": 1000000}", 50));
}

static void
test_kind (void)
{
  SegmentFixture fixture;
  g_autoptr (DubSession) session = dub_session_new (NULL);
  DubStudyKind *kind = dub_study_kind_of_session (session);

  segment_set_up (&fixture);
  g_assert_false (dub_study_kind_segments (kind));
  dub_session_set_study (session, fixture.study);
  wait_until (dub_study_kind_segments (kind));
  dub_session_set_study (session, NULL);
  g_assert_false (dub_study_kind_segments (kind));
  segment_tear_down (&fixture);
}

#define ADD(name, function) g_test_add ("/segment-page/" name, Fixture, NULL, set_up, function, tear_down)

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
  ADD ("cases", test_cases);
  ADD ("that-needs-views", test_that_needs_views);
  ADD ("going-there", test_going_there);
  ADD ("settings", test_settings);
  ADD ("stop", test_stop);
  ADD ("export", test_export);
  g_test_add_func ("/segment-page/kept", test_kept);
  g_test_add_func ("/segment-page/kind", test_kind);

  return g_test_run ();
}
