/* log.jsonl and the lock of a run folder: the writing side of run-folder.h. */
#pragma once

#include "core/train/run-folder.h"

G_BEGIN_DECLS

/* "log.jsonl" line of one epoch, with its newline. (transfer full) */
char      *dub_run_log_line   (const DubEpoch  *epoch);
/* FALSE for anything that is not a whole line of an epoch. */
gboolean   dub_run_log_parse  (const char      *line,
                               size_t           n,
                               DubEpoch        *epoch);
/* The epochs of a folder's log, in order; lines that are torn or not ours are passed over, and so is an epoch that
 * does not follow the one before. A missing log is an empty one. (transfer full) (element-type DubEpoch) */
G_GNUC_WARN_UNUSED_RESULT
GArray    *dub_run_log_read   (const char      *folder,
                               GError         **error);
/* Appends a line and hands it to the system. */
gboolean   dub_run_log_append (const char      *folder,
                               const DubEpoch  *epoch,
                               GError         **error);
/* Keeps the first @n_epochs epochs alone, as a checkpoint knows them. Atomic. */
gboolean   dub_run_log_cut    (const char      *folder,
                               guint            n_epochs,
                               GError         **error);

/* The lock: a file descriptor, or -1 with @error set where another process trains in this folder. */
int        dub_run_lock       (const char      *folder,
                               GError         **error);
void       dub_run_unlock     (int              lock);
/* Whether some process holds it. */
gboolean   dub_run_is_locked  (const char      *folder);
/* The process that holds it, 0 where nobody does or it does not say. */
int        dub_run_lock_owner (const char      *folder);

G_END_DECLS
