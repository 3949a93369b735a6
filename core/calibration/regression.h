/* Whether the intervals of a regression hold what they promise.
 *
 * Letters: N cases, y truth, μ and σ predicted mean and standard deviation, z = (y - μ) / σ, Φ the standard normal distribution.
 *
 * Every prediction is the distribution F (y) = R (Φ (z)), where R is the identity (a normal) or the map of an isotonic
 * recalibration; what is measured of one is measured of the other.
 * Sources: Kuleshov, Fenner & Ermon 2018 (curve, isotonic recalibration); Gneiting & Raftery 2007 (CRPS; of a normal eq. 21);
 * Laves et al. 2020, Levi et al. 2022 (one factor on σ); PICP, MPIW: Khosravi et al. 2011.
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/isotonic.h"
#include "core/stats/estimate.h"

G_BEGIN_DECLS

/* Levels of a curve that is drawn: .05 … .95. */
#define DUB_REGRESSION_LEVELS 19

typedef enum {
  DUB_REGRESSION_PICP,                /* share of the truths inside the central interval of the chosen level; Wilson */
  DUB_REGRESSION_MPIW,                /* its mean width, in units of y */
  DUB_REGRESSION_CRPS,                /* in units of y */
  DUB_REGRESSION_MISCALIBRATION_AREA, /* area between curve and diagonal over all levels, in [0, .5] */
  DUB_REGRESSION_RMSE,                /* of the mean of F */
  DUB_REGRESSION_MEAN_Z2,             /* mean squared distance from it in SDs of F: 1 is right, above is overconfident */
} DubRegressionMeasure;
#define DUB_N_REGRESSION_MEASURES (DUB_REGRESSION_MEAN_Z2 + 1)

/* "miscalibration_area"; "Miscalibration area". Static, English. */
const char *dub_regression_measure_id    (DubRegressionMeasure measure);
const char *dub_regression_measure_title (DubRegressionMeasure measure);

typedef struct {
  size_t       n_cases;
  double      *truth;   /* [N] */
  double      *mean;    /* [N] */
  double      *sd;      /* [N] > 0 */
  DubIsotonic *map;     /* (nullable) R: from (0, 0) to (1, 1), rising */
} DubRegressionCases;

/* dub_regression_cases_new:
 *
 * Copies; of normal predictions. Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases,
 *   DUB_ERROR_NUMERIC for a number that is not finite, a σ that is not above 0, and a z whose square is not finite (the message
 *   names the case).
 */
G_GNUC_WARN_UNUSED_RESULT
DubRegressionCases *dub_regression_cases_new  (const double          *truth,
                                               const double          *mean,
                                               const double          *sd,
                                               size_t                 n_cases,
                                               GError               **error);
void                dub_regression_cases_free (DubRegressionCases    *self);

/* The quantile calibration curve: share of truths not above the predicted p-quantile, at @n_levels levels
 * p = i / (n_levels + 1).
 * @level, @share: (out) [n_levels] */
void     dub_regression_curve   (const DubRegressionCases   *cases,
                                 size_t                      n_levels,
                                 double                     *level,
                                 double                     *share);

/* dub_regression_measure:
 * @level: of the central interval, in (0, 1): .95
 * @n_resamples: 0 = DUB_BOOTSTRAP_RESAMPLES
 * @estimates: (out): each with its 95 % interval
 *
 * FALSE with @error set: DUB_ERROR_ARGUMENT, DUB_ERROR_MEMORY, DUB_ERROR_CANCELLED. The same seed gives the same bits for any
 * number of threads.
 */
gboolean dub_regression_measure (const DubRegressionCases   *cases,
                                 double                      level,
                                 guint                       n_resamples,
                                 guint64                     seed,
                                 DubRun                     *run,
                                 DubEstimate                 estimates[DUB_N_REGRESSION_MEASURES],
                                 GError                    **error);

/* --- regression-recalibrate.c --- */

typedef enum {
  DUB_REGRESSION_VARIANCE, /* one factor on every σ, by maximum likelihood: the root of mean z² */
  DUB_REGRESSION_ISOTONIC, /* a rising map of levels. Of the i-th smallest Φ (z) of N the share is i / (N + 1), which is what it
                            * is on average for true predictions, so that the ends of F keep their tails */
} DubRegressionMethod;

/* "variance", "isotonic"; FALSE for another word. */
const char *dub_regression_method_id      (DubRegressionMethod   method);
gboolean    dub_regression_method_from_id (const char           *id,
                                           DubRegressionMethod  *method);

/* Fitted on one set of cases, applied to another. */
typedef struct {
  DubRegressionMethod method;
  double              factor;  /* VARIANCE: σ is multiplied by it; else 1 */
  DubIsotonic        *map;     /* (nullable) ISOTONIC: level → share, from (0, 0) to (1, 1), rising */
  size_t              n_cases;
  size_t              n_beyond; /* ISOTONIC: cases with Φ (z) of 0 or 1 in double precision, which no map of levels reaches */
  char               *split;
} DubRegressionRecalibration;

/* dub_regression_recalibrate:
 * @cases: of normal predictions
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_NUMERIC where every mean is exactly right, so that no factor
 *   above 0 is best; DUB_ERROR_ARGUMENT for cases that were recalibrated already.
 */
G_GNUC_WARN_UNUSED_RESULT
DubRegressionRecalibration *dub_regression_recalibrate         (const DubRegressionCases          *cases,
                                                                DubRegressionMethod                method,
                                                                const char                        *split,
                                                                GError                           **error);
void                        dub_regression_recalibration_free  (DubRegressionRecalibration        *self);

/* The same cases with other distributions. (transfer full), or NULL with @error set: DUB_ERROR_ARGUMENT for cases that were
 * recalibrated by a map already, DUB_ERROR_NUMERIC for a σ that leaves the range of numbers. */
G_GNUC_WARN_UNUSED_RESULT
DubRegressionCases         *dub_regression_recalibration_apply (const DubRegressionRecalibration  *self,
                                                                const DubRegressionCases          *cases,
                                                                GError                           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRegressionCases, dub_regression_cases_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRegressionRecalibration, dub_regression_recalibration_free)

G_END_DECLS
