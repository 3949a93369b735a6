/* Platt scaling: a probability that is a logistic function of a score, 1 / (1 + exp (-(a f + b))).
 *
 * Letters: N cases, f score, P positive and Q negative cases.
 * Source: Platt 1999, with his targets: (P + 1) / (P + 2) of a positive case and 1 / (Q + 2) of a negative one, so that the
 * minimum of the log-loss is finite even where a threshold separates the two. The slope is not negative: recalibration does
 * not turn answers round.
 */
#pragma once

#include "core/base/run.h"
#include "core/calibration/fit-kind.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef struct {
  DubFitKind kind;     /* FOUND, or CHANCE: then slope is 0 */
  double     slope;    /* a >= 0 */
  double     bias;     /* b */
  size_t     n_cases;  /* of the fit */
  size_t     n_positive;
  char      *split;    /* of the fit: "calibration" */
} DubPlatt;

/* dub_platt_fit:
 * @scores: [N] finite; of probabilities take the log-odds
 * @positive: [N] whether the event happened
 * @split: the name of the split that these cases are
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for no cases, DUB_ERROR_NUMERIC for a score that is not
 *   finite (the message names the case), DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubPlatt *dub_platt_fit   (const double    *scores,
                           const gboolean  *positive,
                           size_t           n_cases,
                           const char      *split,
                           DubRun          *run,
                           GError         **error);
void      dub_platt_free  (DubPlatt        *self);

double    dub_platt_apply (const DubPlatt  *self,
                           double           score);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubPlatt, dub_platt_free)

G_END_DECLS
