#include "ui/model/slot-job.h"

#include <glib/gi18n.h>

enum { POLL_MS = 120 };

static gboolean
poll_cb (gpointer data)
{
  DubSlotJob *self = data;

  dub_job_set_fraction (self->job, dub_compute_slot_get_progress (self->slot));
  g_object_notify_by_pspec (self->owner, self->fraction);

  return G_SOURCE_CONTINUE;
}

void
dub_slot_job_begin (DubSlotJob     *self,
                    DubSession     *session,
                    DubComputeSlot *slot,
                    const char     *title,
                    GCallback       stop,
                    gpointer        owner,
                    GParamSpec     *fraction)
{
  g_return_if_fail (self->job == NULL);

  self->slot = slot;
  self->owner = owner;
  self->fraction = fraction;
  self->job = dub_job_new (title);
  g_signal_connect_object (self->job, "cancel", stop, owner, G_CONNECT_SWAPPED);
  dub_jobs_add (dub_session_get_jobs (session), self->job);
  self->poll = g_timeout_add (POLL_MS, poll_cb, self);
}

gboolean
dub_slot_job_is_running (DubSlotJob *self)
{
  return self->job != NULL;
}

double
dub_slot_job_get_fraction (DubSlotJob *self)
{
  return self->job != NULL ? dub_compute_slot_get_progress (self->slot) : 0.0;
}

void
dub_slot_job_end (DubSlotJob   *self,
                  const GError *error)
{
  g_clear_handle_id (&self->poll, g_source_remove);
  if (self->job != NULL)
    dub_job_finish (self->job, error);
  g_clear_object (&self->job);
}

void
dub_slot_job_stop (DubSlotJob     *self,
                   DubComputeSlot *slot)
{
  g_autoptr (GError) error = g_error_new_literal (DUB_ERROR, DUB_ERROR_CANCELLED, _("Stopped"));

  dub_compute_slot_cancel (slot);
  dub_slot_job_end (self, error);
}
