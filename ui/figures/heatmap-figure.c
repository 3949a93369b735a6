#include "ui/figures/heatmap-figure.h"

#include <math.h>
#include <string.h>

#include "dub-config.h"
#include "ui/figures/colorbar.h"
#include "ui/figures/pane-draw.h"

/* In pt, and in units of the caption's size. */
#define PANE_GAP   1.5
#define BAR_COLUMN 76.0
#define TITLE      2.2
#define CAPTION    1.9
/* Pictures are not blown up beyond this. */
#define TALLEST_PICTURE 260.0

enum { MOST_PANES = 3 };

DubVolume *
dub_heatmap_picture (DubTensor  *tensor,
                     GError    **error)
{
  static const double UPRIGHT[4][4] = { { 1, 0, 0, 0 }, { 0, -1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
  int rank = tensor->shape.rank;

  g_return_val_if_fail (rank == 2 || rank == 3, NULL);

  int64_t n_channels = rank == 3 ? tensor->shape.dim[0] : 1;
  int64_t height = tensor->shape.dim[rank - 2], width = tensor->shape.dim[rank - 1];
  g_autoptr (DubTensor) voxels = dub_tensor_new_zeros (DUB_DTYPE_F32, DUB_SHAPE (width, height, 1), error);

  if (voxels == NULL)
    return NULL;
  for (int64_t c = 0; c < n_channels; c++)
    for (int64_t y = 0; y < height; y++)
      for (int64_t x = 0; x < width; x++)
        dub_tensor_f32 (voxels)[x * height + y] +=
          (float) (dub_tensor_get_double (tensor, (size_t) ((c * height + y) * width + x)) / (double) n_channels);

  return dub_volume_new (voxels, UPRIGHT, error);
}

/* The voxel of the largest |value|. */
static void
find_peak (const DubVolume *map,
           double           voxel[3],
           double          *largest)
{
  const int64_t *dim = map->voxels->shape.dim;
  const float *values = dub_tensor_f32 (map->voxels);
  size_t best = 0;

  for (size_t i = 0; i < dub_tensor_n_elements (map->voxels); i++)
    if (fabsf (values[i]) > fabsf (values[best]))
      best = i;
  voxel[0] = (double) (best / (size_t) (dim[1] * dim[2]));
  voxel[1] = (double) (best / (size_t) dim[2] % (size_t) dim[1]);
  voxel[2] = (double) (best % (size_t) dim[2]);
  *largest = (double) fabsf (values[best]);
}

DubHeatmapFigure *
dub_heatmap_figure_new (DubVolume *image,
                        DubVolume *map,
                        gboolean   is_signed,
                        gboolean   is_picture)
{
  DubHeatmapFigure *self = g_new0 (DubHeatmapFigure, 1);
  DubOverlay *overlay = &self->style.overlay;
  double voxel[3], largest;
  float low = 0.0f, high = 1.0f;

  self->image = dub_volume_ref (image);
  self->map = dub_volume_ref (map);
  self->is_picture = is_picture;
  self->radiological = TRUE;
  self->provenance = g_ptr_array_new_with_free_func (g_free);
  find_peak (map, voxel, &largest);
  dub_volume_voxel_to_world (map, voxel, self->cursor);

  dub_pane_style_init (&self->style);
  if (dub_volume_range (image, &low, &high, NULL)) {
    self->style.low = (double) low;
    self->style.high = high > low ? (double) high : (double) low + 1.0;
  }
  if (is_picture)
    self->style.interpolation = DUB_INTERPOLATION_NEAREST;
  overlay->volume = self->map;
  overlay->colormap = is_signed ? DUB_COLORMAP_BURD : DUB_COLORMAP_INFERNO;
  overlay->low = 0.0;
  overlay->high = largest > 0.0 ? largest : 1.0;
  overlay->clip = 0.05 * overlay->high;
  overlay->opacity = 0.75;
  overlay->interpolation = DUB_INTERPOLATION_LINEAR;

  return self;
}

void
dub_heatmap_figure_free (DubHeatmapFigure *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->image, dub_volume_unref);
  g_clear_pointer (&self->map, dub_volume_unref);
  g_clear_pointer (&self->provenance, g_ptr_array_unref);
  g_free (self->title);
  g_free (self->caption);
  g_free (self->unit);
  g_free (self);
}

void
dub_heatmap_figure_set_text (DubHeatmapFigure *self,
                             const char       *title,
                             const char       *caption,
                             const char       *unit)
{
  g_free (self->title);
  g_free (self->caption);
  g_free (self->unit);
  self->title = g_strdup (title);
  self->caption = g_strdup (caption);
  self->unit = g_strdup (unit);
}

void
dub_heatmap_figure_note (DubHeatmapFigure *self,
                         const char       *key,
                         const char       *value)
{
  g_ptr_array_add (self->provenance, g_strdup (key));
  g_ptr_array_add (self->provenance, g_strdup (value));
}

/* --- the sheet --- */

typedef struct {
  int      n_panes;
  DubPlane plane[MOST_PANES];
  double   across[MOST_PANES]; /* mm */
  double   down[MOST_PANES];
  double   scale;              /* pt per mm */
  double   height;             /* of the tallest pane, pt */
} Layout;

static void
lay_out (const DubHeatmapFigure *self,
         double                  width,
         Layout                 *layout)
{
  static const DubPlane ORDER[MOST_PANES] = { DUB_PLANE_CORONAL, DUB_PLANE_AXIAL, DUB_PLANE_SAGITTAL };
  double across = 0.0, down = 0.0;

  *layout = (Layout) { .n_panes = self->is_picture ? 2 : MOST_PANES };
  for (int p = 0; p < layout->n_panes; p++) {
    DubSliceGeometry geometry;
    DubSliceView view;

    layout->plane[p] = self->is_picture ? DUB_PLANE_AXIAL : ORDER[p];
    dub_slice_view_init (&view, layout->plane[p], self->image);
    view.fit = 1.0;
    if (!dub_slice_view_geometry (&view, 1, 1, &geometry))
      continue;
    layout->across[p] = (double) geometry.n[0] * geometry.mm[0];
    layout->down[p] = (double) geometry.n[1] * geometry.mm[1];
    across += layout->across[p];
    down = MAX (down, layout->down[p]);
  }
  layout->scale = (width - BAR_COLUMN - PANE_GAP * (layout->n_panes - 1)) / MAX (across, 1e-6);
  if (self->is_picture)
    layout->scale = MIN (layout->scale, TALLEST_PICTURE / MAX (down, 1e-6));
  layout->height = layout->scale * down;
}

static double
sheet_height (gconstpointer figure,
              double        width)
{
  const DubHeatmapFigure *self = figure;
  DubTheme theme;
  Layout layout;

  dub_theme_init (&theme, DUB_THEME_PAPER);
  lay_out (self, width, &layout);

  return layout.height + (self->title != NULL ? TITLE * theme.font_caption : 0.0) +
         (self->caption != NULL ? CAPTION * theme.font_caption : 0.0);
}

static void
draw_pane (const DubHeatmapFigure *self,
           DubCanvas              *canvas,
           DubComposer            *composer,
           const Layout           *layout,
           int                     pane,
           double                  x,
           double                  y)
{
  DubPaneStyle style = self->style;
  DubSliceView view;
  double width = dub_canvas_snap (canvas, layout->scale * layout->across[pane]);
  double height = dub_canvas_snap (canvas, layout->height);

  dub_slice_view_init (&view, layout->plane[pane], self->image);
  view.radiological = self->radiological && !self->is_picture;
  view.fit = layout->scale;
  memcpy (view.cursor, self->cursor, sizeof view.cursor);
  /* A picture stands beside itself: once plain, once under the map. */
  if (self->is_picture && pane == 0)
    style.overlay.volume = NULL;
  dub_pane_draw (canvas, composer, &view, &style, x, y, width, height);
  if (self->is_picture)
    return;
  dub_pane_draw_crosshair (canvas, &view, 6.0, x, y, width, height);
  dub_pane_draw_letters (canvas, &view, dub_plane_name (view.plane),
                         view.plane == DUB_PLANE_AXIAL ? self->radiological ? "radiological" : "neurological" : NULL, x, y, width,
                         height);
}

static void
sheet_draw (gconstpointer figure,
            DubCanvas    *canvas,
            double        width,
            double        height)
{
  const DubHeatmapFigure *self = figure;
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  g_autoptr (DubComposer) composer = dub_composer_new ();
  double size = theme->font_caption, x = 0.0, y = self->title != NULL ? TITLE * size : 0.0;
  Layout layout;

  lay_out (self, width, &layout);
  if (self->title != NULL) {
    g_autofree char *title = dub_canvas_ellipsize (canvas, self->title, theme->font_body, DUB_TEXT_BOLD, width);

    dub_canvas_text (canvas, title, theme->font_body, DUB_TEXT_BOLD, theme->text, 0.0, 1.2 * size);
  }
  for (int p = 0; p < layout.n_panes; p++) {
    draw_pane (self, canvas, composer, &layout, p, dub_canvas_snap (canvas, x), dub_canvas_snap (canvas, y));
    x += layout.scale * layout.across[p] + PANE_GAP;
  }
  dub_colorbar_draw (canvas, &self->style.overlay, self->unit, NULL, FALSE, x + size, y + 1.9 * size,
                     MIN (layout.height - 2.4 * size, 110.0), NULL);
  if (self->caption != NULL) {
    g_autofree char *caption = dub_canvas_ellipsize (canvas, self->caption, size, DUB_TEXT_LEFT, width);

    dub_canvas_text (canvas, caption, size, DUB_TEXT_LEFT, theme->dim, 0.0, height - 0.4 * size);
  }
}

gboolean
dub_heatmap_figure_export (const DubHeatmapFigure  *self,
                           const char              *path,
                           const DubExportOptions  *options,
                           GError                 **error)
{
  g_autofree const char **provenance = g_new0 (const char *, self->provenance->len + 1);
  DubExport export = {
    .figure = self, .title = self->title, .provenance = provenance, .height = sheet_height, .draw = sheet_draw,
  };
  DubExportFormat format;

  for (guint i = 0; i < self->provenance->len; i++)
    provenance[i] = g_ptr_array_index (self->provenance, i);
  if (!dub_export_format_from_path (path, &format, error))
    return FALSE;
  if (format == DUB_EXPORT_CSV) {
    g_set_error (error, DUB_ERROR, DUB_ERROR_ARGUMENT,
                 "“%s”: a heatmap's numbers are no table; expected .png, .svg or .pdf.", path);
    return FALSE;
  }

  return dub_export_save (&export, path, options, error);
}
