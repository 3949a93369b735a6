/* The mask of one subject as a figure for a paper: three panes, colour bar, energy,
 * effect on the class, and the regions that carry it.
 *
 * The struct holds final numbers and owns what it points to. The window's Mask page and
 * `dubito-cli figure mask` fill it through the functions below, so that equal inputs give equal bytes.
 * Words on it are English.
 */
#pragma once

#include "core/explain/mask.h"
#include "core/explain/regions.h"
#include "core/study/study.h"
#include "ui/figures/compose.h"
#include "ui/figures/export.h"

G_BEGIN_DECLS

typedef struct {
  char   *name;
  double  density;  /* in [0, 1] */
  double  share;    /* of the mask's mass; NaN for an empty mask */
  size_t  n_voxels;
} DubMaskFigureRegion;

typedef struct {
  char   *name;
  double  original; /* probability */
  double  masked;
} DubMaskFigureClass;

typedef struct {
  /* Words. */
  char         *subject;      /* "sub-091" */
  char         *model;        /* "cnn3d_fold0" */
  char         *atlas;        /* (nullable): "AAL" */
  char         *settings;     /* (nullable): the line under the title; see _describe () */
  /* Images; all (owned). */
  DubVolume    *base;
  DubVolume    *mask;         /* (nullable): m in [0, 1], in the space of base; shown as the heat 1 - m */
  DubVolume    *drawn;        /* (nullable): mask without its small clusters; see _set_min_cluster () */
  DubVolume    *truth;        /* (nullable): label volume; a contour at 0.5 */
  double        cursor[3];    /* world mm: the three slices and the crosshair */
  gboolean      crosshair;    /* whether its lines are drawn; default TRUE */
  DubPaneStyle  style;        /* window, clip, opacity, …; its volumes are ignored */
  gboolean      radiological; /* default TRUE */
  gboolean      hides_overlay; /* the image alone; default FALSE */
  guint         min_cluster;  /* 0 and 1 = all are drawn */
  /* Numbers. */
  GArray       *trace;        /* of DubMaskEnergy */
  guint         iteration;    /* the one whose mask is shown */
  GArray       *regions;      /* of DubMaskFigureRegion, by decreasing density; the first 8 are drawn */
  GArray       *classes;      /* of DubMaskFigureClass */
  guint         target_class;
  double        mass_inside;  /* share of the mass inside the dilated truth; NaN = not stated */
  GPtrArray    *provenance;   /* of char *: key, value, key, value, … */
} DubMaskFigure;

G_GNUC_WARN_UNUSED_RESULT
DubMaskFigure *dub_mask_figure_new            (void);
void           dub_mask_figure_free           (DubMaskFigure       *self);

/* dub_mask_figure_set_volumes:
 *
 * Takes references. The window of intensities becomes the one that a viewer starts with, and the cursor the densest
 * spot of 1 - m above the clip, or the middle of @base where nothing shows; both may be overwritten.
 *
 * Returns: FALSE with @error set: DUB_ERROR_SHAPE where @mask is not in the space of @base.
 */
gboolean       dub_mask_figure_set_volumes    (DubMaskFigure       *self,
                                               DubVolume           *base,
                                               DubVolume           *mask,
                                               DubVolume           *truth,
                                               GError             **error);

/* Subject, model and parameters: fills the words, the settings line and the provenance entries
 * subject, model, lambda1, …, seed and version. */
void           dub_mask_figure_describe       (DubMaskFigure       *self,
                                               const char          *subject,
                                               const char          *model,
                                               const DubMaskParams *params);
/* Copies the rows; the iteration shown becomes the last one. */
void           dub_mask_figure_set_trace      (DubMaskFigure       *self,
                                               const DubMaskEnergy *rows,
                                               size_t               n_rows);
/* Copies densities of dub_region_densities (). */
void           dub_mask_figure_set_regions    (DubMaskFigure       *self,
                                               const char          *atlas,
                                               GArray              *densities);
void           dub_mask_figure_add_class      (DubMaskFigure       *self,
                                               const char          *name,
                                               double               original,
                                               double               masked);
/* How the volume became the network's input, and the SHA-256 of the files; @reference_hash (nullable): of the volume that
 * replaces. Several volumes have their hashes in @data_hash one after the other, with a space between. */
void           dub_mask_figure_set_sources    (DubMaskFigure       *self,
                                               const DubPreprocess *preprocess,
                                               const char          *model_hash,
                                               const char          *data_hash,
                                               const char          *reference_hash);
/* Clusters of fewer voxels above the clip of the style, which is to be set before, are not drawn; numbers keep them. */
gboolean       dub_mask_figure_set_min_cluster (DubMaskFigure      *self,
                                               guint                voxels,
                                               GError             **error);
/* Replaces the value of a key that is already there. Keys are lower case with hyphens. The iteration and everything of the
 * view that moves a pixel are added by the export itself. */
void           dub_mask_figure_add_provenance (DubMaskFigure       *self,
                                               const char          *key,
                                               const char          *value);

/* Height of the figure in pt for a width in pt. */
double         dub_mask_figure_height         (const DubMaskFigure *self,
                                               double               width);
/* Draws with the canvas's theme; the origin is the upper left corner. */
void           dub_mask_figure_draw           (const DubMaskFigure *self,
                                               DubCanvas           *canvas,
                                               double               width,
                                               double               height);

/* The numbers as text: comment lines of provenance, then one block a table. (transfer full) */
char          *dub_mask_figure_to_csv         (const DubMaskFigure *self);

/* Writes .png, .svg, .pdf or .csv by the name's end, on paper, atomically. */
gboolean       dub_mask_figure_export         (const DubMaskFigure    *self,
                                               const char             *path,
                                               const DubExportOptions *options,
                                               GError                **error);

/* @mask, in any space, as NIfTI: what it is in the header's description, everything that was described above as JSON in a
 * header extension. */
gboolean       dub_mask_figure_save_mask      (const DubMaskFigure    *self,
                                               const DubVolume        *mask,
                                               const char             *path,
                                               GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubMaskFigure, dub_mask_figure_free)

G_END_DECLS
