/* The cases that a person looks at: filtered and sorted, as a list of DubCaseItem.
 *
 *   study->data, results, selection ──▶ filter ──▶ sort by the chosen score ──▶ list
 *
 * Order and filter are arrays of indices; an item is only made when something asks for it, so that 60 000 cases cost nothing.
 *
 * Properties: "sort" (string: "case", "split", "label", "predicted", "outcome", or "score": the score chosen in the results),
 * "descending" (boolean). Signal "changed": the list, its counts or its bins are others.
 */
#pragma once

#include "ui/model/results.h"

G_BEGIN_DECLS

#define DUB_TYPE_CASE_ITEM (dub_case_item_get_type ())
G_DECLARE_FINAL_TYPE (DubCaseItem, dub_case_item, DUB, CASE_ITEM, GObject)

/* Index into study->data. */
guint        dub_case_item_get_index    (DubCaseItem     *self);

typedef enum { DUB_OUTCOME_ALL, DUB_OUTCOME_CORRECT, DUB_OUTCOME_FAILED } DubOutcome;

#define DUB_TYPE_CASE_LIST (dub_case_list_get_type ())
G_DECLARE_FINAL_TYPE (DubCaseList, dub_case_list, DUB, CASE_LIST, GObject)

/* Follows the study, results and selection of @session. */
DubCaseList *dub_case_list_new          (DubSession      *session);

/* -1 = all cases but those left out of the split. */
void         dub_case_list_set_part     (DubCaseList     *self,
                                         int              part);
int          dub_case_list_get_part     (DubCaseList     *self);
/* True label; -1 = every class. */
void         dub_case_list_set_class    (DubCaseList     *self,
                                         int              class_index);
int          dub_case_list_get_class    (DubCaseList     *self);
void         dub_case_list_set_outcome  (DubCaseList     *self,
                                         DubOutcome       outcome);
DubOutcome   dub_case_list_get_outcome  (DubCaseList     *self);
/* Whether only cases of the selected set are listed. */
void         dub_case_list_set_only_set (DubCaseList     *self,
                                         gboolean         only_set);
gboolean     dub_case_list_get_only_set (DubCaseList     *self);
/* The selected set and nothing else, of every part; nothing where there is no set. When the set goes, or is left, the part that was
 * listed before is listed again. */
void         dub_case_list_show_set     (DubCaseList     *self);
void         dub_case_list_leave_set    (DubCaseList     *self);
/* (nullable): part of the id, whatever its letters' case */
void         dub_case_list_set_find     (DubCaseList     *self,
                                         const char      *find);
const char  *dub_case_list_get_find     (DubCaseList     *self);
/* Of the chosen score, both ends in; -INFINITY and INFINITY = no bound. Another score takes them away. */
void         dub_case_list_set_range    (DubCaseList     *self,
                                         double           low,
                                         double           high);
void         dub_case_list_get_range    (DubCaseList     *self,
                                         double          *low,
                                         double          *high);
/* Every filter but the split. */
void         dub_case_list_clear_filter (DubCaseList     *self);
gboolean     dub_case_list_is_filtered  (DubCaseList     *self);

void         dub_case_list_set_sort     (DubCaseList     *self,
                                         const char      *sort,
                                         gboolean         descending);
const char  *dub_case_list_get_sort     (DubCaseList     *self);
gboolean     dub_case_list_get_descending (DubCaseList   *self);

/* (transfer none) */
DubResults  *dub_case_list_get_results  (DubCaseList     *self);
/* Place of a case in the list, -1 = it is filtered out. */
int          dub_case_list_find         (DubCaseList     *self,
                                         int              index);

typedef struct {
  guint n, n_correct, n_failed;             /* listed; those without a known outcome are in n alone */
  guint n_any, n_any_correct, n_any_failed; /* the same whatever the outcome that is filtered for */
} DubCaseCounts;

void         dub_case_list_count        (DubCaseList     *self,
                                         DubCaseCounts   *counts);

/* The chosen score of the cases that pass every filter but the range: bins of equal width between low and high. */
typedef struct {
  double low, high; /* low == high: nothing to draw */
  guint  n_bins;
  guint *correct;   /* [n_bins], those without a known outcome among them */
  guint *failed;    /* [n_bins] */
} DubScoreBins;

DubScoreBins *dub_case_list_bins        (DubCaseList     *self,
                                         guint            n_bins);
void          dub_score_bins_free       (DubScoreBins    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubScoreBins, dub_score_bins_free)

G_END_DECLS
