/* The Calibration page, as a person meets it: before the networks are run, with bins that move within a frame, a bin whose cases are
 * selected everywhere, and a recalibration that is applied to the study and taken back.
 */
#include <adwaita.h>
#include <math.h>

#include "core/base/rng.h"
#include "core/calibration/calibration-change.h"
#include "core/study/study-import.h"
#include "tests/ui/calibration-fixture.h"
#include "ui/figures/ticks.h"
#include "ui/pages/cases-page-private.h"

/* The bin with most cases. */
static int
fullest_bin (const DubCalibrationItem *item)
{
  size_t fullest = 0;

  for (size_t m = 1; m < item->bins->n_bins; m++)
    if (item->bins->count[m] > item->bins->count[fullest])
      fullest = m;

  return (int) fullest;
}

/* --- tests --- */

static void
test_no_network (Fixture       *fixture,
                 gconstpointer  data)
{
  wait_for_text (GTK_WIDGET (fixture->page), "This study has no network yet");
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "Train Networks"));
  g_assert_null (fixture->page->figure);
}

/* Opens a study of somebody else's outputs: @n_test test and @n_fitting calibration cases. */
static void
open_outputs (Fixture    *fixture,
              const char *name,
              guint       n_test,
              guint       n_fitting,
              gboolean    one_class)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.csv", fixture->root, name);
  g_autofree char *folder = g_strdup_printf ("%s/%s.dubito", fixture->root, name);
  g_autoptr (GString) text = g_string_new ("label,p,split\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);
  const DubImportOutputs options = { .path = path, .n_classes = 2 };
  DubRng rng;

  dub_rng_init (&rng, 2, name, 0);
  for (guint i = 0; i < n_test + n_fitting; i++) {
    double p = dub_rng_double (&rng);
    gboolean label = one_class || dub_rng_double (&rng) < p;

    g_string_append_printf (text, "%d,%.6f,%s\n", label, p, i < n_test ? "test" : "calibration");
  }
  g_assert_true (g_file_set_contents (path, text->str, -1, &error));

  DubStudy *study = dub_study_import_outputs (folder, &options, run, &error);

  g_assert_no_error (error);
  dub_study_unref (study);
  g_assert_true (dub_session_open (fixture->session, folder, &error));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s", "calibration"));
  wait_until (side (fixture, 0) != NULL && side (fixture, 0)->bins->n_cases == n_test);
}

/* What is missing is said where it is missed, with the reason. */
static void
test_states (Fixture       *fixture,
             gconstpointer  data)
{
  DubCalibrationPage *page = fixture->page;

  open_outputs (fixture, "alone", 80, 0, FALSE);
  g_assert_null (side (fixture, 1));
  g_assert_true (shows_text (GTK_WIDGET (page), "no calibration cases"));
  g_assert_true (shows_text (GTK_WIDGET (page), "There are no labelled calibration cases to fit on."));
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (page->method_choice)));
  g_assert_false (gtk_widget_get_visible (page->apply_row));
  g_assert_false (gtk_widget_get_visible (page->banner));

  open_outputs (fixture, "few", 7, 60, FALSE);
  wait_until (side (fixture, 1) != NULL);
  g_assert_true (shows_text (GTK_WIDGET (page), "Only 7 test cases"));
  g_assert_true (shows_text (GTK_WIDGET (page), "T fitted on calibration · 60"));
  g_assert_false (gtk_widget_has_css_class (page->fitted_badge, "warning"));

  open_outputs (fixture, "single", 50, 60, TRUE);
  g_assert_true (shows_text (GTK_WIDGET (page), "All test cases are of the class"));

  /* And nothing of a study is left behind by it. */
  dub_session_set_study (fixture->session, NULL);
  g_assert_null (side (fixture, 0));
  g_assert_null (page->figure);
}

/* What a person has to know before applying is said where it is so, with both numbers, and nowhere else. */
static void
test_warnings (Fixture       *fixture,
               gconstpointer  data)
{
  DubCalibrationPage *page = fixture->page;
  guint n_worse = 0, n_better = 0, n_changed = 0;

  run_networks (fixture);
  for (int method = 0; method < DUB_N_RECALIBRATE; method++)
    for (int n_bins = 2; n_bins <= 20; n_bins += 6) {
      const char *why = NULL;

      act (fixture, "calibration.method", "s", dub_recalibrate_id ((DubRecalibrate) method));
      act (fixture, "calibration.bins", "i", n_bins);
      wait_until (dub_calibration_bench_get_fit (page->bench, &why) != NULL || why != NULL);
      if (side (fixture, 1) == NULL)
        continue;

      const DubPredictions *a = side (fixture, 0)->answers->predictions, *b = side (fixture, 1)->answers->predictions;
      double before = dub_reliability_ece (side (fixture, 0)->bins), after = dub_reliability_ece (side (fixture, 1)->bins);
      g_autofree char *x = _dub_calibration_number (before, 4), *y = _dub_calibration_number (after, 4);
      g_autofree char *worse = g_strdup_printf ("ECE on test %s → %s: worse", x, y);
      size_t n_other = 0;

      for (size_t i = 0; i < a->n_cases; i++)
        n_other += a->answers[i] != b->answers[i];
      g_autofree char *other = g_strdup_printf ("for %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " test cases", n_other, a->n_cases);

      g_assert_cmpint (shows_text (GTK_WIDGET (page->warnings), worse), ==, after > before);
      g_assert_cmpint (shows_text (GTK_WIDGET (page->warnings), other), ==, n_other > 0);
      n_worse += after > before;
      n_better += after < before;
      n_changed += n_other > 0;
    }
  g_test_message ("%u worse, %u better, %u with other answers", n_worse, n_better, n_changed);

  /* Once it is measured on pairs, a change that may be none is told to be so. */
  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    const char *why = NULL;

    act (fixture, "calibration.method", "s", dub_recalibrate_id ((DubRecalibrate) method));
    wait_until (dub_calibration_bench_get_fit (page->bench, &why) != NULL || why != NULL);
    if (side (fixture, 1) == NULL)
      continue;
    wait_until (!dub_calibration_bench_is_measuring (page->bench));

    const guint ece = 1u << DUB_CALIBRATION_ECE;
    const DubCalibrationOptions options = { .measures = ece, .n_bins = side (fixture, 0)->bins->n_bins };
    DubEstimate change[DUB_N_CALIBRATION_MEASURES];

    g_assert_true (dub_calibration_change (side (fixture, 0)->answers->predictions, side (fixture, 1)->answers->predictions, &options, NULL,
                                           change, NULL));

    const DubEstimate *of = &change[DUB_CALIBRATION_ECE];

    g_assert_cmpint (shows_text (GTK_WIDGET (page->warnings), ": worse, maybe by chance."), ==, of->value > 0.0 && of->low <= 0.0);
  }

  /* And what is looked at is named: equal mass has another error, a class its own, and a share for an accuracy. */
  g_assert_cmpstr (gtk_label_get_text (page->card_accuracy), ==, "accuracy");
  act (fixture, "calibration.binning", "s", "mass");
  g_assert_false (shows_text (GTK_WIDGET (page->warnings), "ECE on test") && !shows_text (GTK_WIDGET (page->warnings), "Adaptive ECE on test"));
  act (fixture, "calibration.class", "i", 0);
  g_assert_cmpstr (gtk_label_get_text (page->card_accuracy), ==, "share of the class");
  g_assert_false (shows_text (GTK_WIDGET (page->warnings), "ECE on test"));
  g_assert_cmpuint (n_worse, >, 0);
  g_assert_cmpuint (n_better, >, 0);
}

/* Every number of the page is that of the core, computed without a window. */
static void
test_numbers (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (1);
  const DubCalibrationOptions options = { .n_bins = 15 };

  run_networks (fixture);

  g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);
  g_autoptr (DubOutputs) outputs = dub_outputs_peek (study, &error);
  g_autoptr (DubPredictions) test = dub_study_predictions (study, outputs, "ce", NULL, DUB_PART_TEST, NULL, &error);
  g_autoptr (DubPredictions) fitting = dub_study_predictions (study, outputs, "ce", NULL, DUB_PART_CALIBRATION, NULL, &error);
  g_autoptr (DubRecalibration) map = dub_recalibration_fit (DUB_RECALIBRATE_TEMPERATURE, fitting, "calibration", run, &error);
  g_autoptr (DubPredictions) after = dub_recalibration_apply (map, test, &error);
  DubCalibration expected[2];

  g_assert_no_error (error);
  wait_until (all_measured (fixture));
  g_assert_true (dub_calibration_measure (test, &options, run, &expected[0], &error));
  g_assert_true (dub_calibration_measure (after, &options, run, &expected[1], &error));
  for (int k = 0; k < 2; k++)
    for (guint m = 0; m < DUB_N_CALIBRATION_MEASURES; m++) {
      const DubEstimate *one = &expected[k].estimate[m], *other = &side (fixture, k)->measured.estimate[m];

      g_assert_cmpmem (&one->value, sizeof (double), &other->value, sizeof (double));
      g_assert_cmpmem (&one->low, sizeof (double), &other->low, sizeof (double));
      g_assert_cmpmem (&one->high, sizeof (double), &other->high, sizeof (double));
    }

  /* As it is written. */
  g_autofree char *ece = _dub_calibration_number (expected[1].estimate[DUB_CALIBRATION_ECE].value, 4);
  g_autofree char *fit = dub_recalibration_describe (map);

  wait_for_text (GTK_WIDGET (fixture->page), ece);
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), fit));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "T fitted on calibration"));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "measured on test"));
  /* 18 calibration cases are few. */
  g_assert_cmpuint (fitting->n_cases, <, DUB_FIT_FEW_CASES);
  g_assert_true (gtk_widget_has_css_class (fixture->page->fitted_badge, "warning"));
  g_assert_true (shows_text (GTK_WIDGET (fixture->page), "cases only: the map is loose"));
}

static void
test_bins (Fixture       *fixture,
           gconstpointer  data)
{
  DubCalibrationPage *page = fixture->page;
  DubHistory *history = dub_session_get_history (fixture->session);
  gint64 least = G_MAXINT64;

  run_networks (fixture);
  act (fixture, "calibration.bins", "i", 7);
  g_assert_cmpuint (side (fixture, 0)->bins->n_bins, ==, 7);
  g_assert_cmpuint (side (fixture, 1)->bins->n_bins, ==, 7);
  g_assert_cmpuint (dub_reliability_figure_get_n_bins (page->figure, 0), ==, 7);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (page->bins_scale)), ==, 7.0);
  g_assert_true (shows_text (GTK_WIDGET (page), "M = 7"));
  /* Old intervals are said to be old, and new ones come. */
  g_assert_cmpint (dub_calibration_item_get_age (side (fixture, 0)), ==, DUB_CALIBRATION_OLD_VALUES);
  wait_until (all_measured (fixture));
  g_assert_cmpint (dub_calibration_item_get_age (side (fixture, 0)), ==, DUB_CALIBRATION_FRESH);
  g_assert_nonnull (side (fixture, 0)->low);

  g_assert_true (dub_history_undo (history));
  g_assert_cmpuint (side (fixture, 0)->bins->n_bins, ==, 15);
  g_assert_true (dub_history_redo (history));
  g_assert_cmpuint (side (fixture, 0)->bins->n_bins, ==, 7);

  /* The slider, and the line of the curve. */
  gtk_range_set_value (GTK_RANGE (page->bins_scale), 31.0);
  g_assert_cmpuint (side (fixture, 0)->bins->n_bins, ==, 31);
  g_signal_emit_by_name (page->curve, "picked", 10.0);
  g_assert_cmpuint (side (fixture, 0)->bins->n_bins, ==, 10);
  g_assert_cmpfloat (dub_figure_view_get_figure (page->curve)->cursor, ==, 10.0);

  /* The curve over M says what the bins say. */
  for (int m = DUB_CALIBRATION_FEWEST_BINS; m <= DUB_CALIBRATION_MOST_BINS; m++) {
    gint64 start = g_get_monotonic_time ();

    act (fixture, "calibration.bins", "i", m);
    least = MIN (least, g_get_monotonic_time () - start);
    g_assert_cmpfloat_with_epsilon (side (fixture, 1)->ece[m - DUB_CALIBRATION_FEWEST_BINS], dub_reliability_ece (side (fixture, 1)->bins),
                                    1e-12);
    g_assert_cmpfloat_with_epsilon (side (fixture, 1)->mce[m - DUB_CALIBRATION_FEWEST_BINS], dub_reliability_mce (side (fixture, 1)->bins),
                                    1e-12);
  }
  g_test_message ("a step of the slider takes %.2f ms", (double) least / 1000.0);
  g_assert_cmpint (least, <, 16000);

  act (fixture, "calibration.binning", "s", "mass");
  g_assert_cmpint (side (fixture, 0)->bins->binning, ==, DUB_BINS_EQUAL_MASS);
  g_assert_true (dub_history_undo (history));
  g_assert_cmpint (side (fixture, 0)->bins->binning, ==, DUB_BINS_EQUAL_WIDTH);
  act (fixture, "calibration.curve", "s", "mce");
  g_assert_true (shows_text (GTK_WIDGET (page), "MCE depends on M"));
}

/* The frame is around the bin whose cases are the selected set. */
static void
assert_bin_is_set (Fixture *fixture)
{
  size_t n, n_set;
  int which, bin = dub_calibration_bench_get_bin (fixture->page->bench, &which);
  const guint *set = dub_selection_get_set (dub_session_get_selection (fixture->session), &n_set);

  g_assert_cmpint (bin, >=, 0);

  g_autofree guint *cases = dub_calibration_item_take_bin (side (fixture, which), (size_t) bin, &n);

  g_assert_cmpmem (cases, n * sizeof *cases, set, n_set * sizeof *set);
}

/* A bin is a set of cases, everywhere. */
static void
test_bin (Fixture       *fixture,
          gconstpointer  data)
{
  DubCalibrationPage *page = fixture->page;
  DubSelection *selection = dub_session_get_selection (fixture->session);
  const guint *set;
  size_t n;
  int which;

  run_networks (fixture);

  int bin = fullest_bin (side (fixture, 0));

  act (fixture, "calibration.bin", "i", bin);
  g_assert_cmpint (dub_calibration_bench_get_bin (page->bench, &which), ==, bin);
  g_assert_cmpint (which, ==, 0);
  set = dub_selection_get_set (selection, &n);
  g_assert_cmpuint (n, ==, side (fixture, 0)->bins->count[bin]);
  for (size_t i = 0; i < n; i++) {
    gssize at = dub_calibration_answers_find (side (fixture, 0)->answers, set[i]);

    g_assert_cmpint (at, >=, 0);
    g_assert_cmpuint (dub_calibration_item_bin_of (side (fixture, 0), (size_t) at), ==, (guint) bin);
  }
  g_assert_true (gtk_widget_has_css_class (page->card, "chosen"));
  g_assert_true (shows_text (GTK_WIDGET (page), "Before: "));

  /* The same bin of the curve after it is another set. */
  int other = fullest_bin (side (fixture, 1));

  g_signal_emit_by_name (gtk_widget_get_first_child (page->cards->pdata[1]), "picked", other);
  g_assert_cmpint (dub_calibration_bench_get_bin (page->bench, &which), ==, other);
  g_assert_cmpint (which, ==, 1);
  dub_selection_get_set (selection, &n);
  g_assert_cmpuint (n, ==, side (fixture, 1)->bins->count[other]);
  assert_bin_is_set (fixture);
  dub_selection_go_back (selection);
  dub_selection_get_set (selection, &n);
  g_assert_cmpuint (n, ==, side (fixture, 0)->bins->count[bin]);
  assert_bin_is_set (fixture);

  /* Another page takes another set: the frame goes, and the set is counted. */
  guint picked[3] = { side (fixture, 0)->answers->cases[0], side (fixture, 0)->answers->cases[1], G_MAXUINT };
  DubCalibrationSet counted = { 0 };
  guint n_counted = 0;

  for (guint i = 0; i < SQUARES_N && picked[2] == G_MAXUINT; i++)
    if (dub_calibration_answers_find (side (fixture, 0)->answers, i) < 0)
      picked[2] = i;
  dub_selection_set_set (selection, picked, 3, "lassoed");
  g_assert_cmpint (dub_calibration_bench_get_bin (page->bench, NULL), ==, -1);
  g_assert_true (shows_text (GTK_WIDGET (page), "2 of the 3 selected"));
  dub_calibration_bench_count_set (page->bench, side (fixture, 0), &counted);
  for (size_t m = 0; m < side (fixture, 0)->bins->n_bins; m++)
    n_counted += counted.count[m];
  g_assert_cmpuint (n_counted, ==, 2);
  g_free (counted.count);
  dub_selection_clear_set (selection);
  g_assert_true (shows_text (GTK_WIDGET (page), "No bin chosen"));

  /* The diagrams as a table: a row is a bin, unless it is empty. */
  act (fixture, "calibration.table", "s", "bins");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (page->bin_rows)), ==, side (fixture, 0)->bins->n_bins);
  gtk_single_selection_set_selected (page->bin_rows, (guint) bin);
  g_assert_cmpint (dub_calibration_bench_get_bin (page->bench, NULL), ==, bin);
  assert_bin_is_set (fixture);
  g_assert_cmpuint (side (fixture, 0)->bins->count[0] + side (fixture, 1)->bins->count[0], ==, 0);
  gtk_single_selection_set_selected (page->bin_rows, 0);
  g_assert_cmpint (dub_calibration_bench_get_bin (page->bench, NULL), ==, bin);
  g_assert_cmpuint (gtk_single_selection_get_selected (page->bin_rows), ==, (guint) bin);
  dub_selection_clear_set (selection);
  g_assert_cmpuint (gtk_single_selection_get_selected (page->bin_rows), ==, GTK_INVALID_LIST_POSITION);

  /* And its cases are shown. */
  act (fixture, "calibration.bin", "i", bin);
  dub_selection_get_set (selection, &n);
  act (fixture, "calibration.show", NULL);
  wait_until (shown_page (fixture, DUB_TYPE_CASES_PAGE) != NULL);

  DubCasesPage *cases = DUB_CASES_PAGE (shown_page (fixture, DUB_TYPE_CASES_PAGE));

  wait_until (g_list_model_get_n_items (G_LIST_MODEL (cases->list)) == n);
  act (fixture, "calibration.bin", "i", -1);
  g_assert_false (dub_selection_has_set (selection));
}

/* Of networks one by one a bin has the cases that its own network answers so. */
static void
choose_network_bin (Fixture *fixture)
{
  DubCalibrationBench *bench = fixture->page->bench;
  DubSelection *selection = dub_session_get_selection (fixture->session);
  const DubCalibrationItem *item = dub_calibration_bench_get_shown (bench)->pdata[1];
  int side_chosen, bin = fullest_bin (item);
  size_t n, n_set;

  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (fixture->page->models_note)));
  g_signal_emit_by_name (gtk_widget_get_first_child (fixture->page->cards->pdata[1]), "picked", bin);
  g_assert_cmpint (dub_calibration_bench_get_bin (bench, &side_chosen), ==, bin);
  g_assert_cmpint (side_chosen, ==, 1);

  const guint *set = dub_selection_get_set (selection, &n_set);
  g_autofree guint *cases = dub_calibration_item_take_bin (item, (size_t) bin, &n);

  g_assert_cmpmem (cases, n * sizeof *cases, set, n_set * sizeof *set);
  g_assert_true (shows_text (fixture->page->card, "ce-f1"));
  /* No bin of before and after has these cases; the set stays. */
  act (fixture, "calibration.view", "s", "pair");
  g_assert_true (dub_selection_has_set (selection));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture->page->models_note)));
  act (fixture, "calibration.view", "s", "models");
  g_assert_cmpint (dub_calibration_bench_get_bin (bench, &side_chosen), ==, bin);
  g_assert_cmpint (side_chosen, ==, 1);
  wait_until (all_measured (fixture));
}

static void
test_views (Fixture       *fixture,
            gconstpointer  data)
{
  DubCalibrationPage *page = fixture->page;

  run_networks (fixture);
  g_assert_cmpuint (dub_reliability_figure_get_n_panels (page->figure), ==, 2);
  act (fixture, "calibration.view", "s", "overlay");
  g_assert_cmpuint (dub_reliability_figure_get_n_panels (page->figure), ==, 1);
  act (fixture, "calibration.view", "s", "models");
  g_assert_cmpuint (dub_reliability_figure_get_n_panels (page->figure), ==, SQUARES_FOLDS);
  g_assert_cmpstr (dub_reliability_figure_get_title (page->figure, 0), ==, "ce-f0");
  wait_until (all_measured (fixture));
  choose_network_bin (fixture);
  /* One of them alone. */
  g_signal_emit_by_name (gtk_widget_get_first_child (page->cards->pdata[1]), "activated", 3);
  wait_until (all_measured (fixture) && side (fixture, 1) != NULL);
  g_assert_cmpstr (dub_calibration_bench_get_setting (page->bench)->model, ==, "ce-f1");
  g_assert_cmpint (dub_calibration_bench_get_view (page->bench), ==, DUB_CALIBRATION_PAIR);
  /* What one network says is not what the study answers. */
  g_assert_nonnull (dub_calibration_bench_refusal (page->bench));
  g_assert_true (dub_history_undo (dub_session_get_history (fixture->session)));
  g_assert_null (dub_calibration_bench_get_setting (page->bench)->model);

  /* One class, and bands and curves without bins. */
  act (fixture, "calibration.class", "i", 1);
  wait_until (all_measured (fixture) && side (fixture, 1) != NULL);
  g_assert_cmpuint (side (fixture, 0)->answers->predictions->n_classes, ==, 0);
  act (fixture, "calibration.isotonic", NULL);
  act (fixture, "calibration.consistency", NULL);
  wait_until (all_measured (fixture));
  g_assert_nonnull (side (fixture, 1)->corp);
  g_assert_nonnull (side (fixture, 1)->consistent_low);

  /* Without a method there is nothing after. */
  act (fixture, "calibration.method", "s", "none");
  g_assert_null (side (fixture, 1));
  g_assert_cmpuint (dub_reliability_figure_get_n_panels (page->figure), ==, 1);
  for (int method = 0; method < DUB_N_RECALIBRATE; method++) {
    const char *why = NULL;

    act (fixture, "calibration.method", "s", dub_recalibrate_id ((DubRecalibrate) method));
    wait_until (dub_calibration_bench_get_fit (page->bench, &why) != NULL || why != NULL);
    g_assert_cmpuint (gtk_drop_down_get_selected (page->method_choice), ==, (guint) method + 1);
  }
}

/* (transfer full) */
static DubRecalibration *
stored_step (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DubStudy) study = dub_study_load (fixture->folder, &error);

  g_assert_no_error (error);

  DubRecalibration *step = dub_study_get_recalibration (study, "ce");

  return step != NULL ? dub_recalibration_ref (step) : NULL;
}

/* The step is recorded on disk at once, and there is a way back. */
static void
test_apply (Fixture       *fixture,
            gconstpointer  data)
{
  DubCalibrationPage *page = fixture->page;
  DubHistory *history = dub_session_get_history (fixture->session);

  run_networks (fixture);
  g_assert_null (stored_step (fixture));
  act (fixture, "calibration.apply", NULL);
  wait_for_text (GTK_WIDGET (page), "Applied to the study");
  g_assert_true (dub_calibration_bench_shows_applied (page->bench));

  g_autoptr (DubRecalibration) stored = stored_step (fixture);

  g_assert_nonnull (stored);

  g_autofree char *a = dub_recalibration_describe (stored), *b = dub_recalibration_describe (dub_calibration_bench_get_fit (page->bench, NULL));

  g_assert_cmpstr (a, ==, b);
  wait_until (all_measured (fixture));
  /* What it was fitted on and measured against is what the networks say, not what the step made of it. */
  g_assert_true (dub_calibration_bench_shows_applied (page->bench));

  g_assert_true (dub_history_undo (history));
  g_assert_null (stored_step (fixture));
  wait_for_text (GTK_WIDGET (page), "Not applied");
  g_assert_true (dub_history_redo (history));

  g_autoptr (DubRecalibration) again = stored_step (fixture);

  g_assert_nonnull (again);
  /* Another method stands beside it, until it takes its place. */
  act (fixture, "calibration.method", "s", "platt");
  wait_until (dub_calibration_bench_get_fit (page->bench, NULL) != NULL);
  wait_for_text (GTK_WIDGET (page), "Applied: Temperature");
  act (fixture, "calibration.take-back", NULL);
  g_assert_null (stored_step (fixture));
}

int
main (int   argc,
      char *argv[])
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL) {
    g_print ("1..0 # SKIP there is no display\n");
    return 0;
  }

  char *folder = application_folder ("dubito-calibration-XXXXXX");

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  AdwApplication *application = application_new ();
  const Given empty = { application, FALSE }, trained = { application, TRUE };

  g_test_add ("/calibration-page/no-network", Fixture, &empty, set_up, test_no_network, tear_down);
  g_test_add ("/calibration-page/numbers", Fixture, &trained, set_up, test_numbers, tear_down);
  g_test_add ("/calibration-page/states", Fixture, &empty, set_up, test_states, tear_down);
  g_test_add ("/calibration-page/warnings", Fixture, &trained, set_up, test_warnings, tear_down);
  g_test_add ("/calibration-page/bins", Fixture, &trained, set_up, test_bins, tear_down);
  g_test_add ("/calibration-page/bin", Fixture, &trained, set_up, test_bin, tear_down);
  g_test_add ("/calibration-page/views", Fixture, &trained, set_up, test_views, tear_down);
  g_test_add ("/calibration-page/apply", Fixture, &trained, set_up, test_apply, tear_down);

  int status = g_test_run ();

  g_object_unref (application);
  squares_remove (folder);

  return status;
}
