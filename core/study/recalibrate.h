/* A recalibration of one family, fitted on the calibration part of its study, with what it does to the test part.
 *
 * Nothing is recorded: dub_study_set_recalibration does that, if the numbers below are wanted.
 */
#pragma once

#include "core/calibration/calibration.h"
#include "core/study/answers.h"

G_BEGIN_DECLS

typedef struct {
  DubRecalibration *recalibration;
  size_t            n_test;        /* labelled test cases; 0: nothing below was measured */
  size_t            n_changed;     /* of them, those that get another answer */
  DubCalibration    before, after; /* of the test part: the mean of the networks, and what the map makes of it */
  DubEstimate       change[DUB_N_CALIBRATION_MEASURES]; /* after - before, on the same cases */
  GPtrArray        *warnings;      /* of char *, one sentence each: of the fit, and where the map does harm */
} DubRecalibrated;

/* dub_study_recalibrate:
 * @outputs: of the family's networks at least
 * @options: what is measured; ECE and NLL always are
 *
 * Returns: (transfer full), or NULL with @error set: as dub_recalibration_fit, dub_study_predictions and dub_calibration_measure;
 *   DUB_ERROR_ARGUMENT for a map that cannot be applied (core/calibration/recalibration.h), saying why.
 */
G_GNUC_WARN_UNUSED_RESULT
DubRecalibrated *dub_study_recalibrate (const DubStudy               *study,
                                        const DubOutputs             *outputs,
                                        const char                   *family,
                                        DubRecalibrate                method,
                                        const DubCalibrationOptions  *options,
                                        DubRun                       *run,
                                        GError                      **error);
void             dub_recalibrated_free (DubRecalibrated              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRecalibrated, dub_recalibrated_free)

G_END_DECLS
