/* The optimiser's parts, shared by mask*.c only. */
#pragma once

#include "core/explain/mask-grid.h"
#include "core/explain/mask-history.h"
#include "core/explain/mask-terms.h"
#include "core/explain/mask.h"

G_BEGIN_DECLS

/* One image of the set and what replaces it. */
typedef struct {
  DubTensor *x; /* (D, H, W) */
  DubTensor *r; /* (D, H, W), or NULL: r0 everywhere */
  float      r0;
} DubMaskImage;

void     _dub_mask_image_clear (DubMaskImage        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DubMaskImage, _dub_mask_image_clear)

/* DUB_ERROR_NUMERIC names the first voxel of image @index that is not finite. */
gboolean _dub_mask_image_check (const DubTensor     *x,
                                size_t               index,
                                GError             **error);

/* Fills @r and @r0 from the params; @reference is needed by DUB_REPLACE_FILE. */
gboolean _dub_mask_image_fill  (DubMaskImage        *self,
                                DubTensor           *reference,
                                const DubMaskParams *params,
                                DubRun              *run,
                                GError             **error);

/* The network as the optimiser sees it: one image in, the probability of a class and its slope out. */
typedef struct {
  DubPlan   *plan;
  DubTensor *input;       /* (1, 1, D, H, W) or (1, 1, H, W): what the plan reads */
  DubTensor *d_output;    /* (1, C) */
  gboolean   is_softmax;  /* output 0 are probabilities already */
  size_t     n_classes;   /* C */
  size_t     n_outputs;   /* of the graph; those after the first are not looked at */
} DubMaskNetwork;

gboolean _dub_mask_network_init     (DubMaskNetwork *self,
                                     DubGraph       *graph,
                                     const size_t    shape[3],
                                     DubRun         *run,
                                     GError        **error);
void     _dub_mask_network_clear    (DubMaskNetwork *self);

/* Class probabilities [C] of what stands in @input. */
gboolean _dub_mask_network_forward  (DubMaskNetwork *self,
                                     double         *probabilities,
                                     DubRun         *run,
                                     GError        **error);
/* d p_target / d input after forward. (transfer none), valid until the next forward. */
const float *
         _dub_mask_network_backward (DubMaskNetwork *self,
                                     const double   *probabilities,
                                     size_t          target,
                                     DubRun         *run,
                                     GError        **error);

struct _DubMask {
  DubGraph       *graph;
  DubMaskParams   params;
  size_t          shape[3];
  size_t          n_voxels;     /* V */
  size_t          n_images;     /* S */
  DubMaskImage   *images;       /* [S] */
  DubTensor      *reference;
  DubMaskNetwork  network;

  DubMaskGrid     grid;
  size_t          n_nodes;      /* = V for grid 1 */
  DubTensor      *nodes;        /* [n_nodes] the mask */
  DubTensor      *next;         /* [n_nodes] what the update writes */
  DubTensor      *first;        /* [n_nodes] Adam's moments */
  DubTensor      *second;
  DubTensor      *voxels;       /* [V] the mask by voxel; @nodes itself for grid 1 */
  gboolean        voxels_stale;
  DubTensor      *planes;       /* [D·h·w] half-folded gradient, coarse grids only */
  DubTensor      *slope;        /* [n_nodes] gradient of the nodes, coarse grids only */
  DubTensor      *score;        /* [V] the score's gradient over a set, S > 1 only */

  guint           iteration;
  guint           adam_time;    /* updates since the moments were 0 */
  GArray         *trace;        /* of DubMaskEnergy */
  GArray         *row_classes;  /* of double: [rows of the trace · C] */
  guint           segment;      /* row of the trace from which the stop rule looks */
  DubMaskHistory  history;
  double         *original;     /* [S·C] */
  double         *masked;       /* [S·C] */
  double         *fresh;        /* [S·C] of the step under way */
};

/* The mask by voxel, made from the nodes if they changed. */
const float *_dub_mask_voxels         (DubMask       *self,
                                       DubRun        *run,
                                       GError       **error);
DubMaskView  _dub_mask_view           (const DubMask *self,
                                       size_t         image,
                                       const int      shift[3]);
/* m_0: a constant, with a smooth random field on top if asked. */
gboolean     _dub_mask_fill_start     (DubMask       *self,
                                       float         *nodes,
                                       GError       **error);
void         _dub_mask_forget_moments (DubMask       *self);

G_END_DECLS
