#include "core/base/rng.h"
#include "core/data/split.h"
#include "tests/data/data-set.h"

#include <math.h>

/* --- data sets made by hand --- */

static DubDataset *
set_of (size_t n,
        int    n_classes)
{
  DubDataset *set = g_new0 (DubDataset, 1);

  set->name = g_strdup ("made");
  set->classes = g_ptr_array_new_with_free_func (g_free);
  for (int c = 0; c < n_classes; c++)
    g_ptr_array_add (set->classes, g_strdup_printf ("class %d", c));
  set->n_cases = n;
  set->cases = g_new0 (DubDatasetCase, n + 1);
  for (size_t i = 0; i < n; i++) {
    set->cases[i].id = g_strdup_printf ("case-%" G_GSIZE_FORMAT, i);
    set->cases[i].label = (int) (i % (size_t) n_classes);
  }

  return set;
}

static void
set_free (DubDataset *set)
{
  for (size_t i = 0; i < set->n_cases; i++) {
    g_free ((char *) set->cases[i].id);
    g_free ((char *) set->cases[i].patient);
  }
  g_free (set->cases);
  g_ptr_array_unref (set->classes);
  g_free (set->name);
  g_free (set);
}

static DubDuplicates *
duplicates_of (size_t n,
               size_t n_pairs)
{
  DubDuplicates *duplicates = g_new0 (DubDuplicates, 1);

  duplicates->n_pairs = n_pairs;
  duplicates->pairs = g_new0 (DubDuplicate, n_pairs + 1);
  duplicates->group = g_new (size_t, n + 1);
  for (size_t i = 0; i < n; i++)
    duplicates->group[i] = i;

  return duplicates;
}

static void
duplicates_free (DubDuplicates *duplicates)
{
  g_free (duplicates->pairs);
  g_free (duplicates->group);
  g_free (duplicates);
}

static const DubSplitOptions PLAIN = { .fractions = { .55, .15, .30 }, .n_folds = 5, .twins = DUB_TWINS_KEEP };

static DubSplit *
split_of (const DubDataset      *set,
          const DubDuplicates   *duplicates,
          const DubSplitOptions *options)
{
  g_autoptr (GError) error = NULL;
  DubSplit *split = dub_split_new (set, duplicates, options, &error);

  g_assert_no_error (error);

  return split;
}

static gboolean
warns (const DubSplit *split,
       const char     *words)
{
  for (guint i = 0; i < split->warnings->len; i++)
    if (strstr (g_ptr_array_index (split->warnings, i), words) != NULL)
      return TRUE;

  return FALSE;
}

static size_t
count_of (const DubSplit   *split,
          const DubDataset *set,
          DubPart           part,
          int               fold, /* -2 = any */
          int               label)
{
  size_t n = 0;

  for (size_t i = 0; i < split->n_cases; i++)
    n += split->part[i] == part && (fold == -2 || split->fold[i] == fold) && (label < 0 || set->cases[i].label == label);

  return n;
}

/* --- the tests --- */

/* 210 malignant and 570 benign cases, as BreastMNIST pooled. */
static void
test_breast (void)
{
  static const size_t EXPECTED[3][2] = { { 116, 314 }, { 31, 85 }, { 63, 171 } };
  DubDataset *set = set_of (780, 2);

  for (size_t i = 0; i < 780; i++)
    set->cases[i].label = i * 210 / 780 != (i + 1) * 210 / 780 ? 0 : 1;
  for (uint64_t seed = 0; seed < 10; seed++) {
    DubSplitOptions options = PLAIN;

    options.seed = seed;

    g_autoptr (DubSplit) split = split_of (set, NULL, &options);

    for (int p = 0; p < 3; p++)
      for (int c = 0; c < 2; c++)
        g_assert_cmpuint (count_of (split, set, (DubPart) p, -2, c), ==, EXPECTED[p][c]);
    for (int f = 0; f < 5; f++) {
      g_assert_cmpuint (count_of (split, set, DUB_PART_TRAIN, f, -1), ==, 86);
      g_assert_cmpuint (count_of (split, set, DUB_PART_TRAIN, f, 0), >=, 23);
      g_assert_cmpuint (count_of (split, set, DUB_PART_TRAIN, f, 0), <=, 24);
    }
    g_assert_cmpuint (split->warnings->len, ==, 0);
  }
  set_free (set);
}

/* The real set with its near-identical pairs, as the window opens it: the same numbers, and no pair on two sides. */
static void
test_breast_itself (void)
{
  g_autofree char *path = shared_data ("medmnist/breastmnist.npz");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;

  g_autoptr (DubDataset) set = dub_dataset_open (path, NULL, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (DubDuplicates) duplicates = dub_duplicates_find (set, 0.01, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (duplicates->n_pairs, >, 30);
  for (uint64_t seed = 0; seed < 5; seed++) {
    DubSplitOptions options = DUB_SPLIT_DEFAULT;

    options.seed = seed;

    g_autoptr (DubSplit) together = split_of (set, duplicates, &options);

    options.twins = DUB_TWINS_KEEP;

    g_autoptr (DubSplit) apart = split_of (set, duplicates, &options);

    for (int p = 0; p < 3; p++)
      g_assert_cmpuint (count_of (together, set, (DubPart) p, -2, -1), ==, p == 0 ? 430 : p == 1 ? 116 : 234);
    for (size_t p = 0; p < duplicates->n_pairs; p++) {
      g_assert_cmpint (together->part[duplicates->pairs[p].a], ==, together->part[duplicates->pairs[p].b]);
      g_assert_cmpint (together->fold[duplicates->pairs[p].a], ==, together->fold[duplicates->pairs[p].b]);
    }
    g_assert_false (warns (together, "two sides"));
    g_assert_true (warns (apart, "two sides"));
    g_assert_true (warns (together, "opposite labels"));
  }
}

/* Every case once, class shares within one case, folds within one case, on sets of any sizes. */
static void
test_stratified (void)
{
  DubRng rng;

  dub_rng_init (&rng, 11, "test-split", 0);
  for (int round = 0; round < 200; round++) {
    int n_classes = 2 + (int) dub_rng_below (&rng, 9);
    size_t n = 60 + dub_rng_below (&rng, 900);
    DubDataset *set = set_of (n, n_classes);
    DubSplitOptions options = PLAIN;
    double a = 0.2 + 0.6 * dub_rng_double (&rng), b = (1.0 - a) * dub_rng_double (&rng);

    options.fractions[0] = a;
    options.fractions[1] = b;
    options.fractions[2] = 1.0 - a - b;
    options.n_folds = 2 + dub_rng_below (&rng, 5);
    options.seed = dub_rng_u32 (&rng);
    for (size_t i = 0; i < n; i++)
      set->cases[i].label = (int) (dub_rng_double (&rng) * dub_rng_double (&rng) * n_classes);

    g_autoptr (DubSplit) split = split_of (set, NULL, &options);

    for (size_t i = 0; i < n; i++) {
      g_assert_cmpint (split->part[i], <, DUB_PART_NONE);
      g_assert_true ((split->part[i] == DUB_PART_TRAIN) == (split->fold[i] >= 0));
      g_assert_cmpint (split->fold[i], <, (int) options.n_folds);
    }
    for (int c = 0; c < n_classes; c++) {
      size_t all = 0, least = G_MAXSIZE, most = 0;

      for (int p = 0; p < 3; p++)
        all += count_of (split, set, (DubPart) p, -2, c);
      for (int p = 0; p < 3; p++)
        g_assert_cmpfloat (fabs ((double) count_of (split, set, (DubPart) p, -2, c) - options.fractions[p] * (double) all), <, 1.0);
      for (guint f = 0; f < options.n_folds; f++) {
        least = MIN (least, count_of (split, set, DUB_PART_TRAIN, (int) f, c));
        most = MAX (most, count_of (split, set, DUB_PART_TRAIN, (int) f, c));
      }
      g_assert_cmpuint (most - least, <=, 1);
    }
    /* Rounding of the classes does not add up: part totals stay near what was asked for. */
    for (int p = 0; p < 3; p++)
      g_assert_cmpfloat (fabs ((double) count_of (split, set, (DubPart) p, -2, -1) - options.fractions[p] * (double) n), <=, 2.0);
    set_free (set);
  }
}

/* Cases of the largest set that patients and twins link. */
static size_t
largest_group (const DubDataset    *set,
               const DubDuplicates *duplicates)
{
  size_t n = set->n_cases, largest = 0;
  g_autofree gboolean *seen = g_new0 (gboolean, n);
  g_autofree size_t *queue = g_new (size_t, n);

  for (size_t start = 0; start < n; start++) {
    size_t n_queue = 0;

    if (!seen[start]) {
      seen[start] = TRUE;
      queue[n_queue++] = start;
    }
    for (size_t q = 0; q < n_queue; q++)
      for (size_t i = 0; i < n; i++)
        if (!seen[i] && (duplicates->group[i] == duplicates->group[queue[q]] ||
                         (set->cases[i].patient != NULL && g_strcmp0 (set->cases[i].patient, set->cases[queue[q]].patient) == 0))) {
          seen[i] = TRUE;
          queue[n_queue++] = i;
        }
    largest = MAX (largest, n_queue);
  }

  return largest;
}

/* Patients and twins at once: no patient and no twin on two sides or in two folds. */
static void
test_groups (void)
{
  DubRng rng;

  dub_rng_init (&rng, 12, "test-split", 0);
  for (int round = 0; round < 200; round++) {
    size_t n = 200 + dub_rng_below (&rng, 400);
    guint n_patients = (guint) n / 4 + 1;
    DubDataset *set = set_of (n, 3);
    DubDuplicates *duplicates = duplicates_of (n, n / 10);
    DubSplitOptions options = PLAIN;

    options.by_patient = TRUE;
    options.twins = DUB_TWINS_TOGETHER;
    options.seed = (uint64_t) round;
    set->has_patients = TRUE;
    for (size_t i = 0; i < n; i++) {
      set->cases[i].label = (int) dub_rng_below (&rng, 3);
      if (dub_rng_below (&rng, 10) > 0)
        set->cases[i].patient = g_strdup_printf ("p%u", dub_rng_below (&rng, n_patients));
    }
    for (size_t p = 0; p < duplicates->n_pairs; p++) {
      size_t a = dub_rng_below (&rng, (uint32_t) n - 1), b = a + 1 + dub_rng_below (&rng, (uint32_t) (n - a - 1));
      size_t old = duplicates->group[b];

      duplicates->pairs[p] = (DubDuplicate) { .a = a, .b = b };
      for (size_t i = 0; i < n; i++)
        if (duplicates->group[i] == old)
          duplicates->group[i] = duplicates->group[a];
    }

    g_autoptr (DubSplit) split = split_of (set, duplicates, &options);
    g_autoptr (DubSplit) again = split_of (set, duplicates, &options);

    g_assert_cmpmem (split->part, n, again->part, n);
    g_assert_cmpmem (split->fold, n * sizeof *split->fold, again->fold, n * sizeof *split->fold);
    for (size_t i = 0; i < n; i++)
      for (size_t j = i + 1; j < n; j++)
        if (duplicates->group[i] == duplicates->group[j] ||
            (set->cases[i].patient != NULL && g_strcmp0 (set->cases[i].patient, set->cases[j].patient) == 0)) {
          g_assert_cmpint (split->part[i], ==, split->part[j]);
          g_assert_cmpint (split->fold[i], ==, split->fold[j]);
        }
    for (int p = 0; p < 3; p++)
      g_assert_cmpfloat (fabs ((double) count_of (split, set, (DubPart) p, -2, -1) / (double) n - options.fractions[p]), <, 0.04);
    /* A fold is as large as the others, or holds one group larger than a fold and what that lacks of a class. */
    double n_train = (double) count_of (split, set, DUB_PART_TRAIN, -2, -1);
    double limit = MAX (0.25 * n_train, (double) largest_group (set, duplicates) + 0.05 * n_train);

    for (int f = 0; f < 5; f++)
      g_assert_cmpfloat ((double) count_of (split, set, DUB_PART_TRAIN, f, -1), <=, limit);
    g_assert_false (warns (split, "more than one part"));
    g_assert_false (warns (split, "two sides"));
    duplicates_free (duplicates);
    set_free (set);
  }
}

static void
test_large_group (void)
{
  DubDataset *set = set_of (200, 2);
  DubSplitOptions options = PLAIN;

  options.by_patient = TRUE;
  set->has_patients = TRUE;
  for (size_t i = 0; i < 200; i++)
    set->cases[i].patient = g_strdup_printf ("p%d", i < 150 ? 0 : (int) i);

  g_autoptr (DubSplit) split = split_of (set, NULL, &options);

  g_assert_true (warns (split, "do not divide evenly"));
  for (size_t i = 1; i < 150; i++)
    g_assert_cmpint (split->part[i], ==, split->part[0]);

  options.by_patient = FALSE;

  g_autoptr (DubSplit) apart = split_of (set, NULL, &options);

  g_assert_true (warns (apart, "1 patient has cases in more than one part"));
  set_free (set);
}

/* 0-1-2 is a chain of twins, 10 and 11 the same image under two labels. */
static void
test_twins (void)
{
  DubDataset *set = set_of (200, 2);
  DubDuplicates *duplicates = duplicates_of (200, 3);
  DubSplitOptions options = PLAIN;

  duplicates->pairs[0] = (DubDuplicate) { .a = 0, .b = 2 };
  duplicates->pairs[1] = (DubDuplicate) { .a = 2, .b = 4 };
  duplicates->pairs[2] = (DubDuplicate) { .a = 10, .b = 11, .opposite = TRUE };
  duplicates->group[2] = duplicates->group[4] = 0;
  duplicates->group[11] = 10;
  for (uint64_t seed = 0; seed < 20; seed++) {
    options.seed = seed;
    options.twins = DUB_TWINS_DROP;
    options.contradictions = DUB_CONTRADICTION_KEEP;

    g_autoptr (DubSplit) drop = split_of (set, duplicates, &options);

    g_assert_cmpint (drop->part[0], !=, DUB_PART_NONE);
    g_assert_cmpint (drop->part[2], ==, DUB_PART_NONE);
    g_assert_cmpint (drop->fold[2], ==, -1);
    g_assert_cmpint (drop->part[4], !=, DUB_PART_NONE);
    g_assert_cmpint (drop->part[10], !=, DUB_PART_NONE);
    g_assert_cmpint (drop->part[10], ==, drop->part[11]);
    g_assert_true (warns (drop, "1 near-identical copy is left out."));
    g_assert_true (warns (drop, "opposite labels and is kept"));

    options.twins = DUB_TWINS_TOGETHER;
    options.contradictions = DUB_CONTRADICTION_DROP;

    g_autoptr (DubSplit) together = split_of (set, duplicates, &options);

    g_assert_cmpint (together->part[10], ==, DUB_PART_NONE);
    g_assert_cmpint (together->part[11], ==, DUB_PART_NONE);
    g_assert_cmpint (together->part[0], ==, together->part[4]);
    g_assert_cmpint (together->part[0], ==, together->part[2]);
    g_assert_cmpuint (count_of (together, set, DUB_PART_NONE, -2, -1), ==, 2);
    g_assert_true (warns (together, "2 cases are left out because"));
  }
  duplicates_free (duplicates);
  set_free (set);
}

static void
test_given (void)
{
  static const char *const NAMES[3] = { "train", "validation", "test" };
  DubDataset *set = set_of (90, 3);
  DubSplitOptions options = PLAIN;
  g_autoptr (GError) error = NULL;

  options.given = TRUE;
  g_assert_null (dub_split_new (set, NULL, &options, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);

  set->has_given = TRUE;
  for (size_t i = 0; i < 90; i++)
    set->cases[i].given = i == 89 ? NULL : NAMES[i % 9 < 6 ? 0 : i / 9 % 2 + 1];

  g_autoptr (DubSplit) split = split_of (set, NULL, &options);

  for (size_t i = 0; i < 89; i++)
    g_assert_cmpint (split->part[i], ==, i % 9 < 6 ? DUB_PART_TRAIN : i / 9 % 2 == 0 ? DUB_PART_CALIBRATION : DUB_PART_TEST);
  g_assert_cmpint (split->part[89], ==, DUB_PART_NONE);
  g_assert_true (warns (split, "1 case has no place in the set's own split"));
  g_assert_true (warns (split, "below 50"));
  for (int f = 0; f < 5; f++)
    for (int c = 0; c < 3; c++)
      g_assert_cmpuint (count_of (split, set, DUB_PART_TRAIN, f, c), ==, 4);
  set_free (set);
}

static void
test_one_fold (void)
{
  DubDataset *set = set_of (400, 2);
  DubSplitOptions options = PLAIN;

  options.n_folds = 1;

  g_autoptr (DubSplit) split = split_of (set, NULL, &options);
  g_autoptr (GArray) inside = dub_split_fold (split, 0, TRUE);
  g_autoptr (GArray) outside = dub_split_fold (split, 0, FALSE);
  g_autoptr (GArray) train = dub_split_indices (split, DUB_PART_TRAIN);

  g_assert_cmpuint (inside->len, ==, 44);
  g_assert_cmpuint (outside->len, ==, 176);
  g_assert_cmpuint (train->len, ==, 220);
  g_assert_cmpuint (count_of (split, set, DUB_PART_TRAIN, 0, 0), ==, 22);
  for (guint i = 1; i < train->len; i++)
    g_assert_cmpuint (g_array_index (train, size_t, i), >, g_array_index (train, size_t, i - 1));
  set_free (set);
}

static void
test_seed_and_hash (void)
{
  DubDataset *set = set_of (300, 2);
  DubSplitOptions options = PLAIN;
  g_autoptr (GHashTable) hashes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (uint64_t seed = 0; seed < 40; seed++) {
    options.seed = seed;

    g_autoptr (DubSplit) split = split_of (set, NULL, &options);
    g_autoptr (DubSplit) again = split_of (set, NULL, &options);
    g_autofree char *hash = dub_split_hash (again, set);

    g_assert_true (g_hash_table_add (hashes, dub_split_hash (split, set)));
    g_assert_false (g_hash_table_add (hashes, g_strdup (hash)));
    again->fold[7] ^= 1;
    g_assert_true (g_hash_table_add (hashes, dub_split_hash (again, set)));
    again->fold[7] ^= 1;
    again->part[9] = (again->part[9] + 1) % 3;
    g_assert_true (g_hash_table_add (hashes, dub_split_hash (again, set)));
  }

  /* The lines of the documentation, hashed by another tool. */
  DubDataset *two = set_of (2, 2);
  g_autoptr (DubSplit) small = dub_split_new_empty (2);

  small->part[1] = DUB_PART_TRAIN;
  small->fold[1] = 3;

  g_autofree char *hash = dub_split_hash (small, two);
  g_autofree char *expected =
    g_compute_checksum_for_string (G_CHECKSUM_SHA256, "case-0\tnone\t-1\ncase-1\ttrain\t3\n", -1);

  g_assert_cmpstr (hash, ==, expected);
  set_free (two);
  set_free (set);
}

static void
test_refused (void)
{
  DubDataset *set = set_of (40, 2);
  DubSplitOptions bad[] = { PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN };

  bad[0].fractions[0] = .6;
  bad[1].fractions[2] = NAN;
  bad[2].n_folds = 0;
  bad[3].by_patient = TRUE;
  bad[4].twins = DUB_TWINS_TOGETHER;
  bad[5].contradictions = DUB_CONTRADICTION_DROP;
  bad[6].n_folds = 30;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (dub_split_new (set, NULL, &bad[i], &error));
    g_assert_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT);
  }
  set->cases[3].label = 2;

  g_autoptr (GError) error = NULL;

  g_assert_null (dub_split_new (set, NULL, &PLAIN, &error));
  g_assert_error (error, DUB_ERROR, DUB_ERROR_FORMAT);
  set_free (set);
}

static void
test_warnings (void)
{
  DubDataset *set = set_of (300, 3);

  for (size_t i = 0; i < 300; i++)
    set->cases[i].label = i < 2 ? 2 : i < 5 ? -1 : (int) (i % 2);

  g_autoptr (DubSplit) split = split_of (set, NULL, &PLAIN);

  g_assert_true (warns (split, "3 cases have no label and are left out."));
  g_assert_true (warns (split, "The calibration part has no case of class 2."));
  g_assert_true (warns (split, "Fold 5 of 5 has no case of class 2."));
  g_assert_true (warns (split, "below 50"));
  for (size_t i = 2; i < 5; i++)
    g_assert_cmpint (split->part[i], ==, DUB_PART_NONE);
  set_free (set);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/split/breast", test_breast);
  g_test_add_func ("/data/split/breast-itself", test_breast_itself);
  g_test_add_func ("/data/split/stratified", test_stratified);
  g_test_add_func ("/data/split/groups", test_groups);
  g_test_add_func ("/data/split/large-group", test_large_group);
  g_test_add_func ("/data/split/twins", test_twins);
  g_test_add_func ("/data/split/given", test_given);
  g_test_add_func ("/data/split/one-fold", test_one_fold);
  g_test_add_func ("/data/split/seed-and-hash", test_seed_and_hash);
  g_test_add_func ("/data/split/refused", test_refused);
  g_test_add_func ("/data/split/warnings", test_warnings);

  return g_test_run ();
}
