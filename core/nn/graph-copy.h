/* Graphs out of graphs: a copy that owns its numbers, a part up to one value, and one graph behind another. */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

/* dub_graph_copy:
 *
 * Every constant is copied, so that training the one never changes the other.
 *
 * Returns: (transfer full), or NULL with DUB_ERROR_MEMORY.
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph *dub_graph_copy   (const DubGraph *self,
                            GError        **error);

/* dub_graph_cut:
 * @value: becomes the only output; nodes and constants that it does not need are left out, inputs all stay
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph *dub_graph_cut    (const DubGraph *self,
                            int             value,
                            GError        **error);

/* dub_graph_tail:
 * @value: becomes the only input, of @shape; nodes that lead to it are left out
 *
 * Returns: (transfer full), or NULL: without @error where an output also depends on an input past @value, which then is no
 *   place to cut; with DUB_ERROR_MEMORY.
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph *dub_graph_tail   (const DubGraph *self,
                            int             value,
                            const DubShape *shape,
                            GError        **error);

/* dub_graph_append:
 * @front: gets the values and nodes of @back, whose only input is replaced by @front's first output; its outputs
 *         become those of @back. Names of @back get @prefix, so that each stays unique
 *
 * Both are of one operator set, or the newer one's operators mean the same in the older: the caller knows.
 */
gboolean  dub_graph_append (DubGraph       *front,
                            const DubGraph *back,
                            const char     *prefix,
                            GError        **error);

G_END_DECLS
