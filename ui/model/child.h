/* Long work in a child process: dubito-cli with progress as JSON lines on its standard error.
 *
 * A crash or an out-of-memory there cannot take the window down, and the same
 * command runs on a compute node. Lines are {"progress": 0.4, "seconds": 12, "left": 16} and
 * {"message": "…"}; everything else goes to the job's log.
 */
#pragma once

#include <gio/gio.h>

#include "ui/model/job.h"

G_BEGIN_DECLS

/* dub_child_run_async:
 * @argv: NULL-terminated; argv[0] is looked for beside this program, in ../bin and on PATH (dub_child_find)
 * @job: shows the progress; cancelling it ends the child. Finished by this function.
 *
 * @callback is called when the child has ended; dub_child_run_finish fails with the child's last message.
 */
void     dub_child_run_async  (const char *const   *argv,
                               DubJob              *job,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data);
gboolean dub_child_run_finish (GAsyncResult        *result,
                               GError             **error);

/* (transfer full) (nullable): absolute path of the program @name. */
char    *dub_child_find       (const char          *name);

/* One line of the child's standard error, as it reaches the job; for tests. */
void     dub_child_feed       (DubJob              *job,
                               const char          *line);

G_END_DECLS
