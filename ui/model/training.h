/* The training of the open study: `dubito-cli train` in a process of its own, which outlives the window.
 *
 *   start, resume ──▶ process ──▶ run folders ──▶ DubRuns ──▶ job, pages
 *
 * Only the folders tell how far it is: a window that is opened later, or a training begun from a shell, looks
 * the same. While something is trained a job stands in the session's list; stopping it asks the
 * processes that hold the runs' locks to end, which keep their last checkpoint. When a run is done the study is read again.
 *
 * Signals: "changed": some run or the state of the process changed.
 */
#pragma once

#include "ui/model/runs.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

#define DUB_TYPE_TRAINING (dub_training_get_type ())
G_DECLARE_FINAL_TYPE (DubTraining, dub_training, DUB, TRAINING, GObject)

/* The one of @session, whose study it follows; made when it is first asked for. (transfer none) */
DubTraining *dub_training_of_session   (DubSession         *session);
/* (transfer none), never NULL */
DubRuns     *dub_training_get_runs     (DubTraining        *self);

/* Starts `dubito-cli train --out STUDY` with @arguments (NULL-terminated). One training at a time. */
gboolean     dub_training_start        (DubTraining        *self,
                                        const char *const  *arguments,
                                        GError            **error);
/* Goes on with every run that is not done. */
gboolean     dub_training_resume       (DubTraining        *self,
                                        GError            **error);
void         dub_training_stop         (DubTraining        *self);
/* A process of this window works, or somebody's lock is held. */
gboolean     dub_training_is_running   (DubTraining        *self);
/* Some run is neither done nor being trained. */
gboolean     dub_training_can_resume   (DubTraining        *self);

/* Share of the planned epochs of the runs being trained that are done, -1 = nothing is trained. */
double       dub_training_get_fraction (DubTraining        *self);
/* From the pace of the last epochs; -1 = unknown. */
double       dub_training_get_seconds_left (DubTraining    *self);
/* Cases a second over all running runs. */
double       dub_training_get_rate     (DubTraining        *self);
/* Seconds left of one run, -1 = unknown or not running. */
double       dub_run_summary_seconds_left (const DubRunSummary *run);

G_END_DECLS
