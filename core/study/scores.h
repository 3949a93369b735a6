/* Every score of uncertainty of one family of a study, for every case: what the table of source 000, the Cases page and the
 * Failure-detection page read.
 *
 *   outputs (outputs.h) ─▶ answers without labels ─▶ fit on train/calibration ─▶ score all cases ─▶ results/scores/<family>.npz
 *   views of the images (study-views.h) ─┘            (views of the networks themselves are cached: results/views/…)
 *
 * Letters: N cases of the study, K scores.
 */
#pragma once

#include "core/study/evaluate.h"
#include "core/uq/estimator.h"
#include "core/uq/failure.h"
#include "core/uq/fusion.h"

G_BEGIN_DECLS

/* One column. */
typedef struct {
  char          *id;
  char          *title;
  DubScoreFamily family;
  guint          needs;       /* DubNeeds */
  char          *needs_text;  /* "model + calibration": for the table */
  char          *fitted_on;   /* (nullable) */
  char          *fitted;      /* (nullable) what was fitted, in words */
  char          *sentence;
  char          *formula;
  char          *missing;     /* (nullable) why there are no values; then @values is NULL */
  double        *values;      /* (nullable) [N] NaN for cases that were not scored: where cases are looked at more than once (and
                               * in combinations of such) all but calibration and test cases */
  DubFusion     *fusion;      /* (nullable) of a fused score */
} DubScore;

typedef struct {
  char      *family;      /* of networks */
  char     **models;      /* [M + 1] ids, NULL-terminated */
  size_t     n_cases;     /* N */
  GPtrArray *scores;      /* of DubScore *, in the order of the tables: unavailable ones, too, each with its reason */
  float     *mean;        /* (N, C) the family's answer, recalibrated where that was recorded (answers.h) */
  char      *recalibration; /* (nullable) that step in words: "Temperature scaling, T = 1.63 (1.41 to 1.92)" */
  int       *predicted;   /* [N] */
  guint8    *failed;      /* [N] 1 = wrong, 0 = right, 2 = label unknown. Truth: for judging only */
  char     **fused_of;    /* ids of the scores that the fusions combine */
  GPtrArray *warnings;    /* of char *: "10 calibration cases: thresholds and fits are loose" */
} DubScores;

typedef struct {
  const char         *family;     /* (nullable): the study's first */
  const char *const  *ids;        /* (nullable) scores and fusions to compute; default: all that need no views, and those
                                   * whose views are cached */
  gboolean            views;      /* also those that must run the networks on augmented images */
  const char *const  *fuse;       /* (nullable) what fusions combine; default source 000's: msr, temperature, ensemble-sd, tta,
                                   * gps, knn-all, knn-shap, as far as they are there */
  const char         *feature_model; /* (nullable) id; default the family's first; "mean" = all */
  guint               n_tta;      /* 5 views; 0 = that */
  guint               n_policies; /* 500; 0 = that */
  guint               n_passes;   /* 30; 0 = that */
  DubEstimatorOptions estimator;
  guint64             seed;
} DubScoresOptions;

/* dub_study_scores:
 *
 * Runs and fits what is missing, stores it, and returns every column. The same bits for any number of threads. A score named in
 * ids runs the networks on the views that it needs, without @views, too.
 *
 * Returns: (transfer full), or NULL with @error set: as dub_outputs_load; DUB_ERROR_ARGUMENT for an id that is not there (those
 *   that are are named) or one that was asked for by name and cannot be (its reason).
 */
G_GNUC_WARN_UNUSED_RESULT
DubScores *dub_study_scores      (DubStudy                *study,
                                  const DubScoresOptions  *options,
                                  DubRun                  *run,
                                  GError                 **error);
/* Only what is stored, and what takes no longer than reading it: runs no network, searches nothing, writes nothing; the rest has
 * no values and says so. NULL without @error where there are no outputs. */
DubScores *dub_study_scores_peek (DubStudy                *study,
                                  const DubScoresOptions  *options,
                                  DubRun                  *run,
                                  GError                 **error);
void       dub_scores_free       (DubScores               *self);

/* (nullable) (transfer none) */
const DubScore *dub_scores_find  (const DubScores         *self,
                                  const char              *id);

/* dub_scores_failure:
 * @part: on which it is measured: TEST
 *
 * The failure detection of one column: thresholds chosen on the calibration part, measured on @part; patients are drawn
 * together where the data have them. @cases: (out) (optional) (transfer full) [n_cases of the result]: index in the study of
 * each measured case (labels known), so that zero_failure_case and the curves lead back to cases.
 */
G_GNUC_WARN_UNUSED_RESULT
DubFailure *dub_scores_failure   (const DubScores         *self,
                                  DubStudy                *study,
                                  const DubScore          *score,
                                  DubPart                  part,
                                  guint                    n_resamples,
                                  guint64                  seed,
                                  size_t                 **cases,
                                  DubRun                  *run,
                                  GError                 **error);

/* Share of the calibration cases whose score is at most @value, in [0, 1]; NaN without calibration cases. */
double     dub_scores_percentile (const DubScores         *self,
                                  const DubStudy          *study,
                                  const DubScore          *score,
                                  double                   value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubScores, dub_scores_free)

G_END_DECLS
