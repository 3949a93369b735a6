#include "ui/widgets/viewer-private.h"

#include "ui/figures/clusters.h"
#include "ui/figures/intensity-window.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include <math.h>

G_DEFINE_FINAL_TYPE (DubViewer, dub_viewer, G_TYPE_OBJECT)

enum { CHANGED, COMMITTED, N_SIGNALS };
static guint signals[N_SIGNALS];

void
_dub_viewer_changed (DubViewer *self,
                     guint      what)
{
  g_signal_emit (self, signals[CHANGED], 0, what);
}

/* The borrowed volumes and the effective opacity of the style follow the rest. */
void
_dub_viewer_update_style (DubViewer *self)
{
  DubVolume *overlay = self->filtered != NULL ? self->filtered : self->overlay;

  self->style.overlay.volume = self->overlay_visible ? overlay : NULL;
  self->style.overlay.opacity = self->stale ? 0.5 * self->opacity : self->opacity;
  self->style.contour = self->truth_visible ? self->truth : NULL;
  self->style.classes = self->outlines_visible ? self->classes : NULL;
  _dub_viewer_changed (self, DUB_VIEWER_PICTURE);
}

typedef struct {
  DubVolume *map;
  gboolean   complement;
  double     clip;
  guint      min_voxels;
  guint      serial;
} FilterData;

static void
filter_data_free (gpointer data)
{
  FilterData *filter = data;

  dub_volume_unref (filter->map);
  g_free (filter);
}

static void
filter_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  FilterData *filter = data;
  g_autoptr (GError) error = NULL;
  DubVolume *result = dub_clusters_filter (filter->map, filter->complement, filter->clip, filter->min_voxels, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) dub_volume_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
filter_done_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  DubViewer *self = DUB_VIEWER (source);
  FilterData *filter = g_task_get_task_data (G_TASK (result));
  DubVolume *filtered = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Out of memory shows the map as it is; a newer map or clip has its own task. */
  if (filtered == NULL)
    return;
  if (filter->serial != self->filter_serial) {
    dub_volume_unref (filtered);
    return;
  }
  g_clear_pointer (&self->filtered, dub_volume_unref);
  self->filtered = filtered;
  _dub_viewer_update_style (self);
}

/* A few milliseconds on 256³, so it is done beside the main loop; until then the previous picture stays. */
static void
refilter (DubViewer *self)
{
  self->filter_serial++;
  if (self->min_cluster <= 1 || self->overlay == NULL) {
    g_clear_pointer (&self->filtered, dub_volume_unref);
    return;
  }

  g_autoptr (GTask) task = g_task_new (self, NULL, filter_done_cb, NULL);
  FilterData *filter = g_new0 (FilterData, 1);

  filter->map = dub_volume_ref (self->overlay);
  filter->complement = self->style.overlay.complement;
  filter->clip = self->style.overlay.clip;
  filter->min_voxels = self->min_cluster;
  filter->serial = self->filter_serial;
  g_task_set_task_data (task, filter, filter_data_free);
  g_task_run_in_thread (task, filter_thread);
}

void
dub_viewer_set_base (DubViewer *self,
                     DubVolume *base)
{
  g_return_if_fail (DUB_IS_VIEWER (self));

  if (self->base == base)
    return;

  const DubVolume *before = self->base != NULL ? self->base : self->last;
  gboolean same = base == NULL || (before != NULL && dub_volume_same_space (before, base));

  if (base == NULL) {
    g_clear_pointer (&self->last, dub_volume_unref);
    self->last = g_steal_pointer (&self->base);
  } else {
    dub_volume_ref (base);
    g_clear_pointer (&self->base, dub_volume_unref);
    g_clear_pointer (&self->last, dub_volume_unref);
    self->base = base;
  }
  for (int p = 0; p < DUB_N_PLANES; p++) {
    DubSliceView old = self->views[p];

    dub_slice_view_init (&self->views[p], p, base);
    self->views[p].radiological = old.radiological;
    self->views[p].fit = old.fit;
    if (same) {
      self->views[p].zoom = old.zoom;
      self->views[p].pan[0] = old.pan[0];
      self->views[p].pan[1] = old.pan[1];
      for (int a = 0; a < 3; a++)
        self->views[p].cursor[a] = old.cursor[a];
    }
  }
  if (base != NULL) {
    dub_intensity_window_of_volume (base, &self->window[0], &self->window[1]);
    self->style.low = self->window[0];
    self->style.high = self->window[1];
  }
  _dub_viewer_changed (self, DUB_VIEWER_CURSOR | DUB_VIEWER_PICTURE | DUB_VIEWER_GEOMETRY | DUB_VIEWER_MARKS);
}

void
_dub_viewer_replace_volume (DubVolume **place,
                            DubVolume  *volume)
{
  if (volume != NULL)
    dub_volume_ref (volume);
  g_clear_pointer (place, dub_volume_unref);
  *place = volume;
}

void
dub_viewer_set_overlay (DubViewer *self,
                        DubVolume *overlay,
                        gboolean   complement)
{
  g_return_if_fail (DUB_IS_VIEWER (self));

  self->style.overlay.complement = complement;
  _dub_viewer_replace_volume (&self->overlay, overlay);
  refilter (self);
  /* With small clusters removed, the picture waits for the filtered map. */
  if (self->min_cluster <= 1 || overlay == NULL || self->filtered == NULL)
    _dub_viewer_update_style (self);
}

void
dub_viewer_set_truth (DubViewer *self,
                      DubVolume *truth)
{
  g_return_if_fail (DUB_IS_VIEWER (self));

  _dub_viewer_replace_volume (&self->truth, truth);
  _dub_viewer_update_style (self);
}

void
dub_viewer_set_atlas (DubViewer *self,
                      DubAtlas  *atlas)
{
  g_return_if_fail (DUB_IS_VIEWER (self));

  if (atlas != NULL)
    dub_atlas_ref (atlas);
  g_clear_pointer (&self->atlas, dub_atlas_unref);
  self->atlas = atlas;
  _dub_viewer_changed (self, DUB_VIEWER_MARKS);
}

DubVolume *
dub_viewer_get_base (DubViewer *self)
{
  return self->base;
}

DubVolume *
dub_viewer_get_overlay (DubViewer *self)
{
  return self->overlay;
}

DubVolume *
dub_viewer_get_truth (DubViewer *self)
{
  return self->truth;
}

DubAtlas *
dub_viewer_get_atlas (DubViewer *self)
{
  return self->atlas;
}

const double *
dub_viewer_get_cursor (DubViewer *self)
{
  return self->views[0].cursor;
}

void
dub_viewer_set_cursor (DubViewer    *self,
                       const double  world[3])
{
  double snapped[3];

  g_return_if_fail (DUB_IS_VIEWER (self));

  if (self->base == NULL)
    return;

  dub_slice_view_snap (&self->views[0], world, snapped);
  if (snapped[0] == self->views[0].cursor[0] && snapped[1] == self->views[0].cursor[1] &&
      snapped[2] == self->views[0].cursor[2])
    return;
  for (int p = 0; p < DUB_N_PLANES; p++)
    for (int a = 0; a < 3; a++)
      self->views[p].cursor[a] = snapped[a];
  _dub_viewer_changed (self, DUB_VIEWER_CURSOR);
}

gboolean
dub_viewer_get_voxel (DubViewer *self,
                      int64_t    voxel[3])
{
  double position[3];

  if (self->base == NULL)
    return FALSE;

  dub_volume_world_to_voxel (self->base, self->views[0].cursor, position);
  for (int a = 0; a < 3; a++)
    voxel[a] = (int64_t) floor (position[a] + 0.5);

  return TRUE;
}

double
dub_viewer_get_heat (DubViewer *self)
{
  double voxel[3];

  if (self->overlay == NULL)
    return NAN;

  dub_volume_world_to_voxel (self->overlay, self->views[0].cursor, voxel);

  double value = dub_volume_get (self->overlay, (int64_t) floor (voxel[0] + 0.5), (int64_t) floor (voxel[1] + 0.5),
                                 (int64_t) floor (voxel[2] + 0.5));

  return self->style.overlay.complement ? 1.0 - value : value;
}

const DubRegion *
dub_viewer_get_region (DubViewer *self)
{
  if (self->atlas == NULL || self->base == NULL)
    return NULL;

  return dub_atlas_at_world (self->atlas, self->views[0].cursor);
}

const DubSliceView *
dub_viewer_get_view (DubViewer *self,
                     DubPlane   plane)
{
  return &self->views[plane];
}

void
dub_viewer_set_fit (DubViewer *self,
                    DubPlane   plane,
                    double     fit)
{
  if (self->views[plane].fit == fit)
    return;
  self->views[plane].fit = fit;
  _dub_viewer_changed (self, DUB_VIEWER_GEOMETRY);
}

/* Takes over the cursor that a gesture of one view has moved. */
static void
share_cursor (DubViewer *self,
              DubPlane   plane)
{
  for (int p = 0; p < DUB_N_PLANES; p++)
    for (int a = 0; a < 3; a++)
      self->views[p].cursor[a] = self->views[plane].cursor[a];
}

void
dub_viewer_move (DubViewer *self,
                 DubPlane   plane,
                 int        du,
                 int        dv,
                 int        dw)
{
  if (self->base == NULL)
    return;
  dub_slice_view_move (&self->views[plane], du, dv, dw);
  share_cursor (self, plane);
  _dub_viewer_changed (self, DUB_VIEWER_CURSOR);
}

void
dub_viewer_zoom_at (DubViewer    *self,
                    DubPlane      plane,
                    int           width,
                    int           height,
                    const double  pane[2],
                    double        factor)
{
  if (self->base == NULL)
    return;
  dub_slice_view_zoom_at (&self->views[plane], width, height, pane, factor);
  _dub_viewer_changed (self, DUB_VIEWER_GEOMETRY);
}

void
dub_viewer_pan_by (DubViewer *self,
                   DubPlane   plane,
                   int        width,
                   int        height,
                   double     dx,
                   double     dy)
{
  if (self->base == NULL)
    return;
  dub_slice_view_pan_by (&self->views[plane], width, height, dx, dy);
  _dub_viewer_changed (self, DUB_VIEWER_GEOMETRY);
}

void
dub_viewer_centre (DubViewer *self,
                   DubPlane   plane,
                   int        width,
                   int        height)
{
  if (self->base == NULL)
    return;
  dub_slice_view_centre (&self->views[plane], width, height);
  _dub_viewer_changed (self, DUB_VIEWER_GEOMETRY);
}

void
dub_viewer_reset_views (DubViewer *self)
{
  for (int p = 0; p < DUB_N_PLANES; p++) {
    self->views[p].zoom = 1.0;
    self->views[p].pan[0] = 0.0;
    self->views[p].pan[1] = 0.0;
  }
  _dub_viewer_changed (self, DUB_VIEWER_GEOMETRY);
}

void
dub_viewer_get_window (DubViewer *self,
                       double    *low,
                       double    *high)
{
  *low = self->style.low;
  *high = self->style.high;
}

void
dub_viewer_set_window (DubViewer *self,
                       double     low,
                       double     high)
{
  double least = 1e-6 * MAX (fabs (low), MAX (fabs (high), 1e-6));

  if (high < low + least)
    high = low + least;
  if (self->style.low == low && self->style.high == high)
    return;
  self->style.low = low;
  self->style.high = high;
  _dub_viewer_changed (self, DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS);
}

void
dub_viewer_reset_window (DubViewer *self)
{
  if (self->base != NULL)
    dub_viewer_set_window (self, self->window[0], self->window[1]);
}

void
dub_viewer_auto_window (DubViewer *self,
                        DubPlane   plane)
{
  double low;
  double high;

  if (dub_intensity_window_of_slice (&self->views[plane], self->window[0], &low, &high))
    dub_viewer_set_window (self, low, high);
  else
    dub_viewer_reset_window (self);
}

const DubPaneStyle *
dub_viewer_get_style (DubViewer *self)
{
  return &self->style;
}

void
dub_viewer_set_colormap (DubViewer   *self,
                         DubColormap  colormap)
{
  if (self->style.overlay.colormap == colormap)
    return;
  self->style.overlay.colormap = colormap;
  /* The dark end of a sequential map would vanish on black. */
  self->style.overlay.map_start = dub_colormap_is_diverging (colormap) ? 0.0 : 0.12;
  _dub_viewer_changed (self, DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS);
}

void
dub_viewer_set_opacity (DubViewer *self,
                        double     opacity)
{
  self->opacity = CLAMP (opacity, 0.0, 1.0);
  _dub_viewer_update_style (self);
}

double
dub_viewer_get_opacity (DubViewer *self)
{
  return self->opacity;
}

void
dub_viewer_set_clip (DubViewer *self,
                     double     clip)
{
  clip = CLAMP (clip, 0.0, self->style.overlay.high);
  if (self->style.overlay.clip == clip)
    return;
  self->style.overlay.clip = clip;
  refilter (self);
  _dub_viewer_changed (self, DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS);
}

void
dub_viewer_set_range (DubViewer *self,
                      double     low,
                      double     high)
{
  self->style.overlay.low = low;
  self->style.overlay.high = MAX (high, low + 1e-3);
  self->style.overlay.clip = MIN (self->style.overlay.clip, self->style.overlay.high);
  _dub_viewer_changed (self, DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS);
}

void
dub_viewer_set_hard (DubViewer *self,
                     gboolean   hard)
{
  self->style.overlay.hard = hard;
  _dub_viewer_changed (self, DUB_VIEWER_PICTURE | DUB_VIEWER_MARKS);
}

void
dub_viewer_set_smooth (DubViewer *self,
                       gboolean   smooth)
{
  DubInterpolation interpolation = smooth ? DUB_INTERPOLATION_LINEAR : DUB_INTERPOLATION_NEAREST;

  self->style.interpolation = interpolation;
  self->style.overlay.interpolation = interpolation;
  _dub_viewer_changed (self, DUB_VIEWER_PICTURE);
}

void
dub_viewer_set_min_cluster (DubViewer *self,
                            guint      voxels)
{
  if (self->min_cluster == voxels)
    return;
  self->min_cluster = voxels;
  refilter (self);
  _dub_viewer_update_style (self);
}

guint
dub_viewer_get_min_cluster (DubViewer *self)
{
  return self->min_cluster;
}

void
dub_viewer_set_overlay_visible (DubViewer *self,
                                gboolean   visible)
{
  if (self->overlay_visible == visible)
    return;
  self->overlay_visible = visible;
  _dub_viewer_update_style (self);
}

gboolean
dub_viewer_get_overlay_visible (DubViewer *self)
{
  return self->overlay_visible;
}

void
dub_viewer_set_truth_visible (DubViewer *self,
                              gboolean   visible)
{
  if (self->truth_visible == visible)
    return;
  self->truth_visible = visible;
  _dub_viewer_update_style (self);
}

gboolean
dub_viewer_get_truth_visible (DubViewer *self)
{
  return self->truth_visible;
}

void
dub_viewer_set_stale (DubViewer *self,
                      gboolean   stale)
{
  if (self->stale == stale)
    return;
  self->stale = stale;
  _dub_viewer_update_style (self);
}

gboolean
dub_viewer_get_stale (DubViewer *self)
{
  return self->stale;
}

void
dub_viewer_set_crosshair_visible (DubViewer *self,
                                  gboolean   visible)
{
  if (self->crosshair_visible == visible)
    return;
  self->crosshair_visible = visible;
  _dub_viewer_changed (self, DUB_VIEWER_MARKS);
}

gboolean
dub_viewer_get_crosshair_visible (DubViewer *self)
{
  return self->crosshair_visible;
}

void
dub_viewer_set_radiological (DubViewer *self,
                             gboolean   radiological)
{
  for (int p = 0; p < DUB_N_PLANES; p++)
    self->views[p].radiological = radiological;
  _dub_viewer_changed (self, DUB_VIEWER_GEOMETRY | DUB_VIEWER_MARKS);
}

gboolean
dub_viewer_get_radiological (DubViewer *self)
{
  return self->views[0].radiological;
}

void
dub_viewer_commit (DubViewer  *self,
                   const char *label,
                   const char *kind)
{
  g_signal_emit (self, signals[COMMITTED], 0, label, kind);
}

static void
dub_viewer_finalize (GObject *object)
{
  DubViewer *self = DUB_VIEWER (object);

  g_clear_pointer (&self->base, dub_volume_unref);
  g_clear_pointer (&self->last, dub_volume_unref);
  g_clear_pointer (&self->overlay, dub_volume_unref);
  g_clear_pointer (&self->filtered, dub_volume_unref);
  g_clear_pointer (&self->truth, dub_volume_unref);
  g_clear_pointer (&self->classes, dub_volume_unref);
  g_clear_pointer (&self->atlas, dub_atlas_unref);

  G_OBJECT_CLASS (dub_viewer_parent_class)->finalize (object);
}

static void
dub_viewer_class_init (DubViewerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = dub_viewer_finalize;

  signals[CHANGED] = g_signal_new ("changed", DUB_TYPE_VIEWER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[COMMITTED] = g_signal_new ("committed", DUB_TYPE_VIEWER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
dub_viewer_init (DubViewer *self)
{
  DubTheme theme;

  dub_theme_init (&theme, DUB_THEME_DARK);
  dub_pane_style_init (&self->style);
  self->style.contour_color = theme.truth;
  self->style.contour_width = 1.5;
  self->opacity = self->style.overlay.opacity;
  self->min_cluster = 1;
  self->overlay_visible = TRUE;
  self->outlines_visible = TRUE;
  self->heat_name = g_intern_string (_("1 − m"));
  self->crosshair_visible = TRUE;
  for (int p = 0; p < DUB_N_PLANES; p++) {
    dub_slice_view_init (&self->views[p], p, NULL);
    self->views[p].radiological = TRUE;
  }
}

DubViewer *
dub_viewer_new (void)
{
  return g_object_new (DUB_TYPE_VIEWER, NULL);
}
