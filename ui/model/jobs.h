/* The one list of long work: a GListModel of DubJob, newest first. A job leaves the list when it is over. */
#pragma once

#include <gio/gio.h>

#include "ui/model/job.h"

G_BEGIN_DECLS

#define DUB_TYPE_JOBS (dub_jobs_get_type ())
G_DECLARE_FINAL_TYPE (DubJobs, dub_jobs, DUB, JOBS, GObject)

DubJobs *dub_jobs_new        (void);
/* Takes a reference of its own. */
void     dub_jobs_add        (DubJobs *self,
                              DubJob  *job);
/* Asks every job to stop that does not outlive the window. */
void     dub_jobs_cancel_all (DubJobs *self);

G_END_DECLS
