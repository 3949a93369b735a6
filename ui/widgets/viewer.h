/* What linked panes have in common: volumes, cursor, window, overlay.
 *
 * The panes, the colour bar and the strip show it and change it through the
 * functions below; "changed" says which of them have to look again. A viewer
 * holds no widget and computes no pixel.
 */
#pragma once

#include <glib-object.h>

#include "core/data/atlas.h"
#include "ui/figures/compose.h"

G_BEGIN_DECLS

typedef enum {
  DUB_VIEWER_CURSOR   = 1 << 0, /* another voxel: slices change */
  DUB_VIEWER_PICTURE  = 1 << 1, /* volumes, window, overlay style */
  DUB_VIEWER_GEOMETRY = 1 << 2, /* zoom, pan, convention */
  DUB_VIEWER_MARKS    = 1 << 3, /* what is drawn above the pixels */
} DubViewerChange;

#define DUB_TYPE_VIEWER (dub_viewer_get_type ())
G_DECLARE_FINAL_TYPE (DubViewer, dub_viewer, DUB, VIEWER, GObject)

/* Signals:
 *   "changed" (flags DubViewerChange, as uint)
 *   "committed" (label, kind)  a gesture that sets something has ended: an entry for undo. Kind is one of
 *                              "window", "clip", "overlay", "cursor"
 */
DubViewer          *dub_viewer_new              (void);

/* Volumes; references are taken. A new base of another grid resets cursor, zoom and window; without a base for a while,
 * the grid of the last one counts. */
void                dub_viewer_set_base         (DubViewer        *self,
                                                 DubVolume        *base);
/* @complement: the heat is 1 - value, as of a mask. */
void                dub_viewer_set_overlay      (DubViewer        *self,
                                                 DubVolume        *overlay,
                                                 gboolean          complement);
void                dub_viewer_set_truth        (DubViewer        *self,
                                                 DubVolume        *truth);
void                dub_viewer_set_atlas        (DubViewer        *self,
                                                 DubAtlas         *atlas);
DubVolume          *dub_viewer_get_base         (DubViewer        *self);
DubVolume          *dub_viewer_get_overlay      (DubViewer        *self);
DubVolume          *dub_viewer_get_truth        (DubViewer        *self);
DubAtlas           *dub_viewer_get_atlas        (DubViewer        *self);

/* Classes of the voxels with a line around each: @colors [@n] of class 1, 2, …; at most DUB_MOST_OUTLINES are drawn. */
void                dub_viewer_set_classes      (DubViewer        *self,
                                                 DubVolume        *classes,
                                                 const DubRgba    *colors,
                                                 guint             n);
DubVolume          *dub_viewer_get_classes      (DubViewer        *self);
void                dub_viewer_set_outlines_visible (DubViewer    *self,
                                                 gboolean          visible);
gboolean            dub_viewer_get_outlines_visible (DubViewer    *self);
/* A white box of @side voxels of the base around voxel @middle, in the panes whose slice goes through it. NULL = none. */
void                dub_viewer_set_box          (DubViewer        *self,
                                                 const int64_t    *middle,
                                                 int               side);
/* FALSE without a box; its first and last corner in voxels of the base, half a voxel outside of the outermost ones. */
gboolean            dub_viewer_get_box          (DubViewer        *self,
                                                 double            first[3],
                                                 double            last[3]);
/* What the heat is, above the colour bar: "1 − m" at first. Static or interned. */
void                dub_viewer_set_heat_name    (DubViewer        *self,
                                                 const char       *name);
const char         *dub_viewer_get_heat_name    (DubViewer        *self);

/* Cursor, in world mm, always on a voxel. */
const double       *dub_viewer_get_cursor       (DubViewer        *self);
void                dub_viewer_set_cursor       (DubViewer        *self,
                                                 const double      world[3]);
gboolean            dub_viewer_get_voxel        (DubViewer        *self,
                                                 int64_t           voxel[3]);
/* Heat under the cursor; NaN outside or without an overlay. */
double              dub_viewer_get_heat         (DubViewer        *self);
/* Region under the cursor, or NULL. */
const DubRegion    *dub_viewer_get_region       (DubViewer        *self);

/* The view of a plane, to be changed through the gestures below. */
const DubSliceView *dub_viewer_get_view         (DubViewer        *self,
                                                 DubPlane          plane);
void                dub_viewer_set_fit          (DubViewer        *self,
                                                 DubPlane          plane,
                                                 double            fit);
void                dub_viewer_move             (DubViewer        *self,
                                                 DubPlane          plane,
                                                 int               du,
                                                 int               dv,
                                                 int               dw);
void                dub_viewer_zoom_at          (DubViewer        *self,
                                                 DubPlane          plane,
                                                 int               width,
                                                 int               height,
                                                 const double      pane[2],
                                                 double            factor);
void                dub_viewer_pan_by           (DubViewer        *self,
                                                 DubPlane          plane,
                                                 int               width,
                                                 int               height,
                                                 double            dx,
                                                 double            dy);
void                dub_viewer_centre           (DubViewer        *self,
                                                 DubPlane          plane,
                                                 int               width,
                                                 int               height);
/* Zoom 1, no pan, in every plane. */
void                dub_viewer_reset_views      (DubViewer        *self);

/* Window: the intensities shown black and white. */
void                dub_viewer_get_window       (DubViewer        *self,
                                                 double           *low,
                                                 double           *high);
void                dub_viewer_set_window       (DubViewer        *self,
                                                 double            low,
                                                 double            high);
/* The window of a new volume again. */
void                dub_viewer_reset_window     (DubViewer        *self);
/* From the 1st to the 99.5th percentile of the slice shown in @plane, its background left out. */
void                dub_viewer_auto_window      (DubViewer        *self,
                                                 DubPlane          plane);

/* How the panes are composed; the overlay of it. volumes in it are borrowed. */
const DubPaneStyle *dub_viewer_get_style        (DubViewer        *self);
void                dub_viewer_set_colormap     (DubViewer        *self,
                                                 DubColormap       colormap);
void                dub_viewer_set_opacity      (DubViewer        *self,
                                                 double            opacity);
double              dub_viewer_get_opacity      (DubViewer        *self);
void                dub_viewer_set_clip         (DubViewer        *self,
                                                 double            clip);
void                dub_viewer_set_range        (DubViewer        *self,
                                                 double            low,
                                                 double            high);
void                dub_viewer_set_hard         (DubViewer        *self,
                                                 gboolean          hard);
void                dub_viewer_set_smooth       (DubViewer        *self,
                                                 gboolean          smooth);
/* Clusters (26 neighbours) of fewer voxels above the clip are not shown; 1 shows all. */
void                dub_viewer_set_min_cluster  (DubViewer        *self,
                                                 guint             voxels);
guint               dub_viewer_get_min_cluster  (DubViewer        *self);
void                dub_viewer_set_overlay_visible (DubViewer     *self,
                                                 gboolean          visible);
gboolean            dub_viewer_get_overlay_visible (DubViewer     *self);
void                dub_viewer_set_truth_visible (DubViewer       *self,
                                                 gboolean          visible);
gboolean            dub_viewer_get_truth_visible (DubViewer       *self);
/* An old result, shown at half its opacity. */
void                dub_viewer_set_stale        (DubViewer        *self,
                                                 gboolean          stale);
gboolean            dub_viewer_get_stale        (DubViewer        *self);

void                dub_viewer_set_crosshair_visible (DubViewer   *self,
                                                 gboolean          visible);
gboolean            dub_viewer_get_crosshair_visible (DubViewer   *self);
void                dub_viewer_set_radiological (DubViewer        *self,
                                                 gboolean          radiological);
gboolean            dub_viewer_get_radiological (DubViewer        *self);

/* Emits "committed". */
void                dub_viewer_commit           (DubViewer        *self,
                                                 const char       *label,
                                                 const char       *kind);

G_END_DECLS
