/* The run context: what every long call needs from the world around it.
 *
 * A DubRun owns the worker threads of parallel_for, an atomic cancel flag, an
 * atomic progress and an optional log callback. It travels into every call that
 * may take longer than a frame. Kernels poll it and know no GCancellable.
 *
 * A run may be used by one computing thread at a time; cancel and the progress
 * getters may be called from any thread.
 */
#pragma once

#include "core/base/error.h"

G_BEGIN_DECLS

typedef struct _DubRun DubRun;

typedef void (*DubLogFunc) (const char *message,
                            gpointer    user_data);

/* dub_run_new:
 * @n_threads: threads that compute, the caller included; 0 = one per processor
 *
 * Results never depend on @n_threads (see parallel.h).
 */
G_GNUC_WARN_UNUSED_RESULT
DubRun   *dub_run_new             (guint          n_threads);
DubRun   *dub_run_ref             (DubRun        *self);
void      dub_run_unref           (DubRun        *self);

guint     dub_run_get_n_threads   (DubRun        *self);

/* Any thread. A cancelled run stays cancelled until dub_run_reset. */
void      dub_run_cancel          (DubRun        *self);
gboolean  dub_run_is_cancelled    (DubRun        *self);

/* TRUE, with @error set to DUB_ERROR_CANCELLED, when the run was cancelled:
 * `if (dub_run_check_cancelled (run, error)) return NULL;`
 * @self may be NULL, which is never cancelled. */
gboolean  dub_run_check_cancelled (DubRun        *self,
                                   GError       **error);

/* Clears the cancel flag and the progress before the next call. */
void      dub_run_reset           (DubRun        *self);

/* Progress as a fraction in [0, 1]; getters may be polled from any thread. */
void      dub_run_set_progress    (DubRun        *self,
                                   double         fraction);
double    dub_run_get_progress    (DubRun        *self);

/* Says that @fraction of the present span was done before, by a process that was stopped: what is left is reckoned from the pace
 * of the rest. Adds up over calls. The getter answers in shares of the whole. */
void      dub_run_add_done_before (DubRun        *self,
                                   double         fraction);
double    dub_run_get_done_before (DubRun        *self);

/* From now on what is set as 0 … 1 is @from … @to of the whole: for a caller whose work is several calls, each of which tells
 * its own progress. Between calls only, from the computing thread; dub_run_reset goes back to 0 … 1. */
void      dub_run_set_span        (DubRun        *self,
                                   double         from,
                                   double         to);

/* For a call that makes other calls, each of which tells its own progress: from now on 0 … 1 is @from … @to of the present span,
 * until the span of before, which is returned, is given back. An empty span lets a call tell nothing. As for set_span, from the
 * computing thread. */
typedef struct {
  double from, to;
} DubRunSpan;

DubRunSpan dub_run_enter_span     (DubRun        *self,
                                   double         from,
                                   double         to);
void      dub_run_leave_span      (DubRun        *self,
                                   DubRunSpan     before);

/* Diagnostics of the computation, one sentence each. Called on the computing
 * thread; without a callback the message is dropped. */
void      dub_run_set_log         (DubRun        *self,
                                   DubLogFunc     func,
                                   gpointer       user_data);
void      dub_run_log             (DubRun        *self,
                                   const char    *format,
                                   ...) G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubRun, dub_run_unref)

G_END_DECLS
