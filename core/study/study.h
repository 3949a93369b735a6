/* The study: the document that a person opens, a folder NAME.dubito.
 *
 *   study.json        what it is: classes, cases, models, atlas, truth, preprocessing, seed, version
 *   data/             volumes that the study owns (others are referred to by absolute path)
 *   models/<id>/      model.onnx, or outputs.npz of an imported model that is not at hand
 *   results/          derivable; deleting it costs time, never information
 *
 * A study without a folder (one network and some volumes dropped on the window)
 * lives in memory until it is saved. Paths inside study.json that are relative
 * stay inside the folder.
 */
#pragma once

#include "core/data/atlas.h"
#include "core/nn/graph.h"
#include "core/study/study-data.h"

G_BEGIN_DECLS

typedef enum { DUB_AXES_IJK, DUB_AXES_KJI } DubAxes;
typedef enum { DUB_SCALE_NONE, DUB_SCALE_MINMAX, DUB_SCALE_ZSCORE } DubScale;
typedef enum { DUB_FIT_REFUSE, DUB_FIT_CROP_PAD, DUB_FIT_RESAMPLE } DubFit;

/* How a volume becomes the network's input; recorded with the model. */
typedef struct {
  DubAxes  axes;
  DubScale scale;
  DubFit   fit;    /* what to do with a volume of another shape */
} DubPreprocess;

typedef struct {
  char *id;        /* "sub-091" */
  char *path;      /* absolute */
  int   label;     /* class index, -1 = unknown */
  char *split;     /* "train", "test", or "" */
  char *truth_path; /* (nullable) label volume of the truly affected voxels, in the case's space */
  double severity; /* NaN = unknown */
} DubStudyCase;

typedef struct {
  char         *id;   /* "cnn3d" */
  char         *path; /* absolute path of the ONNX file, or of outputs.npz */
  DubPreprocess preprocess;
  char         *family;     /* (nullable): runs that differ only in their fold share one: "ce-dca15" */
  int           fold;       /* -1 = none */
  DubPrepare   *prepare;    /* (nullable): how a case of the data set becomes the input */
  char         *split_hash; /* (nullable): of the split it was trained on; checked whenever it is used */
  gboolean      training_unknown; /* imported, and nobody said which cases it learned from: what is measured may be too good */
} DubStudyModel;

typedef struct _DubRecalibration DubRecalibration;

/* A step that was applied to what a family answers; see answers.h, which alone reads and writes these. */
typedef struct {
  char             *family;
  char            **models;        /* ids of the networks that the family had when it was recorded, NULL-terminated */
  char            **files;         /* (nullable) of each: what its file was then, as dub_file_fingerprint says; "" = not known */
  DubRecalibration *recalibration;
} DubStudyStep;

typedef struct {
  gatomicrefcount ref_count;
  char      *title;
  char      *modality;    /* (nullable): what the voxels are: "grey-matter" density; NULL = not said */
  char      *folder;      /* absolute, or NULL while in memory */
  GPtrArray *classes;     /* of char * */
  GPtrArray *cases;       /* of DubStudyCase * */
  GPtrArray *models;      /* of DubStudyModel * */
  char      *atlas_path;  /* (nullable) */
  char      *atlas_table; /* (nullable) */
  uint64_t   seed;
  char      *version;     /* of the software that wrote it */
  DubStudyData *data;     /* (nullable): the data set, its split and its cases; see study-data.h */
  GPtrArray *recalibrations; /* of DubStudyStep *: of a family one at most */
  GPtrArray *past_recalibrations; /* the same, of steps that were taken back or replaced: somebody may still read them */
  GMutex     recalibrations_lock; /* of both: a step may be recorded while another thread computes */
} DubStudy;

DubStudy  *dub_study_new       (const char    *title);
DubStudy  *dub_study_ref       (DubStudy      *self);
void       dub_study_unref     (DubStudy      *self);

/* Schema-checked: a message names the member, what was found and what was expected. */
G_GNUC_WARN_UNUSED_RESULT
DubStudy  *dub_study_load      (const char    *folder,
                                GError       **error);
/* Atomic: the old study.json stays whole until the new one is. */
gboolean   dub_study_save      (DubStudy      *self,
                                const char    *folder,
                                GError       **error);

void       dub_study_add_case  (DubStudy      *self,
                                const char    *id,     /* NULL = from the file's name */
                                const char    *path,
                                int            label);
void       dub_study_add_model (DubStudy      *self,
                                const char    *id,
                                const char    *path,
                                DubPreprocess  preprocess);
/* By its id; %NULL if there is none. Belongs to the study. */
DubStudyModel *dub_study_find_model (const DubStudy *self,
                                     const char     *id);

/* The input tensor (D, H, W) of a volume for a network with declared extents @shape (-1 = free),
 * and the volume on exactly that grid (axes ijk, as read) for display.
 *   DUB_ERROR_SHAPE    does not fit and fit is REFUSE: the message names both shapes and the choices
 *   DUB_ERROR_NUMERIC  NaN or infinity, with its voxel
 */
gboolean   dub_preprocess      (const DubPreprocess *self,
                                DubVolume           *volume,
                                const int64_t        shape[3],
                                DubTensor          **input,
                                DubVolume          **displayed,
                                DubRun              *run,
                                GError             **error);

/* dub_preprocess_load:
 *
 * The volume of a NIfTI file for dub_preprocess. Where fit is REFUSE and its header claims other extents than the network's
 * @shape, that is said as dub_preprocess says it, and not a voxel is read.
 */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_preprocess_load (const DubPreprocess *self,
                                const char          *path,
                                const int64_t        shape[3],
                                GError             **error);

/* The words of study.json and of the command line: "ijk", "minmax", "crop-pad". */
const char *dub_axes_name      (DubAxes              axes);
const char *dub_scale_name     (DubScale             scale);
const char *dub_fit_name       (DubFit               fit);

/* The network's tensor (D, H, W) back as a volume (i, j, k) in the space of @displayed. */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_preprocess_back (const DubPreprocess *self,
                                DubTensor           *tensor,
                                const DubVolume     *displayed,
                                GError             **error);

/* A mask on the network's grid brought into the space of @original, the volume as its file has it. The network saw a crop,
 * a frame or a resampling of that: where it saw nothing, the mask is 1. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_preprocess_mask_onto (const DubPreprocess *self,
                                DubVolume           *mask,
                                const DubVolume     *original,
                                DubRun              *run,
                                GError             **error);

/* The same of any map: @outside stands where the network saw nothing. (transfer full) */
G_GNUC_WARN_UNUSED_RESULT
DubVolume *dub_preprocess_onto (const DubPreprocess *self,
                                DubVolume           *map,
                                const DubVolume     *original,
                                float                outside,
                                DubRun              *run,
                                GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubStudy, dub_study_unref)

G_END_DECLS
