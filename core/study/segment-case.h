/* The segmentation of one volume file, in the space of that file: what the window shows and the command line writes.
 *
 *   file ─▶ dub_preprocess ─▶ (D, H, W) ─▶ dub_segment ─▶ labels, maps ─▶ dub_preprocess_back ─▶ the volume's own grid
 */
#pragma once

#include "core/study/study.h"
#include "core/uq/segment.h"
#include "core/uq/segment-summary.h"

G_BEGIN_DECLS

/* A place and how unsure the network is there, in the volume's own voxels. */
typedef struct {
  int64_t voxel[3]; /* i, j, k */
  double  world[3]; /* mm RAS */
  double  mean;     /* over the patch */
} DubSegmentPlace;

typedef struct {
  DubVolume       *volume;       /* as the file has it */
  DubVolume       *labels;       /* class of each voxel of @volume; 0 where the network did not see */
  DubVolume       *map[DUB_N_SEGMENT_SCORES]; /* NULL where not asked for */
  DubSegmentation *segmentation; /* its numbers; labels and maps are handed on, and NULL here */
  double           voxel_ml;     /* volume of a voxel of that grid */
  double          *ml;           /* [C] volume of each class, in millilitres */
  double          *ml_low;       /* [C] smallest and largest over networks and views: a range, not an interval */
  double          *ml_high;
} DubSegmentCase;

/* dub_segment_case_run:
 * @preprocess: [n_models] how each reads the volume; the grids must be the same
 * @views: as dub_segment_views_parse
 * @scores: bits 1 << DubSegmentScore
 *
 * Returns: (transfer full), or NULL with @error set: as dub_preprocess and dub_segment.
 */
G_GNUC_WARN_UNUSED_RESULT
DubSegmentCase    *dub_segment_case_run     (DubGraph *const       *models,
                                             const DubPreprocess   *preprocess,
                                             size_t                 n_models,
                                             const char            *path,
                                             const char            *views,
                                             guint                  scores,
                                             DubRun                *run,
                                             GError               **error);
void               dub_segment_case_free    (DubSegmentCase        *self);

/* The map's numbers, and its worst places in voxels of the file. @places: (out) (transfer full) [n_patches of the result] */
G_GNUC_WARN_UNUSED_RESULT
DubSegmentSummary *dub_segment_case_summary (const DubSegmentCase  *self,
                                             DubSegmentScore        score,
                                             double                 threshold,
                                             int                    patch,
                                             size_t                 n_patches,
                                             DubSegmentPlace      **places,
                                             DubRun                *run,
                                             GError               **error);

/* dub_segment_case_note:
 *
 * Where labels and map come from, as their files say it: version, score, views, how the volume was read, and the SHA-256 of the
 * volume and of every network. Names and folders stay out: a file may travel farther than they should.
 *
 * Returns: (transfer full), or NULL with DUB_ERROR_IO.
 */
G_GNUC_WARN_UNUSED_RESULT
char              *dub_segment_case_note    (DubSegmentScore        score,
                                             const char            *views,
                                             const char            *volume,
                                             const char *const     *models,
                                             const DubPreprocess   *preprocess,
                                             size_t                 n_models,
                                             GError               **error);
/* NIfTI in the space of the volume, uint8 and float32. */
gboolean           dub_segment_case_save_labels (const DubSegmentCase *self,
                                             const char            *path,
                                             const char            *note,
                                             GError               **error);
gboolean           dub_segment_case_save_map (const DubSegmentCase *self,
                                             DubSegmentScore        score,
                                             const char            *path,
                                             const char            *note,
                                             GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSegmentCase, dub_segment_case_free)

G_END_DECLS
