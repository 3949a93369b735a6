/* Batch normalisation, alone and with what follows it in one step:
 *
 *   y = pool (activation (scale (x - μ) / σ + shift + z))
 *
 * with the statistics of the batch in training and the running ones otherwise. Two passes over a channel forward
 * (moments, result) and two back (sums, gradients); what lies between them never reaches memory.
 *
 * Letters: N images, C channels, S elements of a channel in one image, M = N S.
 */
#pragma once

#include "core/nn/kernels/conv.h"
#include "core/nn/op.h"

G_BEGIN_DECLS

typedef struct {
  int64_t       n_images;
  int64_t       n_channels;
  int64_t       n_elements;  /* S */
  int64_t       extent[3];   /* of an image, 1 on axes that it does not have */
  int64_t       n_out;       /* elements of a channel of y */
  float         epsilon;
  float         momentum;
  gboolean      from_batch;
  DubActivation activation;
  float         slope;       /* of the activation below 0; 1 without one */
  int           pool[3];     /* 1 or 2 */
  gboolean      has_pool;
} DubNormParams;

/* @is_block: the attributes activation (0 none, 1 relu, 2 leaky relu with alpha >= 0) and pool are read. */
gboolean dub_norm_shared_infer    (DubInferContext *ctx,
                                   gboolean         is_block,
                                   GError         **error);
gboolean dub_norm_shared_forward  (DubOpContext    *ctx,
                                   DubRun          *run,
                                   GError         **error);
gboolean dub_norm_shared_backward (DubOpContext    *ctx,
                                   DubRun          *run,
                                   GError         **error);

G_END_DECLS
