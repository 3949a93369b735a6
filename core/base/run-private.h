/* The pool behind dub_parallel_for, shared by run.c and parallel.c only. */
#pragma once

#include "core/base/parallel.h"

struct _DubRun {
  gatomicrefcount ref_count;
  int             cancelled; /* atomic */
  guint64         progress;  /* atomic, in units of 1/2^32 */
  guint64         done_before; /* atomic, in the same units */
  double          span_from; /* of the whole: what the call that runs now tells as 0 */
  double          span_to;   /* and as 1 */
  DubLogFunc      log_func;
  gpointer        log_data;

  guint           n_threads; /* workers + the caller */
  GThread       **workers;   /* [n_threads - 1] */
  GMutex          mutex;
  GCond           wake;      /* a new batch or the end */
  GCond           done;      /* the last worker has left the batch */
  guint64         batch;     /* generation of the current batch */
  gboolean        quit;
  guint           n_active;  /* workers still inside the batch */

  size_t          n_pieces;
  size_t          next_piece; /* atomic */
  DubPieceFunc    func;
  gpointer        func_data;
};

typedef struct {
  DubRun *run;
  guint   thread;
} DubWorker;

gpointer _dub_parallel_worker (gpointer data);
