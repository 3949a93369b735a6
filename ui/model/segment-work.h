/* One case segmented, as the thread of the compute slot does it: copies of the study's words in, numbers and volumes out. */
#pragma once

#include "core/study/segment-numbers.h"

G_BEGIN_DECLS

typedef struct {
  char          *path;        /* of the volume */
  char         **models;      /* NULL-terminated paths */
  DubPreprocess *preprocess;  /* [n_models] */
  size_t         n_models;
  char          *views;
  char          *folder;      /* (nullable): of the saved study, where numbers are kept */
  gboolean       volumes;     /* labels and maps are wanted, too */
} DubSegmentWork;

/* What a case is shown from; shared by reference, never changed. */
typedef struct {
  gatomicrefcount    ref_count;
  DubSegmentCase    *result;     /* (nullable): where volumes were not wanted */
  DubSegmentNumbers *numbers;
  size_t             n_bytes;    /* of the volumes */
} DubSegmentShown;

/* All networks of @study as one ensemble, for its case @case_index. */
DubSegmentWork  *dub_segment_work_new  (const DubStudy        *study,
                                        guint                  case_index,
                                        const char            *views,
                                        gboolean               volumes);
void             dub_segment_work_free (DubSegmentWork        *self);
/* Scores that networks and views allow for. */
guint            dub_segment_work_scores (size_t               n_models,
                                        const char            *views);
G_GNUC_WARN_UNUSED_RESULT
DubSegmentShown *dub_segment_work_run  (const DubSegmentWork  *self,
                                        DubRun                *run,
                                        GError               **error);
DubSegmentShown *dub_segment_shown_ref (DubSegmentShown       *self);
void             dub_segment_shown_unref (DubSegmentShown     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSegmentWork, dub_segment_work_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSegmentShown, dub_segment_shown_unref)

G_END_DECLS
