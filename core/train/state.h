/* Tensors under names: what a checkpoint holds of a trainer. dub_npz_save takes the two arrays as they are. */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct {
  GPtrArray *names;   /* of char *, each once */
  GPtrArray *tensors; /* of DubTensor *, beside the names */
} DubTrainState;

DubTrainState *dub_train_state_new  (void);
void           dub_train_state_free (DubTrainState   *self);

/* Takes a new reference; whoever adds a tensor no longer changes its numbers. */
void           dub_train_state_add  (DubTrainState   *self,
                                     const char      *name,
                                     DubTensor       *tensor);
/* Adds a copy. */
gboolean       dub_train_state_add_copy (DubTrainState *self,
                                     const char      *name,
                                     const DubTensor *tensor,
                                     GError         **error);
/* (transfer none), or NULL. */
DubTensor     *dub_train_state_find (const DubTrainState *self,
                                     const char      *name);

/* dub_train_state_expect:
 *
 * Returns: (transfer none): the tensor of that name, type and shape, or NULL with @error set to
 * DUB_ERROR_FORMAT: it is missing, or of another type or shape (found and expected are named).
 */
DubTensor     *dub_train_state_expect (const DubTrainState *self,
                                     const char      *name,
                                     DubDtype         dtype,
                                     const DubShape  *shape,
                                     GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubTrainState, dub_train_state_free)

G_END_DECLS
