/* How far confidences can be believed: every measure of calibration with its bootstrap interval.
 *
 * Letters: N cases, C classes, M bins, R resamples.
 * Sources: 002, eqs. 3-6 (ECE, MCE); Nixon et al. 2019 (adaptive); Kull et al. 2019 (classwise); Neumann et al. 2018 (average);
 * Błasiok & Nakkiran 2023 (smooth); Murphy 1973 and Stephenson et al. 2008 (parts of Brier's score).
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/predictions.h"
#include "core/calibration/reliability.h"
#include "core/stats/estimate.h"

G_BEGIN_DECLS

typedef enum {
  DUB_CALIBRATION_ECE,               /* expected, M equal-width bins */
  DUB_CALIBRATION_ADAPTIVE_ECE,      /* expected, M equal-mass bins */
  DUB_CALIBRATION_CLASSWISE_ECE,     /* mean over classes of each one's ECE; undefined where C = 0 */
  DUB_CALIBRATION_MCE,               /* maximum, M bins as chosen */
  DUB_CALIBRATION_AVERAGE,           /* plain mean of the gaps of the bins that are not empty */
  DUB_CALIBRATION_SMOOTH,            /* kernel ECE at the width that equals it: needs no bins */
  DUB_CALIBRATION_OVERCONFIDENCE,    /* signed: mean confidence - accuracy */
  DUB_CALIBRATION_BRIER,             /* C = 2 and C = 0: binary form in [0, 1]; C > 2: sum over classes, in [0, 2] */
  DUB_CALIBRATION_BRIER_RELIABILITY, /* the parts, over the M equal-width groups; brier = reliability - resolution +
                                      * uncertainty + within */
  DUB_CALIBRATION_BRIER_RESOLUTION,
  DUB_CALIBRATION_BRIER_UNCERTAINTY,
  DUB_CALIBRATION_NLL,               /* in nats; where C = 0 of the event */
  DUB_CALIBRATION_ACCURACY,          /* of the one class: its share */
} DubCalibrationMeasure;
#define DUB_N_CALIBRATION_MEASURES (DUB_CALIBRATION_ACCURACY + 1)

/* "adaptive_ece"; "Adaptive calibration error"; one sentence with the formula. Static, English: a window translates them. */
const char *dub_calibration_measure_id         (DubCalibrationMeasure measure);
const char *dub_calibration_measure_title      (DubCalibrationMeasure measure);
const char *dub_calibration_measure_definition (DubCalibrationMeasure measure);

/* Zeros are the defaults. */
typedef struct {
  guint      measures;    /* bit 1 << DubCalibrationMeasure; 0 = all */
  size_t     n_bins;      /* M; 0 = DUB_RELIABILITY_BINS */
  DubBinning binning;     /* of ECE's companions MCE and the average; ECE is always of equal width, the adaptive one of equal
                           * mass */
  guint      n_resamples; /* R; 0 = DUB_BOOTSTRAP_RESAMPLES */
  guint64    seed;
  double     confidence;  /* 0 = DUB_CONFIDENCE */
} DubCalibrationOptions;

/* A plain value. Nothing in it is owned. */
typedef struct {
  size_t      n_cases, n_classes, n_bins;
  DubBinning  binning;
  size_t      worst_bin;   /* the one that MCE is of */
  size_t      worst_count; /* cases in it: few make MCE mean little */
  size_t      n_clipped;   /* of NLL, as in scores.h */
  const char *brier_form;
  DubEstimate estimate[DUB_N_CALIBRATION_MEASURES]; /* what was not asked for is undefined, and its method says so */
} DubCalibration;

/* dub_calibration_measure:
 *
 * The same seed gives the same bits for any number of threads, and for any order of the cases. Bins are those of the sample: a
 * resample fills them differently and leaves their edges.
 *
 * Intervals. Accuracy has Wilson's where cases are independent. Means (confidence - accuracy, Brier, NLL, Brier's uncertainty) have
 * the percentile bootstrap. Errors of bins, the smooth error and Brier's resolution are overestimated from few cases, and more so
 * on a resample of them, so that percentiles and BCa miss the truth, and they carry the basic bootstrap. It alone still begins
 * above 0 for half of the perfectly calibrated networks: so the limit of every error that is 0 of such a network is 0, unless 999
 * samples of outcomes drawn from the probabilities refute it at the level of one tail. Simulated coverage of .95: from .88 to .98
 * for the ECE (the table in core/calibration/README has percentile, BCa and basic, too). All are cut to the range of the measure
 * and widened to hold its value. Where patients have several cases, patients are resampled; the samples that refute are of
 * independent outcomes all the same, and so refute too soon rather than too late.
 *
 * FALSE, with @error set: DUB_ERROR_ARGUMENT, DUB_ERROR_MEMORY, DUB_ERROR_CANCELLED. @calibration is then undefined.
 */
gboolean    dub_calibration_measure  (const DubPredictions         *predictions,
                                      const DubCalibrationOptions  *options,
                                      DubRun                       *run,
                                      DubCalibration               *calibration,
                                      GError                      **error);

/* What probabilities that differ inside a group add: brier - (reliability - resolution + uncertainty). NaN where one of these was
 * not asked for. */
double      dub_calibration_brier_within (const DubCalibration     *calibration);

/* --- calibration-curve.c: within a frame, for a slider --- */

/* dub_calibration_curve:
 * @lowest, @highest: M, 0 < lowest <= highest
 * @ece, @mce: (out) [highest - lowest + 1] for M = lowest … highest bins; either may be NULL
 */
void        dub_calibration_curve    (const DubPredictions         *predictions,
                                      DubBinning                    binning,
                                      size_t                        lowest,
                                      size_t                        highest,
                                      double                       *ece,
                                      double                       *mce);

/* --- calibration-band.c --- */

typedef enum {
  DUB_BAND_BOOTSTRAP,   /* where the accuracy of the bin may lie: percentile bootstrap of its own cases (of patients where there
                         * are groups); Wilson's interval where outcomes of the bin are all alike, since they stay so in every
                         * resample (of its patients where there are groups) */
  DUB_BAND_CONSISTENCY, /* where it would lie if the network were perfectly calibrated: outcomes drawn from the confidences
                         * (Bröcker & Smith 2007) */
} DubBand;

/* dub_calibration_band:
 * @reliability: of @predictions
 * @low, @high: (out) [M] NaN for empty bins
 *
 * Limits are order statistics of the resamples in which the bin is not empty. Errors as of dub_calibration_measure.
 */
gboolean    dub_calibration_band     (const DubPredictions         *predictions,
                                      const DubReliability         *reliability,
                                      DubBand                       band,
                                      guint                         n_resamples, /* 0 = 999 */
                                      guint64                       seed,
                                      double                        confidence,
                                      double                       *low,
                                      double                       *high,
                                      DubRun                       *run,
                                      GError                      **error);

/* --- calibration-curve.c --- */

/* Reliability of @predictions in either binning. Never NULL for valid predictions and n_bins > 0. */
DubReliability *dub_predictions_reliability (const DubPredictions  *predictions,
                                             DubBinning             binning,
                                             size_t                 n_bins);

G_END_DECLS
