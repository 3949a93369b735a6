/* The shape of a predicted distribution: what F is for μ = 0 and σ = 1. regression*.c only.
 *
 * G (z) = R (Φ (z)), R rising from (0, 0) to (1, 1) and linear between its points. Between two points G is a + b Φ; everything
 * that is measured follows from integrals over these pieces. Letters: K points, w = Φ⁻¹ of a point, so w[0] = -∞ and w[K-1] = ∞.
 */
#pragma once

#include "core/calibration/isotonic.h"

G_BEGIN_DECLS

typedef struct {
  size_t  n;      /* K; 2 = the normal itself */
  double *x, *y;  /* [K] points of R */
  double *w;      /* [K] */
  double *below;  /* [K] ∫ G² from -∞ to w; of the last point infinite, and not read */
  double *above;  /* [K] ∫ (1 - G)² from w to ∞; of the first point infinite, and not read */
  double  mean, sd;
} DubRegressionShape;

/* @map: (nullable): the identity. (transfer full) */
DubRegressionShape *_dub_regression_shape_new      (const DubIsotonic         *map);
void                _dub_regression_shape_free     (DubRegressionShape        *self);

double              _dub_regression_shape_cdf      (const DubRegressionShape  *self,
                                                    double                     z);
/* @p in (0, 1) */
double              _dub_regression_shape_quantile (const DubRegressionShape  *self,
                                                    double                     p);
/* ∫ (G (t) - [t >= z])² dt */
double              _dub_regression_shape_crps     (const DubRegressionShape  *self,
                                                    double                     z);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRegressionShape, _dub_regression_shape_free)

G_END_DECLS
