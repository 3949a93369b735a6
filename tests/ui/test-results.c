/* What pages of results share: the selection, outputs and scores of a family, pictures of the cases. */
#include "tests/ui/squares-fixture.h"
#include "tests/ui/wait.h"
#include "core/study/answers.h"
#include "ui/model/case-networks.h"
#include "ui/model/case-pictures.h"
#include "ui/model/results.h"

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_selection (void)
{
  g_autoptr (DubSelection) selection = dub_selection_new ();
  const guint some[] = { 7, 3, 7, 99, 5 }, others[] = { 1 };
  guint n_cases = 0, n_sets = 0;
  size_t n;

  g_signal_connect_swapped (selection, "notify::case", G_CALLBACK (count_cb), &n_cases);
  g_signal_connect_swapped (selection, "notify::set-title", G_CALLBACK (count_cb), &n_sets);
  dub_selection_reset (selection, 10);
  g_assert_cmpint (dub_selection_get_case (selection), ==, -1);
  g_assert_false (dub_selection_has_set (selection));
  g_assert_false (dub_selection_can_go_back (selection));

  dub_selection_set_case (selection, 4);
  dub_selection_set_set (selection, some, G_N_ELEMENTS (some), "some");
  g_assert_cmpuint (n_cases, ==, 1);
  g_assert_cmpuint (n_sets, ==, 1);

  const guint *set = dub_selection_get_set (selection, &n);

  /* In order, once each, and only what is a case. */
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (set[0] == 3 && set[1] == 5 && set[2] == 7);
  g_assert_true (dub_selection_contains (selection, 5));
  g_assert_false (dub_selection_contains (selection, 4));
  dub_selection_set_set (selection, some, G_N_ELEMENTS (some), "some");
  g_assert_cmpuint (n_sets, ==, 1);

  /* An empty set is not the same as none. */
  dub_selection_set_set (selection, NULL, 0, "none of them");
  g_assert_true (dub_selection_has_set (selection));
  g_assert_false (dub_selection_contains (selection, 5));
  dub_selection_set_set (selection, others, 1, "others");

  dub_selection_go_back (selection);
  g_assert_cmpstr (dub_selection_get_set_title (selection), ==, "none of them");
  dub_selection_go_back (selection);
  g_assert_cmpstr (dub_selection_get_set_title (selection), ==, "some");
  g_assert_cmpint (dub_selection_get_case (selection), ==, 4);
  dub_selection_go_back (selection);
  g_assert_null (dub_selection_get_set_title (selection));
  dub_selection_go_back (selection);
  g_assert_cmpint (dub_selection_get_case (selection), ==, -1);
  g_assert_false (dub_selection_can_go_back (selection));
  dub_selection_go_back (selection);
  dub_selection_go_forward (selection);
  g_assert_cmpint (dub_selection_get_case (selection), ==, 4);
  g_assert_true (dub_selection_can_go_forward (selection));

  /* Something new cuts off what lay ahead, and what is passed by is one step. */
  dub_selection_pass_case (selection, 5);
  g_assert_false (dub_selection_can_go_forward (selection));
  dub_selection_pass_case (selection, 6);
  dub_selection_pass_case (selection, 7);
  g_assert_cmpint (dub_selection_get_case (selection), ==, 7);
  dub_selection_go_back (selection);
  g_assert_cmpint (dub_selection_get_case (selection), ==, 4);

  dub_selection_set_set (selection, some, 2, "two");
  dub_selection_clear_set (selection);
  g_assert_false (dub_selection_has_set (selection));
  dub_selection_go_back (selection);
  g_assert_true (dub_selection_has_set (selection));
  dub_selection_resize (selection, 12);
  g_assert_true (dub_selection_has_set (selection));
  dub_selection_resize (selection, 2);
  g_assert_cmpint (dub_selection_get_case (selection), ==, -1);
  g_assert_false (dub_selection_has_set (selection) || dub_selection_can_go_back (selection));
}

/* The session's way back is that of the data set's cases. */
static void
test_way (void)
{
  g_autoptr (DubSession) session = dub_session_new (NULL);
  g_autofree char *folder = NULL;
  char *root = squares_new (FALSE, &folder);
  g_autoptr (GError) error = NULL;
  DubSelection *selection = dub_session_get_selection (session);
  guint n = 0;
  gboolean back;

  g_assert_true (dub_session_open (session, folder, &error));
  g_assert_cmpuint (dub_selection_get_n_cases (selection), ==, SQUARES_N);
  g_signal_connect_swapped (session, "notify::can-go-back", G_CALLBACK (count_cb), &n);
  dub_selection_set_case (selection, 3);
  g_object_get (session, "can-go-back", &back, NULL);
  g_assert_true (back && n > 0);
  dub_session_go_back (session);
  g_assert_cmpint (dub_selection_get_case (selection), ==, -1);
  dub_session_go_forward (session);
  g_assert_cmpint (dub_selection_get_case (selection), ==, 3);
  g_assert_true (dub_session_renew (session, &error));
  g_assert_cmpint (dub_selection_get_case (selection), ==, 3);
  dub_session_set_study (session, NULL);
  g_assert_cmpint (dub_selection_get_case (selection), ==, -1);
  squares_remove (root);
}

static void
test_results (void)
{
  g_autoptr (DubSession) session = dub_session_new (NULL);
  g_autofree char *folder = NULL;
  char *root = squares_new (TRUE, &folder);
  g_autoptr (GError) error = NULL;
  DubResults *results = dub_results_of_session (session);

  g_assert_cmpint (dub_results_get_state (results), ==, DUB_RESULTS_EMPTY);
  g_assert_true (dub_results_of_session (session) == results);
  g_assert_true (dub_session_open (session, folder, &error));
  wait_until (dub_results_get_state (results) != DUB_RESULTS_READING);
  g_assert_cmpint (dub_results_get_state (results), ==, DUB_RESULTS_NO_OUTPUTS);
  g_assert_cmpstr (dub_results_get_family (results), ==, "ce");
  g_assert_cmpuint (dub_results_get_failed (results, 0), ==, 2);

  dub_results_run (results, DUB_RESULTS_RUN_NETWORKS);
  g_assert_cmpint (dub_results_get_state (results), ==, DUB_RESULTS_RUNNING);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (dub_session_get_jobs (session))), ==, 1);
  wait_until (dub_results_get_state (results) == DUB_RESULTS_READY);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (dub_session_get_jobs (session))), ==, 0);

  const DubOutputs *outputs = dub_results_get_outputs (results);
  const DubScores *scores = dub_results_get_scores (results);

  g_assert_cmpuint (outputs->n_models, ==, SQUARES_FOLDS);
  g_assert_cmpuint (scores->n_cases, ==, SQUARES_N);
  g_assert_cmpstr (dub_results_get_score_id (results), ==, "ensemble-sd");

  /* Of the largest score among the calibration cases none is above it. */
  const DubScore *score = dub_results_get_score (results);
  size_t most = 0;

  for (size_t i = 0; i < outputs->n_cases; i++)
    if (outputs->part[i] == DUB_PART_CALIBRATION && (outputs->part[most] != DUB_PART_CALIBRATION || score->values[i] > score->values[most]))
      most = i;
  g_assert_cmpfloat (dub_results_get_percentile (results, score, most), ==, 1.0);
  for (size_t i = 0; i < outputs->n_cases; i++)
    g_assert_cmpuint (dub_results_get_failed (results, i), ==, dub_results_get_predicted (results, i) != outputs->labels[i]);

  dub_results_set_score_id (results, "no such score");
  g_assert_cmpstr (dub_results_get_score_id (results), ==, "ensemble-sd");
  dub_results_set_score_id (results, "msr");
  g_assert_true (dub_results_get_score (results) != NULL && dub_results_get_score (results)->values != NULL);

  /* What is stored is read without running anything. */
  g_autoptr (DubSession) again = dub_session_new (NULL);
  DubResults *other = dub_results_of_session (again);

  g_assert_true (dub_session_open (again, folder, &error));
  wait_until (dub_results_get_state (other) == DUB_RESULTS_READY);
  g_assert_false (dub_results_is_stale (other));

  /* Another network under the same name. */
  g_autofree char *one = g_build_filename (folder, "models", "ce-f0", "model.onnx", NULL);
  g_autofree char *two = g_build_filename (folder, "models", "ce-f1", "model.onnx", NULL);
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (two, &bytes, &n, &error));
  g_assert_true (g_file_set_contents (one, bytes, (gssize) n, &error));
  dub_results_refresh (other);
  wait_until (dub_results_is_stale (other));
  squares_remove (root);
}

/* Turned round, so that every answer is another. */
static const char TURNED[] =
  "{ \"method\": \"vector\", \"kind\": \"found\", \"split\": \"calibration\", \"n_cases\": 18, \"n_classes\": 2, \"counts\": [13, 5], "
  "\"weights\": [-0.5, -0.5], \"biases\": [0, 0] }";

static void
record (DubSession       *session,
        DubRecalibration *map)
{
  DubStudy *study = dub_session_get_study (session);

  dub_study_set_recalibration (study, "ce", map);
  g_assert_true (dub_study_save (study, study->folder, NULL));
  dub_session_study_edited (session);
}

/* A step that is recorded, or taken back, is read at once, and maps are of the class that is shown as the answer. */
static void
test_recalibration (void)
{
  g_autoptr (DubSession) session = dub_session_new (NULL);
  g_autofree char *folder = NULL;
  char *root = squares_new (TRUE, &folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRecalibration) map = dub_recalibration_from_json (TURNED, &error);
  DubResults *results = dub_results_of_session (session);

  g_assert_no_error (error);
  g_assert_true (dub_session_open (session, folder, &error));
  wait_until (dub_results_get_state (results) == DUB_RESULTS_NO_OUTPUTS);
  dub_results_run (results, DUB_RESULTS_RUN_NETWORKS);
  wait_until (dub_results_get_state (results) == DUB_RESULTS_READY);

  int before = dub_results_get_predicted (results, 0);

  g_assert_null (dub_results_get_scores (results)->recalibration);
  record (session, map);
  wait_until (dub_results_get_scores (results) != NULL && dub_results_get_scores (results)->recalibration != NULL);
  g_assert_cmpint (dub_results_get_predicted (results, 0), ==, 1 - before);

  const DubOutputs *outputs = dub_results_get_outputs (results);
  const DubScores *scores = dub_results_get_scores (results);
  g_autofree float *answers = g_new (float, outputs->n_cases * 2);
  const size_t models[] = { 0, 1 };

  g_assert_true (dub_study_answers (dub_session_get_study (session), outputs, "ce", models, 2, answers, &error));
  g_assert_cmpmem (scores->mean, outputs->n_cases * 2 * sizeof (float), answers, outputs->n_cases * 2 * sizeof (float));
  for (size_t i = 0; i < outputs->n_cases; i++)
    g_assert_cmpuint (dub_results_get_failed (results, i), ==, dub_results_get_predicted (results, i) != outputs->labels[i]);

  g_autoptr (DubDataset) dataset = dub_dataset_open (dub_session_get_study (session)->data->path, NULL, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (DubCaseNetworks) networks = dub_case_networks_new (folder, "ce", dataset);
  g_autoptr (DubCaseHeat) heat =
    dub_case_networks_heat (networks, 0, dub_heat_choice_find ("gradient:probability"), NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (heat->heat->class_index, ==, 1 - before);

  record (session, NULL);
  wait_until (dub_results_get_scores (results)->recalibration == NULL);
  g_assert_cmpint (dub_results_get_predicted (results, 0), ==, before);
  squares_remove (root);
}

static void
made_cb (guint *made,
         guint  index)
{
  *made = index;
}

static void
test_pictures (void)
{
  g_autoptr (DubSession) session = dub_session_new (NULL);
  g_autofree char *folder = NULL;
  char *root = squares_new (FALSE, &folder);
  g_autoptr (GError) error = NULL;
  DubCasePictures *pictures = dub_case_pictures_of_session (session);
  guint made = G_MAXUINT;

  g_signal_connect_swapped (pictures, "made", G_CALLBACK (made_cb), &made);
  g_assert_true (dub_session_open (session, folder, &error));
  g_assert_null (dub_case_pictures_get (pictures, 5));
  wait_until (made == 5);

  g_autoptr (GBytes) bytes = dub_case_pictures_get (pictures, 5);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, DUB_CASE_PICTURE_SIDE * DUB_CASE_PICTURE_SIDE * 3);
  g_assert_nonnull (dub_case_pictures_get_dataset (pictures));

  /* What cannot be read is not asked for twice. */
  g_assert_null (dub_case_pictures_get (pictures, SQUARES_N + 1));
  g_assert_null (dub_case_pictures_get (pictures, 6));
  wait_until (made == 6);

  /* Another study: nothing of the old one comes late. */
  g_assert_null (dub_case_pictures_get (pictures, 7));
  dub_session_set_study (session, NULL);
  iterate (50);
  g_assert_cmpuint (made, ==, 6);
  g_assert_null (dub_case_pictures_get_dataset (pictures));
  squares_remove (root);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/results/selection", test_selection);
  g_test_add_func ("/results/way", test_way);
  g_test_add_func ("/results/results", test_results);
  g_test_add_func ("/results/recalibration", test_recalibration);
  g_test_add_func ("/results/pictures", test_pictures);

  return g_test_run ();
}
