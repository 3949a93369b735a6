/* A row of the table of regions: one region of the atlas and how much of it the mask replaces. */
#pragma once

#include <glib-object.h>

#include "core/explain/regions.h"

G_BEGIN_DECLS

#define DUB_TYPE_REGION_ROW (dub_region_row_get_type ())
G_DECLARE_FINAL_TYPE (DubRegionRow, dub_region_row, DUB, REGION_ROW, GObject)

/* Properties: "name" (string), "density", "share" (double), "voxels" (double, for sorting),
 * "serial" (uint): notified once when the numbers change. */
DubRegionRow *dub_region_row_new         (const DubRegionDensity *density);
/* Returns: TRUE, and notifies, where something changed, or @always. */
gboolean      dub_region_row_set         (DubRegionRow           *self,
                                          const DubRegionDensity *density,
                                          gboolean                always);
int           dub_region_row_get_value   (DubRegionRow           *self);
const char   *dub_region_row_get_name    (DubRegionRow           *self);
double        dub_region_row_get_density (DubRegionRow           *self);
double        dub_region_row_get_share   (DubRegionRow           *self);
gsize         dub_region_row_get_voxels  (DubRegionRow           *self);

G_END_DECLS
