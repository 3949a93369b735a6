/* What scores are computed from: the outputs of a family as answers without labels, and what estimators are fitted on.
 * scores*.c, scorer.c and score-images.c only.
 */
#pragma once

#include "core/study/answers.h"
#include "core/study/final-layer.h"
#include "core/study/scores.h"
#include "core/study/study-views.h"

G_BEGIN_DECLS

typedef struct {
  DubStudy        *study;       /* borrowed */
  DubScoresOptions options;     /* every number is set; texts are the caller's */
  char            *family;
  const DubRecalibration *recalibration; /* (nullable) the step that was recorded when this began */
  DubOutputs      *outputs;
  size_t          *rows;        /* [n_models] of the family in the outputs */
  char           **models;      /* [n_models + 1] ids of these */
  size_t           n_models;
  size_t           n_lacking;   /* networks of the family without outputs: only where nothing is run */
  GArray          *train;       /* of size_t: labelled cases */
  GArray          *calibration; /* the same */
  GArray          *viewed;      /* calibration and test cases, which alone are looked at more than once */
  int             *train_labels, *calibration_labels;
  DubAnswers      *all;         /* every case, in order */
  DubFitting       fitting;
  DubAnswers      *training;    /* (nullable) what fitting points to */
  DubAnswers      *calibrating; /* (nullable) */
  DubFinalLayer   *layers;      /* (nullable) [n_models] */
  GPtrArray       *found;       /* of DubTensor *: what the layers point to */
  GPtrArray       *views;       /* of DubStudyViews *: what answers point to */
  guint            have;        /* DubNeeds that can be met */
} DubScoring;

/* @cached_only: only stored outputs; NULL without @error where there are none. */
G_GNUC_WARN_UNUSED_RESULT
DubScoring *_dub_scoring_new       (DubStudy                *study,
                                    const DubScoresOptions  *options,
                                    gboolean                 cached_only,
                                    DubRun                  *run,
                                    GError                 **error);
void        _dub_scoring_free      (DubScoring              *self);

/* What the scores depend on, as 64 digits; NULL where a network's file is gone. (transfer full) */
char       *_dub_scoring_key       (const DubScoring        *self);

/* @run_views: whether networks may be run on views that are not stored. Where they may not and would have to be, *absent is TRUE
 * and nothing is fitted. @fitted: (out) (nullable): NULL where there is nothing to fit. */
gboolean    _dub_scoring_fit       (DubScoring              *self,
                                    const DubEstimator      *estimator,
                                    gboolean                 run_views,
                                    gpointer                *fitted,
                                    gboolean                *absent,
                                    DubRun                  *run,
                                    GError                 **error);
/* @values: (out) [N] NaN for cases that are not looked at more than once, where the estimator needs that. */
gboolean    _dub_scoring_score     (DubScoring              *self,
                                    const DubEstimator      *estimator,
                                    gconstpointer            fitted,
                                    gboolean                 run_views,
                                    double                  *values,
                                    gboolean                *absent,
                                    DubRun                  *run,
                                    GError                 **error);
/* Which views an estimator reads to score; @policies: (out) (nullable) (transfer full): kept by the caller as long as @views. */
void        _dub_scoring_views     (const DubScoring        *self,
                                    const DubEstimator      *estimator,
                                    gconstpointer            fitted,
                                    GArray                 **policies,
                                    DubViewsOptions         *views);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubScoring, _dub_scoring_free)

/* Every column, from what is stored and what has to be computed; what was computed is stored. */
G_GNUC_WARN_UNUSED_RESULT
DubScores  *_dub_scores_compute    (DubScoring              *scoring,
                                    gboolean                 peek,
                                    DubRun                  *run,
                                    GError                 **error);
void        _dub_score_free        (DubScore                *score);
/* "output + calibration cases" (transfer full) */
char       *_dub_scores_needs_text (guint                    needs);
/* What source 000 combines: ids, NULL-terminated. */
extern const char *const _dub_scores_fused[];
/* Appends the combinations of the columns that are there. */
gboolean    _dub_scores_add_fusions (const DubScoring       *scoring,
                                    DubScores               *scores,
                                    gboolean                 peek,
                                    GError                 **error);
/* DUB_ERROR_ARGUMENT for a name in the options that no score has. */
gboolean    _dub_scores_check      (const DubScoresOptions  *options,
                                    GError                 **error);

/* results/scores/<family>.npz: "key", "ids" (K), "fitted" (K), "values" (K, N). What cannot be read is as good as absent.
 * Of a hash table: id (char *) → DubStoredScore. */
typedef struct {
  char   *fitted; /* (nullable) */
  double *values; /* [N] */
} DubStoredScore;

/* (transfer full): maybe empty. */
GHashTable *_dub_scores_read       (const DubStudy          *study,
                                    const char              *family,
                                    const char              *key);
gboolean    _dub_scores_write      (const DubStudy          *study,
                                    const char              *family,
                                    const char              *key,
                                    GHashTable              *stored,
                                    GError                 **error);

G_END_DECLS
