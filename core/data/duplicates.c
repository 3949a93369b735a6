#include "core/data/duplicates.h"

#include "core/base/parallel.h"
#include "core/data/duplicates-case.h"
#include "core/data/duplicates-kernel.h"

#include <math.h>
#include <string.h>

/* Pieces of the three passes: cases read, rows of the sorted table, candidates compared. */
enum { CASES_A_PIECE = 32, ROWS_A_PIECE = 64, CANDIDATES_A_PIECE = 64 };

/* A set with more is no set of different images, and the list would be no use to anyone. */
static const size_t MOST_CANDIDATES = (size_t) 4 << 20;

typedef struct {
  size_t index;
  double mean;
} Row;

typedef struct {
  DubDataset   *dataset;
  DubRun       *run;
  double        threshold;
  gboolean      reduced;
  size_t        n_values;    /* of a case */
  int64_t       shape[3];
  int           channels;

  float        *signatures;  /* [N][DUB_SIGNATURE_WIDTH], by case; in the second pass by row */
  Row          *rows;        /* [N] by case, then sorted by mean */
  float        *lowest;      /* [N] */
  float        *highest;
  double        range;
  double        slack;       /* of a mean or of one entry of a signature, by rounding to float */

  GArray      **found;       /* [pieces] of DubDuplicate */
  gssize        n_found;     /* atomic */
  GArray       *candidates;
  GError      **errors;      /* [pieces]: the first one in order is told, whatever the threads did */
  size_t        n_pieces;
} Search;

static void
clear (Search *self)
{
  for (size_t i = 0; self->found != NULL && i < self->n_pieces; i++)
    g_clear_pointer (&self->found[i], g_array_unref);
  for (size_t i = 0; self->errors != NULL && i < self->n_pieces; i++)
    g_clear_error (&self->errors[i]);
  g_clear_pointer (&self->candidates, g_array_unref);
  g_free (self->found);
  g_free (self->errors);
  g_free (self->signatures);
  g_free (self->rows);
  g_free (self->lowest);
  g_free (self->highest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, clear)

/* Runs @func over @n_items in pieces, each of which may fail with self->errors[piece]. */
static gboolean
for_pieces (Search        *self,
            size_t         n_items,
            size_t         n_a_piece,
            DubPieceFunc   func,
            GError       **error)
{
  self->n_pieces = (n_items + n_a_piece - 1) / n_a_piece;
  self->errors = g_new0 (GError *, self->n_pieces + 1);

  gboolean done = dub_parallel_for (self->run, self->n_pieces, func, self, error);

  for (size_t i = 0; i < self->n_pieces; i++) {
    if (self->errors[i] != NULL && done) {
      g_propagate_error (error, g_steal_pointer (&self->errors[i]));
      done = FALSE;
    }
    g_clear_error (&self->errors[i]);
  }
  g_clear_pointer (&self->errors, g_free);

  return done;
}

/* --- first pass: every case once --- */

static void
describe_piece (size_t   piece,
                guint    thread,
                gpointer data)
{
  Search *self = data;
  size_t end = MIN ((piece + 1) * CASES_A_PIECE, self->dataset->n_cases);

  for (size_t i = piece * CASES_A_PIECE; i < end; i++) {
    size_t n_values;
    float range[2];
    g_autofree float *values =
      _dub_case_values (self->dataset, i, self->reduced, &n_values, range, &self->errors[piece]);

    if (values == NULL)
      return;
    self->lowest[i] = range[0];
    self->highest[i] = range[1];
    self->rows[i].index = i;
    self->rows[i].mean =
      _dub_case_signature (values, self->shape, self->channels, self->signatures + i * DUB_SIGNATURE_WIDTH);
    if (dub_run_is_cancelled (self->run))
      return;
  }
}

static gboolean
describe (Search    *self,
          gboolean   reduced,
          GError   **error)
{
  const DubDataset *dataset = self->dataset;

  self->reduced = reduced;
  self->channels = reduced ? 1 : dataset->channels;
  for (int i = 0; i < 3; i++)
    self->shape[i] = reduced && i < dataset->n_axes ? DUB_REDUCED_EXTENT : dataset->shape[i];
  self->n_values = (size_t) (self->shape[0] * self->shape[1] * self->shape[2]) * (size_t) self->channels;
  if (!for_pieces (self, dataset->n_cases, CASES_A_PIECE, describe_piece, error))
    return FALSE;

  float low = self->lowest[0], high = self->highest[0];

  for (size_t i = 0; i < dataset->n_cases; i++) {
    low = MIN (low, self->lowest[i]);
    high = MAX (high, self->highest[i]);
  }
  self->range = high > low ? (double) high - (double) low : 1.0;
  self->slack = 0x1p-22 * MAX (fabs ((double) low), fabs ((double) high));

  return TRUE;
}

/* --- second pass: pairs that the bound cannot tell apart --- */

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const Row *left = a, *right = b;

  if (left->mean != right->mean)
    return left->mean < right->mean ? -1 : 1;

  return left->index < right->index ? -1 : left->index > right->index;
}

static gboolean
sort_rows (Search  *self,
           GError **error)
{
  size_t n = self->dataset->n_cases;
  float *sorted = g_try_new (float, n * DUB_SIGNATURE_WIDTH);

  if (sorted == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to compare %" G_GSIZE_FORMAT " cases.", n);
    return FALSE;
  }
  qsort (self->rows, n, sizeof *self->rows, compare_rows);
  for (size_t i = 0; i < n; i++)
    memcpy (sorted + i * DUB_SIGNATURE_WIDTH, self->signatures + self->rows[i].index * DUB_SIGNATURE_WIDTH,
            DUB_SIGNATURE_WIDTH * sizeof *sorted);
  g_free (self->signatures);
  self->signatures = sorted;

  return TRUE;
}

/* The first row after @first whose mean is above @mean. */
static size_t
row_above (const Search *self,
           size_t        first,
           double        mean)
{
  size_t low = first, high = self->dataset->n_cases;

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (self->rows[middle].mean > mean)
      high = middle;
    else
      low = middle + 1;
  }

  return low;
}

static void
candidates_piece (size_t   piece,
                  guint    thread,
                  gpointer data)
{
  Search *self = data;
  size_t end = MIN ((piece + 1) * ROWS_A_PIECE, self->dataset->n_cases);
  double reach = self->threshold * self->range + self->slack;
  double bound = self->threshold * self->range + self->slack * sqrt (DUB_SIGNATURE_WIDTH);
  float limit = (float) (bound * bound * (1.0 + 1e-4));
  GArray *found = g_array_new (FALSE, FALSE, sizeof (DubDuplicate));

  self->found[piece] = found;
  for (size_t i = piece * ROWS_A_PIECE; i < end; i++) {
    const float *signature = self->signatures + i * DUB_SIGNATURE_WIDTH;
    size_t stop = row_above (self, i + 1, self->rows[i].mean + reach);
    guint before = found->len;

    if (dub_run_is_cancelled (self->run))
      return;
    for (size_t j = i + 1; j < stop; j++) {
      j += _dub_first_near (signature, self->signatures + j * DUB_SIGNATURE_WIDTH, stop - j, DUB_SIGNATURE_WIDTH,
                            limit);
      if (j < stop) {
        DubDuplicate pair = { .a = MIN (self->rows[i].index, self->rows[j].index),
                              .b = MAX (self->rows[i].index, self->rows[j].index) };

        g_array_append_val (found, pair);
      }
    }
    /* Whether there are too many does not depend on the order: what is found only grows. */
    if ((size_t) g_atomic_pointer_add (&self->n_found, found->len - before) + found->len - before > MOST_CANDIDATES)
      return;
  }
}

static int
compare_pairs (gconstpointer a,
               gconstpointer b)
{
  const DubDuplicate *left = a, *right = b;

  if (left->a != right->a)
    return left->a < right->a ? -1 : 1;

  return left->b < right->b ? -1 : left->b > right->b;
}

static gboolean
find_candidates (Search  *self,
                 GError **error)
{
  size_t n_pieces = (self->dataset->n_cases + ROWS_A_PIECE - 1) / ROWS_A_PIECE;

  if (!sort_rows (self, error))
    return FALSE;
  self->found = g_new0 (GArray *, n_pieces);
  if (!for_pieces (self, self->dataset->n_cases, ROWS_A_PIECE, candidates_piece, error))
    return FALSE;
  if ((size_t) self->n_found > MOST_CANDIDATES) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_UNSUPPORTED,
                 "%s has more than %" G_GSIZE_FORMAT " pairs of cases that are alike; it is no set of different images.",
                 self->dataset->name, MOST_CANDIDATES);
    return FALSE;
  }
  self->candidates = g_array_sized_new (FALSE, FALSE, sizeof (DubDuplicate), (guint) self->n_found);
  for (size_t i = 0; i < n_pieces; i++)
    g_array_append_vals (self->candidates, self->found[i]->data, self->found[i]->len);
  g_array_sort (self->candidates, compare_pairs);

  return TRUE;
}

/* --- third pass: the distance itself --- */

static void
compare_piece (size_t   piece,
               guint    thread,
               gpointer data)
{
  Search *self = data;
  size_t end = MIN ((piece + 1) * CANDIDATES_A_PIECE, self->candidates->len);
  double limit = self->threshold * self->range * self->threshold * self->range * (double) self->n_values;
  size_t held = G_MAXSIZE, n_values;
  g_autofree float *a = NULL;
  float range[2];

  for (size_t i = piece * CANDIDATES_A_PIECE; i < end; i++) {
    DubDuplicate *pair = &g_array_index (self->candidates, DubDuplicate, i);

    /* Pairs are sorted: the first case often stays. */
    if (pair->a != held) {
      g_free (a);
      a = _dub_case_values (self->dataset, pair->a, self->reduced, &n_values, range, &self->errors[piece]);
      held = pair->a;
    }

    g_autofree float *b = a != NULL ? _dub_case_values (self->dataset, pair->b, self->reduced, &n_values, range,
                                                        &self->errors[piece]) : NULL;

    if (b == NULL || dub_run_is_cancelled (self->run))
      return;

    double squares = _dub_squared_distance (a, b, self->n_values, limit);
    const DubDatasetCase *cases = self->dataset->cases;

    pair->rms = squares > limit || (squares == limit && squares > 0.0)
                  ? INFINITY : sqrt (squares / (double) self->n_values) / self->range;
    pair->opposite = cases[pair->a].label != cases[pair->b].label && cases[pair->a].label >= 0 &&
                     cases[pair->b].label >= 0;
  }
}

/* --- result --- */

static size_t
root_of (size_t *parent,
         size_t  i)
{
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];

  return i;
}

/* Cases linked by pairs share a number; numbers count up in the order of first members. */
static void
make_groups (DubDuplicates *self,
             size_t         n_cases)
{
  g_autofree size_t *parent = g_new (size_t, n_cases);
  g_autofree size_t *members = g_new0 (size_t, n_cases);
  size_t n_numbers = 0;

  for (size_t i = 0; i < n_cases; i++)
    parent[i] = i;
  for (size_t i = 0; i < self->n_pairs; i++) {
    size_t a = root_of (parent, self->pairs[i].a), b = root_of (parent, self->pairs[i].b);

    /* The lowest index is the root, so that it is met first below. */
    parent[MAX (a, b)] = MIN (a, b);
  }
  self->group = g_new (size_t, n_cases);
  for (size_t i = 0; i < n_cases; i++) {
    size_t root = root_of (parent, i);

    self->group[i] = root == i ? n_numbers++ : self->group[root];
    if (++members[root] == 2)
      self->n_groups++;
  }
}

DubDuplicates *
dub_duplicates_find (DubDataset  *dataset,
                     double       threshold,
                     DubRun      *run,
                     GError     **error)
{
  g_auto (Search) self = { .dataset = dataset, .run = run, .threshold = threshold };
  g_autoptr (GError) local = NULL;
  size_t n = dataset->n_cases;

  if (!(threshold >= 0.0 && threshold < 1.0)) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "Near-identical was asked for as %g of the range; expected 0 to less than 1.", threshold);
    return NULL;
  }
  self.rows = g_new0 (Row, n);
  self.lowest = g_new0 (float, n);
  self.highest = g_new0 (float, n);
  self.signatures = g_try_new (float, n * DUB_SIGNATURE_WIDTH);
  if (self.signatures == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_MEMORY, "There is no memory to compare %" G_GSIZE_FORMAT " cases.", n);
    return NULL;
  }

  /* A size that only the reading brings to light turns the comparison into one at the reduced size. */
  if (!describe (&self, dataset->mixed, &local) &&
      (dataset->mixed || !g_error_matches (local, DUB_ERROR, DUB_ERROR_SHAPE) || !describe (&self, TRUE, error))) {
    if (error == NULL || *error == NULL)
      g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  dub_run_set_progress (run, 0.5);
  if (!find_candidates (&self, error))
    return NULL;
  dub_run_set_progress (run, 0.7);
  for (size_t i = 0; i < (n + ROWS_A_PIECE - 1) / ROWS_A_PIECE; i++)
    g_clear_pointer (&self.found[i], g_array_unref);
  g_clear_pointer (&self.found, g_free);
  if (!for_pieces (&self, self.candidates->len, CANDIDATES_A_PIECE, compare_piece, error))
    return NULL;

  DubDuplicates *result = g_new0 (DubDuplicates, 1);

  result->reduced = self.reduced;
  result->pairs = g_new (DubDuplicate, self.candidates->len);
  for (guint i = 0; i < self.candidates->len; i++) {
    DubDuplicate *pair = &g_array_index (self.candidates, DubDuplicate, i);

    if (isfinite (pair->rms))
      result->pairs[result->n_pairs++] = *pair;
  }
  make_groups (result, n);
  dub_run_set_progress (run, 1.0);

  return result;
}

void
dub_duplicates_free (DubDuplicates *self)
{
  if (self == NULL)
    return;
  g_free (self->pairs);
  g_free (self->group);
  g_free (self);
}
