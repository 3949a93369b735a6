/* Temperature scaling: one number that makes all answers more or less sure, and changes none of them.
 *
 * Letters: N cases, C classes, z logits, p = softmax (β z), β = 1 / T.
 * Source: Guo et al. 2017. In β the negative log-likelihood is convex: L' = mean (E_p[z] - z_y),
 * L'' = mean (Var_p z) >= 0, so that a Newton step kept inside a bracket always finds the minimum over β >= 0.
 */
#pragma once

#include "core/base/run.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef enum {
  DUB_TEMPERATURE_FOUND,
  DUB_TEMPERATURE_CHANCE,    /* β = 0, T infinite: the logits are no better than chance on these cases, so that the best
                              * temperature hides them altogether */
  DUB_TEMPERATURE_SEPARABLE, /* β infinite, T = 0: no label is below another class, so that the best temperature makes
                              * every answer certain */
} DubTemperatureKind;

typedef struct {
  DubTemperatureKind kind;
  double             temperature;  /* T; INFINITY and 0 at the two limits */
  double             beta;         /* 1 / T; 0 and INFINITY at the two limits */
  double             nll_before;   /* on the fitted cases, in nats: β = 1 … */
  double             nll_after;    /* … and at the minimum */
  size_t             n_cases;      /* of the fit */
  guint              n_iterations;
  char              *split;        /* of the fit: "calibration" */
} DubTemperature;

/* dub_temperature_fit:
 * @logits: (N, C) finite; of one model. Logarithms of probabilities serve as well
 * @labels: [N] in [0, C)
 * @split: the name of the split that these cases are, which the result carries: a temperature may not be judged on it
 * @run: (nullable): threads and cancelling
 *
 * The two limits are results, not errors: the caller decides whether to apply them.
 *
 * Returns: (transfer full): the temperature, or NULL with @error set: DUB_ERROR_SHAPE for no cases or fewer than two
 *   classes, DUB_ERROR_NUMERIC for a logit that is not finite or a label out of range (the message names the case),
 *   DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTemperature *dub_temperature_fit   (const double         *logits,
                                       const int            *labels,
                                       size_t                n_cases,
                                       size_t                n_classes,
                                       const char           *split,
                                       DubRun               *run,
                                       GError              **error);
void            dub_temperature_free  (DubTemperature       *self);

/* dub_temperature_interval:
 * @logits, @labels: what @self was fitted on, unchanged
 * @low, @high: (out): ends of the temperature's 95 % profile-likelihood interval. 0 where a temperature however small, and
 *   INFINITY where one however large, is still as likely as that
 *
 * L is convex in β, so that the interval is one piece: N (L(β) - L(β̂)) ≤ 1.92, half the quantile of chi-squared. It takes every
 * case as independent of the others: several of one patient make it too narrow. It held the truth in 940 of 1000 simulated samples
 * of 120 cases (tests/calibration/test-recalibrate.c).
 *
 * FALSE, with @error set, only if the run was cancelled.
 */
gboolean        dub_temperature_interval (const DubTemperature  *self,
                                          const double          *logits,
                                          const int             *labels,
                                          size_t                 n_cases,
                                          size_t                 n_classes,
                                          DubRun                *run,
                                          double                *low,
                                          double                *high,
                                          GError               **error);

/* dub_temperature_apply:
 * @beta: 1 / T >= 0; INFINITY shares the probability among the largest logits
 * @logits: (N, C) finite
 * @probabilities: (out): (N, C), may be @logits
 */
void            dub_temperature_apply (double                beta,
                                       const double         *logits,
                                       size_t                n_cases,
                                       size_t                n_classes,
                                       double               *probabilities);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubTemperature, dub_temperature_free)

G_END_DECLS
