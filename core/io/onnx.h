/* ONNX: opset 1 to 18, weights inside or in external files of the model's own folder. Below opset 7 the operators that
 * already meant the same, see onnx-versions.h. */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

/* dub_onnx_load:
 *
 * Operators that the table lacks do not fail the load: dub_graph_unsupported lists them and a plan refuses them by name.
 *
 * Returns: (transfer full): the graph, or NULL with @error set, naming the file, the field, found and expected.
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph  *dub_onnx_load         (const char    *path,
                                  GError       **error);
/* From memory; external data is refused unless @folder is given. */
G_GNUC_WARN_UNUSED_RESULT
DubGraph  *dub_onnx_parse        (const guint8  *bytes,
                                  size_t         n_bytes,
                                  const char    *name,
                                  const char    *folder, /* (nullable) */
                                  GError       **error);
/* A TensorProto file, as ONNX's backend tests keep them. */
G_GNUC_WARN_UNUSED_RESULT
DubTensor *dub_onnx_load_tensor  (const char    *path,
                                  char         **name,   /* (out) (optional) (transfer full) */
                                  GError       **error);
/* Writes a graph under its own operator set (13 for what is built here), IR version 7 or 8, constants inside; atomic. */
gboolean   dub_onnx_save         (DubGraph      *graph,
                                  const char    *path,
                                  GError       **error);

typedef struct {
  char *node;
  char *op;
  char *reason; /* what to export instead */
} DubUnsupported;

/* (transfer full) (element-type DubUnsupported), empty where everything is supported. */
GPtrArray *dub_graph_unsupported (DubGraph      *graph);

G_END_DECLS
