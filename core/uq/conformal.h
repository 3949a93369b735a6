/* Sets of classes that hold the true one with a chosen probability: split conformal prediction.
 *
 * Letters: N cases, C classes, s(x, y) how badly class y conforms to case x, α the share of sets that may miss, r(y) the rank of y
 * among the probabilities of its case (1 = largest; of equal ones the lower class first).
 *
 *   LAC   s = 1 - p_y                                     smallest sets; some may be empty (Sadinle et al. 2019)
 *   APS   s = Σ p of the classes ranked before y + p_y    adapts to hard cases (Romano et al. 2020)
 *   RAPS  APS + λ max (0, r(y) - k)                       shorter tails (Angelopoulos et al. 2021)
 *
 * The threshold q is the ⌈(n + 1)(1 - α)⌉-th smallest s(x, label) of n calibration cases, which nothing else was fitted on (no
 * temperature either); the set of a case is { y : s(x, y) <= q }. If calibration and new cases are exchangeable, it holds the label
 * in at least 1 - α of the cases, averaged over calibration sets; class-conditionally (Vovk 2012) in each class, each with a q of
 * its own cases.
 *
 * Of the last class of a case APS says 1. Where more than a share α of the labels are in last place, as happens with two classes, q is
 * 1 and every set holds every class: far more than was asked. Randomised, APS and RAPS take u p_y instead of p_y, u uniform in
 * [0, 1), which covers 1 - α up to 1 / (n + 1). u comes from the seed and the case's own probabilities, so that a case has the same
 * set alone as in any batch; two cases that are the same to the bit share it.
 */
#pragma once

#include "core/base/error.h"
#include "core/stats/estimate.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef enum { DUB_CONFORMAL_LAC, DUB_CONFORMAL_APS, DUB_CONFORMAL_RAPS } DubConformalMethod;
#define DUB_N_CONFORMAL (DUB_CONFORMAL_RAPS + 1)

typedef struct {
  DubConformalMethod method;
  double   alpha;             /* in (0, 1) */
  gboolean class_conditional;
  gboolean randomized;        /* not read for LAC */
  guint64  seed;
  double   penalty;           /* λ >= 0 of RAPS */
  guint    n_free;            /* k of RAPS: ranks without a penalty */
} DubConformalOptions;

#define DUB_CONFORMAL_DEFAULT ((DubConformalOptions) { .alpha = .1, .penalty = .1, .n_free = 1 })

typedef struct {
  DubConformalOptions options;
  size_t   n_cases;   /* of the fit */
  size_t   n_classes; /* C */
  size_t  *counts;    /* [C] calibration cases of each class */
  double  *threshold; /* [C] q of each class; all the same where not class-conditional */
} DubConformal;

/* "lac", "aps", "raps": static. */
const char   *dub_conformal_id       (DubConformalMethod          method);
/* FALSE: no such id. */
gboolean      dub_conformal_from_id  (const char                 *id,
                                      DubConformalMethod         *method);

/* The ⌈(n + 1)(1 - α)⌉-th smallest of @scores [n]; INFINITY where that is more than n. */
double        dub_conformal_quantile (const double               *scores,
                                      size_t                      n,
                                      double                      alpha);
/* Fewest cases with a finite threshold: ⌈1 / α⌉ - 1. */
size_t        dub_conformal_needed   (double                      alpha);

/* dub_conformal_fit:
 * @probabilities: (N, C), @labels: [N]
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE, DUB_ERROR_NUMERIC as core/stats/check.h;
 *   DUB_ERROR_ARGUMENT for options out of range, and for fewer cases than dub_conformal_needed, class-conditionally of any class
 *   (it is named).
 */
G_GNUC_WARN_UNUSED_RESULT
DubConformal *dub_conformal_fit      (const double               *probabilities,
                                      const int                  *labels,
                                      size_t                      n_cases,
                                      size_t                      n_classes,
                                      const DubConformalOptions  *options,
                                      GError                    **error);
void          dub_conformal_free     (DubConformal               *self);

/* dub_conformal_sets:
 * @sets: (out) (N, C) 1 where the class is in the set of the case
 */
gboolean      dub_conformal_sets     (const DubConformal         *self,
                                      const double               *probabilities,
                                      size_t                      n_cases,
                                      guint8                     *sets,
                                      GError                    **error);

typedef struct {
  size_t       n_cases;   /* with a label */
  DubEstimate  coverage;  /* share of sets that hold the label: Wilson */
  DubEstimate *by_class;  /* [C] the same among the cases of each class */
  double       mean_size; /* over all cases */
  size_t      *sizes;     /* [C + 1] cases with a set of so many classes */
  size_t       n_classes;
} DubConformalReport;

/* dub_conformal_report:
 * @sets: (N, C), @labels: [N], -1 = unknown: counted for the sizes alone
 */
G_GNUC_WARN_UNUSED_RESULT
DubConformalReport *dub_conformal_report      (const guint8        *sets,
                                               const int           *labels,
                                               size_t               n_cases,
                                               size_t               n_classes,
                                               double               confidence);
void                dub_conformal_report_free (DubConformalReport  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubConformal, dub_conformal_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubConformalReport, dub_conformal_report_free)

G_END_DECLS
