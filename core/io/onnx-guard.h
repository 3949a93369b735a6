/* Looks over the bytes of a protobuf message before a parser may allocate for them. */
#pragma once

#include "core/base/error.h"

#include <stdint.h>

G_BEGIN_DECLS

typedef enum { DUB_ONNX_MODEL, DUB_ONNX_TENSOR } DubOnnxMessage;

/* dub_onnx_guard:
 * @name: of the file, for messages
 *
 * Walks the wire format without allocating: every length lies inside its
 * message, messages are nested at most 64 deep, and there are at most a
 * million fields, because the parser spends up to two hundred bytes on one.
 *
 * Returns: FALSE with DUB_ERROR_FORMAT where a parser should not be let near.
 */
gboolean dub_onnx_guard (const guint8    *bytes,
                         size_t           n_bytes,
                         DubOnnxMessage   message,
                         const char      *name,
                         GError         **error);

G_END_DECLS
