/* The inner loops of policy search: what a group would say of every case if one policy joined it.
 *
 * Letters: N cases, C classes, n policies of the group, the joining one included. Arrays are (C, N): cases stand beside each
 * other. Single precision: these numbers rank candidates; what is reported is computed again in double precision.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* dub_gps_rows_spread:
 * @policy: (C, N) of the joining policy; @sum, @squares: (C, N) Σp and Σp² of the group before
 * @spread: (out) [N] standard deviation over the n policies, summed over classes
 *
 * All p less something that depends on case and class alone, so that Σp² - (Σp)² / n keeps its digits.
 */
void dub_gps_rows_spread     (const float *policy,
                              const float *sum,
                              const float *squares,
                              size_t       n_cases,
                              size_t       n_classes,
                              size_t       n,
                              float       *spread);

/* dub_gps_rows_likelihood:
 * @labels: [N]
 * @beta: of softmax (β ln p̄), p̄ the mean over the n policies
 * @likelihood: (out) [N] logarithm of the label's probability
 */
void dub_gps_rows_likelihood (const float *policy,
                              const float *sum,
                              const int   *labels,
                              size_t       n_cases,
                              size_t       n_classes,
                              size_t       n,
                              float        beta,
                              float       *likelihood);

G_END_DECLS
