#include "ui/model/case-list.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* --- an item --- */

struct _DubCaseItem {
  GObject parent_instance;
  guint   index;
};

G_DEFINE_FINAL_TYPE (DubCaseItem, dub_case_item, G_TYPE_OBJECT)

static void
dub_case_item_class_init (DubCaseItemClass *klass)
{
}

static void
dub_case_item_init (DubCaseItem *self)
{
}

guint
dub_case_item_get_index (DubCaseItem *self)
{
  g_return_val_if_fail (DUB_IS_CASE_ITEM (self), 0);

  return self->index;
}

static void
free_item (gpointer item)
{
  g_clear_object (&item);
}

/* --- the list --- */

struct _DubCaseList {
  GObject       parent_instance;
  DubSession   *session; /* not owned: the page that has this has it */
  DubResults   *results; /* of the session */
  GArray       *order;   /* of guint: all cases, sorted; empty = to be sorted again */
  GArray       *shown;   /* of guint: the list */
  GPtrArray    *items;   /* of DubCaseItem *, by case, NULL until asked for: a view keeps the row of an item that stays */
  GArray       *place;   /* of int, by case: place in the list, -1 = not in it */
  int           part;
  int           class_index;
  DubOutcome    outcome;
  gboolean      only_set;
  int           part_before; /* of only_set: the part that was listed before */
  char         *find;    /* (nullable), casefolded */
  double        low, high;
  char         *sort;
  gboolean      descending;
  DubCaseCounts counts;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DubCaseList, dub_case_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return DUB_TYPE_CASE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return DUB_CASE_LIST (model)->shown->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  DubCaseList *self = DUB_CASE_LIST (model);
  DubCaseItem *item;
  guint index;

  if (position >= self->shown->len)
    return NULL;
  index = g_array_index (self->shown, guint, position);
  item = g_ptr_array_index (self->items, index);
  if (item == NULL) {
    item = g_object_new (DUB_TYPE_CASE_ITEM, NULL);
    item->index = index;
    g_ptr_array_index (self->items, index) = item;
  }

  return g_object_ref (item);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static const DubStudyData *
data_of (DubCaseList *self)
{
  DubStudy *study = dub_session_get_study (self->session);

  return study != NULL ? study->data : NULL;
}

/* --- filtering --- */

/* Every filter but outcome and range. */
static gboolean
passes (DubCaseList        *self,
        const DubStudyData *data,
        size_t              i)
{
  if (self->part >= 0 ? data->split->part[i] != self->part : data->split->part[i] == DUB_PART_NONE)
    return FALSE;
  if (self->class_index >= 0 && data->labels[i] != self->class_index)
    return FALSE;
  if (self->only_set && !dub_selection_contains (dub_session_get_selection (self->session), i))
    return FALSE;
  if (self->find != NULL) {
    g_autofree char *folded = g_utf8_casefold (data->ids[i], -1);

    return strstr (folded, self->find) != NULL;
  }

  return TRUE;
}

static gboolean
has_outcome (DubCaseList *self,
             guint        failed)
{
  return self->outcome == DUB_OUTCOME_ALL || (self->outcome == DUB_OUTCOME_FAILED ? failed == 1 : failed == 0);
}

static gboolean
is_in_range (DubCaseList    *self,
             const DubScore *score,
             size_t          i)
{
  if (score == NULL || (isinf (self->low) && isinf (self->high)))
    return TRUE;

  return score->values[i] >= self->low && score->values[i] <= self->high;
}

/* --- sorting --- */

typedef struct {
  const DubStudyData *data;
  DubResults         *results;
  const DubScore     *score; /* (nullable): else by what @sort says */
  const char         *sort;
  gboolean            descending;
} Order;

static double
key_of (const Order *order,
        guint        i)
{
  if (order->score != NULL)
    return order->score->values[i];
  if (strcmp (order->sort, "split") == 0)
    return order->data->split->part[i];
  if (strcmp (order->sort, "label") == 0)
    return order->data->labels[i];
  if (strcmp (order->sort, "predicted") == 0)
    return dub_results_get_predicted (order->results, i);
  if (strcmp (order->sort, "outcome") == 0)
    return dub_results_get_failed (order->results, i);

  return i;
}

/* What has no value comes last in either direction; equals stand in the data's order. */
static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      keys)
{
  guint i = *(const guint *) a, k = *(const guint *) b;
  double left = ((const double *) keys)[i], right = ((const double *) keys)[k];

  if (left < right || left > right)
    return left < right ? -1 : 1;

  return i < k ? -1 : i > k;
}

static void
count_case (DubCaseCounts *counts,
            guint          failed,
            gboolean       listed)
{
  counts->n_any++;
  counts->n_any_correct += failed == 0;
  counts->n_any_failed += failed == 1;
  if (listed) {
    counts->n++;
    counts->n_correct += failed == 0;
    counts->n_failed += failed == 1;
  }
}

/* The chosen score; scores of a study that grew meanwhile say nothing of its new cases. */
static const DubScore *
score_of (DubCaseList *self)
{
  const DubStudyData *data = data_of (self);
  const DubScores *scores = dub_results_get_scores (self->results);

  return data != NULL && scores != NULL && scores->n_cases == data->n_cases ? dub_results_get_score (self->results) : NULL;
}

static void
sort_all (DubCaseList *self,
          size_t       n)
{
  const Order order = { .data = data_of (self), .results = self->results, .sort = self->sort, .descending = self->descending,
                        .score = strcmp (self->sort, "score") == 0 ? score_of (self) : NULL };

  g_autofree double *keys = g_new (double, MAX (n, 1));

  for (guint i = 0; i < n; i++) {
    double key = key_of (&order, i);

    keys[i] = isnan (key) ? (double) INFINITY : order.descending ? -key : key;
    g_array_append_val (self->order, i);
  }
  g_array_sort_with_data (self->order, compare, keys);
}

/* Filters what is sorted: moving a handle of the range sorts nothing. */
static void
update (DubCaseList *self)
{
  const DubStudyData *data = data_of (self);
  const DubScore *score = score_of (self);
  guint before = self->shown->len, n = data != NULL ? (guint) data->n_cases : 0;
  const int nowhere = -1;

  if (self->items->len != n) {
    g_ptr_array_set_size (self->items, 0);
    g_ptr_array_set_size (self->items, (int) n);
  }
  if (self->order->len != n) {
    g_array_set_size (self->order, 0);
    sort_all (self, n);
  }
  memset (&self->counts, 0, sizeof self->counts);
  g_array_set_size (self->shown, 0);
  g_array_set_size (self->place, 0);
  for (guint i = 0; i < n; i++)
    g_array_append_val (self->place, nowhere);
  for (guint k = 0; k < n; k++) {
    guint i = g_array_index (self->order, guint, k), failed = dub_results_get_failed (self->results, i);

    if (!passes (self, data, i) || !is_in_range (self, score, i))
      continue;
    count_case (&self->counts, failed, has_outcome (self, failed));
    if (!has_outcome (self, failed))
      continue;
    g_array_index (self->place, int, i) = (int) self->shown->len;
    g_array_append_val (self->shown, i);
  }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->shown->len);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
sort_again (DubCaseList *self)
{
  g_array_set_size (self->order, 0);
  update (self);
}

/* --- following --- */

/* What is told of a case may be another: every row is to be written anew. */
static void
results_changed_cb (DubCaseList *self)
{
  g_ptr_array_set_size (self->items, 0);
  sort_again (self);
}

static void
study_changed_cb (DubCaseList *self)
{
  const DubStudyData *data = data_of (self);

  /* The test part, where there is one. */
  self->part = -1;
  for (size_t i = 0; data != NULL && i < data->n_cases && self->part < 0; i++)
    self->part = data->split->part[i] == DUB_PART_TEST ? DUB_PART_TEST : -1;
  self->class_index = -1;
  self->outcome = DUB_OUTCOME_ALL;
  self->only_set = FALSE;
  g_clear_pointer (&self->find, g_free);
  self->low = (double) -INFINITY;
  self->high = (double) INFINITY;
  results_changed_cb (self);
}

static void
score_changed_cb (DubCaseList *self)
{
  self->low = (double) -INFINITY;
  self->high = (double) INFINITY;
  sort_again (self);
}

/* A set that is gone shows nothing: then what was listed before it is listed again. */
static void
set_changed_cb (DubCaseList *self)
{
  gboolean has_set = dub_selection_has_set (dub_session_get_selection (self->session));

  if (!self->only_set && !has_set)
    return;
  if (self->only_set && !has_set) {
    self->only_set = FALSE;
    self->part = self->part_before;
  }
  update (self);
}

/* --- the object --- */

static void
dub_case_list_finalize (GObject *object)
{
  DubCaseList *self = DUB_CASE_LIST (object);

  g_array_unref (self->order);
  g_array_unref (self->shown);
  g_ptr_array_unref (self->items);
  g_array_unref (self->place);
  g_free (self->find);
  g_free (self->sort);

  G_OBJECT_CLASS (dub_case_list_parent_class)->finalize (object);
}

static void
dub_case_list_class_init (DubCaseListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dub_case_list_finalize;
  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_CASE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dub_case_list_init (DubCaseList *self)
{
  self->order = g_array_new (FALSE, FALSE, sizeof (guint));
  self->shown = g_array_new (FALSE, FALSE, sizeof (guint));
  self->items = g_ptr_array_new_with_free_func (free_item);
  self->place = g_array_new (FALSE, FALSE, sizeof (int));
  self->sort = g_strdup ("score");
  self->descending = TRUE;
}

DubCaseList *
dub_case_list_new (DubSession *session)
{
  g_return_val_if_fail (DUB_IS_SESSION (session), NULL);

  DubCaseList *self = g_object_new (DUB_TYPE_CASE_LIST, NULL);
  DubSelection *selection = dub_session_get_selection (session);

  self->session = session;
  self->results = dub_results_of_session (session);
  g_signal_connect_object (session, "notify::study", G_CALLBACK (study_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "study-edited", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "changed", G_CALLBACK (results_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->results, "notify::score", G_CALLBACK (score_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "notify::set-title", G_CALLBACK (set_changed_cb), self, G_CONNECT_SWAPPED);
  study_changed_cb (self);

  return self;
}

/* --- what is asked for --- */

void
dub_case_list_set_part (DubCaseList *self,
                        int          part)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  if (self->part != part) {
    self->part = part;
    update (self);
  }
}

int
dub_case_list_get_part (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), -1);

  return self->part;
}

void
dub_case_list_set_class (DubCaseList *self,
                         int          class_index)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  if (self->class_index != class_index) {
    self->class_index = class_index;
    update (self);
  }
}

int
dub_case_list_get_class (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), -1);

  return self->class_index;
}

void
dub_case_list_set_outcome (DubCaseList *self,
                           DubOutcome   outcome)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  if (self->outcome != outcome) {
    self->outcome = outcome;
    update (self);
  }
}

DubOutcome
dub_case_list_get_outcome (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), DUB_OUTCOME_ALL);

  return self->outcome;
}

void
dub_case_list_set_only_set (DubCaseList *self,
                            gboolean     only_set)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  only_set = only_set && dub_selection_has_set (dub_session_get_selection (self->session));
  if (self->only_set != only_set) {
    self->only_set = only_set;
    self->part_before = self->part;
    update (self);
  }
}

void
dub_case_list_show_set (DubCaseList *self)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  if (!dub_selection_has_set (dub_session_get_selection (self->session)))
    return;

  int before = self->only_set ? self->part_before : self->part;

  dub_case_list_clear_filter (self);
  self->part_before = before;
  self->only_set = TRUE;
  self->part = -1;
  dub_case_list_set_sort (self, "score", TRUE);
  update (self);
}

void
dub_case_list_leave_set (DubCaseList *self)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  if (self->only_set)
    self->part = self->part_before;
  dub_case_list_clear_filter (self);
}

gboolean
dub_case_list_get_only_set (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), FALSE);

  return self->only_set;
}

void
dub_case_list_set_find (DubCaseList *self,
                        const char  *find)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  g_autofree char *folded = find != NULL && find[0] != '\0' ? g_utf8_casefold (find, -1) : NULL;

  if (g_strcmp0 (folded, self->find) == 0)
    return;
  g_free (self->find);
  self->find = g_steal_pointer (&folded);
  update (self);
}

const char *
dub_case_list_get_find (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), NULL);

  return self->find;
}

void
dub_case_list_set_range (DubCaseList *self,
                         double       low,
                         double       high)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));
  g_return_if_fail (!isnan (low) && !isnan (high));

  if (self->low < low || self->low > low || self->high < high || self->high > high) {
    self->low = low;
    self->high = high;
    update (self);
  }
}

void
dub_case_list_get_range (DubCaseList *self,
                         double      *low,
                         double      *high)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  *low = self->low;
  *high = self->high;
}

void
dub_case_list_clear_filter (DubCaseList *self)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  if (!dub_case_list_is_filtered (self))
    return;
  self->class_index = -1;
  self->outcome = DUB_OUTCOME_ALL;
  self->only_set = FALSE;
  g_clear_pointer (&self->find, g_free);
  self->low = (double) -INFINITY;
  self->high = (double) INFINITY;
  update (self);
}

gboolean
dub_case_list_is_filtered (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), FALSE);

  return self->class_index >= 0 || self->outcome != DUB_OUTCOME_ALL || self->only_set || self->find != NULL || !isinf (self->low)
         || !isinf (self->high);
}

void
dub_case_list_set_sort (DubCaseList *self,
                        const char  *sort,
                        gboolean     descending)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));
  g_return_if_fail (sort != NULL);

  if (strcmp (self->sort, sort) == 0 && self->descending == descending)
    return;

  g_autofree char *own = g_strdup (sort);

  g_free (self->sort);
  self->sort = g_steal_pointer (&own);
  self->descending = descending;
  sort_again (self);
}

const char *
dub_case_list_get_sort (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), NULL);

  return self->sort;
}

gboolean
dub_case_list_get_descending (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), FALSE);

  return self->descending;
}

DubResults *
dub_case_list_get_results (DubCaseList *self)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), NULL);

  return self->results;
}

int
dub_case_list_find (DubCaseList *self,
                    int          index)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), -1);

  return index >= 0 && (guint) index < self->place->len ? g_array_index (self->place, int, index) : -1;
}

void
dub_case_list_count (DubCaseList   *self,
                     DubCaseCounts *counts)
{
  g_return_if_fail (DUB_IS_CASE_LIST (self));

  *counts = self->counts;
}

/* --- bins --- */

void
dub_score_bins_free (DubScoreBins *self)
{
  if (self == NULL)
    return;
  g_free (self->correct);
  g_free (self->failed);
  g_free (self);
}

DubScoreBins *
dub_case_list_bins (DubCaseList *self,
                    guint        n_bins)
{
  g_return_val_if_fail (DUB_IS_CASE_LIST (self), NULL);
  g_return_val_if_fail (n_bins > 0, NULL);

  DubScoreBins *bins = g_new0 (DubScoreBins, 1);
  const DubStudyData *data = data_of (self);
  const DubScore *score = score_of (self);
  size_t n = score != NULL ? data->n_cases : 0;
  gboolean any = FALSE;

  bins->n_bins = n_bins;
  bins->correct = g_new0 (guint, n_bins);
  bins->failed = g_new0 (guint, n_bins);
  for (int pass = 0; pass < 2; pass++) {
    /* An axis that nearly reaches 0 begins there. */
    if (pass == 1 && bins->low > 0.0 && bins->low < 0.5 * bins->high)
      bins->low = 0.0;
    for (size_t i = 0; i < n; i++) {
      guint failed = dub_results_get_failed (self->results, i);
      double value = score->values[i];

      if (!isfinite (value) || !passes (self, data, i) || !has_outcome (self, failed))
        continue;
      if (pass == 0) {
        bins->low = any ? MIN (bins->low, value) : value;
        bins->high = any ? MAX (bins->high, value) : value;
        any = TRUE;
      } else {
        double t = bins->high > bins->low ? (value - bins->low) / (bins->high - bins->low) : 0.0;
        guint bin = MIN ((guint) (t * n_bins), n_bins - 1);

        (failed == 1 ? bins->failed : bins->correct)[bin]++;
      }
    }
  }

  return bins;
}
