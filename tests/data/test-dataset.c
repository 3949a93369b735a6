/* Class folders, tables and NIfTI lists, made in a folder of the test's own. */
#include "core/io/nifti.h"
#include "core/io/png.h"
#include "tests/data/data-set.h"
#include "tests/remove-tree.h"

#include <gio/gio.h>

/* --- files --- */

static char *
place (const Scratch *scratch,
       const char    *name)
{
  char *path = scratch_path (scratch, name);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);

  return path;
}

static void
put_text (const Scratch *scratch,
          const char    *name,
          const char    *text)
{
  g_autofree char *path = place (scratch, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
put_png (const Scratch *scratch,
         const char    *name,
         DubShape       shape,
         guint          salt)
{
  g_autofree char *path = place (scratch, name);
  g_autoptr (DubTensor) image = patterned (shape, salt);

  g_assert_true (dub_png_save (image, path, 0.0, NULL, NULL));
}

/* A volume of ni×nj×nk whose first axis runs to the left and whose last two are exchanged: 2, 3 and 4 mm a voxel. */
static void
put_nifti (const Scratch *scratch,
           const char    *name,
           int64_t        ni)
{
  static const double affine[4][4] = { { -2, 0, 0, 9 }, { 0, 0, 3, 1 }, { 0, 4, 0, 2 }, { 0, 0, 0, 1 } };
  g_autofree char *path = place (scratch, name);
  g_autoptr (DubTensor) voxels = dub_tensor_new (DUB_DTYPE_F32, DUB_SHAPE (ni, 5, 6), NULL);

  for (size_t i = 0; i < dub_tensor_n_elements (voxels); i++)
    dub_tensor_f32 (voxels)[i] = (float) i;

  g_autoptr (DubVolume) volume = dub_volume_new (voxels, affine, NULL);

  g_assert_true (dub_nifti_save (volume, path, DUB_DTYPE_F32, NULL, NULL));
}

static void
finish (Scratch *scratch)
{
  remove_tree (scratch->folder);
  g_free (scratch->folder);
}

static DubDataset *
open_in (const Scratch            *scratch,
         const char               *name,   /* (nullable): the folder itself */
         const DubDatasetOptions  *options,
         GError                  **error)
{
  g_autofree char *path = name != NULL ? scratch_path (scratch, name) : g_strdup (scratch->folder);

  return dub_dataset_open (path, options, NULL, error);
}

/* Stopping says @word; skipping leaves @n_left cases and notes @n_problems bad ones. */
static void
expect_bad (const Scratch *scratch,
            const char    *name,
            const char    *word,
            size_t         n_left,
            guint          n_problems)
{
  g_autoptr (GError) error = NULL;
  DubDatasetOptions options = { .bad = DUB_BAD_STOP, .check_files = TRUE };
  guint n_fatal = 0;

  g_assert_null (open_in (scratch, name, &options, &error));
  g_assert_nonnull (error);
  if (strstr (error->message, word) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, word);
  g_clear_error (&error);

  options.bad = DUB_BAD_SKIP;

  g_autoptr (DubDataset) dataset = open_in (scratch, name, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (dataset->n_cases, ==, n_left);
  for (guint i = 0; i < dataset->problems->len; i++)
    n_fatal += ((DubDatasetProblem *) dataset->problems->pdata[i])->fatal;
  g_assert_cmpuint (n_fatal, ==, n_problems);
  /* Everything that is left can be read. */
  for (size_t i = 0; i < dataset->n_cases; i++) {
    g_autoptr (DubTensor) tensor = dub_dataset_read (dataset, i, NULL, &error);

    g_assert_no_error (error);
    g_assert_nonnull (tensor);
  }
}

/* --- folders --- */

static void
test_folders (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;

  put_png (&scratch, "set/b/one (1).png", DUB_SHAPE (4, 5, 3), 1);
  put_png (&scratch, "set/b/one (1)_mask.png", DUB_SHAPE (4, 5, 1), 2);
  put_png (&scratch, "set/b/one (1)_mask_1.png", DUB_SHAPE (4, 5, 1), 2);
  put_png (&scratch, "set/a/two.PNG", DUB_SHAPE (4, 5, 3), 3);
  put_png (&scratch, "set/a/deeper/three.png", DUB_SHAPE (4, 5, 3), 4);
  put_text (&scratch, "set/a/notes.txt", "no image");
  put_text (&scratch, "set/.hidden/x.png", "no image");

  g_autoptr (DubDataset) dataset = open_in (&scratch, "set", NULL, &error);
  static const char *const ids[] = { "a/deeper/three", "a/two", "b/one (1)" };

  g_assert_no_error (error);
  g_assert_cmpint (dataset->kind, ==, DUB_DATASET_FOLDERS);
  g_assert_cmpstr (dataset->name, ==, "set");
  g_assert_cmpuint (dataset->n_cases, ==, 3);
  g_assert_cmpuint (dataset->classes->len, ==, 2);
  g_assert_false (dataset->mixed || dataset->has_given || dataset->has_patients);
  g_assert_cmpint (dataset->channels, ==, 3);
  g_assert_cmpint (dataset->shape[0], ==, 4);
  g_assert_cmpint (dataset->shape[1], ==, 5);
  for (size_t i = 0; i < 3; i++) {
    g_assert_cmpstr (dataset->cases[i].id, ==, ids[i]);
    g_assert_cmpint (dataset->cases[i].label, ==, i == 2);
  }

  g_autoptr (DubTensor) image = dub_dataset_read (dataset, 2, NULL, &error);
  g_autoptr (DubTensor) expected = patterned (DUB_SHAPE (4, 5, 3), 1);

  g_assert_cmpint (image->shape.rank, ==, 3);
  for (size_t c = 0; c < 3; c++)
    for (size_t i = 0; i < 20; i++)
      g_assert_cmpuint (((guint8 *) image->data)[c * 20 + i], ==, ((guint8 *) expected->data)[i * 3 + c]);

  put_png (&scratch, "set/b/wide.png", DUB_SHAPE (4, 9, 3), 5);

  g_autoptr (DubDataset) mixed = open_in (&scratch, "set", NULL, &error);

  g_assert_true (mixed->mixed);
  finish (&scratch);
}

static void
test_parts (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;

  put_png (&scratch, "set/train/a/1.png", DUB_SHAPE (4, 4, 1), 1);
  put_png (&scratch, "set/train/b/2.png", DUB_SHAPE (4, 4, 1), 2);
  put_png (&scratch, "set/val/b/3.png", DUB_SHAPE (4, 4, 1), 3);
  put_png (&scratch, "set/test/a/1.png", DUB_SHAPE (4, 4, 1), 4);

  g_autoptr (DubDataset) dataset = open_in (&scratch, "set", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (dataset->classes->len, ==, 2);
  g_assert_cmpstr (dataset->cases[0].id, ==, "test/a/1");
  g_assert_cmpstr (dataset->cases[0].given, ==, "test");
  g_assert_cmpstr (dataset->cases[3].given, ==, "validation");
  g_assert_cmpint (dataset->cases[3].label, ==, 1);
  finish (&scratch);
}

static void
test_bad_folders (void)
{
  Scratch scratch = scratch_new ();

  put_png (&scratch, "set/a/1.png", DUB_SHAPE (40, 40, 1), 1);
  put_png (&scratch, "set/b/2.png", DUB_SHAPE (40, 40, 1), 2);
  put_text (&scratch, "set/b/3.png", "this is no image, whatever its name says; it is only a text that is long enough");
  expect_bad (&scratch, "set", "3.png", 2, 1);

  /* Cut short, and damaged inside: the second is found only by decoding. */
  g_autofree char *path = scratch_path (&scratch, "set/b/3.png");
  g_autofree char *good = scratch_path (&scratch, "set/b/2.png");
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (good, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n - 20, NULL));
  expect_bad (&scratch, "set", "cut short", 2, 1);
  bytes[n / 2] ^= 0x55;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
  expect_bad (&scratch, "set", "3.png", 2, 1);
  g_remove (path);

  g_autofree char *empty = scratch_path (&scratch, "set/c");

  g_mkdir (empty, 0755);
  expect_bad (&scratch, "set", "class folder", 2, 1);
  finish (&scratch);
}

/* --- tables --- */

static void
test_table (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;

  put_png (&scratch, "images/1.png", DUB_SHAPE (4, 4, 1), 1);
  put_png (&scratch, "images/2.png", DUB_SHAPE (4, 4, 1), 2);
  put_png (&scratch, "images/3.png", DUB_SHAPE (4, 4, 1), 3);
  put_text (&scratch, "cases.csv",
            "patient;File;label;split\np7;images/1.png;sick;train\n;images/2.png;healthy;test\np7;images/3.png;n/a;\n");

  g_autoptr (DubDataset) dataset = open_in (&scratch, "cases.csv", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (dataset->kind, ==, DUB_DATASET_TABLE);
  g_assert_cmpuint (dataset->n_cases, ==, 3);
  g_assert_cmpstr (dataset->classes->pdata[0], ==, "healthy");
  g_assert_cmpstr (dataset->cases[0].id, ==, "images/1");
  g_assert_cmpint (dataset->cases[0].label, ==, 1);
  g_assert_cmpint (dataset->cases[2].label, ==, -1);
  g_assert_cmpstr (dataset->cases[0].patient, ==, "p7");
  g_assert_null (dataset->cases[1].patient);
  g_assert_cmpstr (dataset->cases[1].given, ==, "test");
  g_assert_null (dataset->cases[2].given);
  g_assert_true (dataset->has_patients && dataset->has_given);
  g_assert_cmpuint (dataset->problems->len, ==, 1);

  /* Numbers are sorted as numbers; the folder stands for its table. */
  put_text (&scratch, "cases.csv", "file,label\nimages/1.png,10\nimages/2.png,9\nimages/3.png,10\n");

  g_autoptr (DubDataset) numbers = open_in (&scratch, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (numbers->classes->pdata[0], ==, "9");
  g_assert_cmpint (numbers->cases[0].label, ==, 1);

  static const char *const names[] = { "no", "yes", NULL };
  DubDatasetOptions options = { .classes = names };

  put_text (&scratch, "cases.csv", "file,label\nimages/1.png,1\nimages/2.png,no\nimages/3.png,yes\n");

  g_autoptr (DubDataset) named = open_in (&scratch, "cases.csv", &options, &error);

  g_assert_no_error (error);
  g_assert_cmpint (named->cases[0].label, ==, 1);
  g_assert_cmpint (named->cases[1].label, ==, 0);
  options.classes = names + 1;
  g_assert_null (open_in (&scratch, "cases.csv", &options, &error));
  g_assert_nonnull (strstr (error->message, "line 2"));
  finish (&scratch);
}

static void
test_bad_tables (void)
{
  static const struct {
    const char *text;
    const char *word;
    size_t      n_left;
    guint       n_problems;
  } CASES[] = {
    { "file,label\n1.png,a\nmissing.png,b\n2.png,b\n", "line 3", 2, 1 },
    { "file,label\n1.png,a\n../1.png,b\n2.png,b\n", "line 3", 2, 1 },
    { "file,label\n1.png,a\n2.png,b\n1.png,b\n", "expected every case once", 2, 1 },
    { "file,label\n1.png,a\n2.png\n2.png,b\n", "line 3 has 1 cells", 2, 1 },
    { "file,label,split\n1.png,a,train\n2.png,b,outer\n", "\"outer\"", 1, 1 },
    { "file,label\n1.png,a\n,b\n2.png,b\n", "line 3", 2, 1 },
    { "file,label\n1.png,a\n3.nii.gz,b\n2.png,b\n", "3 axes", 2, 1 },
    { "file,label\n1.png,a\ncases.csv,b\n2.png,b\n", "line 3", 2, 1 },
  };
  static const struct {
    const char *text;
    const char *word;
  } FATAL[] = {
    { "a,b\n1,2\n", "no column \"label\"" },
    { "name,label\n1.png,2\n", "no column \"file\"" },
    { "file,label\n", "no case" },
    { "file,label\n1.png,\"a\n", "quote" },
    { "\x89PNG\r\n\x1a\n", "UTF-8" },
  };
  Scratch scratch = scratch_new ();

  put_png (&scratch, "1.png", DUB_SHAPE (4, 4, 1), 1);
  put_png (&scratch, "2.png", DUB_SHAPE (4, 4, 1), 2);
  put_nifti (&scratch, "3.nii.gz", 4);
  for (size_t i = 0; i < G_N_ELEMENTS (CASES); i++) {
    put_text (&scratch, "cases.csv", CASES[i].text);
    expect_bad (&scratch, "cases.csv", CASES[i].word, CASES[i].n_left, CASES[i].n_problems);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (FATAL); i++) {
    DubDatasetOptions options = { .bad = DUB_BAD_SKIP };
    g_autoptr (GError) error = NULL;

    put_text (&scratch, "cases.csv", FATAL[i].text);
    g_assert_null (open_in (&scratch, "cases.csv", &options, &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
    if (strstr (error->message, FATAL[i].word) == NULL)
      g_error ("\"%s\" does not say \"%s\"", error->message, FATAL[i].word);
  }
  finish (&scratch);
}

/* --- NIfTI lists --- */

static const char LIST[] =
  "participant_id\tsession_id\tdiagnosis\tage\n"
  "sub-01\tses-M000\tAD\t70\nsub-01\tses-M012\tAD\t71\nsub-02\tses-M000\tCN\t66\n";

static void
test_nifti (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;
  double spacing[3];

  put_text (&scratch, "list.tsv", LIST);
  put_nifti (&scratch, "subjects/sub-01/ses-M000/t1/sub-01_ses-M000_T1w.nii.gz", 4);
  put_nifti (&scratch, "subjects/sub-01/ses-M012/t1/sub-01_ses-M012_T1w.nii.gz", 4);
  put_nifti (&scratch, "subjects/sub-02/ses-M000/t1/grey.nii", 4);

  g_autoptr (DubDataset) dataset = open_in (&scratch, "list.tsv", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (dataset->kind, ==, DUB_DATASET_NIFTI);
  g_assert_cmpuint (dataset->n_cases, ==, 3);
  g_assert_cmpstr (dataset->cases[1].id, ==, "sub-01_ses-M012");
  g_assert_cmpstr (dataset->cases[1].patient, ==, "sub-01");
  g_assert_cmpstr (dataset->classes->pdata[0], ==, "AD");
  g_assert_cmpint (dataset->cases[2].label, ==, 1);
  g_assert_true (dataset->has_patients);
  g_assert_cmpint (dataset->n_axes, ==, 3);
  /* (4, 5, 6) along L, S, A is (4, 6, 5) along R, A, S. */
  g_assert_cmpint (dataset->shape[0], ==, 4);
  g_assert_cmpint (dataset->shape[1], ==, 6);
  g_assert_cmpint (dataset->shape[2], ==, 5);
  g_assert_cmpfloat (dataset->spacing[1], ==, 3.0);

  g_autoptr (DubTensor) volume = dub_dataset_read (dataset, 2, spacing, &error);

  g_assert_no_error (error);
  g_assert_cmpint (volume->shape.rank, ==, 4);
  for (int i = 0; i < 3; i++) {
    g_assert_cmpint (volume->shape.dim[i + 1], ==, dataset->shape[i]);
    g_assert_cmpfloat_with_epsilon (spacing[i], dataset->spacing[i], 1e-9);
  }
  /* Voxel (0, 1, 2) of RAS is (3, 2, 1) of the file. */
  g_assert_cmpfloat (dub_tensor_f32 (volume)[(0 * 6 + 1) * 5 + 2], ==, (3 * 5 + 2) * 6 + 1);

  /* A second file of one session, and a session without one. */
  put_nifti (&scratch, "subjects/sub-01/ses-M000/t1/sub-01_ses-M000_other.nii.gz", 4);
  expect_bad (&scratch, "list.tsv", "2 NIfTI files", 2, 1);
  put_text (&scratch, "list.tsv", "participant_id\tsession_id\tdiagnosis\nsub-02\tses-M000\tCN\nsub-09\tses-M000\tAD\n");
  expect_bad (&scratch, "list.tsv", "line 3", 1, 1);

  /* A column of files is believed. */
  put_text (&scratch, "list.tsv", "participant_id\tsession_id\tdiagnosis\tfile\n"
            "sub-01\tses-M000\tAD\tsubjects/sub-01/ses-M000/t1/sub-01_ses-M000_other.nii.gz\n");

  g_autoptr (DubDataset) named = open_in (&scratch, "list.tsv", NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (named->cases[0].path, "_other.nii.gz"));
  finish (&scratch);
}

/* --- patients, ids, hash --- */

static void
test_patients (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *table = scratch_path (&scratch, "patients.csv");
  DubDatasetOptions options = { .patients = table };

  put_png (&scratch, "set/a/1.png", DUB_SHAPE (4, 4, 1), 1);
  put_png (&scratch, "set/b/2.png", DUB_SHAPE (4, 4, 1), 2);
  put_png (&scratch, "set/b/3.png", DUB_SHAPE (4, 4, 1), 3);
  put_text (&scratch, "patients.csv", "file,patient\na/1.png,p1\nb/2,p1\nb/9,p2\n");

  g_autoptr (DubDataset) dataset = open_in (&scratch, "set", &options, &error);

  g_assert_no_error (error);
  g_assert_true (dataset->has_patients);
  g_assert_cmpstr (dataset->cases[0].patient, ==, "p1");
  g_assert_cmpstr (dataset->cases[1].patient, ==, "p1");
  g_assert_null (dataset->cases[2].patient);
  g_assert_cmpuint (dataset->problems->len, ==, 2);

  put_text (&scratch, "patients.csv", "file,patient\nother/1.png,p1\n");
  g_assert_null (open_in (&scratch, "set", &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);
  put_text (&scratch, "patients.csv", "file,who\na/1.png,p1\n");
  g_assert_null (open_in (&scratch, "set", &options, &error));
  g_assert_nonnull (strstr (error->message, "patients.csv"));
  finish (&scratch);
}

static void
test_hash (void)
{
  Scratch scratch = scratch_new ();
  g_autofree char *other = NULL;

  put_png (&scratch, "set/a/1.png", DUB_SHAPE (4, 4, 1), 1);
  put_png (&scratch, "set/b/2.png", DUB_SHAPE (4, 4, 1), 2);
  put_png (&scratch, "copy/a/1.png", DUB_SHAPE (4, 4, 1), 1);
  put_png (&scratch, "copy/b/2.png", DUB_SHAPE (4, 4, 1), 2);

  g_autoptr (DubDataset) first = open_in (&scratch, "set", NULL, NULL);
  g_autoptr (DubDataset) second = open_in (&scratch, "copy", NULL, NULL);
  g_autofree char *hash = dub_dataset_hash (first), *same = dub_dataset_hash (second);

  g_assert_cmpstr (hash, ==, same);
  put_png (&scratch, "copy/b/2.png", DUB_SHAPE (4, 40, 1), 2);

  g_autoptr (DubDataset) changed = open_in (&scratch, "copy", NULL, NULL);

  other = dub_dataset_hash (changed);
  g_assert_cmpstr (hash, !=, other);
  finish (&scratch);
}

static void
test_nothing (void)
{
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (open_in (&scratch, "absent", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (open_in (&scratch, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  g_clear_error (&error);
  put_text (&scratch, "x.txt", "text");
  g_assert_null (open_in (&scratch, "x.txt", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  put_text (&scratch, "x.npz", "text");
  g_assert_null (open_in (&scratch, "x.npz", NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  finish (&scratch);
}

/* --- shared data --- */

static void
test_busi (void)
{
  g_autofree char *path = shared_data ("busi");
  DubDatasetOptions options = { .check_files = TRUE };
  g_autoptr (DubRun) run = dub_run_new (2);
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;

  g_autoptr (DubDataset) dataset = dub_dataset_open (path, &options, run, &error);
  size_t counts[3];

  g_assert_no_error (error);
  g_assert_cmpuint (dataset->classes->len, ==, 3);
  g_assert_cmpstr (dataset->classes->pdata[2], ==, "normal");
  dub_dataset_count (dataset, counts);
  g_assert_cmpuint (counts[0], >, 0);
  g_assert_cmpuint (counts[0] + counts[1] + counts[2], ==, dataset->n_cases);
  g_assert_true (dataset->mixed);
  for (size_t i = 0; i < dataset->n_cases; i++)
    g_assert_null (strstr (dataset->cases[i].id, "_mask"));
  g_assert_cmpint (dub_dataset_find (dataset, "benign/benign (3)"), >=, 0);
}

static void
test_atrophy (void)
{
  g_autofree char *path = shared_data ("atrophy/participants.tsv");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;

  g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (dataset->n_axes, ==, 3);
  g_assert_cmpstr (dataset->classes->pdata[0], ==, "AD");
  g_assert_cmpstr (dataset->cases[0].patient, ==, "sub-090");
  g_assert_cmpint (dataset->shape[0], ==, 121);
  g_assert_cmpint (dataset->shape[1], ==, 145);
  g_assert_cmpfloat_with_epsilon (dataset->spacing[0], 1.5, 1e-6);
  g_assert_false (dataset->mixed);
}

/* Hippocampus crops of many sizes behind a list, linked into a folder of our own. */
static void
test_hippocampus (void)
{
  static const char *const numbers[] = { "001", "003", "004", "006" };
  g_autofree char *images = shared_data ("hippocampus/images");
  Scratch scratch = scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) list = g_string_new ("participant_id\tsession_id\tdiagnosis\n");

  for (size_t i = 0; images != NULL && i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *name = g_strdup_printf ("hippocampus_%s.nii.gz", numbers[i]);
    g_autofree char *from = g_build_filename (images, name, NULL);
    g_autofree char *link_name = g_strdup_printf ("sub-%s/sub-%s_T1w.nii.gz", numbers[i], numbers[i]);
    g_autofree char *to = place (&scratch, link_name);
    g_autoptr (GFile) source = g_file_new_for_path (from);
    g_autoptr (GFile) target = g_file_new_for_path (to);

    g_assert_true (g_file_copy (source, target, 0, NULL, NULL, NULL, &error));
    g_string_append_printf (list, "sub-%s\tses-M000\t%s\n", numbers[i], i % 2 ? "CN" : "AD");
  }
  if (images != NULL) {
    put_text (&scratch, "list.tsv", list->str);

    g_autoptr (DubDataset) dataset = open_in (&scratch, "list.tsv", NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (dataset->n_cases, ==, 4);
    for (size_t i = 0; i < 4; i++) {
      g_autoptr (DubTensor) volume = dub_dataset_read (dataset, i, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (volume->dtype, ==, DUB_DTYPE_F32);
    }
  }
  finish (&scratch);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/folders", test_folders);
  g_test_add_func ("/dataset/parts", test_parts);
  g_test_add_func ("/dataset/bad-folders", test_bad_folders);
  g_test_add_func ("/dataset/table", test_table);
  g_test_add_func ("/dataset/bad-tables", test_bad_tables);
  g_test_add_func ("/dataset/nifti", test_nifti);
  g_test_add_func ("/dataset/patients", test_patients);
  g_test_add_func ("/dataset/hash", test_hash);
  g_test_add_func ("/dataset/nothing", test_nothing);
  g_test_add_func ("/dataset/busi", test_busi);
  g_test_add_func ("/dataset/atrophy", test_atrophy);
  g_test_add_func ("/dataset/hippocampus", test_hippocampus);

  return g_test_run ();
}
