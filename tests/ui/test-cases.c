/* The Cases page, as a person meets it: without outputs, with scores, filtered, with a case in the inspector, stale. */
#include <adwaita.h>
#include <math.h>

#include "tests/ui/find.h"
#include "tests/ui/squares-fixture.h"
#include "ui/model/case-list.h"
#include "ui/pages/cases-page-private.h"
#include "ui/widgets/case-cell.h"

typedef struct {
  char         *root;
  char         *folder;
  DubSession   *session;
  GtkWidget    *window;
  GtkWidget    *page;
  DubCasesPage *cases; /* the page */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  trained)
{
  g_autoptr (GError) error = NULL;

  fixture->root = squares_new (GPOINTER_TO_INT (trained), &fixture->folder);
  fixture->session = dub_session_new (NULL);
  fixture->window = gtk_window_new ();
  fixture->page = dub_cases_page_new (fixture->session);
  fixture->cases = DUB_CASES_PAGE (fixture->page);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->page);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1080, 750);
  gtk_widget_show (fixture->window);
  g_assert_true (dub_session_open (fixture->session, fixture->folder, &error));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gpointer page = fixture->page, inspector = fixture->cases->inspector;

  g_object_add_weak_pointer (G_OBJECT (fixture->page), &page);
  g_object_add_weak_pointer (G_OBJECT (inspector), &inspector);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  iterate (100);
  g_assert_null (page);
  g_assert_null (inspector);
  g_assert_finalize_object (fixture->session);
  squares_remove (fixture->root);
  g_free (fixture->folder);
}

static guint
n_listed (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->cases->list));
}

static guint
listed (Fixture *fixture,
        guint    place)
{
  g_autoptr (DubCaseItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->cases->list), place);

  return dub_case_item_get_index (item);
}

static void
run_networks (Fixture *fixture)
{
  wait_for_text (fixture->page, "were not run over these cases yet");
  g_assert_true (gtk_widget_activate_action (fixture->page, "cases.run", NULL));
  wait_until (dub_results_get_state (fixture->cases->results) == DUB_RESULTS_READY);
  iterate (50);
}

/* --- tests --- */

static void
test_no_network (Fixture       *fixture,
                 gconstpointer  data)
{
  const DubStudyData *study = dub_session_get_study (fixture->session)->data;
  guint n_test = 0;

  wait_for_text (fixture->page, "This study has no network yet");
  for (size_t i = 0; i < study->n_cases; i++)
    n_test += study->split->part[i] == DUB_PART_TEST;
  g_assert_cmpuint (n_listed (fixture), ==, n_test);
  iterate (100);
  /* Images can be looked at without any answer. */
  g_assert_cmpuint (count_widgets (fixture->page, DUB_TYPE_CASE_CELL), >, 10);
  g_assert_true (shows_text (fixture->page, "No case is chosen"));
  dub_selection_set_case (dub_session_get_selection (fixture->session), 3);
  wait_for_text (fixture->page, "Image · 8 × 8 pixels");
  g_assert_true (shows_text (fixture->page, "the networks were not run yet"));
}

static void
test_sort (Fixture       *fixture,
           gconstpointer  data)
{
  run_networks (fixture);

  const DubScore *score = dub_results_get_score (fixture->cases->results);
  const char *id = dub_results_get_score_id (fixture->cases->results);

  g_assert_cmpstr (id, ==, "ensemble-sd");
  for (guint i = 1; i < n_listed (fixture); i++)
    g_assert_cmpfloat (score->values[listed (fixture, i - 1)], >=, score->values[listed (fixture, i)]);
  gtk_widget_activate_action (fixture->page, "cases.descending", NULL);
  for (guint i = 1; i < n_listed (fixture); i++)
    g_assert_cmpfloat (score->values[listed (fixture, i - 1)], <=, score->values[listed (fixture, i)]);

  gtk_widget_activate_action (fixture->page, "cases.sort", "s", "msr");
  score = dub_results_get_score (fixture->cases->results);
  g_assert_cmpstr (score->id, ==, "msr");
  for (guint i = 1; i < n_listed (fixture); i++)
    g_assert_cmpfloat (score->values[listed (fixture, i - 1)], <=, score->values[listed (fixture, i)]);
  gtk_widget_activate_action (fixture->page, "cases.sort", "s", "case");
  for (guint i = 1; i < n_listed (fixture); i++)
    g_assert_cmpuint (listed (fixture, i - 1), <, listed (fixture, i));

  /* The table has a column for every score, and shows the same list. */
  gtk_widget_activate_action (fixture->page, "cases.layout", "s", "table");
  iterate (50);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (fixture->cases->table)));
  g_assert_cmpuint (g_list_model_get_n_items (gtk_column_view_get_columns (fixture->cases->table)), >, 8);
  g_assert_true (shows_text (GTK_WIDGET (fixture->cases->table), "calibration") == FALSE);
  g_assert_true (shows_text (GTK_WIDGET (fixture->cases->table), "test"));

  /* Sorting by a column's title is sorting by that score. */
  GListModel *columns = gtk_column_view_get_columns (fixture->cases->table);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++) {
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

    if (g_strcmp0 (gtk_column_view_column_get_title (column), "Entropy") == 0) {
      gtk_column_view_sort_by_column (fixture->cases->table, column, GTK_SORT_DESCENDING);
      g_assert_cmpstr (dub_results_get_score_id (fixture->cases->results), ==, "entropy");
      g_assert_true (dub_case_list_get_descending (fixture->cases->list));
      gtk_column_view_sort_by_column (fixture->cases->table, column, GTK_SORT_ASCENDING);
      g_assert_false (dub_case_list_get_descending (fixture->cases->list));
    }
  }
  g_assert_cmpstr (dub_results_get_score_id (fixture->cases->results), ==, "entropy");
}

static void
test_filter (Fixture       *fixture,
             gconstpointer  data)
{
  run_networks (fixture);

  DubCaseList *list = fixture->cases->list;
  DubResults *results = fixture->cases->results;
  const DubStudyData *study = dub_session_get_study (fixture->session)->data;
  guint n_all = n_listed (fixture), n_failed;
  DubCaseCounts counts;

  dub_case_list_count (list, &counts);
  g_assert_cmpuint (counts.n, ==, n_all);
  g_assert_cmpuint (counts.n_correct + counts.n_failed, ==, n_all);

  gtk_widget_activate_action (fixture->page, "cases.outcome", "s", "failed");
  n_failed = n_listed (fixture);
  g_assert_cmpuint (n_failed, ==, counts.n_failed);
  for (guint i = 0; i < n_failed; i++)
    g_assert_cmpuint (dub_results_get_failed (results, listed (fixture, i)), ==, 1);
  gtk_widget_activate_action (fixture->page, "cases.outcome", "s", "correct");
  g_assert_cmpuint (n_listed (fixture), ==, n_all - n_failed);
  gtk_widget_activate_action (fixture->page, "cases.outcome", "s", "all");

  gtk_widget_activate_action (fixture->page, "cases.class", "s", "1");
  for (guint i = 0; i < n_listed (fixture); i++)
    g_assert_cmpint (study->labels[listed (fixture, i)], ==, 1);
  gtk_widget_activate_action (fixture->page, "cases.split", "s", "all");
  g_assert_cmpuint (n_listed (fixture), ==, SQUARES_N / 4);
  gtk_widget_activate_action (fixture->page, "cases.class", "s", "all");
  g_assert_cmpuint (n_listed (fixture), ==, SQUARES_N);
  gtk_widget_activate_action (fixture->page, "cases.split", "s", "test");

  /* A range of the score: both ends are in. The bins count all that is not cut off by the range itself. */
  const DubScore *score = dub_results_get_score (results);
  double low = score->values[listed (fixture, n_all / 2)], high = score->values[listed (fixture, 1)];
  g_autoptr (DubScoreBins) bins = NULL;
  guint n_binned = 0;

  dub_case_list_set_range (list, low, high);
  for (guint i = 0; i < n_listed (fixture); i++)
    g_assert_true (score->values[listed (fixture, i)] >= low && score->values[listed (fixture, i)] <= high);
  g_assert_cmpuint (n_listed (fixture), >=, 2);
  g_assert_cmpuint (n_listed (fixture), <, n_all);
  bins = dub_case_list_bins (list, 10);
  for (guint i = 0; i < bins->n_bins; i++)
    n_binned += bins->correct[i] + bins->failed[i];
  g_assert_cmpuint (n_binned, ==, n_all);

  /* Another score has other values. */
  dub_results_set_score_id (results, "msr");
  g_assert_cmpuint (n_listed (fixture), ==, n_all);

  /* By a part of the id, and no case at all. */
  gtk_editable_set_text (fixture->cases->find_entry, study->ids[listed (fixture, 0)]);
  wait_until (n_listed (fixture) < n_all);
  g_assert_cmpuint (n_listed (fixture), >=, 1);
  gtk_editable_set_text (fixture->cases->find_entry, "no such case");
  wait_for_text (fixture->page, "No case passes the filter");
  gtk_widget_activate_action (fixture->page, "cases.clear-filter", NULL);
  g_assert_cmpuint (n_listed (fixture), ==, n_all);
  g_assert_cmpstr (gtk_editable_get_text (fixture->cases->find_entry), ==, "");
}

/* A set that another page has made is listed alone, until it is let go. */
static void
test_set (Fixture       *fixture,
          gconstpointer  data)
{
  run_networks (fixture);

  DubSelection *selection = dub_session_get_selection (fixture->session);
  guint n_all = n_listed (fixture), some[] = { listed (fixture, 4), listed (fixture, 2) };

  /* Without a set the switch stays off. */
  gtk_widget_activate_action (fixture->page, "cases.only-set", NULL);
  g_assert_false (dub_case_list_get_only_set (fixture->cases->list));
  dub_selection_set_set (selection, some, 2, "two of them");
  gtk_widget_activate_action (fixture->page, "cases.only-set", NULL);
  g_assert_cmpuint (n_listed (fixture), ==, 2);
  g_assert_cmpuint (listed (fixture, 0), ==, some[1]);
  g_assert_true (gtk_widget_get_visible (fixture->cases->set_button));
  g_assert_cmpstr (gtk_label_get_label (fixture->cases->set_label), ==, "two of them");
  dub_selection_clear_set (selection);
  g_assert_cmpuint (n_listed (fixture), ==, n_all);
  g_assert_false (gtk_widget_get_visible (fixture->cases->set_button));

  /* Another page leads to a set whatever is filtered; leaving it, or losing it, one is back among what was listed before. */
  dub_selection_set_set (selection, some, 2, "two of them");
  gtk_widget_activate_action (fixture->page, "cases.split", "s", "train");

  guint n_train = n_listed (fixture);

  g_assert_cmpuint (n_train, !=, n_all);
  gtk_widget_activate_action (fixture->page, "cases.show-set", NULL);
  g_assert_cmpuint (n_listed (fixture), ==, 2);
  gtk_widget_activate_action (fixture->page, "cases.leave-set", NULL);
  g_assert_cmpuint (n_listed (fixture), ==, n_train);
  gtk_widget_activate_action (fixture->page, "cases.split", "s", "test");
  gtk_widget_activate_action (fixture->page, "cases.show-set", NULL);
  gtk_widget_activate_action (fixture->page, "cases.show-set", NULL);
  dub_selection_clear_set (selection);
  g_assert_cmpuint (n_listed (fixture), ==, n_all);

  /* The page leads the focus to its first case. */
  g_assert_true (gtk_widget_grab_focus (fixture->page));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (gtk_widget_get_root (fixture->page)), GTK_WIDGET (fixture->cases->grid)));

  /* What the grid has selected is the current case, and the other way round. */
  gtk_single_selection_set_selected (fixture->cases->chosen, 3);
  g_assert_cmpint (dub_selection_get_case (selection), ==, (int) listed (fixture, 3));
  dub_selection_set_case (selection, (int) listed (fixture, 5));
  g_assert_cmpuint (gtk_single_selection_get_selected (fixture->cases->chosen), ==, 5);
  gtk_widget_activate_action (fixture->page, "cases.next", NULL);
  g_assert_cmpint (dub_selection_get_case (selection), ==, (int) listed (fixture, 6));
  dub_session_go_back (fixture->session);
  g_assert_cmpint (dub_selection_get_case (selection), ==, (int) listed (fixture, 5));

  /* A case that is filtered out is still the current one. */
  gtk_widget_activate_action (fixture->page, "cases.split", "s", "train");
  g_assert_cmpuint (gtk_single_selection_get_selected (fixture->cases->chosen), ==, GTK_INVALID_LIST_POSITION);
  g_assert_cmpint (dub_case_inspector_get_case (fixture->cases->inspector), ==, dub_selection_get_case (selection));
}

static void
test_inspector (Fixture       *fixture,
                gconstpointer  data)
{
  run_networks (fixture);

  DubResults *results = fixture->cases->results;
  DubCaseDetail *detail = dub_case_inspector_get_detail (fixture->cases->inspector);
  const DubStudyData *study = dub_session_get_study (fixture->session)->data;
  guint index = listed (fixture, 0);
  const DubScore *score = dub_results_get_score (results);
  g_autofree char *value = g_strdup_printf ("%.3f", score->values[index]);
  g_autofree char *place = g_strdup_printf ("P%.0f", floor (100.0 * dub_results_get_percentile (results, score, index)));

  dub_selection_set_case (dub_session_get_selection (fixture->session), (int) index);
  wait_until (dub_case_detail_get_heat (detail) != NULL);
  g_assert_true (shows_text (fixture->page, study->ids[index]));
  g_assert_true (shows_text (fixture->page, value));
  g_assert_true (shows_text (fixture->page, place));
  g_assert_true (shows_text (fixture->page, "predicted"));
  g_assert_true (shows_text (fixture->page, "true label"));
  g_assert_true (shows_text (fixture->page, "Ensemble SD lost if"));

  /* Five views, and the networks' answers to them. */
  const DubCaseViews *views = dub_case_detail_get_views (detail);

  g_assert_nonnull (views);
  g_assert_cmpuint (views->n_views, ==, DUB_N_CASE_VIEWS);
  g_assert_true (shows_text (fixture->page, "TTA · SD"));
  for (guint v = 0; v < views->n_views; v++)
    g_assert_true (views->view[v].probability >= 0.5 && views->view[v].probability <= 1.0 && views->view[v].picture != NULL);

  /* Training cases, nearest first, and none of them is this one. */
  wait_until (dub_case_detail_get_look (detail) != NULL);

  const DubCaseLook *look = dub_case_detail_get_look (detail);

  g_assert_cmpuint (look->n_neighbours, ==, DUB_N_NEIGHBOURS);
  for (guint i = 0; i < look->n_neighbours; i++) {
    g_assert_cmpuint (study->split->part[look->neighbours[i].index], ==, DUB_PART_TRAIN);
    g_assert_true (i == 0 || look->neighbours[i].distance >= look->neighbours[i - 1].distance);
  }

  /* Another kind, another map; off and on again it is the one that was kept. */
  const DubCaseHeat *first = dub_case_detail_get_heat (detail);

  gtk_widget_activate_action (fixture->page, "cases.heat", NULL);
  g_assert_null (dub_case_detail_get_heat (detail));
  gtk_widget_activate_action (fixture->page, "cases.heat", NULL);
  g_assert_true (dub_case_detail_get_heat (detail) == first);
  gtk_widget_activate_action (fixture->page, "cases.heat-kind", "s", "ig:probability");
  wait_until (dub_case_detail_get_heat (detail) != NULL);
  g_assert_cmpint (dub_case_detail_get_heat (detail)->heat->kind, ==, DUB_HEATMAP_INTEGRATED_GRADIENTS);
  g_assert_true (shows_text (fixture->page, "Integrated gradients"));
}

/* The last case shows the first one's pixels: where one of them is a training case, the other is told. */
static void
test_twins (Fixture       *fixture,
            gconstpointer  data)
{
  run_networks (fixture);

  DubCaseDetail *detail = dub_case_inspector_get_detail (fixture->cases->inspector);
  const guint8 *part = dub_session_get_study (fixture->session)->data->split->part;
  int index = part[0] == DUB_PART_TRAIN ? SQUARES_N - 1 : 0, other = SQUARES_N - 1 - index;

  /* Cases that are alike are dealt to one side. */
  if (part[other] != DUB_PART_TRAIN) {
    g_test_skip ("neither of the twins is a training case");
    return;
  }
  dub_selection_set_case (dub_session_get_selection (fixture->session), index);
  wait_until (dub_case_detail_get_look (detail) != NULL);

  const DubCaseLook *look = dub_case_detail_get_look (detail);

  g_assert_cmpuint (look->neighbours[0].index, ==, (guint) other);
  g_assert_cmpfloat (look->neighbours[0].distance, <, 1e-6);
  g_assert_true (look->neighbours[0].duplicate);
  g_assert_false (look->neighbours[1].duplicate);
  wait_for_text (fixture->page, "1 near-duplicate");
}

static void
test_stale (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *one = g_build_filename (fixture->folder, "models", "ce-f0", "model.onnx", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "models", "ce-f1", "model.onnx", NULL);
  g_autofree char *bytes = NULL;
  gsize n;

  run_networks (fixture);
  g_assert_true (g_file_get_contents (other, &bytes, &n, &error));
  g_assert_true (g_file_set_contents (one, bytes, (gssize) n, &error));
  gtk_widget_activate_action (fixture->page, "cases.refresh", NULL);
  wait_for_text (fixture->page, "have changed since these answers were given");
  g_assert_cmpuint (n_listed (fixture), >, 0);

  /* A network that cannot be read is told in place. */
  g_assert_true (g_file_set_contents (one, "no network", -1, &error));
  gtk_widget_activate_action (fixture->page, "cases.run", NULL);
  wait_until (dub_results_get_failure (fixture->cases->results) != NULL);
  iterate (50);
  g_assert_true (gtk_widget_get_mapped (fixture->cases->banner));
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
  g_test_add ("/cases/no-network", Fixture, GINT_TO_POINTER (FALSE), set_up, test_no_network, tear_down);
  g_test_add ("/cases/sort", Fixture, GINT_TO_POINTER (TRUE), set_up, test_sort, tear_down);
  g_test_add ("/cases/filter", Fixture, GINT_TO_POINTER (TRUE), set_up, test_filter, tear_down);
  g_test_add ("/cases/set", Fixture, GINT_TO_POINTER (TRUE), set_up, test_set, tear_down);
  g_test_add ("/cases/inspector", Fixture, GINT_TO_POINTER (TRUE), set_up, test_inspector, tear_down);
  g_test_add ("/cases/twins", Fixture, GINT_TO_POINTER (TRUE), set_up, test_twins, tear_down);
  g_test_add ("/cases/stale", Fixture, GINT_TO_POINTER (TRUE), set_up, test_stale, tear_down);

  return g_test_run ();
}
