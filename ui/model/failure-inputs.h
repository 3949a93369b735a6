/* The cases that a score of uncertainty is judged on, and those that its threshold is chosen on: a copy for another thread.
 *
 * Letters: N measured cases (labelled, of the test part, with a value).
 */
#pragma once

#include "core/study/scores.h"

G_BEGIN_DECLS

/* Immutable once made. */
typedef struct {
  gatomicrefcount ref_count;
  size_t    n;         /* N */
  guint    *cases;     /* [N] rising */
  double   *values;    /* [N] */
  gboolean *correct;   /* [N] */
  int      *groups;    /* (nullable) [N] patients */
  size_t    n_fitting; /* calibration cases */
  double   *fitting;
  gboolean *fitting_correct;
} DubFailureInputs;

/* @score: has values; @patients: (nullable) [n_cases] as dub_study_data_patients() */
DubFailureInputs *dub_failure_inputs_new   (const DubScores        *scores,
                                            const DubScore         *score,
                                            const DubStudyData     *data,
                                            const int              *patients);
DubFailureInputs *dub_failure_inputs_ref   (DubFailureInputs       *self);
void              dub_failure_inputs_unref (DubFailureInputs       *self);
/* Whether judging both comes to the same; (nullable) both. */
gboolean          dub_failure_inputs_equal (const DubFailureInputs *a,
                                            const DubFailureInputs *b);

G_END_DECLS
