#include "core/data/split-private.h"

#include <math.h>
#include <string.h>

/* With K = 1 this share of the training cases is held back, as with five folds. */
static const guint FOLDS_HELD_BACK = 5;
/* Fractions typed as decimals sum to 1 within this. */
static const double SUM_TOLERANCE = 1e-6;

static const char *const PARTS[] = {
  [DUB_PART_TRAIN] = "train",
  [DUB_PART_CALIBRATION] = "calibration",
  [DUB_PART_TEST] = "test",
  [DUB_PART_NONE] = "none",
};

const char *
dub_part_name (DubPart part)
{
  g_return_val_if_fail (part <= DUB_PART_NONE, "none");

  return PARTS[part];
}

DubSplit *
dub_split_new_empty (size_t n_cases)
{
  DubSplit *self = g_new0 (DubSplit, 1);

  self->n_cases = n_cases;
  self->part = g_new (guint8, n_cases + 1);
  self->fold = g_new (gint16, n_cases + 1);
  memset (self->part, DUB_PART_NONE, n_cases);
  for (size_t i = 0; i < n_cases; i++)
    self->fold[i] = -1;
  self->warnings = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
dub_split_free (DubSplit *self)
{
  if (self == NULL)
    return;
  g_free (self->part);
  g_free (self->fold);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

static gboolean
check_options (const DubDataset      *dataset,
               const DubDuplicates   *duplicates,
               const DubSplitOptions *options,
               GError               **error)
{
  const double *share = options->fractions;

  if (!options->given) {
    for (int p = 0; p < 3; p++)
      if (!(share[p] >= 0.0 && share[p] <= 1.0)) {
        g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The split gives %s the fraction %g; expected 0 to 1.",
                     PARTS[p], share[p]);
        return FALSE;
      }
    if (!(fabs (share[0] + share[1] + share[2] - 1.0) <= SUM_TOLERANCE) || share[0] <= 0.0) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                   "The fractions %g, %g and %g of the split sum to %g; expected 1, and some of it for training.",
                   share[0], share[1], share[2], share[0] + share[1] + share[2]);
      return FALSE;
    }
  } else if (!dataset->has_given) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%s has no split of its own; expected fractions for train, calibration and test.", dataset->name);
    return FALSE;
  }
  if (options->n_folds < 1 || options->n_folds > G_MAXINT16) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT, "The split asks for %u folds; expected 1 to %d.",
                 options->n_folds, G_MAXINT16);
    return FALSE;
  }
  if (options->by_patient && !dataset->has_patients) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%s does not say which cases are of one patient; a split by patient needs a table of patients.",
                 dataset->name);
    return FALSE;
  }
  if (duplicates == NULL && (options->twins != DUB_TWINS_KEEP || options->contradictions != DUB_CONTRADICTION_KEEP)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "The split of %s is to handle near-identical cases, which have not been searched for.", dataset->name);
    return FALSE;
  }
  for (size_t i = 0; i < dataset->n_cases; i++)
    if (dataset->cases[i].label >= (int) dataset->classes->len) {
      g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "%s: case %s has the label %d; expected less than %u classes.",
                   dataset->name, dataset->cases[i].id, dataset->cases[i].label, dataset->classes->len);
      return FALSE;
    }

  return TRUE;
}

/* --- who takes part --- */

static void
warn_count (DubSplit   *self,
            size_t      n,
            const char *one,
            const char *many)
{
  if (n == 1)
    g_ptr_array_add (self->warnings, g_strdup_printf ("1 %s.", one));
  else if (n > 1)
    g_ptr_array_add (self->warnings, g_strdup_printf ("%" G_GSIZE_FORMAT " %s.", n, many));
}

/* TRUE for the cases that are to stand somewhere. */
static gboolean *
choose_cases (DubSplit            *self,
              const DubDataset    *dataset,
              const DubDuplicates *duplicates)
{
  gboolean *used = g_new (gboolean, dataset->n_cases + 1);
  size_t n_unlabelled = 0, n_twins = 0, n_contradicted = 0, n_pairs = 0;

  for (size_t i = 0; i < dataset->n_cases; i++) {
    used[i] = dataset->cases[i].label >= 0;
    n_unlabelled += !used[i];
  }
  for (size_t p = 0; duplicates != NULL && p < duplicates->n_pairs; p++) {
    const DubDuplicate *pair = &duplicates->pairs[p];

    if (!pair->opposite)
      continue;
    n_pairs++;
    if (self->options.contradictions == DUB_CONTRADICTION_DROP) {
      n_contradicted += (size_t) used[pair->a] + (size_t) used[pair->b];
      used[pair->a] = used[pair->b] = FALSE;
    }
  }
  /* Pairs are in order of their first case, so whether a is kept is known when its pairs come: a chain
   * of three near-identical cases loses the one in the middle alone, since the others are not alike. */
  for (size_t p = 0; self->options.twins == DUB_TWINS_DROP && p < duplicates->n_pairs; p++) {
    const DubDuplicate *pair = &duplicates->pairs[p];

    if (!pair->opposite && used[pair->a] && used[pair->b]) {
      used[pair->b] = FALSE;
      n_twins++;
    }
  }

  warn_count (self, n_unlabelled, "case has no label and is left out", "cases have no label and are left out");
  warn_count (self, n_twins, "near-identical copy is left out", "near-identical copies are left out");
  if (self->options.contradictions == DUB_CONTRADICTION_DROP)
    warn_count (self, n_contradicted, "case is left out because its twin has another label",
                "cases are left out because their twins have other labels");
  else
    warn_count (self, n_pairs, "near-identical pair has opposite labels and is kept",
                "near-identical pairs have opposite labels and are kept");

  return used;
}

/* --- who stays together --- */

static size_t
find_root (size_t *parent,
           size_t  i)
{
  while (parent[i] != i) {
    parent[i] = parent[parent[i]];
    i = parent[i];
  }

  return i;
}

static void
join (size_t *parent,
      size_t  a,
      size_t  b)
{
  size_t first = find_root (parent, a), second = find_root (parent, b);

  parent[MAX (first, second)] = MIN (first, second);
}

/* [N]: cases that must share a side have one number, the index of the first of them that is used. */
static size_t *
make_groups (DubSplit            *self,
             const DubDataset    *dataset,
             const DubDuplicates *duplicates,
             const gboolean      *used)
{
  size_t n = dataset->n_cases;
  size_t *parent = g_new (size_t, n + 1);
  g_autoptr (GHashTable) first_of_patient = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) first_of_group = g_hash_table_new (g_direct_hash, g_direct_equal);
  size_t n_unknown = 0;

  for (size_t i = 0; i < n; i++)
    parent[i] = i;
  for (size_t i = 0; self->options.by_patient && i < n; i++) {
    const char *patient = dataset->cases[i].patient;
    gpointer first;

    if (!used[i])
      continue;
    if (patient == NULL)
      n_unknown++;
    else if (g_hash_table_lookup_extended (first_of_patient, patient, NULL, &first))
      join (parent, GPOINTER_TO_SIZE (first), i);
    else
      g_hash_table_insert (first_of_patient, (gpointer) patient, GSIZE_TO_POINTER (i));
  }
  for (size_t i = 0; self->options.twins == DUB_TWINS_TOGETHER && i < n; i++) {
    gpointer key = GSIZE_TO_POINTER (duplicates->group[i]), first;

    if (!used[i])
      continue;
    if (g_hash_table_lookup_extended (first_of_group, key, NULL, &first))
      join (parent, GPOINTER_TO_SIZE (first), i);
    else
      g_hash_table_insert (first_of_group, key, GSIZE_TO_POINTER (i));
  }
  /* Where copies are dropped, those kept for their other label must not tell each other's side. */
  for (size_t p = 0; self->options.twins == DUB_TWINS_DROP && p < duplicates->n_pairs; p++)
    if (used[duplicates->pairs[p].a] && used[duplicates->pairs[p].b])
      join (parent, duplicates->pairs[p].a, duplicates->pairs[p].b);
  for (size_t i = 0; i < n; i++)
    parent[i] = find_root (parent, i);

  warn_count (self, n_unknown, "case has no patient and is taken to be a patient of its own",
              "cases have no patient and are taken to be patients of their own");

  return parent;
}

/* --- dealing --- */

/* Deals the cases for which @used holds; @bin [N]. Returns the size of the largest group. */
static size_t
deal (const DubDataset *dataset,
      const gboolean   *used,
      const size_t     *group,
      const double     *shares,
      size_t            n_bins,
      double            slack,
      uint64_t          seed,
      const char       *purpose,
      guint            *bin)
{
  size_t n = dataset->n_cases, n_items = 0, largest = 0;
  g_autofree size_t *cases = g_new (size_t, n + 1);
  g_autofree size_t *first = g_new (size_t, n + 1);
  g_autofree size_t *of_item = g_new (size_t, n + 1);
  g_autofree size_t *size = g_new0 (size_t, n + 1);
  g_autofree int *label = g_new (int, n + 1);
  g_autofree guint *of_bin = g_new0 (guint, n + 1);
  DubRng rng;

  for (size_t i = 0; i < n; i++)
    first[i] = G_MAXSIZE;
  for (size_t i = 0; i < n; i++) {
    if (!used[i])
      continue;
    if (first[group[i]] == G_MAXSIZE)
      first[group[i]] = n_items;
    of_item[n_items] = first[group[i]];
    largest = MAX (largest, ++size[of_item[n_items]]);
    label[n_items] = dataset->cases[i].label;
    cases[n_items++] = i;
  }

  DubDeal all = {
    .n_items = n_items,
    .label = label,
    .group = of_item,
    .n_classes = dataset->classes->len,
    .n_bins = n_bins,
    .shares = shares,
    .slack = slack,
  };

  dub_rng_init (&rng, seed, purpose, 0);
  _dub_split_deal (&all, &rng, of_bin);
  for (size_t i = 0; i < n_items; i++)
    bin[cases[i]] = of_bin[i];

  return largest;
}

static void
take_given (DubSplit         *self,
            const DubDataset *dataset,
            const gboolean   *used)
{
  size_t n_unknown = 0;

  for (size_t i = 0; i < self->n_cases; i++) {
    const char *given = dataset->cases[i].given;

    if (!used[i])
      continue;
    if (g_strcmp0 (given, "train") == 0)
      self->part[i] = DUB_PART_TRAIN;
    else if (g_strcmp0 (given, "validation") == 0)
      self->part[i] = DUB_PART_CALIBRATION;
    else if (g_strcmp0 (given, "test") == 0)
      self->part[i] = DUB_PART_TEST;
    else
      n_unknown++;
  }
  warn_count (self, n_unknown, "case has no place in the set's own split and is left out",
              "cases have no place in the set's own split and are left out");
}

/* Folds inside train; FALSE where there are fewer cases than folds. */
static gboolean
make_folds (DubSplit         *self,
            const DubDataset *dataset,
            const size_t     *group,
            guint            *bin,
            GError          **error)
{
  guint n_folds = self->options.n_folds > 1 ? self->options.n_folds : FOLDS_HELD_BACK;
  g_autofree gboolean *train = g_new (gboolean, self->n_cases + 1);
  g_autofree double *shares = g_new (double, n_folds);
  size_t n_train = 0;

  for (size_t i = 0; i < self->n_cases; i++) {
    train[i] = self->part[i] == DUB_PART_TRAIN;
    n_train += (size_t) train[i];
  }
  if (n_train < n_folds) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "%s has %" G_GSIZE_FORMAT " labelled cases for training; expected at least one for each of %u folds.",
                 dataset->name, n_train, n_folds);
    return FALSE;
  }
  for (guint f = 0; f < n_folds; f++)
    shares[f] = 1.0 / n_folds;
  deal (dataset, train, group, shares, n_folds, 0.0, self->options.seed, "split-folds", bin);
  for (size_t i = 0; i < self->n_cases; i++)
    if (train[i] && bin[i] < self->options.n_folds)
      self->fold[i] = (gint16) bin[i];

  return TRUE;
}

DubSplit *
dub_split_new (const DubDataset      *dataset,
               const DubDuplicates   *duplicates,
               const DubSplitOptions *options,
               GError               **error)
{
  if (!check_options (dataset, duplicates, options, error))
    return NULL;

  g_autoptr (DubSplit) self = dub_split_new_empty (dataset->n_cases);

  self->options = *options;

  g_autofree gboolean *used = choose_cases (self, dataset, duplicates);
  g_autofree size_t *group = make_groups (self, dataset, duplicates, used);
  g_autofree guint *bin = g_new0 (guint, dataset->n_cases + 1);
  size_t largest = 0;

  if (options->given) {
    take_given (self, dataset, used);
  } else {
    /* Half a case of drift: 210 + 570 cases at .55/.15/.30 become 430, 116 and 234, ties going to training. */
    largest = deal (dataset, used, group, options->fractions, 3, 0.5, options->seed, "split-parts", bin);
    for (size_t i = 0; i < self->n_cases; i++)
      if (used[i])
        self->part[i] = (guint8) bin[i];
  }
  if (!make_folds (self, dataset, group, bin, error))
    return NULL;
  _dub_split_warn (self, dataset, duplicates, largest);

  return g_steal_pointer (&self);
}

/* --- asking --- */

GArray *
dub_split_indices (const DubSplit *self,
                   DubPart         part)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (size_t));

  for (size_t i = 0; i < self->n_cases; i++)
    if (self->part[i] == part)
      g_array_append_val (indices, i);

  return indices;
}

GArray *
dub_split_fold (const DubSplit *self,
                int             fold,
                gboolean        inside)
{
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (size_t));

  for (size_t i = 0; i < self->n_cases; i++)
    if (self->part[i] == DUB_PART_TRAIN && (self->fold[i] == fold) == (inside != FALSE))
      g_array_append_val (indices, i);

  return indices;
}

static int
compare_ids_cb (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  const DubDatasetCase *cases = user_data;

  return strcmp (cases[*(const size_t *) a].id, cases[*(const size_t *) b].id);
}

char *
dub_split_hash (const DubSplit   *self,
                const DubDataset *dataset)
{
  g_return_val_if_fail (self->n_cases == dataset->n_cases, NULL);

  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree size_t *order = g_new (size_t, self->n_cases + 1);

  for (size_t i = 0; i < self->n_cases; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) self->n_cases, sizeof *order, compare_ids_cb, dataset->cases);
  for (size_t i = 0; i < self->n_cases; i++) {
    g_string_printf (line, "%s\t%s\t%d\n", dataset->cases[order[i]].id, PARTS[self->part[order[i]]],
                     self->fold[order[i]]);
    g_checksum_update (sum, (const guchar *) line->str, (gssize) line->len);
  }

  return g_strdup (g_checksum_get_string (sum));
}
