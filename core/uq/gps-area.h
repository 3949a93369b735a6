/* The area below the ROC curve of many scores against one truth, exactly and without sorting all cases.
 *
 * Letters: P failures, Q successes. Failures are put in order within buckets of like scores; each success then counts the failures
 * above it by the bucket it falls into, and only if that holds failures compares itself with those.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Numbers of scratch that an area needs. */
size_t dub_gps_area_scratch (size_t       n_failed,
                             size_t       n_right);

/* dub_gps_area:
 * @failed: [P], @right: [Q] finite scores >= 0
 * @scratch: [dub_gps_area_scratch] of one thread
 *
 * Share of the pairs of a failure and a success in which the failure scores higher; a tie counts half. NaN without pairs.
 */
double dub_gps_area         (const float *failed,
                             size_t       n_failed,
                             const float *right,
                             size_t       n_right,
                             uint32_t    *scratch);

G_END_DECLS
