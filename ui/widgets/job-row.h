/* A job as a row: title and stop button, progress bar, stage and time left. Class action: job.cancel. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model/job.h"

G_BEGIN_DECLS

#define DUB_TYPE_JOB_ROW (dub_job_row_get_type ())
G_DECLARE_FINAL_TYPE (DubJobRow, dub_job_row, DUB, JOB_ROW, GtkBox)

GtkWidget *dub_job_row_new      (DubJob *job);

/* "2 min 11 s left", or NULL for a negative number. (transfer full) */
char      *dub_format_time_left (double  seconds);

G_END_DECLS
