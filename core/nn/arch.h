/* Built-in architectures, as graphs with fresh weights.
 *
 * Weights are He-normal (He et al. 2015, standard deviation sqrt (2 / fan-in)),
 * drawn from (seed, "arch", parameter index); biases are 0; batch normalisation
 * starts as the identity. Weights, biases, scales and shifts are parameters;
 * running means and variances are plain constants named "….running_mean" and
 * "….running_var", and the normalising node names their updated values
 * "….new_mean" and "….new_var" (outputs 1 and 2), which only a training plan computes.
 *
 * Every graph has one input "input" with a free batch and two outputs: "logits" (N, C) and, second, "features" (N, F):
 * what the last dense layer reads (before its dropout), for work in the latent space. Who wants the answer reads output 0.
 */
#pragma once

#include "core/nn/graph.h"

G_BEGIN_DECLS

typedef struct {
  DubShape input;     /* of one case: (C, H, W) or (C, D, H, W) */
  int      n_classes;
  int      width;     /* feature maps of the first stage; 0 = the architecture's own */
  int      depth;     /* blocks or hidden layers; 0 = the architecture's own */
  double   dropout;   /* before the last part of dense layers; 0 leaves the node out */
  uint64_t seed;
} DubArchOptions;

/* dub_arch_new:
 * @name:
 *   "resnet18"  (He et al. 2016) four stages of two basic blocks, global average pooling, dropout, one dense layer; 2-D.
 *               Up to 64 pixels a 3x3 stem without pooling, above a 7x7 stem of stride 2 and 3x3 max pooling of stride 2.
 *               Width 64 (64-128-256-512), or any; the depth is fixed
 *   "cnn3d"     (source 001) blocks of Conv 3x3x3, BatchNormalization, LeakyRelu 0.01, MaxPool 2, maps doubling from 8;
 *               dropout, a dense layer of 64 with LeakyRelu and the last. Depth 5, or less where the volume would be smaller
 *               than 3 voxels at the end
 *   "cnn2d"     blocks of Conv 3x3, BatchNormalization, Relu, MaxPool 2, maps doubling from 16; global average pooling,
 *               dropout, one dense layer. Depth 3, or less for very small images
 *   "mlp"       hidden dense layers of the width (128) with Relu, dropout after each, and the last; depth 2
 *
 * Returns: (transfer full): the graph, or NULL with @error set:
 *   DUB_ERROR_SHAPE     the input has not the axes that the architecture reads, or is too small for the depth
 *   DUB_ERROR_ARGUMENT  another name, a count that is not positive, or a dropout outside [0, 1)
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph *dub_arch_new      (const char           *name,
                             const DubArchOptions *options,
                             GError              **error);
/* "ResNet-18, width 16": for a person, with what 0 stands for filled in. (transfer full) */
char     *dub_arch_describe (const char           *name,
                             const DubArchOptions *options);

/* dub_arch_head:
 * @options: input is the shape of the feature maps of one case, (C, h, w); width (128) counts the maps of the convolution
 *           and the neurons of the first dense layer; the depth is ignored
 *
 * The classifier on top of a frozen backbone (002, section S2): 1x1 convolution, BatchNormalization, LeakyRelu, 2x2 max
 * pooling with stride 1, two dense layers, each with dropout before it. Maps of one pixel are not pooled, and features
 * without extents go to the dense layers at once.
 */
G_GNUC_WARN_UNUSED_RESULT
DubGraph *dub_arch_head     (const DubArchOptions *options,
                             GError              **error);

/* dub_arch_cnn3d:
 * @shape: D, H, W of the volume (one input channel)
 * @channels: [n_blocks] output channels of each block
 * @dropout: share of the flattened features that training drops; 0 leaves the node out
 *
 * Errors as above.
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
