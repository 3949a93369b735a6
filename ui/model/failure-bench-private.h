/* The inside of the bench: failure-bench.c has rows and measuring, failure-bench-point.c the operating point and its undo. */
#pragma once

#include "ui/model/failure-bench.h"

G_BEGIN_DECLS

struct _DubFailureBench {
  GObject         parent_instance;
  DubSession     *session;    /* not owned: the page that has this holds it */
  DubResults     *results;
  DubComputeSlot *slot;
  GPtrArray      *rows;       /* of DubFailureRow */
  DubFailureRow  *measuring;  /* (nullable) */
  DubPointKind    kind;
  gboolean        own;
  GHashTable     *thresholds; /* id → double *: where a person dragged them */
};

/* The point, or what it is chosen on, has changed: properties and signal. */
void _dub_failure_bench_point_changed (DubFailureBench *self);

G_END_DECLS
