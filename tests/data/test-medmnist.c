/* Data sets of MedMNIST's form: what is read is what was written, however the archive keeps it. */
#include "tests/data/data-set.h"

#include <math.h>
#include <unistd.h>

/* A set of three parts: train 7, val 3, test 4; images as @shape says without the first axis. */
typedef struct {
  DubTensor *tensors[6];
} Parts;

static const char *const NAMES[6] = { "train_images", "train_labels", "val_images", "val_labels", "test_images",
                                      "test_labels" };
static const int64_t COUNTS[3] = { 7, 3, 4 };
static const char *const IDS[3] = { "train", "val", "test" };
static const char *const GIVEN[3] = { "train", "validation", "test" };

static Parts
parts_new (DubShape image,
           gboolean column)
{
  Parts self;

  for (int i = 0; i < 3; i++) {
    DubShape shape = { .rank = image.rank + 1, .dim = { COUNTS[i] } };

    memcpy (shape.dim + 1, image.dim, sizeof (int64_t) * (size_t) image.rank);
    self.tensors[2 * i] = patterned (shape, (guint) i);
    self.tensors[2 * i + 1] = cyclic_labels (COUNTS[i], 2, column);
  }

  return self;
}

static void
parts_clear (Parts *self)
{
  for (int i = 0; i < 6; i++)
    dub_tensor_unref (self->tensors[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

/* Case by case against the tensors. */
static void
expect_parts (DubDataset  *dataset,
              const Parts *parts)
{
  size_t at = 0;

  g_assert_cmpuint (dataset->n_cases, ==, 14);
  g_assert_true (dataset->has_given);
  g_assert_false (dataset->mixed);
  for (int part = 0; part < 3; part++) {
    const DubTensor *images = parts->tensors[2 * part];
    size_t n = dub_tensor_n_elements (images) / (size_t) COUNTS[part];

    for (int64_t row = 0; row < COUNTS[part]; row++, at++) {
      g_autoptr (GError) error = NULL;
      double spacing[3] = { 0.0, 0.0, 0.0 };
      g_autoptr (DubTensor) found = dub_dataset_read (dataset, at, spacing, &error);
      g_autofree char *id = g_strdup_printf ("%s-%d", IDS[part], (int) row);

      g_assert_no_error (error);
      g_assert_true (isnan (spacing[0]) && isnan (spacing[1]) && isnan (spacing[2]));
      g_assert_cmpstr (dataset->cases[at].id, ==, id);
      g_assert_cmpstr (dataset->cases[at].given, ==, GIVEN[part]);
      g_assert_cmpint (dataset->cases[at].label, ==, (int) (row % 2));
      g_assert_cmpuint (dataset->cases[at].row, ==, (size_t) row);
      g_assert_cmpint (dub_dataset_find (dataset, id), ==, (gssize) at);
      g_assert_cmpint (found->shape.dim[0], ==, dataset->channels);
      g_assert_cmpuint (dub_tensor_n_elements (found), ==, n);
      for (size_t i = 0; i < n; i++) {
        /* Planar (c, y, x) against interleaved (y, x, c). */
        size_t channels = (size_t) dataset->channels, plane = n / channels;
        size_t stored = i % plane * channels + i / plane;

        g_assert_cmpfloat (dub_tensor_get_double (found, i), ==,
                           dub_tensor_get_double (images, (size_t) row * n + stored));
      }
    }
  }
  g_assert_cmpint (dub_dataset_find (dataset, "train-7"), ==, -1);
}

static DubDataset *
open_saved (const Scratch            *scratch,
            const char               *name,
            const Parts              *parts,
            const DubDatasetOptions  *options,
            GError                  **error)
{
  g_autofree char *path = scratch_path (scratch, name);

  g_assert_true (dub_npz_save (path, NAMES, parts->tensors, 6, NULL));

  return dub_dataset_open (path, options, NULL, error);
}

static void
test_forms (void)
{
  static const struct {
    DubShape image;
    gboolean column;
    int      channels, n_axes;
  } FORMS[] = {
    { { 2, { 5, 6 } }, FALSE, 1, 2 },
    { { 2, { 5, 6 } }, TRUE, 1, 2 },
    { { 3, { 5, 6, 3 } }, TRUE, 3, 2 },
    { { 3, { 4, 5, 6 } }, TRUE, 1, 3 },
  };
  Scratch scratch = scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (FORMS); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (Parts) parts = parts_new (FORMS[i].image, FORMS[i].column);
    g_autoptr (DubDataset) dataset = open_saved (&scratch, "set.npz", &parts, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (dataset->kind, ==, DUB_DATASET_MEDMNIST);
    g_assert_cmpstr (dataset->name, ==, "set");
    g_assert_cmpint (dataset->channels, ==, FORMS[i].channels);
    g_assert_cmpint (dataset->n_axes, ==, FORMS[i].n_axes);
    g_assert_cmpint (dataset->shape[0], ==, FORMS[i].image.dim[0]);
    g_assert_cmpint (dataset->shape[1], ==, FORMS[i].image.dim[1]);
    g_assert_cmpint (dataset->shape[2], ==, FORMS[i].n_axes == 3 ? FORMS[i].image.dim[2] : 1);
    g_assert_cmpint (dataset->dtype, ==, DUB_DTYPE_U8);
    g_assert_cmpuint (dataset->classes->len, ==, 2);
    g_assert_cmpstr (dataset->classes->pdata[1], ==, "1");
    expect_parts (dataset, &parts);
  }
  scratch_free (&scratch);
}

/* The same numbers stored, big-endian, of 16-bit floats or in Fortran order. */
static void
test_layouts (void)
{
  static const guint8 labels[4] = { 0, 1, 1, 0 };
  /* 4 images of 2×3; value = 6 n + 3 y + x. */
  guint8 plain[24], fortran[24], wide[48], half[48];
  const struct {
    const char *descr;
    gboolean    fortran;
    const void *data;
    gsize       n_bytes;
    DubDtype    dtype;
  } LAYOUTS[] = {
    { "|u1", FALSE, plain, 24, DUB_DTYPE_U8 },
    { "|u1", TRUE, fortran, 24, DUB_DTYPE_U8 },
    { ">u2", FALSE, wide, 48, DUB_DTYPE_U16 },
    { ">i2", FALSE, wide, 48, DUB_DTYPE_F32 },
    { "<f2", FALSE, half, 48, DUB_DTYPE_F32 },
  };
  static const guint16 HALVES[24] = {
    0x0000, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700, 0x4800, 0x4880, 0x4900, 0x4980,
    0x4a00, 0x4a80, 0x4b00, 0x4b80, 0x4c00, 0x4c40, 0x4c80, 0x4cc0, 0x4d00, 0x4d40, 0x4d80, 0x4dc0,
  };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "stored.npz");

  for (int i = 0; i < 24; i++) {
    plain[i] = (guint8) i;
    fortran[i / 6 + i / 3 % 2 * 4 + i % 3 * 8] = (guint8) i;
    wide[2 * i] = 0;
    wide[2 * i + 1] = (guint8) i;
    half[2 * i] = (guint8) (HALVES[i] & 0xff);
    half[2 * i + 1] = (guint8) (HALVES[i] >> 8);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (LAYOUTS); i++) {
    static const char *const names[] = { "train_images.npy", "train_labels.npy" };
    g_autoptr (GError) error = NULL;
    GBytes *entries[] = {
      npy_bytes (LAYOUTS[i].descr, "(4, 2, 3)", LAYOUTS[i].fortran, LAYOUTS[i].data, LAYOUTS[i].n_bytes),
      npy_bytes ("|u1", "(4, 1)", TRUE, labels, 4),
    };
    g_autoptr (GByteArray) zip = stored_zip (names, entries, 2);

    g_assert_true (g_file_set_contents (path, (const char *) zip->data, zip->len, NULL));

    g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (dataset->n_cases, ==, 4);
    g_assert_cmpint (dataset->dtype, ==, LAYOUTS[i].dtype);
    for (size_t n = 0; n < 4; n++) {
      g_autoptr (DubTensor) found = dub_dataset_read (dataset, n, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (found->dtype, ==, LAYOUTS[i].dtype);
      for (size_t e = 0; e < 6; e++)
        g_assert_cmpfloat (dub_tensor_get_double (found, e), ==, (double) (6 * n + e));
    }
    g_bytes_unref (entries[0]);
    g_bytes_unref (entries[1]);
  }
  scratch_free (&scratch);
}

/* A file cut short behind the data set's back is an error of the read, not the end of the program. */
static void
test_cut_later (void)
{
  static const char *const names[] = { "images.npy", "labels.npy" };
  static const guint8 labels[4] = { 0, 1, 1, 0 };
  guint8 pixels[4 * 64 * 64] = { 0 };
  g_autoptr (GError) error = NULL;
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "cut.npz");
  GBytes *entries[] = { npy_bytes ("|u1", "(4, 64, 64)", FALSE, pixels, sizeof pixels),
                        npy_bytes ("|u1", "(4,)", FALSE, labels, 4) };
  g_autoptr (GByteArray) zip = stored_zip (names, entries, 2);

  g_assert_true (g_file_set_contents (path, (const char *) zip->data, zip->len, NULL));

  g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (dataset->cases[3].id, ==, "case-3");
  g_assert_null (dataset->cases[3].given);
  g_assert_cmpint (truncate (path, 5000), ==, 0);

  g_autoptr (DubTensor) whole = dub_dataset_read (dataset, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (whole);
  g_assert_null (dub_dataset_read (dataset, 3, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_IO);
  g_bytes_unref (entries[0]);
  g_bytes_unref (entries[1]);
  scratch_free (&scratch);
}

static void
test_labels (void)
{
  static const char *const three[] = { "a", "b", "c", NULL };
  static const char *const one[] = { "a", NULL };
  DubDatasetOptions options = { .classes = three };
  g_autoptr (GError) error = NULL;
  Scratch scratch = scratch_new ();
  g_auto (Parts) parts = parts_new (DUB_SHAPE (4, 4), TRUE);
  g_autoptr (DubDataset) named = open_saved (&scratch, "set.npz", &parts, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (named->classes->len, ==, 3);
  g_assert_cmpuint (named->problems->len, ==, 1);
  g_assert_nonnull (strstr (((DubDatasetProblem *) named->problems->pdata[0])->message, "class 2 (c)"));

  /* Outside the classes: stop names array and row, skip leaves those cases out. */
  options.classes = one;
  g_assert_null (open_saved (&scratch, "set.npz", &parts, &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "train_labels: row 1"));
  g_clear_error (&error);

  options.bad = DUB_BAD_SKIP;

  g_autoptr (DubDataset) skipped = open_saved (&scratch, "set.npz", &parts, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (skipped->n_cases, ==, 8);
  g_assert_cmpuint (skipped->problems->len, ==, 6);
  g_assert_true (((DubDatasetProblem *) skipped->problems->pdata[5])->fatal);
  g_assert_cmpuint (((DubDatasetProblem *) skipped->problems->pdata[5])->row, ==, 3);
  /* Rows still lead to their own images. */
  g_assert_cmpstr (skipped->cases[1].id, ==, "train-2");

  g_autoptr (DubTensor) third = dub_dataset_read (skipped, 1, NULL, &error);

  g_assert_cmpfloat (dub_tensor_get_double (third, 5), ==, dub_tensor_get_double (parts.tensors[0], 2 * 16 + 5));
  scratch_free (&scratch);
}

static void
test_known (void)
{
  Scratch scratch = scratch_new ();
  g_auto (Parts) parts = parts_new (DUB_SHAPE (4, 4), TRUE);
  g_autoptr (DubDataset) breast = open_saved (&scratch, "breastmnist_64.npz", &parts, NULL, NULL);
  g_autoptr (DubDataset) other = open_saved (&scratch, "breastmnister.npz", &parts, NULL, NULL);

  g_assert_cmpstr (breast->classes->pdata[0], ==, "malignant");
  g_assert_cmpstr (breast->classes->pdata[1], ==, "normal/benign");
  g_assert_cmpstr (other->classes->pdata[0], ==, "0");
  scratch_free (&scratch);
}

static void
test_hash (void)
{
  Scratch scratch = scratch_new ();
  g_auto (Parts) parts = parts_new (DUB_SHAPE (4, 4), TRUE);
  g_autoptr (DubDataset) first = open_saved (&scratch, "set.npz", &parts, NULL, NULL);
  g_autofree char *hash = dub_dataset_hash (first);
  g_autoptr (DubDataset) moved = open_saved (&scratch, "moved.npz", &parts, NULL, NULL);
  g_autofree char *moved_hash = dub_dataset_hash (moved);

  g_assert_cmpuint (strlen (hash), ==, 64);
  g_assert_cmpstr (hash, ==, moved_hash);

  ((guint8 *) parts.tensors[2]->data)[3] ^= 1;

  g_autoptr (DubDataset) pixel = open_saved (&scratch, "set.npz", &parts, NULL, NULL);
  g_autofree char *pixel_hash = dub_dataset_hash (pixel);

  ((guint8 *) parts.tensors[2]->data)[3] ^= 1;
  ((guint8 *) parts.tensors[3]->data)[1] ^= 1;

  g_autoptr (DubDataset) label = open_saved (&scratch, "set.npz", &parts, NULL, NULL);
  g_autofree char *label_hash = dub_dataset_hash (label);

  g_assert_cmpstr (hash, !=, pixel_hash);
  g_assert_cmpstr (hash, !=, label_hash);
  scratch_free (&scratch);
}

static void
expect_refused (const char *const *names,
                DubTensor *const  *tensors,
                size_t             n,
                DubError           code,
                const char        *word)
{
  g_autoptr (GError) error = NULL;
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "bad.npz");

  g_assert_true (dub_npz_save (path, names, tensors, n, NULL));
  g_assert_null (dub_dataset_open (path, NULL, NULL, &error));
  g_assert_error (error, DUB_ERROR, (int) code);
  if (strstr (error->message, word) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, word);
  scratch_free (&scratch);
}

static void
test_refused (void)
{
  static const char *const names[] = { "train_images", "train_labels", "test_images", "test_labels" };
  static const char *const others[] = { "x", "y" };
  g_autoptr (DubTensor) images = patterned (DUB_SHAPE (4, 3, 3), 0);
  g_autoptr (DubTensor) volumes = patterned (DUB_SHAPE (4, 3, 3, 4), 0);
  g_autoptr (DubTensor) flat = patterned (DUB_SHAPE (4, 9), 0);
  g_autoptr (DubTensor) labels = cyclic_labels (4, 2, FALSE);
  g_autoptr (DubTensor) fewer = cyclic_labels (3, 2, FALSE);
  g_autoptr (DubTensor) many = patterned (DUB_SHAPE (4, 14), 0);
  g_autoptr (DubTensor) none = patterned (DUB_SHAPE (0, 3, 3), 0);
  g_autoptr (DubTensor) no_labels = cyclic_labels (0, 2, FALSE);

  expect_refused (others, (DubTensor *[]) { images, labels }, 2, DUB_ERROR_FORMAT, "train_images");
  expect_refused (names, (DubTensor *[]) { images }, 1, DUB_ERROR_FORMAT, "train_labels");
  expect_refused (names + 1, (DubTensor *[]) { labels }, 1, DUB_ERROR_FORMAT, "train_images");
  expect_refused (names, (DubTensor *[]) { flat, labels }, 2, DUB_ERROR_SHAPE, "4×9");
  expect_refused (names, (DubTensor *[]) { images, fewer }, 2, DUB_ERROR_SHAPE, "one label an image");
  expect_refused (names, (DubTensor *[]) { images, many }, 2, DUB_ERROR_UNSUPPORTED, "14 labels");
  expect_refused (names, (DubTensor *[]) { images, labels, volumes, labels }, 4, DUB_ERROR_SHAPE, "test_images");
  expect_refused (names, (DubTensor *[]) { none, no_labels }, 2, DUB_ERROR_FORMAT, "no case");
}

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_KEPT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_IS_KEPT 1
#endif
#endif

#ifndef MEMORY_IS_KEPT
/* Bytes of the process in memory. */
static size_t
resident (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  words = g_strsplit (text, " ", -1);

  return (size_t) g_ascii_strtoull (words[1], NULL, 10) * (size_t) sysconf (_SC_PAGESIZE);
}
#endif

/* 16000 colour images, 37 MB: opened and all of them read, they never stand in memory. */
static void
test_lazy (void)
{
#ifdef MEMORY_IS_KEPT
  g_test_skip ("a sanitizer keeps memory that was given back");
#else
  static const char *const names[] = { "images", "labels" };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "many.npz");
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (DubTensor) images = patterned (DUB_SHAPE (16000, 28, 28, 3), 1);
    g_autoptr (DubTensor) labels = cyclic_labels (16000, 2, TRUE);

    g_assert_true (dub_npz_save (path, names, (DubTensor *[]) { images, labels }, 2, NULL));
  }

  size_t before = resident ();
  g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);

  g_assert_no_error (error);
  for (size_t i = 0; i < dataset->n_cases; i++) {
    g_autoptr (DubTensor) image = dub_dataset_read (dataset, i, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (((guint8 *) image->data)[0], ==, (guint8) ((i * 2352 * 2654435761u + 40503u) >> 7));
  }
  g_assert_cmpuint (resident (), <, before + (12 << 20));
  scratch_free (&scratch);
#endif
}

static void
test_shared (void)
{
  static const struct {
    const char *file;
    size_t      n, first, second;
    int         n_axes;
    const char *name;
  } SETS[] = {
    { "medmnist/breastmnist.npz", 780, 210, 570, 2, "malignant" },
    { "medmnist/adrenalmnist3d.npz", 1584, 1234, 350, 3, "normal" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (SETS); i++) {
    g_autofree char *path = shared_data (SETS[i].file);
    g_autoptr (GError) error = NULL;
    size_t counts[2];

    if (path == NULL)
      return;

    g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (dataset->n_cases, ==, SETS[i].n);
    g_assert_cmpint (dataset->n_axes, ==, SETS[i].n_axes);
    g_assert_cmpint (dataset->shape[0], ==, 28);
    g_assert_cmpstr (dataset->classes->pdata[0], ==, SETS[i].name);
    dub_dataset_count (dataset, counts);
    g_assert_cmpuint (counts[0], ==, SETS[i].first);
    g_assert_cmpuint (counts[1], ==, SETS[i].second);
    g_assert_cmpuint (dataset->problems->len, ==, 0);
  }
}

/* A value that is no number: named where files are looked at, left out on demand, and the cases after it stay themselves. */
static void
test_numbers (void)
{
  Scratch scratch = scratch_new ();
  g_auto (Parts) parts = parts_new (DUB_SHAPE (5, 4), FALSE);
  DubDatasetOptions options = { .check_files = TRUE };
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 6; i += 2) {
    DubTensor *floats = dub_tensor_convert (parts.tensors[i], DUB_DTYPE_F32, NULL);

    dub_tensor_unref (parts.tensors[i]);
    parts.tensors[i] = floats;
  }
  dub_tensor_f32 (parts.tensors[2])[20 + 6] = NAN;
  dub_tensor_f32 (parts.tensors[4])[2 * 20] = INFINITY;

  g_assert_null (open_saved (&scratch, "set.npz", &parts, &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "the value at (1, 2) of the case val-1 is not a number"));
  g_clear_error (&error);

  options.bad = DUB_BAD_SKIP;

  g_autoptr (DubDataset) skipped = open_saved (&scratch, "set.npz", &parts, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (skipped->n_cases, ==, 12);
  g_assert_cmpuint (skipped->problems->len, ==, 2);
  g_assert_cmpint (dub_dataset_find (skipped, "val-1"), ==, -1);
  g_assert_cmpint (dub_dataset_find (skipped, "test-3"), ==, 11);

  g_autoptr (DubTensor) last = dub_dataset_read (skipped, 11, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (last->data, 80, dub_tensor_f32 (parts.tensors[4]) + 60, 80);
  scratch_free (&scratch);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/medmnist/forms", test_forms);
  g_test_add_func ("/medmnist/layouts", test_layouts);
  g_test_add_func ("/medmnist/cut-later", test_cut_later);
  g_test_add_func ("/medmnist/labels", test_labels);
  g_test_add_func ("/medmnist/numbers", test_numbers);
  g_test_add_func ("/medmnist/known", test_known);
  g_test_add_func ("/medmnist/hash", test_hash);
  g_test_add_func ("/medmnist/refused", test_refused);
  g_test_add_func ("/medmnist/lazy", test_lazy);
  g_test_add_func ("/medmnist/shared", test_shared);

  return g_test_run ();
}
