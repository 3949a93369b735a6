/* One piece of long work as a person sees it: title, stage, how far, time left, cancel, log.
 *
 * Main thread only. Whoever does the work updates the job; the window shows it.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DUB_TYPE_JOB (dub_job_get_type ())
G_DECLARE_FINAL_TYPE (DubJob, dub_job, DUB, JOB, GObject)

typedef enum {
  DUB_JOB_RUNNING,
  DUB_JOB_PAUSED,
  DUB_JOB_DONE,
  DUB_JOB_CANCELLED,
  DUB_JOB_FAILED,
} DubJobState;

/* Properties: "title", "stage" (strings), "fraction" (double, -1 = unknown), "seconds-left"
 * (double, -1 = unknown), "state" (int, DubJobState), "error-message" (string).
 * Signals: "cancel" (the person asked to stop; the owner answers with dub_job_finish). */
DubJob     *dub_job_new               (const char  *title);

const char *dub_job_get_title         (DubJob      *self);
void        dub_job_set_title         (DubJob      *self,
                                       const char  *title);
/* What is going on now: "90 / 300", "Training, epoch 3 of 12". */
const char *dub_job_get_stage         (DubJob      *self);
void        dub_job_set_stage         (DubJob      *self,
                                       const char  *stage);
double      dub_job_get_fraction      (DubJob      *self);
/* Also estimates the time left from the pace so far, unless dub_job_set_seconds_left was called. */
void        dub_job_set_fraction      (DubJob      *self,
                                       double       fraction);
double      dub_job_get_seconds_left  (DubJob      *self);
void        dub_job_set_seconds_left  (DubJob      *self,
                                       double       seconds);
DubJobState dub_job_get_state         (DubJob      *self);
void        dub_job_set_paused        (DubJob      *self,
                                       gboolean     paused);

/* A job that goes on when the window is closed, as training in a process of its own does: only the person stops it. */
void        dub_job_set_outlives      (DubJob      *self,
                                       gboolean     outlives);
gboolean    dub_job_get_outlives      (DubJob      *self);

/* Appends a line to the log. */
void        dub_job_log               (DubJob      *self,
                                       const char  *line);
const char *dub_job_get_log           (DubJob      *self);

/* Emits "cancel" once while running or paused. */
void        dub_job_cancel            (DubJob      *self);
/* Ends the job. @error: (nullable); DUB_ERROR_CANCELLED ends it as cancelled. */
void        dub_job_finish            (DubJob      *self,
                                       const GError *error);
const char *dub_job_get_error_message (DubJob      *self);
gboolean    dub_job_is_over           (DubJob      *self);

G_END_DECLS
