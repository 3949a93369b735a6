/* Outputs and scores of one family, read or made on another thread: the only place of the window that knows how scores come
 * about. Every call reads the study's folder anew, so that the thread shares nothing with the window.
 */
#pragma once

#include "core/study/scores.h"

G_BEGIN_DECLS

typedef enum {
  DUB_RESULTS_READ_STORED,   /* what is stored, and scores that cost seconds at most */
  DUB_RESULTS_READ_NETWORKS, /* first runs the family's networks where they were not run yet */
  DUB_RESULTS_READ_VIEWS,    /* also over augmented views of the cases */
} DubResultsReadWork;

typedef struct {
  DubOutputs *outputs; /* (nullable): of the family's networks; NULL where none was run */
  DubScores  *scores;  /* (nullable): NULL without outputs */
} DubResultsRead;

G_GNUC_WARN_UNUSED_RESULT
DubResultsRead *dub_results_read      (const char          *folder,
                                       const char          *family,
                                       DubResultsReadWork   work,
                                       DubRun              *run,
                                       GError             **error);
void            dub_results_read_free (DubResultsRead      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubResultsRead, dub_results_read_free)

G_END_DECLS
