/* How a case of a data set becomes the numbers a network reads; recorded with every model.
 *
 *   stored case ─▶ channels ─▶ spacing ─▶ size (crop/pad or resample) ─▶ scaling ─▶ float32 (C, spatial)
 *
 * A volume's axes are (i, j, k) of RAS; with axes KJI the tensor is (1, k, j, i). Resampling puts the corners of both
 * grids on each other (align_corners = false). A case of one value alone becomes zeros where it is scaled by its own
 * range or spread. See prepare-json.c for the form on disk.
 */
#pragma once

#include "core/data/dataset.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  DUB_SCALING_NONE,
  DUB_SCALING_UNIT,       /* integers divided by the largest of their type; floats as they are */
  DUB_SCALING_MEAN_SD,    /* (UNIT - mean) / sd per channel, from training cases (dub_prepare_fit) */
  DUB_SCALING_MINMAX,     /* each case to [0, 1] */
  DUB_SCALING_ZSCORE,     /* each case to mean 0, SD 1 */
  DUB_SCALING_PERCENTILE, /* each case: the window between two percentiles to [0, 1], clipped */
} DubScaling;

typedef enum {
  DUB_RESIZE_REFUSE,
  DUB_RESIZE_CROP_PAD,    /* centred; padded with the case's smallest value */
  DUB_RESIZE_RESAMPLE,    /* linear; area-averaged where it shrinks */
} DubResize;

typedef struct {
  int        n_axes;        /* 2 or 3 */
  int        channels;      /* 1 (RGB becomes ITU-R 601 luma, alpha is dropped) or 3 (grey is repeated) */
  int64_t    size[3];       /* spatial extents in the dataset's axes; size[2] = 1 where n_axes is 2 */
  DubResize  resize;
  double     spacing;       /* mm of the isotropic grid volumes are resampled to first; 0 = as they are */
  gboolean   kji;           /* axes of the tensor of a volume */
  DubScaling scaling;
  double     mean[3];       /* of MEAN_SD, per channel */
  double     sd[3];
  double     percentile[2]; /* of PERCENTILE: 1, 99 */
  char       fitted_on[16]; /* "" or the part MEAN_SD was fitted on: "train" */
} DubPrepare;

/* Suggests: the set's own size (28…64 kept; larger images up to 224, or the median size of a mixed set up to that; volumes as
 * they are), CROP_PAD for volumes and RESAMPLE for images, MEAN_SD for images, ZSCORE for volumes that are not 8-bit. */
void       dub_prepare_init    (DubPrepare       *self,
                                const DubDataset *dataset);
/* Mean and SD over the cases @indices [n]; only those are read. Does nothing for other scalings than MEAN_SD. The same
 * bits for any number of threads; @self is unchanged where it fails. */
gboolean   dub_prepare_fit     (DubPrepare       *self,
                                DubDataset       *dataset,
                                const size_t     *indices,
                                size_t            n,
                                DubRun           *run,
                                GError          **error);
/* (C, H, W) or (C, D, H, W) of the tensor, without the batch extent. */
DubShape   dub_prepare_shape   (const DubPrepare *self);

/* @raw: as dub_dataset_read gives it. @target: [elements of dub_prepare_shape].
 *   DUB_ERROR_NUMERIC   NaN or infinity, with its place
 *   DUB_ERROR_SHAPE     another size and resize is REFUSE, or another number of axes
 *   DUB_ERROR_FORMAT    a spacing is wanted and @spacing is NULL, NaN or not positive
 *   DUB_ERROR_MEMORY    the case on another grid cannot be had */
gboolean   dub_prepare_apply   (const DubPrepare *self,
                                const DubTensor  *raw,
                                const double     *spacing, /* (nullable) [3] */
                                float            *target,
                                GError          **error);
/* dub_dataset_read and dub_prepare_apply in one; messages name the case. */
gboolean   dub_prepare_case    (const DubPrepare *self,
                                DubDataset       *dataset,
                                size_t            index,
                                float            *target,
                                GError          **error);
/* The same for the cases @indices [n], on all threads of @run. @target: [n][elements of dub_prepare_shape]. Of several
 * errors it is the first case's. */
gboolean   dub_prepare_cases   (const DubPrepare *self,
                                DubDataset       *dataset,
                                const size_t     *indices,
                                size_t            n,
                                float            *target,
                                DubRun           *run,
                                GError          **error);

/* dub_prepare_affine:
 * @extents: (i, j, k) of the case as stored
 * @affine: (inout): voxel of the stored case to world; becomes voxel (i, j, k) of the prepared grid to world
 */
void       dub_prepare_affine  (const DubPrepare *self,
                                const int64_t     extents[3],
                                double            affine[4][4]);

JsonNode  *dub_prepare_to_json (const DubPrepare *self);   /* (transfer full) */
/* @where: for messages: "study.json: models[2].prepare". Strict: members that are unknown, of another kind or outside their
 * range are DUB_ERROR_FORMAT and leave @self as it was. Needs channels, size and scaling, and mean and sd with "mean-sd". */
gboolean   dub_prepare_from_json (DubPrepare     *self,
                                JsonNode         *node,
                                const char       *where,
                                GError          **error);
/* "(x - 0.328) / 0.206, 28 × 28 grey": for a person. (transfer full) */
char      *dub_prepare_describe (const DubPrepare *self);

G_END_DECLS
