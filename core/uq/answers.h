/* What the networks of one family say about some cases, and nothing about what is true of these: the only thing that an
 * estimator of uncertainty is given of the cases it scores.
 *
 * Letters: M models, N cases, C classes, F features, V views of a case.
 */
#pragma once

#include "core/calibration/recalibration.h"

#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Ways to look at a case more than once. */
typedef enum {
  DUB_VIEWS_TTA,     /* augmented copies, whose policies are drawn for each case from what it looks like */
  DUB_VIEWS_POOL,    /* fixed policies of a pool: view v is the same policy for every case */
  DUB_VIEWS_DROPOUT, /* passes with Dropout active */
} DubViewKind;
#define DUB_N_VIEW_KINDS (DUB_VIEWS_DROPOUT + 1)

/* The family's mean probabilities for every view of every case. */
typedef struct {
  size_t       n_views;       /* V; 0 = there are none */
  const guint *policy;        /* (nullable) [V] of DUB_VIEWS_POOL: index in the pool; NULL = 0 … V-1 */
  const float *probabilities; /* (V, N, C) */
} DubViews;

typedef struct {
  size_t       n_models, n_cases, n_classes, n_features; /* M N C F; F = 0 where there are none */
  const float *logits;        /* (nullable) (M, N, C); NULL where only probabilities were imported */
  const float *probabilities; /* (M, N, C) */
  const float *features;      /* (nullable) (M, N, F) input of the last dense layer */
  const float *mean;          /* (N, C) mean of the probabilities over models, recalibrated where that was recorded: the
                               * family's answer */
  const int   *predicted;     /* [N] its largest, of equal ones the first */
  const size_t *reference;    /* (nullable) [N] index of the case among the training cases, G_MAXSIZE = it is none: so that
                               * a training case is not its own neighbour */
  gboolean     recalibrated;  /* whether @mean is more than a mean: then logits of one model are not its logarithms */
  DubViews     views[DUB_N_VIEW_KINDS];
  gpointer     owner;         /* (nullable) what dub_answers_free frees beside the struct: private to answers.c */
} DubAnswers;

/* dub_answers_new:
 * @logits: (nullable) (M, N, C), @probabilities: (M, N, C), @features: (nullable) (M, N, F) of all cases
 * @models: (nullable) [n_models] rows to take; NULL = the first n_models
 * @cases: (nullable) [n_cases] cases to take, in this order; NULL = the first n_cases
 * @n_total: N of the arrays
 *
 * Copies what is taken, so that the arrays may go. Views and reference are left empty, to be filled by whoever has them.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases, models or fewer than two classes,
 *   DUB_ERROR_MEMORY, DUB_ERROR_NUMERIC for a probability outside [0, 1] or NaN, or probabilities of a case whose sum is
 *   further from 1 than DUB_ROW_SUM_TOLERANCE (the message names model and case).
 */
G_GNUC_WARN_UNUSED_RESULT
DubAnswers *dub_answers_new  (const float   *logits,
                              const float   *probabilities,
                              const float   *features,
                              size_t         n_total,
                              size_t         n_classes,
                              size_t         n_features,
                              const size_t  *models,
                              size_t         n_models,
                              const size_t  *cases,
                              size_t         n_cases,
                              GError       **error);
void        dub_answers_free (DubAnswers    *self);

/* dub_answers_recalibrate:
 *
 * Replaces mean and predicted by what @recalibration makes of the mean; what single networks say stays as it is.
 *
 * FALSE, with @error set, as dub_recalibration_apply_mean; @self is then as it was.
 */
gboolean    dub_answers_recalibrate (DubAnswers             *self,
                                     const DubRecalibration *recalibration,
                                     GError                **error);
/* The same of a copy that shares all else with @self, which must live as long. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubAnswers *dub_answers_recalibrated (const DubAnswers       *self,
                                     const DubRecalibration *recalibration,
                                     GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubAnswers, dub_answers_free)

G_END_DECLS
