/* Beta calibration of a probability s: log-odds a ln s - b ln (1 - s) + c with a, b >= 0.
 *
 * It bends the two ends of the scale apart from each other, which Platt scaling of log-odds (a = b) does not, and the identity
 * (a = b = 1, c = 0) is one of its maps.
 * Letters: N cases. Source: Kull, Silva Filho & Flach 2017. By maximum likelihood; where a coefficient would be negative, the
 * best map without it.
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/fit-kind.h"

#include <stddef.h>

G_BEGIN_DECLS

/* Probabilities are taken as at least this far from 0 and 1, where logarithms end. */
#define DUB_BETA_SMALLEST 1e-15

typedef struct {
  DubFitKind kind;    /* CHANCE: a = b = 0. SEPARABLE: a, b infinite, c NaN; the map is not to be applied */
  double     a, b, c;
  size_t     n_cases; /* of the fit */
  size_t     n_positive;
  char      *split;   /* of the fit */
} DubBeta;

/* dub_beta_fit:
 * @probabilities: [N] in [0, 1]
 * @positive: [N] whether the event happened
 *
 * Where one outcome is missing, the constant is (P + 1) / (N + 2), P events.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases, DUB_ERROR_NUMERIC (the message names the
 *   case), DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubBeta *dub_beta_fit   (const double    *probabilities,
                         const gboolean  *positive,
                         size_t           n_cases,
                         const char      *split,
                         DubRun          *run,
                         GError         **error);
void     dub_beta_free  (DubBeta         *self);

/* NaN of a map that is SEPARABLE. */
double   dub_beta_apply (const DubBeta   *self,
                         double           probability);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubBeta, dub_beta_free)

G_END_DECLS
