/* Cases by rising confidence, which bins, curves and steps are read from.
 *
 * Letters: N cases, M bins.
 */
#pragma once

#include "core/calibration/predictions.h"
#include "core/calibration/reliability.h"

G_BEGIN_DECLS

typedef struct {
  size_t    n_cases;
  size_t   *cases;      /* [N] which case it is; of one confidence first those whose event did not happen */
  double   *confidence; /* [N] rising */
  gboolean *correct;    /* [N] */
  double   *middle;     /* [N] middle rank of the cases of that confidence, which says where they are in bins of equal mass */
} DubCalibrationOrder;

G_GNUC_WARN_UNUSED_RESULT
DubCalibrationOrder *_dub_calibration_order_new  (const DubPredictions      *predictions);
void                 _dub_calibration_order_free (DubCalibrationOrder       *self);

/* @first: (out) [M + 1]: bin m of reliability.h holds the places first[m] up to first[m + 1]. Takes O(M log N). */
void                 _dub_calibration_order_bins (const DubCalibrationOrder *self,
                                                  DubBinning                 binning,
                                                  size_t                     n_bins,
                                                  size_t                    *first);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCalibrationOrder, _dub_calibration_order_free)

G_END_DECLS
