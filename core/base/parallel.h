/* parallel_for: the only way the core uses more than one thread.
 *
 * The caller cuts its work into pieces whose number and borders depend on the
 * problem alone, never on the thread count; a reduction writes one partial
 * result a piece and adds them up in piece order afterwards. So the same input
 * gives the same bits for any number of threads.
 */
#pragma once

#include "core/base/run.h"

G_BEGIN_DECLS

/* One piece. @thread is in [0, n_threads) and indexes per-thread scratch only:
 * what a piece writes must not depend on it. */
typedef void (*DubPieceFunc) (size_t   piece,
                              guint    thread,
                              gpointer user_data);

/* dub_parallel_for:
 * @run: (nullable): threads and cancel flag; NULL computes on the caller alone
 *
 * Runs @func for every piece in [0, @n_pieces), in any order, and returns when
 * all are done. A cancelled run skips the pieces not yet begun. A call from
 * inside a piece computes on that thread alone.
 *
 * Returns: FALSE, with @error set, only if the run was cancelled.
 */
gboolean dub_parallel_for (DubRun        *run,
                           size_t         n_pieces,
                           DubPieceFunc   func,
                           gpointer       user_data,
                           GError       **error);

/* A piece that can fail: FALSE with @error set. */
typedef gboolean (*DubTryFunc) (size_t    piece,
                                guint     thread,
                                gpointer  user_data,
                                GError  **error);

/* dub_parallel_try:
 * @failed: (nullable): set to the piece that @error is of, or G_MAXSIZE if there is none
 *
 * dub_parallel_for over pieces that can fail. They all run nevertheless, so that
 * of several errors it is the first piece's for any number of threads.
 *
 * Returns: FALSE, with @error set, if a piece failed or the run was cancelled.
 */
gboolean dub_parallel_try (DubRun        *run,
                           size_t         n_pieces,
                           DubTryFunc     func,
                           gpointer       user_data,
                           size_t        *failed,
                           GError       **error);

G_END_DECLS
