/* Whether errors of calibration are more than chance makes of a network that has none.
 *
 * From N cases an error is found even where there is none: of 100 cases an ECE of about .1. So its interval may only begin above 0
 * where perfect calibration is refuted: outcomes are drawn that the probabilities are true of (consistency resampling, Bröcker &
 * Smith 2007), and the errors of such outcomes are what chance makes.
 */
#pragma once

#include "core/calibration/calibration-sample.h"

G_BEGIN_DECLS

/* Drawn samples; p has three digits. */
#define DUB_CALIBRATION_NULL_SAMPLES 999

/* dub_calibration_null:
 * @values: [DUB_N_CALIBRATION_MEASURES] of the sample itself
 * @p: (out) [DUB_N_CALIBRATION_MEASURES] for each error that is 0 of a perfect network the chance of one as large, (1 + samples
 *   with one as large) / (1 + samples); NaN for the other measures and what was not asked for
 *
 * Outcomes are drawn independently, those of one patient, too: p is then too small rather than too large.
 */
gboolean _dub_calibration_null (const DubCalibrationSample *sample,
                                const DubPredictions       *predictions,
                                const double               *values,
                                guint64                     seed,
                                DubRun                     *run,
                                double                     *p,
                                GError                    **error);

G_END_DECLS
