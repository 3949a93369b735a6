#include "ui/figures/segment-figure.h"

#include <math.h>
#include <string.h>

#include "core/io/csv.h"
#include "ui/figures/panes-sheet.h"
#include "ui/figures/ticks.h"

/* All in pt. */
#define TWO_COLUMN_WIDTH 340.0
#define MARGIN           3.0

DubRgba
dub_segment_color (size_t c)
{
  static const guint32 colors[DUB_MOST_OUTLINES] = {
    0x5fd0bf, 0xb79cf2, 0xf58bc0, 0xffd166, 0x78aeed, 0xff9142, 0xa0d468, 0xe8e8e8,
  };

  return c >= 1 && c <= DUB_MOST_OUTLINES ? dub_rgba_from_hex (colors[c - 1]) : (DubRgba) { 0.0, 0.0, 0.0, 0.0 };
}

static void
case_clear (gpointer data)
{
  DubSegmentFigureCase *item = data;

  g_free (item->id);
  dub_segment_numbers_free (item->numbers);
}

DubSegmentFigure *
dub_segment_figure_new (void)
{
  DubSegmentFigure *self = g_new0 (DubSegmentFigure, 1);

  dub_pane_style_init (&self->style);
  self->radiological = TRUE;
  self->crosshair = TRUE;
  self->provenance = g_ptr_array_new_with_free_func (g_free);
  self->cases = g_array_new (FALSE, TRUE, sizeof (DubSegmentFigureCase));
  g_array_set_clear_func (self->cases, case_clear);

  return self;
}

void
dub_segment_figure_free (DubSegmentFigure *self)
{
  if (self == NULL)
    return;
  g_free (self->subject);
  g_free (self->model);
  g_free (self->settings);
  g_strfreev (self->classes);
  g_clear_pointer (&self->base, dub_volume_unref);
  g_clear_pointer (&self->map, dub_volume_unref);
  g_clear_pointer (&self->labels, dub_volume_unref);
  dub_segment_numbers_free (self->numbers);
  g_array_unref (self->cases);
  g_ptr_array_unref (self->provenance);
  g_free (self);
}

void
dub_segment_figure_add_case (DubSegmentFigure        *self,
                             const char              *id,
                             const DubSegmentNumbers *numbers)
{
  DubSegmentFigureCase item = { g_strdup (id), numbers != NULL ? dub_segment_numbers_copy (numbers) : NULL };

  g_array_append_val (self->cases, item);
}

void
dub_segment_figure_add_provenance (DubSegmentFigure *self,
                                   const char       *key,
                                   const char       *value)
{
  g_ptr_array_add (self->provenance, g_strdup (key));
  g_ptr_array_add (self->provenance, g_strdup (value));
}

static char *
class_name (const DubSegmentFigure *self,
            size_t                  c)
{
  if (self->classes != NULL && c < g_strv_length (self->classes))
    return g_strdup (self->classes[c]);

  return g_strdup_printf ("class %zu", c);
}

/* --- drawing --- */

typedef struct {
  const DubSegmentFigure *figure;
  DubCanvas              *canvas;
  const DubTheme         *theme;
  gboolean                draw;
} Sheet;

static void
text (const Sheet  *sheet,
      const char   *words,
      DubTextFlags  flags,
      DubRgba       color,
      double        x,
      double        y)
{
  if (sheet->draw)
    dub_canvas_text (sheet->canvas, words, sheet->theme->font_caption, flags, color, x, y);
}

static double
head (const Sheet *sheet,
      double       width)
{
  const DubSegmentFigure *figure = sheet->figure;
  double size = sheet->theme->font_title, y = 1.4 * size;
  g_autofree char *title = g_strdup_printf ("%s · %s", figure->subject, figure->model);

  if (sheet->draw) {
    g_autofree char *fitted = dub_canvas_ellipsize (sheet->canvas, title, size, DUB_TEXT_BOLD, width - 2.0 * MARGIN);

    dub_canvas_text (sheet->canvas, fitted, size, DUB_TEXT_BOLD, sheet->theme->text, MARGIN, size);
  }
  if (figure->settings != NULL) {
    g_autofree char *fitted = dub_canvas_ellipsize (sheet->canvas, figure->settings, sheet->theme->font_caption, DUB_TEXT_LEFT,
                                                    width - 2.0 * MARGIN);

    text (sheet, fitted, DUB_TEXT_LEFT, sheet->theme->dim, MARGIN, y + sheet->theme->font_caption);
    y += 1.35 * sheet->theme->font_caption;
  }

  return y + 0.5 * sheet->theme->font_caption;
}

static double
panes (const Sheet *sheet,
       double       y,
       double       width)
{
  const DubSegmentFigure *figure = sheet->figure;
  DubPanesSheet panes = {
    .base = figure->base,
    .style = figure->style,
    .heat_name = figure->map != NULL ? dub_segment_score_name (figure->score) : NULL,
    .radiological = figure->radiological,
    .crosshair = figure->crosshair,
  };
  const DubSegmentScoreNumbers *numbers = &figure->numbers->score[figure->score];

  memcpy (panes.cursor, figure->cursor, sizeof panes.cursor);
  panes.style.overlay.volume = figure->hides_overlay ? NULL : figure->map;
  panes.style.overlay.complement = FALSE;
  panes.style.contour = NULL;
  panes.style.classes = figure->hides_outlines ? NULL : figure->labels;
  panes.style.outline_width = 0.5;
  for (size_t c = 1; c <= DUB_MOST_OUTLINES; c++)
    panes.style.outline_color[c - 1] = c < figure->numbers->n_classes ? dub_segment_color (c) : (DubRgba) { 0.0, 0.0, 0.0, 0.0 };
  if (figure->box && numbers->n_places > 0) {
    memcpy (panes.box, numbers->places[0].voxel, sizeof panes.box);
    panes.box_side = DUB_SEGMENT_PATCH;
  }

  return dub_panes_sheet_draw (&panes, sheet->canvas, y, width, width >= TWO_COLUMN_WIDTH, sheet->draw);
}

/* Class, volume, range over views. */
static double
volumes (const Sheet *sheet,
         double       x,
         double       y,
         double       width)
{
  const DubSegmentNumbers *numbers = sheet->figure->numbers;
  const DubTheme *theme = sheet->theme;
  double size = theme->font_caption, row = 1.6 * size, top = y, right = x + width, middle = right - 8.5 * size;
  gboolean several = numbers->n_models * numbers->n_views > 1;
  g_autofree char *note = g_strdup_printf ("range of %zu", numbers->n_models * numbers->n_views);

  y += size;
  text (sheet, "Volume", DUB_TEXT_BOLD, theme->text, x, y);
  text (sheet, "mL", DUB_TEXT_RIGHT, theme->dim, middle, y);
  if (several)
    text (sheet, note, DUB_TEXT_RIGHT, theme->dim, right, y);
  for (size_t c = 1; c < numbers->n_classes; c++) {
    g_autofree char *name = class_name (sheet->figure, c);
    g_autofree char *fitted = dub_canvas_ellipsize (sheet->canvas, name, size, DUB_TEXT_LEFT, middle - x - 6.0 * size);
    g_autofree char *ml = dub_number_format (numbers->ml[c], 1);
    double low, high;

    y += row;
    if (sheet->draw)
      dub_canvas_box (sheet->canvas, dub_segment_color (c), x, y - 0.5 * size, size, 1.5, 0.0);
    text (sheet, fitted, DUB_TEXT_LEFT, theme->text, x + 1.5 * size, y);
    text (sheet, ml, DUB_TEXT_RIGHT | DUB_TEXT_BOLD, theme->text, middle, y);
    if (several) {
      dub_segment_numbers_range (numbers, c, &low, &high);

      g_autofree char *from = dub_number_format (low, 1), *to = dub_number_format (high, 1);
      g_autofree char *range = g_strdup_printf ("%s to %s", from, to);

      text (sheet, range, DUB_TEXT_RIGHT, theme->dim, right, y);
    }
  }

  return y + 0.6 * size - top;
}

static double
places (const Sheet *sheet,
        double       x,
        double       y,
        double       width)
{
  const DubSegmentScoreNumbers *numbers = &sheet->figure->numbers->score[sheet->figure->score];
  const DubTheme *theme = sheet->theme;
  double size = theme->font_caption, row = 1.6 * size, top = y;

  y += size;
  text (sheet, "Worst patches, voxel", DUB_TEXT_BOLD, theme->text, x, y);
  text (sheet, "mean of 9 × 9 × 9", DUB_TEXT_RIGHT, theme->dim, x + width, y);
  for (guint p = 0; p < numbers->n_places; p++) {
    const DubSegmentPlace *place = &numbers->places[p];
    g_autofree char *at = g_strdup_printf ("%u · %d, %d, %d", p + 1, (int) place->voxel[0], (int) place->voxel[1],
                                           (int) place->voxel[2]);
    g_autofree char *mean = dub_number_format (place->mean, 3);

    y += row;
    text (sheet, at, DUB_TEXT_LEFT, theme->text, x, y);
    text (sheet, mean, DUB_TEXT_RIGHT | DUB_TEXT_BOLD, theme->text, x + width, y);
  }

  return y + 0.6 * size - top;
}

static double
place_all (const Sheet *sheet,
           double       width)
{
  double y = head (sheet, width), gap = 0.8 * sheet->theme->font_caption;

  y += panes (sheet, y, width) + gap;
  if (width >= TWO_COLUMN_WIDTH) {
    double half = (width - 2.0 * MARGIN - 14.0) / 2.0;

    return y + MAX (volumes (sheet, MARGIN, y, half), places (sheet, MARGIN + half + 14.0, y, half)) + MARGIN;
  }
  y += volumes (sheet, MARGIN, y, width - 2.0 * MARGIN) + gap;

  return y + places (sheet, MARGIN, y, width - 2.0 * MARGIN) + MARGIN;
}

static double
height (gconstpointer figure,
        double        width)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  DubTheme theme;
  double result;

  dub_theme_init (&theme, DUB_THEME_PAPER);

  g_autoptr (DubCanvas) canvas = dub_canvas_new (cr, &theme, 1.0);
  const Sheet sheet = { figure, canvas, &theme, FALSE };

  result = ceil (place_all (&sheet, width));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return result;
}

static void
draw (gconstpointer figure,
      DubCanvas    *canvas,
      double        width,
      double        figure_height)
{
  const Sheet sheet = { figure, canvas, dub_canvas_get_theme (canvas), TRUE };

  place_all (&sheet, width);
}

/* --- tables --- */

static void
case_row (const DubSegmentFigure     *self,
          const DubSegmentFigureCase *item,
          GString                    *out)
{
  const DubSegmentNumbers *numbers = item->numbers;
  const DubSegmentScoreNumbers *score = numbers != NULL ? &numbers->score[self->score] : NULL;

  dub_csv_append_quoted (out, item->id);
  dub_number_append_cell (out, score != NULL ? score->mean_foreground : (double) NAN);
  dub_number_append_cell (out, score != NULL ? score->share_above : (double) NAN);
  dub_number_append_cell (out, score != NULL && score->n_places > 0 ? score->places[0].mean : (double) NAN);
  for (int a = 0; a < 3; a++)
    dub_number_append_cell (out, score != NULL && score->n_places > 0 ? (double) score->places[0].voxel[a] : (double) NAN);
  for (size_t c = 1; c < self->numbers->n_classes; c++) {
    double low = (double) NAN, high = (double) NAN;
    gboolean known = numbers != NULL && c < numbers->n_classes;

    if (known)
      dub_segment_numbers_range (numbers, c, &low, &high);
    dub_number_append_cell (out, known ? numbers->ml[c] : (double) NAN);
    dub_number_append_cell (out, low);
    dub_number_append_cell (out, high);
  }
  g_string_append_c (out, '\n');
}

static char *
tables (gconstpointer figure)
{
  const DubSegmentFigure *self = figure;
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "# table: cases, %s\ncase,mean_foreground,share_above_%g,worst_patch,worst_i,worst_j,worst_k",
                          dub_segment_score_name (self->score), DUB_SEGMENT_THRESHOLD);
  for (size_t c = 1; c < self->numbers->n_classes; c++) {
    g_autofree char *name = class_name (self, c);
    g_autofree char *column = g_strdup_printf ("ml %s", name), *low = g_strconcat (column, " smallest view", NULL);
    g_autofree char *high = g_strconcat (column, " largest view", NULL);

    g_string_append_c (out, ',');
    dub_csv_append_quoted (out, column);
    g_string_append_c (out, ',');
    dub_csv_append_quoted (out, low);
    g_string_append_c (out, ',');
    dub_csv_append_quoted (out, high);
  }
  g_string_append_c (out, '\n');
  for (guint i = 0; i < self->cases->len; i++)
    case_row (self, &g_array_index (self->cases, DubSegmentFigureCase, i), out);

  return g_string_free (out, FALSE);
}

gboolean
dub_segment_figure_export (const DubSegmentFigure  *self,
                           const char              *path,
                           const DubExportOptions  *options,
                           GError                 **error)
{
  g_return_val_if_fail (self != NULL && self->numbers != NULL, FALSE);

  g_autoptr (GPtrArray) provenance = g_ptr_array_new ();
  g_autofree char *title = g_strdup_printf ("Segmentation of %s by %s", self->subject, self->model);

  for (guint i = 0; i < self->provenance->len; i++)
    g_ptr_array_add (provenance, self->provenance->pdata[i]);
  g_ptr_array_add (provenance, NULL);

  DubExport export = { self, title, (const char *const *) provenance->pdata, height, draw, tables };

  return dub_export_save (&export, path, options, error);
}
