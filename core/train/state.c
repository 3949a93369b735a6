#include "core/train/state.h"

DubTrainState *
dub_train_state_new (void)
{
  DubTrainState *self = g_new0 (DubTrainState, 1);

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) dub_tensor_unref);

  return self;
}

void
dub_train_state_free (DubTrainState *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->tensors);
  g_free (self);
}

void
dub_train_state_add (DubTrainState *self,
                     const char    *name,
                     DubTensor     *tensor)
{
  g_ptr_array_add (self->names, g_strdup (name));
  g_ptr_array_add (self->tensors, dub_tensor_ref (tensor));
}

gboolean
dub_train_state_add_copy (DubTrainState    *self,
                          const char       *name,
                          const DubTensor  *tensor,
                          GError          **error)
{
  g_autoptr (DubTensor) copy = dub_tensor_copy (tensor, error);

  if (copy == NULL)
    return FALSE;
  dub_train_state_add (self, name, copy);

  return TRUE;
}

DubTensor *
dub_train_state_find (const DubTrainState *self,
                      const char          *name)
{
  for (guint i = 0; i < self->names->len; i++)
    if (g_str_equal (g_ptr_array_index (self->names, i), name))
      return g_ptr_array_index (self->tensors, i);

  return NULL;
}

DubTensor *
dub_train_state_expect (const DubTrainState  *self,
                        const char           *name,
                        DubDtype              dtype,
                        const DubShape       *shape,
                        GError              **error)
{
  DubTensor *tensor = dub_train_state_find (self, name);

  if (tensor == NULL) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT, "The training state holds no array \"%s\".", name);
    return NULL;
  }
  if (tensor->dtype == dtype && dub_shape_equal (&tensor->shape, shape))
    return tensor;

  g_autofree char *found = dub_shape_to_string (&tensor->shape);
  g_autofree char *expected = dub_shape_to_string (shape);

  g_set_error (error, DUB_ERROR, DUB_ERROR_FORMAT,
               "The array \"%s\" of the training state is %s of shape %s; expected %s of shape %s.", name,
               dub_dtype_name (tensor->dtype), found, dub_dtype_name (dtype), expected);

  return NULL;
}
