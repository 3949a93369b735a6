/* The last dense layer of a classifier: what it reads are the features of a case, what it holds explains its logits.
 *
 * Letters: C outputs (classes, or 1 of a binary head), F features. z = W x + b.
 */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

typedef struct {
  int        features; /* value of the graph that the layer reads */
  DubTensor *weight;   /* (nullable) (C, F) float32; NULL where it is no constant of the graph */
  DubTensor *bias;     /* (nullable) [C]; zeros where the layer has none */
} DubFinalLayerFound;

/* dub_final_layer_find:
 *
 * Follows output 0 backwards through what does not mix classes (Softmax, LogSoftmax, Sigmoid, reshapes, idle Dropout) to a Gemm,
 * or a MatMul with or without an Add behind it. FALSE where there is no such layer: a network that ends in a convolution.
 */
gboolean dub_final_layer_find  (const DubGraph     *graph,
                                DubFinalLayerFound *found);
void     dub_final_layer_clear (DubFinalLayerFound *found);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubFinalLayerFound, dub_final_layer_clear)

G_END_DECLS
