/* What the built-in architectures are made of, shared by arch-*.c only.
 *
 * A builder carries a graph under construction: the first failure sticks, and later calls do nothing.
 */
#pragma once

#include "core/nn/arch.h"

G_BEGIN_DECLS

typedef struct {
  DubGraph *graph;
  uint64_t  seed;
  uint64_t  n_drawn; /* parameters drawn so far: the index of the next stream */
  GError   *error;
} DubArchBuilder;

/* A new graph @name with the input "input" of shape (free, @input…). */
DubArchBuilder dub_arch_begin     (const char      *name,
                                   const DubShape  *input,
                                   uint64_t         seed,
                                   int             *x);
/* Takes the graph out, with the outputs "logits" and "features" (the input of the last dense layer), or the first error. */
DubGraph      *dub_arch_finish    (DubArchBuilder  *self,
                                   int              logits,
                                   int              features,
                                   GError         **error);

/* Each returns the value of its output, or -1 after a failure. @name is of the node and of the value. */
int            dub_arch_apply     (DubArchBuilder  *self,
                                   const char      *op,
                                   const char      *name,
                                   const char      *attributes,
                                   int              x);
/* @weight_shape: (C_out, C_in, kernel…); without bias, as a normalisation follows. */
int            dub_arch_conv      (DubArchBuilder  *self,
                                   const char      *name,
                                   int              x,
                                   DubShape         weight_shape,
                                   const char      *attributes);
int            dub_arch_norm      (DubArchBuilder  *self,
                                   const char      *name,
                                   int              x,
                                   int              channels);
/* Leaves the node out where @ratio is 0. */
int            dub_arch_dropout   (DubArchBuilder  *self,
                                   const char      *name,
                                   int              x,
                                   double           ratio);
int            dub_arch_dense     (DubArchBuilder  *self,
                                   const char      *name,
                                   int              x,
                                   int64_t          n_in,
                                   int              n_out);

/* DUB_ERROR_ARGUMENT "The architecture's @what is …" unless @n > 0. */
gboolean       dub_arch_check_positive (const char *what,
                                   int64_t          n,
                                   GError         **error);
gboolean       dub_arch_check_dropout (double       ratio,
                                   GError         **error);

/* The architectures behind dub_arch_new, whose options they check. */
DubGraph      *_dub_arch_resnet18 (const DubArchOptions *options,
                                   GError         **error);
DubGraph      *_dub_arch_cnn3d    (const DubArchOptions *options,
                                   GError         **error);
/* Blocks for a volume of this shape where the depth is ours to choose. */
int            _dub_arch_cnn3d_depth (const DubShape *input);
DubGraph      *_dub_arch_cnn2d    (const DubArchOptions *options,
                                   GError         **error);
DubGraph      *_dub_arch_mlp      (const DubArchOptions *options,
                                   GError         **error);

G_END_DECLS
