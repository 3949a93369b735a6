/* The search for duplicates against the plain comparison of all pairs. */
#include "core/base/rng.h"
#include "core/data/duplicates.h"
#include "core/io/png.h"
#include "tests/data/data-set.h"

#include <math.h>

/* The same question asked of all pairs, in double precision. */
static DubDuplicates *
naive (DubDataset *dataset,
       double      threshold)
{
  DubDuplicates *self = g_new0 (DubDuplicates, 1);
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (DubDuplicate));
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);
  double low = INFINITY, high = -INFINITY;

  for (size_t i = 0; i < dataset->n_cases; i++) {
    DubTensor *tensor = dub_dataset_read (dataset, i, NULL, NULL);

    g_ptr_array_add (cases, tensor);
    for (size_t e = 0; e < dub_tensor_n_elements (tensor); e++) {
      low = MIN (low, dub_tensor_get_double (tensor, e));
      high = MAX (high, dub_tensor_get_double (tensor, e));
    }
  }
  for (size_t a = 0; a < dataset->n_cases; a++)
    for (size_t b = a + 1; b < dataset->n_cases; b++) {
      const guint8 *left = ((DubTensor *) cases->pdata[a])->data, *right = ((DubTensor *) cases->pdata[b])->data;
      size_t n = dub_tensor_n_elements (cases->pdata[a]);
      double squares = 0.0;

      for (size_t e = 0; e < n; e++)
        squares += ((double) left[e] - right[e]) * ((double) left[e] - right[e]);

      DubDuplicate pair = { a, b, sqrt (squares / (double) n) / (high - low),
                            dataset->cases[a].label != dataset->cases[b].label };

      if (pair.rms < threshold || pair.rms == 0.0)
        g_array_append_val (pairs, pair);
    }
  self->n_pairs = pairs->len;
  self->pairs = (DubDuplicate *) (void *) g_array_free (g_steal_pointer (&pairs), FALSE);

  return self;
}

static void
expect_same (const DubDuplicates *found,
             const DubDuplicates *expected)
{
  g_assert_cmpuint (found->n_pairs, ==, expected->n_pairs);
  for (size_t i = 0; i < found->n_pairs; i++) {
    g_assert_cmpuint (found->pairs[i].a, ==, expected->pairs[i].a);
    g_assert_cmpuint (found->pairs[i].b, ==, expected->pairs[i].b);
    g_assert_cmpfloat_with_epsilon (found->pairs[i].rms, expected->pairs[i].rms, 1e-9);
    g_assert_cmpint (found->pairs[i].opposite, ==, expected->pairs[i].opposite);
  }
}

/* Images in families: the members of one differ by noise whose strength lies around the threshold. */
static DubDataset *
families (const Scratch *scratch,
          DubShape       image,
          int64_t        n)
{
  static const char *const names[] = { "images", "labels" };
  DubShape shape = { .rank = image.rank + 1, .dim = { n } };
  g_autofree char *path = scratch_path (scratch, "families.npz");
  g_autoptr (DubTensor) labels = cyclic_labels (n, 2, FALSE);
  g_autoptr (DubTensor) images = NULL;
  size_t n_image = dub_shape_n_elements (&image);

  memcpy (shape.dim + 1, image.dim, sizeof (int64_t) * (size_t) image.rank);
  images = dub_tensor_new (DUB_DTYPE_U8, shape, NULL);
  for (int64_t i = 0; i < n; i++) {
    DubRng family, noise;
    guint8 *at = (guint8 *) images->data + (size_t) i * n_image;
    double strength = (double) (i % 7) * 0.7;

    dub_rng_init (&family, 5, "family", (uint64_t) i % 11);
    dub_rng_init (&noise, 5, "noise", (uint64_t) i);
    for (size_t e = 0; e < n_image; e++)
      at[e] = (guint8) CLAMP (20.0 + 210.0 * dub_rng_double (&family) + strength * dub_rng_normal (&noise), 0.0, 255.0);
  }
  g_assert_true (dub_npz_save (path, names, (DubTensor *[]) { images, labels }, 2, NULL));

  return dub_dataset_open (path, NULL, NULL, NULL);
}

static void
test_against_naive (void)
{
  static const DubShape SHAPES[] = { { 2, { 9, 13 } }, { 2, { 28, 28 } }, { 3, { 12, 7, 3 } }, { 3, { 7, 8, 9 } },
                                     { 2, { 1, 5 } } };
  Scratch scratch = scratch_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (SHAPES); i++) {
    g_autoptr (DubDataset) dataset = families (&scratch, SHAPES[i], 150);
    static const double THRESHOLDS[] = { 0.0, 0.006, 0.01, 0.05 };
    size_t n_before = 0;

    for (size_t t = 0; t < G_N_ELEMENTS (THRESHOLDS); t++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (DubRun) run = dub_run_new (3);
      g_autoptr (DubDuplicates) found = dub_duplicates_find (dataset, THRESHOLDS[t], run, &error);
      g_autoptr (DubDuplicates) alone = dub_duplicates_find (dataset, THRESHOLDS[t], NULL, &error);
      g_autoptr (DubDuplicates) expected = naive (dataset, THRESHOLDS[t]);

      g_assert_no_error (error);
      g_assert_false (found->reduced);
      expect_same (found, expected);
      g_assert_cmpuint (alone->n_pairs, ==, found->n_pairs);
      g_assert_cmpmem (alone->group, 150 * sizeof (size_t), found->group, 150 * sizeof (size_t));
      for (size_t p = 0; p < found->n_pairs; p++) {
        g_assert_true (found->pairs[p].rms == alone->pairs[p].rms);
        g_assert_cmpuint (found->group[found->pairs[p].a], ==, found->group[found->pairs[p].b]);
      }
      /* The thresholds do tell the families' members apart. */
      g_assert_cmpuint (found->n_pairs, >, n_before);
      n_before = found->n_pairs;
    }
  }
  scratch_free (&scratch);
}

/* Numbers of groups: 0 and 3 are one, 1 and 2 and 4 are a chain, 5 stands alone. */
static void
test_groups (void)
{
  static const guint8 LEVELS[6] = { 0, 100, 102, 0, 104, 200 };
  static const size_t GROUPS[6] = { 0, 1, 1, 0, 1, 2 };
  static const char *const names[] = { "images", "labels" };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "levels.npz");
  g_autoptr (DubTensor) images = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (6, 4, 4), NULL);
  g_autoptr (DubTensor) labels = cyclic_labels (6, 2, FALSE);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 6; i++)
    memset ((guint8 *) images->data + 16 * i, LEVELS[i], 16);
  g_assert_true (dub_npz_save (path, names, (DubTensor *[]) { images, labels }, 2, NULL));

  g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);
  /* 2 of 200 is 1 %, which is not below 1 %. */
  g_autoptr (DubDuplicates) strict = dub_duplicates_find (dataset, 0.01, NULL, &error);
  g_autoptr (DubDuplicates) found = dub_duplicates_find (dataset, 0.0101, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (strict->n_pairs, ==, 1);
  g_assert_cmpuint (strict->n_groups, ==, 1);
  g_assert_cmpuint (found->n_pairs, ==, 3);
  g_assert_cmpuint (found->n_groups, ==, 2);
  g_assert_cmpmem (found->group, sizeof GROUPS, GROUPS, sizeof GROUPS);
  g_assert_true (found->pairs[0].opposite && found->pairs[1].opposite);
  g_assert_false (found->pairs[2].opposite);
  scratch_free (&scratch);
}

/* One picture at two sizes, grey and in colour, and another one: compared at the reduced size. */
static void
test_mixed (void)
{
  static const struct {
    const char *name;
    int         extent, channels;
    double      angle;
  } FILES[] = { { "a/1.png", 64, 1, 0.3 }, { "a/2.png", 128, 1, 0.3 }, { "b/3.png", 96, 3, 0.3 }, { "b/4.png", 64, 1, 1.2 } };
  Scratch scratch = scratch_new ();
  g_autofree char *a = scratch_path (&scratch, "a"), *b = scratch_path (&scratch, "b");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (a, 0755), ==, 0);
  g_assert_cmpint (g_mkdir (b, 0755), ==, 0);
  for (size_t f = 0; f < G_N_ELEMENTS (FILES); f++) {
    int n = FILES[f].extent, channels = FILES[f].channels;
    g_autofree char *path = scratch_path (&scratch, FILES[f].name);
    g_autoptr (DubTensor) image = dub_tensor_new (DUB_DTYPE_U8, DUB_SHAPE (n, n, channels), NULL);

    for (int i = 0; i < n * n; i++)
      for (int c = 0; c < channels; c++)
        ((guint8 *) image->data)[i * channels + c] =
          (guint8) (127.5 + 127.0 * sin (6.0 * (cos (FILES[f].angle) * (i % n + 0.5) + sin (FILES[f].angle) * (i / n + 0.5)) / n));
    g_assert_true (dub_png_save (image, path, 0.0, NULL, NULL));
  }

  g_autoptr (DubDataset) dataset = dub_dataset_open (scratch.folder, NULL, NULL, &error);
  g_autoptr (DubDuplicates) found = dub_duplicates_find (dataset, 0.01, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (dataset->mixed && found->reduced);
  g_assert_cmpuint (found->n_pairs, ==, 3);
  g_assert_cmpuint (found->n_groups, ==, 1);
  g_assert_cmpuint (found->group[3], ==, 1);
  g_assert_true (!found->pairs[0].opposite && found->pairs[1].opposite && found->pairs[2].opposite);
  scratch_free (&scratch);
}

static void
test_too_many (void)
{
  static const char *const names[] = { "images", "labels" };
  Scratch scratch = scratch_new ();
  g_autofree char *path = scratch_path (&scratch, "black.npz");
  g_autoptr (DubTensor) images = dub_tensor_new_zeros (DUB_DTYPE_U8, DUB_SHAPE (3000, 2, 2), NULL);
  g_autoptr (DubTensor) labels = cyclic_labels (3000, 2, FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_true (dub_npz_save (path, names, (DubTensor *[]) { images, labels }, 2, NULL));

  g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);

  g_assert_null (dub_duplicates_find (dataset, 0.01, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (dub_duplicates_find (dataset, NAN, NULL, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  g_clear_error (&error);

  g_autoptr (DubRun) run = dub_run_new (2);

  dub_run_cancel (run);
  g_assert_null (dub_duplicates_find (dataset, 0.01, run, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_CANCELLED);
  scratch_free (&scratch);
}

/* Dozens of the breast images stand twice, three of them with both labels (counted with NumPy over all pairs). */
static void
test_breast (void)
{
  g_autofree char *path = shared_data ("medmnist/breastmnist.npz");
  g_autoptr (GError) error = NULL;
  g_autoptr (DubRun) run = dub_run_new (2);
  size_t n_opposite = 0, n_linked = 0;

  if (path == NULL)
    return;

  g_autoptr (DubDataset) dataset = dub_dataset_open (path, NULL, NULL, &error);
  g_autoptr (DubDuplicates) found = dub_duplicates_find (dataset, 0.01, run, &error);
  g_autofree guint8 *linked = g_new0 (guint8, dataset->n_cases);

  g_assert_no_error (error);
  for (size_t i = 0; i < found->n_pairs; i++) {
    n_opposite += found->pairs[i].opposite;
    linked[found->pairs[i].a] = linked[found->pairs[i].b] = 1;
  }
  for (size_t i = 0; i < dataset->n_cases; i++)
    n_linked += linked[i];
  g_assert_cmpuint (found->n_pairs, ==, 38);
  g_assert_cmpuint (n_opposite, ==, 3);
  g_assert_cmpuint (n_linked, ==, 65);
  g_assert_cmpuint (found->n_groups, ==, 30);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/duplicates/against-naive", test_against_naive);
  g_test_add_func ("/duplicates/groups", test_groups);
  g_test_add_func ("/duplicates/mixed", test_mixed);
  g_test_add_func ("/duplicates/too-many", test_too_many);
  g_test_add_func ("/duplicates/breast", test_breast);

  return g_test_run ();
}
