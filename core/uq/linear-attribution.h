/* What each feature contributes to a logit of a linear head: exactly, without sampling.
 *
 * Letters: N cases, C classes, F features. For z_c = Σ_j w_cj x_j + b_c and features that are taken as independent, the Shapley
 * value of feature j is φ_j = w_cj (x_j - E x_j), E over reference cases (Štrumbelj & Kononenko 2014; Lundberg & Lee 2017,
 * corollary 1). They add up to z_c(x) - E z_c.
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

/* @mean: (out) [F] E x_j over the cases of @features (N, F) */
void dub_linear_mean        (const float   *features,
                             size_t         n_cases,
                             size_t         n_features,
                             double        *mean);
/* @weight: [F] row of the class, @features: [F] of one case, @attribution: (out) [F] φ_j */
void dub_linear_attribution (const float   *weight,
                             const float   *features,
                             const double  *mean,
                             size_t         n_features,
                             double        *attribution);

/* dub_linear_deviation:
 * @deviation: (out) [F] mean over the cases of |x_j - E x_j|
 *
 * The mean |φ_j| of a class over these cases is |w_cj| times it.
 */
void dub_linear_deviation   (const float   *features,
                             const double  *mean,
                             size_t         n_cases,
                             size_t         n_features,
                             double        *deviation);

/* dub_linear_top:
 * @n_top: at most F
 * @top: (out) [n_top] features of the largest mean |φ_j|, falling; of equal ones the lower first
 */
void dub_linear_top         (const float   *weight,
                             const double  *deviation,
                             size_t         n_features,
                             size_t         n_top,
                             size_t        *top);

G_END_DECLS
