/* The Overview page, as a person meets it: without networks, before they are run, with numbers, stale, with data that moved. */
#include "core/study/answers.h"
#include "core/study/evaluate.h"
#include "tests/ui/find.h"
#include "tests/ui/squares-fixture.h"
#include "ui/model/overview.h"
#include "ui/pages/overview-page.h"
#include "ui/widgets/interval-view.h"

typedef struct {
  char       *root;
  char       *data;   /* the data set */
  char       *folder; /* of the study */
  DubSession *session;
  GtkWidget  *window;
  GtkWidget  *page;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  trained)
{
  g_autoptr (GError) error = NULL;

  fixture->root = squares_new (GPOINTER_TO_INT (trained), &fixture->folder);
  fixture->data = g_build_filename (fixture->root, "squares.npz", NULL);
  fixture->session = dub_session_new (NULL);
  fixture->window = gtk_window_new ();
  fixture->page = dub_overview_page_new (fixture->session);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->page);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1080, 750);
  gtk_widget_show (fixture->window);
  g_assert_true (dub_session_open (fixture->session, fixture->folder, &error));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gpointer page = fixture->page;

  g_object_add_weak_pointer (G_OBJECT (fixture->page), &page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  iterate (100);
  g_assert_null (page);
  g_assert_finalize_object (fixture->session);
  squares_remove (fixture->root);
  g_free (fixture->data);
  g_free (fixture->folder);
}

/* --- tests --- */

static void
test_no_network (Fixture       *fixture,
                 gconstpointer  data)
{
  wait_for_text (fixture->page, "This study has no network yet");
  g_assert_true (shows_text (fixture->page, "Train Networks"));
  g_assert_true (shows_text (fixture->page, "Import Networks…"));
  g_assert_true (shows_text (fixture->page, "stratified, seed 0"));
  wait_for_text (fixture->page, "120 cases compared");
  g_assert_true (shows_text (fixture->page, "squares, 8 × 8 grey"));
  g_assert_true (shows_text (fixture->page, "1 pair with opposite labels"));
  g_assert_true (shows_text (fixture->page, "Small calibration set"));
  g_assert_false (shows_text (fixture->page, "measured on test"));

  /* The networks come while the page is open. */
  g_autoptr (GError) error = NULL;

  squares_train (fixture->folder);
  g_assert_true (dub_session_renew (fixture->session, &error));
  wait_for_text (fixture->page, "The networks were not run yet");
  g_assert_false (shows_text (fixture->page, "Import Networks…"));
}

static void
test_run (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  wait_for_text (fixture->page, "The networks were not run yet");
  wait_for_text (fixture->page, "2 networks over 120 cases");
  wait_for_text (fixture->page, "1 of 3");
  g_assert_true (gtk_widget_activate_action (fixture->page, "overview.run", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (dub_session_get_jobs (fixture->session))), ==, 1);
  wait_for_text (fixture->page, "measured on test");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (dub_session_get_jobs (fixture->session))), ==, 0);
  wait_for_text (fixture->page, "3 of 3");

  /* The numbers are those of an evaluation without a window. */
  g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);
  const DubEvaluateOptions options = { .splits = 1u << DUB_EVALUATE_TEST };
  g_autoptr (DubEvaluation) evaluation = dub_study_evaluate (study, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (evaluation->rows->len, ==, SQUARES_FOLDS + 1);

  const DubEvaluateRow *ensemble = g_ptr_array_index (evaluation->rows, SQUARES_FOLDS);
  const DubEstimate *accuracy = &ensemble->metrics.estimate[DUB_METRIC_ACCURACY];
  g_autofree char *rate = g_strdup_printf ("%.2f–%.2f · %u/%u", accuracy->low, accuracy->high, (guint) accuracy->n,
                                           (guint) accuracy->d);
  g_autofree char *badge = g_strdup_printf ("measured on test · %u", (guint) accuracy->d);
  guint n_failed = (guint) (accuracy->d - accuracy->n);
  g_autofree char *foot = n_failed > 0 ? g_strdup_printf ("%u of %u fail", n_failed, (guint) accuracy->d) : g_strdup ("None of");

  g_assert_null (ensemble->model);
  g_assert_true (shows_text (fixture->page, rate));
  g_assert_true (shows_text (fixture->page, badge));
  g_assert_true (shows_text (fixture->page, foot));
  g_assert_true (shows_text (fixture->page, "match the data"));
  g_assert_true (shows_text (fixture->page, "2 of 2 agree"));
  iterate (50);
  g_assert_cmpuint (count_widgets (fixture->page, DUB_TYPE_INTERVAL_VIEW), ==, 6);
  g_assert_false (shows_text (fixture->page, "changed since"));
}

static void
record (Fixture          *fixture,
        DubRecalibration *map)
{
  DubStudy *study = dub_session_get_study (fixture->session);

  dub_study_set_recalibration (study, "ce", map);
  g_assert_true (dub_study_save (study, study->folder, NULL));
  dub_session_study_edited (fixture->session);
}

/* That the answers are recalibrated stands where the networks do, and whether it was fitted on these. */
static void
test_recalibrated (Fixture       *fixture,
                   gconstpointer  data)
{
  static const char MAP[] =
    "{ \"method\": \"vector\", \"kind\": \"found\", \"split\": \"calibration\", \"n_cases\": 18, \"n_classes\": 2, "
    "\"counts\": [13, 5], \"weights\": [0.5, 0.5], \"biases\": [0, 0] }";
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRecalibration) map = dub_recalibration_from_json (MAP, &error);
  g_autofree char *one = g_build_filename (fixture->folder, "models", "ce-f0", "model.onnx", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "models", "ce-f1", "model.onnx", NULL);
  g_autofree char *own = NULL, *bytes = NULL;
  gsize n_own, n;

  g_assert_no_error (error);
  wait_for_text (fixture->page, "The networks were not run yet");
  g_assert_false (shows_text (fixture->page, "recalibrated"));
  record (fixture, map);
  wait_for_text (fixture->page, "recalibrated: vector scaling");

  /* A network that was trained anew under the same name, and what was there before. */
  g_assert_true (g_file_get_contents (one, &own, &n_own, &error));
  g_assert_true (g_file_get_contents (other, &bytes, &n, &error));
  g_assert_true (g_file_set_contents (one, bytes, (gssize) n, &error));
  dub_session_study_edited (fixture->session);
  wait_for_text (fixture->page, "vector scaling, of other networks");
  g_assert_true (g_file_set_contents (one, own, (gssize) n_own, &error));
  dub_session_study_edited (fixture->session);
  wait_for_text (fixture->page, "recalibrated: vector scaling");

  record (fixture, NULL);
  wait_until (!shows_text (fixture->page, "vector scaling"));
}

/* Another network under the same name: its numbers are still shown, and said to be old. */
static void
test_stale (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *one = g_build_filename (fixture->folder, "models", "ce-f0", "model.onnx", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "models", "ce-f1", "model.onnx", NULL);
  g_autofree char *bytes = NULL;
  gsize n;

  wait_for_text (fixture->page, "The networks were not run yet");
  gtk_widget_activate_action (fixture->page, "overview.run", NULL);
  wait_for_text (fixture->page, "measured on test");

  g_assert_true (g_file_get_contents (other, &bytes, &n, &error));
  g_assert_true (g_file_set_contents (one, bytes, (gssize) n, &error));
  g_assert_true (gtk_widget_activate_action (fixture->page, "overview.refresh", NULL));
  wait_for_text (fixture->page, "changed since these numbers were measured");
  wait_for_text (fixture->page, "1 of 2 agree");
  g_assert_true (shows_text (fixture->page, "measured on test"));
  g_assert_true (shows_text (fixture->page, "out of date"));

  /* It is not measured under the name of the one that was trained. */
  gtk_widget_activate_action (fixture->page, "overview.run", NULL);
  wait_for_text (fixture->page, "is not the one that the study was made with");
}

static void
test_moved_data (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *elsewhere = g_build_filename (fixture->root, "elsewhere.npz", NULL);
  g_autoptr (DubOverview) overview = dub_overview_new (fixture->session);
  g_autoptr (GError) error = NULL;
  guint n_failures = 0;

  wait_for_text (fixture->page, "120 cases compared");
  g_assert_cmpint (g_rename (fixture->data, elsewhere), ==, 0);
  gtk_widget_activate_action (fixture->page, "overview.refresh", NULL);
  wait_for_text (fixture->page, "The data are not where they were");
  g_assert_true (shows_text (fixture->page, "Locate…"));

  /* Running fails in place, with the reason and a way to try again. */
  gtk_widget_activate_action (fixture->page, "overview.run", NULL);
  wait_for_text (fixture->page, "The networks could not be run");
  g_assert_true (shows_text (fixture->page, "Try Again"));

  dub_overview_relocate_data (overview, elsewhere);
  wait_for_text (fixture->page, "120 cases compared");
  g_assert_false (shows_text (fixture->page, "The data are not where they were"));
  g_assert_cmpstr (dub_session_get_study (fixture->session)->data->path, ==, elsewhere);

  /* Other data are refused, and the study keeps its own. */
  g_autofree char *folder = g_build_filename (fixture->root, "other", NULL);

  g_mkdir (folder, 0700);
  g_signal_connect_swapped (fixture->session, "failure", G_CALLBACK (g_atomic_int_inc), &n_failures);

  g_autofree char *other = squares_write_data (folder);

  g_assert_true (g_file_set_contents (other, "PK", 2, &error));
  dub_overview_relocate_data (overview, other);
  for (int i = 0; i < 200 && n_failures == 0; i++)
    iterate (50);
  g_assert_cmpuint (n_failures, ==, 1);
  g_assert_cmpstr (dub_session_get_study (fixture->session)->data->path, ==, elsewhere);
}

/* The two cases stand side by side, with their labels. */
static void
test_pairs (Fixture       *fixture,
            gconstpointer  data)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *dialog = NULL;

  wait_for_text (fixture->page, "1 pair with opposite labels");
  g_assert_true (gtk_widget_activate_action (fixture->page, "overview.show-pairs", "s", "opposite"));
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

    if (window != fixture->window && GTK_IS_WINDOW (window) &&
        gtk_window_get_transient_for (GTK_WINDOW (window)) == GTK_WINDOW (fixture->window))
      dialog = window;
  }
  g_assert_nonnull (dialog);
  wait_for_text (dialog, "the same");
  g_assert_true (shows_text (dialog, "0 ·"));
  g_assert_true (shows_text (dialog, "1 ·"));
  iterate (50);
  g_assert_cmpuint (count_widgets (dialog, GTK_TYPE_PICTURE), ==, 2);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

int
main (int   argc,
      char *argv[])
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL) {
    g_print ("1..0 # SKIP there is no display\n");
    return 0;
  }
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/overview/no-network", Fixture, GINT_TO_POINTER (FALSE), set_up, test_no_network, tear_down);
  g_test_add ("/overview/run", Fixture, GINT_TO_POINTER (TRUE), set_up, test_run, tear_down);
  g_test_add ("/overview/recalibrated", Fixture, GINT_TO_POINTER (TRUE), set_up, test_recalibrated, tear_down);
  g_test_add ("/overview/stale", Fixture, GINT_TO_POINTER (TRUE), set_up, test_stale, tear_down);
  g_test_add ("/overview/moved-data", Fixture, GINT_TO_POINTER (TRUE), set_up, test_moved_data, tear_down);
  g_test_add ("/overview/pairs", Fixture, GINT_TO_POINTER (FALSE), set_up, test_pairs, tear_down);

  return g_test_run ();
}
