/* Softmax and its logarithm along one axis. Before opset 13 the axis and all behind it
 * are one. The gradients are y (dy - Σ y dy) and dy - e^y Σ dy. */
#pragma once

#include "core/nn/op.h"

G_BEGIN_DECLS

gboolean dub_softmax_infer    (DubInferContext *ctx,
                               GError         **error);
gboolean dub_softmax_forward  (DubOpContext    *ctx,
                               gboolean         logarithm,
                               DubRun          *run,
                               GError         **error);
gboolean dub_softmax_backward (DubOpContext    *ctx,
                               gboolean         logarithm,
                               DubRun          *run,
                               GError         **error);

G_END_DECLS
