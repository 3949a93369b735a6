/* The ROC curve of a score, and the area below it.
 *
 * Letters: N cases, C classes, P positive and Q negative cases, K points of the curve.
 * A higher score speaks for the positive class. Cases with one score are one step of the curve, so that the area
 * counts a tied pair as half (Mann & Whitney), whatever the order of the cases.
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  size_t  n_points;       /* K: the distinct scores and the point (0, 0) */
  double *threshold;      /* [K] falling; a case is called positive when its score is >= it; [0] is INFINITY: none is */
  size_t *true_positive;  /* [K] positive cases called positive, 0 … P */
  size_t *false_positive; /* [K] negative cases called positive, 0 … Q */
  size_t  n_positive;     /* P */
  size_t  n_negative;     /* Q */
} DubRoc;

/* dub_roc_new:
 * @scores:   [N] any numbers but NaN
 * @positive: [N] whether the case is of the positive class
 *
 * One class may be absent: its rate is then NaN at every point.
 *
 * Returns: (transfer full): the curve, or NULL with @error set: DUB_ERROR_SHAPE for no cases
 *   or more than a thousand million, DUB_ERROR_NUMERIC for a NaN score (the message names the case).
 */
G_GNUC_WARN_UNUSED_RESULT
DubRoc     *dub_roc_new                 (const double    *scores,
                                         const gboolean  *positive,
                                         size_t           n_cases,
                                         GError         **error);
void        dub_roc_free                (DubRoc          *self);

/* Sensitivity and 1 - specificity at @point; NaN where the class is absent. */
double      dub_roc_true_positive_rate  (const DubRoc    *self,
                                         size_t           point);
double      dub_roc_false_positive_rate (const DubRoc    *self,
                                         size_t           point);
/* In [0, 1], exact: a quotient of two integers. NaN where a class is absent. */
double      dub_roc_area                (const DubRoc    *self);

/* Scores sorted once, so that the area of a resample costs N and no sorting. */
typedef struct _DubRanking DubRanking;

/* Arguments and errors as dub_roc_new. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubRanking *dub_ranking_new             (const double    *scores,
                                         const gboolean  *positive,
                                         size_t           n_cases,
                                         GError         **error);
void        dub_ranking_free            (DubRanking      *self);
/* @count: (nullable): [N] how often each case is there; NULL = once. NaN where a class is absent. */
double      dub_ranking_area            (const DubRanking *self,
                                         const uint32_t  *count);

/* The area alone; NaN where a class is absent or a score is NaN. */
double      dub_auroc                   (const double    *scores,
                                         const gboolean  *positive,
                                         size_t           n_cases);

/* dub_auroc_macro:
 * @probabilities: (N, C)
 * @labels: [N] in [0, C)
 *
 * The unweighted mean over the classes of the area of one class against the rest. NaN where a class has no cases or
 * a probability is NaN: a mean over the other classes would be another quantity.
 */
double      dub_auroc_macro             (const double    *probabilities,
                                         const int       *labels,
                                         size_t           n_cases,
                                         size_t           n_classes);

/* dub_hanley_mcneil_se:
 *
 * Standard error of an area from the area and the counts alone, under exponential scores (Hanley & McNeil 1982,
 * eq. 1-2). For planning and for areas found in print; with the scores at hand DeLong's (delong.h) assumes less.
 * Not symmetric: the positive class is the one whose scores have the longer tail, in failure detection the failures.
 * NaN for an area outside [0, 1] or an empty class.
 */
double      dub_hanley_mcneil_se        (double           area,
                                         size_t           n_positive,
                                         size_t           n_negative);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRoc, dub_roc_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRanking, dub_ranking_free)

G_END_DECLS
