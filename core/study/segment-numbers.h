/* What a table of segmented cases says of one of them: volumes of the classes, and of every score its means and worst places.
 *
 * Derivable: a saved study keeps it in results/segment/<key>.json, where the key is the SHA-256 of everything that it depends on.
 * What cannot be read is as good as absent.
 *
 * Letters: C classes, A answers (networks × views).
 */
#pragma once

#include "core/study/segment-case.h"

G_BEGIN_DECLS

#define DUB_SEGMENT_PATCH     9   /* side of a patch, voxels */
#define DUB_SEGMENT_THRESHOLD 0.5 /* above it a voxel counts as unsure */
#define DUB_SEGMENT_PLACES    4

typedef struct {
  double          mean;            /* over all voxels */
  double          mean_foreground; /* NaN without any */
  double          share_above;     /* of the foreground; NaN without any */
  guint           n_places;
  DubSegmentPlace places[DUB_SEGMENT_PLACES]; /* worst first */
} DubSegmentScoreNumbers;

typedef struct {
  size_t  n_classes;               /* C */
  size_t  n_models, n_views;
  guint   scores;                  /* bits of those that are there */
  double *ml;                      /* [C] */
  double *view_ml;                 /* [A][C] as each network sees each view */
  DubSegmentScoreNumbers score[DUB_N_SEGMENT_SCORES];
} DubSegmentNumbers;

G_GNUC_WARN_UNUSED_RESULT
DubSegmentNumbers *dub_segment_numbers_new   (const DubSegmentCase    *result,
                                              DubRun                  *run,
                                              GError                 **error);
DubSegmentNumbers *dub_segment_numbers_copy  (const DubSegmentNumbers *self);
void               dub_segment_numbers_free  (DubSegmentNumbers       *self);
/* Smallest and largest volume of class @c over networks and views: a range, not an interval. */
void               dub_segment_numbers_range (const DubSegmentNumbers *self,
                                              size_t                   c,
                                              double                  *low,
                                              double                  *high);

/* The key of what dub_segment_case_run would say. (transfer full); NULL with DUB_ERROR_IO where a file cannot be read. */
G_GNUC_WARN_UNUSED_RESULT
char              *dub_segment_numbers_key   (const char              *volume,
                                              const char *const       *models,
                                              const DubPreprocess     *preprocess,
                                              size_t                   n_models,
                                              const char              *views,
                                              GError                 **error);
/* @folder: of the study. */
gboolean           dub_segment_numbers_save  (const DubSegmentNumbers *self,
                                              const char              *folder,
                                              const char              *key,
                                              GError                 **error);
/* (nullable): absent, or not what this program writes */
DubSegmentNumbers *dub_segment_numbers_load  (const char              *folder,
                                              const char              *key);
/* The same from text. */
DubSegmentNumbers *dub_segment_numbers_parse (const char              *text,
                                              size_t                   n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubSegmentNumbers, dub_segment_numbers_free)

G_END_DECLS
