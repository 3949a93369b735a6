/* TensorProto and element types, shared by the onnx-*.c files only. */
#pragma once

#include "core/io/onnx.pb-c.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/* Element type in memory of an ONNX one; float16 and bfloat16 are held as float32. FALSE: text, complex or unknown. */
gboolean    dub_onnx_dtype        (int32_t                   data_type,
                                   DubDtype                 *dtype);
/* ONNX's number of ours. */
int32_t     dub_onnx_data_type    (DubDtype                  dtype);
/* "string", "float16", …; for messages. */
const char *dub_onnx_type_name    (int32_t                   data_type);

/* dub_onnx_read_tensor:
 * @folder: (nullable): where external data may lie
 * @file: name for messages
 *
 * Returns: (transfer full): the numbers, or NULL with @error set: DUB_ERROR_UNSUPPORTED for element types
 * that have no counterpart, DUB_ERROR_FORMAT where lengths contradict.
 */
G_GNUC_WARN_UNUSED_RESULT
DubTensor  *dub_onnx_read_tensor  (const Onnx__TensorProto  *proto,
                                   const char               *folder,
                                   const char               *file,
                                   GError                  **error);

G_END_DECLS
