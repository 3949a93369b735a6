/* Whether the intervals of a regression hold what they promise.
 *
 * Letters: N cases, y truth, μ and σ predicted mean and standard deviation (normal), or Q predicted quantiles.
 * Sources: Kuleshov, Fenner & Ermon 2018 (curve, isotonic recalibration); Gneiting & Raftery 2007 (CRPS of a normal, eq. 21);
 * Laves et al. 2020, Levi et al. 2022 (one factor on σ); PICP, MPIW: Khosravi et al. 2011.
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/isotonic.h"
#include "core/stats/estimate.h"

G_BEGIN_DECLS

typedef enum {
  DUB_REGRESSION_PICP,                /* share of the truths inside the central interval of the chosen level */
  DUB_REGRESSION_MPIW,                /* its mean width, in units of y */
  DUB_REGRESSION_CRPS,                /* in units of y */
  DUB_REGRESSION_MISCALIBRATION_AREA, /* area between curve and diagonal, in [0, .5] */
  DUB_REGRESSION_RMSE,
  DUB_REGRESSION_MEAN_Z2,             /* mean ((y - μ) / σ)²: 1 is right, above is overconfident */
} DubRegressionMeasure;
#define DUB_N_REGRESSION_MEASURES (DUB_REGRESSION_MEAN_Z2 + 1)

const char *dub_regression_measure_id    (DubRegressionMeasure measure);
const char *dub_regression_measure_title (DubRegressionMeasure measure);

typedef struct {
  size_t    n_cases;
  double   *truth;   /* [N] */
  double   *mean;    /* [N] */
  double   *sd;      /* [N] > 0 */
} DubRegressionCases;

G_GNUC_WARN_UNUSED_RESULT
DubRegressionCases *dub_regression_cases_new  (const double          *truth,
                                               const double          *mean,
                                               const double          *sd,
                                               size_t                 n_cases,
                                               GError               **error);
void                dub_regression_cases_free (DubRegressionCases    *self);

/* The quantile calibration curve: share of truths below the predicted p-quantile, at @n_levels levels p = i / (n_levels + 1).
 * @share: (out) [n_levels] */
void     dub_regression_curve   (const DubRegressionCases   *cases,
                                 size_t                      n_levels,
                                 double                     *level,
                                 double                     *share);

/* dub_regression_measure:
 * @level: of the central interval, in (0, 1): .95
 * @estimates: (out): each with its bootstrap interval
 */
gboolean dub_regression_measure (const DubRegressionCases   *cases,
                                 double                      level,
                                 guint                       n_resamples,
                                 guint64                     seed,
                                 DubRun                     *run,
                                 DubEstimate                 estimates[DUB_N_REGRESSION_MEASURES],
                                 GError                    **error);

typedef enum { DUB_REGRESSION_VARIANCE, DUB_REGRESSION_ISOTONIC } DubRegressionMethod;

/* Fitted on one set of cases, applied to another: the factor on σ, or the map of levels. */
typedef struct {
  DubRegressionMethod method;
  double              factor;  /* VARIANCE: σ is multiplied by it */
  DubIsotonic        *map;     /* ISOTONIC: level → share */
  size_t              n_cases;
  char               *split;
} DubRegressionRecalibration;

G_GNUC_WARN_UNUSED_RESULT
DubRegressionRecalibration *dub_regression_recalibrate         (const DubRegressionCases          *cases,
                                                                DubRegressionMethod                method,
                                                                const char                        *split,
                                                                GError                           **error);
void                        dub_regression_recalibration_free  (DubRegressionRecalibration        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRegressionCases, dub_regression_cases_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRegressionRecalibration, dub_regression_recalibration_free)

G_END_DECLS
