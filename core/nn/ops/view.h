/* Operators that only rename the axes: the planner lets the output share the memory of the input,
 * and these copies serve where it cannot. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

gboolean dub_view_forward  (DubOpContext *ctx,
                            DubRun       *run,
                            GError      **error);
gboolean dub_view_backward (DubOpContext *ctx,
                            DubRun       *run,
                            GError      **error);

G_END_DECLS
