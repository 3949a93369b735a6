/* Scores of a study: what a peek shows and what it leaves, what is kept, and how columns are judged. */
#include "core/io/onnx.h"
#include "core/nn/arch.h"
#include "core/study/scores.h"
#include "core/study/study-train.h"
#include "tests/ui/data-fixture.h"

#include <math.h>
#include <string.h>

static const char *const NAMES[] = { "net-f0", "net-f1", "net-f2" };

typedef struct {
  char     *folder;
  DubStudy *study;
} Fixture;

/* Networks that learned nothing: what they say is as good as any for counting. */
static void
add_network (Fixture    *fixture,
             int         index,
             DubPrepare *prepare)
{
  DubArchOptions options = { .input = DUB_SHAPE (1, DATA_SIDE, DATA_SIDE), .n_classes = 2, .width = 4, .dropout = .5,
                             .seed = 7 + (uint64_t) index };
  g_autoptr (GError) error = NULL;
  g_autoptr (DubGraph) graph = dub_arch_new ("cnn2d", &options, &error);
  g_autofree char *path = g_strdup_printf ("%s/%s.onnx", fixture->folder, NAMES[index]);

  g_assert_no_error (error);
  dub_onnx_save (graph, path, &error);
  g_assert_no_error (error);
  dub_study_add_model (fixture->study, NAMES[index], path, (DubPreprocess) { 0 });

  DubStudyModel *model = fixture->study->models->pdata[index];

  model->prepare = g_memdup2 (prepare, sizeof *prepare);
  model->split_hash = g_strdup (fixture->study->data->split_hash);
  model->family = g_strdup ("net");
  model->fold = index;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("dubito-scores-XXXXXX", NULL);

  g_autofree char *path = data_fixture_new (fixture->folder, "squares.npz");
  g_autofree char *study = g_build_filename (fixture->folder, "squares.dubito", NULL);
  DubStudyDataOptions options = { .path = path, .split = DUB_SPLIT_DEFAULT };
  g_autoptr (GError) error = NULL;
  DubPrepare prepare;

  options.split.twins = DUB_TWINS_KEEP;
  fixture->study = dub_study_from_data (study, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dub_study_prepare (fixture->study, &prepare, NULL, &error));
  for (int i = 0; i < (int) G_N_ELEMENTS (NAMES); i++)
    add_network (fixture, i, &prepare);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  dub_study_unref (fixture->study);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static DubScores *
scores_of (Fixture          *fixture,
           gboolean          peek,
           DubScoresOptions  options)
{
  g_autoptr (GError) error = NULL;
  DubScores *scores = peek ? dub_study_scores_peek (fixture->study, &options, NULL, &error)
                           : dub_study_scores (fixture->study, &options, NULL, &error);

  g_assert_no_error (error);

  return scores;
}

static gboolean
same (const DubScores *a,
      const DubScores *b,
      const char      *id)
{
  const DubScore *x = dub_scores_find (a, id), *y = dub_scores_find (b, id);

  g_assert_nonnull (x->values);
  g_assert_nonnull (y->values);

  return memcmp (x->values, y->values, a->n_cases * sizeof (double)) == 0;
}

static void
test_peek (Fixture      *fixture,
           gconstpointer data)
{
  g_assert_null (scores_of (fixture, TRUE, (DubScoresOptions) { 0 }));

  g_autoptr (DubOutputs) outputs = dub_outputs_load (fixture->study, NULL, NULL, NULL);
  g_autoptr (DubScores) first = scores_of (fixture, TRUE, (DubScoresOptions) { 0 });

  g_assert_nonnull (outputs);
  g_assert_nonnull (dub_scores_find (first, "msr")->values);
  g_assert_nonnull (dub_scores_find (first, "ensemble-sd")->values);
  g_assert_null (dub_scores_find (first, "knn-all")->values);
  g_assert_nonnull (dub_scores_find (first, "knn-all")->missing);
  g_assert_nonnull (dub_scores_find (first, "tta")->missing);
  g_assert_nonnull (dub_scores_find (first, "mean")->values);

  g_autofree char *kept = g_build_filename (fixture->study->folder, "results", "scores", "net.npz", NULL);

  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));

  g_autoptr (DubScores) whole = scores_of (fixture, FALSE, (DubScoresOptions) { 0 });
  g_autoptr (DubScores) second = scores_of (fixture, TRUE, (DubScoresOptions) { 0 });

  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_assert_true (same (whole, second, "knn-all"));
  g_assert_true (same (whole, first, "msr"));
  g_assert_cmpstr (dub_scores_find (whole, "temperature")->fitted, ==, dub_scores_find (second, "temperature")->fitted);
  g_assert_cmpuint (g_strv_length (whole->models), ==, 3);
}

/* What is kept belongs to the options under which it was made. */
static void
test_options (Fixture      *fixture,
              gconstpointer data)
{
  static const char *const knn[] = { "knn-all", NULL };
  g_autoptr (DubScores) first = scores_of (fixture, FALSE, (DubScoresOptions) { .ids = knn });
  g_autoptr (DubScores) named = scores_of (fixture, FALSE, (DubScoresOptions) { .ids = knn, .feature_model = "net-f0" });
  g_autoptr (DubScores) mean = scores_of (fixture, FALSE, (DubScoresOptions) { .ids = knn, .feature_model = "mean" });
  g_autoptr (DubScores) again = scores_of (fixture, FALSE, (DubScoresOptions) { .ids = knn });

  g_assert_true (same (first, named, "knn-all"));
  g_assert_false (same (first, mean, "knn-all"));
  g_assert_true (same (first, again, "knn-all"));
  g_assert_null (dub_scores_find (first, "entropy")->values);
}

static void
test_failure (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (DubScores) scores = scores_of (fixture, FALSE, (DubScoresOptions) { 0 });
  const DubScore *msr = dub_scores_find (scores, "msr");
  const DubStudyData *study = fixture->study->data;
  g_autofree size_t *cases = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (DubFailure) failure =
    dub_scores_failure (scores, fixture->study, msr, DUB_PART_TEST, 99, 0, &cases, NULL, &error);
  size_t n_test = 0, n_failures = 0, n_calibration = 0, n_below = 0;

  g_assert_no_error (error);
  for (size_t i = 0; i < scores->n_cases; i++) {
    gboolean failed = study->labels[i] != scores->predicted[i];

    g_assert_cmpint (scores->failed[i], ==, failed);
    if (study->split->part[i] == DUB_PART_TEST) {
      g_assert_cmpuint (cases[n_test++], ==, i);
      n_failures += failed;
    } else if (study->split->part[i] == DUB_PART_CALIBRATION) {
      n_calibration++;
      n_below += msr->values[i] <= msr->values[0];
    }
  }
  g_assert_cmpuint (failure->n_cases, ==, n_test);
  g_assert_cmpuint (failure->n_failures, ==, n_failures);
  g_assert_cmpuint (failure->n_fitting, ==, n_calibration);
  g_assert_true (failure->has_fitting);
  if (n_failures > 0)
    g_assert_cmpint (scores->failed[cases[failure->zero_failure_case]], ==, 1);
  g_assert_cmpfloat (dub_scores_percentile (scores, fixture->study, msr, msr->values[0]), ==,
                     (double) n_below / (double) n_calibration);
  g_assert_cmpfloat (dub_scores_percentile (scores, fixture->study, msr, 2.0), ==, 1.0);

  g_assert_null (dub_scores_failure (scores, fixture->study, dub_scores_find (scores, "tta"), DUB_PART_TEST, 99, 0, NULL, NULL,
                                     &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

/* A cancelled computation keeps what it had, and another goes on from there. */
static void
test_cancel (Fixture      *fixture,
             gconstpointer data)
{
  static const char *const wrong[] = { "certainty", NULL };
  g_autoptr (DubRun) run = dub_run_new (1);
  g_autoptr (GError) error = NULL;
  DubScoresOptions options = { 0 };

  dub_run_cancel (run);
  g_assert_null (dub_study_scores (fixture->study, &options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  g_clear_error (&error);
  dub_run_reset (run);

  g_autoptr (DubScores) scores = dub_study_scores (fixture->study, &options, run, &error);

  g_assert_no_error (error);
  g_assert_nonnull (dub_scores_find (scores, "perceptron"));
  options.ids = wrong;
  g_assert_null (dub_study_scores (fixture->study, &options, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "certainty"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/study-scores/peek", Fixture, NULL, set_up, test_peek, tear_down);
  g_test_add ("/study-scores/options", Fixture, NULL, set_up, test_options, tear_down);
  g_test_add ("/study-scores/failure", Fixture, NULL, set_up, test_failure, tear_down);
  g_test_add ("/study-scores/cancel", Fixture, NULL, set_up, test_cancel, tear_down);

  return g_test_run ();
}
