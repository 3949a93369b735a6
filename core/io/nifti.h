/* NIfTI-1 and NIfTI-2: .nii, .nii.gz, .hdr/.img. The header is checked by table before libnifti2 sees the file. */
#pragma once

#include "core/data/volume.h"

G_BEGIN_DECLS

/* dub_nifti_load:
 *
 * The first volume of a 4-D file of one; more than one is DUB_ERROR_SHAPE. The shape is kept as in the file
 * (dub_volume_to_ras reorients). Integers and floats of every width, scl_slope and scl_inter applied.
 * NaN and infinity are kept; dub_volume_range reports them.
 */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_nifti_load (const char       *path,
                           GError          **error);

/* Writes float32 (or @dtype: U8, I16, I32, F32) with the volume's affine as sform (code 2) and the nearest qform.
 * .nii or .nii.gz by the name's end. Atomic: a failed write leaves the old file whole.
 * @description: (nullable): header text of at most 79 bytes: where the numbers come from. */
gboolean   dub_nifti_save (const DubVolume  *volume,
                           const char       *path,
                           DubDtype          dtype,
                           const char       *description,
                           GError          **error);

G_END_DECLS
