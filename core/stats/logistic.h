/* Logistic regression: log-odds of an event that are a weighted sum of features.
 *
 * Letters: K features, N cases, x features, t target in [0, 1], v weight of a case, w weights, b bias.
 *
 *   minimise  Σ v (ln (1 + exp f) - t f) / Σ v + ½ λ Σ_k w_k²,   f = Σ_k w_k x_k + b
 *
 * The bias is not held back by λ. Newton's method (iteratively reweighted least squares) with a step that is halved as long
 * as the objective would rise: convex, so there is one minimum; with λ > 0 and both outcomes it is finite.
 */
#pragma once

#include "core/base/run.h"

#include <stddef.h>

G_BEGIN_DECLS

#define DUB_LOGISTIC_MAX_FEATURES 64

typedef struct {
  double loss;         /* the objective at the end */
  guint  n_iterations;
  gboolean converged;  /* FALSE: the minimum lies at infinity, or was not reached */
} DubLogisticFit;

/* dub_logistic_fit:
 * @features: [K] columns [N], finite
 * @target: [N] in [0, 1]
 * @case_weight: (nullable) [N] >= 0, not all 0; NULL = 1
 * @l2: λ >= 0
 * @weight: (out) [K], NULL only for no features; @bias: (out)
 *
 * FALSE with @error set: DUB_ERROR_SHAPE for no cases or more than DUB_LOGISTIC_MAX_FEATURES features, DUB_ERROR_CANCELLED.
 */
gboolean dub_logistic_fit (const double *const *features,
                           size_t               n_features,
                           const double        *target,
                           const double        *case_weight,
                           size_t               n_cases,
                           double               l2,
                           double              *weight,
                           double              *bias,
                           DubLogisticFit      *fit,
                           DubRun              *run,
                           GError             **error);

/* 1 / (1 + exp (-f)), without overflow. */
double   dub_logistic     (double f);

G_END_DECLS
