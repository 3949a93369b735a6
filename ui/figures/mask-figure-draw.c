/* One pass over the blocks of the figure serves both to measure and to draw it: each block returns its
 * height, and draws only where the canvas is not merely there to measure text. */
#include "ui/figures/mask-figure.h"

#include <math.h>
#include <string.h>

#include "ui/figures/colorbar.h"
#include "ui/figures/energy-figure.h"
#include "ui/figures/figure-draw.h"
#include "ui/figures/mask-figure-tables.h"
#include "ui/figures/pane-draw.h"
#include "ui/figures/ticks.h"

/* All in pt. */
#define TWO_COLUMN_WIDTH 340.0 /* from here on, blocks stand side by side */
#define MARGIN           3.0
#define BLOCK_GAP        12.0
#define PANE_GAP         1.5
#define BAR_COLUMN       62.0
#define PLOT_HEIGHT      118.0
#define SCALE_BAR        50.0  /* mm */
#define CONTENT_PAD      7.0   /* mm of air around what is in the image */

typedef struct {
  const DubMaskFigure *figure;
  DubCanvas           *canvas;
  const DubTheme      *theme;
  gboolean             draw;
} Sheet;

/* "a · b · c" in as many lines as it takes, broken at the dots. */
static double
flow (const Sheet *sheet,
      const char  *text,
      double       x,
      double       y,
      double       width)
{
  double size = sheet->theme->font_caption, row = y;
  g_auto (GStrv) pieces = g_strsplit (text, " · ", 0);
  g_autoptr (GString) line = g_string_new (NULL);

  for (char **piece = pieces; *piece != NULL; piece++) {
    g_autofree char *longer = line->len > 0 ? g_strconcat (line->str, " · ", *piece, NULL) : g_strdup (*piece);

    if (line->len > 0 && dub_canvas_text_width (sheet->canvas, longer, size, DUB_TEXT_LEFT) > width) {
      if (sheet->draw)
        dub_canvas_text (sheet->canvas, line->str, size, DUB_TEXT_LEFT, sheet->theme->dim, x, row + size);
      row += 1.35 * size;
      g_string_assign (line, *piece);
    } else {
      g_string_assign (line, longer);
    }
  }
  if (sheet->draw)
    dub_canvas_text (sheet->canvas, line->str, size, DUB_TEXT_LEFT, sheet->theme->dim, x, row + size);

  return row + 1.35 * size - y;
}

/* What the mask does, in one line: "p(AD) 0.998 → 0.004". Returns the room it takes. */
static double
draw_headline (const Sheet *sheet,
               double       right,
               double       baseline)
{
  const DubMaskFigure *figure = sheet->figure;
  double size = sheet->theme->font_body;

  if (figure->target_class >= figure->classes->len)
    return 0.0;

  const DubMaskFigureClass *target = &g_array_index (figure->classes, DubMaskFigureClass, figure->target_class);
  g_autofree char *original = dub_number_format (target->original, 3);
  g_autofree char *masked = dub_number_format (target->masked, 3);
  g_autofree char *text = g_strdup_printf ("p(%s) %s → %s", target->name, original, masked);

  return dub_canvas_text (sheet->canvas, text, size, DUB_TEXT_RIGHT, sheet->theme->text, right, baseline) + size;
}

static double
head (const Sheet *sheet,
      double       y,
      double       width)
{
  const DubMaskFigure *figure = sheet->figure;
  const DubTheme *theme = sheet->theme;
  GString *title = g_string_new (figure->subject != NULL ? figure->subject : "Mask");
  double top = y;

  if (figure->model != NULL)
    g_string_append_printf (title, " · %s", figure->model);
  if (sheet->draw) {
    double room = width - 2.0 * MARGIN - draw_headline (sheet, width - MARGIN, y + theme->font_title);
    g_autofree char *fitted =
      dub_canvas_ellipsize (sheet->canvas, title->str, theme->font_title, DUB_TEXT_BOLD, room);

    dub_canvas_text (sheet->canvas, fitted, theme->font_title, DUB_TEXT_BOLD, theme->text, MARGIN,
                     y + theme->font_title);
  }
  g_string_free (title, TRUE);
  y += 1.4 * theme->font_title;
  if (figure->settings != NULL) {
    g_autofree char *settings = figure->trace->len > 0
                                  ? g_strdup_printf ("%s · iteration %u", figure->settings, figure->iteration)
                                  : g_strdup (figure->settings);

    y += flow (sheet, settings, MARGIN, y, width - 2.0 * MARGIN);
  }

  return y + 0.5 * theme->font_caption - top;
}

/* First and last index of each volume axis at which there is something to see: more than a
 * thousandth of the slab's voxels above 15 % of the window, which noise around a head is not. */
static void
content_box (const DubMaskFigure *figure,
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
           const DubMaskFigure *figure,
           DubPlane             plane,
           const int64_t        low[3],
           const int64_t        high[3])
{
  DubSliceGeometry geometry;
  double first[3], last[3], from[3], to[3];

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
fill_style (const DubMaskFigure *figure,
            DubPaneStyle        *style)
{
  *style = figure->style;
  style->overlay.volume = figure->mask;
  style->overlay.complement = TRUE;
  style->contour = figure->truth;
  style->contour_width = 0.7;
}

static void
draw_bar (const Sheet *sheet,
          double       x,
          double       y,
          double       height)
{
  g_autofree char *clip = dub_number_format_short (sheet->figure->style.overlay.clip, 3);
  g_autofree char *clip_text = g_strdup_printf ("clipped < %s", clip);

  dub_colorbar_draw (sheet->canvas, &sheet->figure->style.overlay, "1 − m", clip_text, FALSE, x, y, height, NULL);
}

/* What the contour is, and how much of the mask lies in it. */
static double
truth_note (const Sheet *sheet,
            double       y,
            double       width)
{
  const DubMaskFigure *figure = sheet->figure;
  const DubTheme *theme = sheet->theme;
  double size = theme->font_caption;
  g_autofree char *share = NULL;
  g_autofree char *text = NULL;

  if (figure->truth == NULL)
    return 0.0;
  if (sheet->draw) {
    double swatch = 2.0 * size;

    share = dub_number_format (100.0 * figure->mass_inside, 1);
    text = isfinite (figure->mass_inside) ? g_strdup_printf ("true region; %s %% of the mask’s mass within 2 voxels of it", share)
                                          : g_strdup ("true region");
    dub_canvas_box (sheet->canvas, theme->pane, MARGIN, y + 0.1 * size, swatch, 1.1 * size, 1.0);
    dub_canvas_box (sheet->canvas, figure->style.contour_color, MARGIN + 0.3 * size, y + 0.65 * size - 0.4,
                    swatch - 0.6 * size, 0.8, 0.4);
    g_autofree char *fitted =
      dub_canvas_ellipsize (sheet->canvas, text, size, DUB_TEXT_LEFT, width - 2.0 * MARGIN - swatch - size);

    dub_canvas_text (sheet->canvas, fitted, size, DUB_TEXT_LEFT, theme->dim, MARGIN + swatch + 0.5 * size, y + size);
  }

  return 1.6 * size;
}

/* Three panes in a row and the bar beside them, or two rows with the bar in the free corner. One scale for all. */
static double
panes (const Sheet *sheet,
       double       y,
       double       width,
       gboolean     wide)
{
  static const DubPlane ORDER[3] = { DUB_PLANE_CORONAL, DUB_PLANE_AXIAL, DUB_PLANE_SAGITTAL };
  const DubMaskFigure *figure = sheet->figure;
  const char *convention = figure->radiological ? "radiological" : "neurological";
  int64_t low[3], high[3];
  Pane pane[3];

  if (figure->base == NULL)
    return 0.0;
  content_box (figure, low, high);
  for (int p = 0; p < 3; p++)
    pane_init (&pane[p], figure, ORDER[p], low, high);

  int n_row = wide ? 3 : 2;
  double room = width - (n_row - 1) * PANE_GAP - (wide && figure->mask != NULL ? BAR_COLUMN : 0.0);
  double across = pane[0].size[0] + pane[1].size[0] + (wide ? pane[2].size[0] : 0.0);
  double scale = room / across;
  double first = scale * MAX (pane[0].size[1], wide ? MAX (pane[1].size[1], pane[2].size[1]) : pane[1].size[1]);
  double second = wide ? 0.0 : scale * pane[2].size[1];
  double height = first + (wide ? 0.0 : PANE_GAP + second);

  if (sheet->draw) {
    g_autoptr (DubComposer) composer = dub_composer_new ();
    DubPaneStyle style;
    double x = 0.0;

    fill_style (figure, &style);
    for (int p = 0; p < n_row; p++) {
      double pane_width = scale * pane[p].size[0];

      draw_pane (sheet, composer, &pane[p], &style, ORDER[p] == DUB_PLANE_AXIAL ? convention : NULL, scale, x, y,
                 p == n_row - 1 ? room + (n_row - 1) * PANE_GAP - x : pane_width, first);
      x += pane_width + PANE_GAP;
    }
    if (!wide) {
      x = 0.0;
      draw_pane (sheet, composer, &pane[2], &style, NULL, scale, x, y + first + PANE_GAP, scale * pane[2].size[0],
                 second);
    } else {
      x -= scale * pane[2].size[0] + PANE_GAP;
    }
    if (SCALE_BAR * scale < 0.4 * scale * pane[2].size[0])
      draw_scale_bar (sheet, scale, x, y + height);
    if (figure->mask != NULL) {
      double size = sheet->theme->font_caption, top = y + (wide ? 0.0 : first + PANE_GAP) + 1.9 * size;
      double bottom = y + height - 2.0 * size;

      draw_bar (sheet, wide ? width - BAR_COLUMN + size : scale * pane[2].size[0] + 2.0 * size, top,
                MIN (bottom - top, 110.0));
    }
  }

  return height + 0.6 * sheet->theme->font_caption + truth_note (sheet, y + height + 0.6 * sheet->theme->font_caption, width);
}

static void
draw_energy (const Sheet *sheet,
             double       x,
             double       y,
             double       width,
             double       height)
{
  const DubMaskFigure *figure = sheet->figure;
  const DubMaskFigureClass *target = figure->target_class < figure->classes->len
                                       ? &g_array_index (figure->classes, DubMaskFigureClass, figure->target_class)
                                       : NULL;
  g_autofree char *score = target != NULL ? g_strdup_printf ("p(%s)", target->name) : g_strdup ("p(class)");
  const DubMaskEnergy *rows = (const DubMaskEnergy *) (const void *) figure->trace->data;
  gboolean rewound = figure->trace->len > 0 && figure->iteration != rows[figure->trace->len - 1].iteration;
  cairo_t *cr = dub_canvas_get_cairo (sheet->canvas);
  DubFigureLayout layout;
  DubEnergyWords words;

  dub_energy_words_init (&words);
  words.score = score;

  /* A line at the very end says nothing; it marks a mask from the middle of the history. */
  g_autoptr (DubFigure) plot =
    dub_energy_figure_new (rows, figure->trace->len, 0, rewound ? (int) figure->iteration : -1, &words);

  cairo_save (cr);
  cairo_translate (cr, x, y);
  dub_figure_draw (plot, sheet->canvas, width, height, &layout);
  dub_figure_draw_cursor (plot, sheet->canvas, &layout);
  cairo_restore (cr);
}

static double
place (const Sheet *sheet,
       double       width)
{
  const DubMaskFigure *figure = sheet->figure;
  gboolean wide = width >= TWO_COLUMN_WIDTH, has_plot = figure->trace->len > 0;
  gboolean has_tables = figure->classes->len > 0 || figure->regions->len > 0;
  double y = head (sheet, 0.0, width);

  y += panes (sheet, y, width, wide);
  y += has_plot || has_tables ? 0.5 * BLOCK_GAP : 0.0;
  if (wide) {
    double left = has_tables ? 0.47 * width : width, table_x = has_plot ? left + BLOCK_GAP : MARGIN;
    double tables = dub_mask_figure_draw_tables (figure, sheet->canvas, table_x, y, width - table_x - MARGIN,
                                                 sheet->draw);
    double height = has_plot ? MAX (tables, PLOT_HEIGHT) : tables;

    if (has_plot && sheet->draw)
      draw_energy (sheet, MARGIN, y, left - MARGIN, MIN (height, 1.5 * PLOT_HEIGHT));

    return y + height + MARGIN;
  }
  if (has_plot) {
    if (sheet->draw)
      draw_energy (sheet, MARGIN, y, width - 2.0 * MARGIN, PLOT_HEIGHT);
    y += PLOT_HEIGHT + BLOCK_GAP;
  }

  return y + dub_mask_figure_draw_tables (figure, sheet->canvas, MARGIN, y, width - 2.0 * MARGIN, sheet->draw)
         + MARGIN;
}

double
dub_mask_figure_height (const DubMaskFigure *self,
                        double               width)
{
  g_return_val_if_fail (self != NULL, 0.0);

  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;
  double height;

  /* Text is as wide on any surface, so that this one serves to measure. */
  dub_theme_init (&theme, DUB_THEME_PAPER);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);
  const Sheet sheet = { self, canvas, &theme, FALSE };

  height = ceil (place (&sheet, width));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return height;
}

void
dub_mask_figure_draw (const DubMaskFigure *self,
                      DubCanvas           *canvas,
                      double               width,
                      double               height)
{
  g_return_if_fail (self != NULL && canvas != NULL);

  const Sheet sheet = { self, canvas, dub_canvas_get_theme (canvas), TRUE };

  place (&sheet, width);
}
