/* What a mask is fitted on: one case, one network, and what is known about them.
 *
 * Everything is read once, on the worker's thread, and never changed afterwards;
 * the window and the worker share it by reference.
 */
#pragma once

#include "core/data/atlas.h"
#include "core/nn/graph.h"
#include "core/study/study.h"

G_BEGIN_DECLS

typedef struct {
  gatomicrefcount ref_count;
  char         *case_id;
  char         *case_path;
  char         *model_id;
  char         *model_path;
  int           label;       /* true class, -1 = unknown */
  guint         n_classes;
  char        **classes;     /* [n_classes], NULL-terminated: names, or "class 0" where the study has none */
  char         *reference_path; /* (nullable): of @reference */
  DubPreprocess preprocess;
  DubGraph     *graph;
  DubTensor    *input;       /* (D, H, W), as the network wants it */
  DubTensor    *reference;   /* (nullable) (D, H, W), for DUB_REPLACE_FILE */
  DubVolume    *displayed;   /* the same numbers before scaling, as read, for the eye */
  DubVolume    *truth;       /* (nullable) > 0.5 = truly affected, on the grid of @displayed */
  DubAtlas     *atlas;       /* (nullable) on the grid of @displayed */
  char         *modality;    /* (nullable): what the study says that the voxels are */
  float         min;         /* range of @displayed */
  float         max;
} DubMaskInputs;

/* What to read: copies of the study's words, so that the study may change meanwhile. */
typedef struct {
  char         *case_id;
  char         *case_path;
  char         *truth_path;  /* (nullable) */
  char         *reference_path; /* (nullable) */
  int           label;
  char         *model_id;
  char         *model_path;
  DubPreprocess preprocess;
  char        **classes;     /* NULL-terminated */
  char         *modality;    /* (nullable) */
  DubAtlas     *atlas;       /* (nullable) on its own grid */
} DubMaskRequest;

/* Returns: (transfer full): @case_index and @model_index must be in range. */
DubMaskRequest *dub_mask_request_new  (const DubStudy       *study,
                                       guint                 case_index,
                                       guint                 model_index,
                                       DubAtlas             *atlas);
DubMaskRequest *dub_mask_request_copy (const DubMaskRequest *self);
void            dub_mask_request_free (DubMaskRequest       *self);
/* Whether a result of the one may stand, for a moment, under the name of the other: the same case and network. */
gboolean        dub_mask_request_same_subject (const DubMaskRequest *a,
                                       const DubMaskRequest *b);

/* dub_mask_inputs_load:
 * @previous: (nullable): inputs whose network or atlas may be used again
 *
 * Returns: (transfer full): or NULL with @error set. DUB_ERROR_SHAPE is the one that another
 * DubFit can answer, DUB_ERROR_UNSUPPORTED the one that asks for another network.
 */
G_GNUC_WARN_UNUSED_RESULT
DubMaskInputs  *dub_mask_inputs_load  (const DubMaskRequest *request,
                                       const DubMaskInputs  *previous,
                                       DubRun               *run,
                                       GError              **error);
/* The same inputs with @atlas brought onto their grid. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubMaskInputs  *dub_mask_inputs_with_atlas (const DubMaskInputs *self,
                                       DubAtlas             *atlas,
                                       DubRun               *run,
                                       GError              **error);
/* Classes as the network has them for an image of @shape, which the plan knows without running; 0 with @error set,
 * DUB_ERROR_UNSUPPORTED where it is no classifier. */
guint           dub_mask_count_classes (DubGraph              *graph,
                                       const int64_t          shape[3],
                                       DubRun                *run,
                                       GError               **error);
DubMaskInputs  *dub_mask_inputs_ref   (DubMaskInputs        *self);
void            dub_mask_inputs_unref (DubMaskInputs        *self);

/* TRUE where the study says that the voxels are densities of grey matter. Only then does a replacement by 1 or 0 have a meaning
 * that can be said in words: numbers from 0 to 1 may be anything. */
gboolean        dub_mask_inputs_is_grey_matter (const DubMaskInputs *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubMaskRequest, dub_mask_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubMaskInputs, dub_mask_inputs_unref)

G_END_DECLS
