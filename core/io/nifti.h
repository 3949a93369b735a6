/* NIfTI-1 and NIfTI-2: .nii, .nii.gz, .hdr/.img. The header is checked by table before libnifti2 sees the file. */
#pragma once

#include "core/data/volume.h"

G_BEGIN_DECLS

/* dub_nifti_load:
 *
 * The first volume of a 4-D file of one; more than one is DUB_ERROR_SHAPE. The shape is kept as in the file
 * (dub_volume_to_ras reorients). Integers and floats of every width, scl_slope and scl_inter applied.
 * NaN and infinity are kept; dub_volume_range reports them.
 *   DUB_ERROR_MEMORY   more voxels than dub_memory_limit() allows, said before one is read
 */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_nifti_load (const char       *path,
                           GError          **error);

/* Shape, spacing and affine that dub_nifti_load would find; voxels are not read, but where the file's size says that they
 * cannot all be there, that is an error, too. */
gboolean   dub_nifti_peek (const char       *path,
                           int64_t           shape[3],
                           double            affine[4][4],
                           GError          **error);

/* One file in memory, compressed or not; @name is for messages. A pair of .hdr and .img needs dub_nifti_load. */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_nifti_parse (const guint8     *bytes,
                            size_t            n_bytes,
                            const char       *name,
                            GError          **error);

/* dub_nifti_save:
 * @path: ends in .nii or .nii.gz, which decides about compression
 * @dtype: U8, I16, I32 (numbers are rounded) or F32
 * @description: (nullable): header text, cut to 79 bytes: where the numbers come from
 *
 * The volume's affine becomes the sform (code 2) and, where it has no shear, the qform (code 2).
 * NIfTI-1, or NIfTI-2 where an extent is above 32767. Atomic: a failed write leaves the old file whole.
 *   DUB_ERROR_NUMERIC   a number does not fit into @dtype; the message names its voxel
 *   DUB_ERROR_ARGUMENT  another @dtype or ending
 */
gboolean   dub_nifti_save (const DubVolume  *volume,
                           const char       *path,
                           DubDtype          dtype,
                           const char       *description,
                           GError          **error);

/* The same with @note, a text of any length, as a header extension of code 6 (comment), which other programs keep or skip. */
gboolean   dub_nifti_save_with_note (const DubVolume  *volume,
                                     const char       *path,
                                     DubDtype          dtype,
                                     const char       *description,
                                     const char       *note, /* (nullable) */
                                     GError          **error);

G_END_DECLS
