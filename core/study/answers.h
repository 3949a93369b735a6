/* What a family of a study answers, after the recalibration that was applied to it, if any; and its cases as calibration reads
 * them.
 *
 * The recorded step (study->recalibrations, in study.json): one of a family at most, fitted on the calibration part, applied to
 * the mean of its networks' probabilities. Everything that speaks of the family's answer reads it here: evaluation, scores,
 * export, new images. What a single network says stays as it is.
 *
 * Letters: N cases, C classes.
 */
#pragma once

#include "core/calibration/recalibration.h"
#include "core/study/outputs.h"

G_BEGIN_DECLS

/* dub_study_answers:
 * @models: [n_models] rows of @outputs: those of the family
 * @answers: (out) (N, C)
 *
 * FALSE, with @error set, where the recorded map does not fit the classes.
 */
gboolean          dub_study_answers              (const DubStudy            *study,
                                                  const DubOutputs          *outputs,
                                                  const char                *family,
                                                  const size_t              *models,
                                                  size_t                     n_models,
                                                  float                     *answers,
                                                  GError                   **error);

/* The class that the family answers where the mean of its networks' probabilities is @mean, [C], in place of that what the recorded
 * step makes of it; of equal ones the first. */
size_t            dub_study_answer               (const DubStudy            *study,
                                                  const char                *family,
                                                  double                    *mean,
                                                  size_t                     n_classes);

/* (nullable) (transfer none): the recorded step; it stays with the study even where another thread records another one. */
DubRecalibration *dub_study_get_recalibration    (const DubStudy            *study,
                                                  const char                *family);
/* Records @recalibration, which has to be usable (NULL: takes the step back); saving the study is the caller's. */
void              dub_study_set_recalibration    (DubStudy                  *study,
                                                  const char                *family,
                                                  DubRecalibration          *recalibration);
/* Whether the family has other networks than when the step was recorded, or trained anew under the same names, so that it should
 * be fitted again. Reads the ends of their files. */
gboolean          dub_study_recalibration_is_old (const DubStudy            *study,
                                                  const char                *family);

/* dub_study_predictions:
 * @model: (nullable): id of one network; NULL = the family's ensemble before any recalibration
 * @part: labelled cases of it
 * @cases: (out) (optional) (transfer full): [n_cases] index in the study of each
 *
 * Logits are the network's; of an ensemble ln of the mean probability. Patients as groups where the data have them.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_ARGUMENT for no such family or network or no labelled case in the
 *   part.
 */
G_GNUC_WARN_UNUSED_RESULT
DubPredictions   *dub_study_predictions          (const DubStudy            *study,
                                                  const DubOutputs          *outputs,
                                                  const char                *family,
                                                  const char                *model,
                                                  DubPart                    part,
                                                  size_t                   **cases,
                                                  GError                   **error);

G_END_DECLS
