/* One case as the search for duplicates sees it. Shared by duplicates*.c only. */
#pragma once

#include "core/data/dataset.h"

G_BEGIN_DECLS

/* Extent along each axis at which cases of different sizes are compared. */
#define DUB_REDUCED_EXTENT 32

/* Two numbers for each block: floats of a signature, a multiple of 16. */
#define DUB_SIGNATURE_WIDTH 128

/* All numbers of case @index as floats, or at the reduced size and in one channel.
 * NaN and infinity count as 0. (transfer full), free with g_free.
 *   DUB_ERROR_SHAPE   not reduced, and the case differs in size from the set's first one */
G_GNUC_WARN_UNUSED_RESULT
float  *_dub_case_values    (DubDataset   *dataset,
                             size_t        index,
                             gboolean      reduced,
                             size_t       *n_values,
                             float         range[2], /* (out): smallest and largest, before reducing */
                             GError      **error);

/* _dub_case_signature:
 * @signature: [DUB_SIGNATURE_WIDTH], whose squared distance to another case's is at most the mean squared difference of
 *             the two cases, but for rounding
 *
 * The values, of which @channels planes stand one after the other, are cut into at most 64 blocks. Per block: the mean,
 * and the norm of what is left without it; both bound a distance from below, since the mean is an orthogonal
 * projection, and |u - v| >= ||u| - |v||.
 *
 * Returns: the mean of all values.
 */
double  _dub_case_signature (const float  *values,
                             const int64_t shape[3],
                             int           channels,
                             float        *signature);

G_END_DECLS
