/* What a family answers once a step is recorded: the same map in evaluation, scores, new images, the export and study.json, and
 * single networks as they were. */
#include "core/study/answers.h"

#include "core/calibration/metrics.h"
#include "core/calibration/scores.h"
#include "core/io/onnx.h"
#include "core/nn/arch.h"
#include "core/study/evaluate.h"
#include "core/study/outputs-export.h"
#include "core/study/outputs-file.h"
#include "core/study/score-images.h"
#include "core/study/scorer.h"
#include "core/study/study-train.h"
#include "tests/ui/data-fixture.h"

#include <math.h>
#include <string.h>

static const char *const NAMES[] = { "net-f0", "net-f1", "lone" };

/* A map that gives some cases another answer, whatever the networks say. */
static const char TILTED[] =
  "{ \"method\": \"vector\", \"kind\": \"found\", \"split\": \"calibration\", \"n_cases\": 10, \"n_classes\": 2, "
  "\"counts\": [6, 4], \"weights\": [1.5, 2.5], \"biases\": [0.25, %s] }";

typedef struct {
  char       *folder;
  char       *data;
  DubStudy   *study;
  DubOutputs *outputs;
} Fixture;

static void
add_network (Fixture    *fixture,
             int         index,
             DubPrepare *prepare)
{
  DubArchOptions options = { .input = DUB_SHAPE (1, DATA_SIDE, DATA_SIDE), .n_classes = 2, .width = 4, .seed = 7 + (uint64_t) index };
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
  model->family = g_strdup (index < 2 ? "net" : "lone");
  model->fold = index < 2 ? index : -1;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("dubito-answers-XXXXXX", NULL);
  fixture->data = data_fixture_new (fixture->folder, "squares.npz");

  g_autofree char *study = g_build_filename (fixture->folder, "squares.dubito", NULL);
  DubStudyDataOptions options = { .path = fixture->data, .split = DUB_SPLIT_DEFAULT };
  g_autoptr (GError) error = NULL;
  DubPrepare prepare;

  options.split.twins = DUB_TWINS_KEEP;
  fixture->study = dub_study_from_data (study, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dub_study_prepare (fixture->study, &prepare, NULL, &error));
  for (int i = 0; i < (int) G_N_ELEMENTS (NAMES); i++)
    add_network (fixture, i, &prepare);
  fixture->outputs = dub_outputs_load (fixture->study, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  dub_outputs_free (fixture->outputs);
  dub_study_unref (fixture->study);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->data);
}

/* The median of the log-odds that the family gives: half of the cases get another answer. (transfer full) */
static DubRecalibration *
tilted (Fixture *fixture)
{
  static const size_t models[] = { 0, 1 };
  size_t n = fixture->outputs->n_cases;
  g_autofree float *mean = g_new (float, 2 * n);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autoptr (GError) error = NULL;
  double middle = 0.0;

  dub_outputs_mean (fixture->outputs, models, 2, mean);
  for (size_t i = 0; i < n; i++)
    middle += (1.5 * log ((double) mean[2 * i]) - 2.5 * log ((double) mean[2 * i + 1])) / (double) n;
  g_ascii_dtostr (number, sizeof number, middle + 0.25);

  g_autofree char *json = g_strdup_printf (TILTED, number);
  DubRecalibration *map = dub_recalibration_from_json (json, &error);

  g_assert_no_error (error);

  return map;
}

static gboolean
has_warning (const GPtrArray *warnings,
             const char      *part)
{
  for (guint i = 0; i < warnings->len; i++)
    if (strstr (g_ptr_array_index (warnings, i), part) != NULL)
      return TRUE;

  return FALSE;
}

/* Cases of a part. (transfer full) (element-type size_t) */
static GArray *
cases_of (const DubOutputs *outputs,
          DubPart           part)
{
  GArray *cases = g_array_new (FALSE, FALSE, sizeof (size_t));

  for (size_t i = 0; i < outputs->n_cases; i++)
    if (outputs->part[i] == part)
      g_array_append_val (cases, i);

  return cases;
}

/* --- predictions --- */

static void
test_predictions (Fixture      *fixture,
                  gconstpointer data)
{
  const DubOutputs *outputs = fixture->outputs;
  static const size_t models[] = { 0, 1 };
  g_autofree float *mean = g_new (float, outputs->n_cases * 2);
  g_autofree size_t *cases = NULL;
  g_autoptr (GArray) calibration = cases_of (outputs, DUB_PART_CALIBRATION), test = cases_of (outputs, DUB_PART_TEST);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubPredictions) ensemble =
    dub_study_predictions (fixture->study, outputs, "net", NULL, DUB_PART_CALIBRATION, &cases, &error);

  g_assert_no_error (error);
  dub_outputs_mean (outputs, models, 2, mean);
  g_assert_cmpuint (ensemble->n_cases, ==, calibration->len);
  for (size_t i = 0; i < ensemble->n_cases; i++) {
    g_assert_cmpuint (cases[i], ==, g_array_index (calibration, size_t, i));
    g_assert_cmpint (ensemble->labels[i], ==, outputs->labels[cases[i]]);
    for (size_t c = 0; c < 2; c++) {
      g_assert_cmpfloat (ensemble->probabilities[2 * i + c], ==, (double) mean[2 * cases[i] + c]);
      g_assert_cmpfloat (ensemble->logits[2 * i + c], ==, log ((double) mean[2 * cases[i] + c]));
    }
  }

  g_autoptr (DubPredictions) one = dub_study_predictions (fixture->study, outputs, "net", "net-f1", DUB_PART_TEST, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (one->n_cases, ==, test->len);
  g_assert_cmpfloat (one->logits[0], ==, (double) outputs->logits[(outputs->n_cases + g_array_index (test, size_t, 0)) * 2]);

  g_assert_null (dub_study_predictions (fixture->study, outputs, "nobody", NULL, DUB_PART_TEST, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (dub_study_predictions (fixture->study, outputs, "net", "lone", DUB_PART_TEST, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (dub_study_predictions (fixture->study, outputs, "net", NULL, DUB_PART_NONE, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
}

/* --- the step --- */

static void
test_study (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (DubRecalibration) map = tilted (fixture);
  g_autofree char *file = g_build_filename (fixture->study->folder, "study.json", NULL);
  g_autofree char *before = NULL, *with = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_study_save (fixture->study, fixture->study->folder, &error));
  g_assert_true (g_file_get_contents (file, &before, NULL, NULL));
  g_assert_nonnull (strstr (before, "\"format_version\" : 1"));

  dub_study_set_recalibration (fixture->study, "net", map);
  g_assert_true (dub_study_get_recalibration (fixture->study, "net") == map);
  g_assert_null (dub_study_get_recalibration (fixture->study, "lone"));
  g_assert_false (dub_study_recalibration_is_old (fixture->study, "net"));
  g_assert_true (dub_study_save (fixture->study, fixture->study->folder, &error));

  /* A program that does not know of steps would show other answers: it must not read this. */
  g_assert_true (g_file_get_contents (file, &with, NULL, NULL));
  g_assert_nonnull (strstr (with, "\"format_version\" : 2"));

  g_autoptr (DubStudy) back = dub_study_load (fixture->study->folder, &error);

  g_assert_no_error (error);

  g_autofree char *a = dub_recalibration_to_json (map);
  g_autofree char *b = dub_recalibration_to_json (dub_study_get_recalibration (back, "net"));

  g_assert_cmpstr (a, ==, b);
  g_assert_false (dub_study_recalibration_is_old (back, "net"));

  /* A network that was trained anew under the same name makes it old: its file tells. */
  DubStudyModel *first = dub_study_find_model (back, "net-f0");
  g_autofree char *bytes = NULL;
  gsize n_bytes;

  g_assert_true (g_file_get_contents (first->path, &bytes, &n_bytes, NULL));
  bytes[n_bytes / 2] ^= 1;
  g_free (first->path);
  first->path = g_build_filename (fixture->folder, "anew.npz", NULL);
  g_assert_true (g_file_set_contents (first->path, bytes, (gssize) n_bytes, NULL));
  g_assert_true (dub_study_recalibration_is_old (back, "net"));
  bytes[n_bytes / 2] ^= 1;
  g_assert_true (g_file_set_contents (first->path, bytes, (gssize) n_bytes, NULL));
  g_assert_false (dub_study_recalibration_is_old (back, "net"));

  /* So does another network in the family. */
  DubStudyModel *lone = dub_study_find_model (back, "lone");

  g_free (lone->family);
  lone->family = g_strdup ("net");
  g_assert_true (dub_study_recalibration_is_old (back, "net"));

  dub_study_set_recalibration (fixture->study, "net", NULL);
  g_assert_null (dub_study_get_recalibration (fixture->study, "net"));
  g_assert_true (dub_study_save (fixture->study, fixture->study->folder, &error));
  g_assert_true (g_file_get_contents (file, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, before);
}

static void
test_evaluation (Fixture      *fixture,
                 gconstpointer data)
{
  const DubEvaluateOptions options = { .n_resamples = 49, .temperature = TRUE };
  g_autoptr (DubRecalibration) map = tilted (fixture);
  g_autoptr (DubEvaluation) before = dub_evaluate_outputs (fixture->study, fixture->outputs, &options, NULL, NULL);

  dub_study_set_recalibration (fixture->study, "net", map);

  g_autoptr (DubEvaluation) after = dub_evaluate_outputs (fixture->study, fixture->outputs, &options, NULL, NULL);
  g_autoptr (DubPredictions) test = dub_study_predictions (fixture->study, fixture->outputs, "net", NULL, DUB_PART_TEST, NULL, NULL);
  g_autoptr (DubPredictions) mapped = dub_recalibration_apply (map, test, NULL);
  guint n_recalibrated = 0;

  g_assert_cmpuint (after->rows->len, ==, before->rows->len);
  for (guint i = 0; i < after->rows->len; i++) {
    const DubEvaluateRow *a = g_ptr_array_index (before->rows, i), *b = g_ptr_array_index (after->rows, i);
    gboolean ensemble = b->model == NULL && strcmp (b->family, "net") == 0;
    gboolean changes = ensemble && b->split != DUB_EVALUATE_VALIDATION && b->temperature == NULL;

    g_assert_true (b->recalibration == (changes ? map : NULL));
    n_recalibrated += changes;
    if (!changes) {
      g_assert_cmpmem (a->metrics.estimate, sizeof a->metrics.estimate, b->metrics.estimate, sizeof b->metrics.estimate);
    } else if (b->split == DUB_EVALUATE_TEST) {
      g_assert_cmpfloat_with_epsilon (b->metrics.estimate[DUB_METRIC_NLL].value,
                                      dub_nll (mapped->probabilities, test->labels, test->n_cases, 2, NULL, NULL), 1e-6);
      g_assert_cmpfloat (a->metrics.estimate[DUB_METRIC_NLL].value, !=, b->metrics.estimate[DUB_METRIC_NLL].value);
    }
    g_assert_true (has_warning (b->warnings, "fitted on these cases") == (changes && b->split == DUB_EVALUATE_CALIBRATION));
    g_assert_true (has_warning (b->warnings, "is not applied") == (ensemble && b->split == DUB_EVALUATE_VALIDATION));
  }
  g_assert_cmpuint (n_recalibrated, ==, 3);
}

static void
test_scores (Fixture      *fixture,
             gconstpointer data)
{
  static const char *const ids[] = { "msr", "margin", "ensemble-sd", "knn-shap", "temperature", "isotonic", NULL };
  const DubScoresOptions options = { .family = "net", .ids = ids };
  static const size_t models[] = { 0, 1 };
  size_t n = fixture->outputs->n_cases, n_changed = 0;
  g_autofree float *answers = g_new (float, 2 * n);
  g_autoptr (DubRecalibration) map = tilted (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubScores) before = dub_study_scores (fixture->study, &options, NULL, &error);

  g_assert_no_error (error);
  dub_study_set_recalibration (fixture->study, "net", map);
  g_assert_true (dub_study_answers (fixture->study, fixture->outputs, "net", models, 2, answers, &error));

  g_autoptr (DubScores) after = dub_study_scores (fixture->study, &options, NULL, &error);
  g_autoptr (DubScores) again = dub_study_scores_peek (fixture->study, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (before->recalibration);
  g_assert_true (g_str_has_prefix (after->recalibration, "Vector scaling, w 1.5 to 2.5"));
  g_assert_cmpmem (after->mean, 2 * n * sizeof (float), answers, 2 * n * sizeof (float));
  g_assert_cmpmem (again->mean, 2 * n * sizeof (float), answers, 2 * n * sizeof (float));
  for (size_t i = 0; i < n; i++) {
    int predicted = answers[2 * i + 1] > answers[2 * i];
    double msr = dub_scores_find (after, "msr")->values[i];

    n_changed += before->predicted[i] != after->predicted[i];
    g_assert_cmpint (after->predicted[i], ==, predicted);
    g_assert_cmpint (after->failed[i], ==, fixture->study->data->labels[i] != predicted);
    g_assert_cmpfloat (msr, ==, 1.0 - (double) answers[2 * i + (size_t) predicted]);
    g_assert_cmpfloat (dub_scores_find (again, "knn-shap")->values[i], ==, dub_scores_find (after, "knn-shap")->values[i]);
    /* About the networks, not about their answer. */
    g_assert_cmpfloat (dub_scores_find (after, "ensemble-sd")->values[i], ==, dub_scores_find (before, "ensemble-sd")->values[i]);
    g_assert_true (dub_scores_find (after, "isotonic")->values[i] >= 0.0);
  }
  g_assert_cmpuint (n_changed, >, 5);

  /* Taken back, everything is as it was. */
  dub_study_set_recalibration (fixture->study, "net", NULL);

  g_autoptr (DubScores) back = dub_study_scores (fixture->study, &options, NULL, &error);

  g_assert_no_error (error);
  for (size_t k = 0; ids[k] != NULL; k++)
    g_assert_cmpmem (dub_scores_find (back, ids[k])->values, n * sizeof (double), dub_scores_find (before, ids[k])->values,
                     n * sizeof (double));
}

/* An image alone gets the answer and the scores that it has as a case; so does a scorer that is given the networks' answers. */
static void
test_images (Fixture      *fixture,
             gconstpointer data)
{
  static const char *const ids[] = { "msr", "entropy", "knn-shap", NULL };
  const DubScoresOptions options = { .family = "net", .ids = ids };
  static const size_t models[] = { 0, 1 };
  g_autoptr (DubRecalibration) map = tilted (fixture);
  g_autoptr (GError) error = NULL;

  dub_study_set_recalibration (fixture->study, "net", map);

  g_autoptr (DubScores) scores = dub_study_scores (fixture->study, &options, NULL, &error);

  g_assert_no_error (error);

  const DubOutputs *outputs = fixture->outputs;
  g_autoptr (GArray) test = cases_of (outputs, DUB_PART_TEST);
  const size_t at = g_array_index (test, size_t, 3);
  g_autoptr (DubTensor) image = NULL;
  double spacing[1][3] = { { (double) NAN, (double) NAN, (double) NAN } };

  g_assert_true (dub_study_data_open (fixture->study->data, NULL, &error));
  image = dub_dataset_read (fixture->study->data->dataset, at, spacing[0], &error);
  g_assert_no_error (error);

  DubTensor *const raw[] = { image };
  g_autoptr (DubImageScores) alone =
    dub_study_score_images (fixture->study, &options, raw, (const double (*)[3]) spacing, NULL, 1, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (alone->mean, 2 * sizeof (float), scores->mean + 2 * at, 2 * sizeof (float));
  g_assert_cmpint (alone->predicted[0], ==, scores->predicted[at]);
  for (guint k = 0; k < alone->scores->len; k++) {
    const DubScore *one = g_ptr_array_index (alone->scores, k);

    if (one->values != NULL)
      g_assert_cmpfloat (one->values[0], ==, dub_scores_find (scores, one->id)->values[at]);
  }

  g_autoptr (DubScorer) scorer = dub_scorer_new (fixture->study, &options, "msr", NULL, &error);
  g_autoptr (DubAnswers) answers = dub_answers_new (outputs->logits, outputs->probabilities, NULL, outputs->n_cases, 2, 0, models, 2,
                                                    &at, 1, &error);
  double value;

  g_assert_no_error (error);
  g_assert_true (dub_scorer_score (answers, &value, scorer, NULL, &error));
  g_assert_cmpfloat (value, ==, dub_scores_find (scores, "msr")->values[at]);
}

static void
test_export (Fixture      *fixture,
             gconstpointer data)
{
  static const char *const models[] = { "net-f0", "net-f1", NULL };
  static const size_t rows[] = { 0, 1 };
  g_autoptr (DubRecalibration) map = tilted (fixture);
  g_autofree char *path = g_build_filename (fixture->folder, "pred.npz", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DubOutputs) outputs = dub_outputs_load (fixture->study, models, NULL, &error);
  g_autofree float *answers = g_new (float, 2 * outputs->n_cases);

  g_assert_no_error (error);
  dub_study_set_recalibration (fixture->study, "net", map);
  g_assert_true (dub_study_answers (fixture->study, fixture->outputs, "net", rows, 2, answers, &error));
  g_assert_true (dub_outputs_export (fixture->study, outputs, "net", 1u << DUB_PART_TEST, path, &error));

  g_autoptr (DubOutputsFile) file = dub_outputs_file_load (path, &error);

  g_assert_no_error (error);
  g_assert_true (has_warning (file->notes, "The probabilities were recalibrated: Vector scaling"));

  g_autofree double *told = dub_outputs_file_mean (file);

  g_autoptr (GArray) test = cases_of (outputs, DUB_PART_TEST);

  g_assert_cmpuint (file->n_cases, ==, test->len);
  for (guint i = 0; i < test->len; i++)
    for (size_t c = 0; c < 2; c++)
      g_assert_cmpfloat (told[2 * i + c], ==, (double) answers[2 * g_array_index (test, size_t, i) + c]);

  /* A table says it as well, and only where it is so. */
  g_autofree char *csv = g_build_filename (fixture->folder, "pred.csv", NULL);

  g_assert_true (dub_outputs_export (fixture->study, outputs, "net", 1u << DUB_PART_TEST, csv, &error));

  g_autoptr (DubOutputsFile) table = dub_outputs_file_load (csv, &error);

  g_assert_no_error (error);
  g_assert_true (has_warning (table->notes, "The probabilities were recalibrated: Vector scaling"));
  for (guint i = 0; i < 2 * test->len; i++)
    g_assert_cmpfloat_with_epsilon ((double) dub_tensor_f32 (table->probabilities)[i], told[i], 1e-7);
  dub_study_set_recalibration (fixture->study, "net", NULL);
  g_assert_true (dub_outputs_export (fixture->study, outputs, "net", 1u << DUB_PART_TEST, csv, &error));

  g_autoptr (DubOutputsFile) plain = dub_outputs_file_load (csv, &error);

  g_assert_no_error (error);
  g_assert_false (has_warning (plain->notes, "recalibrated"));
}

/* --- study.json that is not what it should be --- */

#define STUDY "{\"format\":\"dubito-study\",\"format_version\":2,\"title\":\"t\",\"seed\":\"1\",\"classes\":[\"a\",\"b\"],\"cases\":[]," \
              "\"models\":[],\"recalibrations\":"
#define GOOD "{ \"method\": \"temperature\", \"kind\": \"found\", \"split\": \"calibration\", \"n_cases\": 9, \"n_classes\": 2, " \
             "\"counts\": [3, 6], \"temperature\": { \"beta\": 0.5, \"low\": 1, \"high\": 3 } }"
#define THREE "{ \"method\": \"temperature\", \"kind\": \"found\", \"split\": \"calibration\", \"n_cases\": 9, \"n_classes\": 3, " \
              "\"counts\": [3, 3, 3], \"temperature\": { \"beta\": 0.5, \"low\": 1, \"high\": 3 } }"
#define CERTAIN "{ \"method\": \"temperature\", \"kind\": \"separable\", \"split\": \"calibration\", \"n_cases\": 9, \"n_classes\": 2, " \
                "\"counts\": [3, 6], \"temperature\": { \"beta\": null, \"low\": 0, \"high\": 3 } }"

static const struct {
  const char *text;
  const char *message; /* NULL = loads */
} BAD[] = {
  { STUDY "[{\"family\":\"n\",\"networks\":[\"a\"],\"map\":" GOOD "}]}", NULL },
  { STUDY "{}}", "recalibrations is an object; expected a list" },
  { STUDY "[3]}", "recalibrations[0] is a number; expected an object" },
  { STUDY "[{\"family\":\"\",\"networks\":[],\"map\":" GOOD "}]}", "recalibrations[0].family is empty; expected a name" },
  { STUDY "[{\"family\":\"n\",\"networks\":[],\"map\":" GOOD "},{\"family\":\"n\",\"networks\":[],\"map\":" GOOD "}]}",
    "recalibrations[1].family is \"n\", which an earlier one has already" },
  { STUDY "[{\"family\":\"n\",\"networks\":[1],\"map\":" GOOD "}]}", "recalibrations[0].networks[0] is a number" },
  { STUDY "[{\"family\":\"n\",\"networks\":[\"a\"],\"files\":[\"f\"],\"map\":" GOOD "}]}", NULL },
  { STUDY "[{\"family\":\"n\",\"networks\":[\"a\"],\"files\":[],\"map\":" GOOD "}]}",
    "recalibrations[0].files is 0 names of files; expected 1, one for each network" },
  { STUDY "[{\"family\":\"n\",\"networks\":[],\"files\":[1],\"map\":" GOOD "}]}", "recalibrations[0].files[0] is a number" },
  { STUDY "[{\"family\":\"n\",\"networks\":[]}]}", "recalibrations[0].map is absent; expected an object" },
  { STUDY "[{\"family\":\"n\",\"networks\":[],\"map\":{}}]}", "recalibrations[0].map.method is absent" },
  { STUDY "[{\"family\":\"n\",\"networks\":[],\"map\":" THREE "}]}", "recalibrations[0].map.n_classes is 3; the study has 2 classes" },
  { STUDY "[{\"family\":\"n\",\"networks\":[],\"map\":" CERTAIN "}]}", "recalibrations[0].map.kind is \"separable\"" },
};

static void
test_bad (void)
{
  g_autofree char *folder = g_dir_make_tmp ("dubito-answers-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "study.json", NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (BAD); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (file, BAD[i].text, -1, NULL));

    g_autoptr (DubStudy) study = dub_study_load (folder, &error);

    if (BAD[i].message == NULL) {
      g_assert_no_error (error);
      g_assert_nonnull (dub_study_get_recalibration (study, "n"));
      /* Of networks that the study does not have: it waits for them, and says that it is old. */
      g_assert_true (dub_study_recalibration_is_old (study, "n"));
      continue;
    }
    g_test_message ("%s", error != NULL ? error->message : "loaded");
    g_assert_null (study);
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    g_assert_nonnull (strstr (error->message, BAD[i].message));
  }
  remove_tree (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/study-answers/predictions", Fixture, NULL, set_up, test_predictions, tear_down);
  g_test_add ("/study-answers/study", Fixture, NULL, set_up, test_study, tear_down);
  g_test_add ("/study-answers/evaluation", Fixture, NULL, set_up, test_evaluation, tear_down);
  g_test_add ("/study-answers/scores", Fixture, NULL, set_up, test_scores, tear_down);
  g_test_add ("/study-answers/images", Fixture, NULL, set_up, test_images, tear_down);
  g_test_add ("/study-answers/export", Fixture, NULL, set_up, test_export, tear_down);
  g_test_add_func ("/study-answers/bad", test_bad);

  return g_test_run ();
}
