/* A volume: voxels in space.
 *
 * Coordinates: voxel (i, j, k) counts from 0 along the file's own axes; world
 * is millimetres RAS+ (x to the right, y to the front, z up). affine maps
 * homogeneous voxel to world coordinates.
 *
 * The tensor is float32 of shape (ni, nj, nk), C order, so that element [i, j, k]
 * is voxel (i, j, k), as nibabel and MONAI have it. scl_slope and scl_inter are applied.
 */
#pragma once

#include "core/tensor/tensor.h"
#include "core/base/run.h"

G_BEGIN_DECLS

typedef enum {
  DUB_AFFINE_NONE,  /* neither form given: spacing only, origin at voxel 0 */
  DUB_AFFINE_QFORM,
  DUB_AFFINE_SFORM,
} DubAffineSource;

typedef struct {
  gatomicrefcount ref_count;
  DubTensor      *voxels;          /* (ni, nj, nk) float32 */
  double          affine[4][4];    /* voxel -> world mm RAS */
  double          spacing[3];      /* mm per voxel along i, j, k */
  DubAffineSource affine_source;
  gboolean        forms_disagree;  /* sform and qform are both set and differ by > 0.1 mm at a corner: worth a warning */
  char           *name;            /* base name of the file, for titles and messages */
} DubVolume;

/* dub_volume_new:
 * @voxels: float32 of rank 3, contiguous; a reference is taken
 * @affine: (nullable): identity where NULL
 */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_volume_new             (DubTensor        *voxels,
                                       const double      affine[4][4],
                                       GError          **error);
DubVolume *dub_volume_ref             (DubVolume        *self);
void       dub_volume_unref           (DubVolume        *self);

/* "RAS", "LIA": the world direction that each voxel axis points to most. */
void       dub_volume_orientation     (const DubVolume  *self,
                                       char              letters[4]);

/* The same voxels with axes flipped and permuted to the nearest RAS order; no
 * resampling. Returns a new reference to @self where it is RAS already. */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_volume_to_ras          (DubVolume        *self,
                                       GError          **error);

/* Conversions, by name. _world_to_voxel is continuous; round to hit a voxel. */
void       dub_volume_voxel_to_world  (const DubVolume  *self,
                                       const double      voxel[3],
                                       double            world[3]);
void       dub_volume_world_to_voxel  (const DubVolume  *self,
                                       const double      world[3],
                                       double            voxel[3]);

/* Value at the nearest voxel; NaN outside. */
float      dub_volume_get             (const DubVolume  *self,
                                       int64_t           i,
                                       int64_t           j,
                                       int64_t           k);

/* TRUE where both have one shape and affines that agree within 1e-3 mm at every corner. */
gboolean   dub_volume_same_space      (const DubVolume  *a,
                                       const DubVolume  *b);

/* Smallest, largest finite value; and a DUB_ERROR_NUMERIC naming the first voxel that is not finite. */
gboolean   dub_volume_range           (const DubVolume  *self,
                                       float            *min,
                                       float            *max,
                                       GError          **error);

typedef enum {
  DUB_INTERPOLATION_NEAREST, /* labels */
  DUB_INTERPOLATION_LINEAR,  /* intensities */
} DubInterpolation;

/* @self sampled on the grid (shape, affine) of @shape and @affine; @outside beyond its border. */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_volume_resample        (DubVolume        *self,
                                       const int64_t     shape[3],
                                       const double      affine[4][4],
                                       DubInterpolation  interpolation,
                                       float             outside,
                                       DubRun           *run,
                                       GError          **error);

/* Centred crop and/or zero padding to @shape; the affine keeps every voxel in its place. */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_volume_crop_or_pad     (DubVolume        *self,
                                       const int64_t     shape[3],
                                       float             fill,
                                       GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubVolume, dub_volume_unref)

G_END_DECLS
