/* What the assistant knows, without a display: opening, what stands twice, splits, arguments, and the study on disk. */
#include "core/base/error.h"
#include "core/data/augment.h"
#include "core/io/onnx.h"
#include "core/study/study.h"
#include "core/train/network.h"
#include "tests/ui/data-fixture.h"
#include "ui/model/new-study.h"

static char *folder;

static void
wait_until_known (DubNewStudy *study)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while ((dub_new_study_is_opening (study) || dub_new_study_is_searching (study) || dub_new_study_is_making (study)) &&
         g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
}

static DubNewStudy *
open_fixture (void)
{
  DubNewStudy *study = dub_new_study_new ();
  g_autofree char *path = data_fixture_new (folder, "breast-like.npz");

  dub_new_study_open (study, path, FALSE);
  g_assert_true (dub_new_study_is_opening (study));
  wait_until_known (study);
  g_assert_null (dub_new_study_get_error (study));
  g_assert_nonnull (dub_new_study_get_dataset (study));

  return study;
}

static size_t
count_part (DubNewStudy *study,
            DubPart      part)
{
  return dub_new_study_count (study, part, 0) + dub_new_study_count (study, part, 1);
}

static void
test_open (void)
{
  g_autoptr (DubNewStudy) study = open_fixture ();
  const DubDuplicates *duplicates = dub_new_study_get_duplicates (study);
  size_t n_opposite = 0;

  g_assert_cmpuint (dub_new_study_get_dataset (study)->n_cases, ==, DATA_TRAIN + DATA_VALIDATION + DATA_TEST);
  g_assert_nonnull (duplicates);
  g_assert_cmpuint (duplicates->n_pairs, ==, 2);
  for (size_t i = 0; i < duplicates->n_pairs; i++)
    n_opposite += duplicates->pairs[i].opposite ? 1 : 0;
  g_assert_cmpuint (n_opposite, ==, 1);
  g_assert_cmpuint (count_part (study, DUB_PART_TRAIN), ==, 44);
  g_assert_cmpuint (count_part (study, DUB_PART_TEST), ==, 24);
  g_assert_true (dub_new_study_arch_fits (study, DUB_ARCH_RESNET18));
  g_assert_false (dub_new_study_arch_fits (study, DUB_ARCH_CNN3D));
}

/* The counts follow every choice at once. */
static void
test_choices (void)
{
  g_autoptr (DubNewStudy) study = open_fixture ();
  DubNewStudyChoices choices = *dub_new_study_get_choices (study);
  size_t n = dub_new_study_get_dataset (study)->n_cases;

  choices.split.given = TRUE;
  dub_new_study_set_choices (study, &choices);
  g_assert_cmpuint (count_part (study, DUB_PART_TRAIN), ==, DATA_TRAIN);
  g_assert_cmpuint (count_part (study, DUB_PART_CALIBRATION), ==, DATA_VALIDATION);
  g_assert_cmpuint (count_part (study, DUB_PART_TEST), ==, DATA_TEST);

  choices.split.given = FALSE;
  choices.split.twins = DUB_TWINS_DROP;
  choices.split.contradictions = DUB_CONTRADICTION_DROP;
  dub_new_study_set_choices (study, &choices);
  g_assert_cmpuint (count_part (study, DUB_PART_NONE), ==, 3);
  g_assert_cmpuint (count_part (study, DUB_PART_TRAIN) + count_part (study, DUB_PART_CALIBRATION)
                    + count_part (study, DUB_PART_TEST), ==, n - 3);

  choices.split.by_patient = TRUE;
  dub_new_study_set_choices (study, &choices);
  g_assert_null (dub_new_study_get_split (study));
  g_assert_nonnull (dub_new_study_get_split_error (study));
}

static void
test_arguments (void)
{
  g_autoptr (DubNewStudy) study = open_fixture ();
  DubNewStudyChoices choices = *dub_new_study_get_choices (study);

  choices.arch = DUB_ARCH_MLP;
  dub_new_study_set_choices (study, &choices);
  choices = *dub_new_study_get_choices (study);
  choices.term = DUB_TERM_SMOOTHING;
  dub_new_study_set_choices (study, &choices);
  /* Another term begins with its usual weight. */
  choices = *dub_new_study_get_choices (study);
  g_assert_cmpfloat (choices.weight, ==, 0.05);
  choices.n_epochs = 3;
  choices.side = 28;
  choices.scaling = DUB_SCALING_MINMAX;
  choices.augment = DUB_AUGMENT_FLIP | DUB_AUGMENT_NOISE;
  choices.class_weights = TRUE;
  choices.split.seed = 7;
  dub_new_study_set_choices (study, &choices);

  g_auto (GStrv) arguments = dub_new_study_train_arguments (study);
  g_autofree char *line = g_strjoinv (" ", arguments);

  g_assert_cmpstr (line, ==, "--arch mlp --epochs 3 --augment flip,noise --seed 7 --scaling minmax --size 28 --class-weights "
                             "--label-smoothing 0.05 --plain-beside");

  DubPrepare prepare;

  dub_new_study_make_prepare (study, &prepare);
  g_assert_cmpint (prepare.size[0], ==, 28);
  g_assert_cmpint (prepare.scaling, ==, DUB_SCALING_MINMAX);
}

static void
test_pictures (void)
{
  g_autoptr (DubNewStudy) study = open_fixture ();
  g_autoptr (GArray) examples = dub_new_study_examples (study, 1, 20);
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  size_t index = g_array_index (examples, size_t, 1);
  GBytes *picture;

  g_assert_cmpuint (examples->len, ==, 20);
  g_assert_null (dub_new_study_get_picture (study, index));
  while ((picture = dub_new_study_get_picture (study, index)) == NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (picture);
  g_assert_cmpuint (g_bytes_get_size (picture), ==, DUB_PICTURE_SIDE * DUB_PICTURE_SIDE * 3);

  /* The middle of class 1 is brighter than its corner, and grey. */
  const guint8 *pixels = g_bytes_get_data (picture, NULL);
  const guint8 *middle = pixels + 3 * (DUB_PICTURE_SIDE / 2 * DUB_PICTURE_SIDE + DUB_PICTURE_SIDE / 2);
  int inside = 0, outside = 0;

  for (int y = 0; y < 26; y++)
    for (int x = 0; x < 26; x++) {
      inside += pixels[3 * ((y + 39) * DUB_PICTURE_SIDE + x + 39)];
      outside += pixels[3 * (y * DUB_PICTURE_SIDE + x)];
    }
  g_assert_cmpint (inside, >, outside + 30 * 26 * 26);
  g_assert_cmpint (middle[0], ==, middle[2]);
}

typedef struct {
  gboolean good;
  GError  *error;
  gboolean over;
} Made;

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Made *made = user_data;

  made->good = dub_new_study_make_finish (DUB_NEW_STUDY (source), result, &made->error);
  made->over = TRUE;
}

static void
test_make (void)
{
  g_autoptr (DubNewStudy) study = open_fixture ();
  g_autofree char *path = g_build_filename (folder, "made", "Test.dubito", NULL);
  g_autoptr (GError) error = NULL;
  DubNewStudyChoices choices = *dub_new_study_get_choices (study);
  Made made = { 0 };

  choices.positive = 0;
  choices.split.seed = 3;
  dub_new_study_set_choices (study, &choices);
  dub_new_study_set_class_name (study, 0, "  dark, plain ");
  dub_new_study_set_class_name (study, 1, "");
  dub_new_study_make_async (study, "A test", path, made_cb, &made);
  g_assert_true (dub_new_study_is_making (study));
  while (!made.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (made.error);

  g_autoptr (DubStudy) read = dub_study_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (read->title, ==, "A test");
  g_assert_cmpstr (g_ptr_array_index (read->classes, 0), ==, "dark, plain");
  g_assert_cmpint (read->data->positive, ==, 0);
  g_assert_cmpuint (read->data->split->options.seed, ==, 3);
  /* What was shown is what was written. */
  g_assert_cmpmem (read->data->split->part, read->data->n_cases, dub_new_study_get_split (study)->part,
                   dub_new_study_get_split (study)->n_cases);
  g_assert_true (dub_study_data_open (read->data, NULL, &error));
  g_assert_no_error (error);

  /* What is there is never written over. */
  made = (Made) { 0 };
  dub_new_study_make_async (study, "A test", path, made_cb, &made);
  while (!made.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (made.good);
  g_assert_error (made.error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&made.error);
}

/* A row that names no file: the error says where, and the rest can be had without it. */
static void
test_skip (void)
{
  g_autoptr (DubNewStudy) study = dub_new_study_new ();
  g_autofree char *table = g_build_filename (folder, "cases.csv", NULL);

  g_assert_true (g_file_set_contents (table, "file,label\nabsent.png,a\n", -1, NULL));
  dub_new_study_open (study, table, FALSE);
  wait_until_known (study);
  g_assert_null (dub_new_study_get_dataset (study));
  g_assert_nonnull (strstr (dub_new_study_get_error (study), "absent.png"));
  g_assert_true (dub_new_study_can_skip (study));
  dub_new_study_open (study, table, TRUE);
  wait_until_known (study);
  /* Nothing is left: said once more, and skipping is no longer offered. */
  g_assert_nonnull (dub_new_study_get_error (study));
  g_assert_false (dub_new_study_can_skip (study));
  dub_new_study_clear (study);
  g_assert_null (dub_new_study_get_error (study));
}

static char *
write_network (DubNewStudy *study,
               const char  *name)
{
  DubDataset *dataset = dub_new_study_get_dataset (study);
  g_autoptr (DubRecipe) recipe = dub_recipe_for ("mlp", dataset);
  g_autoptr (GError) error = NULL;
  DubNetwork *network = dub_network_new (recipe, &DUB_SHAPE (1, DATA_SIDE, DATA_SIDE), 2, 1, NULL, &error);
  char *path = g_build_filename (folder, name, NULL);

  g_assert_no_error (error);
  g_assert_true (dub_onnx_save (network->graph, path, &error));
  g_assert_no_error (error);
  dub_network_free (network);

  return path;
}

/* Two networks of one's own: one brings its training cases, the other a scaling of its own. */
static void
test_networks (void)
{
  g_autoptr (DubNewStudy) study = open_fixture ();
  g_autofree char *one = write_network (study, "one.onnx"), *two = write_network (study, "two.onnx");
  g_autofree char *ids = g_build_filename (folder, "ids.txt", NULL), *path = g_build_filename (folder, "Own.dubito", NULL);
  const char *const networks[] = { one, two, NULL };
  g_autoptr (GArray) test = dub_split_indices (dub_new_study_get_split (study), DUB_PART_TEST);
  size_t learned = g_array_index (test, size_t, 0);
  g_autoptr (GError) error = NULL;
  Made made = { 0 };

  g_assert_true (g_file_set_contents (ids, dub_new_study_get_dataset (study)->cases[learned].id, -1, NULL));
  dub_new_study_set_networks (study, networks);
  g_assert_null (dub_new_study_get_train_ids (study, 0));
  g_assert_cmpint (dub_new_study_get_own_scaling (study, 1), ==, -1);
  dub_new_study_set_train_ids (study, 0, ids);
  dub_new_study_set_own_scaling (study, 1, DUB_SCALING_MINMAX);
  dub_new_study_make_async (study, "Own", path, made_cb, &made);
  while (!made.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (made.error);

  g_autoptr (DubStudy) read = dub_study_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (read->models->len, ==, 2);

  const DubStudyModel *models[] = { g_ptr_array_index (read->models, 0), g_ptr_array_index (read->models, 1) };

  g_assert_false (models[0]->training_unknown);
  g_assert_true (models[1]->training_unknown);
  g_assert_cmpint (models[0]->prepare->scaling, ==, DUB_SCALING_MEAN_SD);
  g_assert_cmpint (models[1]->prepare->scaling, ==, DUB_SCALING_MINMAX);
  g_assert_cmpint (models[1]->prepare->size[0], ==, DATA_SIDE);
  g_assert_cmpint (read->data->split->part[learned], ==, DUB_PART_TRAIN);

  /* Other networks, nothing known of them. */
  dub_new_study_set_networks (study, networks);
  g_assert_null (dub_new_study_get_train_ids (study, 0));
  g_assert_cmpint (dub_new_study_get_own_scaling (study, 1), ==, -1);
}

/* What networks said, without images: recognised, and imported. */
static void
test_outputs (void)
{
  g_autoptr (DubNewStudy) study = dub_new_study_new ();
  g_autofree char *table = g_build_filename (folder, "said.csv", NULL);
  g_autofree char *path = g_build_filename (folder, "Said.dubito", NULL);
  g_autoptr (GString) text = g_string_new ("id,label,p_0,p_1\n");
  g_autoptr (GError) error = NULL;
  Made made = { 0 };

  for (int i = 0; i < 30; i++)
    g_string_append_printf (text, "case-%d,%d,%s\n", i, i % 2, i % 3 == 0 ? "0.25,0.75" : "0.5,0.5");
  g_assert_true (g_file_set_contents (table, text->str, -1, NULL));
  dub_new_study_open (study, table, FALSE);
  wait_until_known (study);
  g_assert_null (dub_new_study_get_error (study));
  g_assert_null (dub_new_study_get_dataset (study));
  g_assert_nonnull (dub_new_study_get_outputs (study));
  g_assert_cmpuint (dub_new_study_get_outputs (study)->n_cases, ==, 30);

  /* Split and positive class are for the person to choose. */
  DubNewStudyChoices choices = *dub_new_study_get_choices (study);

  g_assert_true (choices.split.given);
  g_assert_cmpint (choices.positive, ==, 1);
  choices.split.given = FALSE;
  choices.split.fractions[0] = 0.0;
  choices.split.fractions[1] = 0.2;
  choices.split.fractions[2] = 0.8;
  choices.positive = 0;
  dub_new_study_set_choices (study, &choices);
  dub_new_study_set_class_name (study, 1, "well");
  dub_new_study_make_async (study, "Said", path, made_cb, &made);
  while (!made.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (made.error);

  g_autoptr (DubStudy) read = dub_study_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (read->models->len, ==, 1);
  g_assert_cmpuint (read->data->n_cases, ==, 30);
  g_assert_cmpstr (read->title, ==, "Said");
  g_assert_cmpint (read->data->positive, ==, 0);
  g_assert_cmpstr (g_ptr_array_index (read->classes, 1), ==, "well");

  g_autoptr (GArray) calibration = dub_split_indices (read->data->split, DUB_PART_CALIBRATION);
  g_autoptr (GArray) test = dub_split_indices (read->data->split, DUB_PART_TEST);

  g_assert_cmpuint (calibration->len, ==, 6);
  g_assert_cmpuint (test->len, ==, 24);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("dubito-new-study-XXXXXX", NULL);

  g_test_add_func ("/new-study/open", test_open);
  g_test_add_func ("/new-study/choices", test_choices);
  g_test_add_func ("/new-study/arguments", test_arguments);
  g_test_add_func ("/new-study/pictures", test_pictures);
  g_test_add_func ("/new-study/make", test_make);
  g_test_add_func ("/new-study/skip", test_skip);
  g_test_add_func ("/new-study/networks", test_networks);
  g_test_add_func ("/new-study/outputs", test_outputs);

  int result = g_test_run ();

  remove_tree (folder);
  g_free (folder);

  return result;
}
