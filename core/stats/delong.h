/* The uncertainty of an area below the ROC curve, without assumptions about the scores.
 *
 * Letters: N cases, P positive and Q negative ones.
 * Source: DeLong, DeLong & Clarke-Pearson 1988; placements by ranks as in Sun & Xu 2014.
 */
#pragma once

#include "core/base/error.h"
#include "core/stats/estimate.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  size_t    n_cases;    /* N */
  size_t    n_positive; /* P */
  size_t    n_negative; /* Q */
  double    area;       /* NaN where a class is absent */
  double    variance;   /* NaN where a class has fewer than two cases */
  double   *placement;  /* [N] share of the other class on the right side of this case, ties half */
  gboolean *positive;   /* [N] */
} DubDelong;

/* Arguments and errors as dub_roc_new (roc.h). (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubDelong  *dub_delong_new        (const double    *scores,
                                   const gboolean  *positive,
                                   size_t           n_cases,
                                   GError         **error);
void        dub_delong_free       (DubDelong       *self);

/* Covariance of two areas measured on the same cases: of a model with itself it is the variance, and
 * var (A - B) = var A + var B - 2 cov. NaN as the variance is, and where the cases are not the same. */
double      dub_delong_covariance (const DubDelong *a,
                                   const DubDelong *b);

/* dub_delong_estimate:
 *
 * The area with an interval that is symmetric in logit (area), so that it stays inside (0, 1) and covers better than the
 * plain one near 1 (method "DeLong (logit)"). Where the variance is 0 or unknown - all pairs in the right order, every
 * score the same, a class of one case - such an interval would have no width or not exist; it is then the score interval of
 * Newcombe 2006 (method 5), whose variance belongs to the limit and not to the estimate (method "Newcombe").
 * Where a class is absent everything is NaN.
 */
DubEstimate dub_delong_estimate   (const DubDelong *self,
                                   double           confidence);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubDelong, dub_delong_free)

G_END_DECLS
