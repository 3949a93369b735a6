#include "ui/figures/panes-sheet.h"

#include <math.h>
#include <string.h>

#include "ui/figures/colorbar.h"
#include "ui/figures/pane-draw.h"
#include "ui/figures/ticks.h"

/* In pt. */
#define PANE_GAP    1.5
#define BAR_COLUMN  62.0
/* In mm. */
#define SCALE_BAR   50.0
#define CONTENT_PAD 7.0 /* air around what is in the image */

typedef struct {
  const DubPanesSheet *figure;
  DubCanvas           *canvas;
  const DubTheme      *theme;
} Sheet;

/* First and last index of each volume axis at which there is something to see: more than a
 * thousandth of the slab's voxels above 15 % of the window, which noise around a head is not. */
static void
content_box (const DubPanesSheet *figure,
             int64_t              low[3],
             int64_t              high[3])
{
  const DubTensor *voxels = figure->base->voxels;
  const float *data = dub_tensor_f32 (voxels);
  float threshold = (float) (figure->style.low + 0.15 * (figure->style.high - figure->style.low));
  size_t *count[3];

  for (int axis = 0; axis < 3; axis++)
    count[axis] = g_new0 (size_t, (size_t) voxels->shape.dim[axis]);
  for (int64_t i = 0; i < voxels->shape.dim[0]; i++)
    for (int64_t j = 0; j < voxels->shape.dim[1]; j++)
      for (int64_t k = 0; k < voxels->shape.dim[2]; k++)
        if (data[i * voxels->stride[0] + j * voxels->stride[1] + k * voxels->stride[2]] > threshold) {
          count[0][i]++;
          count[1][j]++;
          count[2][k]++;
        }
  for (int axis = 0; axis < 3; axis++) {
    int64_t n = voxels->shape.dim[axis];
    size_t slab = dub_shape_n_elements (&voxels->shape) / (size_t) n;
    int64_t pad = (int64_t) ceil (CONTENT_PAD / figure->base->spacing[axis]);
    int64_t first = 0, last = n - 1;

    while (first < last && count[axis][first] * 1000 <= slab)
      first++;
    while (last > first && count[axis][last] * 1000 <= slab)
      last--;
    if (first == last) {
      first = 0;
      last = n - 1;
    }
    low[axis] = MAX (first - pad, 0);
    high[axis] = MIN (last + pad, n - 1);
    g_free (count[axis]);
  }
}

typedef struct {
  DubSliceView view;
  double       size[2]; /* mm of the content across and down */
} Pane;

/* A pane panned to the content; its scale is set when it is placed. */
static void
pane_init (Pane                *self,
           const DubPanesSheet *figure,
           DubPlane             plane,
           const int64_t        low[3],
           const int64_t        high[3])
{
  DubSliceGeometry geometry;
  double first[3], last[3], from[3], to[3];

  self->size[0] = self->size[1] = 1.0;
  dub_slice_view_init (&self->view, plane, figure->base);
  self->view.radiological = figure->radiological;
  memcpy (self->view.cursor, figure->cursor, sizeof self->view.cursor);
  self->view.fit = 1.0;
  if (!dub_slice_view_geometry (&self->view, 1, 1, &geometry))
    return;
  for (int axis = 0; axis < 3; axis++) {
    first[axis] = (double) low[axis];
    last[axis] = (double) high[axis];
  }
  dub_slice_voxel_to_slice (&geometry, first, from);
  dub_slice_voxel_to_slice (&geometry, last, to);
  for (int which = 0; which < 2; which++) {
    double middle = (double) (geometry.n[which] - 1) / 2.0;

    self->size[which] = (fabs (to[which] - from[which]) + 1.0) * geometry.mm[which];
    self->view.pan[which] = (middle - (from[which] + to[which]) / 2.0) * geometry.mm[which];
  }
}

/* The box as it cuts the slice of @view, a thin white frame. */
static void
draw_box (const Sheet        *sheet,
          const DubSliceView *view,
          double              x,
          double              y,
          double              width,
          double              height)
{
  const DubPanesSheet *figure = sheet->figure;
  const DubRgba white = { 1.0, 1.0, 1.0, 0.95 };
  const double line = 0.5;
  DubSliceGeometry geometry;
  double first[3], last[3], from[3], to[3], a[2], b[2];

  /* In units of a tenth of a point, for a geometry counts whole pixels. */
  DubSliceView fine = *view;

  fine.fit = 10.0 * view->fit;
  if (figure->box_side <= 0 ||
      !dub_slice_view_geometry (&fine, (int) lrint (10.0 * width), (int) lrint (10.0 * height), &geometry))
    return;
  for (int axis = 0; axis < 3; axis++) {
    first[axis] = (double) figure->box[axis] - figure->box_side / 2.0;
    last[axis] = (double) figure->box[axis] + figure->box_side / 2.0;
  }
  dub_slice_voxel_to_slice (&geometry, first, from);
  dub_slice_voxel_to_slice (&geometry, last, to);
  if ((double) geometry.index < MIN (from[2], to[2]) || (double) geometry.index > MAX (from[2], to[2]))
    return;
  dub_slice_slice_to_pane (&geometry, from, a);
  dub_slice_slice_to_pane (&geometry, to, b);

  double left = x + MIN (a[0], b[0]) / 10.0, top = y + MIN (a[1], b[1]) / 10.0;
  double across = fabs (a[0] - b[0]) / 10.0, down = fabs (a[1] - b[1]) / 10.0;

  dub_canvas_box (sheet->canvas, white, left, top, across, line, 0.0);
  dub_canvas_box (sheet->canvas, white, left, top + down - line, across, line, 0.0);
  dub_canvas_box (sheet->canvas, white, left, top, line, down, 0.0);
  dub_canvas_box (sheet->canvas, white, left + across - line, top, line, down, 0.0);
}

static void
draw_pane (const Sheet        *sheet,
           DubComposer        *composer,
           Pane               *pane,
           const DubPaneStyle *style,
           const char         *convention,
           double              scale,
           double              x,
           double              y,
           double              width,
           double              height)
{
  pane->view.fit = scale;
  x = dub_canvas_snap (sheet->canvas, x);
  y = dub_canvas_snap (sheet->canvas, y);
  width = dub_canvas_snap (sheet->canvas, width);
  height = dub_canvas_snap (sheet->canvas, height);
  dub_pane_draw (sheet->canvas, composer, &pane->view, style, x, y, width, height);
  if (sheet->figure->crosshair)
    dub_pane_draw_crosshair (sheet->canvas, &pane->view, 6.0, x, y, width, height);
  draw_box (sheet, &pane->view, x, y, width, height);
  dub_pane_draw_letters (sheet->canvas, &pane->view, dub_plane_name (pane->view.plane), convention, x, y, width,
                         height);
}

/* How long 50 mm are, in the lower left corner of a pane. */
static void
draw_scale_bar (const Sheet *sheet,
                double       scale,
                double       x,
                double       bottom)
{
  const DubTheme *theme = sheet->theme;
  double size = theme->font_caption, inset = 0.6 * size, length = SCALE_BAR * scale;

  dub_canvas_box (sheet->canvas, theme->pane_text, x + inset, bottom - inset - 1.0, length, 1.0, 0.0);
  dub_canvas_text (sheet->canvas, "50 mm", size, DUB_TEXT_HALO, theme->pane_dim, x + inset,
                   bottom - inset - 1.0 - 0.4 * size);
}

static void
draw_bar (const Sheet *sheet,
          double       x,
          double       y,
          double       height)
{
  g_autofree char *clip = dub_number_format_short (sheet->figure->style.overlay.clip, 3);
  g_autofree char *clip_text = g_strdup_printf ("clipped < %s", clip);

  dub_colorbar_draw (sheet->canvas, &sheet->figure->style.overlay, sheet->figure->heat_name, clip_text, FALSE, x, y, height, NULL);
}

/* Three panes in a row and the bar beside them, or two rows with the bar in the free corner. One scale for all. */
double
dub_panes_sheet_draw (const DubPanesSheet *figure,
                      DubCanvas           *canvas,
                      double               y,
                      double               width,
                      gboolean             wide,
                      gboolean             draw)
{
  static const DubPlane ORDER[3] = { DUB_PLANE_CORONAL, DUB_PLANE_AXIAL, DUB_PLANE_SAGITTAL };
  const DubTheme *theme = dub_canvas_get_theme (canvas);
  const Sheet sheet = { figure, canvas, theme };
  const char *convention = figure->radiological ? "radiological" : "neurological";
  int64_t low[3], high[3];
  Pane pane[3];

  if (figure->base == NULL)
    return 0.0;
  content_box (figure, low, high);
  for (int p = 0; p < 3; p++)
    pane_init (&pane[p], figure, ORDER[p], low, high);

  int n_row = wide ? 3 : 2;
  double room = width - (n_row - 1) * PANE_GAP - (wide && figure->heat_name != NULL ? BAR_COLUMN : 0.0);
  double across = pane[0].size[0] + pane[1].size[0] + (wide ? pane[2].size[0] : 0.0);
  double scale = room / across;
  double first = scale * MAX (pane[0].size[1], wide ? MAX (pane[1].size[1], pane[2].size[1]) : pane[1].size[1]);
  double second = wide ? 0.0 : scale * pane[2].size[1];
  double height = first + (wide ? 0.0 : PANE_GAP + second);

  if (draw) {
    g_autoptr (DubComposer) composer = dub_composer_new ();
    double x = 0.0;

    for (int p = 0; p < n_row; p++) {
      double pane_width = scale * pane[p].size[0];

      draw_pane (&sheet, composer, &pane[p], &figure->style, ORDER[p] == DUB_PLANE_AXIAL ? convention : NULL, scale, x, y,
                 p == n_row - 1 ? room + (n_row - 1) * PANE_GAP - x : pane_width, first);
      x += pane_width + PANE_GAP;
    }
    if (!wide) {
      x = 0.0;
      draw_pane (&sheet, composer, &pane[2], &figure->style, NULL, scale, x, y + first + PANE_GAP, scale * pane[2].size[0],
                 second);
    } else {
      x -= scale * pane[2].size[0] + PANE_GAP;
    }
    if (SCALE_BAR * scale < 0.4 * scale * pane[2].size[0])
      draw_scale_bar (&sheet, scale, x, y + height);
    if (figure->heat_name != NULL) {
      double size = theme->font_caption, top = y + (wide ? 0.0 : first + PANE_GAP) + 1.9 * size;
      double bottom = y + height - 2.0 * size;

      draw_bar (&sheet, wide ? width - BAR_COLUMN + size : scale * pane[2].size[0] + 2.0 * size, top,
                MIN (bottom - top, 110.0));
    }
  }

  return height;
}
