/* Isotonic regression: the rising step function that comes nearest to what happened, linear between its steps.
 *
 * Letters: N cases, K points. Cases with one probability are averaged first; beyond the first and last point the map is level.
 * Source: Zadrozny & Elkan 2002; pool adjacent violators (Ayer et al. 1955).
 */
#pragma once

#include "core/base/error.h"
#include "core/calibration/fit-kind.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  DubFitKind kind;     /* CHANCE: one step; SEPARABLE: no values but 0 and 1 */
  size_t     n_points; /* K */
  double    *x;        /* [K] rising: both ends of every step (one point for a step of one probability) */
  double    *y;        /* [K] never falling, in [0, 1] */
  size_t     n_cases;  /* of the fit */
  size_t     n_positive;
  char      *split;    /* of the fit */
} DubIsotonic;

/* dub_isotonic_fit:
 * @scores: [N] finite
 * @positive: [N] whether the event happened
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases, DUB_ERROR_NUMERIC (the message names the
 *   case).
 */
G_GNUC_WARN_UNUSED_RESULT
DubIsotonic *dub_isotonic_fit   (const double       *scores,
                                 const gboolean     *positive,
                                 size_t              n_cases,
                                 const char         *split,
                                 GError            **error);
void         dub_isotonic_free  (DubIsotonic        *self);

double       dub_isotonic_apply (const DubIsotonic  *self,
                                 double              score);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubIsotonic, dub_isotonic_free)

G_END_DECLS
