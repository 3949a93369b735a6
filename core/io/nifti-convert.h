/* Stored voxels to float32, built with the kernels' optimisation: a 256³ file is waited for. */
#pragma once

#include "core/io/nifti-header.h"

G_BEGIN_DECLS

/* dub_nifti_convert:
 * @bytes: header->n_bytes, fastest along i
 * @out: (ni, nj, nk), C order
 *
 * Byte order, slope and intercept are applied. FALSE only where there is no memory for a few rows.
 */
gboolean dub_nifti_convert (const DubNiftiHeader  *header,
                            const guint8          *bytes,
                            float                 *out,
                            GError               **error);

G_END_DECLS
