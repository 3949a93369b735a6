/* The area below the ROC curve of many scores against one truth, exactly and without sorting all cases.
 *
 * Letters: N cases, P failures, Q successes. Failures are put in order within buckets of like scores; each success then counts
 * the failures above it by the bucket it falls into, and compares itself with those inside it alone.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
  size_t    n_failed, n_right;
  uint32_t *failed, *right; /* [P], [Q] cases */
  size_t    n_scratch;      /* keys that an area needs */
} DubGpsArea;

/* @failed: [N] */
void   dub_gps_area_init  (DubGpsArea       *self,
                           const gboolean   *failed,
                           size_t            n_cases);
void   dub_gps_area_clear (DubGpsArea       *self);

/* dub_gps_area:
 * @scores: [N] finite, >= 0
 * @scratch: [n_scratch] of one thread
 *
 * Share of the pairs of a failure and a success in which the failure scores higher; a tie counts half. NaN without pairs.
 */
double dub_gps_area       (const DubGpsArea *self,
                           const float      *scores,
                           uint32_t         *scratch);

G_END_DECLS
