/* A small made-up study for the tests of estimators: classes as blobs in feature space, models that see them a little apart, a
 * final layer whose logits are exactly W x + b, and views of every kind.
 *
 * Letters: M models, N cases, C classes, F features, V views.
 */
#pragma once

#include "core/uq/estimator.h"

enum { FIXTURE_MODELS = 3, FIXTURE_FEATURES = 12, FIXTURE_VIEWS = 8 };

typedef struct {
  size_t         n_cases, n_classes;
  int           *labels;
  float         *logits, *probabilities, *features; /* (M, N, ·) */
  float         *views[DUB_N_VIEW_KINDS];           /* (V, N, C) */
} FixturePart;

typedef struct {
  FixturePart   training, calibration, test;
  float        *weight, *bias; /* (M, C, F), (M, C) */
  DubFinalLayer layers[FIXTURE_MODELS];
  size_t       *own;           /* [N training] 0, 1, 2 … */
  DubAnswers   *training_answers, *calibration_answers;
  DubFitting    fitting;
} Fixture;

Fixture    *fixture_new     (size_t             n_classes,
                             size_t             n_training,
                             size_t             n_calibration,
                             size_t             n_test);
void        fixture_free    (Fixture           *self);
/* Of @n cases of @part; @cases NULL = all. */
DubAnswers *fixture_answers (const FixturePart *part,
                             const size_t      *cases,
                             size_t             n);
/* The views that answers refer to stay with them; this frees both. */
void        fixture_answers_free (DubAnswers   *answers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)
