/* Proper scores: lowest on average for the true probabilities, so nothing is won by hedging.
 *
 * Letters: N cases, C classes, p probabilities, y label.
 * All return NaN with @error set for probabilities or labels that core/stats/check.h refuses.
 */
#pragma once

#include "core/base/error.h"

#include <stddef.h>

G_BEGIN_DECLS

/* The smallest probability that a logarithm is taken of: a certain and wrong answer costs -ln of it, 34.5 nats. */
#define DUB_NLL_SMALLEST 1e-15

/* Brier score of one event: mean (p - [it happened])², in [0, 1]. A constant p = .5 scores .25. */
double   dub_brier_binary     (const double    *probability,
                               const gboolean  *happened,
                               size_t           n_cases,
                               GError         **error);

/* Brier score summed over the classes: mean Σ_c (p_c - [y = c])², in [0, 2] (Brier 1950). For two classes it is twice
 * the binary one. */
double   dub_brier_sum        (const double    *probabilities,
                               const int       *labels,
                               size_t           n_cases,
                               size_t           n_classes,
                               GError         **error);

/* Brier = reliability - resolution + uncertainty + within.
 * The first three are Murphy's (1973) over groups of cases; within is what forecasts that differ inside a group add (the
 * within-group variance less twice the covariance, Stephenson et al. 2008), and 0 but for rounding where they do not. */
typedef struct {
  double brier;
  double reliability; /* Σ_m count/N (mean p - share)²: 0 is perfect */
  double resolution;  /* Σ_m count/N (share - base rate)²: higher is better */
  double uncertainty; /* base rate (1 - base rate): of the data alone */
  double within;
} DubBrierParts;

/* dub_brier_binary_parts:
 * @n_bins: equal-width groups; 0 = one group for each distinct probability, so that within is 0
 *
 * FALSE, with @error set, as dub_brier_binary.
 */
gboolean dub_brier_binary_parts (const double   *probability,
                               const gboolean  *happened,
                               size_t           n_cases,
                               size_t           n_bins,
                               DubBrierParts   *parts,
                               GError         **error);
/* The parts of dub_brier_sum: each the sum over the classes. */
gboolean dub_brier_sum_parts  (const double    *probabilities,
                               const int       *labels,
                               size_t           n_cases,
                               size_t           n_classes,
                               size_t           n_bins,
                               DubBrierParts   *parts,
                               GError         **error);

/* dub_nll:
 * @n_clipped: (out) (optional): labels whose probability was below DUB_NLL_SMALLEST and was taken as that
 *
 * Negative log-likelihood in nats: mean -ln p_y.
 */
double   dub_nll              (const double    *probabilities,
                               const int       *labels,
                               size_t           n_cases,
                               size_t           n_classes,
                               size_t          *n_clipped,
                               GError         **error);

G_END_DECLS
