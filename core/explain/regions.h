/* How much of a mask lies in each region of an atlas.
 *
 * density_r = Σ_{v in r} (1 - m_v) / |r|,  share_r = Σ_{v in r} (1 - m_v) / Σ_v (1 - m_v).
 */
#pragma once

#include "core/data/atlas.h"

G_BEGIN_DECLS

typedef struct {
  const DubRegion *region;  /* (transfer none), of the atlas */
  double           density; /* in [0, 1] */
  double           share;   /* of the mask's mass; NaN for an empty mask */
} DubRegionDensity;

/* (transfer full) (element-type DubRegionDensity), sorted by decreasing density. @mask has the atlas's shape. */
G_GNUC_WARN_UNUSED_RESULT
GArray *dub_region_densities   (const DubAtlas  *atlas,
                                const DubTensor *mask,
                                GError         **error);

/* Cosine of the density vectors of two masks (001, table 1); NaN where one mask is empty. */
double  dub_region_similarity  (const DubAtlas  *atlas,
                                const DubTensor *mask_a,
                                const DubTensor *mask_b);

/* Share of the mass 1 - m inside @truth (> 0.5) dilated by a ball of @radius voxels; NaN for an empty mask. */
double  dub_mass_inside        (const DubTensor *mask,
                                const DubTensor *truth,
                                double           radius);

G_END_DECLS
