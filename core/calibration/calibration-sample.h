/* What the measures of calibration are computed from, on the sample or on any resample of it.
 *
 * Letters: N cases, C classes, M bins.
 * Cases stand in the order of their confidence, so that the cases of a bin are neighbours, and a measure does not depend on the
 * order in which they were given. The bins are those of the sample: a resample fills them differently and leaves their edges.
 */
#pragma once

#include "core/calibration/calibration.h"
#include "core/calibration/calibration-order.h"
#include "core/calibration/calibration-sums.h"
#include "core/calibration/smooth.h"

G_BEGIN_DECLS

/* An event of every case with its confidence, by bin. */
typedef struct {
  size_t   *first;      /* [M + 1] places of bin m */
  uint32_t *cases;      /* (nullable) [N] case of the place; NULL = they are in order */
  double   *confidence; /* [N] by place, as the next */
  uint32_t *happened;   /* [N] 0 or UINT32_MAX */
} DubEventBins;

typedef struct {
  guint                measures;  /* bits */
  size_t               n_cases, n_classes, n_bins;
  DubBinning           binning;   /* of MCE and the average */
  DubCalibrationOrder *order;     /* of the cases */
  DubEventBins         width;     /* the event of predictions.h, in bins of equal width */
  size_t              *mass_first; /* (nullable) [M + 1] the same in bins of equal mass */
  DubEventBins        *classes;   /* (nullable) [C] every class, in bins of equal width */
  double              *log_loss;  /* (nullable) [N] */
  double              *square;    /* (nullable) [N] Brier's term */
  size_t               n_clipped; /* of log_loss */
  DubSmooth           *smooth;    /* (nullable) */
  int                 *groups;    /* (nullable) [N] where patients have several cases */
} DubCalibrationSample;

/* NULL with DUB_ERROR_MEMORY. */
G_GNUC_WARN_UNUSED_RESULT
DubCalibrationSample *_dub_calibration_sample_new     (const DubPredictions        *predictions,
                                                       guint                        measures,
                                                       size_t                       n_bins,
                                                       DubBinning                   binning,
                                                       GError                     **error);
void                  _dub_calibration_sample_free    (DubCalibrationSample        *self);

/* Of every class in a sum over the classes: 1/2 for two, whose errors are the same, so that Brier's score has its binary form. */
double                _dub_calibration_sample_weight  (const DubCalibrationSample  *self);
/* Doubles of scratch that one thread needs. */
size_t                _dub_calibration_sample_scratch (const DubCalibrationSample  *self);
/* @count: [N] how often each case was drawn, in this order; not all 0
 * @values: (out) [DUB_N_CALIBRATION_MEASURES], NaN for what was not asked for or is undefined */
void                  _dub_calibration_sample_measure (const DubCalibrationSample  *self,
                                                       const uint32_t              *count,
                                                       double                      *scratch,
                                                       double                      *values);

/* Numbers out of range are DUB_ERROR_ARGUMENT. */
gboolean              _dub_calibration_check_options  (const DubCalibrationOptions *options,
                                                       GError                     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCalibrationSample, _dub_calibration_sample_free)

G_END_DECLS
