/* Long work of a compute slot, shown as a job of the session: its progress is followed, and stopping it empties the slot.
 *
 * A plain struct for the object that owns the slot; zeros are "nothing runs". Main thread only.
 */
#pragma once

#include "ui/model/session.h"

G_BEGIN_DECLS

typedef struct {
  DubComputeSlot *slot;     /* not owned */
  DubJob         *job;      /* (nullable): something runs */
  GObject        *owner;    /* not owned: it has this */
  GParamSpec     *fraction; /* of @owner, notified while the work goes on */
  guint           poll;
} DubSlotJob;

/* Begins a job called @title; the caller submits its work. @stop: called with @owner when the person cancels. */
void     dub_slot_job_begin        (DubSlotJob     *self,
                                    DubSession     *session,
                                    DubComputeSlot *slot,
                                    const char     *title,
                                    GCallback       stop,
                                    gpointer        owner,
                                    GParamSpec     *fraction);
gboolean dub_slot_job_is_running   (DubSlotJob     *self);
/* Of the running work, else 0. */
double   dub_slot_job_get_fraction (DubSlotJob     *self);
/* The work has ended; nothing happens where none ran. @error: (nullable) as dub_job_finish */
void     dub_slot_job_end          (DubSlotJob     *self,
                                    const GError   *error);
/* Empties the slot and ends the job as cancelled. @slot: also emptied where no job runs */
void     dub_slot_job_stop         (DubSlotJob     *self,
                                    DubComputeSlot *slot);

G_END_DECLS
