/* One pass over the blocks of the figure serves both to measure and to draw it: each block returns its
 * height, and draws only where the canvas is not merely there to measure text. */
#include "ui/figures/mask-figure.h"

#include <math.h>
#include <string.h>

#include "ui/figures/energy-figure.h"
#include "ui/figures/figure-draw.h"
#include "ui/figures/mask-figure-panes.h"
#include "ui/figures/mask-figure-tables.h"
#include "ui/figures/ticks.h"

/* All in pt. */
#define TWO_COLUMN_WIDTH 340.0 /* from here on, blocks stand side by side */
#define MARGIN           3.0
#define BLOCK_GAP        12.0
#define PLOT_HEIGHT      118.0

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
    text = isfinite (figure->mass_inside)
             ? g_strdup_printf ("true region; %s %% of the mask’s mass within 2 voxels of it", share)
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

  y += dub_mask_figure_draw_panes (figure, sheet->canvas, y, width, wide, sheet->draw);
  y += 0.6 * sheet->theme->font_caption;
  y += truth_note (sheet, y, width);
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
