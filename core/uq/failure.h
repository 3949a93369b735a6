/* How well a score of uncertainty finds the failures of a network.
 *
 * Positive = answered correctly, as in source 000: a case is accepted when its uncertainty is at most the threshold;
 * sensitivity = accepted correct / all correct, specificity = rejected failures / all failures.
 * Letters: N cases, K distinct scores. Tied cases are accepted together, everywhere.
 * Sources: 000 (tables); Geifman & El-Yaniv 2017 (risk-coverage, AURC; E-AURC 2019); Traub et al. 2024 (AUGRC).
 */
#pragma once

#include "core/base/run.h"
#include "core/stats/estimate.h"
#include "core/stats/rate.h"
#include "core/stats/roc.h"

G_BEGIN_DECLS

typedef enum {
  DUB_POINT_BALANCED,    /* maximum balanced accuracy; of equal ones the one that accepts more */
  DUB_POINT_SPECIFICITY, /* specificity 1: the largest threshold that accepts no failure */
  DUB_POINT_CHOSEN,      /* a threshold that a person chose */
} DubPointKind;

typedef struct {
  double      threshold;         /* accept uncertainty <= threshold; -INFINITY accepts nothing */
  DubRate     correct_accepted;  /* n of d: sensitivity */
  DubRate     failures_rejected; /* specificity */
  DubEstimate sensitivity;       /* Wilson; of n of n and 0 of n exact */
  DubEstimate specificity;
  DubEstimate balanced;          /* mean of the two, stratified bootstrap at the fixed threshold; where one of the two is n of n
                                  * or 0 of n, which resamples never leave, from the limits of the two (Zou & Donner 2008) */
  DubRate     accepted;          /* coverage, n of N */
  DubRate     failures_accepted; /* risk: failures among the accepted */
} DubOperatingPoint;

/* The points of the curves: one for each distinct score, and the one that accepts nothing. */
typedef struct {
  size_t  n_points;   /* K + 1 */
  double *threshold;  /* [K + 1] rising, [0] = -INFINITY */
  size_t *accepted;   /* [K + 1] cases accepted */
  size_t *failures;   /* [K + 1] failures among them */
  size_t  n_cases, n_failures;
} DubAcceptance;

typedef struct {
  size_t        n_cases, n_failures;
  DubEstimate   auroc;           /* DeLong; undefined (and says so) without failures or without successes */
  DubEstimate   auroc_bootstrap;
  DubEstimate   aurc, eaurc, augrc; /* bootstrap. AURC: mean over cases of the risk when all cases at most as unsure are accepted;
                                 * E-AURC: beyond that of these failures ranked last (0 = perfect); AUGRC by trapezia, so that
                                 * (1 − AUROC) a (1 − a) + ½ (1 − a)² holds with ties, too, a = share of correct */
  DubEstimate   fpr95;           /* share of failures accepted where 95 % of the correct are */
  DubOperatingPoint point[2];    /* balanced, specificity 1: threshold chosen on the fitting cases … */
  DubOperatingPoint own_point[2]; /* … and as source 000 has it, chosen on the measured cases themselves: too good */
  gboolean      has_fitting;     /* FALSE: no fitting cases were given, point = own_point */
  size_t        n_fitting, n_fitting_failures;
  DubEstimate   zero_failure;    /* coverage up to the first failure, the limiting case: Clopper-Pearson */
  gssize        zero_failure_case; /* index of the most certain failure, -1 = no failures */
  DubEstimate   zero_specificity; /* specificity 1 as n/n with its exact lower bound (14/14 → .768) */
  DubAcceptance *acceptance;     /* curves of the measured cases */
} DubFailure;

typedef struct {
  const double   *fitting_scores;  /* (nullable) calibration cases, on which thresholds are chosen */
  const gboolean *fitting_correct;
  size_t          n_fitting;
  const int      *groups;          /* (nullable) [N] patients: every interval is then a bootstrap of patients, or of those with such
                                    * a case where a rate is n of n */
  guint           n_resamples;     /* 0 = DUB_BOOTSTRAP_RESAMPLES */
  guint64         seed;
  double          confidence;      /* 0 = DUB_CONFIDENCE */
} DubFailureOptions;

/* dub_failure_measure:
 * @uncertainty: [N] finite, @correct: [N]
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases, DUB_ERROR_NUMERIC for a NaN score (named
 *   by its index), DUB_ERROR_CANCELLED. Without failures, or without successes, what is undefined is NaN and says why.
 */
G_GNUC_WARN_UNUSED_RESULT
DubFailure *dub_failure_measure (const double             *uncertainty,
                                 const gboolean           *correct,
                                 size_t                    n_cases,
                                 const DubFailureOptions  *options,
                                 DubRun                   *run,
                                 GError                  **error);
void        dub_failure_free    (DubFailure               *self);

/* The point at a threshold that a person drags: no resampling, so that it answers within a frame (balanced has no interval). */
DubOperatingPoint dub_failure_point (const DubAcceptance *acceptance,
                                     double               threshold,
                                     double               confidence);
/* The largest threshold whose risk on these cases is at most @risk; -INFINITY = none. */
double      dub_acceptance_threshold_at_risk (const DubAcceptance *self,
                                              double               risk);
DubAcceptance *dub_acceptance_new  (const double   *uncertainty,
                                    const gboolean *correct,
                                    size_t          n_cases,
                                    GError        **error);
void        dub_acceptance_free (DubAcceptance *self);
/* Index of the point chosen by @kind (not CHOSEN) on these cases. Without failures both accept everything; without successes
 * nothing. */
size_t      dub_acceptance_choose (const DubAcceptance *self,
                                   DubPointKind         kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubFailure, dub_failure_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubAcceptance, dub_acceptance_free)

G_END_DECLS
