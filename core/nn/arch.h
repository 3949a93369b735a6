/* Built-in architectures, as graphs with fresh weights.
 *
 * Weights are He-normal (He et al. 2015, standard deviation sqrt (2 / fan-in)),
 * drawn from (seed, "arch", parameter index); biases are 0; batch normalisation
 * starts as the identity. Weights, biases, scales and shifts are parameters;
 * running means and variances are plain constants named "….running_mean" and
 * "….running_var", and the normalising node names their updated values
 * "….new_mean" and "….new_var" (outputs 1 and 2), which only a training plan computes.
 *
 * Both graphs have one input "input" with a free batch and one output "logits".
 */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

/* dub_arch_cnn3d:
 * @shape: D, H, W of the volume (one input channel)
 * @channels: [n_blocks] output channels of each block
 * @dropout: share of the flattened features that training drops; 0 leaves the node out
 *
 * Blocks of Conv 3x3x3 (pad 1), BatchNormalization, LeakyRelu 0.01 and MaxPool 2,
 * then Flatten, Dropout, a dense layer of 64 with LeakyRelu and one of @n_classes.
 *
 * Returns: (transfer full): the graph, or NULL with @error set:
 *   DUB_ERROR_SHAPE     the volume is smaller than the 2^n_blocks that pooling divides by
 *   DUB_ERROR_ARGUMENT  a count that is not positive, or a dropout outside [0, 1)
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph *dub_arch_cnn3d    (const int64_t   shape[3],
                             const int      *channels,
                             int             n_blocks,
                             int             n_classes,
                             double          dropout,
                             uint64_t        seed,
                             GError        **error);

/* dub_arch_resnet18:
 * @width64: feature maps of the first stage; 64 gives 64-128-256-512
 *
 * ResNet-18 for small images (He et al. 2016): a 3x3 stem without pooling, four
 * stages of two basic blocks (stride 1, 2, 2, 2), global average pooling, one dense layer.
 * Errors as above.
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph *dub_arch_resnet18 (int64_t         height,
                             int64_t         width,
                             int             in_channels,
                             int             n_classes,
                             int             width64,
                             uint64_t        seed,
                             GError        **error);

G_END_DECLS
