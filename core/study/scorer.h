/* One score of a study, fitted as its cases are scored and ready for answers that are no case's: those to an image that somebody
 * changes, as a heatmap does. Only scores that look once at an image: those of changed images or of Dropout would have to run the
 * networks again for every answer.
 *
 * A case that was no training case gets the value that it has in the study; an image of a training case is among its own
 * neighbours, as it is a new image here. A combination is of the scores that look once, as far as options do not say others.
 */
#pragma once

#include "core/study/scores.h"

G_BEGIN_DECLS

typedef struct _DubScorer DubScorer;

/* dub_scorer_new:
 * @id: of an estimator or of a fusion; a fusion combines what @options say, as far as it needs no changed images
 *
 * Runs the networks over the cases where that was not done yet, and fits. @study is kept as long as the scorer.
 *
 * Returns: (transfer full), or NULL with @error set: as dub_study_scores; DUB_ERROR_ARGUMENT for a score that needs changed images,
 *   naming those that do not.
 */
G_GNUC_WARN_UNUSED_RESULT
DubScorer   *dub_scorer_new   (DubStudy                *study,
                               const DubScoresOptions  *options,
                               const char              *id,
                               DubRun                  *run,
                               GError                 **error);
void         dub_scorer_free  (DubScorer               *self);

/* Ids of the family's networks in the order in which answers are read, NULL-terminated. (transfer none) */
char *const *dub_scorer_models (const DubScorer        *self);

/* A DubHeatmapScoreFunc whose @scorer is the DubScorer. @answers: of dub_scorer_models; @scores: (out) [N of @answers] */
gboolean     dub_scorer_score (const DubAnswers        *answers,
                               double                  *scores,
                               gpointer                 scorer,
                               DubRun                  *run,
                               GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubScorer, dub_scorer_free)

G_END_DECLS
