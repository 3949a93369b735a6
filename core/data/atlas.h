/* An atlas: a label volume and the names of its regions. */
#pragma once

#include "core/data/volume.h"

G_BEGIN_DECLS

typedef struct {
  int     value;      /* label in the volume */
  char   *name;       /* "Hippocampus L" */
  size_t  n_voxels;
  double  centroid[3]; /* world mm */
} DubRegion;

typedef struct {
  gatomicrefcount ref_count;
  char      *name;      /* "AAL", for titles */
  DubVolume *labels;    /* values are whole numbers, 0 = outside */
  GArray    *regions;   /* of DubRegion, by increasing value, those present in the volume */
  GPtrArray *warnings;  /* of char *: labels without a name, names without a voxel, duplicates, left/right on the
                        * wrong side, sform and qform that disagree */
} DubAtlas;

/* dub_atlas_load:
 * @labels_path: NIfTI
 * @table_path: names: MRIcron's "value name …" text, or a TSV with columns roi_value and roi_name (or index and name)
 */
G_GNUC_WARN_UNUSED_RESULT
DubAtlas        *dub_atlas_load     (const char      *labels_path,
                                     const char      *table_path,
                                     GError         **error);
/* The same atlas on another grid, nearest neighbour, regions counted anew. */
G_GNUC_WARN_UNUSED_RESULT
DubAtlas        *dub_atlas_resample (DubAtlas        *self,
                                     const DubVolume *grid,
                                     DubRun          *run,
                                     GError         **error);
DubAtlas        *dub_atlas_ref      (DubAtlas        *self);
void             dub_atlas_unref    (DubAtlas        *self);

/* Region under a world point, or NULL. (transfer none) */
const DubRegion *dub_atlas_at_world (const DubAtlas  *self,
                                     const double     world[3]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubAtlas, dub_atlas_unref)

G_END_DECLS
