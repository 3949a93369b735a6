/* The inside of a viewer, shared by viewer.c and viewer-marks.c. */
#pragma once

#include "ui/widgets/viewer.h"

G_BEGIN_DECLS

struct _DubViewer {
  GObject      parent_instance;
  DubVolume   *base;
  DubVolume   *last;         /* (nullable) while there is no base: the one before */
  DubVolume   *overlay;
  DubVolume   *filtered;     /* the overlay without small clusters, or NULL */
  DubVolume   *truth;
  DubVolume   *classes;
  DubAtlas    *atlas;
  const char  *heat_name;    /* interned */
  int64_t      box[3];       /* middle */
  int          box_side;     /* 0 = none */
  DubSliceView views[DUB_N_PLANES];
  DubPaneStyle style;
  double       opacity;
  double       window[2];    /* of a new volume */
  guint        min_cluster;
  guint        filter_serial;
  gboolean     overlay_visible;
  gboolean     truth_visible;
  gboolean     outlines_visible;
  gboolean     crosshair_visible;
  gboolean     stale;
};

void _dub_viewer_changed        (DubViewer  *self,
                                 guint       what);
/* The borrowed volumes and the effective opacity of the style follow the rest. */
void _dub_viewer_update_style   (DubViewer  *self);
void _dub_viewer_replace_volume (DubVolume **place,
                                 DubVolume  *volume);

G_END_DECLS
