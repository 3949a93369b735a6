/* Figures of merit with their intervals: which rows stand where, what the table says, and that a sheet is drawn. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "ui/figures/overview-figure.h"

enum { N_FOLDS = 2 };

static DubEvaluateRow *
row_new (const char *model,
         int         fold,
         size_t      n_models,
         double      accuracy)
{
  DubEvaluateRow *row = g_new0 (DubEvaluateRow, 1);

  row->family = g_strdup ("ce");
  row->model = g_strdup (model);
  row->fold = fold;
  row->n_models = n_models;
  row->split = DUB_EVALUATE_TEST;
  row->counts = g_new0 (size_t, 3);
  row->counts[0] = 30;
  row->counts[1] = 70;
  row->warnings = g_ptr_array_new_with_free_func (g_free);
  row->metrics.n_cases = 100;
  row->metrics.n_classes = 2;
  for (int i = 0; i < DUB_N_METRICS; i++)
    row->metrics.estimate[i] = (DubEstimate) { .value = 0.7, .low = 0.6, .high = 0.8, .method = "bootstrap (basic, from 0 unless refuted)" };
  row->metrics.estimate[DUB_METRIC_ACCURACY] = (DubEstimate) {
    .value = accuracy, .low = accuracy - 0.1, .high = accuracy + 0.05, .method = "Wilson", .n = (gsize) lround (100.0 * accuracy), .d = 100,
  };
  row->metrics.estimate[DUB_METRIC_ECE] = (DubEstimate) { .value = 0.05, .low = 0.02, .high = 0.15, .method = "a, b" };
  row->metrics.estimate[DUB_METRIC_AUROC] = dub_estimate_undefined ("none: a class is absent");

  return row;
}

static void
row_free (gpointer data)
{
  DubEvaluateRow *row = data;

  g_free (row->family);
  g_free (row->model);
  g_free (row->counts);
  g_ptr_array_unref (row->warnings);
  g_free (row);
}

typedef struct {
  DubStudy     *study;
  DubEvaluation evaluation;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  n_folds)
{
  fixture->study = dub_study_new ("a study");
  g_ptr_array_add (fixture->study->classes, g_strdup ("ill"));
  g_ptr_array_add (fixture->study->classes, g_strdup ("100 % well"));
  fixture->study->data = g_new0 (DubStudyData, 1);
  fixture->study->data->positive = 0;
  fixture->study->data->hash = g_strdup ("abc");
  fixture->evaluation.n_classes = 2;
  fixture->evaluation.rows = g_ptr_array_new_with_free_func (row_free);
  for (int i = 0; i < GPOINTER_TO_INT (n_folds); i++) {
    g_autofree char *id = g_strdup_printf ("ce-f%d", i);

    g_ptr_array_add (fixture->evaluation.rows, row_new (id, i, 1, 0.6 + 0.1 * i));
  }
  g_ptr_array_add (fixture->evaluation.rows, row_new (NULL, -1, (size_t) GPOINTER_TO_INT (n_folds), 0.75));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_ptr_array_unref (fixture->evaluation.rows);
  dub_study_unref (fixture->study);
}

static void
test_panels (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (DubOverviewFigure) figure = dub_overview_figure_new (fixture->study, &fixture->evaluation, "ce", NULL);
  const DubOverviewPanel *accuracy = &figure->panel[0], *ece = &figure->panel[5];

  g_assert_cmpuint (figure->n_networks, ==, N_FOLDS);
  g_assert_cmpstr (figure->positive, ==, "ill");
  g_assert_cmpint (accuracy->metric, ==, DUB_METRIC_ACCURACY);
  g_assert_cmpuint (accuracy->plot->rows->len, ==, 1 + N_FOLDS);
  /* The ensemble is above its networks, and the headline is its. */
  g_assert_cmpstr (g_array_index (accuracy->plot->rows, DubIntervalRow, 0).label, ==, "E");
  g_assert_true (g_array_index (accuracy->plot->rows, DubIntervalRow, 0).strong);
  g_assert_cmpstr (g_array_index (accuracy->plot->rows, DubIntervalRow, 2).label, ==, "2");
  g_assert_cmpfloat (g_array_index (accuracy->plot->rows, DubIntervalRow, 2).value, ==, 0.7);
  g_assert_cmpfloat (accuracy->headline.value, ==, 0.75);
  /* An interval that begins at a half needs no more of the axis. */
  g_assert_cmpfloat (accuracy->plot->low, ==, 0.5);
  g_assert_cmpfloat (accuracy->plot->reference, ==, 0.7);
  g_assert_cmpstr (accuracy->plot->reference_text, ==, "always 100 % well");
  g_assert_cmpfloat (ece->plot->high, ==, 0.2);
  g_assert_true (isnan (ece->plot->reference));
  g_assert_null (dub_overview_figure_new (fixture->study, &fixture->evaluation, "other", NULL));

  g_autofree char *interval = dub_overview_interval (DUB_METRIC_ACCURACY, &accuracy->headline);
  g_autofree char *undefined = dub_overview_interval (DUB_METRIC_AUROC, &figure->panel[2].headline);
  g_autofree char *small = dub_overview_number (DUB_METRIC_ECE, 0.05);

  g_assert_cmpstr (interval, ==, "0.65–0.80 · 75/100");
  g_assert_cmpstr (undefined, ==, "");
  g_assert_cmpstr (small, ==, "0.050");
}

/* The ensemble of one network is that network, which is said once. */
static void
test_one_network (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (DubOverviewFigure) figure = dub_overview_figure_new (fixture->study, &fixture->evaluation, "ce", NULL);

  g_assert_cmpuint (figure->panel[0].rows->len, ==, 1);
  g_assert_cmpfloat (figure->panel[0].headline.value, ==, 0.6);
  g_assert_cmpstr (g_array_index (figure->panel[0].plot->rows, DubIntervalRow, 0).label, ==, "1");
}

/* Of three classes sensitivity would be the balanced accuracy once more. */
static void
test_many_classes (Fixture       *fixture,
                   gconstpointer  data)
{
  fixture->evaluation.n_classes = 3;
  g_ptr_array_add (fixture->study->classes, g_strdup ("neither"));

  g_autoptr (DubOverviewFigure) figure = dub_overview_figure_new (fixture->study, &fixture->evaluation, "ce", NULL);

  for (int i = 0; i < DUB_OVERVIEW_PANELS; i++)
    g_assert_cmpint (figure->panel[i].metric, !=, DUB_METRIC_SENSITIVITY);
  g_assert_cmpint (figure->panel[5].metric, ==, DUB_METRIC_BRIER);
  g_assert_null (figure->positive);
}

static void
test_csv (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (DubOverviewFigure) figure = dub_overview_figure_new (fixture->study, &fixture->evaluation, "ce", NULL);
  g_autofree char *csv = dub_overview_figure_to_csv (figure);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  guint n = 0, first = 0;

  while (lines[first][0] == '#')
    first++;
  g_assert_nonnull (strstr (csv, "# positive: ill\n"));
  g_assert_nonnull (strstr (csv, "# data-hash: abc\n"));
  g_assert_cmpstr (lines[first], ==, "metric,network,value,low,high,n,d,method");
  g_assert_cmpstr (lines[first + 1], ==, "accuracy,E,0.75,0.65,0.8,75,100,Wilson");
  for (guint i = first + 1; lines[i] != NULL && lines[i][0] != '\0'; i++)
    n++;
  g_assert_cmpuint (n, ==, DUB_OVERVIEW_PANELS * (1 + N_FOLDS));
  /* What is undefined is empty, and says why; a method with a comma stays one cell. */
  g_assert_nonnull (strstr (csv, "\nauroc,E,,,,,,none: a class is absent\n"));
  g_assert_nonnull (strstr (csv, "\nece,2,0.05,0.02,0.15,,,\"a, b\"\n"));
}

static void
test_files (Fixture       *fixture,
            gconstpointer  data)
{
  static const char *const ENDINGS[] = { "png", "svg", "pdf", "csv" };
  g_autoptr (DubOverviewFigure) figure = dub_overview_figure_new (fixture->study, &fixture->evaluation, "ce", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("dubito-overview-XXXXXX", &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (ENDINGS); i++) {
    g_autofree char *name = g_strdup_printf ("figure.%s", ENDINGS[i]);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    DubExportOptions options;
    g_autofree char *one = NULL, *two = NULL;
    gsize n_one, n_two;

    dub_export_options_init (&options);
    options.dpi = 72.0;
    g_assert_true (dub_overview_figure_export (figure, path, &options, &error));
    g_assert_true (g_file_get_contents (path, &one, &n_one, NULL));
    options.width_mm = DUB_EXPORT_ONE_COLUMN_MM;
    g_assert_true (dub_overview_figure_export (figure, path, &options, &error));
    g_assert_true (g_file_get_contents (path, &two, &n_two, NULL));
    /* A table knows no width; a drawing is another one. */
    g_assert_true ((n_one == n_two && memcmp (one, two, n_one) == 0) == g_str_equal (ENDINGS[i], "csv"));
    if (g_str_equal (ENDINGS[i], "svg")) {
      g_assert_nonnull (strstr (one, "Balanced accuracy"));
      g_assert_nonnull (strstr (one, "0.65–0.80 · 75/100"));
    }
    g_remove (path);
  }
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/overview-figure/panels", Fixture, GINT_TO_POINTER (N_FOLDS), set_up, test_panels, tear_down);
  g_test_add ("/overview-figure/one-network", Fixture, GINT_TO_POINTER (1), set_up, test_one_network, tear_down);
  g_test_add ("/overview-figure/many-classes", Fixture, GINT_TO_POINTER (N_FOLDS), set_up, test_many_classes, tear_down);
  g_test_add ("/overview-figure/csv", Fixture, GINT_TO_POINTER (N_FOLDS), set_up, test_csv, tear_down);
  g_test_add ("/overview-figure/files", Fixture, GINT_TO_POINTER (N_FOLDS), set_up, test_files, tear_down);

  return g_test_run ();
}
