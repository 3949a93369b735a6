/* The training runs of a study, watched: what their folders tell (core/train/run-folder.h), renewed while they grow.
 *
 * Runs belong to whoever trains them, perhaps a window that was closed since, perhaps a shell; here they are
 * only read. Folders are looked at every 0.7 s while somebody watches, because no file tells
 * that a process gave up its lock.
 *
 * Signals: "changed": some run is new, gone, further, or in another state.
 */
#pragma once

#include <glib-object.h>

#include "core/train/run-folder.h"

G_BEGIN_DECLS

#define DUB_TYPE_RUNS (dub_runs_get_type ())
G_DECLARE_FINAL_TYPE (DubRuns, dub_runs, DUB, RUNS, GObject)

DubRuns             *dub_runs_new          (void);
/* The models folder of a study; NULL = none. Reads it at once. */
void                 dub_runs_set_folder   (DubRuns     *self,
                                            const char  *folder);
/* Looks again and again while TRUE. */
void                 dub_runs_set_watching (DubRuns     *self,
                                            gboolean     watching);
/* Looks now; TRUE where something changed ("changed" was emitted). */
gboolean             dub_runs_refresh      (DubRuns     *self);

/* Running ones first, then by family and fold. */
guint                dub_runs_get_n        (DubRuns     *self);
/* (transfer none): valid until the next change. */
const DubRunSummary *dub_runs_get          (DubRuns     *self,
                                            guint        index);
/* (transfer none) (nullable) */
const DubRunSummary *dub_runs_find         (DubRuns     *self,
                                            const char  *id);
/* The runs of @family by fold, or all of them with NULL. (transfer container) (element-type DubRunSummary) */
GPtrArray           *dub_runs_of_family    (DubRuns     *self,
                                            const char  *family);
/* Names of the families in the order in which they first stand in the list. (transfer container) (element-type utf8) */
GPtrArray           *dub_runs_families     (DubRuns     *self);
gboolean             dub_runs_any_running  (DubRuns     *self);

G_END_DECLS
