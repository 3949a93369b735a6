/* What a person should know about a finished split, one sentence each. */
#include "core/data/split-private.h"

#include <math.h>

/* Temperatures, scalings and thresholds are fitted on the calibration part; with fewer cases their own error rules. */
static const size_t SMALL_CALIBRATION = 50;
/* Share of the cases that a part may be off before a person is told that groups were in the way. */
static const double UNEVEN = 0.02;
/* A set of many classes says how many are missing after this many names. */
static const guint NAMES_SHOWN = 3;

static void G_GNUC_PRINTF (2, 3)
warn (DubSplit   *self,
      const char *format,
      ...)
{
  va_list list;

  va_start (list, format);
  g_ptr_array_add (self->warnings, g_strdup_vprintf (format, list));
  va_end (list);
}

/* Names the classes of which @count [n_classes] has none in @place, though @all has some. */
static void
warn_absent (DubSplit         *self,
             const DubDataset *dataset,
             const size_t     *count,
             const size_t     *all,
             const char       *place)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n_absent = 0;

  for (guint c = 0; c < dataset->classes->len; c++) {
    if (count[c] > 0 || all[c] == 0)
      continue;
    if (n_absent++ < NAMES_SHOWN)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                              (const char *) g_ptr_array_index (dataset->classes, c));
  }
  if (n_absent > NAMES_SHOWN)
    g_string_append_printf (names, " and %u more", n_absent - NAMES_SHOWN);
  if (n_absent > 0)
    warn (self, "%s has no case of %s.", place, names->str);
}

static void
warn_classes (DubSplit         *self,
              const DubDataset *dataset)
{
  guint n_classes = dataset->classes->len;
  g_autofree size_t *of_part = g_new0 (size_t, (size_t) n_classes * (DUB_PART_NONE + 1));
  g_autofree size_t *of_fold = g_new0 (size_t, (size_t) n_classes * self->options.n_folds);
  g_autofree size_t *all = g_new0 (size_t, n_classes);
  size_t n_part[DUB_PART_NONE + 1] = { 0 };

  for (size_t i = 0; i < self->n_cases; i++) {
    int label = dataset->cases[i].label;

    n_part[self->part[i]]++;
    if (label < 0)
      continue;
    all[label]++;
    of_part[self->part[i] * n_classes + (guint) label]++;
    if (self->fold[i] >= 0)
      of_fold[(size_t) self->fold[i] * n_classes + (guint) label]++;
  }

  for (guint c = 0; c < n_classes; c++)
    if (all[c] == 0)
      warn (self, "The set has no case of %s.", (const char *) g_ptr_array_index (dataset->classes, c));
  for (guint p = DUB_PART_TRAIN; p < DUB_PART_NONE; p++) {
    g_autofree char *place = g_strdup_printf ("The %s part", dub_part_name (p));

    if (n_part[p] > 0)
      warn_absent (self, dataset, of_part + p * n_classes, all, place);
    else
      warn (self, "%s has no cases.", place);
  }
  for (guint f = 0; f < self->options.n_folds; f++) {
    guint n_folds = self->options.n_folds;
    g_autofree char *place =
      n_folds == 1 ? g_strdup ("The validation fold") : g_strdup_printf ("Fold %u of %u", f + 1, n_folds);

    warn_absent (self, dataset, of_fold + (size_t) f * n_classes, of_part, place);
  }
  if (n_part[DUB_PART_CALIBRATION] > 0 && n_part[DUB_PART_CALIBRATION] < SMALL_CALIBRATION)
    warn (self, "The calibration part has %" G_GSIZE_FORMAT " cases; below %" G_GSIZE_FORMAT
          " what is fitted on it is uncertain.", n_part[DUB_PART_CALIBRATION], SMALL_CALIBRATION);
}

static void
warn_uneven (DubSplit *self,
             size_t    largest)
{
  size_t n_part[DUB_PART_NONE + 1] = { 0 }, n_used;

  for (size_t i = 0; i < self->n_cases; i++)
    n_part[self->part[i]]++;
  n_used = self->n_cases - n_part[DUB_PART_NONE];
  if (self->options.given || largest < 2)
    return;
  for (guint p = DUB_PART_TRAIN; p < DUB_PART_NONE; p++) {
    double asked = self->options.fractions[p] * (double) n_used;

    if (fabs ((double) n_part[p] - asked) > MAX (1.0, UNEVEN * (double) n_used))
      warn (self, "Groups that stay together do not divide evenly: the %s part has %" G_GSIZE_FORMAT
            " cases where %.0f were asked for, and the largest group has %" G_GSIZE_FORMAT ".",
            dub_part_name (p), n_part[p], asked, largest);
  }
}

/* Patients, and near-identical pairs, that stand on two sides. */
static void
warn_leaks (DubSplit            *self,
            const DubDataset    *dataset,
            const DubDuplicates *duplicates)
{
  g_autoptr (GHashTable) sides = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer side;
  size_t n_patients = 0, n_pairs = 0;

  for (size_t i = 0; i < self->n_cases; i++) {
    const char *patient = dataset->cases[i].patient;

    if (patient == NULL || self->part[i] == DUB_PART_NONE)
      continue;

    guint seen = GPOINTER_TO_UINT (g_hash_table_lookup (sides, patient));

    g_hash_table_insert (sides, (gpointer) patient, GUINT_TO_POINTER (seen | 1u << self->part[i]));
  }
  g_hash_table_iter_init (&iter, sides);
  while (g_hash_table_iter_next (&iter, NULL, &side))
    n_patients += (GPOINTER_TO_UINT (side) & (GPOINTER_TO_UINT (side) - 1)) != 0;
  if (n_patients > 0)
    warn (self, "%" G_GSIZE_FORMAT " patient%s cases in more than one part.", n_patients,
          n_patients == 1 ? " has" : "s have");

  for (size_t p = 0; duplicates != NULL && p < duplicates->n_pairs; p++) {
    guint8 a = self->part[duplicates->pairs[p].a], b = self->part[duplicates->pairs[p].b];

    n_pairs += a != b && a != DUB_PART_NONE && b != DUB_PART_NONE;
  }
  if (n_pairs > 0)
    warn (self, "%" G_GSIZE_FORMAT " near-identical pair%s on two sides.", n_pairs,
          n_pairs == 1 ? " stands" : "s stand");
}

void
_dub_split_warn (DubSplit            *self,
                 const DubDataset    *dataset,
                 const DubDuplicates *duplicates,
                 size_t               largest)
{
  warn_classes (self, dataset);
  warn_uneven (self, largest);
  warn_leaks (self, dataset, duplicates);
}
