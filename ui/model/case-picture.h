/* A small square picture of a case of a data set, for lists: an image as it is, a volume by its middle slice. */
#pragma once

#include "core/data/dataset.h"

G_BEGIN_DECLS

/* dub_case_picture:
 * @side: px of the picture, 1 to 1024
 *
 * The middle square of the case. Whole numbers are shown by the range of their type, others by the range of the slice.
 * May be called from any thread.
 *
 * Returns: (transfer full): side * side * 3 bytes of red, green and blue, or NULL with @error set as
 * dub_dataset_read does.
 */
G_GNUC_WARN_UNUSED_RESULT
GBytes *dub_case_picture (DubDataset  *dataset,
                          size_t       index,
                          int          side,
                          GError     **error);

/* The same of numbers that were read already: (C, H, W) or (C, i, j, k) of a data set of @kind, or of a view of a case. */
G_GNUC_WARN_UNUSED_RESULT
GBytes *dub_tensor_picture (const DubTensor *raw,
                            DubDatasetKind   kind,
                            int              side);

G_END_DECLS
