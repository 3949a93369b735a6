/* Greedy policy search: which augmentations make the spread of a network's answers tell its failures.
 *
 * Letters: V policies of the pool, N calibration cases, C classes, n policies of a group.
 *
 * From each of several random first policies a group grows by the policy that raises the objective most, until five gains in a
 * row are at most .005; what is kept of it is the part up to its best value. The best groups of different policies are the result.
 * Sources: 000, its page on GPS (spread, misclassification AUROC, without replacement); Molchanov et al. 2020 (calibrated
 * log-likelihood, with replacement).
 */
#pragma once

#include "core/base/run.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef enum {
  DUB_GPS_AUROC,      /* area by which the spread of the group orders failures above successes; no policy twice */
  DUB_GPS_LIKELIHOOD, /* mean log-likelihood of the group's mean answer at its best temperature; policies may come again */
} DubGpsObjective;

typedef struct {
  DubGpsObjective objective;
  guint           n_starts; /* 30; at most V */
  guint           n_groups; /* 3 */
  guint64         seed;
} DubGpsOptions;

typedef struct {
  guint *policies;  /* [n] rows of the pool, in the order they were added */
  size_t n;
  double objective; /* on the calibration cases that it was searched on: too good */
} DubGpsGroup;

typedef struct {
  DubGpsObjective objective;
  size_t          n_groups;
  DubGpsGroup    *groups;   /* [n_groups] best first */
} DubGps;

/* dub_gps_search:
 * @probabilities: (V, N, C) mean over the family
 * @labels: [N] in [0, C)
 * @predicted: [N] the family's answer to the case as it is
 * @run: (nullable): threads, cancelling, progress
 *
 * The same groups for any number of threads.
 *
 * Returns: (transfer full), or NULL with @error set: DUB_ERROR_SHAPE for fewer than two policies, no cases or classes;
 *   DUB_ERROR_ARGUMENT for no starts or groups, and for the area where none or all of the cases failed; DUB_ERROR_NUMERIC for a
 *   probability that is not in [0, 1] (policy and case are named); DUB_ERROR_MEMORY; DUB_ERROR_CANCELLED.
 */
G_GNUC_WARN_UNUSED_RESULT
DubGps *dub_gps_search (const float          *probabilities,
                        size_t                n_policies,
                        size_t                n_cases,
                        size_t                n_classes,
                        const int            *labels,
                        const int            *predicted,
                        const DubGpsOptions  *options,
                        DubRun               *run,
                        GError              **error);
void    dub_gps_free   (DubGps               *self);

/* dub_gps_spread:
 * @probabilities: of one case: class c in policy row r at r @step + c
 * @rows: (nullable) [V] where the pool's policy v stands; NULL = v
 *
 * U: mean over the groups of the spread, which is the standard deviation (ddof 0) over the group's policies, mean over classes.
 */
double  dub_gps_spread (const DubGps         *self,
                        const float          *probabilities,
                        const size_t         *rows,
                        size_t                step,
                        size_t                n_classes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubGps, dub_gps_free)

G_END_DECLS
