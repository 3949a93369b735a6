/* Smooth calibration error: the gap between outcomes and confidences after smoothing, without bins.
 *
 * Letters: N cases, f confidence, y outcome, σ width of the kernel.
 * Source: Błasiok & Nakkiran 2023, definitions 2 and 3:
 *
 *   smECE_σ = ∫₀¹ |1/N Σ_i K_σ (t, f_i) (y_i - f_i)| dt,   K_σ a Gaussian that is reflected at 0 and 1,
 *   smECE   = the σ with smECE_σ = σ, of which there is one, since smECE_σ never rises with σ.
 *
 * The reflected Gaussian is the heat kernel of an interval, so its eigenfunctions are cosines:
 *   K_σ (t, f) = 1 + 2 Σ_k exp (-(π k σ)² / 2) cos (π k t) cos (π k f),
 * and smoothing anew is a product of coefficients. Residuals are first spread over a grid (by cubic interpolation), whose step is
 * far below any width.
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* No width below this is tried: an error under it is told as smECE_σ of this width, which is then too low by less than it. */
#define DUB_SMOOTH_NARROWEST 1e-3

/* dub_smooth_ece:
 * @confidence: [N] in [0, 1]
 * @correct: [N]
 *
 * Returns: the error, in [0, 1], which is also the width of the kernel. N > 0.
 */
double       dub_smooth_ece       (const double    *confidence,
                                   const gboolean  *correct,
                                   size_t           n_cases);
/* dub_smooth_ece_at:
 * @sigma: at least DUB_SMOOTH_NARROWEST
 *
 * smECE_σ at one width.
 */
double       dub_smooth_ece_at    (const double    *confidence,
                                   const gboolean  *correct,
                                   size_t           n_cases,
                                   double           sigma);

/* --- For resamples: the same cases, counted differently --- */

typedef struct _DubSmooth DubSmooth;

/* @confidence: rising, so that cases of a grid cell are neighbours. Shared by threads; each needs scratch of its own. */
G_GNUC_WARN_UNUSED_RESULT
DubSmooth   *_dub_smooth_new          (const double    *confidence,
                                       const gboolean  *correct,
                                       size_t           n_cases);
void         _dub_smooth_free         (DubSmooth       *self);
/* Doubles of scratch. */
size_t       _dub_smooth_scratch      (const DubSmooth *self);
/* @count: [N] how often each case was drawn; @n: their sum, > 0. */
double       _dub_smooth_measure      (const DubSmooth *self,
                                       const uint32_t  *count,
                                       size_t           n,
                                       double          *scratch);

/* The same cases with other outcomes. @happened: [N] 0 or UINT32_MAX */
double       _dub_smooth_measure_outcomes (const DubSmooth *self,
                                           const uint32_t  *happened,
                                           double          *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSmooth, _dub_smooth_free)

G_END_DECLS
