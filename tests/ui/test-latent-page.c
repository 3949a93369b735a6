/* The Latent Space page, as a person meets it: before the networks are run, while a map is laid out, with a lasso that selects for
 * the whole window, and two networks beside each other.
 */
#include <adwaita.h>
#include <math.h>

#include "core/study/evaluate.h"
#include "tests/ui/application.h"
#include "tests/ui/find.h"
#include "tests/ui/squares-fixture.h"
#include "ui/pages/latent-page-private.h"
#include "ui/widgets/scatter-view-private.h"

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
  DubLatentPage  *page;
} Fixture;

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
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s", "latent"));
  wait_until (find_widget (GTK_WIDGET (fixture->window), DUB_TYPE_LATENT_PAGE) != NULL);
  fixture->page = DUB_LATENT_PAGE (find_widget (GTK_WIDGET (fixture->window), DUB_TYPE_LATENT_PAGE));
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

static DubLatentLive *
map_of (Fixture *fixture)
{
  return dub_latent_bench_get_map (fixture->page->bench, DUB_LATENT_MAIN);
}

static gboolean
is_measured (Fixture *fixture)
{
  return dub_latent_live_get_state (map_of (fixture)) == DUB_LATENT_DONE && dub_latent_live_get_quality (map_of (fixture)) != NULL &&
         fixture->page->counts_idle == 0;
}

static void
act (Fixture    *fixture,
     const char *name)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), name, NULL));
}

static void
act_with (Fixture    *fixture,
          const char *name,
          const char *target)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), name, "s", target));
}

static void
run_networks (Fixture *fixture)
{
  wait_for_text (GTK_WIDGET (fixture->page), "The networks were not run over these cases yet");
  act (fixture, "latent.run-networks");
  wait_until (is_measured (fixture));
}

static float *
copy_places (Fixture *fixture)
{
  return g_memdup2 (dub_latent_live_get_xy (map_of (fixture)), SQUARES_N * 2 * sizeof (float));
}

/* --- tests --- */

static void
test_no_network (Fixture       *fixture,
                 gconstpointer  data)
{
  wait_for_text (GTK_WIDGET (fixture->page), "This study has no network yet");
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "Train Networks"));
  g_assert_null (dub_latent_bench_get_points (fixture->page->bench, DUB_LATENT_MAIN));
  g_assert_cmpint (dub_latent_live_get_state (map_of (fixture)), ==, DUB_LATENT_EMPTY);
}

/* Places and numbers are those of the core, computed without a window. */
static void
test_places (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  run_networks (fixture);

  g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);
  g_auto (GStrv) models = dub_study_family_models (study, "ce");
  g_autoptr (DubOutputs) outputs = dub_outputs_peek_models (study, (const char *const *) models, &error);
  size_t n_features = 0;
  g_autofree float *features = dub_latent_features (outputs, study, "ce", NULL, &n_features, &error);
  g_autofree float *xy = g_new (float, 2 * SQUARES_N);
  g_autofree int *labels = dub_latent_labels (study);
  const DubLatentOptions options = DUB_LATENT_DEFAULT;
  g_autoptr (DubLatentMap) map = dub_latent_map_new (features, SQUARES_N, n_features, &options, NULL, &error);
  DubLatentQuality quality;

  g_assert_no_error (error);
  g_assert_true (dub_latent_map_step (map, 5000, NULL, &error));
  dub_latent_map_get_positions (map, xy);
  g_assert_cmpmem (dub_latent_live_get_xy (map_of (fixture)), 2 * SQUARES_N * sizeof (float), xy, 2 * SQUARES_N * sizeof (float));
  g_assert_true (dub_latent_map_measure (map, labels, &quality, NULL, &error));
  g_assert_cmpfloat (dub_latent_live_get_quality (map_of (fixture))->trustworthiness, ==, quality.trustworthiness);
  g_assert_cmpfloat (dub_latent_live_get_quality (map_of (fixture))->silhouette, ==, quality.silhouette);
  g_assert_cmpstr (dub_latent_live_get_model (map_of (fixture)), ==, models[0]);
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "t-SNE: distances are not metric"));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "1000 iterations"));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "All test cases"));

  /* What was laid out once is there at once. */
  act_with (fixture, "latent.method", "pca");
  wait_until (is_measured (fixture));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "% of the variance"));
  g_assert_false (shows_text (GTK_WIDGET (fixture->page), "distances are not metric"));
  act_with (fixture, "latent.method", "tsne");
  wait_until (is_measured (fixture));
  g_assert_cmpmem (dub_latent_live_get_xy (map_of (fixture)), 2 * SQUARES_N * sizeof (float), xy, 2 * SQUARES_N * sizeof (float));

  g_autofree char *kept = g_build_filename (fixture->folder, "results", "latent", NULL);

  g_assert_true (g_file_test (kept, G_FILE_TEST_IS_DIR));
}

static void
count_cb (guint *n)
{
  (*n)++;
}

/* The picture moves while it is made; a pause holds it, and changes nothing of the end. */
static void
test_live (Fixture       *fixture,
           gconstpointer  data)
{
  guint n_moved = 0;

  run_networks (fixture);

  DubLatentLive *map = map_of (fixture);
  g_autofree float *end = copy_places (fixture), *paused = NULL;

  g_signal_connect_swapped (map, "moved", G_CALLBACK (count_cb), &n_moved);
  act (fixture, "latent.restart");
  wait_until (dub_latent_live_get_state (map) == DUB_LATENT_RUNNING);
  act (fixture, "latent.pause");
  g_assert_cmpint (dub_latent_live_get_state (map), ==, DUB_LATENT_PAUSED);
  /* The step that was under way still brings its places. */
  wait_until (dub_latent_live_get_iteration (map) > 0);

  guint at = dub_latent_live_get_iteration (map);

  g_assert_cmpuint (at, <=, 40);
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "Paused at"));
  paused = copy_places (fixture);
  iterate (150);
  g_assert_cmpuint (dub_latent_live_get_iteration (map), ==, at);
  g_assert_cmpmem (paused, SQUARES_N * 2 * sizeof (float), dub_latent_live_get_xy (map), SQUARES_N * 2 * sizeof (float));

  act (fixture, "latent.run");
  wait_until (is_measured (fixture));
  g_assert_cmpmem (end, SQUARES_N * 2 * sizeof (float), dub_latent_live_get_xy (map), SQUARES_N * 2 * sizeof (float));
  g_assert_cmpuint (n_moved, >, 20);
  g_signal_handlers_disconnect_by_data (map, &n_moved);

  /* Stopped early it stays, and is measured as it is. */
  act (fixture, "latent.restart");
  wait_until (dub_latent_live_get_state (map) == DUB_LATENT_RUNNING);
  act (fixture, "latent.stop");
  wait_until (dub_latent_live_get_quality (map) != NULL);
  g_assert_cmpint (dub_latent_live_get_state (map), ==, DUB_LATENT_STOPPED);
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "Stopped at"));
}

static void
test_settings (Fixture       *fixture,
               gconstpointer  data)
{
  DubHistory *history = dub_session_get_history (fixture->session);

  run_networks (fixture);

  g_autofree float *first = copy_places (fixture);
  int seed;

  /* The fixture's 120 cases allow a perplexity of 39. */
  g_object_set (fixture->page, "perplexity", 60.0, NULL);
  wait_until (is_measured (fixture));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "lowered to 39"));
  g_assert_true (dub_history_undo (history));
  g_assert_cmpfloat (dub_latent_bench_get_options (fixture->page->bench)->perplexity, ==, 30.0);
  wait_until (is_measured (fixture));
  g_assert_false (shows_text (GTK_WIDGET (fixture->page), "lowered to"));
  g_assert_cmpmem (first, SQUARES_N * 2 * sizeof (float), dub_latent_live_get_xy (map_of (fixture)), SQUARES_N * 2 * sizeof (float));

  gtk_spin_button_set_value (fixture->page->seed_spin, 3.0);
  g_object_get (fixture->page, "seed", &seed, NULL);
  g_assert_cmpint (seed, ==, 3);
  wait_until (is_measured (fixture));
  g_assert_true (memcmp (first, dub_latent_live_get_xy (map_of (fixture)), SQUARES_N * 2 * sizeof (float)) != 0);

  act_with (fixture, "latent.method", "umap");
  wait_until (is_measured (fixture));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "UMAP: distances are not metric"));
  g_assert_true (dub_history_undo (history));
  g_assert_true (dub_history_undo (history));
  g_assert_true (dub_history_redo (history));
  g_object_get (fixture->page, "seed", &seed, NULL);
  g_assert_cmpint (seed, ==, 3);

  act_with (fixture, "latent.colour", "msr");
  g_assert_cmpint (dub_latent_bench_get_color (fixture->page->bench), ==, DUB_LATENT_BY_VALUE);
  g_assert_cmpstr (dub_results_get_score_id (fixture->page->results), ==, "msr");
  act_with (fixture, "latent.colour", "part");
  g_assert_cmpint (dub_latent_bench_get_color (fixture->page->bench), ==, DUB_LATENT_BY_PART);
}

/* --- the lasso --- */

static gboolean
is_test (Fixture *fixture,
         size_t   index)
{
  return dub_session_get_study (fixture->session)->data->split->part[index] == DUB_PART_TEST;
}

static void
test_lasso (Fixture       *fixture,
            gconstpointer  data)
{
  DubSelection *selection = dub_session_get_selection (fixture->session);
  GtkWidget *page = GTK_WIDGET (fixture->page);
  guint n_test = 0, n_right = 0;
  size_t n;

  run_networks (fixture);

  const float *xy = dub_latent_live_get_xy (map_of (fixture));

  for (size_t i = 0; i < SQUARES_N; i++) {
    n_test += is_test (fixture, i);
    n_right += is_test (fixture, i) && xy[2 * i] > 0.0f;
  }
  g_assert_cmpuint (n_right, >, 0);
  g_assert_cmpuint (n_right, <, n_test);

  act_with (fixture, "latent.lasso", "0,-1e6 1e6,-1e6 1e6,1e6 0,1e6");

  const guint *set = dub_selection_get_set (selection, &n);

  g_assert_cmpuint (n, ==, n_right);
  for (size_t k = 0; k < n; k++) {
    g_assert_true (is_test (fixture, set[k]));
    g_assert_cmpfloat (xy[2 * set[k]], >, 0.0f);
  }
  g_assert_nonnull (strstr (dub_selection_get_set_title (selection), "in a lasso of the latent space"));
  wait_for_text (page, "In the lasso");

  g_autofree char *count = g_strdup_printf ("%u selected", n_right);

  wait_for_text (page, count);
  g_assert_true (shows_text (page, "Show in Cases"));
  g_assert_true (fixture->page->tiles[0] == set[0]);

  /* The line is drawn with its numbers, goes with the set, and comes back on the way back. */
  DubScatterView *view = fixture->page->planes[DUB_LATENT_MAIN].view;
  g_autofree char *pill = g_strdup_printf ("%u / %u", n_right, n_test);
  const guint two[] = { 1, 2 };

  g_assert_cmpuint (view->lassos->len, ==, 1);
  g_assert_cmpuint (((GArray *) view->lassos->pdata[0])->len, ==, 8);
  g_assert_cmpstr (view->pill, ==, pill);
  dub_selection_set_set (selection, two, 2, "two");
  wait_until (view->lassos->len == 0);
  g_assert_null (view->pill);
  dub_selection_go_back (selection);
  wait_until (view->lassos->len == 1);
  g_assert_cmpstr (view->pill, ==, pill);
  dub_selection_clear_set (selection);
  wait_until (view->lassos->len == 0);
  act_with (fixture, "latent.lasso", "0,-1e6 1e6,-1e6 1e6,1e6 0,1e6");
  set = dub_selection_get_set (selection, &n);

  /* What makes no sense selects nothing and breaks nothing. */
  act_with (fixture, "latent.lasso", "");
  act_with (fixture, "latent.lasso", "1,2 3,4");
  act_with (fixture, "latent.lasso", "1,2 3,4 5,x");
  dub_selection_get_set (selection, &n);
  g_assert_cmpuint (n, ==, n_right);

  /* No case is an answer, too. */
  act_with (fixture, "latent.lasso", "1e6,1e6 2e6,1e6 2e6,2e6");
  dub_selection_get_set (selection, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (dub_selection_has_set (selection));
  wait_for_text (page, "0 selected");

  g_assert_true (gtk_widget_activate_action (page, "win.clear-selection", NULL));
  wait_for_text (page, "All test cases");
  g_assert_false (gtk_widget_get_visible (fixture->page->strip));

  /* A set from elsewhere. */
  const guint others[] = { 1, 2, 3 };

  dub_selection_set_set (selection, others, 3, "three of a bin");
  wait_for_text (page, "3 selected");
  g_assert_true (shows_text (page, "Selected"));
  g_assert_nonnull (dub_latent_bench_get_points (fixture->page->bench, DUB_LATENT_MAIN)->selected);
  g_assert_cmpuint (dub_latent_bench_get_points (fixture->page->bench, DUB_LATENT_MAIN)->selected[2], ==, 1);

  act (fixture, "latent.show");
  wait_until (!gtk_widget_get_mapped (page));
  g_assert_cmpint (dub_selection_get_case (selection), ==, -1);
}

/* A click, a double click, and the card of what is under the pointer. */
static void
test_case (Fixture       *fixture,
           gconstpointer  data)
{
  DubSelection *selection = dub_session_get_selection (fixture->session);
  DubLatentPage *page = fixture->page;
  const guint *cases;
  guint n, index = 5;

  run_networks (fixture);
  g_signal_emit_by_name (page->planes[0].view, "picked", 7);
  g_assert_cmpint (dub_selection_get_case (selection), ==, 7);
  g_assert_cmpint (dub_latent_bench_get_points (page->bench, DUB_LATENT_MAIN)->current, ==, 7);

  g_signal_emit_by_name (page->planes[0].view, "hovered", (int) index, 300.0, 200.0);
  g_assert_true (gtk_widget_get_visible (page->hover));
  g_assert_cmpstr (gtk_label_get_text (page->hover_id), ==, dub_session_get_study (fixture->session)->data->ids[index]);
  wait_until (dub_latent_live_get_nearest (map_of (fixture), index, &cases, &n));
  g_assert_cmpuint (n, ==, 5);

  /* Nearest among the features, and the case itself is none of them. */
  const DubOutputs *outputs = dub_results_get_outputs (page->results);
  size_t n_features = outputs->n_features;
  double last = 0.0;

  for (guint k = 0; k < n; k++) {
    double distance = 0.0;
    guint nearer = 0;

    for (size_t f = 0; f < n_features; f++)
      distance += pow ((double) outputs->features[cases[k] * n_features + f] - (double) outputs->features[index * n_features + f], 2);
    for (size_t i = 0; i < SQUARES_N; i++) {
      double other = 0.0;

      for (size_t f = 0; f < n_features; f++)
        other += pow ((double) outputs->features[i * n_features + f] - (double) outputs->features[index * n_features + f], 2);
      nearer += i != index && other < distance;
    }
    g_assert_cmpuint (cases[k], !=, index);
    g_assert_cmpuint (nearer, <=, k);
    g_assert_cmpfloat (distance, >=, last);
    last = distance;
  }

  /* Wherever the pointer is, the card is not under it. */
  const double width = gtk_widget_get_width (GTK_WIDGET (page->overlay)), height = gtk_widget_get_height (GTK_WIDGET (page->overlay));

  for (double x = 1.0; x < width; x += 97.0)
    for (double y = 1.0; y < height; y += 83.0) {
      graphene_rect_t bounds;
      graphene_point_t point = GRAPHENE_POINT_INIT ((float) x, (float) y);

      g_signal_emit_by_name (page->planes[0].view, "hovered", (int) index, x, y);
      iterate (20);
      g_assert_true (gtk_widget_compute_bounds (page->hover, GTK_WIDGET (page->overlay), &bounds));
      g_assert_false (graphene_rect_contains_point (&bounds, &point));
    }
  g_signal_emit_by_name (page->planes[0].view, "hovered", -1, 0.0, 0.0);
  g_assert_false (gtk_widget_get_visible (page->hover));

  g_signal_emit_by_name (page->planes[0].view, "activated", 11);
  g_assert_cmpint (dub_selection_get_case (selection), ==, 11);
  wait_until (!gtk_widget_get_mapped (GTK_WIDGET (page)));
}

static void
test_beside (Fixture       *fixture,
             gconstpointer  data)
{
  DubLatentPage *page = fixture->page;

  run_networks (fixture);
  g_assert_false (gtk_widget_get_visible (page->planes[DUB_LATENT_BESIDE].box));

  DubStudy *study = dub_session_get_study (fixture->session);
  g_auto (GStrv) models = dub_study_family_models (study, "ce");
  DubLatentLive *beside = dub_latent_bench_get_map (page->bench, DUB_LATENT_BESIDE);

  act_with (fixture, "latent.beside", models[1]);
  wait_until (dub_latent_live_get_state (beside) == DUB_LATENT_DONE && dub_latent_live_get_quality (beside) != NULL);
  g_assert_cmpstr (dub_latent_live_get_model (beside), ==, models[1]);
  g_assert_true (gtk_widget_get_visible (page->planes[DUB_LATENT_BESIDE].box));
  g_assert_true (memcmp (dub_latent_live_get_xy (beside), dub_latent_live_get_xy (map_of (fixture)), SQUARES_N * 2 * sizeof (float)) != 0);
  wait_until (shows_text (GTK_WIDGET (page), "silhouette"));

  /* One selection. */
  act_with (fixture, "latent.lasso", "0,-1e6 1e6,-1e6 1e6,1e6 0,1e6");
  g_assert_true (dub_latent_bench_get_points (page->bench, DUB_LATENT_BESIDE)->selected ==
                 dub_latent_bench_get_points (page->bench, DUB_LATENT_MAIN)->selected);

  /* Both as files: a row a case and panel. */
  g_autofree char *path = g_build_filename (fixture->root, "both.csv", NULL), *text = NULL;
  g_autoptr (GError) error = NULL;
  DubExportOptions options = { .dpi = 96.0, .width_mm = 174.0 };
  guint n_rows = 0;

  g_assert_true (_dub_latent_page_save (GTK_WIDGET (page), path, &options, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    n_rows += *lines[i] != '\0' && *lines[i] != '#';
  g_assert_cmpuint (n_rows, >, 2 * (SQUARES_N / 2));

  act_with (fixture, "latent.beside", "");
  g_assert_false (gtk_widget_get_visible (page->planes[DUB_LATENT_BESIDE].box));
  g_assert_cmpint (dub_latent_live_get_state (beside), ==, DUB_LATENT_EMPTY);
}

/* The page and the command line write the same bytes. */
static void
check_same (Fixture           *fixture,
            const char        *ending,
            const char *const *more)
{
  g_autofree char *ours = g_strdup_printf ("%s/ours.%s", fixture->root, ending), *theirs = g_strdup_printf ("%s/theirs.%s", fixture->root, ending);
  g_autofree char *a = NULL, *b = NULL, *said = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  DubExportOptions options;
  gsize n_a, n_b;
  int status;

  dub_export_options_init (&options);
  g_assert_true (_dub_latent_page_save (GTK_WIDGET (fixture->page), ours, &options, &error));
  g_assert_no_error (error);
  g_ptr_array_add (argv, (gpointer) g_getenv ("DUBITO_CLI"));
  g_ptr_array_add (argv, (gpointer) "figure");
  g_ptr_array_add (argv, (gpointer) "latent");
  g_ptr_array_add (argv, fixture->folder);
  g_ptr_array_add (argv, (gpointer) "-o");
  g_ptr_array_add (argv, theirs);
  for (guint i = 0; more[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) more[i]);
  g_ptr_array_add (argv, NULL);
  g_assert_true (g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status, &error));
  if (status != 0)
    g_error ("%s", said);
  g_assert_true (g_file_get_contents (ours, &a, &n_a, &error));
  g_assert_true (g_file_get_contents (theirs, &b, &n_b, &error));
  g_assert_cmpmem (a, n_a, b, n_b);
}

static void
test_export (Fixture       *fixture,
             gconstpointer  data)
{
  if (g_getenv ("DUBITO_CLI") == NULL) {
    g_test_skip ("DUBITO_CLI does not say where the command line is");
    return;
  }
  run_networks (fixture);

  g_auto (GStrv) models = dub_study_family_models (dub_session_get_study (fixture->session), "ce");
  const char *const plain[] = { NULL }, *const umap[] = { "--method", "umap", "--color", "msr", "--no-marks", NULL };
  const char *const second[] = { "--method", "umap", "--color", "part", "--all", "--no-marks", "--model", models[1], NULL };
  static const char *const ENDINGS[] = { "csv", "svg", "png", "pdf" };

  for (guint i = 0; i < G_N_ELEMENTS (ENDINGS); i++)
    check_same (fixture, ENDINGS[i], plain);
  act_with (fixture, "latent.method", "umap");
  act_with (fixture, "latent.colour", "msr");
  act (fixture, "latent.marks");
  wait_until (is_measured (fixture));
  check_same (fixture, "csv", umap);
  check_same (fixture, "svg", umap);
  act_with (fixture, "latent.colour", "part");
  act_with (fixture, "latent.model", models[1]);
  wait_until (is_measured (fixture));
  check_same (fixture, "csv", second);
  check_same (fixture, "svg", second);
}

/* Another study while a map is being laid out: nothing of the first is left. */
static void
test_other_study (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *other = NULL;
  char *root = squares_new (FALSE, &other);
  g_autoptr (GError) error = NULL;

  run_networks (fixture);
  act (fixture, "latent.restart");
  wait_until (dub_latent_live_get_state (map_of (fixture)) == DUB_LATENT_RUNNING);
  g_assert_true (dub_session_open (fixture->session, other, &error));
  wait_for_text (GTK_WIDGET (fixture->page), "This study has no network yet");
  g_assert_null (dub_latent_bench_get_points (fixture->page->bench, DUB_LATENT_MAIN));
  g_assert_cmpint (dub_latent_live_get_state (map_of (fixture)), ==, DUB_LATENT_EMPTY);
  dub_session_set_study (fixture->session, NULL);
  squares_remove (root);
}

/* A line of the counts selects all points of its kind, also beyond the present set. */
static void
test_kinds (Fixture       *fixture,
            gconstpointer  data)
{
  DubSelection *selection = dub_session_get_selection (fixture->session);
  const guint one[] = { 3 };

  run_networks (fixture);
  dub_selection_set_set (selection, one, 1, "one");

  const DubLatentPoints *points = dub_latent_bench_get_points (fixture->page->bench, DUB_LATENT_MAIN);
  GtkWidget *line = gtk_widget_get_first_child (GTK_WIDGET (fixture->page->counts));
  const char *const words[] = { "correct", "failed", "0", "1" };

  for (guint k = 0; k < G_N_ELEMENTS (words); k++, line = gtk_widget_get_next_sibling (line)) {
    guint expected = 0;
    size_t n = 0;

    for (guint i = 0; i < SQUARES_N; i++)
      expected += is_test (fixture, i) && (k < 2 ? points->failed[i] == k : points->label[i] == (int) k - 2);
    g_assert_true (GTK_IS_BUTTON (line));
    g_assert_cmpstr (g_variant_get_string (gtk_actionable_get_action_target_value (GTK_ACTIONABLE (line)), NULL), ==, words[k]);
    g_assert_nonnull (gtk_widget_get_tooltip_text (line));
    gtk_widget_grab_focus (line);
    g_signal_emit_by_name (line, "clicked");
    if (expected > 0) {
      const guint *set = dub_selection_get_set (selection, &n);

      g_assert_cmpuint (n, ==, expected);
      for (size_t s = 0; s < n; s++)
        g_assert_true (is_test (fixture, set[s]) && (k < 2 ? points->failed[set[s]] == k : points->label[set[s]] == (int) k - 2));
    } else {
      g_assert_false (gtk_widget_get_sensitive (line));
    }
    wait_until (fixture->page->counts_idle == 0);
    g_assert_false (dub_latent_bench_is_lasso (fixture->page->bench));
  }
  g_assert_null (line);
  dub_selection_clear_set (selection);
  act_with (fixture, "latent.select", "7");
  act_with (fixture, "latent.select", "-1");
  act_with (fixture, "latent.select", "");
  g_assert_false (dub_selection_has_set (selection));
}

/* What takes long stands in the sidebar's list, and can be stopped there. */
static void
test_job (Fixture       *fixture,
          gconstpointer  data)
{
  GListModel *jobs = G_LIST_MODEL (dub_session_get_jobs (fixture->session));
  DubLatentOptions options = *dub_latent_bench_get_options (fixture->page->bench);

  run_networks (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (jobs), ==, 0);
  options.n_iterations = 10000000;
  dub_latent_live_set_options (map_of (fixture), &options);
  wait_until (g_list_model_get_n_items (jobs) == 1);

  g_autoptr (DubJob) job = g_list_model_get_item (jobs, 0);

  g_assert_cmpstr (dub_job_get_title (job), ==, "Latent space of ce");
  wait_until (dub_job_get_fraction (job) > 0.0);
  g_assert_cmpfloat (dub_job_get_fraction (job), <, 1.0);
  g_assert_nonnull (strstr (dub_job_get_stage (job), " / 10000000"));
  dub_latent_live_pause (map_of (fixture));
  g_assert_cmpint (dub_job_get_state (job), ==, DUB_JOB_PAUSED);
  dub_latent_live_run (map_of (fixture));
  g_assert_cmpint (dub_job_get_state (job), ==, DUB_JOB_RUNNING);
  dub_job_cancel (job);
  g_assert_cmpint (dub_latent_live_get_state (map_of (fixture)), ==, DUB_LATENT_STOPPED);
  g_assert_cmpint (dub_job_get_state (job), ==, DUB_JOB_CANCELLED);
  wait_until (g_list_model_get_n_items (jobs) == 0);
  wait_until (dub_latent_live_get_quality (map_of (fixture)) != NULL);

  /* Before there are places of its own, nothing is left of the map, and it begins again. */
  dub_latent_live_restart (map_of (fixture));
  g_assert_cmpint (dub_latent_live_get_state (map_of (fixture)), ==, DUB_LATENT_STARTING);
  dub_latent_live_stop (map_of (fixture));
  g_assert_cmpint (dub_latent_live_get_state (map_of (fixture)), ==, DUB_LATENT_STOPPED);
  g_assert_null (dub_latent_live_get_xy (map_of (fixture)));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "Stopped"));
  act (fixture, "latent.run");
  wait_until (dub_latent_live_get_state (map_of (fixture)) == DUB_LATENT_RUNNING);
  dub_latent_live_stop (map_of (fixture));
}

#define ADD(name, given) g_test_add ("/latent-page/" #name, Fixture, given, set_up, test_##name, tear_down)

int
main (int   argc,
      char *argv[])
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL) {
    g_print ("1..0 # SKIP there is no display\n");
    return 0;
  }

  char *folder = application_folder ("dubito-latent-XXXXXX");

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  AdwApplication *application = application_new ();
  const Given untrained = { application, FALSE }, trained = { application, TRUE };

  ADD (no_network, &untrained);
  ADD (places, &trained);
  ADD (job, &trained);
  ADD (live, &trained);
  ADD (settings, &trained);
  ADD (lasso, &trained);
  ADD (kinds, &trained);
  ADD (case, &trained);
  ADD (beside, &trained);
  ADD (export, &trained);
  ADD (other_study, &trained);

  int status = g_test_run ();

  g_object_unref (application);
  squares_remove (folder);

  return status;
}
