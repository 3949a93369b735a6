/* What can be read of a mask session. */
#include "ui/model/mask-session-private.h"

const DubMaskParams *
dub_mask_session_get_params (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), NULL);

  return self->has_following ? &self->following : &self->params;
}

DubMaskState
dub_mask_session_get_state (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), DUB_MASK_STATE_EMPTY);

  return self->state;
}

const GError *
dub_mask_session_get_error (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), NULL);

  return self->error;
}

DubMaskInputs *
dub_mask_session_get_inputs (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), NULL);

  return self->inputs;
}

DubMaskFrame *
dub_mask_session_get_frame (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), NULL);

  return self->frame;
}

const DubMaskRequest *
dub_mask_session_get_request (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), NULL);

  return self->request;
}

gboolean
dub_mask_session_get_stale (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), FALSE);

  return self->stale;
}

guint64
dub_mask_session_get_generation (DubMaskSession *self)
{
  g_return_val_if_fail (DUB_IS_MASK_SESSION (self), 0);

  return self->generation;
}
