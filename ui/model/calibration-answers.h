/* Answers on one part of the data as calibration reads them, and which cases they are of. What is here is never changed: any thread
 * may hold it.
 */
#pragma once

#include "core/calibration/recalibration.h"
#include "core/study/answers.h"

G_BEGIN_DECLS

typedef struct {
  gatomicrefcount ref_count;
  DubPredictions *predictions;
  guint          *cases; /* [predictions->n_cases] rising indices in the data set */
} DubCalibrationAnswers;

/* dub_calibration_answers_new:
 * @predictions: (transfer full)
 * @cases: [predictions->n_cases] copied
 */
G_GNUC_WARN_UNUSED_RESULT
DubCalibrationAnswers *dub_calibration_answers_new      (DubPredictions              *predictions,
                                                         const size_t                *cases);
DubCalibrationAnswers *dub_calibration_answers_ref      (DubCalibrationAnswers       *self);
void                   dub_calibration_answers_unref    (DubCalibrationAnswers       *self);

/* The same cases, one class against the rest. */
G_GNUC_WARN_UNUSED_RESULT
DubCalibrationAnswers *dub_calibration_answers_of_class (const DubCalibrationAnswers *self,
                                                         size_t                       class_index);
/* The same cases after a recalibration; NULL with @error set as dub_recalibration_apply(). */
G_GNUC_WARN_UNUSED_RESULT
DubCalibrationAnswers *dub_calibration_answers_apply    (const DubCalibrationAnswers *self,
                                                         const DubRecalibration      *map,
                                                         GError                     **error);
/* Where the case @index of the data set is among them; -1 where it is not. */
gssize                 dub_calibration_answers_find     (const DubCalibrationAnswers *self,
                                                         guint                        index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCalibrationAnswers, dub_calibration_answers_unref)

/* --- calibration-read.c --- */

/* A network, or the ensemble of a family. */
typedef struct {
  char                  *family;
  char                  *model;       /* (nullable): NULL = the ensemble */
  guint                  n_networks;  /* of the ensemble; 1 otherwise */
  DubCalibrationAnswers *test;        /* (nullable): no labelled test case */
  DubCalibrationAnswers *calibration; /* (nullable): nothing to fit on */
} DubCalibrationSubject;

/* Those of a family, its ensemble first, then the ensembles of the other families that have outputs. (transfer full) NULL with
 * @error set where the study cannot be read. Any thread; @outputs are the family's. */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray             *dub_calibration_read             (const char                  *folder,
                                                         const char                  *family,
                                                         const DubOutputs            *outputs,
                                                         DubRun                      *run,
                                                         GError                     **error);

G_END_DECLS
