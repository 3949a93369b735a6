/* The curves of training runs: thin lines the folds, thick ones the mean over the epochs that all begun folds have reached.
 *
 * Train is solid, validation dashed. What is still to come is grey. Losses are plain cross-entropy on both sides,
 * whatever was minimised.
 */
#pragma once

#include "core/train/run-folder.h"
#include "ui/figures/figure.h"

G_BEGIN_DECLS

typedef enum {
  DUB_CURVE_LOSS,
  DUB_CURVE_ACCURACY,
  DUB_CURVE_ECE,
} DubCurve;

/* Words of axes and legend; a window passes its translations. */
typedef struct {
  const char *train;      /* "train" */
  const char *validation; /* "validation" */
  const char *epoch;      /* "epoch" */
  const char *loss;       /* "cross-entropy" */
  const char *accuracy;   /* "accuracy" */
  const char *ece;        /* "ECE" */
  const char *lowest;     /* "lowest at %u", with the epoch */
  const char *empty;      /* "No epoch yet" */
} DubTrainingWords;

/* English. */
void       dub_training_words_init  (DubTrainingWords       *self);

/* dub_training_figure_new:
 * @runs: [n_runs] the folds of one family, or one run; only read
 * @cursor: the epoch under the cursor, NaN for none
 * @words: (nullable): English
 */
G_GNUC_WARN_UNUSED_RESULT
DubFigure *dub_training_figure_new  (const DubRunSummary *const *runs,
                                     size_t                  n_runs,
                                     DubCurve                curve,
                                     double                  cursor,
                                     const DubTrainingWords *words);

/* The last epoch that every run has reached which has one at all; 0 = none has. */
guint      dub_training_common_epoch (const DubRunSummary *const *runs,
                                     size_t                  n_runs);

/* Mean at @epoch (from 1) of train and validation values over the runs that have begun; NaN where one has not reached it. */
void       dub_training_mean_at     (const DubRunSummary *const *runs,
                                     size_t                  n_runs,
                                     DubCurve                curve,
                                     guint                   epoch,
                                     double                 *train,
                                     double                 *validation);

/* dub_dca_figure_new:
 * ECE on validation at the best epoch against β of DCA: a dot for each run, the mean as line, a ring where a run of that β
 * is still going on. NULL where fewer than two values of β have an epoch.
 */
DubFigure *dub_dca_figure_new       (const DubRunSummary *const *runs,
                                     size_t                  n_runs,
                                     const char             *beta,  /* "β (weight of DCA)" */
                                     const char             *ece);

G_END_DECLS
