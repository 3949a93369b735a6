/* A slice of a volume in a pane: the geometry of every viewer, without a toolkit.
 *
 * Four coordinate systems, converted by the functions below and nowhere else:
 *
 *   pane px       (x, y)     x to the right, y down, in device pixels of the pane; the centre of the
 *                            pixel in the upper left corner is (0.5, 0.5)
 *   slice voxel   (u, v, w)  u grows to the right of the pane, v downwards, w from left to right, from
 *                            back to front, or from below upwards of the patient; whole numbers are
 *                            centres of voxels, 0 is the first
 *   volume voxel  (i, j, k)  as the file has them (core/data/volume.h)
 *   world         (x, y, z)  mm, RAS+
 *
 * A volume of any orientation is shown along its own voxel axes, each named by the
 * anatomical direction that it is nearest to; nothing is resampled to world axes. Pixels
 * have the true aspect in mm.
 *
 * Radiological: the patient's right is on the left of axial and coronal panes, as if one
 * looked from the feet or at the face. Neurological: right is on the right. Sagittal panes
 * always have the front of the patient on the right.
 */
#pragma once

#include "core/data/volume.h"

G_BEGIN_DECLS

typedef enum {
  DUB_PLANE_AXIAL,
  DUB_PLANE_CORONAL,
  DUB_PLANE_SAGITTAL,
} DubPlane;
#define DUB_N_PLANES (DUB_PLANE_SAGITTAL + 1)

/* What a pane shows. A plain value; the volume is borrowed from whoever fills it in. */
typedef struct {
  DubPlane   plane;
  gboolean   radiological;
  DubVolume *base;      /* (nullable) (transfer none): nothing to show */
  double     cursor[3]; /* world mm; the same in all linked panes */
  double     zoom;      /* 1 = fitted; > 0 */
  double     fit;       /* device px per mm at zoom 1; 0 = the whole slice fits this pane. Panes
                         * that share a scale get the smallest of their dub_slice_view_fit () */
  double     pan[2];    /* mm: how far the picture is moved to the right and down */
} DubSliceView;

/* Everything that the conversions need, computed once for a pane of a given size. */
typedef struct {
  int     axis[3];      /* volume axis along u, v, w */
  int     sign[3];      /* +1: the volume's index grows with u, v, w; -1: it falls */
  int64_t n[3];         /* voxels along u, v, w */
  double  mm[3];        /* spacing along u, v, w */
  int64_t index;        /* w of the slice shown, in [0, n[2]) */
  double  px[2];        /* device px per voxel along u, v */
  double  origin[2];    /* pane px of the centre of slice voxel (0, 0) */
  double  scale;        /* device px per mm */
  int     width;
  int     height;
} DubSliceGeometry;

/* Axial, radiological, zoom 1, cursor in the middle of @base. */
void     dub_slice_view_init       (DubSliceView           *self,
                                    DubPlane                plane,
                                    DubVolume              *base);

/* Device px per mm at which the whole slice fits a pane of @width x @height px; 0 without a volume. */
double   dub_slice_view_fit        (const DubSliceView     *self,
                                    int                     width,
                                    int                     height);

/* FALSE, and @geometry untouched, without a volume or for an empty pane. */
gboolean dub_slice_view_geometry   (const DubSliceView     *self,
                                    int                     width,
                                    int                     height,
                                    DubSliceGeometry       *geometry);

/* Conversions, by name; all are continuous. w of a pane point is the slice shown. */
void     dub_slice_pane_to_slice   (const DubSliceGeometry *geometry,
                                    const double            pane[2],
                                    double                  slice[3]);
void     dub_slice_slice_to_pane   (const DubSliceGeometry *geometry,
                                    const double            slice[3],
                                    double                  pane[2]);
void     dub_slice_slice_to_voxel  (const DubSliceGeometry *geometry,
                                    const double            slice[3],
                                    double                  voxel[3]);
void     dub_slice_voxel_to_slice  (const DubSliceGeometry *geometry,
                                    const double            voxel[3],
                                    double                  slice[3]);
void     dub_slice_pane_to_world   (const DubSliceView     *self,
                                    const DubSliceGeometry *geometry,
                                    const double            pane[2],
                                    double                  world[3]);
void     dub_slice_world_to_pane   (const DubSliceView     *self,
                                    const DubSliceGeometry *geometry,
                                    const double            world[3],
                                    double                  pane[2]);

/* The centre of the voxel nearest to @world, clamped into the volume. */
void     dub_slice_view_snap       (const DubSliceView     *self,
                                    const double            world[3],
                                    double                  snapped[3]);

/* Gestures; all keep the cursor on a voxel of the volume. */
/* Moves the cursor by whole voxels to the right, downwards and along w. */
void     dub_slice_view_move       (DubSliceView           *self,
                                    int                     du,
                                    int                     dv,
                                    int                     dw);
/* Multiplies the zoom, within [0.25, 64]; what lies under @pane px stays there. */
void     dub_slice_view_zoom_at    (DubSliceView           *self,
                                    int                     width,
                                    int                     height,
                                    const double            pane[2],
                                    double                  factor);
/* Pans by device pixels. */
void     dub_slice_view_pan_by     (DubSliceView           *self,
                                    int                     width,
                                    int                     height,
                                    double                  dx,
                                    double                  dy);
/* Pans so that the cursor is in the middle of the pane. */
void     dub_slice_view_centre     (DubSliceView           *self,
                                    int                     width,
                                    int                     height);

/* Letters at the left, right, top and bottom edge: "RLSI" for a radiological coronal pane. */
void     dub_slice_view_letters    (const DubSliceView     *self,
                                    char                    letters[5]);
/* World mm of the shown slice along its own direction (x, y or z). */
double   dub_slice_view_position   (const DubSliceView     *self);
/* 'x', 'y' or 'z': the world coordinate that @plane is a slice of. */
char     dub_plane_coordinate      (DubPlane                plane);
/* "Axial": English; callers that show it translate it. */
const char *dub_plane_name         (DubPlane                plane);

G_END_DECLS
