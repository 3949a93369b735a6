/* Answers of N cases with their labels: what every measure of calibration and every recalibration reads.
 *
 * Letters: N cases, C classes.
 *
 * Three kinds, in one form, so that what is drawn and measured of one is drawn and measured of all:
 *   all classes   probabilities (N, C): the event is "the answer is right", its confidence the largest probability
 *   top label     only the answer's confidence is known (a table true_label, pred_label, confidence); C = 0
 *   one class     of all classes, class c alone: the event is "the case is of class c", its confidence p_c
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  size_t    n_cases;       /* N > 0 */
  size_t    n_classes;     /* C; 0 = only the top label is known, or one class is looked at */
  double   *probabilities; /* (nullable) (N, C); NULL where C = 0 */
  double   *logits;        /* (nullable) (N, C): where the network gave them */
  int      *labels;        /* (nullable) [N] in [0, C); NULL where C = 0 */
  int      *answers;       /* (nullable) [N] the class of the largest probability, of equal ones the first */
  double   *confidence;    /* [N] of the event, in [0, 1] */
  gboolean *correct;       /* [N] whether it happened */
  int      *groups;        /* (nullable) [N] patient of the case: its cases are resampled together */
} DubPredictions;

/* dub_predictions_new:
 * @probabilities: (nullable): (N, C)
 * @logits: (nullable): (N, C); where @probabilities is NULL, they are the softmax of these
 * @labels: [N]
 * @groups: (nullable): [N]
 *
 * Copies. Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases or fewer than two classes,
 *   DUB_ERROR_NUMERIC for probabilities, logits or labels that core/stats/check.h refuses (the message names the case).
 */
G_GNUC_WARN_UNUSED_RESULT
DubPredictions *dub_predictions_new          (const double          *probabilities,
                                              const double          *logits,
                                              const int             *labels,
                                              size_t                 n_cases,
                                              size_t                 n_classes,
                                              const int             *groups,
                                              GError               **error);
/* Of the top label alone: @confidence [N] in [0, 1], @correct [N]. */
G_GNUC_WARN_UNUSED_RESULT
DubPredictions *dub_predictions_new_top      (const double          *confidence,
                                              const gboolean        *correct,
                                              size_t                 n_cases,
                                              const int             *groups,
                                              GError               **error);
/* dub_predictions_of_class:
 * @class_index: in [0, C)
 *
 * One class against the rest. Returns: (transfer full): never NULL where C > 0.
 */
DubPredictions *dub_predictions_of_class     (const DubPredictions  *self,
                                              size_t                 class_index);
void            dub_predictions_free         (DubPredictions        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubPredictions, dub_predictions_free)

G_END_DECLS
