/* Outputs and scores of one family, read or made on another thread: the only place of the window that knows how scores come
 * about. Every call reads the study's folder anew, so that the thread shares nothing with the window.
 */
#pragma once

#include "core/study/scores.h"

G_BEGIN_DECLS

typedef enum {
  DUB_RESULTS_READ_STORED,   /* what is stored */
  DUB_RESULTS_READ_SCORES,   /* also scores that need no other look at the cases: seconds at most, where outputs are complete */
  DUB_RESULTS_READ_NETWORKS, /* first runs the family's networks where they were not run yet */
  DUB_RESULTS_READ_VIEWS,    /* also over augmented views of the cases */
} DubResultsReadWork;

typedef struct {
  gatomicrefcount ref_count;
  DubOutputs *outputs; /* (nullable): of the family's networks; NULL where none was run */
  DubScores  *scores;  /* (nullable): NULL without outputs */
  gboolean    complete; /* of every network of the family, and none is stale */
} DubResultsRead;

G_GNUC_WARN_UNUSED_RESULT
DubResultsRead *dub_results_read      (const char          *folder,
                                       const char          *family,
                                       DubResultsReadWork   work,
                                       DubRun              *run,
                                       GError             **error);
/* Any thread: what was read is never changed. */
DubResultsRead *dub_results_read_ref  (DubResultsRead      *self);
void            dub_results_read_unref (DubResultsRead     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubResultsRead, dub_results_read_unref)

G_END_DECLS
