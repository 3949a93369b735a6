/* Images that are not in a study, scored as its cases are: the same networks, the same fitted scores, each value beside the
 * calibration cases. An image that is in the study gets the value that its case has, unless it is a training case, which is not
 * counted among its own neighbours.
 *
 * Letters: n images, M models, C classes, K scores.
 */
#pragma once

#include "core/study/scores.h"

G_BEGIN_DECLS

typedef struct {
  char      *family;
  char     **models;        /* [M + 1] ids, NULL-terminated */
  size_t     n_models, n_cases, n_classes;
  float     *probabilities; /* (M, n, C) */
  float     *mean;          /* (n, C) the family's answer, recalibrated where that was recorded */
  char      *recalibration; /* (nullable) that step in words, as in DubScores */
  int       *predicted;     /* [n] */
  GPtrArray *scores;        /* of DubScore *: those that the study has, with values [n]; the others with their reason */
  double    *percentile;    /* (K, n) share of calibration cases at most as unsure; NaN where there is no value */
  GPtrArray *warnings;      /* of char * */
} DubImageScores;

/* dub_study_score_images:
 * @raw: [n_cases] as dub_dataset_read gives them
 * @spacing: [n_cases][3] mm, NaN where unknown
 * @names: (nullable) [n_cases] for messages
 *
 * Returns: (transfer full), or NULL with @error set: as dub_study_scores; as dub_prepare_apply for an image that does not fit,
 *   named; DUB_ERROR_UNSUPPORTED where only outputs were imported.
 */
G_GNUC_WARN_UNUSED_RESULT
DubImageScores *dub_study_score_images (DubStudy                *study,
                                        const DubScoresOptions  *options,
                                        DubTensor *const        *raw,
                                        const double           (*spacing)[3],
                                        const char *const       *names,
                                        size_t                   n_cases,
                                        DubRun                  *run,
                                        GError                 **error);
void            dub_image_scores_free  (DubImageScores          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubImageScores, dub_image_scores_free)

G_END_DECLS
