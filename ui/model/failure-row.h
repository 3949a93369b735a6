/* One score of uncertainty as a row of the method table: what it is, on which cases it is judged, what came of it.
 *
 * Everything is copied, so that a row outlives the results it was made from, and is measured on another thread. Indices of cases
 * are those of study->data. Property "serial" (int) grows with every change of the state.
 */
#pragma once

#include <glib-object.h>

#include "ui/model/failure-inputs.h"

G_BEGIN_DECLS

#define DUB_TYPE_FAILURE_ROW (dub_failure_row_get_type ())
G_DECLARE_FINAL_TYPE (DubFailureRow, dub_failure_row, DUB, FAILURE_ROW, GObject)

typedef enum {
  DUB_FAILURE_ROW_WAITING,
  DUB_FAILURE_ROW_MEASURING,
  DUB_FAILURE_ROW_DONE,
  DUB_FAILURE_ROW_FAILED,  /* could not be measured: get_reason() says why */
  DUB_FAILURE_ROW_MISSING, /* the score has no values: get_reason() says why */
} DubFailureRowState;

/* What a combination makes of one of its scores. */
typedef struct {
  char  *title;
  double weight;   /* of the perceptron, on z-scored scores; NaN where every score weighs the same */
  gboolean constant; /* on calibration, and so left out */
} DubFailurePart;

/* @patients: (nullable) [n_cases] as dub_study_data_patients() */
DubFailureRow    *dub_failure_row_new      (const DubScores        *scores,
                                            const DubScore         *score,
                                            const DubStudyData     *data,
                                            const int              *patients);
/* Whether both say the same of the same cases: what was measured of one holds for the other. */
gboolean          dub_failure_row_equals   (DubFailureRow          *self,
                                            DubFailureRow          *other);

const char       *dub_failure_row_get_id       (DubFailureRow      *self);
const char       *dub_failure_row_get_title    (DubFailureRow      *self);
DubScoreFamily    dub_failure_row_get_family   (DubFailureRow      *self);
const char       *dub_failure_row_get_needs    (DubFailureRow      *self);
const char       *dub_failure_row_get_sentence (DubFailureRow      *self); /* (nullable) */
const char       *dub_failure_row_get_formula  (DubFailureRow      *self); /* (nullable) */
/* "fitted on calibration: T = 1.42" (nullable) */
const char       *dub_failure_row_get_fitted   (DubFailureRow      *self);
/* (nullable): why there is nothing */
const char       *dub_failure_row_get_reason   (DubFailureRow      *self);
/* Whether running the networks on augmented views would give it values. */
gboolean          dub_failure_row_needs_views  (DubFailureRow      *self);
/* (nullable) [n] of a combination */
const DubFailurePart *dub_failure_row_get_parts (DubFailureRow     *self,
                                            guint                  *n);
/* (transfer none), NULL where it is missing */
DubFailureInputs *dub_failure_row_get_inputs   (DubFailureRow      *self);

DubFailureRowState dub_failure_row_get_state   (DubFailureRow      *self);
void              dub_failure_row_set_state    (DubFailureRow      *self,
                                            DubFailureRowState      state);
/* (transfer none) (nullable) */
const DubFailure *dub_failure_row_get_failure  (DubFailureRow      *self);
/* @failure: (transfer full) (nullable): NULL and @reason where it could not be measured */
void              dub_failure_row_finish       (DubFailureRow      *self,
                                            DubFailure             *failure,
                                            const char             *reason);

/* One of the failures by rising uncertainty: what sets the zero-failure point is the first. */
typedef struct {
  guint  index;    /* of the case */
  double score;
  size_t n_surer;  /* measured cases with a smaller score */
  size_t n_failures_surer; /* of them */
} DubCertainFailure;

/* FALSE where there are not so many. */
gboolean          dub_failure_row_get_certain  (DubFailureRow      *self,
                                            guint                   rank,
                                            DubCertainFailure      *found);
/* NaN where the case is not measured. @failed: (out) (optional) */
double            dub_failure_row_get_score    (DubFailureRow      *self,
                                            int                     index,
                                            gboolean               *failed);
/* The first case that has this score; -1 = none. */
int               dub_failure_row_find_score   (DubFailureRow      *self,
                                            double                  score);
/* Cases on one side of the threshold with one outcome, rising. (transfer full) [n] */
guint            *dub_failure_row_take         (DubFailureRow      *self,
                                            double                  threshold,
                                            gboolean                accepted,
                                            gboolean                failed,
                                            size_t                 *n);

G_END_DECLS
