/* Removing small clusters from a map, for the eye alone: numbers keep them. */
#pragma once

#include "core/data/volume.h"

G_BEGIN_DECLS

/* dub_clusters_filter:
 * @complement: the heat is 1 - value, as of a mask
 * @min_voxels: clusters (26 neighbours) of fewer voxels with heat >= @clip lose their heat
 *
 * Returns: (transfer full): a new volume; @map itself where nothing had to be removed; NULL with @error set.
 */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_clusters_filter (DubVolume *map,
                                gboolean   complement,
                                double     clip,
                                guint      min_voxels,
                                GError   **error);

G_END_DECLS
