/* Studies made from a data set: what is stored comes back, and what has changed since is noticed. */
#include "core/io/npy.h"
#include "core/study/study-train.h"

#include <glib/gstdio.h>
#include <string.h>

enum { N_CASES = 90, SIDE = 8 };

typedef struct {
  char *folder;
  char *data;
  char *study;
} Fixture;

static void
write_data (const char *path,
            guint8      first)
{
  g_autoptr (DubTensor) images = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (N_CASES, SIDE, SIDE), NULL);
  g_autoptr (DubTensor) labels = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (N_CASES), NULL);
  static const char *const names[] = { "images", "labels" };
  DubTensor *const tensors[] = { images, labels };

  for (int i = 0; i < N_CASES; i++) {
    ((guint8 *) labels->data)[i] = (guint8) (i % 3);
    for (int j = 0; j < SIDE * SIDE; j++)
      ((guint8 *) images->data)[i * SIDE * SIDE + j] = (guint8) (i * 37 + j * 11 + i * j);
  }
  ((guint8 *) labels->data)[0] = first;
  g_assert_true (dub_npz_save (path, names, tensors, 2, NULL));
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("dubito-study-data-XXXXXX", NULL);
  fixture->data = g_build_filename (fixture->folder, "cases.npz", NULL);
  fixture->study = g_build_filename (fixture->folder, "a.dubito", NULL);
  write_data (fixture->data, 0);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  static const char *const names[] = { "study.json", "cases.csv" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_build_filename (fixture->study, names[i], NULL);

    g_unlink (file);
  }
  g_rmdir (fixture->study);
  g_unlink (fixture->data);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->data);
  g_free (fixture->study);
}

static DubStudy *
make (Fixture *fixture)
{
  DubStudyDataOptions options = { .path = fixture->data, .split = DUB_SPLIT_DEFAULT };
  g_autoptr (GError) error = NULL;

  options.split.seed = 17;
  options.split.twins = DUB_TWINS_KEEP;

  DubStudy *study = dub_study_from_data (fixture->study, &options, NULL, &error);

  g_assert_no_error (error);

  return study;
}

static void
test_round_trip (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (DubStudy) made = make (fixture);
  g_autoptr (GError) error = NULL;
  DubPrepare prepare;

  g_assert_true (dub_study_prepare (made, &prepare, NULL, &error));
  dub_study_add_model (made, "ce-f3", "/models/m.onnx", (DubPreprocess) { 0 });

  DubStudyModel *model = made->models->pdata[0];

  g_assert_cmpint (model->fold, ==, -1);
  model->family = g_strdup ("ce");
  model->fold = 3;
  model->prepare = g_memdup2 (&prepare, sizeof prepare);
  model->split_hash = g_strdup (made->data->split_hash);
  g_assert_true (dub_study_save (made, fixture->study, &error));

  g_autoptr (DubStudy) study = dub_study_load (fixture->study, &error);

  g_assert_no_error (error);
  g_assert_nonnull (study->data);
  g_assert_null (study->data->dataset);
  g_assert_cmpint (study->data->task, ==, DUB_TASK_MULTICLASS);
  g_assert_cmpuint (study->data->n_cases, ==, N_CASES);
  g_assert_cmpstr (study->data->path, ==, fixture->data);
  g_assert_cmpstr (study->data->hash, ==, made->data->hash);
  g_assert_cmpstr (study->data->split_hash, ==, made->data->split_hash);
  g_assert_cmpuint (study->data->split->options.seed, ==, 17);
  g_assert_cmpuint (study->data->split->options.n_folds, ==, 5);
  g_assert_cmpint (study->data->split->options.twins, ==, DUB_TWINS_KEEP);
  for (size_t i = 0; i < N_CASES; i++) {
    g_assert_cmpstr (study->data->ids[i], ==, made->data->ids[i]);
    g_assert_cmpint (study->data->labels[i], ==, i % 3);
    g_assert_cmpint (study->data->split->part[i], ==, made->data->split->part[i]);
    g_assert_cmpint (study->data->split->fold[i], ==, made->data->split->fold[i]);
  }
  model = study->models->pdata[0];
  g_assert_cmpstr (model->family, ==, "ce");
  g_assert_cmpint (model->fold, ==, 3);
  g_assert_cmpfloat (model->prepare->mean[0], ==, prepare.mean[0]);
  g_assert_true (dub_study_data_open (study->data, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (study->data->dataset);

  /* The same question, another one. */
  DubSplitOptions split = study->data->split->options;

  g_assert_true (dub_study_data_agrees (study, fixture->data, &split, NULL, &error));
  split.seed = 18;
  g_assert_false (dub_study_data_agrees (study, NULL, &split, NULL, &error));
  g_assert_nonnull (strstr (error->message, "its seed is 17, not 18"));
}

/* Replaces the first @from of a file of the study by @to. */
static void
edit (Fixture    *fixture,
      const char *name,
      const char *from,
      const char *to)
{
  g_autofree char *file = g_build_filename (fixture->study, name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));

  char *at = strstr (text, from);

  if (at == NULL)
    g_error ("%s is not in %s: %s", from, name, text);
  *at = '\0';

  g_autofree char *changed = g_strconcat (text, to, at + strlen (from), NULL);

  g_assert_true (g_file_set_contents (file, changed, -1, NULL));
}

typedef struct {
  const char *file;
  const char *from;
  const char *to;
  const char *message;  /* part of it */
  gboolean    on_open;  /* only the data set shows it */
} Change;

static const Change CHANGES[] = {
  { "cases.csv", "id,label", "name,label", "does not begin with the row" },
  { "cases.csv", ",train,", ",trial,", "part \"trial\"; expected train, calibration, test or none" },
  { "cases.csv", "\ncase-1,", "\ncase-0,", "id \"case-0\"; expected a name that no other row has" },
  { "cases.csv", ",calibration,-1", ",calibration,2", "fold \"2\"; expected -1, or the fold of a training case" },
  { "cases.csv", ",test,-1\n", "\n", "cases.csv" },
  { "cases.csv", ",2,,", ",3,,", "has label 3; expected -1 (unknown) or the index of one of 3 classes" },
  { "cases.csv", ",2,,", ",two,,", "label \"two\"" },
  { "cases.csv", ",train,4", ",train,5", "has fold 5; expected one of 5 folds" },
  { "cases.csv", "\ncase-1,", "\n\"case-1,", "cases.csv" },
  { "cases.csv", ",test,-1\n", ",calibration,-1\n", "its hash is", TRUE },
  { "cases.csv", ",2,,", ",1,,", "with label 2, expected", TRUE },
  { "study.json", "\"task\" : \"multiclass\"", "\"task\" : \"guess\"", "task is \"guess\"; expected one of multiclass" },
  { "study.json", "\"positive\" : 1", "\"positive\" : 3", "positive is 3" },
  { "study.json", "\"kind\" : \"medmnist\"", "\"kind\" : 1", "data.kind is a number" },
  { "study.json", "\"path\" : \"/", "\"path\" : \"../", "data.path is" },
  { "study.json", "\"folds\" : 5", "\"folds\" : 0", "split.folds is 0" },
  { "study.json", "\"twins\" : \"keep\"", "\"twins\" : \"sell\"", "split.twins is \"sell\"" },
  { "study.json", "\"fractions\" : [", "\"fractions\" : [ 0.5,", "split.fractions is a list of 4" },
  { "study.json", "\"split\" : {", "\"cut\" : {", "split is absent; expected an object" },
};

static void
test_changed (Fixture      *fixture,
              gconstpointer data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (CHANGES); i++) {
    g_autoptr (GError) error = NULL;

    dub_study_unref (make (fixture));
    edit (fixture, CHANGES[i].file, CHANGES[i].from, CHANGES[i].to);

    g_autoptr (DubStudy) study = dub_study_load (fixture->study, &error);

    if (CHANGES[i].on_open) {
      g_assert_no_error (error);
      g_assert_false (dub_study_data_open (study->data, NULL, &error));
    } else {
      g_assert_null (study);
    }
    g_assert_nonnull (error);
    if (strstr (error->message, CHANGES[i].message) == NULL)
      g_error ("change %zu: %s", i, error->message);
  }
}

static void
test_other_data (Fixture      *fixture,
                 gconstpointer data)
{
  dub_study_unref (make (fixture));

  g_autoptr (GError) error = NULL;
  g_autoptr (DubStudy) study = dub_study_load (fixture->study, &error);

  write_data (fixture->data, 2);
  g_assert_false (dub_study_data_open (study->data, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "label 2, expected"));
  g_clear_error (&error);

  g_unlink (fixture->data);
  g_assert_false (dub_study_data_open (study->data, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
}

/* Ids of any kind survive the table. */
static void
test_names (Fixture      *fixture,
            gconstpointer data)
{
  static const char *const names[] = { "a,b", "say \"no\"", "two\nlines", "plain", "\"", "é" };
  g_autoptr (DubStudy) made = make (fixture);
  g_autoptr (GError) error = NULL;
  DubStudyData *left = made->data;

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_free (left->ids[i]);
    left->ids[i] = g_strdup (names[i]);
    left->patient[i] = g_strdup (names[G_N_ELEMENTS (names) - 1 - i]);
  }
  g_assert_true (dub_study_save (made, fixture->study, &error));

  g_autoptr (DubStudy) study = dub_study_load (fixture->study, &error);

  g_assert_no_error (error);
  for (size_t i = 0; i < N_CASES; i++) {
    g_assert_cmpstr (study->data->ids[i], ==, left->ids[i]);
    g_assert_cmpstr (study->data->patient[i], ==, left->patient[i]);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/study-data/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/study-data/changed", Fixture, NULL, set_up, test_changed, tear_down);
  g_test_add ("/study-data/other-data", Fixture, NULL, set_up, test_other_data, tear_down);
  g_test_add ("/study-data/names", Fixture, NULL, set_up, test_names, tear_down);

  return g_test_run ();
}
