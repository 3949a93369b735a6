/* How much better or worse one way of answering is calibrated than another, on the same cases.
 *
 * Both are measured on every resample of the cases, so that what makes a sample easy or hard for both falls out of the difference:
 * two intervals side by side may overlap where the change is certain.
 */
#pragma once

#include "core/calibration/calibration.h"

G_BEGIN_DECLS

/* dub_calibration_change:
 * @before, @after: the same cases in the same order; patients are those of @before
 * @change: (out) [DUB_N_CALIBRATION_MEASURES]: after - before; what was not asked for, or is not known of both, is undefined
 *
 * Intervals are of the paired bootstrap: basic where the measure is biased (errors of bins), else percentile. The same seed gives
 * the same bits for any number of threads.
 *
 * FALSE, with @error set: DUB_ERROR_SHAPE for another number of cases; else as dub_calibration_measure.
 */
gboolean dub_calibration_change (const DubPredictions         *before,
                                 const DubPredictions         *after,
                                 const DubCalibrationOptions  *options,
                                 DubRun                       *run,
                                 DubEstimate                  *change,
                                 GError                      **error);

G_END_DECLS
