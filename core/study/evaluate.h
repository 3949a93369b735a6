/* How good the networks of a study are: every network and every ensemble, on every part of the data.
 *
 * A family is networks that differ in their fold alone; its ensemble answers with the mean of their probabilities, recalibrated
 * where such a step was recorded (answers.h). Single networks answer as they are.
 *
 *   TRAIN         of a network the cases it learned from; of an ensemble all training cases. Too good: a warning says so
 *   VALIDATION    of a network its own fold, on which its best epoch was chosen. Of an ensemble every training case, answered
 *                 by the network that did not learn from it, and not recalibrated
 *   CALIBRATION, TEST   cases that no network learned from
 *
 * Cases without a label are not counted; where the data have patients, the intervals are of patients.
 */
#pragma once

#include "core/calibration/metrics.h"
#include "core/calibration/recalibration.h"
#include "core/calibration/temperature.h"
#include "core/study/outputs.h"

G_BEGIN_DECLS

typedef enum {
  DUB_EVALUATE_TRAIN,
  DUB_EVALUATE_VALIDATION,
  DUB_EVALUATE_CALIBRATION,
  DUB_EVALUATE_TEST,
} DubEvaluateSplit;
#define DUB_N_EVALUATE_SPLITS (DUB_EVALUATE_TEST + 1)

/* "train", "validation", "calibration", "test": static. */
const char *dub_evaluate_split_name (DubEvaluateSplit split);

typedef struct {
  guint       splits;      /* bit 1 << DubEvaluateSplit; 0 = all */
  const char *family;      /* (nullable): only this one */
  gboolean    temperature; /* also what temperature scaling makes of the test part: fitted on the calibration part */
  size_t      n_bins;      /* as in DubMetricsOptions */
  size_t      n_resamples;
  guint64     seed;
} DubEvaluateOptions;

/* One answerer on one part. */
typedef struct {
  char            *family;
  char            *model;      /* id; NULL = the family's ensemble */
  int              fold;       /* of the model, -1 = none */
  size_t           n_models;   /* of the ensemble; 1 = a model */
  DubEvaluateSplit split;
  DubTemperature  *temperature; /* (nullable): the plain answers were scaled with this one; it names the part it was fitted on */
  DubRecalibration *recalibration; /* (nullable): the recorded step, which was applied to the answers */
  size_t           n_unlabelled; /* cases of the part that were not counted */
  size_t          *counts;     /* [C] cases of each class */
  DubMetrics       metrics;    /* of no cases: every estimate is undefined and says so */
  GPtrArray       *warnings;   /* of char *, one sentence each */
} DubEvaluateRow;

typedef struct {
  GPtrArray *rows;     /* of DubEvaluateRow *: family by family, models by fold before their ensemble, splits in order,
                        * scaled rows after the plain ones of the same answerer */
  size_t     n_classes;
} DubEvaluation;

/* dub_study_evaluate:
 *
 * Runs what was not run yet (dub_outputs_load). The same seed gives the same bits for any number of threads.
 *
 * Returns: (transfer full), or NULL with @error set: as dub_outputs_load; DUB_ERROR_UNSUPPORTED for a task without classes,
 *   DUB_ERROR_ARGUMENT for a family that is not there (those that are are named).
 */
G_GNUC_WARN_UNUSED_RESULT
DubEvaluation *dub_study_evaluate      (DubStudy                  *study,
                                        const DubEvaluateOptions  *options,
                                        DubRun                    *run,
                                        GError                   **error);
/* dub_evaluate_outputs:
 * @outputs: what is there (dub_outputs_peek), maybe of some networks only
 *
 * The same without running anything: networks that do not stand in @outputs are left out, an ensemble is of those that do
 * (its n_models says how many), and a family without one has no rows.
 */
G_GNUC_WARN_UNUSED_RESULT
DubEvaluation *dub_evaluate_outputs    (DubStudy                  *study,
                                        const DubOutputs          *outputs,
                                        const DubEvaluateOptions  *options,
                                        DubRun                    *run,
                                        GError                   **error);
void           dub_evaluation_free     (DubEvaluation             *self);

/* Names of the study's families in the order of their first networks; of one without a family its own id.
 * (transfer full) (element-type char *) */
GPtrArray     *dub_study_families      (const DubStudy            *study);
/* Ids of the networks of a family, by fold; ends with NULL. (transfer full) */
char         **dub_study_family_models (const DubStudy        *study,
                                        const char                *family);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubEvaluation, dub_evaluation_free)

G_END_DECLS
