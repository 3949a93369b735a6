/* The networks of one family, ready to be asked about single cases on another thread: where in the image an answer or a doubt
 * comes from, and what they say to augmented views.
 *
 * They are loaded with the first question. Functions are called by one thread at a time, never by the main thread.
 */
#pragma once

#include "core/explain/heatmap.h"
#include "core/study/study.h"

G_BEGIN_DECLS

typedef struct _DubCaseNetworks DubCaseNetworks;

/* @folder: of the study; @dataset: a reference is taken */
DubCaseNetworks *dub_case_networks_new   (const char       *folder,
                                          const char       *family,
                                          DubDataset       *dataset);
DubCaseNetworks *dub_case_networks_ref   (DubCaseNetworks  *self);
void             dub_case_networks_unref (DubCaseNetworks  *self);

/* Kinds of heatmap that are offered, as one word: "occlusion:score". */
typedef struct {
  const char    *id;
  DubHeatmapKind kind;
  DubHeatmapOf   of;
  gboolean       doubt;    /* where the doubt comes from; otherwise where the answer does */
  gboolean       ensemble; /* needs two networks */
  const char    *title;    /* N_() */
  const char    *sentence; /* N_(): what it shows */
} DubHeatChoice;

const DubHeatChoice *dub_heat_choices     (size_t           *n);
/* The first where there is no such word. */
const DubHeatChoice *dub_heat_choice_find (const char       *id);

typedef struct {
  const DubHeatChoice *choice;
  guint                index;
  DubHeatmap          *heat;     /* map in the axes of the stored case: (H, W) or (i, j, k) */
  char                *score;    /* (nullable): title of the score that was asked for */
} DubCaseHeat;

/* @score_id: of OF_SCORE: where it is no score of outputs alone, the ensemble's SD or the entropy stands for it. */
G_GNUC_WARN_UNUSED_RESULT
DubCaseHeat     *dub_case_networks_heat  (DubCaseNetworks      *self,
                                          guint                 index,
                                          const DubHeatChoice  *choice,
                                          const char           *score_id,
                                          DubRun               *run,
                                          GError              **error);
void             dub_case_heat_free      (DubCaseHeat          *self);

enum { DUB_N_CASE_VIEWS = 5 };

typedef struct {
  guint  index;
  guint  n_views;
  struct {
    GBytes *picture;   /* DUB_VIEW_SIDE² × 3 bytes */
    char   *words;     /* "rotate 12°, contrast 1.3" */
    int     answer;    /* class */
    double  probability; /* of the answer: mean over networks, recalibrated where that was recorded */
  } view[DUB_N_CASE_VIEWS];
  double sd;           /* SD over views of the probabilities, mean over classes: the TTA score */
} DubCaseViews;

enum { DUB_VIEW_SIDE = 128 };

/* The views of test-time augmentation, as the TTA score sees them. */
G_GNUC_WARN_UNUSED_RESULT
DubCaseViews    *dub_case_networks_views (DubCaseNetworks      *self,
                                          guint                 index,
                                          DubRun               *run,
                                          GError              **error);
void             dub_case_views_free     (DubCaseViews         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCaseNetworks, dub_case_networks_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCaseHeat, dub_case_heat_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubCaseViews, dub_case_views_free)

G_END_DECLS
