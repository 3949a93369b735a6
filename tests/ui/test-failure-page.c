/* The Failure Detection page, as a person meets it: before the networks are run, while rows fill in, with an operating point that
 * is chosen, dragged and undone, and leading to the cases that it accepts.
 */
#include <adwaita.h>
#include <math.h>

#include "tests/ui/application.h"
#include "tests/ui/find.h"
#include "tests/ui/squares-fixture.h"
#include "ui/pages/cases-page-private.h"
#include "ui/pages/failure-page-private.h"

/* What a test begins with. */
typedef struct {
  AdwApplication *application;
  gboolean        trained;
} Given;

typedef struct {
  char           *root;
  char           *folder;
  DubWindow      *window;
  DubSession     *session;
  DubFailurePage *page;     /* NULL until it is looked at */
} Fixture;

static GtkWidget *
shown_page (Fixture *fixture,
            GType    type)
{
  return find_widget (GTK_WIDGET (fixture->window), type);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const Given *given = data;
  g_autoptr (GError) error = NULL;

  fixture->root = squares_new (given->trained, &fixture->folder);
  fixture->window = application_window (given->application, fixture->root, 1280, 800);
  fixture->session = g_object_ref (dub_window_get_session (fixture->window));
  gtk_window_present (GTK_WINDOW (fixture->window));
  g_assert_true (dub_session_open (fixture->session, fixture->folder, &error));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s", "failure"));
  wait_until (shown_page (fixture, DUB_TYPE_FAILURE_PAGE) != NULL);
  fixture->page = DUB_FAILURE_PAGE (shown_page (fixture, DUB_TYPE_FAILURE_PAGE));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gpointer page = fixture->page;

  g_object_add_weak_pointer (G_OBJECT (fixture->page), &page);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  wait_until (page == NULL);
  g_object_unref (fixture->session);
  squares_remove (fixture->root);
  g_free (fixture->folder);
}

static gboolean
all_measured (DubFailurePage *page)
{
  guint n_done, n_all;

  dub_failure_bench_count (page->bench, &n_done, &n_all);

  return n_all > 0 && n_done == n_all && page->redraw == 0;
}

static void
run_networks (Fixture *fixture)
{
  wait_for_text (GTK_WIDGET (fixture->page), "The networks were not run over these cases yet");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "failure.run", NULL));
  wait_until (all_measured (fixture->page));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "failure.score", "s", "msr"));
}

static char *
point_of (Fixture *fixture)
{
  char *kind;

  g_object_get (fixture->page, "point", &kind, NULL);

  return kind;
}

/* --- tests --- */

static void
test_no_network (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *page = GTK_WIDGET (fixture->page);

  wait_for_text (page, "This study has no network yet");
  g_assert_true (shows_text (page, "Train Networks"));
  g_assert_null (fixture->page->figure);
  g_assert_cmpuint (dub_failure_bench_get_n_rows (fixture->page->bench), ==, 0);
}

/* Every number of the table is that of the core, computed without a window. */
static void
test_rows (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  run_networks (fixture);

  g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);
  g_autoptr (DubRun) run = dub_run_new (1);
  const DubScoresOptions options = { .family = "ce" };
  g_autoptr (DubScores) scores = dub_study_scores (study, &options, run, &error);
  guint n_measured = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (dub_failure_bench_get_n_rows (fixture->page->bench), ==, scores->scores->len);
  for (guint k = 0; k < scores->scores->len; k++) {
    const DubScore *score = g_ptr_array_index (scores->scores, k);
    DubFailureRow *row = NULL;

    for (guint i = 0; i < scores->scores->len && row == NULL; i++)
      if (g_strcmp0 (dub_failure_row_get_id (dub_failure_bench_get_row (fixture->page->bench, i)), score->id) == 0)
        row = dub_failure_bench_get_row (fixture->page->bench, i);
    g_assert_nonnull (row);
    if (score->values == NULL) {
      g_assert_cmpint (dub_failure_row_get_state (row), ==, DUB_FAILURE_ROW_MISSING);
      g_assert_cmpstr (dub_failure_row_get_reason (row), ==, score->missing);
      continue;
    }

    g_autoptr (DubFailure) failure = dub_scores_failure (scores, study, score, DUB_PART_TEST, 0, 0, NULL, run, &error);
    const DubFailure *measured = dub_failure_row_get_failure (row);

    g_assert_no_error (error);
    g_assert_nonnull (measured);
    g_assert_cmpuint (measured->n_cases, ==, failure->n_cases);
    g_assert_cmpfloat (measured->auroc.value, ==, failure->auroc.value);
    g_assert_cmpfloat (measured->aurc.low, ==, failure->aurc.low);
    g_assert_cmpfloat (measured->point[DUB_POINT_BALANCED].threshold, ==, failure->point[DUB_POINT_BALANCED].threshold);
    g_assert_cmpfloat (measured->point[DUB_POINT_BALANCED].balanced.high, ==, failure->point[DUB_POINT_BALANCED].balanced.high);
    n_measured++;
  }
  g_assert_cmpuint (n_measured, >, 5);

  /* Families are apart, and what needs views offers to run them. */
  wait_for_text (GTK_WIDGET (fixture->page), "not available");
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "threshold fitted on calibration"));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "measured on test"));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "positive = correct"));
}

static void
test_point (Fixture       *fixture,
            gconstpointer  data)
{
  DubFailurePage *page = fixture->page;
  DubHistory *history = dub_session_get_history (fixture->session);
  DubOperatingPoint balanced, specific, dragged, other;

  run_networks (fixture);

  DubFailureRow *row = dub_failure_bench_get_chosen (page->bench);
  const DubFailure *failure = dub_failure_row_get_failure (row);

  g_assert_cmpstr (dub_failure_row_get_id (row), ==, "msr");
  g_assert_true (dub_failure_bench_get_point (page->bench, row, &balanced));
  g_assert_cmpfloat (balanced.threshold, ==, failure->point[DUB_POINT_BALANCED].threshold);
  g_assert_cmpfloat (page->figure->mark.coverage, ==, dub_rate_value (balanced.accepted));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.point", "s", "specificity"));
  g_assert_true (dub_failure_bench_get_point (page->bench, row, &specific));
  g_assert_cmpfloat (specific.threshold, ==, failure->point[DUB_POINT_SPECIFICITY].threshold);

  /* Source 000's way: on the test cases themselves no failure is accepted, and the page says what that is worth. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.own", NULL));
  g_assert_true (dub_failure_bench_get_point (page->bench, row, &specific));
  g_assert_cmpuint (specific.failures_accepted.n, ==, 0);
  g_assert_true (shows_text (GTK_WIDGET (page), "threshold chosen on test · "));
  g_assert_true (dub_history_undo (history));
  g_assert_false (dub_failure_bench_get_own (page->bench));

  /* A drag in any plot is a threshold; the numbers follow at once. */
  double threshold = page->figure->threshold[page->figure->n_points / 2];

  g_signal_emit_by_name (page->views[DUB_FAILURE_PLOT_ROC], "picked", threshold);
  g_assert_true (dub_failure_bench_get_point (page->bench, row, &dragged));
  g_assert_cmpfloat (dragged.threshold, ==, threshold);
  g_assert_cmpuint (page->figure->mark.at, ==, page->figure->n_points / 2);
  g_assert_true (shows_text (GTK_WIDGET (page), "threshold chosen by hand on test"));
  /* The case that stands there is the current one. */
  g_assert_cmpfloat (dub_failure_row_get_score (row, dub_selection_get_case (dub_session_get_selection (fixture->session)), NULL), ==,
                     threshold);
  /* Other rows accept no more cases. */
  for (guint i = 0; i < dub_failure_bench_get_n_rows (page->bench); i++)
    if (dub_failure_bench_get_point (page->bench, dub_failure_bench_get_row (page->bench, i), &other))
      g_assert_cmpuint (other.accepted.n, <=, dragged.accepted.n);

  g_assert_true (dub_history_undo (history));
  g_autofree char *kind = point_of (fixture);

  g_assert_cmpstr (kind, ==, "specificity");
  g_assert_true (dub_history_redo (history));
  g_assert_true (dub_failure_bench_get_point (page->bench, row, &dragged));
  g_assert_cmpfloat (dragged.threshold, ==, threshold);

  /* Nothing is accepted below every score. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.threshold", "d", -INFINITY));
  g_assert_true (dub_failure_bench_get_point (page->bench, row, &dragged));
  g_assert_cmpuint (dragged.accepted.n, ==, 0);
  g_assert_true (shows_text (GTK_WIDGET (page), "No failure accepted"));
}

/* A frame is 16 ms; what a drag computes is far below it. */
static void
test_drag_is_quick (Fixture       *fixture,
                    gconstpointer  data)
{
  DubFailurePage *page = fixture->page;
  gint64 least = G_MAXINT64;

  run_networks (fixture);
  for (size_t k = 1; k < page->figure->n_points; k++) {
    gint64 start = g_get_monotonic_time ();

    g_signal_emit_by_name (page->views[DUB_FAILURE_PLOT_RISK], "picked", page->figure->threshold[k]);
    least = MIN (least, g_get_monotonic_time () - start);
  }
  g_test_message ("a step of a drag takes %.2f ms", (double) least / 1000.0);
  g_assert_cmpint (least, <, 16000);
}

/* "Show the n in Cases" selects those failures, and the Cases page lists them. */
static void
test_show (Fixture       *fixture,
           gconstpointer  data)
{
  DubSelection *selection = dub_session_get_selection (fixture->session);
  DubOperatingPoint point;
  size_t n, n_shown = 0;

  run_networks (fixture);

  DubFailureRow *row = dub_failure_bench_get_chosen (fixture->page->bench);
  const DubFailureInputs *inputs = dub_failure_row_get_inputs (row);

  /* Everything is accepted, so that there are failures to show. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "failure.threshold", "d", 1.0));
  g_assert_true (dub_failure_bench_get_point (fixture->page->bench, row, &point));
  g_assert_cmpuint (point.failures_accepted.n, >, 0);
  g_autofree char *words = g_strdup_printf ("Show the %" G_GSIZE_FORMAT " in Cases", point.failures_accepted.n);

  g_assert_true (shows_text (GTK_WIDGET (fixture->page), words));
  gtk_widget_activate (GTK_WIDGET (fixture->page->show_button));
  wait_until (shown_page (fixture, DUB_TYPE_CASES_PAGE) != NULL);

  const guint *set = dub_selection_get_set (selection, &n);

  g_assert_cmpuint (n, ==, point.failures_accepted.n);
  for (size_t i = 0; i < inputs->n; i++)
    if (!inputs->correct[i] && inputs->values[i] <= point.threshold)
      g_assert_cmpuint (set[n_shown++], ==, inputs->cases[i]);
  g_assert_cmpuint (n_shown, ==, n);

  DubCasesPage *cases = DUB_CASES_PAGE (shown_page (fixture, DUB_TYPE_CASES_PAGE));

  wait_until (g_list_model_get_n_items (G_LIST_MODEL (cases->list)) == n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (DubCaseItem) item = g_list_model_get_item (G_LIST_MODEL (cases->list), i);

    g_assert_true (dub_selection_contains (selection, dub_case_item_get_index (item)));
  }

  /* And the most certain failure is opened from its card. */
  DubCertainFailure first, second;

  g_assert_true (dub_failure_row_get_certain (row, 0, &first));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "failure.open-case", NULL));
  g_assert_cmpint (dub_selection_get_case (selection), ==, (int) first.index);
  if (dub_failure_row_get_certain (row, 1, &second)) {
    g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "failure.next-failure", NULL));
    g_assert_cmpint (dub_selection_get_case (selection), ==, (int) second.index);
    g_assert_cmpfloat (second.score, >=, first.score);
  }
}

static guint
n_lines (DubFailurePage *page)
{
  guint n = 0;

  while (gtk_list_box_get_row_at_index (page->list, (int) n) != NULL)
    n++;

  return n;
}

static void
test_table (Fixture       *fixture,
            gconstpointer  data)
{
  DubFailurePage *page = fixture->page;

  run_networks (fixture);
  g_assert_cmpuint (n_lines (page), ==, dub_failure_bench_get_n_rows (page->bench));

  /* The perceptron has weights to show. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.score", "s", "perceptron"));
  g_assert_cmpstr (dub_failure_row_get_id (dub_failure_bench_get_chosen (page->bench)), ==, "perceptron");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (page->zero_stack), ==, "weights");
  g_assert_nonnull (gtk_widget_get_first_child (GTK_WIDGET (page->weights)));
  g_assert_cmpstr (page->figure->id, ==, "perceptron");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.weights", NULL));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (page->zero_stack), ==, "case");

  /* More columns, another order, the curve as a table. */
  g_assert_false (shows_text (GTK_WIDGET (page), "AUGRC"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.augrc", NULL));
  g_assert_true (shows_text (GTK_WIDGET (page), "AUGRC"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.sort", "s", "aurc"));
  g_assert_true (shows_text (GTK_WIDGET (page), "AURC ↑"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.as-table", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (page->points))), ==, page->figure->n_points);
  iterate (50);
  g_assert_cmpuint (gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (page->points))), ==,
                    page->figure->mark.at);
  /* A row of it is a threshold. */
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (page->points)), 3);
  g_assert_cmpuint (page->figure->mark.at, ==, 3);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), "failure.as-table", NULL));

  /* Files: the plots' numbers carry where they come from. */
  g_autoptr (DubFailureFigure) figure = _dub_failure_page_make_figure (page, NULL);

  g_assert_nonnull (figure);
  g_assert_cmpuint (figure->n_points, ==, page->figure->n_points);
}

/* Another network under the same name: the numbers are still there, and said to be old. */
static void
test_stale (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *one = g_build_filename (fixture->folder, "models", "ce-f0", "model.onnx", NULL);
  g_autofree char *two = g_build_filename (fixture->folder, "models", "ce-f1", "model.onnx", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  run_networks (fixture);
  g_assert_false (shows_text (GTK_WIDGET (fixture->page), "have changed since"));
  g_assert_true (g_file_get_contents (two, &bytes, &n, &error));
  g_assert_true (g_file_set_contents (one, bytes, (gssize) n, &error));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "failure.refresh", NULL));
  wait_for_text (GTK_WIDGET (fixture->page), "have changed since");
  g_assert_true (gtk_widget_has_css_class (fixture->page->table_card, "stale"));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "Run Again"));
}

int
main (int   argc,
      char *argv[])
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL) {
    g_print ("1..0 # SKIP there is no display\n");
    return 0;
  }

  char *folder = application_folder ("dubito-failure-XXXXXX");

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  AdwApplication *application = application_new ();
  const Given empty = { application, FALSE }, trained = { application, TRUE };

  g_test_add ("/failure-page/no-network", Fixture, &empty, set_up, test_no_network, tear_down);
  g_test_add ("/failure-page/rows", Fixture, &trained, set_up, test_rows, tear_down);
  g_test_add ("/failure-page/point", Fixture, &trained, set_up, test_point, tear_down);
  g_test_add ("/failure-page/drag", Fixture, &trained, set_up, test_drag_is_quick, tear_down);
  g_test_add ("/failure-page/show", Fixture, &trained, set_up, test_show, tear_down);
  g_test_add ("/failure-page/table", Fixture, &trained, set_up, test_table, tear_down);
  g_test_add ("/failure-page/stale", Fixture, &trained, set_up, test_stale, tear_down);

  int status = g_test_run ();

  g_object_unref (application);
  squares_remove (folder);

  return status;
}
