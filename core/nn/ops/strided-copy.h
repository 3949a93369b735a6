/* Moves a block of numbers between two layouts: what Slice, Transpose, Concat, Pad and Expand come down to. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

/* dub_strided_copy:
 * @extent: [rank] of the block, in the order of @out's axes
 * @out_stride, @in_stride: [rank] in elements, possibly negative or (in) 0
 * @out, @in: element (0, 0, …) of the block
 * @size: bytes of an element: 1, 2, 4 or 8
 */
gboolean dub_strided_copy (int             rank,
                           const int64_t  *extent,
                           void           *out,
                           const int64_t  *out_stride,
                           const void     *in,
                           const int64_t  *in_stride,
                           size_t          size,
                           DubRun         *run,
                           GError        **error);

/* C-order strides of a shape. */
void     dub_shape_strides (const DubShape *shape,
                            int64_t        *stride);

G_END_DECLS
