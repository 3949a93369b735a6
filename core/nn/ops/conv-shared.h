/* What Conv and dub.ConvBlock have in common: everything but the attributes of the fusion. */
#pragma once

#include "core/nn/kernels/conv.h"
#include "core/nn/ops/spatial.h"

G_BEGIN_DECLS

/* Parsed attributes (op params). */
typedef struct {
  DubConvShape  shape;
  DubActivation activation;
  float         alpha;
  int           pool[3];
  gboolean      winograd;      /* training: the way of winograd.h, forward and back */
  gboolean      lanes;         /* training: that of conv-lanes.h */
  gboolean      has_code;      /* one byte an output is saved for the way back */
  double        multiply_adds;
} DubConvParams;

/* Packed weights and the blocks they belong to (op state). */
typedef struct {
  DubConvSetup *forward;
  float        *forward_packed;
  gboolean      forward_ready;     /* constant weights have been packed */
  int64_t       n_reverse;
  DubConvSetup **reverse;
  float       **reverse_packed;
  gboolean      reverse_ready;
} DubConvState;

gboolean dub_conv_shared_infer    (DubInferContext *ctx,
                                   gboolean         is_block,
                                   GError         **error);
gboolean dub_conv_shared_forward  (DubOpContext    *ctx,
                                   DubRun          *run,
                                   GError         **error);
gboolean dub_conv_shared_backward (DubOpContext    *ctx,
                                   DubRun          *run,
                                   GError         **error);
double   dub_conv_multiply_adds   (const DubInferContext *ctx);
void     dub_conv_state_free      (gpointer         state);

/* The sum of the reverse of @params' shape, and that of the shape itself; weights come from @weights.
 * The state keeps what need not be made again; @constant says that weights and bias never change. */
gboolean dub_conv_state_forward   (gpointer            *state,
                                   const DubConvShape  *shape,
                                   const int           *pool,
                                   const float         *weights,
                                   const float         *bias,
                                   gboolean             constant,
                                   const DubConvSource *source,
                                   const DubConvTarget *target,
                                   DubRun              *run,
                                   GError             **error);
gboolean dub_conv_state_reverse   (gpointer            *state,
                                   const DubConvShape  *shape,
                                   const float         *weights,
                                   const float         *bias,
                                   gboolean             constant,
                                   const DubConvSource *source,
                                   float               *result,
                                   DubRun              *run,
                                   GError             **error);

/* More sums than this in a reverse is not a network but an attack. */
#define DUB_CONV_MAX_REVERSE 4096

G_END_DECLS
