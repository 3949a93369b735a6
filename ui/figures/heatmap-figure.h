/* A case and its heatmap as a figure: a picture beside itself under the map, or three slices of a volume, and the colour bar. */
#pragma once

#include "core/explain/heatmap.h"
#include "ui/figures/compose.h"
#include "ui/figures/export.h"

G_BEGIN_DECLS

typedef struct {
  DubVolume   *image;      /* grey */
  DubVolume   *map;        /* in the space of @image */
  gboolean     is_picture; /* (W, H, 1): one slice, without directions */
  DubPaneStyle style;      /* with the map as its overlay */
  double       cursor[3];  /* world mm: where a volume is cut */
  gboolean     radiological;
  char        *title;      /* (nullable) */
  char        *caption;    /* (nullable): beneath */
  char        *unit;       /* (nullable): above the colour bar: "Δ entropy" */
  GPtrArray   *provenance; /* of char *: key, value, key, value, … */
} DubHeatmapFigure;

/* dub_heatmap_picture:
 * @tensor: (H, W) or (C, H, W): of several channels the mean is shown
 *
 * The volume (W, H, 1) whose axial slice is the picture, upright. (transfer full), NULL for want of memory.
 */
G_GNUC_WARN_UNUSED_RESULT
DubVolume        *dub_heatmap_picture         (DubTensor              *tensor,
                                               GError                **error);

/* dub_heatmap_figure_new:
 * @map: on the grid of @image. With @is_signed the colours diverge from 0, else they begin there; the range is that of the map
 *
 * The image is windowed from its smallest to its largest number, and cut where |map| is largest.
 */
G_GNUC_WARN_UNUSED_RESULT
DubHeatmapFigure *dub_heatmap_figure_new      (DubVolume              *image,
                                               DubVolume              *map,
                                               gboolean                is_signed,
                                               gboolean                is_picture);
void              dub_heatmap_figure_free     (DubHeatmapFigure       *self);
void              dub_heatmap_figure_set_text (DubHeatmapFigure       *self,
                                               const char             *title,
                                               const char             *caption,
                                               const char             *unit);
/* Travels in the file. Copies both. */
void              dub_heatmap_figure_note     (DubHeatmapFigure       *self,
                                               const char             *key,
                                               const char             *value);

/* Into a .png, .svg or .pdf. */
gboolean          dub_heatmap_figure_export   (const DubHeatmapFigure *self,
                                               const char             *path,
                                               const DubExportOptions *options,
                                               GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DubHeatmapFigure, dub_heatmap_figure_free)

G_END_DECLS
